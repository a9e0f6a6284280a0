//! The lines of losses files by the person's id.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use deskpro_contact::losses_file::OutputDigest;

use crate::source::batch::SourceError;
use crate::source::losses::{Fate, Losses, LossesLine};

/// The lines of losses files, found by the person's id, or by the digest of the output where a line has no id. A line of
/// a file takes 32 bytes of memory, that of a rejected payload four more.
pub struct Index {
    files: Vec<Losses>,
    /// Sorted by [`Entry::order_of_search`].
    entries: Vec<Entry>,
    /// Entries of rejected payloads without an error line, in the order of the files.
    skipped: Vec<u32>,
    /// The number of elements of `skipped` that were given out or passed over.
    next_skipped: usize,
    /// Whether the entries are sorted in the order of the files. They can then no longer be searched.
    is_ordered: bool,
    /// The number of entries that were examined after the last output.
    next_unclaimed: usize,
}

/// An entry with the id of an output.
struct Candidate {
    number: usize,
    /// Its line. None if another output claimed it.
    line: Option<LossesLine>,
}

/// The candidate that an output belongs to, by its number.
enum Choice {
    Candidate(usize),
    /// No candidate: the output is new.
    None,
    /// This candidate, but an earlier output claimed it.
    Claimed(usize),
    /// One of these two; it is unknown which.
    Ambiguous(usize, usize),
}

/// A line of a losses file.
#[derive(Clone, Copy)]
struct Entry {
    /// A hash of the id. Without an id, the digest of the output.
    key: u64,
    /// The digest of the output or of the error line, with flags in the upper bits.
    output: u64,
    /// The position of the line in its file. After the entry is claimed, the line of the outputs that claimed it.
    start: u64,
    /// The number of the file in the upper 16 bits, the line of the payload in the others.
    line: u64,
}

const HAS_ID: u64 = 1 << 63;
const HAS_LOSSES: u64 = 1 << 62;
const IS_WRITTEN: u64 = 1 << 61;
const IS_REJECTED: u64 = 1 << 60;
const HAS_ERROR_LINE: u64 = 1 << 59;
/// A line of the outputs was matched with the entry.
const IS_CLAIMED: u64 = 1 << 58;
/// A line of the outputs has the id of this rejected payload.
const IS_CORRECTED: u64 = 1 << 57;
const DIGEST: u64 = (1 << 48) - 1;
const FILE_SHIFT: u32 = 48;
const MAX_FILES: usize = 1 << 16;

/// The meaning of a line of the outputs.
pub(super) enum Claim {
    /// A new payload: the run that wrote the losses had no such person.
    New,
    /// The output of a payload. It may be edited.
    Output(Position, LossesLine),
    /// The error line of a rejected payload.
    ErrorLine(Position, LossesLine),
    /// A corrected payload in place of a rejected one.
    Corrected(LossesLine),
}

/// The place of a payload: the number of its losses file, and its line in that file's run.
pub(super) type Position = (u64, u64);

