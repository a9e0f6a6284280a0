//! The lines of an input, in batches.

use std::io::{self, Read};

use memchr::{memchr, memrchr};

use super::batch::{BATCH, Batch, Item, LinePart, MOST_LINES, SourceError, Task, payload};
use super::text::Text;
use crate::id_field::IdField;

/// How much of a line over the limit is passed on at once.
const PART: usize = 1 << 20;

/// A line of this length may well be one of any length.
const LONG: usize = 1 << 20;

/// The most room that a line is given at once.
const MOST_ROOM: usize = 64 << 20;

/// The lines of an input.
pub struct Lines<R> {
    input: R,
    name: String,
    max_payload: usize,
    /// The start of a line whose end was not read yet; or lines that the batch before had no room for.
    rest: Text,
    /// Whether `rest` holds whole lines.
    has_lines: bool,
    /// The number of the last line that a batch took.
    line: u64,
    /// How much of the current line, which is over the limit, was passed on.
    passed_on: Option<u64>,
    id_field: Option<IdField>,
    /// The id in that line.
    id: Option<String>,
    /// Whether the last read gave all that was asked for.
    is_fast: bool,
    is_over: bool,
}

impl<R: Read> Lines<R> {
    /// The lines of `input`, which messages call `name`. Payloads longer than `max_payload` are passed on in parts.
    pub fn new(input: R, name: String, max_payload: usize, id_field: Option<IdField>) -> Self {
        Self {
            input,
            name,
            max_payload,
            rest: Text::default(),
            has_lines: false,
            line: 0,
            passed_on: None,
            id_field,
            id: None,
            is_fast: false,
            is_over: false,
        }
    }

    /// The number of the last line that was read.
    pub(crate) fn line(&self) -> u64 {
        self.line
    }

    /// Reads the next batch. False at the end of the input.
    ///
    /// # Errors
    ///
    /// Where the input cannot be read.
    pub fn next(&mut self, batch: &mut Batch) -> Result<bool, SourceError> {
        batch.clear();
        while batch.items.is_empty() && (self.has_lines || !self.is_over) {
            if self.passed_on.is_some() && !self.has_lines && self.rest.len() > PART {
                // What was held before the line was known to be too long goes out before more comes in.
                self.pass_on(batch);
                continue;
            }
            std::mem::swap(&mut batch.text, &mut self.rest);
            if self.has_lines {
                self.split(batch, 0);
                continue;
            }
            let start = batch.text.len();
            // A long line gets as much again, so that it is not read in small pieces; but only where the input fills
            // it: a pipe does not, and room that was made is memory that was touched.
            // Past the limit, nothing of the line is missing but what shows that it is too long.
            let missing = self.max_payload.saturating_sub(start) + 2;
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
        let end = match memrchr(b'\n', &batch.text[searched..]) {
            _ if self.is_over => batch.text.len(),
            Some(at) => searched + at + 1,
            None => 0,
        };
        let mut start = 0;
        while start < end && batch.items.len() < MOST_LINES {
            let after = &batch.text[start..];
            let len = memchr(b'\n', after).map_or(after.len(), |at| at + 1);
            let text = start..start + len;
            let line = &after[..len];
            let size = payload(line).len();
            let task = match self.passed_on.take() {
                Some(passed_on) => Task::PassOn(LinePart {
                    is_first: false,
                    len: Some(passed_on + size as u64),
                    has_losses: false,
                    id: self.id.take(),
                }),
                None => {
                    self.line += 1;
                    if size > self.max_payload {
                        Task::PassOn(LinePart {
                            is_first: true,
                            len: Some(size as u64),
                            has_losses: false,
                            id: self.id_field.as_ref().and_then(|field| field.find(payload(line), false)),
                        })
                    } else {
                        Task::Convert
                    }
                }
            };
            batch.items.push(Item { line: self.line, text, task });
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
        if self.passed_on.is_some() || self.rest.len() > self.max_payload + 1 {
            self.pass_on(batch);
        }
    }

    /// Passes on a part of a line that is over the limit already.
    fn pass_on(&mut self, batch: &mut Batch) {
        // The last byte may be half of a line end. There may be none yet.
        let len = self.rest.len().saturating_sub(1).min(PART);
        let start = batch.text.len();
        batch.text.extend(&self.rest[..len]);
        self.rest.take_off(len);
        let text = start..batch.text.len();
        let is_first = self.passed_on.is_none();
        if is_first {
            self.line += 1;
            let part = &batch.text[text.clone()];
            self.id = self.id_field.as_ref().and_then(|field| field.find(part, true));
        }
        self.passed_on = Some(self.passed_on.unwrap_or(0) + len as u64);
        let part = LinePart { is_first, len: None, has_losses: false, id: None };
        batch.items.push(Item { line: self.line, text, task: Task::PassOn(part) });
    }
}
