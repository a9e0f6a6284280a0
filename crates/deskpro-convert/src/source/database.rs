//! Reads rows of a database, from an SQL dump or exported, sorts them by person, and gives them out in batches.
//!
//! The input is read to its end before the first payload is built, because the rows of a person can be anywhere in it.

mod exported;
mod ids;
mod tables;

use std::io::{self, Read};

use deskpro_contact::Encoding;
use deskpro_contact::dump::{self, Event, Reader};
use deskpro_contact::rows::{self, AddedField, Columns, Key, Plan};

use self::exported::Unreadable;
use self::ids::Ids;
use self::tables::Tables;
use super::batch::{BATCH, Batch, SourceError};
use super::grouped::Grouped;
use super::opening::BYTE_ORDER_MARK;
use crate::args::{Args, InputFormat};
use crate::guess::{self, Expected, MAX_JUDGED};
use crate::sort::{Limits, Sorter};

/// The number of exported rows that are read between two updates of the progress.
const ROWS_OF_A_STEP: u64 = 1_000;

/// What a [`Database`] does, for the progress.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Stage {
    /// The input is read.
    Reading,
    /// Batches are made. `persons` and `rows` are in the batches that were made so far; `all_rows` is the number of all
    /// rows.
    Building { persons: u64, rows: u64, all_rows: u64 },
}

/// The format of the rows.
#[derive(Clone, Copy)]
enum Format {
    Dump,
    Exported,
}

/// The rows of a database.
pub(crate) struct Database<'p> {
    name: String,
    format: Format,
    plan: Plan,
    database: Option<String>,
    with: Vec<AddedField>,
    encoding: Option<Encoding>,
    limits: Limits,
    /// The input, until it is read.
    input: Option<Box<dyn Read + Send>>,
    /// The rows, once the input was read.
    grouped: Option<Grouped>,
    on_progress: Box<dyn FnMut(Stage) + Send + 'p>,
}

impl<'p> Database<'p> {
    /// The rows of `input`, which messages call `name`. `on_progress` is called between reads and batches.
    pub(crate) fn new(
        input: Box<dyn Read + Send>,
        name: String,
        args: &Args,
        on_progress: impl FnMut(Stage) + Send + 'p,
    ) -> Self {
        Self {
            name,
            format: match args.input_format() {
                InputFormat::Rows => Format::Exported,
                InputFormat::Dump => Format::Dump,
                InputFormat::Form | InputFormat::Json | InputFormat::V2 => unreachable!("these have no rows"),
            },
            plan: args.plan().expect("the options were checked"),
            database: args.database.clone(),
            with: args.with.clone(),
            encoding: args.encoding,
            limits: args.sort_limits(),
            input: Some(input),
            grouped: None,
            on_progress: Box::new(on_progress),
        }
    }

    /// The number of the last payload that was put into a batch.
    pub(crate) fn line(&self) -> u64 {
        self.grouped.as_ref().map_or(0, |grouped| grouped.position().persons)
    }

    /// Makes the next batch. The first call reads the input to its end. Returns false after the last batch.
    ///
    /// # Errors
    ///
    /// The input cannot be read, or is not as expected; or a temporary file cannot be used.
    pub(crate) fn next(&mut self, batch: &mut Batch) -> Result<bool, SourceError> {
        batch.clear();
        if let Some(input) = self.input.take() {
            self.grouped = Some(self.read(input, &mut batch.warnings)?);
        }
        let Some(grouped) = &mut self.grouped else { return Ok(false) };
        let has_lines = grouped.fill(batch).map_err(sort_error)?;
        let position = grouped.position();
        let (persons, rows, all_rows) = (position.persons, position.rows, grouped.len());
        (self.on_progress)(Stage::Building { persons, rows, all_rows });
        Ok(has_lines || !batch.warnings.is_empty())
    }

