//! Scans the bytes of a form: delimiters, parts of keys, percent-decoding. Both readers use this module.

use std::ops::Range;

use memchr::memchr;

use crate::buffer::Buffer;
use crate::bytes::hex;
use crate::simd::{Block, position_of_any, replace};

/// PHP drops a pair if a segment of its key begins with one of these prefixes and the key itself does not.
pub(super) const GUARDED: [&[u8]; 2] = [b"__Host-", b"__Secure-"];

/// Bytes that are appended to a payload while it is read, so that a whole block can be loaded at any position, and
/// every scan finds an `&`.
const PAD: [u8; 2 * size_of::<Block>()] = [b'&'; 2 * size_of::<Block>()];

/// A copy of a payload up to its first NUL, where PHP stops reading, followed by [`PAD`].
#[derive(Default, Debug)]
pub(crate) struct Padded {
    bytes: Vec<u8>,
    len: usize,
}

impl Padded {
    /// [`Padded::load`] first frees a copy whose capacity exceeds this number of bytes.
    const KEPT_CAPACITY: usize = 1 << 17;

    /// Copies a payload.
    pub(crate) fn load(&mut self, payload: &[u8]) {
        if self.bytes.capacity() > Self::KEPT_CAPACITY {
            self.bytes = Vec::new();
        }
        self.len = memchr(0, payload).unwrap_or(payload.len());
        self.bytes.clear();
        self.bytes.extend_from_slice(&payload[..self.len]);
        self.bytes.extend_from_slice(&PAD);
    }

    /// The length without the pad.
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// The payload with its pad.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

/// Decodes the value of the pair whose key ends at `key_end`, and appends it to `out`. Returns the end of the pair.
pub(super) fn decode_value(sent: &[u8], key_end: usize, out: &mut Buffer) -> usize {
    let mut rest = &sent[key_end..];
    if let [b'=', value @ ..] = rest {
        rest = value;
    }
    let mut room = out.room(rest.len());
    loop {
        let Some(block) = rest.first_chunk::<16>() else { panic!("a pad follows") };
        let Some(slots) = room.first_chunk_mut::<16>() else {
            panic!("there is room for all bytes of the payload")
        };
        replace(block, slots, b'+', b' ');
        let plain = position_of_any(block, *b"&%");
        rest = &rest[plain..];
        room = &mut room[plain..];
        if plain == block.len() {
            continue;
        }
        loop {
            match *rest {
                [b'%', high, low, ref after @ ..] => {
                    match hex(high, low) {
                        Some(byte) => {
                            room[0] = byte;
                            rest = after;
                        }
                        None => {
                            room[0] = b'%';
                            rest = &rest[1..];
                        }
                    }
                    room = &mut room[1..];
                }
                [b'&', ..] => {
                    let unused = room.len();
                    out.grow_except(unused);
                    return sent.len() - rest.len();
                }
                _ => break,
            }
        }
    }
}

/// The range of the pair at `start`, in bytes.
pub(crate) fn span(payload: &[u8], start: usize) -> Range<usize> {
    let rest = &payload[start..];
    start..start + memchr(b'&', rest).unwrap_or(rest.len())
}

/// A part of a key, and what ends it.
#[derive(Clone, Copy)]
pub(super) struct KeyPart {
    pub(super) start: usize,
    pub(super) end: usize,
    /// Whether the part contains an encoded byte or a `+`.
    is_encoded: bool,
    /// Whether the part contains a space or a dot, raw or encoded.
    pub(super) has_space_or_dot: bool,
    pub(super) stop: Stop,
}

impl KeyPart {
    /// The part with another end. The new content was not scanned, so it is decoded in any case.
    pub(super) fn to(self, end: usize) -> Self {
        Self { end, is_encoded: true, ..self }
    }
}

/// What ends a part of a key.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Stop {
    /// The bracket that the scan looked for, raw or encoded. The position is that after the bracket.
    Bracket(usize),
    /// The end of the key: a `=`, a `&` or the end of the payload.
    KeyEnd,
    /// A `%00`, at which PHP cuts a key.
    Nul,
}

/// Bytes that end a name or that PHP changes in a name.
const SPECIAL: [u8; 8] = *b"=&[]%+ .";

