//! The entries of the index, one for each line of a losses file, and the search for them.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::ops::Range;

use deskpro_contact::losses_file::OutputDigest;

use crate::source::losses::{LossesLine, PayloadResult};

/// The place of a payload: the number of its losses file, and its line in that file's run.
pub(super) type Position = (u64, u64);

/// A line of a losses file.
#[derive(Clone, Copy)]
pub(super) struct Entry {
    /// A hash of the id. Without an id, the digest of the output.
    pub(super) key: u64,
    /// The digest of the output or of the error line, with flags in the upper bits.
    output: u64,
    /// The position of the line in its file. After the entry is claimed, the line of the outputs that claimed it.
    pub(super) start: u64,
    /// The number of the file in the upper 16 bits, the line of the payload in the others.
    pub(super) line: u64,
}

pub(super) const HAS_ID: u64 = 1 << 63;
pub(super) const HAS_LOSSES: u64 = 1 << 62;
pub(super) const IS_WRITTEN: u64 = 1 << 61;
pub(super) const IS_REJECTED: u64 = 1 << 60;
pub(super) const HAS_ERROR_LINE: u64 = 1 << 59;
/// A line of the outputs was matched with the entry.
pub(super) const IS_CLAIMED: u64 = 1 << 58;
/// A line of the outputs corrects this rejected payload.
pub(super) const IS_CORRECTED: u64 = 1 << 57;
/// The first pass over the outputs found the output or the error line of the entry.
pub(super) const IS_SEEN: u64 = 1 << 56;
/// The entry belongs to one of several people without an id whose outputs are equal, and some of these outputs are
/// missing. It is unknown whose outputs they are, so the losses of all of these people are left over.
pub(super) const IS_UNKNOWN: u64 = 1 << 55;
const DIGEST: u64 = (1 << 48) - 1;
const FILE_SHIFT: u32 = 48;
pub(super) const MAX_FILES: usize = 1 << 16;

impl Entry {
    /// The entry of a line of file number `file`.
    pub(super) fn new(file: usize, line: &LossesLine) -> Self {
        let (flags, output) = match &line.payload {
            PayloadResult::Written(output) => (IS_WRITTEN, Some(*output)),
            PayloadResult::Rejected { error_line, .. } => {
                (IS_REJECTED | error_line.map_or(0, |_| HAS_ERROR_LINE), *error_line)
            }
            PayloadResult::LeftOver => (0, None),
        };
        let output = output.map_or(0, OutputDigest::bits);
        let has_losses = if line.has_losses { HAS_LOSSES } else { 0 };
        let (key, has_id) = match &line.id {
            Some(id) => (hash(id), HAS_ID),
            None => (output, 0),
        };
        let file = u64::try_from(file).expect("at most MAX_FILES") << FILE_SHIFT;
        Self { key, output: output | flags | has_id | has_losses, start: line.start, line: file | line.line }
    }

    /// Whether all these flags are set.
    pub(super) fn has(&self, flags: u64) -> bool {
        self.output & flags == flags
    }

    pub(super) fn set(&mut self, flags: u64) {
        self.output |= flags;
    }

    pub(super) fn unset(&mut self, flags: u64) {
        self.output &= !flags;
    }

    /// The number of the file.
    pub(super) fn file(&self) -> u64 {
        self.line >> FILE_SHIFT
    }

    pub(super) fn position(&self) -> Position {
        (self.file(), self.line & DIGEST)
    }

    /// Whether the output or the error line is equal to that of another entry.
    pub(super) fn has_equal_output(&self, other: &Self) -> bool {
        const WHAT: u64 = DIGEST | IS_WRITTEN | HAS_ERROR_LINE;
        self.output & WHAT == other.output & WHAT
    }

    fn group(&self) -> (bool, u64) {
        (self.has(HAS_ID), self.key)
    }

