//! Contact data in the v2 format, as a field type for structs of other programs.

use serde::de::{Deserialize, Deserializer, Error as _};
use serde::ser::{Serialize, Serializer};

use super::write::Write;
use super::{Contacts, ReadTree, collect, interned, to_format};
use crate::loss::Loss;
use crate::map::Mode;
use crate::model::Contact;
use crate::model::table::Format;
use crate::sources::v2::{add_records, contact_items};
use crate::targets::v2::{ItemShape, add_item};
use crate::tree::{Array, Node, Shape, Tree};

/// `contact_data` of a v2 body, as a field type for your own structs.
///
/// serde reads it in the shape of requests (an object with a list for each type) and of replies (a flat list), and
/// writes it in the shape of requests. A number becomes its text after the deserializer has read it, so `serde_json`
/// may have rounded a number with many digits.
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
    /// The contacts, in order. Serializing writes all their values, also those that the v2 document does not have;
    /// [`ContactData::new`] leaves these out.
    pub contacts: Vec<Contact<String>>,
    /// The data that `contacts` does not hold. Reading adds unknown fields, rejected items, and ids that are neither
    /// numbers nor digits; [`ContactData::new`] adds the values that the v2 document has no place for. Notes are left
    /// out. Serializing does not write losses.
    pub losses: Vec<Loss>,
}

impl ContactData {
    /// Makes contact data of contacts. Values that the v2 document has no place for become losses. Fields that the v2
    /// document requires get a default if the contact lacks them.
    #[must_use]
    pub fn new(contacts: impl IntoIterator<Item = Contact<String>>) -> Self {
        to_format(contacts, Format::V2).into()
    }
}

impl From<Contacts> for ContactData {
    fn from(read: Contacts) -> Self {
        let contacts = read.contacts.into_iter().map(|(_, contact)| contact).collect();
        Self { contacts, losses: read.losses }
    }
}

impl<'de> Deserialize<'de> for ContactData {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let ReadTree { mut payload, root } = ReadTree::new(deserializer, false)?;
        let items = contact_items(&payload.tree, root)
            .ok_or_else(|| D::Error::custom("expected an object or a list, found a single value"))?;
        add_records(&mut payload, items);
        Ok(collect(&mut payload, Format::V2, Mode::Inspect).into())
    }
}

impl Serialize for ContactData {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut tree = Tree::new();
        let root = tree.root(Shape::Object);
        for contact in &self.contacts {
            let name = contact.kind().name();
            let list = tree
                .child(root, name.as_bytes())
                .unwrap_or_else(|| tree.append_named(root, name, Node::Array(Array::new(Shape::List)), 0));
            let contact = interned(&mut tree, contact);
            let key = tree.number(tree.len(list));
            add_item(&mut tree, list, key, &contact, ItemShape::Grouped, 0);
        }
        Write(&tree, root).serialize(serializer)
    }
}
