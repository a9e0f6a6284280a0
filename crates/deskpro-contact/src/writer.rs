//! Writing short texts one behind the other.
//!
//! A copy of as many bytes as a text has is a call, which costs more than to copy a fixed number of them and to go on
//! where the text ends. So there must be room behind a text. It goes into a buffer of fixed length first, where one
//! comparison tells whether there is: a `Vec` would be asked for its length and its capacity each time.

#[cfg(test)]
mod tests;

use std::mem;

use crate::odds::{mostly, rare, seldom};

/// Texts up to this length are copied whole with what stands behind them.
const SHORT: usize = 32;
/// Texts up to this length are too, but by a call: they are fewer.
const LONG: usize = 64;
/// How many marks stand around a text, at most.
const MARKS: usize = 4;
/// How long the buffer is.
const ROOM: usize = 512;

/// Writes to the end of a text.
#[derive(Debug)]
pub(crate) struct Writer {
    out: Vec<u8>,
    /// What comes next in it, and room.
    buffer: [u8; ROOM],
    /// How much of the buffer is written.
    len: usize,
}

/// Writes to the end of `out`.
pub(crate) fn append<T>(out: &mut Vec<u8>, write: impl FnOnce(&mut Writer) -> T) -> T {
    let mut writer = Writer::new(mem::take(out));
    let came = write(&mut writer);
    *out = mem::take(writer.done());
    came
}

/// What is written.
pub(crate) fn written(write: impl FnOnce(&mut Writer)) -> Vec<u8> {
    let mut out = Vec::new();
    append(&mut out, write);
    out
}

impl Writer {
    /// Writes to the end of a text.
    pub(crate) fn new(out: Vec<u8>) -> Self {
        Self { out, buffer: [0; ROOM], len: 0 }
    }

    /// Throws away what was there and what was written.
    pub(crate) fn clear(&mut self) {
        self.out.clear();
        self.len = 0;
    }

    /// The same as [`Writer::done`], to be read: what is short need not be moved.
    pub(crate) fn bytes(&mut self) -> &[u8] {
        if !self.out.is_empty() {
            self.flush();
            return &self.out;
        }
        self.buffer.get(..self.len).unwrap_or_default()
    }

    /// What was there, and all that is written behind it.
    pub(crate) fn done(&mut self) -> &mut Vec<u8> {
        self.flush();
        &mut self.out
    }

    /// Writes a byte.
    #[inline(always)]
    pub(crate) fn push(&mut self, byte: u8) {
        self.array(&[byte]);
    }

    /// Writes a text of known length.
    #[inline(always)]
    pub(crate) fn array<const N: usize>(&mut self, text: &[u8; N]) {
        self.put(N, |slots| *slots = *text);
    }

    /// Writes a piece behind a mark.
    #[inline(always)]
    pub(crate) fn piece<const N: usize>(&mut self, mark: u8, piece: &Piece<N>) {
        self.put(piece.len, |slots: &mut [u8; N]| {
            *slots = piece.padded;
            set(slots, 0, &[mark]);
        });
    }

    /// Writes the first `len` bytes of `from`.
    #[inline(always)]
    pub(crate) fn text(&mut self, from: &[u8], len: usize) {
        self.between(b"", from, len, b"");
    }

    /// The same, between marks. It is quick where more bytes stand behind a short text.
    #[inline(always)]
    pub(crate) fn between<const A: usize, const B: usize>(
        &mut self,
        open: &[u8; A],
        from: &[u8],
        len: usize,
        close: &[u8; B],
    ) {
        match from.first_chunk() {
            Some(chunk) if len <= SHORT => {
                self.chunk::<SHORT, { SHORT + MARKS }, A, B>(open, chunk, len, close)
            }
            Some(_) | None => self.long_between(open, from, rare(len), close),
        }
    }

