//! The closed enums of the model: kinds, fields, services, phone types. They hold no name of either format.

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
    /// The instant-messaging service; [`Contact::service`](crate::Contact::service) reads it.
    Service,
    /// The name at a service.
    Username,
    /// A phone's country calling code, as it was sent.
    CallingCode,
    /// A phone's number.
    Number,
    /// Whether a phone is a phone, a mobile or a fax; [`Contact::phone_type`](crate::Contact::phone_type) reads it.
    PhoneType,
    /// Whether tweets are shown, `1` or `0`; [`Contact::display_feed`](crate::Contact::display_feed) reads it.
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

impl Field {
    /// Every field.
    pub const ALL: [Self; 13] = [
        Self::Address,
        Self::City,
        Self::State,
        Self::Zip,
        Self::Country,
        Self::Url,
        Self::Service,
        Self::Username,
        Self::CallingCode,
        Self::Number,
        Self::PhoneType,
        Self::DisplayFeed,
        Self::InstagramId,
    ];
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
