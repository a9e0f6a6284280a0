//! A contact: a kind, a label, and a value for each field that was there.

use super::columns::ColumnSet;
use super::kind::{Field, Kind, PhoneType, Service};
use super::lookup;
use super::table::{self, MOST_FIELDS, Rule};

/// One contact: a kind, a label, and a value for each field that was there.
///
/// `T` is the text: `&str` where it borrows from what was read, `String` where it is owned ([`Contact::map`] goes
/// from one to the other).
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
    /// The values hang on it, so that only we may set it.
    pub(crate) kind: Kind,
    /// Its label, which the v2 document has no place for.
    pub comment: Option<T>,
    values: [Option<T>; MOST_FIELDS],
}

impl<T> Contact<T> {
    /// A contact that says nothing yet.
    #[must_use]
    pub fn new(kind: Kind) -> Self {
        Self { kind, comment: None, values: [const { None }; MOST_FIELDS] }
    }

    /// The kind.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The value of a field, where it is there.
    #[must_use]
    pub fn get(&self, field: Field) -> Option<&T> {
        self.values.get(self.kind.fields().position(|own| own == field)?)?.as_ref()
    }

    /// Sets a field. False where the kind has no such field.
    pub fn set(&mut self, field: Field, value: T) -> bool {
        let slot = self.kind.fields().position(|own| own == field).and_then(|at| self.values.get_mut(at));
        slot.map(|slot| *slot = Some(value)).is_some()
    }

    /// The fields that are there, in the order of the table.
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

    /// The contact with each text converted by `text`.
    pub fn map<U>(self, mut text: impl FnMut(T) -> U) -> Contact<U> {
        Contact {
            kind: self.kind,
            comment: self.comment.map(&mut text),
            values: self.values.map(|value| value.map(&mut text)),
        }
    }
}

impl<T: AsRef<str>> Contact<T> {
    /// The service of an instant message, in either format's spelling and any case; what neither document
    /// lists is [`Service::Other`].
    #[must_use]
    pub fn service(&self) -> Option<Service> {
        match table::row(self.kind).rule {
            Rule::MapsTo(_, service) => Some(service),
            Rule::None | Rule::AliasSetsField(_) => {
                self.get(Field::Service).map(|text| lookup::service_of(text.as_ref().as_bytes()))
            }
        }
    }

    /// What a phone is, where it says so by one of the document's words.
    #[must_use]
    pub fn phone_type(&self) -> Option<PhoneType> {
        self.get(Field::PhoneType).and_then(|text| lookup::phone_type_of(text.as_ref().as_bytes()))
    }

    /// Whether tweets are shown: PHP's truth, where `""` and `"0"` are false.
    #[must_use]
    pub fn display_feed(&self) -> Option<bool> {
        self.get(Field::DisplayFeed).map(|text| table::truth(text.as_ref().as_bytes()))
    }
}
