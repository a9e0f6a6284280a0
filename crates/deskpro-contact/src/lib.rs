//! Legacy Deskpro contact data to v2 JSON and back, with a proof that nothing was lost.
//!
//! Deskpro's legacy API takes contact data as PHP form payloads, its v2 API as JSON keyed by type. This library
//! turns one into the other, and names everything that the other cannot hold:
//!
//! ```
//! let payload = b"contact_data[1][type]=im&contact_data[1][comment]=label\
//!     &contact_data[1][data][service]=aim&contact_data[1][data][username]=example";
//! let converted = deskpro_contact::to_v2(payload)?;
//! assert_eq!(
//!     converted.output(),
//!     r#"{"contact_data":{"instant_message":[{"service":"aim","username":"example"}]}}"#,
//! );
//! // v2 has no place for the label. It is a loss: a value, not a line in a log.
//! let lost: Vec<&str> = converted.losses().iter().map(|loss| loss.path()).collect();
//! assert!(lost.contains(&"contact_data[1][comment]"));
//! // And with its losses, the output gives the payload back as PHP reads it.
//! let restored = deskpro_contact::restore_form(converted.output().as_bytes(), converted.notes())?;
//! let [before, after] = [&payload[..], restored.output().as_bytes()].map(deskpro_contact::form::Form::read);
//! assert_eq!(before?, after?);
//! # Ok::<(), deskpro_contact::Error>(())
//! ```
//!
//! The other way:
//!
//! ```
//! let body = br#"{"contact_data":{"facebook":[{"url":"https://facebook.com/x"}],"apple":[{"username":"x"}]}}"#;
//! let converted = deskpro_contact::to_form(body)?;
//! assert_eq!(
//!     converted.output(),
//!     "contact_data%5B1%5D%5Btype%5D=facebook\
//!      &contact_data%5B1%5D%5Bdata%5D%5Bprofile_url%5D=https%3A%2F%2Ffacebook.com%2Fx",
//! );
//! assert_eq!(converted.losses()[0].path(), "contact_data[apple][0]"); // no legacy type
//! let restored = deskpro_contact::restore_v2(converted.output().as_bytes(), converted.notes())?;
//! assert_eq!(restored.output().as_bytes(), body);
//! # Ok::<(), deskpro_contact::Error>(())
//! ```
//!
//! # Stages
//!
//! A payload goes through these rooms, and through the same ones on the way back:
//!
//! 1. [`form`] reads bytes as PHP does, the JSON room reads bodies: pairs and brackets, or lists and objects, become
//!    one ordered tree.
//! 2. The legacy and v2 rooms find the records in it. They are syntax: they know where a type and a field stand,
//!    not what they mean.
//! 3. Translation makes a [`Contact`] of each record and carries it to the other format by the one table of
//!    differences ([`differences`]), naming what does not fit as a [`Loss`].
//! 4. The target's tree is built beside the source's and written.
//!
//! Restoring is the same walk the other way, and then a few moves that put losses back.
//!
//! # Laws
//!
//! For every payload, of any bytes:
//!
//! - **Restore**: `restore_form(to_v2(x))` is a payload that PHP's `parse_str` reads as it reads `x`: the same names,
//!   values, types and order. `restore_v2(to_form(y))` is equal JSON with equal order of names. One thing is outside
//!   the law, and reported: an empty array in a form, which PHP makes only where it drops a `__Host-` name.
//! - **Conservation**: every value of the input is in the output or in the losses, at its place; those too that PHP
//!   throws away.
//! - **Output first**: the losses hold only what the output does not. Restoring reads the output, so that an edit of
//!   it shows, and what no longer has a place is reported as left over.
//!
//! # Positions
//!
//! A path is `contact_data[3][data][country]`, with `%XX` for `%`, `[`, `]`, controls and bytes that are not UTF-8.
//! A span is in bytes of the payload, counted from 0, its end not included. A line number, where the command gives
//! one, counts from 1.
//!
//! # Streams
//!
//! [`to_v2`] and its like are for one payload. A [`Converter`] takes one after the other in buffers that are used
//! again; the command `convert` is built on it, so that stream and library are one path.
//!
//! # Where to begin
//!
//! [`cookbook`] has whole programs: a migration script, a web handler, what becomes of phones and labels. [`guide`] leads
//! from a file of payloads to people in v2 by the command alone. Both are pages, not code.
//!
//! The library does no input or output, has no `unsafe` code and does not panic, whatever it is given.

mod buffer;
mod bytes;
mod convert;
// Pages of the documentation, not code: a program that uses the library does not compile them.
#[cfg(any(doc, doctest))]
pub mod cookbook;
mod digest;
mod error;
mod explain;
pub mod form;
#[cfg(any(doc, doctest))]
#[doc = "[cookbook]: crate::cookbook\n\n"] // The first definition of a link holds.
#[doc = include_str!("../GUIDE.md")]
pub mod guide {}
mod json;
mod loss;
pub mod losses_file;
mod map;
mod model;
mod passthrough;
mod payload;
mod place;
mod record;
mod reject;
mod restore;
mod schema;

