//! `examples/send.py` sends people, and survives its own death and that of the server.
//!
//! The tests are in Python, in `tests/sending`, with a server of their own. Without Python 3.10 and httpx they are
//! skipped and say so. `.ci/run` installs them. `SEED=N` repeats a run of the random tests.

use std::process::{Command, Stdio};

use assert_cmd::cargo::cargo_bin;

/// Whether Python and httpx are installed. If not, prints that `test` is skipped.
pub(crate) fn has_httpx(test: &str) -> bool {
    let check = "import sys, httpx; sys.exit(sys.version_info < (3, 10))";
    let status = Command::new("python3").args(["-c", check]).stderr(Stdio::null()).status();
    let is_there = status.is_ok_and(|status| status.success());
    if !is_there {
        println!("skipped: Python 3.10 with httpx is not installed, and {test} needs it");
    }
    is_there
}

/// Runs a file of Python tests.
#[track_caller]
fn run(file: &str) {
    if !has_httpx(file) {
        return;
    }
    let output = Command::new("python3")
        .args(["-B", "-m", "unittest", file])
        .current_dir(testkit::repository().join("tests/sending"))
        .env("CONVERT", cargo_bin("convert"))
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let [out, err] = [output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).into_owned());
    print!("{out}");
    assert!(output.status.success(), "{file}: {}\n{err}", output.status);
    assert!(err.contains("\nRan ") && !err.contains("\nRan 0 "), "{file} has tests\n{err}");
}

#[test]
fn people_of_convert_arrive_as_v2_takes_them() {
    run("test_requests");
}

#[test]
fn wrong_input_is_refused_before_anything_is_sent() {
    run("test_input");
}

#[test]
fn the_journal_survives_crashes_full_disks_and_signals() {
    run("test_journal");
}

#[test]
fn each_answer_decides_whether_a_person_is_sent_again() {
    run("test_answers");
}

#[test]
fn a_sender_that_is_killed_sends_nobody_twice_and_leaves_nobody_out() {
    run("test_kills");
}

#[test]
fn a_server_that_fails_stalls_and_dies_leaves_nobody_unaccounted() {
    run("test_many");
}
