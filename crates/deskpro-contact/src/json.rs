//! Reading and writing JSON as the tree has it.
//!
//! What is JSON is for `serde_json` to say. A text that is gets walked once more, to keep what a plain `Value` would
//! not: the order of keys, the digits of numbers, whether a key came twice, and where each value stands in the text.

#[cfg(test)]
mod tests;

use std::ops::Range;

use memchr::memchr2;
use serde_json::value::RawValue;

use crate::error::{Error, ErrorKind, shorten};
use crate::odds::rare;
use crate::tree::{Array, Held, Id, Shape, Text, Tree};
use crate::writer::{Writer, written};

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
    let _: &RawValue = serde_json::from_str(text).map_err(|error| {
        let at = place(&error, body);
        let found = match body.get(at..).unwrap_or_default() {
            [] => "its end".to_owned(),
            rest => format!("\"{}\"", shorten(rest)),
        };
        let found = format!("{found} ({})", plain(&error));
        Error::new(ErrorKind::NotJson, String::new(), at..body.len(), "JSON", found)
    })?;
    let root = tree.alone(Text::EMPTY, Held::Null, 0);
    Reader { tree, body, base, at: 0, max_depth }.value(root, 1)?;
    Ok(root)
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
        && serde_json::from_slice::<&RawValue>(text).is_ok_and(|raw| raw.get().len() == text.len())
}

/// The stretch of a body that the value at `start` takes.
pub(crate) fn span(body: &[u8], start: usize) -> Range<usize> {
    let rest = body.get(start..).unwrap_or_default();
    let value = serde_json::Deserializer::from_slice(rest).into_iter::<&RawValue>().next();
    let len = value.and_then(Result::ok).map_or(0, |raw| raw.get().len());
    start..start.saturating_add(len)
}

/// Walks a text that was seen to be JSON.
struct Reader<'r> {
    tree: &'r mut Tree,
    body: &'r [u8],
    /// Where the body starts in the tree's buffer.
    base: usize,
    at: usize,
    max_depth: usize,
}

