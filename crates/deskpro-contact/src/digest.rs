//! Short digests. Restoring uses them to recognise a line of the output and the item of a record.

#[cfg(test)]
mod tests;

use std::sync::LazyLock;

use crate::model::Kind;

/// A digest that is being computed, over words of eight bytes. Each word is multiplied to 128 bits and the halves are
/// combined, so that each bit of a word changes about half of all bits. With only the lower half, a change in the
/// highest byte of a word would stay in one byte, and lines that differ in two digits would often have equal digests.
#[derive(Clone, Copy)]
pub(crate) struct Digest(u64);

impl Digest {
    /// The digest of no bytes.
    pub(crate) const START: Self = Self(0xcbf2_9ce4_8422_2325);

    /// The golden ratio: an odd number without a pattern in its bits.
    const FACTOR: u128 = 0x9e37_79b9_7f4a_7c15;

    /// Adds a word.
    #[inline(always)]
    pub(crate) fn add(&mut self, word: u64) {
        let product = u128::from(self.0 ^ word) * Self::FACTOR;
        self.0 = product as u64 ^ (product >> 64) as u64;
    }

    /// Adds a text in words of eight bytes. The last word holds the remaining 0 to 7 bytes, padded with zeros.
    #[inline]
    pub(crate) fn add_text(&mut self, text: &[u8]) {
        let (words, rest) = text.as_chunks::<8>();
        words.iter().for_each(|word| self.add(u64::from_le_bytes(*word)));
        self.add(match text.last_chunk() {
            // Reads the last eight bytes at once, and shifts out those that are not in `rest`.
            Some(last) => {
                u64::from_le_bytes(*last).checked_shr(bits(8_usize.wrapping_sub(rest.len()))).unwrap_or(0)
            }
            None => word(rest, rest.len()),
        });
    }

    /// Adds the first `len` bytes of `from` as text number `n` (below 16) of a list in which texts may be missing. The
    /// first word holds `n` and the length, so that no two lists give the same words.
    #[inline(always)]
    pub(crate) fn add_nth(&mut self, n: u64, from: &[u8], len: usize) {
        const LONG: u64 = 15;
        let tag = |low: u64| (n << 4 | low) << 56;
        if len < 8 {
            return self.add(word(from, len) | tag(len as u64));
        }
        self.add(tag(LONG) ^ len as u64);
        let text = from.get(..len).expect("the text is in its buffer");
        let (words, rest) = text.as_chunks::<8>();
        words.iter().for_each(|word| self.add(u64::from_le_bytes(*word)));
        // The last eight bytes, which overlap the word before. They include `rest`.
        if !rest.is_empty() {
            self.add(u64::from_le_bytes(*text.last_chunk().expect("eight bytes or more")));
        }
    }

    /// Starts the digest of a record of a kind: adds the kind's name as text number 0.
    pub(crate) fn of_kind(kind: Kind) -> Self {
        static STARTS: LazyLock<[Digest; Kind::ALL.len()]> = LazyLock::new(|| {
            Kind::ALL.map(|kind| {
                let mut digest = Digest::START;
                digest.add_nth(0, kind.name().as_bytes(), kind.name().len());
                digest
            })
        });
        STARTS[kind as usize]
    }

    /// Ends the digest of a record, after its values were added.
    pub(crate) fn end_record(mut self) -> u64 {
        // One more round, so that the last word is mixed like the words before it.
        self.add(0);
        self.end()
    }

    /// Ends the digest: its upper 48 bits.
    pub(crate) fn end(self) -> u64 {
        self.0 >> 16
    }
}

/// Reads the first `len` bytes, fewer than eight, as a little-endian word padded with zeros. Fast if `from` has at
/// least eight bytes.
#[inline(always)]
fn word(from: &[u8], len: usize) -> u64 {
    match from.first_chunk() {
        Some(eight) => u64::from_le_bytes(*eight) & 1_u64.wrapping_shl(bits(len)).wrapping_sub(1),
        None => from.iter().take(len).rev().fold(0, |word, &byte| word << 8 | u64::from(byte)),
    }
}

/// Converts a number of bytes to a number of bits.
const fn bits(bytes: usize) -> u32 {
    (bytes as u32).wrapping_mul(8)
}

/// A digest of 48 bits in hexadecimal.
#[inline]
pub(crate) fn hex(digest: u64) -> [u8; 12] {
    let [.., a, b, c, d] = eight((digest >> 32) as u32);
    let [e, f, g, h, i, j, k, l] = eight(digest as u32);
    [a, b, c, d, e, f, g, h, i, j, k, l]
}

/// The eight hexadecimal digits of `n`, computed in parallel in one word.
#[inline]
fn eight(n: u32) -> [u8; 8] {
    const EACH: u64 = 0x0101_0101_0101_0101;
    let spread = |n: u64, by: u32, mask: u64| (n | n << by) & mask;
    let n = spread(u64::from(n), 16, 0x0000_ffff_0000_ffff);
    let n = spread(n, 8, 0x00ff_00ff_00ff_00ff);
    let n = spread(n, 4, 0x0f0f_0f0f_0f0f_0f0f);
    // Adding six carries into the upper half of a byte exactly if its digit is above nine.
    let letters = n.wrapping_add(EACH * 6) >> 4 & EACH;
    let up_to_a = (b'a' - b'9' - 1) as u64;
    n.wrapping_add(EACH * b'0' as u64).wrapping_add(letters.wrapping_mul(up_to_a)).to_be_bytes()
}
