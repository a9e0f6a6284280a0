//! Messages in each `--error-format` (`human` with a marked excerpt of the payload, `line`, `json`), and `--id-field`.

use assert_cmd::cargo::cargo_bin;
use serde_json::{Value, json};

use crate::harness::terminal::on_terminal;
use crate::harness::{BAD, BAD_RECORD, COMMENT, WEBSITE, WEBSITE_V2, Workdir, json_lines, losses_lines};

/// Asserts the first message of a run in the format `human`.
#[track_caller]
fn check_human(args: &str, payload: impl AsRef<[u8]>, expected: &str) {
    let run = Workdir::new().run(&format!("--error-format human {args}"), payload);
    let (message, _) = run.err.split_once("\n\n").unwrap();
    let lines = |text: &str| text.trim().lines().map(|line| line.trim_end().to_owned()).collect::<Vec<_>>();
    assert_eq!(lines(message), lines(expected), "\n{message}");
}

#[test]
fn a_human_message_marks_the_excerpt_and_shows_it_decoded() {
    check_human(
        "",
        "contact_data%5B1%5D%5Btype%5D=website&contact_data%5B1%5D%5Bcomment%5D=caf%C3%A9+au+lait\
         &contact_data%5B1%5D%5Bdata%5D%5Burl%5D=example.com",
        r#"
lost[comment]: line 1, contact_data[1][comment]: "café au lait"
  |
1 | …type%5D=website&contact_data%5B1%5D%5Bcomment%5D=caf%C3%A9+au+lait&contact_data%5B…
  |                  ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
  |
  = reads: contact_data[1][comment]=café au lait"#,
    );
    // An excerpt without encoded characters is shown once.
    check_human(
        "",
        "id=7&contact_data=x&a=1",
        r#"
rejected[contact-data-not-array]: line 1, contact_data: expected an array of records, found "x"
  |
1 | id=7&contact_data=x&a=1
  |      ^^^^^^^^^^^^^^"#,
    );
    // In JSON the value is marked.
    check_human(
        "--to form",
        r#"{"contact_data":{"website":[{"url":"x","odd":"caf\u00e9"}]}}"#,
        r#"
lost[unknown-field]: line 1, contact_data[website][0][odd]: "café" (known here: `url`, `comment`)
  |
1 | …"url":"x","odd":"caf\u00e9"}]}}
  |                  ^^^^^^^^^^^
  |
  = reads: "café""#,
    );
    check_human(
        "--to form",
        r#"{"contact_data":{"website":[{"ur"#,
        r#"
rejected[not-json]: line 1: expected the `"` that ends a JSON string, found the end of the text
  |
1 | …{"website":[{"ur
  |                  ^"#,
    );
}

#[test]
fn a_human_message_is_short_and_printable() {
    let long = format!("{WEBSITE}&contact_data[1][comment]=%F0%9F%98%80{}", "%01y".repeat(100_000));
    check_human(
        "",
        long,
        r#"
lost[comment]: line 1, contact_data[1][comment]: "😀\u0001y\u0001y\u0001y\u0001y\u0001y…
  |
1 | …rl]=example.com&contact_data[1][comment]=%F0%9F%98%80%01y%01y%01y%01y%01y%01y%01…
  |                  ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
  |
  = reads: contact_data[1][comment]=😀\u{1}y\u{1}y\u{1}y\u{1}y\u{1}y\u{1}y\u{1}…"#,
    );
}

/// No payload puts control characters into a message or makes it very long.
#[test]
fn any_bytes_are_shown_escaped_and_shortened() {
    let mut payloads: Vec<Vec<u8>> = Vec::new();
    for byte in *b"\0\t\r\x07\x1b\x7f %&+=[]{\"\\\x80\x9b\xa8\xc3\xe2\xff" {
        for text in [&b"contact_data=x"[..], b"a%FF=1", b"name=%FF", COMMENT.as_bytes(), b"{\"a\":", b""] {
            for at in [0, text.len() / 2, text.len()] {
                let mut payload = text.to_vec();
                payload.splice(at..at, [byte, 0xE2, 0x80, byte]);
                payloads.push(payload);
            }
        }
    }
    payloads.push(b"[".repeat(100_000));
    payloads.push("é".repeat(100_000).into_bytes());
    payloads.push("a[é=1&".repeat(10_000).into_bytes());
    let dir = Workdir::new();
    for to in ["v2", "form"] {
        // Three per run, because only three messages of a code are shown.
        for chunk in payloads.chunks(3) {
            let first = if to == "v2" { WEBSITE } else { WEBSITE_V2 };
            let input = [first.as_bytes(), &chunk.join(&b'\n')].join(&b'\n');
            let run = dir.run(&format!("--error-format human --to {to}"), input);
            assert!(matches!(run.code, Some(0 | 3)), "{:?}", run.err);
            let is_safe = |char: char| char == '\n' || !char.is_control();
            assert!(run.err.chars().all(is_safe), "{:?}", run.err);
            assert!(run.err.lines().all(|line| line.chars().count() < 400), "{}", run.err);
        }
    }
}

#[test]
fn the_human_summary_refers_to_explain() {
    let dir = Workdir::new();
    dir.run("--error-format human", COMMENT).exits(3).reports("--explain CODE");
    assert!(!dir.run("--error-format line", COMMENT).exits(3).err.contains("--explain"));
    assert!(dir.run("--error-format human", WEBSITE).exits(0).err.is_empty());
    assert!(dir.run("--error-format human -q", COMMENT).exits(3).err.is_empty());
}

#[test]
fn messages_on_a_terminal_are_human_and_coloured() {
    let dir = Workdir::new();
    dir.write("payloads", format!("{COMMENT}\n{BAD}\n{BAD_RECORD}\n"));
    let shown = |environment: &[(&str, &str)], args: &str| {
        let payloads = dir.path("payloads");
        let command = format!("{} {args} '{}'", cargo_bin!("convert").display(), payloads.display());
        on_terminal(&command, environment)
    };
    let Some(coloured) = shown(&[], "") else { return };
    // Rejected records and payloads have one colour, lost values another.
    let colour =
        |verb: &str| coloured.split_once(verb).unwrap().0.rsplit_once('\u{1b}').unwrap().1.to_owned();
    assert_eq!(colour("rejected[type-unknown]"), colour("rejected[contact-data-not-array]"));
    assert_ne!(colour("rejected[type-unknown]"), colour("lost[comment]"));
    assert!(coloured.contains("^^^^"), "{coloured}");
    for environment in [[("NO_COLOR", "1")], [("TERM", "dumb")]] {
        let plain = shown(&environment, "").unwrap();
        assert!(!plain.contains('\u{1b}') && plain.contains("^^^^"), "{plain}");
    }
    assert!(!shown(&[], "--error-format line").unwrap().contains("^^^^"));
    let piped = dir.run("payloads", "").exits(3);
    assert!(piped.err.starts_with("line 1, contact_data[1][comment]: lost, comment: \"home\"\n"));
}

#[test]
fn json_messages_are_one_object_per_line() {
    let dir = Workdir::new();
    let payloads = format!("{COMMENT}\n{BAD}\n{BAD_RECORD}\nid=%FF\n");
    let run = dir.run("--error-format json --id-field id --losses l", payloads).exits(1);
    let lines = json_lines(&run.err);
    assert_eq!(
        lines[..4],
        [
            json!({"line": 1, "severity": "data", "code": "comment", "path": "contact_data[1][comment]",
                   "span": [30, 59], "message": "kept, comment: \"home\""}),
            json!({"line": 2, "severity": "rejected", "code": "contact-data-not-array", "path": "contact_data",
                   "span": [0, 14], "message": "expected an array of records, found \"x\""}),
            json!({"line": 3, "severity": "data", "code": "rejected-record", "error": "type-unknown",
                   "path": "contact_data[1][type]", "span": [0, 26],
                   "message": lines[2]["message"]}),
            json!({"line": 4, "severity": "rejected", "code": "not-utf8", "path": "id", "span": [0, 6],
                   "message": "expected UTF-8 (for another encoding, use --encoding), found \"%FF\""}),
        ]
    );
    assert_eq!(lines[4]["summary"]["rejected"], 2);
    assert_eq!(lines.len(), 5);
    // Every run has a summary. A failure that ends the run is an object, too.
    let run = dir.run("--error-format json", WEBSITE).exits(0);
    assert_eq!(json_lines(&run.err)[0]["summary"]["lines"], 1);
    let run = dir.run("--error-format json missing", "").exits(66);
    let failure = &json_lines(&run.err)[0]["failure"];
    assert_eq!(failure["status"], 66);
    assert!(failure["message"].as_str().unwrap().starts_with("cannot open missing"));
    assert!(dir.run("--error-format json -q", COMMENT).exits(3).err.is_empty());
    dir.run("--error-format json --progress", "").exits(2).reports("--progress");
}

const WITH_ID: &str =
    "id=a1&contact_data[1][type]=website&contact_data[1][comment]=home&contact_data[1][data][url]=x";

/// Asserts the id of the second line in the losses, the error line and the messages.
#[track_caller]
fn check_id(args: &str, payload: &str, id: &Value) {
    let dir = Workdir::new();
    let first = if args.contains("form") { "{}" } else { "a=1" };
    let args = format!("--losses l --rejects r {args} --on-error emit");
    let run = dir.run(&args, format!("{first}\n{payload}\n"));
    let losses = losses_lines(&dir.text("l"));
    let own = losses.iter().find(|line| line["line"] == 2).unwrap();
    assert_eq!(own.get("id").unwrap_or(&Value::Null), id, "{payload}\n{own}");
    let emitted: Value = serde_json::from_str(run.lines()[1]).unwrap_or_default();
    if let Some(error) = emitted.get("error") {
        assert_eq!(error.get("id").unwrap_or(&Value::Null), id, "{emitted}");
        assert_eq!(dir.text("r"), format!("{payload}\n"));
    }
    let shown = id.as_str().map_or_else(|| id.to_string(), str::to_owned);
    let is_named = run.err.contains(&format!("line 2 (id {shown})"));
    assert_eq!(is_named, !id.is_null(), "{}", run.err);
}

#[test]
fn messages_and_losses_contain_the_id_of_the_line() {
    let deep = format!("a{}=1", "[x]".repeat(65));
    for (payload, id) in [
        (WITH_ID.to_owned(), json!("a1")),
        (format!("id=a+%22b%22&{COMMENT}"), json!("a \"b\"")),
        (format!("id=1&{COMMENT}&id=2"), json!("2")),
        // No id: the field is missing, an array, or not UTF-8.
        (COMMENT.to_owned(), json!(null)),
        (format!("id[]=1&{COMMENT}"), json!(null)),
        (format!("id=1&id[a]=2&{COMMENT}"), json!(null)),
        ("id=%FF&contact_data=x".to_owned(), json!(null)),
        // Rejected payloads.
        ("id=7&contact_data=x".to_owned(), json!("7")),
        ("contact_data=x&i%64=7".to_owned(), json!("7")),
        (format!("{deep}&id=7"), json!("7")),
        (format!("id=7&a=%5b&{}", deep.replace('[', "%5b")), json!("7")),
        ("name=%FF&id=7".to_owned(), json!("7")),
        (
            format!("id=1&contact_data=x&{}&id=7&{}", "a.b=1&".repeat(20_000), "+x=2&".repeat(20_000)),
            json!("7"),
        ),
        ("id=7&contact_data=x\0&id=8".to_owned(), json!("7")),
        // An array and a text replace each other. An unclosed bracket makes another name.
        ("id=7&id[a]=8&contact_data=x".to_owned(), json!(null)),
        ("id=7&id%5ba%5D[b]=8&contact_data=x".to_owned(), json!(null)),
        (format!("id=7&id{}=8", "[x]".repeat(65)), json!(null)),
        (format!("id=7&contact_data=x&{}&id[a]=8", "a=1&".repeat(20_000)), json!(null)),
        ("id[a]=8&id=7&contact_data=x".to_owned(), json!("7")),
        ("id=7&id[a=8&id%5B=9&idle[a]=8&contact_data=x".to_owned(), json!("7")),
    ] {
        check_id("--id-field id", &payload, &id);
    }
    let lost = r#""contact_data":{"apple":[{"username":"x"}]}"#;
    for (payload, id) in [
        (format!(r#"{{"id":7,{lost}}}"#), json!(7)),
        (format!(r#"{{{lost},"id":"a\u00e9"}}"#), json!("aé")),
        (format!(r#"{{"id":null,{lost}}}"#), json!(null)),
        (format!(r#"{{"id":{{"a":1}},{lost}}}"#), json!(null)),
        (r#"{"id":7,"contact_data":1}"#.to_owned(), json!(7)),
        (r#"{"a":1,"a":2,"id":true}"#.to_owned(), json!(true)),
        (r#"{"id":7,"name":"\ud800"}"#.to_owned(), json!(7)),
        (r#"{"id":"7","name":"#.to_owned(), json!("7")),
        // The number may be incomplete.
        (r#"{"id":7"#.to_owned(), json!(null)),
        (r#"{"id":[7],"name":"#.to_owned(), json!(null)),
        ("nonsense".to_owned(), json!(null)),
    ] {
        check_id("--to form --id-field id", &payload, &id);
    }
}

#[test]
fn the_id_is_read_from_the_start_of_a_line_over_the_limit() {
    let dir = Workdir::new();
    let x = "x".repeat(3 << 20);
    for (args, payload) in
        [("", format!("id=7&name={x}")), ("--to form", format!(r#"{{"id":7,"name":"{x}"}}"#))]
    {
        for jobs in ["-j1", "-j2"] {
            let args = format!("{args} {jobs} --max-payload 100 --id-field id --rejects r");
            dir.run(&args, &payload).exits(1).reports("line 1 (id 7): expected at most 100 bytes");
            assert_eq!(dir.text("r"), payload);
        }
    }
    // The id may be incomplete.
    let run = dir.run("--max-payload 100 --id-field id", format!("id={x}")).exits(3);
    assert!(run.err.starts_with("line 1: "), "{}", run.err);
}

#[test]
fn losses_with_ids_are_restored() {
    let dir = Workdir::new();
    let payloads = format!("{WITH_ID}\nid=a2&contact_data=x\nid=a3&{COMMENT}\n");
    let out = dir.run("--id-field id --losses l", &payloads).exits(1).out;
    let restored = dir.run("--to form --restore l --id-field id", out).exits(0);
    let decoded = restored.text().replace("%5B", "[").replace("%5D", "]");
    assert_eq!(decoded, payloads);
    assert!(restored.err.is_empty(), "{}", restored.err);
    // Messages about losses that are left over contain the id, too.
    let deleted = "{\"id\":\"a1\",\"contact_data\":{}}\n{\"id\":\"a3\",\"contact_data\":{}}\n";
    dir.run("--to form --restore l --id-field id", deleted)
        .exits(3)
        .reports("line 1 (id a1), contact_data[1]");
}

#[test]
fn messages_name_the_id_field_even_if_the_output_leaves_it_out() {
    let dir = Workdir::new();
    let payload = WITH_ID.replace("id=", "person.number=");
    let run = dir.run("--id-field person_number --only-contact-data", payload).exits(3);
    assert!(run.err.starts_with("line 1 (person_number a1), "), "{}", run.err);
    let long = format!("id=%1B{}&{COMMENT}", "é".repeat(1000));
    let run = dir.run("--id-field id", long).exits(3);
    assert!(run.err.starts_with(r"line 1 (id \u{1b}é"), "{}", run.err);
    assert!(run.err.lines().all(|line| line.chars().count() < 200));
}

/// File names, losses files and values may contain control characters and characters that change the text direction.
#[test]
fn messages_escape_control_and_direction_characters() {
    let dir = Workdir::new();
    dir.write("l", "{\"line\":1,\"losses\":[{\"code\":\"comment\",\"severity\":\"data\",\"path\":\"\\u001b[31ma\",\"value\":\"x\"}]}\n{\"end\":{\"to\":\"v2\",\"lines\":1,\"with_losses\":1}}\n");
    dir.write("end", "{\"end\":{\"to\":\"v2\\u001b[31m\",\"lines\":0,\"with_losses\":0}}\n");
    let direction = format!("{WEBSITE}&contact_data[1][comment]=a%E2%80%AEb&contact_data[1][n%E2%81%A6]=c");
    for format in ["line", "human"] {
        for (args, payload) in [
            ("\u{1b}[31mmissing", ""),
            ("--to form --restore l", "{}"),
            ("--to form --restore end", ""),
            ("", &direction),
        ] {
            let run = dir.run(&format!("--error-format {format} {args}"), payload);
            let is_direction = |char| matches!(char, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
            let is_safe = |char: char| char == '\n' || !char.is_control() && !is_direction(char);
            assert!(!run.err.is_empty() && run.err.chars().all(is_safe), "{args}: {:?}", run.err);
        }
    }
}

/// JSON's grammar allows a lone surrogate, but it is not valid text.
#[test]
fn an_invalid_text_is_no_id() {
    let dir = Workdir::new();
    let args = "--to form --id-field id --error-format json --on-error emit --losses l";
    let run = dir.run(args, r#"{"id":"\ud83d","contact_data":3}"#).exits(1);
    for text in [run.text(), &run.err, &dir.text("l")] {
        assert!(json_lines(text).iter().all(|line| line["id"].is_null()), "{text}");
    }
}

#[test]
fn messages_contain_line_and_path() {
    let dir = Workdir::new();
    let bad = format!("{WEBSITE}&contact_data[2][type]=nope&contact_data[2][data][url]=x");
    let payloads = format!("{}{bad}\n", format!("{WEBSITE}\n").repeat(16));
    let run = dir.run("", &payloads).exits(3);
    run.reports("line 17, contact_data[2][type]: expected ").reports(", found \"nope\"\n");

    let long = "a".repeat(1000);
    let payload = format!("type={long}&data[url]=x\ntype=website&comment={long}&data[url]=x\n");
    let run = dir.run("", &payload).exits(3);
    assert!(!run.err.contains(&"a".repeat(100)), "values are shortened:\n{}", run.err);

    let escape = "contact_data%5B1%5D%5Btype%5D=%1B%5B31m%0Ared&contact_data[1][data][url]=x";
    let run = dir.run("", escape).exits(3);
    assert!(!run.err.contains('\u{1b}'), "control characters are escaped: {:?}", run.err);
}

/// Codes that reject payloads come first, then those of data; in each group the largest count.
#[test]
fn the_summary_goes_by_count_and_says_how_many_payloads_are_affected() {
    let comments = "contact_data[1][type]=website&contact_data[1][comment]=a&contact_data[1][data][url]=x\
                    &contact_data[2][type]=website&contact_data[2][comment]=b&contact_data[2][data][url]=x\
                    &contact_data[3][type]=website&contact_data[3][comment]=c&contact_data[3][data][url]=x";
    let phone = "type=phone&data[number]=1";
    let payloads = format!("{phone}\n{comments}\nname=%FF\n{phone}\n{BAD}\n{BAD}\n");
    let dir = Workdir::new();
    // With a long input, several threads count batches.
    for (times, expected) in [
        (1, "convert: contact-data-not-array 2, not-utf8 1, comment 3 in 1 payload, phone 2 in 2 payloads\n"),
        (
            20_000,
            "convert: contact-data-not-array 40000, not-utf8 20000, comment 60000 in 20000 payloads, \
             phone 40000 in 40000 payloads\n",
        ),
    ] {
        dir.run("-j 3", payloads.repeat(times)).exits(3).reports(expected);
    }
    let report = dir.run("--check", &payloads).exits(3);
    // The rows of the report, without examples and types.
    let (codes, _) = report.text().split_once("\ntypes").unwrap();
    let rows = codes.lines().filter(|line| line.starts_with("  ") && !line.starts_with("    "));
    let rows: Vec<Vec<&str>> = rows.map(|row| row.split_whitespace().collect()).collect();
    let expected = [
        &["contact-data-not-array", "2"][..],
        &["not-utf8", "1"],
        &["comment", "3", "1"],
        &["phone", "2", "2"],
    ];
    assert_eq!(rows, expected, "{}", report.text());
    let notes = "\n5 notes in 3 payloads, needed only to restore: records 3, single-record 2\n";
    assert!(codes.contains(notes), "{}", report.text());
}

#[test]
fn messages_show_three_of_each_code_and_a_summary() {
    let dir = Workdir::new();
    let lines = format!("{COMMENT}\n{BAD}\n{BAD_RECORD}\ntype=phone&data[number]=1\n").repeat(3000);
    for jobs in [1, 4] {
        let run = dir.run(&format!("-j {jobs}"), &lines).exits(3);
        let messages: Vec<_> = run.err.lines().filter(|line| line.starts_with("line ")).collect();
        for what in ["lost, comment", "lost, phone", "contact_data: expected", "[type]: expected"] {
            let count = messages.iter().filter(|line| line.contains(what)).count();
            assert_eq!(count, 3, "{what} in\n{}", run.err);
        }
        assert!(messages[0].starts_with("line 1, "));
        let summary: Vec<_> = run.err.lines().skip_while(|line| line.starts_with("line ")).collect();
        assert!(summary.iter().all(|line| line.starts_with("convert: ")), "{}", run.err);
        let at = |what: &str| {
            let found = summary.iter().position(|line| line.contains(what));
            found.unwrap_or_else(|| panic!("{what} in\n{}", run.err))
        };
        // Rejections come first, each with the option that keeps it.
        assert!(at("3000 of 12000 payloads rejected; --rejects") < at("3000 records rejected; --losses"));
        assert!(at("3000 records rejected; --losses") < at("6000 values lost; --losses"));
        assert!(at("comment 3000") > 0);
    }
    let run = dir.run("--losses l --rejects r", &lines).exits(1);
    for kept in ["payloads rejected, kept in r", "records rejected, kept in l", "values kept in l"] {
        assert!(run.err.contains(kept), "{kept} in\n{}", run.err);
    }
    dir.run("--lossy", COMMENT).exits(0).reports("lost, comment").reports("1 value lost, as --lossy allows");
    dir.run("--lossy --losses l", COMMENT).exits(0).reports("kept, comment").reports("1 value kept in l");
    dir.run("", COMMENT).exits(3).reports("1 value lost; --losses FILE would keep it");
    dir.run("--losses l", BAD).exits(1).reports("1 of 1 payload");
}
