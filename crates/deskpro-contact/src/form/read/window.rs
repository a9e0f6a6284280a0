//! Bytes of a payload, looked at sixteen at a time.

#[cfg(test)]
mod tests;

use crate::sixteen::{Sixteen, before};

/// How much of a prefix is looked at at once.
const HEAD: usize = 2 * size_of::<Sixteen>();

/// What stands behind a payload in the tree's buffer, so that a window is whole wherever it begins in the payload.
/// It ends a value, and no key has it.
pub(super) const PAD: [u8; HEAD] = [b'&'; HEAD];

/// What keys begin with: the first bytes of a text.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Prefix {
    head: [u8; HEAD],
    /// 255 for each of them that counts, 0 for the others.
    counts: [u8; HEAD],
}

impl Prefix {
    /// The start of a text.
    pub(super) fn of(text: &[u8]) -> Self {
        let mut head = [0; HEAD];
        head.iter_mut().zip(text).for_each(|(head, &byte)| *head = byte);
        Self::of_sent(&head, text.len())
    }

    /// The same of a text that was sent with more behind it, of which only so many bytes are meant.
    #[inline]
    pub(super) fn of_sent(text: &[u8], len: usize) -> Self {
        const COUNTS: [[u8; HEAD]; 2] = [[255; HEAD], [0; HEAD]];
        let first = |text: &[u8]| text.first_chunk().copied().unwrap_or_default();
        let counts = COUNTS.as_flattened().get(HEAD.saturating_sub(len)..).unwrap_or_default();
        Self { head: first(text), counts: first(counts) }
    }

    /// Whether a text that has a pad behind it begins with `whole`, of which this is the prefix.
    #[inline(always)]
    pub(super) fn begins(&self, text: &[u8], whole: &[u8]) -> bool {
        let Some(text_head) = text.first_chunk::<HEAD>() else { return false };
        let pairs = text_head.iter().zip(&self.head).zip(&self.counts);
        let differs = pairs.fold(0, |any, ((&byte, &own), &counts)| any | (byte ^ own) & counts);
        differs == 0 && (whole.len() <= HEAD || text.starts_with(whole))
    }
}

#[inline(always)]
fn window(text: &[u8], at: usize) -> Option<&Sixteen> {
    text.get(at..)?.first_chunk()
}

/// How many of the first bytes of a text stand for themselves: those up to a `%`, a `+` or a `&`. It has a pad
/// behind it.
#[inline(always)]
pub(super) fn plain(text: &[u8]) -> usize {
    let mut len = 0_usize;
    while let Some(window) = window(text, len) {
        let plain = before(window, *b"&%+");
        len = len.wrapping_add(plain);
        if plain < window.len() {
            break;
        }
    }
    len
}

/// Says the bytes of `sent` from a place on, each `+` as a space, from `to` on, which is no further: up to a `%` or a `&`,
/// and no more than a window. Returns how many they are; as many as a window has are written over.
#[inline(always)]
pub(super) fn say(sent: &[u8], from: usize, said: &mut [u8], to: usize) -> usize {
    let slots = said.get_mut(to..).and_then(<[u8]>::first_chunk_mut);
    let (Some(window), Some(slots)) = (window(sent, from), slots) else { return 0 };
    *slots = window.map(|byte| if byte == b'+' { b' ' } else { byte });
    before(window, *b"&%")
}

/// Copies a window to the same place.
#[inline(always)]
pub(super) fn copy(sent: &[u8], said: &mut [u8], at: usize) {
    let slots = said.get_mut(at..).and_then(<[u8]>::first_chunk_mut);
    if let (Some(window), Some(slots)) = (window(sent, at), slots) {
        *slots = *window;
    }
}