    /// A sort key: written payloads come first in their group, then rejected ones, left-over lines last.
    fn rank(&self) -> u8 {
        if self.has(IS_WRITTEN) {
            0
        } else if self.has(IS_REJECTED) {
            1
        } else {
            2
        }
    }

    /// The order of the rejected payloads of a group: by their files; those with an error line come last, by its
    /// digest.
    fn order_of_rejected(&self) -> (u64, bool, u64) {
        (self.file(), self.has(HAS_ERROR_LINE), self.output & DIGEST)
    }

    /// Entries of one id stand together. The written ones come first, by the digests of their outputs. Equal ones stand
    /// in the order of the files.
    pub(super) fn order_of_search(&self) -> impl Ord + use<> {
        let rejected = if self.has(IS_REJECTED) { self.order_of_rejected() } else { (0, false, 0) };
        (self.group(), self.rank(), rejected, self.output & DIGEST, self.line)
    }
}

pub(super) fn hash(id: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    id.hash(&mut hasher);
    hasher.finish()
}

/// Sorted entries that have the same id; or without an id, the same digest.
pub(super) struct Group {
    pub(super) written: Range<usize>,
    pub(super) rejected: Range<usize>,
}

impl Group {
    /// The group of an id. Without an id, that of a digest.
    pub(super) fn of(entries: &[Entry], id: Option<&str>, digest: u64) -> Self {
        let wanted = (id.is_some(), id.map_or(digest, hash));
        let all = 0..entries.len();
        let start = all.start + entries.partition_point(|entry| entry.group() < wanted);
        let all = start..start + entries[start..].partition_point(|entry| entry.group() == wanted);
        let [written, rejected] =
            [0, 1].map(|rank| all.start + entries[all.clone()].partition_point(|entry| entry.rank() <= rank));
        Self { written: all.start..written, rejected: written..rejected }
    }

    /// The written entries with a digest.
    pub(super) fn written_as(&self, entries: &[Entry], digest: u64) -> Range<usize> {
        part(entries, &self.written, |entry| entry.output & DIGEST, digest)
    }

    /// The rejected entries of each file.
    pub(super) fn rejected_by_file(&self, entries: &[Entry]) -> Vec<Range<usize>> {
        let mut files = Vec::new();
        let mut start = self.rejected.start;
        while start < self.rejected.end {
            let file = part(entries, &(start..self.rejected.end), Entry::file, entries[start].file());
            start = file.end;
            files.push(file);
        }
        files
    }

    /// The rejected entries that have an error line, in the first file that holds one.
    pub(super) fn with_error_line(&self, entries: &[Entry]) -> Range<usize> {
        let of_file = |file: &Range<usize>| part(entries, file, |entry| entry.has(HAS_ERROR_LINE), true);
        let files = self.rejected_by_file(entries);
        files.iter().map(of_file).find(|found| !found.is_empty()).unwrap_or_default()
    }

    /// The rejected entries of each file whose error line has a digest.
    pub(super) fn error_lines(&self, entries: &[Entry], digest: u64) -> Vec<Range<usize>> {
        let of_file = |file: Range<usize>| {
            let wanted = (entries[file.start].file(), true, digest);
            part(entries, &file, Entry::order_of_rejected, wanted)
        };
        self.rejected_by_file(entries).into_iter().map(of_file).collect()
    }
}

/// The entries of a sorted range that have a value.
pub(super) fn part<T: Ord>(
    entries: &[Entry],
    range: &Range<usize>,
    value: impl Fn(&Entry) -> T,
    wanted: T,
) -> Range<usize> {
    let start = range.start + entries[range.clone()].partition_point(|entry| value(entry) < wanted);
    start..start + entries[start..range.end].partition_point(|entry| value(entry) == wanted)
}

/// The number of entries at the start of a range that have a flag. Flags are set from the start of a range.
pub(super) fn flagged(entries: &[Entry], range: &Range<usize>, flag: u64) -> usize {
    entries[range.clone()].partition_point(|entry| entry.has(flag))
}
