//! Builds legacy payloads from JSON of the legacy API, and returns the losses.
//!
//! Clients of the legacy API send bodies as forms or as JSON, and its server replies in JSON. [`payload`] builds a form
//! payload from a JSON body or a reply. [`to_v2`](crate::to_v2) and a [`Converter`](crate::Converter) convert the
//! payload:
//!
//! ```
//! use deskpro_contact::{legacy_json, to_v2};
//!
//! let line = r#"{"name":"Zoë","contact_data":[{"type":"twitter","comment":null,"data":{"username":"zoe"}}]}"#;
//! let mut payload = Vec::new();
//! let losses = legacy_json::payload(line, &mut payload)?;
//! assert_eq!(
//!     payload,
//!     b"name=Zo%C3%AB&contact_data%5B0%5D%5Btype%5D=twitter&contact_data%5B0%5D%5Bdata%5D%5Busername%5D=zoe",
//! );
//! assert_eq!(losses[0].path(), "contact_data[0][comment]"); // a form has no null
//! let converted = to_v2(&payload)?;
//! let body = r#"{"name":"Zoë","contact_data":{"twitter":[{"username":"zoe","display_feed":false}]}}"#;
//! assert_eq!(converted.output(), body);
//! # Ok::<(), deskpro_contact::Error>(())
//! ```
//!
//! # Input
//!
//! - **Bodies**: an object with any fields. `contact_data` is a list or an object of `{type, comment, data}`; a body
//!   that has `type` and `data` instead is one record. The payload has the bytes that PHP's `http_build_query` writes
//!   for what `json_decode` reads: `true` is `1`, `false` is `0`, null and empty arrays are left out. A number keeps
//!   its digits.
//! - **Replies**: `{"person":{…}}`, with the records in `contact_data` and the other members as fields; and
//!   `{"details":…}`, the records alone. The records are an object with their ids as keys, or `[]` if there are none. A
//!   record of a reply, `{id, contact_type, comment, …}`, has each field twice: under its name, and in a column of the
//!   server's table (`field_1` to `field_10`). The column is read only if the name is missing, null or an empty list.
//!
//! ```
//! let line = r#"{"details":{"15":{"id":15,"contact_type":"skype","comment":"home","field_1":"zoe","username":"zoe"}}}"#;
//! let mut payload = Vec::new();
//! let losses = deskpro_contact::legacy_json::payload(line, &mut payload)?;
//! assert_eq!(
//!     payload,
//!     b"contact_data%5B15%5D%5Btype%5D=skype&contact_data%5B15%5D%5Bcomment%5D=home\
//!       &contact_data%5B15%5D%5Bdata%5D%5Busername%5D=zoe",
//! );
//! assert_eq!(losses[0].code(), deskpro_contact::Code::SourceRepeated); // the id, and the column
//! # Ok::<(), deskpro_contact::Error>(())
//! ```
//!
//! Every record is written, also one that a server would drop. Such a record is rejected when the payload is converted,
//! for example by [`to_v2`](crate::to_v2).
//!
//! # Losses
//!
//! Each value of the JSON that the payload does not hold is a loss. So is each fact, such as a JSON type, except the
//! three facts below the table. The path and the span of a loss are those in the JSON.
//!
//! | code | severity | value |
//! |---|---|---|
//! | [`SourceType`](Code::SourceType) | note | the JSON type of a number or a boolean |
//! | [`SourceEmpty`](Code::SourceEmpty) | note | a null or an empty list or object |
//! | [`SourceRepeated`](Code::SourceRepeated) | note | members of a reply's record that are empty or repeat others |
//! | [`SourceColumn`](Code::SourceColumn) | data; note for an `id` of digits | a member of a reply's record that a payload has no place for |
//! | [`SourceField`](Code::SourceField) | data; note if empty | a member of a reply beside `person` or `details` |
//! | [`SourceName`](Code::SourceName) | data; note if empty | a member with a name that a form cannot represent |
//!
//! Neither the payload nor the losses hold the white space of the JSON, its escapes, or whether an array with the keys
//! 0, 1, 2 … was an object or a list.
//!
//! [`Conversion::with_builder_losses`](crate::Conversion::with_builder_losses) adds these losses to those of the
//! payload. Restoring gives the payload, not the JSON, and reports the losses of the JSON that are data as left over.

mod decode;
mod find;
mod reply;
mod write;

pub use self::decode::decoded;
use self::find::Found;
use self::write::Writer;
use crate::convert::{FORM_LENGTH_FACTOR, MAX_PAYLOAD};
use crate::encoding::Encoding;
use crate::error::Error;
use crate::form;
use crate::json;
#[cfg(doc)]
use crate::loss::Code;
use crate::loss::{Input, Loss, View};
use crate::model::table::{Format, envelope};
use crate::payload::Payload;
use crate::tree::Shape;

/// Payloads of at most this length in bytes are accepted, however short their line is.
const SHORT_FORM: usize = 1 << 20;

/// Replaces the content of `out` with a payload that is built from a line of legacy JSON, and returns the losses of the
/// line. For many lines, use a [`Builder`], which reuses its buffers.
///
/// # Errors
///
/// The line is rejected, with one of the kinds of [`Builder::payload`].
pub fn payload(line: impl AsRef<[u8]>, out: &mut Vec<u8>) -> Result<Vec<Loss>, Error> {
    Builder::new().payload(&line, out)
}

