//! The folders of `fixtures`, each a case.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

/// A file of legacy payloads, one a line.
pub const FORM: &str = "legacy.form";
/// A file of v2 bodies.
pub const JSON: &str = "v2.json";
/// The losses of the payloads, one line each.
pub const LOSSES: &str = "losses.json";
/// A whole losses file.
pub const LOSSES_FILE: &str = "losses.jsonl";
/// What is said of a rejection.
pub const MESSAGE: &str = "message.txt";

/// Checks each folder of a group, and gives what they say to a reader. Every folder that fails is named, not only
/// the first.
#[track_caller]
pub fn check(group: &str, mut check: impl FnMut(&Path) -> Result<String, String>) -> String {
    let folders = folders(group);
    assert!(!folders.is_empty(), "fixtures/{group} holds no folder");
    let (mut said, mut failed) = (String::new(), String::new());
    for folder in &folders {
        let name = folder.file_name().unwrap().to_str().unwrap();
        match only_known(folder, group).and_then(|()| check(folder)) {
            Ok(view) => writeln!(said, "# {name}\n{view}").unwrap(),
            Err(why) => writeln!(failed, "# fixtures/{group}/{name}\n{why}\n").unwrap(),
        }
    }
    assert!(failed.is_empty(), "\n{failed}");
    said
}

/// The folders of a group by name, so that every run goes through them in the same order.
fn folders(group: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(crate::repository().join("fixtures").join(group)).unwrap();
    let mut folders: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    folders.sort();
    folders
}

/// A file of another name would never be read: it is a slip.
fn only_known(folder: &Path, group: &str) -> Result<(), String> {
    let said: &[&str] = if group == "invalid" { &[MESSAGE, LOSSES, LOSSES_FILE] } else { &[LOSSES] };
    for entry in fs::read_dir(folder).map_err(|error| error.to_string())? {
        let name = entry.unwrap().file_name();
        if ![FORM, JSON].iter().chain(said).any(|&known| name == *known) {
            return Err(format!("holds {}, which nothing reads", name.display()));
        }
    }
    Ok(())
}

/// The bytes of a file of a folder.
///
/// # Errors
///
/// Why it cannot be read.
pub fn read(folder: &Path, file: &str) -> Result<Vec<u8>, String> {
    fs::read(folder.join(file)).map_err(|error| format!("{file}: {error}"))
}

/// Compares what a file says with what came out, and shows what the file would have to say.
///
/// # Errors
///
/// Both texts.
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
    Err(format!("{file} says\n{}\nbut it was\n{}", all(expected), all(found)))
}
