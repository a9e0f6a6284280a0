//! From the records of one format to the records of the other, by way of contacts.
//!
//! Everything here is the same for both directions; what differs is in the [`table`]. Reading makes a contact of
//! a record and names what no contact can hold. Carrying makes of it the contact that the target can hold, and
//! names what it cannot.

mod carry;
mod layout;

pub(crate) use self::layout::{Columns, Layout, Layouts};

use crate::error::{ErrorKind, Rejection};
use crate::legacy;
use crate::loss::{Code, Entry, Kept, Place, Severity};
use crate::model::{Contact, Kind};
use crate::odds::rare;
use crate::record::{Kinds, Parts, Record, Slot};
use crate::table::{self, Column, Format, Set, Special, Weight, envelope};
use crate::tree::{Held, Id, Tree};
use crate::v2::{self, Items};

/// What is made of the records.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Aim {
    /// What the target's document has a place for, and all that it requires.
    Documented(Format),
    /// All that either format was read to say, and nothing else: a restored payload.
    Restored(Format),
    /// The contacts themselves.
    Canonical,
}

impl Aim {
    fn is_plain(self) -> bool {
        matches!(self, Self::Documented(_))
    }
}

/// Why nothing of a record is written: what the loss of it is called, and what is wrong with it.
struct Unwritten {
    code: Code,
    why: Option<Rejection>,
}

impl From<Rejection> for Unwritten {
    fn from(why: Rejection) -> Self {
        Self { code: Code::RejectedRecord, why: Some(rare(why)) }
    }
}

impl From<Code> for Unwritten {
    fn from(code: Code) -> Self {
        Self { code, why: None }
    }
}

/// Reads the records of one payload, and carries them to the other format.
pub(crate) struct Translation<'t> {
    pub(crate) tree: &'t mut Tree,
    pub(crate) losses: &'t mut Vec<Entry>,
    pub(crate) layouts: &'t mut Layouts,
    pub(crate) from: Format,
    pub(crate) aim: Aim,
    pub(crate) kinds: Kinds,
}

