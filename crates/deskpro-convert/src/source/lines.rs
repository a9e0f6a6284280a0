//! The lines of an input, in batches.

use std::io::{self, Read};

use memchr::{memchr, memrchr};

use super::batch::{BATCH, Batch, BatchLine, LinePart, MAX_LINES, SourceError, Task, without_end};
use super::opening::Opening;
use super::read_buffer::ReadBuffer;
use crate::guess::Expected;
use crate::id_field::IdField;

/// The maximum size of a part of a line over the limit.
const MAX_PART: usize = 1 << 20;

/// The length from which a line gets room for `max_payload` at once.
const LONG_LINE: usize = 1 << 20;

/// The maximum number of bytes by which the buffer grows at once.
const MAX_GROWTH: usize = 64 << 20;

/// The lines of an input.
pub struct Lines<R> {
    input: Opening<R>,
    name: String,
    max_payload: usize,
    /// The start of a line whose end has not been read; or whole lines that did not fit into the last batch.
    rest: ReadBuffer,
    /// Whether `rest` holds whole lines.
    has_lines: bool,
    /// The number of the last line that was put into a batch.
    line: u64,
    /// If the current line is over the limit, the number of its bytes that were put into batches.
    oversized: Option<u64>,
    id_field: Option<IdField>,
    /// The id in the line over the limit.
    id: Option<String>,
    /// Whether the last read filled a whole [`BATCH`].
    is_fast: bool,
    has_ended: bool,
}

impl<R: Read> Lines<R> {
    /// The lines of `input`, which messages call `name`. Payloads longer than `max_payload` are given in parts.
    /// The start of the input is not checked.
    pub fn new(input: R, name: String, max_payload: usize, id_field: Option<IdField>) -> Self {
        Self {
            input: Opening::unchecked(input),
            name,
            max_payload,
            rest: ReadBuffer::default(),
            has_lines: false,
            line: 0,
            oversized: None,
            id_field,
            id: None,
            is_fast: false,
            has_ended: false,
        }
    }

    /// Drops a byte order mark at the start of the input, and checks its line ends and the format of its first line.
    pub(crate) fn checked(mut self, expected: Option<Expected>) -> Self {
        self.input.check(expected);
        self
    }

    /// The number of the last line that was put into a batch.
    pub(crate) fn line(&self) -> u64 {
        self.line
    }

    /// Reads the next batch. Returns false at the end of the input.
    ///
    /// # Errors
    ///
    /// Reading the input failed, or the input has a wrong format.
    pub fn next(&mut self, batch: &mut Batch) -> Result<bool, SourceError> {
        batch.clear();
        self.input.begin(&self.name)?;
        while batch.lines.is_empty() && (self.has_lines || !self.has_ended) {
            if self.oversized.is_some() && !self.has_lines && self.rest.len() > MAX_PART {
                // The line was found to be over the limit after more than one part was read: give out that text before
                // reading more.
                self.push_part(batch);
                continue;
            }
            std::mem::swap(&mut batch.text, &mut self.rest);
            if self.has_lines {
                self.split(batch, 0);
                continue;
            }
            let start = batch.text.len();
            // Past the limit, only the bytes that show that the line is too long are needed.
            let missing = self.max_payload.saturating_sub(start) + 2;
            // A read asks for as much as the line already has, so that long lines need few reads. Slow inputs such as
            // pipes do not fill that much, and making room costs zeroing it, so these inputs get room for one batch.
            let len = if self.is_fast { BATCH.max(start.min(missing)) } else { BATCH };
            // A long line gets all the room that it may need at once, so that it is not moved again.
            let growth = if start < LONG_LINE { start } else { missing.min(MAX_GROWTH) };
            let room = batch.text.room(len, growth);
            let len = loop {
                match self.input.read(room) {
                    Ok(len) => break len,
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                    Err(error) => return Err(SourceError::Read(self.name.clone(), error)),
                }
            };
            batch.text.grow(len);
            self.is_fast = len >= BATCH;
            self.has_ended = len == 0;
            self.split(batch, start);
        }
        Ok(!batch.lines.is_empty())
    }

    /// Splits the text of a batch into lines, and moves the rest of the text to `rest`. There is no line end before
    /// `searched`.
    fn split(&mut self, batch: &mut Batch, searched: usize) {
        let end = match memrchr(b'\n', &batch.text[searched..]) {
            _ if self.has_ended => batch.text.len(),
            Some(at) => searched + at + 1,
            None => 0,
        };
        let mut start = 0;
        while start < end && batch.lines.len() < MAX_LINES {
            let after = &batch.text[start..];
            let len = memchr(b'\n', after).map_or(after.len(), |at| at + 1);
            let text = start..start + len;
            let payload = without_end(&after[..len]);
            let task = match self.oversized.take() {
                Some(given) => Task::RejectOversized(LinePart {
                    is_first: false,
                    len: Some(given + payload.len() as u64),
                    id: self.id.take(),
                }),
                None => {
                    self.line += 1;
                    if payload.len() > self.max_payload {
                        Task::RejectOversized(LinePart {
                            is_first: true,
                            len: Some(payload.len() as u64),
                            id: self.id_field.as_ref().and_then(|field| field.find(payload, false)),
                        })
                    } else {
                        Task::Convert
                    }
                }
            };
            batch.lines.push(BatchLine { number: self.line, text, task });
            start += len;
        }
        self.has_lines = start < end;
        if start == 0 {
            std::mem::swap(&mut self.rest, &mut batch.text);
        } else {
            self.rest.extend(&batch.text[start..]);
            batch.text.truncate(start);
        }
        if self.has_lines {
            return;
        }
        if self.oversized.is_some() || self.rest.len() > self.max_payload + 1 {
            self.push_part(batch);
        }
    }

    /// Moves the start of `rest`, a line over the limit, into a batch as a part.
    fn push_part(&mut self, batch: &mut Batch) {
        // The last byte stays: it may be the `\r` of a line end. `rest` may be empty.
        let len = self.rest.len().saturating_sub(1).min(MAX_PART);
        let start = batch.text.len();
        batch.text.extend(&self.rest[..len]);
        self.rest.remove_start(len);
        let text = start..batch.text.len();
        let is_first = self.oversized.is_none();
        if is_first {
            self.line += 1;
            let part = &batch.text[text.clone()];
            self.id = self.id_field.as_ref().and_then(|field| field.find(part, true));
        }
        self.oversized = Some(self.oversized.unwrap_or(0) + len as u64);
        let part = LinePart { is_first, len: None, id: None };
        batch.lines.push(BatchLine { number: self.line, text, task: Task::RejectOversized(part) });
    }
}
