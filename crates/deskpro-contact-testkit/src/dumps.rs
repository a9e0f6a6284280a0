//! SQL dumps: reading them in pieces of any size, and a writer of rows in random spellings.

use std::fmt::Write;

use deskpro_contact::dump::{Error, Event, Reader, Table, Value};
use serde_json::json;

use crate::Rng;

/// Reads a dump in pieces of the lengths that `piece` gives. One line of JSON for each event, and the error if there is
/// one.
pub fn read(
    dump: &[u8],
    wanted: &[&str],
    mut piece: impl FnMut() -> usize,
) -> (Vec<serde_json::Value>, Option<Error>) {
    let mut reader = Reader::new(wanted.iter().copied());
    let (mut events, mut at) = (Vec::new(), 0);
    loop {
        let end = dump.len().min(at + piece().max(1));
        reader.feed(&dump[at..end]);
        at = end;
        if at == dump.len() {
            reader.end();
        }
        loop {
            match reader.next_event() {
                Ok(Some(event)) => events.push(event_json(event)),
                Ok(None) if at == dump.len() => return (events, None),
                Ok(None) => break,
                Err(error) => return (events, Some(error)),
            }
        }
    }
}

/// An event as JSON. A value is null, a number, a text, `{"raw":"…"}` for a text that is not UTF-8, or `{"hex":"…"}`
/// for a hexadecimal or bit literal; `charset` is the one in front of a text.
fn event_json(event: Event<'_>) -> serde_json::Value {
    match event {
        Event::Table(table) => table_json("table", table),
        Event::Insert(table) => table_json("insert", table),
        Event::Row(row) => {
            json!({"row": row.values().map(value_json).collect::<Vec<_>>(), "line": row.line()})
        }
        Event::End { is_marked } => json!({"end": {"is_marked": is_marked}}),
    }
}

fn table_json(name: &str, table: Table<'_>) -> serde_json::Value {
    let mut object = json!({name: table.name(), "columns": table.columns(), "line": table.line()});
    if let Some(database) = table.database() {
        object["database"] = database.into();
    }
    object
}

fn value_json(value: Value<'_>) -> serde_json::Value {
    let (mut object, charset) = match value {
        Value::Null => return serde_json::Value::Null,
        Value::Number(digits) => return json!({ "number": digits }),
        Value::Text { bytes, charset } => match std::str::from_utf8(bytes) {
            Ok(text) if charset.is_none() => return text.into(),
            Ok(text) => (json!({ "text": text }), charset),
            Err(_) => (json!({ "raw": raw(bytes) }), charset),
        },
        Value::Binary { bytes, charset } => (json!({ "hex": hexadecimal(bytes) }), charset),
    };
    if let Some(charset) = charset {
        object["charset"] = charset.into();
    }
    object
}

/// The bytes of a value of [`read`]; none for NULL.
#[must_use]
pub fn value_bytes(value: &serde_json::Value) -> Option<Vec<u8>> {
    let texts = [&value["number"], &value["text"], value];
    if let Some(text) = texts.iter().find_map(|text| text.as_str()) {
        return Some(text.into());
    }
    if let Some(digits) = value["hex"].as_str() {
        return Some(bytes_of(digits));
    }
    let raw = value["raw"].as_str()?;
    let mut parts = raw.split('%');
    let mut bytes: Vec<u8> = parts.next().unwrap().into();
    for part in parts {
        bytes.extend(bytes_of(&part[..2]));
        bytes.extend_from_slice(&part.as_bytes()[2..]);
    }
    Some(bytes)
}

/// The bytes of hexadecimal digits.
///
/// # Panics
///
/// If there are other characters, or an odd number.
#[must_use]
pub fn bytes_of(digits: &str) -> Vec<u8> {
    let pairs = (0..digits.len()).step_by(2).map(|at| &digits[at..at + 2]);
    pairs.map(|pair| u8::from_str_radix(pair, 16).unwrap()).collect()
}

/// A text that is not UTF-8: its bytes that are not printable ASCII, and `%`, as `%XX`.
fn raw(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(3 * bytes.len());
    for &byte in bytes {
        match byte {
            b' '..=b'~' if byte != b'%' => out.push(char::from(byte)),
            _ => write!(out, "%{byte:02X}").unwrap(),
        }
    }
    out
}

/// Lower-case hexadecimal digits of bytes.
#[must_use]
pub fn hexadecimal(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digits =
        bytes.iter().flat_map(|byte| [DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]]);
    digits.map(char::from).collect()
}

