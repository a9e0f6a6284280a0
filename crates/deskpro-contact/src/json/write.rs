//! Writing JSON, on one line or indented.

use std::mem;

use crate::buffer::Buffer;
use crate::bytes::is_json_escaped;
use crate::tree::{Id, Node, Text, Tree};

/// Writes a value of a tree.
pub(crate) fn write(tree: &Tree, id: Id, out: &mut Buffer) {
    match tree.node(id) {
        Node::Null | Node::Link(_) | Node::Removed => out.array(b"null"),
        Node::Bool(bool) => write_bool(bool, out),
        Node::Number(digits) => out.extend(&tree[digits]),
        Node::Text(text) => write_text(tree, b"\"", text, b"\"", out),
        Node::Array(_) => {
            let is_list = tree.is_list(id);
            let (open, close) = if is_list { (b'[', b']') } else { (b'{', b'}') };
            let mut mark = open;
            for child in tree.children(id) {
                let mark = mem::replace(&mut mark, b',');
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

/// Writes a byte (`mark`: `[`, `,` or `:`) and a value.
pub(crate) fn write_value(tree: &Tree, mark: u8, id: Id, out: &mut Buffer) {
    match tree.text(id) {
        Some(text) => write_text(tree, &[mark, b'"'], text, b"\"", out),
        None => {
            out.push(mark);
            write(tree, id, out);
        }
    }
}

/// Writes a byte (`mark`: `{` or `,`), a member's name, a colon and its value.
pub(crate) fn write_member(tree: &Tree, mark: u8, id: Id, out: &mut Buffer) {
    write_text(tree, &[mark, b'"'], tree[id].key, b"\"", out);
    write_value(tree, b':', id, out);
}

/// Writes `open`, a text of a tree with escapes, and `close`. The quotes are part of `open` and `close`. The text must
/// be UTF-8.
#[inline]
pub(crate) fn write_text<const A: usize, const B: usize>(
    tree: &Tree,
    open: &[u8; A],
    text: Text,
    close: &[u8; B],
    out: &mut Buffer,
) {
    if tree.is_unescaped() {
        out.between(open, tree.tail(text), text.len(), close);
    } else {
        write_text_of_escaped_tree(tree, open, text, close, out);
    }
}

/// [`write_text`] for a tree in which at least one text needs an escape.
#[inline(never)]
fn write_text_of_escaped_tree<const A: usize, const B: usize>(
    tree: &Tree,
    open: &[u8; A],
    text: Text,
    close: &[u8; B],
    out: &mut Buffer,
) {
    let from = tree.tail(text);
    if is_short_unescaped(from, text.len()) {
        out.between(open, from, text.len(), close);
    } else {
        out.array(open);
        write_escaped(&tree[text], out);
        out.array(close);
    }
}

pub(crate) fn write_bool(bool: bool, out: &mut Buffer) {
    if bool { out.array(b"true") } else { out.array(b"false") }
}

/// Whether `len` is at most 32 and the first `len` bytes of `from` need no escape. Can return false although they need
/// none.
fn is_short_unescaped(from: &[u8], len: usize) -> bool {
    // A block of fixed length takes few instructions. It can include bytes after the text.
    let is_unescaped = |block: &[u8; 32]| !block.iter().fold(false, |any, &byte| any | is_json_escaped(byte));
    len <= 32 && from.first_chunk().is_some_and(is_unescaped)
}

/// Writes a string with its quotes. The bytes must be UTF-8.
#[inline(never)]
pub(crate) fn write_string(text: &[u8], out: &mut Buffer) {
    out.push(b'"');
    write_escaped(text, out);
    out.push(b'"');
}

/// Writes a string without its quotes. The bytes must be UTF-8.
#[inline(never)]
pub(crate) fn write_escaped(text: &[u8], out: &mut Buffer) {
    // `fold` has no early exit, so the compiler vectorizes the loop.
    if !text.iter().fold(false, |any, &byte| any | is_json_escaped(byte)) {
        return out.extend(text);
    }
    let mut rest = text;
    while let Some(plain) = rest.iter().position(|&byte| is_json_escaped(byte)) {
        out.extend(&rest[..plain]);
        match rest[plain] {
            b'"' => out.array(b"\\\""),
            b'\\' => out.array(b"\\\\"),
            b'\n' => out.array(b"\\n"),
            b'\r' => out.array(b"\\r"),
            b'\t' => out.array(b"\\t"),
            8 => out.array(b"\\b"),
            12 => out.array(b"\\f"),
            byte => out.extend(format!("\\u{byte:04x}").as_bytes()),
        }
        rest = &rest[plain + 1..];
    }
    out.extend(rest);
}

/// Indents JSON that is on one line.
pub(crate) fn indent(json: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(json.len() * 2);
    let mut depth = 0_usize;
    let line = |depth: usize, out: &mut Vec<u8>| {
        out.push(b'\n');
        out.extend(std::iter::repeat_n(b' ', depth * 2));
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
                // An empty list or object stays on its line.
                if let Some(close) = bytes.next_if(|next| matches!(next, b'}' | b']')) {
                    out.push(close);
                } else {
                    depth += 1;
                    line(depth, &mut out);
                }
            }
            b'}' | b']' => {
                depth -= 1;
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
