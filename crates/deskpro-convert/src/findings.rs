//! Counts that only `--check` makes. They take bounded memory, and do not depend on the number of threads.

use deskpro_contact::{Code, Conversion, Error, ErrorKind, Loss, Severity, Target};
use indexmap::IndexMap;

use crate::excerpt::printable;

/// Types, unknown names and losses of some lines.
#[derive(Default, Debug)]
pub(crate) struct Findings {
    pub(crate) types: NameCounts,
    pub(crate) unknown_types: NameCounts,
    pub(crate) unknown_fields: NameCounts,
    /// The number of data losses in the losses file.
    pub(crate) data: u64,
    /// The number of notes in the losses file.
    pub(crate) notes: u64,
    /// The length of the losses file in bytes, without its first and its last line.
    pub(crate) bytes: u64,
}

/// Names and their counts, in the order of their first occurrences.
#[derive(Default, Debug)]
pub(crate) struct NameCounts {
    counts: IndexMap<String, u64>,
    /// The count of all names beyond the first [`Self::MAX_NAMES`].
    pub(crate) others: u64,
}

impl NameCounts {
    /// The maximum number of names that are counted separately.
    const MAX_NAMES: usize = 1000;
    /// The maximum length of a name, in characters.
    const MAX_LENGTH: usize = 64;

    /// Counts a name within one batch, without a limit: which names are beyond the limit must not depend on where
    /// batches end.
    fn count(&mut self, name: &str) {
        let count = self.counts.entry(printable(name.as_bytes(), Self::MAX_LENGTH)).or_default();
        *count += 1;
    }

    fn add(&mut self, later: Self) {
        for (name, more) in later.counts {
            let has_room = self.counts.len() < Self::MAX_NAMES;
            let count = match self.counts.get_mut(&name) {
                Some(count) => count,
                None if has_room => self.counts.entry(name).or_default(),
                None => &mut self.others,
            };
            *count += more;
        }
    }

    /// Names and counts, the most frequent first.
    pub(crate) fn sorted(&self) -> Vec<(&str, u64)> {
        let mut rows: Vec<_> = self.counts.iter().map(|(name, count)| (name.as_str(), *count)).collect();
        rows.sort_by(|one, other| other.1.cmp(&one.1).then(one.0.cmp(other.0)));
        rows
    }
}

impl Findings {
    /// Counts types, unknown fields and losses of a converted payload.
    pub(crate) fn conversion(&mut self, target: Target, conversion: &Conversion<'_>) {
        conversion.contacts().for_each(|contact| self.types.count(contact.kind().name()));
        for loss in conversion.losses() {
            self.loss(loss.severity());
            match loss.error() {
                Some(error) => self.error(error),
                None if loss.code() == Code::UnknownField => {
                    self.unknown_fields.count(&field_name(target, &loss));
                }
                None => {}
            }
        }
    }

    /// Counts a loss.
    pub(crate) fn loss(&mut self, severity: Severity) {
        *match severity {
            Severity::Data => &mut self.data,
            Severity::Note => &mut self.notes,
        } += 1;
    }

    /// Counts an unknown type, for which a record or a payload was rejected.
    pub(crate) fn error(&mut self, error: &Error) {
        if matches!(error.kind(), ErrorKind::TypeUnknown | ErrorKind::TypeOfOtherFormat) {
            self.unknown_types.count(error.found());
        }
    }

    /// Adds the findings of later lines.
    pub(crate) fn add(&mut self, later: Self) {
        let Self { types, unknown_types, unknown_fields, data, notes, bytes } = later;
        self.types.add(types);
        self.unknown_types.add(unknown_types);
        self.unknown_fields.add(unknown_fields);
        self.data += data;
        self.notes += notes;
        self.bytes += bytes;
    }
}

/// The name of an unknown field within its record: `data[colour]`, `label`.
fn field_name(target: Target, loss: &Loss) -> String {
    let names: Vec<&str> =
        loss.path().split('[').map(|name| name.strip_suffix(']').unwrap_or(name)).collect();
    match (target, &names[..]) {
        // contact_data[1][data][colour], and data[colour] of a single record.
        (Target::V2 | Target::Canonical, [above, name] | [_, _, above, name]) => format!("{above}[{name}]"),
        (Target::V2 | Target::Canonical | Target::Form, [.., name]) => (*name).to_owned(),
        (Target::V2 | Target::Canonical | Target::Form, []) => {
            unreachable!("`split` yields at least one part")
        }
    }
}