    #[inline(never)]
    fn long_between<const A: usize, const B: usize>(
        &mut self,
        open: &[u8; A],
        from: &[u8],
        len: usize,
        close: &[u8; B],
    ) {
        match from.first_chunk() {
            Some(chunk) if len <= LONG => self.chunk::<LONG, { LONG + MARKS }, A, B>(open, chunk, len, close),
            Some(_) | None => {
                self.array(open);
                self.extend(from.get(..len).unwrap_or(from));
                self.array(close);
            }
        }
    }

    /// Writes the first `len` bytes of a chunk between marks. `M` is how long they are together, at most.
    #[inline(always)]
    fn chunk<const N: usize, const M: usize, const A: usize, const B: usize>(
        &mut self,
        open: &[u8; A],
        from: &[u8; N],
        len: usize,
        close: &[u8; B],
    ) {
        const { assert!(A + N + B <= M) };
        self.put(len.wrapping_add(A + B), |slots: &mut [u8; M]| {
            set(slots, 0, open);
            set(slots, A, from);
            set(slots, len.wrapping_add(A), close);
        });
    }

    /// Writes a text of any length.
    #[inline(never)]
    pub(crate) fn extend(&mut self, text: &[u8]) {
        if text.len() > ROOM.saturating_sub(self.len) {
            self.flush();
        }
        let end = self.len.saturating_add(text.len());
        match self.buffer.get_mut(self.len..end) {
            Some(slots) => {
                slots.copy_from_slice(text);
                self.len = end;
            }
            None => self.out.extend_from_slice(text),
        }
    }

    /// Writes a number in decimal digits.
    pub(crate) fn number(&mut self, mut n: u64) {
        const MOST: usize = 20;
        let mut digits = [0; MOST + SHORT];
        let mut start = MOST;
        for digit in digits.iter_mut().take(MOST).rev() {
            *digit = b'0' | (n % 10) as u8;
            start = start.wrapping_sub(1);
            n /= 10;
            if n == 0 {
                break;
            }
        }
        self.text(digits.get(start..).unwrap_or_default(), MOST.wrapping_sub(start));
    }

    /// Lets the next bytes be written, of which the first `len` are meant.
    #[inline(always)]
    fn put<const N: usize>(&mut self, len: usize, write: impl FnOnce(&mut [u8; N])) {
        if seldom(self.len > const { ROOM - N }) {
            self.flush();
        }
        // It is read once: what stands in memory is not known to the compiler behind a write beside it.
        let start = self.len;
        if let Some(slots) = mostly(self.buffer.get_mut(start..).and_then(<[u8]>::first_chunk_mut)) {
            write(slots);
            self.len = start.wrapping_add(len);
        }
    }

    /// Empties the buffer. That it is empty then has to be seen where it was called: there is room for all.
    #[inline(always)]
    fn flush(&mut self) {
        self.pass_on();
        self.len = 0;
    }

    #[inline(never)]
    fn pass_on(&mut self) {
        self.out.extend_from_slice(self.buffer.get(..self.len).unwrap_or_default());
    }
}

/// Writes a text at a place that it has room behind.
#[inline(always)]
fn set<const N: usize>(slots: &mut [u8], at: usize, text: &[u8; N]) {
    if let Some(slots) = mostly(slots.get_mut(at..).and_then(<[u8]>::first_chunk_mut)) {
        *slots = *text;
    }
}

/// A text of ours that is written often, behind a mark, in as many bytes as are copied at once.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Piece<const N: usize> {
    padded: [u8; N],
    len: usize,
}

impl<const N: usize> Piece<N> {
    /// Puts texts together that have room in it: they are all ours.
    pub(crate) const fn of(texts: &[&str]) -> Self {
        let mut padded = [0; N];
        let (mut len, mut n) = (1, 0);
        while n < texts.len() {
            {
                let text = texts[n].as_bytes();
                let mut at = 0;
                while at < text.len() {
                    padded[len] = text[at];
                    at += 1;
                    len += 1;
                }
            }
            n += 1;
        }
        Self { padded, len }
    }
}

/// The name of a member, up to its value.
pub(crate) type Name = Piece<32>;

pub(crate) const fn name(name: &str) -> Name {
    Piece::of(&["\"", name, "\":"])
}
