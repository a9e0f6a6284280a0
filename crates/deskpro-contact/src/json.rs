//! Reading and writing JSON as the tree has it.
//!
//! The syntax is `serde_json`'s; this room only keeps what a plain `Value` would not: the order of keys, the digits
//! of numbers, whether a key came twice, and where each value stands in the text.

use std::fmt;
use std::ops::Range;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use crate::error::{Error, ErrorKind, shorten};
use crate::tree::{Array, Held, Id, Shape, Text, Tree};

/// The deepest nesting of lists and objects that is read.
pub const MAX_JSON_DEPTH: usize = 128;

/// Reads a body into `tree`.
pub(crate) fn read(tree: &mut Tree, body: &[u8]) -> Result<Id, Error> {
    read_to(tree, body, MAX_JSON_DEPTH)
}

/// Reads the losses of a payload, whose values may be as deep as a body, into `tree`.
pub(crate) fn read_losses(tree: &mut Tree, losses: &[u8]) -> Result<Id, Error> {
    const AROUND_A_VALUE: usize = 3;
    read_to(tree, losses, MAX_JSON_DEPTH + AROUND_A_VALUE)
}

fn read_to(tree: &mut Tree, body: &[u8], max_depth: usize) -> Result<Id, Error> {
    let base = tree.load(body);
    let text = std::str::from_utf8(body).map_err(|error| {
        let at = error.valid_up_to();
        Error::new(ErrorKind::NotUtf8, String::new(), at..at.saturating_add(1), "UTF-8", "other bytes")
    })?;
    let raw: &RawValue = serde_json::from_str(text).map_err(|error| {
        let at = place(&error, body);
        let found = match body.get(at..).unwrap_or_default() {
            [] => "its end".to_owned(),
            rest => format!("\"{}\"", shorten(rest)),
        };
        let found = format!("{found} ({})", plain(&error));
        Error::new(ErrorKind::NotJson, String::new(), at..body.len(), "JSON", found)
    })?;
    let mut reader = Reader { tree, body: text, base, max_depth, error: None };
    let root = reader.tree.alone(Text::Name(""), Held::Null, reader.offset(raw.get()));
    match reader.value(root, raw.get(), 1) {
        Some(()) => Ok(root),
        None => Err(reader.error.unwrap_or_else(|| {
            Error::new(ErrorKind::NotJson, String::new(), 0..body.len(), "JSON", "something else")
        })),
    }
}

/// Where the parser stopped. It points at the last byte where the next is missing, and before a control character.
fn place(error: &serde_json::Error, body: &[u8]) -> usize {
    let at = error.column().saturating_sub(1).min(body.len());
    let is_behind = body.get(at.saturating_add(1)).is_some_and(u8::is_ascii_control);
    if error.is_eof() { body.len() } else { at.saturating_add(usize::from(is_behind)) }
}

/// What the parser says, without its line and column: a payload is one line, and the span says the column.
fn plain(error: &serde_json::Error) -> String {
    let text = error.to_string();
    match text.rsplit_once(" at line ") {
        Some((text, _)) => text.to_owned(),
        None => text,
    }
}

/// Whether a text is a JSON number.
pub(crate) fn is_number(text: &[u8]) -> bool {
    matches!(text.first(), Some(b'-' | b'0'..=b'9'))
        && !text.ends_with(b" ")
        && serde_json::from_slice::<&RawValue>(text).is_ok_and(|raw| raw.get().len() == text.len())
}

/// The stretch of a body that the value at `start` takes.
pub(crate) fn span(body: &[u8], start: usize) -> Range<usize> {
    let rest = body.get(start..).unwrap_or_default();
    let value = serde_json::Deserializer::from_slice(rest).into_iter::<&RawValue>().next();
    let len = value.and_then(Result::ok).map_or(0, |raw| raw.get().len());
    start..start.saturating_add(len)
}

struct Reader<'r> {
    tree: &'r mut Tree,
    body: &'r str,
    base: usize,
    max_depth: usize,
    error: Option<Error>,
}

impl<'r> Reader<'r> {
    /// Reads a value into a node. None where it failed, and `error` says why.
    fn value(&mut self, node: Id, raw: &'r str, depth: usize) -> Option<()> {
        let held = match raw.as_bytes().first() {
            Some(b'"') => Held::Text(self.string(node, raw)?),
            Some(b'{') => return self.children(node, raw, depth, Shape::Object),
            Some(b'[') => return self.children(node, raw, depth, Shape::List),
            Some(b't') => Held::Bool(true),
            Some(b'f') => Held::Bool(false),
            Some(b'n') | None => Held::Null,
            Some(_) => Held::Number(self.text(raw)),
        };
        self.tree.set(node, held);
        Some(())
    }

