//! v2 bodies: finds the items of a body and the parts of an item.

mod shapes;

pub(crate) use self::shapes::{in_envelope, is_error_line, is_list_of_bodies};
use super::Parts;
use crate::error::ErrorKind;
use crate::misplaced;
use crate::model::Kind;
use crate::model::lookup::{TypeName, type_of};
use crate::model::table::{Format, comment_name, envelope, row};
use crate::payload::Payload;
use crate::place::Place;
use crate::record::{Record, Sent, Value};
use crate::reject::{Rejection, type_error};
use crate::tree::{Id, Node, Shape, Tree};

/// The shape of the items in a body.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Items {
    /// `contact_data` is an object with a list for each type, as in requests.
    Grouped(Id),
    /// `contact_data` is one list of items, each with its type, as in replies.
    Flat(Id),
    /// The body itself is such a list.
    Bare(Id),
    /// The body has no `contact_data`.
    Absent,
}

impl Items {
    /// The member that holds the items.
    pub(crate) fn node(self) -> Option<Id> {
        match self {
            Self::Grouped(id) | Self::Flat(id) | Self::Bare(id) => Some(id),
            Self::Absent => None,
        }
    }
}

/// The members of a body that hold its items.
#[derive(Clone, Copy, Debug)]
pub(crate) struct BodyItems {
    pub(crate) contacts: Items,
    /// The list of phones beside `contact_data`, in the extended profile.
    pub(crate) phones: Option<Id>,
}

/// A body that was read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Body {
    pub(crate) root: Id,
    /// The reply whose `data` is the body.
    pub(crate) envelope: Option<Id>,
}

impl Body {
    /// Finds the body in the JSON value `read`, and unwraps the envelope of a reply. An output of this library has no
    /// envelope, so with `is_output` a member `data` is an ordinary field.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotABody`], [`ErrorKind::ListOfBodies`], [`ErrorKind::ErrorLine`].
    pub(crate) fn find(tree: &Tree, read: Id, is_output: bool) -> Result<Self, Rejection> {
        if tree.array(read).is_none() {
            return Err(Rejection::at_node(ErrorKind::NotABody, read));
        }
        if is_error_line(tree, read) {
            return Err(Rejection::at_node(ErrorKind::ErrorLine, read));
        }
        let data = if is_output { None } else { in_envelope(tree, read) };
        let root = data.unwrap_or(read);
        if is_list_of_bodies(tree, root) {
            return Err(Rejection::at_node(ErrorKind::ListOfBodies, root));
        }
        Ok(Self { root, envelope: data.map(|_| read) })
    }

    /// Rejects contact data in the wrong place, unless the path of its field is one of `allowed`.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::MisplacedField`].
    pub(crate) fn check_names(self, tree: &Tree, allowed: &[String]) -> Result<(), Rejection> {
        // The items of a bare list have no other place.
        if has_shape(tree, self.root, Shape::List) {
            return Ok(());
        }
        let is_allowed = |id: Id| tree.has_path_among(id, allowed);
        match misplaced::find_in_body(tree, self.root, is_allowed) {
            Some(id) => Err(Rejection::at_node(ErrorKind::MisplacedField, id)),
            None => Ok(()),
        }
    }

    /// Finds the items, and adds them to the payload's records. Phones come before or after the others, as their list
    /// does in the body. `has_phones` says whether `phone_numbers` is the list of phones, and not another field.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::ContactDataNotArray`], [`ErrorKind::LegacyRecords`].
    pub(crate) fn items(self, payload: &mut Payload, has_phones: bool) -> Result<BodyItems, Rejection> {
        let contacts = find_items(&payload.tree, self.root)?;
        if let Some(contact_data) = shapes::legacy_records(&payload.tree, contacts) {
            return Err(Rejection::at_node(ErrorKind::LegacyRecords, contact_data));
        }
        let tree = &payload.tree;
        let list = || tree.child(self.root, envelope::PHONE_NUMBERS.as_bytes());
        let phones = if has_phones && contacts != Items::Bare(self.root) { list() } else { None };
        let phones = phones.filter(|&list| tree.array(list).is_some());
        let are_phones_last = match (phones, contacts) {
            (Some(phones), Items::Flat(own) | Items::Grouped(own)) => {
                tree.children(self.root).find(|&field| field == own || field == phones) == Some(own)
            }
            (_, Items::Bare(_) | Items::Absent) | (None, _) => false,
        };
        if are_phones_last {
            add_records(payload, contacts);
        }
        if let Some(list) = phones {
            let Payload { tree, records, .. } = payload;
            let record = |node| Record::new(Sent::Phone { node, list }, tree[node].key, tree.at(node));
            records.extend(tree.children(list).map(record));
        }
        if !are_phones_last {
            add_records(payload, contacts);
        }
        Ok(BodyItems { contacts, phones })
    }
}

