//! The canonical target: the contacts of the model as JSON, for people to inspect.

use super::v2::ItemShape;
use super::{lose_envelope, pass_fields, v2};
use crate::map::{self, Mode, V2Rules};
use crate::model::table::{Format, envelope};
use crate::passthrough::{self, Passing};
use crate::payload::Payload;
use crate::reject::Rejection;
use crate::sources::form::Form;
use crate::sources::v2::{Body, BodyItems, Items};
use crate::tree::{Array, Id, Node, Shape};

/// Makes the tree of a form's other fields and contacts. Each contact has its type.
pub(crate) fn make(payload: &mut Payload, form: Form, passing: Passing<'_>) -> Result<Id, Rejection> {
    let records = form.records(payload)?;
    let target = payload.tree.root(Shape::Object);
    map::records(payload, Format::Legacy, Mode::Inspect, V2Rules::default());
    pass_fields(payload, form.root, records, target, passing, None, |_| {})?;
    add_contacts(payload, target);
    Ok(target)
}

/// Makes the tree of a body's other fields and contacts. Each contact has its type.
pub(crate) fn make_from_body(
    payload: &mut Payload,
    body: Body,
    passing: Passing<'_>,
    rules: V2Rules,
) -> Result<Id, Rejection> {
    let root = body.root;
    let BodyItems { contacts: items, phones } = body.items(payload, rules.is_extended())?;
    if let Some(envelope) = body.envelope {
        lose_envelope(payload, envelope);
    }
    let target = payload.tree.root(Shape::Object);
    map::records(payload, Format::V2, Mode::Inspect, rules);
    let Payload { tree, losses, .. } = payload;
    let mut next = tree.first(root);
    while let Some(field) = next.filter(|_| !matches!(items, Items::Bare(_))) {
        next = tree.after(field);
        let is_of_items = matches!(items, Items::Grouped(own) | Items::Flat(own) if own == field);
        if is_of_items || phones == Some(field) {
            continue;
        }
        if passing.passes(tree.name(field)) {
            passthrough::to_v2(tree, field, target);
        } else {
            losses.push(passthrough::left_out(tree, field));
        }
    }
    add_contacts(payload, target);
    Ok(target)
}

fn add_contacts(payload: &mut Payload, target: Id) {
    let list = Node::Array(Array::new(Shape::List));
    let Payload { tree, records, .. } = payload;
    let contacts = tree.append_named(target, envelope::CONTACT_DATA, list, 0);
    for (n, record) in (0..).zip(&*records) {
        if let Some(contact) = &record.written {
            let key = tree.number(n);
            v2::add_item(tree, contacts, key, contact, ItemShape::Flat, 0);
        }
    }
}
