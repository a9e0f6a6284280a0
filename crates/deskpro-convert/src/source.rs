//! Where payloads come from: lines of an input, and, to restore, the losses of each.
//!
//! An input is read into batches of whole lines. A batch ends where a read ended, so that a pipe that pauses is
//! answered at once. A line over the limit is passed on in parts and never held whole.

mod restored;
mod text;

pub(crate) use self::restored::{Losses, Restored};
use self::text::Text;

use std::io::{self, Read};
use std::ops::Range;

use memchr::{memchr, memrchr};

use crate::who::Who;

/// How many lines a batch has at most: short ones make long losses.
const MOST_LINES: usize = 4 << 10;

/// How much of a line over the limit goes out at once.
const PART: usize = 1 << 20;

/// A line of this length may well be one of any length.
const LONG: usize = 1 << 20;

/// The most room that a line is given at once.
const MOST_ROOM: usize = 64 << 20;

/// How much is read at once.
pub(crate) const BATCH: usize = 128 << 10;

/// How much room a buffer keeps to be used again, while nothing needs more.
const MOST_KEPT: usize = 512 << 10;

/// Some payloads, in order.
#[derive(Default, Debug)]
pub(crate) struct Batch {
    /// The lines.
    pub(crate) text: Text,
    /// The losses lines of some of them.
    pub(crate) notes: Vec<u8>,
    pub(crate) items: Vec<Item>,
}

impl Batch {
    fn clear(&mut self) {
        self.text.clear();
        empty(&mut self.notes);
        self.items.clear();
    }
}

/// Empties a buffer to be used again, as [`Text::clear`] does.
pub(crate) fn empty(buffer: &mut Vec<u8>) {
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
    /// Its line in the batch, with its line end.
    pub(crate) text: Range<usize>,
    pub(crate) what: What,
}

#[derive(Clone, Debug)]
pub(crate) enum What {
    /// A payload to convert.
    Convert,
    /// An output to restore, with its losses and the digest of what was written.
    Restore { notes: Range<usize>, digest: Option<String> },
    /// A payload that was rejected, to write as it was; and its line of the losses file, where that has losses that
    /// belong to it.
    Verbatim { notes: Range<usize> },
    /// A payload that was rejected, and whose text nobody kept.
    Gone,
    /// A part of a line over the limit.
    Part(Part),
}

/// A part of a line over the limit: how long the line is without its end, once that is known.
#[derive(Clone, Debug)]
pub(crate) struct Part {
    pub(crate) is_first: bool,
    pub(crate) len: Option<u64>,
    /// Whether losses that should be put back go with it.
    pub(crate) has_losses: bool,
    /// Who the line is of, where its start says so.
    pub(crate) id: Option<String>,
}

/// Why reading ended before the end.
#[derive(Debug)]
pub(crate) enum SourceError {
    Read(String, io::Error),
    /// The losses file does not fit, and why.
    Losses(String),
    /// There is nobody to convert what is read.
    NoThread(io::Error),
}

impl Item {
    /// The payload: the line without its end.
    pub(crate) fn payload<'b>(&self, text: &'b [u8]) -> &'b [u8] {
        payload(text.get(self.text.clone()).unwrap_or_default())
    }
}

fn payload(line: &[u8]) -> &[u8] {
    match line.strip_suffix(b"\n") {
        Some(line) => line.strip_suffix(b"\r").unwrap_or(line),
        None => line,
    }
}

/// The lines of an input.
pub(crate) struct Lines<R> {
    input: R,
    name: String,
    max_payload: usize,
    /// The start of a line whose end was not read yet; or lines that the batch before had no room for.
    rest: Text,
    has_lines: bool,
    line: u64,
    /// How much of a line over the limit was passed on.
    passed: Option<u64>,
    who: Option<Who>,
    /// Who that line is of.
    id: Option<String>,
    /// Whether the input gave all that was asked for, the last time.
    is_fast: bool,
    is_over: bool,
}

impl<R: Read> Lines<R> {
    pub(crate) fn new(input: R, name: String, max_payload: usize, who: Option<Who>) -> Self {
        Self {
            input,
            name,
            max_payload,
            rest: Text::default(),
            has_lines: false,
            line: 0,
            passed: None,
            who,
            id: None,
            is_fast: false,
            is_over: false,
        }
    }

