//! Batches of lines, each with its task.

use std::io;
use std::ops::Range;
use std::path::PathBuf;

use deskpro_contact::losses_file::OutputDigest;

use super::read_buffer::{REUSED_CAPACITY, ReadBuffer};
use crate::panics::Panic;

/// The maximum number of lines in a batch. It bounds the losses of many short lines.
pub(crate) const MAX_LINES: usize = 4 << 10;

/// The number of bytes that one read asks for.
pub(crate) const BATCH: usize = 128 << 10;

/// Consecutive lines, each with its task.
#[derive(Default, Debug)]
pub struct Batch {
    /// The text of the lines, with their line ends.
    pub(crate) text: ReadBuffer,
    /// The lines of the losses file that belong to lines of the batch.
    pub(crate) losses: Vec<u8>,
    pub(crate) lines: Vec<BatchLine>,
    /// Sentences about the input, for the end of the run.
    pub(crate) warnings: Vec<String>,
}

impl Batch {
    pub(super) fn clear(&mut self) {
        self.text.clear();
        clear(&mut self.losses);
        self.lines.clear();
        self.warnings.clear();
    }

    /// The number of bytes in the batch, losses included.
    pub(crate) fn len(&self) -> usize {
        self.text.len() + self.losses.len()
    }

    /// Adds a line, given its number and its text.
    pub(super) fn push(&mut self, number: u64, text: &[u8], task: Task) {
        let start = self.text.len();
        self.text.extend(text);
        self.lines.push(BatchLine { number, text: start..self.text.len(), task });
    }

    /// Adds a line of a losses file, and returns its range in [`Batch::losses`].
    pub(super) fn push_losses(&mut self, line: &[u8]) -> Range<usize> {
        let start = self.losses.len();
        self.losses.extend_from_slice(line);
        start..self.losses.len()
    }
}

/// Empties a buffer for reuse. If the buffer held no more than [`REUSED_CAPACITY`], its capacity is reduced to that: an
/// earlier long line may have made it larger.
pub(crate) fn clear(buffer: &mut Vec<u8>) {
    let is_short = buffer.len() <= REUSED_CAPACITY;
    buffer.clear();
    if is_short {
        buffer.shrink_to(REUSED_CAPACITY);
    }
}

/// A line of a batch.
#[derive(Clone, Debug)]
pub(crate) struct BatchLine {
    /// The line number of its payload in the first input, from 1.
    pub(crate) number: u64,
    /// The range of its text in [`Batch::text`], with its line end.
    pub(crate) text: Range<usize>,
    pub(crate) task: Task,
}

/// The task for a line. Ranges are in [`Batch::losses`].
#[derive(Clone, Debug)]
pub(crate) enum Task {
    /// Convert the payload.
    Convert,
    /// Build the payload of a person's [`Rows`](super::Rows), and convert it. The line has no line end.
    Build,
    /// Restore a payload: the line is an output.
    Restore {
        /// The output's line of the losses file; empty if it has none.
        losses: Range<usize>,
        /// The number of the line in the outputs, from 1.
        output_line: u64,
        /// The digest of the output that was written. `None` if the losses file does not hold it.
        written: Option<OutputDigest>,
    },
    /// Write a payload unchanged: it was rejected, and its text comes from the losses file.
    WriteVerbatim {
        /// The payload's line of the losses file, if that line has losses; otherwise empty.
        losses: Range<usize>,
        /// The person's id, as a form writes it.
        id: Option<String>,
    },
    /// Pass on losses that belong to no output of this run. The line has no text.
    PassOn {
        /// Their line of the losses file.
        losses: Range<usize>,
    },
    /// Report a payload as missing: it was rejected, and the losses file does not hold its text.
    ReportMissing {
        /// The length of the payload in bytes.
        len: u64,
        /// The person's id, as a form writes it.
        id: Option<String>,
    },
    /// Reject a line over the limit, of which this is a part.
    RejectOversized(LinePart),
}

/// A part of a line over the limit.
#[derive(Clone, Debug)]
pub(crate) struct LinePart {
    pub(crate) is_first: bool,
    /// In the last part, the length of the whole line without its end; otherwise `None`.
    pub(crate) len: Option<u64>,
    /// The person's id as JSON, if the start of the line holds it. Set in the last part.
    pub(crate) id: Option<String>,
}

/// Why reading ended early.
#[derive(Debug)]
pub enum SourceError {
    /// Reading the file of this name failed.
    Read(String, io::Error),
    /// The losses file contradicts itself or does not belong to the outputs, for this reason.
    Losses(String),
    /// The input has a wrong format, for this reason.
    WrongInput(String),
    /// Sorting failed, in temporary files in this folder.
    Sort(PathBuf, io::Error),
    /// No converting thread could be started.
    NoThread(io::Error),
    /// Reading panicked at this line.
    Panic(u64, Panic),
}

impl BatchLine {
    /// The text of the line without its end.
    pub(crate) fn payload<'b>(&self, text: &'b [u8]) -> &'b [u8] {
        without_end(self.with_end(text))
    }

    /// The text of the line with its end.
    pub(crate) fn with_end<'b>(&self, text: &'b [u8]) -> &'b [u8] {
        &text[self.text.clone()]
    }
}

/// Removes `\n` or `\r\n` from the end of a line.
pub(super) fn without_end(line: &[u8]) -> &[u8] {
    match line.strip_suffix(b"\n") {
        Some(line) => line.strip_suffix(b"\r").unwrap_or(line),
        None => line,
    }
}
