//! Converts legacy Deskpro contact data to v2 JSON and back, and reports everything that the output cannot hold.
//!
//! Deskpro's legacy API takes contact data as PHP form payloads, its v2 API as JSON keyed by type. This library
//! converts one into the other. Every value or fact that the output cannot hold is a [`Loss`], which can be put back:
//!
//! ```
//! let payload = "contact_data[1][type]=im&contact_data[1][comment]=home\
//!     &contact_data[1][data][service]=aim&contact_data[1][data][username]=example";
//! let converted = deskpro_contact::to_v2(payload)?;
//! assert_eq!(
//!     converted.output(),
//!     r#"{"contact_data":{"instant_message":[{"service":"aim","username":"example"}]}}"#,
//! );
//! // v2 has no place for the comment, so the comment is a loss.
//! let paths: Vec<&str> = converted.losses().iter().map(|loss| loss.path()).collect();
//! assert!(paths.contains(&"contact_data[1][comment]"));
//! // The output and its losses give a payload that PHP reads as it reads the original.
//! let restored = deskpro_contact::restore_form(converted.output(), converted.losses_json())?;
//! let [before, after] = [payload, restored.output()].map(deskpro_contact::form::Form::read);
//! assert_eq!(before?, after?);
//! # Ok::<(), deskpro_contact::Error>(())
//! ```
//!
//! From v2 to legacy:
//!
//! ```
//! let body = r#"{"contact_data":{"facebook":[{"url":"https://facebook.com/x"}],"apple":[{"username":"x"}]}}"#;
//! let converted = deskpro_contact::to_form(body)?;
//! assert_eq!(
//!     converted.output(),
//!     "contact_data%5B1%5D%5Btype%5D=facebook\
//!      &contact_data%5B1%5D%5Bdata%5D%5Bprofile_url%5D=https%3A%2F%2Ffacebook.com%2Fx",
//! );
//! assert_eq!(converted.losses()[0].path(), "contact_data[apple][0]"); // no legacy type
//! let restored = deskpro_contact::restore_v2(converted.output(), converted.losses_json())?;
//! assert_eq!(restored.output(), body);
//! # Ok::<(), deskpro_contact::Error>(())
//! ```
//!
//! # Stages
//!
//! 1. A *source* finds the records of a payload. Forms have two readers: the plain reader fills records directly from
//!    well-formed pairs; the general reader reads anything that PHP can read, into a tree. A JSON body becomes a tree.
//! 2. The *map* makes a [`Contact`] of each record and converts it to the other format by the table of
//!    [`differences`]. What that format cannot hold becomes a [`Loss`].
//! 3. A *target* writes the contacts and the other fields.
//!
//! Restoring uses the same stages in the other direction, and then puts each loss back.
//!
//! # Laws
//!
//! For every payload that is not rejected, of any bytes:
//!
//! - **Restore**: [`restore_form`] makes a payload of the output and the losses of [`to_v2`]. PHP's `parse_str` reads
//!   this payload as it reads the original: equal names, values, types and order. [`restore_v2`] makes a body of the
//!   output and the losses of [`to_form`]. Its JSON is equal to the original, and its names have the same order. One
//!   exception: when PHP drops a pair such as `a[__Host-x]=1`, it still makes the array `a`, which stays empty and is
//!   not restored. The pair is a loss (`dropped-pair`).
//! - **Conservation**: every value of the input, even one that PHP discards, is in the output or in a loss with the
//!   path of the value.
//! - **Output first**: the losses hold only what the output does not: lost values and facts, and the keys and digests
//!   by which restoring finds the place of each. Restoring reads the output, so edits survive. A loss whose place no
//!   longer exists is reported as left over.
//!
//! The library does no input or output and has no `unsafe` code. Reading and converting never panic, whatever the
//! input: tests and fuzzing check it.
//!
//! # Positions
//!
//! A path looks like `contact_data[3][data][country]`, with `%XX` for `%`, `[`, `]`, controls and bytes that are not
//! UTF-8. A span is in bytes of the payload, counted from 0, its end not included. The line numbers of the command
//! count from 1.
//!
//! # Streams
//!
//! [`to_v2`], [`to_form`], [`restore_form`] and [`restore_v2`] take one payload. A [`Converter`] takes many, one after
//! the other, and reuses its buffers. The command `convert` uses it, so library and command give the same results.
//!
//! # Where to begin
//!
//! [`cookbook`] has whole programs: a migration script, a web handler, a program that decides on phones and comments.
//! [`guide`] shows how to migrate a helpdesk with `convert` and `examples/send.py`. Both modules hold only
//! documentation.
//!
//! If the contact data is not in payloads yet: [`legacy_json`] builds payloads from bodies and replies of the legacy
//! API that are JSON. [`rows`] builds payloads from rows of its database, which [`dump`] reads from an SQL dump.

