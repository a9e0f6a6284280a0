//! The differences between the two formats as a table for documentation, and names for messages.

use super::kind::{Kind, Service};
use super::table::{self, COMMENT, Format, Required, Rule, SHARED, Spelling, ValueType, row, service};

/// Lists the types of a format for a message: `one of the types …`.
pub(crate) fn types(format: Format) -> String {
    let names: Vec<&str> = Kind::ALL.into_iter().filter_map(|kind| row(kind).name.written(format)).collect();
    format!("one of the types {}", names.join(", "))
}

/// Lists the fields of which a record of a kind needs at least one, for a message: `a, b or c`.
pub(crate) fn required(kind: Kind, format: Format) -> String {
    let columns = row(kind).columns.iter().filter(|column| column.required == Required::AnyOf);
    let names: Vec<&str> = columns.map(|column| column.name.anywhere(format)).collect();
    match names.split_last() {
        Some((last, others)) if !others.is_empty() => format!("{} or {last}", others.join(", ")),
        Some(_) | None => names.concat(),
    }
}

/// Returns the differences between the two formats as a Markdown table.
///
/// Each type, field and service has a row: its names in both formats, and what conversion writes in the other format.
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
        let remark = |to: Format, remark: &str| match (spelling.written(to), remark) {
            (_, remark) if !remark.is_empty() => remark.to_owned(),
            // The row of the type has the remark: the whole record is one loss, or becomes a record of another type.
            _ if !kind.is_in(to) && kind.names(to.other()) != spelling.names(to.other()) => String::new(),
            (None, _) => format!("loss `{}`", spelling.loss_code().name()),
            (Some(_), _) => String::new(),
        };
        let (to_v2, to_legacy) = (remark(Format::V2, to_v2), remark(Format::Legacy, to_legacy));
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
            let to_v2 = match (column.value_type, column.name.written(Format::V2)) {
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
            None => format!("`other`, loss `{}`", spelling.loss_code().name()),
            Some(_) => String::new(),
        };
        let name = spelling.anywhere(Format::V2);
        line(&format!("service {name}"), SHARED, spelling, &other(Format::V2), &other(Format::Legacy));
    }
    out
}
