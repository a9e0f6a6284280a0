//! All differences between the two formats, and all their names. Each name is written once.
//!
//! Sources: the legacy document "API: Setting contact data" and the v2 document "Setting User Contact Data". Comments
//! that begin with "Observed" describe servers and clients where they differ from these documents.
//!
//! [`row`] is one exhaustive `match`, so the compiler demands a row for each kind. Both directions, the messages, the
//! schema and the documentation are made from these rows.

use self::Required::{AnyOf, InV2, No};
use self::Spelling::{Aliased, Extended, ExtendedOnly, LegacyOnly, Renamed, Same, V2Only};
use self::ValueType::{Boolean, Service as ServiceName, Text};
pub(crate) mod person;
mod spelling;

pub(crate) use self::spelling::{Format, Spelling};
use super::kind::{Field, Kind, PhoneType, Profile, Service};
pub(crate) use super::{database, envelope};
use crate::bytes::equal_short;
use crate::loss::Code;

/// The maximum number of fields of a kind.
pub(crate) const MOST_FIELDS: usize = 5;

/// The type of a field's value, and the default that v2 gets if a documented field is missing.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum ValueType {
    /// Any text; the default is `""`.
    Text,
    /// One of the services, in lower case; the default is `other`, also for a service that the target does not have.
    Service,
    /// A boolean: whether PHP treats the text as true; the default is `false`.
    Boolean,
}

/// Whether a record needs a field.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Required {
    /// A record needs one non-empty value among these fields, or it is rejected.
    AnyOf,
    /// The field may be missing in a legacy record. An item of v2 needs a non-empty value.
    InV2,
    /// The field may be missing.
    No,
}

/// One field of a kind.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Column {
    pub(crate) field: Field,
    pub(crate) name: Spelling,
    pub(crate) required: Required,
    pub(crate) value_type: ValueType,
    /// The number of the column in which legacy servers store it: `field_1` to `field_10`. Observed: no document has
    /// it.
    pub(crate) stored: Option<u8>,
    /// The maximum number of characters that v2 accepts. Observed: servers refuse a body with a longer value.
    pub(crate) longest: Option<usize>,
}

/// A column that legacy servers compute from other columns. Observed, like [`Column::stored`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Derived {
    /// A name of the profile for display. Its text is not reliable.
    Display,
    /// The calling code and the number of a phone.
    FullNumber,
}

impl Derived {
    /// Whether a column's text only repeats other columns: for a phone, the digits of its calling code and number, with
    /// marks between them; for a display name, always.
    pub(crate) fn repeats(self, code: &[u8], number: &[u8], text: &[u8]) -> bool {
        let digits = |text: &[u8]| -> Vec<u8> { text.iter().copied().filter(u8::is_ascii_digit).collect() };
        match self {
            Self::Display => true,
            Self::FullNumber => {
                let has_only_marks =
                    text.iter().all(|byte| byte.is_ascii_digit() || b"+ -.()/".contains(byte));
                let (number, found) = (digits(number), digits(text));
                has_only_marks && (found == number || found == [digits(code), number].concat())
            }
        }
    }
}

/// One kind of contact.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Row {
    pub(crate) name: Spelling,
    /// The columns of both formats, in the order in which both write them.
    pub(crate) columns: &'static [Column],
    pub(crate) rule: Rule,
    /// The columns that legacy servers compute from other columns, by their numbers.
    pub(crate) derived: &'static [(u8, Derived)],
    /// The list that v2 has for items of this kind in the extended profile, if the v2 document does not have the kind.
    pub(crate) extended: Option<TopList>,
}

/// A list of items at the top of a v2 body, which only the extended profile has.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct TopList {
    /// The name of the list.
    pub(crate) name: &'static str,
    /// The name of an item's comment.
    pub(crate) comment: &'static str,
    /// The number of fields before the comment.
    pub(crate) before_comment: usize,
    /// The maximum number of characters of a comment. Observed, like [`Column::longest`].
    pub(crate) longest_comment: usize,
}

/// A difference between the formats that is more than a name.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Rule {
    None,
    /// In v2, the kind becomes another kind with this service.
    MapsTo(Kind, Service),
    /// An alias of the type is also the value of this field, unless the record has the field.
    AliasSetsField(Field),
}

const fn column(field: Field, name: Spelling, required: Required, value_type: ValueType) -> Column {
    Column { field, name, required, value_type, stored: None, longest: None }
}

impl Column {
    /// The column, stored by legacy servers under a number.
    const fn stored(self, number: u8) -> Self {
        Self { stored: Some(number), ..self }
    }

    /// The column, with the maximum number of characters that v2 accepts.
    const fn at_most(self, longest: usize) -> Self {
        Self { longest: Some(longest), ..self }
    }
}

