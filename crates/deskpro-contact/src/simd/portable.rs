//! Loops over a block, which compilers turn into the vector instructions of their target.

use super::Block;

/// The position of the first byte that is one of `needles`; 16 if there is no such byte.
#[inline(always)]
pub(super) fn position_of_any<const N: usize>(bytes: &Block, needles: [u8; N]) -> usize {
    // `fold` has no early exit, so the compiler vectorizes the loop.
    let is_needle = |byte| needles.iter().fold(false, |any, &needle| any | (needle == byte));
    let marks = bytes.map(|byte| if is_needle(byte) { u8::MAX } else { 0 });
    (u128::from_le_bytes(marks).trailing_zeros() / u8::BITS) as usize
}

/// Copies `bytes` to `out`, and writes `to` for each byte `from`.
#[inline(always)]
pub(super) fn replace(bytes: &Block, out: &mut Block, from: u8, to: u8) {
    *out = bytes.map(|byte| if byte == from { to } else { byte });
}
