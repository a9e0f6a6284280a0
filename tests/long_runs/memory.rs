//! Memory is bounded for long streams, short lines and stalled readers.

use std::fs::File;
use std::io::{Read, Write as _};
use std::thread;
use std::time::Duration;

use crate::harness::running::{MIB, Running, TIME_LIMIT, assert_memory_bounded, make_pipe};
use crate::harness::{COMMENT, Workdir, dump_of_websites};

/// The stream that stalls for a second, half way through.
#[derive(Clone, Copy, PartialEq, Debug)]
enum Stall {
    Never,
    Output,
    Losses,
}

/// Converts `mib` MiB from a pipe and asserts that memory is bounded.
#[track_caller]
fn long_stream(jobs: u64, mib: usize, stall: Stall) {
    /// Payloads of this length are fast to read, even in a debug build.
    const LONG: usize = 102 << 10;
    let dir = Workdir::new();
    make_pipe(&dir, "l");
    let mut piece = format!("note={}&{COMMENT}\n", "x".repeat(LONG)).repeat(10).into_bytes();
    while piece.len() < MIB {
        piece.extend_from_slice(format!("{COMMENT}\n").as_bytes());
    }
    let whole = dir.run("--losses k", &piece).exits(0);
    // One for each payload, the head and the end.
    let losses_lines = piece.iter().filter(|byte| **byte == b'\n').count() * mib + 2;

    let args = format!("-j{jobs} --losses l");
    let mut running = Running::start(dir.command(&args), &args);
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
            count(File::open(dir.path("l")).unwrap(), pause).1
        });
        let pause = (stall == Stall::Output).then_some(expected / 2);
        assert_eq!(count(output, pause).0, expected);
        assert_eq!(losses.join().unwrap(), losses_lines);
    });
    let peak = peak.join().unwrap();
    assert_eq!(running.ends_within(TIME_LIMIT).code(), Some(0));
    assert_memory_bounded(&format!("{args}, {mib} MiB, stalls: {stall:?}"), jobs, peak);
}

