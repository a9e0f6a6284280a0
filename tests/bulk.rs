//! Long runs, and what may become of them: compressed inputs, memory, a kill, a signal, a full disk, a slow neighbour.
//!
//! Nothing here is asserted to be fast, for the machine may be busy: a run that ends late enough to fail hangs.

use std::fs::{self, File};
use std::io::{BufRead as _, BufReader, Read, Write};
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use assert_cmd::cargo::cargo_bin;
use flate2::write::GzEncoder;
use flate2::{Compress, Compression, Crc, FlushCompress};
use serde_json::Value;

use crate::cli::{BAD, COMMENT, Place, Run, WEBSITE, WEBSITE_V2};
use crate::cli_lines::{fed, mixed, timeless};

/// A program that does not come to it in this time never will.
pub(crate) const EVER: Duration = Duration::from_secs(30);
/// How long a signal may take; 200 ms are promised, and the machine may be busy.
const PROMPT: Duration = Duration::from_secs(2);
pub(crate) const MIB: usize = 1 << 20;

/// The most that a run may take: 32 MiB and 4 MiB a thread, in KiB.
pub(crate) fn most_memory(jobs: u64) -> u64 {
    (32 + 4 * jobs) << 10
}

/// A `convert` that runs. It ends with its test, whatever becomes of that.
pub(crate) struct Running {
    args: String,
    pub(crate) child: Child,
}

impl Running {
    #[track_caller]
    pub(crate) fn start(mut command: Command, args: &str) -> Self {
        Self { args: args.to_owned(), child: command.spawn().unwrap() }
    }

    pub(crate) fn stdin(&mut self) -> ChildStdin {
        self.child.stdin.take().unwrap()
    }

    fn signal(&self, name: &str) {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args([&format!("-{name}"), &id]).status().unwrap().success());
    }

    /// The most memory it has taken so far, in KiB. None when it has ended.
    fn peak(&self) -> Option<u64> {
        peak(self.child.id())
    }

    /// The most memory it takes until it ends, in KiB. It is waited for only after that, so that its id stays its own.
    pub(crate) fn watch(&self) -> JoinHandle<u64> {
        let id = self.child.id();
        // The first look is at once: what ends soon is over before the thread begins.
        let mut most = peak(id).unwrap_or_default();
        thread::spawn(move || {
            while let Some(now) = peak(id) {
                most = now;
                thread::sleep(Duration::from_millis(3));
            }
            most
        })
    }

    /// Its end, which must come within some time.
    #[track_caller]
    pub(crate) fn ends_within(&mut self, time: Duration) -> ExitStatus {
        let begun = Instant::now();
        loop {
            match self.child.try_wait().unwrap() {
                Some(status) => return status,
                None if begun.elapsed() > time => {
                    panic!("convert {} goes on for more than {time:?}", self.args)
                }
                None => thread::sleep(Duration::from_millis(2)),
            }
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn peak(id: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{id}/status")).ok()?;
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    peak.trim().trim_end_matches(" kB").parse().ok()
}

/// Says how much a run took, and that it may not take more than is promised.
#[track_caller]
pub(crate) fn is_bounded(args: &str, jobs: u64, peak: u64) {
    let figures =
        format!("convert {args} took {:.1} MiB of {} MiB", peak as f64 / 1024.0, most_memory(jobs) >> 10);
    eprintln!("{figures}");
    assert!(peak > 0, "{args} was not measured");
    assert!(peak < most_memory(jobs), "{figures}");
}

#[track_caller]
fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < EVER, "never: {what}");
        thread::sleep(Duration::from_millis(2));
    }
}

/// Feeds the same bytes again and again, until nobody reads them.
pub(crate) fn feed_forever(mut to: ChildStdin, piece: impl AsRef<[u8]> + Send + 'static) -> JoinHandle<()> {
    thread::spawn(move || while to.write_all(piece.as_ref()).is_ok() {})
}

