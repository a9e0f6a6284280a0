//! Recognises bodies in the envelope of a reply, and lines that are not bodies: lists of bodies, error lines, and
//! legacy records as JSON.

use super::{Items, has_shape};
use crate::buffer::written;
use crate::json;
use crate::losses_file::{fields, is_error_line as is_written_error_line};
use crate::model::lookup::type_of;
use crate::model::table::{Format, envelope};
use crate::tree::{Id, Shape, Tree};

/// The body in the envelope of a reply: the `data` of an object whose names are all names of an envelope. `None` if
/// `data` is a scalar, which is an ordinary field.
pub(crate) fn in_envelope(tree: &Tree, root: Id) -> Option<Id> {
    const NAMES: [&str; 3] = [envelope::DATA, envelope::META, envelope::LINKED];
    let is_of_envelope = |child| NAMES.iter().any(|name| name.as_bytes() == tree.name(child));
    let is_envelope = has_shape(tree, root, Shape::Object) && tree.children(root).all(is_of_envelope);
    let data = tree.child(root, envelope::DATA.as_bytes()).filter(|_| is_envelope)?;
    tree.array(data).map(|_| data)
}

/// Whether an object is a line that an earlier run wrote for a rejected payload.
pub(crate) fn is_error_line(tree: &Tree, root: Id) -> bool {
    tree.child(root, fields::ERROR.as_bytes()).is_some()
        && tree.children(root).nth(1).is_none()
        && is_written_error_line(&written(|out| json::write(tree, root, out)))
}

/// Whether a list holds bodies: it has objects, and no element is an item with a type or a legacy record.
pub(crate) fn is_list_of_bodies(tree: &Tree, root: Id) -> bool {
    has_shape(tree, root, Shape::List)
        && tree.children(root).any(|item| has_shape(tree, item, Shape::Object))
        && !tree.children(root).any(|item| has_contact_type(tree, item) || is_legacy_record(tree, item))
}

/// The member that holds legacy records in place of items; `None` if there is no legacy record among the items.
pub(super) fn legacy_records(tree: &Tree, items: Items) -> Option<Id> {
    let (contact_data, has_any) = match items {
        Items::Absent => return None,
        Items::Bare(list) | Items::Flat(list) => {
            (list, tree.children(list).any(|item| is_legacy_record(tree, item)))
        }
        // If the keys are texts, a record can be in the place of a list of items.
        Items::Grouped(contact_data) => {
            let is_record =
                |list| type_of(Format::V2, tree.name(list)).is_err() && is_legacy_record(tree, list);
            (contact_data, tree.children(contact_data).any(is_record))
        }
    };
    has_any.then_some(contact_data)
}

fn is_legacy_record(tree: &Tree, item: Id) -> bool {
    let child = |name: &str| tree.child(item, name.as_bytes());
    has_shape(tree, item, Shape::Object)
        && !has_contact_type(tree, item)
        && child(envelope::TYPE).is_some_and(|of| tree.text(of).is_some())
        && child(envelope::DATA).is_some_and(|data| tree.array(data).is_some())
}

/// Whether an item has its own type, as the items of a reply have.
fn has_contact_type(tree: &Tree, item: Id) -> bool {
    tree.child(item, envelope::CONTACT_TYPE.as_bytes()).is_some()
}
