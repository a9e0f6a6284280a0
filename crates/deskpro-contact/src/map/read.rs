//! Reads a record into a contact.

use super::{Mapper, Mode, severity};
use crate::error::ErrorKind;
use crate::loss::{Code, LostValue, PendingLoss, Severity};
use crate::model::columns::columns;
use crate::model::lookup::{TypeName, type_of};
use crate::model::table::{self, Format, Rule, comment_name, envelope, row};
use crate::model::{Contact, Kind};
use crate::place::{Part, Place};
use crate::record::{JsonType, PairName, Record, Sent, Value};
use crate::reject::{Rejection, type_error};
use crate::sources::{self, Parts};
use crate::tree::{Id, Node, Tree};

impl Mapper<'_> {
    /// Reads a record into [`Record::read`]. Adds losses for the parts that a contact cannot hold.
    pub(super) fn read(&mut self, n: u32, record: &mut Record) -> Result<(), Rejection> {
        match record.sent {
            Sent::Pairs { start, end } => self.read_pairs(n, record, start as usize, end as usize),
            Sent::FormNode { node, whole } => {
                let parts = sources::form::parts(self.tree, node)?;
                self.read_node(n, record, &parts, whole)
            }
            Sent::Item { node, list } => {
                let parts = sources::v2::parts(self.tree, node, list)?;
                self.read_node(n, record, &parts, node)
            }
            Sent::Phone { node, list } => {
                let parts = sources::v2::phone_parts(self.tree, node, list)?;
                self.read_node(n, record, &parts, node)
            }
        }
    }

    /// Reads a record that the plain reader found, from its pairs.
    fn read_pairs(&mut self, n: u32, record: &mut Record, start: usize, end: usize) -> Result<(), Rejection> {
        let pairs = &self.pairs[start..end];
        let place = |part| Place::Record(n, part);
        let Some(sent_type) = pairs.iter().find(|pair| matches!(pair.name, PairName::Type)) else {
            return Err(Rejection::missing(ErrorKind::TypeMissing, place(Part::Type)));
        };
        let sent_type = sent_type.value;
        let type_name = match record.kind {
            // The record was made of a contact.
            Some(kind) => TypeName::of(kind),
            None => type_of(Format::Legacy, &self.tree[sent_type.text])
                .map_err(|why| Rejection::at(type_error(why), place(Part::Type)))?,
        };
        match pairs.iter().find(|pair| pair.name.is_field()) {
            Some(field) => record.fields_at = field.value.at,
            None if record.kind.is_some() => {}
            None => return Err(Rejection::missing(ErrorKind::DataMissing, place(Part::Data))),
        }
        let kind = type_name.kind;
        record.kind = Some(kind);
        let contact = record.read.insert(Contact::new(kind));
        let (mut record_order, mut field_order) = (Order::default(), Order::default());
        let mut has_unknown = false;
        for pair in pairs {
            match pair.name {
                PairName::Type => record_order.add(0),
                PairName::Comment => {
                    record_order.add(1);
                    contact.comment = Some(pair.value);
                }
                PairName::Field(name) => {
                    record_order.add(2);
                    match self.names.column(name, kind) {
                        Some(column) => {
                            field_order.add(column);
                            contact.values_mut()[column] = Some(pair.value);
                        }
                        None => {
                            field_order.add(usize::MAX);
                            has_unknown = true;
                        }
                    }
                }
                PairName::OtherField(_) => {
                    record_order.add(2);
                    field_order.add(usize::MAX);
                    has_unknown = true;
                }
            }
        }
        self.note_spelling(n, type_name, sent_type);
        if !record_order.is_ascending {
            self.note_order(place(Part::Whole), LostValue::RecordKeys(n), record.at);
        }
        if has_unknown {
            self.lose_unknown_pairs(n, kind, start, end);
        }
        if !field_order.is_ascending {
            self.note_order(place(Part::Data), LostValue::DataKeys(n), record.fields_at);
        }
        if lacks_required(contact, self.from) {
            return Err(empty_pairs(n, contact));
        }
        record.has_alias = self.set_alias(type_name, sent_type, contact);
        Ok(())
    }

    /// Adds the losses of the fields that the kind does not have.
    fn lose_unknown_pairs(&mut self, n: u32, kind: Kind, start: usize, end: usize) {
        for pair in &self.pairs[start..end] {
            let part = match pair.name {
                PairName::Field(name) if self.names.column(name, kind).is_none() => {
                    Part::FieldOfOtherKind(name)
                }
                PairName::OtherField(name) => Part::OtherField(name),
                PairName::Field(_) | PairName::Type | PairName::Comment => continue,
            };
            let Value { text, at, .. } = pair.value;
            self.losses.push(PendingLoss {
                code: Code::UnknownField,
                severity: if text.is_empty() { Severity::Note } else { Severity::Data },
                place: Place::Record(n, part),
                value: LostValue::Value(pair.value),
                at,
                why: None,
            });
        }
    }

    /// Reads a record from the tree. `whole` is a node that holds only the record.
    fn read_node(&mut self, n: u32, record: &mut Record, parts: &Parts, whole: Id) -> Result<(), Rejection> {
        let kind = parts.type_name.kind;
        (record.kind, record.fields_at) = (Some(kind), self.tree.at(parts.fields));
        if let Some(id) = self.tree.not_utf8(whole) {
            return Err(Rejection::at_node(ErrorKind::NotUtf8, id));
        }
        let contact = record.read.insert(Contact::new(kind));
        self.note_spelling(n, parts.type_name, parts.type_value);
        if let Some(comment) = parts.comment {
            contact.comment = self.value(comment)?;
        }
        // Beside a single record, `parts.node` holds other fields of the payload. They are not parts of the record.
        if whole == parts.node {
            self.walk_record(parts);
        }
        let mut next = self.tree.first(parts.fields);
        while let Some(id) = next {
            next = self.tree.after(id);
            if let Some(column) = row(kind).column(self.from, self.tree.name(id))
                && let Some(value) = self.value(id)?
            {
                contact.values_mut()[column] = Some(value);
            }
        }
        if parts.fields != parts.node {
            let from = self.from;
            self.walk(parts.fields, |name| {
                let column = row(kind).column(from, name);
                (column.unwrap_or(usize::MAX), column.is_some())
            });
        }
        if lacks_required(contact, self.from) {
            return Err(self.empty_node(parts));
        }
        record.has_alias = self.set_alias(parts.type_name, parts.type_value, contact);
        Ok(())
    }

    /// The value of a known field. Null is a missing value; a list or an object is rejected.
    fn value(&mut self, id: Id) -> Result<Option<Value>, Rejection> {
        let at = self.tree.at(id);
        let (text, json) = match self.tree.node(id) {
            Node::Text(text) => (text, JsonType::Text),
            Node::Number(text) => (text, JsonType::Number),
            Node::Bool(true) => (self.tree.intern_name(table::TRUE), JsonType::Boolean),
            Node::Bool(false) => (self.tree.intern_name(table::FALSE), JsonType::Boolean),
            Node::Null => {
                self.lose_node(Code::LeftOut, Severity::Note, id);
                return Ok(None);
            }
            Node::Array(_) | Node::Link(_) | Node::Removed => {
                return Err(Rejection::at_node(ErrorKind::FieldNotScalar, id));
            }
        };
        Ok(Some(Value { text, at, json }))
    }

    /// Adds the losses of unknown names of a record, and notes the order of its names if another order is written.
    fn walk_record(&mut self, parts: &Parts) {
        if parts.fields != parts.node {
            return self
                .walk(parts.node, |name| (sources::form::rank(name), sources::form::is_record_name(name)));
        }
        let kind = parts.type_name.kind;
        // Otherwise the name of the list is the type.
        let names_type = self.tree.parent(parts.type_node) == Some(parts.node);
        self.walk(parts.node, |name| {
            let is_known = row(kind).column(Format::V2, name).is_some()
                || name == comment_name(kind, Format::V2).as_bytes()
                || name == envelope::ID.as_bytes()
                || name == envelope::CONTACT_TYPE.as_bytes() && names_type;
            (sources::v2::rank(kind, name), is_known)
        });
    }

    /// Adds the losses of unknown members of an array, and notes the order of names if their ranks do not ascend.
    /// `rank` gives a name's rank, and whether the name is known.
    fn walk(&mut self, array: Id, rank: impl Fn(&[u8]) -> (usize, bool)) {
        let mut order = Order::default();
        let mut next = self.tree.first(array);
        while let Some(id) = next {
            next = self.tree.after(id);
            let name = self.tree.name(id);
            let (rank, is_known) = rank(name);
            order.add(rank);
            if !is_known {
                self.lose_node(Code::UnknownField, severity(self.tree, id), id);
            } else if self.from == Format::V2 && name == envelope::ID.as_bytes() {
                self.lose_node(Code::Id, id_severity(self.tree, id), id);
            }
        }
        if !order.is_ascending {
            self.note_order(Place::Tree(array), LostValue::TreeKeys(array), self.tree.at(array));
        }
    }

    /// Notes an order of names, but only when converting: nothing restores the output of the other modes.
    fn note_order(&mut self, place: Place, value: LostValue, at: u32) {
        if matches!(self.mode, Mode::Convert(_)) {
            let (code, severity) = (Code::Order, Severity::Note);
            self.losses.push(PendingLoss { code, severity, place, value, at, why: None });
        }
    }

    /// Notes the spelling of a type if restoring would write another spelling.
    fn note_spelling(&mut self, n: u32, type_name: TypeName, sent: Value) {
        if !type_name.is_written && self.from == Format::Legacy && self.mode != Mode::Inspect {
            self.lose_value(Code::TypeName, Severity::Note, n, Part::Type, sent);
        }
    }

    /// Sets the field that an alias of the type gives, unless the record has the field. Returns whether it did.
    fn set_alias(&mut self, type_name: TypeName, sent: Value, contact: &mut Contact<Value>) -> bool {
        if let Some(alias) = type_name.alias(self.from)
            && let Rule::AliasSetsField(field) = row(type_name.kind).rule
            && contact.get(field).is_none()
        {
            let text = self.tree.intern_name(alias);
            return contact.set(field, Value { text, ..sent });
        }
        false
    }

    #[cold]
    fn empty_node(&mut self, parts: &Parts) -> Rejection {
        let kind = parts.type_name.kind;
        let Some(name) = only_required(kind, self.from) else {
            return Rejection::missing(ErrorKind::Empty, Place::Tree(parts.fields)).of(kind);
        };
        let name = row(kind).columns[name].name.anywhere(self.from);
        let why = match self.tree.child(parts.fields, name.as_bytes()) {
            Some(id) => Rejection::at_node(ErrorKind::Empty, id),
            None => {
                let name = self.tree.intern_name(name);
                Rejection::missing(ErrorKind::Empty, Place::Under(parts.fields, name))
            }
        };
        why.of(kind)
    }
}

