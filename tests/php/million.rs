//! The long comparison with PHP: chunk after chunk, each with its own seed, and a line kept for each that holds.
//!
//! `.ci/php` runs it. A run that is stopped loses the chunk it was at; the next one goes on behind the last line. A
//! chunk that differs gets no line, so the same payloads are compared again until both sides agree.

use std::fs::OpenOptions;
use std::io::{Read, Seek, SeekFrom, Write};
use std::time::Instant;

use deskpro_contact::{Converter, Options, Source, Target};
use testkit::Rng;
use testkit::payloads::{self, Class};

use super::compare::Seen;

/// The payloads of a chunk: seconds of work, so that little is lost by a stop.
const CHUNK: [(Class, usize); 3] = [(Class::Plain, 15_000), (Class::Odd, 15_000), (Class::Hostile, 20_000)];

/// The first chunk's seed, far from those of the short comparisons.
const SEED: u64 = 1_000_000;

/// The payloads of the chunk with this seed.
fn chunk(seed: u64) -> Vec<Vec<u8>> {
    let mut rng = Rng::new(seed);
    let counts = CHUNK.iter().flat_map(|&(class, count)| std::iter::repeat_n(class, count));
    counts.map(|class| payloads::payload(&mut rng, class)).collect()
}

/// A chunk's counts as its line of the state.
fn line(seed: u64, build: &str, payloads: usize, [read, mapped, restored]: [Seen; 3]) -> String {
    let mut line = format!("seed={seed} build={build} payloads={payloads}");
    let counts = [
        ("read", read.compared),
        ("too-deep", read.too_deep),
        ("mapped", mapped.compared),
        ("rejected", mapped.rejected),
        ("restored", restored.compared),
        ("empty-array", restored.empty),
        ("differences", 0),
    ];
    let rules = read.rules.iter().map(|(rule, count)| (format!("{rule:?}"), *count));
    for (name, count) in counts.map(|(name, count)| (name.to_owned(), count)).into_iter().chain(rules) {
        line.push_str(&format!(" {name}={count}"));
    }
    line.push('\n');
    line
}

#[test]
#[ignore = "hours: `.ci/php` runs it"]
fn payloads_by_the_million_are_as_php_has_them() {
    let variable = |name: &str| std::env::var(name).unwrap_or_else(|_| panic!("{name}: set by .ci/php"));
    let wanted: usize = variable("PHP_RUN_PAYLOADS").parse().unwrap();
    let build = variable("PHP_RUN_BUILD");
    let path = variable("PHP_RUN_STATE");
    let mut state =
        OpenOptions::new().create(true).truncate(false).read(true).write(true).open(path).unwrap();
    let mut so_far = String::new();
    state.read_to_string(&mut so_far).unwrap();
    // A line that a stop cut short is no line.
    let whole = so_far.rfind('\n').map_or(0, |end| end + 1);
    state.set_len(whole as u64).unwrap();
    state.seek(SeekFrom::End(0)).unwrap();
    let a_chunk: usize = CHUNK.iter().map(|(_, count)| count).sum();
    for n in so_far[..whole].lines().count()..wanted.div_ceil(a_chunk) {
        let start = Instant::now();
        let seed = SEED + n as u64;
        let payloads = chunk(seed);
        let mut seen = [Seen::new(), Seen::new(), Seen::new()];
        let [read, mapped, restored] = &mut seen;
        read.read(&payloads);
        mapped.map(&payloads);
        restored.restore(&mut Converter::new(Options::new(Source::V2, Target::Form)), &payloads);
        if seen.iter().any(|seen| !seen.differences.is_empty()) {
            println!("the chunk with seed {seed} differs");
            seen.into_iter().for_each(|seen| seen.differences.assert_none(a_chunk));
            return;
        }
        state.write_all(line(seed, &build, a_chunk, seen).as_bytes()).unwrap();
        println!("{} of {wanted} payloads, the last {a_chunk} in {:.1?}", (n + 1) * a_chunk, start.elapsed());
    }
}