fn find_items(tree: &Tree, root: Id) -> Result<Items, Rejection> {
    if has_shape(tree, root, Shape::List) {
        return Ok(Items::Bare(root));
    }
    let Some(contact_data) = tree.child(root, envelope::CONTACT_DATA.as_bytes()) else {
        return Ok(Items::Absent);
    };
    contact_items(tree, contact_data)
        .ok_or_else(|| Rejection::at_node(ErrorKind::ContactDataNotArray, contact_data))
}

/// Whether a member is an array of a shape.
fn has_shape(tree: &Tree, id: Id, shape: Shape) -> bool {
    tree.array(id).is_some_and(|array| array.shape == shape)
}

/// The shape of the items in `contact_data`; `None` if it is neither an object nor a list.
pub(crate) fn contact_items(tree: &Tree, contact_data: Id) -> Option<Items> {
    let array = tree.array(contact_data)?;
    let is_flat = array.shape == Shape::List || has_positions(tree, contact_data);
    Some(if is_flat { Items::Flat(contact_data) } else { Items::Grouped(contact_data) })
}

/// Whether an object is a list in which positions are the keys. The name of a type is never a number.
fn has_positions(tree: &Tree, id: Id) -> bool {
    tree.first(id).is_some()
        && tree.children(id).all(|child| crate::bytes::integer(tree.name(child)).is_some())
}

/// Adds the items to the payload's records.
pub(crate) fn add_records(payload: &mut Payload, items: Items) {
    let Payload { tree, records, .. } = payload;
    let record = |node, list| Record::new(Sent::Item { node, list }, tree[node].key, tree.at(node));
    match items {
        Items::Absent => {}
        Items::Bare(list) | Items::Flat(list) => {
            records.extend(tree.children(list).map(|node| record(node, None)));
        }
        Items::Grouped(contact_data) => {
            for list in tree.children(contact_data) {
                match tree.node(list) {
                    Node::Array(_) => {
                        records.extend(tree.children(list).map(|node| record(node, Some(list))))
                    }
                    Node::Null => {}
                    // A scalar instead of a list: it becomes a record that is rejected.
                    Node::Bool(_) | Node::Number(_) | Node::Text(_) | Node::Link(_) | Node::Removed => {
                        records.push(record(list, Some(list)));
                    }
                }
            }
        }
    }
}

/// The rank of a name in an item: the names that only replies have come first, then the comment and the fields.
pub(crate) fn rank(kind: Kind, name: &[u8]) -> usize {
    const ORDER: [&str; 2] = [envelope::ID, envelope::CONTACT_TYPE];
    let before_comment = row(kind).extended.map_or(0, |list| list.before_comment);
    if let Some(column) = row(kind).column(Format::V2, name) {
        return ORDER.len() + column + usize::from(column >= before_comment);
    }
    if name == comment_name(kind, Format::V2).as_bytes() {
        return ORDER.len() + before_comment;
    }
    ORDER.iter().position(|own| own.as_bytes() == name).unwrap_or(usize::MAX)
}

/// Finds the parts of an item, or the reason why the item is rejected. `list` is the list of items of its type, if the
/// body has such lists.
pub(crate) fn parts(tree: &mut Tree, node: Id, list: Option<Id>) -> Result<Parts, Rejection> {
    let is_object = tree.array(node).is_some_and(|array| array.shape != Shape::List);
    let not_an_object = || Rejection::at_node(ErrorKind::RecordNotArray, node);
    if list == Some(node) {
        return Err(not_an_object());
    }
    let (type_node, text) = match list {
        Some(list) => (list, tree[list].key),
        None if !is_object => return Err(not_an_object()),
        None => {
            let Some(type_node) = tree.child(node, envelope::CONTACT_TYPE.as_bytes()) else {
                let name = tree.intern_name(envelope::CONTACT_TYPE);
                return Err(Rejection::missing(ErrorKind::TypeMissing, Place::Under(node, name)));
            };
            let text = tree.text(type_node);
            (type_node, text.ok_or_else(|| Rejection::at_node(ErrorKind::TypeNotText, type_node))?)
        }
    };
    let type_name =
        type_of(Format::V2, &tree[text]).map_err(|why| Rejection::at_node(type_error(why), type_node))?;
    if !is_object {
        return Err(not_an_object());
    }
    let type_value = Value::text(text, tree.at(type_node));
    let comment = tree.child(node, envelope::COMMENT.as_bytes());
    Ok(Parts { node, fields: node, type_name, type_node, type_value, comment })
}

/// Finds the parts of a phone in the list `phone_numbers`, or the reason why it is rejected.
pub(crate) fn phone_parts(tree: &Tree, node: Id, list: Id) -> Result<Parts, Rejection> {
    if tree.array(node).is_none_or(|array| array.shape == Shape::List) {
        return Err(Rejection::at_node(ErrorKind::RecordNotArray, node));
    }
    let type_name = TypeName::of(Kind::Phone);
    let type_value = Value::text(tree[list].key, tree.at(list));
    let comment = tree.child(node, comment_name(Kind::Phone, Format::V2).as_bytes());
    Ok(Parts { node, fields: node, type_name, type_node: list, type_value, comment })
}
