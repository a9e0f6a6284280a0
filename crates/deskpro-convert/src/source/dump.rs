//! An SQL dump: its rows, sorted by person, in batches.
//!
//! The dump is read to its end before the first payload is built, because the rows of a person can stand anywhere in it.

mod ids;
mod tables;

use std::io::{self, Read};

use clap::Parser as _;
use deskpro_contact::dump::{self, Event, Reader};
use deskpro_contact::rows::{self, Builder, Key, Plan, With};

use self::ids::Ids;
use self::tables::Tables;
use super::batch::{BATCH, Batch, SourceError};
use super::grouped::{self, Grouped};
use super::opening::BYTE_ORDER_MARK;
use crate::args::Args;
use crate::guess::{self, Expected, MAX_JUDGED};
use crate::sort::{Limits, Sorter};

/// What a [`Dump`] does, for the progress.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Stage {
    /// It reads the dump.
    Reading,
    /// It gives out payloads: so many of persons and rows, of all rows.
    Building { persons: u64, rows: u64, all_rows: u64 },
}

/// The rows of a dump.
pub(crate) struct Dump<'p> {
    name: String,
    plan: Plan,
    database: Option<String>,
    with: Vec<With>,
    limits: Limits,
    /// The dump, until it is read.
    input: Option<Box<dyn Read + Send>>,
    /// The rows, once the dump was read.
    grouped: Option<Grouped>,
    on_progress: Box<dyn FnMut(Stage) + Send + 'p>,
}

impl<'p> Dump<'p> {
    /// The rows of the dump `input`, which messages call `name`. `on_progress` is called between reads and batches.
    pub(crate) fn new(
        input: Box<dyn Read + Send>,
        name: String,
        args: &Args,
        on_progress: impl FnMut(Stage) + Send + 'p,
    ) -> Self {
        Self {
            name,
            plan: args.plan().expect("the options were checked"),
            database: args.database.clone(),
            with: args.with.clone(),
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

    /// Makes the next batch. The first call reads the dump to its end. Returns false after the last batch.
    ///
    /// # Errors
    ///
    /// The dump cannot be read, or not be understood; or a temporary file cannot be used.
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

    /// Reads the dump to its end, and sorts its rows.
    fn read(
        &mut self,
        mut input: Box<dyn Read + Send>,
        warnings: &mut Vec<String>,
    ) -> Result<Grouped, SourceError> {
        let folder = std::env::temp_dir();
        let mut reader = Reader::new(self.plan.tables());
        let mut rows = Rows {
            tables: Tables::new(&self.plan, self.database.as_deref(), self.with.iter().map(With::table)),
            ids: Ids::new(self.plan.tables().count()),
            sorter: Sorter::new(&folder, self.limits),
            is_marked: false,
        };
        let mut start = Vec::new();
        let mut piece = vec![0; BATCH];
        loop {
            let len = fill(&mut input, &mut piece, if start.is_empty() { BYTE_ORDER_MARK.len() } else { 1 })
                .map_err(|error| SourceError::Read(self.name.clone(), error))?;
            let mut bytes = &piece[..len];
            if start.is_empty() {
                bytes = bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes);
                start = bytes[..bytes.len().min(MAX_JUDGED)].to_vec();
                if start.is_empty() {
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
                rows.take(event).map_err(|why| why.into_error(&self.name))?;
            }
            (self.on_progress)(Stage::Reading);
            if len == 0 {
                break;
            }
        }
        let Rows { tables, ids, sorter, is_marked } = rows;
        tables.check_seen().map_err(|why| SourceError::WrongInput(format!("{}: {why}", self.name)))?;
        warnings.extend(tables.warnings().map(|warning| format!("{} {warning}", self.name)));
        if !is_marked {
            warnings.push(format!(
                "{} has no closing comment (`-- Dump completed`): if its end is missing, convert cannot see it",
                self.name
            ));
        }
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

/// Takes the rows of a dump as they come.
struct Rows<'p> {
    tables: Tables<'p>,
    ids: Ids,
    sorter: Sorter<Key>,
    is_marked: bool,
}

/// Why a row cannot be taken.
enum NotTaken {
    /// For this reason, which names the line.
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

impl Rows<'_> {
    fn take(&mut self, event: Event<'_>) -> Result<(), NotTaken> {
        match event {
            Event::Table(table) => self.tables.note(table).map(drop).map_err(NotTaken::Rows),
            Event::Insert(table) => self.tables.open(table).map_err(NotTaken::Rows),
            Event::Row(row) => {
                let Some(columns) = self.tables.columns() else { return Ok(()) };
                let values = row.values().map(dump::Value::bytes);
                let pushed = self.sorter.push(|out| columns.read(values, row.line(), out));
                match pushed.map_err(NotTaken::Sort)? {
                    Ok(Some(key)) => self.ids.note(key),
                    Ok(None) => {}
                    Err(error) => {
                        return Err(NotTaken::Rows(format!("{error}{}", see(error.kind().name()))));
                    }
                }
                Ok(())
            }
            Event::End { is_marked } => {
                self.is_marked = is_marked;
                Ok(())
            }
        }
    }
}

/// The message about rows that contradict each other, of the input of this name.
pub(crate) fn rows_error(name: &str, error: &rows::Error) -> String {
    format!("{name}: {error}{}", see(error.kind().name()))
}

/// The end of a message whose code is explained.
fn see(code: &str) -> String {
    format!(" (--explain {code})")
}

/// The message about a dump that cannot be read, for the explanation of its error.
pub(crate) fn why_not(dump: &'static str) -> String {
    let args = Args::parse_from(["convert", "--from", "dump"]);
    let input = Box::new(io::Cursor::new([dump, "\n"].concat()));
    let mut batch = Batch::default();
    match Dump::new(input, args.input_name(), &args, |_| {}).next(&mut batch) {
        Err(SourceError::WrongInput(why)) => why,
        Ok(true) => {
            let mut builder = Builder::new(&args.plan().expect("no option"));
            let rows = grouped::Rows(&batch.text);
            let error = builder.payload(rows, &mut Vec::new()).expect_err("a test runs each example");
            rows_error(&args.input_name(), &error)
        }
        Ok(false) | Err(_) => unreachable!("a test runs each example"),
    }
}

fn sort_error(error: io::Error) -> SourceError {
    SourceError::Sort(std::env::temp_dir(), error)
}

/// Reads at least `least` bytes, if the input has so many. Returns the number of bytes.
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
