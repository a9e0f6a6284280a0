//! Reads the pages: their list, code blocks, tables, and the parts that the program gives. Rewrites what does not
//! match, if that is wanted.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

/// The variable that makes the tests rewrite pages instead of failing.
const UPDATE: &str = "UPDATE_PAGES";

/// Tests of one page run at the same time, and each reads the page before it writes it.
static WRITING: Mutex<()> = Mutex::new(());

pub(super) fn read(page: &str) -> String {
    let path = testkit::repository().join(page);
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{page}: {error}"))
}

/// Replaces texts of a page, if the tests are run to rewrite pages. Otherwise it fails and shows the texts.
///
/// `changes` has the line of each text, the old text and the new one.
#[track_caller]
pub(super) fn mend(page: &str, changes: &[(usize, String, String)]) {
    if changes.is_empty() {
        return;
    }
    if std::env::var_os(UPDATE).is_none() {
        let mut failed = format!("run `{UPDATE}=1 cargo test pages`, or paste\n");
        for (line, _, new) in changes {
            failed += &format!("{page}:{line}:\n{new}");
        }
        panic!("{failed}");
    }
    let _one_at_a_time = WRITING.lock().unwrap();
    let mut text = read(page);
    for (line, old, new) in changes {
        assert!(text.contains(old), "{page}:{line} changed while the tests ran");
        text = text.replacen(old, new, 1);
    }
    fs::write(testkit::repository().join(page), text).unwrap();
}

/// Compares the part of a page between `<!-- name -->` and `<!-- /name -->` with the text that the program gives.
#[track_caller]
pub(super) fn assert_part(page: &str, name: &str, own: &str) {
    let text = read(page);
    let [start, end] = [format!("<!-- {name} -->\n"), format!("<!-- /{name} -->\n")];
    let (before, rest) = text.split_once(&start).unwrap_or_else(|| panic!("{page} has no {start}"));
    let (part, _) = rest.split_once(&end).unwrap_or_else(|| panic!("{page} has no {end}"));
    if part != own {
        let [old, new] = [part, own].map(|part| format!("{start}{part}{end}"));
        mend(page, &[(before.lines().count() + 1, old, new)]);
    }
}

/// The fenced blocks of a language on a page, each with its first line number.
pub(crate) fn blocks(page: &str, language: &str) -> Vec<(usize, String)> {
    let (mut blocks, mut open) = (Vec::new(), None);
    for (n, line) in (1..).zip(read(page).lines()) {
        open = match (line.strip_prefix("```"), open) {
            (Some(language), None) => Some((n + 1, language.to_owned(), String::new())),
            (Some(_), Some((start, of, text))) => {
                if of == language {
                    blocks.push((start, text));
                }
                None
            }
            (None, Some((start, of, text))) => Some((start, of, text + line + "\n")),
            (None, None) => None,
        };
    }
    assert!(!blocks.is_empty(), "{page} has no block of {language}");
    blocks
}

/// The lines of a page outside of fenced blocks, each with its number.
pub(super) fn prose(page: &str) -> Vec<(usize, String)> {
    let (mut lines, mut is_fenced) = (Vec::new(), false);
    for (n, line) in (1..).zip(read(page).lines()) {
        let is_fence = line.trim_start().starts_with("```");
        is_fenced ^= is_fence;
        if !is_fenced && !is_fence {
            lines.push((n, line.to_owned()));
        }
    }
    lines
}

/// The first cell of each table row in the section under a heading, without its ticks.
pub(super) fn first_cells(page: &str, heading: &str) -> Vec<String> {
    let text = read(page);
    let (_, section) = text
        .split_once(&format!("\n{heading}\n"))
        .unwrap_or_else(|| panic!("{page} has no heading {heading:?}"));
    let section = section.split("\n#").next().unwrap();
    let rows = section.lines().filter_map(|line| line.strip_prefix("| "));
    // The first row holds the headings of the columns.
    rows.skip(1).map(|line| line.split(" |").next().unwrap().replace('`', "")).collect()
}

/// The pages of the repository, as paths from its top.
pub(super) fn pages() -> Vec<String> {
    let top = testkit::repository().canonicalize().unwrap();
    let (mut folders, mut pages) = (vec![top.clone()], Vec::new());
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().and_then(|name| name.to_str()).unwrap();
            // Built or fetched files, and files of other projects.
            let is_foreign = name.starts_with('.')
                || ["target", "fixtures", "vendor", "corpus", "artifacts"].contains(&name);
            if is_foreign || path.is_symlink() {
                continue;
            }
            if path.is_dir() {
                folders.push(path);
            } else if name.ends_with(".md") {
                pages.push(path.strip_prefix(&top).unwrap().to_str().unwrap().to_owned());
            }
        }
    }
    pages.sort_unstable();
    pages
}

/// The path that a link on a page means, from the top of the repository.
pub(super) fn resolved(page: &str, link: &str) -> PathBuf {
    let folder = Path::new(page).parent().unwrap();
    let target = if link.is_empty() { Path::new(page).to_owned() } else { folder.join(link) };
    testkit::repository().join(target)
}
