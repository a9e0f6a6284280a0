//! Counts that only `--check` and `--report` need. They take bounded memory, and do not depend on the number of
//! threads.

mod outputs;

use std::borrow::Cow;

use deskpro_contact::{Code, Conversion, Error, ErrorKind, Field, Kind, Loss, Severity, Target};
use indexmap::IndexMap;

use crate::excerpt::printable;

/// Types, names, values and losses of some lines.
#[derive(Default, Debug)]
pub(crate) struct Findings {
    pub(crate) types: NameCounts,
    pub(crate) unknown_types: NameCounts,
    pub(crate) unknown_fields: NameCounts,
    /// The services of instant messages, as they were sent, in lower case (ASCII).
    pub(crate) services: NameCounts,
    /// The fields of outputs other than contact data, each once per payload.
    pub(crate) other_fields: NameCounts,
    /// The fields of payloads other than contact data that the outputs do not have, each once per loss.
    pub(crate) lost_fields: NameCounts,
    /// The converted payloads with a loss that is data.
    pub(crate) with_data: u64,
    /// The values in the outputs: texts, numbers and truth values, without those that are empty.
    pub(crate) written: u64,
    /// The number of data losses in the losses file.
    pub(crate) data: u64,
    /// The number of notes in the losses file.
    pub(crate) notes: u64,
    /// The lines of the losses file, without its first and its last line.
    pub(crate) lines: u64,
    /// The length of these lines in bytes, with their line ends.
    pub(crate) bytes: u64,
}

/// Names and their counts, in the order of their first occurrences.
#[derive(Default, Debug)]
pub(crate) struct NameCounts {
    counts: IndexMap<String, u64>,
    /// The count of all names that are not counted separately, because there are too many in all payloads or in one.
    pub(crate) others: u64,
    /// The names of the current payload, which are not in `counts` yet.
    of_payload: IndexMap<String, u64>,
}

impl NameCounts {
    /// The maximum number of names that are counted separately.
    const MAX_NAMES: usize = 1000;
    /// The maximum length of a name, in characters.
    const MAX_LENGTH: usize = 64;
    /// The maximum number of names of one payload that are counted separately. A batch is a long payload, or many short
    /// ones with few names, so its memory is limited, too.
    const MAX_OF_PAYLOAD: usize = 10 * Self::MAX_NAMES;

    /// Counts a name of the current payload.
    fn count(&mut self, name: &str) {
        let is_plain = name.len() <= Self::MAX_LENGTH && name.bytes().all(|byte| matches!(byte, b' '..=b'~'));
        let name = match is_plain {
            true => Cow::Borrowed(name),
            false => Cow::Owned(printable(name.as_bytes(), Self::MAX_LENGTH)),
        };
        let has_room = self.of_payload.len() < Self::MAX_OF_PAYLOAD;
        let count = match self.of_payload.get_mut(&*name) {
            Some(count) => count,
            None if has_room => self.of_payload.entry(name.into_owned()).or_default(),
            None => &mut self.others,
        };
        *count += 1;
    }

    /// Adds the names of the current payload to those of its batch. [`Self::MAX_NAMES`] does not apply yet: which names
    /// are beyond it must not depend on where batches end.
    fn end_payload(&mut self) {
        for (name, more) in self.of_payload.drain(..) {
            *self.counts.entry(name).or_default() += more;
        }
    }

    fn add(&mut self, mut later: Self) {
        later.end_payload();
        self.others += later.others;
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

    pub(crate) fn is_empty(&self) -> bool {
        self.counts.is_empty()
    }

    /// Names and counts, the most frequent first.
    pub(crate) fn sorted(&self) -> Vec<(&str, u64)> {
        let mut rows: Vec<_> = self.counts.iter().map(|(name, count)| (name.as_str(), *count)).collect();
        rows.sort_by(|one, other| other.1.cmp(&one.1).then(one.0.cmp(other.0)));
        rows
    }
}

impl Findings {
    /// Counts types, fields, values and losses of a converted payload.
    pub(crate) fn conversion(&mut self, target: Target, conversion: &Conversion<'_>) {
        for contact in conversion.contacts() {
            self.types.count(contact.kind().name());
            if let (Kind::InstantMessage, Some(service)) = (contact.kind(), contact.get(Field::Service)) {
                self.services.count(&service.to_ascii_lowercase());
            }
        }
        self.written += outputs::read(target, conversion.output(), |name| self.other_fields.count(name));
        self.with_data += u64::from(conversion.has_data_losses());
        for loss in conversion.losses() {
            self.loss(loss.severity());
            match (loss.error(), loss.code()) {
                (Some(error), _) => self.error(error),
                (None, Code::UnknownField) => self.unknown_fields.count(&field_name(target, &loss)),
                (None, code) if is_of_a_person(code) && loss.severity() == Severity::Data => {
                    self.lost_fields.count(first_name(loss.path()));
                }
                (None, _) => {}
            }
        }
        self.end_payload();
    }

    fn end_payload(&mut self) {
        let Self { types, unknown_types, unknown_fields, services, other_fields, lost_fields, .. } = self;
        for names in [types, unknown_types, unknown_fields, services, other_fields, lost_fields] {
            names.end_payload();
        }
    }

    /// Counts a loss.
    pub(crate) fn loss(&mut self, severity: Severity) {
        *match severity {
            Severity::Data => &mut self.data,
            Severity::Note => &mut self.notes,
        } += 1;
    }

    /// Counts the losses of a line of an earlier losses file, which the new file has, too.
    pub(crate) fn passed_on(&mut self, codes: &[(Code, Severity)]) {
        codes.iter().for_each(|(_, severity)| self.loss(*severity));
    }

    /// Counts an unknown type, for which a record or a payload was rejected.
    pub(crate) fn error(&mut self, error: &Error) {
        if matches!(error.kind(), ErrorKind::TypeUnknown | ErrorKind::TypeOfOtherFormat) {
            self.unknown_types.count(error.found());
        }
    }

    /// Adds the findings of later lines.
    pub(crate) fn add(&mut self, later: Self) {
        let Self {
            types,
            unknown_types,
            unknown_fields,
            services,
            other_fields,
            lost_fields,
            with_data,
            written,
            data,
            notes,
            lines,
            bytes,
        } = later;
        self.types.add(types);
        self.unknown_types.add(unknown_types);
        self.unknown_fields.add(unknown_fields);
        self.services.add(services);
        self.other_fields.add(other_fields);
        self.lost_fields.add(lost_fields);
        self.with_data += with_data;
        self.written += written;
        self.data += data;
        self.notes += notes;
        self.lines += lines;
        self.bytes += bytes;
    }
}

/// Whether a loss of this code is a field of a person or an organization.
fn is_of_a_person(code: Code) -> bool {
    [Code::OtherField, Code::UnknownPersonField, Code::NameTaken, Code::UnsayableName].contains(&code)
}

/// The name of the field at the top of a payload that a path is in: `labels` of `labels[0]`.
fn first_name(path: &str) -> &str {
    path.split_once('[').map_or(path, |(name, _)| name)
}

/// The name of an unknown field within its record: `data[colour]`, `colour`.
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
