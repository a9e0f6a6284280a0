//! Bytes of a payload, looked at sixteen at a time.

#[cfg(test)]
mod tests;

use wide::u8x16;

/// How many bytes are looked at at once.
const WIDTH: usize = 16;
/// How much of a prefix is looked at at once.
const HEAD: usize = 2 * WIDTH;

/// What stands behind a payload in the tree's buffer, so that a window is whole wherever it begins in the payload.
/// It ends a value, and no key has it.
pub(super) const PAD: [u8; HEAD] = [b'&'; HEAD];

type Window = [u8; WIDTH];

/// What keys begin with: the first bytes of a text.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Prefix {
    head: [u8; HEAD],
    /// How many of them count.
    checked: u32,
}

impl Prefix {
    /// The start of a text.
    #[inline]
    pub(super) fn of(text: &[u8]) -> Self {
        let mut head = [0; HEAD];
        let len = match text.first_chunk() {
            Some(all) => {
                head = *all;
                HEAD
            }
            None => {
                head.iter_mut().zip(text).for_each(|(head, &byte)| *head = byte);
                text.len()
            }
        };
        Self { head, checked: len as u32 }
    }

    /// The same of a text that was sent with more behind it, of which only so many bytes are meant.
    #[inline]
    pub(super) fn cut(self, len: usize) -> Self {
        Self { checked: self.checked.min(len as u32), ..self }
    }

    /// Whether a text that has a pad behind it begins with `whole`, of which this is the prefix.
    #[inline(always)]
    pub(super) fn begins(&self, text: &[u8], whole: &[u8]) -> bool {
        let Some(head) = text.first_chunk::<HEAD>() else { return false };
        let (head, _) = head.as_chunks::<WIDTH>();
        let (own, _) = self.head.as_chunks::<WIDTH>();
        let same = match (head, own) {
            ([low, high], [own_low, own_high]) => same(low, own_low) | same(high, own_high) << WIDTH,
            _ => 0,
        };
        same.trailing_ones() >= self.checked && (whole.len() <= HEAD || text.starts_with(whole))
    }
}

/// A bit for each byte that is the same in both.
#[inline(always)]
fn same(one: &Window, other: &Window) -> u32 {
    u8x16::new(*one).simd_eq(u8x16::new(*other)).to_bitmask()
}

#[inline(always)]
fn window(text: &[u8], at: usize) -> Option<&Window> {
    text.get(at..)?.first_chunk()
}

/// How many of the first bytes of a text stand for themselves: those up to a `%`, a `+` or a `&`. It has a pad
/// behind it.
#[inline(always)]
pub(super) fn plain(text: &[u8]) -> usize {
    let mut len = 0_usize;
    while let Some(window) = window(text, len) {
        let window = u8x16::new(*window);
        let is = |byte| window.simd_eq(u8x16::splat(byte));
        let stops = (is(b'&') | is(b'%') | is(b'+')).to_bitmask();
        if stops != 0 {
            return len.wrapping_add(stops.trailing_zeros() as usize);
        }
        len = len.wrapping_add(WIDTH);
    }
    len
}

/// Moves bytes that stand for themselves from `from` to `to`, which is before it, and makes each `+` on the way a
/// space; up to a `%` or a `&`, and no more than a window. Returns how many they were. What stands behind them at
/// `to` is not touched: it may be another text already.
#[inline(always)]
pub(super) fn shift(text: &mut [u8], from: usize, to: usize) -> usize {
    const PLACES: Window = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15];
    let Some(sent) = window(text, from) else { return 0 };
    let sent = u8x16::new(*sent);
    let is = |byte| sent.simd_eq(u8x16::splat(byte));
    let said = is(b'+').bitselect(u8x16::splat(b' '), sent);
    let stops = (is(b'&') | is(b'%')).to_bitmask() | 1 << WIDTH;
    let len = stops.trailing_zeros();
    if let Some(slots) = text.get_mut(to..).and_then(<[u8]>::first_chunk_mut::<WIDTH>) {
        let behind = u8x16::splat(len as u8).saturating_sub(u8x16::new(PLACES)).simd_eq(u8x16::ZERO);
        *slots = behind.bitselect(u8x16::new(*slots), said).to_array();
    }
    len as usize
}
