//! Outputs that are restored, each with its losses.
//!
//! Without ids, outputs and losses are paired by position ([`Positional`]). With ids, they are paired by the person
//! ([`Index`]), and lines may be moved or removed.

mod entry;
mod index;
mod people;
mod positional;

use std::io::Read;

pub use self::index::Index;
pub use self::people::People;
pub(crate) use self::people::note_outputs;
pub use self::positional::Positional;

use super::batch::{Batch, MAX_LINES, SourceError, Task};
use super::losses::LossesLine;
use super::read_buffer::REUSED_CAPACITY;

/// Outputs that are restored, each with its losses.
pub enum Restored<R> {
    /// Paired by position.
    Positional(Positional<R>),
    /// Paired by the person's id.
    People(People<R>),
}

impl<R: Read> Restored<R> {
    /// Makes the next batch. Returns false when all files have ended.
    ///
    /// # Errors
    ///
    /// A file cannot be read, or the losses do not belong to the outputs.
    pub fn next(&mut self, batch: &mut Batch) -> Result<bool, SourceError> {
        match self {
            Self::Positional(source) => source.next(batch),
            Self::People(source) => source.next(batch),
        }
    }

    /// The number of the last payload that was put into a batch.
    pub(crate) fn line(&self) -> u64 {
        match self {
            Self::Positional(source) => source.line(),
            Self::People(source) => source.line(),
        }
    }
}

/// Whether a batch has enough lines or bytes: short lines may have long losses, and many lines in a row may be
/// rejected.
fn is_full(batch: &Batch) -> bool {
    batch.lines.len() >= MAX_LINES || batch.len() >= REUSED_CAPACITY
}

/// Adds a rejected payload, which is restored to its own text.
fn push_rejected(batch: &mut Batch, number: u64, text: &Result<Vec<u8>, u64>, losses: &LossesLine) {
    let id = losses.id.clone();
    match text {
        Ok(text) => {
            let range = batch.push_losses(if losses.has_losses { &losses.text } else { b"" });
            batch.push(number, text, Task::WriteVerbatim { losses: range, id });
        }
        Err(len) => batch.push(number, b"", Task::ReportMissing { len: *len, id }),
    }
}

/// Adds losses that belong to no output of this run. `number` is that of the payload before them.
fn push_left_over(batch: &mut Batch, number: u64, losses: &LossesLine) {
    let losses = batch.push_losses(&losses.text);
    batch.push(number, b"", Task::PassOn { losses });
}
