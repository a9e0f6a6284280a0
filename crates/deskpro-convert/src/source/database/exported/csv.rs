//! Rows as CSV with a header (RFC 4180).

use std::io::Read;

use csv::{ByteRecord, ReaderBuilder};
use deskpro_contact::rows::{Columns, Owner};

use super::strict::{Lines, Strict, WrongQuotes};
use super::{Exported, Unreadable};
use crate::source::opening::BYTE_ORDER_MARK;

/// How MySQL's `SELECT … INTO OUTFILE` writes NULL.
const OUTFILE_NULL: &[u8] = b"\\N";

/// Reads all records. The input begins on `line`.
pub(super) fn read<E, T>(input: impl Read, line: u64, rows: &mut Exported<'_, T>) -> Result<(), Unreadable<E>>
where
    T: FnMut(&Columns, &[Option<&[u8]>], u64) -> Result<(), E>,
{
    let lines = Lines::default();
    let strict = Strict::new(input, line, Lines::clone(&lines));
    let mut reader = ReaderBuilder::new().has_headers(false).flexible(true).from_reader(strict);
    let mut record = ByteRecord::new();
    let mut has_header = false;
    let mut values: Vec<Vec<u8>> = Vec::new();
    while reader.read_byte_record(&mut record).map_err(unreadable)? {
        let line = lines.borrow_mut().pop_front().expect("the record begins on a line");
        if !has_header || may_be_header(&record) {
            let names: Vec<String> = record.iter().map(name).collect();
            match rows.choose(&names) {
                Ok(()) => {
                    has_header = true;
                    continue;
                }
                Err(error) if !has_header => {
                    let start = record.iter().collect::<Vec<_>>().join(&b","[..]);
                    let hint = match &names[..] {
                        [name] if name.contains([';', '\t', '|']) => " (separate them by commas)",
                        _ => "",
                    };
                    return Err(Unreadable::Start(start, format!("line {line}, {error}{hint}")));
                }
                Err(error) if rows.plan.table_of(&names).is_ok() => {
                    return Err(Unreadable::Wrong(format!("line {line}, {error}")));
                }
                // The values only look like names.
                Err(_) => {}
            }
        }
        values.clear();
        for (column, value) in record.iter().enumerate() {
            if value == OUTFILE_NULL {
                return Err(Unreadable::Wrong(format!(
                    "line {line}, {}: expected an empty value for NULL, found `\\N` of MySQL's INTO OUTFILE, which also \
                     changes other texts: export as RFC 4180 says",
                    rows.place(column)
                )));
            }
            if value == b"NULL" && rows.null.is_none() {
                rows.null = Some(format!("line {line}, {}", rows.place(column)));
            }
        }
        let values: Vec<Option<&[u8]>> = record.iter().map(Some).collect();
        rows.row(&values, line)?;
    }
    rows.ends_in_a_record = reader.get_ref().is_in_a_record();
    if has_header { Ok(()) } else { Err(Unreadable::Empty) }
}

/// Whether a record may name columns: one of its values is the name of an id. No id of a row is.
fn may_be_header(record: &ByteRecord) -> bool {
    let ids = Owner::ALL.map(Owner::id_column);
    record.iter().any(|value| {
        let value = value.strip_prefix(BYTE_ORDER_MARK).unwrap_or(value);
        value.eq_ignore_ascii_case(b"id") || ids.iter().any(|id| value.eq_ignore_ascii_case(id.as_bytes()))
    })
}

/// The name of a column. A joined file may have its own byte order mark.
fn name(value: &[u8]) -> String {
    String::from_utf8_lossy(value.strip_prefix(BYTE_ORDER_MARK).unwrap_or(value)).trim().to_owned()
}

fn unreadable<E>(error: csv::Error) -> Unreadable<E> {
    let error = match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        // The enum may grow.
        kind @ (csv::ErrorKind::Utf8 { .. }
        | csv::ErrorKind::UnequalLengths { .. }
        | csv::ErrorKind::Seek
        | csv::ErrorKind::Serialize(_)
        | csv::ErrorKind::Deserialize { .. }
        | _) => unreachable!("records of any length and any bytes are read: {kind:?}"),
    };
    match error.downcast::<WrongQuotes>() {
        Ok(WrongQuotes(why)) => Unreadable::Wrong(why),
        Err(error) => Unreadable::Read(error),
    }
}