/// The bytes of a random value; none for NULL. Characters that mean something in a dump are frequent.
pub fn random_value(rng: &mut Rng) -> Option<Vec<u8>> {
    const PARTS: &[&[u8]] = &[
        b"'",
        b"\"",
        b"\\",
        b"`",
        b";",
        b",",
        b"(",
        b")",
        b"\n",
        b"\r",
        b"\t",
        b"\0",
        b"\x1a",
        b"\x08",
        b"%",
        b"_",
        b"--",
        b"-- ",
        b"#",
        b"/*",
        b"*/",
        b"/*!",
        b"a",
        b"NULL",
        b"0x41",
        b"-1.5",
        b"\xff",
        "é".as_bytes(),
        "😀".as_bytes(),
        b"INSERT INTO wanted VALUES (1);",
        b"$$",
        b"\\'",
        b"DELIMITER",
        b"abcdefghijklmnopqrstuvwxyz0123456789",
    ];
    if rng.chance(15) {
        return None;
    }
    let count = if rng.chance(1) { 500 } else { rng.below(6) };
    Some((0..count).flat_map(|_| rng.pick(PARTS)).copied().collect())
}

/// Writes a value in a random spelling.
pub fn write_value(rng: &mut Rng, value: Option<&[u8]>, out: &mut Vec<u8>) {
    let Some(bytes) = value else {
        return out.extend_from_slice(rng.pick(&["NULL", "null", "Null"]).as_bytes());
    };
    let is_number = !bytes.is_empty() && bytes.len() < 9 && bytes.iter().all(u8::is_ascii_digit);
    match rng.below(10) {
        0 if !bytes.is_empty() => {
            let digits = hexadecimal(bytes);
            // An odd number of digits has a zero in front.
            let short = digits.strip_prefix('0').filter(|_| rng.chance(50)).unwrap_or(&digits);
            out.extend_from_slice(format!("0x{short}").as_bytes());
        }
        1 => out.extend_from_slice(format!("{}'{}'", rng.pick(&["x", "X"]), hexadecimal(bytes)).as_bytes()),
        2 => {
            let digits: String = bytes.iter().map(|byte| format!("{byte:08b}")).collect();
            out.extend_from_slice(format!("{}'{digits}'", rng.pick(&["b", "B"])).as_bytes());
        }
        3 | 4 if is_number => out.extend_from_slice(bytes),
        _ => {
            out.extend_from_slice(rng.pick(&["", "", "", "_binary ", "_utf8mb4", "_latin1 "]).as_bytes());
            write_text(rng, bytes, out);
        }
    }
}

fn write_text(rng: &mut Rng, bytes: &[u8], out: &mut Vec<u8>) {
    let quote = rng.pick(b"'''\"");
    out.push(quote);
    for (index, &byte) in bytes.iter().enumerate() {
        let escape = match byte {
            b'\0' => b'0',
            b'\n' => b'n',
            b'\r' => b'r',
            b'\t' => b't',
            0x08 => b'b',
            0x1a => b'Z',
            other => other,
        };
        let next = bytes.get(index + 1).copied();
        match byte {
            b'\\' if matches!(next, Some(b'%' | b'_')) && rng.chance(50) => out.push(b'\\'),
            b'\\' => out.extend_from_slice(b"\\\\"),
            _ if byte == quote => {
                let mark = rng.pick(&[quote, b'\\']);
                out.extend([mark, quote]);
            }
            // A needless backslash: other escaped characters are themselves, but these letters and signs are not.
            _ if rng.chance(30) && !(escape == byte && b"0nrtbZ%_".contains(&byte)) => {
                out.extend([b'\\', escape])
            }
            _ => out.push(byte),
        }
    }
    out.push(quote);
}

/// White space, or a comment of a kind that may stand between two tokens.
pub fn write_gap(rng: &mut Rng, out: &mut Vec<u8>) {
    let gap: &[u8] = match rng.below(12) {
        0 => b" ",
        1 => b"\n",
        2 => b"\r\n\t",
        3 => b"/* a ' comment; */",
        4 => b"-- it's a comment;\n",
        5 => b"# \"a comment\n",
        6 => b"/*!999999\\- ' a comment */",
        7 => b"/*!40101 */",
        8 => b"/*M!100100*/",
        _ => b"",
    };
    out.extend_from_slice(gap);
}
