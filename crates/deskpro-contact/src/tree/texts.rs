//! Texts: ranges of the tree's buffer, and properties of all texts of a tree.

use std::ops::{Index, Range};

use super::{Id, Node, Tree};
use crate::buffer::Buffer;
use crate::bytes::is_json_escaped;

/// A text: a range of the tree's buffer.
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

    pub(crate) fn len(self) -> usize {
        self.len as usize
    }

    /// The range from `start` to `end`.
    ///
    /// # Panics
    ///
    /// If a position does not fit into 32 bits. The limit of a payload's length prevents this.
    #[inline]
    pub(crate) fn between(start: usize, end: usize) -> Self {
        let end = u32::try_from(end).expect("texts within 4 GiB");
        let start = start as u32;
        Self { start, len: end - start }
    }

    #[inline]
    pub(super) fn range(self) -> Range<usize> {
        self.start as usize..self.start as usize + self.len as usize
    }
}

impl Index<Text> for Tree {
    type Output = [u8];

    #[inline]
    fn index(&self, text: Text) -> &[u8] {
        &self.text.text()[text.range()]
    }
}

impl Tree {
    /// The buffer, for a reader that appends texts. The reader must call [`Tree::check_texts`] afterwards.
    #[inline]
    pub(crate) fn buffer(&mut self) -> &mut Buffer {
        &mut self.text
    }

    /// The text that was appended since the buffer had the length `start`.
    #[inline]
    pub(crate) fn text_since(&mut self, start: usize) -> Text {
        let text = Text::between(start, self.text.len());
        self.is_split |= !text.is_empty() && is_continuation(self.text.tail(start)[0]);
        text
    }

    /// Appends the first `len` bytes of `from`, for a reader, which must call [`Tree::check_texts`] afterwards.
    #[inline]
    pub(crate) fn copy_text(&mut self, from: &[u8], len: usize) -> Text {
        let start = self.text.len();
        self.text.prefix(from, len);
        self.text_since(start)
    }

    /// Checks, once a reader has appended all texts, whether they are UTF-8 and whether JSON escapes any byte. All
    /// texts are UTF-8 if the buffer is and no text begins inside a character.
    pub(crate) fn check_texts(&mut self) {
        let text = self.text.text();
        self.utf8 = !self.is_split && std::str::from_utf8(text).is_ok();
        self.unescaped = is_unescaped(text);
    }

    /// Appends a text.
    pub(crate) fn intern(&mut self, bytes: &[u8]) -> Text {
        let start = self.text.len();
        self.text.extend(bytes);
        self.utf8 &= std::str::from_utf8(bytes).is_ok();
        self.unescaped &= is_unescaped(bytes);
        self.text_since(start)
    }

    /// The text of a constant name, which is appended once for all members that have it.
    pub(crate) fn intern_name(&mut self, name: &'static str) -> Text {
        if let Some(&(_, text)) = self.names.iter().find(|(own, _)| std::ptr::eq(*own, name)) {
            return text;
        }
        let start = self.text.len();
        self.text.extend(name.as_bytes());
        let text = Text::between(start, self.text.len());
        self.names.push((name, text));
        text
    }

    /// Appends an integer as decimal text.
    pub(crate) fn number(&mut self, n: i64) -> Text {
        let start = self.text.len();
        match u64::try_from(n) {
            Ok(n) => self.text.number(n),
            Err(_) => self.text.extend(n.to_string().as_bytes()),
        }
        Text::between(start, self.text.len())
    }

    /// Whether no text holds a byte that JSON escapes.
    pub(crate) fn is_unescaped(&self) -> bool {
        self.unescaped
    }

    /// Whether every text is UTF-8.
    pub(crate) fn is_all_utf8(&self) -> bool {
        self.utf8
    }

    /// A text and all bytes after it in the buffer.
    #[inline]
    pub(crate) fn tail(&self, text: Text) -> &[u8] {
        self.text.tail(text.start as usize)
    }

    /// Whether a text is UTF-8.
    pub(crate) fn is_utf8_text(&self, text: Text) -> bool {
        self.utf8 || std::str::from_utf8(&self[text]).is_ok()
    }

    /// Whether a member's value and all keys and values under it are UTF-8.
    pub(crate) fn holds_utf8(&self, id: Id) -> bool {
        self.utf8
            || match self.node(id) {
                Node::Text(text) => self.is_utf8_text(text),
                Node::Array(_) => self.children(id).all(|child| self.not_utf8(child).is_none()),
                Node::Null | Node::Bool(_) | Node::Number(_) | Node::Link(_) | Node::Removed => true,
            }
    }

    /// The first member, this one or below it, whose key or text is not UTF-8.
    pub(crate) fn not_utf8(&self, id: Id) -> Option<Id> {
        if self.utf8 { None } else { self.find_not_utf8(id) }
    }

    fn find_not_utf8(&self, id: Id) -> Option<Id> {
        let is_text_utf8 = self.text(id).is_none_or(|text| self.is_utf8_text(text));
        if !is_text_utf8 || !self.is_utf8_text(self[id].key) {
            return Some(id);
        }
        self.children(id).find_map(|child| self.find_not_utf8(child))
    }
}

/// Whether JSON escapes no byte of a text.
fn is_unescaped(text: &[u8]) -> bool {
    // `fold` has no early exit, so the compiler vectorizes the loop.
    !text.iter().fold(false, |any, &byte| any | is_json_escaped(byte))
}

/// Whether a byte is inside a UTF-8 character, not at its start.
fn is_continuation(byte: u8) -> bool {
    byte & 0b1100_0000 == 0b1000_0000
}
