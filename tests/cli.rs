//! The command from outside: what a run is told, what it answers, and with which exit status.
//!
//! Status 70, a difference that `--verify` finds, cannot be provoked: it would be a bug of the restoring itself.

use std::fs;
use std::path::PathBuf;
use std::process::{Output, Stdio};
use std::thread;
use std::time::Duration;

use assert_cmd::cargo::{cargo_bin, cargo_bin_cmd};
use serde_json::Value;
use tempfile::TempDir;

/// Nothing in it is lost.
pub(crate) const WEBSITE: &str = "contact_data[1][type]=website&contact_data[1][data][url]=example.com";
/// What becomes of it.
pub(crate) const WEBSITE_V2: &str = r#"{"contact_data":{"website":[{"url":"example.com"}]}}"#;
/// Its comment is lost.
pub(crate) const COMMENT: &str =
    "contact_data[1][type]=website&contact_data[1][comment]=home&contact_data[1][data][url]=example.com";
/// Its record is rejected.
pub(crate) const BAD_RECORD: &str = "contact_data[1][type]=nope&contact_data[1][data][url]=x";
/// It is rejected whole.
pub(crate) const BAD: &str = "contact_data=x";

/// A folder of its own, where `convert` runs.
pub(crate) struct Place(TempDir);

impl Place {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        fs::write(self.path(name), bytes).unwrap();
    }

    #[track_caller]
    pub(crate) fn bytes(&self, name: &str) -> Vec<u8> {
        fs::read(self.path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    #[track_caller]
    pub(crate) fn text(&self, name: &str) -> String {
        String::from_utf8(self.bytes(name)).unwrap()
    }

    /// Every file of the folder with what it holds, hidden ones too.
    pub(crate) fn files(&self) -> Vec<(String, Vec<u8>)> {
        let mut files: Vec<_> = (fs::read_dir(self.0.path()).unwrap())
            .map(|entry| entry.unwrap())
            .map(|entry| {
                (entry.file_name().into_string().unwrap(), fs::read(entry.path()).unwrap_or_default())
            })
            .collect();
        files.sort();
        files
    }

    /// Runs `convert` to its end. The arguments are split at spaces.
    #[track_caller]
    pub(crate) fn run(&self, args: &str, stdin: impl AsRef<[u8]>) -> Run {
        let output = cargo_bin_cmd!("convert")
            .current_dir(self.0.path())
            .args(args.split_whitespace())
            .timeout(Duration::from_secs(60))
            .write_stdin(stdin.as_ref())
            .output()
            .unwrap();
        let run = Run::new(args, output);
        if is_documented(args) {
            run.is_valid();
        }
        run
    }

    /// `convert` for tests that hold its streams themselves.
    pub(crate) fn command(&self, args: &str) -> std::process::Command {
        // What `nohup` or a shell's `&` made these tests ignore, `convert` would ignore, too.
        let mut command = std::process::Command::new("env");
        command.arg("--default-signal=HUP,INT").arg(cargo_bin!("convert"));
        command.current_dir(self.0.path()).args(args.split_whitespace());
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }
}

/// Whether a run writes bodies as v2 documents them, one a line. What is restored may be more than that.
fn is_documented(args: &str) -> bool {
    const OTHERS: [&str; 10] =
        ["--to", "--restore", "--pretty", "--check", "--list", "--expl", "--sch", "--gen", "-h", "--help"];
    !args
        .split_whitespace()
        .any(|arg| OTHERS.iter().any(|other| arg.starts_with(other)) || arg == "-V" || arg == "--version")
}

/// What a run gave.
#[derive(Debug)]
pub(crate) struct Run {
    args: String,
    pub(crate) code: Option<i32>,
    pub(crate) out: Vec<u8>,
    pub(crate) err: String,
}

impl Run {
    pub(crate) fn new(args: &str, output: Output) -> Self {
        let err = String::from_utf8(output.stderr).expect("messages are UTF-8");
        Self { args: args.to_owned(), code: output.status.code(), out: output.stdout, err }
    }

    /// Each line of the output is what the schema says, but for those of rejected payloads.
    #[track_caller]
    fn is_valid(&self) {
        for line in self.out.split(|&byte| byte == b'\n').filter(|line| !line.is_empty()) {
            if !line.starts_with(b"{\"error\":{\"") {
                crate::schema::check(line).unwrap_or_else(|why| panic!("convert {}: {why}", self.args));
            }
        }
    }

    #[track_caller]
    pub(crate) fn exits(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "convert {}\n{}", self.args, self.err);
        self
    }

    #[track_caller]
    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.out).unwrap()
    }

    #[track_caller]
    pub(crate) fn lines(&self) -> Vec<&str> {
        self.text().lines().collect()
    }

    /// The message has this in it.
    #[track_caller]
    pub(crate) fn says(self, what: &str) -> Self {
        assert!(self.err.contains(what), "convert {}\nexpected {what:?} in:\n{}", self.args, self.err);
        self
    }
}

