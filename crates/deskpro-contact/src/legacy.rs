//! The legacy format: where a form's tree has its records, and what a record is made of.

use crate::error::{ErrorKind, Rejection};
use crate::loss::Slot;
use crate::model::Contact;
use crate::table::{self, Format, envelope};
use crate::translate::Parts;
use crate::tree::{Array, Held, Id, Shape, Text, Tree};

/// How a payload has its records.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Records {
    /// `contact_data[#][…]`: the array.
    Many(Id),
    /// `type=…&data[…]=…`: one record, beside other fields.
    Single,
    /// None.
    Absent,
}

/// Finds the records of a payload.
pub(crate) fn records(tree: &Tree, root: Id) -> Result<Records, Rejection> {
    if let Some(contact_data) = tree.child(root, envelope::CONTACT_DATA.as_bytes()) {
        return match tree.array(contact_data) {
            Some(_) => Ok(Records::Many(contact_data)),
            None => Err(Rejection::at(ErrorKind::ContactDataNotArray, contact_data)),
        };
    }
    let has = |name: &str| tree.child(root, name.as_bytes()).is_some();
    Ok(if has(envelope::TYPE) && has(envelope::DATA) { Records::Single } else { Records::Absent })
}

/// Whether a field at the top of a payload is of its records.
pub(crate) fn is_ours(tree: &Tree, field: Id, records: Records) -> bool {
    match records {
        Records::Many(contact_data) => field == contact_data,
        Records::Single => is_own(tree.name(field)),
        Records::Absent => false,
    }
}

/// A single record by itself, without the fields beside it.
pub(crate) fn single(tree: &mut Tree, root: Id) -> Id {
    let mut at = usize::MAX;
    let record = tree.alone(Text::Name(""), Held::Array(Array::new(Shape::Object)), 0);
    let mut next = tree.first(root);
    while let Some(field) = next {
        next = tree.after(field);
        if is_own(tree.name(field)) {
            at = at.min(tree.at(field));
            tree.append(record, tree.key(field), Held::Link(field), tree.at(field));
        }
    }
    tree.set_at(record, at);
    record
}

/// Where a name stands among a record's names.
pub(crate) fn rank(name: &[u8]) -> usize {
    const ORDER: [&str; 3] = [envelope::TYPE, envelope::COMMENT, envelope::DATA];
    ORDER.iter().position(|own| own.as_bytes() == name).unwrap_or(ORDER.len())
}

/// Whether the name is a record's own.
pub(crate) fn is_own(name: &[u8]) -> bool {
    [envelope::TYPE, envelope::COMMENT, envelope::DATA].iter().any(|own| own.as_bytes() == name)
}

/// Reads a record's parts.
pub(crate) fn parts(tree: &Tree, node: Id) -> Result<Parts, Rejection> {
    if tree.array(node).is_none() {
        return Err(Rejection::at(ErrorKind::RecordNotArray, node));
    }
    let child = |name: &str| tree.child(node, name.as_bytes());
    let type_node =
        child(envelope::TYPE).ok_or(Rejection::missing(ErrorKind::TypeMissing, node, envelope::TYPE))?;
    let text = tree.text(type_node).ok_or(Rejection::at(ErrorKind::TypeNotText, type_node))?;
    let (kind, name) = table::kind_of(Format::Legacy, tree.bytes(text))
        .ok_or(Rejection::at(ErrorKind::TypeUnknown, type_node))?;
    if table::row(kind).name.written(Format::Legacy).is_none() {
        return Err(Rejection::at(ErrorKind::TypeOfOtherFormat, type_node));
    }
    let fields =
        child(envelope::DATA).ok_or(Rejection::missing(ErrorKind::DataMissing, node, envelope::DATA))?;
    if tree.array(fields).is_none() {
        return Err(Rejection::at(ErrorKind::DataNotArray, fields));
    }
    let comment = child(envelope::COMMENT);
    Ok(Parts { node, fields, kind, name, type_node, comment })
}

/// Writes a contact as a record: into a new array of that key, or, without a key, beside the other fields.
pub(crate) fn write(tree: &mut Tree, parent: Id, key: Option<Text>, contact: &Contact<Slot>, at: usize) {
    let array = Held::Array(Array::new(Shape::Keys));
    let record = match key {
        Some(key) => tree.append(parent, key, array, at),
        None => parent,
    };
    let row = table::row(contact.kind);
    let kind = Text::Name(row.name.anywhere(Format::Legacy));
    tree.append(record, Text::Name(envelope::TYPE), Held::Text(kind), at);
    if let Some(comment) = contact.comment {
        tree.append(record, Text::Name(envelope::COMMENT), Held::Text(comment.text), at);
    }
    let data = tree.append(record, Text::Name(envelope::DATA), array, at);
    for (column, value) in row.columns.iter().zip(contact.values()) {
        if let Some(value) = value {
            let name = Text::Name(column.1.anywhere(Format::Legacy));
            tree.append(data, name, Held::Text(value.text), at);
        }
    }
}
