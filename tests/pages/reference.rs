//! The reference and the page about the losses file: their transcripts run, and their tables are those of the program.

use std::collections::BTreeSet;
use std::process::Command;

use assert_cmd::cargo::cargo_bin;
use deskpro_contact::{Code, ErrorKind, PhoneReason, differences, dump, rows};

use super::markdown::{assert_part, first_cells, pages, read};
use super::transcripts::run_transcripts;

const REFERENCE: &str = "docs/reference.md";

/// The text that the command prints.
pub(super) fn printed(args: &[&str]) -> String {
    let run = Command::new(cargo_bin("convert")).args(args).output().unwrap();
    assert!(run.status.success(), "{args:?}");
    String::from_utf8(run.stdout).unwrap()
}

#[test]
fn the_transcripts_of_the_reference_run_as_written() {
    run_transcripts(REFERENCE, tempfile::tempdir().unwrap().path(), |command| Some(command.to_owned()));
}

#[test]
fn the_transcripts_of_the_losses_file_run_as_written() {
    let dir = tempfile::tempdir().unwrap();
    run_transcripts("docs/losses-file.md", dir.path(), |command| Some(command.to_owned()));
}

#[test]
fn the_reference_has_the_options_of_help() {
    let help = printed(&["--help"]);
    let (_, options) = help.split_once("\nUsage:").unwrap();
    let (options, _) = options.split_once("\nExamples:").expect("the examples follow the options");
    let mut own = "```text\nUsage:".to_owned();
    for line in options.trim_end().lines() {
        own += &format!("{}\n", line.trim_end());
    }
    assert_part(REFERENCE, "options", &format!("{own}```\n"));
}

/// The options with more words are options.
#[test]
fn the_table_below_the_options_names_only_options() {
    let help = printed(&["--help"]);
    let names: Vec<String> = first_cells(REFERENCE, "## Options");
    assert!(!names.is_empty());
    for name in names {
        let option = name.split(' ').next().unwrap();
        assert!(help.split_whitespace().any(|word| word == option), "{REFERENCE}: {name}");
    }
}

#[test]
fn the_reference_has_the_exit_statuses_of_help() {
    let help = printed(&["--help"]);
    let (_, statuses) = help.split_once("Exit status:\n").unwrap();
    let numbers = |text: &str| -> Vec<u8> {
        text.split([',', ' ']).filter(|part| !part.is_empty()).map_while(|part| part.parse().ok()).collect()
    };
    let in_help: BTreeSet<u8> = statuses.lines().flat_map(numbers).collect();
    let cells = first_cells(REFERENCE, "## Exit statuses");
    let in_reference: Vec<u8> = cells.iter().flat_map(|cell| numbers(cell)).collect();
    assert_eq!(in_reference.iter().copied().collect::<BTreeSet<u8>>(), in_help);
    assert_eq!(in_reference.len(), in_help.len(), "a status stands twice");
}

/// Rows of a table of codes or reasons with their meaning.
fn table<'a>(head: &str, rows: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let mut table = format!("| {head} | meaning |\n|---|---|\n");
    for (name, meaning) in rows {
        table += &format!("| `{name}` | {} |\n", meaning.replace('|', "\\|"));
    }
    table
}

/// A code is listed with the data if the loss of its example is data.
#[test]
fn the_reference_has_the_codes_of_losses() {
    let (data, notes): (Vec<Code>, Vec<Code>) = Code::ALL.iter().partition(|code| {
        let explanation = printed(&["--explain", code.name()]);
        let is = |severity| explanation.contains(&format!("\"code\":\"{code}\",\"severity\":\"{severity}\""));
        assert!(is("data") != is("note"), "{explanation}");
        is("data")
    });
    for (part, codes) in [("data", data), ("notes", notes)] {
        let rows = codes.iter().map(|code| (code.name(), code.explanation().meaning));
        assert_part(REFERENCE, part, &table("code", rows));
    }
}

#[test]
fn the_reference_has_the_reasons_of_phones() {
    let rows = PhoneReason::ALL.iter().map(|reason| (reason.name(), reason.words()));
    assert_part(REFERENCE, "reasons", &table("reason", rows));
}

#[test]
fn the_reference_has_the_codes_of_errors() {
    let rows = ErrorKind::ALL.iter().map(|kind| (kind.name(), kind.explanation().meaning));
    assert_part(REFERENCE, "errors", &table("code", rows));
    let dumps = dump::ErrorKind::ALL.iter().map(|kind| (kind.name(), kind.explanation().meaning));
    let rows = rows::ErrorKind::ALL.iter().map(|kind| (kind.name(), kind.explanation().meaning));
    assert_part(REFERENCE, "inputs", &table("code", dumps.chain(rows)));
}

#[test]
fn the_reference_has_the_table_of_differences() {
    assert_part(REFERENCE, "differences", &differences());
}

/// Every `"code":"…"` on a page is a loss code or an error kind.
#[test]
fn the_pages_show_only_existing_codes() {
    let mut count = 0;
    for page in pages() {
        let text = read(&page);
        for rest in text.split("\"code\":\"").skip(1) {
            let code = rest.split('"').next().unwrap();
            let is_known = code.parse::<Code>().is_ok() || code.parse::<ErrorKind>().is_ok();
            assert!(
                is_known,
                "{page} shows the code {code:?}, which is neither a loss code nor an error kind"
            );
            count += 1;
        }
    }
    assert!(count > 5);
}
