//! Notes that only restoring needs: shapes, orders, and which record each item was.

use std::collections::HashSet;
use std::mem;

use super::has_pairs;
use super::person::Person;
use crate::bytes::integer;
use crate::loss::{Code, LostValue, Severity, word};
use crate::map::tree_loss;
use crate::model::Kind;
use crate::model::table::person::PersonField;
use crate::model::table::{Format, envelope};
use crate::passthrough;
use crate::payload::Payload;
use crate::place::Place;
use crate::record::{Record, Sent};
use crate::sources::form::{Records, is_record_name, root_rank};
use crate::sources::v2::{BodyItems, Items};
use crate::tree::{Id, Shape, Tree};

pub(super) fn note(payload: &mut Payload, code: Code, id: Id, value: LostValue) {
    payload.losses.push(tree_loss(&payload.tree, code, Severity::Note, id, value));
}

/// Adds the notes that restoring a form needs. `has_losses` says whether a record has a loss, `is_ordered` whether
/// restoring puts the other fields in order without a note.
pub(super) fn note_form(
    payload: &mut Payload,
    root: Id,
    records: Records,
    has_losses: bool,
    is_ordered: bool,
) {
    match records {
        Records::Many(contact_data) => {
            if has_losses || !counts_from_one(payload) || loses_under(payload, contact_data) {
                note(payload, Code::Records, contact_data, LostValue::Records);
            }
        }
        Records::Single => {
            note(payload, Code::SingleRecord, root, LostValue::None);
            if has_losses {
                note(payload, Code::Records, root, LostValue::Records);
            }
        }
        Records::Absent => {}
    }
    let tree = &payload.tree;
    let is_last = match records {
        Records::Absent => true,
        Records::Many(contact_data) => tree.after(contact_data).is_none(),
        Records::Single => {
            let names = tree.children(root).map(|field| tree.name(field));
            names.map(|name| root_rank(name, true)).is_sorted()
        }
    };
    if !is_ordered || !is_last {
        note(payload, Code::Order, root, LostValue::TreeKeys(root));
    }
}

/// Whether there is a loss in a record or under a member of the tree. If mapping lost nothing, these are values that
/// PHP discarded.
fn loses_under(payload: &Payload, above: Id) -> bool {
    payload.losses.iter().any(|loss| match loss.place {
        Place::Tree(id) | Place::Under(id, _) => payload.tree.is_under(id, above),
        Place::Record(..) => true,
        Place::Path(_) => false,
    })
}

/// Whether restoring without a note gives each record its key and its position.
fn counts_from_one(payload: &Payload) -> bool {
    let mut last = None;
    let mut seen = [false; Kind::ALL.len()];
    (1_i64..).zip(&payload.records).all(|(n, record)| {
        let Some(contact) = record.written else { return false };
        let kind = contact.kind();
        if last != Some(kind) {
            // Phones come first, because their list comes before `contact_data`.
            let is_late = kind == Kind::Phone && last.is_some();
            if is_late || mem::replace(&mut seen[kind as usize], true) {
                return false;
            }
            last = Some(kind);
        }
        integer(&payload.tree[record.key]) == Some(n)
    })
}

/// Adds the notes that restoring a body needs. `has_losses` says whether an item has a loss.
pub(super) fn note_body(payload: &mut Payload, items: BodyItems, mut has_losses: bool) {
    if let Some(list) = items.phones {
        has_losses |= note_phones(payload, list);
    }
    let (contacts, phones) = (items.contacts, items.phones);
    let contact_data = match contacts {
        Items::Absent => match phones {
            Some(list) => list,
            None => return,
        },
        Items::Bare(list) => {
            payload.losses.push(passthrough::shape(&payload.tree, list, word::LIST));
            list
        }
        Items::Flat(list) | Items::Grouped(list) if payload.tree.first(list).is_none() => {
            note(payload, Code::LeftOut, list, LostValue::Tree(list));
            if phones.is_none() {
                return;
            }
            list
        }
        Items::Flat(list) => {
            let is_list = payload.tree.is_list(list);
            let word = if is_list { word::LIST } else { word::NUMBERED };
            payload.losses.push(passthrough::shape(&payload.tree, list, word));
            has_losses |= !is_list;
            list
        }
        Items::Grouped(contact_data) => match note_lists(payload, contact_data) {
            Lists::Empty if phones.is_none() => return,
            Lists::Empty => contact_data,
            Lists::Noted => {
                has_losses = true;
                contact_data
            }
            Lists::Plain => contact_data,
        },
    };
    if has_losses && (phones.is_none() || !payload.records.is_empty()) {
        note(payload, Code::Records, contact_data, LostValue::Records);
    }
}

/// Notes the properties of the list of phones that a form cannot represent: emptiness, shape, order. Returns whether
/// it needs a note.
fn note_phones(payload: &mut Payload, list: Id) -> bool {
    if payload.tree.first(list).is_none() {
        note(payload, Code::LeftOut, list, LostValue::Tree(list));
        return true;
    }
    if !has_object_shape(&payload.tree, list) {
        return false;
    }
    payload.losses.push(passthrough::shape(&payload.tree, list, word::OBJECT));
    note(payload, Code::Order, list, LostValue::TreeKeys(list));
    true
}