impl Reader<'_> {
    /// Reads the value at this place into a node.
    fn value(&mut self, node: Id, depth: usize) -> Result<(), Error> {
        self.space();
        let start = self.at;
        self.tree.set_at(node, start);
        let held = match self.body.get(start) {
            Some(b'"') => Held::Text(self.string(node)?),
            Some(b'{') => return self.children(node, depth, Shape::Object),
            Some(b'[') => return self.children(node, depth, Shape::List),
            Some(b't') => self.word(Held::Bool(true)),
            Some(b'f') => self.word(Held::Bool(false)),
            Some(b'n') | None => self.word(Held::Null),
            Some(_) => {
                self.word(Held::Null);
                Held::Number(Text::at(self.base.saturating_add(start), self.at.saturating_sub(start)))
            }
        };
        self.tree.set(node, held);
        Ok(())
    }

    fn children(&mut self, node: Id, depth: usize, shape: Shape) -> Result<(), Error> {
        if depth > self.max_depth {
            let expected = format!("at most {} levels of lists and objects", self.max_depth);
            let span = span(self.body, self.at);
            return Err(Error::new(ErrorKind::TooDeep, String::new(), span, expected, "more"));
        }
        self.tree.set(node, Held::Array(Array::new(shape)));
        self.step();
        for n in 0.. {
            self.space();
            if let Some(b'}' | b']') | None = self.body.get(self.at) {
                break;
            }
            let key = match shape {
                Shape::List | Shape::Keys => self.tree.number(n),
                Shape::Object => self.key(node)?,
            };
            let child = self.tree.append(node, key, Held::Null, self.at);
            self.value(child, depth.saturating_add(1))?;
            self.space();
            if self.body.get(self.at) == Some(&b',') {
                self.step();
            }
        }
        self.step();
        Ok(())
    }

    /// Reads a key and its colon.
    fn key(&mut self, node: Id) -> Result<Text, Error> {
        let start = self.at;
        let key = self.string(node)?;
        if self.tree.child(node, self.tree.bytes(key)).is_some() {
            let (expected, found) = ("each key once", "it again");
            let key = Some(self.tree.bytes(key));
            return Err(self.error(ErrorKind::DuplicateKey, node, key, start, (expected, found)));
        }
        self.space();
        self.step();
        Ok(key)
    }

    /// Reads a string, its escapes undone in place.
    fn string(&mut self, node: Id) -> Result<Text, Error> {
        let start = self.at;
        self.step();
        let mut is_plain = true;
        loop {
            let rest = self.body.get(self.at..).unwrap_or_default();
            let Some(len) = memchr2(b'"', b'\\', rest) else { break };
            self.at = self.at.saturating_add(len);
            if rest.get(len) == Some(&b'"') {
                break;
            }
            is_plain = false;
            self.at = self.at.saturating_add(2);
        }
        let place = self.base.saturating_add(start).saturating_add(1);
        let len = self.at.saturating_sub(start).saturating_sub(1);
        self.step();
        if is_plain {
            return Ok(Text::at(place, len));
        }
        let raw = self.body.get(start..self.at).unwrap_or_default();
        match serde_json::from_slice::<String>(raw) {
            Ok(said) => {
                let said_at = place..place.saturating_add(said.len());
                if let Some(slots) = self.tree.buffer().get_mut(said_at) {
                    slots.copy_from_slice(said.as_bytes());
                }
                Ok(Text::at(place, said.len()))
            }
            // The syntax was seen to be right: only a surrogate can be wrong.
            Err(_) => {
                let (expected, found) = ("whole characters", "half a surrogate pair");
                Err(self.error(ErrorKind::LoneSurrogate, node, None, start, (expected, found)))
            }
        }
    }

    /// An error at what was read from `start` to here: what was expected, and what was found.
    fn error(
        &self,
        kind: ErrorKind,
        node: Id,
        leaf: Option<&[u8]>,
        start: usize,
        says: (&str, &str),
    ) -> Error {
        let path = written(|out| self.tree.path(node, leaf, out));
        let path = String::from_utf8_lossy(&path).into_owned();
        Error::new(kind, path, start..self.at, says.0, says.1)
    }

    /// Goes behind a word or a number.
    fn word(&mut self, held: Held) -> Held {
        while let Some(b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'+' | b'-' | b'.') = self.body.get(self.at)
        {
            self.step();
        }
        held
    }

    fn space(&mut self) {
        while let Some(b' ' | b'\t' | b'\r' | b'\n') = self.body.get(self.at) {
            self.step();
        }
    }

    fn step(&mut self) {
        self.at = self.at.saturating_add(1);
    }
}

/// Writes a node as JSON, on one line.
pub(crate) fn write(tree: &Tree, node: Id, out: &mut Writer) {
    match tree.held(node) {
        Held::Null | Held::Link(_) | Held::Gone => out.array(b"null"),
        Held::Bool(bool) => write_bool(bool, out),
        Held::Number(digits) => out.extend(tree.bytes(digits)),
        Held::Text(text) => write_text(tree, b"\"", text, b"\"", out),
        Held::Array(_) => {
            let is_list = tree.is_list(node);
            let (open, close) = if is_list { (b'[', b']') } else { (b'{', b'}') };
            let mut mark = open;
            for child in tree.children(node) {
                let mark = std::mem::replace(&mut mark, b',');
                if is_list {
                    write_value(tree, mark, child, out);
                } else {
                    write_member(tree, mark, child, out);
                }
            }
            if mark == open {
                out.push(mark);
            }
            out.push(close);
        }
    }
}

/// Writes a node behind a mark.
#[inline(always)]
pub(crate) fn write_value(tree: &Tree, mark: u8, node: Id, out: &mut Writer) {
    match tree.text(node) {
        // Most values are texts.
        Some(text) => write_text(tree, &[mark, b'"'], text, b"\"", out),
        None => {
            out.push(mark);
            write(tree, node, out);
        }
    }
}

/// Writes a node with its name behind a mark.
#[inline(always)]
pub(crate) fn write_member(tree: &Tree, mark: u8, node: Id, out: &mut Writer) {
    write_text(tree, &[mark, b'"'], tree.key(node), b"\"", out);
    write_value(tree, b':', node, out);
}