    fn children(&mut self, node: Id, raw: &'r str, depth: usize, shape: Shape) -> Option<()> {
        self.tree.set(node, Held::Array(Array::new(shape)));
        if depth > self.max_depth {
            let at = self.offset(raw);
            self.error = Some(Error::new(
                ErrorKind::TooDeep,
                String::new(),
                at..at.saturating_add(raw.len()),
                format!("at most {} levels of lists and objects", self.max_depth),
                "more",
            ));
            return None;
        }
        let mut json = serde_json::Deserializer::from_str(raw);
        Fill { reader: self, node, depth }.deserialize(&mut json).ok()
    }

    fn child(&mut self, node: Id, key: Text, raw: &'r str, depth: usize) -> Option<()> {
        let at = self.offset(raw);
        let child = self.tree.append(node, key, Held::Null, at);
        self.value(child, raw, depth.saturating_add(1))
    }

    /// A string's text, its escapes undone in place.
    fn string(&mut self, node: Id, raw: &'r str) -> Option<Text> {
        let quoted = raw.get(1..raw.len().saturating_sub(1)).unwrap_or_default();
        if !quoted.contains('\\') {
            return Some(self.text(quoted));
        }
        match serde_json::from_str::<String>(raw) {
            Ok(said) => {
                let start = self.base.saturating_add(self.offset(quoted));
                let place = start..start.saturating_add(said.len());
                if let Some(place) = self.tree.buffer().get_mut(place) {
                    place.copy_from_slice(said.as_bytes());
                }
                if !said.is_ascii() {
                    self.tree.saw_byte_above_127();
                }
                Some(Text::at(start, said.len()))
            }
            // The syntax was seen to be right: only a surrogate can be wrong.
            Err(_) => {
                let at = self.offset(raw);
                self.fail(
                    node,
                    None,
                    ErrorKind::LoneSurrogate,
                    at,
                    raw,
                    "whole characters",
                    "half a surrogate pair",
                )
            }
        }
    }

    fn key(&mut self, node: Id, raw: &'r str) -> Option<Text> {
        let key = self.string(node, raw)?;
        if self.tree.child(node, self.tree.bytes(key)).is_some() {
            let at = self.offset(raw);
            return self.fail(node, Some(key), ErrorKind::DuplicateKey, at, raw, "each key once", "it again");
        }
        Some(key)
    }

    #[expect(clippy::too_many_arguments, reason = "one sentence, its place and its kind")]
    fn fail<T>(
        &mut self,
        node: Id,
        leaf: Option<Text>,
        kind: ErrorKind,
        at: usize,
        raw: &str,
        expected: &str,
        found: &str,
    ) -> Option<T> {
        let mut path = Vec::new();
        self.tree.path(node, leaf, &mut path);
        let path = String::from_utf8_lossy(&path).into_owned();
        self.error = Some(Error::new(kind, path, at..at.saturating_add(raw.len()), expected, found));
        None
    }

    fn text(&self, part: &str) -> Text {
        Text::at(self.base.saturating_add(self.offset(part)), part.len())
    }

    /// Where a part of the body starts in it.
    fn offset(&self, part: &str) -> usize {
        part.as_ptr().addr().saturating_sub(self.body.as_ptr().addr())
    }
}

/// Reads the children of a list or an object into a node.
struct Fill<'f, 'r> {
    reader: &'f mut Reader<'r>,
    node: Id,
    depth: usize,
}

impl<'r> DeserializeSeed<'r> for Fill<'_, 'r> {
    type Value = ();

    fn deserialize<D: Deserializer<'r>>(self, json: D) -> Result<(), D::Error> {
        json.deserialize_any(self)
    }
}

impl<'r> Visitor<'r> for Fill<'_, 'r> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list or an object")
    }

    fn visit_map<A: MapAccess<'r>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some((key, value)) = map.next_entry::<&'r RawValue, &'r RawValue>()? {
            self.reader
                .key(self.node, key.get())
                .and_then(|key| self.reader.child(self.node, key, value.get(), self.depth))
                .ok_or_else(failed)?;
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'r>>(self, mut list: A) -> Result<(), A::Error> {
        let mut n = 0_i64;
        while let Some(value) = list.next_element::<&'r RawValue>()? {
            let key = self.reader.tree.number(n);
            self.reader.child(self.node, key, value.get(), self.depth).ok_or_else(failed)?;
            n = n.saturating_add(1);
        }
        Ok(())
    }
}

