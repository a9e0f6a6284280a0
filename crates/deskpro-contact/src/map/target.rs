//! Changes a contact to one that the target can hold, by the table.

use super::read::lacks_required;
use super::{Mapper, Mode, Unwritten};
use crate::loss::{Code, LostValue, PendingLoss, Severity};
use crate::model::columns::{ColumnSet, columns};
use crate::model::lookup::service_in;
use crate::model::table::{self, COMMENT, Column, Format, Rule, ValueType, row};
use crate::model::{Contact, Field, Kind};
use crate::place::{Part, Place};
use crate::record::{JsonType, Value};

impl Mapper<'_> {
    /// The kind that a contact gets in the target. If the target has no kind for it, the code of the loss of the
    /// record.
    pub(super) fn written_kind(&self, kind: Kind) -> Result<Kind, Code> {
        let row = row(kind);
        match (self.mode, row.rule) {
            // The model has the kinds of both formats.
            (Mode::Inspect, _) => Ok(kind),
            (Mode::Convert(to) | Mode::Restore(to), _) if row.is_in_profile(to, self.rules.profile) => {
                Ok(kind)
            }
            (_, Rule::MapsTo(kind, _)) => Ok(kind),
            (_, Rule::None | Rule::AliasSetsField(_)) => Err(row.name.loss_code()),
        }
    }

    /// Changes a contact to one that the target can hold, and adds the losses. The target must have the contact's kind.
    /// A phone was changed before, by [`Mapper::phone`].
    pub(super) fn in_target(
        &mut self,
        n: u32,
        fields_at: u32,
        contact: &mut Contact<Value>,
    ) -> Result<(), Unwritten> {
        let (to, is_restored) = match self.mode {
            Mode::Convert(to) => (to, false),
            Mode::Restore(to) => (to, true),
            Mode::Inspect => return Ok(()),
        };
        if let Some(comment) = contact.comment {
            if is_restored || COMMENT.is_in_profile(to, self.rules.profile) {
                self.note_json_type(n, Part::Comment, comment);
            } else {
                self.lose_value(COMMENT.loss_code(), severity(comment), n, Part::Comment, comment);
                contact.comment = None;
            }
        }
        let kind = contact.kind();
        let sets = columns(kind);
        let filled = contact.columns(|_| true);
        let has_place = sets.in_format(to, self.rules.profile).or(ColumnSet::when(is_restored));
        let is_missing =
            sets.required_in_v2().and(ColumnSet::when(to == Format::V2 && !is_restored)).without(filled);
        // Plain texts of a form need no check, because they are written unchanged.
        let is_checked = sets.typed.or(ColumnSet::when(self.from == Format::V2)).and(has_place).and(filled);
        let mut lost_some = false;
        for position in filled.without(has_place).or(is_missing).or(is_checked).positions() {
            let column = &row(kind).columns[position];
            let value = contact.values()[position];
            contact.values_mut()[position] = match value {
                Some(value) if has_place.has(position) => Some(self.target_value(n, column, value, to)),
                Some(value) => {
                    let is_false =
                        column.value_type == ValueType::Boolean && !table::truth(&self.tree[value.text]);
                    let severity = if is_false { Severity::Note } else { severity(value) };
                    self.lose_value(column.name.loss_code(), severity, n, Part::Field(column.field), value);
                    lost_some = true;
                    None
                }
                None => Some(self.fill_in(n, column, fields_at, None)),
            };
        }
        if lost_some && lacks_required(contact, self.from) {
            // The only value was in a field that the target does not have.
            return Err(Code::CountryAlone.into());
        }
        Ok(())
    }

    /// Converts a contact to another kind, by [`Rule::MapsTo`].
    pub(super) fn in_other_kind(&mut self, read: &Contact<Value>, kind: Kind, at: u32) -> Contact<Value> {
        let mut other = Contact::new(kind);
        other.comment = read.comment;
        for (field, &value) in read.fields() {
            other.set(field, value);
        }
        if let Rule::MapsTo(_, service) = row(read.kind()).rule {
            let text = self.tree.intern_name(table::service(service).anywhere(Format::V2));
            other.set(Field::Service, Value::text(text, at));
        }
        other
    }

    /// Converts a value that was read to the one that the target gets.
    fn target_value(&mut self, n: u32, column: &Column, value: Value, to: Format) -> Value {
        let part = Part::Field(column.field);
        let is_restored = matches!(self.mode, Mode::Restore(_));
        if column.value_type == ValueType::Text {
            self.note_json_type(n, part, value);
            return value;
        }
        if is_restored && (column.value_type == ValueType::Service || to == Format::Legacy) {
            // Restoring keeps a value as it was read. A JSON boolean in a boolean column needs no note of its type.
            if value.json != JsonType::Boolean || column.value_type != ValueType::Boolean {
                self.note_json_type(n, part, value);
            }
            return value;
        }
        let old = &self.tree[value.text];
        let (text, code) = match column.value_type {
            // The legacy format requires no service.
            ValueType::Service if old.is_empty() && to == Format::Legacy => return value,
            ValueType::Service if old.is_empty() => return self.fill_in(n, column, value.at, Some(value)),
            ValueType::Service => (service_in(to, old), Code::Service),
            ValueType::Boolean if table::truth(old) => (table::TRUE, Code::DisplayFeed),
            ValueType::Boolean => (table::FALSE, Code::DisplayFeed),
            ValueType::Text => unreachable!("returned above"),
        };
        if old == text.as_bytes() {
            return value;
        }
        let has_other_meaning = match column.value_type {
            ValueType::Service => !old.eq_ignore_ascii_case(text.as_bytes()),
            ValueType::Boolean => table::reads_as_false(old),
            ValueType::Text => unreachable!("returned above"),
        };
        let severity = if has_other_meaning { Severity::Data } else { Severity::Note };
        self.lose_value(code, severity, n, part, value);
        Value { text: self.tree.intern_name(text), json: JsonType::Text, ..value }
    }

    /// Returns the default for a missing value, or for the empty value `empty`, and notes that it was filled in.
    fn fill_in(&mut self, n: u32, column: &Column, at: u32, empty: Option<Value>) -> Value {
        self.losses.push(PendingLoss {
            code: Code::FilledIn,
            severity: Severity::Note,
            place: Place::Record(n, Part::Field(column.field)),
            value: empty.map_or(LostValue::None, LostValue::Value),
            at,
            why: None,
        });
        Value::text(self.tree.intern_name(column.default_text()), at)
    }
}

/// The severity of a lost value: an empty value is a note, any other is data.
fn severity(value: Value) -> Severity {
    if value.text.is_empty() { Severity::Note } else { Severity::Data }
}