/// The row of a kind.
#[rustfmt::skip]
pub(crate) const fn row(of: Kind) -> &'static Row {
    use Rule::{AliasSetsField, MapsTo};
    const NONE: &[(u8, Derived)] = &[];
    const USERNAME: Column = column(Field::Username, Same("username"), AnyOf, Text);
    const PROFILE: Column = column(Field::Url, Renamed { legacy: "profile_url", v2: "url" }, AnyOf, Text);
    match of {
        Kind::Address => &Row { name: Same("address"), rule: Rule::None, derived: NONE, extended: None, columns: const { &[
            column(Field::Address, Same("address"), AnyOf, Text).stored(1),
            column(Field::City, Same("city"), AnyOf, Text).stored(2),
            column(Field::State, Same("state"), AnyOf, Text).stored(3),
            column(Field::Zip, Same("zip"), AnyOf, Text).stored(4),
            // Observed: v2 servers accept a country. The document has none.
            column(Field::Country, Extended("country", Code::Country), AnyOf, Text).stored(5),
        ] } },
        Kind::Website => &Row { name: Same("website"), rule: Rule::None, derived: NONE, extended: None, columns: const { &[
            column(Field::Url, Same("url"), AnyOf, Text).stored(1),
        ] } },
        // The legacy document has `im` only in its examples. Observed: legacy servers do not accept it.
        Kind::InstantMessage => &Row {
            name: Aliased { legacy: &["instant_message", "im"], v2: "instant_message" },
            rule: Rule::None,
            derived: NONE,
            extended: None,
            columns: const { &[
                column(Field::Service, Same("service"), No, ServiceName).stored(2),
                USERNAME.stored(1),
            ] },
        },
        Kind::Skype => &Row {
            name: LegacyOnly(&["skype"], Code::TypeName),
            rule: MapsTo(Kind::InstantMessage, Service::Skype),
            derived: NONE,
            extended: None,
            columns: const { &[USERNAME.stored(1)] },
        },
        // Observed: legacy servers accept `mobile` and `fax` as types, and store them as phones of that type.
        Kind::Phone => &Row {
            name: LegacyOnly(&["phone", "mobile", "fax"], Code::Phone),
            rule: AliasSetsField(Field::PhoneType),
            columns: const { &[
                column(Field::CallingCode, LegacyOnly(&["country_calling_code"], Code::PhoneNumber), No, Text).stored(1),
                column(Field::Number, Extended("number", Code::Phone), InV2, Text).stored(2),
                column(Field::PhoneType, LegacyOnly(&["type"], Code::PhoneType), No, Text).stored(3),
                column(Field::Extension, ExtendedOnly("extension", Code::Extension), No, Text).at_most(30),
            ] },
            derived: &[(9, Derived::FullNumber), (10, Derived::FullNumber)],
            // Observed: v2 servers accept this list on people and organizations. The document has no phones.
            extended: Some(TopList {
                name: envelope::PHONE_NUMBERS,
                comment: envelope::PHONE_COMMENT,
                before_comment: 3,
                longest_comment: 100,
            }),
        },
        Kind::Twitter => &Row { name: Same("twitter"), rule: Rule::None, derived: NONE, extended: None, columns: const { &[
            USERNAME.stored(1),
            // Observed: legacy servers read this field. The legacy document does not have it.
            column(Field::DisplayFeed, V2Only("display_feed", Code::DisplayFeed), No, Boolean).stored(2),
        ] } },
        // Observed: `linkedin` in database rows from before October 2012.
        Kind::LinkedIn => &Row {
            name: Aliased { legacy: &["linked_in", "linkedin"], v2: "linked_in" },
            rule: Rule::None,
            columns: const { &[PROFILE.stored(1)] },
            derived: &[(2, Derived::Display)],
            extended: None,
        },
        Kind::Facebook => &Row {
            name: Same("facebook"),
            rule: Rule::None,
            columns: const { &[PROFILE.stored(1)] },
            derived: &[(2, Derived::Display)],
            extended: None,
        },
        Kind::Apple => &Row { name: V2Only("apple", Code::V2OnlyType), rule: Rule::None, derived: NONE, extended: None, columns: &[USERNAME] },
        Kind::TrustPilot => &Row {
            name: V2Only("trust_pilot", Code::V2OnlyType),
            rule: Rule::None,
            derived: NONE,
            extended: None,
            columns: &[USERNAME],
        },
        Kind::Instagram => &Row {
            name: V2Only("instagram", Code::V2OnlyType),
            rule: Rule::None,
            derived: NONE,
            extended: None,
            columns: const { &[
                USERNAME,
                column(Field::InstagramId, V2Only("instagram_id", Code::V2OnlyType), No, Text),
            ] },
        },
    }
}

/// The kind that a contact of `kind` has in v2.
pub(crate) fn v2_kind(kind: Kind) -> Kind {
    match row(kind).rule {
        Rule::MapsTo(kind, _) => kind,
        Rule::None | Rule::AliasSetsField(_) => kind,
    }
}

impl Kind {
    /// The type's name in v2, or its legacy name if v2 does not have the type.
    ///
    /// ```
    /// assert_eq!(deskpro_contact::Kind::LinkedIn.name(), "linked_in");
    /// ```
    #[must_use]
    pub fn name(self) -> &'static str {
        row(self).name.anywhere(Format::V2)
    }

    /// The fields that a contact of this kind can have, in the order in which they are written.
    ///
    /// ```
    /// use deskpro_contact::{Field, Kind};
    ///
    /// assert!(Kind::Twitter.fields().eq([Field::Username, Field::DisplayFeed]));
    /// ```
    pub fn fields(self) -> impl Iterator<Item = Field> {
        row(self).columns.iter().map(|column| column.field)
    }
}