    /// Reads the input to its end, and sorts its rows.
    fn read(
        &mut self,
        input: Box<dyn Read + Send>,
        warnings: &mut Vec<String>,
    ) -> Result<Grouped, SourceError> {
        let folder = std::env::temp_dir();
        let ids = Ids::new(self.plan.tables().count());
        let mut rows = Rows { ids, sorter: Sorter::new(&folder, self.limits) };
        match self.format {
            Format::Dump => self.read_dump(input, &mut rows, warnings)?,
            Format::Exported => self.read_exported(input, &mut rows, warnings)?,
        }
        let Rows { ids, sorter } = rows;
        let mut sorted = sorter.finish().map_err(sort_error)?;
        if let Some(twice) = ids.find_twice(&mut sorted, &folder, self.limits).map_err(sort_error)? {
            let table = self.plan.tables().nth(twice.table).expect("a table of the plan");
            return Err(SourceError::WrongInput(format!(
                "{}: {}{}",
                self.name,
                twice.sentence(table),
                see(rows::ErrorKind::RowTwice.name())
            )));
        }
        Ok(Grouped::new(sorted))
    }

    /// Reads a dump to its end.
    fn read_dump(
        &mut self,
        mut input: Box<dyn Read + Send>,
        rows: &mut Rows,
        warnings: &mut Vec<String>,
    ) -> Result<(), SourceError> {
        let mut reader = Reader::new(self.plan.tables());
        let named = self.with.iter().map(AddedField::table);
        let mut dump = DumpRows {
            tables: Tables::new(&self.plan, self.database.as_deref(), named),
            rows,
            is_marked: false,
        };
        let mut start = Vec::new();
        let mut piece = vec![0; BATCH];
        loop {
            let len = fill(&mut input, &mut piece, if start.is_empty() { BYTE_ORDER_MARK.len() } else { 1 })
                .map_err(|error| SourceError::Read(self.name.clone(), error))?;
            let mut bytes = &piece[..len];
            if start.len() < MAX_JUDGED {
                if start.is_empty() {
                    bytes = bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes);
                }
                start.extend_from_slice(&bytes[..bytes.len().min(MAX_JUDGED - start.len())]);
                // A pipe may give the byte order mark alone first.
                if start.is_empty() && len == 0 {
                    return Err(SourceError::WrongInput(format!(
                        "{} is empty: expected an SQL dump",
                        self.name
                    )));
                }
            }
            reader.feed(bytes);
            if len == 0 {
                reader.end();
            }
            while let Some(event) = reader.next_event().map_err(|error| self.unreadable(&start, &error))? {
                dump.take(event).map_err(|why| why.into_error(&self.name))?;
            }
            (self.on_progress)(Stage::Reading);
            if len == 0 {
                break;
            }
        }
        let DumpRows { tables, rows: _, is_marked } = dump;
        tables.check_seen().map_err(|why| SourceError::WrongInput(format!("{}: {why}", self.name)))?;
        warnings.extend(tables.warnings().map(|warning| format!("{} {warning}", self.name)));
        if !is_marked {
            warnings.push(format!(
                "{} has no closing comment (`-- Dump completed`): if its end is missing, convert cannot see it",
                self.name
            ));
        }
        Ok(())
    }

    /// Reads exported rows to their end.
    fn read_exported(
        &mut self,
        input: Box<dyn Read + Send>,
        rows: &mut Rows,
        warnings: &mut Vec<String>,
    ) -> Result<(), SourceError> {
        let named: Vec<&str> = self.with.iter().map(AddedField::table).collect();
        let mut count = 0_u64;
        let read = exported::read(input, &self.plan, &named, self.encoding, |columns, values, line| {
            count += 1;
            if count.is_multiple_of(ROWS_OF_A_STEP) {
                (self.on_progress)(Stage::Reading);
            }
            rows.take(columns, values.iter().copied(), line)
        });
        let name = &self.name;
        let clauses = read.map_err(|why| match why {
            Unreadable::Read(error) => SourceError::Read(name.clone(), error),
            Unreadable::Empty => SourceError::WrongInput(format!(
                "{name} is empty: expected rows as CSV with a header, or as JSON lines"
            )),
            Unreadable::Wrong(why) => SourceError::WrongInput(format!("{name}: {why}")),
            Unreadable::NotTaken(why) => why.into_error(name),
            Unreadable::Start(start, why) => {
                let judged = &start[..start.len().min(MAX_JUDGED)];
                let clause = guess::judge(judged, judged.len() < start.len(), Expected::Rows);
                SourceError::WrongInput(match clause {
                    Some(clause) => format!("{name} {clause}"),
                    None => format!("{name}: {why}"),
                })
            }
        })?;
        warnings.extend(clauses.iter().map(|clause| format!("{name} {clause}")));
        Ok(())
    }

    /// The error for a dump that cannot be read. If its first line does not belong to a dump, that line decides.
    fn unreadable(&self, start: &[u8], error: &dump::Error) -> SourceError {
        let blank = start.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        let line = start[blank..].split(|&byte| byte == b'\n').next().expect("a split has a first part");
        let is_first =
            error.line() == 1 + start[..blank].iter().filter(|&&byte| byte == b'\n').count() as u64;
        let is_cut = blank + line.len() == start.len();
        let clause = is_first.then(|| guess::judge(line.trim_ascii_end(), is_cut, Expected::Dump)).flatten();
        SourceError::WrongInput(match clause {
            Some(clause) => format!("{} {clause}", self.name),
            None => format!("{}: {error}{}", self.name, see(error.kind().name())),
        })
    }
}

