//! Losses: what the output does not hold, named, so that it can be kept and put back.
//!
//! A loss is the difference between a payload's tree and what the output alone would restore to. A loss is data
//! that a person would miss, or a note that is needed only to restore exactly.
mod entry;
mod view;

pub(crate) use self::entry::{Entry, Kept, Leaf, Place};
pub(crate) use self::view::{Source, View};

use std::ops::Range;

use serde::ser::{Serialize, SerializeStruct, Serializer};
use serde_json::value::RawValue;

use crate::error::{Error, shorten};
use crate::losses_file::fields as member;

/// Whether a person would miss it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Severity {
    /// A value that a person would miss.
    Data,
    /// Needed only to restore the payload exactly.
    Note,
}

impl Severity {
    /// Its name in losses files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Data => "data",
            Self::Note => "note",
        }
    }
}

/// How a loss is put back.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Move {
    /// Its value goes to its path.
    Put,
    /// The same, for a whole record: the arrays above it are made where they are missing.
    PutRecord,
    /// Its value goes back if converting it gives what stands there now.
    Old,
    /// What was filled in is taken out.
    TakeOut,
    /// The children of its path are put in its order.
    Order,
    /// The JSON type at its path.
    Type,
    /// List or object, at its path.
    Shape,
    /// It tells where the others belong.
    Guide,
    /// Nothing: the payload means the same without it.
    Nothing,
}

/// What kind of loss it is. New codes may come.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
#[non_exhaustive]
pub enum Code {
    /// A record's label, which the v2 document has no place for.
    Comment,
    /// The country of an address that is written without it.
    Country,
    /// An address that has a country and nothing else.
    CountryAlone,
    /// A phone, for which the v2 document has no type.
    Phone,
    /// A contact of a type that the legacy document does not have.
    V2OnlyType,
    /// A record that could not be read.
    RejectedRecord,
    /// The service that became another, or lower case.
    Service,
    /// Whether tweets are shown, or the text that said so.
    DisplayFeed,
    /// A field of a record that neither document has.
    UnknownField,
    /// A field beside the contacts, left out on request.
    OtherField,
    /// A name that a form cannot say, with what is under it.
    UnsayableName,
    /// The number that a v2 server gave an item.
    Id,
    /// A value that PHP replaces by a later one of the same name.
    Overwritten,
    /// A pair for which PHP reads no variable.
    DroppedPair,
    /// What follows a NUL, where PHP's reading ends.
    AfterNul,
    /// A name that PHP reads as another one.
    MendedName,
    /// A loss that found no place when it was put back.
    LeftOver,
    /// The type as it was spelled.
    TypeName,
    /// A value that v2 requires and the record did not have.
    FilledIn,
    /// An emptiness that a form does not say.
    LeftOut,
    /// The JSON type of a value that a form has as text.
    JsonType,
    /// Whether an array is a list or an object, where its keys do not tell.
    Shape,
    /// The order of the names at this place.
    Order,
    /// The payload was one record without a number.
    SingleRecord,
    /// What was written for each record, in the payload's order: its key, its v2 type and a digest of the item.
    Records,
}

impl Code {
    /// Every code.
    pub const ALL: &[Self] = &[
        Self::Comment,
        Self::Country,
        Self::CountryAlone,
        Self::Phone,
        Self::V2OnlyType,
        Self::RejectedRecord,
        Self::Service,
        Self::DisplayFeed,
        Self::UnknownField,
        Self::OtherField,
        Self::UnsayableName,
        Self::Id,
        Self::Overwritten,
        Self::DroppedPair,
        Self::AfterNul,
        Self::MendedName,
        Self::LeftOver,
        Self::TypeName,
        Self::FilledIn,
        Self::LeftOut,
        Self::JsonType,
        Self::Shape,
        Self::Order,
        Self::SingleRecord,
        Self::Records,
    ];

    /// Its name in losses files and summaries, and how it is put back.
    const fn row(self) -> (&'static str, Move) {
        match self {
            Self::Comment => ("comment", Move::Put),
            Self::Country => ("country", Move::Put),
            Self::CountryAlone => ("country-alone", Move::PutRecord),
            Self::Phone => ("phone", Move::PutRecord),
            Self::V2OnlyType => ("v2-only-type", Move::PutRecord),
            Self::RejectedRecord => ("rejected-record", Move::PutRecord),
            Self::Service => ("service", Move::Old),
            Self::DisplayFeed => ("display_feed", Move::Old),
            Self::UnknownField => ("unknown-field", Move::Put),
            Self::OtherField => ("other-field", Move::Put),
            Self::UnsayableName => ("unsayable-name", Move::Put),
            Self::Id => ("id", Move::Put),
            Self::Overwritten => ("overwritten", Move::Nothing),
            Self::DroppedPair => ("dropped-pair", Move::Nothing),
            Self::AfterNul => ("after-nul", Move::Nothing),
            Self::MendedName => ("mended-name", Move::Nothing),
            Self::LeftOver => ("left-over", Move::Nothing),
            Self::TypeName => ("type-name", Move::Old),
            Self::FilledIn => ("filled-in", Move::TakeOut),
            Self::LeftOut => ("left-out", Move::Put),
            Self::JsonType => ("json-type", Move::Type),
            Self::Shape => ("shape", Move::Shape),
            Self::Order => ("order", Move::Order),
            Self::SingleRecord => ("single-record", Move::Guide),
            Self::Records => ("records", Move::Guide),
        }
    }

