//! Errors about dumps that cannot be read.

use std::fmt;

/// The kind of an [`Error`]. Later versions may add kinds.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum ErrorKind {
    /// Dump programs do not write such a statement, so it may change rows.
    UnknownStatement,
    /// A statement other than INSERT and REPLACE changes a wanted table, or a DROP removes its rows.
    ChangesTable,
    /// No `DELIMITER` comes before a procedure or trigger whose body has several statements, so its end cannot be
    /// found.
    NoDelimiter,
    /// An INSERT names no columns, and no CREATE TABLE of its table comes before it.
    NoColumns,
    /// A value is not a literal.
    NotALiteral,
    /// A row has fewer values than columns.
    TooFewValues,
    /// A row has more values than columns.
    TooManyValues,
    /// The character set of the dump, or of a value, gives bytes below 128 another meaning than ASCII.
    Charset,
    /// The dump ends inside a statement or a comment, or with another `DELIMITER` than `;`. Or it has the comment with
    /// which a dump program begins, but not the one with which it ends (`-- Dump completed`).
    Cut,
    /// A statement does not have the form that dump programs write.
    Syntax,
    /// A row, or a statement that is not an INSERT, is longer than [`MAX_LEN`](super::MAX_LEN).
    TooLong,
}

impl ErrorKind {
    /// All kinds.
    pub const ALL: &[Self] = &[
        Self::UnknownStatement,
        Self::ChangesTable,
        Self::NoDelimiter,
        Self::NoColumns,
        Self::NotALiteral,
        Self::TooFewValues,
        Self::TooManyValues,
        Self::Charset,
        Self::Cut,
        Self::Syntax,
        Self::TooLong,
    ];

    /// The kind's name, such as `dump-syntax`: the code that messages of the command show.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::UnknownStatement => "dump-unknown-statement",
            Self::ChangesTable => "dump-changes-table",
            Self::NoDelimiter => "dump-no-delimiter",
            Self::NoColumns => "dump-no-columns",
            Self::NotALiteral => "dump-not-a-literal",
            Self::TooFewValues => "dump-too-few-values",
            Self::TooManyValues => "dump-too-many-values",
            Self::Charset => "dump-charset",
            Self::Cut => "dump-cut",
            Self::Syntax => "dump-syntax",
            Self::TooLong => "dump-too-long",
        }
    }
}

/// The reason why a dump cannot be read, with a line, a table and a column. `Display` writes
/// `line 17, people_contact_data.field_2: expected X, found Y`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Error {
    pub(super) kind: ErrorKind,
    pub(super) line: u64,
    pub(super) table: Option<Box<str>>,
    pub(super) column: Option<Box<str>>,
    pub(super) expected: String,
    pub(super) found: String,
    pub(super) hint: Option<&'static str>,
}

impl Error {
    pub(super) fn new(
        kind: ErrorKind,
        line: u64,
        expected: impl Into<String>,
        found: impl Into<String>,
    ) -> Self {
        let (expected, found) = (expected.into(), found.into());
        Self { kind, line, table: None, column: None, expected, found, hint: None }
    }

    /// The error for a character set in which bytes below 128 are not always ASCII.
    pub(super) fn charset(line: u64, found: String) -> Self {
        let expected = "a character set in which bytes below 128 are always ASCII";
        let hint = Some("dump with --default-character-set=utf8mb4");
        Self { hint, ..Self::new(ErrorKind::Charset, line, expected, found) }
    }

    pub(super) fn in_table(self, table: &str) -> Self {
        Self { table: Some(table.into()), ..self }
    }

    /// The kind of the error.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// The line of the dump, counted from 1.
    #[must_use]
    pub fn line(&self) -> u64 {
        self.line
    }

    /// The name of the table, if the error is in a statement on a wanted table.
    #[must_use]
    pub fn table(&self) -> Option<&str> {
        self.table.as_deref()
    }

    /// The name of the column, if the error is in a value of a known column.
    #[must_use]
    pub fn column(&self) -> Option<&str> {
        self.column.as_deref()
    }

    /// The message without line, table and column: `expected X, found Y`, sometimes with a hint in parentheses.
    #[must_use]
    pub fn message(&self) -> String {
        let sentence = format!("expected {}, found {}", self.expected, self.found);
        match self.hint {
            Some(hint) => format!("{sentence} ({hint})"),
            None => sentence,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}", self.line)?;
        if let Some(table) = &self.table {
            write!(f, ", {table}")?;
        }
        if let Some(column) = &self.column {
            write!(f, ".{column}")?;
        }
        write!(f, ": {}", self.message())
    }
}

impl std::error::Error for Error {}