/// Checks whether ranks ascend. Equal ranks may follow each other.
struct Order {
    highest: usize,
    is_ascending: bool,
}

impl Default for Order {
    fn default() -> Self {
        Self { highest: 0, is_ascending: true }
    }
}

impl Order {
    fn add(&mut self, rank: usize) {
        self.is_ascending &= rank >= self.highest;
        self.highest = self.highest.max(rank);
    }
}

/// Whether a contact has no value in any of the fields of which a format requires one.
pub(super) fn lacks_required(contact: &Contact<Value>, format: Format) -> bool {
    let any_of = columns(contact.kind()).any_of(format);
    !any_of.is_empty() && contact.columns(|value| !value.text.is_empty()).and(any_of).is_empty()
}

/// The column that a format requires of a kind; `None` if it requires one of several columns.
fn only_required(kind: Kind, format: Format) -> Option<usize> {
    let mut required = columns(kind).any_of(format).positions();
    required.next().filter(|_| required.next().is_none())
}

#[cold]
fn empty_pairs(n: u32, contact: &Contact<Value>) -> Rejection {
    let place = |part| Place::Record(n, part);
    let Some(column) = only_required(contact.kind(), Format::Legacy) else {
        return Rejection::missing(ErrorKind::Empty, place(Part::Data)).of(contact.kind());
    };
    let place = place(Part::Field(row(contact.kind()).columns[column].field));
    let why = match contact.values()[column] {
        Some(_) => Rejection::at(ErrorKind::Empty, place),
        None => Rejection::missing(ErrorKind::Empty, place),
    };
    why.of(contact.kind())
}

/// The severity of a lost `id`. A number, also as a text of digits, is a note, because the server assigned it. An empty
/// value is a note, too.
pub(crate) fn id_severity(tree: &Tree, id: Id) -> Severity {
    match tree.node(id) {
        Node::Number(_) => Severity::Note,
        Node::Text(text) if tree[text].iter().all(u8::is_ascii_digit) => Severity::Note,
        Node::Bool(_) | Node::Text(_) | Node::Array(_) | Node::Null | Node::Link(_) | Node::Removed => {
            severity(tree, id)
        }
    }
}
