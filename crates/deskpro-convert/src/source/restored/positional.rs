//! Outputs paired with their losses by position: neither file is held in memory.

use std::collections::HashMap;
use std::io::Read;

use deskpro_contact::losses_file::{OutputDigest, is_error_line};

use super::{is_full, push_left_over, push_rejected};
use crate::source::batch::{Batch, SourceError, Task, without_end};
use crate::source::lines::Lines;
use crate::source::losses::{Losses, LossesLine, PayloadResult};
use crate::wording::counted;

/// Outputs paired with losses by position. Each payload has the number that it had in the input of the first run.
pub struct Positional<R> {
    outputs: Lines<R>,
    losses: Losses,
    /// Whether lines may be edited.
    is_edited: bool,
    /// The next line of the losses file, if it was read.
    next: Option<LossesLine>,
    /// The batch of outputs that is being paired with losses.
    lines: Batch,
    /// The number of lines of that batch that are paired.
    paired: usize,
    /// The number of the last payload that was put into a batch.
    line: u64,
    /// The number of rejected payloads that have no line in the output.
    skipped: u64,
    /// Whether all outputs were read.
    outputs_ended: bool,
    /// Whether both files were read to their ends.
    has_ended: bool,
}

impl<R: Read> Positional<R> {
    /// Pairs `outputs` with `losses`. If `is_edited`, an output may differ from the one that was written.
    pub fn new(outputs: Lines<R>, losses: Losses, is_edited: bool) -> Self {
        Self {
            outputs,
            losses,
            is_edited,
            next: None,
            lines: Batch::default(),
            paired: 0,
            line: 0,
            skipped: 0,
            outputs_ended: false,
            has_ended: false,
        }
    }

    pub(super) fn line(&self) -> u64 {
        self.line
    }

    /// Reads both files to their ends, and returns the losses for another pass.
    ///
    /// # Errors
    ///
    /// A file cannot be read, the losses do not belong to the outputs, or lines were moved: of two lines that both
    /// differ from what was written there, one holds what was written for the other. The error names the first such
    /// line.
    pub(crate) fn check_order(mut self) -> Result<Losses, SourceError> {
        // Lines that differ from the output that was written, by both digests.
        let (mut written, mut found) = (HashMap::new(), HashMap::new());
        let mut batch = Batch::default();
        while self.next(&mut batch)? {
            for line in &batch.lines {
                let Task::Restore { output_line, written: expected, .. } = line.task else { continue };
                let digest = OutputDigest::of(line.payload(&batch.text));
                if expected == Some(digest) {
                    continue;
                }
                found.entry(digest).or_insert(output_line);
                if let Some(expected) = expected {
                    written.entry(expected).or_insert(output_line);
                }
            }
        }
        let moved = found.iter().filter_map(|(digest, line)| Some((line, written.get(digest)?))).min();
        if let Some((line, written)) = moved {
            return Err(self.losses.mismatch(&format!(
                "line {line} of the output holds what was written as line {written}, so lines were moved; --edited is \
                 for lines that were edited in their places"
            )));
        }
        self.losses.restart()?;
        Ok(self.losses)
    }

    /// Makes the next batch. Returns false when both files have ended.
    pub(super) fn next(&mut self, batch: &mut Batch) -> Result<bool, SourceError> {
        batch.clear();
        if self.has_ended {
            return Ok(false);
        }
        let mut lines = std::mem::take(&mut self.lines);
        if self.paired >= lines.lines.len() && !self.outputs_ended {
            self.paired = 0;
            self.outputs_ended = !self.outputs.next(&mut lines)?;
        }
        let result = self.pair(&lines, batch);
        self.lines = lines;
        result?;
        if self.outputs_ended {
            self.push_skipped(batch)?;
        }
        // A full batch may have left rejected payloads for the next batch.
        if self.outputs_ended && !is_full(batch) {
            self.push_end(batch)?;
            self.has_ended = true;
        }
        Ok(!batch.lines.is_empty())
    }

    /// Pairs lines with their losses until all are paired or the batch is full.
    fn pair(&mut self, lines: &Batch, batch: &mut Batch) -> Result<(), SourceError> {
        while let Some(line) = lines.lines.get(self.paired) {
            let is_start = !matches!(&line.task, Task::RejectOversized(part) if !part.is_first);
            if is_start {
                self.push_skipped(batch)?;
            }
            if is_full(batch) {
                return Ok(());
            }
            self.paired += 1;
            let losses = if is_start { self.start_payload()? } else { None };
            let text = line.with_end(&lines.text);
            if let Task::RejectOversized(part) = &line.task {
                batch.push(self.line, text, Task::RejectOversized(part.clone()));
                if let Some(losses) = losses.filter(|losses| losses.has_losses) {
                    push_left_over(batch, self.line, &losses);
                }
                continue;
            }
            self.push(batch, text, line.number, losses)?;
        }
        Ok(())
    }

