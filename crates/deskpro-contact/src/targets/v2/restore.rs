//! Restores a v2 body as a tree, and puts losses back.

use std::collections::HashSet;

use super::super::person::Person;
use super::super::{NewKeys, pass_fields};
use super::{ItemShape, add_item, is_written_phone, with_taken_list};
use crate::bytes::integer;
use crate::map::{self, Mode, V2Rules};
use crate::model::Kind;
use crate::model::table::{Format, envelope};
use crate::passthrough::Passing;
use crate::payload::Payload;
use crate::record::Record;
use crate::reject::Rejection;
use crate::restore::{Grouping, Layout, Matching, Placement, Restorer, SavedLosses};
use crate::sources::form::Form;
use crate::sources::v2::{in_envelope, is_error_line, is_list_of_bodies};
use crate::tree::{Array, Id, Node, Shape, Tree};

/// Restores, as a tree, the body from which a form was made, and puts its losses back.
pub(crate) fn restore(
    payload: &mut Payload,
    form: Form,
    saved: &SavedLosses,
    matching: Matching,
    passing: Passing<'_>,
    rules: V2Rules,
) -> Result<Id, Rejection> {
    let layout = &saved.layout;
    let records = form.records(payload)?;
    let target = payload.tree.root(Shape::Object);
    let node = Node::Array(Array::new(layout.shape()));
    let name = payload.tree.intern_name(envelope::CONTACT_DATA);
    let contact_data = payload.tree.new_node(name, node, 0);
    let name = payload.tree.intern_name(envelope::PHONE_NUMBERS);
    let phones = payload.tree.new_node(name, Node::Array(Array::new(Shape::List)), 0);
    let lists = ItemLists { contact_data, phones };
    let rules = with_taken_list(rules, &payload.tree, form.root, passing);
    map::records(payload, Format::Legacy, Mode::Restore(Format::V2), rules);
    let matching = matching.find(&payload.tree, &payload.records, Some(layout));
    add_items(payload, lists, layout, &matching.known);
    let new_lists = new_lists(payload, &matching.new);
    let has_new_phones =
        matching.new.iter().any(|placement| is_written_phone(&payload.records[placement.record]));
    let names = saved.names(&payload.tree);
    let person = Person { root: form.root, from: Format::Legacy, passing, saved: Some(&names) };
    let person = Some(&person).filter(|_| rules.is_extended());
    pass_fields(payload, form.root, records, target, passing, person, |payload| {
        let tree = &mut payload.tree;
        if !tree.is_attached(phones) && (tree.first(phones).is_some() || has_new_phones) {
            tree.attach(target, phones);
        }
        // Contact data comes where the form has it. It is attached before losses are put back, so that no loss takes
        // its name.
        if !tree.is_attached(contact_data) && (tree.first(contact_data).is_some() || !new_lists.is_empty()) {
            tree.attach(target, contact_data);
        }
    })?;
    let is_bare =
        layout.grouping == Grouping::Bare && payload.tree.children(target).all(|field| field == contact_data);
    let root = if is_bare { contact_data } else { target };
    let kept_lists = if layout.grouping == Grouping::Grouped { new_lists } else { HashSet::new() };
    let Payload { tree, losses, .. } = payload;
    Restorer {
        tree,
        losses,
        to: Format::V2,
        root,
        contact_data,
        phones: Some(phones),
        is_single: false,
        lists: kept_lists,
    }
    .put(saved);
    add_items(payload, lists, layout, &matching.new);
    let tree = &mut payload.tree;
    if !tree.is_attached(phones) && tree.first(phones).is_some() {
        tree.attach(target, phones);
    }
    let root = if is_misread(&payload.tree, root, saved.envelope.is_some()) {
        // An object with `contact_data` is read as a body.
        if !payload.tree.is_attached(contact_data) {
            payload.tree.attach(target, contact_data);
        }
        target
    } else {
        root
    };
    Ok(match &saved.envelope {
        Some(envelope) => restore_envelope(payload, root, envelope),
        None => root,
    })
}

/// Whether a restored body would be read as another kind of line. After an edit, this is possible.
fn is_misread(tree: &Tree, root: Id, has_envelope: bool) -> bool {
    is_list_of_bodies(tree, root)
        || !has_envelope && (in_envelope(tree, root).is_some() || is_error_line(tree, root))
}

/// Makes the envelope of a reply around a body, and puts the losses of the envelope back.
fn restore_envelope(payload: &mut Payload, body: Id, saved: &SavedLosses) -> Id {
    let Payload { tree, losses, .. } = payload;
    let root = tree.root(Shape::Object);
    tree.append_named(root, envelope::DATA, tree.link(body), 0);
    // An empty array in place of contact data, which an envelope does not have.
    let contact_data = tree.root(Shape::Object);
    let lists = HashSet::new();
    Restorer { tree, losses, to: Format::V2, root, contact_data, phones: None, is_single: false, lists }
        .put(saved);
    root
}

/// The lists of items in a body that is restored.
#[derive(Clone, Copy)]
struct ItemLists {
    contact_data: Id,
    phones: Id,
}

/// Adds records to the lists of a body that is restored.
fn add_items(payload: &mut Payload, lists: ItemLists, layout: &Layout, placements: &[Placement]) {
    let ItemLists { contact_data, phones } = lists;
    let is_grouped = layout.grouping == Grouping::Grouped;
    let mut new_keys = NewKeys::default();
    let Payload { tree, records, .. } = payload;
    for &Placement { record, key } in placements {
        let Record { written: Some(contact), at, .. } = &records[record] else { continue };
        let is_phone = contact.kind() == Kind::Phone;
        let list = if is_phone {
            phones
        } else if is_grouped {
            let name = contact.kind().name();
            let list = tree.child(contact_data, name.as_bytes());
            list.unwrap_or_else(|| {
                tree.append_named(contact_data, name, Node::Array(Array::new(Shape::List)), *at)
            })
        } else {
            contact_data
        };
        // An edited losses file may give a key twice, a key that is not UTF-8, or, for a list, one that is not an
        // integer.
        let is_free = |name: &[u8]| {
            let may_be_text = is_grouped || is_phone;
            let is_key =
                if may_be_text { std::str::from_utf8(name).is_ok() } else { integer(name).is_some() };
            is_key && tree.child(list, name).is_none()
        };
        let key = key.filter(|key| is_free(&tree[*key])).unwrap_or_else(|| new_keys.next(tree, list));
        let shape = match (is_phone, is_grouped) {
            (true, _) => ItemShape::TopList,
            (false, true) => ItemShape::Grouped,
            (false, false) => ItemShape::Flat,
        };
        add_item(tree, list, key, contact, shape, *at);
    }
}

/// The names of the lists in contact data to which records are added.
fn new_lists(payload: &Payload, placements: &[Placement]) -> HashSet<&'static str> {
    let written = placements.iter().filter_map(|placement| payload.records[placement.record].written);
    written.map(|contact| contact.kind()).filter(|kind| *kind != Kind::Phone).map(Kind::name).collect()
}