/// The end of the key at `start`, if the key has no brackets and PHP reads it unchanged.
pub(super) fn plain_key(sent: &[u8], start: usize) -> Option<usize> {
    let end = first_of(sent, start, SPECIAL);
    (end > start && matches!(sent[end], b'=' | b'&')).then_some(end)
}

/// The position, from `at` on, of the first byte that is one of `bytes`. `&` must be one of them, so that the scan
/// ends.
#[inline]
fn first_of<const N: usize>(sent: &[u8], mut at: usize, bytes: [u8; N]) -> usize {
    loop {
        let block = sent[at..].first_chunk().expect("a pad follows");
        let others = position_of_any(block, bytes);
        at += others;
        if others < block.len() {
            return at;
        }
    }
}

/// Scans a key from `start` to the next `bracket`, or to the end of the key.
pub(super) fn key_part(sent: &[u8], bracket: u8, start: usize) -> KeyPart {
    let mut at = start;
    let mut is_encoded = false;
    let mut has_space_or_dot = false;
    let stop = loop {
        let block = sent[at..].first_chunk().expect("a pad follows");
        let plain = position_of_any(block, SPECIAL);
        at += plain;
        if plain == block.len() {
            continue;
        }
        let byte = sent[at];
        match CLASS[usize::from(byte)] {
            Class::Plain => {}
            Class::SpaceOrDot => has_space_or_dot = true,
            Class::Plus => (is_encoded, has_space_or_dot) = (true, true),
            Class::Bracket if byte == bracket => break Stop::Bracket(at + 1),
            Class::Bracket => {}
            Class::End => break Stop::KeyEnd,
            Class::Percent => match hex(sent[at + 1], sent[at + 2]) {
                Some(0) => break Stop::Nul,
                Some(byte) if byte == bracket => break Stop::Bracket(at + 3),
                Some(byte) => {
                    is_encoded = true;
                    has_space_or_dot |= matches!(byte, b' ' | b'.');
                    at += 2;
                }
                None => {}
            },
        }
        at += 1;
    };
    KeyPart { start, end: at, is_encoded, has_space_or_dot, stop }
}

/// Decodes a part of a key, and appends it to `out`.
pub(super) fn decode_key(sent: &[u8], KeyPart { start, end, is_encoded, .. }: KeyPart, out: &mut Buffer) {
    let mut rest = &sent[start..end];
    if !is_encoded {
        out.prefix(&sent[start..], rest.len());
        return;
    }
    while let Some((&byte, after)) = rest.split_first() {
        match (byte, after) {
            (b'%', &[high, low, ref after @ ..]) if let Some(byte) = hex(high, low) => {
                out.push(byte);
                rest = after;
            }
            _ => {
                out.push(if byte == b'+' { b' ' } else { byte });
                rest = after;
            }
        }
    }
}

/// The position after a `[` at `at`, raw or encoded; `None` if there is none.
pub(super) fn open_bracket(sent: &[u8], at: usize) -> Option<usize> {
    match sent[at..] {
        [b'[', ..] => Some(at + 1),
        [b'%', b'5', b'b' | b'B', ..] => Some(at + 3),
        _ => None,
    }
}

/// The position after a `]` at `at`, raw or encoded; `None` if there is none.
pub(super) fn close_bracket(sent: &[u8], at: usize) -> Option<usize> {
    match sent[at..] {
        [b']', ..] => Some(at + 1),
        [b'%', b'5', b'd' | b'D', ..] => Some(at + 3),
        _ => None,
    }
}

/// The end of a key, from the position `at` in it.
#[inline]
pub(super) fn key_end(sent: &[u8], at: usize) -> usize {
    first_of(sent, at, *b"=&")
}

/// The meaning of a byte in a key.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    /// The byte stands for itself.
    Plain,
    /// PHP replaces both by `_` in a first segment.
    SpaceOrDot,
    Plus,
    /// `[` or `]`.
    Bracket,
    /// `=` or `&`.
    End,
    Percent,
}

static CLASS: [Class; 256] = {
    let mut class = [Class::Plain; 256];
    class[b' ' as usize] = Class::SpaceOrDot;
    class[b'.' as usize] = Class::SpaceOrDot;
    class[b'+' as usize] = Class::Plus;
    class[b'[' as usize] = Class::Bracket;
    class[b']' as usize] = Class::Bracket;
    class[b'=' as usize] = Class::End;
    class[b'&' as usize] = Class::End;
    class[b'%' as usize] = Class::Percent;
    class
};
