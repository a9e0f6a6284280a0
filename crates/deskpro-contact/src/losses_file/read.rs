//! Reads the lines of a losses file, and recognises the error lines of an output.

use super::fields;
use super::identity::{OutputDigest, PersonId};
use super::objects::{End, Head, Losses, Object, not_a_line};
use crate::bytes::percent_decoded;
use crate::error::Error;

/// One line of a losses file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Line<'a> {
    /// The first line.
    Head(Head),
    /// A payload that has a line in the output, with its losses.
    Payload(PayloadLine<'a>),
    /// A rejected payload.
    Rejected(RejectedLine<'a>),
    /// A line of the losses file that a restoring run read, whose losses that run could not put back. Holds a
    /// [`Payload`](Line::Payload) or a [`Rejected`](Line::Rejected) line with losses.
    LeftOver(Box<Line<'a>>),
    /// The last line.
    End(End),
}

/// A line about a payload that has a line in the output, with the losses of the payload.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PayloadLine<'a> {
    /// The number of the payload in the input, from 1. In a file with one payload per line, the number of its line.
    pub line: u64,
    /// The person's id, if the run has an id field and the payload has an id.
    pub id: Option<PersonId<'a>>,
    /// The digest of the output line that was written.
    pub output: OutputDigest,
    /// The losses; `None` if there are none.
    pub losses: Option<Losses<'a>>,
}

/// A line about a rejected payload.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RejectedLine<'a> {
    /// The number of the payload in the input, from 1. In a file with one payload per line, the number of its line.
    pub line: u64,
    /// The person's id, if the run has an id field and an id was found in the payload.
    pub id: Option<PersonId<'a>>,
    /// The digest of the error line that the output has for the payload; `None` if the output has no line for it.
    pub error_line: Option<OutputDigest>,
    /// The bytes of the payload; `None` if the file does not have them.
    pub payload: Option<Vec<u8>>,
    /// The length of the payload in bytes, if the file does not have the bytes.
    pub len: Option<u64>,
    /// The losses that a restoring run could not put back, because it rejected the output. Or the losses of the rows
    /// from which the payload was built.
    pub losses: Option<Losses<'a>>,
}

impl<'a> Line<'a> {
    /// The number of the payload in the input, from 1; `None` for the first and the last line of the file.
    #[must_use]
    pub fn payload_line(&self) -> Option<u64> {
        match self {
            Self::Payload(line) => Some(line.line),
            Self::Rejected(line) => Some(line.line),
            Self::LeftOver(line) => line.payload_line(),
            Self::Head(_) | Self::End(_) => None,
        }
    }

    /// The person's id, if the line has one.
    #[must_use]
    pub fn id(&self) -> Option<PersonId<'a>> {
        match self {
            Self::Payload(line) => line.id,
            Self::Rejected(line) => line.id,
            Self::LeftOver(line) => line.id(),
            Self::Head(_) | Self::End(_) => None,
        }
    }

    /// The losses in the line, if it has any.
    #[must_use]
    pub fn losses(&self) -> Option<Losses<'a>> {
        match self {
            Self::Payload(line) => line.losses,
            Self::Rejected(line) => line.losses,
            Self::LeftOver(line) => line.losses(),
            Self::Head(_) | Self::End(_) => None,
        }
    }
}

/// Reads one line of a losses file, given without its line end. Ignores unknown members. Does not check the list of
/// losses: [`Losses::codes`] and [`Converter::restore`](crate::Converter::restore) do.
///
/// # Errors
///
/// [`ErrorKind::NotLosses`](crate::ErrorKind::NotLosses) if the bytes are not a line of a losses file.
///
/// ```
/// use deskpro_contact::losses_file::{Line, read};
///
/// let line = br#"{"line":18,"error":{"code":"not-utf8","message":""},"emitted":false,"raw":"Zo%EB"}"#;
/// let Line::Rejected(rejected) = read(line)? else { panic!() };
/// assert_eq!(rejected.payload.as_deref(), Some(&b"Zo\xEB"[..]));
/// assert!(read(br#"{"line":18}"#).is_err());
/// # Ok::<(), deskpro_contact::Error>(())
/// ```
pub fn read(line: &[u8]) -> Result<Line<'_>, Error> {
    Object::read(line).ok().as_ref().and_then(parse).ok_or_else(|| not_a_line(line))
}