fn names(place: &Place) -> Vec<String> {
    let entries = fs::read_dir(place.path("")).unwrap();
    let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// How much was written beside the final names.
fn written(place: &Place) -> u64 {
    let beside = names(place).into_iter().filter(|name| name.starts_with('.'));
    beside.map(|name| fs::metadata(place.path(&name)).map_or(0, |there| there.len())).sum()
}

fn make_pipe(place: &Place, name: &str) {
    assert!(Command::new("mkfifo").arg(place.path(name)).status().unwrap().success());
}

/// A status as a shell gives it.
fn as_shell(status: ExitStatus) -> Option<i32> {
    status.code().or(status.signal().map(|signal| 128 + signal))
}

#[track_caller]
fn summary(place: &Place) -> Value {
    let summary: Value = serde_json::from_str(&place.text("s")).unwrap();
    let of = |name: &str| summary[name].as_u64().unwrap();
    assert_eq!(of("lines"), of("converted") + of("rejected"), "{summary}");
    summary
}

pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn zstd(bytes: &[u8]) -> Vec<u8> {
    zstd::encode_all(bytes, 1).unwrap()
}

/// A frame that a reader of zstd skips, with one of the sixteen numbers that it may have.
fn skipped(bytes: &[u8], number: u8) -> Vec<u8> {
    let len = u32::try_from(bytes.len()).unwrap();
    [&[0x50 + number, 0x2a, 0x4d, 0x18], &len.to_le_bytes()[..], bytes].concat()
}

/// So many MiB of `a`, as one gzip member that is made without writing them.
fn gzip_bomb(mib: usize) -> Vec<u8> {
    let plain = vec![b'a'; MIB];
    // A full flush forgets what came before and ends at a byte, so that the piece may be repeated.
    let mut piece = Vec::with_capacity(MIB);
    Compress::new(Compression::best(), false).compress_vec(&plain, &mut piece, FlushCompress::Full).unwrap();
    let mut one = Crc::new();
    one.update(&plain);
    let mut all = Crc::new();
    let mut bytes = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
    for _ in 0..mib {
        bytes.extend_from_slice(&piece);
        all.combine(&one);
    }
    bytes.extend_from_slice(&[3, 0]); // the last block, empty
    bytes.extend_from_slice(&all.sum().to_le_bytes());
    bytes.extend_from_slice(&all.amount().to_le_bytes());
    bytes
}

/// One zstd frame with a window of 2^`log` bytes: so many times `start`, 128 KiB of `a`, and `end`.
fn zstd_frame(log: u8, times: usize, start: &str, end: &str) -> Vec<u8> {
    let mut bytes = vec![0x28, 0xb5, 0x2f, 0xfd, 0, (log - 10) << 3];
    let mut block = |kind: usize, len: usize, is_last: bool, content: &[u8]| {
        bytes.extend_from_slice(&(len << 3 | kind << 1 | usize::from(is_last)).to_le_bytes()[..3]);
        bytes.extend_from_slice(content);
    };
    for _ in 0..times {
        block(0, start.len(), false, start.as_bytes());
        block(1, 128 << 10, false, b"a");
        block(0, end.len(), false, end.as_bytes());
    }
    block(0, 0, true, b"");
    bytes
}

#[test]
fn threads_files_pipes_and_compression_change_no_byte() {
    let place = Place::new();
    let plain = mixed();
    let (start, end) = plain.split_at(plain.len() / 3 + 1);
    let inputs = [
        ("gzip", gzip(&plain)),
        ("zstd", zstd(&plain)),
        ("gzip twice", [gzip(start), gzip(b""), gzip(end)].concat()),
        ("zstd twice", [zstd(start), zstd(end)].concat()),
        ("gzip, padded", [gzip(&plain), vec![0; 100_000]].concat()),
        ("gzip, a zero", [gzip(&plain), vec![0]].concat()),
        ("zstd behind what is skipped", [skipped(b"", 0), skipped(b"index", 15), zstd(&plain)].concat()),
        ("plain", plain),
    ];
    let args = "--max-payload 5000 --losses l --rejects r --summary s";
    let kept = |run: Run| (run.out, run.err, ["l", "r", "s"].map(|name| timeless(place.bytes(name))));
    let expected = kept(place.run(&format!("{args} -j1"), &inputs[inputs.len() - 1].1).exits(1));
    assert!(expected.2[0].len() > 100_000 && expected.2[1].len() > 10_000);
    for (name, input) in &inputs {
        place.write("in", input);
        for jobs in [1, 2, 3, 8] {
            let args = format!("{args} -j {jobs}");
            // Not `assert_eq`: nobody reads megabytes.
            let is_same = |run: Run| kept(run.exits(1)) == expected;
            assert!(is_same(place.run(&format!("{args} in"), "")), "{name}, a file, {jobs} threads");
            if name.ends_with("twice") {
                // Each byte of the second member's start comes alone, too.
                let piece = [997, 1, 10_007, 255][jobs % 4].max(if jobs == 1 { 1 } else { 97 });
                assert!(is_same(fed(&place, &args, input, piece)), "{name} by {piece}, {jobs} threads");
            } else {
                assert!(is_same(place.run(&args, input)), "{name}, a pipe, {jobs} threads");
            }
        }
    }
}

#[test]
fn a_compressed_input_that_is_cut_or_damaged_is_74_and_names_it() {
    let place = Place::new();
    let plain = format!("{WEBSITE}\n").repeat(4_000);
    let expected = format!("{WEBSITE_V2}\n").repeat(4_000);
    let once = gzip(plain.as_bytes());
    let frame = zstd(plain.as_bytes());
    let cut = |bytes: &[u8], at: usize| bytes[..at].to_vec();
    let mut wrong = once.clone();
    wrong[once.len() - 6] ^= 1;
    let inputs = [
        ("two bytes", cut(&once, 2)),
        ("header", cut(&once, 7)),
        ("half", cut(&once, once.len() / 2)),
        ("no sum", cut(&once, once.len() - 8)),
        ("half a sum", cut(&once, once.len() - 3)),
        ("wrong sum", wrong),
        ("second member", [&once[..], &once[..once.len() / 2]].concat()),
        ("second header", [&once[..], &once[..5]].concat()),
        ("more behind", [&once[..], b"name=Jo\n"].concat()),
        ("more behind zeros", [&once[..], &[0; 9], b"name=Jo\n"].concat()),
        ("another behind zeros", [&once[..], &[0; 9], &once[..]].concat()),
        ("zeros for an end", [&once[..once.len() - 4], &[0; 9]].concat()),
        ("zstd magic", cut(&frame, 4)),
        ("zstd half", cut(&frame, frame.len() / 2)),
        ("zstd end", cut(&frame, frame.len() - 1)),
        ("zstd second", [&frame[..], &frame[..9]].concat()),
        ("zstd skipped", cut(&skipped(b"index", 3), 10)),
        ("zstd behind what is skipped", [skipped(b"index", 3), cut(&frame, frame.len() / 2)].concat()),
    ];
    for (name, input) in inputs {
        place.write("in.gz", &input);
        for jobs in ["-j1", "-j3"] {
            let run = place.run(&format!("{jobs} -o o --losses l --rejects r --summary s in.gz"), "");
            run.exits(74).says("convert: cannot read in.gz: ");
            assert_eq!(names(&place), ["in.gz"], "{name}, {jobs}");
            let run = place.run(&format!("{jobs} -o o"), &input);
            run.exits(74).says("convert: cannot read standard input: ");
            assert_eq!(names(&place), ["in.gz"], "{name}, {jobs}");
            // What came before is converted, up to a line's end.
            let run = place.run(&format!("{jobs} in.gz"), "").exits(74);
            let is_start = expected.starts_with(run.text()) || run.text().starts_with(&expected);
            assert!(is_start && (run.out.is_empty() || run.out.ends_with(b"\n")), "{name}, {jobs}");
        }
    }
}

#[test]
fn the_limit_counts_what_comes_out() {
    let place = Place::new();
    let short = "a=b";
    let long = format!("a={}", "b".repeat(1000));
    for compress in [gzip, zstd] {
        // Longer than the limit as it comes, not as it is read.
        let input = compress(format!("{short}\n").as_bytes());
        assert!(input.len() > 10);
        place.run("--max-payload 10 --rejects r", &input).exits(0);
        // And the other way round.
        let input = compress(format!("{short}\n{long}\n{short}\n").as_bytes());
        assert!(input.len() < 500);
        let run = place.run("--max-payload 500 --rejects r --summary s", &input).exits(1);
        assert_eq!(run.lines(), [r#"{"a":"b","contact_data":{}}"#; 2]);
        run.says("line 2: expected at most 500 bytes, found 1002 bytes");
        assert_eq!(place.text("r"), format!("{long}\n"));
        assert_eq!(summary(&place)["lines"], 3);
    }
}

/// Runs on a line of so many MiB that is over the limit.
#[track_caller]
fn bomb(args: &str, jobs: u64, input: &[u8], mib: usize) {
    let place = Place::new();
    place.write("in", input);
    let args = format!("-j{jobs} {args} --losses l --rejects /dev/null in");
    let mut running = Running::start(place.command(&args), &args);
    let peak = running.watch().join().unwrap();
    let mut said = String::new();
    running.child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    assert_eq!(running.ends_within(EVER).code(), Some(1), "{said}");
    assert!(said.contains(&format!("found {} bytes", mib * MIB)), "{said}");
    assert_eq!(place.text("l").lines().count(), 2);
    is_bounded(&args, jobs, peak);
}

#[test]
fn a_gzip_bomb_is_one_line_too_long() {
    // A debug build takes ten seconds for a GiB. That there is no room for it is as clear from less.
    let mib = if cfg!(debug_assertions) { 256 } else { 1024 };
    let input = gzip_bomb(mib);
    assert!(input.len() < 2 * MIB);
    bomb("--max-payload 1048576", 2, &input, mib);
}

/// What is held of a line before it is known to be too long goes out before more comes in.
#[test]
fn a_line_over_the_default_limit_is_not_held_twice() {
    let input = gzip_bomb(64);
    bomb("", 1, &input, 64);
    bomb("", 2, &input, 64);
}

#[test]
fn a_zstd_bomb_is_one_line_too_long() {
    let input = zstd_frame(17, 2048, "", "");
    assert!(input.len() < MIB);
    bomb("--max-payload 1048576", 2, &input, 256);
}

/// Where a long stream stalls, for a second, half way.
#[derive(Clone, Copy, PartialEq, Debug)]
enum Stall {
    Never,
    Output,
    Losses,
}

/// Converts so many MiB that a pipe brings, and measures the memory.
#[track_caller]
fn long_stream(jobs: u64, mib: usize, stall: Stall) {
    /// A payload of this length is quickly read, in a debug build too.
    const LONG: usize = 102 << 10;
    let place = Place::new();
    make_pipe(&place, "l");
    let mut piece = format!("note={}&{COMMENT}\n", "x".repeat(LONG)).repeat(10).into_bytes();
    while piece.len() < MIB {
        piece.extend_from_slice(format!("{COMMENT}\n").as_bytes());
    }
    let whole = place.run("--losses k", &piece).exits(0);
    let of_losses = piece.iter().filter(|byte| **byte == b'\n').count() * mib + 1;

    let args = format!("-j{jobs} --losses l");
    let mut running = Running::start(place.command(&args), &args);
    let peak = running.watch();
    let mut stdin = running.stdin();
    let output = running.child.stdout.take().unwrap();
    let expected = whole.out.len() * mib;
    thread::scope(|scope| {
        scope.spawn(|| {
            for _ in 0..mib {
                stdin.write_all(&piece).unwrap();
            }
            drop(stdin);
        });
        let losses = scope.spawn(|| {
            let pause = (stall == Stall::Losses).then_some(MIB / 2);
            counted(File::open(place.path("l")).unwrap(), pause).1
        });
        let pause = (stall == Stall::Output).then_some(expected / 2);
        assert_eq!(counted(output, pause).0, expected);
        assert_eq!(losses.join().unwrap(), of_losses);
    });
    let peak = peak.join().unwrap();
    assert_eq!(running.ends_within(EVER).code(), Some(0));
    is_bounded(&format!("{args}, {mib} MiB, stalls: {stall:?}"), jobs, peak);
}

/// Reads to the end, counts bytes and line ends, and stops for a second behind some bytes.
fn counted(mut from: impl Read, mut pause: Option<usize>) -> (usize, usize) {
    let mut space = vec![0; 64 << 10];
    let (mut bytes, mut lines) = (0, 0);
    loop {
        match from.read(&mut space).unwrap() {
            0 => return (bytes, lines),
            len => {
                bytes += len;
                lines += memchr::memchr_iter(b'\n', &space[..len]).count();
            }
        }
        if pause.is_some_and(|pause| bytes > pause) {
            pause = None;
            thread::sleep(Duration::from_secs(1));
        }
    }
}

#[test]
fn memory_is_bounded_over_a_long_stream() {
    long_stream(2, 300, Stall::Never);
}

#[test]
fn memory_is_bounded_where_the_reader_stalls() {
    for jobs in [1, 8] {
        long_stream(jobs, 24, Stall::Output);
    }
}

#[test]
fn memory_is_bounded_where_a_writer_stalls() {
    for jobs in [2, 8] {
        long_stream(jobs, 24, Stall::Losses);
    }
}

#[test]
fn memory_is_bounded_for_the_shortest_lines() {
    // As many lines as a piece of the input can have.
    let place = Place::new();
    place.write("in", "\n".repeat(MIB));
    measured(&place, "-q -j2 --losses l --rejects r -o o in", 2);
}

#[test]
fn memory_is_bounded_for_the_shortest_rejected_lines() {
    // And the longest answers to them.
    let place = Place::new();
    place.write("in", "x\n".repeat(MIB / 4));
    measured(&place, "-q -j2 --to form --on-error emit --losses l --rejects r -o o in", 2);
}

#[test]
fn memory_is_bounded_where_each_line_was_edited() {
    let place = Place::new();
    let lines = (0..100_000).map(|n| format!("type=website&comment=c&data[url]={n}.com\n"));
    place.run("-q -j2 --losses l -o o", lines.collect::<String>()).exits(0);
    place.write("edited", place.text("o").replace(".com", ".org"));
    measured(&place, "-q -j2 --to form --restore l -o restored edited", 2);
}

#[test]
fn memory_is_bounded_where_many_payloads_were_rejected() {
    let place = Place::new();
    let line = format!("contact_data=x{}\n", "z".repeat(500));
    place.write("in", line.repeat(100_000));
    place.run("-q -j2 --losses l -o o in", "").exits(1);
    measured(&place, "-q -j2 --to form --restore l -o restored o", 2);
    assert!(place.text("restored") == place.text("in"));
}

#[test]
fn memory_is_bounded_where_short_lines_have_long_losses() {
    let place = Place::new();
    place.write("in", format!("note={}&type=website\n", "y".repeat(60_000)).repeat(2000));
    place.run("-q -j2 --only-contact-data --losses l -o o in", "").exits(0);
    measured(&place, "-q -j2 --to form --restore l -o restored o", 2);
    assert!(place.text("restored") == place.text("in"));
}

/// Runs `convert` to its end, and measures the memory.
#[track_caller]
fn measured(place: &Place, args: &str, jobs: u64) {
    let mut running = Running::start(place.command(args), args);
    let peak = running.watch().join().unwrap();
    assert!(running.ends_within(EVER).code().is_some_and(|code| code < 2));
    is_bounded(args, jobs, peak);
}

#[test]
fn a_kill_leaves_nothing_under_a_final_name() {
    // Whatever was the last to be named, that it is random is said by the clock anyway.
    let mut random = 0x9e37_79b9_u64;
    for n in 0..50 {
        let place = Place::new();
        let args = format!("-j{} -o o --losses l --rejects r --summary s", [1, 2, 8][n % 3]);
        let mut running = Running::start(place.command(&args), &args);
        let feeder = feed_forever(running.stdin(), format!("{COMMENT}\n{BAD}\n{WEBSITE}\n").repeat(100));
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        thread::sleep(Duration::from_micros(random >> 33 & 0xffff));
        running.child.kill().unwrap();
        assert_eq!(running.ends_within(EVER).signal(), Some(9));
        feeder.join().unwrap();
        let names = names(&place);
        assert!(names.iter().all(|name| name.starts_with(".convert-")), "{names:?}");
    }
}

#[test]
fn a_kill_at_the_end_leaves_whole_files_and_the_output_last() {
    let place = Place::new();
    place.write("in", format!("{COMMENT}\n{BAD}\n{WEBSITE}\n").repeat(30));
    let args = "-q -j2 -o o --losses l --rejects r --summary s in";
    let begun = Instant::now();
    place.run(args, "").exits(1);
    let took = begun.elapsed();
    let finals = ["o", "l", "r", "s"];
    let expected = finals.map(|name| timeless(place.bytes(name)));
    for n in 0..40 {
        for name in names(&place).iter().filter(|name| *name != "in") {
            fs::remove_file(place.path(name)).unwrap();
        }
        let mut running = Running::start(place.command(args), args);
        thread::sleep(took * n / 40);
        running.child.kill().unwrap();
        running.ends_within(EVER);
        let there = names(&place);
        for (name, expected) in finals.iter().zip(&expected) {
            let is_there = there.iter().any(|other| other == name);
            assert!(is_there || !there.contains(&"o".to_owned()), "an output without {name}: {there:?}");
            assert!(!is_there || timeless(place.bytes(name)) == *expected, "{name} is not whole");
        }
        let others = there.iter().filter(|name| *name != "in" && !finals.contains(&name.as_str()));
        assert!(others.clone().all(|name| name.starts_with(".convert-")), "{there:?}");
    }
}

#[test]
fn a_signal_ends_a_run_whatever_the_producer_does() {
    for (signal, code) in [("INT", 130), ("TERM", 143)] {
        for jobs in [1, 2, 8] {
            for goes_on in [true, false] {
                let place = Place::new();
                let args = format!("-j{jobs} --lossy -o o --losses l --rejects r --summary s");
                let mut running = Running::start(place.command(&args), &args);
                let mut stdin = running.stdin();
                let mut held = None;
                if goes_on {
                    feed_forever(stdin, format!("{COMMENT}\n").repeat(100));
                } else {
                    // Half a line is no line.
                    stdin.write_all(format!("{COMMENT}\n{WEBSITE}\ntype=web").as_bytes()).unwrap();
                    held = Some(stdin);
                }
                until("something is written", || written(&place) > 0);
                running.signal(signal);
                let status = running.ends_within(PROMPT);
                assert_eq!(as_shell(status), Some(code), "{args}");
                assert_eq!(names(&place), ["s"], "SIG{signal}, {args}");
                let lines = summary(&place)["lines"].as_u64().unwrap();
                assert!(if goes_on { lines > 0 } else { lines <= 2 }, "{lines} lines");
                drop(held);
            }
        }
    }
}

/// A run with files beside whose output goes to a pipe that nobody reads, when that is full.
#[track_caller]
fn stalled(place: &Place, args: &str) -> Running {
    let mut running = Running::start(place.command(args), args);
    feed_forever(running.stdin(), format!("{COMMENT}\n").repeat(100));
    let mut before = (0, Instant::now());
    until("it stalls", || {
        let now = written(place);
        if now != before.0 {
            before = (now, Instant::now());
        }
        now > 0 && before.1.elapsed() > Duration::from_millis(700)
    });
    running
}

#[test]
fn a_signal_ends_a_run_whose_reader_stalls() {
    for (signal, code, jobs) in [("INT", 130, 1), ("TERM", 143, 8)] {
        let place = Place::new();
        let mut running = stalled(&place, &format!("-j{jobs} --lossy --losses l --rejects r --summary s"));
        running.signal(signal);
        assert_eq!(as_shell(running.ends_within(PROMPT)), Some(code));
        let names = names(&place);
        assert!(names.iter().all(|name| name == "s"), "{names:?}");
    }
}

#[test]
fn a_signal_writes_the_summary_though_the_reader_stalls() {
    let place = Place::new();
    let mut running = stalled(&place, "-j2 --lossy --losses l --rejects r --summary s");
    running.signal("TERM");
    assert_eq!(as_shell(running.ends_within(PROMPT)), Some(143));
    assert_eq!(names(&place), ["s"]);
    summary(&place);
}

#[test]
fn a_signal_ends_a_run_whose_summary_stalls() {
    // What the summary should go to is full already.
    let place = Place::new();
    let args = "-j2 --lossy -q --summary /dev/stdout";
    let mut running = Running::start(place.command(args), args);
    feed_forever(running.stdin(), format!("{COMMENT}\n").repeat(100));
    thread::sleep(Duration::from_secs(1));
    running.signal("TERM");
    assert_eq!(as_shell(running.ends_within(PROMPT)), Some(143));
}

#[test]
fn a_signal_ends_a_run_whose_last_write_stalls() {
    // A pipe holds 64 KiB: the one loss just fits, and then the last line of the losses does not.
    let place = Place::new();
    let input = |len: usize| COMMENT.replace("home", &"h".repeat(len));
    place.run("--losses l", input(1)).exits(0);
    let end = "{\"end\":{\"to\":\"v2\",\"lines\":1,\"with_losses\":1}}\n".len();
    let len = (64 << 10) - (place.bytes("l").len() - end) + 1;
    fs::remove_file(place.path("l")).unwrap();
    make_pipe(&place, "pipe");
    let path = place.path("pipe");
    let args = "-j2 --lossy -o o --losses pipe --summary s";
    let mut running = Running::start(place.command(args), args);
    // It is opened, and then nobody reads.
    let pipe = File::open(path).unwrap();
    running.stdin().write_all(input(len).as_bytes()).unwrap();
    thread::sleep(Duration::from_secs(1));
    assert!(running.peak().is_some(), "it does not stall");
    running.signal("TERM");
    let status = running.ends_within(PROMPT);
    drop(pipe);
    assert_eq!(as_shell(status), Some(143));
    let names = names(&place);
    assert!(names.iter().all(|name| name == "s" || name == "pipe"), "{names:?}");
}

#[test]
fn a_signal_ends_a_slow_pipe_at_a_lines_end() {
    let place = Place::new();
    let args = "-j2 --lossy --summary s";
    let mut running = Running::start(place.command(args), args);
    feed_forever(running.stdin(), format!("{COMMENT}\n").repeat(100));
    let mut output = running.child.stdout.take().unwrap();
    let (sender, half) = mpsc::channel();
    // It reads steadily, and is slower than what writes.
    let reader = thread::spawn(move || {
        let mut space = vec![0; 8 << 10];
        let mut text = Vec::new();
        loop {
            match output.read(&mut space).unwrap() {
                0 => return text,
                len => text.extend_from_slice(&space[..len]),
            }
            let _ = sender.send(text.len());
            thread::sleep(Duration::from_millis(10));
        }
    });
    while half.recv_timeout(EVER).unwrap() < 300_000 {}
    running.signal("INT");
    assert_eq!(as_shell(running.ends_within(PROMPT)), Some(130));
    let text = reader.join().unwrap();
    let last = text.split(|byte| *byte == b'\n').next_back().unwrap();
    assert_eq!(String::from_utf8_lossy(last), "", "ends in the middle of a line");
    assert_eq!(names(&place), ["s"]);
    let lines = text.iter().filter(|byte| **byte == b'\n').count();
    assert_eq!(summary(&place)["lines"], lines);
}

#[test]
fn a_signal_before_a_pipe_is_opened_leaves_nothing() {
    // To open a pipe for writing waits for who reads it.
    for option in ["--losses", "--rejects", "--summary"] {
        let place = Place::new();
        make_pipe(&place, "pipe");
        let args = format!("--lossy -o o {option} pipe");
        let mut running = Running::start(place.command(&args), &args);
        until("the output is opened", || names(&place).len() > 1);
        running.signal("TERM");
        assert_eq!(as_shell(running.ends_within(PROMPT)), Some(143));
        assert_eq!(names(&place), ["pipe"], "{args}");
    }
}

#[test]
fn a_signal_while_files_are_opened_leaves_nothing_beside() {
    // Each file is opened slowly, by a long path, and the shell's own `kill` is soon enough.
    let place = Place::new();
    make_pipe(&place, "pipe");
    let script = r#"
        exec 3<>pipe
        env --default-signal=TERM "$CONVERT" --lossy -o "$P"o --losses "$P"l --rejects "$P"r --summary "$P"s <&3 &
        while set -- .convert-*; [ ! -e "$1" ]; do :; done
        kill -TERM $!
        wait $!"#;
    for n in 0..60 {
        let mut command = Command::new("sh");
        command.args(["-c", script]).current_dir(place.path("")).stderr(Stdio::null());
        command.env("CONVERT", cargo_bin!("convert")).env("P", "./".repeat(2000));
        let mut running = Running::start(command, "while files are opened");
        assert_eq!(as_shell(running.ends_within(EVER)), Some(143));
        assert_eq!(names(&place), ["pipe", "s"], "the {n}th time");
        fs::remove_file(place.path("s")).unwrap();
    }
}

#[test]
fn a_signal_behind_the_last_file_changes_no_status() {
    // Nobody reads what is said last, and the pipe for it is full but for a few bytes.
    let place = Place::new();
    make_pipe(&place, "pipe");
    let mut pipe = File::options().read(true).write(true).open(place.path("pipe")).unwrap();
    pipe.write_all(&vec![b'x'; (64 << 10) - 8]).unwrap();
    let args = "-j2 --verify -o o --losses l --summary s";
    let mut command = place.command(args);
    command.stderr(pipe.try_clone().unwrap());
    let mut running = Running::start(command, args);
    running.stdin().write_all(WEBSITE.as_bytes()).unwrap();
    until("the output is in place", || place.path("o").exists());
    running.signal("TERM");
    assert_eq!(as_shell(running.ends_within(PROMPT)), Some(0));
    assert_eq!(names(&place), ["l", "o", "pipe", "s"]);
    summary(&place);
}

#[test]
fn a_run_that_is_stopped_and_continued_loses_nothing() {
    let place = Place::new();
    let piece = format!("{COMMENT}\n{WEBSITE}\n{BAD}\n").repeat(100);
    let expected = place.run("--losses l", piece.repeat(50)).exits(1);
    let losses = place.bytes("l");
    for jobs in [1, 3] {
        let args = format!("-j{jobs} --losses l");
        let mut running = Running::start(place.command(&args), &args);
        let mut stdin = running.stdin();
        let mut output = running.child.stdout.take().unwrap();
        let text = thread::scope(|scope| {
            let reader = scope.spawn(move || {
                let mut text = Vec::new();
                output.read_to_end(&mut text).unwrap();
                text
            });
            for n in 0..50 {
                stdin.write_all(piece.as_bytes()).unwrap();
                if n % 3 == 0 {
                    running.signal("STOP");
                    thread::sleep(Duration::from_millis(2));
                    running.signal("CONT");
                }
            }
            drop(stdin);
            reader.join().unwrap()
        });
        assert_eq!(running.ends_within(EVER).code(), Some(1));
        assert!(text == expected.out && place.bytes("l") == losses, "{jobs} threads");
    }
}

/// A folder `disk` with room for two pages, of which `filled` are taken. It is there for the run alone, which no
/// other process sees, and so goes away with it.
struct Disk<'a> {
    place: &'a Place,
    filled: usize,
}

impl<'a> Disk<'a> {
    const SIZE: usize = 8192;

    /// None where nothing may be mounted.
    fn new(place: &'a Place, filled: usize) -> Option<Self> {
        fs::create_dir(place.path("disk")).unwrap();
        let disk = Self { place, filled };
        let is_there = disk.command("true").status().is_ok_and(|status| status.success());
        if !is_there {
            eprintln!("skipped: no disk can be mounted here");
        }
        is_there.then_some(disk)
    }

    fn command(&self, then: &str) -> Command {
        let mut command = Command::new("unshare");
        let mount = format!(
            "mount -t tmpfs -o size={} none disk && head -c {} /dev/zero > disk/filled || exit 111",
            Self::SIZE,
            4096 * self.filled
        );
        command.args(["--user", "--map-root-user", "--mount", "sh", "-c", &format!("{mount}\n{then}")]);
        command.current_dir(self.place.path("")).stdin(Stdio::piped());
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Runs `convert`, and says what is on the disk afterwards.
    #[track_caller]
    fn run(&self, args: &str, stdin: &str) -> (Run, Vec<String>) {
        let convert = cargo_bin!("convert").display();
        let then = format!("{convert} {args}; status=$?; ls -A disk > there; exit $status");
        let mut child = self.command(&then).spawn().unwrap();
        // It may end before it has read all.
        let _ = child.stdin.take().unwrap().write_all(stdin.as_bytes());
        let run = Run::new(args, child.wait_with_output().unwrap());
        let there = self.place.text("there").lines().map(str::to_owned).collect();
        fs::remove_file(self.place.path("there")).unwrap();
        (run, there)
    }
}

#[test]
fn a_full_disk_is_74_and_names_the_file() {
    let place = Place::new();
    let Some(disk) = Disk::new(&place, 0) else { return };
    for jobs in ["-j1", "-j3"] {
        // Few lines are too much in the end, many at once.
        for times in [2000, 8000] {
            let input = format!("{COMMENT}\n{BAD}&note={}\n", "x".repeat(100)).repeat(times);
            for (args, name) in [
                ("-o disk/o --losses l --rejects r --summary s", "disk/o"),
                ("-o o --losses disk/l --rejects r --summary s", "disk/l"),
                ("-o o --losses l --rejects disk/r --summary s", "disk/r"),
                ("-o disk/o --losses disk/l --rejects disk/r", "disk/l"),
                ("--losses disk/l", "disk/l"),
            ] {
                let (run, there) = disk.run(&format!("-q {jobs} {args}"), &input);
                let run = run.exits(74);
                let said = format!("convert: cannot write {name}: No space left on device (os error 28)\n");
                assert_eq!(run.err, said, "{jobs} {args}");
                assert_eq!(there, ["filled"], "{jobs} {args}");
                assert_eq!(names(&place), ["disk"], "{jobs} {args}");
                assert!(run.out.is_empty(), "what is not kept is not put out");
            }
        }
        // It would just fit.
        let (run, there) = disk.run(&format!("{jobs} -o disk/o --losses disk/l"), COMMENT);
        run.exits(0);
        assert_eq!(there, ["filled", "l", "o"]);
    }
}

#[test]
fn a_disk_that_is_full_at_the_last_write_is_74() {
    let place = Place::new();
    // Not one page is left for the summary, the last of all.
    let Some(disk) = Disk::new(&place, 2) else { return };
    let input = format!("{COMMENT}\n").repeat(3000);
    let (run, there) = disk.run("-q -o o --losses l --summary disk/s", &input);
    run.exits(74).says("convert: cannot write disk/s: No space left");
    assert_eq!((there, names(&place)), (vec!["filled".to_owned()], vec!["disk".to_owned()]));

    // What waits to be a whole block is written before any file is in place, and the output is the last of them.
    let place = Place::new();
    let disk = Disk::new(&place, 1).unwrap();
    let input = format!("{COMMENT}\n").repeat(100);
    let (run, there) = disk.run("-q -o disk/o --losses l --rejects r --summary s", &input);
    run.exits(74).says("convert: cannot write disk/o: No space left");
    assert_eq!((there, names(&place)), (vec!["filled".to_owned()], vec!["disk".to_owned()]));

    // One page is left for the losses, and their last line does not fit any more.
    let place = Place::new();
    let disk = Disk::new(&place, 1).unwrap();
    let end = "{\"end\":{\"to\":\"v2\",\"lines\":1,\"with_losses\":1}}\n".len();
    let input = |len: usize| COMMENT.replace("home", &"h".repeat(len));
    place.run("--losses l", input(1)).exits(0);
    let rest = 4096 - place.bytes("l").len();
    fs::remove_file(place.path("l")).unwrap();
    for (len, code) in [(rest + 1, 0), (rest + 2, 74), (rest + 1 + end, 74)] {
        let (run, there) = disk.run("-q -o o --losses disk/l", &input(len));
        if run.exits(code).code == Some(74) {
            assert_eq!((there, names(&place)), (vec!["filled".to_owned()], vec!["disk".to_owned()]));
        } else {
            assert_eq!(
                (there, names(&place)),
                (vec!["filled".into(), "l".into()], vec!["disk".into(), "o".into()])
            );
            fs::remove_file(place.path("o")).unwrap();
        }
    }
}

#[test]
fn a_last_write_that_fails_leaves_nothing() {
    let place = Place::new();
    let input = format!("{WEBSITE}\n").repeat(3000);
    for jobs in ["-j1", "-j3"] {
        // Until the end there is nothing to write into them.
        for last in ["--losses", "--summary"] {
            let run = place.run(&format!("{jobs} -o o --rejects r {last} /dev/full"), &input);
            run.exits(74).says("convert: cannot write /dev/full: No space left");
            assert!(names(&place).is_empty());
        }
    }
}

#[test]
fn what_ends_a_run_ends_it_though_the_producer_stands_still() {
    /// Far longer than it takes, busy or not.
    const PATIENCE: Duration = Duration::from_secs(8);
    let cases = [
        ("-o /dev/full", WEBSITE, 74),
        ("-o o --losses /dev/full", COMMENT, 74),
        ("-o o --rejects r --on-error stop", BAD, 1),
    ];
    let runs = cases.into_iter().flat_map(|case| [1, 2, 8].map(|jobs| (case, jobs)));
    let runs = runs.map(|((args, line, code), jobs)| {
        thread::spawn(move || {
            let place = Place::new();
            let args = format!("-j{jobs} {args}");
            let mut running = Running::start(place.command(&args), &args);
            let mut stdin = running.stdin();
            stdin.write_all(format!("{line}\n").as_bytes()).unwrap();
            let begun = Instant::now();
            while running.peak().is_some() && begun.elapsed() < PATIENCE {
                thread::sleep(Duration::from_millis(5));
            }
            if running.peak().is_some() {
                return format!("convert {args} waits for more input\n");
            }
            assert_eq!(running.ends_within(EVER).code(), Some(code), "{args}");
            drop(stdin);
            String::new()
        })
    });
    let runs: Vec<_> = runs.collect();
    let wrong: String = runs.into_iter().map(|run| run.join().unwrap()).collect();
    assert!(wrong.is_empty(), "{wrong}");
}

/// What a program writes, line by line, as it comes.
fn lines_of(from: impl Read + Send + 'static) -> mpsc::Receiver<String> {
    let (sender, lines) = mpsc::channel();
    thread::spawn(move || {
        for line in BufReader::new(from).lines() {
            if sender.send(line.unwrap()).is_err() {
                break;
            }
        }
    });
    lines
}

#[test]
fn a_file_that_grows_is_followed() {
    for jobs in [1, 8] {
        let place = Place::new();
        place.write("log", format!("{WEBSITE}\n"));
        let mut tail = Command::new("tail");
        tail.args(["-n", "+1", "-f", "log"]).current_dir(place.path("")).stdout(Stdio::piped());
        let mut tail = Running::start(tail, "(tail)");
        let args = format!("-j{jobs} --losses l --summary s");
        let mut command = place.command(&args);
        command.stdin(tail.child.stdout.take().unwrap());
        let mut running = Running::start(command, &args);
        let answers = lines_of(running.child.stdout.take().unwrap());
        let mut log = File::options().append(true).open(place.path("log")).unwrap();
        for _ in 0..20 {
            assert_eq!(answers.recv_timeout(EVER).expect("an answer before the next line"), WEBSITE_V2);
            // Several at once, or one in two writes, are as good.
            log.write_all(&WEBSITE.as_bytes()[..20]).unwrap();
            log.write_all(&WEBSITE.as_bytes()[20..]).unwrap();
            log.write_all(b"\n").unwrap();
        }
        // The last line has come whole before tail ends, or a piece of it would be a payload.
        assert_eq!(answers.recv_timeout(EVER).expect("the last answer"), WEBSITE_V2);
        tail.child.kill().unwrap();
        assert_eq!(running.ends_within(EVER).code(), Some(0));
        assert!(summary(&place)["lines"].as_u64() >= Some(20));
    }
}

#[test]
fn a_compressed_stream_that_pauses_is_answered() {
    /// Compresses a stream, and shows what it has at once.
    fn feed<W: Write>(mut to: W, answers: &mpsc::Receiver<String>) -> W {
        for _ in 0..10 {
            to.write_all(format!("{WEBSITE}\n").as_bytes()).unwrap();
            to.flush().unwrap();
            assert_eq!(answers.recv_timeout(EVER).expect("an answer before the next line"), WEBSITE_V2);
        }
        to
    }
    for jobs in [1, 8] {
        for is_gzip in [true, false] {
            let place = Place::new();
            let args = format!("-j{jobs}");
            let mut running = Running::start(place.command(&args), &args);
            let stdin = running.stdin();
            let answers = lines_of(running.child.stdout.take().unwrap());
            if is_gzip {
                feed(GzEncoder::new(stdin, Compression::fast()), &answers).finish().unwrap();
            } else {
                feed(zstd::Encoder::new(stdin, 1).unwrap(), &answers).finish().unwrap();
            }
            assert_eq!(running.ends_within(EVER).code(), Some(0));
        }
    }
}

#[test]
fn progress_is_never_in_the_way_of_a_pipe() {
    // Longer than what a run takes that shows nothing of itself.
    let said = ["", "--progress", "--progress --quiet"].map(|args| {
        thread::spawn(move || {
            let place = Place::new();
            let mut command = place.command(args);
            let mut child = command.spawn().unwrap();
            let mut stdin = child.stdin.take().unwrap();
            for _ in 0..7 {
                stdin.write_all(format!("{WEBSITE}\n").as_bytes()).unwrap();
                thread::sleep(Duration::from_millis(300));
            }
            drop(stdin);
            let run = Run::new(args, child.wait_with_output().unwrap()).exits(0);
            assert_eq!(run.lines(), [WEBSITE_V2; 7], "{args}");
            run.err
        })
    });
    let [plain, asked, quiet] = said.map(|said| said.join().unwrap());
    assert_eq!((&plain[..], &quiet[..]), ("", ""));
    assert!(asked.lines().count() >= 2, "{asked}");
    for line in asked.lines() {
        assert!(line.starts_with("convert: read ") && line.ends_with("B/s"), "{line}");
    }
}

#[test]
fn the_summary_says_how_much_and_how_fast() {
    let place = Place::new();
    let input = format!("{WEBSITE}\n{COMMENT}\n{BAD}\n").repeat(2000);
    place.write("in", &input);
    place.write("in.gz", gzip(input.as_bytes()));
    for jobs in [1, 8] {
        for name in ["in", "in.gz"] {
            place.run(&format!("-q -j{jobs} -o o --losses l --rejects r --summary s {name}"), "").exits(1);
            let summary = summary(&place);
            for (what, count) in [("lines", 6000), ("converted", 4000), ("rejected", 2000)] {
                assert_eq!(summary[what], count, "{what} of {summary}");
            }
            let [bytes, seconds, rate] =
                ["bytes", "seconds", "bytes_per_second"].map(|name| summary[name].as_f64().unwrap());
            assert_eq!(bytes as usize, place.bytes(name).len(), "what was read: {summary}");
            // Seconds have three digits, and the rate is made of more.
            assert!(seconds > 0.0 && rate > 0.0, "{summary}");
            assert!((bytes / rate - seconds).abs() <= 0.001, "{summary}");
        }
    }
    // Readable on standard error, behind what a person reads.
    let run = place.run("-q --lossy --summary /dev/stderr", &input).exits(3);
    let last: Value = serde_json::from_str(run.err.lines().next_back().unwrap()).unwrap();
    assert_eq!(last["bytes"], input.len());
}

#[test]
fn small_inputs_one_after_another() {
    let place = Place::new();
    for n in 0..50 {
        let jobs = ["", "-j1", "-j8"][n % 3];
        let run = place.run(jobs, WEBSITE).exits(0);
        assert_eq!((run.lines(), &run.err[..]), (vec![WEBSITE_V2], ""));
    }
}

#[test]
fn what_was_rejected_is_not_kept_by_a_run_that_a_signal_ends() {
    let place = Place::new();
    let args = "-j2 --lossy -o o --losses l --rejects r --summary s --error-format json";
    let mut running = Running::start(place.command(args), args);
    feed_forever(running.stdin(), format!("{COMMENT}\n{BAD}\n").repeat(100));
    until("something is written", || written(&place) > 0);
    running.signal("TERM");
    let mut err = running.child.stderr.take().unwrap();
    assert_eq!(as_shell(running.ends_within(PROMPT)), Some(143));
    assert_eq!(names(&place), ["s"]);
    let mut said = String::new();
    err.read_to_string(&mut said).unwrap();
    let last: Value = serde_json::from_str(said.lines().last().unwrap()).unwrap();
    assert_eq!(last["failure"]["status"], 143, "{said}");
}

#[test]
fn a_signal_that_was_ignored_before_is_ignored() {
    let place = Place::new();
    let mut command = Command::new("sh");
    command.args(["-c", "trap '' HUP INT; exec \"$0\" -o o", cargo_bin!("convert").to_str().unwrap()]);
    command.current_dir(place.path("")).stdin(Stdio::piped());
    let mut running = Running::start(command, "");
    let mut stdin = running.stdin();
    stdin.write_all(format!("{WEBSITE}\n").as_bytes()).unwrap();
    until("something is written", || written(&place) > 0);
    running.signal("HUP");
    running.signal("INT");
    stdin.write_all(format!("{WEBSITE}\n").as_bytes()).unwrap();
    drop(stdin);
    assert_eq!(running.ends_within(EVER).code(), Some(0));
    assert_eq!(place.text("o").lines().count(), 2);
}
