//! The schemas that `--schema` prints, and what they reject. The harness checks every losses file, summary and report
//! of `--check` that the tests make.

use deskpro_contact::Profile;
use serde_json::Value;
use testkit::schema::{Damage, Damaged, Schema, damaged};

use crate::harness::schemas::printed;
use crate::harness::{BAD, BAD_RECORD, COMMENT, Workdir};

#[test]
fn the_command_prints_the_schemas_of_the_library() {
    let dir = Workdir::new();
    let documented = deskpro_contact::schema(Profile::Documented);
    assert_eq!(dir.run("--schema", "").exits(0).text(), documented);
    assert_eq!(dir.run("--schema v2", "").exits(0).text(), documented);
    let run = dir.run("--schema --profile extended", "").exits(0);
    assert_eq!(run.text(), deskpro_contact::schema(Profile::Extended));
    assert_eq!(dir.run("--schema losses", "").exits(0).text(), deskpro_contact::losses_schema());
}

#[test]
fn a_schema_takes_no_other_option() {
    let dir = Workdir::new();
    for args in ["--schema losses --profile extended", "--schema summary --losses l", "--schema check -q"] {
        dir.run(args, "").exits(2).reports("--schema takes no FILE and no option");
    }
    dir.run("--schema=v2 missing", "").exits(2).reports("--schema takes no FILE and no option");
    dir.run("--schema missing", "").exits(2).reports("possible values: v2, losses, summary, check");
    assert!(dir.files().is_empty());
}

/// A summary and a report with all their members are accepted; with a member more, less, or of another type they are
/// not.
#[test]
fn the_schemas_of_summary_and_check_reject_damaged_ones() {
    let dir = Workdir::new();
    let phone = "id=1&type=phone&data[number]=7";
    let field = "id=1&type=website&data[url]=x&data[colour]=red";
    let input = [phone, field, COMMENT, BAD_RECORD, BAD, ""].join("\n");
    let options = "--profile extended --id-field id --verify";
    dir.run(&format!("{options} --summary s -o o"), &input).exits(3);
    let check = dir.run(&format!("{options} --check --error-format json"), &input).exits(3);
    // These are there only if there is something to say.
    const OPTIONAL: [&str; 9] =
        ["with_id", "repeated_ids", "first_repeated_ids", "reasons", "id", "error", "reason", "path", "span"];
    for (what, json) in [("summary", dir.text("s")), ("check", check.text().to_owned())] {
        let schema = Schema::new(&printed(what));
        schema.check(json.as_bytes()).unwrap();
        let value: Value = serde_json::from_str(&json).unwrap();
        let mut seen = Vec::new();
        for Damaged { object, member, damage, value } in damaged(&value) {
            // Counts by name need not have a name.
            let parents = ["/errors", "/losses", "/notes", "/reasons", "/names"];
            let is_count_by_name = parents.iter().any(|parent| object.ends_with(parent))
                && !(what == "check" && object == "/losses");
            // An optional member of the examples has another meaning in the repeated ids.
            let is_repeated_id = object.contains("first_repeated_ids");
            let is_optional = is_count_by_name || OPTIONAL.contains(&&*member) && !is_repeated_id;
            let is_good = is_optional && damage == Damage::Removed;
            let checked = schema.check(value.to_string().as_bytes());
            assert_eq!(checked.is_ok(), is_good, "{what}{object} {member} {damage:?}\n{checked:?}");
            seen.push(member);
        }
        for member in OPTIONAL
            .iter()
            .filter(|member| what == "check" || !["id", "error", "reason", "path", "span"].contains(member))
        {
            assert!(seen.iter().any(|own| own == member), "{what} has no {member}");
        }
    }
}
