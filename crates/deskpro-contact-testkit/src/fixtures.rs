//! Reads the folders of `fixtures`. Each folder is a test case.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

/// The file of legacy payloads, one per line.
pub const FORM: &str = "legacy.form";
/// The file of v2 bodies.
pub const JSON: &str = "v2.json";
/// The lines of another source, from which payloads are built.
pub const SOURCE: &str = "source.json";
/// The expected losses of the payloads.
pub const LOSSES: &str = "losses.json";
/// A whole losses file.
pub const LOSSES_FILE: &str = "losses.jsonl";
/// The options of the command with which the payloads are converted, on one line.
pub const ARGS: &str = "args";
/// An SQL dump.
pub const DUMP: &str = "dump.sql";
/// The expected events of a dump, one JSON value per line.
pub const EVENTS: &str = "events.jsonl";
/// The expected error messages.
pub const MESSAGE: &str = "message.txt";

/// Checks each folder of a group and returns the concatenated results.
///
/// # Panics
///
/// If a check fails. The message names every folder that fails.
#[track_caller]
pub fn check(group: &str, mut check: impl FnMut(&Path) -> Result<String, String>) -> String {
    let folders = folders(group);
    assert!(!folders.is_empty(), "fixtures/{group} holds no folder");
    let (mut views, mut failed) = (String::new(), String::new());
    for folder in &folders {
        let name = folder.file_name().unwrap().to_str().unwrap();
        match only_known(folder, group).and_then(|()| check(folder)) {
            Ok(view) => writeln!(views, "# {name}\n{view}").unwrap(),
            Err(why) => writeln!(failed, "# fixtures/{group}/{name}\n{why}\n").unwrap(),
        }
    }
    assert!(failed.is_empty(), "\n{failed}");
    views
}

/// The folders of a group, sorted by name.
fn folders(group: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(crate::repository().join("fixtures").join(group)).unwrap();
    let mut folders: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    folders.sort();
    folders
}

/// Rejects files with unknown names, because no test reads them.
fn only_known(folder: &Path, group: &str) -> Result<(), String> {
    let known: &[&str] = match group {
        "invalid" => &[FORM, JSON, ARGS, MESSAGE, LOSSES, LOSSES_FILE],
        "dump" => &[DUMP, EVENTS, MESSAGE],
        "rows" => &[DUMP, ARGS, FORM, LOSSES, MESSAGE],
        "json" => &[FORM, JSON, LOSSES, SOURCE],
        _ => &[FORM, JSON, ARGS, LOSSES],
    };
    for entry in fs::read_dir(folder).map_err(|error| error.to_string())? {
        let name = entry.unwrap().file_name();
        if !known.iter().any(|&known| name == *known) {
            return Err(format!("contains {}, which no test reads", name.display()));
        }
    }
    Ok(())
}

/// Reads a file of a folder.
///
/// # Errors
///
/// The reason why the file cannot be read.
pub fn read(folder: &Path, file: &str) -> Result<Vec<u8>, String> {
    fs::read(folder.join(file)).map_err(|error| format!("{file}: {error}"))
}

/// The options of a folder, each with its value; none without a file of options.
///
/// # Errors
///
/// The reason why the file cannot be read.
pub fn options(folder: &Path) -> Result<Vec<(String, String)>, String> {
    if !folder.join(ARGS).exists() {
        return Ok(Vec::new());
    }
    let text = String::from_utf8(read(folder, ARGS)?).map_err(|error| error.to_string())?;
    let words: Vec<&str> = text.split_whitespace().collect();
    let pairs = words.chunks(2).map(|pair| match pair {
        [option, value] => Ok(((*option).to_owned(), (*value).to_owned())),
        _ => Err(format!("{ARGS}: an option without a value")),
    });
    pairs.collect()
}

/// Compares the content of a file with the actual result.
///
/// # Errors
///
/// The expected and the actual text.
pub fn same(file: &str, expected: &[Vec<u8>], found: &[Vec<u8>]) -> Result<(), String> {
    if expected == found {
        return Ok(());
    }
    let all = |parts: &[Vec<u8>]| {
        let lines: Vec<String> =
            parts.iter().map(|part| String::from_utf8_lossy(part).into_owned()).collect();
        let text = lines.join("\n");
        if file == LOSSES { text.replace("{\"code\"", "\n  {\"code\"") } else { text }
    };
    Err(format!("{file} contains\n{}\nbut the result is\n{}", all(expected), all(found)))
}
