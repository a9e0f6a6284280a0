//! Contact data in the legacy format, as a field type for structs of other programs.

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

/// `contact_data` of a legacy payload, as a field type for your own structs.
///
/// serde reads and writes it as a map of records, each with `type`, `comment` and `data`. The key of a record is the
/// one that it has in the payload, `3` for `contact_data[3]`, normally a number. A JSON list is read, too: its keys are
/// the positions, from 0.
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
/// `serde_qs` reads some forms differently from PHP:
///
/// - It reads encoded brackets only with `Config::use_form_encoding`, and then `%5B` but not `%5b`. Otherwise they are
///   a part of the name, so `contact_data` is missing, or empty with `#[serde(default)]`.
/// - It reads `contact_data[07]` as `[7]`, and sorts records by key. PHP keeps the order in which they were sent.
/// - Within `#[serde(flatten)]`, it takes the keys of the records for positions in a list, and fails.
/// - If a field of a record comes twice, it reads a list, so the record is rejected. In PHP, the last value wins.
/// - If a bracket is not closed, it reads the following `&` and pairs as a part of the name. Text after a closing
///   bracket is an error, and so is `[]` as the key of a record.
/// - It reads `contact_data=` as empty contact data, which PHP reads as a text.
/// - It does not change names that PHP changes, such as `contact.data`.
///
/// To read a payload as the legacy server does, use [`Converter`](crate::Converter), [`to_v2`](crate::to_v2) or
/// [`form::Form`](crate::form::Form).
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct ContactData {
    /// The contacts by the key of their record. Serializing writes all their values, also those that the legacy
    /// document does not have; [`ContactData::new`] leaves these out.
    pub contacts: IndexMap<String, Contact<String>>,
    /// The data that `contacts` does not hold. Reading adds unknown fields and rejected records; [`ContactData::new`]
    /// adds the values that the legacy document has no place for. Notes are left out. Serializing does not write
    /// losses.
    pub losses: Vec<Loss>,
}

impl ContactData {
    /// Makes contact data of contacts, whose keys are 1, 2, 3 … Values that the legacy document has no place for become
    /// losses.
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
    /// Whether there are no contacts. A form cannot represent an empty array, so leave an empty field out with
    /// `#[serde(default, skip_serializing_if = "ContactData::is_empty")]`.
    ///
    /// ```
    /// assert!(deskpro_contact::legacy::ContactData::default().is_empty());
    /// ```
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
        // Asks for a map, because a form's deserializer would take numeric keys for positions in a list.
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
