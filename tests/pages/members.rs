//! The pages have the members of the losses file and of the summary that the schemas have.

use std::collections::BTreeSet;

use serde_json::Value;

use super::markdown::{first_cells, read};
use super::reference::printed;

const LOSSES_FILE: &str = "docs/losses-file.md";

fn schema(what: &str) -> Value {
    serde_json::from_str(&printed(&["--schema", what])).unwrap()
}

/// The names that an object of a schema describes.
fn members(schema: &Value) -> BTreeSet<String> {
    let properties = schema["properties"].as_object().unwrap_or_else(|| panic!("no properties in {schema}"));
    properties.keys().cloned().collect()
}

#[test]
fn the_losses_file_has_the_members_of_its_schema() {
    let schema = schema("losses");
    let line = |name: &str| &schema["$defs"][name];
    let union =
        |names: &[&str]| names.iter().flat_map(|name| members(line(name))).collect::<BTreeSet<String>>();
    for (heading, expected) in [
        ("### The first line", members(&line("head_line")["properties"]["head"])),
        ("### The line of a payload", union(&["payload", "rejected", "left_over_line"])),
        ("### A loss", members(line("loss"))),
        ("### The last line", members(&line("end_line")["properties"]["end"])),
    ] {
        let cells = first_cells(LOSSES_FILE, heading);
        let listed: Vec<String> = cells.iter().flat_map(|cell| cell.split(", ")).map(str::to_owned).collect();
        let found: BTreeSet<String> = listed.iter().cloned().collect();
        assert_eq!(found, expected, "{LOSSES_FILE}, {heading}");
        assert_eq!(found.len(), listed.len(), "{LOSSES_FILE}, {heading}: a member stands twice");
    }
}

/// The guide explains the members to look at, the reference names the others.
#[test]
fn the_guide_and_the_reference_have_the_members_of_the_summary() {
    let expected = members(&schema("summary"));
    let section = |page: &str, heading: &str| {
        let text = read(page);
        let (_, section) = text.split_once(&format!("\n{heading}\n")).unwrap();
        section.split("\n## ").next().unwrap().to_owned()
    };
    let heading = "## 3. Read the summary";
    let text = section("GUIDE.md", heading) + &section("docs/reference.md", "## `--summary`");
    for name in &expected {
        assert!(text.contains(&format!("`{name}`")), "neither page names {name}");
    }
    for name in first_cells("GUIDE.md", heading).iter().flat_map(|cell| cell.split(", ")) {
        assert!(expected.contains(name), "GUIDE.md has {name}, which is not in the summary");
    }
}
