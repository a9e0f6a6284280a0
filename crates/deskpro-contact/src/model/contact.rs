//! A contact: a kind, a comment, and a value for each field that is present.

use super::columns::ColumnSet;
use super::kind::{Field, Kind, PhoneType, Service};
use super::lookup;
use super::table::{self, MOST_FIELDS, Rule};

/// One contact: a kind, a comment, and a value for each field that is present.
///
/// `T` is the type of a text: `&str` if it borrows from a payload, `String` if it is owned. [`Contact::map`] converts
/// one to the other.
///
/// ```
/// use deskpro_contact::{Contact, Field, Kind, Service};
///
/// let mut contact = Contact::new(Kind::InstantMessage);
/// contact.set(Field::Username, "example");
/// contact.set(Field::Service, "AIM");
/// assert_eq!(contact.service(), Some(Service::Aim));
/// assert!(!contact.set(Field::City, "Berlin")); // not a field of this kind
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Contact<T> {
    /// Private, because the kind decides which field each of `values` belongs to.
    pub(crate) kind: Kind,
    /// The comment, which a person wrote. The v2 document has no place for it.
    pub comment: Option<T>,
    values: [Option<T>; MOST_FIELDS],
}

impl<T> Contact<T> {
    /// Makes a contact without a comment and without values.
    #[must_use]
    pub fn new(kind: Kind) -> Self {
        Self { kind, comment: None, values: [const { None }; MOST_FIELDS] }
    }

    /// The kind of the contact. It cannot be changed.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The value of a field; `None` if the contact does not have it.
    #[must_use]
    pub fn get(&self, field: Field) -> Option<&T> {
        self.values.get(self.kind.fields().position(|own| own == field)?)?.as_ref()
    }

    /// Sets the value of a field. Returns false, and changes nothing, if the kind has no such field.
    pub fn set(&mut self, field: Field, value: T) -> bool {
        let slot = self.kind.fields().position(|own| own == field).and_then(|at| self.values.get_mut(at));
        slot.map(|slot| *slot = Some(value)).is_some()
    }

    /// Removes the value of a field.
    pub(crate) fn remove(&mut self, field: Field) {
        if let Some(at) = self.kind.fields().position(|own| own == field) {
            self.values[at] = None;
        }
    }

    /// The fields that have a value, in the order of [`Kind::fields`].
    pub fn fields(&self) -> impl Iterator<Item = (Field, &T)> {
        self.kind.fields().zip(&self.values).filter_map(|(field, value)| Some((field, value.as_ref()?)))
    }

    /// The values in the order of the kind's columns.
    pub(crate) fn values(&self) -> &[Option<T>; MOST_FIELDS] {
        &self.values
    }

    pub(crate) fn values_mut(&mut self) -> &mut [Option<T>; MOST_FIELDS] {
        &mut self.values
    }

    /// The columns that have a value for which a condition holds.
    #[inline]
    pub(crate) fn columns(&self, holds: impl Fn(&T) -> bool) -> ColumnSet {
        ColumnSet::of(&self.values, |value| value.as_ref().is_some_and(&holds))
    }

    /// Converts each text, the comment included, with the function `text`.
    ///
    /// ```
    /// use deskpro_contact::{Contact, Field, Kind};
    ///
    /// let mut borrowed = Contact::new(Kind::Website);
    /// borrowed.set(Field::Url, "example.com");
    /// let owned: Contact<String> = borrowed.map(str::to_owned);
    /// assert_eq!(owned.get(Field::Url).unwrap(), "example.com");
    /// ```
    pub fn map<U>(self, mut text: impl FnMut(T) -> U) -> Contact<U> {
        Contact {
            kind: self.kind,
            comment: self.comment.map(&mut text),
            values: self.values.map(|value| value.map(&mut text)),
        }
    }
}

impl<T: AsRef<str>> Contact<T> {
    /// The service of an instant-messaging contact, read in the spelling of either format and in any ASCII case. A
    /// service that neither document lists is [`Service::Other`]. `None` if the contact has no service. A contact of
    /// the kind [`Kind::Skype`] has the service [`Service::Skype`].
    ///
    /// ```
    /// use deskpro_contact::{Contact, Field, Kind, Service};
    ///
    /// let mut contact = Contact::new(Kind::InstantMessage);
    /// contact.set(Field::Service, "ICQ");
    /// assert_eq!(contact.service(), Some(Service::Icq));
    /// ```
    #[must_use]
    pub fn service(&self) -> Option<Service> {
        match table::row(self.kind).rule {
            Rule::MapsTo(_, service) => Some(service),
            Rule::None | Rule::AliasSetsField(_) => {
                self.get(Field::Service).map(|text| lookup::service_of(text.as_ref().as_bytes()))
            }
        }
    }

    /// The type of a phone. `None` if the contact has none, or if its text is not one of the legacy document's words
    /// (`phone`, `mobile`, `fax`, in lower case).
    ///
    /// ```
    /// let converted = deskpro_contact::to_v2("type=fax&data[number]=2079460000")?;
    /// assert_eq!(converted.contacts()[0].phone_type(), Some(deskpro_contact::PhoneType::Fax));
    /// # Ok::<(), deskpro_contact::Error>(())
    /// ```
    #[must_use]
    pub fn phone_type(&self) -> Option<PhoneType> {
        self.get(Field::PhoneType).and_then(|text| lookup::phone_type_of(text.as_ref().as_bytes()))
    }

    /// Whether tweets are shown. As in PHP, `""` and `"0"` are false and any other text is true. `None` if the contact
    /// does not have the field.
    ///
    /// ```
    /// let converted = deskpro_contact::to_v2("type=twitter&data[username]=ann&data[display_feed]=yes")?;
    /// assert_eq!(converted.contacts()[0].display_feed(), Some(true));
    /// # Ok::<(), deskpro_contact::Error>(())
    /// ```
    #[must_use]
    pub fn display_feed(&self) -> Option<bool> {
        self.get(Field::DisplayFeed).map(|text| table::truth(text.as_ref().as_bytes()))
    }
}
