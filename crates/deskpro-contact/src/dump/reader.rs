//! The reader: from pieces of a dump to events.

mod between;
mod rows;

use memchr::memchr_iter;

use super::error::{Error, ErrorKind};
use super::event::{Event, Row, Table};
use super::lex::{Cut, Lexer, Syntax};
use super::literal::Literal;
use super::statement::TableName;
use crate::error::shorten;

/// The maximum length of a row, and of a statement that is not an INSERT, in bytes: 1 GiB. No server takes or sends a
/// longer one.
pub const MAX_LEN: usize = 1 << 30;

/// Reads a dump that arrives in pieces. The module [`dump`](super) has an example.
///
/// The reader needs memory for the longest row of a wanted table, the longest statement that is not an INSERT, and the
/// longest piece.
#[derive(Debug)]
pub struct Reader {
    wanted: Vec<String>,
    /// Bytes that were fed. Those before `start` are read.
    buffer: Vec<u8>,
    start: usize,
    /// How many unread bytes there must be before the reader tries again to read a row or statement. Each failed try
    /// doubles the number, so that the cost of a long row is linear for pieces of any size.
    needed: usize,
    is_last: bool,
    /// The line of `start`, counted from 1.
    line: u64,
    /// The first line of the statement that is being read.
    begun: Option<u64>,
    syntax: Syntax,
    open_comments: usize,
    database: Option<String>,
    /// Columns of wanted tables, by CREATE TABLE.
    known: Vec<(TableName, Vec<String>)>,
    /// Wanted tables that have had an INSERT.
    filled: Vec<TableName>,
    mode: Mode,
    statement: Statement,
    row_line: u64,
    literals: Vec<Literal>,
    decoded: Vec<u8>,
    /// The line of a header comment whose closing comment has not come yet.
    header: Option<u64>,
    is_marked: bool,
    failure: Option<Error>,
}

/// The reader's position in the syntax of a dump.
#[derive(Clone, Copy, Debug)]
enum Mode {
    Between,
    /// After VALUES or a comma.
    BeforeRow,
    AfterRow,
    /// In an INSERT of another table; with a quote, inside a text.
    Skip(Option<u8>),
    Done,
}

/// The statement of the last event with a table.
#[derive(Default, Debug)]
struct Statement {
    line: u64,
    database: Option<String>,
    table: String,
    columns: Vec<String>,
}

/// What one step found.
enum Step {
    Nothing,
    Table,
    Insert,
    Row,
    End,
}

/// Why a step ended early.
enum Stop {
    Cut,
    Error(Error),
}

impl From<Cut> for Stop {
    fn from(Cut: Cut) -> Self {
        Self::Cut
    }
}

impl Reader {
    /// Makes a reader for the tables with these names, which match in any ASCII case.
    pub fn new(wanted: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self {
            wanted: wanted.into_iter().map(Into::into).collect(),
            buffer: Vec::new(),
            start: 0,
            needed: 0,
            is_last: false,
            line: 1,
            begun: None,
            syntax: Syntax::default(),
            open_comments: 0,
            database: None,
            known: Vec::new(),
            filled: Vec::new(),
            mode: Mode::Between,
            statement: Statement::default(),
            row_line: 0,
            literals: Vec::new(),
            decoded: Vec::new(),
            header: None,
            is_marked: false,
            failure: None,
        }
    }

    /// Takes the next piece of the dump. After each piece, call [`next_event`](Self::next_event) until it returns
    /// `None`.
    pub fn feed(&mut self, bytes: &[u8]) {
        debug_assert!(!self.is_last || bytes.is_empty(), "the dump has ended");
        // Moving the unread bytes costs at most as much as reading those before them.
        if self.start > self.buffer.len() / 2 {
            self.buffer.drain(..self.start);
            self.start = 0;
        }
        self.buffer.extend_from_slice(bytes);
    }

    /// Tells the reader that the dump has no more bytes. Then call [`next_event`](Self::next_event) until it returns
    /// `None`.
    pub fn end(&mut self) {
        self.is_last = true;
    }

