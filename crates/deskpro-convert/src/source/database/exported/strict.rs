//! Checks the quotes of a CSV by RFC 4180, and notes on which line each row begins.
//!
//! The crate csv reads whatever it can: of `"a\"b"`, it makes `a\b"`, and a file that is cut in a quoted value ends as if
//! the value ended there. Both would change values without a word.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::io::{self, Read};
use std::rc::Rc;

/// The line on which each row begins, for the rows that the csv reader has not given out yet.
pub(super) type Lines = Rc<RefCell<VecDeque<u64>>>;

/// Passes on the bytes of a CSV as long as its quotes are right.
pub(super) struct Strict<R> {
    input: R,
    state: State,
    /// The line of the next byte.
    line: u64,
    lines: Lines,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// Before a row.
    Between,
    /// At the start of a value.
    Start,
    Unquoted,
    /// In a quoted value that began on this line.
    Quoted(u64),
    /// After a quote in a quoted value: it ends the value, or is the first of two.
    Quote(u64),
}

/// The quotes of a CSV are wrong: a sentence with the line.
#[derive(Debug)]
pub(super) struct WrongQuotes(pub(super) String);

impl std::fmt::Display for WrongQuotes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for WrongQuotes {}

impl<R: Read> Strict<R> {
    pub(super) fn new(input: R, line: u64, lines: Lines) -> Self {
        Self { input, state: State::Between, line, lines }
    }

    /// Whether the bytes so far end inside a record: no line end follows it.
    pub(super) fn is_in_a_record(&self) -> bool {
        self.state != State::Between
    }

    fn check(&mut self, bytes: &[u8]) -> Result<(), WrongQuotes> {
        let mut rest = bytes;
        while let Some((&byte, behind)) = rest.split_first() {
            rest = behind;
            self.state = match (self.state, byte) {
                (State::Between, b'\r' | b'\n') => State::Between,
                (State::Between | State::Start, b'"') => {
                    self.begin();
                    State::Quoted(self.line)
                }
                (State::Between | State::Start | State::Unquoted | State::Quote(_), b',') => {
                    self.begin();
                    State::Start
                }
                (State::Start | State::Unquoted | State::Quote(_), b'\r' | b'\n') => State::Between,
                (State::Quoted(from), b'"') => State::Quote(from),
                (State::Quoted(from), _) => State::Quoted(from),
                (State::Quote(from), b'"') => State::Quoted(from),
                (State::Unquoted, b'"') => {
                    return Err(self.wrong("found a quote inside a value that does not begin with one"));
                }
                (State::Quote(_), _) => {
                    return Err(self.wrong("found more text after the quote that ends a value"));
                }
                (State::Between | State::Start | State::Unquoted, _) => {
                    self.begin();
                    State::Unquoted
                }
            };
            self.line += u64::from(byte == b'\n');
        }
        Ok(())
    }

    /// Notes the line if a row begins.
    fn begin(&mut self) {
        if self.state == State::Between {
            self.lines.borrow_mut().push_back(self.line);
        }
    }

    fn wrong(&self, found: &str) -> WrongQuotes {
        WrongQuotes(format!(
            "line {}: expected a quote around a whole value, and two for a quote in it (RFC 4180), {found}",
            self.line
        ))
    }
}

impl<R: Read> Read for Strict<R> {
    fn read(&mut self, space: &mut [u8]) -> io::Result<usize> {
        let len = self.input.read(space)?;
        match (len, self.state) {
            (0, State::Quoted(from)) => Err(io::Error::other(WrongQuotes(format!(
                "line {from}: expected a quote at the end of the value that begins here, found the end of the input"
            )))),
            _ => self.check(&space[..len]).map_err(io::Error::other).map(|()| len),
        }
    }
}
