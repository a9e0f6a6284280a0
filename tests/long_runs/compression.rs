//! Compressed inputs have the output of the uncompressed input, clear errors if they are damaged, and bounded memory.

use std::io::{Read as _, Write};
use std::sync::mpsc;

use flate2::Compression;
use flate2::write::GzEncoder;

use crate::harness::compressed::{gzip, gzip_bomb, skippable_frame, zstd, zstd_frame};
use crate::harness::running::{
    MIB, Running, TIME_LIMIT, assert_memory_bounded, file_names, line_receiver, read_summary,
};
use crate::harness::{Run, WEBSITE, WEBSITE_V2, Workdir, mixed_lines, run_in_pieces, without_timings};

#[test]
fn compression_threads_and_reads_change_no_byte() {
    let dir = Workdir::new();
    let plain = mixed_lines();
    let (start, end) = plain.split_at(plain.len() / 3 + 1);
    let inputs = [
        ("gzip", gzip(&plain)),
        ("zstd", zstd(&plain)),
        ("gzip twice", [gzip(start), gzip(b""), gzip(end)].concat()),
        ("zstd twice", [zstd(start), zstd(end)].concat()),
        ("gzip, padded", [gzip(&plain), vec![0; 100_000]].concat()),
        ("gzip, a zero", [gzip(&plain), vec![0]].concat()),
        (
            "zstd after skippable frames",
            [skippable_frame(b"", 0), skippable_frame(b"index", 15), zstd(&plain)].concat(),
        ),
        ("plain", plain),
    ];
    let args = "--max-payload 5000 --losses l --rejects r --summary s";
    let outputs = |run: Run| (run.out, run.err, ["l", "r", "s"].map(|name| without_timings(dir.bytes(name))));
    let expected = outputs(dir.run(&format!("{args} -j1"), &inputs[inputs.len() - 1].1).exits(1));
    assert!(expected.2[0].len() > 100_000 && expected.2[1].len() > 10_000);
    for (name, input) in &inputs {
        dir.write("in", input);
        for jobs in [1, 2, 3, 8] {
            let args = format!("{args} -j {jobs}");
            // `assert_eq` would print megabytes.
            let is_same = |run: Run| outputs(run.exits(1)) == expected;
            assert!(is_same(dir.run(&format!("{args} in"), "")), "{name}, a file, {jobs} threads");
            if name.ends_with("twice") {
                // With one thread the input arrives byte by byte, across the start of the second member.
                let piece = [997, 1, 10_007, 255][jobs % 4].max(if jobs == 1 { 1 } else { 97 });
                assert!(
                    is_same(run_in_pieces(&dir, &args, input, piece)),
                    "{name} in pieces of {piece}, {jobs} threads"
                );
            } else {
                assert!(is_same(dir.run(&args, input)), "{name}, a pipe, {jobs} threads");
            }
        }
    }
}

#[test]
fn a_truncated_or_damaged_compressed_input_exits_74_and_is_named() {
    let dir = Workdir::new();
    let plain = format!("{WEBSITE}\n").repeat(4_000);
    let expected = format!("{WEBSITE_V2}\n").repeat(4_000);
    let once = gzip(plain.as_bytes());
    let frame = zstd(plain.as_bytes());
    let cut = |bytes: &[u8], at: usize| bytes[..at].to_vec();
    let mut wrong = once.clone();
    wrong[once.len() - 6] ^= 1;
    let damaged = [
        ("wrong checksum", wrong),
        ("data after the member", [&once[..], b"name=Jo\n"].concat()),
        ("data after padding", [&once[..], &[0; 9], b"name=Jo\n"].concat()),
        ("member after padding", [&once[..], &[0; 9], &once[..]].concat()),
        ("padding in place of the end", [&once[..once.len() - 4], &[0; 9]].concat()),
    ];
    let truncated = [
        ("two bytes", cut(&once, 2)),
        ("header", cut(&once, 7)),
        ("half", cut(&once, once.len() / 2)),
        ("no checksum", cut(&once, once.len() - 8)),
        ("half a checksum", cut(&once, once.len() - 3)),
        ("second member", [&once[..], &once[..once.len() / 2]].concat()),
        ("second header", [&once[..], &once[..5]].concat()),
        ("zstd magic", cut(&frame, 4)),
        ("zstd half", cut(&frame, frame.len() / 2)),
        ("zstd end", cut(&frame, frame.len() - 1)),
        ("zstd second", [&frame[..], &frame[..9]].concat()),
        ("zstd skipped", cut(&skippable_frame(b"index", 3), 10)),
        (
            "zstd after skippable frames",
            [skippable_frame(b"index", 3), cut(&frame, frame.len() / 2)].concat(),
        ),
    ];
    let damaged = damaged.map(|(name, input)| (name, input, ""));
    let truncated = truncated.map(|(name, input)| (name, input, "the compressed data end too early"));
    for (name, input, why) in damaged.into_iter().chain(truncated) {
        dir.write("in.gz", &input);
        for jobs in ["-j1", "-j3"] {
            let run = dir.run(&format!("{jobs} -o o --losses l --rejects r --summary s in.gz"), "");
            run.exits(74).reports(&format!("convert: cannot read in.gz: {why}"));
            assert_eq!(file_names(&dir), ["in.gz"], "{name}, {jobs}");
            let run = dir.run(&format!("{jobs} -o o"), &input);
            run.exits(74).reports(&format!("convert: cannot read standard input: {why}"));
            assert_eq!(file_names(&dir), ["in.gz"], "{name}, {jobs}");
            // The lines before the damage are converted.
            let run = dir.run(&format!("{jobs} in.gz"), "").exits(74);
            let is_start = expected.starts_with(run.text()) || run.text().starts_with(&expected);
            assert!(is_start && (run.out.is_empty() || run.out.ends_with(b"\n")), "{name}, {jobs}");
        }
    }
}

