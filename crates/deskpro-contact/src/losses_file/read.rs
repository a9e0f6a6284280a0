//! Reading the lines of a losses file, and recognising the error lines of an output.

use std::borrow::Cow;

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::value::RawValue;

use super::identity::{OutputDigest, PersonId};
use super::objects::{End, ErrorLine, Losses, not_a_line};
use crate::error::Error;
use crate::form::hex;

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

/// The members of any line.
#[derive(Deserialize)]
struct Members<'a> {
    line: Option<u64>,
    #[serde(borrow)]
    id: Option<&'a RawValue>,
    output: Option<OutputDigest>,
    error: Option<IgnoredAny>,
    emitted: Option<bool>,
    #[serde(borrow)]
    value: Option<&'a RawValue>,
    #[serde(borrow)]
    raw: Option<Cow<'a, str>>,
    #[serde(borrow)]
    losses: Option<Losses<'a>>,
    end: Option<End>,
}

/// Reads one line. Members that are not known are passed over.
///
/// # Errors
///
/// Where the bytes are no line of a losses file. The losses in it are read by [`Losses::codes`] or
/// [`Converter::restore`](crate::Converter::restore).
///
/// ```
/// use deskpro_contact::losses_file::{Line, read};
///
/// let line = br#"{"line":18,"error":{"code":"…","message":"…"},"emitted":false,"raw":"Zo%EB"}"#;
/// let Line::Rejected(rejected) = read(line)? else { panic!() };
/// assert_eq!(rejected.payload.as_deref(), Some(&b"Zo\xEB"[..]));
/// assert!(read(br#"{"line":18}"#).is_err());
/// # Ok::<(), deskpro_contact::Error>(())
/// ```
pub fn read(line: &[u8]) -> Result<Line<'_>, Error> {
    let members: Members<'_> = serde_json::from_slice(line).map_err(|_| not_a_line(line))?;
    let Members { line: number, id, output, error, emitted, value, raw, losses, end } = members;
    if let Some(end) = end {
        return Ok(Line::End(end));
    }
    let number = number.ok_or_else(|| not_a_line(line))?;
    let id = id.and_then(PersonId::from_raw);
    match (error, losses) {
        (Some(_), losses) => {
            // A value that is no text is nothing that a rejected payload can be.
            let text = value.filter(|value| value.get().starts_with('"'));
            let text = text.map(|text| serde_json::from_str::<String>(text.get()));
            let text = text.transpose().map_err(|_| not_a_line(line))?;
            let payload = text.map(String::into_bytes).or_else(|| raw.as_deref().map(decode_raw));
            let emitted = emitted.unwrap_or(false);
            Ok(Line::Rejected(RejectedLine { line: number, id, emitted, payload, losses }))
        }
        (None, Some(losses)) => Ok(Line::Payload(PayloadLine { line: number, id, output, losses })),
        (None, None) => Err(not_a_line(line)),
    }
}

/// Whether an output line is one that [`write_error_line`](super::write_error_line) writes. A line with other members
/// was edited, and is none.
#[must_use]
pub fn is_error_line(output: &[u8]) -> bool {
    serde_json::from_slice::<ErrorLine<'_>>(output).is_ok()
}

/// Undoes the percent-encoding of a `raw` text.
///
/// ```
/// assert_eq!(deskpro_contact::losses_file::decode_raw("Zo%EB"), b"Zo\xEB");
/// ```
#[must_use]
pub fn decode_raw(raw: &str) -> Vec<u8> {
    percent_decode(raw.as_bytes())
}

/// Undoes `%XX`.
pub(crate) fn percent_decode(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((&byte, after)) = rest.split_first() {
        match (byte, after) {
            (b'%', &[high, low, ref after @ ..]) if let Some(byte) = hex(high, low) => {
                out.push(byte);
                rest = after;
            }
            _ => {
                out.push(byte);
                rest = after;
            }
        }
    }
    out
}