impl Entry {
    fn new(file: usize, line: &LossesLine) -> Self {
        let (flags, output) = match &line.payload {
            Fate::Written(output) => (IS_WRITTEN, Some(*output)),
            Fate::Rejected { error_line, .. } => {
                (IS_REJECTED | error_line.map_or(0, |_| HAS_ERROR_LINE), *error_line)
            }
            Fate::LeftOver => (0, None),
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

    fn has(&self, flags: u64) -> bool {
        self.output & flags == flags
    }

    fn digest(&self) -> u64 {
        self.output & DIGEST
    }

    fn position(&self) -> Position {
        (self.line >> FILE_SHIFT, self.line & DIGEST)
    }

    /// Lines with ids come after those without; equal keys stand in the order of the files.
    fn order_of_search(&self) -> (bool, u64, u64) {
        (self.has(HAS_ID), self.key, self.line)
    }
}

fn hash(id: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    id.hash(&mut hasher);
    hasher.finish()
}

impl Index {
    /// Reads losses files, each with a line for every payload, to their ends.
    ///
    /// # Errors
    ///
    /// A file cannot be read, or is not whole.
    pub fn new(mut files: Vec<Losses>) -> Result<Self, SourceError> {
        assert!(files.len() < MAX_FILES, "a command line holds fewer files");
        let mut entries = Vec::new();
        for (number, file) in files.iter_mut().enumerate() {
            let mut expected = 1;
            while let Some(line) = file.next()? {
                match line.payload {
                    Fate::Written(_) | Fate::Rejected { .. } => {
                        if line.line != expected {
                            return Err(file.mismatch(&format!(
                                "expected the line of payload {expected}, found that of payload {}",
                                line.line
                            )));
                        }
                        expected += 1;
                    }
                    Fate::LeftOver => {}
                }
                entries.push(Entry::new(number, &line));
            }
            let payloads = file.end().expect("the file was read to its end");
            if expected != payloads + 1 {
                return Err(file.mismatch(&format!(
                    "expected the lines of {payloads} payloads, found {}",
                    expected - 1
                )));
            }
        }
        entries.shrink_to_fit();
        entries.sort_unstable_by_key(Entry::order_of_search);
        let is_skipped = |entry: &Entry| entry.has(IS_REJECTED) && !entry.has(HAS_ERROR_LINE);
        let mut skipped: Vec<u32> = (0_u32..)
            .zip(&entries)
            .filter(|(_, entry)| is_skipped(entry))
            .map(|(number, _)| number)
            .collect();
        skipped.sort_unstable_by_key(|&number| entries[number as usize].line);
        Ok(Self { files, entries, skipped, next_skipped: 0, is_ordered: false, next_unclaimed: 0 })
    }

    /// Whether the index must know the ids of all outputs before the first output is restored: a rejected payload with an
    /// id is restored only if no output line has its id.
    pub(crate) fn needs_ids(&self) -> bool {
        self.skipped.iter().any(|&number| self.entries[number as usize].has(HAS_ID))
    }

    /// Notes that a line of the outputs has this id.
    pub(crate) fn note_id(&mut self, id: &str) {
        let found = self.find(HAS_ID, hash(id));
        for entry in &mut self.entries[found] {
            entry.output |= IS_CORRECTED;
        }
    }

    /// The entries with this key.
    fn find(&self, has_id: u64, key: u64) -> std::ops::Range<usize> {
        let wanted = (has_id != 0, key);
        let order = |entry: &Entry| (entry.has(HAS_ID), entry.key);
        let start = self.entries.partition_point(|entry| order(entry) < wanted);
        let len = self.entries[start..].partition_point(|entry| order(entry) == wanted);
        start..start + len
    }

    /// Finds the entry of a line of the outputs. `at` is the number of the line, from 1.
    ///
    /// # Errors
    ///
    /// The losses file cannot be read; or two payloads or two outputs have one id, and it is unknown which is which.
    pub(super) fn claim(
        &mut self,
        output: &[u8],
        id: Option<&str>,
        is_error_line: bool,
        at: u64,
    ) -> Result<Claim, SourceError> {
        let digest = OutputDigest::of(output).bits();
        let role = if is_error_line { HAS_ERROR_LINE } else { IS_WRITTEN };
        let Some(id) = id else {
            let mut found = self.find(0, digest);
            let entry = found.find(|&n| self.entries[n].has(role) && !self.entries[n].has(IS_CLAIMED));
            return match entry {
                Some(number) => {
                    let line = self.read(number)?;
                    self.take(Candidate { number, line: Some(line) }, role, at)
                }
                None => Ok(Claim::New),
            };
        };
        let mut candidates = Vec::new();
        for number in self.find(HAS_ID, hash(id)) {
            let is_claimed = self.entries[number].has(IS_CLAIMED);
            let line = if is_claimed { None } else { Some(self.read(number)?) };
            // Two ids may have one hash.
            if line.as_ref().is_none_or(|line| line.id.as_deref() == Some(id)) {
                candidates.push(Candidate { number, line });
            }
        }
        match self.choose(&candidates, digest, role) {
            Choice::Candidate(n) => self.take(candidates.swap_remove(n), role, at),
            Choice::None => Ok(Claim::New),
            Choice::Claimed(n) => Err(self.twice_in_outputs(candidates[n].number, id, at)),
            Choice::Ambiguous(one, other) => {
                let [one, other] = [one, other].map(|n| self.place(candidates[n].number));
                Err(self.mismatch(candidates[0].number, &format!(
                    "{one} and {other} have the id {id:?}, and line {at} of the output was edited, so it is unknown \
                     which of their losses belong to it"
                )))
            }
        }
    }

    /// Chooses among the entries with the id of an output.
    fn choose(&self, candidates: &[Candidate], digest: u64, role: u64) -> Choice {
        let entry = |n: usize| &self.entries[candidates[n].number];
        let mut of_role = (0..candidates.len()).filter(|&n| entry(n).has(role));
        if let Some(unchanged) =
            of_role.clone().find(|&n| candidates[n].line.is_some() && entry(n).digest() == digest)
        {
            return Choice::Candidate(unchanged);
        }
        let Some(first) = of_role.next() else {
            // No payload with this id was converted. An output corrects a payload that was rejected.
            return match candidates {
                [] => Choice::None,
                _ if role == HAS_ERROR_LINE => Choice::None,
                _ => match candidates.iter().position(|candidate| candidate.line.is_some()) {
                    Some(rejected) => Choice::Candidate(rejected),
                    None => Choice::Claimed(0),
                },
            };
        };
        // A payload that was rejected in one run and corrected in another has one id in both losses files.
        let file = entry(first).position().0;
        let is_other =
            |n: &usize| *n != first && !(entry(*n).has(IS_REJECTED) && entry(*n).position().0 != file);
        match (0..candidates.len()).find(is_other) {
            Some(other) => Choice::Ambiguous(first, other),
            None if candidates[first].line.is_none() => Choice::Claimed(first),
            None => Choice::Candidate(first),
        }
    }

    fn twice_in_outputs(&self, entry: usize, id: &str, at: u64) -> SourceError {
        let earlier = self.entries[entry].start;
        let place = self.place(entry);
        self.mismatch(
            entry,
            &format!("lines {earlier} and {at} of the output have the id {id:?}, which is only in {place}"),
        )
    }

    /// The error for the file of an entry.
    fn mismatch(&self, entry: usize, why: &str) -> SourceError {
        self.files[self.file_of(entry)].mismatch(why)
    }

    fn file_of(&self, entry: usize) -> usize {
        usize::try_from(self.entries[entry].position().0).expect("the number of a file")
    }

    /// An entry's payload for a message: `line 17 of the input`.
    fn place(&self, entry: usize) -> String {
        let line = self.entries[entry].position().1;
        match &self.files[..] {
            [_] => format!("line {line} of the input"),
            files => format!("line {line} of the input of {}", files[self.file_of(entry)].name()),
        }
    }

    /// Marks an entry as matched with line `at` of the outputs.
    fn take(&mut self, candidate: Candidate, role: u64, at: u64) -> Result<Claim, SourceError> {
        let Candidate { number, line } = candidate;
        let line = line.expect("only an entry that is not claimed is taken");
        let entry = &mut self.entries[number];
        entry.output |= IS_CLAIMED;
        entry.start = at;
        let entry = *entry;
        if !entry.has(role) {
            return Ok(Claim::Corrected(line));
        }
        if role == HAS_ERROR_LINE {
            return Ok(Claim::ErrorLine(entry.position(), line));
        }
        if entry.has(HAS_ID) {
            self.take_corrected(&entry, line.id.as_deref(), at)?;
        }
        Ok(Claim::Output(entry.position(), line))
    }

    /// Marks rejected payloads of earlier files as claimed if this output is their correction.
    fn take_corrected(&mut self, written: &Entry, id: Option<&str>, at: u64) -> Result<(), SourceError> {
        for number in self.find(HAS_ID, written.key) {
            let entry = self.entries[number];
            let is_earlier = entry.has(IS_REJECTED) && entry.position().0 < written.position().0;
            if is_earlier && !entry.has(IS_CLAIMED) && self.read(number)?.id.as_deref() == id {
                let entry = &mut self.entries[number];
                entry.output |= IS_CLAIMED;
                entry.start = at;
            }
        }
        Ok(())
    }

    /// The next rejected payload before a position, if no output line has its id.
    pub(super) fn next_skipped(&mut self, before: Position) -> Result<Option<LossesLine>, SourceError> {
        while let Some(&number) = self.skipped.get(self.next_skipped) {
            let number = number as usize;
            if self.entries[number].position() >= before {
                return Ok(None);
            }
            self.next_skipped += 1;
            if !self.entries[number].has(IS_CLAIMED) && !self.entries[number].has(IS_CORRECTED) {
                let line = self.read(number)?;
                self.entries[number].output |= IS_CLAIMED;
                return Ok(Some(line));
            }
        }
        Ok(None)
    }

    /// The next line that no output claimed, in the order of the files: a rejected payload, or losses. Call it after all
    /// outputs were claimed.
    pub(super) fn next_unclaimed(&mut self) -> Result<Option<LossesLine>, SourceError> {
        if !self.is_ordered {
            self.entries.sort_unstable_by_key(|entry| (entry.line, entry.start));
            self.is_ordered = true;
        }
        while let Some(entry) = self.entries.get(self.next_unclaimed) {
            let number = self.next_unclaimed;
            self.next_unclaimed += 1;
            if !entry.has(IS_CLAIMED) && (entry.has(IS_REJECTED) || entry.has(HAS_LOSSES)) {
                return self.read(number).map(Some);
            }
        }
        Ok(None)
    }

    /// Reads the line of an entry that is not claimed.
    fn read(&mut self, number: usize) -> Result<LossesLine, SourceError> {
        let file = self.file_of(number);
        self.files[file].read_at(self.entries[number].start)
    }
}
