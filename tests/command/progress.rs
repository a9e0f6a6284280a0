//! Progress on terminals and on request, and the speed that the summary reports.

use std::io::Write as _;
use std::process::Stdio;
use std::thread;
use std::time::Duration;

use assert_cmd::cargo::cargo_bin;
use serde_json::Value;

use crate::harness::compressed::gzip;
use crate::harness::running::summary;
use crate::harness::{BAD, COMMENT, Place, Run, WEBSITE, WEBSITE_V2};

#[test]
fn progress_is_shown_where_it_is_asked_for() {
    let place = Place::new();
    assert_eq!(place.run("", WEBSITE).exits(0).err, ""); // this is no terminal
    let run = place.run("--progress", format!("{WEBSITE}\n").repeat(1000)).exits(0);
    assert!(!run.err.is_empty());
    assert_eq!(run.lines().len(), 1000);
}

/// Whoever reads the output waits longer than a run may go on without a word.
#[test]
fn progress_says_how_much_of_a_file_is_left() {
    let place = Place::new();
    let lines = 20_000;
    place.write("in", format!("{WEBSITE}\n").repeat(lines));
    let child = place.command("-j1 --progress in").spawn().unwrap();
    thread::sleep(Duration::from_millis(1200));
    let run = Run::new("--progress", child.wait_with_output().unwrap()).exits(0);
    assert_eq!(run.lines().len(), lines);
    let said: Vec<&str> = run.err.lines().collect();
    let (last, first) = said.split_last().unwrap();
    let total = " of 1.32 MiB, ";
    // Once a second, not with each piece that is read.
    assert!((1..10).contains(&first.len()), "{}", run.err);
    assert!(first.iter().all(|line| line.contains(total)), "{}", run.err);
    assert!(first.iter().all(|line| line.contains(" left, ") && line.ends_with("/s")), "{}", run.err);
    assert!(last.starts_with("convert: read 1.32 MiB, "), "{}", run.err);
}

/// A terminal of its own is made by `script`, where that is installed.
#[test]
fn a_bar_is_shown_on_a_terminal_and_taken_away() {
    let shown = |seconds: &str, quiet: &str| {
        let convert = cargo_bin!("convert").display();
        let command = format!("(echo a=1; sleep {seconds}; echo a=2) | {convert} {quiet} > /dev/null");
        let run = std::process::Command::new("script")
            .args(["-qec", &command, "/dev/null"])
            .env("TERM", "xterm")
            // A shell complains of a locale that the system does not have.
            .env("LC_ALL", "C")
            .stdin(Stdio::null())
            .output();
        run.ok().map(|run| String::from_utf8(run.stdout).unwrap())
    };
    let Some(bar) = shown("1.2", "") else { return println!("script is not installed: no bar was shown") };
    assert!(bar.contains("8 B, ") && bar.contains("/s"), "{bar:?}");
    // The line is empty at the end.
    assert!(bar.trim_end().ends_with("\u{1b}[2K"), "{bar:?}");
    assert_eq!(shown("1.2", "--quiet").unwrap(), "");
    // A run that is over soon shows nothing.
    assert_eq!(shown("0", "").unwrap(), "");
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
