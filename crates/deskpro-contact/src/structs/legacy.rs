//! Contact data in the legacy format, for structs of other programs.

use indexmap::IndexMap;
use serde::de::{Deserialize, Deserializer};
use serde::ser::{Serialize, Serializer};

use super::write::Write;
use super::{Contacts, ReadTree, collect, interned, to_format};
use crate::loss::Loss;
use crate::map::Mode;
use crate::model::Contact;
use crate::model::table::Format;
use crate::payload::Payload;
use crate::record::{Record, Sent};
use crate::targets;
use crate::tree::{Shape, Tree};

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
    /// The values that no contact holds: unknown fields, and records that were rejected.
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
        to_format(contacts, Format::Legacy).into()
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

impl From<Contacts> for ContactData {
    fn from(read: Contacts) -> Self {
        Self { contacts: read.contacts.into_iter().collect(), losses: read.losses }
    }
}

impl<'de> Deserialize<'de> for ContactData {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // Numbers group the records: a form's deserializer would take them for the positions of a list.
        let ReadTree { mut payload, root } = ReadTree::new(deserializer, true)?;
        let Payload { tree, records, .. } = &mut payload;
        records.extend(
            tree.children(root)
                .map(|node| Record::new(Sent::FormNode { node, whole: node }, tree[node].key, 0)),
        );
        Ok(collect(&mut payload, Format::Legacy, Mode::Inspect).into())
    }
}

impl Serialize for ContactData {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut tree = Tree::new();
        let root = tree.root(Shape::Object);
        for (key, contact) in &self.contacts {
            let key = tree.intern(key.as_bytes());
            let contact = interned(&mut tree, contact);
            targets::form::add_record(&mut tree, root, Some(key), &contact, 0);
        }
        Write(&tree, root).serialize(serializer)
    }
}
