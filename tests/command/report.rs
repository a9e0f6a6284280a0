//! The page of `--report`: its counts, what it says about the end of a run, what it escapes and hides, and the rules of
//! its file.

mod browser;

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::symlink;
use std::process::{Command, Stdio};

use assert_cmd::cargo::cargo_bin;
use serde_json::Value;
use testkit::Rng;

use crate::harness::{BAD, BAD_RECORD, COMMENT, Run, WEBSITE, Workdir, json_lines, mixed_lines};

/// A payload of each kind: lost values, rejected ones, an id that occurs twice, texts that look like HTML.
pub(super) fn messy() -> Vec<u8> {
    fs::read(testkit::repository().join("fixtures/report/messy/payloads.form")).unwrap()
}

/// The text of a page without its tags and its style sheet, with entities decoded.
fn text(page: &str) -> String {
    let (_, body) = page.split_once("</style>").unwrap();
    let mut text = String::new();
    for piece in body.split('<').skip(1) {
        let (_, after) = piece.split_once('>').unwrap();
        text += after;
    }
    let entities = [("&#60;", "<"), ("&#62;", ">"), ("&#34;", "\""), ("&#39;", "'"), ("&#38;", "&")];
    entities.iter().fold(text, |text, (entity, char)| text.replace(entity, char))
}

/// Runs `convert` with --report and returns the page.
#[track_caller]
fn page(args: &str, input: impl AsRef<[u8]>, code: i32) -> String {
    let dir = Workdir::new();
    dir.run(&format!("{args} --report page.html"), input).exits(code);
    dir.text("page.html")
}

#[track_caller]
fn shows(page: &str, expected: &[&str]) {
    let text = text(page);
    for expected in expected {
        assert!(text.contains(expected), "expected {expected:?} in\n{text}");
    }
}

#[test]
fn the_page_has_the_counts_of_the_summary() {
    let dir = Workdir::new();
    let args =
        "--profile extended --id-field email --losses l --rejects r -o o --summary s --report page.html";
    dir.run(args, messy()).exits(1);
    let page = text(&dir.text("page.html"));
    let summary: Value = serde_json::from_str(&dir.text("s")).unwrap();
    let number = |value: &Value| value.as_u64().unwrap();
    for (member, caption) in
        [("lines", "payloads read"), ("converted", "converted"), ("rejected", "rejected")]
    {
        assert!(page.contains(&format!("{}{caption}", number(&summary[member]))), "{member}\n{page}");
    }
    for (member, caption) in [
        ("with_contact_data", "with contact data"),
        ("empty", "empty"),
        ("with_id", "with the field email"),
        ("repeated_ids", "with the id of an earlier one"),
    ] {
        assert!(
            page.contains(&format!("{}{caption}", number(&summary["contents"][member]))),
            "{member}\n{page}"
        );
    }
    for (severity, noun) in [("losses", "value"), ("notes", "note")] {
        for (code, counts) in summary[severity].as_object().unwrap() {
            let noun = if code == "rejected-record" { "record" } else { noun };
            let several = |count: &Value, noun: &str| {
                format!("{} {noun}{}", number(count), if number(count) == 1 { "" } else { "s" })
            };
            let counts = format!(
                "{code}{} in {}",
                several(&counts["count"], noun),
                several(&counts["payloads"], "payload")
            );
            assert!(page.contains(&counts), "{counts}\n{page}");
        }
    }
    for (code, count) in summary["errors"].as_object().unwrap() {
        assert!(page.contains(&format!("{code}{} payload", number(count))), "{code}\n{page}");
    }
    let reasons = summary["losses"]["phone"]["reasons"].as_object().unwrap();
    assert!(!reasons.is_empty());
    for (reason, count) in reasons {
        let words = reason.parse::<deskpro_contact::PhoneReason>().unwrap().words();
        assert!(page.contains(&format!("{reason}{words}{}", number(count))), "{reason}\n{page}");
    }
    // The values in the picture are those of the output.
    let values: u64 = json_lines(&dir.text("o")).iter().map(count_values).sum();
    assert!(page.contains(&format!("{values} ")), "{values}\n{page}");
    let data: u64 =
        summary["losses"].as_object().unwrap().values().map(|counts| number(&counts["count"])).sum();
    let all = values + data;
    assert!(page.contains(&format!("{all}values")), "{all}\n{page}");
}