/// Builds payloads from many lines of legacy JSON, one after the other, and reuses its buffers.
#[derive(Default, Debug)]
pub struct Builder {
    read: Payload,
    allowed_fields: Vec<String>,
    encoding: Option<Encoding>,
}

impl Builder {
    /// Makes a builder without allowed fields.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Allows a field that looks like contact data in the wrong place, as
    /// [`Options::allow_field`](crate::Options::allow_field) does. `name` is the path of the field in the payload, so
    /// in a reply it begins below `person`. Call this method once for each field.
    ///
    /// ```
    /// use deskpro_contact::{ErrorKind, legacy_json::Builder};
    ///
    /// let line = r#"{"friends":{"first":{"contact_data":[{"type":"skype"}]}}}"#;
    /// let mut out = Vec::new();
    /// assert_eq!(Builder::new().payload(line, &mut out).unwrap_err().kind(), ErrorKind::MisplacedField);
    /// assert!(Builder::new().allow_field("friends[first][contact_data]").payload(line, &mut out).is_ok());
    /// ```
    #[must_use]
    pub fn allow_field(mut self, name: impl Into<String>) -> Self {
        self.allowed_fields.push(name.into());
        self
    }

    /// Sets the encoding of strings that are not UTF-8. The payload that is built is UTF-8. Spans of losses and errors
    /// are positions in the decoded line, which [`decoded`] returns.
    ///
    /// ```
    /// use deskpro_contact::{Encoding, legacy_json::Builder};
    ///
    /// let mut builder = Builder::new().encoding(Encoding::WINDOWS_1252);
    /// let mut payload = Vec::new();
    /// builder.payload(b"{\"name\":\"caf\xe9\",\"city\":\"Z\xc3\xbcrich\"}", &mut payload)?;
    /// assert_eq!(payload, b"name=caf%C3%A9&city=Z%C3%BCrich"); // the second string is UTF-8
    /// # Ok::<(), deskpro_contact::Error>(())
    /// ```
    #[must_use]
    pub fn encoding(self, encoding: Encoding) -> Self {
        Self { encoding: Some(encoding), ..self }
    }

    /// Replaces the content of `out` with a payload that is built from a line of legacy JSON, and returns the losses of
    /// the line.
    ///
    /// # Errors
    ///
    /// The line is rejected: [`NotJson`](crate::ErrorKind::NotJson), [`NotUtf8`](crate::ErrorKind::NotUtf8),
    /// [`DuplicateKey`](crate::ErrorKind::DuplicateKey), [`LoneSurrogate`](crate::ErrorKind::LoneSurrogate),
    /// [`TooDeep`](crate::ErrorKind::TooDeep); [`NotABody`](crate::ErrorKind::NotABody) if it is neither a body nor a
    /// reply, [`ListOfBodies`](crate::ErrorKind::ListOfBodies), [`ErrorLine`](crate::ErrorKind::ErrorLine);
    /// [`MisplacedField`](crate::ErrorKind::MisplacedField) if contact data is in a place where neither bodies nor
    /// replies have it; [`TooLong`](crate::ErrorKind::TooLong) if the line is longer than [`MAX_PAYLOAD`], or if the
    /// payload, or the names in the paths of all losses added up, would be longer than [`MAX_PAYLOAD`] or longer than
    /// both 1 MiB and [`FORM_LENGTH_FACTOR`] times the line.
    pub fn payload(&mut self, line: impl AsRef<[u8]>, out: &mut Vec<u8>) -> Result<Vec<Loss>, Error> {
        let line = line.as_ref();
        out.clear();
        if line.len() > MAX_PAYLOAD {
            return Err(Error::too_long(line.len() as u64, MAX_PAYLOAD));
        }
        let line = match self.encoding {
            Some(encoding) => &*decoded(line, encoding),
            None => line,
        };
        let read = &mut self.read;
        read.clear();
        let top = json::read(&mut read.tree, line)?;
        let found = Found::find(&read.tree, top, line, &self.allowed_fields)?;
        let root = read.tree.root(Shape::Keys);
        let mut writer = Writer { tree: &mut read.tree, losses: &mut read.losses };
        match found {
            Found::Body { body } => writer.write_body(body, root),
            Found::Person { person } => {
                writer.lose_beside(top, envelope::PERSON);
                writer.write_body(person, root);
            }
            Found::Details { details } => {
                writer.lose_beside(top, envelope::DETAILS);
                writer.write_records(details, root);
            }
        }
        let max = line.len().saturating_mul(FORM_LENGTH_FACTOR).clamp(SHORT_FORM, MAX_PAYLOAD);
        let view = View::new(read, Input { payload: line, format: Format::V2, encoding: None });
        let error = if !form::write(&read.tree, root, max, out) {
            Error::form_too_long(line.len(), max)
        } else if view.names_exceed(&read.losses, max) {
            Error::paths_too_long(line.len(), max)
        } else {
            return Ok(read.losses.iter().map(|loss| view.loss(loss)).collect());
        };
        out.clear();
        Err(error)
    }
}
