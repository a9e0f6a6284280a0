//! Sixteen bytes at a time.

#[cfg(test)]
mod tests;

#[cfg(target_arch = "x86_64")]
use safe_arch::{
    bitand_m128i, bitor_m128i, bitxor_m128i, cmp_eq_mask_i8_m128i, load_unaligned_m128i, move_mask_i8_m128i,
    set_splat_i8_m128i, store_unaligned_m128i, zeroed_m128i,
};

pub(crate) type Sixteen = [u8; 16];

/// How many of the first bytes there are before one of these; 16 where there is none.
#[cfg(target_arch = "x86_64")]
#[inline(always)]
pub(crate) fn before<const N: usize>(bytes: &Sixteen, of: [u8; N]) -> usize {
    let bytes = load_unaligned_m128i(bytes);
    let marks = of.iter().fold(zeroed_m128i(), |marks, &byte| {
        bitor_m128i(marks, cmp_eq_mask_i8_m128i(bytes, set_splat_i8_m128i(byte.cast_signed())))
    });
    (move_mask_i8_m128i(marks).cast_unsigned() | 1 << Sixteen::default().len()).trailing_zeros() as usize
}

/// The same, where the compiler finds the instructions by itself.
#[cfg(not(target_arch = "x86_64"))]
#[inline(always)]
pub(crate) fn before<const N: usize>(bytes: &Sixteen, of: [u8; N]) -> usize {
    before_such(bytes, |byte| of.iter().fold(false, |any, &own| any | (own == byte)))
}

/// Copies bytes, and puts `other` wherever `one` stands.
#[cfg(target_arch = "x86_64")]
#[inline(always)]
pub(crate) fn replace(bytes: &Sixteen, slots: &mut Sixteen, one: u8, other: u8) {
    let bytes = load_unaligned_m128i(bytes);
    let at = cmp_eq_mask_i8_m128i(bytes, set_splat_i8_m128i(one.cast_signed()));
    let change = set_splat_i8_m128i((one ^ other).cast_signed());
    store_unaligned_m128i(slots, bitxor_m128i(bytes, bitand_m128i(at, change)));
}

/// The same, where the compiler finds the instructions by itself.
#[cfg(not(target_arch = "x86_64"))]
#[inline(always)]
pub(crate) fn replace(bytes: &Sixteen, slots: &mut Sixteen, one: u8, other: u8) {
    *slots = bytes.map(|byte| if byte == one { other } else { byte });
}

/// How many of the first bytes are the same in both.
#[inline(always)]
pub(crate) fn alike<const N: usize>(one: &[Sixteen; N], other: &[Sixteen; N]) -> usize {
    const { assert!(N < 4, "a bit for each byte, and one above them") };
    let each = one.iter().zip(other).rev();
    let same = each.fold(0_u64, |same, (one, other)| same << one.len() | u64::from(same_bits(one, other)));
    (!same).trailing_zeros() as usize
}

/// A bit for each byte that is the same in both.
#[cfg(target_arch = "x86_64")]
#[inline(always)]
fn same_bits(one: &Sixteen, other: &Sixteen) -> u32 {
    let same = cmp_eq_mask_i8_m128i(load_unaligned_m128i(one), load_unaligned_m128i(other));
    move_mask_i8_m128i(same).cast_unsigned()
}

#[cfg(not(target_arch = "x86_64"))]
#[inline(always)]
fn same_bits(one: &Sixteen, other: &Sixteen) -> u32 {
    one.iter().zip(other).rev().fold(0, |bits, (one, other)| bits << 1 | u32::from(one == other))
}

/// The same, before one for which it holds. `is` looks at a byte without a branch, `|` rather than `||`: then all are
/// looked at at once.
#[inline(always)]
pub(crate) fn before_such(bytes: &Sixteen, is: impl Fn(u8) -> bool) -> usize {
    let mut marks = Sixteen::default();
    marks.iter_mut().zip(bytes).for_each(|(mark, &byte)| *mark = if is(byte) { 255 } else { 0 });
    before_marked(&marks)
}

/// How many of the first bytes are 0 before one that is 255.
#[cfg(target_arch = "x86_64")]
#[inline(always)]
fn before_marked(marks: &Sixteen) -> usize {
    let marks = move_mask_i8_m128i(load_unaligned_m128i(marks)).cast_unsigned();
    (marks | 1 << Sixteen::default().len()).trailing_zeros() as usize
}

#[cfg(not(target_arch = "x86_64"))]
#[inline(always)]
fn before_marked(marks: &Sixteen) -> usize {
    (u128::from_le_bytes(*marks).trailing_zeros() >> 3) as usize
}
