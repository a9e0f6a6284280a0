//! Outputs paired with their losses by the person's id.

use std::io::Read;

use deskpro_contact::losses_file::{id_of_error_line, is_error_line};

use super::entry::Position;
use super::index::{Claim, Index, Unclaimed};
use super::{is_full, push_left_over, push_rejected};
use crate::id_field::IdField;
use crate::source::batch::{Batch, SourceError, Task, without_end};
use crate::source::lines::Lines;
use crate::source::losses::{LossesLine, PayloadResult};
use crate::wording::counted;

/// Outputs paired with losses by the person's id. Payloads are numbered as they are restored.
pub struct People<R> {
    outputs: Lines<R>,
    index: Index,
    id_field: IdField,
    /// The batch of outputs that is being paired with losses.
    lines: Batch,
    /// The number of lines of that batch that are paired.
    paired: usize,
    /// The claim of the next line of that batch, if it was found but the line must wait: rejected payloads before it
    /// filled the batch that is being made.
    claim: Option<Claim>,
    /// The number of the last payload that was put into a batch.
    line: u64,
    /// The number of outputs that no losses file holds.
    new: u64,
    /// The position of the last output. `None` once outputs came in another order than their payloads: then rejected
    /// payloads come last.
    last: Option<Position>,
    /// Whether all outputs were read.
    outputs_ended: bool,
    /// Whether all files were read to their ends.
    has_ended: bool,
}

impl<R: Read> People<R> {
    /// Pairs `outputs`, whose field `id_field` holds the person's id, with the losses in an index.
    pub fn new(outputs: Lines<R>, index: Index, id_field: IdField) -> Self {
        Self {
            outputs,
            index,
            id_field,
            lines: Batch::default(),
            paired: 0,
            claim: None,
            line: 0,
            new: 0,
            last: Some((0, 0)),
            outputs_ended: false,
            has_ended: false,
        }
    }

    pub(super) fn line(&self) -> u64 {
        self.line
    }

    /// Makes the next batch. Returns false when all files have ended.
    pub(super) fn next(&mut self, batch: &mut Batch) -> Result<bool, SourceError> {
        batch.clear();
        // A batch of outputs may yield no line. Then the next batch is read.
        while batch.lines.is_empty() && !self.has_ended {
            let mut lines = std::mem::take(&mut self.lines);
            if self.paired >= lines.lines.len() && !self.outputs_ended {
                self.paired = 0;
                self.outputs_ended = !self.outputs.next(&mut lines)?;
            }
            let result = self.pair(&lines, batch);
            self.lines = lines;
            result?;
            if self.outputs_ended {
                self.push_unclaimed(batch)?;
            }
        }
        Ok(!batch.lines.is_empty() || !batch.warnings.is_empty())
    }

    /// Pairs lines with their losses until all are paired or the batch is full.
    fn pair(&mut self, lines: &Batch, batch: &mut Batch) -> Result<(), SourceError> {
        while let Some(line) = lines.lines.get(self.paired) {
            if is_full(batch) {
                return Ok(());
            }
            let text = line.with_end(&lines.text);
            if let Task::RejectOversized(part) = &line.task {
                // Its losses stay unclaimed: the whole line was not seen.
                self.paired += 1;
                self.line += u64::from(part.is_first);
                batch.push(self.line, text, Task::RejectOversized(part.clone()));
                continue;
            }
            let claim = match self.claim.take() {
                Some(claim) => claim,
                None => self.claim(without_end(text), line.number)?,
            };
            if let Claim::Output(position, _) | Claim::ErrorLine(position, _) = &claim
                && !self.push_skipped(*position, batch)?
            {
                self.claim = Some(claim);
                return Ok(());
            }
            self.paired += 1;
            if let Claim::Superseded = claim {
                continue;
            }
            self.line += 1;
            self.push(batch, text, line.number, &claim);
        }
        Ok(())
    }

    fn claim(&mut self, output: &[u8], output_line: u64) -> Result<Claim, SourceError> {
        let (id, is_error_line) = id_of_output(output, &self.id_field);
        self.index.claim(output, id.as_deref(), is_error_line, output_line)
    }

