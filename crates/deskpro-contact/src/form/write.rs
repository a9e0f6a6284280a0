//! Writing an array as `http_build_query` does.

use super::GUARDED;
use crate::tree::{Held, Id, Tree, percent};

/// A name is rarely longer than this.
const USUAL_NAME: usize = 64;

/// How brackets are written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Brackets {
    /// `%5B` and `%5D`, as `http_build_query` writes them.
    Encoded,
    /// `[` and `]`, for a person.
    Plain,
}

/// Writes an array as `http_build_query` does: pairs in order, nothing for null and for an empty array. False where
/// that is longer than `max`, and was not written to its end.
pub(crate) fn write(tree: &Tree, root: Id, max: usize, out: &mut Vec<u8>) -> bool {
    write_under(tree, root, &mut Vec::with_capacity(USUAL_NAME), Brackets::Encoded, max, out)
}

/// Writes the children of a node as pairs whose names begin with `prefix`.
pub(crate) fn write_under(
    tree: &Tree,
    array: Id,
    prefix: &mut Vec<u8>,
    brackets: Brackets,
    max: usize,
    out: &mut Vec<u8>,
) -> bool {
    let (open, close): (&[u8], &[u8]) = match brackets {
        Brackets::Encoded => (b"%5B", b"%5D"),
        Brackets::Plain => (b"[", b"]"),
    };
    let len = prefix.len();
    for child in tree.children(array) {
        if len == 0 {
            encode(tree.name(child), prefix);
        } else {
            prefix.extend_from_slice(open);
            encode(tree.name(child), prefix);
            prefix.extend_from_slice(close);
        }
        let held = tree.held(child);
        match held {
            Held::Null | Held::Link(_) | Held::Gone => {}
            Held::Array(_) => {
                write_under(tree, child, prefix, brackets, max, out);
            }
            Held::Bool(_) | Held::Number(_) | Held::Text(_) => {
                if !out.is_empty() {
                    out.push(b'&');
                }
                out.extend_from_slice(prefix);
                out.push(b'=');
                encode(scalar(tree, held), out);
            }
        }
        prefix.truncate(len);
        if out.len() > max {
            return false;
        }
    }
    true
}

/// The text that a form has for a scalar.
pub(crate) fn scalar(tree: &Tree, held: Held) -> &[u8] {
    match held {
        Held::Number(text) | Held::Text(text) => tree.bytes(text),
        Held::Bool(true) => b"1",
        Held::Bool(false) => b"0",
        Held::Null | Held::Array(_) | Held::Link(_) | Held::Gone => b"",
    }
}

/// Percent-encodes as `urlencode` does: letters, digits, `-`, `_` and `.` stay, a space is `+`.
fn encode(bytes: &[u8], out: &mut Vec<u8>) {
    encode_with(bytes, b"+", out);
}

/// The same with another text for a space.
pub(crate) fn encode_with(bytes: &[u8], space: &[u8], out: &mut Vec<u8>) {
    let mut rest = bytes;
    while let Some((plain, byte, behind)) = split_plain(rest) {
        out.extend_from_slice(plain);
        match byte {
            b' ' => out.extend_from_slice(space),
            _ => out.extend_from_slice(&percent(byte)),
        }
        rest = behind;
    }
    out.extend_from_slice(rest);
}

/// What stands for itself before the first byte that does not, that byte, and the rest; none where all does.
fn split_plain(bytes: &[u8]) -> Option<(&[u8], u8, &[u8])> {
    static IS_PLAIN: [bool; 256] = {
        let mut is_plain = [false; 256];
        let mut byte = 0_u8;
        while byte < 128 {
            {
                is_plain[byte as usize] = byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
            }
            byte += 1;
        }
        is_plain
    };
    let is_odd = |byte: &u8| IS_PLAIN.get(usize::from(*byte)) != Some(&true);
    let (plain, rest) = bytes.split_at_checked(bytes.iter().position(is_odd)?)?;
    let (byte, behind) = rest.split_first()?;
    Some((plain, *byte, behind))
}

/// Whether PHP reads a name back as it is: at the top (`first` is none), or under the name `first`.
pub(crate) fn can_say(name: &[u8], first: Option<&[u8]>) -> bool {
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
