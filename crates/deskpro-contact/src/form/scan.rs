//! The bytes of a form: delimiters, stretches of keys, percent-decoding. Both readers use this file.

use std::ops::Range;

use memchr::memchr;

use crate::buffer::Buffer;
use crate::bytes::hex;
use crate::simd::{Block, before, replace};

/// PHP drops a pair in which a segment begins with one of these prefixes and the whole key does not.
pub(super) const GUARDED: [&[u8]; 2] = [b"__Host-", b"__Secure-"];

/// What follows a payload while it is read: a whole block can be loaded wherever a pair begins, and every scan ends.
const PAD: [u8; 2 * size_of::<Block>()] = [b'&'; 2 * size_of::<Block>()];

/// A payload up to its first NUL, where PHP stops reading, with a pad behind it.
#[derive(Default, Debug)]
pub(crate) struct Padded {
    bytes: Vec<u8>,
    len: usize,
}

impl Padded {
    /// A copy that grew beyond this length is given back for the next payload.
    const KEPT: usize = 1 << 17;

    /// Copies a payload.
    pub(crate) fn load(&mut self, payload: &[u8]) {
        if self.bytes.capacity() > Self::KEPT {
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

/// Appends the value of the pair whose key ends at `key_end`, decoded. Returns where the pair ends.
pub(super) fn decode_value(sent: &[u8], key_end: usize, out: &mut Buffer) -> usize {
    let mut rest = &sent[key_end..];
    if let [b'=', value @ ..] = rest {
        rest = value;
    }
    let mut room = out.room(rest.len());
    loop {
        let Some(block) = rest.first_chunk::<16>() else { panic!("a pad follows") };
        let Some(slots) = room.first_chunk_mut::<16>() else { panic!("room for as much as was sent") };
        replace(block, slots, b'+', b' ');
        let plain = before(block, *b"&%");
        rest = &rest[plain..];
        room = &mut room[plain..];
        if plain == block.len() {
            continue;
        }
        loop {
            match *rest {
                [b'%', high, low, ref behind @ ..] => {
                    match hex(high, low) {
                        Some(byte) => {
                            room[0] = byte;
                            rest = behind;
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
                    out.grow_to(unused);
                    return sent.len() - rest.len();
                }
                _ => break,
            }
        }
    }
}

/// The bytes of the pair that starts at `start`.
pub(crate) fn span(payload: &[u8], start: usize) -> Range<usize> {
    let rest = &payload[start..];
    start..start + memchr(b'&', rest).unwrap_or(rest.len())
}

/// A part of a key, up to what ends it.
#[derive(Clone, Copy)]
pub(super) struct Stretch {
    pub(super) start: usize,
    pub(super) end: usize,
    /// Whether something in it is encoded, or a `+`.
    is_encoded: bool,
    /// Whether it holds a space, raw or encoded, or a dot.
    pub(super) has_space_or_dot: bool,
    pub(super) stop: Stop,
}

impl Stretch {
    /// The stretch with another end. Its content is unknown, so it counts as encoded.
    pub(super) fn to(self, end: usize) -> Self {
        Self { end, is_encoded: true, ..self }
    }
}

/// What ends a stretch.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Stop {
    /// The bracket that was looked for, raw or percent-encoded; the position behind it.
    Bracket(usize),
    /// The end of the key: a `=`, a `&` or the end of the payload.
    KeyEnd,
    /// A `%00`, at which PHP cuts a key.
    Nul,
}

/// What means more than itself in the name of a variable, or ends it.
const SPECIAL: [u8; 8] = *b"=&[]%+ .";

/// The end of the key that starts at `start`, where it is a name to PHP as it was sent.
pub(super) fn plain_key(sent: &[u8], start: usize) -> Option<usize> {
    let end = first_of(sent, start, SPECIAL);
    (end > start && matches!(sent[end], b'=' | b'&')).then_some(end)
}

/// The position of the first of some bytes, one of which is `&`, from `at` on.
#[inline]
fn first_of<const N: usize>(sent: &[u8], mut at: usize, bytes: [u8; N]) -> usize {
    loop {
        let block = sent[at..].first_chunk().expect("a pad follows");
        let others = before(block, bytes);
        at += others;
        if others < block.len() {
            return at;
        }
    }
}

/// The stretch of a key from `start` to the next such bracket, or to the key's end.
pub(super) fn stretch(sent: &[u8], bracket: u8, start: usize) -> Stretch {
    let mut at = start;
    let mut is_encoded = false;
    let mut has_space_or_dot = false;
    let stop = loop {
        // The pad is as long as a block.
        let block = sent[at..].first_chunk().expect("a pad follows");
        let plain = before(block, SPECIAL);
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
    Stretch { start, end: at, is_encoded, has_space_or_dot, stop }
}

/// Appends a part of a key, decoded.
pub(super) fn decode_key(sent: &[u8], Stretch { start, end, is_encoded, .. }: Stretch, out: &mut Buffer) {
    let mut rest = &sent[start..end];
    if !is_encoded {
        out.text_of(&sent[start..], rest.len());
        return;
    }
    while let Some((&byte, behind)) = rest.split_first() {
        match (byte, behind) {
            (b'%', &[high, low, ref behind @ ..]) if let Some(byte) = hex(high, low) => {
                out.push(byte);
                rest = behind;
            }
            _ => {
                out.push(if byte == b'+' { b' ' } else { byte });
                rest = behind;
            }
        }
    }
}

/// The position behind a `[` at `at`, raw or encoded, where one is there.
pub(super) fn open_bracket(sent: &[u8], at: usize) -> Option<usize> {
    match sent[at..] {
        [b'[', ..] => Some(at + 1),
        [b'%', b'5', b'b' | b'B', ..] => Some(at + 3),
        _ => None,
    }
}

/// The position behind a `]` at `at`, raw or encoded, where one is there.
pub(super) fn close_bracket(sent: &[u8], at: usize) -> Option<usize> {
    match sent[at..] {
        [b']', ..] => Some(at + 1),
        [b'%', b'5', b'd' | b'D', ..] => Some(at + 3),
        _ => None,
    }
}

/// The end of the key that goes on at `at`.
#[inline]
pub(super) fn key_end(sent: &[u8], at: usize) -> usize {
    first_of(sent, at, *b"=&")
}

/// What a byte of a key does.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    /// It stands for itself.
    Plain,
    /// PHP has neither in the name of a variable.
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