    /// Adds rejected payloads that come before a position. Returns false if the batch is full.
    fn push_skipped(&mut self, position: Position, batch: &mut Batch) -> Result<bool, SourceError> {
        self.last = self.last.filter(|last| *last <= position).map(|_| position);
        if self.last.is_none() {
            return Ok(true);
        }
        while !is_full(batch) {
            match self.index.next_skipped(position)? {
                Some(losses) => self.push_rejected(batch, &losses),
                None => return Ok(true),
            }
        }
        Ok(false)
    }

    fn push(&mut self, batch: &mut Batch, text: &[u8], output_line: u64, claim: &Claim) {
        let restore = |batch: &mut Batch, losses: &[u8]| {
            let losses = batch.push_losses(losses);
            batch.push(self.line, text, Task::Restore { losses, output_line, written: None });
        };
        match claim {
            Claim::New => {
                restore(batch, b"");
                self.new += 1;
            }
            Claim::Output(_, losses) => restore(batch, &losses.text),
            Claim::ErrorLine(_, losses) => {
                let PayloadResult::Rejected { text, .. } = &losses.payload else {
                    unreachable!("only a rejected payload has an error line")
                };
                push_rejected(batch, self.line, text, losses);
            }
            Claim::Superseded => unreachable!("it gives no payload"),
        }
    }

    /// Adds the rejected payloads and the losses that no output claimed.
    fn push_unclaimed(&mut self, batch: &mut Batch) -> Result<(), SourceError> {
        while !is_full(batch) {
            match self.index.next_unclaimed()? {
                Some(Unclaimed::Rejected(losses)) => self.push_rejected(batch, &losses),
                Some(Unclaimed::LeftOver(losses)) => push_left_over(batch, self.line, &losses),
                None => {
                    self.warn_of_new(batch);
                    self.warn_of_edited(batch);
                    self.has_ended = true;
                    break;
                }
            }
        }
        Ok(())
    }

    /// Lines may be added to an output. If most of its lines are new, the losses files probably belong to another
    /// output.
    fn warn_of_new(&self, batch: &mut Batch) {
        if self.new > self.line / 2 {
            batch.warnings.push(format!(
                "{} of {} are in no losses file and count as added: restore an output with the losses file of its own \
                 conversion",
                self.new,
                counted(self.line, "payload")
            ));
        }
    }

    /// Outputs may be edited. If most of them are not as they were written, their ids may be those of other people or
    /// of organizations.
    fn warn_of_edited(&self, batch: &mut Batch) {
        let edited = self.index.edited_outputs();
        if edited > 1 && edited > self.line / 2 {
            batch.warnings.push(format!(
                "{edited} of {} are not as their conversion wrote them, and count as edited: if you did not edit them, \
                 the losses belong to others with the same ids",
                counted(self.line, "payload")
            ));
        }
    }

    fn push_rejected(&mut self, batch: &mut Batch, losses: &LossesLine) {
        let PayloadResult::Rejected { text, .. } = &losses.payload else {
            unreachable!("the index returns only rejected payloads here")
        };
        self.line += 1;
        push_rejected(batch, self.line, text, losses);
    }
}

/// The person's id in an output or an error line, as a form writes it, and whether it is an error line.
fn id_of_output(output: &[u8], id_field: &IdField) -> (Option<String>, bool) {
    if is_error_line(output) { (id_of_error_line(output), true) } else { (id_field.find_text(output), false) }
}

/// Tells an index about all outputs, before the first is restored.
///
/// # Errors
///
/// A file cannot be read; or it is unknown which of several rejected payloads an output corrects.
pub(crate) fn note_outputs<R: Read>(
    mut outputs: Lines<R>,
    id_field: &IdField,
    index: &mut Index,
) -> Result<(), SourceError> {
    let mut batch = Batch::default();
    while outputs.next(&mut batch)? {
        for line in &batch.lines {
            if let Task::RejectOversized(_) = line.task {
                continue;
            }
            let output = line.payload(&batch.text);
            let (id, is_error_line) = id_of_output(output, id_field);
            index.note_output(output, id.as_deref(), is_error_line);
        }
    }
    index.check_outputs()
}
