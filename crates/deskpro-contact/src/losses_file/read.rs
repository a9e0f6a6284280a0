//! Reading the lines of a losses file, and recognising the error lines of an output.

use super::fields;
use super::identity::{OutputDigest, PersonId};
use super::objects::{End, Losses, Object, not_a_line};
use crate::bytes::percent_decoded;
use crate::error::Error;

/// One line of a losses file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Line<'a> {
    /// The losses of a payload that has a line in the output.
    Payload(PayloadLine<'a>),
    /// A payload that was rejected whole.
    Rejected(RejectedLine<'a>),
    /// The last line.
    End(End),
}

/// The losses of a payload that has a line in the output.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PayloadLine<'a> {
    /// The payload's line, from 1.
    pub line: u64,
    /// Whom the payload is about, where the run named people.
    pub id: Option<PersonId<'a>>,
    /// The digest of the output line that was written.
    pub output: Option<OutputDigest>,
    /// What the output line does not hold.
    pub losses: Losses<'a>,
}

/// A payload that was rejected whole.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RejectedLine<'a> {
    /// The payload's line, from 1.
    pub line: u64,
    /// Whom the payload is about, where the run named people and the payload said so.
    pub id: Option<PersonId<'a>>,
    /// Whether an error line stands in the output for it.
    pub emitted: bool,
    /// Its bytes; none where the file does not hold them.
    pub payload: Option<Vec<u8>>,
    /// The losses that a restoring run was to put back into it.
    pub losses: Option<Losses<'a>>,
}

impl<'a> Line<'a> {
    /// The losses that stand in the line.
    #[must_use]
    pub fn losses(&self) -> Option<Losses<'a>> {
        match self {
            Self::Payload(line) => Some(line.losses),
            Self::Rejected(line) => line.losses,
            Self::End(_) => None,
        }
    }
}

/// Reads one line. Members that are not known are passed over.
///
/// # Errors
///
/// If the bytes are not a line of a losses file. The losses in it are read by [`Losses::codes`] or
/// [`Converter::restore`](crate::Converter::restore).
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

/// None where a member is missing or of another type.
fn parse<'a>(object: &Object<'a>) -> Option<Line<'a>> {
    if let Some(end) = object.object(fields::END).ok()? {
        return Some(Line::End(End {
            to: end.value(fields::TO).ok()??,
            lines: end.value(fields::LINES).ok()??,
            with_losses: end.value(fields::WITH_LOSSES).ok()??,
        }));
    }
    let line = object.value(fields::LINE).ok()??;
    let id = object.json(fields::ID).and_then(PersonId::from_raw);
    let losses = object.json(fields::LOSSES).map(Losses);
    if object.json(fields::ERROR).is_none() {
        let output = object.value::<String>(fields::OUTPUT).ok()?;
        let output = output.map(|digest| digest.parse()).transpose().ok()?;
        return Some(Line::Payload(PayloadLine { line, id, output, losses: losses? }));
    }
    let payload = match (object.json(fields::VALUE), object.value::<String>(fields::RAW).ok()?) {
        (Some(text), _) if text.get().starts_with('"') => {
            Some(serde_json::from_str::<String>(text.get()).ok()?.into_bytes())
        }
        (_, raw) => raw.as_deref().map(decode_raw),
    };
    let emitted = object.value(fields::EMITTED).ok()?.unwrap_or(false);
    Some(Line::Rejected(RejectedLine { line, id, emitted, payload, losses }))
}

/// Whether an output line is one that [`write_error_line`](super::write_error_line) writes. A line with other members
/// was edited, and does not count.
#[must_use]
pub fn is_error_line(output: &[u8]) -> bool {
    let has_text = |object: &Object<'_>, name| matches!(object.value::<String>(name), Ok(Some(_)));
    let is_error = |error: &Object<'_>| {
        error.has_only(&[fields::ID, fields::CODE, fields::PATH, fields::MESSAGE])
            && has_text(error, fields::CODE)
            && error.value::<String>(fields::PATH).is_ok()
            && has_text(error, fields::MESSAGE)
    };
    Object::read(output).is_ok_and(|line| {
        line.has_only(&[fields::ERROR])
            && line.object(fields::ERROR).is_ok_and(|error| error.as_ref().is_some_and(is_error))
    })
}

/// Undoes the percent-encoding of a `raw` text.
///
/// ```
/// assert_eq!(deskpro_contact::losses_file::decode_raw("Zo%EB"), b"Zo\xEB");
/// ```
#[must_use]
pub fn decode_raw(raw: &str) -> Vec<u8> {
    percent_decoded(raw.as_bytes())
}