/// Lines of JSON.
#[track_caller]
pub(crate) fn json_lines(text: &str) -> Vec<Value> {
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|why| panic!("{why}: {line}")))
        .collect()
}

#[test]
fn exit_status_says_what_was_lost() {
    let over = format!("{WEBSITE}&a={}", "x".repeat(200));
    let cases: &[(&str, &str, i32)] = &[
        ("", WEBSITE, 0),
        ("", "", 0),
        ("", "type=skype&data[username]=x", 0), // notes alone
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
        ("--rejects r", BAD_RECORD, 3), // nor is this one
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
            // A line before and one after say nothing of their own.
            let place = Place::new();
            let clean = if args.starts_with("--to form") { WEBSITE_V2 } else { WEBSITE };
            place.run(&format!("{jobs}{args}"), format!("{clean}\n{line}\n{clean}\n")).exits(*code);
        }
    }
}

#[test]
fn wrong_usage_is_2() {
    let place = Place::new();
    place.write("in", WEBSITE);
    for (args, says) in [
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
        ("a b", "b"),
        // Wrong usage goes before a file that is not there.
        ("--to canonical --verify missing", "--verify"),
    ] {
        let run = place.run(args, WEBSITE).exits(2).says(says).says("--help");
        assert!(run.out.is_empty(), "{args}");
        assert_eq!(place.files().len(), 1, "{args} wrote a file");
    }
    // Twice onto a device is no mistake.
    place.run("--losses /dev/null --rejects /dev/null", WEBSITE).exits(0);
}

#[test]
fn the_same_file_by_two_names_is_wrong_usage() {
    let place = Place::new();
    let absolute = place.path("x");
    place.run(&format!("--losses x --rejects {}", absolute.display()), WEBSITE).exits(2);
    place.run("--losses x --rejects ./x", WEBSITE).exits(2);
    place.write("x", "");
    std::os::unix::fs::symlink("x", place.path("link")).unwrap();
    place.run("--losses x --rejects link", WEBSITE).exits(2);
}

#[test]
fn help_and_version_are_answers() {
    let place = Place::new();
    let help = place.run("--help", "").exits(0);
    assert!(help.err.is_empty());
    for word in ["Examples:", "convert --to form --restore", "Exit status:", "--rejects", "--max-payload"] {
        assert!(help.text().contains(word), "{word}");
    }
    assert!(help.text().lines().all(|line| line.chars().count() <= 100));
    let version = place.run("--version", "").exits(0);
    assert_eq!(version.text(), concat!("convert ", env!("CARGO_PKG_VERSION"), "\n"));
}

#[test]
fn a_rejected_payload_is_skipped_emitted_or_the_end() {
    let payloads = format!("{WEBSITE}\n{BAD}\n{COMMENT}\n");
    let place = Place::new();
    let run = place.run("--losses l --rejects r", &payloads).exits(1);
    assert_eq!(run.lines(), [WEBSITE_V2, WEBSITE_V2]);
    assert_eq!(place.text("r"), format!("{BAD}\n"));
    let losses = json_lines(&place.text("l"));
    assert_eq!(losses[0]["line"], 2);
    assert_eq!(losses[0]["emitted"], false);
    assert_eq!(losses[0]["value"], BAD);
    assert_eq!(losses[1]["line"], 3);
    assert_eq!(losses[2], serde_json::json!({"end": {"to": "v2", "lines": 3, "with_losses": 2}}));

    let run = place.run("--losses l --rejects r --on-error emit", &payloads).exits(1);
    let lines = json_lines(run.text());
    assert_eq!(lines.len(), 3);
    let keys: Vec<_> = lines[1].as_object().unwrap().keys().collect();
    assert_eq!(keys, ["error"]);
    assert_eq!(lines[1]["error"]["code"], "contact-data-not-array");
    assert_eq!(lines[1]["error"]["path"], "contact_data");
    assert!(lines[1]["error"]["message"].as_str().unwrap().starts_with("expected "));
    assert_eq!(place.text("r"), format!("{BAD}\n"));
    assert_eq!(json_lines(&place.text("l"))[0]["emitted"], true);

    let run = place.run("--losses l --rejects r --on-error stop -o o", &payloads).exits(1);
    assert!(run.out.is_empty());
    assert_eq!(place.text("o"), format!("{WEBSITE_V2}\n"));
    assert_eq!(place.text("r"), format!("{BAD}\n"));
    let losses = json_lines(&place.text("l"));
    assert_eq!(losses.len(), 2);
    assert_eq!(losses[1]["end"]["lines"], 2);
}

