//! Options, exit status and messages of a run.
//!
//! A difference that `--verify` finds (status 70) is not tested here: only a bug in restoring causes one.

use serde_json::Value;

use crate::harness::{BAD, BAD_RECORD, COMMENT, WEBSITE, WEBSITE_V2, Workdir, json_lines, losses_lines};

#[test]
fn the_exit_status_depends_on_what_is_lost_and_what_is_kept() {
    let over = format!("{WEBSITE}&a={}", "x".repeat(200));
    let cases: &[(&str, &str, i32)] = &[
        ("", WEBSITE, 0),
        ("", "", 0),
        ("", "type=skype&data[username]=x", 0), // only notes
        ("--losses l", COMMENT, 0),
        ("--lossy", COMMENT, 0),
        ("--losses l --lossy", COMMENT, 0),
        ("", COMMENT, 3),
        ("--rejects r", COMMENT, 3), // the payload is not rejected
        ("--only-contact-data", "name=x", 3),
        ("--only-contact-data --losses l", "name=x", 0),
        ("--losses l", BAD_RECORD, 1),
        ("--losses l --lossy", BAD_RECORD, 1),
        ("", BAD_RECORD, 3),
        ("--lossy", BAD_RECORD, 3),
        ("--rejects r", BAD_RECORD, 3), // the payload is not rejected
        ("--strict --rejects r", BAD_RECORD, 1),
        ("--strict --losses l", BAD_RECORD, 1),
        ("--strict", BAD_RECORD, 3),
        ("--losses l", BAD, 1),
        ("--rejects r", BAD, 1),
        ("--rejects r --lossy", BAD, 1),
        ("", BAD, 3),
        ("--lossy", BAD, 3),
        ("--on-error emit", BAD, 3),
        ("--on-error emit --rejects r", BAD, 1),
        ("--on-error stop", BAD, 3),
        ("--on-error stop --losses l", BAD, 1),
        ("--max-payload 100 --rejects r", &over, 1),
        ("--max-payload 100", &over, 3),
        ("--max-payload 100 --losses l", &over, 3), // the losses do not hold its text
        ("--verify", WEBSITE, 0),
        ("--verify", COMMENT, 3),
        ("--verify --losses l", COMMENT, 0),
        ("--to form", WEBSITE_V2, 0),
        ("--to form", r#"{"contact_data":{"apple":[{"username":"x"}]}}"#, 3),
        ("--to form --losses l", r#"{"contact_data":{"apple":[{"username":"x"}]}}"#, 0),
        ("--to form --losses l", r#"{"contact_data":{"apple":[{}]}}"#, 1),
        ("--to form --rejects r", "nonsense", 1),
        ("--to form", "nonsense", 3),
        ("--to canonical", WEBSITE, 0),
        ("--to canonical", BAD, 3),
        ("--to canonical --rejects r", BAD, 1),
    ];
    for (args, line, code) in cases {
        for jobs in ["", "-j 1 ", "-q "] {
            // The lines before and after have no losses.
            let dir = Workdir::new();
            let clean = if args.starts_with("--to form") { WEBSITE_V2 } else { WEBSITE };
            dir.run(&format!("{jobs}{args}"), format!("{clean}\n{line}\n{clean}\n")).exits(*code);
        }
    }
}

#[test]
fn wrong_usage_exits_2() {
    let dir = Workdir::new();
    dir.write("in", WEBSITE);
    for (args, message) in [
        ("--no-such-option", "--no-such-option"),
        ("--to yaml", "yaml"),
        ("--on-error ignore", "ignore"),
        ("--max-payload 0", "0"),
        ("--max-payload 1e9", "1e9"),
        ("-j 0", "0"),
        ("--to canonical --restore l", "--restore"),
        ("--to canonical --verify", "--verify"),
        ("--pretty --restore l", "--pretty"),
        ("--pretty --verify", "--pretty"),
        ("--verify --restore l", "--restore"),
        ("--losses x --rejects x", "--losses and --rejects"),
        ("-o x --losses x", "--output and --losses"),
        ("--summary x -o x", "--summary"),
        ("--to form --restore x --losses x", "--restore"),
        ("--encoding utf-16", "an encoding that extends ASCII, for example windows-1252, found \"utf-16\""),
        ("--encoding iso-2022-jp", "iso-2022-jp"),
        ("--encoding replacement", "replacement"),
        ("--encoding no-such-encoding", "no-such-encoding"),
        ("--to form --encoding latin1", "--encoding"),
        ("a b", "b"),
        // Wrong usage is reported before a missing file.
        ("--to canonical --verify missing", "--verify"),
    ] {
        let run = dir.run(args, WEBSITE).exits(2).reports(message).reports("--help");
        assert!(run.out.is_empty(), "{args}");
        assert_eq!(dir.files().len(), 1, "{args} wrote a file");
    }
    // Several outputs may go to one device.
    dir.run("--losses /dev/null --rejects /dev/null", WEBSITE).exits(0);
}

#[test]
fn one_file_under_two_names_is_wrong_usage() {
    let dir = Workdir::new();
    let absolute = dir.path("x");
    dir.run(&format!("--losses x --rejects {}", absolute.display()), WEBSITE).exits(2);
    dir.run("--losses x --rejects ./x", WEBSITE).exits(2);
    dir.write("x", "");
    std::os::unix::fs::symlink("x", dir.path("link")).unwrap();
    dir.run("--losses x --rejects link", WEBSITE).exits(2);
}

#[test]
fn help_and_version_exit_0() {
    let dir = Workdir::new();
    let help = dir.run("--help", "").exits(0);
    assert!(help.err.is_empty());
    for word in ["Examples:", "convert --to form --restore", "Exit status:", "--rejects", "--max-payload"] {
        assert!(help.text().contains(word), "{word}");
    }
    assert!(help.text().lines().all(|line| line.chars().count() <= 100));
    let version = dir.run("--version", "").exits(0);
    assert_eq!(version.text(), concat!("convert ", env!("CARGO_PKG_VERSION"), "\n"));
}

#[test]
fn on_error_skips_emits_or_stops() {
    let payloads = format!("{WEBSITE}\n{BAD}\n{COMMENT}\n");
    let dir = Workdir::new();
    let run = dir.run("--losses l --rejects r", &payloads).exits(1);
    assert_eq!(run.lines(), [WEBSITE_V2, WEBSITE_V2]);
    assert_eq!(dir.text("r"), format!("{BAD}\n"));
    let losses = losses_lines(&dir.text("l"));
    assert_eq!(losses[0]["line"], 2);
    assert_eq!(losses[0]["emitted"], false);
    assert_eq!(losses[0]["value"], BAD);
    assert_eq!(losses[1]["line"], 3);
    assert_eq!(losses[2], serde_json::json!({"end": {"lines": 3, "with_losses": 2}}));

    let run = dir.run("--losses l --rejects r --on-error emit", &payloads).exits(1);
    let lines = json_lines(run.text());
    assert_eq!(lines.len(), 3);
    let keys: Vec<_> = lines[1].as_object().unwrap().keys().collect();
    assert_eq!(keys, ["error"]);
    assert_eq!(lines[1]["error"]["code"], "contact-data-not-array");
    assert_eq!(lines[1]["error"]["path"], "contact_data");
    assert!(lines[1]["error"]["message"].as_str().unwrap().starts_with("expected "));
    assert_eq!(dir.text("r"), format!("{BAD}\n"));
    assert_eq!(losses_lines(&dir.text("l"))[0]["emitted"], true);

    let run = dir.run("--losses l --rejects r --on-error stop -o o", &payloads).exits(1);
    assert!(run.out.is_empty());
    assert_eq!(dir.text("o"), format!("{WEBSITE_V2}\n"));
    assert_eq!(dir.text("r"), format!("{BAD}\n"));
    let losses = losses_lines(&dir.text("l"));
    assert_eq!(losses.len(), 2);
    assert_eq!(losses[1]["end"]["lines"], 2);
}

#[test]
fn strict_rejects_the_payload_of_a_rejected_record() {
    let dir = Workdir::new();
    let payload = format!("{WEBSITE}&contact_data[2][type]=nope&contact_data[2][data][url]=x");
    let run = dir.run("--losses l", &payload).exits(1);
    assert_eq!(run.lines(), [WEBSITE_V2]);
    let run = dir.run("--losses l --rejects r --strict", &payload).exits(1);
    assert!(run.out.is_empty());
    run.reports("line 1, contact_data[2][type]: expected ");
    assert_eq!(dir.text("r"), payload);
    assert_eq!(losses_lines(&dir.text("l"))[0]["value"], payload);
}

#[test]
fn only_contact_data_turns_other_fields_into_losses() {
    let dir = Workdir::new();
    let payload = format!("name=Jo&{WEBSITE}&tags[]=a");
    let run = dir.run("", &payload).exits(0);
    assert_eq!(run.text().find("\"name\":\"Jo\",\"tags\":[\"a\"],\"contact_data\""), Some(1));
    let run = dir.run("--only-contact-data --losses l", &payload).exits(0);
    assert_eq!(run.lines(), [WEBSITE_V2]);
    let losses = dir.text("l");
    assert!(losses.contains(r#""path":"name","value":"Jo""#), "{losses}");
    assert!(losses.contains(r#""path":"tags","value":["a"]"#), "{losses}");
}

/// Each name that the messages give is the name to allow, and several can be allowed.
#[test]
fn allow_field_passes_fields_that_look_like_contact_data() {
    let dir = Workdir::new();
    let payload = format!("Contact_Data[]=x&person[contact_data][]=y&{WEBSITE}");
    let run = dir.run("--rejects r", &payload).exits(1);
    run.reports("line 1, Contact_Data: expected contact data in the field contact_data, found it under");
    assert_eq!(dir.text("r"), payload);
    dir.run("--allow-field Contact_Data --losses l", &payload)
        .exits(1)
        .reports("--allow-field 'person[contact_data]'");
    let run =
        dir.run("--verify --allow-field Contact_Data --allow-field person[contact_data]", &payload).exits(0);
    let fields = r#"{"Contact_Data":["x"],"person":{"contact_data":["y"]},"contact_data":{"#;
    assert!(run.text().starts_with(fields), "{}", run.text());
    // A payload that is restored may have fields of any name.
    let body = r#"{"Contact_Data":["x"],"contact_data":{}}"#;
    dir.run("--to form --rejects s", body).exits(1).reports("line 1, Contact_Data: expected contact data in");
    let form = dir.run("--to form --allow-field Contact_Data --losses m", body).exits(0);
    assert_eq!(dir.run("--restore m", form.text()).exits(0).lines(), [body]);
}

/// Without a message of its own, a body among forms would be one field with an odd name.
#[test]
fn a_line_of_json_among_forms_is_rejected() {
    let dir = Workdir::new();
    let run = dir.run("--rejects r", format!("{WEBSITE}\n{WEBSITE_V2}\n{WEBSITE}\n")).exits(1);
    assert_eq!(run.lines(), [WEBSITE_V2, WEBSITE_V2]);
    run.reports("line 2: expected a form payload, found JSON; v2 bodies are converted with --to form, JSON of the legacy API with --from json");
    assert_eq!(dir.text("r"), format!("{WEBSITE_V2}\n"));
}

#[test]
fn the_summary_is_json_with_counts() {
    let dir = Workdir::new();
    let payloads =
        format!("{WEBSITE}\n{COMMENT}\n{COMMENT}\n{BAD_RECORD}\n{BAD}\ntype=skype&data[username]=x\n");
    dir.run("--losses l --summary s --verify -j 3", &payloads).exits(1).reports("verified 5 of 5");
    let text = dir.text("s");
    assert!(text.ends_with("}\n"));
    let summary: Value = serde_json::from_str(&text).unwrap();
    for (name, count) in [("lines", 6), ("converted", 5), ("rejected", 1), ("verified", 5)] {
        assert_eq!(summary[name], count, "{name} of {text}");
    }
    let count = |count, payloads| serde_json::json!({"count": count, "payloads": payloads});
    let losses = serde_json::json!({"comment": count(2, 2), "rejected-record": count(1, 1)});
    assert_eq!(summary["losses"], losses);
    assert_eq!(summary["errors"], serde_json::json!({"contact-data-not-array": 1}));
    assert_eq!(summary["notes"]["type-name"], count(1, 1));
    dir.run("--summary s", "").exits(0);
    let summary: Value = serde_json::from_str(&dir.text("s")).unwrap();
    assert_eq!(summary["lines"], 0);
    assert_eq!(summary["losses"], serde_json::json!({}));
}

#[test]
fn pretty_changes_only_white_space() {
    let dir = Workdir::new();
    for to in ["v2", "canonical"] {
        let payload = format!("name=Jo&{WEBSITE}");
        let plain = dir.run(&format!("--to {to}"), &payload).exits(0);
        let pretty = dir.run(&format!("--to {to} --pretty"), &payload).exits(0);
        assert_eq!(plain.lines().len(), 1);
        assert!(pretty.lines().len() > 5, "{}", pretty.text());
        let [plain, pretty] = [plain, pretty].map(|run| serde_json::from_str::<Value>(run.text()).unwrap());
        assert_eq!(plain, pretty);
    }
}

#[test]
fn quiet_prints_only_failures() {
    let dir = Workdir::new();
    let payloads = format!("{COMMENT}\n{BAD}\n{BAD_RECORD}\n");
    for quiet in ["-q", "--quiet"] {
        let run = dir.run(&format!("{quiet} --verify"), &payloads).exits(3);
        assert_eq!(run.err, "");
        dir.run(&format!("{quiet} missing"), "").exits(66).reports("missing");
    }
    // A run without losses prints no message.
    assert_eq!(dir.run("", WEBSITE).exits(0).err, "");
    assert_eq!(dir.run("--losses l", "type=skype&data[username]=x").exits(0).err, "");
}

#[test]
fn canonical_contains_the_values_of_both_formats() {
    let dir = Workdir::new();
    let phone = "contact_data[2][type]=mobile&contact_data[2][data][number]=123";
    let run = dir.run("--to canonical", format!("{COMMENT}&{phone}\n")).exits(0);
    let text = run.text();
    for value in ["home", "example.com", "mobile", "123"] {
        assert!(text.contains(value), "{value} in {text}");
    }
    assert_eq!(json_lines(text).len(), 1);
}

#[test]
fn a_dash_is_a_standard_stream() {
    let dir = Workdir::new();
    for args in ["-", "-o -", "--output - -", "--output=-"] {
        let run = dir.run(args, format!("{WEBSITE}\n")).exits(0);
        assert_eq!(run.lines(), [WEBSITE_V2], "{args}");
        assert!(dir.files().is_empty(), "{args} made a file");
    }
}
