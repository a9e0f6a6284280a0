//! Reads exported rows: CSV with a header, or JSON lines. The names of the columns decide to which table a row belongs.
//!
//! A file may hold several tables, one after the other: each header of a CSV begins a table.

mod csv;
mod json;
mod strict;
#[cfg(test)]
mod tests;

use std::io::{self, BufReader, Cursor, Read};

use deskpro_contact::Encoding;
use deskpro_contact::rows::{self, Columns, Plan};

use crate::source::batch::BATCH;
use crate::source::opening::BYTE_ORDER_MARK;

/// The number of different lists of columns that are remembered.
const MAX_KNOWN: usize = 64;

/// Why rows cannot be read.
pub(super) enum Unreadable<E> {
    Read(io::Error),
    /// The input holds nothing but white space.
    Empty,
    /// A sentence, which follows the name of the input in a message.
    Wrong(String),
    /// The first line has another format. The bytes are the start of the line, and the sentence says what was expected.
    Start(Vec<u8>, String),
    /// The row could not be taken.
    NotTaken(E),
}

impl<E> From<io::Error> for Unreadable<E> {
    fn from(error: io::Error) -> Self {
        Self::Read(error)
    }
}

/// Takes rows, and finds the columns of their tables.
pub(super) struct Exported<'p, T> {
    plan: &'p Plan,
    take: T,
    /// Lists of columns that were found before.
    known: Vec<(Vec<String>, Columns)>,
    /// The position in `known` of the columns of the rows that follow.
    current: usize,
    /// For each table of the plan, whether the input had it.
    seen: Vec<bool>,
    /// Whether no line end follows the last row.
    ends_in_a_record: bool,
}

/// Reads all rows, and gives each to `take`: its columns, its values, and the line on which it begins.
///
/// `named` are the tables that the input must have. Strings of JSON that are not UTF-8 are read in `encoding`.
///
/// Returns clauses for warnings, which follow the name of the input.
///
/// # Errors
///
/// The input cannot be read, or is not as expected.
pub(super) fn read<E>(
    mut input: impl Read,
    plan: &Plan,
    named: &[&str],
    encoding: Option<Encoding>,
    take: impl FnMut(&Columns, &[Option<&[u8]>], u64) -> Result<(), E>,
) -> Result<Vec<String>, Unreadable<E>> {
    let (start, line) = start(&mut input)?;
    let first = start[0];
    let input = Cursor::new(start).chain(BufReader::with_capacity(BATCH, input));
    let tables = plan.tables().count();
    let mut rows = Exported {
        plan,
        take,
        known: Vec::new(),
        current: 0,
        seen: vec![false; tables],
        ends_in_a_record: false,
    };
    match first {
        b'{' | b'[' => json::read(input, line, encoding, &mut rows)?,
        _ => csv::read(input, line, &mut rows)?,
    }
    rows.finish(named)
}

/// Reads the start of the input. Drops white space and byte order marks. The crate csv would drop a mark, too. But if
/// the first read returns nothing else, it takes that for the end of the input. Returns the first bytes after them, and
/// their line.
fn start<E>(input: &mut impl Read) -> Result<(Vec<u8>, u64), Unreadable<E>> {
    let (mut start, mut line) = (Vec::new(), 1);
    loop {
        while let Some(&byte) = start.first() {
            if start.starts_with(BYTE_ORDER_MARK) {
                start.drain(..BYTE_ORDER_MARK.len());
            } else if byte.is_ascii_whitespace() {
                line += u64::from(byte == b'\n');
                start.remove(0);
            } else {
                break;
            }
        }
        if start.len() >= BYTE_ORDER_MARK.len() {
            return Ok((start, line));
        }
        // Few bytes at a time, because dropping bytes moves the rest.
        if input.by_ref().take(BYTE_ORDER_MARK.len() as u64).read_to_end(&mut start)? == 0 {
            return if start.is_empty() { Err(Unreadable::Empty) } else { Ok((start, line)) };
        }
    }
}

impl<T> Exported<'_, T> {
    /// Chooses the columns for the rows that follow, by their names.
    fn choose(&mut self, names: &[impl AsRef<str>]) -> Result<(), rows::Error> {
        let is_it = |(known, _): &(Vec<String>, Columns)| known.iter().eq(names.iter().map(AsRef::as_ref));
        if self.known.get(self.current).is_some_and(is_it) {
            return Ok(());
        }
        if let Some(position) = self.known.iter().position(is_it) {
            self.current = position;
            return Ok(());
        }
        let columns = self.plan.columns(self.plan.table_of(names)?, names)?;
        self.seen[columns.table()] = true;
        if self.known.len() == MAX_KNOWN {
            self.known.clear();
        }
        self.known.push((names.iter().map(|name| name.as_ref().to_owned()).collect(), columns));
        self.current = self.known.len() - 1;
        Ok(())
    }

    /// Takes a row of the chosen columns.
    fn row<E>(&mut self, values: &[Option<&[u8]>], line: u64) -> Result<(), Unreadable<E>>
    where
        T: FnMut(&Columns, &[Option<&[u8]>], u64) -> Result<(), E>,
    {
        let (_, columns) = &self.known[self.current];
        (self.take)(columns, values, line).map_err(Unreadable::NotTaken)
    }

    /// `people_contact_data.comment`
    fn place(&self, column: usize) -> String {
        let (names, columns) = &self.known[self.current];
        let table = self.plan.tables().nth(columns.table()).expect("a table of the plan");
        match names.get(column) {
            Some(name) => format!("{table}.{name}"),
            None => table.to_owned(),
        }
    }

    /// Checks at the end that the input had the tables `named` by options. Returns clauses for warnings.
    fn finish<E>(self, named: &[&str]) -> Result<Vec<String>, Unreadable<E>> {
        let is_named = |table: &str| named.iter().any(|name| name.eq_ignore_ascii_case(table));
        let mut warnings = Vec::new();
        for (table, seen) in self.plan.tables().zip(&self.seen) {
            if !seen && is_named(table) {
                return Err(Unreadable::Wrong(format!(
                    "expected rows of the table {table}, which --with names, found none (join the files: each may have \
                     its own header)"
                )));
            }
        }
        if self.ends_in_a_record {
            warnings.push(
                "has no line end after its last row: if the end of that row is missing, convert cannot see it".to_owned(),
            );
        }
        Ok(warnings)
    }
}