#[test]
fn strict_rejects_the_payload_of_a_rejected_record() {
    let place = Place::new();
    let payload = format!("{WEBSITE}&contact_data[2][type]=nope&contact_data[2][data][url]=x");
    let run = place.run("--losses l", &payload).exits(1);
    assert_eq!(run.lines(), [WEBSITE_V2]);
    let run = place.run("--losses l --rejects r --strict", &payload).exits(1);
    assert!(run.out.is_empty());
    run.says("line 1, contact_data[2][type]: expected ");
    assert_eq!(place.text("r"), payload);
    assert_eq!(json_lines(&place.text("l"))[0]["value"], payload);
}

#[test]
fn only_contact_data_leaves_the_rest_out_and_says_so() {
    let place = Place::new();
    let payload = format!("name=Jo&{WEBSITE}&tags[]=a");
    let run = place.run("", &payload).exits(0);
    assert_eq!(run.text().find("\"name\":\"Jo\",\"tags\":[\"a\"],\"contact_data\""), Some(1));
    let run = place.run("--only-contact-data --losses l", &payload).exits(0);
    assert_eq!(run.lines(), [WEBSITE_V2]);
    let losses = place.text("l");
    assert!(losses.contains(r#""path":"name","value":"Jo""#), "{losses}");
    assert!(losses.contains(r#""path":"tags","value":["a"]"#), "{losses}");
}

#[test]
fn summary_counts_as_json() {
    let place = Place::new();
    let payloads =
        format!("{WEBSITE}\n{COMMENT}\n{COMMENT}\n{BAD_RECORD}\n{BAD}\ntype=skype&data[username]=x\n");
    place.run("--losses l --summary s --verify -j 3", &payloads).exits(1).says("verified 5 of 5");
    let text = place.text("s");
    assert!(text.ends_with("}\n"));
    let summary: Value = serde_json::from_str(&text).unwrap();
    for (name, count) in [("lines", 6), ("converted", 5), ("rejected", 1), ("verified", 5)] {
        assert_eq!(summary[name], count, "{name} of {text}");
    }
    assert_eq!(summary["losses"], serde_json::json!({"comment": 2, "rejected-record": 1}));
    assert_eq!(summary["errors"], serde_json::json!({"contact-data-not-array": 1}));
    assert_eq!(summary["notes"]["type-name"], 1);
    place.run("--summary s", "").exits(0);
    let summary: Value = serde_json::from_str(&place.text("s")).unwrap();
    assert_eq!(summary["lines"], 0);
    assert_eq!(summary["losses"], serde_json::json!({}));
}

#[test]
fn pretty_is_the_same_json_on_several_lines() {
    let place = Place::new();
    for to in ["v2", "canonical"] {
        let payload = format!("name=Jo&{WEBSITE}");
        let plain = place.run(&format!("--to {to}"), &payload).exits(0);
        let pretty = place.run(&format!("--to {to} --pretty"), &payload).exits(0);
        assert_eq!(plain.lines().len(), 1);
        assert!(pretty.lines().len() > 5, "{}", pretty.text());
        let [plain, pretty] = [plain, pretty].map(|run| serde_json::from_str::<Value>(run.text()).unwrap());
        assert_eq!(plain, pretty);
    }
}

#[test]
fn quiet_says_only_what_ends_the_run() {
    let place = Place::new();
    let payloads = format!("{COMMENT}\n{BAD}\n{BAD_RECORD}\n");
    for quiet in ["-q", "--quiet"] {
        let run = place.run(&format!("{quiet} --verify"), &payloads).exits(3);
        assert_eq!(run.err, "");
        place.run(&format!("{quiet} missing"), "").exits(66).says("missing");
    }
    // And where there is nothing to say, nothing is said.
    assert_eq!(place.run("", WEBSITE).exits(0).err, "");
    assert_eq!(place.run("--losses l", "type=skype&data[username]=x").exits(0).err, "");
}

#[test]
fn progress_is_shown_where_it_is_asked_for() {
    let place = Place::new();
    assert_eq!(place.run("", WEBSITE).exits(0).err, ""); // this is no terminal
    let run = place.run("--progress", format!("{WEBSITE}\n").repeat(1000)).exits(0);
    assert!(!run.err.is_empty());
    assert_eq!(run.lines().len(), 1000);
}

/// Whoever reads the output waits longer than a run may go on without a word.
#[test]
fn progress_says_how_much_of_a_file_is_left() {
    let place = Place::new();
    let lines = 20_000;
    place.write("in", format!("{WEBSITE}\n").repeat(lines));
    let child = place.command("-j1 --progress in").spawn().unwrap();
    thread::sleep(Duration::from_millis(1200));
    let run = Run::new("--progress", child.wait_with_output().unwrap()).exits(0);
    assert_eq!(run.lines().len(), lines);
    let said: Vec<&str> = run.err.lines().collect();
    let (last, first) = said.split_last().unwrap();
    let total = " of 1.32 MiB, ";
    // Once a second, not with each piece that is read.
    assert!((1..10).contains(&first.len()), "{}", run.err);
    assert!(first.iter().all(|line| line.contains(total)), "{}", run.err);
    assert!(first.iter().all(|line| line.contains(" left, ") && line.ends_with("/s")), "{}", run.err);
    assert!(last.starts_with("convert: read 1.32 MiB, "), "{}", run.err);
}

/// A terminal of its own is made by `script`, where that is installed.
#[test]
fn a_bar_is_shown_on_a_terminal_and_taken_away() {
    let shown = |seconds: &str, quiet: &str| {
        let convert = cargo_bin!("convert").display();
        let command = format!("(echo a=1; sleep {seconds}; echo a=2) | {convert} {quiet} > /dev/null");
        let run = std::process::Command::new("script")
            .args(["-qec", &command, "/dev/null"])
            .env("TERM", "xterm")
            // A shell complains of a locale that the system does not have.
            .env("LC_ALL", "C")
            .stdin(Stdio::null())
            .output();
        run.ok().map(|run| String::from_utf8(run.stdout).unwrap())
    };
    let Some(bar) = shown("1.2", "") else { return println!("script is not installed: no bar was shown") };
    assert!(bar.contains("8 B, ") && bar.contains("/s"), "{bar:?}");
    // The line is empty at the end.
    assert!(bar.trim_end().ends_with("\u{1b}[2K"), "{bar:?}");
    assert_eq!(shown("1.2", "--quiet").unwrap(), "");
    // A run that is over soon shows nothing.
    assert_eq!(shown("0", "").unwrap(), "");
}

#[test]
fn canonical_shows_what_both_formats_hold() {
    let place = Place::new();
    let phone = "contact_data[2][type]=mobile&contact_data[2][data][number]=123";
    let run = place.run("--to canonical", format!("{COMMENT}&{phone}\n")).exits(0);
    let text = run.text();
    for held in ["home", "example.com", "mobile", "123"] {
        assert!(text.contains(held), "{held} in {text}");
    }
    assert_eq!(json_lines(text).len(), 1);
}

#[test]
fn a_dash_is_a_standard_stream() {
    let place = Place::new();
    for args in ["-", "-o -", "--output - -", "--output=-"] {
        let run = place.run(args, format!("{WEBSITE}\n")).exits(0);
        assert_eq!(run.lines(), [WEBSITE_V2], "{args}");
        assert!(place.files().is_empty(), "{args} made a file");
    }
}

#[test]
fn diagnostics_name_line_and_place() {
    let place = Place::new();
    let bad = format!("{WEBSITE}&contact_data[2][type]=nope&contact_data[2][data][url]=x");
    let payloads = format!("{}{bad}\n", format!("{WEBSITE}\n").repeat(16));
    let run = place.run("", &payloads).exits(3);
    run.says("line 17, contact_data[2][type]: expected ").says(", found \"nope\"\n");

    let long = "a".repeat(1000);
    let payload = format!("type={long}&data[url]=x\ntype=website&comment={long}&data[url]=x\n");
    let run = place.run("", &payload).exits(3);
    assert!(!run.err.contains(&"a".repeat(100)), "values are shortened:\n{}", run.err);

    let escape = "contact_data%5B1%5D%5Btype%5D=%1B%5B31m%0Ared&contact_data[1][data][url]=x";
    let run = place.run("", escape).exits(3);
    assert!(!run.err.contains('\u{1b}'), "a terminal must not obey a payload: {:?}", run.err);
}

#[test]
fn diagnostics_show_three_of_each_code_and_then_a_summary() {
    let place = Place::new();
    let lines = format!("{COMMENT}\n{BAD}\n{BAD_RECORD}\ntype=phone&data[number]=1\n").repeat(3000);
    for jobs in [1, 4] {
        let run = place.run(&format!("-j {jobs}"), &lines).exits(3);
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
        // Rejections first, each with the option that would keep it.
        assert!(at("3000 of 12000 payloads rejected; --rejects") < at("3000 records rejected; --losses"));
        assert!(at("3000 records rejected; --losses") < at("6000 values lost; --losses"));
        assert!(at("comment 3000") > 0);
    }
    let run = place.run("--losses l --rejects r", &lines).exits(1);
    for kept in ["payloads rejected, kept in r", "records rejected, kept in l", "values lost, kept in l"] {
        assert!(run.err.contains(kept), "{kept} in\n{}", run.err);
    }
    place.run("--lossy", COMMENT).exits(0).says("1 value lost").says("--lossy");
    place.run("--losses l", BAD).exits(1).says("1 of 1 payload");
}
