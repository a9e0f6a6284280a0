//! Outputs with their losses, line by line: neither file is held in memory.

use std::io::Read;

use deskpro_contact::losses_file;

use super::batch::{Batch, MOST_LINES, SourceError, Task, payload};
use super::lines::Lines;
use super::losses::{Entry, Losses, Rejected};
use super::text::MOST_KEPT;

/// Outputs with their losses: each line has the number that its payload had.
pub struct Restored<R> {
    outputs: Lines<R>,
    losses: Losses,
    /// The batch of outputs that is being paired with losses.
    lines: Batch,
    /// How many of its lines were given out.
    given: usize,
    /// The last line that was given out.
    line: u64,
    /// Whether all outputs were read.
    is_over: bool,
    /// Whether both files ended together.
    is_done: bool,
}

impl<R: Read> Restored<R> {
    /// Pairs `outputs` with `losses`.
    pub fn new(outputs: Lines<R>, losses: Losses) -> Self {
        Self { outputs, losses, lines: Batch::default(), given: 0, line: 0, is_over: false, is_done: false }
    }

    /// The number of the last payload that was given out.
    pub(crate) fn line(&self) -> u64 {
        self.line
    }

    /// Makes the next batch. False at the end, where both files ended together.
    ///
    /// # Errors
    ///
    /// Where a file cannot be read, or the losses do not fit the outputs.
    pub fn next(&mut self, batch: &mut Batch) -> Result<bool, SourceError> {
        batch.clear();
        if self.is_done {
            return Ok(false);
        }
        let mut lines = std::mem::take(&mut self.lines);
        if self.given >= lines.items.len() && !self.is_over {
            self.given = 0;
            self.is_over = !self.outputs.next(&mut lines)?;
        }
        let result = self.pair(&lines, batch);
        self.lines = lines;
        result?;
        if self.is_over {
            self.push_skipped(batch)?;
        }
        // A full batch may have left something for the next.
        if self.is_over && !is_full(batch) {
            match self.losses.end()? {
                Some(lines) if lines == self.line => self.losses.check_over()?,
                end => return Err(self.wrong_count(end)),
            }
            self.is_done = true;
        }
        Ok(!batch.items.is_empty())
    }

    fn wrong_count(&self, end: Option<u64>) -> SourceError {
        let found = self.line;
        self.losses.misfit(&match end {
            Some(lines) => format!("expected the output of {lines} payloads, found that of {found}"),
            None => format!("it says more of later lines than the output of {found} payloads has"),
        })
    }

    /// Gives out lines with their losses, until all are given out, or the batch is full.
    fn pair(&mut self, lines: &Batch, batch: &mut Batch) -> Result<(), SourceError> {
        while let Some(item) = lines.items.get(self.given) {
            if !matches!(&item.task, Task::PassOn(part) if !part.is_first) {
                self.push_skipped(batch)?;
            }
            if is_full(batch) {
                return Ok(());
            }
            self.given += 1;
            let text = item.line_of(&lines.text);
            if let Task::PassOn(part) = &item.task {
                let mut part = part.clone();
                if part.is_first {
                    self.line += 1;
                    part.has_losses = self.losses.take(self.line)?.is_some();
                }
                batch.push(self.line, text, Task::PassOn(part));
                continue;
            }
            self.line += 1;
            if self.losses.known_end().is_some_and(|lines| self.line > lines) {
                return Err(self.wrong_count(self.losses.known_end()));
            }
            match self.losses.take(self.line)? {
                None => batch.push(self.line, text, Task::Restore { losses: 0..0, written: None }),
                Some(Entry { rejected: None, text: losses, written, .. }) => {
                    let losses = batch.push_losses(&losses);
                    batch.push(self.line, text, Task::Restore { losses, written });
                }
                Some(Entry { rejected: Some(rejected), text: losses, .. }) => {
                    if !losses_file::is_error_line(payload(text)) {
                        let line = self.line;
                        return Err(self.losses.misfit(&format!(
                            "line {line} of the payloads was rejected, and its output is no error"
                        )));
                    }
                    push_rejected(batch, self.line, &rejected, &losses);
                }
            }
        }
        Ok(())
    }

    /// Gives out the rejected payloads that have no line in the output, until the next one that has, or the batch is
    /// full.
    fn push_skipped(&mut self, batch: &mut Batch) -> Result<(), SourceError> {
        while !is_full(batch) {
            let line = self.line + 1;
            let is_skipped =
                |entry: &Entry| entry.rejected.as_ref().is_some_and(|rejected| !rejected.emitted);
            if !self.losses.peek(line)?.is_some_and(is_skipped) {
                break;
            }
            if let Some(Entry { rejected: Some(rejected), text, .. }) = self.losses.take(line)? {
                push_rejected(batch, line, &rejected, &text);
            }
            self.line = line;
        }
        Ok(())
    }
}

/// Whether a batch has enough: a short line may have long losses, and many lines in a row may be rejected.
fn is_full(batch: &Batch) -> bool {
    batch.items.len() >= MOST_LINES || batch.len() >= MOST_KEPT
}

fn push_rejected(batch: &mut Batch, line: u64, rejected: &Rejected, losses: &[u8]) {
    let losses = batch.push_losses(if rejected.has_losses { losses } else { b"" });
    match &rejected.payload {
        Some(payload) => batch.push(line, payload, Task::WriteVerbatim { losses }),
        None => batch.push(line, b"", Task::ReportMissing),
    }
}