/// Writes a text of a tree as a JSON string, its quotes among what is around it. It is UTF-8: whoever writes has looked.
#[inline(always)]
pub(crate) fn write_text<const A: usize, const B: usize>(
    tree: &Tree,
    open: &[u8; A],
    text: Text,
    close: &[u8; B],
    out: &mut Writer,
) {
    let (from, len) = tree.and_behind(text);
    if tree.is_plain() || is_plain_text(from, len) {
        out.between(open, from, len, close);
    } else {
        out.array(open);
        inside(from.get(..rare(len)).unwrap_or(from), out);
        out.array(close);
    }
}

pub(crate) fn write_bool(bool: bool, out: &mut Writer) {
    if bool { out.array(b"true") } else { out.array(b"false") }
}

/// Whether a byte cannot stand for itself in a JSON string.
pub(crate) const fn is_escaped(byte: u8) -> bool {
    (byte < b' ') | (byte == b'"') | (byte == b'\\')
}

/// Whether the first `len` bytes of `from` need no escape. False, too, where that is not seen at once.
#[inline(never)]
fn is_plain_text(from: &[u8], len: usize) -> bool {
    // What stands behind them is looked at too: it is seldom odd, and there is no end to look for.
    let is_plain = |chunk: &[u8; 32]| !chunk.iter().fold(false, |any, &byte| any | is_escaped(byte));
    len <= 32 && from.first_chunk().is_some_and(is_plain)
}

/// Writes a string that needs no escape.
pub(crate) fn plain_string(text: &[u8], out: &mut Writer) {
    out.between(b"\"", text, text.len(), b"\"");
}

/// Writes a JSON string. The bytes are UTF-8: whoever writes has looked.
#[inline(never)]
pub(crate) fn string(text: &[u8], out: &mut Writer) {
    out.push(b'"');
    inside(text, out);
    out.push(b'"');
}

/// The same, for between the quotes.
#[inline(never)]
pub(crate) fn inside(text: &[u8], out: &mut Writer) {
    // Without a way out of the loop, it is done for many bytes at once.
    if !text.iter().fold(false, |any, &byte| any | is_escaped(byte)) {
        return out.extend(text);
    }
    let mut rest = text;
    while let Some(plain) = rest.iter().position(|&byte| is_escaped(byte)) {
        let (before, after) = rest.split_at_checked(plain).unwrap_or((rest, &[]));
        out.extend(before);
        let Some((&byte, after)) = after.split_first() else { break };
        match byte {
            b'"' => out.array(b"\\\""),
            b'\\' => out.array(b"\\\\"),
            b'\n' => out.array(b"\\n"),
            b'\r' => out.array(b"\\r"),
            b'\t' => out.array(b"\\t"),
            8 => out.array(b"\\b"),
            12 => out.array(b"\\f"),
            _ => out.extend(format!("\\u{byte:04x}").as_bytes()),
        }
        rest = after;
    }
    out.extend(rest);
}

/// JSON of one line, on several: for a person.
pub(crate) fn indent(json: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(json.len().saturating_mul(2));
    let mut depth = 0_usize;
    let line = |depth: usize, out: &mut Vec<u8>| {
        out.push(b'\n');
        out.extend(std::iter::repeat_n(b' ', depth.saturating_mul(2)));
    };
    let mut is_string = false;
    let mut is_escape = false;
    let mut bytes = json.iter().copied().peekable();
    while let Some(byte) = bytes.next() {
        if is_string {
            out.push(byte);
            is_string = is_escape || byte != b'"';
            is_escape = byte == b'\\' && !is_escape;
            continue;
        }
        match byte {
            b'{' | b'[' => {
                out.push(byte);
                // What is empty stays on its line.
                if let Some(close) = bytes.next_if(|next| matches!(next, b'}' | b']')) {
                    out.push(close);
                } else {
                    depth = depth.saturating_add(1);
                    line(depth, &mut out);
                }
            }
            b'}' | b']' => {
                depth = depth.saturating_sub(1);
                line(depth, &mut out);
                out.push(byte);
            }
            b',' => {
                out.push(byte);
                line(depth, &mut out);
            }
            b':' => out.extend_from_slice(b": "),
            _ => {
                is_string = byte == b'"';
                out.push(byte);
            }
        }
    }
    out
}
