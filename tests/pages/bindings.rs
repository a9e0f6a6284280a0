//! The page about the bindings names only what they have. `bindings/php/tests` checks its options.

use std::fs;

use super::markdown::{first_cells, read};

const PAGE: &str = "docs/bindings.md";

#[test]
fn the_page_names_only_functions_of_the_header() {
    let header = read("crates/deskpro-contact-capi/include/deskpro_contact.h");
    let is_name = |char: char| char.is_ascii_alphanumeric() || char == '_';
    let page = read(PAGE);
    let names = page
        .split(|char| !is_name(char))
        .filter(|name| ["dc_", "DC_"].iter().any(|prefix| name.starts_with(prefix)));
    let mut count = 0;
    for name in names {
        assert!(header.split(|char| !is_name(char)).any(|word| word == name), "{PAGE} names {name}");
        count += 1;
    }
    assert!(count > 5, "only {count} names");
}

#[test]
fn the_page_lists_the_classes_of_the_php_package() {
    let cells = first_cells(PAGE, "## PHP");
    let mut listed: Vec<&str> =
        cells.iter().flat_map(|cell| cell.trim_end_matches(" (internal)").split(", ")).collect();
    listed.sort_unstable();
    let files = fs::read_dir(testkit::repository().join("bindings/php/src")).unwrap();
    let mut classes: Vec<String> =
        files.map(|file| file.unwrap().path().file_stem().unwrap().to_str().unwrap().to_owned()).collect();
    classes.sort_unstable();
    assert_eq!(listed, classes);
}
