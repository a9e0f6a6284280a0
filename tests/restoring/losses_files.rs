//! Losses files that do not match the output: the run reports it and writes nothing.

use std::fs;

use deskpro_contact::losses_file::OutputDigest;
use testkit::fixtures::{self, FORM, JSON, LOSSES_FILE, MESSAGE};

use super::{convert, two_people};
use crate::harness::{BAD, COMMENT, WEBSITE, WEBSITE_V2, Workdir};

/// In the head of a losses file.
const FROM_TO: &str = r#""from":"form","to":"v2""#;

#[test]
fn a_losses_file_that_does_not_match_exits_65_and_writes_nothing() {
    let dir = Workdir::new();
    let input = format!("{COMMENT}\n{BAD}\n{WEBSITE}\n{COMMENT}\n");
    convert(&dir, "", &input, 1);
    let (losses, output) = (dir.text("l"), dir.text("o"));
    assert_eq!((losses.lines().count(), output.lines().count()), (5, 3));
    let select = |lines: &[usize]| {
        let all: Vec<_> = losses.lines().collect();
        // After the head.
        let of = |line: usize| format!("{}\n", all[line + 1]);
        format!("{}\n", all[0]) + &lines.iter().map(|&line| of(line)).collect::<String>()
    };
    let more = format!("{output}{WEBSITE_V2}\n");
    let fewer: String = output.split_inclusive('\n').take(2).collect();
    let cases: &[(&str, String, &str)] = &[
        ("cut at a line's end", select(&[0, 1, 2]), &output),
        ("cut after the first line", select(&[0]), &output),
        ("cut within the last line", losses[..losses.len() - 12].to_owned(), &output),
        ("cut within a line", losses[..losses.len() / 3].to_owned(), &output),
        ("empty", String::new(), &output),
        ("only a line end", "\n".to_owned(), &output),
        ("not JSON", "hello\n".to_owned(), &output),
        ("not JSON within", format!("hello\n{losses}"), &output),
        ("other JSON", format!("{{\"a\":1}}\n{losses}"), &output),
        ("the other direction", losses.replace(FROM_TO, r#""from":"v2","to":"form""#), &output),
        ("of an unknown profile", losses.replace("documented", "later"), &output),
        ("of a later version", losses.replace("\"version\":1", "\"version\":2"), &output),
        ("without a head", losses.lines().skip(1).map(|line| format!("{line}\n")).collect(), &output),
        ("from --to canonical", losses.replace(FROM_TO, r#""from":"form","to":"canonical""#), &output),
        ("one output line too many", losses.clone(), &more),
        ("one empty output line too many", losses.clone(), &format!("{output}\n")),
        ("one output line too few", losses.clone(), &fewer),
        ("no output lines", losses.clone(), ""),
        ("only the end line", select(&[3]), &output),
        ("an entry beyond the end", losses.replace("\"line\":4", "\"line\":9"), &output),
        ("an entry beyond the output", losses.replace("\"line\":4", "\"line\":5"), &output),
        ("a rejected line beyond the end", losses.replace("\"line\":2", "\"line\":5"), &output),
        ("not in order", select(&[2, 0, 1, 3]), &output),
        ("a line twice", select(&[0, 0, 1, 2, 3]), &output),
        ("two files in one", losses.repeat(2), &output),
        ("line 0", losses.replace("\"line\":1", "\"line\":0"), &output),
    ];
    fs::remove_file(dir.path("o")).unwrap();
    let mut wrong = Vec::new();
    for (what, losses, output) in cases {
        dir.write("l", losses);
        dir.write("kept", "old content");
        let before = dir.files();
        for jobs in ["-j1", "-j3"] {
            for files in ["-o kept", "-o new --losses n --rejects r --summary s"] {
                let args = format!("{jobs} --to form --restore l {files}");
                let run = dir.run(&args, output);
                let is_named = ["does not fit: ", "looks like "]
                    .iter()
                    .any(|why| run.err.contains(&format!("convert: l {why}")));
                let is_reported = is_named && run.out.is_empty();
                if run.code != Some(65) || !is_reported || dir.files() != before {
                    wrong.push(format!("{what}: {args}: {:?}: {}\n", run.code, run.err));
                    dir.write("kept", "old content");
                    for name in ["new", "n", "r", "s"] {
                        let _ = fs::remove_file(dir.path(name));
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.concat());
    // The mismatch is reported before an output that cannot be created.
    dir.write("l", select(&[0, 1, 2]));
    dir.run("--to form --restore l -o no/such", &output).exits(65);
}

#[test]
fn losses_that_do_not_match_their_output_line_exit_65() {
    // An emitted error line was replaced by a body. The number of lines still matches.
    let dir = Workdir::new();
    convert(&dir, "--on-error emit", &format!("{COMMENT}\n{BAD}\n"), 1);
    dir.write("o", format!("{WEBSITE_V2}\n{WEBSITE_V2}\n"));
    dir.run("--to form --restore l o", "").exits(65).reports("line 2");
    // An error line with other fields was edited.
    for edited in [r#"{"error":{"code":"x","message":"y"},"name":"Ann"}"#, r#"{"error":"fixed by hand"}"#] {
        dir.write("o", format!("{WEBSITE_V2}\n{edited}\n"));
        dir.run("--to form --restore l o", "").exits(65).reports("line 2");
    }
    // A losses line that is JSON, but contains no losses.
    let head = dir.text("l").lines().next().unwrap().to_owned();
    let digest = OutputDigest::of(WEBSITE_V2.as_bytes());
    let line = format!(r#"{{"line":1,"output":"{digest}","losses":[7]}}"#);
    dir.write("l", format!("{head}\n{line}\n{{\"end\":{{\"lines\":1,\"with_losses\":1}}}}\n"));
    dir.write("o", format!("{WEBSITE_V2}\n"));
    dir.run("--to form --restore l -o new o", "").exits(65);
    assert!(!dir.path("new").exists());
}

#[test]
fn output_lines_in_another_order_exit_65() {
    let dir = Workdir::new();
    let (ann, bob) = two_people();
    let carl = "name=carl&contact_data[1][type]=skype&contact_data[1][data][username]=carl";
    convert(&dir, "", &format!("{ann}\n{bob}\n{carl}\n"), 0);
    let lines: Vec<String> = dir.text("o").lines().map(str::to_owned).collect();
    for order in [[1, 0, 2], [2, 1, 0], [1, 2, 0], [2, 0, 1]] {
        let moved: Vec<&str> = order.iter().map(|&n| lines[n].as_str()).collect();
        dir.write("moved", format!("{}\n", moved.join("\n")));
        dir.run("--to form --restore l -o restored moved", "")
            .exits(65)
            .reports("of the output: expected the output that was written");
        assert!(!dir.path("restored").exists());
    }
}

/// For the folders of `fixtures/invalid` with a whole losses file, the command explains the mismatch and writes no
/// output.
#[test]
fn the_message_for_each_invalid_losses_file_matches_its_fixture() {
    let mut count = 0;
    fixtures::check("invalid", |folder| {
        if !folder.join(LOSSES_FILE).exists() {
            return Ok(String::new());
        }
        count += 1;
        let (target, file) = if folder.join(FORM).exists() { ("v2", FORM) } else { ("form", JSON) };
        let dir = Workdir::new();
        dir.write(file, fixtures::read(folder, file)?);
        dir.write(LOSSES_FILE, fixtures::read(folder, LOSSES_FILE)?);
        let before = dir.files();
        let run = dir.run(&format!("--to {target} --restore {LOSSES_FILE} -o output {file}"), "");
        let message = format!("{}  exit status {}\n", run.err, run.code.unwrap_or_default());
        fixtures::same(MESSAGE, &[fixtures::read(folder, MESSAGE)?], &[message.into_bytes()])?;
        if dir.files() == before { Ok(String::new()) } else { Err("it wrote something".to_owned()) }
    });
    assert!(count >= 10, "only {count} fixtures have a losses file");
}
