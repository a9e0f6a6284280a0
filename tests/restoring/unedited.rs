//! Unedited outputs: restoring returns the original payloads.

use std::fs;
use std::io::Write as _;

use serde_json::Value;

use super::{assert_same_form, convert, two_people, website};
use crate::harness::{BAD, BAD_RECORD, COMMENT, WEBSITE, WEBSITE_V2, Workdir};

/// Payloads of every kind: without losses, with losses, and rejected.
const PAYLOADS: &[&str] = &[
    COMMENT,
    BAD,
    WEBSITE,
    "",
    BAD_RECORD,
    "type=im&comment=home&data[service]=YIM&data[username]=example",
    "name=Jo&first.name=J&contact_data[07][type]=twitter&contact_data[07][data][username]=a&x[]=1&x[]=2",
    "contact_data[3][type]=phone&contact_data[3][data][number]=1&contact_data[3][comment]=c",
    "contact_data[]=x",
    "contact_data[a][type]=skype&contact_data[a][data][username]=s&contact_data[7][type]=im\
     &contact_data[7][data][service]=google talk&contact_data[7][data][username]=t&contact_data[a][x][y]=z",
    "a=%FF",
    "contact_data[1][type]=address&contact_data[1][data][country]=France&contact_data[1][comment]=",
    "contact_data=",
];

#[test]
fn payloads_are_restored_to_equal_forms() {
    let dir = Workdir::new();
    let input = PAYLOADS.join("\n") + "\n";
    for (args, count) in [
        ("--on-error skip", PAYLOADS.len()),
        ("--on-error emit", PAYLOADS.len()),
        ("--on-error emit --strict -j3", PAYLOADS.len()),
        ("--only-contact-data", PAYLOADS.len()),
        ("--on-error stop", 2),
    ] {
        convert(&dir, args, &input, 1);
        for jobs in ["-j1", "-j3"] {
            let run = dir.run(&format!("{jobs} --to form --restore l --losses again o"), "").exits(0);
            let lines = run.lines();
            assert_eq!(lines.len(), count, "{args}");
            for (before, after) in PAYLOADS.iter().zip(&lines) {
                assert_same_form(before.as_bytes(), after.as_bytes());
            }
            assert_eq!(lines[1], BAD, "a rejected payload is restored byte for byte");
            assert_eq!(run.err, "", "nothing is left over");
            // A run without a losses file of its own has no losses, either.
            dir.run(&format!("{jobs} --to form --restore l o"), "").exits(0);
        }
    }
}

#[test]
fn payloads_of_all_fixtures_are_restored_to_equal_forms() {
    let root = testkit::repository().join("fixtures");
    let mut input = Vec::new();
    for group in ["to-v2", "invalid"] {
        for folder in fs::read_dir(root.join(group)).unwrap() {
            if let Ok(payloads) = fs::read(folder.unwrap().path().join("legacy.form")) {
                input.extend_from_slice(payloads.strip_suffix(b"\n").unwrap_or(&payloads));
                input.push(b'\n');
            }
        }
    }
    let dir = Workdir::new();
    dir.write("in", &input);
    for on_error in ["skip", "emit"] {
        dir.run(&format!("--on-error {on_error} --verify --losses l -o o in"), "").exits(1);
        let restored = dir.run("--to form --restore l o", "").exits(0);
        let [before, after] = [&input, &restored.out].map(|lines| {
            let lines = lines.strip_suffix(b"\n").unwrap();
            lines.split(|&byte| byte == b'\n').collect::<Vec<_>>()
        });
        assert_eq!(before.len(), after.len());
        assert!(before.len() > 100);
        for (before, after) in before.iter().zip(after) {
            assert_same_form(before.strip_suffix(b"\r").unwrap_or(before), after);
        }
    }
}

