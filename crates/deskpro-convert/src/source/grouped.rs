//! Gives out sorted rows in batches. The rows of each person are one line of a batch.
//!
//! The text of such a line is each row's length, in four bytes with the lowest first, and the row's compact form.

use std::io;

use deskpro_contact::rows::Key;

use super::batch::{BATCH, Batch, MAX_LINES, Task};
use crate::sort::{SortKey, Sorted};

impl SortKey for Key {
    type Bytes = [u8; Self::LEN];

    fn to_bytes(self) -> Self::Bytes {
        Self::to_bytes(self)
    }

    fn from_bytes(bytes: Self::Bytes) -> Self {
        Self::from_bytes(bytes)
    }
}

/// The compact rows in the text of a batch line.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rows<'b>(pub(crate) &'b [u8]);

/// The size of a length in bytes.
const LENGTH: usize = size_of::<u32>();

impl<'b> Iterator for Rows<'b> {
    type Item = &'b [u8];

    fn next(&mut self) -> Option<&'b [u8]> {
        let (length, rest) = self.0.split_first_chunk::<LENGTH>()?;
        let (row, rest) = rest.split_at(u32::from_le_bytes(*length) as usize);
        self.0 = rest;
        Some(row)
    }
}

/// Sorted rows, grouped by the person.
pub(super) struct Grouped {
    sorted: Sorted<Key>,
    /// A row that was read, but belongs to the next batch.
    next: Option<(Key, Vec<u8>)>,
    position: Position,
}

/// How far the rows were put into batches.
#[derive(Clone, Copy, Default, Debug)]
pub(super) struct Position {
    /// The key of the last row. Its person may have more rows.
    last: Option<Key>,
    /// The number of people, which is the number of the last payload.
    pub(super) persons: u64,
    pub(super) rows: u64,
}

impl Grouped {
    pub(super) fn new(sorted: Sorted<Key>) -> Self {
        Self { sorted, next: None, position: Position::default() }
    }

    pub(super) fn position(&self) -> Position {
        self.position
    }

    /// The number of all rows.
    pub(super) fn len(&self) -> u64 {
        self.sorted.len()
    }

    /// Adds whole persons to an empty batch. Returns false if there are none.
    ///
    /// # Errors
    ///
    /// The temporary file cannot be read.
    pub(super) fn fill(&mut self, batch: &mut Batch) -> io::Result<bool> {
        if let Some((key, row)) = self.next.take() {
            self.position.push(batch, key, &row);
        }
        while let Some((key, row)) = self.sorted.next()? {
            let is_full = batch.text.len() >= BATCH || batch.lines.len() >= MAX_LINES;
            if is_full && self.position.begins_person(key) {
                self.next = Some((key, row.to_vec()));
                break;
            }
            self.position.push(batch, key, row);
        }
        Ok(!batch.lines.is_empty())
    }
}

impl Position {
    fn begins_person(&self, key: Key) -> bool {
        self.last.is_none_or(|last| !last.is_together(key))
    }

    fn push(&mut self, batch: &mut Batch, key: Key, row: &[u8]) {
        let length = u32::try_from(row.len()).expect("a sorted record has fewer than 4 GiB");
        let begins_person = self.begins_person(key);
        self.last = Some(key);
        self.rows += 1;
        if begins_person {
            self.persons += 1;
            batch.push(self.persons, b"", Task::Build);
        }
        batch.text.extend(&length.to_le_bytes());
        batch.text.extend(row);
        let line = batch.lines.last_mut().expect("the person's line was pushed");
        line.text.end = batch.text.len();
    }
}
