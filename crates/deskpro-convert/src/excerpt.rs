//! An excerpt of a payload, cut to what a terminal has room for, with a place marked in it.

use std::ops::Range;

use deskpro_contact::losses_file::decode_raw;

/// A stretch of a payload, escaped to be shown.
#[derive(Debug)]
pub(crate) struct Excerpt {
    pub(crate) text: String,
    /// The place, in bytes of the text.
    pub(crate) mark: Range<usize>,
    /// The place decoded, where that reads otherwise.
    pub(crate) meaning: Option<String>,
}

impl Excerpt {
    /// How much of a place is shown.
    pub(crate) const ROOM: usize = 64;
    /// How much is shown before and behind it.
    const AROUND: usize = 16;

    /// Cuts an excerpt around a place. None where the place is not in the payload.
    pub(crate) fn cut(payload: &[u8], span: Range<usize>) -> Option<Self> {
        let place = payload.get(span.clone())?;
        if place.is_empty() && span.start < payload.len() {
            return None;
        }
        let (before, behind) = (&payload[..span.start], &payload[span.end..]);
        // A place near the start has less before it.
        let start = before.len().saturating_sub(Self::AROUND);
        let mut text = if start > 0 { "…".to_owned() } else { String::new() };
        text += &printable(on_boundary(&before[start..]), usize::MAX);
        let mark = text.len();
        let shown = printable(place, Self::ROOM);
        text += &shown;
        let mark = mark..text.len();
        text += &printable(behind, Self::AROUND);
        let meaning = decoded(payload, place).filter(|meaning| *meaning != shown);
        Some(Self { text, mark, meaning })
    }
}

/// Bytes from the first one that begins a character.
fn on_boundary(bytes: &[u8]) -> &[u8] {
    let start = bytes.iter().take(3).take_while(|&&byte| byte & 0b1100_0000 == 0b1000_0000).count();
    &bytes[start..]
}

/// Decodes a place: pairs of a form, a string of JSON.
fn decoded(payload: &[u8], place: &[u8]) -> Option<String> {
    // A form may begin so too; then the place is no string of JSON.
    if payload.trim_ascii_start().starts_with(b"{") || payload.trim_ascii_start().starts_with(b"[") {
        let text: String = serde_json::from_slice(place).ok()?;
        return Some(format!("\"{}\"", printable(text.as_bytes(), Excerpt::ROOM)));
    }
    // A byte of a form is three when it is encoded.
    let place = &place[..place.len().min(4 * Excerpt::ROOM)];
    let place = String::from_utf8_lossy(place).replace('+', " ");
    Some(printable(&decode_raw(&place), Excerpt::ROOM))
}

/// Text for a terminal, cut to a room of about so many characters: what is not printable is escaped.
pub(crate) fn printable(bytes: &[u8], room: usize) -> String {
    let (mut out, mut len) = (String::new(), 0_usize);
    // No more is looked at than can be shown: a character has four bytes at most, and a room may be without bounds.
    let bytes = &bytes[..bytes.len().min(room.saturating_add(1).saturating_mul(4))];
    for chunk in bytes.utf8_chunks() {
        let valid = chunk.valid().chars().map(|char| match hides(char) {
            true => char.escape_default().to_string(),
            false => char.to_string(),
        });
        for shown in valid.chain(chunk.invalid().iter().map(|byte| format!("\\x{byte:02X}"))) {
            if len >= room {
                return out + "…";
            }
            len += shown.chars().count();
            out += &shown;
        }
    }
    out
}

/// Whether a character would not be seen on a terminal, or would move what stands around it: controls, and those that
/// turn the direction of a text.
fn hides(char: char) -> bool {
    char.is_control()
        || matches!(char, '\u{61C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}