/// Ends the parser's walk; the reader holds the reason.
fn failed<E: serde::de::Error>() -> E {
    E::custom("stopped")
}

/// Writes a node as JSON, on one line.
pub(crate) fn write(tree: &Tree, node: Id, out: &mut Vec<u8>) {
    write_held(tree, node, &mut Layout::Line, out);
}

/// Writes a node as JSON for a person.
pub(crate) fn write_pretty(tree: &Tree, node: Id, out: &mut Vec<u8>) {
    write_held(tree, node, &mut Layout::Indented(0), out);
}

enum Layout {
    Line,
    Indented(usize),
}

impl Layout {
    fn deeper(&mut self) {
        if let Self::Indented(depth) = self {
            *depth = depth.saturating_add(1);
        }
    }

    fn higher(&mut self) {
        if let Self::Indented(depth) = self {
            *depth = depth.saturating_sub(1);
        }
    }

    fn line(&self, out: &mut Vec<u8>) {
        if let Self::Indented(depth) = self {
            out.push(b'\n');
            out.extend(std::iter::repeat_n(b' ', depth.saturating_mul(2)));
        }
    }
}

fn write_held(tree: &Tree, node: Id, layout: &mut Layout, out: &mut Vec<u8>) {
    match tree.held(node) {
        Held::Null | Held::Link(_) | Held::Gone => out.extend_from_slice(b"null"),
        Held::Bool(true) => out.extend_from_slice(b"true"),
        Held::Bool(false) => out.extend_from_slice(b"false"),
        Held::Number(digits) => out.extend_from_slice(tree.bytes(digits)),
        Held::Text(text) => string(tree.bytes(text), out),
        Held::Array(_) => {
            let is_list = tree.is_list(node);
            out.push(if is_list { b'[' } else { b'{' });
            layout.deeper();
            let mut is_empty = true;
            for child in tree.children(node) {
                if !is_empty {
                    out.push(b',');
                }
                is_empty = false;
                layout.line(out);
                if !is_list {
                    match tree.key(child) {
                        // No name of ours needs an escape.
                        Text::Name(name) => {
                            out.push(b'"');
                            out.extend_from_slice(name.as_bytes());
                            out.push(b'"');
                        }
                        key @ Text::At { .. } => string(tree.bytes(key), out),
                    }
                    out.push(b':');
                    if matches!(layout, Layout::Indented(_)) {
                        out.push(b' ');
                    }
                }
                write_held(tree, child, layout, out);
            }
            layout.higher();
            if !is_empty {
                layout.line(out);
            }
            out.push(if is_list { b']' } else { b'}' });
        }
    }
}

/// The bytes that a JSON string cannot hold as they are.
#[expect(clippy::indexing_slicing, reason = "at compile time, where an index out of bounds is an error")]
const ESCAPED: [bool; 256] = {
    let mut escaped = [false; 256];
    let mut byte = 0;
    while byte < 32 {
        escaped[byte] = true;
        byte += 1;
    }
    escaped[b'"' as usize] = true;
    escaped[b'\\' as usize] = true;
    escaped
};

/// Writes a JSON string. The bytes are UTF-8: whoever writes has looked.
pub(crate) fn string(text: &[u8], out: &mut Vec<u8>) {
    out.push(b'"');
    let mut rest = text;
    while let Some(plain) = rest.iter().position(|&byte| ESCAPED.get(usize::from(byte)) == Some(&true)) {
        let (before, after) = rest.split_at_checked(plain).unwrap_or((rest, &[]));
        out.extend_from_slice(before);
        let Some((&byte, after)) = after.split_first() else { break };
        match byte {
            b'"' => out.extend_from_slice(b"\\\""),
            b'\\' => out.extend_from_slice(b"\\\\"),
            b'\n' => out.extend_from_slice(b"\\n"),
            b'\r' => out.extend_from_slice(b"\\r"),
            b'\t' => out.extend_from_slice(b"\\t"),
            8 => out.extend_from_slice(b"\\b"),
            12 => out.extend_from_slice(b"\\f"),
            _ => out.extend_from_slice(format!("\\u{byte:04x}").as_bytes()),
        }
        rest = after;
    }
    out.extend_from_slice(rest);
    out.push(b'"');
}
