//! The legacy target: makes the tree of a form from a body. [`form::write`](crate::form) writes it.

use std::collections::HashSet;

use super::notes::{note, note_body, note_order};
use super::person::Person;
use super::{NewKeys, has_pairs, lose_envelope};
use crate::form::is_representable;
use crate::loss::{Code, LostValue, PendingLoss, Severity};
use crate::map::{self, Mode, V2Rules, tree_loss};
use crate::model::Contact;
use crate::model::table::{Format, envelope, row};
use crate::passthrough::{self, Passing};
use crate::payload::Payload;
use crate::place::Place;
use crate::record::{Record, Value};
use crate::reject::Rejection;
use crate::restore::{Matching, Placement, Restorer, SavedLosses};
use crate::sources::form::is_record_name;
use crate::sources::v2::{Body, BodyItems, Items};
use crate::tree::{Array, Id, Node, Shape, Text, Tree};

/// Makes the tree of a form from a body. To restore a form, `saved` has the losses that are put back.
pub(crate) fn make(
    payload: &mut Payload,
    body: Body,
    saved: Option<&SavedLosses>,
    matching: &mut Matching,
    passing: Passing<'_>,
    rules: V2Rules,
) -> Result<Id, Rejection> {
    let layout = saved.map(|saved| &saved.layout);
    let mode = match saved {
        Some(_) => Mode::Restore(Format::Legacy),
        None => Mode::Convert(Format::Legacy),
    };
    let root = body.root;
    let names = saved.filter(|_| rules.is_extended()).map(|saved| saved.names(&payload.tree));
    // A form may have had a field of its own with the name of the list of phones.
    let is_list_kept = names.as_ref().is_some_and(|names| names.keeps(envelope::PHONE_NUMBERS.as_bytes()));
    let items = body.items(payload, rules.is_extended() && !is_list_kept)?;
    if let Some(envelope) = body.envelope {
        lose_envelope(payload, envelope);
        note(payload, Code::Envelope, envelope, LostValue::TreeKeys(envelope));
    }
    let target = payload.tree.root(Shape::Keys);
    let name = payload.tree.intern_name(envelope::CONTACT_DATA);
    let contact_data = payload.tree.new_node(name, Node::Array(Array::new(Shape::Keys)), 0);
    let before = payload.losses.len();
    map::records(payload, Format::V2, mode, rules);
    let has_losses = payload.losses.len() > before;
    *matching = std::mem::take(matching).find(&payload.tree, &payload.records, layout);
    // A form has the shape of a single record only with one record, and if no other field has a name of its parts.
    let was_single = layout.is_some_and(|layout| layout.is_single);
    let is_single = was_single
        && layout.is_some_and(|layout| matching.can_be_single(layout, &payload.records))
        && !payload.tree.children(root).any(|field| is_record_name(payload.tree.name(field)));
    if was_single && !is_single {
        matching.number(&mut payload.tree);
    }
    let place = |payload: &mut Payload| {
        if is_single {
            add_records(payload, target, &matching.known, true);
        } else {
            add_records(payload, contact_data, &matching.known, false);
            if payload.tree.first(contact_data).is_some() {
                payload.tree.attach(target, contact_data);
            }
        }
    };
    let person = Person { root, from: Format::V2, passing, saved: names.as_ref() };
    let person = Some(&person).filter(|_| rules.is_extended());
    match items.contacts {
        Items::Bare(_) => place(payload),
        Items::Grouped(_) | Items::Flat(_) | Items::Absent => {
            pass_fields(payload, root, target, items, passing, person, place);
        }
    }
    match saved {
        None => note_body(payload, items, has_losses),
        Some(saved) => {
            let Payload { tree, losses, .. } = payload;
            let lists = HashSet::new();
            let to = Format::Legacy;
            Restorer { tree, losses, to, root: target, contact_data, phones: None, is_single, lists }
                .put(saved);
            add_records(payload, contact_data, &matching.new, false);
            if !payload.tree.is_attached(contact_data) && payload.tree.first(contact_data).is_some() {
                payload.tree.attach(target, contact_data);
            }
        }
    }
    avoid_single_record(payload, root, target, is_single);
    if saved.is_none() {
        note_order(payload, root, target, items, person);
    }
    Ok(target)
}

