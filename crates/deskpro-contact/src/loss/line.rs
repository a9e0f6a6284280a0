//! The lines of a losses file beside the losses themselves: whose they are, and what was rejected whole.

use super::member;
use super::view::{write_error, write_text};
use crate::digest::{self, Digest};
use crate::error::Error;
use crate::writer::{Writer, append};

/// A short digest of an output line, by which a losses file knows its lines again: whoever restores a stream can tell
/// lines that were edited from lines that changed places. FNV-1a over words of eight bytes, the last one filled with
/// zeros, and the length; the upper 48 bits in hexadecimal.
///
/// ```
/// assert_eq!(deskpro_contact::digest_of_output(b"a").len(), 12);
/// ```
#[must_use]
pub fn digest_of_output(output: &[u8]) -> String {
    String::from_utf8_lossy(&digest::hex(output_digest(output))).into_owned()
}

pub(crate) fn output_digest(output: &[u8]) -> u64 {
    let mut digest = Digest::START;
    digest.add_text(output);
    digest.add(output.len() as u64);
    digest.end()
}

/// Begins the object of a converted payload, up to its losses, with the digest of its output.
pub(crate) fn write_head(line: u64, digest: u64, out: &mut Writer) {
    begin(line, out);
    out.array(b",\"output\":\"");
    out.array(&digest::hex(digest));
    out.push(b'"');
}

/// Begins an object with the number of its line.
fn begin(line: u64, out: &mut Writer) {
    out.array(b"{\"line\":");
    out.number(line);
}

/// Writes the line that stands in the output for a rejected payload, without a line end: `{"error":{…}}`.
///
/// ```
/// let error = deskpro_contact::to_form(b"7").unwrap_err();
/// let mut line = Vec::new();
/// deskpro_contact::write_error_line(&error, &mut line);
/// assert_eq!(line, br#"{"error":{"code":"not-a-body","message":"expected an object or a list, found 7"}}"#);
/// ```
pub fn write_error_line(error: &Error, out: &mut Vec<u8>) {
    append(out, |out| {
        member::first(member::ERROR, out);
        write_error(error, out);
        out.push(b'}');
    });
}

/// Writes the object of a losses file for a rejected payload, without a line end.
///
/// `payload` is the payload's text; none where it was never held whole. `emitted` says whether it has a line in
/// the output.
///
/// ```
/// let error = deskpro_contact::to_form(b"7").unwrap_err();
/// let mut line = Vec::new();
/// deskpro_contact::write_rejected(17, &error, false, Some(b"7"), &mut line);
/// assert!(line.starts_with(br#"{"line":17,"error":{"code":"not-a-body""#));
/// assert!(line.ends_with(br#","emitted":false,"value":"7"}"#));
/// ```
pub fn write_rejected(line: u64, error: &Error, emitted: bool, payload: Option<&[u8]>, out: &mut Vec<u8>) {
    append(out, |out| {
        begin(line, out);
        member::next(member::ERROR, out);
        write_error(error, out);
        out.extend(format!(",\"emitted\":{emitted}").as_bytes());
        match payload {
            Some(payload) => write_text(payload, out),
            None => out.extend(format!(",\"length\":{}", error.span().len()).as_bytes()),
        }
        out.push(b'}');
    });
}
