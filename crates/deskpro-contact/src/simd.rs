//! Operations on blocks of sixteen bytes: vector instructions on x86-64, portable code elsewhere.
//!
//! Both implementations offer the same functions. On x86-64 the tests build the portable one too and compare them.

#[cfg(any(test, not(target_arch = "x86_64")))]
mod portable;
#[cfg(test)]
mod tests;
#[cfg(target_arch = "x86_64")]
mod x86_64;

#[cfg(not(target_arch = "x86_64"))]
use self::portable as arch;
#[cfg(target_arch = "x86_64")]
use self::x86_64 as arch;

pub(crate) type Block = [u8; 16];

/// The position of the first byte that is one of `needles`; 16 if there is no such byte.
#[inline(always)]
pub(crate) fn position_of_any<const N: usize>(bytes: &Block, needles: [u8; N]) -> usize {
    arch::position_of_any(bytes, needles)
}

/// Copies `bytes` to `out`, and writes `to` for each byte `from`.
#[inline(always)]
pub(crate) fn replace(bytes: &Block, out: &mut Block, from: u8, to: u8) {
    arch::replace(bytes, out, from, to);
}
