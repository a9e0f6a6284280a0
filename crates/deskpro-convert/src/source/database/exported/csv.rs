//! Reads rows as CSV with a header (RFC 4180).

use std::io::Read;

use csv::{ByteRecord, ReaderBuilder};
use deskpro_contact::rows::{Columns, Owner};

use super::strict::{Begun, OUTFILE_NULL, Strict, WrongQuotes};
use super::{Exported, Unreadable};
use crate::source::opening::BYTE_ORDER_MARK;

/// Reads all records. The input begins on `line`.
pub(super) fn read<E, T>(input: impl Read, line: u64, rows: &mut Exported<'_, T>) -> Result<(), Unreadable<E>>
where
    T: FnMut(&Columns, &[Option<&[u8]>], u64) -> Result<(), E>,
{
    let begun = Begun::default();
    let strict = Strict::new(input, line, Begun::clone(&begun));
    let mut reader = ReaderBuilder::new().has_headers(false).flexible(true).from_reader(strict);
    let mut record = ByteRecord::new();
    let mut has_header = false;
    while reader.read_byte_record(&mut record).map_err(unreadable)? {
        let row = begun.borrow_mut().pop_front().expect("the record begins on a line");
        let line = row.line;
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
                        [name] if name.contains([';', '\t', '|']) => {
                            " (separate them by commas, or export JSON lines)"
                        }
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
        if let Some((column, word)) = row.null {
            let place = rows.place(column);
            return Err(Unreadable::Wrong(match word {
                OUTFILE_NULL => format!(
                    "line {line}, {place}: expected an empty value for NULL, found `\\N` of MySQL's INTO OUTFILE, which also \
                     changes other texts: export as RFC 4180 says"
                ),
                _ => format!(
                    "line {line}, {place}: expected an empty value for NULL, or a text in quotes, found {word}: export NULL as \
                     an empty value"
                ),
            }));
        }
        let values: Vec<Option<&[u8]>> = record.iter().map(Some).collect();
        rows.row(&values, line)?;
    }
    rows.ends_in_a_record = reader.get_ref().is_in_a_record();
    if has_header { Ok(()) } else { Err(Unreadable::Empty) }
}

/// Whether a record may be a header: one of its values is the name of an id column. The id in a row of values is a
/// number.
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
