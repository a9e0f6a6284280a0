//! Reading JSON into a tree.
//!
//! `serde_json` decides what is JSON. Valid JSON is read a second time, to keep what `serde_json::Value` does not: the
//! order of keys, the digits of numbers, whether a key came twice, and the position of each value.

use std::ops::Range;

use memchr::memchr2;
use serde_json::value::RawValue;

use super::invalid::not_json;
use crate::buffer::written;
use crate::error::{Error, ErrorKind, shorten};
use crate::tree::{Array, Id, Node, Shape, Text, Tree, path_name};

/// The maximum number of nested lists and objects in a body. A deeper body is rejected
/// ([`ErrorKind::TooDeep`](crate::ErrorKind::TooDeep)).
///
/// ```
/// use deskpro_contact::{ErrorKind, MAX_JSON_DEPTH, to_form};
///
/// let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
/// let body = |depth| format!(r#"{{"tags":{}}}"#, nested(depth - 1));
/// assert_ne!(to_form(body(MAX_JSON_DEPTH)).err().map(|error| error.kind()), Some(ErrorKind::TooDeep));
/// assert_eq!(to_form(body(MAX_JSON_DEPTH + 1)).unwrap_err().kind(), ErrorKind::TooDeep);
/// ```
pub const MAX_JSON_DEPTH: usize = 128;

/// Reads a body into `tree`.
pub(crate) fn read(tree: &mut Tree, body: &[u8]) -> Result<Id, Error> {
    read_to(tree, body, MAX_JSON_DEPTH)
}

/// Reads the losses of a payload into `tree`. Their values may be as deep as a body.
pub(crate) fn read_losses(tree: &mut Tree, losses: &[u8]) -> Result<Id, Error> {
    const AROUND_A_VALUE: usize = 3;
    read_to(tree, losses, MAX_JSON_DEPTH + AROUND_A_VALUE)
}

fn read_to(tree: &mut Tree, body: &[u8], max_depth: usize) -> Result<Id, Error> {
    let base = tree.buffer().len();
    tree.intern(body);
    let text = std::str::from_utf8(body).map_err(|error| {
        let at = error.valid_up_to();
        let found = format!("\"{}\"", shorten(&body[at..]));
        Error::new(ErrorKind::NotUtf8, String::new(), at..at + 1, "UTF-8", found)
    })?;
    let _: &RawValue = serde_json::from_str(text).map_err(|error| not_json(&error, body))?;
    let root = tree.new_node(Text::EMPTY, Node::Null, 0);
    JsonReader { tree, body, base, at: 0, max_depth }.value(root, 1)?;
    Ok(root)
}

/// Whether a text is a JSON number.
pub(crate) fn is_number(text: &[u8]) -> bool {
    matches!(text.first(), Some(b'-' | b'0'..=b'9'))
        && serde_json::from_slice::<&RawValue>(text).is_ok_and(|raw| raw.get().len() == text.len())
}

/// The range of the value that begins at `start`; empty if no value begins there.
pub(crate) fn span(body: &[u8], start: usize) -> Range<usize> {
    let value = serde_json::Deserializer::from_slice(&body[start..]).into_iter::<&RawValue>().next();
    let len = value.and_then(Result::ok).map_or(0, |raw| raw.get().len());
    start..start + len
}

/// Reads a text that `serde_json` has accepted as JSON.
struct JsonReader<'r> {
    tree: &'r mut Tree,
    body: &'r [u8],
    /// The position of `body` in the tree's buffer.
    base: usize,
    at: usize,
    max_depth: usize,
}