    /// Reads the next batch. False at the end of the input.
    pub(crate) fn next(&mut self, batch: &mut Batch) -> Result<bool, SourceError> {
        batch.clear();
        while batch.items.is_empty() && (self.has_lines || !self.is_over) {
            if self.passed.is_some() && !self.has_lines && self.rest.len() > PART {
                // What was held before it was known to be too long goes out before more comes in.
                self.part(batch);
                continue;
            }
            std::mem::swap(&mut batch.text, &mut self.rest);
            if self.has_lines {
                self.split(batch, 0);
                continue;
            }
            let start = batch.text.len();
            // As much again for a long line, so that it is not read in small pieces; but only where the input fills
            // it: a pipe does not, and room that was made is memory that was touched.
            let missing = self.max_payload.saturating_sub(start).saturating_add(2);
            let space = if self.is_fast { BATCH.max(start.min(missing)) } else { BATCH };
            // A line that is long already gets all the room that it may need, so that it is moved no more.
            let most = if start < LONG { start } else { missing.min(MOST_ROOM) };
            let space = batch.text.room(space, most);
            let len = loop {
                match self.input.read(space) {
                    Ok(len) => break len,
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                    Err(error) => return Err(SourceError::Read(self.name.clone(), error)),
                }
            };
            batch.text.grow(len);
            self.is_fast = len >= BATCH;
            self.is_over = len == 0;
            self.split(batch, start);
        }
        Ok(!batch.items.is_empty())
    }

    /// Makes items of the whole lines of a batch, and keeps the rest. No line ends before `searched`.
    fn split(&mut self, batch: &mut Batch, searched: usize) {
        let end = match memrchr(b'\n', batch.text.get(searched..).unwrap_or_default()) {
            _ if self.is_over => batch.text.len(),
            Some(at) => searched.saturating_add(at).saturating_add(1),
            None => 0,
        };
        let mut start = 0;
        while start < end && batch.items.len() < MOST_LINES {
            let after = batch.text.get(start..).unwrap_or_default();
            let len = memchr(b'\n', after).map_or(after.len(), |at| at.saturating_add(1));
            let text = start..start.saturating_add(len);
            let line = after.get(..len).unwrap_or_default();
            let size = payload(line).len();
            let what = match self.passed.take() {
                Some(passed) => {
                    let len = Some(passed.saturating_add(size as u64));
                    let id = self.id.take();
                    What::Part(Part { is_first: false, len, has_losses: false, id })
                }
                None => {
                    self.line = self.line.saturating_add(1);
                    if size > self.max_payload {
                        let len = Some(size as u64);
                        let id = self.who.as_ref().and_then(|who| who.find(payload(line), false));
                        What::Part(Part { is_first: true, len, has_losses: false, id })
                    } else {
                        What::Convert
                    }
                }
            };
            batch.items.push(Item { line: self.line, text, what });
            start = start.saturating_add(len);
        }
        self.has_lines = start < end;
        if start == 0 {
            std::mem::swap(&mut self.rest, &mut batch.text);
        } else {
            self.rest.extend(batch.text.get(start..).unwrap_or_default());
            batch.text.truncate(start);
        }
        if self.has_lines {
            return;
        }
        if self.passed.is_some() || self.rest.len() > self.max_payload.saturating_add(1) {
            self.part(batch);
        }
    }

    /// Passes on a part of a line that is over the limit already.
    fn part(&mut self, batch: &mut Batch) {
        // The last byte may be half of a line end.
        let len = self.rest.len().saturating_sub(1).min(PART);
        let start = batch.text.len();
        batch.text.extend(self.rest.get(..len).unwrap_or_default());
        self.rest.take_off(len);
        let text = start..batch.text.len();
        let is_first = self.passed.is_none();
        if is_first {
            self.line = self.line.saturating_add(1);
            let part = batch.text.get(text.clone()).unwrap_or_default();
            self.id = self.who.as_ref().and_then(|who| who.find(part, true));
        }
        self.passed = Some(self.passed.unwrap_or(0).saturating_add(len as u64));
        batch.items.push(Item {
            line: self.line,
            text,
            what: What::Part(Part { is_first, len: None, has_losses: false, id: None }),
        });
    }
}
