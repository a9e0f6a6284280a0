//! `--from`: the formats of the input, and payloads that are built from legacy JSON.

use crate::harness::{Workdir, losses_lines};

const REPLY: &str = r#"{"person":{"id":7,"contact_data":{"15":{"id":15,"contact_type":"website","comment":"c","url":"u","extra":"x"}}}}"#;
const BODY: &str = r#"{"id":8,"contact_data":[{"type":"skype","data":{"username":"ann"}}]}"#;
const REPLY_FORM: &str = "id=7&contact_data%5B15%5D%5Btype%5D=website&contact_data%5B15%5D%5Bcomment%5D=c&contact_data%5B15%5D%5Bdata%5D%5Burl%5D=u";
const BODY_FORM: &str =
    "id=8&contact_data%5B0%5D%5Btype%5D=skype&contact_data%5B0%5D%5Bdata%5D%5Busername%5D=ann";

#[test]
fn legacy_json_is_converted_and_its_payloads_are_restored() {
    let dir = Workdir::new();
    for jobs in ["", "-j 1"] {
        let lines = [REPLY, BODY].join("\n");
        let args = format!("{jobs} --from json --verify --id-field id --losses l -o out");
        let run = dir.run(&args, &lines).exits(0);
        run.reports("line 1 (id 7), person[contact_data][15][extra]: kept, source-column: \"x\"")
            .reports("verified 2 of 2");
        let out = [
            r#"{"id":"7","contact_data":{"website":[{"url":"u"}]}}"#,
            r#"{"id":"8","contact_data":{"instant_message":[{"service":"skype","username":"ann"}]}}"#,
        ];
        assert_eq!(dir.text("out"), out.join("\n") + "\n");
        let run = dir.run("--to form --restore l --losses again out", "").exits(0);
        assert_eq!(run.text(), [REPLY_FORM, BODY_FORM].join("\n") + "\n");
        // What only the reply held is left over. Notes about the JSON are not.
        let again = losses_lines(&dir.text("again"));
        let left_over: Vec<&str> = (again.iter())
            .flat_map(|line| line["losses"].as_array().into_iter().flatten())
            .filter(|loss| loss["code"] == "left-over")
            .map(|loss| loss["path"].as_str().unwrap())
            .collect();
        assert_eq!(left_over, ["person[contact_data][15][extra]"]);
        dir.run("--to form --restore l out", "").exits(3);
        let run = dir.run(&format!("{jobs} --from json --to form --verify --losses l"), &lines).exits(0);
        assert_eq!(run.text(), [REPLY_FORM, BODY_FORM].join("\n") + "\n");
        dir.run("--from json --to canonical", BODY).exits(0);
    }
}

#[test]
fn rejected_lines_of_json_are_kept_as_they_were() {
    let dir = Workdir::new();
    let no_array = r#"{"id":1,"contact_data":"x"}"#;
    let misplaced = r#"{"id":2,"people":[{"contact_data":[{"type":"skype"}]}]}"#;
    let lines = [no_array, "nonsense", misplaced, BODY].join("\n");
    let run = dir.run("--from json --id-field id --losses l --rejects r -o out", &lines).exits(1);
    run.reports("line 1 (id 1), contact_data: expected an array of records, found \"x\"")
        .reports("line 3 (id 2), people[0][contact_data]: expected contact data in the field contact_data");
    assert_eq!(dir.text("r"), [no_array, "nonsense", misplaced].join("\n") + "\n");
    assert_eq!(dir.text("out").lines().count(), 1);
    // They come back as they were.
    let run = dir.run("--to form --restore l out", "").exits(0);
    assert_eq!(run.text(), [no_array, "nonsense", misplaced, BODY_FORM].join("\n") + "\n");
    let args = "--from json --allow-field people[0][contact_data]";
    dir.run(args, misplaced).exits(0);
    dir.run("--from json --strict --rejects r", r#"{"type":"nope","data":{"a":"b"}}"#).exits(1);
    dir.run("--from json --max-payload 20 --rejects r", BODY).exits(1);
    assert_eq!(dir.text("r"), BODY);
}

#[test]
fn a_named_format_is_read_without_a_judgement() {
    let dir = Workdir::new();
    // Each of these first lines looks like another format.
    dir.run("--from form", "id,name\nname=Ann").exits(0);
    dir.run("id,name", "").exits(66);
    dir.run("", "id,name,x\nname=Ann").exits(65);
    dir.run("--from v2 --to form", "name=Ann").exits(3).reports("line 1: expected");
    dir.run("--from json", "name=Ann").exits(3).reports("line 1: expected");
    dir.run("", REPLY).exits(65).reports("convert reads them with --from json");
    dir.run("--to form", REPLY).exits(65).reports("convert reads them with --from json");
    assert_eq!(dir.run("--from form --to form", "a.b=1&c[]=2").exits(0).text(), "a_b=1&c%5B0%5D=2\n");
    assert_eq!(
        dir.run("--from form --to form --verify", "a=1&a=2&contact_data[1][type]=x").exits(3).text(),
        "a=2&contact_data%5B1%5D%5Btype%5D=x\n"
    );
    assert_eq!(dir.run("--from v2 --to v2 --verify", "{\"a\": 1.0 }").exits(0).text(), "{\"a\":1.0}\n");
    assert!(
        dir.run("--from v2 --to canonical", r#"{"contact_data":{"website":[{"url":"u"}]}}"#)
            .exits(0)
            .text()
            .contains("website")
    );
}

#[test]
fn options_that_do_not_fit_the_format_are_wrong_usage() {
    let dir = Workdir::new();
    dir.write("l", "");
    for (args, why) in [
        ("--from json --restore l", "--restore does not work with --from json"),
        ("--from json --to form --restore l", "--restore does not work with --from json"),
        ("--from form --to form --restore l", "--restore does not work with --from form"),
        ("--from v2 --restore l", "--restore does not work with --from v2"),
        ("--from v2 --encoding windows-1252", "v2 JSON, which is UTF-8"),
        (
            "--from form --to form --encoding windows-1252 --verify",
            "--verify does not work with --from form --to form",
        ),
        ("--from json --to form --strict", "--strict does not work with --from json"),
        ("--from v2 --only-contact-data", "--only-contact-data does not work with --from v2"),
    ] {
        dir.run(args, "").exits(2).reports(why);
    }
}

#[test]
fn json_in_another_encoding_becomes_utf8() {
    let dir = Workdir::new();
    let body = |name: &[u8]| [br#"{"id":8,"name":""#, name, br#"","contact_data":{}}"#].concat();
    let lines = [body(b"caf\xe9 \\u00e9"), body("é".as_bytes())].join(&b'\n');
    dir.run("--from json --rejects r", &lines).exits(1).reports("line 1: expected UTF-8");
    let args = "--from json --encoding windows-1252 --id-field id --losses l --verify -o o";
    dir.run(args, &lines).exits(0).reports("verified 2 of 2");
    let expected =
        ["café é", "é"].map(|name| format!("{{\"id\":\"8\",\"name\":\"{name}\",\"contact_data\":{{}}}}\n"));
    assert_eq!(dir.text("o"), expected.concat());
    // The losses hold no bytes of the JSON. The head names the encoding.
    assert!(!dir.text("l").contains("\"raw\"") && dir.text("l").contains("windows-1252"));
    // The second byte of a character may be a backslash.
    let run = dir.run("--from json --to form --encoding shift_jis --lossy", body(b"\x95\x5c")).exits(0);
    assert_eq!(run.text(), "id=8&name=%E8%A1%A8\n", "{}", run.text());
}
