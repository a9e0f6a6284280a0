//! Writes an array as PHP's `http_build_query` does.

use super::scan::GUARDED;
use crate::bytes::percent;
use crate::tree::{Id, Node, Tree};

/// The initial capacity for a key, in bytes. Most keys are shorter.
const USUAL_NAME: usize = 64;

/// How the brackets of a key are written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Brackets {
    /// `%5B` and `%5D`, as `http_build_query` writes them.
    Encoded,
    /// `[` and `]`, for people to read.
    Raw,
}

/// How a space is written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Space {
    /// `+`, as `urlencode` writes it.
    Plus,
    /// `%20`, as `rawurlencode` writes it.
    Percent,
}

/// Writes an array as `http_build_query` does: pairs in order, nothing for null and for an empty array. Returns false,
/// with an incomplete result, if the result would be longer than `max` bytes.
#[must_use]
pub(crate) fn write(tree: &Tree, root: Id, max: usize, out: &mut Vec<u8>) -> bool {
    write_under(tree, root, &mut Vec::with_capacity(USUAL_NAME), Brackets::Encoded, max, out)
}

/// Writes an array as pairs whose keys begin with `name`, with raw brackets.
pub(crate) fn write_named(tree: &Tree, array: Id, name: &str, out: &mut Vec<u8>) {
    let is_complete = write_under(tree, array, &mut name.as_bytes().to_vec(), Brackets::Raw, usize::MAX, out);
    debug_assert!(is_complete, "there is no limit");
}

fn write_under(
    tree: &Tree,
    array: Id,
    prefix: &mut Vec<u8>,
    brackets: Brackets,
    max: usize,
    out: &mut Vec<u8>,
) -> bool {
    let (open, close): (&[u8], &[u8]) = match brackets {
        Brackets::Encoded => (b"%5B", b"%5D"),
        Brackets::Raw => (b"[", b"]"),
    };
    let len = prefix.len();
    for child in tree.children(array) {
        if len == 0 {
            encode(tree.name(child), Space::Plus, prefix);
        } else {
            prefix.extend_from_slice(open);
            encode(tree.name(child), Space::Plus, prefix);
            prefix.extend_from_slice(close);
        }
        let node = tree.node(child);
        let is_complete = match node {
            Node::Null | Node::Link(_) | Node::Removed => true,
            Node::Array(_) => write_under(tree, child, prefix, brackets, max, out),
            Node::Bool(_) | Node::Number(_) | Node::Text(_) => {
                if !out.is_empty() {
                    out.push(b'&');
                }
                out.extend_from_slice(prefix);
                out.push(b'=');
                encode(scalar(tree, node), Space::Plus, out);
                out.len() <= max
            }
        };
        if !is_complete {
            return false;
        }
        prefix.truncate(len);
    }
    true
}

/// The text of a scalar in a form; `""` for any other value.
pub(crate) fn scalar(tree: &Tree, node: Node) -> &[u8] {
    match node {
        Node::Number(text) | Node::Text(text) => &tree[text],
        Node::Bool(true) => b"1",
        Node::Bool(false) => b"0",
        Node::Null | Node::Array(_) | Node::Link(_) | Node::Removed => b"",
    }
}

/// Percent-encodes as PHP does: all bytes but letters, digits, `-`, `_` and `.`.
pub(crate) fn encode(bytes: &[u8], space: Space, out: &mut Vec<u8>) {
    let mut rest = bytes;
    while let Some(plain) = rest.iter().position(|&byte| !IS_PLAIN[usize::from(byte)]) {
        out.extend_from_slice(&rest[..plain]);
        match (rest[plain], space) {
            (b' ', Space::Plus) => out.push(b'+'),
            (byte, _) => out.extend_from_slice(&percent(byte)),
        }
        rest = &rest[plain + 1..];
    }
    out.extend_from_slice(rest);
}

/// Percent-encodes a value of a loss that is not UTF-8. A space becomes `%20`, so that readers of a losses file do not
/// need the rule for `+`.
pub(crate) fn encode_raw(value: &[u8]) -> String {
    let mut out = Vec::new();
    encode(value, Space::Percent, &mut out);
    String::from_utf8(out).expect("percent-encoded text is ASCII")
}

static IS_PLAIN: [bool; 256] = {
    let mut is_plain = [false; 256];
    let mut byte = 0_u8;
    while byte < 128 {
        is_plain[byte as usize] = byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
        byte += 1;
    }
    is_plain
};

/// Whether PHP reads a name back unchanged. The name is a first segment if `first` is `None`; otherwise it is in
/// brackets in a key that begins with `first`.
pub(crate) fn is_representable(name: &[u8], first: Option<&[u8]>) -> bool {
    let guarded = |text: &[u8]| GUARDED.into_iter().find(|guarded| text.starts_with(guarded));
    !name.contains(&0)
        && match first {
            None => !name.is_empty() && !name.iter().any(|byte| [b' ', b'.', b'['].contains(byte)),
            Some(first) => {
                !matches!(name, [] | [b' ' | b'\t'..=b'\r'])
                    && !name.contains(&b']')
                    && guarded(name).is_none_or(|guarded| first.starts_with(guarded))
            }
        }
}