/// The result of [`note_lists`].
enum Lists {
    /// All lists are empty.
    Empty,
    /// At least one list needs a note.
    Noted,
    /// The lists need no notes.
    Plain,
}

/// Notes the properties of a body's lists that a form cannot represent: emptiness, shape, order.
fn note_lists(payload: &mut Payload, contact_data: Id) -> Lists {
    let lists: Vec<Id> = payload.tree.children(contact_data).collect();
    let (mut has_gap, mut is_ordered) = (false, true);
    let contacts = payload.records.iter().filter(|record| !matches!(record.sent, Sent::Phone { .. }));
    let mut records = contacts.peekable();
    let (mut empty, mut shaped) = (Vec::new(), Vec::new());
    for &list in &lists {
        let (mut was_written, mut list_gap, mut list_ordered, mut is_empty) = (false, false, true, true);
        while let Some(record) = records.next_if(|record| is_of_list(record, list)) {
            is_empty = false;
            let is_written = record.written.is_some();
            was_written |= is_written;
            list_ordered &= !(is_written && list_gap);
            list_gap |= !is_written;
        }
        is_ordered &= !(was_written && has_gap);
        has_gap |= !was_written;
        // Restoring puts empty lists back last.
        is_ordered &= is_empty || empty.is_empty();
        if is_empty {
            empty.push(list);
        } else if has_object_shape(&payload.tree, list) {
            shaped.push((list, list_ordered && payload.tree.counts_from_zero(list)));
        }
    }
    if empty.len() == lists.len() {
        note(payload, Code::LeftOut, contact_data, LostValue::Tree(contact_data));
        return Lists::Empty;
    }
    let has_notes = !empty.is_empty() || !shaped.is_empty() || !is_ordered;
    for list in empty {
        note(payload, Code::LeftOut, list, LostValue::Tree(list));
    }
    for (list, is_ordered) in shaped {
        payload.losses.push(passthrough::shape(&payload.tree, list, word::OBJECT));
        if !is_ordered {
            note(payload, Code::Order, list, LostValue::TreeKeys(list));
        }
    }
    if !is_ordered {
        note(payload, Code::Order, contact_data, LostValue::TreeKeys(contact_data));
    }
    if has_notes { Lists::Noted } else { Lists::Plain }
}

fn is_of_list(record: &Record, own: Id) -> bool {
    matches!(record.sent, Sent::Item { list: Some(list), .. } if list == own)
}

fn has_object_shape(tree: &Tree, id: Id) -> bool {
    tree.array(id).is_some_and(|array| array.shape == Shape::Object)
}

/// Notes the order of a body's names, if restoring would put a value at another position. `person` names the fields, in
/// the extended profile.
pub(super) fn note_order(
    payload: &mut Payload,
    root: Id,
    target: Id,
    items: BodyItems,
    person: Option<&Person<'_>>,
) {
    if !has_object_shape(&payload.tree, root) {
        return;
    }
    let written = person.map(|person| written_fields(payload, root, target, items, person));
    let tree = &payload.tree;
    // Restoring puts the phones before the contact data.
    let is_apart = |phones: Id| {
        let is_written = written.as_ref().is_some_and(|written| written.contains(&phones));
        items.contacts.node().is_some_and(|own| is_written && tree.after(phones) != Some(own))
    };
    let is_apart = items.phones.is_some_and(is_apart);
    let is_written = |field: Id| match &written {
        Some(written) => written.contains(&field),
        None => tree.child(target, tree.name(field)).is_some(),
    };
    let gaps: Vec<Id> = tree.children(root).skip_while(|&field| is_written(field)).collect();
    let has_written_after_gap = gaps.iter().any(|&field| is_written(field));
    // Losses of other fields are put back in the body's order. Losses of contact data and of a single record are not.
    let is_own = |&field: &Id| {
        let name = tree.name(field);
        // A field comes back after the one that took its name.
        let may_take = person
            .is_some_and(|_| PersonField::named(Format::Legacy, name).is_some_and(|row| !row.keeps_name()));
        let is_of_contacts = name == envelope::CONTACT_DATA.as_bytes() || Some(field) == items.phones;
        is_of_contacts || is_record_name(name) || may_take
    };
    if is_apart || has_written_after_gap || gaps.len() > 1 && gaps.iter().any(is_own) {
        note(payload, Code::Order, root, LostValue::TreeKeys(root));
    }
}

/// The fields of a body that a form has, under the names that `person` gives.
fn written_fields(
    payload: &mut Payload,
    root: Id,
    target: Id,
    items: BodyItems,
    person: &Person<'_>,
) -> HashSet<Id> {
    let Payload { tree, records, .. } = payload;
    let is_phone = |record: &Record| matches!(record.sent, Sent::Phone { .. });
    let fields: Vec<Id> = tree.children(root).collect();
    let mut is_written = |field: Id| {
        if Some(field) == items.phones || Some(field) == items.contacts.node() {
            let is_of_phones = Some(field) == items.phones;
            return records.iter().any(|record| record.written.is_some() && is_phone(record) == is_of_phones);
        }
        let name = person.written_name(tree, field);
        has_pairs(tree, field) && name.is_some_and(|name| tree.child(target, &tree[name]).is_some())
    };
    fields.into_iter().filter(|&field| is_written(field)).collect()
}
