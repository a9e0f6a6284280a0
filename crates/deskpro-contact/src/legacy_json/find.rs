//! Finds the contacts of a line of legacy JSON: in a body, or in one of two kinds of reply. Any other line is an error.

use crate::buffer::written;
use crate::error::{Error, ErrorKind, shorten};
use crate::json;
use crate::loss::argument;
use crate::misplaced;
use crate::model::table::envelope;
use crate::sources::v2;
use crate::tree::{Id, Node, Shape, Tree, path_name};

/// The contents of a line.
#[derive(Clone, Copy, Debug)]
pub(super) enum Found {
    Body {
        body: Id,
    },
    /// `{"person":{…}}`
    Person {
        person: Id,
    },
    /// `{"details":…}`: records without a person.
    Details {
        details: Id,
    },
}

const EXPECTED: &str = "a body or a reply of the legacy API, which is an object";

impl Found {
    /// Finds the contacts. `allowed` has the paths of the fields that may look like contact data in the wrong place.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotABody`], [`ErrorKind::ListOfBodies`], [`ErrorKind::ErrorLine`], [`ErrorKind::MisplacedField`].
    pub(super) fn find(tree: &Tree, top: Id, line: &[u8], allowed: &[String]) -> Result<Self, Error> {
        let error = |kind, id: Id, expected: &str, found: &str| {
            let path = String::from_utf8_lossy(&written(|out| tree.path(id, out))).into_owned();
            Error::new(kind, path, json::span(line, tree.at(id) as usize), expected, found)
        };
        let is_object = tree.array(top).is_some_and(|array| array.shape == Shape::Object);
        if v2::is_list_of_bodies(tree, top) {
            let found = "a list of bodies (`jq -c '.[]'` writes each on its own line)";
            return Err(error(ErrorKind::ListOfBodies, top, EXPECTED, found));
        }
        if !is_object {
            return Err(error(ErrorKind::NotABody, top, EXPECTED, &shown(tree, top)));
        }
        if v2::is_error_line(tree, top) {
            let found = "an error line, which an earlier run wrote for a rejected payload";
            return Err(error(ErrorKind::ErrorLine, top, EXPECTED, found));
        }
        if has_contact_type(tree, top) || has_records(tree, top) {
            let found = "records of a reply without the reply around them: `{\"details\":{…}}`";
            return Err(error(ErrorKind::NotABody, top, EXPECTED, found));
        }
        let found = Self::of(tree, top);
        let (body, records) = match found {
            Self::Body { body } | Self::Person { person: body } => {
                (body, tree.child(body, envelope::CONTACT_DATA.as_bytes()))
            }
            Self::Details { details } => (top, Some(details)),
        };
        if let Some(id) = stray(tree, body, body, records, allowed) {
            let name = match tree.parent(id) {
                Some(parent) if parent != body => shorten(tree.name(parent)),
                Some(_) | None => shorten(tree.name(id)),
            };
            let found = format!(
                "it in the field \"{name}\"; if the field is meant, pass it on with --allow-field {}",
                argument(&path_below(tree, body, id))
            );
            let expected = "contact data in the field contact_data of a body or of a reply's person";
            return Err(error(ErrorKind::MisplacedField, id, expected, &found));
        }
        Ok(found)
    }

    fn of(tree: &Tree, top: Id) -> Self {
        let child = |name: &str| tree.child(top, name.as_bytes());
        let is_only = tree.children(top).nth(1).is_none();
        let has_contacts = child(envelope::CONTACT_DATA).is_some();
        if let Some(person) = child(envelope::PERSON)
            && tree.array(person).is_some_and(|array| array.shape == Shape::Object)
            && !has_contacts
            && (is_only || tree.child(person, envelope::CONTACT_DATA.as_bytes()).is_some())
        {
            return Self::Person { person };
        }
        if let Some(details) = child(envelope::DETAILS)
            && tree.array(details).is_some()
            && !has_contacts
            && (is_only || has_records(tree, details))
        {
            return Self::Details { details };
        }
        Self::Body { body: top }
    }
}

/// Whether a member has a `contact_type`, as the records of a reply have.
fn has_contact_type(tree: &Tree, id: Id) -> bool {
    tree.child(id, envelope::CONTACT_TYPE.as_bytes()).is_some()
}

fn has_records(tree: &Tree, id: Id) -> bool {
    tree.children(id).any(|child| has_contact_type(tree, child))
}

/// The first member below `above` that holds contacts and is not `records`. Passed on as a field, its contacts would be
/// lost.
fn stray(tree: &Tree, body: Id, above: Id, records: Option<Id>, allowed: &[String]) -> Option<Id> {
    tree.children(above).find_map(|id| {
        if Some(id) == records {
            return None;
        }
        let has_value = match tree.node(id) {
            Node::Text(_) => true,
            Node::Array(_) => tree.first(id).is_some(),
            Node::Null | Node::Bool(_) | Node::Number(_) | Node::Link(_) | Node::Removed => false,
        };
        let holds_contacts = misplaced::holds_contacts(tree, id) || has_records(tree, id);
        if has_value && holds_contacts && !allowed.contains(&path_below(tree, body, id)) {
            return Some(id);
        }
        stray(tree, body, id, records, allowed)
    })
}

/// The path that a member of the body has in the payload.
fn path_below(tree: &Tree, body: Id, id: Id) -> String {
    fn write(tree: &Tree, body: Id, id: Id, out: &mut crate::buffer::Buffer) {
        if id != body
            && let Some(parent) = tree.parent(id)
        {
            write(tree, body, parent, out);
            path_name(tree.name(id), parent != body, out);
        }
    }
    String::from_utf8_lossy(&written(|out| write(tree, body, id, out))).into_owned()
}

/// A value that is not an object, for a message.
fn shown(tree: &Tree, id: Id) -> String {
    match tree.node(id) {
        Node::Array(_) => "a list".to_owned(),
        Node::Null | Node::Bool(_) | Node::Number(_) | Node::Text(_) | Node::Link(_) | Node::Removed => {
            shorten(&written(|out| json::write(tree, id, out)))
        }
    }
}