    /// Counts a payload, and returns its losses.
    fn start_payload(&mut self) -> Result<Option<LossesLine>, SourceError> {
        self.line += 1;
        let losses = self.take_if(|_| true)?;
        if losses.is_none() && self.losses.end().is_some_and(|lines| self.line > lines) {
            return Err(self.wrong_count());
        }
        Ok(losses)
    }

    /// Adds an output, which is line `output_line` of the outputs.
    fn push(
        &mut self,
        batch: &mut Batch,
        text: &[u8],
        output_line: u64,
        losses: Option<LossesLine>,
    ) -> Result<(), SourceError> {
        let Some(losses) = losses else {
            batch.push(self.line, text, Task::Restore { losses: 0..0, output_line, written: None });
            return Ok(());
        };
        match &losses.payload {
            PayloadResult::Written(digest) => {
                let range = batch.push_losses(&losses.text);
                batch.push(
                    self.line,
                    text,
                    Task::Restore { losses: range, output_line, written: Some(*digest) },
                );
            }
            PayloadResult::Rejected { error_line, text: rejected } => {
                let output = without_end(text);
                let is_unchanged = *error_line == Some(OutputDigest::of(output));
                if is_unchanged || self.is_edited && is_error_line(output) {
                    push_rejected(batch, self.line, rejected, &losses);
                } else if self.is_edited {
                    // The line is a corrected payload in place of its error line.
                    batch.push(self.line, text, Task::Restore { losses: 0..0, output_line, written: None });
                    if losses.has_losses {
                        push_left_over(batch, self.line, &losses);
                    }
                } else {
                    return Err(self.losses.mismatch(&format!(
                        "line {output_line} of the output is not the error line that was written there; if it was corrected \
                         in its place, give --edited"
                    )));
                }
            }
            PayloadResult::LeftOver => unreachable!("such a line belongs to no payload"),
        }
        Ok(())
    }

    /// Adds rejected payloads that have no output line, until the next payload that has one or the batch is full.
    fn push_skipped(&mut self, batch: &mut Batch) -> Result<(), SourceError> {
        while !is_full(batch) {
            self.line += 1;
            let losses = self.take_if(|losses| {
                matches!(losses.payload, PayloadResult::Rejected { error_line: None, .. })
            })?;
            let Some(losses) = losses else {
                self.line -= 1;
                break;
            };
            let PayloadResult::Rejected { text, .. } = &losses.payload else {
                unreachable!("taken if rejected")
            };
            push_rejected(batch, self.line, text, &losses);
            self.skipped += 1;
        }
        Ok(())
    }

    /// Checks that the losses file has ended, too, and adds its losses that belong to no payload.
    fn push_end(&mut self, batch: &mut Batch) -> Result<(), SourceError> {
        loop {
            self.fill()?;
            match &self.next {
                Some(losses) if matches!(losses.payload, PayloadResult::LeftOver) => {
                    push_left_over(batch, self.line, losses);
                    self.next = None;
                }
                None if self.losses.end() == Some(self.line) => return Ok(()),
                Some(_) | None => return Err(self.wrong_count()),
            }
        }
    }

    /// The error for too many or too few outputs. Reads the losses to their end, to know how many were expected.
    fn wrong_count(&mut self) -> SourceError {
        let (mut skipped, mut last) = (self.skipped, 0);
        loop {
            last = self.next.as_ref().map_or(last, |losses| last.max(losses.line));
            match &self.next {
                Some(LossesLine { payload: PayloadResult::Rejected { error_line: None, .. }, .. }) => {
                    skipped += 1
                }
                Some(_) => {}
                None if self.losses.end().is_some() => break,
                None => {}
            }
            self.next = None;
            if let Err(error) = self.fill() {
                return error;
            }
        }
        let payloads = self.losses.end().expect("the losses were read to their end");
        if last > payloads {
            let payloads = counted(payloads, "payload");
            let why = format!("it has a line about payload {last}, but its end line counts {payloads}");
            return self.losses.mismatch(&why);
        }
        let expected = payloads.checked_sub(skipped).expect("each of those lines is about another payload");
        let expected = counted(expected, "line");
        let found = self.outputs.line();
        let or_more = if self.outputs_ended { "" } else { " or more" };
        self.losses.mismatch(&format!("expected an output of {expected}, found {found}{or_more}"))
    }

    /// Reads the next line of the losses file, unless it was read already.
    fn fill(&mut self) -> Result<(), SourceError> {
        if self.next.is_none() {
            self.next = self.losses.next()?;
        }
        Ok(())
    }

    /// Takes the next line of the losses file, if it belongs to the current payload and `is_wanted` accepts it.
    fn take_if(
        &mut self,
        is_wanted: impl FnOnce(&LossesLine) -> bool,
    ) -> Result<Option<LossesLine>, SourceError> {
        self.fill()?;
        match &self.next {
            Some(losses) if matches!(losses.payload, PayloadResult::LeftOver) => Ok(None),
            Some(losses) if losses.line < self.line => {
                Err(self.losses.mismatch("its lines are not in order"))
            }
            Some(losses) if losses.line == self.line && is_wanted(losses) => Ok(self.next.take()),
            Some(_) | None => Ok(None),
        }
    }
}