impl Translation<'_> {
    /// Takes all items of a body in.
    pub(crate) fn v2_items(&mut self, items: Items, records: &mut Vec<Record>) {
        match items {
            Items::Absent => {}
            Items::Bare(list) | Items::Flat(list) => self.items(list, None, records),
            Items::Grouped(contact_data) => {
                let mut next = self.tree.first(contact_data);
                while let Some(list) = next {
                    next = self.tree.after(list);
                    self.items(list, Some(list), records);
                }
            }
        }
    }

    /// Takes the items of a list in. `list` says their type, where they do not.
    fn items(&mut self, items: Id, list: Option<Id>, records: &mut Vec<Record>) {
        if list.is_some() && self.tree.array(items).is_none() && !matches!(self.tree.held(items), Held::Null)
        {
            // Not a list: the one thing there is in its place is no item.
            self.record(items, items, Err(Rejection::at(ErrorKind::RecordNotArray, items)), records);
            return;
        }
        let mut next = self.tree.first(items);
        while let Some(node) = next {
            next = self.tree.after(node);
            let parts = v2::parts(self.tree, node, list);
            self.record(node, node, parts, records);
        }
    }

    /// Takes all records of a form in.
    #[inline(always)]
    pub(crate) fn legacy_records(&mut self, contact_data: Id, records: &mut Vec<Record>) {
        let mut next = self.tree.first_of(contact_data);
        while let Some(child) = self.tree.child_from(next) {
            next = child.next;
            let node = child.id;
            let parts = match self.layouts.of(self.tree, node) {
                Some(layout) => legacy::parts_of(self.tree, node, layout),
                None => legacy::parts(self.tree, node),
            };
            self.record(node, node, parts, records);
        }
    }

    /// Takes a record in: what can be written of it goes to the records, the rest to the losses. `whole` holds
    /// all of the record and nothing else; it is the node itself, but for a single record beside other fields.
    #[inline(always)]
    pub(crate) fn record(
        &mut self,
        node: Id,
        whole: Id,
        parts: Result<Parts, Rejection>,
        records: &mut Vec<Record>,
    ) {
        let before = self.losses.len();
        let key = self.tree.key(node);
        // A contact is wide: it is filled where it stays.
        let record = records.push_mut(Record { node, key, kind: None, read: None, written: None });
        match self.translate(whole, parts, record) {
            Ok(kind) => self.kinds.meet(kind),
            Err(Unwritten { code, why }) => {
                // Nothing of it is written: the record is one loss.
                record.written = None;
                self.losses.truncate(before);
                let at = self.tree.at(whole);
                let (severity, place, value) = (Severity::Data, Place::node(node), Kept::Node(whole));
                self.losses.push(Entry { code, severity, place, value, at, why });
            }
        }
    }

    #[inline(always)]
    fn translate(
        &mut self,
        whole: Id,
        parts: Result<Parts, Rejection>,
        record: &mut Record,
    ) -> Result<Kind, Unwritten> {
        let parts = parts?;
        record.kind = Some(parts.of.kind);
        let read = record.read.insert(Contact::new(parts.of.kind));
        let filled = match self.read(&parts, whole, read) {
            Ok(filled) => filled,
            Err(why) => {
                record.read = None;
                return Err(why.into());
            }
        };
        let kind = self.written_kind(parts.of.kind)?;
        self.carry(&parts, kind, read, filled, &mut record.written)?;
        Ok(kind)
    }

    /// Fills a contact with what a record says.
    #[inline(always)]
    fn read(&mut self, parts: &Parts, whole: Id, contact: &mut Contact<Slot>) -> Result<Set, Rejection> {
        if let Some(node) = self.tree.not_utf8(whole) {
            return Err(Rejection::at(ErrorKind::NotUtf8, node));
        }
        self.spelled(parts);
        if let Some(node) = parts.comment {
            // Put in its place by its parts: read as a whole at once, they would be waited for.
            match self.tree.text(node) {
                Some(text) => contact.comment = Some(Slot { text, node }),
                None => contact.comment = self.rare_slot(node)?,
            }
        }
        let row = table::row(parts.of.kind);
        if whole == parts.node && !parts.is_plain {
            self.record_names(parts);
        }
        let (mut filled, said) = match parts.columns {
            Some(columns) => self.fill_known(parts, columns, contact),
            None => {
                self.fill_named(parts, contact)?;
                (contact.filled(|_| true), said(contact))
            }
        };
        if says_nothing(parts.of.kind, said) {
            return Err(self.empty(parts, row.columns));
        }
        if let Some(alias) = parts.of.alias(self.from)
            && let Special::AliasSays(field) = row.special
            && contact.get(field).is_none()
        {
            let text = self.tree.name_of(alias);
            contact.set(field, Slot { text, node: parts.type_node });
            filled = contact.filled(|_| true);
        }
        Ok(filled)
    }

    /// Fills a contact with the values of fields, where it is known where they are. Returns those that are there, and those
    /// that are not empty.
    #[inline(always)]
    fn fill_known(&self, parts: &Parts, columns: Columns, contact: &mut Contact<Slot>) -> (Set, Set) {
        let (mut filled, mut said) = (Set::NONE, Set::NONE);
        for (n, (value, column)) in contact.values_mut().iter_mut().zip(columns.each()).enumerate() {
            if let Some(behind) = column {
                let node = parts.node.and(behind);
                if let Some(text) = self.tree.text(node) {
                    *value = Some(Slot { text, node });
                    filled.put(n, true);
                    said.put(n, !text.is_empty());
                }
            }
        }
        (filled, said)
    }

    /// Fills a contact with the values of fields, by their names.
    #[inline(never)]
    fn fill_named(&mut self, parts: &Parts, contact: &mut Contact<Slot>) -> Result<(), Rejection> {
        let row = table::row(parts.of.kind);
        let mut following = 0;
        let mut is_plain = true;
        let mut next = self.tree.first_of(parts.fields);
        while let Some(child) = self.tree.child_from(next) {
            next = child.next;
            let Some(column) = row.column_from(following, self.from, self.tree.bytes(child.key)) else {
                is_plain = false;
                continue;
            };
            // As each has its name once, none may come again.
            is_plain &= column >= following;
            following = column.saturating_add(1);
            if let Some(slot) = self.slot(child.id)? {
                contact.put(column, slot);
            }
        }
        if !is_plain && parts.fields != parts.node {
            self.field_names(parts);
        }
        if is_plain && parts.is_plain {
            self.layouts.learn(self.tree, parts, contact);
        }
        Ok(())
    }

    #[cold]
    fn empty(&self, parts: &Parts, columns: &[Column]) -> Rejection {
        let mut says = columns.iter().filter(|column| column.2 == Weight::Says);
        match (says.next(), says.next()) {
            (Some(only), None) => {
                let name = only.1.anywhere(self.from);
                match self.tree.child(parts.fields, name.as_bytes()) {
                    Some(node) => Rejection::at(ErrorKind::Empty, node),
                    None => Rejection::missing(ErrorKind::Empty, parts.fields, name),
                }
            }
            _ => Rejection::at(ErrorKind::Empty, parts.fields),
        }
    }

    /// The value of a known field: null is none, and a list or an object is no value.
    #[inline(always)]
    fn slot(&mut self, node: Id) -> Result<Option<Slot>, Rejection> {
        match self.tree.text(node) {
            Some(text) => Ok(Some(Slot { text, node })),
            None => self.rare_slot(node),
        }
    }

    /// The same of what is not text, as it mostly is.
    #[cold]
    fn rare_slot(&mut self, node: Id) -> Result<Option<Slot>, Rejection> {
        let text = match self.tree.held(node) {
            Held::Text(text) | Held::Number(text) => text,
            Held::Bool(true) => self.tree.name_of(table::TRUE),
            Held::Bool(false) => self.tree.name_of(table::FALSE),
            Held::Null => {
                self.lose(Code::LeftOut, Severity::Note, node);
                return Ok(None);
            }
            Held::Array(_) | Held::Link(_) | Held::Gone => {
                return Err(Rejection::at(ErrorKind::FieldNotScalar, node));
            }
        };
        Ok(Some(Slot { text, node }))
    }

    /// Notes a type that is spelled otherwise than the way back will write it.
    fn spelled(&mut self, parts: &Parts) {
        if !parts.of.is_written && self.from == Format::Legacy && self.aim != Aim::Canonical {
            self.lose(Code::TypeName, Severity::Note, parts.type_node);
        }
    }

    /// Names what a record has beside the known names, and the order where it is not the written one.
    #[inline(never)]
    fn record_names(&mut self, parts: &Parts) {
        if parts.fields != parts.node {
            self.walk(parts.node, |_, name| (legacy::rank(name), legacy::is_own(name)));
            return;
        }
        let row = table::row(parts.of.kind);
        let from = self.from;
        let own_type = parts.type_node != parts.node;
        self.walk(parts.node, |tree, name| {
            let is_type = own_type && tree.parent(parts.type_node) == parts.node;
            let known = row.column(from, name).is_some()
                || name == envelope::COMMENT.as_bytes()
                || name == envelope::ID.as_bytes()
                || name == envelope::CONTACT_TYPE.as_bytes() && is_type;
            (v2::rank(Some(parts.of.kind), name), known)
        });
    }

    /// The same for the fields, where they have an array of their own.
    #[inline(never)]
    fn field_names(&mut self, parts: &Parts) {
        let (row, from) = (table::row(parts.of.kind), self.from);
        self.walk(parts.fields, |_, name| {
            let column = row.column(from, name);
            (column.unwrap_or(usize::MAX), column.is_some())
        });
    }

    fn walk(&mut self, array: Id, rank: impl Fn(&Tree, &[u8]) -> (usize, bool)) {
        let mut highest = 0;
        let mut is_ordered = true;
        let mut next = self.tree.first(array);
        while let Some(node) = next {
            next = self.tree.after(node);
            let name = self.tree.name(node);
            let (rank, is_known) = rank(self.tree, name);
            is_ordered &= rank >= highest;
            highest = highest.max(rank);
            if !is_known {
                self.lose(Code::UnknownField, self.severity(node), node);
            } else if self.from == Format::V2 && name == envelope::ID.as_bytes() {
                self.lose(Code::Id, self.severity_of_id(node), node);
            }
        }
        if !is_ordered {
            self.order(array);
        }
    }

    /// Notes the order of an array's names. A restored payload has no further way back that would need it.
    pub(crate) fn order(&mut self, array: Id) {
        if self.aim.is_plain() {
            self.losses.push(loss(self.tree, Code::Order, Severity::Note, array, Kept::Keys(array)));
        }
    }

    fn severity(&self, node: Id) -> Severity {
        severity(self.tree, node)
    }

    /// A number is the server's own, and missed by nobody. Anything else is what somebody wrote.
    fn severity_of_id(&self, node: Id) -> Severity {
        match self.tree.held(node) {
            Held::Number(_) => Severity::Note,
            Held::Text(text) if self.tree.bytes(text).iter().all(u8::is_ascii_digit) => Severity::Note,
            Held::Bool(_) | Held::Text(_) | Held::Array(_) | Held::Null | Held::Link(_) | Held::Gone => {
                self.severity(node)
            }
        }
    }

    #[inline(never)]
    fn lose(&mut self, code: Code, severity: Severity, node: Id) {
        self.losses.push(loss(self.tree, code, severity, node, Kept::Node(node)));
    }
}

