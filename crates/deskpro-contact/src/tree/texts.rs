//! Texts: places in the tree's buffer, and what is known of all of them at once.

#[cfg(test)]
mod tests;

use std::hint::select_unpredictable;
use std::io::Write as _;

use super::{Held, Id, Tree, clip};
use crate::json;
use crate::odds::{mostly, rare, seldom};

/// What is among the bytes of a text that were encoded.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Decoded {
    has_escaped: bool,
    /// Where the last one above 127 ends; 0 where there is none.
    end: usize,
}

impl Decoded {
    pub(crate) const NONE: Self = Self { has_escaped: false, end: 0 };

    /// These and one more, which ends behind them.
    #[inline(always)]
    pub(crate) fn and(self, byte: u8, end: usize) -> Self {
        static IS_ESCAPED: [bool; 256] = {
            let mut is = [false; 256];
            let mut byte = 0_usize;
            while byte < 256 {
                {
                    is[byte] = json::is_escaped(byte as u8);
                }
                byte += 1;
            }
            is
        };
        let is_escaped = IS_ESCAPED.get(usize::from(byte)).copied().unwrap_or_default();
        // Nobody can foretell which one it is.
        let end = select_unpredictable(byte > 127, end, self.end);
        Self { has_escaped: self.has_escaped | is_escaped, end }
    }
}

/// Whether all bytes are such as a form sends unencoded, mostly: above the quote, as far as bytes are signed, and no
/// backslash. Without a way out of the loop many are looked at at once; the last ones so too, if some of them twice.
fn are_common(bytes: &[u8]) -> bool {
    const MANY: usize = 32;
    let is_common = |byte: u8| (byte.cast_signed() > b'"'.cast_signed()) & (byte != b'\\');
    let Some(last) = bytes.last_chunk::<MANY>() else {
        return bytes.iter().fold(true, |all, &byte| all & is_common(byte));
    };
    let mut all = [true; MANY];
    let mut look = |chunk: &[u8; MANY]| {
        all.iter_mut().zip(chunk).for_each(|(all, &byte)| *all &= is_common(byte));
    };
    bytes.as_chunks().0.iter().for_each(&mut look);
    look(last);
    all.iter().fold(true, |both, &all| both & all)
}

/// A text: a stretch of the tree's buffer.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Text {
    start: u32,
    len: u32,
}

impl Text {
    pub(crate) const EMPTY: Self = Self { start: 0, len: 0 };

    pub(crate) fn is_empty(self) -> bool {
        self.len == 0
    }

    pub(crate) fn at(start: usize, len: usize) -> Self {
        Self { start: clip(start), len: clip(len) }
    }
}

/// A text with all that stands behind it in the buffer, and its length.
pub(crate) type AndBehind<'t> = (&'t [u8], usize);

impl Tree {
    /// Copies text in, and returns where it starts.
    pub(crate) fn load(&mut self, bytes: &[u8]) -> usize {
        let start = self.text.len();
        self.text.extend_from_slice(bytes);
        if !are_common(bytes) {
            self.utf8 &= std::str::from_utf8(bytes).is_ok();
            self.plain &= !bytes.iter().fold(false, |any, &byte| any | json::is_escaped(byte));
        }
        start
    }

    /// Ends the buffer at a place, and copies bytes in behind it that are of no text.
    pub(crate) fn pad(&mut self, at: usize, bytes: &[u8]) {
        self.text.truncate(at);
        self.text.extend_from_slice(bytes);
    }

    /// Copies a text in.
    pub(crate) fn intern(&mut self, bytes: &[u8]) -> Text {
        let start = self.load(bytes);
        Text::at(start, bytes.len())
    }

    /// Copies a name in.
    pub(crate) fn name_of(&mut self, name: &str) -> Text {
        let start = self.text.len();
        self.text.extend_from_slice(name.as_bytes());
        Text::at(start, name.len())
    }

    /// The key of position `n`.
    pub(crate) fn number(&mut self, n: i64) -> Text {
        let start = self.text.len();
        match u8::try_from(n) {
            Ok(digit @ 0..=9) => self.text.push(b'0' | digit),
            // A Vec takes all that is written.
            _ => drop(write!(self.text, "{n}")),
        }
        Text::at(start, self.text.len().saturating_sub(start))
    }

