//! Reads rows as JSON lines: each line is an object with the names of the columns.

use std::borrow::Cow;
use std::fmt;
use std::io::{BufRead, Read as _};

use deskpro_contact::dump::MAX_LEN;
use deskpro_contact::rows::Columns;
use deskpro_contact::{Encoding, legacy_json};
use memchr::memchr;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::{Exported, Unreadable};

/// The names and values of an object, in their order.
struct Object<'l>(Vec<(Cow<'l, str>, &'l RawValue)>);

impl<'de> Deserialize<'de> for Object<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;
        impl<'de> Visitor<'de> for Members {
            type Value = Object<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object with a row's values by the names of the columns")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some((Name(name), value)) = map.next_entry()? {
                    members.push((name, value));
                }
                Ok(Object(members))
            }
        }
        deserializer.deserialize_map(Members)
    }
}

#[derive(serde::Deserialize)]
struct Name<'l>(#[serde(borrow)] Cow<'l, str>);

/// Reads all lines. The input begins on `line`.
pub(super) fn read<E, T>(
    mut input: impl BufRead,
    mut line: u64,
    encoding: Option<Encoding>,
    rows: &mut Exported<'_, T>,
) -> Result<(), Unreadable<E>>
where
    T: FnMut(&Columns, &[Option<&[u8]>], u64) -> Result<(), E>,
{
    let mut bytes = Vec::new();
    let mut is_first = true;
    loop {
        bytes.clear();
        if input.by_ref().take(MAX_LEN as u64).read_until(b'\n', &mut bytes)? == 0 {
            return Ok(());
        }
        if bytes.trim_ascii().is_empty() {
            line += 1;
            continue;
        }
        let wrong = |why: &dyn fmt::Display| format!("line {line}: {why}");
        let decoded = match encoding {
            Some(encoding) => legacy_json::decoded(bytes.trim_ascii(), encoding),
            None => Cow::Borrowed(bytes.trim_ascii()),
        };
        let text = std::str::from_utf8(&decoded).map_err(|error| {
            let at = error.valid_up_to();
            let why = format!(
                "expected JSON in UTF-8, found {} at byte {} (--encoding NAME names another encoding)",
                format_args!("%{:02X}", decoded[at]),
                at + 1
            );
            Unreadable::Wrong(wrong(&why))
        })?;
        if text.starts_with('[') {
            let why = "expected one row, found a list: write each row on a line of its own with `jq -c '.[]'`, or \
                       with `jq -c '.[].data[]?'` if phpMyAdmin wrote the list";
            return Err(Unreadable::Wrong(wrong(&why)));
        }
        let object: Object<'_> = match serde_json::from_str(text) {
            Ok(object) => object,
            Err(error) => {
                let why = wrong(&format!("expected a row as a JSON object, found none ({error})"));
                return Err(match is_first {
                    true => Unreadable::Start(text.as_bytes().to_vec(), why),
                    false => Unreadable::Wrong(why),
                });
            }
        };
        let names: Vec<&str> = object.0.iter().map(|(name, _)| &**name).collect();
        if let Err(error) = rows.choose(&names) {
            let why = format!("line {line}, {error}");
            return Err(match is_first {
                true => Unreadable::Start(text.as_bytes().to_vec(), why),
                false => Unreadable::Wrong(why),
            });
        }
        let mut values = Vec::with_capacity(object.0.len());
        for (column, (_, raw)) in object.0.iter().enumerate() {
            let value = value(raw.get());
            values.push(value.map_err(|error| {
                Unreadable::Wrong(format!(
                    "line {line}, {}: expected a JSON text, found none ({error})",
                    rows.place(column)
                ))
            })?);
        }
        let values: Vec<Option<&[u8]>> =
            values.iter().map(|value| value.as_deref().map(str::as_bytes)).collect();
        rows.row(&values, line)?;
        is_first = false;
        line += 1;
        debug_assert!(memchr(b'\n', &bytes).is_none_or(|at| at + 1 == bytes.len()), "one line");
    }
}

/// The text of a value: `None` for null, `1` and `0` for booleans, as MySQL stores them. Numbers keep their digits,
/// lists and objects their JSON.
fn value(json: &str) -> Result<Option<Cow<'_, str>>, serde_json::Error> {
    Ok(match json.as_bytes() {
        b"null" => None,
        b"true" => Some("1".into()),
        b"false" => Some("0".into()),
        [b'"', ..] => {
            let Name(text) = serde_json::from_str(json)?;
            Some(text)
        }
        _ => Some(json.into()),
    })
}
