//! `--check` writes nothing, reports everything, and exits with the status of the same run without `--check`.

use std::io::Write as _;

use serde_json::{Value, json};

use crate::harness::{BAD, BAD_RECORD, COMMENT, Run, WEBSITE, WEBSITE_V2, Workdir, json_lines};

/// A payload of each kind.
fn mixed() -> String {
    let skype = "type=skype&data[username]=ann&data[colour]=red";
    let apple = "id=6&contact_data[1][type]=apple&contact_data[1][data][username]=x&contact_data[1][label]=x";
    [WEBSITE, COMMENT, BAD, BAD_RECORD, skype, apple, "", "id=%FF"].join("\n")
}

#[test]
fn check_writes_nothing_and_exits_with_the_status_of_the_run() {
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
            // The first line says that bodies come.
            let payload =
                if args.contains("form") { format!("{WEBSITE_V2}\n{payload}") } else { payload.to_owned() };
            let run = Workdir::new().run(args, &payload);
            let dir = Workdir::new();
            let check = dir.run(&format!("{args} --check"), &payload);
            assert_eq!(check.code, run.code, "{args} {payload}");
            assert!(check.err.is_empty(), "{args} {payload}\n{}", check.err);
            assert!(
                check.text().ends_with(&format!("exit status {}\n", run.code.unwrap())),
                "{}",
                check.text()
            );
            assert!(dir.files().is_empty(), "{args}");
        }
    }
}

#[test]
fn check_does_not_change_existing_files() {
    let dir = Workdir::new();
    for name in ["l", "r", "o", "payloads"] {
        dir.write(name, COMMENT);
    }
    dir.run("--check --losses l --rejects r -o o payloads", "").exits(0);
    for name in ["l", "r", "o", "payloads"] {
        assert_eq!(dir.text(name), COMMENT);
    }
    // The summary is written, because `--summary` asks for it.
    dir.run("--check --summary s payloads", "").exits(3);
    assert_eq!(serde_json::from_str::<Value>(&dir.text("s")).unwrap()["losses"]["comment"]["count"], 1);
}

