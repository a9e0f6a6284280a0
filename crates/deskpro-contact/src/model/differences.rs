//! The differences between the two formats as a table for documentation, and names for messages.

use super::kind::{Field, Kind, Profile, Service};
use super::table::person::{FieldShape, PERSON_FIELDS, PersonField};
use super::table::{COMMENT, Format, Required, Rule, Spelling, ValueType, envelope, row, service};

/// Lists the types of a format for a message: `one of the types …`.
pub(crate) fn types(format: Format) -> String {
    let names: Vec<&str> = Kind::ALL.into_iter().filter_map(|kind| row(kind).name.written(format)).collect();
    format!("one of the types {}", names.join(", "))
}

/// Lists the fields of which a record of a kind needs at least one, for a message: `a, b or c`.
pub(crate) fn required(kind: Kind, format: Format) -> String {
    let columns = row(kind).columns.iter().filter(|column| match column.required {
        Required::AnyOf => true,
        Required::InV2 => format == Format::V2,
        Required::No => false,
    });
    let names: Vec<&str> = columns.map(|column| column.name.anywhere(format)).collect();
    match names.split_last() {
        Some((last, others)) if !others.is_empty() => format!("{} or {last}", others.join(", ")),
        Some(_) | None => names.concat(),
    }
}

/// Returns the differences between the two formats as a Markdown table.
///
/// Each type, field and service has a row with its names in both formats, with the column of a legacy server's table of
/// contact data that holds a field, and with the name or value that converting writes in the other format. Each field of a person that [`Profile::Extended`] renames has a row, too. The last three
/// rows are about the other fields of a person: those with the same name in both formats, those that only v2 has, and
/// all that v2 does not know. `extended` marks names that v2 has only in that profile.
///
/// ```
/// let table = deskpro_contact::differences();
/// assert!(table.contains("| `profile_url` | `field_1` | `url` |"));
/// assert!(table.contains("| `email` |  | extended: `primary_email` |"));
/// ```
#[must_use]
pub fn differences() -> String {
    let mut table = Table(String::from(
        "| contact | legacy | database | v2 | to v2 | to legacy |\n|---|---|---|---|---|---|\n",
    ));
    for kind in Kind::ALL {
        add_kind(&mut table, kind);
    }
    table.add("every record: comment", Names::of(COMMENT).in_database(envelope::COMMENT), "", "");
    for of in Service::ALL {
        let spelling = service(of);
        let other = |to| match spelling.written(to) {
            None => format!("`other`, loss `{}`", spelling.loss_code().name()),
            Some(_) => String::new(),
        };
        let name = spelling.anywhere(Format::V2);
        let (to_v2, to_legacy) = (other(Format::V2), other(Format::Legacy));
        table.add(&format!("service {name}"), Names::of(spelling), &to_v2, &to_legacy);
    }
    for field in PERSON_FIELDS.iter().filter(|field| field.legacy.is_some() && !field.keeps_name()) {
        add_person_field(&mut table, field);
    }
    add_other_person_fields(&mut table);
    table.0
}

/// Rows of a Markdown table.
struct Table(String);

/// The cells of a row with the names in both formats, and the remarks on names that a format does not have.
struct Names {
    legacy: String,
    /// The column of a legacy server's table of contact data that holds the value.
    database: String,
    v2: String,
    to_v2: String,
    to_legacy: String,
}

impl Table {
    /// Adds a row. A remark that is not empty replaces the remark of `names`.
    fn add(&mut self, contact: &str, names: Names, to_v2: &str, to_legacy: &str) {
        let Names { legacy, database, v2, .. } = &names;
        let to_v2 = if to_v2.is_empty() { &names.to_v2 } else { to_v2 };
        let to_legacy = if to_legacy.is_empty() { &names.to_legacy } else { to_legacy };
        self.0 += &format!("| {contact} | {legacy} | {database} | {v2} | {to_v2} | {to_legacy} |\n");
    }
}

impl Names {
    fn of(spelling: Spelling) -> Self {
        let loss = format!("loss `{}`", spelling.loss_code().name());
        let is_extended =
            spelling.is_in_profile(Format::V2, Profile::Extended) && !spelling.is_in(Format::V2);
        let to_v2 = match (spelling.is_in(Format::V2), is_extended) {
            (true, _) => String::new(),
            (false, true) if spelling.is_in(Format::Legacy) => format!("documented: {loss}"),
            (false, true) => String::new(),
            (false, false) => loss.clone(),
        };
        Self {
            legacy: listed(spelling.names(Format::Legacy)),
            database: String::new(),
            v2: match is_extended {
                true => format!("extended: `{}`", spelling.anywhere(Format::V2)),
                false => listed(spelling.names(Format::V2)),
            },
            to_v2,
            to_legacy: if spelling.is_in(Format::Legacy) { String::new() } else { loss },
        }
    }

    /// No remarks here: they are in the row of the type, because the whole record is one loss or gets another type.
    fn without_remarks(self) -> Self {
        Self { to_v2: String::new(), to_legacy: String::new(), ..self }
    }

    fn in_database(self, column: &str) -> Self {
        Self { database: format!("`{column}`"), ..self }
    }
}