/// Sorts the rows that are read, and notes their ids.
struct Rows {
    ids: Ids,
    sorter: Sorter<Key>,
}

/// Takes the tables and rows of a dump in the order of the dump.
struct DumpRows<'p, 'r> {
    tables: Tables<'p>,
    rows: &'r mut Rows,
    is_marked: bool,
}

/// Why a row cannot be taken.
enum NotTaken {
    /// The row is wrong. The text says why, and names the line.
    Rows(String),
    Sort(io::Error),
}

impl NotTaken {
    fn into_error(self, name: &str) -> SourceError {
        match self {
            Self::Rows(why) => SourceError::WrongInput(format!("{name}: {why}")),
            Self::Sort(error) => sort_error(error),
        }
    }
}

impl Rows {
    fn take<'v>(
        &mut self,
        columns: &Columns,
        values: impl Iterator<Item = impl Into<dump::Value<'v>>>,
        line: u64,
    ) -> Result<(), NotTaken> {
        let pushed = self.sorter.push(|out| columns.read(values, line, out));
        match pushed.map_err(NotTaken::Sort)? {
            Ok(Some(key)) => self.ids.note(key),
            Ok(None) => {}
            Err(error) => return Err(NotTaken::Rows(format!("{error}{}", see(error.kind().name())))),
        }
        Ok(())
    }
}

impl DumpRows<'_, '_> {
    fn take(&mut self, event: Event<'_>) -> Result<(), NotTaken> {
        match event {
            Event::Table(table) => self.tables.note(table).map(drop).map_err(NotTaken::Rows),
            Event::Insert(table) => self.tables.open(table).map_err(NotTaken::Rows),
            Event::Row(row) => match self.tables.columns() {
                Some(columns) => self.rows.take(columns, row.values(), row.line()),
                None => Ok(()),
            },
            Event::End { is_marked } => {
                self.is_marked = is_marked;
                Ok(())
            }
        }
    }
}

/// The message about rows of the input `name` that contradict each other.
pub(crate) fn rows_error(name: &str, error: &rows::Error) -> String {
    format!("{name}: {error}{}", see(error.kind().name()))
}

/// The end of a message whose code is explained.
fn see(code: &str) -> String {
    format!(" (--explain {code})")
}

fn sort_error(error: io::Error) -> SourceError {
    SourceError::Sort(std::env::temp_dir(), error)
}

/// Fills the start of a buffer with at least `least` bytes, if the input has so many. Returns the number of bytes.
fn fill(input: &mut impl Read, space: &mut [u8], least: usize) -> io::Result<usize> {
    let mut len = 0;
    while len < least {
        match input.read(&mut space[len..]) {
            Ok(0) => break,
            Ok(read) => len += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(len)
}
