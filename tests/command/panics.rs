//! A panic in the program ends the run with status 70 and one message that names the line. No output is put in place.
//!
//! `--panic-at` makes the conversion of a line panic.

use std::io::{Read as _, Write as _};

use serde_json::Value;

use crate::harness::{COMMENT, Run, WEBSITE, WEBSITE_V2, Workdir};

const MESSAGE: &str = "a bug of convert ended the run, please report it";

/// Enough lines for several batches and threads.
fn many_lines() -> String {
    format!("{COMMENT}\n").repeat(20_000)
}

#[track_caller]
fn assert_caught(run: Run, line: &str) -> Run {
    let run = run.exits(70).reports(&format!("convert: line {line}: ")).reports(MESSAGE);
    assert_eq!(run.err.matches("report it").count(), 1, "{}", run.err);
    assert!(!run.err.contains("thread '"), "contains Rust's own panic message: {}", run.err);
    run
}

#[test]
fn a_panic_exits_70_and_names_the_line() {
    for jobs in ["-j1", "-j2", "-j8"] {
        let dir = Workdir::new();
        let run = dir.run(&format!("{jobs} --lossy -q --panic-at 2"), format!("{WEBSITE}\n").repeat(3));
        let run = assert_caught(run, "2");
        assert_eq!(run.err.lines().count(), 1, "expected one message: {}", run.err);
        assert!(run.out.is_empty(), "the batch is not written");
        // A later line: earlier batches are written in whole lines.
        let run = dir.run(&format!("{jobs} --lossy --panic-at 15000"), many_lines());
        let run = assert_caught(run, "15000");
        let lines = run.lines();
        assert!(lines.len() < 15_000 && lines.iter().all(|line| *line == WEBSITE_V2), "{}", lines.len());
    }
}

#[test]
fn a_panic_changes_no_file_and_leaves_none() {
    for jobs in ["-j1", "-j2"] {
        for line in ["1", "15000", "20000"] {
            let dir = Workdir::new();
            dir.write("people", "old content");
            let args = "-o people --losses losses --rejects rejects --summary summary";
            assert_caught(dir.run(&format!("{jobs} {args} --panic-at {line}"), many_lines()), line);
            assert_eq!(dir.files(), [("people".to_owned(), b"old content".to_vec())], "{jobs} {line}");
        }
    }
}

#[test]
fn a_panic_message_follows_the_error_format_json() {
    for jobs in ["-j1", "-j2"] {
        let run = Workdir::new().run(&format!("{jobs} --error-format json --panic-at 1"), WEBSITE).exits(70);
        let message: Value = serde_json::from_str(&run.err).unwrap();
        assert_eq!(message["failure"]["status"], 70);
        let message = message["failure"]["message"].as_str().unwrap();
        assert!(message.starts_with("line 1: ") && message.contains(MESSAGE), "{message}");
    }
}

#[test]
fn panics_are_caught_in_restore_verify_and_check() {
    let dir = Workdir::new();
    dir.run("--losses l -o people", format!("{COMMENT}\n").repeat(3)).exits(0);
    let people = dir.text("people");
    assert_caught(dir.run("--to form --restore l --panic-at 3", people), "3");
    assert_caught(dir.run("--verify --panic-at 1", WEBSITE), "1");
    let run = assert_caught(dir.run("--check --panic-at 1", WEBSITE), "1");
    assert!(run.out.is_empty());
    // The input has no line 2, so nothing panics.
    dir.run("--panic-at 2", WEBSITE).exits(0);
}

/// After a panic the run does not wait for more input. The lines start two threads and fit into the pipes.
#[test]
fn a_panic_ends_the_run_while_the_input_is_open() {
    let dir = Workdir::new();
    let mut child = dir.command("-j2 --lossy --panic-at 400").spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(format!("{COMMENT}\n").repeat(400).as_bytes()).unwrap();
    let mut out = Vec::new();
    child.stdout.take().unwrap().read_to_end(&mut out).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(70));
    drop(stdin);
}
