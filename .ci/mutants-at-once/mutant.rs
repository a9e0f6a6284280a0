//! Which mutant runs: the number in the variable `MUTANT`. With `MUTANTS_REACHED`, none runs, and each number that is
//! asked for is appended to that file.

use std::io::Write as _;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering::Relaxed};

const RECORDING: u32 = u32::MAX - 1;
const UNKNOWN: u32 = u32::MAX;
static CHOSEN: AtomicU32 = AtomicU32::new(UNKNOWN);
static REACHED: [AtomicBool; COUNT] = [const { AtomicBool::new(false) }; COUNT];

#[inline(always)]
pub(crate) fn is(number: u32) -> bool {
    let chosen = CHOSEN.load(Relaxed);
    chosen == number || chosen >= RECORDING && begin_or_record(number)
}

#[cold]
fn begin_or_record(number: u32) -> bool {
    let file = std::env::var_os("MUTANTS_REACHED");
    if CHOSEN.load(Relaxed) == UNKNOWN {
        let chosen = std::env::var("MUTANT").map_or(COUNT as u32, |number| number.parse().unwrap());
        CHOSEN.store(if file.is_some() { RECORDING } else { chosen }, Relaxed);
        return is(number);
    }
    if !REACHED[number as usize].swap(true, Relaxed) {
        let file = std::fs::OpenOptions::new().create(true).append(true).open(file.unwrap());
        file.unwrap().write_all(format!("{number}\n").as_bytes()).unwrap();
    }
    false
}

/// For functions that return `impl Iterator`.
pub(crate) fn either<A: Iterator, B: Iterator<Item = A::Item>>(
    number: u32,
    mutant: impl FnOnce() -> B,
    original: impl FnOnce() -> A,
) -> impl Iterator<Item = A::Item> {
    let (one, other) = if is(number) { (Some(mutant()), None) } else { (None, Some(original())) };
    one.into_iter().flatten().chain(other.into_iter().flatten())
}
