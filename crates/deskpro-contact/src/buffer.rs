//! A byte buffer with spare bytes after its text, so that short texts can be copied as blocks of fixed size.
//!
//! Copying a variable number of bytes calls `memcpy`. Copying always 32 bytes and then advancing by the length of the
//! text takes a few instructions, but writes beyond the text. So [`Buffer`] has spare bytes ("room") after its text.
//! In the same way, a block may be read beyond the end of a text.

#[cfg(test)]
mod tests;

/// The minimum number of spare bytes after a text when room is made.
pub(crate) const ROOM: usize = 128;
/// Texts up to this length are copied as one block.
const SHORT: usize = 32;
/// Texts up to this length are copied as one block, in a function that is not inlined.
const LONG: usize = 64;
/// The maximum total length of the marks before and after a text.
const MARKS: usize = 4;
/// [`Buffer::clear`] frees the memory if its capacity exceeds this number of bytes.
const KEPT_CAPACITY: usize = 1 << 17;

/// A growing text with room after it.
#[derive(Clone, Default, Debug)]
pub(crate) struct Buffer {
    /// The text, then bytes without meaning.
    bytes: Vec<u8>,
    len: usize,
}

/// Appends to `out` the bytes that `write` writes.
pub(crate) fn append<T>(out: &mut Vec<u8>, write: impl FnOnce(&mut Buffer) -> T) -> T {
    let mut buffer = Buffer::from(std::mem::take(out));
    let result = write(&mut buffer);
    *out = buffer.into_vec();
    result
}

/// Returns the bytes that `write` writes.
pub(crate) fn written(write: impl FnOnce(&mut Buffer)) -> Vec<u8> {
    let mut out = Vec::new();
    append(&mut out, write);
    out
}

impl From<Vec<u8>> for Buffer {
    fn from(bytes: Vec<u8>) -> Self {
        let len = bytes.len();
        Self { bytes, len }
    }
}

impl Buffer {
    pub(crate) fn into_vec(mut self) -> Vec<u8> {
        self.bytes.truncate(self.len);
        self.bytes
    }

    /// Removes the text. Keeps the memory for the next text, unless its capacity exceeds [`KEPT_CAPACITY`].
    pub(crate) fn clear(&mut self) {
        if self.bytes.capacity() > KEPT_CAPACITY {
            self.bytes = Vec::new();
        }
        self.len = 0;
    }

    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// The text.
    #[inline]
    pub(crate) fn text(&self) -> &[u8] {
        &self.bytes[..self.len]
    }

    /// The text, to decode in place.
    pub(crate) fn text_mut(&mut self) -> &mut [u8] {
        &mut self.bytes[..self.len]
    }

    /// The text from a position on, and the room after it.
    #[inline]
    pub(crate) fn tail(&self, start: usize) -> &[u8] {
        &self.bytes[start..]
    }

    /// Adds all of the room to the text, except its last `unused` bytes.
    #[inline]
    pub(crate) fn grow_except(&mut self, unused: usize) {
        self.len = self.bytes.len() - unused;
    }

    /// Makes room for `len` bytes and [`ROOM`] more, and returns the room. [`Buffer::grow`] then adds the bytes that
    /// the caller wrote into it.
    #[inline]
    pub(crate) fn room(&mut self, len: usize) -> &mut [u8] {
        if self.bytes.len() - self.len < len + ROOM {
            self.extend_room(self.len + len + ROOM);
        }
        &mut self.bytes[self.len..]
    }

    /// Adds the first `len` bytes of the room to the text.
    #[inline]
    pub(crate) fn grow(&mut self, len: usize) {
        self.len += len;
        debug_assert!(self.len <= self.bytes.len(), "more than the room");
    }

    /// Makes room, and returns the first `N` bytes of it.
    #[cold]
    fn new_block<const N: usize>(&mut self) -> &mut [u8; N] {
        const { assert!(N <= ROOM) };
        self.extend_room(self.len + ROOM);
        self.bytes[self.len..].first_chunk_mut().expect("there is room")
    }

    /// Makes room up to `end`. Grows in small steps: new room is filled with zeros, and the texts that
    /// [`append`] writes are short.
    #[cold]
    fn extend_room(&mut self, end: usize) {
        const STEP: usize = 512;
        self.bytes.resize(end + STEP, 0);
    }

    /// Appends a byte.
    #[inline]
    pub(crate) fn push(&mut self, byte: u8) {
        self.array(&[byte]);
    }

    /// Appends a text of a length known at compile time.
    #[inline]
    pub(crate) fn array<const N: usize>(&mut self, text: &[u8; N]) {
        self.put(N, |room| *room = *text);
    }

