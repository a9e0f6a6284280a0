//! Short excerpts of payloads for a terminal, with a place marked.

use std::ops::Range;

use deskpro_contact::is_invisible;
use deskpro_contact::losses_file::decode_raw;

/// A part of a payload, escaped for a terminal.
#[derive(Debug)]
pub(crate) struct Excerpt {
    pub(crate) text: String,
    /// The byte range of the place in `text`.
    pub(crate) mark: Range<usize>,
    /// The place decoded, if that differs from the text.
    pub(crate) decoded: Option<String>,
}

impl Excerpt {
    /// The maximum length of a place, in characters.
    pub(crate) const MAX_PLACE: usize = 64;
    /// The maximum length of the text before the place in bytes, and of the text after it in characters.
    const MAX_CONTEXT: usize = 16;

    /// Cuts an excerpt around a place. `None` if the place is not in the payload.
    pub(crate) fn cut(payload: &[u8], span: Range<usize>) -> Option<Self> {
        let place = payload.get(span.clone())?;
        if place.is_empty() && span.start < payload.len() {
            return None;
        }
        let (before, after) = (&payload[..span.start], &payload[span.end..]);
        let start = before.len().saturating_sub(Self::MAX_CONTEXT);
        let mut text = if start > 0 { "…".to_owned() } else { String::new() };
        text += &printable(from_boundary(&before[start..]), usize::MAX);
        let mark = text.len();
        let shown = printable(place, Self::MAX_PLACE);
        text += &shown;
        let mark = mark..text.len();
        text += &printable(after, Self::MAX_CONTEXT);
        let decoded = decode(payload, place).filter(|decoded| *decoded != shown);
        Some(Self { text, mark, decoded })
    }
}

/// The bytes from the start of the first whole character.
fn from_boundary(bytes: &[u8]) -> &[u8] {
    let start = bytes.iter().take(3).take_while(|&&byte| byte & 0b1100_0000 == 0b1000_0000).count();
    &bytes[start..]
}

/// Decodes a place: a pair of a form, or a JSON string.
fn decode(payload: &[u8], place: &[u8]) -> Option<String> {
    // A form may begin with these bytes too; then the place is not a JSON string.
    if payload.trim_ascii_start().starts_with(b"{") || payload.trim_ascii_start().starts_with(b"[") {
        let text: String = serde_json::from_slice(place).ok()?;
        return Some(format!("\"{}\"", printable(text.as_bytes(), Excerpt::MAX_PLACE)));
    }
    // An encoded byte has three characters.
    let place = &place[..place.len().min(4 * Excerpt::MAX_PLACE)];
    let place = String::from_utf8_lossy(place).replace('+', " ");
    Some(printable(&decode_raw(&place), Excerpt::MAX_PLACE))
}

/// Text for a terminal, cut after about `max_len` characters. Invisible characters and bytes that are not UTF-8 are
/// escaped.
pub(crate) fn printable(bytes: &[u8], max_len: usize) -> String {
    let (mut out, mut len) = (String::new(), 0_usize);
    // A character has at most four bytes: no more bytes can be shown. `max_len` may be `usize::MAX`.
    let bytes = &bytes[..bytes.len().min(max_len.saturating_add(1).saturating_mul(4))];
    for chunk in bytes.utf8_chunks() {
        let valid = chunk.valid().chars().map(|char| match is_invisible(char) {
            true => char.escape_default().to_string(),
            false => char.to_string(),
        });
        for shown in valid.chain(chunk.invalid().iter().map(|byte| format!("\\x{byte:02X}"))) {
            if len >= max_len {
                return out + "…";
            }
            len += shown.chars().count();
            out += &shown;
        }
    }
    out
}
