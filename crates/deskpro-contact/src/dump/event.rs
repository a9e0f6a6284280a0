//! The parts of a dump: tables, rows, values.

use std::fmt;

use super::literal::{Literal, TextRange};

/// A part of a dump that is about a wanted table, or the dump's end. Events come in the order of the dump.
#[derive(Clone, Copy, Debug)]
pub enum Event<'r> {
    /// A CREATE TABLE of a wanted table.
    Table(Table<'r>),
    /// An INSERT or REPLACE on a wanted table begins. The rows up to the next event of this kind are its rows.
    Insert(Table<'r>),
    /// A row.
    Row(Row<'r>),
    /// The end of the dump.
    End {
        /// Whether the dump ends with a closing comment. The comment shows that the dump is whole. A dump without it
        /// may have been cut after any statement, and then the reader cannot see that rows are missing.
        is_marked: bool,
    },
}

/// A wanted table in a statement.
#[derive(Clone, Copy, Debug)]
pub struct Table<'r> {
    pub(super) database: Option<&'r str>,
    pub(super) name: &'r str,
    pub(super) columns: &'r [String],
    pub(super) line: u64,
}

impl<'r> Table<'r> {
    /// The database that the statement names, or otherwise the last `USE` before the statement. `None` if there is
    /// neither, as in a dump of a single database.
    #[must_use]
    pub fn database(self) -> Option<&'r str> {
        self.database
    }

    /// The name of the table, as the statement spells it.
    #[must_use]
    pub fn name(self) -> &'r str {
        self.name
    }

    /// The names of the columns, in the order of the values.
    #[must_use]
    pub fn columns(self) -> &'r [String] {
        self.columns
    }

    /// The line on which the statement begins, counted from 1.
    #[must_use]
    pub fn line(self) -> u64 {
        self.line
    }
}

/// A row of a wanted table. It has one value for each column.
#[derive(Clone, Copy)]
pub struct Row<'r> {
    pub(super) literals: &'r [Literal],
    pub(super) buffer: &'r [u8],
    pub(super) decoded: &'r [u8],
    pub(super) line: u64,
}

impl<'r> Row<'r> {
    /// The line on which the row begins, counted from 1.
    #[must_use]
    pub fn line(self) -> u64 {
        self.line
    }

    /// The value of a column, by its position, counted from 0.
    ///
    /// # Panics
    ///
    /// If there is no such column.
    #[must_use]
    pub fn value(self, column: usize) -> Value<'r> {
        self.resolve(&self.literals[column])
    }

    /// The values, in the order of the columns.
    pub fn values(self) -> impl ExactSizeIterator<Item = Value<'r>> {
        self.literals.iter().map(move |literal| self.resolve(literal))
    }

    fn resolve(self, literal: &Literal) -> Value<'r> {
        let charset = |range: &Option<std::ops::Range<usize>>| {
            let name = range.clone().map(|range| &self.buffer[range]);
            name.map(|name| std::str::from_utf8(name).expect("only listed names are accepted"))
        };
        match literal {
            Literal::Null => Value::Null,
            Literal::Number(range) => {
                let digits = &self.buffer[range.clone()];
                Value::Number(std::str::from_utf8(digits).expect("a number is ASCII"))
            }
            Literal::Text { range, charset: name } => {
                let bytes = match range {
                    TextRange::Buffer(range) => &self.buffer[range.clone()],
                    TextRange::Decoded(range) => &self.decoded[range.clone()],
                };
                Value::Text { bytes, charset: charset(name) }
            }
            Literal::Binary { range, charset: name } => {
                Value::Binary { bytes: &self.decoded[range.clone()], charset: charset(name) }
            }
        }
    }
}

impl fmt::Debug for Row<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Row").field("line", &self.line).finish_non_exhaustive()
    }
}

/// A value of a row.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Value<'r> {
    /// NULL.
    Null,
    /// A number, with the digits of the dump.
    Number(&'r str),
    /// A text, its escapes decoded. It may not be UTF-8.
    Text {
        /// The bytes, in the character set of the dump or in `charset`.
        bytes: &'r [u8],
        /// The character set that is written in front of the text: `binary` for `_binary '…'`.
        charset: Option<&'r str>,
    },
    /// A hexadecimal or bit literal: `0x…`, `x'…'`, `0b…`, `b'…'`.
    Binary {
        /// The bytes.
        bytes: &'r [u8],
        /// The character set that is written in front of the literal.
        charset: Option<&'r str>,
    },
}

impl<'r> Value<'r> {
    /// The bytes of a number, a text or a binary value; `None` for NULL.
    #[must_use]
    pub fn bytes(self) -> Option<&'r [u8]> {
        match self {
            Self::Null => None,
            Self::Number(digits) => Some(digits.as_bytes()),
            Self::Text { bytes, .. } | Self::Binary { bytes, .. } => Some(bytes),
        }
    }
}

/// Makes a value of a row that does not come from a dump: a text, or NULL for `None`.
impl<'r> From<Option<&'r [u8]>> for Value<'r> {
    fn from(text: Option<&'r [u8]>) -> Self {
        text.map_or(Self::Null, |bytes| Self::Text { bytes, charset: None })
    }
}
