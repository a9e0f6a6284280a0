//! A bug of ours that panics: the run ends with 70 and one sentence that names the line, and nothing is in place.
//!
//! `--panic-at` puts the bug into the conversion of a line.

use std::io::{Read as _, Write as _};

use serde_json::Value;

use crate::harness::{COMMENT, Place, Run, WEBSITE, WEBSITE_V2};

const SAYS: &str = "a bug of convert ended the run, please report it";

/// As many lines that there are several batches, which several threads take.
fn many() -> String {
    format!("{COMMENT}\n").repeat(20_000)
}

#[track_caller]
fn is_caught(run: Run, line: &str) -> Run {
    let run = run.exits(70).says(&format!("convert: line {line}: ")).says(SAYS);
    assert_eq!(run.err.matches("report it").count(), 1, "{}", run.err);
    assert!(!run.err.contains("thread '"), "the standard message: {}", run.err);
    run
}

#[test]
fn a_panic_is_70_with_its_line() {
    for jobs in ["-j1", "-j2", "-j8"] {
        let place = Place::new();
        let run = place.run(&format!("{jobs} --lossy -q --panic-at 2"), format!("{WEBSITE}\n").repeat(3));
        let run = is_caught(run, "2");
        assert_eq!(run.err.lines().count(), 1, "one sentence: {}", run.err);
        assert!(run.out.is_empty(), "nothing of the batch is written");
        // A line far behind: what was written of earlier batches is whole.
        let run = place.run(&format!("{jobs} --lossy --panic-at 15000"), many());
        let run = is_caught(run, "15000");
        let lines = run.lines();
        assert!(lines.len() < 15_000 && lines.iter().all(|line| *line == WEBSITE_V2), "{}", lines.len());
    }
}

#[test]
fn no_file_is_put_in_place_or_left() {
    for jobs in ["-j1", "-j2"] {
        for line in ["1", "15000", "20000"] {
            let place = Place::new();
            place.write("people", "as it was");
            let args = "-o people --losses losses --rejects rejects --summary summary";
            is_caught(place.run(&format!("{jobs} {args} --panic-at {line}"), many()), line);
            assert_eq!(place.files(), [("people".to_owned(), b"as it was".to_vec())], "{jobs} {line}");
        }
    }
}

#[test]
fn a_panic_is_json_where_that_is_asked_for() {
    for jobs in ["-j1", "-j2"] {
        let run = Place::new().run(&format!("{jobs} --error-format json --panic-at 1"), WEBSITE).exits(70);
        let said: Value = serde_json::from_str(&run.err).unwrap();
        assert_eq!(said["failure"]["status"], 70);
        let message = said["failure"]["message"].as_str().unwrap();
        assert!(message.starts_with("line 1: ") && message.contains(SAYS), "{message}");
    }
}

#[test]
fn restoring_verifying_and_checking_are_caught_too() {
    let place = Place::new();
    place.run("--losses l -o people", format!("{COMMENT}\n").repeat(3)).exits(0);
    let people = place.text("people");
    is_caught(place.run("--to form --restore l --panic-at 3", people), "3");
    is_caught(place.run("--verify --panic-at 1", WEBSITE), "1");
    let run = is_caught(place.run("--check --panic-at 1", WEBSITE), "1");
    assert!(run.out.is_empty());
    // No such line, no bug.
    place.run("--panic-at 2", WEBSITE).exits(0);
}

/// A writer that holds the input open without writing more is not waited for. What it wrote starts two threads, and
/// fits into the pipes.
#[test]
fn an_input_that_pauses_does_not_hold_the_end() {
    let place = Place::new();
    let mut child = place.command("-j2 --lossy --panic-at 400").spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(format!("{COMMENT}\n").repeat(400).as_bytes()).unwrap();
    let mut out = Vec::new();
    child.stdout.take().unwrap().read_to_end(&mut out).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(70));
    drop(stdin);
}
