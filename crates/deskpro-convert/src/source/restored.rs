//! Outputs paired with their losses, line by line: neither file is held in memory.

use std::io::Read;

use deskpro_contact::losses_file;

use super::batch::{Batch, MAX_LINES, SourceError, Task, without_end};
use super::lines::Lines;
use super::losses::{Losses, LossesLine, RejectedPayload};
use super::read_buffer::REUSED_CAPACITY;

/// Outputs paired with their losses. Each line has the number of its payload in the first input.
pub struct Restored<R> {
    outputs: Lines<R>,
    losses: Losses,
    /// The batch of outputs that is being paired with losses.
    lines: Batch,
    /// The number of lines of that batch that are paired.
    paired: usize,
    /// The number of the last payload that was put into a batch.
    line: u64,
    /// Whether all outputs were read.
    outputs_ended: bool,
    /// Whether both files were read to their ends.
    has_ended: bool,
}

impl<R: Read> Restored<R> {
    /// Pairs `outputs` with `losses`.
    pub fn new(outputs: Lines<R>, losses: Losses) -> Self {
        Self {
            outputs,
            losses,
            lines: Batch::default(),
            paired: 0,
            line: 0,
            outputs_ended: false,
            has_ended: false,
        }
    }

    /// The number of the last payload that was put into a batch.
    pub(crate) fn line(&self) -> u64 {
        self.line
    }

    /// Makes the next batch. Returns false when both files have ended.
    ///
    /// # Errors
    ///
    /// A file cannot be read, or the losses do not fit the outputs.
    pub fn next(&mut self, batch: &mut Batch) -> Result<bool, SourceError> {
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
            match self.losses.end()? {
                Some(lines) if lines == self.line => self.losses.check_ended()?,
                end => return Err(self.wrong_count(end)),
            }
            self.has_ended = true;
        }
        Ok(!batch.lines.is_empty())
    }

    fn wrong_count(&self, end: Option<u64>) -> SourceError {
        let found = self.line;
        self.losses.mismatch(&match end {
            Some(lines) => format!("expected the output of {lines} payloads, found that of {found}"),
            None => format!("it has losses of lines after {found}, where the output ends"),
        })
    }

    /// Pairs lines with their losses until all are paired or the batch is full.
    fn pair(&mut self, lines: &Batch, batch: &mut Batch) -> Result<(), SourceError> {
        while let Some(line) = lines.lines.get(self.paired) {
            if !matches!(&line.task, Task::RejectOversized(part) if !part.is_first) {
                self.push_skipped(batch)?;
            }
            if is_full(batch) {
                return Ok(());
            }
            self.paired += 1;
            let text = line.with_end(&lines.text);
            if let Task::RejectOversized(part) = &line.task {
                let mut part = part.clone();
                if part.is_first {
                    self.line += 1;
                    part.has_losses = self.losses.take(self.line)?.is_some();
                }
                batch.push(self.line, text, Task::RejectOversized(part));
                continue;
            }
            self.line += 1;
            if self.losses.known_end().is_some_and(|lines| self.line > lines) {
                return Err(self.wrong_count(self.losses.known_end()));
            }
            match self.losses.take(self.line)? {
                None => batch.push(self.line, text, Task::Restore { losses: 0..0, written: None }),
                Some(LossesLine { rejected: None, text: losses, written, .. }) => {
                    let losses = batch.push_losses(&losses);
                    batch.push(self.line, text, Task::Restore { losses, written });
                }
                Some(LossesLine { rejected: Some(rejected), text: losses, .. }) => {
                    if !losses_file::is_error_line(without_end(text)) {
                        let line = self.line;
                        return Err(self.losses.mismatch(&format!(
                            "line {line} of the payloads was rejected, but its output is not an error line"
                        )));
                    }
                    push_rejected(batch, self.line, &rejected, &losses);
                }
            }
        }
        Ok(())
    }

    /// Adds rejected payloads that have no output line, until the next payload that has one or the batch is full.
    fn push_skipped(&mut self, batch: &mut Batch) -> Result<(), SourceError> {
        while !is_full(batch) {
            let line = self.line + 1;
            let is_skipped =
                |losses: &LossesLine| losses.rejected.as_ref().is_some_and(|rejected| !rejected.emitted);
            if !self.losses.peek(line)?.is_some_and(is_skipped) {
                break;
            }
            if let Some(LossesLine { rejected: Some(rejected), text, .. }) = self.losses.take(line)? {
                push_rejected(batch, line, &rejected, &text);
            }
            self.line = line;
        }
        Ok(())
    }
}

/// Whether a batch has enough lines or bytes: short lines may have long losses, and many lines in a row may be
/// rejected.
fn is_full(batch: &Batch) -> bool {
    batch.lines.len() >= MAX_LINES || batch.len() >= REUSED_CAPACITY
}

fn push_rejected(batch: &mut Batch, line: u64, rejected: &RejectedPayload, losses: &[u8]) {
    let losses = batch.push_losses(if rejected.has_losses { losses } else { b"" });
    match &rejected.payload {
        Some(payload) => batch.push(line, payload, Task::WriteVerbatim { losses }),
        None => batch.push(line, b"", Task::ReportMissing),
    }
}