mod simd;
mod sources;
mod structs;
mod targets;
mod tree;

pub use self::convert::{
    Conversion, Converted, Converter, DEFAULT_MAX_PAYLOAD, LONGEST_FORM, MAX_PAYLOAD, Options, Source, Target,
};
pub use self::error::{Error, ErrorKind};
pub use self::explain::{Example, Explanation};
pub use self::json::MAX_JSON_DEPTH;
pub use self::loss::{Code, Loss, LossValue, Severity};
pub use self::model::{Contact, Field, Kind, PhoneType, Service, differences};
pub use self::schema::schema;
pub use self::structs::{legacy, v2};

/// Converts a legacy payload to a v2 body.
///
/// In goes a form of any bytes, as PHP's `parse_str` would read it; out comes JSON, the other fields first and then
/// `contact_data`, which is always an object. What v2's document has no place for is in [`Converted::losses`].
///
/// # Errors
///
/// Where the payload is rejected whole: `contact_data` is not an array, another field is not UTF-8, or a limit is
/// passed. A record that cannot be read is a loss, not an error.
///
/// ```
/// use deskpro_contact::{Field, Kind, to_v2};
///
/// let converted = to_v2(b"type=phone&data[country_calling_code]=044&data[number]=20 7946 0000")?;
/// assert_eq!(converted.output(), r#"{"contact_data":{}}"#); // the v2 document has no phones
/// let phone = &converted.contacts()[0];
/// assert_eq!(phone.kind(), Kind::Phone);
/// assert_eq!(phone.get(Field::CallingCode).unwrap(), "044"); // as it was sent
/// # Ok::<(), deskpro_contact::Error>(())
/// ```
pub fn to_v2(payload: &[u8]) -> Result<Converted, Error> {
    Converter::new(Options::new(Source::Form, Target::V2)).convert(payload).map(Conversion::into_owned)
}

/// Converts a v2 body to a legacy payload.
///
/// In goes JSON: an object whose `contact_data` is an object of lists, as requests have it, or a flat list, as
/// replies have it; or that flat list alone. Out come the bytes that PHP's `http_build_query` writes.
///
/// # Errors
///
/// Where the body is rejected whole: it is not JSON, neither object nor list, has a key twice or half a surrogate
/// pair, `contact_data` is neither object nor list, or a limit is passed.
///
/// ```
/// let converted = deskpro_contact::to_form(br#"[{"id":7,"contact_type":"website","url":"example.com"}]"#)?;
/// assert_eq!(
///     converted.output(),
///     "contact_data%5B1%5D%5Btype%5D=website&contact_data%5B1%5D%5Bdata%5D%5Burl%5D=example.com",
/// );
/// # Ok::<(), deskpro_contact::Error>(())
/// ```
pub fn to_form(body: &[u8]) -> Result<Converted, Error> {
    Converter::new(Options::new(Source::V2, Target::Form)).convert(body).map(Conversion::into_owned)
}

/// Restores a legacy payload from what [`to_v2`] made of it, and its losses.
///
/// The output may have been edited in between: a value that was corrected stays corrected, and its record keeps what
/// only the losses know.
///
/// # Errors
///
/// Where `output` is rejected as a body, or `notes` are not the losses of a payload.
///
/// ```
/// let converted = deskpro_contact::to_v2(b"type=twitter&comment=work&data[username]=jo")?;
/// let corrected = converted.output().replace("jo", "joanne");
/// let restored = deskpro_contact::restore_form(corrected.as_bytes(), converted.notes())?;
/// assert_eq!(restored.output(), "type=twitter&comment=work&data%5Busername%5D=joanne");
/// # Ok::<(), deskpro_contact::Error>(())
/// ```
pub fn restore_form(output: &[u8], notes: &[u8]) -> Result<Converted, Error> {
    Converter::new(Options::new(Source::V2, Target::Form)).restore(output, notes).map(Conversion::into_owned)
}

/// Restores a v2 body from what [`to_form`] made of it, and its losses.
///
/// # Errors
///
/// Where `output` is rejected as a payload, or `notes` are not the losses of a body.
///
/// ```
/// let body = br#"{"active":true,"contact_data":{"website":[{"id":5,"url":"example.com"}]}}"#;
/// let converted = deskpro_contact::to_form(body)?;
/// let restored = deskpro_contact::restore_v2(converted.output().as_bytes(), converted.notes())?;
/// assert_eq!(restored.output().as_bytes(), body);
/// # Ok::<(), deskpro_contact::Error>(())
/// ```
pub fn restore_v2(output: &[u8], notes: &[u8]) -> Result<Converted, Error> {
    Converter::new(Options::new(Source::Form, Target::V2)).restore(output, notes).map(Conversion::into_owned)
}