/// The texts, numbers and truth values that are not empty.
fn count_values(value: &Value) -> u64 {
    match value {
        Value::Null => 0,
        Value::Bool(_) | Value::Number(_) => 1,
        Value::String(text) => u64::from(!text.is_empty()),
        Value::Array(list) => list.iter().map(count_values).sum(),
        Value::Object(members) => members.values().map(count_values).sum(),
    }
}

#[test]
fn the_page_names_types_services_fields_phones_and_ids() {
    let page = page("--check --profile extended --id-field email", messy(), 3);
    shows(
        &page,
        &[
            "Check before the conversion",
            "Nothing was converted yet",
            "Data would be lost: no file holds it.",
            "Exit status 3",
            "website",
            "yim1",
            "\"websight\"1",
            "unknown-field",
            "What to do: Check whether the name is misspelled",
            "line 4, email dan@example.com contact_data[1][data][<img src=x onerror=alert(3)>]",
            "primary_email",
            "1 payload has the id of an earlier payload.",
            "line 6 ann@example.com",
            "no-codeit has no calling code",
            "convert --explain ",
            "convert --profile extended --id-field email --verify --losses losses.jsonl --rejects rejects -o people.jsonl",
        ],
    );
}

#[test]
fn the_page_says_how_the_run_ended() {
    let input = |lines: &[&str]| lines.join("\n");
    for (args, lines, code, expected) in [
        ("-o o", &[WEBSITE][..], 0, &["The output holds every value.", "Exit status 0"][..]),
        ("-o o", &[COMMENT], 3, &["Data is lost: no file holds it.", "1 value is lost.", "Exit status 3"]),
        ("-o o", &[WEBSITE], 0, &["head -n 1 o | curl "]),
        (
            "-o o --profile extended --id-field email",
            &["email=ann@example.com"],
            0,
            &["--id-field primary_email --limit 1 o"],
        ),
        ("-o o --lossy", &[COMMENT], 0, &["1 value is left out, as --lossy allows.", "Exit status 0"]),
        ("-o o --losses l", &[COMMENT], 0, &["No data is lost.", "1 value is kept in l.", "--restore l"]),
        (
            "-o o --losses l --rejects r",
            &[BAD, BAD_RECORD],
            1,
            &[
                "No data is lost, but something was rejected, and kept in a file.",
                "1 payload is rejected, and kept in a file.",
                "1 record is rejected, and kept in l.",
                "Exit status 1",
                "Copy r to a file",
            ],
        ),
        ("-o o", &[BAD], 3, &["1 payload is rejected, and no file holds all of it.", "Exit status 3"]),
        (
            "-o o --rejects r --on-error stop",
            &[WEBSITE, BAD, WEBSITE],
            1,
            &["The input was not read to its end: --on-error stop ended the run", "2payloads read"],
        ),
        (
            "-o o --verify --losses l",
            &[COMMENT, WEBSITE],
            0,
            &["2 of 2 converted payloads restored in the same run"],
        ),
        ("--check --losses l", &[COMMENT], 0, &["No data would be lost.", "1 value would be kept in l."]),
        ("-o o", &[], 0, &["The input has no payloads.", "the input is empty"]),
        ("-o o", &["name=Ann"], 0, &["no converted payload had contact data"]),
        ("-o o --id-field email", &[WEBSITE], 0, &["no payload had the field email"]),
    ] {
        shows(&page(args, input(lines), code), expected);
    }
}

