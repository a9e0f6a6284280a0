//! Every difference between the two formats, and every name of both, each written once.
//!
//! Sources: the legacy document "API: Setting contact data" and the v2 document "Setting User Contact Data". A
//! comment marks what was observed in servers and clients and stands in neither document.
//!
//! [`row`] is one exhaustive `match`: a new kind does not compile before it has a row. Both directions, the messages,
//! the schema and the documentation read these rows.

use self::Required::{AnyOf, No};
use self::Spelling::{Aliased, LegacyOnly, Renamed, Same, V2Only};
use self::ValueType::{Boolean, Service as ServiceName, Text};
use super::kind::{Field, Kind, PhoneType, Service};
use crate::bytes::equal_short;
use crate::loss::Code;

/// The most fields that a kind has.
pub(crate) const MOST_FIELDS: usize = 5;

/// One of the two formats.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Format {
    /// Form payloads of the legacy API.
    Legacy,
    /// JSON bodies of the v2 API.
    V2,
}

/// A thing's name in each format, and the code of its loss where one format has no place for it.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Spelling {
    Same(&'static str),
    Renamed {
        legacy: &'static str,
        v2: &'static str,
    },
    /// The first legacy name is the one that is written.
    Aliased {
        legacy: &'static [&'static str],
        v2: &'static str,
    },
    /// The code is that of the loss where the target is v2.
    LegacyOnly(&'static [&'static str], Code),
    /// The code is that of the loss where the target is legacy.
    V2Only(&'static str, Code),
}

/// The type of a field's value, and what v2 gets where a documented field is missing.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum ValueType {
    /// Any text; `""` where it is missing.
    Text,
    /// One of the services: lower case, and `other` for what is missing or not in the list.
    Service,
    /// A boolean: PHP's truth of a text, and `false` where it is missing.
    Boolean,
}

/// Whether a record needs a field.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Required {
    /// A record needs one non-empty value among these fields, or it is rejected.
    AnyOf,
    /// The field may be missing.
    No,
}

/// One field of a kind.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Column {
    pub(crate) field: Field,
    pub(crate) name: Spelling,
    pub(crate) required: Required,
    pub(crate) holds: ValueType,
}

/// One kind of contact.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Row {
    pub(crate) name: Spelling,
    /// The columns of both formats, in the order in which either writes them.
    pub(crate) columns: &'static [Column],
    pub(crate) rule: Rule,
}

/// A difference between the formats that is more than a name.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Rule {
    None,
    /// v2 has the kind as another kind with this service.
    MapsTo(Kind, Service),
    /// An alias of the type is the value of a field, unless the record has that field.
    AliasSetsField(Field),
}

const fn column(field: Field, name: Spelling, required: Required, holds: ValueType) -> Column {
    Column { field, name, required, holds }
}