    /// Its name in losses files and summaries.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.row().0
    }

    /// How it is put back.
    pub(crate) const fn back(self) -> Move {
        self.row().1
    }

    /// The code of a name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|code| code.name() == name)
    }
}

/// Something that the output does not hold.
///
/// ```
/// use deskpro_contact::{Code, Severity, to_v2};
///
/// let converted = to_v2(b"contact_data[1][type]=website&contact_data[1][comment]=home\
///                         &contact_data[1][data][url]=http://example.com")?;
/// let loss = &converted.losses()[0];
/// assert_eq!((loss.code(), loss.severity()), (Code::Comment, Severity::Data));
/// assert_eq!(loss.path(), "contact_data[1][comment]");
/// assert_eq!(loss.text().as_deref(), Some("home"));
/// # Ok::<(), deskpro_contact::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Loss {
    code: Code,
    severity: Severity,
    /// None of the payload itself: an empty one is that of an empty name.
    path: Option<String>,
    span: Range<usize>,
    value: Option<LossValue>,
    error: Option<Error>,
}

/// What was lost.
///
/// ```
/// use deskpro_contact::{LossValue, to_v2};
///
/// let converted = to_v2(b"type=phone&data[number]=7")?;
/// let phone = LossValue::Json(r#"{"type":"phone","data":{"number":"7"}}"#.to_owned());
/// assert_eq!(converted.losses()[0].value(), Some(&phone));
/// let converted = to_v2(b"name=Zo%EB&name=Zoe")?; // PHP lets the last one win
/// assert_eq!(converted.losses()[0].value(), Some(&LossValue::Raw("Zo%EB".to_owned())));
/// # Ok::<(), deskpro_contact::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum LossValue {
    /// A text or a tree, as JSON.
    Json(String),
    /// What is not UTF-8: a text percent-encoded, or a tree as a form, `value[type]=…`.
    Raw(String),
}

impl Loss {
    /// What kind of loss it is.
    #[must_use]
    pub fn code(&self) -> Code {
        self.code
    }

    /// Whether a person would miss it.
    #[must_use]
    pub fn severity(&self) -> Severity {
        self.severity
    }

    /// Where it was: `contact_data[3][data][country]`, `%`, `[`, `]`, controls and bytes that are not UTF-8
    /// as `%XX`. Empty for the payload itself, and for an empty name at its top.
    #[must_use]
    pub fn path(&self) -> &str {
        self.path.as_deref().unwrap_or_default()
    }

    /// Where it was, in bytes of the payload counted from 0: of a form the whole pair, of JSON the value. Empty at 0 where
    /// there is no payload to point into: of [`Code::LeftOver`], and in contact data that came by way of serde.
    #[must_use]
    pub fn span(&self) -> Range<usize> {
        self.span.clone()
    }

    /// What was lost, where there was a value.
    #[must_use]
    pub fn value(&self) -> Option<&LossValue> {
        self.value.as_ref()
    }

    /// The value, where it is a text in UTF-8.
    #[must_use]
    pub fn text(&self) -> Option<String> {
        match self.value()? {
            LossValue::Json(json) => serde_json::from_str(json).ok(),
            LossValue::Raw(_) => None,
        }
    }

    /// The value for a person: cut to what a line has room for.
    #[must_use]
    pub fn shown(&self) -> Option<String> {
        Some(match self.value()? {
            LossValue::Json(json) => shorten(json.as_bytes()),
            LossValue::Raw(raw) => shorten(raw.as_bytes()),
        })
    }

    /// Why a record was rejected.
    #[must_use]
    pub fn error(&self) -> Option<&Error> {
        self.error.as_ref()
    }
}

/// As an object of a losses file.
impl Serialize for Loss {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_struct("Loss", 6)?;
        object.serialize_field(member::CODE, self.code.name())?;
        object.serialize_field(member::SEVERITY, self.severity.name())?;
        if let Some(path) = &self.path {
            object.serialize_field(member::PATH, path)?;
        }
        if let Some(error) = &self.error {
            object.serialize_field(member::ERROR, error)?;
        }
        match &self.value {
            Some(LossValue::Json(json)) => {
                let raw = RawValue::from_string(json.clone()).map_err(serde::ser::Error::custom)?;
                object.serialize_field(member::VALUE, &raw)?;
            }
            Some(LossValue::Raw(raw)) => object.serialize_field(member::RAW, raw)?,
            None => {}
        }
        object.end()
    }
}
