//! Writing the lines of a losses file, and the error lines that stand in an output for rejected payloads.

use std::borrow::Cow;

use serde::Serialize;

use super::fields;
use super::identity::{OutputDigest, PersonId};
use super::objects::{End, EndLine, ErrorLine, ErrorObject, Losses};
use crate::error::Error;
use crate::form;
use crate::writer::{Name, Writer, name};

/// Begins the line of a converted payload, up to its losses.
pub(crate) fn begin_payload(line: u64, id: Option<PersonId<'_>>, digest: OutputDigest, out: &mut Writer) {
    const LINE: Name = name(fields::LINE);
    const ID: Name = name(fields::ID);
    const OUTPUT: Name = name(fields::OUTPUT);
    out.piece(b'{', &LINE);
    out.number(line);
    if let Some(id) = id {
        out.piece(b',', &ID);
        out.extend(id.json().as_bytes());
    }
    out.piece(b',', &OUTPUT);
    out.push(b'"');
    out.array(&digest.hex());
    out.push(b'"');
}

/// A payload that was rejected whole, for [`write_rejected`].
#[derive(Clone, Copy, Debug)]
pub struct Rejected<'a> {
    /// The payload's line, from 1.
    pub line: u64,
    /// Whom the payload is about, where that is known.
    pub id: Option<PersonId<'a>>,
    /// Why it was rejected.
    pub error: &'a Error,
    /// Whether an error line stands in the output for it.
    pub emitted: bool,
    /// Its text; none where nobody held it whole.
    pub payload: Option<&'a [u8]>,
    /// The losses that a restoring run was to put back into it.
    pub losses: Option<Losses<'a>>,
}

/// Writes the line of a rejected payload. A payload without text is written with its length.
///
/// ```
/// use deskpro_contact::losses_file::{Rejected, write_rejected};
///
/// let error = deskpro_contact::to_form(b"7").unwrap_err();
/// let payload = Some(&b"7"[..]);
/// let rejected = Rejected { line: 17, id: None, error: &error, emitted: false, payload, losses: None };
/// let mut line = Vec::new();
/// write_rejected(&rejected, &mut line);
/// assert!(line.starts_with(br#"{"line":17,"error":{"code":"not-a-body""#));
/// assert!(line.ends_with(br#","emitted":false,"value":"7"}"#));
/// ```
pub fn write_rejected(rejected: &Rejected<'_>, out: &mut Vec<u8>) {
    #[derive(Serialize)]
    struct Line<'a> {
        line: u64,
        #[serde(skip_serializing_if = "Option::is_none")]
        id: Option<PersonId<'a>>,
        error: &'a Error,
        emitted: bool,
        #[serde(skip_serializing_if = "Option::is_none")]
        value: Option<&'a str>,
        #[serde(skip_serializing_if = "Option::is_none")]
        raw: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        length: Option<usize>,
        #[serde(skip_serializing_if = "Option::is_none")]
        losses: Option<Losses<'a>>,
    }
    let &Rejected { line, id, error, emitted, payload, losses } = rejected;
    let (value, raw, length) = match payload.map(|payload| (payload, std::str::from_utf8(payload))) {
        Some((_, Ok(text))) => (Some(text), None, None),
        Some((bytes, Err(_))) => (None, Some(encode_raw(bytes)), None),
        None => (None, None, Some(error.span().len())),
    };
    write(&Line { line, id, error, emitted, value, raw, length, losses }, out);
}

/// Writes the losses of a rejected payload that a restoring run wrote to its output as it was: they wait until the
/// payload is mended. `output` is the line as written, without its line end.
pub fn write_passed_on(
    line: u64,
    id: Option<PersonId<'_>>,
    output: &[u8],
    losses: Losses<'_>,
    out: &mut Vec<u8>,
) {
    #[derive(Serialize)]
    struct Line<'a> {
        line: u64,
        #[serde(skip_serializing_if = "Option::is_none")]
        id: Option<PersonId<'a>>,
        output: OutputDigest,
        losses: Losses<'a>,
    }
    write(&Line { line, id, output: OutputDigest::of(output), losses }, out);
}

/// Writes the last line.
pub fn write_end(end: &End, out: &mut Vec<u8>) {
    write(&EndLine { end }, out);
}

/// Writes the line that stands in the output for a rejected payload: `{"error":{…}}`.
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
    let error = ErrorObject {
        id: id.map(PersonId::raw),
        code: Cow::Borrowed(error.kind().name()),
        path: Some(error.path()).filter(|path| !path.is_empty()).map(Cow::Borrowed),
        message: Cow::Owned(error.message()),
    };
    write(&ErrorLine { error }, out);
}

fn write(line: &impl Serialize, out: &mut Vec<u8>) {
    serde_json::to_writer(out, line).expect("a Vec takes all bytes, and the keys are strings");
}

/// Percent-encodes a text that is not UTF-8. A space becomes `%20`, so that no reader needs a form's `+`.
fn encode_raw(text: &[u8]) -> String {
    let mut encoded = Vec::new();
    form::encode_with(text, b"%20", &mut encoded);
    String::from_utf8(encoded).expect("percent-encoded text is ASCII")
}
