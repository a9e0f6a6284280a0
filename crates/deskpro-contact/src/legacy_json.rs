//! Legacy JSON: a line of JSON in, a legacy payload and losses out.
//!
//! Clients of the legacy API send bodies as forms or as JSON, and its server replies in JSON. [`payload`] turns a JSON body
//! or a reply into the form payload that says the same, which [`to_v2`](crate::to_v2) and a
//! [`Converter`](crate::Converter) read:
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
//! # What is read
//!
//! - **Bodies**: an object with any fields. `contact_data` is a list or an object of `{type, comment, data}`; a body that has
//!   `type` and `data` instead is one record. The payload has the bytes that PHP's `http_build_query` writes for what
//!   `json_decode` reads: `true` is `1`, `false` is `0`, null and empty arrays are left out. A number keeps its digits.
//! - **Replies**: `{"person":{…}}`, with the records in `contact_data` and the other members as fields; and
//!   `{"details":…}`, the records alone. Records are in an object by their ids, or `[]` stands for none. A record of a
//!   reply, `{id, contact_type, comment, …}`, has its fields twice: under their names, and in the server's columns
//!   `field_1` to `field_10`. The names win. A column is read where its name is missing or null.
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
//! Records are not judged here: [`to_v2`](crate::to_v2) rejects those that a server would drop.
//!
//! # What is lost
//!
//! What the JSON has and the payload has not is among the losses; their paths and spans are those of the JSON:
//!
//! | code | severity | |
//! |---|---|---|
//! | [`SourceType`](Code::SourceType) | note | that a value was a number or a boolean |
//! | [`SourceEmpty`](Code::SourceEmpty) | note | a null or an empty list or object |
//! | [`SourceRepeated`](Code::SourceRepeated) | note | the members of a reply's record that only repeat others, or are empty |
//! | [`SourceColumn`](Code::SourceColumn) | data, sometimes a note | a member of a reply's record that has no place in a payload |
//! | [`SourceField`](Code::SourceField) | data; empty, a note | what a reply has beside `person` or `details` |
//! | [`SourceName`](Code::SourceName) | data; empty, a note | a name that a form cannot say, with its value |
//!
//! Not told apart are an object with the keys 0, 1, 2 … and a list, and the white space and the escapes of the JSON.
//! [`Conversion::with_source_losses`](crate::Conversion::with_source_losses) adds these losses to those of the payload.
//! Restoring gives the payload, not the JSON: these losses are left over there, if they are data.

mod find;
mod reply;
mod write;

use self::find::Found;
use self::write::Writer;
use crate::convert::{LONGEST_FORM, MAX_PAYLOAD};
use crate::error::Error;
use crate::form;
use crate::json;
#[cfg(doc)]
use crate::loss::Code;
use crate::loss::{Input, Loss, View};
use crate::model::table::{Format, envelope};
use crate::payload::Payload;
use crate::tree::Shape;

/// A payload may have this many bytes, however short its line is.
const SHORT_FORM: usize = 1 << 20;

/// Replaces the content of `out` with the payload of a line of legacy JSON, and returns what the payload does not hold.
/// [`Reader::payload`] does it for many lines.
///
/// # Errors
///
/// See [`Reader::payload`].
pub fn payload(line: impl AsRef<[u8]>, out: &mut Vec<u8>) -> Result<Vec<Loss>, Error> {
    Reader::new().payload(&line, out)
}

/// Reads lines of legacy JSON one after the other, in buffers that are used again.
#[derive(Default, Debug)]
pub struct Reader {
    read: Payload,
    allowed_fields: Vec<String>,
}

impl Reader {
    /// A reader.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Passes on a field that looks like contact data in the wrong place, as
    /// [`Options::allow_field`](crate::Options::allow_field) does; in a reply, `name` begins below `person`. May be called
    /// for several.
    ///
    /// ```
    /// use deskpro_contact::{ErrorKind, legacy_json::Reader};
    ///
    /// let line = r#"{"friends":{"first":{"contact_data":[{"type":"skype"}]}}}"#;
    /// let mut out = Vec::new();
    /// assert_eq!(Reader::new().payload(line, &mut out).unwrap_err().kind(), ErrorKind::MisplacedField);
    /// assert!(Reader::new().allow_field("friends[first][contact_data]").payload(line, &mut out).is_ok());
    /// ```
    #[must_use]
    pub fn allow_field(mut self, name: impl Into<String>) -> Self {
        self.allowed_fields.push(name.into());
        self
    }

    /// Replaces the content of `out` with the payload of a line of legacy JSON, and returns what the payload does not hold.
    ///
    /// # Errors
    ///
    /// The line is rejected whole: [`NotJson`](crate::ErrorKind::NotJson), [`NotUtf8`](crate::ErrorKind::NotUtf8),
    /// [`DuplicateKey`](crate::ErrorKind::DuplicateKey), [`LoneSurrogate`](crate::ErrorKind::LoneSurrogate),
    /// [`TooDeep`](crate::ErrorKind::TooDeep); [`NotABody`](crate::ErrorKind::NotABody) where it is neither a body nor a
    /// reply, [`ListOfBodies`](crate::ErrorKind::ListOfBodies), [`ErrorLine`](crate::ErrorKind::ErrorLine);
    /// [`MisplacedField`](crate::ErrorKind::MisplacedField) where contact data stands in another place than those of bodies
    /// and replies; [`TooLong`](crate::ErrorKind::TooLong) where the payload would be longer than 1 MiB and than
    /// [`LONGEST_FORM`] times the line, for each pair repeats the names above it.
    pub fn payload(&mut self, line: impl AsRef<[u8]>, out: &mut Vec<u8>) -> Result<Vec<Loss>, Error> {
        let line = line.as_ref();
        out.clear();
        if line.len() > MAX_PAYLOAD {
            return Err(Error::too_long(line.len() as u64, MAX_PAYLOAD));
        }
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
        let max = line.len().saturating_mul(LONGEST_FORM).clamp(SHORT_FORM, MAX_PAYLOAD);
        let view = View::new(read, Input { payload: line, format: Format::V2, encoding: None });
        if !form::write(&read.tree, root, max, out) || view.names_exceed(&read.losses, max) {
            out.clear();
            return Err(Error::too_wide(line.len(), max));
        }
        Ok(read.losses.iter().map(|loss| view.loss(loss)).collect())
    }
}
