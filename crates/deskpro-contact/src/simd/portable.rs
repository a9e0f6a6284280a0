//! Loops over a block, which compilers turn into the vector instructions of their target.

use super::Block;

/// Counts the bytes in front of the first one that is in `of`. Returns 16 where there is none.
#[inline(always)]
pub(super) fn before<const N: usize>(bytes: &Block, of: [u8; N]) -> usize {
    // Without a branch, the compiler looks at all sixteen bytes at once.
    let is_one = |byte| of.iter().fold(false, |any, &own| any | (own == byte));
    let marks = bytes.map(|byte| if is_one(byte) { u8::MAX } else { 0 });
    (u128::from_le_bytes(marks).trailing_zeros() / u8::BITS) as usize
}

/// Copies `bytes` to `slots`, with `other` for each `one`.
#[inline(always)]
pub(super) fn replace(bytes: &Block, slots: &mut Block, one: u8, other: u8) {
    *slots = bytes.map(|byte| if byte == one { other } else { byte });
}