/// The line in an object. `None` if a member is missing or has another type.
fn parse<'a>(object: &Object<'a>) -> Option<Line<'a>> {
    if let Some(head) = object.object(fields::HEAD).ok()? {
        return Some(Line::Head(Head {
            version: head.value(fields::VERSION).ok()??,
            from: head.value(fields::FROM).ok()??,
            to: head.value(fields::TO).ok()??,
            profile: head.value(fields::PROFILE).ok()??,
            id_field: head.value(fields::ID_FIELD).ok()?,
            encoding: head.value(fields::ENCODING).ok()?,
        }));
    }
    if let Some(line) = object.object(fields::LEFT_OVER).ok()? {
        let line = parse(&line).filter(|line| matches!(line, Line::Payload(_) | Line::Rejected(_)))?;
        line.losses()?;
        return Some(Line::LeftOver(Box::new(line)));
    }
    if let Some(end) = object.object(fields::END).ok()? {
        return Some(Line::End(End {
            lines: end.value(fields::LINES).ok()??,
            with_losses: end.value(fields::WITH_LOSSES).ok()??,
        }));
    }
    let line = object.value(fields::LINE).ok()??;
    let id = object.json(fields::ID).and_then(PersonId::from_raw);
    let losses = object.json(fields::LOSSES).map(Losses);
    let output = object.value::<String>(fields::OUTPUT).ok()?;
    let output: Option<OutputDigest> = output.map(|digest| digest.parse()).transpose().ok()?;
    if object.json(fields::ERROR).is_none() {
        return Some(Line::Payload(PayloadLine { line, id, output: output?, losses }));
    }
    let payload = match (object.json(fields::VALUE), object.value::<String>(fields::RAW).ok()?) {
        (Some(text), _) if text.get().starts_with('"') => {
            Some(serde_json::from_str::<String>(text.get()).ok()?.into_bytes())
        }
        (_, raw) => raw.as_deref().map(decode_raw),
    };
    let emitted: bool = object.value(fields::EMITTED).ok()??;
    if emitted != output.is_some() {
        return None;
    }
    let len = object.value(fields::LENGTH).ok()?;
    Some(Line::Rejected(RejectedLine { line, id, error_line: output, payload, len, losses }))
}

/// Whether an output line is an error line, as [`write_error_line`](super::write_error_line) writes it. False if the
/// line has members that an error line does not have.
#[must_use]
pub fn is_error_line(output: &[u8]) -> bool {
    read_error_line(output).is_some()
}

/// The person's id in an error line, in the form that [`PersonId::text`] returns. `None` if the line has no id, or is
/// not an error line.
///
/// ```
/// use deskpro_contact::losses_file::id_of_error_line;
///
/// let line = br#"{"error":{"id":5,"code":"not-utf8","message":"expected UTF-8, found Zo%EB"}}"#;
/// assert_eq!(id_of_error_line(line).as_deref(), Some("5"));
/// ```
#[must_use]
pub fn id_of_error_line(output: &[u8]) -> Option<String> {
    let id = read_error_line(output)?.json(fields::ID).and_then(PersonId::from_raw);
    id.map(|id| id.text().into_owned())
}

/// The object in an error line. `None` for any other line.
fn read_error_line(output: &[u8]) -> Option<Object<'_>> {
    let has_text = |object: &Object<'_>, name| matches!(object.value::<String>(name), Ok(Some(_)));
    let is_error = |error: &Object<'_>| {
        error.has_only(&[fields::ID, fields::CODE, fields::PATH, fields::MESSAGE])
            && has_text(error, fields::CODE)
            && error.value::<String>(fields::PATH).is_ok()
            && has_text(error, fields::MESSAGE)
    };
    let line = Object::read(output).ok().filter(|line| line.has_only(&[fields::ERROR]))?;
    line.object(fields::ERROR).ok().flatten().filter(is_error)
}

/// Decodes a percent-encoded text, as [`LossValue::Raw`](crate::LossValue::Raw) and the member `raw` of a losses file
/// have it.
///
/// ```
/// assert_eq!(deskpro_contact::losses_file::decode_raw("Zo%EB"), b"Zo\xEB");
/// ```
#[must_use]
pub fn decode_raw(raw: &str) -> Vec<u8> {
    percent_decoded(raw.as_bytes())
}
