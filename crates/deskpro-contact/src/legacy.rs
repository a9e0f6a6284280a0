//! The legacy format: where a form's tree has its records, and what a record is made of.

use indexmap::IndexMap;
use serde::de::{Deserialize, Deserializer};
use serde::ser::{Serialize, Serializer};

use crate::embed;
use crate::error::{ErrorKind, Rejection};
use crate::loss::Loss;
use crate::model::Contact;
use crate::record::{Parts, Slot};
use crate::table::{self, Format, envelope};
use crate::translate::Layout;
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
#[inline(always)]
pub(crate) fn records(tree: &Tree, root: Id) -> Result<Records, Rejection> {
    // Mostly they stand behind all else, and say something: it is all the same then what that is.
    let last = tree.last(root);
    if tree.name(last) == CONTACT_DATA && tree.text(tree.first_of(tree.first_of(last))).is_some() {
        return Ok(Records::Many(last));
    }
    let mut contact_data = None;
    let mut has = [false; OWN.len()];
    let mut next = tree.first_of(root);
    while let Some(child) = tree.child_from(next) {
        next = child.next;
        let name = tree.bytes(child.key);
        if name == CONTACT_DATA {
            contact_data = Some(child.id);
        } else if let Some(has) = has.get_mut(rank(name)) {
            *has = true;
        }
    }
    let [has_type, _, has_data] = has;
    let is_single = has_type && has_data;
    match contact_data {
        // No form says an array in which there is nothing: it hides no single record.
        Some(contact_data) if is_single && tree.is_void(contact_data) => Ok(Records::Single),
        Some(contact_data) if tree.array(contact_data).is_some() => Ok(Records::Many(contact_data)),
        Some(contact_data) => Err(Rejection::at(ErrorKind::ContactDataNotArray, contact_data)),
        None if is_single => Ok(Records::Single),
        None => Ok(Records::Absent),
    }
}

const CONTACT_DATA: &[u8] = envelope::CONTACT_DATA.as_bytes();

/// Whether a field at the top of a payload is of its records.
pub(crate) fn is_ours(tree: &Tree, field: Id, records: Records) -> bool {
    match records {
        Records::Many(contact_data) => field == contact_data,
        Records::Single => is_own(tree.name(field)) || tree.name(field) == CONTACT_DATA,
        Records::Absent => false,
    }
}

