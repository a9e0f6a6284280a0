//! The closed enums of the model: kinds, fields, services, phone types, profiles. Their names in the formats are in the
//! table.

/// The kind of a contact. The kinds are the types of both formats together.
///
/// The enum is exhaustive on purpose: if a type is added, the compiler points at each `match` that must handle it.
///
/// ```
/// use deskpro_contact::Kind;
///
/// assert_eq!("linked_in".parse(), Ok(Kind::LinkedIn));
/// assert_eq!(Kind::LinkedIn.to_string(), "linked_in");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Kind {
    /// A postal address.
    Address,
    /// A website.
    Website,
    /// A name at an instant-messaging service.
    InstantMessage,
    /// A Skype name. In the legacy format it has a type of its own; in v2 it is an instant message.
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
    /// All kinds, in the order of [`differences`](crate::differences).
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

/// A field of a contact. The fields are those of both formats together. Exhaustive, like [`Kind`].
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
    /// The URL of a website or of a profile.
    Url,
    /// The instant-messaging service, as it was sent. [`Contact::service`](crate::Contact::service) interprets it.
    Service,
    /// The name at a service.
    Username,
    /// A phone's country calling code, as it was sent.
    CallingCode,
    /// A phone's number.
    Number,
    /// The extension after a phone's number (v2 only). In the legacy format it is the end of the number: `… x12`.
    Extension,
    /// The type of a phone, as it was sent. [`Contact::phone_type`](crate::Contact::phone_type) interprets it.
    PhoneType,
    /// Whether tweets are shown, normally `1` or `0`. [`Contact::display_feed`](crate::Contact::display_feed)
    /// interprets it.
    DisplayFeed,
    /// The id that Instagram assigned.
    InstagramId,
}

/// An instant-messaging service. The services are those of both formats together. Exhaustive, like [`Kind`].
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
    /// Any other service.
    Other,
}

impl Field {
    /// All fields.
    pub const ALL: [Self; 14] = [
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
        Self::Extension,
        Self::PhoneType,
        Self::DisplayFeed,
        Self::InstagramId,
    ];
}

impl Service {
    /// All services, in the order of [`differences`](crate::differences).
    pub const ALL: [Self; 8] =
        [Self::Whatsapp, Self::Aim, Self::Msn, Self::Yim, Self::Icq, Self::Skype, Self::Gtalk, Self::Other];
}

/// The type of a phone number. Exhaustive, like [`Kind`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum PhoneType {
    /// A telephone.
    Phone,
    /// A mobile phone.
    Mobile,
    /// A fax machine.
    Fax,
}

impl PhoneType {
    /// All phone types.
    pub const ALL: [Self; 3] = [Self::Phone, Self::Mobile, Self::Fax];
}

/// The choice of what a v2 body may hold. Exhaustive, like [`Kind`].
///
/// ```
/// use deskpro_contact::{Converter, Options, Profile, Source, Target};
///
/// let payload = "email=ann@example.com&contact_data[1][type]=website&contact_data[1][comment]=home\
///     &contact_data[1][data][url]=example.com";
/// let options = Options::new(Source::Form, Target::V2).profile(Profile::Extended);
/// let mut converter = Converter::new(options);
/// assert_eq!(
///     converter.convert(payload)?.output(),
///     br#"{"primary_email":"ann@example.com","contact_data":{"website":[{"comment":"home","url":"example.com"}]}}"#,
/// );
/// # Ok::<(), deskpro_contact::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default, Debug)]
pub enum Profile {
    /// Everything that the v2 document has. Fields other than contact data keep their names.
    #[default]
    Documented,
    /// Everything that the v2 document has, and what published v2 servers accept beyond it: comments, countries,
    /// phones, and the v2 names of a person's fields.
    Extended,
}

impl Profile {
    /// All profiles.
    pub const ALL: [Self; 2] = [Self::Documented, Self::Extended];

    /// The name in options and in the head of a losses file: `documented` or `extended`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Documented => "documented",
            Self::Extended => "extended",
        }
    }
}