#[test]
fn bodies_are_restored_byte_for_byte() {
    let bodies = [
        WEBSITE_V2,
        r#"{"active":true,"n":1.50,"e":null,"l":[],"o":{},"contact_data":{"website":[{"id":5,"url":"a"}]},"z":"1"}"#,
        r#"{"contact_data":{"apple":[{"username":"x"}],"twitter":[{"username":"t","display_feed":true}]}}"#,
        r#"{"contact_data":{"instagram":[{"username":"x","instagram_id":7}],"nope":[{"a":1}]}}"#,
        r#"[{"id":7,"contact_type":"website","url":"example.com","comment":"home"}]"#,
        r#"{"contact_data":[{"id":7,"contact_type":"address","city":"Ulm","country":"DE"}]}"#,
        r#"{"first.name":"x","contact_data":{"instant_message":[{"service":"whatsapp","username":"w"}]}}"#,
        "nonsense",
        "{}",
        "",
        r#"{"a":1,"a":2}"#,
        r#"{"contact_data":3}"#,
    ];
    let dir = Workdir::new();
    let input = bodies.join("\n") + "\n";
    for (args, count) in
        [("", 12), ("--on-error emit", 12), ("--only-contact-data -j2", 12), ("--on-error stop", 8)]
    {
        convert(&dir, &format!("--to form {args}"), &input, 1);
        for jobs in ["-j1", "-j3"] {
            let run = dir.run(&format!("{jobs} --to v2 --restore l o"), "").exits(0);
            assert_eq!(run.lines(), bodies[..count], "{args}");
            assert_eq!(run.err, "");
        }
    }
}

#[test]
fn a_payload_under_the_limit_is_restored_from_json_over_the_limit() {
    // Escapes make the JSON longer than the limit.
    let dir = Workdir::new();
    let payload = format!("type=website&data[url]={}", "\"".repeat(100));
    convert(&dir, "--max-payload 150", &payload, 0);
    let run = dir.run("--max-payload 150 --to form --restore l o", "").exits(0);
    assert_same_form(payload.as_bytes(), run.lines()[0].as_bytes());
}

#[test]
fn verify_counts_the_restored_payloads() {
    let dir = Workdir::new();
    let input = PAYLOADS.join("\n");
    let rejected = 3;
    let count = PAYLOADS.len() - rejected;
    for jobs in [1, 3] {
        let run = dir.run(&format!("--verify --losses l --summary s -j{jobs}"), &input).exits(1);
        run.reports(&format!("verified {count} of {count}"));
        let summary: Value = serde_json::from_str(&dir.text("s")).unwrap();
        assert_eq!(summary["verified"], count);
        assert_eq!(summary["converted"], count);
    }
    dir.run("--verify --to form", WEBSITE_V2).exits(0).reports("verified 1 of 1");
    dir.run("--verify", "").exits(0).reports("verified 0 of 0");
    dir.run("--losses l --summary s", &input).exits(1);
    let summary: Value = serde_json::from_str(&dir.text("s")).unwrap();
    assert_eq!(summary["verified"], 0);
}

#[test]
fn each_line_is_restored_from_its_own_losses() {
    // Equal output lines have different losses.
    let dir = Workdir::new();
    let lines = [website("1", "a", "one"), BAD.to_owned(), website("1", "a", "two"), website("1", "a", "")];
    convert(&dir, "", &lines.join("\n"), 1);
    let run = dir.run("--to form --restore l o", "").exits(0);
    for (before, after) in lines.iter().zip(run.lines()) {
        assert_same_form(before.as_bytes(), after.as_bytes());
    }
}

#[test]
fn pretty_output_is_restored_after_compacting() {
    let dir = Workdir::new();
    let (ann, bob) = two_people();
    convert(&dir, "--pretty", &format!("{ann}\n{bob}\n"), 0);
    dir.run("--to form --restore l -o restored o", "").exits(65);
    let [one, two] = &testkit::json::compact(&dir.text("o"))[..] else { panic!("two people") };
    let run = dir.run("--to form --restore l", format!("{one}\n{two}\n")).exits(0);
    for (payload, line) in [ann, bob].iter().zip(run.lines()) {
        assert_same_form(payload.as_bytes(), line.as_bytes());
    }
    dir.run("--to form --restore l", format!("{two}\n{one}\n")).exits(65).reports("line 1 of the output");
}

#[test]
fn a_byte_order_mark_before_the_losses_is_dropped() {
    let dir = Workdir::new();
    let (ann, _) = two_people();
    for ids in ["", "--id-field name"] {
        convert(&dir, ids, &ann, 0);
        dir.write("l", format!("\u{feff}{}", dir.text("l")));
        let run = dir.run("--to form --restore l o", "").exits(0);
        assert_same_form(ann.as_bytes(), run.lines()[0].as_bytes());
    }
}

#[test]
fn compressed_losses_are_read() {
    let dir = Workdir::new();
    let (ann, bob) = two_people();
    convert(&dir, "", &format!("{ann}\n{bob}\n"), 0);
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(&dir.bytes("l")).unwrap();
    dir.write("l.gz", packed.finish().unwrap());
    let run = dir.run("--to form --restore l.gz o", "").exits(0);
    for (payload, line) in [ann, bob].iter().zip(run.lines()) {
        assert_same_form(payload.as_bytes(), line.as_bytes());
    }
}