#[test]
fn the_payload_limit_counts_decompressed_bytes() {
    let dir = Workdir::new();
    let short = "a=b";
    let long = format!("a={}", "b".repeat(1000));
    for compress in [gzip, zstd] {
        // Longer than the limit only while compressed.
        let input = compress(format!("{short}\n").as_bytes());
        assert!(input.len() > 10);
        dir.run("--max-payload 10 --rejects r", &input).exits(0);
        // Longer than the limit only after decompression.
        let input = compress(format!("{short}\n{long}\n{short}\n").as_bytes());
        assert!(input.len() < 500);
        let run = dir.run("--max-payload 500 --rejects r --summary s", &input).exits(1);
        assert_eq!(run.lines(), [r#"{"a":"b","contact_data":{}}"#; 2]);
        run.reports("line 2: expected at most 500 bytes, found 1002 bytes");
        assert_eq!(dir.text("r"), format!("{long}\n"));
        assert_eq!(read_summary(&dir)["lines"], 3);
    }
}

/// Converts a compressed line of `mib` MiB and one byte, which is longer than the limit, and asserts message and
/// memory.
#[track_caller]
fn check_bomb(args: &str, jobs: u64, input: &[u8], mib: usize) {
    let dir = Workdir::new();
    dir.write("in", input);
    let args = format!("-j{jobs} {args} --losses l --rejects /dev/null in");
    let mut running = Running::start(dir.command(&args), &args);
    let peak = running.watch().join().unwrap();
    let mut messages = String::new();
    running.child.stderr.take().unwrap().read_to_string(&mut messages).unwrap();
    assert_eq!(running.ends_within(TIME_LIMIT).code(), Some(1), "{messages}");
    assert!(messages.contains(&format!("found {} bytes", mib * MIB + 1)), "{messages}");
    assert_eq!(dir.text("l").lines().count(), 3);
    assert_memory_bounded(&args, jobs, peak);
}

#[test]
fn a_gzip_bomb_is_a_line_over_the_limit() {
    // A debug build needs ten seconds per GiB. A quarter of that exceeds the memory limit, too.
    let mib = if cfg!(debug_assertions) { 256 } else { 1024 };
    let input = [gzip(b"="), gzip_bomb(mib)].concat();
    assert!(input.len() < 2 * MIB);
    check_bomb("--max-payload 1048576", 2, &input, mib);
}

/// The part of a line below the limit is written to the rejects before more is read.
#[test]
fn a_line_over_the_default_limit_is_not_held_twice() {
    let input = [gzip(b"="), gzip_bomb(64)].concat();
    check_bomb("", 1, &input, 64);
    check_bomb("", 2, &input, 64);
}

#[test]
fn a_zstd_bomb_is_a_line_over_the_limit() {
    let input = [zstd(b"="), zstd_frame(17, 2048, "", "")].concat();
    assert!(input.len() < MIB);
    check_bomb("--max-payload 1048576", 2, &input, 256);
}

#[test]
fn a_line_in_a_flushed_compressed_stream_is_converted_at_once() {
    /// Writes lines into a compressor, flushes each, and waits for its output line.
    fn feed<W: Write>(mut to: W, output_lines: &mpsc::Receiver<String>) -> W {
        for _ in 0..10 {
            to.write_all(format!("{WEBSITE}\n").as_bytes()).unwrap();
            to.flush().unwrap();
            assert_eq!(
                output_lines.recv_timeout(TIME_LIMIT).expect("an output line before the next input line"),
                WEBSITE_V2
            );
        }
        to
    }
    for jobs in [1, 8] {
        for is_gzip in [true, false] {
            let dir = Workdir::new();
            let args = format!("-j{jobs}");
            let mut running = Running::start(dir.command(&args), &args);
            let stdin = running.stdin();
            let output_lines = line_receiver(running.child.stdout.take().unwrap());
            if is_gzip {
                feed(GzEncoder::new(stdin, Compression::fast()), &output_lines).finish().unwrap();
            } else {
                feed(zstd::Encoder::new(stdin, 1).unwrap(), &output_lines).finish().unwrap();
            }
            assert_eq!(running.ends_within(TIME_LIMIT).code(), Some(0));
        }
    }
}
