//! The v2 format: where a body has its items, and what an item is made of.

use std::sync::LazyLock;

use serde::de::{Deserialize, Deserializer, Error as _};
use serde::ser::{Serialize, Serializer};

use crate::embed;
use crate::error::{ErrorKind, Rejection};
use crate::json;
use crate::loss::Loss;
use crate::model::{Contact, Kind, MOST_FIELDS};
use crate::record::{Kinds, Parts, Record, Slot};
use crate::table::{self, Format, Holds, envelope};
use crate::tree::{Array, Held, Id, Shape, Text, Tree};
use crate::writer::{Name, Writer, name};

/// How a body has its items.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Items {
    /// `contact_data` is an object with a list for each type: as requests are.
    Grouped(Id),
    /// `contact_data` is one list of items that say their type: as replies are.
    Flat(Id),
    /// The body itself is that list.
    Bare(Id),
    /// None.
    Absent,
}

/// Finds the items of a body.
pub(crate) fn items(tree: &Tree, root: Id) -> Result<Items, Rejection> {
    match tree.array(root) {
        None => return Err(Rejection::at(ErrorKind::NotABody, root)),
        Some(array) if array.shape == Shape::List => return Ok(Items::Bare(root)),
        Some(_) => {}
    }
    let Some(contact_data) = tree.child(root, envelope::CONTACT_DATA.as_bytes()) else {
        return Ok(Items::Absent);
    };
    match tree.array(contact_data) {
        None => Err(Rejection::at(ErrorKind::ContactDataNotArray, contact_data)),
        Some(array) if array.shape == Shape::List || is_numbered(tree, contact_data) => {
            Ok(Items::Flat(contact_data))
        }
        Some(_) => Ok(Items::Grouped(contact_data)),
    }
}

/// Whether an object is a list with its positions written out. No type is called by a number.
fn is_numbered(tree: &Tree, node: Id) -> bool {
    tree.first(node).is_some()
        && tree.children(node).all(|child| crate::tree::integer(tree.name(child)).is_some())
}

/// Where a name stands among the names of an item: a reply's own first, then the fields.
pub(crate) fn rank(kind: Option<Kind>, name: &[u8]) -> usize {
    const ORDER: [&str; 3] = [envelope::ID, envelope::CONTACT_TYPE, envelope::COMMENT];
    let own = ORDER.iter().position(|own| own.as_bytes() == name);
    let column = || Some(ORDER.len().saturating_add(table::row(kind?).column(Format::V2, name)?));
    own.or_else(column).unwrap_or(usize::MAX)
}

/// Reads an item's parts. `list` is the list of its type, where it does not say the type itself.
pub(crate) fn parts(tree: &Tree, node: Id, list: Option<Id>) -> Result<Parts, Rejection> {
    let (type_node, text) = match list {
        Some(list) => (list, tree.key(list)),
        None => {
            if tree.array(node).is_none_or(|array| array.shape == Shape::List) {
                return Err(Rejection::at(ErrorKind::RecordNotArray, node));
            }
            let name = envelope::CONTACT_TYPE;
            let type_node = tree.child(node, name.as_bytes()).ok_or(Rejection::missing(
                ErrorKind::TypeMissing,
                node,
                name,
            ))?;
            let text = tree.text(type_node).ok_or(Rejection::at(ErrorKind::TypeNotText, type_node))?;
            (type_node, text)
        }
    };
    let of =
        table::kind_or(Format::V2, tree.and_behind(text)).map_err(|why| Rejection::at(why, type_node))?;
    if tree.array(node).is_none_or(|array| array.shape == Shape::List) {
        return Err(Rejection::at(ErrorKind::RecordNotArray, node));
    }
    let comment = tree.child(node, envelope::COMMENT.as_bytes());
    Ok(Parts { node, fields: node, of, type_node, comment, is_plain: false, columns: None })
}

/// Writes a contact as the model has it: its kind, its label, and its fields.
pub(crate) fn write_canonical(tree: &mut Tree, list: Id, key: Text, contact: &Contact<Slot>) {
    write(tree, list, key, contact, true, 0);
}

/// Writes contacts as `contact_data` of a body: a list for each kind, in the order of their first items.
pub(crate) fn write_lists(tree: &Tree, records: &[Record], kinds: Kinds, out: &mut Writer) {
    let names = &*NAMES;
    let mut written = Kinds::default();
    let mut mark = b'{';
    for (n, contact) in records.iter().enumerate() {
        let Some(contact) = &contact.written else { continue };
        let Some(names) = names.get(contact.kind as usize) else { continue };
        let others = match kinds.repeat(contact.kind) {
            // Mostly it is the only one of its kind, and no other one is looked for.
            false => &[],
            true if written.has(contact.kind) => continue,
            true => records.get(n.saturating_add(1)..).unwrap_or_default(),
        };
        written.meet(contact.kind);
        out.piece(std::mem::replace(&mut mark, b','), &names.list);
        out.push(b'[');
        write_item(tree, contact, &names.columns, out);
        for other in others {
            if let Some(item) = &other.written
                && item.kind == contact.kind
            {
                out.push(b',');
                write_item(tree, item, &names.columns, out);
            }
        }
        out.push(b']');
    }
    if mark == b'{' {
        out.push(mark);
    }
    out.push(b'}');
}

