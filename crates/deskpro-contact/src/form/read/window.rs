//! Bytes of a payload, looked at sixteen at a time.

#[cfg(test)]
mod tests;

use crate::odds::{mostly, seldom};
use crate::simd::{Block, alike, before, replace};

/// As much of a prefix as is looked at at once.
type Head = [Block; 2];

const HEAD: usize = size_of::<Head>();

/// What stands behind a payload, where it is read and in the tree's buffer, so that a window is whole wherever it begins.
/// It ends a value, and no key has it.
pub(super) const PAD: [u8; HEAD] = [b'&'; HEAD];

/// What keys begin with, remembered.
#[derive(Clone, Debug)]
pub(super) struct Prefix {
    /// The first bytes.
    head: Head,
    whole: Box<[u8]>,
}

/// The first bytes of a text, where there are as many.
#[inline(always)]
fn head(text: &[u8]) -> Option<&Head> {
    text.as_chunks().0.first_chunk()
}

/// Whether a text that has a pad behind it begins with `whole`, which has these first bytes.
#[inline(always)]
fn begins(text: &[u8], own: &Head, whole: &[u8]) -> bool {
    let Some(head) = mostly(head(text)) else { return false };
    let alike = alike(head, own);
    alike >= whole.len() || seldom(alike == HEAD) && begins_with(text, whole)
}

/// The same of what is longer than is looked at at once. A call, for it would be put where each prefix is looked at.
#[cold]
#[inline(never)]
fn begins_with(text: &[u8], whole: &[u8]) -> bool {
    text.starts_with(whole)
}

impl Prefix {
    pub(super) fn new(whole: &[u8]) -> Self {
        let mut head = Head::default();
        head.as_flattened_mut().iter_mut().zip(whole).for_each(|(head, &byte)| *head = byte);
        Self { head, whole: whole.into() }
    }

    /// Whether a text that has a pad behind it begins so.
    #[inline(always)]
    pub(super) fn begins(&self, text: &[u8]) -> bool {
        begins(text, &self.head, &self.whole)
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.whole
    }
}

/// The same of what keys begin with in one payload, where it was sent.
#[derive(Clone, Copy)]
pub(super) struct Sent<'r> {
    head: &'r Head,
    whole: &'r [u8],
}

impl<'r> Sent<'r> {
    /// What no key begins with.
    pub(super) const NONE: Self = Self { head: &[[b'&'; 16]; 2], whole: &PAD };

    /// The first bytes of a text that has a pad behind it. None where it is not as long.
    #[inline(always)]
    pub(super) fn new(text: &'r [u8], len: usize) -> Option<Self> {
        Some(Self { head: head(text)?, whole: text.get(..len)? })
    }

    #[inline(always)]
    pub(super) fn begins(&self, text: &[u8]) -> bool {
        begins(text, self.head, self.whole)
    }

    pub(super) fn len(&self) -> usize {
        self.whole.len()
    }
}

/// How much is looked at at once, of all but prefixes.
pub(super) const WINDOW: usize = size_of::<Block>();

/// A text from its first byte on that does not stand for itself, a `%`, a `+` or a `&`. It has a pad behind it.
#[inline(always)]
pub(super) fn behind_plain(mut text: &[u8]) -> &[u8] {
    while let Some((window, behind)) = mostly(text.split_first_chunk()) {
        let plain = before(window, *b"&%+");
        if plain < WINDOW {
            return text.get(plain..).unwrap_or_default();
        }
        text = behind;
    }
    &[]
}

/// Says the bytes of a window, each `+` as a space, up to a `%` or a `&`. Returns how many they are; all are written over.
#[inline(always)]
pub(super) fn say(sent: &Block, said: &mut Block) -> usize {
    replace(sent, said, b'+', b' ');
    before(sent, *b"&%")
}