#[test]
fn restoring_and_the_other_direction_have_a_page() {
    let dir = Workdir::new();
    dir.run("--losses l -o o", [COMMENT, WEBSITE].join("\n")).exits(0);
    dir.run("--to form --restore l -o back --report page.html o", "").exits(0);
    shows(
        &dir.text("page.html"),
        &["The output holds every value.", "2payloads read", "legacy form payloads"],
    );
    dir.write("edited", "{}\n{}\n");
    dir.run("--to form --restore l --edited --report page.html edited", "").exits(3);
    shows(&dir.text("page.html"), &["Data is lost: no file of this run holds it."]);
    dir.run("--check --to form --report page.html", r#"{"x":1,"contact_data":{"apple":[{"username":"a"}]}}"#)
        .exits(3);
    shows(&dir.text("page.html"), &["v2-only-type", "apple1", "x1"]);
}

/// Nothing from the data becomes a tag, an attribute or an invisible character.
#[test]
fn the_page_escapes_what_it_shows() {
    let tags = |page: &str| -> BTreeSet<String> {
        let starts = page.split('<').skip(1);
        starts.map(|piece| piece.split(['>', ' ']).next().unwrap().to_owned()).collect()
    };
    let plain = tags(&page("--check --id-field email --profile extended", messy(), 3));
    let bites = [
        "<script>alert(1)</script>",
        "</style><script>",
        "\"><img src=x onerror=alert(1)>",
        "' onmouseover='x",
        "&lt;b&gt;",
        "--><!--",
        "{{ 7 * 7 }}{% raw %}",
        "\u{202e}abc\u{2066}\u{200f}",
        "\u{feff}\u{200b}\u{a0}",
        "\u{fffe}\u{fdd0}\u{10ffff}",
        "a\0b\u{1}\u{1b}[31m\u{7f}\r\t",
    ];
    let encode = |text: &str| -> String { text.bytes().map(|byte| format!("%{byte:02X}")).collect() };
    let mut lines = Vec::new();
    for bite in bites {
        let bite = encode(bite);
        for payload in [
            format!(
                "id={bite}&contact_data[1][type]=website&contact_data[1][comment]={bite}&contact_data[1][data][url]=x"
            ),
            format!(
                "id={bite}&contact_data[1][type]=website&contact_data[1][data][url]=x&contact_data[1][data][{bite}]=1"
            ),
            format!("{bite}=1&contact_data[1][type]={bite}&contact_data[1][data][url]=x"),
            format!(
                "contact_data[1][type]=im&contact_data[1][data][service]={bite}&contact_data[1][data][username]=x"
            ),
            format!("contact_data={bite}"),
            format!(
                "contact_data[1][type]=website&contact_data[1][comment]=%FF%FE{bite}&contact_data[1][data][url]=x"
            ),
        ] {
            lines.push(payload);
        }
        // Each of these texts is among the first examples of its code.
        let page = page("--check --id-field id --profile extended", lines.join("\n"), 3);
        lines.clear();
        let own = tags(&page);
        assert!(own.is_subset(&plain), "{bite}: {:?}", own.difference(&plain).collect::<Vec<_>>());
        let odd = page.chars().find(|&char| char != '\n' && deskpro_contact::is_invisible(char));
        assert_eq!(odd, None, "{bite}");
        for word in ["<script", "<img", "onerror=alert(1)>", "' onmouseover='x"] {
            assert!(!page.contains(word), "{bite}: {word}");
        }
    }
    // A text of the command line is escaped, too.
    let dir = Workdir::new();
    let odd = "a\u{1}\u{202e}b";
    dir.write(odd, COMMENT);
    dir.run(&format!("--check --report page.html --id-field {odd} --losses {odd}.losses {odd}"), "").exits(0);
    let page = dir.text("page.html");
    assert_eq!(page.chars().find(|&char| char != '\n' && deskpro_contact::is_invisible(char)), None);
    shows(&page, &["1 value would be kept in a\\u{1}\\u{202e}b.losses.", "with the field a\\u{1}\\u{202e}b"]);
    let dir = Workdir::new();
    dir.run("--check --report page.html --losses <b>&'\"", COMMENT).exits(0);
    shows(&dir.text("page.html"), &["1 value would be kept in <b>&'\"."]);
    assert!(!dir.text("page.html").contains("<b>"));
}

/// With `--report-values hide`, no secret of the data is on the page, wherever it stands in the data.
#[test]
fn a_page_without_values_has_no_secrets() {
    let mut rng = Rng::new(24);
    let mut secrets = Vec::new();
    let mut secret = |start: &str| {
        let letters: String = (0..12).map(|_| rng.pick(b"bcdfghjklmnpqrstvwxyz") as char).collect();
        secrets.push(letters.clone());
        format!("{start}{letters}")
    };
    let mut forms = Vec::new();
    for n in 0..40 {
        let id = secret("");
        let s: Vec<String> = (0..8).map(|_| secret("")).collect();
        let record = format!("contact_data[{}]", s[0]);
        let body = match n % 8 {
            0 => format!("{record}[type]=website&{record}[comment]={}&{record}[data][url]={}", s[1], s[2]),
            1 => format!("{record}[type]={}&{record}[data][url]={}", s[1], s[2]),
            2 => format!(
                "{record}[type]=im&{record}[data][service]={}&{record}[data][username]={}",
                s[1], s[2]
            ),
            3 => format!(
                "{record}[type]=website&{record}[data][url]={}&{record}[data][{}]={}",
                s[1], s[2], s[3]
            ),
            4 => format!("contact_data={}", s[1]),
            5 => format!(
                "{record}[type]=phone&{record}[data][number]={}&{record}[data][country_calling_code]=44",
                s[1]
            ),
            6 => format!(
                "{record}[type]=address&{record}[data][city]={}&{record}[data][country]={}&%FF{}=1",
                s[1], s[2], s[3]
            ),
            _ => format!("Contact_Data[{}]={}", s[1], s[2]),
        };
        let not_utf8 = if n % 10 == 9 { "=%FF" } else { "=" };
        forms.push(format!(
            "kennfeld={id}&{}={}&{}[{}]={}&{body}&{}{not_utf8}",
            s[4], s[5], s[6], s[7], s[5], s[4]
        ));
        if n % 8 == 0 {
            forms.push(forms.last().unwrap().clone());
        }
    }
    let input = forms.join("\n");
    let dir = Workdir::new();
    dir.write("kundendatei.form", &input);
    let hides = "--id-field kennfeld --report-values hide --report page.html";
    for args in [
        "--check",
        "--check --profile extended",
        "--check --only-contact-data --losses kundendatei.losses",
        "-o o --losses kundendatei.losses --rejects kundendatei.rejects",
        "-o o --strict --lossy",
        "--check --to canonical",
        "--check --from form --to form",
    ] {
        let run = dir.run(&format!("{args} {hides} kundendatei.form"), "");
        assert!(run.code.is_some_and(|code| [0, 1, 3].contains(&code)), "{args}: {}", run.err);
        let hidden = dir.text("page.html").to_lowercase();
        for secret in secrets.iter().map(String::as_str).chain(["kundendatei", "kennfeld"]) {
            assert!(!hidden.contains(secret), "{args}: {secret}\n{}", text(&dir.text("page.html")));
        }
        shows(&dir.text("page.html"), &["It has no value, name or id from the data."]);
        // The check is not vacuous: without the option, many are there.
        let shown = args.to_owned() + " " + &hides.replace("hide", "show");
        dir.run(&format!("{shown} kundendatei.form"), "");
        let shown = dir.text("page.html").to_lowercase();
        let seen = secrets.iter().filter(|secret| shown.contains(secret.as_str())).count();
        assert!(seen > 20 && shown.contains("kundendatei"), "{args}: {seen}");
    }
    // Codes and lines of examples stay.
    dir.run(&format!("--check {hides} kundendatei.form"), "").exits(3);
    shows(&dir.text("page.html"), &["unknown-field", "First lines: ", "hidden name"]);
}

/// Sources name tables and columns in their warnings, and files.
#[test]
fn a_page_without_values_hides_the_names_of_a_dump() {
    let dir = Workdir::new();
    dir.write(
        "kunde.sql",
        "CREATE TABLE people (id INT, geheim TEXT);\nINSERT INTO people VALUES (7,'Annabel');\n\
         CREATE TABLE people_contact_data (id INT, person_id INT, contact_type TEXT, comment TEXT, field_1 TEXT, field_2 \
         TEXT, field_3 TEXT, field_4 TEXT, field_5 TEXT);\n\
         INSERT INTO people_contact_data VALUES (1,7,'skype','daheim','annabel7',NULL,NULL,NULL,NULL);\n",
    );
    let args = "--check --from dump --with people.geheim --report page.html kunde.sql";
    dir.run(args, "").exits(3);
    shows(
        &dir.text("page.html"),
        &["kunde.sql has no table phone_numbers", "daheim", "people.geheim=geheim"],
    );
    dir.run(&format!("{args} --report-values hide"), "").exits(3);
    let page = dir.text("page.html").to_lowercase();
    for secret in ["kunde", "annabel", "daheim", "geheim"] {
        assert!(!page.contains(secret), "{secret}");
    }
    shows(&dir.text("page.html"), &["2 warnings about the input, which standard error shows"]);
}

#[test]
fn the_page_does_not_depend_on_threads() {
    let dir = Workdir::new();
    dir.write("in", mixed_lines());
    for args in ["--check", "--losses l --rejects r -o o"] {
        let pages = ["-j1", "-j2", "-j5"].map(|jobs| {
            let code = if args == "--check" { 3 } else { 1 };
            dir.run(&format!("-q {jobs} {args} --id-field n --report page.html in"), "").exits(code);
            dir.bytes("page.html")
        });
        assert!(pages.iter().all(|page| *page == pages[0]), "{args}");
    }
}

#[test]
fn notes_are_on_the_page_and_not_among_the_messages() {
    let dir = Workdir::new();
    let run = dir.run("--lossy -o o --report page.html", "type=skype&data[username]=ann").exits(0);
    assert_eq!(run.err, "");
    shows(&dir.text("page.html"), &["type-name1 note in 1 payload", "line 1 type\"skype\""]);
    let run = dir.run("-q -o o --report page.html", COMMENT).exits(3);
    assert_eq!(run.err, "");
    shows(&dir.text("page.html"), &["line 1 contact_data[1][comment]\"home\""]);
}

/// The commands on a page, as text.
fn commands(page: &str) -> Vec<String> {
    let starts = page.split("<pre><code>").skip(1);
    let commands =
        starts.map(|piece| text(&format!("</style><code>{}", piece.split_once("</code>").unwrap().0)));
    commands.map(|command| command.trim().to_owned()).collect()
}

/// Each command of the next steps does what the page says, when it is run as it stands.
#[test]
fn the_commands_of_the_next_steps_run() {
    let dir = Workdir::protecting();
    dir.write("in put.form", messy());
    let bin = cargo_bin!("convert");
    let path = format!("{}:{}", bin.parent().unwrap().display(), std::env::var("PATH").unwrap());
    let run = |command: &str| {
        let mut shell = Command::new("sh");
        shell.args(["-c", command]).env("PATH", &path).current_dir(dir.path("")).stdin(Stdio::null());
        Run::new(command, shell.output().unwrap())
    };
    run("convert --check --id-field email --report check.html 'in put.form'").exits(3);
    let steps = commands(&dir.text("check.html"));
    let [explain, extended, convert, own] = &steps[..] else { panic!("{steps:#?}") };
    assert!(own.contains("--report check.html 'in put.form'"));
    run(explain).exits(0);
    run(extended).exits(3);
    // All that was lost is kept now.
    run(&convert.replace("convert ", "convert --report run.html ")).exits(1);
    let steps = commands(&dir.text("run.html"));
    let [_, _, corrected, send, restore, _] = &steps[..] else { panic!("{steps:#?}") };
    assert_eq!(send, "examples/send.py --key-file key --id-field email --limit 1 people.jsonl \"$HELPDESK\"");
    fs::write(dir.path("corrected"), dir.text("rejects").replace("contact_data=x", "name=Gus")).unwrap();
    run(corrected).exits(0).reports("no converted payload had contact data");
    run(restore).exits(0);
    assert_eq!(dir.text("restored").lines().count(), 10);
    // A check after a run does not stop at the files of the run.
    run("convert --losses kept.losses -o kept.jsonl --report kept.html 'in put.form'").exits(1);
    let steps = commands(&dir.text("kept.html"));
    run(steps.iter().find(|command| command.contains("--check")).unwrap()).exits(1);
    // A run that lost values shows how to keep them.
    run("convert -o lossy.jsonl --report lossy.html 'in put.form'").exits(3);
    let steps = commands(&dir.text("lossy.html"));
    let again = steps.iter().find(|command| command.contains("--losses")).unwrap();
    run(&again.replace("losses.jsonl", "again.losses").replace(" rejects ", " again.rejects ")).exits(1);
}

/// The memory for names is limited, and so is their number on the page.
#[test]
fn very_many_names_are_only_counted() {
    let names: Vec<String> = (0..20_000).map(|n| format!("n{n:05}=1")).collect();
    let one = page("--check", names.join("&"), 0);
    let many = page("--check", names.join("\n"), 0);
    for page in [&one, &many] {
        shows(page, &["n000391", "960 further names: 960; names beyond the first thousand: 19,000"]);
        assert!(!page.contains("n00040"), "forty names are shown");
    }
}

#[test]
fn an_existing_page_is_replaced_only_with_force() {
    let dir = Workdir::protecting();
    dir.write("page.html", "of an earlier run");
    symlink("page.html", dir.path("link")).unwrap();
    let before = dir.files();
    for check in ["", "--check"] {
        for name in ["page.html", "link"] {
            let run = dir.run(&format!("{check} -o o --report {name}"), COMMENT).exits(73);
            run.reports(&format!("--report names {name}, which is not empty"));
            assert_eq!(dir.files(), before);
        }
    }
    dir.run("--check --force --report page.html", COMMENT).exits(3);
    assert!(dir.text("page.html").starts_with("<!DOCTYPE html>"));
    dir.write("page.html", "");
    dir.run("--check --report page.html", COMMENT).exits(3);
    assert!(dir.text("page.html").starts_with("<!DOCTYPE html>"));
}

#[test]
fn the_page_has_a_file_of_its_own() {
    let dir = Workdir::new();
    dir.write("in", COMMENT);
    for (args, why) in [
        ("--report in in", "FILE and --report name the same file, in"),
        ("--report x -o ./x in", "--output and --report name the same file, x"),
        ("--report x --losses x in", "--losses and --report name the same file, x"),
        ("--report x --rejects x in", "--rejects and --report name the same file, x"),
        ("--report x --summary x in", "--summary and --report name the same file, x"),
        ("--report - in", "for --report, write /dev/stdin"),
        ("--report-values hide in", "--report"),
        ("--report x --report-values never in", "possible values: show, hide"),
    ] {
        dir.run(args, "").exits(2).reports(why);
        dir.run(&format!("--check {args}"), "").exits(2).reports(why);
    }
    assert_eq!(dir.files().len(), 1);
}

#[test]
fn a_run_that_fails_leaves_no_page() {
    let dir = Workdir::new();
    for (args, input, code) in [
        ("-o o", "%PDF-1.7", 65),
        ("-o o --losses /dev/full", COMMENT, 74),
        ("-o o --panic-at 1", COMMENT, 70),
        ("-o o --report missing/page.html", COMMENT, 74),
        ("--check --report missing/page.html", COMMENT, 74),
        ("-o o --report /dev/full", COMMENT, 74),
    ] {
        let args = match args.contains("--report") {
            true => args.to_owned(),
            false => format!("{args} --report page.html"),
        };
        dir.run(&args, input).exits(code);
        assert!(dir.files().is_empty(), "{args}: {:?}", dir.files());
    }
}
