//! Every difference between the two formats, and every name of both, each written once.
//!
//! Sources: the legacy document "API: Setting contact data" and the v2 document "Setting User Contact Data". What
//! was only observed in servers and clients says so. Both directions read these rows; [`differences`] shows them.
//!
//! A closed set of kinds and fields, serde's traits, borrowed values and names written once go together so: the
//! [`model`](crate::model)'s enums are closed and carry no name; a `match` here without a default arm gives each of
//! them its row, so that a new kind does not compile before it has one; a [`Contact`](crate::Contact) is generic in
//! its text and holds its values in the row's order, so that borrowed and owned are one type; and the serde traits
//! of [`legacy`](crate::legacy) and [`v2`](crate::v2) are written over the rows, not derived from field names.

mod brief;
mod meaning;

pub(crate) use self::brief::{Set, brief};
pub(crate) use self::meaning::{Type, kind_of, kind_or, phone_type_of, service_in, service_of};

use crate::loss::Code;
use crate::model::{Field, Kind, MOST_FIELDS, PhoneType, Service};
use crate::tree::is_same;

use self::Spelling::{Aliased, LegacyOnly, Renamed, Same, V2Only};
use self::Weight::{Adds, Says};

/// One of the two formats.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Format {
    /// Form payloads of the legacy API.
    Legacy,
    /// JSON bodies of the v2 API.
    V2,
}

/// What a thing is called in each format, and what its loss is called where one has no place for it.
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
    LegacyOnly(&'static [&'static str], Code),
    V2Only(&'static str, Code),
}

/// What a field holds, and what v2, where every documented field is required, gets where it is missing.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Holds {
    /// Any text; `""` where it is missing.
    Text,
    /// One of the services: lower case, and `other` for what is missing or not in the list.
    Service,
    /// A boolean: PHP's truth of a text, and `false` where it is missing.
    Truth,
}

/// Whether a record can do without a field.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Weight {
    /// A record in which all of these are missing or empty says nothing, and is rejected.
    Says,
    /// It may be missing.
    Adds,
}

/// One field of a kind.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Column(pub(crate) Field, pub(crate) Spelling, pub(crate) Weight, pub(crate) Holds);

/// One kind of contact.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Row {
    pub(crate) name: Spelling,
    /// Of both formats, in the order in which either writes them.
    pub(crate) columns: &'static [Column],
    pub(crate) special: Special,
}

/// What a row says beyond names.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Special {
    Nothing,
    /// v2 has it as another kind, told by a service.
    InV2(Kind, Service),
    /// An alias of the type speaks for a field, where the record itself does not.
    AliasSays(Field),
}

