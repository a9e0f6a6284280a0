//! Long lines and long losses, written at once or in small pieces.

use std::io::{Read as _, Write as _};
use std::thread;
use std::time::Duration;

use super::{JOBS, LONG, MILLION, Outcome, attack, cpu, grows, repeat};
use crate::harness::running::{MIB, Running, TIME_LIMIT, assert_memory_bounded};
use crate::harness::{WEBSITE, WEBSITE_V2, Workdir};

#[test]
#[ignore = "slow in a debug build"]
fn ten_million_pairs_are_rejected_by_default_and_converted_under_a_raised_limit() {
    // Over the default limit: rejected, and never held in memory.
    for piece in ["a=1&", "&a[]=", "a[b]=1&", "=&&&"] {
        let bytes = 10 * MILLION * piece.len();
        let message = format!("line 1: expected at most 16777216 bytes, found {bytes} bytes");
        attack("--rejects /dev/null --losses /dev/null", |to| repeat(to, piece, bytes))
            .exits(1, &message)
            .stays_flat();
    }
    // Under a raised limit: all are converted, in memory linear in the payload.
    let bytes = 10 * MILLION * 6;
    let outcome = attack("--max-payload 100000000 -q", |to| repeat(to, "a[]=1&", bytes));
    let outcome = outcome.exits(0, "").stays_linear(bytes, 24);
    assert_eq!(outcome.out, 10 * MILLION * 4 + "{\"a\":[],\"contact_data\":{}}\n".len() - 1);
}

#[test]
#[ignore = "slow in a debug build"]
fn a_line_of_a_gibibyte_is_rejected() {
    let bytes = 1024 * MIB;
    for (args, piece) in [
        ("", "x="),
        ("", "contact_data[1][type]=website&"),
        ("--to form", "["),
        ("--to form", "{\"contact_data\":"),
        ("--to canonical", "%="),
    ] {
        let outcome =
            attack(&format!("{args} --rejects /dev/null --losses /dev/null --on-error emit"), |to| {
                repeat(to, piece, bytes)?;
                // A line end, and a payload that is converted as usual.
                to.write_all(b"\n")?;
                to.write_all(if args == "--to form" { b"{}" } else { b"" })
            });
        let outcome =
            outcome.exits(1, &format!("line 1: expected at most 16777216 bytes, found {bytes} bytes"));
        assert!(outcome.start.starts_with(b"{\"error\":{\"code\":\"too-long\""));
        // Up to the limit, the line is held until it turns out to be longer.
        outcome.stays_linear(16 * MIB, 4);
    }
}

#[test]
fn a_stalled_pipe_holds_only_its_line_in_memory() {
    let dir = Workdir::new();
    let args = "-j2 --losses l -o o";
    let mut running = Running::start(dir.command(args), args);
    let peak = running.watch();
    let mut stdin = running.stdin();
    // A megabyte of a line in small pieces, then a pause.
    stdin.write_all(b"=").unwrap();
    for _ in 0..1024 {
        stdin.write_all(&[b'a'; 1024]).unwrap();
    }
    thread::sleep(Duration::from_millis(300));
    let before = cpu(running.child.id());
    thread::sleep(Duration::from_millis(700));
    eprintln!("CPU time while waiting: {} ticks", cpu(running.child.id()) - before);
    assert!(running.child.try_wait().unwrap().is_none(), "the command ended during the pause");
    stdin.write_all(format!("\n{WEBSITE}").as_bytes()).unwrap();
    drop(stdin);
    let peak = peak.join().unwrap();
    assert_eq!(running.ends_within(TIME_LIMIT).code(), Some(0));
    assert_eq!(dir.text("o").lines().nth(1), Some(WEBSITE_V2));
    assert_memory_bounded(args, JOBS, peak);
}

/// A line arrives byte by byte. The cost of a piece does not depend on the length of the line so far.
#[test]
#[ignore = "slow: waits between pieces"]
fn a_line_that_arrives_byte_by_byte_costs_linear_memory() {
    let run = |bytes: usize| {
        attack("", move |to| {
            // The line is already long when the single bytes begin.
            to.write_all(b"a=")?;
            repeat(to, "a", bytes)?;
            (0..4000).try_for_each(|_| {
                thread::sleep(Duration::from_micros(250));
                to.write_all(b"a")
            })
        })
        .exits(0, "")
    };
    let (short, long) = (run(MIB), run(12 * MIB));
    eprintln!("byte by byte: {} ticks for a line of 1 MiB, {} for one of 12 MiB", short.cpu, long.cpu);
    assert!(long.out > 12 * MIB && short.out > MIB);
    long.stays_linear(12 * MIB, 12);
}

/// Restoring many losses of one line costs time and memory linear in their number.
#[test]
#[ignore = "slow in a debug build"]
fn restoring_a_losses_line_costs_linear_memory() {
    let run = |n: usize| {
        let dir = Workdir::new();
        let form: String = (0..n)
            .map(|n| {
                let at = format!("contact_data[k{n}]");
                format!("{at}[comment]=c{n}&{at}[type]=Website&{at}[data][odd]=o&{at}[data][url]=u&")
            })
            .collect();
        dir.write("in", form);
        dir.run("-q --losses l -o o in", "").exits(0);
        let args = "-q --to form --restore l o";
        let mut running = Running::start(dir.command(args), args);
        let (watch, id) = (running.watch(), running.child.id());
        let mut out = Vec::new();
        running.child.stdout.take().unwrap().read_to_end(&mut out).unwrap();
        let peak = watch.join().unwrap();
        let cpu = cpu(id);
        let code = running.ends_within(LONG).code();
        let start = out[..100].to_vec();
        Outcome { args: args.to_owned(), code, err: String::new(), out: out.len(), start, peak, cpu }
            .exits(0, "")
    };
    grows("losses restored", run(15_000), run(60_000));
}