/// Reads to the end and counts bytes and line ends. Pauses for a second after `pause` bytes.
fn count(mut from: impl Read, mut pause: Option<usize>) -> (usize, usize) {
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
fn memory_is_bounded_while_the_reader_of_the_output_stalls() {
    for jobs in [1, 8] {
        long_stream(jobs, 24, Stall::Output);
    }
}

#[test]
fn memory_is_bounded_while_the_reader_of_the_losses_stalls() {
    for jobs in [2, 8] {
        long_stream(jobs, 24, Stall::Losses);
    }
}

#[test]
fn memory_is_bounded_for_the_shortest_lines() {
    // The largest possible number of lines per read.
    let dir = Workdir::new();
    dir.write("in", "\n".repeat(MIB));
    check_memory(&dir, "-q -j2 --losses l --rejects r -o o in", 2);
}

#[test]
fn memory_is_bounded_for_the_shortest_rejected_lines() {
    // The longest error lines for the shortest input lines.
    let dir = Workdir::new();
    dir.write("in", format!("{{}}\n{}", "x\n".repeat(MIB / 4)));
    check_memory(&dir, "-q -j2 --to form --on-error emit --losses l --rejects r -o o in", 2);
}

#[test]
fn memory_is_bounded_when_every_line_was_edited() {
    let dir = Workdir::new();
    let lines = (0..100_000).map(|n| format!("type=website&comment=c&data[url]={n}.com\n"));
    dir.run("-q -j2 --losses l -o o", lines.collect::<String>()).exits(0);
    dir.write("edited", dir.text("o").replace(".com", ".org"));
    check_memory(&dir, "-q -j2 --to form --restore l --edited -o restored edited", 2);
}

#[test]
fn memory_is_bounded_when_all_payloads_were_rejected() {
    let dir = Workdir::new();
    let line = format!("contact_data=x{}\n", "z".repeat(500));
    dir.write("in", line.repeat(100_000));
    dir.run("-q -j2 --losses l -o o in", "").exits(1);
    check_memory(&dir, "-q -j2 --to form --restore l -o restored o", 2);
    assert!(dir.text("restored") == dir.text("in"));
}

#[test]
fn memory_is_bounded_when_short_lines_have_long_losses() {
    let dir = Workdir::new();
    dir.write("in", format!("note={}&type=website\n", "y".repeat(60_000)).repeat(2000));
    dir.run("-q -j2 --only-contact-data --losses l -o o in", "").exits(0);
    check_memory(&dir, "-q -j2 --to form --restore l -o restored o", 2);
    assert!(dir.text("restored") == dir.text("in"));
}

#[test]
fn memory_is_bounded_while_a_dump_is_sorted() {
    let dir = Workdir::new();
    // Rows and payloads take many times the memory that is allowed.
    dir.write("d.sql", dump_of_websites(500_000));
    check_memory(&dir, "-q -j2 --from dump --sort-memory 1000000 --losses l -o o d.sql", 2);
    assert_eq!(dir.bytes("o").iter().filter(|byte| **byte == b'\n').count(), 166_666);
}

/// Long rows fill a run with their bytes, short rows with their keys. The room for both must not add up.
#[test]
fn short_rows_after_long_ones_take_no_more_memory() {
    let dir = Workdir::new();
    let insert = |table: &str, columns: &str, rows: usize, values: &str| {
        let rows: Vec<String> = (1..=rows).map(|id| format!("({id},{}{values})", 1 + id % 1_000)).collect();
        format!("INSERT INTO {table} (id,person_id,{columns}) VALUES\n{};\n", rows.join(",\n"))
    };
    let long = format!(",'website','','{}','','','',''", "x".repeat(1_000));
    let columns = "contact_type,comment,field_1,field_2,field_3,field_4,field_5";
    let long = insert("people_contact_data", columns, 20_000, &long);
    let short = insert("phone_numbers", "number", 300_000, ",1");
    let peaks = [String::new(), short].map(|short| {
        dir.write("d.sql", long.clone() + &short);
        peak(&dir, "-q -j2 --from dump --sort-memory 16000000 --lossy -o o d.sql")
    });
    let [before, after] = peaks;
    assert!(after < before + (5 << 10), "{after} KiB; without the short rows, {before} KiB");
}

/// If ids do not ascend, they are sorted beside the rows, which may fill their memory.
#[test]
fn ids_in_no_order_take_half_the_memory_of_a_run() {
    const RUN: u64 = 16_000_000;
    // So many that they just fit into a run.
    const ROWS: usize = 340_000;
    let dir = Workdir::new();
    let peaks = [false, true].map(|descend| {
        let id = |n: usize| if descend { ROWS + 1 - n } else { n };
        let rows: Vec<String> = (1..=ROWS).map(|n| format!("{},{},1\n", id(n), 1 + n % 1_000)).collect();
        dir.write("d.csv", "id,person_id,number\n".to_owned() + &rows.concat());
        peak(&dir, &format!("-q -j2 --from rows --sort-memory {RUN} --lossy -o o d.csv"))
    });
    let [ascending, descending] = peaks;
    let most = ascending + RUN * 5 / 8 / 1024;
    assert!(descending < most, "{descending} KiB; in the order of ids, {ascending} KiB");
}

/// Runs `convert` to its end and asserts that memory is bounded.
#[track_caller]
fn check_memory(dir: &Workdir, args: &str, jobs: u64) {
    assert_memory_bounded(args, jobs, peak(dir, args));
}

/// Runs `convert` to its end, and returns its peak memory in KiB.
#[track_caller]
fn peak(dir: &Workdir, args: &str) -> u64 {
    let mut running = Running::start(dir.command(args), args);
    let peak = running.watch().join().unwrap();
    assert!(running.ends_within(TIME_LIMIT).code().is_some_and(|code| code < 2));
    peak
}
