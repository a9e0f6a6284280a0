//! Decodes the strings in a line of JSON, if they are not UTF-8.

use std::borrow::Cow;

use crate::encoding::Encoding;

/// Returns a line of JSON in which the strings that are not UTF-8 are decoded. Strings in UTF-8, strings that are
/// malformed in `encoding`, and bytes outside of strings stay as they are.
///
/// ```
/// use deskpro_contact::{Encoding, legacy_json};
///
/// let line = legacy_json::decoded(b"{\"name\":\"Zo\xEB\"}", Encoding::WINDOWS_1252);
/// assert_eq!(*line, *r#"{"name":"Zoë"}"#.as_bytes());
/// ```
#[must_use]
pub fn decoded(line: &[u8], encoding: Encoding) -> Cow<'_, [u8]> {
    if std::str::from_utf8(line).is_ok() {
        return Cow::Borrowed(line);
    }
    let mut out = Vec::with_capacity(line.len() + line.len() / 8);
    let mut rest = line;
    while let Some(start) = memchr::memchr(b'"', rest) {
        let (before, string) = rest.split_at(start + 1);
        out.extend_from_slice(before);
        // In UTF-8, no byte of a longer character is a quote or a backslash.
        let mut len = string_len(string, |_| false);
        if std::str::from_utf8(&string[..len]).is_ok() {
            out.extend_from_slice(&string[..len]);
        } else {
            len = string_len(string, |byte| encoding.leads_to_backslash(byte));
            match encoding.decode(&string[..len]) {
                Some(text) => out.extend_from_slice(text.as_bytes()),
                None => out.extend_from_slice(&string[..len]),
            }
        }
        let (quote, after) = string[len..].split_at(usize::from(len < string.len()));
        out.extend_from_slice(quote);
        rest = after;
    }
    out.extend_from_slice(rest);
    Cow::Owned(out)
}

/// The length of a string up to its closing quote. `is_first` says whether a byte is the first of a character whose
/// second byte may be a backslash.
fn string_len(string: &[u8], is_first: impl Fn(u8) -> bool) -> usize {
    let mut at = 0;
    while let Some(&byte) = string.get(at) {
        match byte {
            b'"' => return at,
            b'\\' => at += 2,
            byte if is_first(byte) => at += 2,
            _ => at += 1,
        }
    }
    string.len()
}
