//! A byte buffer with room behind its text: short texts are copied in whole blocks of fixed size.
//!
//! Copying as many bytes as a text has is a call. Copying a fixed 32 bytes and going on where the text ends is two
//! instructions, if there is room behind. So [`Buffer`] keeps room, and readers of a [`Buffer`] may look at what
//! is behind a text, where a block of it is there.

#[cfg(test)]
mod tests;

/// Bytes that room is made for behind a text.
pub(crate) const ROOM: usize = 128;
/// Texts up to this length are copied as one block.
const SHORT: usize = 32;
/// Texts up to this length are copied as one block, by a call.
const LONG: usize = 64;
/// The longest marks around a text, together.
const MARKS: usize = 4;
/// A buffer that grew beyond this length is given back when it is cleared.
const KEPT: usize = 1 << 17;

/// Text that grows, with room behind it.
#[derive(Default, Debug)]
pub(crate) struct Buffer {
    /// The text, and behind it bytes of no meaning.
    bytes: Vec<u8>,
    len: usize,
}

/// Appends what `write` writes to `out`.
pub(crate) fn append<T>(out: &mut Vec<u8>, write: impl FnOnce(&mut Buffer) -> T) -> T {
    let mut buffer = Buffer::from(std::mem::take(out));
    let result = write(&mut buffer);
    *out = buffer.into_vec();
    result
}

/// What `write` writes.
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

    /// Removes the text.
    pub(crate) fn clear(&mut self) {
        if self.bytes.capacity() > KEPT {
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

    /// The text from a position on, and the room behind it.
    #[inline]
    pub(crate) fn tail(&self, start: usize) -> &[u8] {
        &self.bytes[start..]
    }

    /// Adds the room to the text, but for its last `unused` bytes.
    #[inline]
    pub(crate) fn grow_to(&mut self, unused: usize) {
        self.len = self.bytes.len() - unused;
    }

    /// Makes room for `len` bytes and [`ROOM`] behind them, and returns it. [`Buffer::grow`] adds what was written.
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

    /// The block behind the text, once there is room for it.
    #[cold]
    fn new_block<const N: usize>(&mut self) -> &mut [u8; N] {
        const { assert!(N <= ROOM) };
        self.extend_room(self.len + ROOM);
        self.bytes[self.len..].first_chunk_mut().expect("there is room")
    }

    /// Room is cleared in steps: a buffer that a `Vec` becomes for a while has as much of it as it needs.
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

    /// Appends a mark and a piece.
    #[inline]
    pub(crate) fn piece<const N: usize>(&mut self, mark: u8, piece: &Piece<N>) {
        self.put(piece.len, |room: &mut [u8; N]| {
            *room = piece.padded;
            room[0] = mark;
        });
    }

    /// Appends the first `len` bytes of `from`. Fast where `from` is longer than a short text.
    #[inline]
    pub(crate) fn text_of(&mut self, from: &[u8], len: usize) {
        self.between(b"", from, len, b"");
    }

    /// Appends the first `len` bytes of `from` between marks. Fast where `from` is longer than a short text.
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

    /// Appends the first `len` bytes of a block between marks. `M` is the longest that all of it can be.
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

    /// Appends a text of `N` to `2 * N` bytes: its first `N` and its last `N`, which may overlap.
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
        self.text_of(&digits[start..], MOST - start);
    }

    /// Lets `write` fill a block, of which the first `len` bytes become text.
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

/// A fixed text that is appended often, with a place for a mark before it, padded to a block.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Piece<const N: usize> {
    padded: [u8; N],
    len: usize,
}

impl<const N: usize> Piece<N> {
    /// Joins texts. They must be shorter than the block: a longer one fails to compile, or panics where it is made.
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

/// The name of a JSON member and its colon.
pub(crate) type MemberName = Piece<32>;

pub(crate) const fn member_name(name: &str) -> MemberName {
    Piece::of(&["\"", name, "\":"])
}
