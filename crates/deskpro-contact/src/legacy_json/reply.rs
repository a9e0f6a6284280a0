//! Records of replies, which have their fields under names and in the columns of the server's table.

use super::write::Writer;
use crate::form;
use crate::loss::{Code, LostValue, Severity};
use crate::map::{id_severity, tree_loss};
use crate::model::Field;
use crate::model::lookup::type_of;
use crate::model::table::{Column, Derived, Format, Row, envelope, row};
use crate::tree::{Array, Id, Node, Shape, Text, Tree};

/// Where the value of a record's member is, once the payload is built.
enum MemberResult {
    /// The payload holds it.
    Written,
    /// It is empty, or repeats a value that the payload holds.
    Repeated,
    Lost(Severity),
}

impl Writer<'_> {
    /// Adds a record of a reply as a record of a payload: type, comment, and the fields in the order of the table of
    /// differences. If the type is unknown, all other members become fields, so that the loss of the rejected record
    /// holds them.
    pub(super) fn add_reply_record(&mut self, record: Id, records: Id) {
        let first = self.tree.intern_name(envelope::CONTACT_DATA);
        let key = self.tree[record].key;
        let written =
            self.tree.append(records, key, Node::Array(Array::new(Shape::Keys)), self.tree.at(record));
        let child = |tree: &Tree, name: &str| tree.child(record, name.as_bytes());
        let sent_type = child(self.tree, envelope::CONTACT_TYPE).expect("it makes a record one of a reply");
        let kind = self.tree.text(sent_type).and_then(|name| type_of(Format::Legacy, &self.tree[name]).ok());
        for (name, from) in
            [(envelope::TYPE, Some(sent_type)), (envelope::COMMENT, child(self.tree, envelope::COMMENT))]
        {
            if let Some(from) = from {
                let name = self.tree.intern_name(name);
                self.add(from, name, written, Some(first));
            }
        }
        let data = self.tree.intern_name(envelope::DATA);
        let data =
            self.tree.append(written, data, Node::Array(Array::new(Shape::Keys)), self.tree.at(record));
        let Some(kind) = kind else { return self.add_all(record, data, first) };
        let row = row(kind.kind);
        for column in row.columns {
            if let Some(from) = self.value_of(record, column) {
                let name = column.name.read(Format::Legacy).expect("a column of the legacy format");
                let name = self.tree.intern_name(name);
                self.add(from, name, data, Some(first));
            }
        }
        self.lose_rest(record, row);
    }

    /// Adds the members of a record other than its id, type and comment as fields.
    fn add_all(&mut self, record: Id, data: Id, first: Text) {
        let mut next = self.tree.first(record);
        while let Some(member) = next {
            next = self.tree.after(member);
            let name = self.tree.name(member);
            let is_called = |own: &str| name == own.as_bytes();
            if is_called(envelope::ID) && self.is_key_of(member, record) {
                self.note_repeated(record, &[member]);
            } else if !is_called(envelope::CONTACT_TYPE) && !is_called(envelope::COMMENT) {
                self.add(member, self.tree[member].key, data, Some(first));
            }
        }
    }

    /// The member that gives a field its value: the member with the field's name; if it is missing or null, the
    /// server's column, unless that is empty.
    fn value_of(&self, record: Id, column: &Column) -> Option<Id> {
        let tree = &*self.tree;
        let named = tree.child(record, column.name.read(Format::Legacy)?.as_bytes());
        let stored = || {
            let number = column.stored?;
            tree.child(record, format!("{}{number}", envelope::STORED).as_bytes())
        };
        let has_value = |id: &Id| tree.text(*id).is_none_or(|text| !text.is_empty());
        named
            .filter(|id| !self.is_nothing(*id))
            .or_else(|| stored().filter(|id| !self.is_nothing(*id) && has_value(id)))
    }

    /// Adds losses for the members of a record that the payload does not hold: one note for all that are empty or
    /// repeat others, and one loss for each of the rest.
    fn lose_rest(&mut self, record: Id, row: &Row) {
        let mut repeated = Vec::new();
        let mut next = self.tree.first(record);
        while let Some(member) = next {
            next = self.tree.after(member);
            match self.result_of(record, member, row) {
                MemberResult::Written => {}
                MemberResult::Repeated => repeated.push(member),
                MemberResult::Lost(severity) => {
                    let value = LostValue::Tree(member);
                    self.losses.push(tree_loss(self.tree, Code::SourceColumn, severity, member, value));
                }
            }
        }
        if !repeated.is_empty() {
            self.note_repeated(record, &repeated);
        }
    }

    /// Notes members of a record that are empty or repeat others, in one note.
    fn note_repeated(&mut self, record: Id, members: &[Id]) {
        let all = self.tree.root(Shape::Object);
        for &member in members {
            let (key, value) = (self.tree[member].key, self.tree.link(member));
            self.tree.append(all, key, value, self.tree.at(member));
        }
        let value = LostValue::Tree(all);
        self.losses.push(tree_loss(self.tree, Code::SourceRepeated, Severity::Note, record, value));
    }

    fn result_of(&self, record: Id, member: Id, row: &Row) -> MemberResult {
        let tree = &*self.tree;
        let name = tree.name(member);
        let is_called = |own: &str| name == own.as_bytes();
        if is_called(envelope::CONTACT_TYPE) || is_called(envelope::COMMENT) {
            // `add` makes the note about a null.
            return MemberResult::Written;
        }
        if row.columns.iter().any(|column| self.value_of(record, column) == Some(member)) {
            return MemberResult::Written;
        }
        if self.is_nothing(member) || tree.text(member).is_some_and(|text| text.is_empty()) {
            return MemberResult::Repeated;
        }
        if is_called(envelope::ID) {
            return match self.is_key_of(member, record) {
                true => MemberResult::Repeated,
                false => MemberResult::Lost(id_severity(tree, member)),
            };
        }
        let scalar = |id: Id| form::scalar(tree, tree.node(id));
        let is_scalar = tree.array(member).is_none();
        let number = stored_number(name);
        let column = row.columns.iter().find(|column| number.is_some() && column.stored == number);
        if let Some(value) = column.and_then(|column| self.value_of(record, column)) {
            let is_same = is_scalar && tree.array(value).is_none() && scalar(value) == scalar(member);
            return if is_same { MemberResult::Repeated } else { MemberResult::Lost(Severity::Data) };
        }
        let derived = row.derived.iter().find(|(own, derived)| match derived {
            Derived::Display => number == Some(*own) || is_called(envelope::DISPLAY),
            Derived::FullNumber => number == Some(*own),
        });
        let is_repeated = is_scalar
            && derived.is_some_and(|(_, derived)| {
                let [code, number] =
                    [Field::CallingCode, Field::Number].map(|field| self.text_of(record, row, field));
                derived.repeats(code, number, scalar(member))
            });
        if is_repeated { MemberResult::Repeated } else { MemberResult::Lost(Severity::Data) }
    }

    /// The text of a field; empty if the record has none.
    fn text_of(&self, record: Id, row: &Row, field: Field) -> &[u8] {
        let column = row.columns.iter().find(|column| column.field == field);
        let value = column.and_then(|column| self.value_of(record, column));
        value.map_or(b"", |id| form::scalar(self.tree, self.tree.node(id)))
    }

    /// Whether an `id` is the key of its record.
    fn is_key_of(&self, id: Id, record: Id) -> bool {
        form::scalar(self.tree, self.tree.node(id)) == self.tree.name(record)
    }
}

/// The number in the name of a server's column: 3 for `field_3`.
fn stored_number(name: &[u8]) -> Option<u8> {
    let number = name.strip_prefix(envelope::STORED.as_bytes())?;
    match number {
        [digit @ b'1'..=b'9'] => Some(digit - b'0'),
        b"10" => Some(10),
        _ => None,
    }
}
