//! Finds the lines of losses files by the person's id.

mod outputs;

use std::ops::Range;

use deskpro_contact::losses_file::OutputDigest;

use super::entry::{
    Entry, Group, HAS_ERROR_LINE, HAS_LOSSES, IS_CLAIMED, IS_CORRECTED, IS_REJECTED, IS_UNKNOWN, MAX_FILES,
    Position, flagged,
};
use crate::source::batch::SourceError;
use crate::source::losses::{Losses, LossesLine, PayloadResult};

/// The lines of losses files, found by the person's id, or by the digest of the output if a line has no id. Each line
/// of a file takes 32 bytes of memory, and the line of a rejected payload four more.
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
    /// The number of outputs that were claimed by their ids, because their texts are not those that were written.
    edited_outputs: u64,
}

/// The meaning of a line of the outputs.
pub(super) enum Claim {
    /// A payload that the first run did not have: a new or a corrected one.
    New,
    /// The output of a payload, which may be edited.
    Output(Position, LossesLine),
    /// The error line of a rejected payload.
    ErrorLine(Position, LossesLine),
    /// The error line of a rejected payload whose corrected body is another line.
    Superseded,
}

/// A line of a losses file that no output claimed.
pub(super) enum Unclaimed {
    /// A rejected payload.
    Rejected(LossesLine),
    /// Losses that belong to no output.
    LeftOver(LossesLine),
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
                    PayloadResult::Written(_) | PayloadResult::Rejected { .. } => {
                        if line.line != expected {
                            return Err(file.mismatch(&format!(
                                "expected the line of payload {expected}, found that of payload {}",
                                line.line
                            )));
                        }
                        expected += 1;
                    }
                    PayloadResult::LeftOver => {}
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
        Ok(Self {
            files,
            entries,
            skipped,
            next_skipped: 0,
            is_ordered: false,
            next_unclaimed: 0,
            edited_outputs: 0,
        })
    }

    /// Finds the entry of a line of the outputs. `output_line` is the number of the line, from 1.
    ///
    /// # Errors
    ///
    /// The losses file cannot be read; or two payloads or two outputs have one id, and it is unknown which is which.
    pub(super) fn claim(
        &mut self,
        output: &[u8],
        id: Option<&str>,
        is_error_line: bool,
        output_line: u64,
    ) -> Result<Claim, SourceError> {
        let digest = OutputDigest::of(output).bits();
        let group = Group::of(&self.entries, id, digest);
        let unchanged = if is_error_line {
            group.error_lines(&self.entries, digest)
        } else {
            vec![group.written_as(&self.entries, digest)]
        };
        for range in unchanged {
            if let Some((number, line)) = self.first_unclaimed(range, id)? {
                return Ok(self.take(number, line, output_line));
            }
        }
        let Some(id) = id else { return Ok(Claim::New) };
        let Some(number) = self.edited(&group, is_error_line, id, output_line)? else {
            return Ok(Claim::New);
        };
        if self.entries[number].has(IS_CLAIMED) {
            return Err(self.twice_in_outputs(number, id, output_line));
        }
        let line = self.read(number)?;
        // Two ids may have one hash.
        if line.id.as_deref() != Some(id) {
            return Ok(Claim::New);
        }
        let claim = self.take(number, line, output_line);
        self.edited_outputs += u64::from(matches!(claim, Claim::Output(..)));
        Ok(claim)
    }

    /// The first entry of a range with this id that no output claimed, and its line. Outputs claim the entries of a
    /// range of equal ones from its start.
    fn first_unclaimed(
        &mut self,
        range: Range<usize>,
        id: Option<&str>,
    ) -> Result<Option<(usize, LossesLine)>, SourceError> {
        for number in range.start + flagged(&self.entries, &range, IS_CLAIMED)..range.end {
            let entry = &self.entries[number];
            if entry.has(IS_CLAIMED) || entry.has(IS_UNKNOWN) {
                continue;
            }
            let line = self.read(number)?;
            // Two ids may have one hash.
            if line.id.as_deref() == id {
                return Ok(Some((number, line)));
            }
        }
        Ok(None)
    }

    /// The entry of a group to which an edited output or error line belongs. It may be claimed already.
    fn edited(
        &self,
        group: &Group,
        is_error_line: bool,
        id: &str,
        output_line: u64,
    ) -> Result<Option<usize>, SourceError> {
        let entries = &self.entries;
        let own = if is_error_line { group.with_error_line(entries) } else { group.written.clone() };
        if own.is_empty() {
            return Ok(None);
        }
        // A payload that was rejected in one run and corrected in another has one id in both losses files.
        let first = own.start;
        let file = entries[first].file();
        let is_other = |&n: &usize| n != first && !(entries[n].has(IS_REJECTED) && entries[n].file() != file);
        let mut others = (group.written.start..group.rejected.end).filter(is_other);
        let Some(other) = others.next() else { return Ok(Some(first)) };
        Err(self.ambiguous(
            [first, other],
            id,
            &format!(
                "line {output_line} of the output was edited, so it is unknown which of their losses belong to it"
            ),
        ))
    }

    /// The error that it is unknown to which of two entries an output belongs.
    fn ambiguous(&self, mut numbers: [usize; 2], id: &str, why: &str) -> SourceError {
        numbers.sort_by_key(|&number| self.entries[number].line);
        let [one, other] = numbers.map(|number| self.place(number));
        let why = format!("{one} and {other} have the id {id:?}, and {why}");
        self.mismatch(numbers[0], &why)
    }

    fn twice_in_outputs(&self, entry: usize, id: &str, output_line: u64) -> SourceError {
        let earlier = self.entries[entry].start;
        let place = self.place(entry);
        self.mismatch(
            entry,
            &format!(
                "lines {earlier} and {output_line} of the output have the id {id:?}, which is only in {place}"
            ),
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

    /// Marks an entry as matched with line `output_line` of the outputs.
    fn take(&mut self, number: usize, line: LossesLine, output_line: u64) -> Claim {
        let entry = &mut self.entries[number];
        if entry.has(IS_CORRECTED) {
            return Claim::Superseded;
        }
        entry.set(IS_CLAIMED);
        entry.start = output_line;
        let position = entry.position();
        if entry.has(HAS_ERROR_LINE) {
            Claim::ErrorLine(position, line)
        } else {
            Claim::Output(position, line)
        }
    }

    /// The number of claimed outputs that are not as the conversion wrote them.
    pub(super) fn edited_outputs(&self) -> u64 {
        self.edited_outputs
    }

    /// The next rejected payload before a position that has no line in the output and is not corrected by one.
    pub(super) fn next_skipped(&mut self, before: Position) -> Result<Option<LossesLine>, SourceError> {
        while let Some(&number) = self.skipped.get(self.next_skipped) {
            let number = number as usize;
            if self.entries[number].position() >= before {
                return Ok(None);
            }
            self.next_skipped += 1;
            if !self.entries[number].has(IS_CORRECTED) {
                let line = self.read(number)?;
                self.entries[number].set(IS_CLAIMED);
                return Ok(Some(line));
            }
        }
        Ok(None)
    }

    /// The next line that no output claimed, in the order of the files. Call it after all outputs were claimed.
    pub(super) fn next_unclaimed(&mut self) -> Result<Option<Unclaimed>, SourceError> {
        if !self.is_ordered {
            self.entries.sort_unstable_by_key(|entry| (entry.line, entry.start));
            self.is_ordered = true;
        }
        while let Some(entry) = self.entries.get(self.next_unclaimed).copied() {
            let number = self.next_unclaimed;
            self.next_unclaimed += 1;
            if entry.has(IS_CLAIMED) {
                continue;
            }
            if entry.has(IS_REJECTED) && !entry.has(IS_CORRECTED) {
                return Ok(Some(Unclaimed::Rejected(self.read(number)?)));
            }
            if entry.has(HAS_LOSSES) {
                return Ok(Some(Unclaimed::LeftOver(self.read(number)?)));
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
