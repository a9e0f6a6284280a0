//! A loss for callers: owned, with its path and its value.

use std::ops::Range;

use serde::ser::{Serialize, SerializeStruct, Serializer};
use serde_json::value::RawValue;

use super::{Code, PhoneReason, Severity};
use crate::bytes::path_names;
use crate::error::{Error, shorten};
use crate::losses_file::fields;

/// A value or fact that the output does not hold, with a code, a place and a severity.
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
    /// `None` for the payload itself. An empty path is that of an empty name.
    pub(super) path: Option<String>,
    pub(super) span: Range<usize>,
    pub(super) value: Option<LossValue>,
    pub(super) error: Option<Error>,
    pub(super) reason: Option<PhoneReason>,
    pub(super) hint: Option<String>,
    /// The line of the dump or file, if the loss is a value of a row.
    pub(super) source_line: Option<u64>,
}

/// The value of a loss.
///
/// ```
/// use deskpro_contact::{LossValue, to_v2};
///
/// let converted = to_v2(b"type=phone&data[number]=7")?;
/// let phone = LossValue::Json(r#"{"type":"phone","data":{"number":"7"}}"#.to_owned());
/// assert_eq!(converted.losses()[0].value(), Some(&phone));
/// let converted = to_v2(b"name=Zo%EB&name=Zoe")?; // PHP overwrites the first value
/// assert_eq!(converted.losses()[0].value(), Some(&LossValue::Raw("Zo%EB".to_owned())));
/// # Ok::<(), deskpro_contact::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum LossValue {
    /// A value in UTF-8, as JSON text.
    Json(String),
    /// A value that is not UTF-8. A text is percent-encoded (see [`decode_raw`](crate::losses_file::decode_raw)). An
    /// array is written as a form whose names begin with `value`: `value[type]=…`.
    Raw(String),
}

impl Loss {
    /// The loss of a value of a row, which is not in the payload.
    pub(crate) fn of_row(code: Code, severity: Severity, path: String, value: LossValue, line: u64) -> Self {
        Self {
            code,
            severity,
            path: Some(path),
            span: 0..0,
            value: Some(value),
            error: None,
            reason: None,
            hint: None,
            source_line: Some(line),
        }
    }

    /// The code: the reason why the output does not hold the value.
    #[must_use]
    pub fn code(&self) -> Code {
        self.code
    }

    /// The severity: whether a person would miss the value.
    #[must_use]
    pub fn severity(&self) -> Severity {
        self.severity
    }

    /// The path of the value in the payload, such as `contact_data[3][data][country]`. `%`, `[`, `]`, controls and
    /// bytes that are not UTF-8 are written as `%XX`. The path is empty for the payload itself, and for an empty name
    /// at the top of the payload; [`Loss::path_names`] tells these two apart.
    ///
    /// The path of a loss whose code begins with `source-` is one in the legacy JSON. For a value of a row, it is the
    /// path of the record or field that the row gives, with the name of the column.
    #[must_use]
    pub fn path(&self) -> &str {
        self.path.as_deref().unwrap_or_default()
    }

    /// The decoded names of the path: for `contact_data[3][data]` these are `contact_data`, `3` and `data`. Empty for
    /// the payload itself.
    ///
    /// ```
    /// let converted = deskpro_contact::to_v2("contact_data[a%5Bb][type]=phone&contact_data[a%5Bb][data][number]=7")?;
    /// let loss = &converted.losses()[0];
    /// assert_eq!(loss.path(), "contact_data[a%5Bb]");
    /// assert_eq!(loss.path_names(), [&b"contact_data"[..], b"a[b"]);
    /// # Ok::<(), deskpro_contact::Error>(())
    /// ```
    #[must_use]
    pub fn path_names(&self) -> Vec<Vec<u8>> {
        self.path.as_ref().map_or_else(Vec::new, |path| path_names(path.as_bytes()))
    }

    /// The part of the payload that holds the value, in bytes from 0, its end not included: in a form the pair, in JSON
    /// the value. A loss of legacy JSON, whose code begins with `source-`, has a part of that JSON. `0..0` if there is
    /// no such part: for [`Code::LeftOver`], for a value of a row, and in contact data that serde read.
    #[must_use]
    pub fn span(&self) -> Range<usize> {
        self.span.clone()
    }

    /// The line of the dump or file on which the row with the value begins, as it was given to
    /// [`Columns::read`](crate::rows::Columns::read). `None` if the value is not from a row.
    #[must_use]
    pub fn source_line(&self) -> Option<u64> {
        self.source_line
    }

    /// The value. `None` if the loss is a fact that needs no value, such as [`Code::SingleRecord`].
    #[must_use]
    pub fn value(&self) -> Option<&LossValue> {
        self.value.as_ref()
    }

    /// The value, decoded, if it is a text in UTF-8. `None` for any other value.
    #[must_use]
    pub fn text(&self) -> Option<String> {
        match self.value()? {
            LossValue::Json(json) => serde_json::from_str(json).ok(),
            LossValue::Raw(_) => None,
        }
    }

    /// The value for a message: JSON or percent-encoded text, cut to about 40 bytes, with invisible characters escaped.
    /// `None` if the loss has no value.
    #[must_use]
    pub fn shown(&self) -> Option<String> {
        Some(match self.value()? {
            LossValue::Json(json) => shorten(json.as_bytes()),
            LossValue::Raw(raw) => shorten(raw.as_bytes()),
        })
    }

    /// A hint for a message about [`Code::UnknownField`]: the known name that is probably meant, or all names that are
    /// known at that place. `None` for other losses. Losses files have no hints.
    ///
    /// ```
    /// let converted = deskpro_contact::to_v2("type=facebook&data[profile_url]=x&data[profil_url]=y")?;
    /// assert_eq!(converted.losses()[0].hint(), Some("known here: `profile_url`"));
    /// # Ok::<(), deskpro_contact::Error>(())
    /// ```
    #[must_use]
    pub fn hint(&self) -> Option<&str> {
        self.hint.as_deref()
    }

    /// The error for which a record was rejected; `None` for other losses.
    #[must_use]
    pub fn error(&self) -> Option<&Error> {
        self.error.as_ref()
    }

    /// The reason why a phone is not written to a v2 body of the extended profile. `None` for other losses, and in the
    /// documented profile.
    #[must_use]
    pub fn reason(&self) -> Option<PhoneReason> {
        self.reason
    }
}

/// Serializes as an object of a losses file.
impl Serialize for Loss {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_struct("Loss", 7)?;
        object.serialize_field(fields::CODE, self.code.name())?;
        object.serialize_field(fields::SEVERITY, self.severity.name())?;
        if let Some(path) = &self.path {
            object.serialize_field(fields::PATH, path)?;
        }
        if let Some(error) = &self.error {
            object.serialize_field(fields::ERROR, error)?;
        }
        if let Some(reason) = self.reason {
            object.serialize_field(fields::REASON, reason.name())?;
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
