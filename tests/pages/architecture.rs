//! docs/architecture.md names each module and says which are public. CONTRIBUTING.md names each group of tests, and is
//! short.

use std::collections::BTreeSet;
use std::fs;

use super::markdown::read;

const ARCHITECTURE: &str = "docs/architecture.md";
const CONTRIBUTING: &str = "CONTRIBUTING.md";
const LIBRARY_TESTS: &str = "crates/deskpro-contact/tests/library";

/// A row of a table: the names in its first cell, and its text.
struct Row {
    names: BTreeSet<String>,
    text: String,
}

impl Row {
    /// Whether the row names a module. The row of `restore` names `restore/owner` as `owner` or by its path.
    fn has(&self, module: &str) -> bool {
        let is_end = |name: &str| {
            module.strip_suffix(name).is_some_and(|above| above.is_empty() || above.ends_with('/'))
        };
        let is_above = |name: &String| module.strip_prefix(&**name).is_some_and(|rest| rest.starts_with('/'));
        self.names.contains(module) || self.names.iter().any(is_above) && quoted(&self.text).any(is_end)
    }
}

/// The words of a text that are marked as code.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

/// The rows of all tables of a section. `heading` has its mark.
fn rows(page: &str, heading: &str) -> Vec<Row> {
    let text = read(page);
    let (_, section) = text.split_once(&format!("\n{heading}\n")).unwrap_or_else(|| panic!("no {heading}"));
    let section = section.split("\n## ").next().unwrap();
    let rows = section.lines().filter_map(|line| line.strip_prefix("| `"));
    rows.map(|row| {
        let text = format!("`{row}");
        let first = text.split(" | ").next().unwrap();
        Row { names: quoted(first).map(str::to_owned).collect(), text }
    })
    .collect()
}

/// The modules in a folder of source code by their paths, such as `restore/owner`, without tests.
fn modules(folder: &str) -> BTreeSet<String> {
    let (mut above, mut found) = (vec![String::new()], BTreeSet::new());
    while let Some(above_these) = above.pop() {
        for entry in fs::read_dir(testkit::repository().join(folder).join(&above_these)).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_stem().and_then(|name| name.to_str()).unwrap();
            if path.is_dir() {
                above.push(format!("{above_these}{name}/"));
            } else if name == "mod" {
                found.insert(above_these.trim_end_matches('/').to_owned());
            } else if path.extension().is_some_and(|ending| ending == "rs")
                && !["lib", "main", "tests"].contains(&name)
            {
                found.insert(format!("{above_these}{name}"));
            }
        }
    }
    found
}

/// The public modules of the library.
fn public_modules() -> BTreeSet<String> {
    let lib = read("crates/deskpro-contact/src/lib.rs");
    let public = lib.lines().filter_map(|line| line.strip_prefix("pub mod "));
    public.map(|name| name.trim_end_matches([';', '{', '}', ' ']).to_owned()).collect()
}

#[test]
fn architecture_names_each_module() {
    for (heading, folder) in [
        ("## Modules of the library", "crates/deskpro-contact/src"),
        ("## The command", "crates/deskpro-convert/src"),
    ] {
        let (rows, modules) = (rows(ARCHITECTURE, heading), modules(folder));
        assert!(modules.len() > 50, "{modules:?}");
        let missing: Vec<_> =
            modules.iter().filter(|module| !rows.iter().any(|row| row.has(module))).collect();
        assert!(
            missing.is_empty(),
            "{ARCHITECTURE}, {heading}: expected rows for these modules: {missing:?}"
        );
        let mut named: BTreeSet<_> = rows.into_iter().flat_map(|row| row.names).collect();
        // A page may be a module without a file.
        named.retain(|name| !modules.contains(name) && !public_modules().contains(name));
        assert!(named.is_empty(), "{ARCHITECTURE}, {heading}: expected names of modules, found {named:?}");
    }
}

#[test]
fn architecture_names_each_module_of_the_bindings() {
    let rows = rows(ARCHITECTURE, "## Bindings");
    let crates = rows.iter().filter_map(|row| Some((row.names.first()?, row)));
    let crates: Vec<_> = crates.filter(|(folder, _)| folder.starts_with("crates/")).collect();
    assert_eq!(crates.len(), 3);
    for (folder, row) in crates {
        for module in modules(&format!("{folder}/src")) {
            let name = module.rsplit('/').next().unwrap();
            assert!(
                quoted(&row.text).any(|own| own == name),
                "{ARCHITECTURE}: expected {module} in {}",
                row.text
            );
        }
    }
}

#[test]
fn architecture_marks_the_public_modules() {
    let public = public_modules();
    assert!(public.len() > 3, "{public:?}");
    let rows = rows(ARCHITECTURE, "## Modules of the library");
    let marked = rows.into_iter().filter(|row| row.text.contains("**Public.**")).flat_map(|row| row.names);
    assert_eq!(marked.collect::<BTreeSet<_>>(), public);
}

#[test]
fn contributing_is_short_and_names_each_group_of_tests() {
    let lines = read(CONTRIBUTING).lines().count();
    assert!(
        lines <= 150,
        "{CONTRIBUTING} has {lines} lines; docs/architecture.md and docs/proof.md have room"
    );
    let rows = rows(CONTRIBUTING, "## Build and test");
    let library = rows.iter().find(|row| row.names.contains(LIBRARY_TESTS)).unwrap();
    for module in modules(LIBRARY_TESTS).iter().filter(|module| !module.contains('/')) {
        assert!(
            quoted(&library.text).any(|own| own == module),
            "{CONTRIBUTING}: expected {module} in {}",
            library.text
        );
    }
    // The harness has no tests.
    for module in modules("tests").iter().filter(|module| !module.contains('/') && *module != "harness") {
        let folder = format!("tests/{module}");
        assert!(
            rows.iter().any(|row| row.names.contains(&folder)),
            "{CONTRIBUTING}: expected a row for {folder}"
        );
    }
}