mod buffer;
mod bytes;
mod convert;
// `cookbook` and `guide` hold only documentation, so only rustdoc compiles them.
#[cfg(any(doc, doctest))]
pub mod cookbook;
mod digest;
pub mod dump;
mod encoding;
mod error;
mod explain;
pub mod form;
#[cfg(any(doc, doctest))]
// Makes links of GUIDE.md lead to modules: if a link is defined twice, Markdown uses the first definition.
#[doc = "[cookbook]: crate::cookbook\n[exported rows]: crate::rows\n\n"]
#[doc = include_str!("../GUIDE.md")]
pub mod guide {}
mod json;
pub mod legacy_json;
mod loss;
pub mod losses_file;
mod map;
mod misplaced;
mod model;
mod names;
mod passthrough;
mod payload;
mod phone;
mod place;
mod record;
mod reject;
mod restore;
pub mod rows;
mod schema;

mod simd;
mod sources;
mod structs;
mod targets;
mod tree;

pub use self::convert::{
    Conversion, Converted, Converter, DEFAULT_MAX_PAYLOAD, FORM_LENGTH_FACTOR, MAX_PAYLOAD, Options, Source,
    Target,
};
pub use self::encoding::Encoding;
pub use self::error::{Error, ErrorKind, is_invisible};
pub use self::explain::{Example, Explanation, InputExplanation, Origin};
pub use self::json::MAX_JSON_DEPTH;
pub use self::loss::{Code, Loss, LossValue, PhoneReason, Severity};
pub use self::model::{Contact, Field, Kind, PhoneType, Profile, Service, differences};
pub use self::names::ParseNameError;
pub use self::phone::Region;
pub use self::schema::{losses_schema, schema};
pub use self::structs::{legacy, v2};

/// Converts a legacy payload to a v2 body.
///
/// `payload` is a form of any bytes, read as PHP's `parse_str` reads it. The output is JSON: first the fields that
/// are not contact data, then `contact_data`, which is always an object. Values and facts that the v2 document has no
/// place for are in [`Converted::losses`].
///
/// # Errors
///
/// The payload is rejected: [`ErrorKind::NotAForm`], [`ErrorKind::MisplacedField`],
/// [`ErrorKind::ContactDataNotArray`], [`ErrorKind::NotUtf8`] in a field other than contact data,
/// [`ErrorKind::TooLong`], [`ErrorKind::TooDeep`]. A record that cannot be read is a loss, not an error.
///
/// ```
/// use deskpro_contact::{Field, Kind, to_v2};
///
/// let converted = to_v2("type=phone&data[country_calling_code]=044&data[number]=20 7946 0000")?;
/// assert_eq!(converted.output(), r#"{"contact_data":{}}"#); // the v2 document has no phones
/// let phone = &converted.contacts()[0];
/// assert_eq!(phone.kind(), Kind::Phone);
/// assert_eq!(phone.get(Field::CallingCode).unwrap(), "044"); // as it was sent
/// # Ok::<(), deskpro_contact::Error>(())
/// ```
pub fn to_v2(payload: impl AsRef<[u8]>) -> Result<Converted, Error> {
    Converter::new(Options::new(Source::Form, Target::V2)).convert(&payload).map(Conversion::into_owned)
}

