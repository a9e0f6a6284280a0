//! `--check`: nothing is written, all is told, with the status that the run would have.

use std::io::Write as _;

use serde_json::{Value, json};

use crate::harness::{BAD, BAD_RECORD, COMMENT, Place, Run, WEBSITE};

/// A payload of each sort.
fn mixed() -> String {
    let skype = "type=skype&data[username]=ann&data[colour]=red";
    let apple = "id=6&contact_data[1][type]=apple&contact_data[1][data][username]=x&contact_data[1][label]=x";
    [WEBSITE, COMMENT, BAD, BAD_RECORD, skype, apple, "", "id=%FF"].join("\n")
}

#[test]
fn nothing_is_written_and_the_status_is_the_runs() {
    let mixed = mixed();
    let over = format!("id={}", "x".repeat(500));
    let payloads = [WEBSITE, COMMENT, BAD, BAD_RECORD, "", &mixed, &over];
    for args in [
        "",
        "--lossy",
        "--losses l",
        "--rejects r",
        "--losses l --rejects r -o o",
        "--strict --losses l",
        "--only-contact-data",
        "--on-error stop --losses l",
        "--on-error emit",
        "--to canonical",
        "--to form --losses l",
        "--max-payload 300 --losses l",
        "--verify --losses l",
        "-q",
        "--pretty",
    ] {
        for payload in payloads {
            let run = Place::new().run(args, payload);
            let place = Place::new();
            let check = place.run(&format!("{args} --check"), payload);
            assert_eq!(check.code, run.code, "{args} {payload}");
            assert!(check.err.is_empty(), "{args} {payload}\n{}", check.err);
            assert!(
                check.text().ends_with(&format!("exit status {}\n", run.code.unwrap())),
                "{}",
                check.text()
            );
            assert!(place.files().is_empty(), "{args}");
        }
    }
}

#[test]
fn what_is_there_already_stays() {
    let place = Place::new();
    for name in ["l", "r", "o", "payloads"] {
        place.write(name, COMMENT);
    }
    place.run("--check --losses l --rejects r -o o payloads", "").exits(0);
    for name in ["l", "r", "o", "payloads"] {
        assert_eq!(place.text(name), COMMENT);
    }
    // The summary is asked for by itself.
    place.run("--check --summary s payloads", "").exits(3);
    assert_eq!(serde_json::from_str::<Value>(&place.text("s")).unwrap()["losses"]["comment"], 1);
}

