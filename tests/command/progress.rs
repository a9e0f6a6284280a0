//! Progress on terminals and on request, and the speed that the summary reports.

use std::io::Write as _;
use std::thread;
use std::time::Duration;

use assert_cmd::cargo::cargo_bin;
use serde_json::Value;

use crate::harness::compressed::gzip;
use crate::harness::running::read_summary;
use crate::harness::terminal::on_terminal;
use crate::harness::{BAD, COMMENT, Run, WEBSITE, WEBSITE_V2, Workdir};

#[test]
fn progress_off_a_terminal_is_shown_only_on_request() {
    let dir = Workdir::new();
    assert_eq!(dir.run("", WEBSITE).exits(0).err, ""); // standard error is not a terminal
    let run = dir.run("--progress", format!("{WEBSITE}\n").repeat(1000)).exits(0);
    assert!(!run.err.is_empty());
    assert_eq!(run.lines().len(), 1000);
}

/// The test reads the output only after the first progress line is due.
#[test]
fn progress_on_a_file_shows_its_size_and_the_time_left() {
    let dir = Workdir::new();
    let lines = 20_000;
    dir.write("in", format!("{WEBSITE}\n").repeat(lines));
    let child = dir.command("-j1 --progress in").spawn().unwrap();
    thread::sleep(Duration::from_millis(1200));
    let run = Run::new("--progress", child.wait_with_output().unwrap()).exits(0);
    assert_eq!(run.lines().len(), lines);
    let lines: Vec<&str> = run.err.lines().collect();
    let (last, first) = lines.split_last().unwrap();
    let total = " of 1.32 MiB, ";
    // Once a second, not once per read.
    assert!((1..10).contains(&first.len()), "{}", run.err);
    assert!(first.iter().all(|line| line.contains(total)), "{}", run.err);
    assert!(first.iter().all(|line| line.contains(" left, ") && line.ends_with("/s")), "{}", run.err);
    assert!(last.starts_with("convert: read 1.32 MiB, "), "{}", run.err);
}

#[test]
fn the_progress_bar_on_a_terminal_is_erased_at_the_end() {
    let shown = |seconds: &str, quiet: &str| {
        let convert = cargo_bin!("convert").display();
        let line = "type=website&data[url]=x";
        let command =
            format!("(echo '{line}'; sleep {seconds}; echo '{line}') | {convert} {quiet} > /dev/null");
        on_terminal(&command, &[])
    };
    let Some(bar) = shown("1.2", "") else { return };
    assert!(bar.contains("50 B, ") && bar.contains("/s"), "{bar:?}");
    // The line is empty at the end.
    assert!(bar.trim_end().ends_with("\u{1b}[2K"), "{bar:?}");
    assert_eq!(shown("1.2", "--quiet").unwrap(), "");
    // A short run shows no bar.
    assert_eq!(shown("0", "").unwrap(), "");
}

#[test]
fn progress_does_not_delay_or_change_the_output() {
    // The run lasts longer than the delay before the first progress line.
    let runs = ["", "--progress", "--progress --quiet"].map(|args| {
        thread::spawn(move || {
            let dir = Workdir::new();
            let mut command = dir.command(args);
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
    let [plain, progress, quiet] = runs.map(|run| run.join().unwrap());
    assert_eq!((&plain[..], &quiet[..]), ("", ""));
    assert!(progress.lines().count() >= 2, "{progress}");
    for line in progress.lines() {
        assert!(line.starts_with("convert: read ") && line.ends_with("B/s"), "{line}");
    }
}

#[test]
fn the_summary_contains_bytes_seconds_and_rate() {
    let dir = Workdir::new();
    let input = format!("{WEBSITE}\n{COMMENT}\n{BAD}\n").repeat(2000);
    dir.write("in", &input);
    dir.write("in.gz", gzip(input.as_bytes()));
    for jobs in [1, 8] {
        for name in ["in", "in.gz"] {
            dir.run(&format!("-q -j{jobs} -o o --losses l --rejects r --summary s {name}"), "").exits(1);
            let summary = read_summary(&dir);
            for (what, count) in [("lines", 6000), ("converted", 4000), ("rejected", 2000)] {
                assert_eq!(summary[what], count, "{what} of {summary}");
            }
            let [bytes, seconds, rate] =
                ["bytes", "seconds", "bytes_per_second"].map(|name| summary[name].as_f64().unwrap());
            assert_eq!(bytes as usize, dir.bytes(name).len(), "{summary}");
            // `seconds` is rounded to three digits, the rate to a whole number; the rate is computed from the exact
            // time.
            assert!(seconds > 0.0 && rate > 0.0, "{summary}");
            let (longest, shortest) = (bytes / (rate - 0.5).max(f64::MIN_POSITIVE), bytes / (rate + 0.5));
            assert!((shortest - 0.0005..=longest + 0.0005).contains(&seconds), "{summary}");
        }
    }
    // On standard error the summary follows the messages.
    let run = dir.run("-q --lossy --summary /dev/stderr", &input).exits(3);
    let last: Value = serde_json::from_str(run.err.lines().next_back().unwrap()).unwrap();
    assert_eq!(last["bytes"], input.len());
}
