//! Appending short texts. A copy of as many bytes as a text has is a call, which costs more than to copy a fixed number
//! of them and to drop what is too much.

/// Appends the first `len` bytes of `from`. It is quick where more bytes stand behind a short text.
#[inline(always)]
pub(crate) fn text(from: &[u8], len: usize, out: &mut Vec<u8>) {
    let end = out.len().saturating_add(len);
    if len <= 32
        && let Some(chunk) = from.first_chunk::<32>()
    {
        out.extend_from_slice(chunk);
        out.truncate(end);
    } else {
        long(from.get(..len).unwrap_or(from), out);
    }
}

/// Apart, so that what is short is written in place.
#[inline(never)]
fn long(text: &[u8], out: &mut Vec<u8>) {
    out.extend_from_slice(text);
}

/// A text of ours that is appended often.
pub(crate) struct Piece {
    /// With spaces behind it, up to a length that is quick to copy.
    padded: Box<[u8]>,
    len: usize,
}

impl Piece {
    const QUICK: usize = 64;

    pub(crate) fn new(text: &str) -> Self {
        let padded = format!("{text:width$}", width = Self::QUICK);
        Self { padded: padded.into_bytes().into(), len: text.len() }
    }

    /// Appends it.
    #[inline(always)]
    pub(crate) fn append(&self, out: &mut Vec<u8>) {
        let end = out.len().saturating_add(self.len);
        match self.padded.first_chunk::<{ Self::QUICK }>() {
            Some(chunk) if self.len <= Self::QUICK => {
                out.extend_from_slice(chunk);
                out.truncate(end);
            }
            Some(_) | None => long(self.padded.get(..self.len).unwrap_or_default(), out),
        }
    }
}

/// Puts texts together at compile time. `N` is how long they are, or it does not compile.
pub(crate) const fn joined<const N: usize>(texts: &[&str]) -> [u8; N] {
    let mut all = [0; N];
    let (mut len, mut n) = (0, 0);
    while n < texts.len() {
        #[expect(clippy::indexing_slicing, reason = "at compile time")]
        {
            let text = texts[n].as_bytes();
            let mut at = 0;
            while at < text.len() {
                all[len] = text[at];
                at += 1;
                len += 1;
            }
        }
        n += 1;
    }
    assert!(len == N, "the length is that of the texts");
    all
}
