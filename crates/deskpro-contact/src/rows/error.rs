//! Errors about rows that cannot be read.

use std::fmt;

/// The kind of an [`Error`]. Later versions may add kinds.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum ErrorKind {
    /// An [`AddedField`](super::AddedField) is written in none of its three notations, or its field or table cannot be
    /// used.
    InvalidAddedField,
    /// A table lacks a required column.
    MissingColumn,
    /// A table has two columns of the same name.
    ColumnTwice,
    /// The [`Plan`](super::Plan) does not read the table.
    OtherTable,
    /// A row has more or fewer values than its table has columns.
    ValueCount,
    /// The id of a row or of its owner is not a decimal number of at most 64 bits.
    NotAnId,
    /// Two rows of a table have the same id and different values.
    RowTwice,
}

impl ErrorKind {
    /// All kinds.
    pub const ALL: &[Self] = &[
        Self::InvalidAddedField,
        Self::MissingColumn,
        Self::ColumnTwice,
        Self::OtherTable,
        Self::ValueCount,
        Self::NotAnId,
        Self::RowTwice,
    ];

    /// The kind's name, such as `rows-not-an-id`: the code that messages of the command show.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::InvalidAddedField => "rows-invalid-added-field",
            Self::MissingColumn => "rows-missing-column",
            Self::ColumnTwice => "rows-column-twice",
            Self::OtherTable => "rows-other-table",
            Self::ValueCount => "rows-value-count",
            Self::NotAnId => "rows-not-an-id",
            Self::RowTwice => "rows-id-twice",
        }
    }
}

/// The reason why rows cannot be read, with a line, a table and a column. `Display` writes
/// `line 17, people_contact_data.id: expected X, found Y`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Error {
    pub(super) kind: ErrorKind,
    pub(super) line: Option<u64>,
    pub(super) table: Option<Box<str>>,
    pub(super) column: Option<Box<str>>,
    pub(super) expected: String,
    pub(super) found: String,
}

impl Error {
    pub(super) fn new(kind: ErrorKind, expected: impl Into<String>, found: impl Into<String>) -> Self {
        let (expected, found) = (expected.into(), found.into());
        Self { kind, line: None, table: None, column: None, expected, found }
    }

    pub(super) fn at_line(self, line: u64) -> Self {
        Self { line: Some(line), ..self }
    }

    pub(super) fn in_table(self, table: &str) -> Self {
        Self { table: Some(table.into()), ..self }
    }

    pub(super) fn in_column(self, column: &str) -> Self {
        Self { column: Some(column.into()), ..self }
    }

    /// The kind of the error.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// The line of the row, as it was given to [`Columns::read`](super::Columns::read). `None` if the error is not
    /// about a row.
    #[must_use]
    pub fn line(&self) -> Option<u64> {
        self.line
    }

    /// The name of the table, if the error is about a table.
    #[must_use]
    pub fn table(&self) -> Option<&str> {
        self.table.as_deref()
    }

    /// The name of the column, if the error is about a column.
    #[must_use]
    pub fn column(&self) -> Option<&str> {
        self.column.as_deref()
    }

    /// The message without line, table and column: `expected X, found Y`.
    #[must_use]
    pub fn message(&self) -> String {
        format!("expected {}, found {}", self.expected, self.found)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(line) = self.line {
            write!(f, "line {line}, ")?;
        }
        if let Some(table) = &self.table {
            write!(f, "{table}")?;
            if let Some(column) = &self.column {
                write!(f, ".{column}")?;
            }
            write!(f, ": ")?;
        }
        f.write_str(&self.message())
    }
}

impl std::error::Error for Error {}
