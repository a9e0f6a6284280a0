//! Bytes of a payload, looked at sixteen at a time.

#[cfg(test)]
mod tests;

use crate::odds::{mostly, seldom};
use crate::sixteen::{Sixteen, before};

/// How much of a prefix is looked at at once.
const HEAD: usize = 2 * size_of::<Sixteen>();

/// What stands behind a payload, where it is read and in the tree's buffer, so that a window is whole wherever it begins.
/// It ends a value, and no key has it.
pub(super) const PAD: [u8; HEAD] = [b'&'; HEAD];

/// What keys begin with, remembered.
#[derive(Clone, Debug)]
pub(super) struct Prefix {
    /// The first bytes.
    head: [u8; HEAD],
    counts: &'static Counts,
    whole: Box<[u8]>,
}

/// Of the first bytes of a prefix, 255 for each that counts, 0 for the others.
type Counts = [u8; HEAD];

fn counts(len: usize) -> &'static Counts {
    static COUNTS: [Counts; 2] = [[255; HEAD], [0; HEAD]];
    let counts = COUNTS.as_flattened().get(HEAD.saturating_sub(len)..).unwrap_or_default();
    counts.first_chunk().unwrap_or(&[0; HEAD])
}

/// Whether a text that has a pad behind it begins with `whole`, which has these first bytes.
#[inline(always)]
fn begins(text: &[u8], head: &[u8; HEAD], counts: &Counts, whole: &[u8]) -> bool {
    let Some(first) = mostly(text.first_chunk::<HEAD>()) else { return false };
    let pairs = first.iter().zip(head).zip(counts);
    let differs = pairs.fold(0, |any, ((&byte, &own), &counts)| any | (byte ^ own) & counts);
    differs == 0 && (!seldom(whole.len() > HEAD) || text.starts_with(whole))
}

impl Prefix {
    pub(super) fn new(whole: &[u8]) -> Self {
        let mut head = [0; HEAD];
        head.iter_mut().zip(whole).for_each(|(head, &byte)| *head = byte);
        Self { head, counts: counts(whole.len()), whole: whole.into() }
    }

    /// Whether a text that has a pad behind it begins so.
    #[inline(always)]
    pub(super) fn begins(&self, text: &[u8]) -> bool {
        begins(text, &self.head, self.counts, &self.whole)
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.whole
    }
}

/// The same of what keys begin with in one payload, where it was sent.
#[derive(Clone, Copy)]
pub(super) struct Sent<'r> {
    head: &'r [u8; HEAD],
    counts: &'static Counts,
    whole: &'r [u8],
}

impl<'r> Sent<'r> {
    /// What no key begins with.
    pub(super) const NONE: Self = Self { head: &PAD, counts: &[255; HEAD], whole: &PAD };

    /// The first bytes of a text that has a pad behind it. None where it is not as long.
    #[inline(always)]
    pub(super) fn new(text: &'r [u8], len: usize) -> Option<Self> {
        Some(Self { head: text.first_chunk()?, counts: counts(len), whole: text.get(..len)? })
    }

    #[inline(always)]
    pub(super) fn begins(&self, text: &[u8]) -> bool {
        begins(text, self.head, self.counts, self.whole)
    }

    pub(super) fn len(&self) -> usize {
        self.whole.len()
    }
}

#[inline(always)]
fn window(text: &[u8], at: usize) -> Option<&Sixteen> {
    mostly(text.get(at..)?.first_chunk())
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
    let slots = mostly(said.get_mut(to..).and_then(<[u8]>::first_chunk_mut));
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
