//! Targets: write records and other fields in each format.

pub(crate) mod canonical;
pub(crate) mod form;
mod notes;
pub(crate) mod person;
pub(crate) mod v2;

use std::collections::HashMap;

use self::person::Person;
use crate::error::ErrorKind;
use crate::loss::{Code, LostValue};
use crate::map;
use crate::model::table::envelope;
use crate::passthrough::{self, Passing};
use crate::payload::Payload;
use crate::reject::Rejection;
use crate::sources::form::{Records, is_of_records};
use crate::tree::{Id, Node, Text, Tree};

/// Passes the other fields of a form to a tree of JSON. Calls `place` for each field that belongs to the records.
/// `person` names the fields, in the extended profile.
fn pass_fields(
    payload: &mut Payload,
    root: Id,
    records: Records,
    target: Id,
    passing: Passing<'_>,
    person: Option<&Person<'_>>,
    mut place: impl FnMut(&mut Payload),
) -> Result<(), Rejection> {
    let mut next = payload.tree.first(root);
    while let Some(field) = next {
        next = payload.tree.after(field);
        if is_of_records(&payload.tree, field, records) {
            place(payload);
            continue;
        }
        if let Some(id) = payload.tree.not_utf8(field) {
            return Err(Rejection::at_node(ErrorKind::NotUtf8, id));
        }
        if passing.passes(payload.tree.name(field)) {
            let Payload { tree, losses, .. } = payload;
            match person {
                None => passthrough::to_v2(tree, field, target),
                Some(person) => {
                    if let Some(member) = person.to_v2(tree, losses, field) {
                        tree.attach(target, member);
                    }
                }
            }
        } else {
            payload.losses.push(passthrough::left_out(&payload.tree, field));
        }
    }
    Ok(())
}

/// Whether a form has a pair for a member.
fn has_pairs(tree: &Tree, id: Id) -> bool {
    match tree.node(id) {
        Node::Bool(_) | Node::Number(_) | Node::Text(_) => true,
        Node::Array(_) => tree.children(id).any(|child| has_pairs(tree, child)),
        Node::Null | Node::Link(_) | Node::Removed => false,
    }
}

/// Adds the losses of the fields beside the body in the envelope of a reply.
fn lose_envelope(payload: &mut Payload, reply: Id) {
    let Payload { tree, losses, .. } = payload;
    for field in tree.children(reply).filter(|&field| tree.name(field) != envelope::DATA.as_bytes()) {
        let severity = map::severity(tree, field);
        losses.push(map::tree_loss(tree, Code::EnvelopeField, severity, field, LostValue::Tree(field)));
    }
}

/// Keys for new members of arrays: the next integer or, if the largest integer is taken, the smallest free one.
#[derive(Default)]
struct NewKeys {
    free: HashMap<Id, Box<dyn Iterator<Item = i64>>>,
}

impl NewKeys {
    fn next(&mut self, tree: &mut Tree, array: Id) -> Text {
        if let Some(key) = tree.next_key(array) {
            return key;
        }
        let keys = self.free.entry(array).or_insert_with(|| Box::new(tree.free_keys(array)));
        let key = keys.next().expect("an array has fewer members than there are integers");
        tree.number(key)
    }
}
