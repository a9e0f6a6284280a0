//! The compact form of a row: its ids and its non-empty values as bytes, for sorting and for temporary files.
//!
//! A number has seven bits in each byte, the lowest first. A row consists of its line, its table, its owner plus one
//! (0: none), its id plus one (0: none), a text for each slot of the table, and then name and text of each further
//! column with a value. A text consists of its length and its bytes.

/// Writes compact rows.
pub(super) struct CompactWriter<'w>(pub(super) &'w mut Vec<u8>);

impl CompactWriter<'_> {
    pub(super) fn number(&mut self, number: u64) {
        self.wide(u128::from(number));
    }

    /// Writes a number, or that there is none.
    pub(super) fn optional(&mut self, number: Option<u64>) {
        self.wide(number.map_or(0, |number| u128::from(number) + 1));
    }

    fn wide(&mut self, mut number: u128) {
        while number >= 0x80 {
            self.0.push((number & 0x7f) as u8 | 0x80);
            number >>= 7;
        }
        self.0.push(number as u8);
    }

    pub(super) fn text(&mut self, text: &[u8]) {
        self.number(text.len() as u64);
        self.0.extend_from_slice(text);
    }
}

/// Reads compact rows, which [`Columns::read`](super::Columns::read) wrote. Panics if the bytes end too early.
#[derive(Clone, Copy, Debug)]
pub(super) struct CompactReader<'r>(pub(super) &'r [u8]);

impl<'r> CompactReader<'r> {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn number(&mut self) -> u64 {
        self.wide().try_into().expect("a number was written")
    }

    pub(super) fn optional(&mut self) -> Option<u64> {
        self.wide().checked_sub(1).map(|number| number.try_into().expect("a number was written"))
    }

    fn wide(&mut self) -> u128 {
        let (mut number, mut shift) = (0, 0);
        loop {
            let (&byte, rest) = self.0.split_first().expect("a compact row");
            self.0 = rest;
            number |= u128::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return number;
            }
            shift += 7;
        }
    }

    pub(super) fn text(&mut self) -> &'r [u8] {
        let len = usize::try_from(self.number()).expect("a text in memory");
        let (text, rest) = self.0.split_at(len);
        self.0 = rest;
        text
    }
}

/// The line of the dump or file on which a row begins, from the row's compact form.
///
/// # Panics
///
/// If the row does not come from [`Columns::read`](super::Columns::read).
#[must_use]
pub fn line_of(compact: &[u8]) -> u64 {
    CompactReader(compact).number()
}