/// The table. A kind without a row does not compile.
#[rustfmt::skip]
pub(crate) const fn row(of: Kind) -> &'static Row {
    use Special::{AliasSays, InV2, Nothing};
    const USERNAME: Column = Column(Field::Username, Same("username"), Says, Holds::Text);
    const PROFILE: Column = Column(Field::Url, Renamed { legacy: "profile_url", v2: "url" }, Says, Holds::Text);
    match of {
        Kind::Address => &Row { name: Same("address"), special: Nothing, columns: &[
            Column(Field::Address, Same("address"), Says, Holds::Text),
            Column(Field::City, Same("city"), Says, Holds::Text),
            Column(Field::State, Same("state"), Says, Holds::Text),
            Column(Field::Zip, Same("zip"), Says, Holds::Text),
            // Observed: v2 servers take a country. The document has none.
            Column(Field::Country, LegacyOnly(&["country"], Code::Country), Says, Holds::Text),
        ] },
        Kind::Website => &Row { name: Same("website"), special: Nothing, columns: &[
            Column(Field::Url, Same("url"), Says, Holds::Text),
        ] },
        // `im` stands in the legacy document's examples alone. Observed: legacy servers do not know it.
        Kind::InstantMessage => &Row {
            name: Aliased { legacy: &["instant_message", "im"], v2: "instant_message" },
            special: Nothing,
            columns: &[Column(Field::Service, Same("service"), Adds, Holds::Service), USERNAME],
        },
        Kind::Skype => &Row {
            name: LegacyOnly(&["skype"], Code::TypeName),
            special: InV2(Kind::InstantMessage, Service::Skype),
            columns: &[USERNAME],
        },
        // Observed: legacy servers know `mobile` and `fax` as types, and tell them apart by the phone's type.
        Kind::Phone => &Row {
            name: LegacyOnly(&["phone", "mobile", "fax"], Code::Phone),
            special: AliasSays(Field::PhoneType),
            columns: &[
                Column(Field::CallingCode, LegacyOnly(&["country_calling_code"], Code::Phone), Adds, Holds::Text),
                Column(Field::Number, LegacyOnly(&["number"], Code::Phone), Adds, Holds::Text),
                Column(Field::PhoneType, LegacyOnly(&["type"], Code::Phone), Adds, Holds::Text),
            ],
        },
        Kind::Twitter => &Row { name: Same("twitter"), special: Nothing, columns: &[
            USERNAME,
            // Observed: legacy servers read it. The document has none.
            Column(Field::DisplayFeed, V2Only("display_feed", Code::DisplayFeed), Adds, Holds::Truth),
        ] },
        // Observed: `linkedin` in rows from before October 2012.
        Kind::LinkedIn => &Row {
            name: Aliased { legacy: &["linked_in", "linkedin"], v2: "linked_in" },
            special: Nothing,
            columns: &[PROFILE],
        },
        Kind::Facebook => &Row { name: Same("facebook"), special: Nothing, columns: &[PROFILE] },
        Kind::Apple => &Row { name: V2Only("apple", Code::V2OnlyType), special: Nothing, columns: &[USERNAME] },
        Kind::TrustPilot => &Row {
            name: V2Only("trust_pilot", Code::V2OnlyType),
            special: Nothing,
            columns: &[USERNAME],
        },
        Kind::Instagram => &Row {
            name: V2Only("instagram", Code::V2OnlyType),
            special: Nothing,
            columns: &[
                USERNAME,
                Column(Field::InstagramId, V2Only("instagram_id", Code::V2OnlyType), Adds, Holds::Text),
            ],
        },
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

/// What both formats have.
const SHARED: Spelling = Same("");

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
    /// Legacy: a record's fields.
    pub(crate) const DATA: &str = "data";
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
    fn names(&self, format: Format) -> &[&'static str] {
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
            (Aliased { legacy: names, .. }, Format::Legacy) | (LegacyOnly(names, _), _) => {
                names.first().copied().unwrap_or_default()
            }
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

    /// What its loss is called.
    pub(crate) fn lost(&self) -> Code {
        match self {
            LegacyOnly(_, code) | V2Only(_, code) => *code,
            Same(_) | Renamed { .. } | Aliased { .. } => Code::UnknownField,
        }
    }
}

impl Column {
    /// Whether a name of a format means it.
    #[inline(always)]
    fn is_called(&self, format: Format, name: &[u8]) -> bool {
        is_same(self.1.anywhere(format).as_bytes(), name)
    }

    /// What v2 gets where the field is missing.
    pub(crate) fn filled(&self) -> &'static str {
        match self.3 {
            Holds::Text => "",
            Holds::Service => service(Service::Other).anywhere(Format::V2),
            Holds::Truth => FALSE,
        }
    }
}

/// PHP's texts for the truth.
pub(crate) const TRUE: &str = "1";
pub(crate) const FALSE: &str = "0";

/// PHP's truth of a text.
pub(crate) fn truth(text: &[u8]) -> bool {
    !matches!(text, b"" | b"0")
}

impl Row {
    /// The column that a name of a format means. Either side's undocumented fields are read too.
    #[inline(never)]
    pub(crate) fn column(&self, format: Format, name: &[u8]) -> Option<usize> {
        self.columns.iter().position(|column| column.is_called(format, name))
    }