#[test]
fn a_person_reads_what_would_become_of_all() {
    let place = Place::new();
    let run = place.run("--check --id-field id", mixed()).exits(3);
    let expected = r#"payloads 8, converted 6, rejected 2

contact-data-not-array: 1 payload would be rejected
  line 3, contact_data: expected an array of records, found "x"

not-utf8: 1 payload would be rejected
  line 8, id: expected UTF-8, found "%FF"

comment: 1 value would be lost
  line 2, contact_data[1][comment]: "home"

rejected-record: 2 records would be rejected and lost
  line 4, contact_data[1][type]: expected one of the types address, website, instant_message, skype, phone, twitter, linked_in, facebook, found "nope"
  line 6 (id 6), contact_data[1][type]: expected one of the types address, website, instant_message, skype, phone, twitter, linked_in, facebook, found "apple", which only v2 has

unknown-field: 1 value would be lost
  line 5, data[colour]: "red"
"#;
    assert!(run.text().starts_with(expected), "{}", run.text());
    for part in [
        "\nsingle-record: 1 note\n  line 5\n",
        "\ntypes\n  website: 2\n  skype: 1\n",
        "\nunknown types\n  \"apple\", which only v2 has: 1\n  \"nope\": 1\n",
        "\nunknown fields\n  data[colour]: 1\n",
        "\n2 of 8 payloads would be rejected; --rejects FILE would keep them\n2 records would be rejected; --losses FILE",
    ] {
        assert!(run.text().contains(part), "{part}\n{}", run.text());
    }
    let kept = place.run("--check --losses l", mixed()).exits(1);
    assert!(kept.text().contains("\n2 values would be kept in l\n"), "{}", kept.text());
    let kept = place.run("--check --losses l --error-format json", COMMENT).exits(0);
    assert!(kept.text().contains(r#""message":"would be kept, comment: "#), "{}", kept.text());
}

/// What it says of a losses file is what the file then holds.
#[test]
fn the_losses_are_counted_as_they_would_be_written() {
    for args in
        ["", "--only-contact-data --id-field id", "--strict", "--to form", "--max-payload 50 --on-error emit"]
    {
        let place = Place::new();
        let payloads = match args {
            "--to form" => {
                format!("{{\"id\":1}}\n{{\"a\":\n{}\n", r#"{"contact_data":{"apple":[{"username":"x"}]}}"#)
            }
            _ => mixed(),
        };
        let check = place.run(&format!("{args} --check --error-format json"), &payloads);
        let check: Value = serde_json::from_str(check.text()).unwrap();
        place.run(&format!("{args} --losses l --summary s"), &payloads);
        let file = place.text("l");
        let lines = crate::harness::json_lines(&file);
        let count = |severity: &str| -> usize {
            let of = |line: &Value| {
                let losses = line["losses"].as_array().cloned().unwrap_or_default();
                losses.iter().filter(|loss| loss["severity"] == severity).count()
            };
            lines.iter().map(of).sum()
        };
        let expected = json!({"data": count("data"), "notes": count("note"), "lines": lines.len() - 1,
                              "bytes": file.len()});
        assert_eq!(check["losses"], expected, "{args}");
        let summary: Value = serde_json::from_str(&place.text("s")).unwrap();
        for (group, severity) in [("errors", "rejected"), ("losses", "data"), ("notes", "note")] {
            let codes = check["codes"].as_array().unwrap().iter().filter(|code| code["severity"] == severity);
            let counts: Value = codes
                .map(|code| (code["code"].as_str().unwrap().to_owned(), code["count"].clone()))
                .collect::<serde_json::Map<_, _>>()
                .into();
            assert_eq!(summary[group], counts, "{args}");
        }
        for code in check["codes"].as_array().unwrap() {
            let shown = code["examples"].as_array().unwrap().len() as u64;
            assert_eq!(shown, code["count"].as_u64().unwrap().min(3));
        }
    }
}

/// Of fields that two records share one name is counted, whatever the record is called.
#[test]
fn unknown_fields_are_named_without_their_records() {
    let fields = |args: &str, payload: &str| {
        let run = Place::new().run(&format!("{args} --check --error-format json"), payload);
        let report: Value = serde_json::from_str(run.text()).unwrap();
        report["unknown_fields"]["names"].clone()
    };
    let record = |key: &str| {
        let at = format!("contact_data[{key}]");
        format!("{at}[type]=website&{at}[data][url]=x&{at}[data][odd]=1&{at}[odd]=2&{at}[data][deep][er]=3")
    };
    assert_eq!(
        fields("", &[record("1"), record("data"), record("x%5By")].join("&")),
        json!({"data[odd]": 3, "odd": 3, "data[deep]": 3})
    );
    assert_eq!(fields("", "type=website&data[url]=x&data[odd]=1"), json!({"data[odd]": 1}));
    let item = r#"{"url":"x","odd":1,"deep":{"er":1}}"#;
    let body = format!(r#"{{"contact_data":{{"website":[{item},{item}],"facebook":[{item}]}}}}"#);
    assert_eq!(fields("--to form", &body), json!({"odd": 3, "deep": 3}));
    let flat = r#"[{"id":1,"contact_type":"website","url":"x","odd":1}]"#;
    assert_eq!(fields("--to form", flat), json!({"odd": 1}));
}

/// Payloads with more names than are told apart: the memory stays small, and the report is the same however many
/// threads there are and wherever the pieces of the input end.
#[test]
fn the_report_is_bounded_and_always_the_same() {
    let payloads: String = (0..3000)
        .map(|n| {
            let odd = format!("data[odd{}]=1&data[odd{}]=2", n * 7 % 2000, n % 5);
            format!("type=website&comment=c{n}&data[url]=x&{odd}\ntype=no{n}&data[x]=1\n")
        })
        .collect();
    let place = Place::new();
    let report = |args: &str| place.run(&format!("--check {args}"), &payloads).exits(3).out;
    for format in ["line", "json"] {
        let one = report(&format!("-j1 --error-format {format}"));
        for jobs in [2, 3, 8] {
            assert!(one == report(&format!("-j{jobs} --error-format {format}")), "{jobs}");
        }
        let mut child = place
            .command(&format!("--check -j2 --error-format {format}"))
            .stderr(std::process::Stdio::null())
            .spawn()
            .unwrap();
        let mut stdin = child.stdin.take().unwrap();
        for piece in payloads.as_bytes().chunks(7777) {
            stdin.write_all(piece).unwrap();
        }
        drop(stdin);
        let pieces = Run::new("--check", child.wait_with_output().unwrap()).exits(3);
        assert!(one == pieces.out);
    }
    let report: Value = serde_json::from_slice(&report("--error-format json")).unwrap();
    for (names, met) in [("unknown_fields", 6000), ("unknown_types", 3000)] {
        let found = report[names]["names"].as_object().unwrap();
        assert_eq!(found.len(), 1000);
        let counted: u64 = found.values().map(|count| count.as_u64().unwrap()).sum();
        let others = report[names]["others"].as_u64().unwrap();
        assert!(others > 0);
        // Where both names of a payload are one, it is overwritten, not unknown twice.
        assert!(counted + others <= met && counted + others >= met - 10, "{counted} {others}");
    }
}

#[test]
fn restoring_is_checked_too() {
    let place = Place::new();
    let out = place.run("--losses l", COMMENT).exits(0).out;
    let run = place.run("--to form --restore l --check", &out).exits(0);
    assert!(run.text().starts_with("payloads 1, converted 1, rejected 0\n"));
    let run = place.run("--to form --restore l --check", "{\"contact_data\":{}}\n").exits(3);
    assert!(
        run.text()
            .contains("left-over: 1 value would be lost\n  line 1, contact_data[1][comment]: \"home\"\n")
    );
    place.run("--to form --restore l --check", "").exits(65);
    place.run("--check missing", "").exits(66);
}

#[test]
fn a_reader_that_has_gone_ends_it_quietly() {
    let place = Place::new();
    let mut child = place.command("--check").spawn().unwrap();
    drop(child.stdout.take());
    child.stdin.take().unwrap().write_all(COMMENT.as_bytes()).unwrap();
    let run = Run::new("--check", child.wait_with_output().unwrap()).exits(3);
    assert!(run.err.is_empty(), "{}", run.err);
}

/// Each item is rejected for the name of the one list: to say where that is must not take a walk through it each time.
#[test]
fn many_items_of_an_unknown_type_cost_what_they_are() {
    let body =
        |count: usize| format!(r#"{{"contact_data":{{"pager":[{}]}}}}"#, vec![r#"{"a":1}"#; count].join(","));
    let place = Place::new();
    place.write("body", body(100_000));
    // Either took many minutes; a run may take one.
    place.run("--to form --losses l body", "").exits(1);
    let run = place.run("--to form --check body", "").exits(3);
    assert!(run.text().contains("\nunknown types\n  \"pager\": 100000\n"), "{}", run.text());
    // The library says of each where it is, and why.
    let body = body(20_000);
    let converted = deskpro_contact::to_form(body.as_bytes()).unwrap();
    let errors: Vec<_> =
        converted.losses().iter().filter_map(|loss| Some((loss.span(), loss.error()?))).collect();
    assert_eq!(errors.len(), 20_000);
    for (span, error) in errors {
        assert_eq!(&body[span], r#"{"a":1}"#);
        assert_eq!(&body[error.span()], r#""pager""#);
    }
}