impl Field {
    /// The field's name in v2, or its legacy name if v2 does not have the field.
    ///
    /// ```
    /// assert_eq!(deskpro_contact::Field::CallingCode.name(), "country_calling_code");
    /// ```
    #[must_use]
    pub fn name(self) -> &'static str {
        let columns = Kind::ALL.into_iter().flat_map(|kind| row(kind).columns);
        let column = columns.into_iter().find(|column| column.field == self);
        column.expect("each field is in the table").name.anywhere(Format::V2)
    }
}

impl Service {
    /// The service's name in v2, or its legacy name if v2 does not have the service.
    #[must_use]
    pub fn name(self) -> &'static str {
        service(self).anywhere(Format::V2)
    }
}

impl PhoneType {
    /// The phone type's name in the legacy format.
    #[must_use]
    pub fn name(self) -> &'static str {
        phone_type(self).anywhere(Format::Legacy)
    }
}

/// Checks that a contact has room for the columns of each kind, and that `Kind::ALL` has the order of the variants.
const _: () = {
    let mut n = 0;
    while n < Kind::ALL.len() {
        assert!(Kind::ALL[n] as usize == n);
        assert!(row(Kind::ALL[n]).columns.len() <= MOST_FIELDS);
        n += 1;
    }
};

/// The names of a service.
pub(crate) const fn service(of: Service) -> Spelling {
    match of {
        Service::Whatsapp => V2Only("whatsapp", Code::Service),
        Service::Aim => Same("aim"),
        Service::Msn => Same("msn"),
        Service::Yim => LegacyOnly(&["yim"], Code::Service),
        Service::Icq => Same("icq"),
        Service::Skype => Same("skype"),
        Service::Gtalk => Same("gtalk"),
        Service::Other => Same("other"),
    }
}

/// The names of a phone type.
pub(crate) const fn phone_type(of: PhoneType) -> Spelling {
    match of {
        PhoneType::Phone => LegacyOnly(&["phone"], Code::Phone),
        PhoneType::Mobile => LegacyOnly(&["mobile"], Code::Phone),
        PhoneType::Fax => LegacyOnly(&["fax"], Code::Phone),
    }
}

/// The comment that every legacy record may have.
pub(crate) const COMMENT: Spelling = Extended(envelope::COMMENT, Code::Comment);

/// The name of an item's or a record's comment in a format.
pub(crate) fn comment_name(kind: Kind, format: Format) -> &'static str {
    match (format, row(kind).extended) {
        (Format::V2, Some(list)) => list.comment,
        (Format::Legacy | Format::V2, _) => envelope::COMMENT,
    }
}

impl Column {
    /// Whether the column is read under a name in a format.
    #[inline]
    fn is_called(&self, format: Format, name: &[u8]) -> bool {
        self.name.read(format).is_some_and(|own| equal_short(own.as_bytes(), name))
    }

    /// The text that v2 gets if the field is missing.
    pub(crate) fn default_text(&self) -> &'static str {
        match self.value_type {
            Text => "",
            ServiceName => service(Service::Other).anywhere(Format::V2),
            Boolean => FALSE,
        }
    }
}

/// PHP's texts for true and false.
pub(crate) const TRUE: &str = "1";
pub(crate) const FALSE: &str = "0";

/// Whether PHP treats a text as true.
pub(crate) fn truth(text: &[u8]) -> bool {
    !matches!(text, b"" | b"0")
}

/// Words that a person reads as false, in lower case. PHP treats each of them as true.
const FALSE_WORDS: [&str; 15] = [
    "false",
    "f",
    "no",
    "n",
    "off",
    "none",
    "null",
    "nil",
    "never",
    "undefined",
    "disable",
    "disabled",
    "inactive",
    "hide",
    "hidden",
];

/// Whether a person reads a text as false although PHP treats it as true: one of [`FALSE_WORDS`] in any case, a
/// zero such as `00` or `0.0`, a sign or a point alone, or only spaces. Spaces at its ends are ignored.
pub(crate) fn reads_as_false(text: &[u8]) -> bool {
    let read = text.trim_ascii();
    let digits = read.strip_prefix(b"-").or(read.strip_prefix(b"+")).unwrap_or(read);
    let is_zero = digits.iter().all(|byte| matches!(byte, b'0' | b'.'));
    truth(text) && (is_zero || FALSE_WORDS.iter().any(|word| read.eq_ignore_ascii_case(word.as_bytes())))
}

impl Row {
    /// Whether a format has the kind in a profile.
    pub(crate) fn is_in_profile(&self, format: Format, profile: Profile) -> bool {
        self.name.is_in(format)
            || self.extended.is_some() && format == Format::V2 && profile == Profile::Extended
    }

    /// The position of the column with a name in a format.
    pub(crate) fn column(&self, format: Format, name: &[u8]) -> Option<usize> {
        self.columns.iter().position(|column| column.is_called(format, name))
    }
}
