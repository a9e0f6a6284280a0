//! The long comparison with PHP, in chunks. Each chunk has its own seed and, if both sides agree, a line in a state
//! file.
//!
//! `.ci/php` runs it. A stopped run loses its current chunk; the next run continues after the last line. A chunk that
//! differs gets no line, so that the same payloads are compared again until both sides agree.

use std::fs::OpenOptions;
use std::io::{Read, Seek, SeekFrom, Write};
use std::time::Instant;

use deskpro_contact::{Converter, Options, Source, Target};
use testkit::Rng;
use testkit::payloads::{self, Class};

use super::compare::Seen;

/// The number of payloads of each class in a chunk: seconds of work, so that a stop loses little.
const CHUNK: [(Class, usize); 3] = [(Class::Plain, 15_000), (Class::Odd, 15_000), (Class::Hostile, 20_000)];

/// The first chunk's seed, far from those of the short comparisons.
const SEED: u64 = 1_000_000;

/// The payloads of the chunk with this seed.
fn chunk(seed: u64) -> Vec<Vec<u8>> {
    let mut rng = Rng::new(seed);
    let counts = CHUNK.iter().flat_map(|&(class, count)| std::iter::repeat_n(class, count));
    counts.map(|class| payloads::payload(&mut rng, class)).collect()
}

/// The line of a chunk in the state file: its counts.
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
#[ignore = "takes hours: `.ci/php` runs it"]
fn millions_of_payloads_match_php() {
    let variable = |name: &str| std::env::var(name).unwrap_or_else(|_| panic!("{name}: set by .ci/php"));
    let wanted: usize = variable("PHP_RUN_PAYLOADS").parse().unwrap();
    let build = variable("PHP_RUN_BUILD");
    let path = variable("PHP_RUN_STATE");
    let mut state =
        OpenOptions::new().create(true).truncate(false).read(true).write(true).open(path).unwrap();
    let mut so_far = String::new();
    state.read_to_string(&mut so_far).unwrap();
    // Drop a last line that a stop left incomplete.
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