    /// The next event. `None` if more bytes are needed, or after [`Event::End`].
    ///
    /// # Errors
    ///
    /// The dump cannot be read further: any [`ErrorKind`]. Further calls return the same error.
    pub fn next_event(&mut self) -> Result<Option<Event<'_>>, Error> {
        if let Some(failure) = &self.failure {
            return Err(failure.clone());
        }
        if !self.is_last && self.buffer.len() - self.start < self.needed {
            return Ok(None);
        }
        let step = loop {
            let result = match self.mode {
                Mode::Between => self.between(),
                Mode::BeforeRow => self.row(),
                Mode::AfterRow => self.after_row(),
                Mode::Skip(quote) => self.skip(quote),
                Mode::Done => return Ok(None),
            };
            let error = match result {
                Ok(Step::Nothing) => continue,
                Ok(step) => break step,
                Err(Stop::Error(error)) => error,
                Err(Stop::Cut) => {
                    let unread = self.buffer.len() - self.start;
                    if self.is_last {
                        self.cut()
                    } else if unread > MAX_LEN {
                        let most = format!("a row or statement of at most {MAX_LEN} bytes");
                        self.in_statement(Error::new(ErrorKind::TooLong, self.line, most, "a longer one"))
                    } else {
                        self.needed = 2 * unread;
                        return Ok(None);
                    }
                }
            };
            self.failure = Some(error.clone());
            return Err(error);
        };
        Ok(Some(match step {
            Step::Nothing => unreachable!("the loop continues"),
            Step::Table => Event::Table(self.table()),
            Step::Insert => Event::Insert(self.table()),
            Step::Row => Event::Row(Row {
                literals: &self.literals,
                buffer: &self.buffer,
                decoded: &self.decoded,
                line: self.row_line,
            }),
            Step::End => Event::End { is_marked: self.is_marked },
        }))
    }

    fn table(&self) -> Table<'_> {
        Table {
            database: self.statement.database.as_deref(),
            name: &self.statement.table,
            columns: &self.statement.columns,
            line: self.statement.line,
        }
    }

    fn is_wanted(&self, table: &str) -> bool {
        self.wanted.iter().any(|wanted| wanted.eq_ignore_ascii_case(table))
    }

    /// The name with the database that is in use, if it has none.
    fn qualified(&self, name: TableName) -> TableName {
        TableName { database: name.database.or_else(|| self.database.clone()), ..name }
    }

    /// Marks the bytes up to `at` as read.
    fn take(&mut self, at: usize, open_comments: usize) {
        self.line = self.line_of(at);
        self.start = at;
        self.open_comments = open_comments;
        self.needed = 0;
    }

    /// The line of an unread byte.
    fn line_of(&self, at: usize) -> u64 {
        self.line + memchr_iter(b'\n', &self.buffer[self.start..at]).count() as u64
    }

    /// The start of the text at a position, for a message. It does not depend on the pieces.
    fn excerpt(&self, at: usize) -> Result<String, Stop> {
        const LEN: usize = 60;
        let rest = &self.buffer[at..];
        if rest.len() < LEN && !self.is_last && !rest.contains(&b'\n') {
            return Err(Stop::Cut);
        }
        let line = rest.split(|byte| *byte == b'\n').next().expect("a split has a first part");
        Ok(shorten(&line[..line.len().min(LEN)]))
    }

    fn quoted_excerpt(&self, at: usize) -> Result<String, Stop> {
        Ok(format!("\"{}\"", self.excerpt(at)?))
    }

    /// The error with the table of the INSERT that is being read.
    fn in_statement(&self, error: Error) -> Error {
        match self.mode {
            Mode::BeforeRow | Mode::AfterRow => error.in_table(&self.statement.table),
            Mode::Between | Mode::Skip(_) | Mode::Done => error,
        }
    }

    /// The error with its table, and the column with that index.
    fn in_column(&self, error: Error, index: Option<usize>) -> Error {
        let column = index.and_then(|index| self.statement.columns.get(index));
        Error { column: column.map(|name| name.as_str().into()), ..self.in_statement(error) }
    }

    /// An error at a place of a row; `index` is the column's.
    fn row_error(&self, kind: ErrorKind, at: usize, expected: &str, index: Option<usize>) -> Stop {
        match self.quoted_excerpt(at) {
            Ok(found) => {
                Stop::Error(self.in_column(Error::new(kind, self.line_of(at), expected, found), index))
            }
            Err(stop) => stop,
        }
    }

    /// An error in the statement that begins at `at`.
    fn syntax_error(&self, expected: &str, at: usize) -> Stop {
        match self.quoted_excerpt(at) {
            Ok(found) => Stop::Error(Error::new(ErrorKind::Syntax, self.line_of(at), expected, found)),
            Err(stop) => stop,
        }
    }

    /// The error for a dump that ends inside a statement.
    fn cut(&self) -> Error {
        let line = self.line_of(self.buffer.len());
        let expected = match self.begun {
            Some(begun) => format!("the end of the statement that begins on line {begun}"),
            None => format!("the end of the comment that begins on line {}", self.line),
        };
        self.in_statement(Error::new(ErrorKind::Cut, line, expected, "the end of the dump"))
    }
}

impl Stop {
    fn in_table(self, table: &str) -> Self {
        match self {
            Self::Error(error) => Self::Error(error.in_table(table)),
            Self::Cut => Self::Cut,
        }
    }
}

fn lexer<'b>(
    bytes: &'b [u8],
    at: usize,
    is_last: bool,
    syntax: &'b Syntax,
    open_comments: usize,
) -> Lexer<'b> {
    Lexer { bytes, at, is_last, syntax, open_comments }
}
