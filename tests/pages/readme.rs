//! README is short, its transcripts run, its picture of a payload is true, and its Rust code is among the library's
//! examples, which `cargo test` runs. `tests/bindings` runs its PHP code.

use std::fs;

use serde_json::Value;

use super::markdown::{blocks, read};
use super::transcripts::{run_transcripts, transcript};

/// How README runs the command before it is built.
const CARGO_RUN: &str = "cargo run --release --bin convert -- ";

#[test]
fn readme_is_short() {
    let lines = read("README.md").lines().count();
    assert!(lines <= 250, "README.md has {lines} lines; docs/reference.md has room for details");
}

#[test]
fn the_transcripts_of_readme_run_as_written() {
    let dir = tempfile::tempdir().unwrap();
    run_transcripts("README.md", dir.path(), |command| {
        (!command.starts_with("cargo test")).then(|| command.replace(CARGO_RUN, "convert "))
    });
}

#[test]
fn readme_begins_with_a_conversion_and_the_tests() {
    let blocks = blocks("README.md", "console");
    let first = transcript(&blocks[0].1);
    assert!(first[0].0.starts_with(CARGO_RUN), "README begins with {CARGO_RUN}<a file of examples>");
    assert!(!first[0].1.is_empty(), "and shows what it prints");
    assert_eq!(
        transcript(&blocks[1].1),
        [("cargo test".to_owned(), String::new())],
        "and goes on with the tests"
    );
}

/// The left column of the picture is a payload with a line for each pair, the right column is its body.
#[test]
fn the_body_in_readme_is_that_of_the_payload_beside_it() {
    let (_, picture) = blocks("README.md", "text").remove(0);
    let column = picture.find("v2 body").unwrap();
    let rows = picture.lines().skip(2).map(|line| line.split_at(column.min(line.len())));
    let (pairs, body): (Vec<&str>, Vec<&str>) = rows.map(|(left, right)| (left.trim(), right.trim())).unzip();
    let pairs: Vec<&str> = pairs.into_iter().filter(|pair| !pair.is_empty()).collect();
    let (losses, body): (Vec<&str>, Vec<&str>) = body.into_iter().partition(|text| text.starts_with('('));
    let converted = deskpro_contact::to_v2(pairs.join("&")).unwrap();
    let [expected, found] =
        [converted.output(), &body.concat()].map(|body| serde_json::from_str::<Value>(body).unwrap());
    assert_eq!(found, expected);
    let data = converted.losses().iter().filter(|loss| loss.severity() == deskpro_contact::Severity::Data);
    assert_eq!(data.count(), losses.len());
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
