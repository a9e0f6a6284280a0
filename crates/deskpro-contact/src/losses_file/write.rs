//! Writes the lines of a losses file, and the error lines that an output has for rejected payloads.

use std::mem;

use serde::ser::{Serialize, SerializeMap as _, Serializer};

use super::fields;
use super::identity::{OutputDigest, PersonId};
use super::objects::{End, Head, Losses};
use crate::buffer::{Buffer, MemberName, append, member_name};
use crate::error::Error;
use crate::form;
use crate::loss::Loss;

/// Begins the object of a converted payload, up to its losses. `line` is `None` for an object outside of a losses file.
pub(crate) fn begin_payload(
    line: Option<u64>,
    id: Option<PersonId<'_>>,
    digest: OutputDigest,
    out: &mut Buffer,
) {
    const LINE: MemberName = member_name(fields::LINE);
    const ID: MemberName = member_name(fields::ID);
    const OUTPUT: MemberName = member_name(fields::OUTPUT);
    let mut mark = b'{';
    if let Some(line) = line {
        out.piece(mem::replace(&mut mark, b','), &LINE);
        out.number(line);
    }
    if let Some(id) = id {
        out.piece(mem::replace(&mut mark, b','), &ID);
        out.extend(id.json().as_bytes());
    }
    out.piece(mark, &OUTPUT);
    out.push(b'"');
    out.array(&digest.hex());
    out.push(b'"');
}

/// A rejected payload, for [`write_rejected`].
#[derive(Clone, Copy, Debug)]
pub struct Rejected<'a> {
    /// The number of the payload in the input, from 1. In a file with one payload per line, the number of its line.
    pub line: u64,
    /// The person's id, if it is known.
    pub id: Option<PersonId<'a>>,
    /// The reason for the rejection.
    pub error: &'a Error,
    /// Whether the output has an error line for the payload.
    pub emitted: bool,
    /// The payload; `None` if it was too long to be kept.
    pub payload: Option<&'a [u8]>,
    /// The losses that a restoring run could not put back, because it rejected the output.
    pub losses: Option<Losses<'a>>,
    /// The losses that a builder returned with the payload: see
    /// [`Conversion::with_builder_losses`](crate::Conversion::with_builder_losses). Must be empty if `losses` is set.
    pub builder_losses: &'a [Loss],
}

/// Appends the losses-file line of a rejected payload to `out`. If `payload` is `None`, the line has the member
/// `length` instead: the length of the error's span, which is that of the payload for an error from
/// [`Error::too_long`](crate::Error::too_long).
///
/// ```
/// use deskpro_contact::losses_file::{Rejected, write_rejected};
///
/// let error = deskpro_contact::to_form(b"7").unwrap_err();
/// let payload = Some(&b"7"[..]);
/// let (id, losses) = (None, None);
/// let rejected = Rejected { line: 17, id, error: &error, emitted: false, payload, losses, builder_losses: &[] };
/// let mut line = Vec::new();
/// write_rejected(&rejected, &mut line);
/// assert!(line.starts_with(br#"{"line":17,"error":{"code":"not-a-body""#));
/// assert!(line.ends_with(br#","emitted":false,"value":"7"}"#));
/// ```
pub fn write_rejected(rejected: &Rejected<'_>, out: &mut Vec<u8>) {
    write(rejected, out);
}

impl Serialize for Rejected<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_map(None)?;
        object.serialize_entry(fields::LINE, &self.line)?;
        if let Some(id) = self.id {
            object.serialize_entry(fields::ID, &id)?;
        }
        object.serialize_entry(fields::ERROR, self.error)?;
        object.serialize_entry(fields::EMITTED, &self.emitted)?;
        if self.emitted {
            let mut line = Vec::new();
            write_error_line(self.error, self.id, &mut line);
            object.serialize_entry(fields::OUTPUT, &OutputDigest::of(&line).to_string())?;
        }
        match self.payload.map(|payload| std::str::from_utf8(payload).map_err(|_| form::encode_raw(payload)))
        {
            Some(Ok(text)) => object.serialize_entry(fields::VALUE, text)?,
            Some(Err(raw)) => object.serialize_entry(fields::RAW, &raw)?,
            None => object.serialize_entry(fields::LENGTH, &self.error.span().len())?,
        }
        if let Some(losses) = self.losses {
            object.serialize_entry(fields::LOSSES, &losses)?;
        } else if !self.builder_losses.is_empty() {
            object.serialize_entry(fields::LOSSES, self.builder_losses)?;
        }
        object.end()
    }
}

/// Appends to `out` the losses-file line of a payload that a restoring run passed to its output unchanged, because the
/// converting run had rejected it.
///
/// `line` is the number of the payload in the input, from 1, and `output` its line in the output, without a line end.
/// `losses` are the losses of the rejected payload that the restoring run read. They are written again, so that they
/// can be put back once the payload is corrected.
///
/// ```
/// use deskpro_contact::losses_file::{Line, read, write_passed_on};
///
/// let mut line = Vec::new();
/// write_passed_on(17, None, b"contact_data=x", None, &mut line);
/// let Line::Payload(payload) = read(&line)? else { panic!() };
/// assert_eq!((payload.line, payload.losses), (17, None));
/// # Ok::<(), deskpro_contact::Error>(())
/// ```
pub fn write_passed_on(
    line: u64,
    id: Option<PersonId<'_>>,
    output: &[u8],
    losses: Option<Losses<'_>>,
    out: &mut Vec<u8>,
) {
    append(out, |out| {
        const LOSSES: MemberName = member_name(fields::LOSSES);
        begin_payload(Some(line), id, OutputDigest::of(output), out);
        if let Some(losses) = losses {
            out.piece(b',', &LOSSES);
            out.extend(losses.json().as_bytes());
        }
        out.push(b'}');
    });
}