impl JsonReader<'_> {
    /// Reads the value at the current position into a member.
    fn value(&mut self, id: Id, depth: usize) -> Result<(), Error> {
        self.skip_space();
        let start = self.at;
        self.tree.set_at(id, position(start));
        let node = match self.body[start] {
            b'"' => Node::Text(self.string(id)?),
            b'{' => return self.children(id, depth, Shape::Object),
            b'[' => return self.children(id, depth, Shape::List),
            first => {
                self.skip_word();
                match first {
                    b't' => Node::Bool(true),
                    b'f' => Node::Bool(false),
                    b'n' => Node::Null,
                    _ => Node::Number(Text::between(self.base + start, self.base + self.at)),
                }
            }
        };
        self.tree.set(id, node);
        Ok(())
    }

    fn children(&mut self, id: Id, depth: usize, shape: Shape) -> Result<(), Error> {
        if depth > self.max_depth {
            let expected = format!("at most {} levels of lists and objects", self.max_depth);
            let span = span(self.body, self.at);
            return Err(Error::new(ErrorKind::TooDeep, String::new(), span, expected, "more"));
        }
        self.tree.set(id, Node::Array(Array::new(shape)));
        self.at += 1;
        for n in 0.. {
            self.skip_space();
            if let b'}' | b']' = self.body[self.at] {
                break;
            }
            let key = match shape {
                Shape::List | Shape::Keys => self.tree.number(n),
                Shape::Object => self.key(id)?,
            };
            let child = self.tree.append(id, key, Node::Null, position(self.at));
            self.value(child, depth + 1)?;
            self.skip_space();
            if self.body[self.at] == b',' {
                self.at += 1;
            }
        }
        self.at += 1;
        Ok(())
    }

    /// Reads a key and its colon.
    fn key(&mut self, id: Id) -> Result<Text, Error> {
        let start = self.at;
        let key = self.string(id)?;
        if self.tree.child(id, &self.tree[key]).is_some() {
            let found = format!("\"{}\" again", shorten(&self.tree[key]));
            return Err(self.error(ErrorKind::DuplicateKey, id, Some(key), start, "each key once", &found));
        }
        self.skip_space();
        self.at += 1;
        Ok(key)
    }

    /// Reads a string of a member, and decodes its escapes in place.
    fn string(&mut self, id: Id) -> Result<Text, Error> {
        let start = self.at;
        self.at += 1;
        let mut has_escapes = false;
        loop {
            self.at += memchr2(b'"', b'\\', &self.body[self.at..]).expect("a string ends");
            if self.body[self.at] == b'"' {
                break;
            }
            has_escapes = true;
            self.at += 2;
        }
        let (text_start, text_end) = (self.base + start + 1, self.base + self.at);
        self.at += 1;
        if !has_escapes {
            return Ok(Text::between(text_start, text_end));
        }
        match serde_json::from_slice::<String>(&self.body[start..self.at]) {
            Ok(decoded) => {
                let end = text_start + decoded.len();
                self.tree.buffer().text_mut()[text_start..end].copy_from_slice(decoded.as_bytes());
                Ok(Text::between(text_start, end))
            }
            // `serde_json` has checked the syntax, so only a lone surrogate can fail here.
            Err(_) => {
                let (expected, found) = ("whole characters", "half a surrogate pair");
                Err(self.error(ErrorKind::LoneSurrogate, id, None, start, expected, found))
            }
        }
    }

    /// Makes an error for the bytes from `start` to the current position. Its path is that of the member `id`, or of
    /// `key` in it.
    fn error(
        &self,
        kind: ErrorKind,
        id: Id,
        key: Option<Text>,
        start: usize,
        expected: &str,
        found: &str,
    ) -> Error {
        let path = written(|out| {
            self.tree.path(id, out);
            if let Some(key) = key {
                path_name(&self.tree[key], self.tree.is_attached(id), out);
            }
        });
        let path = String::from_utf8_lossy(&path).into_owned();
        Error::new(kind, path, start..self.at, expected, found)
    }

    /// Skips a word or a number.
    fn skip_word(&mut self) {
        self.skip(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.'));
    }

    fn skip_space(&mut self) {
        self.skip(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n'));
    }

    fn skip(&mut self, is_skipped: impl Fn(u8) -> bool) {
        while self.body.get(self.at).is_some_and(|&byte| is_skipped(byte)) {
            self.at += 1;
        }
    }
}

/// A position in a body as `u32`: the length of a body is limited.
fn position(at: usize) -> u32 {
    u32::try_from(at).expect("a body within its limit")
}