    /// The buffer, to decode in place.
    pub(crate) fn buffer(&mut self) -> &mut [u8] {
        &mut self.text
    }

    /// Takes note of what was decoded in place from `at` on. All other bytes were looked at as they were sent: no character
    /// is half of those and half of these, or that was not UTF-8.
    #[inline(always)]
    pub(crate) fn decoded(&mut self, at: usize, Decoded { has_escaped, end }: Decoded) {
        self.plain &= !has_escaped;
        if end > 0 {
            let text = self.text.get(at..at.wrapping_add(end)).unwrap_or_default();
            self.utf8 &= std::str::from_utf8(text).is_ok();
        }
    }

    /// Whether no text holds a byte that JSON escapes.
    pub(crate) fn is_plain(&self) -> bool {
        self.plain
    }

    pub(crate) fn bytes(&self, text: Text) -> &[u8] {
        bytes(&self.text, text)
    }

    /// A text and what stands behind it: whoever takes more than it at once, which is quicker, drops what is too much.
    #[inline]
    pub(crate) fn and_behind(&self, text: Text) -> AndBehind<'_> {
        match self.text.get(text.start as usize..) {
            Some(from) if text.len as usize <= from.len() => (from, text.len as usize),
            Some(_) | None => rare((&[], 0)),
        }
    }

    /// Whether a text is UTF-8.
    pub(crate) fn is_utf8_text(&self, text: Text) -> bool {
        self.utf8 || std::str::from_utf8(self.bytes(text)).is_ok()
    }

    /// Whether the node's key and all under it are UTF-8.
    pub(crate) fn is_utf8(&self, id: Id) -> bool {
        self.not_utf8(id).is_none()
    }

    /// The same, but for the node's own key.
    #[inline]
    pub(crate) fn holds_utf8(&self, id: Id) -> bool {
        self.utf8
            || match self.held(id) {
                Held::Text(text) => self.is_utf8_text(text),
                Held::Array(_) => self.children(id).all(|child| self.is_utf8(child)),
                Held::Null | Held::Bool(_) | Held::Number(_) | Held::Link(_) | Held::Gone => true,
            }
    }

    /// The first node here or below whose key or text is not UTF-8.
    #[inline]
    pub(crate) fn not_utf8(&self, id: Id) -> Option<Id> {
        if seldom(!self.utf8) { self.find_not_utf8(id) } else { None }
    }

    fn find_not_utf8(&self, id: Id) -> Option<Id> {
        let is_utf8 = |text| self.is_utf8_text(text);
        let held = self.held(id);
        if !is_utf8(self.key(id)) || matches!(held, Held::Text(text) if !is_utf8(text)) {
            return Some(id);
        }
        self.children(id).find_map(|child| self.find_not_utf8(child))
    }
}

/// Whether two texts are the same. For texts that are short, and mostly the same where they are as long.
#[inline]
pub(crate) fn is_same(one: &[u8], other: &[u8]) -> bool {
    match one.len() {
        len if len != other.len() => false,
        8..=16 => has_ends::<8>(one, other),
        4..8 => has_ends::<4>(one, other),
        2..4 => has_ends::<2>(one, other),
        _ => one == other,
    }
}

/// Whether the first bytes are the same and the last ones. Where they overlap or meet, they are all of a text.
#[inline]
fn has_ends<const N: usize>(one: &[u8], other: &[u8]) -> bool {
    let first = |text: &[u8]| text.first_chunk::<N>().copied();
    let last = |text: &[u8]| text.last_chunk::<N>().copied();
    first(one) == first(other) && last(one) == last(other)
}

/// The bytes of a text. That it is all there is no choice to be made each time.
pub(super) fn bytes(buffer: &[u8], Text { start, len }: Text) -> &[u8] {
    let start = start as usize;
    mostly(buffer.get(start..start.saturating_add(len as usize))).unwrap_or_default()
}

/// The integer that PHP makes of a key, where it makes one.
pub(crate) fn integer(key: &[u8]) -> Option<i64> {
    let digits = key.strip_prefix(b"-").unwrap_or(key);
    match digits {
        [b'0'] if digits.len() == key.len() => Some(0),
        [b'1'..=b'9', ..] if key.len() <= 20 && digits.iter().all(u8::is_ascii_digit) => {
            std::str::from_utf8(key).ok()?.parse().ok()
        }
        _ => None,
    }
}
