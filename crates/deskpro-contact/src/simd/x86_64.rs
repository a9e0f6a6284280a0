//! The SSE2 instructions that every x86-64 processor has.

use safe_arch::{
    bitand_m128i, bitor_m128i, bitxor_m128i, cmp_eq_mask_i8_m128i, load_unaligned_m128i, move_mask_i8_m128i,
    set_splat_i8_m128i, store_unaligned_m128i, zeroed_m128i,
};

use super::Block;

/// A bit above those of the sixteen bytes: the position that is returned where no byte matches.
const END: u32 = 1 << size_of::<Block>();

/// Counts the bytes in front of the first one that is in `of`. Returns 16 where there is none.
#[inline(always)]
pub(super) fn before<const N: usize>(bytes: &Block, of: [u8; N]) -> usize {
    let bytes = load_unaligned_m128i(bytes);
    let marks = of.iter().fold(zeroed_m128i(), |marks, &byte| {
        bitor_m128i(marks, cmp_eq_mask_i8_m128i(bytes, set_splat_i8_m128i(byte.cast_signed())))
    });
    (move_mask_i8_m128i(marks).cast_unsigned() | END).trailing_zeros() as usize
}

/// Copies `bytes` to `slots`, with `other` for each `one`.
#[inline(always)]
pub(super) fn replace(bytes: &Block, slots: &mut Block, one: u8, other: u8) {
    let bytes = load_unaligned_m128i(bytes);
    let at = cmp_eq_mask_i8_m128i(bytes, set_splat_i8_m128i(one.cast_signed()));
    let change = set_splat_i8_m128i((one ^ other).cast_signed());
    store_unaligned_m128i(slots, bitxor_m128i(bytes, bitand_m128i(at, change)));
}
