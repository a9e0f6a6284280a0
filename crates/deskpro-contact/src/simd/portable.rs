//! Loops over a block, which compilers turn into the vector instructions of their target.

use super::Block;

/// Counts the bytes in front of the first one that is in `of`. Returns 16 where there is none.
#[inline(always)]
pub(super) fn before<const N: usize>(bytes: &Block, of: [u8; N]) -> usize {
    // 255 for each byte in `of`. Without a branch, the compiler tests all sixteen bytes at once.
    let marks =
        bytes.map(|byte| if of.iter().fold(false, |any, &own| any | (own == byte)) { 255 } else { 0 });
    (u128::from_le_bytes(marks).trailing_zeros() / u8::BITS) as usize
}

/// Copies `bytes` to `slots`, with `other` for each `one`.
#[inline(always)]
pub(super) fn replace(bytes: &Block, slots: &mut Block, one: u8, other: u8) {
    *slots = bytes.map(|byte| if byte == one { other } else { byte });
}

/// Returns a bit for each byte that is equal in both, the first byte's lowest.
#[inline(always)]
pub(super) fn same_bits(one: &Block, other: &Block) -> u32 {
    one.iter().zip(other).rev().fold(0, |bits, (one, other)| bits << 1 | u32::from(one == other))
}
