//! Hostile inputs. Each gets a clear exit status and message. Memory stays constant if the input exceeds a limit, and
//! is linear in the payload if it does not.
//!
//! The tests assert status, message and memory. They print how CPU time grows with four times the size, but do not
//! assert it: the machine may be busy.

mod compressed;
mod lines;
mod names;

use std::io::{Read as _, Write};
use std::thread;
use std::time::Duration;

use crate::harness::Workdir;
use crate::harness::running::{MIB, Running, assert_memory_bounded, memory_limit};

/// A time limit for slow runs of a debug build.
const LONG: Duration = Duration::from_secs(600);

/// The result of a run.
struct Outcome {
    args: String,
    code: Option<i32>,
    err: String,
    /// The length of the output.
    out: usize,
    /// The first bytes of the output, at most 100.
    start: Vec<u8>,
    /// The peak memory, in KiB.
    peak: u64,
    /// CPU time, in clock ticks.
    cpu: u64,
}

impl Outcome {
    #[track_caller]
    fn exits(self, code: i32, message: &str) -> Self {
        assert_eq!(self.code, Some(code), "convert {}\n{}", self.args, self.err);
        assert!(self.err.contains(message), "expected {message:?} in:\n{}", self.err);
        self
    }

    /// Asserts that memory stays below the limit of every run.
    #[track_caller]
    fn stays_flat(self) -> Self {
        assert_memory_bounded(&self.args, JOBS, self.peak);
        self
    }

    /// Asserts that memory exceeds that limit by at most `factor` bytes per byte of the payload.
    #[track_caller]
    fn stays_linear(self, bytes: usize, factor: u64) -> Self {
        let most = memory_limit(JOBS) + factor * bytes as u64 / 1024;
        let figures = format!(
            "convert {} used {} MiB for {} MiB of input, the limit is {} MiB",
            self.args,
            self.peak >> 10,
            bytes >> 20,
            most >> 10
        );
        eprintln!("{figures}");
        assert!(self.peak > 0 && self.peak < most, "{figures}");
        self
    }
}

const JOBS: u64 = 2;

/// Runs `convert` on an input that `feed` writes during the run.
fn attack(args: &str, feed: impl FnOnce(&mut dyn Write) -> std::io::Result<()> + Send) -> Outcome {
    let dir = Workdir::new();
    let args = format!("-j{JOBS} {args}");
    let mut running = Running::start(dir.command(&args), &args);
    let peak = running.watch();
    let id = running.child.id();
    let mut stdin = running.stdin();
    let mut stdout = running.child.stdout.take().unwrap();
    let mut stderr = running.child.stderr.take().unwrap();
    let (mut out, mut start, mut err) = (0, Vec::new(), String::new());
    thread::scope(|scope| {
        scope.spawn(move || {
            // The command may end before it has read everything.
            let _ = feed(&mut stdin);
        });
        scope.spawn(|| stderr.read_to_string(&mut err).unwrap());
        let mut space = vec![0; MIB];
        loop {
            match stdout.read(&mut space).unwrap() {
                0 => break,
                len => {
                    out += len;
                    start.extend_from_slice(&space[..len.min(100_usize.saturating_sub(start.len()))]);
                }
            }
        }
    });
    let peak = peak.join().unwrap();
    // The process has ended, but this test has not waited for it yet: its CPU times are still readable.
    let cpu = cpu(id);
    let code = running.ends_within(LONG).code();
    Outcome { args, code, err, out, start, peak, cpu }
}

/// The CPU time of a process so far, in clock ticks.
fn cpu(id: u32) -> u64 {
    let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
    let after_name = stat.rsplit_once(") ").map_or("", |(_, rest)| rest);
    after_name.split(' ').skip(11).take(2).filter_map(|ticks| ticks.parse::<u64>().ok()).sum()
}

/// Repeats a piece until `bytes` bytes are written.
fn repeat(to: &mut dyn Write, piece: &str, bytes: usize) -> std::io::Result<()> {
    let many = piece.repeat((MIB / piece.len().max(1)).max(1));
    let mut left = bytes;
    while left > 0 {
        let len = left.min(many.len());
        to.write_all(&many.as_bytes()[..len])?;
        left -= len;
    }
    Ok(())
}

pub(crate) const MILLION: usize = 1_000_000;

/// Prints the cost of four times the size. Asserts that memory grows at most linearly and the output with the input.
#[track_caller]
fn grows(what: &str, few: Outcome, many: Outcome) {
    let ratio = many.cpu as f64 / few.cpu.max(1) as f64;
    eprintln!(
        "{what}: {} and {} ticks, {ratio:.1} times for 4 times the size; {} and {} MiB",
        few.cpu,
        many.cpu,
        few.peak >> 10,
        many.peak >> 10
    );
    // Factor 8 instead of 4, because buffers grow by doubling. 32 MiB are for the process itself.
    assert!(many.peak < 8 * few.peak + (32 << 10), "{what}: {} KiB, then {} KiB", few.peak, many.peak);
    assert!(many.out > 3 * few.out, "{what}: the output has {} bytes, then {}", few.out, many.out);
}
