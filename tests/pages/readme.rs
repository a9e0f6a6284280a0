//! README matches the program: its transcripts run, its tables are complete, and its Rust code is among the library's
//! examples, which `cargo test` runs.

use std::collections::BTreeSet;
use std::fs;
use std::process::Command;

use assert_cmd::cargo::cargo_bin;
use deskpro_contact::{Code, ErrorKind};

use super::transcripts::{blocks, read, run_transcripts, transcript};

/// How README runs the command before it is built.
const CARGO_RUN: &str = "cargo run --release --bin convert -- ";

/// The first cell of each table row in the section under a heading.
fn first_cells(heading: &str) -> Vec<String> {
    let readme = read("README.md");
    let (_, section) = readme.split_once(&format!("\n## {heading}\n")).unwrap();
    let section = section.split("\n## ").next().unwrap();
    let cells = section.lines().filter_map(|line| line.strip_prefix("| `"));
    cells.map(|line| line.split(" |").next().unwrap().trim_end_matches('`').to_owned()).collect()
}

/// The options that a text contains, such as `-o` and `--output`.
fn options(text: &str) -> BTreeSet<String> {
    let words = text.split(|char: char| !(char.is_ascii_alphanumeric() || char == '-'));
    let is_option = |word: &&str| {
        let name = word.trim_start_matches('-');
        let dashes = word.len() - name.len();
        dashes == 2 && !name.is_empty() || dashes == 1 && name.len() == 1
    };
    words.filter(is_option).map(str::to_owned).collect()
}

#[test]
fn readme_lists_the_options_of_help() {
    let help = Command::new(cargo_bin("convert")).arg("--help").output().unwrap();
    let help = String::from_utf8(help.stdout).unwrap();
    // The line of an option begins with a dash, its description does not.
    let lines = help.lines().map(str::trim_start).filter(|line| line.starts_with('-'));
    let in_help: BTreeSet<String> = lines.flat_map(options).collect();
    let in_readme: BTreeSet<String> = first_cells("Options").iter().flat_map(|cell| options(cell)).collect();
    let [missing, unknown] = [in_help.difference(&in_readme), in_readme.difference(&in_help)]
        .map(|names| names.collect::<Vec<_>>());
    assert!(missing.is_empty(), "paste rows for {missing:?} into README's options");
    assert!(unknown.is_empty(), "README's options have {unknown:?}, which are not in --help");
}

#[test]
fn readme_lists_the_loss_codes_of_the_library() {
    let in_readme = first_cells("The losses file");
    let own: Vec<&str> = Code::ALL.iter().map(|code| code.name()).collect();
    let missing: Vec<&str> =
        own.iter().copied().filter(|name| !in_readme.iter().any(|cell| cell == name)).collect();
    assert!(missing.is_empty(), "paste rows for {missing:?} into README's losses file");
    let unknown: Vec<&String> = in_readme.iter().filter(|cell| !own.contains(&cell.as_str())).collect();
    assert!(unknown.is_empty(), "README's losses file has {unknown:?}, which are not in Code");
}

/// Every `"code":"…"` in README is a loss code or an error kind.
#[test]
fn readme_shows_only_existing_codes() {
    let readme = read("README.md");
    let codes: Vec<&str> =
        readme.split("\"code\":\"").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
    assert!(!codes.is_empty());
    for code in codes {
        let is_known = Code::from_name(code).is_some() || ErrorKind::from_name(code).is_some();
        assert!(is_known, "README shows the code {code:?}, which is neither a loss code nor an error kind");
    }
}

#[test]
fn the_transcripts_of_readme_run_as_written() {
    let dir = tempfile::tempdir().unwrap();
    std::os::unix::fs::symlink(
        testkit::repository().join("fixtures").canonicalize().unwrap(),
        dir.path().join("fixtures"),
    )
    .unwrap();
    run_transcripts("README.md", dir.path(), |command| {
        (!command.starts_with("cargo test")).then(|| command.replace(CARGO_RUN, "convert "))
    });
}

#[test]
fn readme_begins_with_a_conversion_and_the_tests() {
    let blocks = blocks("README.md", "console");
    let first = transcript(&blocks[0].1);
    assert!(first[0].0.starts_with(CARGO_RUN), "README begins with {CARGO_RUN}<a file of fixtures>");
    assert!(!first[0].1.is_empty(), "and shows what it prints");
    assert_eq!(
        transcript(&blocks[1].1),
        [("cargo test".to_owned(), String::new())],
        "and goes on with the tests"
    );
}

/// The documentation tests run the library's examples; README contains no other Rust code.
#[test]
fn the_rust_code_of_readme_is_in_the_documentation_of_the_library() {
    let source = testkit::repository().join("crates/deskpro-contact/src");
    let mut examples = String::new();
    let folders = [source.clone(), source.join("convert"), source.join("structs")];
    let files = folders.iter().flat_map(|folder| fs::read_dir(folder).unwrap());
    for file in files.map(|file| file.unwrap().path()).filter(|path| path.is_file()) {
        let text = fs::read_to_string(file).unwrap();
        let doc = text.lines().filter_map(|line| {
            let line = line.trim_start();
            line.strip_prefix("///").or(line.strip_prefix("//!"))
        });
        for line in doc {
            examples += &format!("{}\n", line.strip_prefix(' ').unwrap_or(line));
        }
    }
    for (line, block) in blocks("README.md", "rust") {
        assert!(examples.contains(&block), "README.md:{line}: no example of the library contains\n\n{block}");
    }
}