fn listed(names: &[&str]) -> String {
    let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    if names.is_empty() { "none".to_owned() } else { names.join(", ") }
}

fn add_kind(table: &mut Table, kind: Kind) {
    let row = row(kind);
    let name = kind.name();
    let mut names = Names::of(row.name);
    let to_v2 = match row.rule {
        Rule::MapsTo(kind, of) => {
            format!("`{}`, service `{}`", kind.name(), service(of).anywhere(Format::V2))
        }
        Rule::None | Rule::AliasSetsField(_) => String::new(),
    };
    if let Some(list) = row.extended {
        names.v2 = format!("extended: `{}`", list.name);
        let loss = row.name.loss_code().name();
        names.to_v2 = format!(
            "documented: loss `{loss}`; extended: loss `{loss}` if there is doubt which number is meant"
        );
    }
    table.add(&format!("**{name}**"), names, &to_v2, "");
    let has_place = row.name.is_in(Format::V2) && row.name.is_in(Format::Legacy);
    for column in row.columns {
        let is_in = |format| row.is_in_profile(format, Profile::Extended);
        let mut names = Names::of(column.name);
        if !is_in(Format::V2) {
            names.v2 = "none".to_owned();
        }
        if !is_in(Format::Legacy) {
            names.legacy = "none".to_owned();
        }
        if let Some(number) = column.stored {
            names = names.in_database(&format!("{}{number}", envelope::STORED));
        }
        if !has_place {
            names = names.without_remarks();
        }
        let longest = column.longest.map(|longest| format!(", at most {longest} digits"));
        let from_number = format!("from the number{}", longest.unwrap_or_default());
        let (to_v2, to_legacy) = match (column.field, column.value_type) {
            (Field::CallingCode, _) => ("extended: a part of the number", ""),
            (Field::Number, _) => ("extended: E.164", ""),
            (Field::PhoneType, _) => ("extended: loss `phone-type`", ""),
            (Field::Extension, _) => (&*from_number, "after the number: ` x12`"),
            (_, ValueType::Text)
                if has_place
                    && column.name.is_in(Format::V2)
                    && column.required == Required::AnyOf
                    && row.columns.len() > 2 =>
            {
                ("`\"\"` if missing", "")
            }
            (_, ValueType::Service) => ("lower case; `other` if missing or not in v2's list", ""),
            (_, ValueType::Boolean) => ("PHP's truth; `false` if missing", ""),
            (_, ValueType::Text) => ("", ""),
        };
        table.add(&format!("{name}: {}", column.field.name()), names, to_v2, to_legacy);
    }
    if let Some(list) = row.extended {
        let names = Names {
            legacy: format!("`{}`", envelope::COMMENT),
            database: format!("`{}`", envelope::COMMENT),
            v2: format!("extended: `{}`", list.comment),
            to_v2: String::new(),
            to_legacy: String::new(),
        };
        let loss = COMMENT.loss_code().name();
        let to_v2 = format!("extended: loss `{loss}` if longer than {} characters", list.longest_comment);
        table.add(&format!("{name}: comment"), names, &to_v2, "");
    }
}

fn add_person_field(table: &mut Table, field: &PersonField) {
    let marks = match field.shape {
        FieldShape::Any | FieldShape::Id => ("", ""),
        FieldShape::List => ("[]", ""),
        FieldShape::ByNumber => ("[N]", "{N}"),
    };
    let legacy = field.legacy.map(|name| format!("{name}{}", marks.0));
    let names = Names {
        legacy: listed(&legacy.as_deref().into_iter().collect::<Vec<_>>()),
        database: String::new(),
        v2: format!("extended: `{}{}`", field.v2, marks.1),
        to_v2: String::new(),
        to_legacy: String::new(),
    };
    let to_v2 = match field.shape {
        FieldShape::Any => "",
        FieldShape::Id => "a legacy `organization`, which is a name: loss `unknown-name`",
        FieldShape::List => "always a list",
        FieldShape::ByNumber => "always an object; without the prefix `field_`",
    };
    table.add(&format!("person: {}", field.v2), names, to_v2, "");
}

/// Adds a row for the fields that have the same name in both formats, and one for those that only v2 has.
fn add_other_person_fields(table: &mut Table) {
    let names = |holds: fn(&PersonField) -> bool| {
        let fields = PERSON_FIELDS.iter().filter(|field| holds(field));
        listed(&fields.map(|field| field.v2).collect::<Vec<_>>())
    };
    let row = |legacy, v2| Names {
        legacy,
        database: String::new(),
        v2,
        to_v2: String::new(),
        to_legacy: String::new(),
    };
    let same = names(PersonField::keeps_name);
    table.add("person: fields of the same name", row(same, "extended: the same".to_owned()), "", "");
    // The list of phones has a row of its own.
    let v2_only = names(|field| field.legacy.is_none() && field.v2 != envelope::PHONE_NUMBERS);
    table.add(
        "person: fields that only v2 has",
        row("none".to_owned(), format!("extended: {v2_only}")),
        "",
        "under the same name",
    );
    table.add(
        "person: any other field",
        row("any name".to_owned(), "none".to_owned()),
        "extended: loss `unknown-name`",
        "",
    );
}
