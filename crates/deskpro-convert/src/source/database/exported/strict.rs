//! Checks the quotes of a CSV by RFC 4180, and notes on which line each row begins and whether it may have a NULL.
//!
//! The crate csv reads whatever it can: of `"a\"b"`, it makes `a\b"`, and a file that is cut in a quoted value ends as
//! if the value ended there. Both would change values without an error. Nor does it distinguish `NULL` from `"NULL"`,
//! which is a text.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::io::{self, Read};
use std::rc::Rc;

/// The rows that the csv reader has not given out yet.
pub(super) type Begun = Rc<RefCell<VecDeque<BegunRow>>>;

/// A row of which at least the start was read.
pub(super) struct BegunRow {
    /// The line on which it begins.
    pub(super) line: u64,
    /// The values so far.
    count: usize,
    /// The column, counted from 0, of the first value that is the word of an exporter for NULL, and the word.
    pub(super) null: Option<(usize, &'static str)>,
}

/// The words for NULL: that of most exporters, and that of MySQL's `SELECT … INTO OUTFILE`. In quotes, they are texts.
const NULL: &str = "NULL";
pub(super) const OUTFILE_NULL: &str = "\\N";

/// One byte more than the longest word for NULL.
const COMPARED: usize = NULL.len() + 1;

/// Passes on the bytes of a CSV as long as its quotes are right.
pub(super) struct Strict<R> {
    input: R,
    state: State,
    /// The line of the next byte.
    line: u64,
    /// The first bytes of the current value, if it has no quotes.
    unquoted: Vec<u8>,
    begun: Begun,
    /// The error in the row after those that were passed on.
    wrong: Option<WrongQuotes>,
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
    pub(super) fn new(input: R, line: u64, begun: Begun) -> Self {
        Self { input, state: State::Between, line, unquoted: Vec::new(), begun, wrong: None }
    }

    /// Whether the bytes so far end inside a record: no line end follows it.
    pub(super) fn is_in_a_record(&self) -> bool {
        self.state != State::Between
    }

    /// Checks bytes. If there is a wrong quote, returns the number of bytes before its row, too.
    fn check(&mut self, bytes: &[u8]) -> Result<(), (usize, WrongQuotes)> {
        let mut rows_end = 0;
        for (at, &byte) in bytes.iter().enumerate() {
            if self.state == State::Between {
                rows_end = at;
            }
            self.state = match (self.state, byte) {
                (State::Between, b'\r' | b'\n') => State::Between,
                (State::Between | State::Start, b'"') => {
                    self.begin();
                    State::Quoted(self.line)
                }
                (State::Between | State::Start | State::Unquoted | State::Quote(_), b',') => {
                    self.begin();
                    self.end_value();
                    State::Start
                }
                (State::Start | State::Unquoted | State::Quote(_), b'\r' | b'\n') => {
                    self.end_value();
                    State::Between
                }
                (State::Quoted(from), b'"') => State::Quote(from),
                (State::Quoted(from), _) => State::Quoted(from),
                (State::Quote(from), b'"') => State::Quoted(from),
                (State::Unquoted, b'"') => {
                    let found = "found a quote inside a value that does not begin with one";
                    return Err((rows_end, self.wrong(found)));
                }
                (State::Quote(_), _) => {
                    let found = "found more text after the quote that ends a value";
                    return Err((rows_end, self.wrong(found)));
                }
                (State::Between | State::Start | State::Unquoted, _) => {
                    self.begin();
                    if self.unquoted.len() < COMPARED {
                        self.unquoted.push(byte);
                    }
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
            self.begun.borrow_mut().push_back(BegunRow { line: self.line, count: 0, null: None });
        }
    }

    /// Notes whether the value that ends is a word for NULL.
    fn end_value(&mut self) {
        let mut begun = self.begun.borrow_mut();
        let row = begun.back_mut().expect("a value is in a row");
        let word = [NULL, OUTFILE_NULL].into_iter().find(|word| word.as_bytes() == self.unquoted);
        row.null = row.null.or(word.map(|word| (row.count, word)));
        row.count += 1;
        self.unquoted.clear();
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
        if let Some(wrong) = self.wrong.take() {
            return Err(io::Error::other(wrong));
        }
        let len = self.input.read(space)?;
        match (len, self.state) {
            (0, State::Quoted(from)) => Err(io::Error::other(WrongQuotes(format!(
                "line {from}: expected a quote at the end of the value that begins here, found the end of the input"
            )))),
            // The end of the input ends the last value.
            (0, State::Unquoted) if !self.unquoted.is_empty() => {
                self.end_value();
                Ok(0)
            }
            _ => match self.check(&space[..len]) {
                Ok(()) => Ok(len),
                Err((0, wrong)) => Err(io::Error::other(wrong)),
                // Earlier rows are read first, because an error in them explains more: a header of unknown columns, for
                // example.
                Err((rows_end, wrong)) => {
                    self.wrong = Some(wrong);
                    Ok(rows_end)
                }
            },
        }
    }
}
