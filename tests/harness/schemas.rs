//! Checks what the tests' runs write against the schemas that the command prints.

use std::fs::{self, File};
use std::io::Read as _;
use std::path::Path;
use std::process::Command;
use std::sync::LazyLock;

use assert_cmd::cargo::cargo_bin;
use testkit::schema::{Schema, check_losses_line};

static SUMMARY: LazyLock<Schema> = LazyLock::new(|| Schema::new(&printed("summary")));
static CHECK: LazyLock<Schema> = LazyLock::new(|| Schema::new(&printed("check")));

/// The number of lines of a losses file that are checked. Longer files repeat their lines.
const CHECKED_LINES: usize = 1000;

/// The schema that the command prints.
pub(crate) fn printed(what: &str) -> String {
    let run = Command::new(cargo_bin!("convert")).args(["--schema", what]).output().unwrap();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    String::from_utf8(run.stdout).unwrap()
}

#[track_caller]
pub(crate) fn assert_summary(json: &[u8]) {
    SUMMARY.check(json).unwrap_or_else(|why| panic!("{why}"));
}

#[track_caller]
pub(crate) fn assert_check(json: &[u8]) {
    CHECK.check(json).unwrap_or_else(|why| panic!("{why}"));
}

/// Asserts that each complete line of a losses file matches the schema.
#[track_caller]
pub(crate) fn assert_losses(file: &[u8]) {
    let lines = file.split_inclusive(|&byte| byte == b'\n').take(CHECKED_LINES);
    for line in lines.filter_map(|line| line.strip_suffix(b"\n")) {
        check_losses_line(line).unwrap_or_else(|why| panic!("{why}"));
    }
}

/// Asserts that the losses files and summaries in a folder match their schemas. They are known by their first bytes.
/// Some files are not checked.
#[track_caller]
pub(crate) fn assert_folder(folder: &Path, is_unchecked: impl Fn(&Path) -> bool) {
    // Longer files are checked in part.
    const READ: u64 = 4 << 20;
    for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        // A pipe is not opened, which would wait.
        if !path.is_file() || is_unchecked(&path) {
            continue;
        }
        let mut bytes = Vec::new();
        File::open(path).unwrap().take(READ).read_to_end(&mut bytes).unwrap();
        if bytes.starts_with(b"{\"head\":{\"version\":") {
            assert_losses(&bytes);
        } else if bytes.starts_with(b"{\"to\":\"") && bytes.ends_with(b"}\n") {
            assert_summary(&bytes);
        }
    }
}
