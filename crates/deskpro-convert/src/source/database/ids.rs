//! Finds row ids that occur twice in a table, in rows of different owners. Two rows of one owner are found by
//! [`Builder`](deskpro_contact::rows::Builder).
//!
//! A dump normally has the rows of a table in the order of their ids. As long as the ids ascend, none can occur twice,
//! and only the last one is stored. If an id does not ascend, all ids are sorted.

use std::convert::Infallible;
use std::io;
use std::path::Path;

use deskpro_contact::rows::{self, Key};

use crate::sort::{Limits, SortKey, Sorted, Sorter};

/// The ids of the rows so far.
pub(super) struct Ids {
    /// The id of the last row of each table.
    last: Vec<Option<u64>>,
    are_ascending: bool,
}

/// Two rows with the same id that belong to different owners.
pub(super) struct Twice {
    /// The position of the table in the plan.
    pub(super) table: usize,
    id: u64,
    /// The lines of both rows, in their order.
    lines: [u64; 2],
}

impl Twice {
    pub(super) fn sentence(&self, table: &str) -> String {
        let Self { id, lines: [first, second], .. } = self;
        format!(
            "line {second}, {table}.id: expected one row with the id {id}, found a second one for another person \
             than the row on line {first}"
        )
    }
}

/// The table and the id of a row. Sorting by it brings the rows with equal ids together.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct RowId {
    table: u16,
    id: u64,
}

impl SortKey for RowId {
    type Bytes = [u8; 10];

    fn to_bytes(self) -> Self::Bytes {
        let mut bytes = [0; 10];
        bytes[..2].copy_from_slice(&self.table.to_le_bytes());
        bytes[2..].copy_from_slice(&self.id.to_le_bytes());
        bytes
    }

    fn from_bytes(bytes: Self::Bytes) -> Self {
        let [first, second, id @ ..] = bytes;
        Self { table: u16::from_le_bytes([first, second]), id: u64::from_le_bytes(id) }
    }
}

/// The part of a row that is compared, and its line.
#[derive(Clone, Copy)]
struct RowOwner {
    /// The id of the owner.
    id: Option<u64>,
    line: u64,
}

impl RowOwner {
    fn write(self, out: &mut Vec<u8>) {
        out.push(u8::from(self.id.is_some()));
        out.extend_from_slice(&self.id.unwrap_or(0).to_le_bytes());
        out.extend_from_slice(&self.line.to_le_bytes());
    }

    fn read(bytes: &[u8]) -> Self {
        let (&has_id, rest) = bytes.split_first().expect("written by `write`");
        let number =
            |from: usize| u64::from_le_bytes(*rest[from..].first_chunk().expect("written by `write`"));
        Self { id: (has_id != 0).then(|| number(0)), line: number(8) }
    }
}

impl Ids {
    pub(super) fn new(tables: usize) -> Self {
        Self { last: vec![None; tables], are_ascending: true }
    }

    /// Notes a row.
    pub(super) fn note(&mut self, key: Key) {
        let Some(id) = key.row_id() else { return };
        let last = self.last[key.table()].replace(id);
        self.are_ascending &= last.is_none_or(|last| last < id);
    }

    /// Finds an id that occurs twice, if ids did not ascend.
    ///
    /// # Errors
    ///
    /// A temporary file cannot be used.
    pub(super) fn find_twice(
        &self,
        rows: &mut Sorted<Key>,
        folder: &Path,
        limits: Limits,
    ) -> io::Result<Option<Twice>> {
        if self.are_ascending {
            return Ok(None);
        }
        // The rows may fill a run in memory. Ids are short, so shorter runs are enough for them.
        let mut sorter = Sorter::new(folder, Limits { run: limits.run.div_ceil(2), ..limits });
        while let Some((key, row)) = rows.next()? {
            let Some(id) = key.row_id() else { continue };
            let table = u16::try_from(key.table()).expect("a plan has fewer tables");
            let owner = RowOwner { id: key.owner_id(), line: rows::line_of(row) };
            let Ok(_) = sorter.push(|out| {
                owner.write(out);
                Ok::<_, Infallible>(Some(RowId { table, id }))
            })?;
        }
        rows.rewind()?;
        let mut sorted = sorter.finish()?;
        let mut last: Option<(RowId, RowOwner)> = None;
        while let Some((row, owner)) = sorted.next()? {
            let owner = RowOwner::read(owner);
            if let Some((before, other)) = last.replace((row, owner))
                && before == row
                && other.id != owner.id
            {
                let mut lines = [other.line, owner.line];
                lines.sort_unstable();
                return Ok(Some(Twice { table: usize::from(row.table), id: row.id, lines }));
            }
        }
        Ok(None)
    }
}
