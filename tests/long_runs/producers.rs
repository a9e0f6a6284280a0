//! Inputs whose producer stalls, input files that grow, and many short runs.

use std::fs::File;
use std::io::Write as _;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::harness::running::{Running, TIME_LIMIT, line_receiver, read_summary};
use crate::harness::{BAD, COMMENT, WEBSITE, WEBSITE_V2, Workdir};

#[test]
fn a_failure_or_stop_ends_the_run_while_the_producer_stalls() {
    /// Far longer than a run takes, even on a busy machine.
    const PATIENCE: Duration = Duration::from_secs(8);
    let cases = [
        ("-o /dev/full", WEBSITE, 74),
        ("-o o --losses /dev/full", COMMENT, 74),
        ("-o o --rejects r --on-error stop", BAD, 1),
    ];
    let runs = cases.into_iter().flat_map(|case| [1, 2, 8].map(|jobs| (case, jobs)));
    let runs = runs.map(|((args, line, code), jobs)| {
        thread::spawn(move || {
            let dir = Workdir::new();
            let args = format!("-j{jobs} {args}");
            let mut running = Running::start(dir.command(&args), &args);
            let mut stdin = running.stdin();
            stdin.write_all(format!("{line}\n").as_bytes()).unwrap();
            let begun = Instant::now();
            while running.peak().is_some() && begun.elapsed() < PATIENCE {
                thread::sleep(Duration::from_millis(5));
            }
            if running.peak().is_some() {
                return format!("convert {args} still waits for more input\n");
            }
            assert_eq!(running.ends_within(TIME_LIMIT).code(), Some(code), "{args}");
            drop(stdin);
            String::new()
        })
    });
    let runs: Vec<_> = runs.collect();
    let wrong: String = runs.into_iter().map(|run| run.join().unwrap()).collect();
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn lines_appended_to_a_followed_file_are_converted() {
    for jobs in [1, 8] {
        let dir = Workdir::new();
        dir.write("log", format!("{WEBSITE}\n"));
        let mut tail = Command::new("tail");
        tail.args(["-n", "+1", "-f", "log"]).current_dir(dir.path("")).stdout(Stdio::piped());
        let mut tail = Running::start(tail, "(tail)");
        let args = format!("-j{jobs} --losses l --summary s");
        let mut command = dir.command(&args);
        command.stdin(tail.child.stdout.take().unwrap());
        let mut running = Running::start(command, &args);
        let output_lines = line_receiver(running.child.stdout.take().unwrap());
        let mut log = File::options().append(true).open(dir.path("log")).unwrap();
        for _ in 0..20 {
            assert_eq!(
                output_lines.recv_timeout(TIME_LIMIT).expect("an output line before the next input line"),
                WEBSITE_V2
            );
            // `tail` may pass several lines at once, or one line in two writes.
            log.write_all(&WEBSITE.as_bytes()[..20]).unwrap();
            log.write_all(&WEBSITE.as_bytes()[20..]).unwrap();
            log.write_all(b"\n").unwrap();
        }
        // Wait for the last line before `tail` ends: a part of it would be a payload of its own.
        assert_eq!(output_lines.recv_timeout(TIME_LIMIT).expect("the last output line"), WEBSITE_V2);
        tail.child.kill().unwrap();
        assert_eq!(running.ends_within(TIME_LIMIT).code(), Some(0));
        assert!(read_summary(&dir)["lines"].as_u64() >= Some(20));
    }
}

#[test]
fn many_short_runs_all_succeed() {
    let dir = Workdir::new();
    for n in 0..50 {
        let jobs = ["", "-j1", "-j8"][n % 3];
        let run = dir.run(jobs, WEBSITE).exits(0);
        assert_eq!((run.lines(), &run.err[..]), (vec![WEBSITE_V2], ""));
    }
}