/// A single record by itself, without the fields beside it.
pub(crate) fn single(tree: &mut Tree, root: Id) -> Id {
    let mut at = usize::MAX;
    let record = tree.alone(Text::EMPTY, Held::Array(Array::new(Shape::Object)), 0);
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

/// A record's own names, in the order in which they are written.
const OWN: [&[u8]; 3] = [envelope::TYPE.as_bytes(), envelope::COMMENT.as_bytes(), envelope::DATA.as_bytes()];

/// Where a name stands among a record's names: those of its own, and then any other.
#[inline(always)]
pub(crate) fn rank(name: &[u8]) -> usize {
    OWN.iter().position(|own| *own == name).unwrap_or(OWN.len())
}

/// Whether the name is a record's own.
pub(crate) fn is_own(name: &[u8]) -> bool {
    rank(name) < OWN.len()
}

/// Reads a record's parts.
#[inline(always)]
pub(crate) fn parts(tree: &Tree, node: Id) -> Result<Parts, Rejection> {
    if tree.array(node).is_none() {
        return Err(Rejection::at(ErrorKind::RecordNotArray, node));
    }
    let mut parts = [None; OWN.len()];
    let mut last = 0;
    let mut is_plain = true;
    let mut next = tree.first_of(node);
    while let Some(child) = tree.child_from(next) {
        next = child.next;
        let rank = rank(tree.bytes(child.key));
        is_plain &= rank >= last;
        last = rank;
        match parts.get_mut(rank) {
            Some(part) => *part = Some((child.id, child.held)),
            None => is_plain = false,
        }
    }
    let [type_node, comment, fields] = parts;
    let missing = |why, name| Rejection::missing(why, node, name);
    let Some((type_node, held)) = type_node else {
        return Err(missing(ErrorKind::TypeMissing, envelope::TYPE));
    };
    let Held::Text(text) = *held else { return Err(Rejection::at(ErrorKind::TypeNotText, type_node)) };
    let of =
        table::kind_or(Format::Legacy, tree.and_behind(text)).map_err(|why| Rejection::at(why, type_node))?;
    let Some((fields, held)) = fields else {
        return Err(missing(ErrorKind::DataMissing, envelope::DATA));
    };
    let Held::Array(_) = *held else { return Err(Rejection::at(ErrorKind::DataNotArray, fields)) };
    let comment = comment.map(|(comment, _)| comment);
    Ok(Parts { node, fields, of, type_node, comment, is_plain, columns: None })
}

/// The same of a record whose layout is known.
#[inline(always)]
pub(crate) fn parts_of(tree: &Tree, node: Id, layout: &Layout) -> Result<Parts, Rejection> {
    let type_node = node.and(layout.type_node);
    let text = tree.text(type_node).unwrap_or(Text::EMPTY);
    let of =
        table::kind_or(Format::Legacy, tree.and_behind(text)).map_err(|why| Rejection::at(why, type_node))?;
    let comment = layout.comment.map(|comment| node.and(comment));
    let fields = node.and(layout.fields);
    Ok(Parts { node, fields, of, type_node, comment, is_plain: true, columns: layout.columns(of.kind) })
}

/// Writes a contact as a record: into a new array of that key, or, without a key, beside the other fields.
pub(crate) fn write(tree: &mut Tree, parent: Id, key: Option<Text>, contact: &Contact<Slot>, at: usize) {
    let array = Held::Array(Array::new(Shape::Keys));
    let record = match key {
        Some(key) => tree.append(parent, key, array, at),
        None => parent,
    };
    let row = table::row(contact.kind);
    let kind = Held::Text(tree.name_of(row.name.anywhere(Format::Legacy)));
    tree.append_named(record, envelope::TYPE, kind, at);
    if let Some(comment) = contact.comment {
        tree.append_named(record, envelope::COMMENT, Held::Text(comment.text), at);
    }
    let data = tree.append_named(record, envelope::DATA, array, at);
    for (column, value) in row.columns.iter().zip(contact.values()) {
        if let Some(value) = value {
            let name = column.1.anywhere(Format::Legacy);
            tree.append_named(data, name, Held::Text(value.text), at);
        }
    }
}

/// `contact_data` of a legacy payload, to stand in a struct of one's own.
///
/// serde reads and writes it as a map of records, each with `type`, `comment` and `data`. The key of a record is
/// whatever number the payload groups it by.
///
/// With `serde_qs`, for a form in a web handler:
///
/// ```
/// use deskpro_contact::{Field, legacy};
///
/// #[derive(serde::Deserialize, serde::Serialize)]
/// struct Person {
///     name: String,
///     contact_data: legacy::ContactData,
/// }
///
/// let form = "name=Ann&contact_data[3][type]=im&contact_data[3][data][service]=aim\
///             &contact_data[3][data][username]=ann";
/// let person: Person = serde_qs::from_str(form)?;
/// assert_eq!(person.contact_data.contacts["3"].get(Field::Username).unwrap(), "ann");
/// assert_eq!(
///     serde_qs::to_string(&person)?,
///     "name=Ann&contact_data[3][type]=instant_message&contact_data[3][data][service]=aim\
///      &contact_data[3][data][username]=ann",
/// );
/// # Ok::<(), serde_qs::Error>(())
/// ```
///
/// `serde_qs` does not read a form as PHP does: it takes `contact_data[07]` for `[7]`, keeps brackets encoded in
/// lower case (`%5b`) in the name, reads an unclosed bracket on across `&`, sorts records by key, and rejects what PHP
/// mends. Where a payload must mean what the legacy server would make of it, read it with
/// [`Converter`](crate::Converter), [`to_v2`](crate::to_v2) or [`form::Form`](crate::form::Form).
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct ContactData {
    /// The contacts, by the key that groups each record. They are written as they are, with all that was read of them;
    /// [`ContactData::new`] makes them what the document has.
    pub contacts: IndexMap<String, Contact<String>>,
    /// What was read and is in no contact: unknown fields, and records that were rejected.
    pub losses: Vec<Loss>,
}

impl ContactData {
    /// Contact data of these contacts, numbered from 1. What the legacy document has no place for is in `losses`.
    ///
    /// ```
    /// use deskpro_contact::{Contact, Field, Kind, legacy};
    ///
    /// let mut contact = Contact::new(Kind::Instagram);
    /// contact.set(Field::Username, "ann".to_owned());
    /// let data = legacy::ContactData::new([contact]);
    /// assert!(data.contacts.is_empty());
    /// assert_eq!(data.losses[0].path(), "contact_data[1]");
    /// ```
    #[must_use]
    pub fn new(contacts: impl IntoIterator<Item = Contact<String>>) -> Self {
        let numbered = (1..).zip(contacts).map(|(n, contact): (u64, _)| (n.to_string(), contact));
        embed::carry(numbered, Format::Legacy).into()
    }
}

impl ContactData {
    /// Whether there are no contacts: a form has nothing for an empty array, so that such a field is best left out
    /// with `#[serde(default, skip_serializing_if = "ContactData::is_empty")]`.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.contacts.is_empty()
    }
}

impl From<embed::Contacts> for ContactData {
    fn from(read: embed::Contacts) -> Self {
        Self { contacts: read.contacts.into_iter().collect(), losses: read.losses }
    }
}

impl<'de> Deserialize<'de> for ContactData {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // Numbers group the records; a form's deserializer would take them for the positions of a list.
        let embed::Read { mut tree, root } = embed::Read::new(deserializer, true)?;
        Ok(embed::read(&mut tree, Format::Legacy, |translation, records| {
            translation.legacy_records(root, records);
        })
        .into())
    }
}

impl Serialize for ContactData {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut tree = Tree::default();
        tree.clear();
        let root = tree.root(Shape::Object);
        for (key, contact) in &self.contacts {
            let key = tree.intern(key.as_bytes());
            let slots =
                contact.clone().map(|text| Slot { text: tree.intern(text.as_bytes()), node: Id::NONE });
            write(&mut tree, root, Some(key), &slots, 0);
        }
        embed::Write(&tree, root).serialize(serializer)
    }
}
