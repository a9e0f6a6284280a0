//! The differences between the two formats, as a table for people.

use super::kind::{Kind, Service};
use super::table::{self, COMMENT, Format, Required, Rule, SHARED, Spelling, ValueType, row, service};

/// The types of a format, for a message.
pub(crate) fn types(format: Format) -> String {
    let names: Vec<&str> = Kind::ALL.into_iter().filter_map(|kind| row(kind).name.written(format)).collect();
    format!("one of the types {}", names.join(", "))
}

/// The fields of which a record of a kind needs one, for a message.
pub(crate) fn required(kind: Kind, format: Format) -> String {
    let columns = row(kind).columns.iter().filter(|column| column.required == Required::AnyOf);
    let names: Vec<&str> = columns.map(|column| column.name.anywhere(format)).collect();
    match names.split_last() {
        Some((last, others)) if !others.is_empty() => format!("{} or {last}", others.join(", ")),
        Some(_) | None => names.concat(),
    }
}

/// The differences between the two formats, as a Markdown table: each type, field and service in the spelling of
/// both, and what becomes of what one of them lacks.
///
/// ```
/// let table = deskpro_contact::differences();
/// assert!(table.contains("| `profile_url` | `url` |"));
/// ```
#[must_use]
pub fn differences() -> String {
    let mut out = String::from("| contact | legacy | v2 | to v2 | to legacy |\n|---|---|---|---|---|\n");
    let mut line = |contact: &str, kind: Spelling, spelling: Spelling, to_v2: &str, to_legacy: &str| {
        let names = |format| {
            if !kind.is_in(format) {
                return "none".to_owned();
            }
            let names: Vec<String> = spelling.names(format).iter().map(|name| format!("`{name}`")).collect();
            if names.is_empty() { "none".to_owned() } else { names.join(", ") }
        };
        let (legacy, v2) = (names(Format::Legacy), names(Format::V2));
        let says = |to: Format, says: &str| match (spelling.written(to), says) {
            (_, says) if !says.is_empty() => says.to_owned(),
            // All of it is one loss, or has another type's place.
            _ if !kind.is_in(to) && kind.names(to.other()) != spelling.names(to.other()) => String::new(),
            (None, _) => format!("loss `{}`", spelling.lost().name()),
            (Some(_), _) => String::new(),
        };
        let (to_v2, to_legacy) = (says(Format::V2, to_v2), says(Format::Legacy, to_legacy));
        out.push_str(&format!("| {contact} | {legacy} | {v2} | {to_v2} | {to_legacy} |\n"));
    };
    for kind in Kind::ALL {
        let row = row(kind);
        let name = row.name.anywhere(Format::V2);
        let to_v2 = match row.rule {
            Rule::MapsTo(kind, of) => {
                let kind = table::row(kind).name.anywhere(Format::V2);
                format!("`{kind}`, service `{}`", service(of).anywhere(Format::V2))
            }
            Rule::None | Rule::AliasSetsField(_) => String::new(),
        };
        line(&format!("**{name}**"), SHARED, row.name, &to_v2, "");
        let has_place = row.name.is_in(Format::V2) && row.name.is_in(Format::Legacy);
        for column in row.columns {
            let to_v2 = match (column.holds, column.name.written(Format::V2)) {
                (ValueType::Text, Some(_))
                    if has_place && column.required == Required::AnyOf && row.columns.len() > 2 =>
                {
                    "`\"\"` if missing"
                }
                (ValueType::Service, _) => "lower case; `other` if missing or not in v2's list",
                (ValueType::Boolean, _) => "PHP's truth; `false` if missing",
                (ValueType::Text, _) => "",
            };
            line(&format!("{name}: {}", column.name.anywhere(Format::V2)), row.name, column.name, to_v2, "");
        }
    }
    line("every record: comment", SHARED, COMMENT, "", "");
    for of in Service::ALL {
        let spelling = service(of);
        let other = |to| match spelling.written(to) {
            None => format!("`other`, loss `{}`", spelling.lost().name()),
            Some(_) => String::new(),
        };
        let name = spelling.anywhere(Format::V2);
        line(&format!("service {name}"), SHARED, spelling, &other(Format::V2), &other(Format::Legacy));
    }
    out
}