/// Writes a contact as an item.
#[inline(always)]
fn write_item(tree: &Tree, contact: &Contact<Slot>, names: &[Name], out: &mut Writer) {
    let mut mark = b'{';
    let truths = table::brief(contact.kind).truths;
    for (n, (value, name)) in contact.values().iter().zip(names).enumerate() {
        let Some(value) = value else { continue };
        out.piece(std::mem::replace(&mut mark, b','), name);
        if truths.has(n) {
            json::write_bool(table::truth(tree.bytes(value.text)), out);
        } else {
            json::write_text(tree, b"\"", value.text, b"\"", out);
        }
    }
    out.push(b'}');
}

/// What a kind's list and its columns are called.
struct Names {
    list: Name,
    columns: [Name; MOST_FIELDS],
}

/// The names of each kind.
static NAMES: LazyLock<[Names; Kind::ALL.len()]> = LazyLock::new(|| {
    let name = |spelling: &table::Spelling| name(spelling.anywhere(Format::V2));
    Kind::ALL.map(|kind| {
        let row = table::row(kind);
        let mut columns = [Name::of(&[]); MOST_FIELDS];
        columns.iter_mut().zip(row.columns).for_each(|(own, column)| *own = name(&column.1));
        Names { list: name(&row.name), columns }
    })
});

/// Writes a contact as an item of a list; `flat` items say their type.
pub(crate) fn write(tree: &mut Tree, list: Id, key: Text, contact: &Contact<Slot>, flat: bool, at: usize) {
    let item = tree.append(list, key, Held::Array(Array::new(Shape::Object)), at);
    let row = table::row(contact.kind);
    if flat {
        let kind = Held::Text(tree.name_of(row.name.anywhere(Format::V2)));
        tree.append_named(item, envelope::CONTACT_TYPE, kind, at);
    }
    if let Some(comment) = contact.comment {
        tree.append_named(item, envelope::COMMENT, Held::Text(comment.text), at);
    }
    for (column, value) in row.columns.iter().zip(contact.values()) {
        if let Some(value) = value {
            let held = match column.3 {
                Holds::Truth => Held::Bool(table::truth(tree.bytes(value.text))),
                Holds::Text | Holds::Service => Held::Text(value.text),
            };
            tree.append_named(item, column.1.anywhere(Format::V2), held, at);
        }
    }
}

/// `contact_data` of a v2 body, to stand in a struct of one's own.
///
/// A number stands in a contact as its deserializer gives it: `serde_json` may have rounded its digits.
///
/// serde reads it in the shape of requests (an object with a list for each type) and of replies (a flat list), and
/// writes it in the shape of requests.
///
/// With `serde_json`, for a body:
///
/// ```
/// use deskpro_contact::{Contact, Field, Kind, v2};
///
/// #[derive(serde::Deserialize, serde::Serialize)]
/// struct Person {
///     name: String,
///     contact_data: v2::ContactData,
/// }
///
/// let mut site = Contact::new(Kind::Website);
/// site.set(Field::Url, "http://example.com".to_owned());
/// site.comment = Some("home".to_owned());
/// let person = Person { name: "Ann".to_owned(), contact_data: v2::ContactData::new([site]) };
/// let body = r#"{"name":"Ann","contact_data":{"website":[{"url":"http://example.com"}]}}"#;
/// assert_eq!(serde_json::to_string(&person)?, body);
/// assert_eq!(person.contact_data.losses[0].path(), "contact_data[1][comment]");
/// let read: Person = serde_json::from_str(body)?;
/// assert_eq!(read.contact_data.contacts[0].get(Field::Url).unwrap(), "http://example.com");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct ContactData {
    /// The contacts, in order. They are written as they are, with all that was read of them; [`ContactData::new`] makes
    /// them what the document has.
    pub contacts: Vec<Contact<String>>,
    /// What was read and is in no contact: unknown fields, and items that were rejected.
    pub losses: Vec<Loss>,
}

impl ContactData {
    /// Contact data of these contacts. What the v2 document has no place for is in `losses`; what it requires and a
    /// contact lacks is filled in.
    #[must_use]
    pub fn new(contacts: impl IntoIterator<Item = Contact<String>>) -> Self {
        let numbered = (1..).zip(contacts).map(|(n, contact): (u64, _)| (n.to_string(), contact));
        embed::carry(numbered, Format::V2).into()
    }
}

impl From<embed::Contacts> for ContactData {
    fn from(read: embed::Contacts) -> Self {
        let contacts = read.contacts.into_iter().map(|(_, contact)| contact).collect();
        Self { contacts, losses: read.losses }
    }
}

impl<'de> Deserialize<'de> for ContactData {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let embed::Read { mut tree, root } = embed::Read::new(deserializer, false)?;
        let contact_data = match tree.array(root) {
            None => return Err(D::Error::custom("expected an object or a list, found a single value")),
            Some(array) if array.shape == Shape::List || is_numbered(&tree, root) => Items::Flat(root),
            Some(_) => Items::Grouped(root),
        };
        let read = embed::read(&mut tree, Format::V2, |translation, records| {
            translation.v2_items(contact_data, records);
        });
        Ok(read.into())
    }
}

impl Serialize for ContactData {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut tree = Tree::default();
        tree.clear();
        let root = tree.root(Shape::Object);
        for contact in &self.contacts {
            let name = tree.name_of(table::row(contact.kind).name.anywhere(Format::V2));
            let list = tree
                .child(root, tree.bytes(name))
                .unwrap_or_else(|| tree.append(root, name, Held::Array(Array::new(Shape::List)), 0));
            let slots =
                contact.clone().map(|text| Slot { text: tree.intern(text.as_bytes()), node: Id::NONE });
            let key = tree.number(tree.len(list));
            write(&mut tree, list, key, &slots, false, 0);
        }
        embed::Write(&tree, root).serialize(serializer)
    }
}
