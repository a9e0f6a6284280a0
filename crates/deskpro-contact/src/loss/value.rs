//! A loss for a caller: owned, with its path and its value.

use std::ops::Range;

use serde::ser::{Serialize, SerializeStruct, Serializer};
use serde_json::value::RawValue;

use super::{Code, Severity};
use crate::error::{Error, shorten};
use crate::losses_file::fields;

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
    pub(super) code: Code,
    pub(super) severity: Severity,
    /// None of the payload itself. An empty path is that of an empty name.
    pub(super) path: Option<String>,
    pub(super) span: Range<usize>,
    pub(super) value: Option<LossValue>,
    pub(super) error: Option<Error>,
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
        object.serialize_field(fields::CODE, self.code.name())?;
        object.serialize_field(fields::SEVERITY, self.severity.name())?;
        if let Some(path) = &self.path {
            object.serialize_field(fields::PATH, path)?;
        }
        if let Some(error) = &self.error {
            object.serialize_field(fields::ERROR, error)?;
        }
        match &self.value {
            Some(LossValue::Json(json)) => {
                let raw = RawValue::from_string(json.clone()).map_err(serde::ser::Error::custom)?;
                object.serialize_field(fields::VALUE, &raw)?;
            }
            Some(LossValue::Raw(raw)) => object.serialize_field(fields::RAW, raw)?,
            None => {}
        }
        object.end()
    }
}
