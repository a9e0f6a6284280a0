//! From the contact that was read to the one that the target can hold, by the table.

use super::{Aim, Translation, json_type, said, says_nothing};
use crate::loss::{Code, Entry, Kept, Leaf, Place, Severity};
use crate::model::{Contact, Field, Kind};
use crate::record::{Parts, Slot};
use crate::table::{self, Column, Format, Holds, Set, Special};
use crate::tree::{Held, Id, is_same};

impl Translation<'_> {
    /// What a contact is to the target; or what the loss of all of it is called.
    pub(super) fn written_kind(&self, kind: Kind) -> Result<Kind, Code> {
        let row = table::row(kind);
        match (self.aim, row.special) {
            // A superset of both formats, with nothing mapped.
            (Aim::Canonical, _) => Ok(kind),
            (Aim::Documented(to) | Aim::Restored(to), _) if row.name.is_in(to) => Ok(kind),
            (_, Special::InV2(kind, _)) => Ok(kind),
            (_, Special::Nothing | Special::AliasSays(_)) => Err(row.name.lost()),
        }
    }

    /// Makes of a contact as it was read, with these columns filled, the one that the target can hold, which has it as that
    /// kind; or says what the loss of all of it is called.
    #[inline(always)]
    pub(super) fn carry(
        &mut self,
        parts: &Parts,
        kind: Kind,
        read: &Contact<Slot>,
        mut filled: Set,
        written: &mut Option<Contact<Slot>>,
    ) -> Result<(), Code> {
        let contact = if read.kind == kind {
            written.insert(*read)
        } else {
            let other = written.insert(self.in_other_kind(parts, read, kind));
            filled = other.filled(|_| true);
            other
        };
        let (to, restoring) = match self.aim {
            Aim::Documented(to) => (to, false),
            Aim::Restored(to) => (to, true),
            Aim::Canonical => return Ok(()),
        };
        // What was copied just now is waited for where it is read.
        match read.comment {
            Some(comment) if restoring || table::COMMENT.is_in(to) => self.json_type(comment),
            Some(comment) => {
                self.lose_value(table::COMMENT.lost(), severity_of(comment), comment);
                contact.comment = None;
            }
            None => {}
        }
        let mut is_less = false;
        let brief = table::brief(kind);
        let has_place = brief.columns(to).or(Set::when(restoring));
        let is_missing = brief.columns(to).and(Set::when(to == Format::V2 && !restoring)).without(filled);
        // Others are carried as they are.
        let valued = brief.valued.or(Set::when(self.from == Format::V2)).and(has_place).and(filled);
        for n in filled.without(has_place).or(is_missing).or(valued).places() {
            let column = table::row(kind).columns.get(n);
            let (Some(column), Some(value)) = (column, contact.values_mut().get_mut(n)) else { continue };
            match *value {
                Some(slot) if has_place.has(n) => match column.3 {
                    Holds::Text => self.json_type(slot),
                    Holds::Service | Holds::Truth => *value = Some(self.value(column, slot, to)),
                },
                Some(slot) => {
                    let is_false = column.3 == Holds::Truth && !table::truth(self.tree.bytes(slot.text));
                    let severity = if is_false { Severity::Note } else { severity_of(slot) };
                    self.lose_value(column.1.lost(), severity, slot);
                    *value = None;
                    is_less = true;
                }
                None => *value = Some(self.fill(column, parts.fields, None)),
            }
        }
        if is_less && says_nothing(kind, said(contact)) {
            // All that it said was the one field that the target has no place for.
            return Err(Code::CountryAlone);
        }
        Ok(())
    }

    /// A contact as one of the kind that v2 has for it.
    #[inline(never)]
    fn in_other_kind(&mut self, parts: &Parts, read: &Contact<Slot>, kind: Kind) -> Contact<Slot> {
        let mut other = Contact::new(kind);
        other.comment = read.comment;
        for (field, &slot) in read.fields() {
            other.set(field, slot);
        }
        if let Special::InV2(_, service) = table::row(read.kind).special {
            let text = self.tree.name_of(table::service(service).anywhere(Format::V2));
            other.set(Field::Service, Slot { text, node: parts.type_node });
        }
        other
    }

    /// A value as the target has it, where the formats have values of their own.
    fn value(&mut self, column: &Column, slot: Slot, to: Format) -> Slot {
        let old = self.tree.bytes(slot.text);
        if !self.aim.is_plain() && (column.3 == Holds::Service || to == Format::Legacy) {
            // A restored value stays as it was read. The truth is a boolean by itself.
            if !matches!(self.tree.held(slot.node), Held::Bool(_)) || column.3 != Holds::Truth {
                self.json_type(slot);
            }
            return slot;
        }
        let text = match column.3 {
            Holds::Text => return slot,
            // The legacy format requires no service, and what is empty says none.
            Holds::Service if old.is_empty() && to == Format::Legacy => return slot,
            Holds::Service if old.is_empty() => return self.fill(column, slot.node, Some(slot)),
            Holds::Service => table::service_in(to, self.tree.and_behind(slot.text)),
            Holds::Truth if table::truth(old) => table::TRUE,
            Holds::Truth => table::FALSE,
        };
        if is_same(old, text.as_bytes()) {
            return slot;
        }
        let became_other = column.3 == Holds::Service && !old.eq_ignore_ascii_case(text.as_bytes());
        let severity = if became_other { Severity::Data } else { Severity::Note };
        let code = if column.3 == Holds::Truth { Code::DisplayFeed } else { Code::Service };
        self.lose_value(code, severity, slot);
        Slot { text: self.tree.name_of(text), ..slot }
    }

    /// What is filled in for a value that is missing from `place`, or for an empty one.
    fn fill(&mut self, column: &Column, place: Id, empty: Option<Slot>) -> Slot {
        let (place, value) = match empty {
            Some(slot) => (Place::node(slot.node), Kept::Node(slot.node)),
            None => (Place::Under(place, Leaf::Name(column.1.anywhere(self.from))), Kept::Nothing),
        };
        let node = empty.map_or(Id::NONE, |slot| slot.node);
        let at = place.base().map_or(0, |node| self.tree.at(node));
        self.losses.push(Entry {
            code: Code::FilledIn,
            severity: Severity::Note,
            place,
            value,
            at,
            why: None,
        });
        Slot { text: self.tree.name_of(column.filled()), node }
    }

    fn lose_value(&mut self, code: Code, severity: Severity, Slot { node, .. }: Slot) {
        self.lose(code, severity, node);
    }

    /// Notes the JSON type of what a form has as text. What comes from a form is text already.
    fn json_type(&mut self, slot: Slot) {
        if self.from == Format::V2 {
            json_type(self.tree, self.losses, slot.node);
        }
    }
}

/// A value that is empty is missed by nobody.
fn severity_of(slot: Slot) -> Severity {
    if slot.text.is_empty() { Severity::Note } else { Severity::Data }
}