/// The row of a kind.
#[rustfmt::skip]
pub(crate) const fn row(of: Kind) -> &'static Row {
    use Rule::{AliasSetsField, MapsTo};
    const USERNAME: Column = column(Field::Username, Same("username"), AnyOf, Text);
    const PROFILE: Column = column(Field::Url, Renamed { legacy: "profile_url", v2: "url" }, AnyOf, Text);
    match of {
        Kind::Address => &Row { name: Same("address"), rule: Rule::None, columns: const { &[
            column(Field::Address, Same("address"), AnyOf, Text),
            column(Field::City, Same("city"), AnyOf, Text),
            column(Field::State, Same("state"), AnyOf, Text),
            column(Field::Zip, Same("zip"), AnyOf, Text),
            // Observed: v2 servers take a country. The document has none.
            column(Field::Country, LegacyOnly(&["country"], Code::Country), AnyOf, Text),
        ] } },
        Kind::Website => &Row { name: Same("website"), rule: Rule::None, columns: const { &[
            column(Field::Url, Same("url"), AnyOf, Text),
        ] } },
        // `im` stands in the legacy document's examples alone. Observed: legacy servers do not know it.
        Kind::InstantMessage => &Row {
            name: Aliased { legacy: &["instant_message", "im"], v2: "instant_message" },
            rule: Rule::None,
            columns: const { &[column(Field::Service, Same("service"), No, ServiceName), USERNAME] },
        },
        Kind::Skype => &Row {
            name: LegacyOnly(&["skype"], Code::TypeName),
            rule: MapsTo(Kind::InstantMessage, Service::Skype),
            columns: &[USERNAME],
        },
        // Observed: legacy servers know `mobile` and `fax` as types, and tell them apart by the phone's type.
        Kind::Phone => &Row {
            name: LegacyOnly(&["phone", "mobile", "fax"], Code::Phone),
            rule: AliasSetsField(Field::PhoneType),
            columns: const { &[
                column(Field::CallingCode, LegacyOnly(&["country_calling_code"], Code::Phone), No, Text),
                column(Field::Number, LegacyOnly(&["number"], Code::Phone), No, Text),
                column(Field::PhoneType, LegacyOnly(&["type"], Code::Phone), No, Text),
            ] },
        },
        Kind::Twitter => &Row { name: Same("twitter"), rule: Rule::None, columns: const { &[
            USERNAME,
            // Observed: legacy servers read it. The document has none.
            column(Field::DisplayFeed, V2Only("display_feed", Code::DisplayFeed), No, Boolean),
        ] } },
        // Observed: `linkedin` in rows from before October 2012.
        Kind::LinkedIn => &Row {
            name: Aliased { legacy: &["linked_in", "linkedin"], v2: "linked_in" },
            rule: Rule::None,
            columns: &[PROFILE],
        },
        Kind::Facebook => &Row { name: Same("facebook"), rule: Rule::None, columns: &[PROFILE] },
        Kind::Apple => &Row { name: V2Only("apple", Code::V2OnlyType), rule: Rule::None, columns: &[USERNAME] },
        Kind::TrustPilot => &Row {
            name: V2Only("trust_pilot", Code::V2OnlyType),
            rule: Rule::None,
            columns: &[USERNAME],
        },
        Kind::Instagram => &Row {
            name: V2Only("instagram", Code::V2OnlyType),
            rule: Rule::None,
            columns: const { &[
                USERNAME,
                column(Field::InstagramId, V2Only("instagram_id", Code::V2OnlyType), No, Text),
            ] },
        },
    }
}

/// The kind as which v2 has a contact.
pub(crate) fn v2_kind(kind: Kind) -> Kind {
    match row(kind).rule {
        Rule::MapsTo(kind, _) => kind,
        Rule::None | Rule::AliasSetsField(_) => kind,
    }
}

impl Kind {
    /// The type's name: v2's, or the legacy one where v2 has none.
    ///
    /// ```
    /// assert_eq!(deskpro_contact::Kind::LinkedIn.name(), "linked_in");
    /// ```
    #[must_use]
    pub fn name(self) -> &'static str {
        row(self).name.anywhere(Format::V2)
    }

    /// The fields that a contact of this kind can have, in the order in which they are written.
    pub fn fields(self) -> impl Iterator<Item = Field> {
        row(self).columns.iter().map(|column| column.field)
    }
}

impl Field {
    /// The field's name: v2's, or the legacy one where v2 has none.
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
    /// The service's name: v2's, or the legacy one where v2 has none.
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

/// A contact has room for every column, and the kinds are listed in their order.
const _: () = {
    let mut n = 0;
    while n < Kind::ALL.len() {
        assert!(Kind::ALL[n] as usize == n);
        assert!(row(Kind::ALL[n]).columns.len() <= MOST_FIELDS);
        n += 1;
    }
};

/// What a service is called.
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

/// What a phone type is called.
pub(crate) const fn phone_type(of: PhoneType) -> Spelling {
    match of {
        PhoneType::Phone => LegacyOnly(&["phone"], Code::Phone),
        PhoneType::Mobile => LegacyOnly(&["mobile"], Code::Phone),
        PhoneType::Fax => LegacyOnly(&["fax"], Code::Phone),
    }
}

/// A name that both formats have.
pub(super) const SHARED: Spelling = Same("");

/// The label that every legacy record may have.
pub(crate) const COMMENT: Spelling = LegacyOnly(&[envelope::COMMENT], Code::Comment);

/// The names around the contacts.
pub(crate) mod envelope {
    /// Both formats: where the contacts are.
    pub(crate) const CONTACT_DATA: &str = "contact_data";
    /// Legacy: a record's type.
    pub(crate) const TYPE: &str = "type";
    /// Both: a record's label.
    pub(crate) const COMMENT: &str = "comment";
    /// Legacy: a record's fields. v2 replies: the body, in its envelope.
    pub(crate) const DATA: &str = "data";
    /// v2 replies: facts about the reply, beside the body.
    pub(crate) const META: &str = "meta";
    /// v2 replies: other objects that the body names, beside it.
    pub(crate) const LINKED: &str = "linked";
    /// v2 replies: an item's type.
    pub(crate) const CONTACT_TYPE: &str = "contact_type";
    /// v2 replies: an item's number.
    pub(crate) const ID: &str = "id";
}

impl Format {
    /// The other one.
    #[must_use]
    pub(crate) const fn other(self) -> Self {
        match self {
            Self::Legacy => Self::V2,
            Self::V2 => Self::Legacy,
        }
    }
}

impl Spelling {
    /// The names that a format has, the written one first.
    pub(crate) fn names(&self, format: Format) -> &[&'static str] {
        use std::slice::from_ref;
        match (format, self) {
            (Format::Legacy, Same(name) | Renamed { legacy: name, .. })
            | (
                Format::V2,
                Same(name) | Renamed { v2: name, .. } | Aliased { v2: name, .. } | V2Only(name, _),
            ) => from_ref(name),
            (Format::Legacy, Aliased { legacy, .. } | LegacyOnly(legacy, _)) => legacy,
            (Format::Legacy, V2Only(..)) | (Format::V2, LegacyOnly(..)) => &[],
        }
    }