/// Passes the other fields of a body to a form. Calls `place` at the position of the contact data, or of the phones if
/// there is no contact data.
fn pass_fields(
    payload: &mut Payload,
    root: Id,
    target: Id,
    items: BodyItems,
    passing: Passing<'_>,
    person: Option<&Person<'_>>,
    mut place: impl FnMut(&mut Payload),
) {
    let contact_data = items.contacts.node();
    let mut next = payload.tree.first(root);
    while let Some(field) = next {
        next = payload.tree.after(field);
        let Payload { tree, losses, .. } = payload;
        if Some(field) == contact_data.or(items.phones) {
            place(payload);
        } else if Some(field) == items.phones {
            // The phones are among the contact data.
        } else if passing.passes(tree.name(field)) {
            match person {
                Some(person) => person.to_form(tree, losses, field, target),
                None => passthrough::to_form(tree, losses, field, target, tree[field].key, None),
            }
        } else {
            losses.push(passthrough::left_out(tree, field));
        }
    }
}

/// Adds records to the contact data of a form.
fn add_records(payload: &mut Payload, parent: Id, placements: &[Placement], is_single: bool) {
    let mut new_keys = NewKeys::default();
    let Payload { tree, records, .. } = payload;
    let counts = placements.iter().all(|placement| placement.key.is_none()) && tree.first(parent).is_none();
    for &Placement { record, key } in placements {
        let Record { written: Some(contact), at, .. } = &records[record] else { continue };
        // An edited losses file may give a key twice, or one that a form cannot represent.
        let is_free = |name: &[u8]| {
            is_representable(name, Some(envelope::CONTACT_DATA.as_bytes()))
                && tree.child(parent, name).is_none()
        };
        let key = match key.filter(|key| is_free(&tree[*key])) {
            _ if is_single => None,
            Some(key) => Some(key),
            // Keys count from 1.
            None if counts || tree.first(parent).is_none() => Some(tree.number(tree.len(parent) + 1)),
            None => Some(new_keys.next(tree, parent)),
        };
        add_record(tree, parent, key, contact, *at);
    }
}

/// Adds a contact as a record: under `key`, or, without a key, as a single record beside the other fields.
pub(crate) fn add_record(tree: &mut Tree, parent: Id, key: Option<Text>, contact: &Contact<Value>, at: u32) {
    let array = Node::Array(Array::new(Shape::Keys));
    let record = match key {
        Some(key) => tree.append(parent, key, array, at),
        None => parent,
    };
    let row = row(contact.kind());
    let kind = Node::Text(tree.intern_name(row.name.anywhere(Format::Legacy)));
    tree.append_named(record, envelope::TYPE, kind, at);
    if let Some(comment) = contact.comment {
        tree.append_named(record, envelope::COMMENT, Node::Text(comment.text), at);
    }
    let data = tree.append_named(record, envelope::DATA, array, at);
    for (column, value) in row.columns.iter().zip(contact.values()) {
        if let Some(value) = value {
            tree.append_named(data, column.name.anywhere(Format::Legacy), Node::Text(value.text), at);
        }
    }
}

/// Leaves out fields that would be read as a single record: `type` and `data` without contact data.
fn avoid_single_record(payload: &mut Payload, root: Id, target: Id, is_single: bool) {
    let Payload { tree, losses, .. } = payload;
    let child = |tree: &Tree, id, name: &str| tree.child(id, name.as_bytes());
    let has = |name| child(tree, target, name).is_some_and(|id| has_pairs(tree, id));
    if is_single || !has(envelope::TYPE) || !has(envelope::DATA) || has(envelope::CONTACT_DATA) {
        return;
    }
    for name in [envelope::TYPE, envelope::COMMENT, envelope::DATA] {
        if let Some(written) = child(tree, target, name) {
            let source = child(tree, root, name).unwrap_or(written);
            // The loss of the field replaces the losses in it.
            losses.retain(|loss| !is_at_or_under(tree, loss, source));
            let value = LostValue::Tree(tree.detach(source));
            losses.push(tree_loss(tree, Code::UnsayableName, Severity::Data, source, value));
            tree.set(written, Node::Removed);
        }
    }
}

fn is_at_or_under(tree: &Tree, loss: &PendingLoss, above: Id) -> bool {
    match loss.place {
        Place::Tree(id) | Place::Under(id, _) => tree.is_under(id, above),
        Place::Record(..) | Place::Path(_) => false,
    }
}
