//! Runs the transcripts of a page.

use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::{Command, Stdio};

use assert_cmd::cargo::cargo_bin;

use super::markdown::{blocks, mend};
use crate::harness::schemas;

/// Splits a transcript into commands and their output. A command continues on lines that begin with `> `; the prompts
/// are removed.
pub(super) fn transcript(block: &str) -> Vec<(String, String)> {
    let mut steps: Vec<(String, String)> = Vec::new();
    for line in block.lines() {
        let rest = |start| line.strip_prefix(start);
        match (rest("$ "), rest("> "), steps.last_mut()) {
            (Some(command), _, _) => steps.push((command.to_owned(), String::new())),
            (None, Some(more), Some((command, shown))) if shown.is_empty() => {
                *command += &format!("\n{more}")
            }
            (None, _, Some((_, shown))) => *shown += &format!("{line}\n"),
            (None, _, None) => panic!("a transcript begins with a command, not with {line:?}"),
        }
    }
    steps
}

/// Runs all transcripts of a page in one shell, in order, in a folder with the `fixtures` and `examples` of the
/// repository. `typed` maps a command of the page to the command to run; None skips it.
#[track_caller]
pub(crate) fn run_transcripts(page: &str, dir: &Path, typed: impl Fn(&str) -> Option<String>) {
    for folder in ["fixtures", "examples"] {
        symlink(testkit::repository().join(folder).canonicalize().unwrap(), dir.join(folder)).unwrap();
    }
    let bin = cargo_bin("convert");
    let path = format!("{}:{}", bin.parent().unwrap().display(), std::env::var("PATH").unwrap());
    let blocks = blocks(page, "console");
    // The mark, which no command prints, separates the outputs. `$?` is preserved.
    let mark = "-- the next command --\n";
    let mut script = "exec 2>&1 </dev/null\n".to_owned();
    for (_, block) in &blocks {
        for command in transcript(block).iter().filter_map(|(command, _)| typed(command)) {
            script += &format!("status=$?; printf '%s' '{mark}'; (exit $status)\n{command}\n");
        }
    }
    let run = Command::new("sh")
        .args(["-c", &script])
        .env("PATH", path)
        .env("LC_ALL", "C")
        // Ignores proxies of this machine.
        .env("no_proxy", "*")
        .current_dir(dir)
        .stderr(Stdio::inherit())
        .output()
        .unwrap();
    schemas::assert_folder(dir, |_| false);
    let printed = String::from_utf8(run.stdout).unwrap();
    let mut printed = printed.split(mark).skip(1);
    let mut changes = Vec::new();
    for (line, block) in &blocks {
        let (mut found, mut is_same) = (String::new(), true);
        for (command, shown) in &transcript(block) {
            let printed =
                if typed(command).is_some() { printed.next().unwrap_or("it was not run\n") } else { shown };
            is_same &= printed == shown;
            found += &format!("$ {}\n{printed}", command.replace('\n', "\n> "));
        }
        if !is_same {
            let [old, new] = [block, &found].map(|text| format!("```console\n{text}```\n"));
            changes.push((*line, old, new));
        }
    }
    mend(page, &changes);
}
