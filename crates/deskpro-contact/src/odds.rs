//! What mostly comes, for the compiler to know. Code that is seldom run is put behind all that is run, so that what is
//! run for every payload takes less room: it has to stay in the processor's nearest cache, which is hardly larger.

use std::hint::cold_path;

/// A value that is mostly there.
#[inline(always)]
pub(crate) fn mostly<T>(value: Option<T>) -> Option<T> {
    if value.is_none() {
        cold_path();
    }
    value
}

/// A value that is seldom met.
#[inline(always)]
pub(crate) fn rare<T>(value: T) -> T {
    cold_path();
    value
}

/// A condition that seldom holds.
#[inline(always)]
pub(crate) fn seldom(holds: bool) -> bool {
    if holds {
        cold_path();
    }
    holds
}
