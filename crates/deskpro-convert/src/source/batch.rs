//! Batches of payloads, and what is to be done with each.

use std::io;
use std::ops::Range;

use deskpro_contact::losses_file::OutputDigest;

use super::text::{MOST_KEPT, Text};
use crate::panics::Panic;

/// How many lines a batch has at most: short ones make long losses.
pub(crate) const MOST_LINES: usize = 4 << 10;

/// How many bytes are read at once.
pub(crate) const BATCH: usize = 128 << 10;

/// Some payloads, in order.
#[derive(Default, Debug)]
pub struct Batch {
    /// The lines, with their line ends.
    pub(crate) text: Text,
    /// The lines of the losses file that belong to some of them.
    pub(crate) losses: Vec<u8>,
    pub(crate) items: Vec<Item>,
}

impl Batch {
    pub(super) fn clear(&mut self) {
        self.text.clear();
        clear(&mut self.losses);
        self.items.clear();
    }

    /// How many bytes it holds.
    pub(crate) fn len(&self) -> usize {
        self.text.len() + self.losses.len()
    }

    /// Adds an item with its line.
    pub(super) fn push(&mut self, line: u64, text: &[u8], task: Task) {
        let start = self.text.len();
        self.text.extend(text);
        self.items.push(Item { line, text: start..self.text.len(), task });
    }

    /// Adds a line of a losses file, and returns its place.
    pub(super) fn push_losses(&mut self, line: &[u8]) -> Range<usize> {
        let start = self.losses.len();
        self.losses.extend_from_slice(line);
        start..self.losses.len()
    }
}

/// Empties a buffer for its next use. The memory that one long line took is given back once a shorter one came after
/// it, as [`Text::clear`] does.
pub(crate) fn clear(buffer: &mut Vec<u8>) {
    let is_short = buffer.len() <= MOST_KEPT;
    buffer.clear();
    if is_short {
        buffer.shrink_to(MOST_KEPT);
    }
}

/// One payload of a batch.
#[derive(Clone, Debug)]
pub(crate) struct Item {
    /// Its line in the input, from 1.
    pub(crate) line: u64,
    /// Where its line is in the batch, with its line end.
    pub(crate) text: Range<usize>,
    pub(crate) task: Task,
}

/// What is to be done with a payload. The ranges are places in [`Batch::losses`].
#[derive(Clone, Debug)]
pub(crate) enum Task {
    /// Convert it.
    Convert,
    /// Restore it: the payload is an output, and the range its line of the losses file, empty where there is none;
    /// with the digest of what was written for it.
    Restore { losses: Range<usize>, written: Option<OutputDigest> },
    /// Write it as it is: it was rejected, and comes from the losses file, whose line may hold losses that belong to
    /// it (else the range is empty).
    WriteVerbatim { losses: Range<usize> },
    /// Report it: it was rejected, and no file holds its text.
    ReportMissing,
    /// Pass on a part of a line over the limit.
    PassOn(LinePart),
}

/// A part of a line over the limit.
#[derive(Clone, Debug)]
pub(crate) struct LinePart {
    pub(crate) is_first: bool,
    /// The length of the line without its end, once that is known: in its last part.
    pub(crate) len: Option<u64>,
    /// Whether the losses file has losses to be put back into the line.
    pub(crate) has_losses: bool,
    /// The person's id as JSON, where the start of the line holds it.
    pub(crate) id: Option<String>,
}

/// Why reading ended before the end.
#[derive(Debug)]
pub enum SourceError {
    /// A read failed: of the file of this name.
    Read(String, io::Error),
    /// The losses file does not fit, for this reason.
    Losses(String),
    /// No thread could be started to convert what is read.
    NoThread(io::Error),
    /// Reading panicked at this line.
    Panic(u64, Panic),
}

impl Item {
    /// The payload: the line without its end.
    pub(crate) fn payload<'b>(&self, text: &'b [u8]) -> &'b [u8] {
        payload(self.line_of(text))
    }

    /// The line with its end.
    pub(crate) fn line_of<'b>(&self, text: &'b [u8]) -> &'b [u8] {
        &text[self.text.clone()]
    }
}

/// A line without its end.
pub(super) fn payload(line: &[u8]) -> &[u8] {
    match line.strip_suffix(b"\n") {
        Some(line) => line.strip_suffix(b"\r").unwrap_or(line),
        None => line,
    }
}