/// The columns of a contact that have values that are not empty.
fn said(contact: &Contact<Slot>) -> Set {
    contact.filled(|slot| !slot.text.is_empty())
}

/// Whether there is none of the values without which a kind says nothing.
fn says_nothing(kind: Kind, said: Set) -> bool {
    let says = table::brief(kind).says;
    !says.is_empty() && says.and(said).is_empty()
}

/// A value that is empty is missed by nobody.
pub(crate) fn severity(tree: &Tree, node: Id) -> Severity {
    let is_empty = match tree.held(node) {
        Held::Text(text) => tree.bytes(text).is_empty(),
        Held::Array(_) => tree.first(node).is_none(),
        Held::Null => true,
        Held::Bool(_) | Held::Number(_) | Held::Link(_) | Held::Gone => false,
    };
    if is_empty { Severity::Note } else { Severity::Data }
}

/// A loss at a node.
pub(crate) fn loss(tree: &Tree, code: Code, severity: Severity, node: Id, value: Kept) -> Entry {
    Entry { code, severity, place: Place::node(node), value, at: tree.at(node), why: None }
}

/// The names of the JSON types that a form has no word for.
pub(crate) const NUMBER: &str = "number";
pub(crate) const BOOLEAN: &str = "boolean";

/// Notes the JSON type of a node that a form has as text.
pub(crate) fn json_type(tree: &Tree, losses: &mut Vec<Entry>, node: Id) {
    let name = match tree.held(node) {
        Held::Number(_) => NUMBER,
        Held::Bool(_) => BOOLEAN,
        Held::Null | Held::Text(_) | Held::Array(_) | Held::Link(_) | Held::Gone => return,
    };
    losses.push(loss(tree, Code::JsonType, Severity::Note, node, Kept::Word(name)));
}
