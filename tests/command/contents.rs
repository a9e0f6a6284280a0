//! Counts of the contents of payloads, and warnings about inputs that are probably the wrong ones.

use serde_json::{Value, json};

use crate::harness::{BAD, BAD_RECORD, WEBSITE, WEBSITE_V2, Workdir};

/// The counts of a run, in its summary.
fn contents(dir: &Workdir, args: &str, input: &str) -> Value {
    dir.run(&format!("-q --lossy --summary s {args}"), input);
    let summary: Value = serde_json::from_str(&dir.text("s")).unwrap();
    let check = dir.run(&format!("--lossy --check --error-format json {args}"), input);
    let check: Value = serde_json::from_str(check.text()).unwrap();
    assert_eq!(summary["contents"], check["contents"], "{args}");
    summary["contents"].clone()
}

#[test]
fn payloads_with_contact_data_and_empty_ones_are_counted() {
    let dir = Workdir::new();
    let input = [WEBSITE, "", "name=Ann", BAD, BAD_RECORD, "", "a=1&type=skype&data[username]=x"].join("\n");
    let expected = json!({"with_contact_data": 3, "empty": 2, "with_carriage_return": 0, "warnings": []});
    assert_eq!(contents(&dir, "", &input), expected);
    let run = dir.run("--losses l --rejects r", &input).exits(1);
    let run = run.reports("\nconvert: 3 of 6 converted payloads had contact data\n");
    run.reports("\nconvert: 2 of 7 payloads were empty\n");
    let check = dir.run("--check --losses l --rejects r", &input).exits(1);
    assert!(
        check.text().contains("\nwith contact data 3, with data losses 1, empty 2\n"),
        "{}",
        check.text()
    );
    // Bodies.
    let input = [WEBSITE_V2, "{}", "[]", r#"{"contact_data":{"nope":[{}]}}"#].join("\n");
    assert_eq!(contents(&dir, "--to form", &input)["with_contact_data"], 2);
    // A run without unusual counts reports none.
    assert!(dir.run("", WEBSITE).exits(0).err.is_empty());
}

#[test]
fn inputs_that_are_probably_not_what_was_meant_cause_a_warning() {
    let dir = Workdir::new();
    for (args, input, warning) in [
        ("", "", "the input is empty"),
        ("--to form", "\u{feff}", "the input is empty"),
        ("", "name=Ann\nname=Bob\n", "no converted payload had contact data"),
        ("--id-field id", WEBSITE, "no payload had the field id, which --id-field names"),
        (
            "",
            &format!("{WEBSITE}\r\n{WEBSITE}&a=\rb\r\na=\r\r\n"),
            "2 lines hold a carriage return that belongs to no line end",
        ),
        ("", &format!("{WEBSITE}\na=1\r"), "1 line holds a carriage return that belongs to no line end"),
    ] {
        let run = dir.run(args, input).exits(0);
        assert!(run.err.ends_with(&format!("convert: warning: {warning}\n")), "{input:?} {}", run.err);
        assert_eq!(run.err.matches("warning").count(), 1, "{}", run.err);
        assert_eq!(contents(&dir, args, input)["warnings"], json!([warning]));
        let check = dir.run(&format!("--check {args}"), input).exits(0);
        assert!(check.text().contains(&format!("\nwarning: {warning}\n")), "{}", check.text());
        assert!(dir.run(&format!("-q {args}"), input).exits(0).err.is_empty());
    }
    // Lines that end with both characters are ordinary.
    assert!(dir.run("", format!("{WEBSITE}\r\n{WEBSITE}\r\n")).exits(0).err.is_empty());
}

#[test]
fn ids_that_occur_again_are_named_with_their_lines() {
    let dir = Workdir::new();
    let ids = ["1", "2", "1", "x", "3", "2", "1", "x"];
    let mut input: String = ids.iter().map(|id| format!("id={id}&{WEBSITE}\n")).collect();
    input += &format!("{WEBSITE}\nid=3&{BAD}\n");
    for jobs in ["-j1", "-j3"] {
        let counts = contents(&dir, &format!("{jobs} --id-field id"), &input);
        assert_eq!((&counts["with_id"], &counts["repeated_ids"]), (&json!(9), &json!(5)));
        let named = json!([{"line": 3, "id": "1"}, {"line": 6, "id": "2"}, {"line": 7, "id": "1"}]);
        assert_eq!(counts["first_repeated_ids"], named);
    }
    let run = dir.run("--id-field id --rejects r", &input).exits(1);
    let run = run.reports("\nconvert: 9 of 10 payloads had the field id\n");
    run.reports(
        "\nconvert: 5 of 10 payloads had ids of an earlier one: 1 in line 3, 2 in line 6, 1 in line 7, …\n",
    );
    // A number and the same number as a text are one id.
    let bodies = format!("{{\"id\":5,{rest}\n{{\"id\":\"5\",{rest}\n", rest = &WEBSITE_V2[1..]);
    let run = dir.run("--to form --id-field id", &bodies).exits(0);
    assert_eq!(run.err, "convert: 1 of 2 payloads had the id of an earlier one: 5 in line 2\n");
    // Many batches, without a repetition.
    let many: String = (0..20_000).map(|id| format!("id={id}&{WEBSITE}\n")).collect();
    assert!(dir.run("-o o --id-field id", &many).exits(0).err.is_empty());
    let run = dir.run("-o o --id-field id", many + "id=7&" + WEBSITE).exits(0);
    assert_eq!(run.err, "convert: 1 of 20001 payloads had the id of an earlier one: 7 in line 20001\n");
}

#[test]
fn invisible_characters_in_messages_are_escaped() {
    let dir = Workdir::new();
    for (char, shown) in [
        ("\u{a0}", "\\u{a0}"),
        ("\u{200b}", "\\u{200b}"),
        ("\u{feff}", "\\u{feff}"),
        ("\u{ad}", "\\u{ad}"),
        ("\u{3000}", "\\u{3000}"),
        ("\u{2028}", "\\u{2028}"),
        ("\u{e0041}", "\\u{e0041}"),
    ] {
        // In the message of an error, in a value, and in a path.
        let bad = format!("contact_data[1][type]=skype{char}&contact_data[1][data][username]=x");
        dir.run("", bad).exits(3).reports(&format!("found \"skype{shown}\""));
        let payload = format!("{WEBSITE}&contact_data[1][comment]=a{char}b&contact_data[1][x{char}y]=z");
        for format in ["line", "human"] {
            let run = dir.run(&format!("--error-format {format}"), &payload).exits(3);
            let run = run.reports(&format!("\"a{shown}b\"")).reports(&format!("[x{shown}y]"));
            assert!(!run.err.contains(char), "{format}: {}", run.err);
        }
        // In the names of files and of the id field. The harness splits arguments at spaces.
        if char.contains(char::is_whitespace) {
            continue;
        }
        for check in ["", "--check"] {
            let run = dir.run(&format!("--losses l{char}x --id-field i{char}d {check}"), &payload).exits(0);
            let text = if check.is_empty() { &run.err } else { run.text() };
            assert!(text.contains(&format!("in l{shown}x\n")), "{text}");
            assert!(text.contains(&format!("the field i{shown}d")) && !text.contains(char), "{text}");
        }
        let named = format!("i{char}d=7&{WEBSITE}&contact_data[1][x]=y");
        dir.run(&format!("--id-field i{char}d"), named).exits(3).reports(&format!("(i{shown}d 7)"));
    }
    dir.run("", format!("{WEBSITE}&contact_data[1][comment]=é 中 😀")).exits(3).reports("\"é 中 😀\"");
}