/// Converts a v2 body to a legacy payload.
///
/// `body` is JSON: an object whose `contact_data` is an object of lists, as in requests, or a flat list, as in replies;
/// or that flat list alone. If the body is in the envelope of a reply (an object with no members but `data`, `meta` and
/// `linked`), the body inside `data` is converted. The output has the bytes that PHP's `http_build_query` writes.
/// Values and facts that the legacy format has no place for are in [`Converted::losses`].
///
/// # Errors
///
/// The body is rejected: [`ErrorKind::NotJson`], [`ErrorKind::NotABody`], [`ErrorKind::NotUtf8`],
/// [`ErrorKind::DuplicateKey`], [`ErrorKind::LoneSurrogate`], [`ErrorKind::ContactDataNotArray`],
/// [`ErrorKind::MisplacedField`], [`ErrorKind::ListOfBodies`], [`ErrorKind::ErrorLine`], [`ErrorKind::LegacyRecords`],
/// [`ErrorKind::TooLong`], [`ErrorKind::TooDeep`].
///
/// ```
/// let converted = deskpro_contact::to_form(r#"[{"id":7,"contact_type":"website","url":"example.com"}]"#)?;
/// assert_eq!(
///     converted.output(),
///     "contact_data%5B1%5D%5Btype%5D=website&contact_data%5B1%5D%5Bdata%5D%5Burl%5D=example.com",
/// );
/// # Ok::<(), deskpro_contact::Error>(())
/// ```
pub fn to_form(body: impl AsRef<[u8]>) -> Result<Converted, Error> {
    Converter::new(Options::new(Source::V2, Target::Form)).convert(&body).map(Conversion::into_owned)
}

/// Restores a legacy payload from the output of [`to_v2`] and its losses ([`Converted::losses_json`]).
///
/// `output` must be the output that was written with the losses. To restore an output that was edited, use
/// [`Converter::restore`] with [`Options::id_field`] or [`Options::edited`].
///
/// # Errors
///
/// The errors of [`to_form`] if `output` is not a valid body; [`ErrorKind::NotLosses`] if `losses` is not a losses
/// object; [`ErrorKind::OtherPayload`] if the losses belong to another output.
///
/// ```
/// use deskpro_contact::{Converter, Options, Source, Target};
///
/// let converted = deskpro_contact::to_v2("type=twitter&comment=work&data[username]=jo")?;
/// let corrected = converted.output().replace("jo", "joanne");
/// // A corrected value stays corrected, and the comment comes back from the losses.
/// let mut converter = Converter::new(Options::new(Source::V2, Target::Form).edited(true));
/// let restored = converter.restore(&corrected, converted.losses_json())?;
/// assert_eq!(restored.output(), b"type=twitter&comment=work&data%5Busername%5D=joanne");
///
/// let restored = deskpro_contact::restore_form(converted.output(), converted.losses_json())?;
/// assert_eq!(restored.output(), "type=twitter&comment=work&data%5Busername%5D=jo");
/// let error = deskpro_contact::restore_form(&corrected, converted.losses_json()).unwrap_err();
/// assert_eq!(error.kind(), deskpro_contact::ErrorKind::OtherPayload);
/// # Ok::<(), deskpro_contact::Error>(())
/// ```
pub fn restore_form(output: impl AsRef<[u8]>, losses: impl AsRef<[u8]>) -> Result<Converted, Error> {
    Converter::new(Options::new(Source::V2, Target::Form))
        .restore(&output, losses)
        .map(Conversion::into_owned)
}

/// Restores a v2 body from the output of [`to_form`] and its losses ([`Converted::losses_json`]).
///
/// # Errors
///
/// The errors of [`to_v2`] if `output` is not a valid payload; [`ErrorKind::NotLosses`] if `losses` is not a losses
/// object; [`ErrorKind::OtherPayload`] if the losses belong to another output.
///
/// ```
/// let body = r#"{"active":true,"contact_data":{"website":[{"id":5,"url":"example.com"}]}}"#;
/// let converted = deskpro_contact::to_form(body)?;
/// let restored = deskpro_contact::restore_v2(converted.output(), converted.losses_json())?;
/// assert_eq!(restored.output(), body);
/// # Ok::<(), deskpro_contact::Error>(())
/// ```
pub fn restore_v2(output: impl AsRef<[u8]>, losses: impl AsRef<[u8]>) -> Result<Converted, Error> {
    Converter::new(Options::new(Source::Form, Target::V2))
        .restore(&output, losses)
        .map(Conversion::into_owned)
}