    /// The name that a format writes, where it has one.
    pub(crate) fn written(&self, format: Format) -> Option<&'static str> {
        self.names(format).first().copied()
    }

    /// The name in a format, or the other's where it has none: what is read on both sides, and what restoring
    /// writes.
    pub(crate) fn anywhere(&self, format: Format) -> &'static str {
        match (self, format) {
            (Same(name) | V2Only(name, _), _)
            | (Renamed { legacy: name, .. }, Format::Legacy)
            | (Renamed { v2: name, .. } | Aliased { v2: name, .. }, Format::V2) => name,
            (Aliased { legacy: names, .. }, Format::Legacy) | (LegacyOnly(names, _), _) => names[0],
        }
    }

    /// Whether a format has a name for it.
    pub(crate) const fn is_in(&self, format: Format) -> bool {
        match self {
            Same(_) | Renamed { .. } | Aliased { .. } => true,
            LegacyOnly(..) => matches!(format, Format::Legacy),
            V2Only(..) => matches!(format, Format::V2),
        }
    }

    /// The code of its loss.
    pub(crate) fn lost(&self) -> Code {
        match self {
            LegacyOnly(_, code) | V2Only(_, code) => *code,
            Same(_) | Renamed { .. } | Aliased { .. } => Code::UnknownField,
        }
    }
}

impl Column {
    /// Whether a format's name for the column is `name`. Undocumented fields of either format are read in both.
    #[inline]
    fn is_called(&self, format: Format, name: &[u8]) -> bool {
        equal_short(self.name.anywhere(format).as_bytes(), name)
    }

    /// What v2 gets where the field is missing.
    pub(crate) fn default_text(&self) -> &'static str {
        match self.holds {
            Text => "",
            ServiceName => service(Service::Other).anywhere(Format::V2),
            Boolean => FALSE,
        }
    }
}

/// PHP's texts for true and false.
pub(crate) const TRUE: &str = "1";
pub(crate) const FALSE: &str = "0";

/// PHP's truth of a text.
pub(crate) fn truth(text: &[u8]) -> bool {
    !matches!(text, b"" | b"0")
}

/// Words that a person reads as false, in lower case. PHP's truth of each is true.
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

/// Whether a person reads a text as false although PHP's truth of it is true: one of [`FALSE_WORDS`] in any case, a zero
/// such as `00` or `0.0`, or only spaces. Spaces around it do not count.
pub(crate) fn reads_as_false(text: &[u8]) -> bool {
    let read = text.trim_ascii();
    let digits = read.strip_prefix(b"-").or(read.strip_prefix(b"+")).unwrap_or(read);
    let is_zero = digits.iter().all(|byte| matches!(byte, b'0' | b'.'));
    truth(text) && (is_zero || FALSE_WORDS.iter().any(|word| read.eq_ignore_ascii_case(word.as_bytes())))
}

impl Row {
    /// The position of the column that a format calls `name`.
    pub(crate) fn column(&self, format: Format, name: &[u8]) -> Option<usize> {
        self.columns.iter().position(|column| column.is_called(format, name))
    }
}