/// Appends the first line of a losses file to `out`.
///
/// ```
/// use deskpro_contact::Profile;
/// use deskpro_contact::losses_file::{Head, Line, VERSION, read, write_head};
///
/// let [from, to] = ["form", "v2"].map(str::to_owned);
/// let profile = Profile::Documented.to_string();
/// let head = Head { version: VERSION, from, to, profile, id_field: None, encoding: None };
/// let mut line = Vec::new();
/// write_head(&head, &mut line);
/// assert_eq!(line, br#"{"head":{"version":1,"from":"form","to":"v2","profile":"documented"}}"#);
/// assert_eq!(read(&line)?, Line::Head(head));
/// # Ok::<(), deskpro_contact::Error>(())
/// ```
pub fn write_head(head: &Head, out: &mut Vec<u8>) {
    struct Object<'a>(&'a Head);

    impl Serialize for Object<'_> {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            let Head { version, from, to, profile, id_field, encoding } = self.0;
            let mut object = serializer.serialize_map(None)?;
            object.serialize_entry(fields::VERSION, version)?;
            object.serialize_entry(fields::FROM, from)?;
            object.serialize_entry(fields::TO, to)?;
            object.serialize_entry(fields::PROFILE, profile)?;
            if let Some(id_field) = id_field {
                object.serialize_entry(fields::ID_FIELD, id_field)?;
            }
            if let Some(encoding) = encoding {
                object.serialize_entry(fields::ENCODING, encoding)?;
            }
            object.end()
        }
    }
    write(&Member(fields::HEAD, Object(head)), out);
}

/// Appends a [left-over line](super::Line::LeftOver) to `out`. `line` is the line of the losses file that the restoring
/// run read, without its line end. The line must have the member `losses`.
///
/// ```
/// use deskpro_contact::losses_file::{Line, read, write_left_over};
///
/// let line = br#"{"line":3,"output":"3f07c1a9d2e4","losses":[]}"#;
/// let mut left_over = Vec::new();
/// write_left_over(line, &mut left_over);
/// assert_eq!(read(&left_over)?, Line::LeftOver(Box::new(read(line)?)));
/// # Ok::<(), deskpro_contact::Error>(())
/// ```
pub fn write_left_over(line: &[u8], out: &mut Vec<u8>) {
    append(out, |out| {
        fields::first(fields::LEFT_OVER, out);
        out.extend(line);
        out.push(b'}');
    });
}

/// Appends the last line of a losses file to `out`.
pub fn write_end(end: &End, out: &mut Vec<u8>) {
    struct Object<'a>(&'a End);

    impl Serialize for Object<'_> {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            let End { lines, with_losses } = self.0;
            let mut object = serializer.serialize_map(None)?;
            object.serialize_entry(fields::LINES, lines)?;
            object.serialize_entry(fields::WITH_LOSSES, with_losses)?;
            object.end()
        }
    }
    write(&Member(fields::END, Object(end)), out);
}

/// Appends to `out` the line that an output has in place of a rejected payload: `{"error":{…}}`.
///
/// ```
/// use deskpro_contact::losses_file::{PersonId, is_error_line, write_error_line};
///
/// let error = deskpro_contact::to_form(b"7").unwrap_err();
/// let mut line = Vec::new();
/// write_error_line(&error, PersonId::from_json("5"), &mut line);
/// let expected = r#"{"error":{"id":5,"code":"not-a-body","message":"expected an object or a list, found 7"}}"#;
/// assert_eq!(line, expected.as_bytes());
/// assert!(is_error_line(&line));
/// ```
pub fn write_error_line(error: &Error, id: Option<PersonId<'_>>, out: &mut Vec<u8>) {
    struct Object<'a>(&'a Error, Option<PersonId<'a>>);

    impl Serialize for Object<'_> {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            let Self(error, id) = self;
            let mut object = serializer.serialize_map(None)?;
            if let Some(id) = id {
                object.serialize_entry(fields::ID, id)?;
            }
            object.serialize_entry(fields::CODE, error.kind().name())?;
            if !error.path().is_empty() {
                object.serialize_entry(fields::PATH, error.path())?;
            }
            object.serialize_entry(fields::MESSAGE, &error.message())?;
            object.end()
        }
    }
    write(&Member(fields::ERROR, Object(error, id)), out);
}

/// An object with one member.
struct Member<T>(&'static str, T);

impl<T: Serialize> Serialize for Member<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map([(self.0, &self.1)])
    }
}

fn write(line: &impl Serialize, out: &mut Vec<u8>) {
    serde_json::to_writer(out, line).expect("a Vec takes all bytes, and the keys are strings");
}