    /// The same, looking at the column first that comes mostly next.
    #[inline(always)]
    pub(crate) fn column_from(&self, next: usize, format: Format, name: &[u8]) -> Option<usize> {
        if self.columns.get(next).is_some_and(|column| column.is_called(format, name)) {
            return Some(next);
        }
        self.column(format, name)
    }
}

/// The types of a format, for a message.
pub(crate) fn types(format: Format) -> String {
    let names: Vec<&str> = Kind::ALL.into_iter().filter_map(|kind| row(kind).name.written(format)).collect();
    format!("one of the types {}", names.join(", "))
}

/// The differences between the two formats, as a Markdown table: each type, field and service in the spelling of
/// both, and what becomes of what one of them lacks.
///
/// ```
/// let table = deskpro_contact::differences();
/// assert!(table.contains("| `profile_url` | `url` |"));
/// ```
#[must_use]
pub fn differences() -> String {
    let mut out = String::from("| contact | legacy | v2 | to v2 | to legacy |\n|---|---|---|---|---|\n");
    let mut line = |contact: &str, kind: Spelling, spelling: Spelling, to_v2: &str, to_legacy: &str| {
        let names = |format| {
            if !kind.is_in(format) {
                return "none".to_owned();
            }
            let names: Vec<String> = spelling.names(format).iter().map(|name| format!("`{name}`")).collect();
            if names.is_empty() { "none".to_owned() } else { names.join(", ") }
        };
        let (legacy, v2) = (names(Format::Legacy), names(Format::V2));
        let says = |to: Format, says: &str| match (spelling.written(to), says) {
            (_, says) if !says.is_empty() => says.to_owned(),
            // All of it is one loss, or has another type's place.
            _ if !kind.is_in(to) && kind.names(to.other()) != spelling.names(to.other()) => String::new(),
            (None, _) => format!("loss `{}`", spelling.lost().name()),
            (Some(_), _) => String::new(),
        };
        let (to_v2, to_legacy) = (says(Format::V2, to_v2), says(Format::Legacy, to_legacy));
        out.push_str(&format!("| {contact} | {legacy} | {v2} | {to_v2} | {to_legacy} |\n"));
    };
    for kind in Kind::ALL {
        let row = row(kind);
        let name = row.name.anywhere(Format::V2);
        let to_v2 = match row.special {
            Special::InV2(kind, of) => {
                let kind = self::row(kind).name.anywhere(Format::V2);
                format!("`{kind}`, service `{}`", service(of).anywhere(Format::V2))
            }
            Special::Nothing | Special::AliasSays(_) => String::new(),
        };
        line(&format!("**{name}**"), SHARED, row.name, &to_v2, "");
        let has_place = row.name.is_in(Format::V2) && row.name.is_in(Format::Legacy);
        for column in row.columns {
            let to_v2 = match (column.3, column.1.written(Format::V2)) {
                (Holds::Text, Some(_)) if has_place && column.2 == Says && row.columns.len() > 2 => {
                    "`\"\"` if missing"
                }
                (Holds::Service, _) => "lower case; `other` if missing or not in v2's list",
                (Holds::Truth, _) => "PHP's truth; `false` if missing",
                (Holds::Text, _) => "",
            };
            line(&format!("{name}: {}", column.1.anywhere(Format::V2)), row.name, column.1, to_v2, "");
        }
    }
    line("every record: comment", SHARED, COMMENT, "", "");
    for of in Service::ALL {
        let spelling = service(of);
        let other = |to| match spelling.written(to) {
            None => format!("`other`, loss `{}`", spelling.lost().name()),
            Some(_) => String::new(),
        };
        let name = spelling.anywhere(Format::V2);
        line(&format!("service {name}"), SHARED, spelling, &other(Format::V2), &other(Format::Legacy));
    }
    out
}