    /// Appends a byte (`mark`) and a fixed text.
    #[inline]
    pub(crate) fn piece<const N: usize>(&mut self, mark: u8, piece: &Piece<N>) {
        self.put(piece.len, |room: &mut [u8; N]| {
            *room = piece.padded;
            room[0] = mark;
        });
    }

    /// Appends the first `len` bytes of `from`. Fast if `from` has at least 32 bytes and `len` is at most 32.
    #[inline]
    pub(crate) fn prefix(&mut self, from: &[u8], len: usize) {
        self.between(b"", from, len, b"");
    }

    /// Appends `open`, the first `len` bytes of `from`, and `close`. Fast if `from` has at least 32 bytes and `len` is
    /// at most 32.
    #[inline]
    pub(crate) fn between<const A: usize, const B: usize>(
        &mut self,
        open: &[u8; A],
        from: &[u8],
        len: usize,
        close: &[u8; B],
    ) {
        match from.first_chunk() {
            Some(block) if len <= SHORT => {
                self.block::<SHORT, { SHORT + MARKS }, A, B>(open, block, len, close);
            }
            Some(_) | None => self.long_between(open, from, len, close),
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
            Some(block) if len <= LONG => self.block::<LONG, { LONG + MARKS }, A, B>(open, block, len, close),
            Some(_) | None => {
                self.array(open);
                self.extend(&from[..len]);
                self.array(close);
            }
        }
    }

    /// Appends `open`, the first `len` bytes of a block, and `close`. `M` is the maximum total length.
    #[inline]
    fn block<const N: usize, const M: usize, const A: usize, const B: usize>(
        &mut self,
        open: &[u8; A],
        from: &[u8; N],
        len: usize,
        close: &[u8; B],
    ) {
        const { assert!(A + N + B <= M) };
        self.put(A + len + B, |room: &mut [u8; M]| {
            room[..A].copy_from_slice(open);
            room[A..A + N].copy_from_slice(from);
            room[A + len..A + len + B].copy_from_slice(close);
        });
    }

    /// Appends a text of any length.
    #[inline(never)]
    pub(crate) fn extend(&mut self, text: &[u8]) {
        match text.len() {
            16..=32 => return self.ends::<16>(text),
            8..16 => return self.ends::<8>(text),
            4..8 => return self.ends::<4>(text),
            _ => {}
        }
        self.room(text.len())[..text.len()].copy_from_slice(text);
        self.grow(text.len());
    }

    /// Appends a text of `N` to `2 * N` bytes by copying its first `N` and its last `N` bytes, which may overlap.
    #[inline]
    fn ends<const N: usize>(&mut self, text: &[u8]) {
        let (Some(first), Some(last)) = (text.first_chunk::<N>(), text.last_chunk::<N>()) else {
            panic!("a text of at least that length")
        };
        self.put(text.len(), |room: &mut [u8; SHORT]| {
            room[..N].copy_from_slice(first);
            room[text.len() - N..text.len()].copy_from_slice(last);
        });
    }

    /// Appends a number in decimal digits.
    pub(crate) fn number(&mut self, mut n: u64) {
        const MOST: usize = 20;
        let mut digits = [0; MOST + SHORT];
        let mut start = MOST;
        loop {
            start -= 1;
            digits[start] = b'0' | (n % 10) as u8;
            n /= 10;
            if n == 0 {
                break;
            }
        }
        self.prefix(&digits[start..], MOST - start);
    }

    /// Calls `write` with a block of room, and adds the first `len` bytes of the block to the text.
    #[inline]
    fn put<const N: usize>(&mut self, len: usize, write: impl FnOnce(&mut [u8; N])) {
        let block = match self.bytes.get_mut(self.len..).and_then(<[u8]>::first_chunk_mut) {
            Some(block) => block,
            None => self.new_block(),
        };
        write(block);
        self.len += len;
    }
}

/// A fixed text that is appended often. It is padded to a block, and its first byte is free for a mark.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Piece<const N: usize> {
    padded: [u8; N],
    len: usize,
}

impl<const N: usize> Piece<N> {
    /// Joins texts. They must be shorter than the block: longer texts panic, in a constant at compile time.
    pub(crate) const fn of(texts: &[&str]) -> Self {
        let mut padded = [0; N];
        let (mut len, mut n) = (1, 0);
        while n < texts.len() {
            let text = texts[n].as_bytes();
            let mut at = 0;
            while at < text.len() {
                padded[len] = text[at];
                at += 1;
                len += 1;
            }
            n += 1;
        }
        Self { padded, len }
    }
}

/// The quoted name of a JSON member and its colon, after a byte for a mark.
pub(crate) type MemberName = Piece<32>;

pub(crate) const fn member_name(name: &str) -> MemberName {
    Piece::of(&["\"", name, "\":"])
}
