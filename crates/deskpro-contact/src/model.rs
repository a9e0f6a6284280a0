//! The canonical model: what a contact is, whichever format it came from. It holds no wire name; those stand in
//! [`table`](crate::table).

use crate::table;

/// What a contact is: the union of both formats' types. Closed: a new type is met by the compiler.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Kind {
    /// A postal address.
    Address,
    /// A website.
    Website,
    /// A name at an instant-messaging service.
    InstantMessage,
    /// A Skype name, where the legacy format says so by type.
    Skype,
    /// A telephone number.
    Phone,
    /// A Twitter name.
    Twitter,
    /// A LinkedIn profile.
    LinkedIn,
    /// A Facebook profile.
    Facebook,
    /// An Apple name.
    Apple,
    /// A Trust Pilot name.
    TrustPilot,
    /// An Instagram name.
    Instagram,
}

impl Kind {
    /// Every kind, in the order of the table.
    pub const ALL: [Self; 11] = [
        Self::Address,
        Self::Website,
        Self::InstantMessage,
        Self::Skype,
        Self::Phone,
        Self::Twitter,
        Self::LinkedIn,
        Self::Facebook,
        Self::Apple,
        Self::TrustPilot,
        Self::Instagram,
    ];

    /// The type's name: v2's, or the legacy one where v2 has none.
    ///
    /// ```
    /// assert_eq!(deskpro_contact::Kind::LinkedIn.name(), "linked_in");
    /// ```
    #[must_use]
    pub fn name(self) -> &'static str {
        table::row(self).name.anywhere(table::Format::V2)
    }

    /// The fields that a contact of this kind can have, in the order in which they are written.
    pub fn fields(self) -> impl Iterator<Item = Field> {
        table::row(self).columns.iter().map(|column| column.0)
    }
}

/// What a contact says of itself: the union of both formats' fields. Closed, as [`Kind`] is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Field {
    /// Street and number.
    Address,
    /// City.
    City,
    /// State or county.
    State,
    /// Postal code.
    Zip,
    /// Country.
    Country,
    /// An address on the web.
    Url,
    /// The instant-messaging service; [`Contact::service`] reads it.
    Service,
    /// The name at a service.
    Username,
    /// A phone's country calling code, as it was sent.
    CallingCode,
    /// A phone's number.
    Number,
    /// Whether a phone is a phone, a mobile or a fax; [`Contact::phone_type`] reads it.
    PhoneType,
    /// Whether tweets are shown, `1` or `0`; [`Contact::display_feed`] reads it.
    DisplayFeed,
    /// The id that Instagram gave.
    InstagramId,
}

/// The instant-messaging services of both formats. Closed, as [`Kind`] is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Service {
    /// WhatsApp (v2 only).
    Whatsapp,
    /// AIM.
    Aim,
    /// MSN.
    Msn,
    /// Yahoo (legacy only).
    Yim,
    /// ICQ.
    Icq,
    /// Skype.
    Skype,
    /// Google Talk.
    Gtalk,
    /// Any other.
    Other,
}

impl Service {
    /// Every service, in the order of the table.
    pub const ALL: [Self; 8] =
        [Self::Whatsapp, Self::Aim, Self::Msn, Self::Yim, Self::Icq, Self::Skype, Self::Gtalk, Self::Other];
}

/// What kind of line a phone number reaches.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum PhoneType {
    /// A telephone.
    Phone,
    /// A mobile.
    Mobile,
    /// A fax.
    Fax,
}

impl PhoneType {
    /// Every type.
    pub const ALL: [Self; 3] = [Self::Phone, Self::Mobile, Self::Fax];
}

/// The most fields that a kind has.
pub(crate) const MOST_FIELDS: usize = 5;

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

    /// What it is.
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

    /// The values of the kind's columns in order, for a walk beside them.
    pub(crate) fn values(&self) -> &[Option<T>; MOST_FIELDS] {
        &self.values
    }

    /// The columns whose values are there and for which it holds.
    #[inline(always)]
    pub(crate) fn filled(&self, is: impl Fn(&T) -> bool) -> table::Set {
        table::Set::of(&self.values, |value| value.as_ref().is_some_and(&is))
    }

    /// Fills a column.
    #[inline(always)]
    pub(crate) fn put(&mut self, column: usize, value: T) {
        if let Some(place) = self.values.get_mut(column) {
            *place = Some(value);
        }
    }

    pub(crate) fn values_mut(&mut self) -> &mut [Option<T>; MOST_FIELDS] {
        &mut self.values
    }

    /// The same contact with another kind of text.
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
        match table::row(self.kind).special {
            table::Special::InV2(_, service) => Some(service),
            table::Special::Nothing | table::Special::AliasSays(_) => self
                .get(Field::Service)
                .map(|text| table::service_of((text.as_ref().as_bytes(), text.as_ref().len()))),
        }
    }

    /// What a phone is, where it says so by one of the document's words.
    #[must_use]
    pub fn phone_type(&self) -> Option<PhoneType> {
        self.get(Field::PhoneType).and_then(|text| table::phone_type_of(text.as_ref().as_bytes()))
    }

    /// Whether tweets are shown: PHP's truth, where `""` and `"0"` are false.
    #[must_use]
    pub fn display_feed(&self) -> Option<bool> {
        self.get(Field::DisplayFeed).map(|text| table::truth(text.as_ref().as_bytes()))
    }
}
