//! Implementation with SSE2 instructions, which every x86-64 processor has.

use safe_arch::{
    bitand_m128i, bitor_m128i, bitxor_m128i, cmp_eq_mask_i8_m128i, load_unaligned_m128i, move_mask_i8_m128i,
    set_splat_i8_m128i, store_unaligned_m128i, zeroed_m128i,
};

use super::Block;

/// The bit above the mask of sixteen bits. It makes the result 16 if no byte matches.
const END: u32 = 1 << size_of::<Block>();

/// The position of the first byte that is one of `needles`; 16 if there is no such byte.
#[inline(always)]
pub(super) fn position_of_any<const N: usize>(bytes: &Block, needles: [u8; N]) -> usize {
    let bytes = load_unaligned_m128i(bytes);
    let marks = needles.iter().fold(zeroed_m128i(), |marks, &byte| {
        bitor_m128i(marks, cmp_eq_mask_i8_m128i(bytes, set_splat_i8_m128i(byte.cast_signed())))
    });
    (move_mask_i8_m128i(marks).cast_unsigned() | END).trailing_zeros() as usize
}

/// Copies `bytes` to `out`, and writes `to` for each byte `from`.
#[inline(always)]
pub(super) fn replace(bytes: &Block, out: &mut Block, from: u8, to: u8) {
    let bytes = load_unaligned_m128i(bytes);
    let matches = cmp_eq_mask_i8_m128i(bytes, set_splat_i8_m128i(from.cast_signed()));
    let change = set_splat_i8_m128i((from ^ to).cast_signed());
    store_unaligned_m128i(out, bitxor_m128i(bytes, bitand_m128i(matches, change)));
}