#[test]
fn the_report_lists_counts_and_examples_of_each_code() {
    let dir = Workdir::new();
    let run = dir.run("--check --id-field id", mixed()).exits(3);
    let expected = r#"payloads 8, converted 6, rejected 2
with contact data 5, with data losses 4, empty 1, with the field id 1

would be rejected                             payloads
  contact-data-not-array                             1
    line 3, contact_data: expected an array of records, found "x"
  not-utf8                                           1
    line 8, id: expected UTF-8 (for another encoding, use --encoding), found
      "%FF"

would be rejected and lost           records  payloads
  rejected-record                          2         2
    line 4, contact_data[1][type]: expected one of the types address, website,
      instant_message, skype, phone, twitter, linked_in, facebook, found "nope"
    line 6 (id 6), contact_data[1][type]: expected one of the types address,
      website, instant_message, skype, phone, twitter, linked_in, facebook,
      found "apple", which only v2 has

would be lost                         values  payloads
  comment                                  1         1
    line 2, contact_data[1][comment]: "home"
  unknown-field                            1         1
    line 5, data[colour]: "red" (known here: `username`)

6 notes in 4 payloads, needed only to restore: records 4, single-record 1,
  type-name 1
"#;
    assert!(run.text().starts_with(expected), "{}", run.text());
    for part in [
        "\ntypes\n  website                                  2\n  skype                                    1\n",
        "\nunknown types\n  \"apple\", which only v2 has               1\n  \"nope\"                                   1\n",
        "\nunknown fields\n  data[colour]                             1\n",
        "\n2 of 8 payloads would be rejected; --rejects FILE would keep them\n2 records would be rejected; --losses FILE",
    ] {
        assert!(run.text().contains(part), "{part}\n{}", run.text());
    }
    let kept = dir.run("--check --losses l", mixed()).exits(1);
    assert!(kept.text().contains("\n2 values would be kept in l\n"), "{}", kept.text());
    let kept = dir.run("--check --losses l --error-format json", COMMENT).exits(0);
    assert!(kept.text().contains(r#""message":"would be kept, comment: "#), "{}", kept.text());
}

/// The counts for the losses file in the report match the losses file of a run.
#[test]
fn the_report_counts_the_losses_that_a_run_writes() {
    for args in
        ["", "--only-contact-data --id-field id", "--strict", "--to form", "--max-payload 50 --on-error emit"]
    {
        let dir = Workdir::new();
        let payloads = match args {
            "--to form" => {
                format!("{{\"id\":1}}\n{{\"a\":\n{}\n", r#"{"contact_data":{"apple":[{"username":"x"}]}}"#)
            }
            _ => mixed(),
        };
        let check = dir.run(&format!("{args} --check --error-format json"), &payloads);
        let check: Value = serde_json::from_str(check.text()).unwrap();
        dir.run(&format!("{args} --losses l --summary s"), &payloads);
        let file = dir.text("l");
        let lines = crate::harness::losses_lines(&file);
        let count = |severity: &str| -> usize {
            let in_line = |line: &Value| {
                let losses = line["losses"].as_array().cloned().unwrap_or_default();
                losses.iter().filter(|loss| loss["severity"] == severity).count()
            };
            lines.iter().map(in_line).sum()
        };
        let with_losses = lines.iter().filter(|line| line["losses"].is_array() || line["error"].is_object());
        let expected = json!({"data": count("data"), "notes": count("note"), "lines": with_losses.count(),
                              "bytes": file.len()});
        assert_eq!(check["losses"], expected, "{args}");
        let summary: Value = serde_json::from_str(&dir.text("s")).unwrap();
        for (group, severity) in [("errors", "rejected"), ("losses", "data"), ("notes", "note")] {
            let codes = check["codes"].as_array().unwrap().iter().filter(|code| code["severity"] == severity);
            let counts: Value = codes
                .map(|code| {
                    let count = match group {
                        "errors" => code["count"].clone(),
                        _ => json!({ "count": code["count"], "payloads": code["payloads"] }),
                    };
                    (code["code"].as_str().unwrap().to_owned(), count)
                })
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

/// Unknown fields of several records are counted under one name without the record's key.
#[test]
fn unknown_fields_are_counted_without_the_keys_of_their_records() {
    let fields = |args: &str, payload: &str| {
        let run = Workdir::new().run(&format!("{args} --check --error-format json"), payload);
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

/// Payloads with more unknown names than the report lists: memory is bounded, and the report does not depend on the
/// number of threads or on how the input is split into reads.
#[test]
fn the_report_is_bounded_and_independent_of_threads_and_reads() {
    let payloads: String = (0..3000)
        .map(|n| {
            let odd = format!("data[odd{}]=1&data[odd{}]=2", n * 7 % 2000, n % 5);
            format!("type=website&comment=c{n}&data[url]=x&{odd}\ntype=no{n}&data[x]=1\n")
        })
        .collect();
    let dir = Workdir::new();
    let report = |args: &str| dir.run(&format!("--check {args}"), &payloads).exits(3).out;
    for format in ["line", "json"] {
        let one = report(&format!("-j1 --error-format {format}"));
        for jobs in [2, 3, 8] {
            assert!(one == report(&format!("-j{jobs} --error-format {format}")), "{jobs}");
        }
        let mut child = dir
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
    for (names, total) in [("unknown_fields", 6000), ("unknown_types", 3000)] {
        let found = report[names]["names"].as_object().unwrap();
        assert_eq!(found.len(), 1000);
        let counted: u64 = found.values().map(|count| count.as_u64().unwrap()).sum();
        let others = report[names]["others"].as_u64().unwrap();
        assert!(others > 0);
        // If both names of a payload are equal, the first field is overwritten and counts once.
        assert!(counted + others <= total && counted + others >= total - 10, "{counted} {others}");
    }
}

#[test]
fn check_covers_restoring() {
    let dir = Workdir::new();
    let out = dir.run("--losses l", COMMENT).exits(0).out;
    let run = dir.run("--to form --restore l --check", &out).exits(0);
    assert!(run.text().starts_with("payloads 1, converted 1, rejected 0\n"));
    dir.run("--to form --restore l --check", "{\"contact_data\":{}}\n").exits(65);
    let run = dir.run("--to form --restore l --edited --check", "{\"contact_data\":{}}\n").exits(3);
    assert!(run.text().contains(
        "\n  left-over                                1         1\n    line 1, contact_data[1][comment]: \"home\"\n"
    ));
    dir.run("--to form --restore l --check", "").exits(65);
    dir.run("--check missing", "").exits(66);
}

/// The losses file of a restoring run also has lines of the earlier one: those of people who were removed, and of
/// rejected payloads that are written unchanged.
#[test]
fn the_losses_that_a_restoring_run_passes_on_are_counted() {
    let dir = Workdir::new();
    let payload = |id: &str| format!("id={id}&{COMMENT}");
    dir.run("--id-field id --losses l -o o", [payload("1"), payload("2"), payload("3")].join("\n")).exits(0);
    let outputs: Vec<String> = dir.text("o").lines().map(str::to_owned).collect();
    // A check counts what the run with these arguments writes: here `data` losses.
    let check = |args: &str, input: &str, code: i32, data: usize| {
        let run = dir.run(&format!("{args} --losses next --check"), input).exits(code);
        dir.run(&format!("{args} --losses next -o back"), input).exits(code);
        let next = json_lines(&dir.text("next"));
        let losses =
            next.iter().filter_map(|line| line.get("left_over").unwrap_or(line)["losses"].as_array());
        let (values, notes): (Vec<_>, Vec<_>) = losses.flatten().partition(|loss| loss["severity"] == "data");
        assert_eq!(values.len(), data, "{args}");
        let counts = format!("\nlosses file: data {data}, notes {}, ", notes.len());
        assert!(run.text().contains(&counts), "{counts}{}", run.text());
        assert!(run.text().contains(&format!("; {} lines, {} bytes\n", next.len(), dir.bytes("next").len())));
    };
    // The second and the third person are removed.
    check("--to form --restore l", &outputs[0], 0, 2);
    // The second person cannot be restored; then their losses are passed on with the rejected body.
    let broken = format!("{}\n{{\"id\":\"2\",\"contact_data\":7}}\n{}\n", outputs[0], outputs[2]);
    dir.run("--to form --restore l --losses broken -o forms", &broken).exits(1);
    check("--restore broken", &dir.text("forms"), 0, 1);
}

#[test]
fn a_closed_reader_of_the_report_causes_no_message() {
    let dir = Workdir::new();
    let mut child = dir.command("--check").spawn().unwrap();
    drop(child.stdout.take());
    child.stdin.take().unwrap().write_all(COMMENT.as_bytes()).unwrap();
    let run = Run::new("--check", child.wait_with_output().unwrap()).exits(3);
    assert!(run.err.is_empty(), "{}", run.err);
}

/// All items of a list are rejected because of the list's name. Locating that name must not scan the list per item.
#[test]
fn many_items_of_an_unknown_type_cost_linear_time() {
    let body =
        |count: usize| format!(r#"{{"contact_data":{{"pager":[{}]}}}}"#, vec![r#"{"a":1}"#; count].join(","));
    let dir = Workdir::new();
    dir.write("body", body(100_000));
    // With quadratic cost each run takes many minutes; the time limit is one minute.
    dir.run("--to form --losses l body", "").exits(1);
    let run = dir.run("--to form --check body", "").exits(3);
    assert!(
        run.text().contains("\nunknown types\n  \"pager\"                             100000\n"),
        "{}",
        run.text()
    );
    // Each loss in the library has the span of the item and of the type name.
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
