//! Examples of explanations, and how their payloads are built.

use crate::convert::{Source, Target};
use crate::dump;
use crate::encoding::Encoding;
use crate::error::Error;
use crate::loss::Loss;
use crate::model::Profile;
use crate::rows::{Builder, Built, Owner, Plan};

/// A payload for which converting or restoring reports a code, and the options for that.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct Example {
    /// The format of the payload; [`Source::Form`] if `origin` is set.
    pub source: Source,
    /// The format of the output.
    pub target: Target,
    /// The payload to convert, or the output to restore if `losses` is set. With an `origin`, the text from which the
    /// payload is built.
    pub payload: &'static str,
    /// The kind of text from which [`Example::build`] builds the payload. `None` if `payload` is the payload itself.
    pub origin: Option<Origin>,
    /// The losses to put back, as a line of a losses file. `None` if the example is to be converted.
    pub losses: Option<&'static str>,
    /// Whether [`Options::only_contact_data`](crate::Options::only_contact_data) is set.
    pub only_contact_data: bool,
    /// The [`Options::max_payload`](crate::Options::max_payload), if it is not the default.
    pub max_payload: Option<usize>,
    /// The [`Options::encoding`](crate::Options::encoding).
    pub encoding: Option<Encoding>,
    /// The [`Options::profile`](crate::Options::profile).
    pub profile: Profile,
}

/// The kind of text from which the payload of an [`Example`] is built. Later versions may add kinds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum Origin {
    /// A line of legacy JSON: [`legacy_json`](crate::legacy_json) builds the payload.
    LegacyJson,
    /// An SQL dump with the rows of one person: [`dump`](crate::dump) reads it, [`rows`](crate::rows) builds the
    /// payload.
    Dump {
        /// An [`AddedField`](crate::rows::AddedField) of the plan, to be parsed.
        added_field: Option<&'static str>,
    },
}

impl Example {
    /// Returns the payload of the example, which is built first if `origin` is set, and the losses of the JSON or the
    /// rows from which it is built.
    ///
    /// # Errors
    ///
    /// The text is rejected, so no payload is built: the kinds of
    /// [`legacy_json::Builder::payload`](crate::legacy_json::Builder::payload), and
    /// [`RowWithoutPerson`](crate::ErrorKind::RowWithoutPerson).
    pub fn build(&self) -> Result<(Vec<u8>, Vec<Loss>), Error> {
        let mut out = Vec::new();
        match self.origin {
            None => Ok((self.payload.as_bytes().to_vec(), Vec::new())),
            Some(Origin::LegacyJson) => {
                let losses = crate::legacy_json::payload(self.payload, &mut out)?;
                Ok((out, losses))
            }
            Some(Origin::Dump { added_field }) => {
                let built = build(self.payload, added_field, &mut out);
                match built.rejection() {
                    Some(rejection) => Err(rejection.clone()),
                    None => Ok((out, built.losses().to_vec())),
                }
            }
        }
    }
}

/// Builds the payload of the only person in a dump. Panics if the dump cannot be read: only examples of this crate are
/// passed here.
fn build(dump: &str, added_field: Option<&str>, out: &mut Vec<u8>) -> Built {
    let added = added_field.map(|added| added.parse().expect("a column of a table"));
    let plan = Plan::new(Owner::People, added).expect("one field");
    let mut reader = dump::Reader::new(plan.tables());
    reader.feed(dump.as_bytes());
    reader.end();
    let (mut columns, mut rows) = (None, Vec::new());
    while let Some(event) = reader.next_event().expect("a dump") {
        match event {
            dump::Event::Insert(table) => {
                columns = Some(plan.columns(table.name(), table.columns()).expect("all columns"));
            }
            dump::Event::Row(row) => {
                let mut compact = Vec::new();
                let columns = columns.as_ref().expect("rows follow an INSERT");
                if let Some(key) =
                    columns.read(row.values(), row.line(), &mut compact).expect("numbers as ids")
                {
                    rows.push((key, compact));
                }
            }
            dump::Event::Table(_) | dump::Event::End { .. } => {}
        }
    }
    rows.sort_by_key(|(key, _)| *key);
    let rows = rows.iter().map(|(_, row)| row.as_slice());
    Builder::new(&plan).payload(rows, out).expect("rows with ids of their own")
}

const fn to(source: Source, target: Target, payload: &'static str) -> Example {
    Example {
        source,
        target,
        payload,
        origin: None,
        losses: None,
        only_contact_data: false,
        max_payload: None,
        encoding: None,
        profile: Profile::Documented,
    }
}

pub(super) const fn form(payload: &'static str) -> Example {
    to(Source::Form, Target::V2, payload)
}

pub(super) const fn windows_1252(payload: &'static str) -> Example {
    Example { encoding: Some(Encoding::WINDOWS_1252), ..form(payload) }
}

pub(super) const fn body(payload: &'static str) -> Example {
    to(Source::V2, Target::Form, payload)
}

pub(super) const fn extended(example: Example) -> Example {
    Example { profile: Profile::Extended, ..example }
}

pub(super) const fn legacy_json(payload: &'static str) -> Example {
    Example { origin: Some(Origin::LegacyJson), ..form(payload) }
}

pub(super) const fn dump(added_field: Option<&'static str>, payload: &'static str) -> Example {
    Example { origin: Some(Origin::Dump { added_field }), ..form(payload) }
}
