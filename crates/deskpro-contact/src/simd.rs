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

/// Counts the bytes in front of the first one that is in `of`. Returns 16 where there is none.
#[inline(always)]
pub(crate) fn before<const N: usize>(bytes: &Block, of: [u8; N]) -> usize {
    arch::before(bytes, of)
}

/// Copies `bytes` to `slots`, with `other` for each `one`.
#[inline(always)]
pub(crate) fn replace(bytes: &Block, slots: &mut Block, one: u8, other: u8) {
    arch::replace(bytes, slots, one, other);
}
