//! A pass over all outputs before the first is restored: which rejected payloads are corrected, and whose outputs are
//! missing.

use std::ops::Range;

use deskpro_contact::losses_file::{self, OutputDigest};

use super::Index;
use crate::source::batch::SourceError;
use crate::source::losses::LossesLine;
use crate::source::restored::entry::{
    Entry, Group, HAS_ID, HAS_LOSSES, IS_CORRECTED, IS_REJECTED, IS_SEEN, IS_UNKNOWN, IS_WRITTEN, flagged,
};
use crate::wording::counted;

impl Index {
    /// Whether the index must know all outputs before the first is restored. A rejected payload with an id is restored
    /// only if no output corrects it. People without an id whose outputs are equal get their losses back only if no
    /// such output is missing.
    pub(crate) fn needs_outputs(&self) -> bool {
        let is_rejected = |entry: &Entry| entry.has(HAS_ID | IS_REJECTED);
        let are_twins = |pair: &[Entry]| match pair {
            [one, other] => {
                let mut both = [one, other].into_iter();
                both.all(|entry| entry.has(IS_WRITTEN) && !entry.has(HAS_ID))
                    && one.key == other.key
                    && (one.has(HAS_LOSSES) || other.has(HAS_LOSSES))
            }
            _ => false,
        };
        self.entries.iter().any(is_rejected) || self.entries.windows(2).any(are_twins)
    }

    /// Marks the entries of a line of the outputs as seen or corrected.
    pub(crate) fn note_output(&mut self, output: &[u8], id: Option<&str>, is_error_line: bool) {
        let digest = OutputDigest::of(output).bits();
        let group = Group::of(&self.entries, id, digest);
        if is_error_line {
            let mut found = group.error_lines(&self.entries, digest);
            if found.iter().all(Range::is_empty) {
                // An edited error line belongs to the only entry with an error line, if there is only one.
                found = vec![group.with_error_line(&self.entries)];
                found.retain(|range| range.len() == 1);
            }
            for range in found {
                let next = range.start + flagged(&self.entries, &range, IS_SEEN);
                if next < range.end {
                    self.entries[next].set(IS_SEEN);
                    break;
                }
            }
            return;
        }
        let unchanged = group.written_as(&self.entries, digest);
        let next = unchanged.start + flagged(&self.entries, &unchanged, IS_SEEN);
        let written = if next < unchanged.end { next..next + 1 } else { group.written.clone() };
        self.entries[written.clone()].iter_mut().take(1).for_each(|entry| entry.set(IS_SEEN));
        if id.is_none() {
            return;
        }
        // The output corrects the payloads that were rejected in runs before its own. If no run wrote it, it corrects
        // those of all runs.
        let file_of_output = self.entries[written].first().map(Entry::file);
        for file in group.rejected_by_file(&self.entries) {
            let is_earlier = file_of_output.is_none_or(|own| self.entries[file.start].file() < own);
            let next = file.start + flagged(&self.entries, &file, IS_CORRECTED);
            if is_earlier && next < file.end {
                self.entries[next].set(IS_CORRECTED);
            }
        }
    }

    /// Decides which rejected payloads are corrected, and finds people whose losses cannot be told apart.
    ///
    /// # Errors
    ///
    /// It is unknown which of several rejected payloads are corrected.
    pub(crate) fn check_outputs(&mut self) -> Result<(), SourceError> {
        let mut start = 0;
        while start < self.entries.len() {
            let first = self.entries[start];
            let is_rejected = first.has(IS_REJECTED);
            let is_equal = |entry: &&Entry| {
                (entry.has(HAS_ID), entry.key) == (first.has(HAS_ID), first.key)
                    && entry.has(IS_REJECTED) == is_rejected
                    && entry.has(IS_WRITTEN) == first.has(IS_WRITTEN)
                    && (!is_rejected || entry.file() == first.file())
            };
            let len = self.entries[start..].iter().take_while(is_equal).count();
            let range = start..start + len;
            start = range.end;
            if is_rejected {
                self.check_corrected(range)?;
            } else if first.has(IS_WRITTEN) && !first.has(HAS_ID) {
                self.check_equal(range)?;
            }
        }
        Ok(())
    }

    /// Decides which of the payloads with one id that one run rejected are corrected.
    fn check_corrected(&mut self, range: Range<usize>) -> Result<(), SourceError> {
        let corrected = flagged(&self.entries, &range, IS_CORRECTED);
        let all = range.len();
        if corrected == 0 || corrected >= all {
            return Ok(());
        }
        let entries = &mut self.entries[range.clone()];
        let seen = entries.iter().filter(|entry| entry.has(IS_SEEN)).count();
        // It is unknown which payload an equal error line belongs to.
        let is_seen_in_part = entries
            .windows(2)
            .any(|pair| pair[0].has_equal_output(&pair[1]) && pair[0].has(IS_SEEN) != pair[1].has(IS_SEEN));
        if corrected + seen == all && !is_seen_in_part {
            for entry in entries {
                if entry.has(IS_SEEN) { entry.unset(IS_CORRECTED) } else { entry.set(IS_CORRECTED) }
            }
            return Ok(());
        }
        let line = self.read(range.start)?;
        let id = line.id.expect("only payloads with an id are corrected");
        let payloads = counted(corrected as u64, "payload");
        let why = format!("the output corrects only {payloads} with this id, so it is unknown which");
        Err(self.ambiguous([range.start, range.start + 1], &id, &why))
    }

    /// Marks people without an id whose outputs are equal, if some of the outputs are missing and their losses differ:
    /// it is unknown whose outputs are there.
    fn check_equal(&mut self, range: Range<usize>) -> Result<(), SourceError> {
        let seen = flagged(&self.entries, &range, IS_SEEN);
        if seen == 0 || seen == range.len() {
            return Ok(());
        }
        let losses = |line: &LossesLine| {
            let parsed = losses_file::read(&line.text).expect("the line was read before");
            parsed.losses().map(|losses| losses.json().to_owned())
        };
        let first = losses(&self.read(range.start)?);
        for number in range.clone() {
            if losses(&self.read(number)?) != first {
                self.entries[range].iter_mut().for_each(|entry| entry.set(IS_UNKNOWN));
                return Ok(());
            }
        }
        Ok(())
    }
}
