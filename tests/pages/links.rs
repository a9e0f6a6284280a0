//! The links of all pages lead somewhere, and their lines are short.

use super::markdown::{pages, prose, read, resolved};

/// The longest line of prose on a page. Tables and code blocks cannot be wrapped.
const MAX_WIDTH: usize = 120;

/// The targets of the links in a text: `[text](target)` and `[name]: target`.
fn links(text: &str) -> Vec<&str> {
    let inline = text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    let named = text.lines().filter(|line| line.starts_with('[')).filter_map(|line| line.split_once("]: "));
    inline.chain(named.map(|(_, target)| target)).collect()
}

/// The anchor that GitHub gives a heading.
fn anchor(heading: &str) -> String {
    let kept = heading.chars().filter(|char| char.is_alphanumeric() || matches!(char, ' ' | '-' | '_'));
    kept.collect::<String>().to_lowercase().replace(' ', "-")
}

fn anchors(page: &str) -> Vec<String> {
    let headings = prose(page).into_iter().filter(|(_, line)| line.starts_with('#'));
    headings.map(|(_, line)| anchor(line.trim_start_matches('#').trim())).collect()
}

#[test]
fn a_heading_has_the_anchor_that_github_gives_it() {
    for (heading, expected) in [
        ("From a database", "from-a-database"),
        ("3. Read the summary", "3-read-the-summary"),
        ("`--check`", "--check"),
        ("What v2 has, and what not", "what-v2-has-and-what-not"),
    ] {
        assert_eq!(anchor(heading), expected);
    }
}

#[test]
fn every_link_leads_to_a_file_and_a_heading() {
    let (mut count, mut broken) = (0, String::new());
    for page in pages() {
        let text: String = prose(&page).into_iter().map(|(_, line)| line + "\n").collect();
        for link in links(&text).into_iter().filter(|link| !link.contains("://")) {
            let (path, name) = link.split_once('#').unwrap_or((link, ""));
            let target = resolved(&page, path);
            let is_there = target.exists()
                && (name.is_empty() || anchors(target.to_str().unwrap()).iter().any(|anchor| anchor == name));
            if !is_there {
                broken += &format!("{page}: {link}\n");
            }
            count += 1;
        }
    }
    assert!(count > 50, "only {count} links");
    assert!(broken.is_empty(), "broken links:\n{broken}");
}

/// No page is left that no other page leads to.
#[test]
fn every_page_in_docs_is_linked_from_readme() {
    let readme = read("README.md");
    for page in pages().iter().filter(|page| page.starts_with("docs/") || *page == "GUIDE.md") {
        assert!(readme.contains(&format!("]({page})")), "README.md does not link {page}");
    }
}

#[test]
fn no_line_of_prose_is_too_long() {
    let mut long = String::new();
    for page in pages() {
        for (n, line) in prose(&page) {
            if line.chars().count() > MAX_WIDTH && !line.starts_with('|') {
                long += &format!("{page}:{n}: {line}\n");
            }
        }
    }
    assert!(long.is_empty(), "lines of more than {MAX_WIDTH} characters:\n{long}");
}

/// Paths that a page names in code, such as `tests/pages`, exist: in the repository, or in the library's folder.
#[test]
fn every_named_path_exists() {
    let folders = ["tests/", "crates/", "docs/", "fixtures/", "benches/", "bindings/", "examples/", ".ci/"];
    let roots = ["", "crates/deskpro-contact"].map(|root| testkit::repository().join(root));
    let (mut count, mut missing) = (0, String::new());
    for page in pages().iter().filter(|page| *page != "CHANGELOG.md") {
        let text: String = prose(page).into_iter().map(|(_, line)| line + "\n").collect();
        for code in text.split('`').skip(1).step_by(2) {
            let path = code.split(' ').next().unwrap();
            // `fixtures/to-v2/<name>` stands for folders in `fixtures/to-v2`.
            let path = match path.split_once(['<', '*', '…']) {
                Some((fixed, _)) => &fixed[..fixed.rfind('/').map_or(0, |slash| slash + 1)],
                None => path,
            };
            if folders.iter().any(|folder| path.starts_with(folder)) {
                count += 1;
                if !roots.iter().any(|root| root.join(path).exists()) {
                    missing += &format!("{page}: {path}\n");
                }
            }
        }
    }
    assert!(count > 30, "only {count} paths");
    assert!(missing.is_empty(), "paths that do not exist:\n{missing}");
}
