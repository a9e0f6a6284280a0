//! The start of an input: drops a byte order mark, and ends the run if the input has a wrong format.

use std::io::{self, Read};

use memchr::memchr;

use super::batch::{BATCH, SourceError, without_end};
use crate::guess::{self, Expected, MAX_JUDGED};

/// The mark that some programs write at the start of UTF-8 text. It belongs to the file, not to the first line.
pub(super) const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// The number of bytes from the start in which a line feed is expected, if there is a carriage return.
const MAX_SEARCHED: usize = 64 << 10;

/// The number of bytes that show every binary format.
const MAX_MAGIC: usize = 8;

/// An input whose first bytes are held back until their format is known.
pub(super) struct Opening<R> {
    input: R,
    /// The start of the input. The bytes from `at` on have not been given out.
    held: Vec<u8>,
    at: usize,
    state: State,
}

#[derive(Clone, Copy)]
enum State {
    /// The start must be judged first, by the expected format if there is one.
    Unread(Option<Expected>),
    /// The start was judged, or need not be.
    Open,
}

/// A judgement about the start of an input.
enum Verdict {
    Fine,
    /// A clause about the input, which follows its name in a message.
    Wrong(String),
    /// More bytes are needed.
    Undecided,
}

impl<R: Read> Opening<R> {
    /// An input whose start is not judged.
    pub(super) fn unchecked(input: R) -> Self {
        Self { input, held: Vec::new(), at: 0, state: State::Open }
    }

    /// Lets [`Opening::begin`] drop a byte order mark and judge the start.
    pub(super) fn check(&mut self, expected: Option<Expected>) {
        self.state = State::Unread(expected);
    }

    /// Reads and judges the start. Does nothing the second time.
    ///
    /// # Errors
    ///
    /// Reading failed, or the input has a wrong format.
    pub(super) fn begin(&mut self, name: &str) -> Result<(), SourceError> {
        let State::Unread(expected) = self.state else { return Ok(()) };
        let mut has_ended = false;
        loop {
            match judge(&self.held, has_ended, expected) {
                Verdict::Undecided if !has_ended => {}
                Verdict::Undecided | Verdict::Fine => break,
                Verdict::Wrong(clause) => return Err(SourceError::WrongInput(format!("{name} {clause}"))),
            }
            let len = self.held.len();
            self.held.resize(len + BATCH, 0);
            let read = self.input.read(&mut self.held[len..]);
            self.held.truncate(len + read.as_ref().map_or(0, |read| *read));
            match read {
                Ok(read) => has_ended = read == 0,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(SourceError::Read(name.to_owned(), error)),
            }
        }
        self.state = State::Open;
        self.at = if self.held.starts_with(BYTE_ORDER_MARK) { BYTE_ORDER_MARK.len() } else { 0 };
        Ok(())
    }
}

/// Judges the start of an input.
fn judge(start: &[u8], has_ended: bool, expected: Option<Expected>) -> Verdict {
    let has_line_feed = memchr(b'\n', start).is_some();
    if start.len() < MAX_MAGIC && !has_line_feed && !has_ended {
        return Verdict::Undecided;
    }
    let text = start.strip_prefix(BYTE_ORDER_MARK).unwrap_or(start);
    if expected.is_some()
        && let Some(clause) = guess::judge_start(text)
    {
        return Verdict::Wrong(clause);
    }
    if !has_line_feed && start.len() < MAX_SEARCHED && !has_ended {
        return Verdict::Undecided;
    }
    let searched = &text[..text.len().min(MAX_SEARCHED)];
    if memchr(b'\n', searched).is_none() && memchr(b'\r', searched).is_some() {
        return Verdict::Wrong(
            "has carriage returns and no line feeds: end its lines with line feeds, for example with `tr '\\r' '\\n'`"
                .to_owned(),
        );
    }
    let Some(expected) = expected else { return Verdict::Fine };
    let mut rest = text;
    while !rest.is_empty() {
        let end = memchr(b'\n', rest).map(|at| at + 1);
        let line = without_end(&rest[..end.unwrap_or(rest.len())]);
        if line.trim_ascii().is_empty() && end.is_some() {
            rest = &rest[end.unwrap_or(rest.len())..];
            continue;
        }
        if line.len() < MAX_JUDGED && end.is_none() && !has_ended {
            break;
        }
        let judged = &line[..line.len().min(MAX_JUDGED)];
        let is_cut = end.is_none() || judged.len() < line.len();
        return guess::judge(judged, is_cut, expected).map_or(Verdict::Fine, Verdict::Wrong);
    }
    // After so many empty lines, the input is read without a judgement, so that they need not be held back.
    if text.len() < MAX_SEARCHED { Verdict::Undecided } else { Verdict::Fine }
}

impl<R: Read> Read for Opening<R> {
    fn read(&mut self, space: &mut [u8]) -> io::Result<usize> {
        if self.held.is_empty() {
            return self.input.read(space);
        }
        let held = &self.held[self.at..];
        let len = held.len().min(space.len());
        space[..len].copy_from_slice(&held[..len]);
        self.at += len;
        if self.at == self.held.len() {
            (self.held, self.at) = (Vec::new(), 0);
        }
        // The held bytes may be only a byte order mark.
        if len == 0 { self.input.read(space) } else { Ok(len) }
    }
}
