//! Input of a wrong format ends the run with a message that names the format. Input that looks odd but is right passes.
//!
//! Each folder of `fixtures/wrong-input` has an `input`, the `args`, and the `message.txt` that ends the run. Each
//! folder of `fixtures/odd-input` has an `input`, the `args`, and the `output`. Other files of a folder are those that
//! `args` names.

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;

use crate::harness::{COMMENT, Run, WEBSITE, WEBSITE_V2, Workdir, run_in_pieces};

/// A working folder with the files of a fixture.
struct Case {
    dir: Workdir,
    input: Vec<u8>,
    args: String,
}

/// Checks each folder of a group.
#[track_caller]
fn check_each(group: &str, check: impl Fn(&Case) -> Result<(), String>) {
    let mut failed = String::new();
    let folders = fs::read_dir(testkit::repository().join("fixtures").join(group)).unwrap();
    for folder in folders.map(|folder| folder.unwrap().path()) {
        if let Err(why) = check(&Case::read(&folder)) {
            failed += &format!("# {}\n{why}\n", folder.display());
        }
    }
    assert!(failed.is_empty(), "\n{failed}");
}

impl Case {
    fn read(folder: &Path) -> Self {
        let dir = Workdir::new();
        for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            dir.write(path.file_name().unwrap().to_str().unwrap(), fs::read(&path).unwrap());
        }
        let (input, args) = (dir.bytes("input"), dir.text("args").trim_end().to_owned());
        Self { dir, input, args }
    }
}

#[test]
fn wrong_input_ends_the_run_with_one_sentence_and_writes_nothing() {
    check_each("wrong-input", |Case { dir, input, args }| {
        dir.write("out", "old");
        let before = dir.files();
        let expected = dir.text("message.txt");
        for more in ["", "-q", "-j1", "--check", "-o out", "-o out --losses l --rejects r --summary s"] {
            let args = format!("{args} {more}");
            let named = |run: Run, name: &str| -> Result<(), String> {
                let found = run.err.replacen(&format!("convert: {name} "), "convert: input ", 1);
                if (run.code, run.out.len(), &*found, &dir.files()) == (Some(65), 0, &expected, &before) {
                    return Ok(());
                }
                let Run { code, err, out, .. } = run;
                Err(format!("{args}: {code:?}, {} bytes of output\nmessage.txt:\n{err}", out.len()))
            };
            named(dir.run(&format!("{args} input"), ""), "input")?;
            named(dir.run(&args, input), "standard input")?;
            named(run_in_pieces(dir, &args, input, 1), "standard input")?;
        }
        Ok(())
    });
}

#[test]
fn odd_input_that_is_right_is_converted() {
    check_each("odd-input", |Case { dir, input, args }| {
        let expected = dir.bytes("output");
        for run in [
            dir.run(&format!("--lossy {args} input"), ""),
            dir.run(&format!("--lossy {args} -q"), input),
            run_in_pieces(dir, &format!("--lossy {args}"), input, 1),
        ] {
            if run.code != Some(0) || run.out != expected {
                let (code, out) = (run.code, String::from_utf8_lossy(&run.out));
                return Err(format!("{code:?} {}\noutput:\n{out}", run.err));
            }
        }
        Ok(())
    });
}

/// The first line is judged when its end arrives: a stream that pauses after it is not held up.
#[test]
fn a_stream_that_pauses_after_its_first_line_is_not_held_up() {
    for (args, first, expected) in [
        ("", format!("{WEBSITE}\n"), WEBSITE_V2),
        ("--lossy", format!("{COMMENT}\n"), WEBSITE_V2),
        ("-j3", format!("\u{feff}{WEBSITE}\n"), WEBSITE_V2),
        ("--to form", format!("{WEBSITE_V2}\n"), "contact_data%5B1%5D%5Btype%5D=website"),
        ("--to form", "{}\r\n".to_owned(), ""),
        ("", "a=1\n".to_owned(), r#"{"a":"1","contact_data":{}}"#),
    ] {
        let dir = Workdir::new();
        let mut child = dir.command(args).spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        stdin.write_all(first.as_bytes()).unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        assert!(line.starts_with(expected) && line.ends_with('\n'), "{args}: {line}");
        drop(stdin);
        assert_eq!(child.wait().unwrap().code(), Some(0));
    }
    // Wrong input ends the run, although the stream stays open.
    for (first, lines) in [("{\"a\":1}\n", 1), ("\n\n{\"a\":1}\n", 3), ("PK\u{3}\u{4}\u{14}\0\0\0", 0)] {
        let dir = Workdir::new();
        let mut child = dir.command("").spawn().unwrap();
        child.stdin.as_mut().unwrap().write_all(first.as_bytes()).unwrap();
        let stdin = child.stdin.take();
        let run = Run::new("", child.wait_with_output().unwrap()).exits(65);
        assert!(run.out.is_empty(), "{lines} lines are held back");
        drop(stdin);
    }
}

/// Line ends are searched in the first 64 KiB, and at most that many bytes of empty lines are held back.
#[test]
fn long_starts_are_judged_like_short_ones() {
    let dir = Workdir::new();
    for (count, code) in [(7_000, 0), (8_000, 65)] {
        let input = "name=Ann\r".repeat(count) + "\n";
        assert_eq!(dir.run("", &input).code, Some(code), "{count}");
        assert_eq!(run_in_pieces(&dir, "", input.as_bytes(), 1000).code, Some(code), "{count}");
    }
    for count in [60_000, 70_000] {
        let run = dir.run("", "\n".repeat(count) + "a=1\n").exits(0);
        assert_eq!(run.lines().len(), count + 1);
    }
    dir.run("", "\n".repeat(60_000) + "{}\n").exits(65);
}

/// An existing file behind a link keeps its content until the first write.
#[test]
fn wrong_input_leaves_a_file_behind_a_link_untouched() {
    let dir = Workdir::new();
    dir.write("file", "old");
    std::os::unix::fs::symlink("file", dir.path("link")).unwrap();
    dir.run("-o link", "{}\n").exits(65);
    assert_eq!(dir.text("file"), "old");
    dir.run("-o link", "").exits(0);
    assert_eq!(dir.text("file"), "");
    dir.write("file", "old");
    dir.run("--losses link", "{}\n").exits(65);
    assert_eq!(dir.text("file"), "old");
    // A stream gets nothing, either.
    let run = dir.run("--losses /dev/stderr", "{}\n").exits(65);
    assert_eq!(run.err.lines().count(), 1, "{}", run.err);
}

/// Programs begin files with a byte order mark. It belongs to no line.
#[test]
fn a_byte_order_mark_is_dropped() {
    let dir = Workdir::new();
    for (args, line) in [("--verify", WEBSITE), ("--to form --verify", WEBSITE_V2)] {
        let expected = dir.run(args, line).exits(0).out;
        let with_mark = format!("\u{feff}{line}\n");
        for piece in [1, 2, 3, 1000] {
            assert_eq!(run_in_pieces(&dir, args, with_mark.as_bytes(), piece).exits(0).out, expected);
        }
        dir.write("in", with_mark);
        assert_eq!(dir.run(&format!("{args} in"), "").exits(0).out, expected);
    }
    // A mark alone is an empty input. A second one belongs to the line.
    assert!(dir.run("", "\u{feff}").exits(0).out.is_empty());
    let run = dir.run("", "\u{feff}\u{feff}a=1\n").exits(0);
    assert_eq!(run.text(), "{\"\u{feff}a\":\"1\",\"contact_data\":{}}\n");
    // The mark at the start of outputs that are restored.
    let out = dir.run("--losses l", COMMENT).exits(0).out;
    let restored = dir.run("--to form --restore l", &out).exits(0).out;
    let marked = ["\u{feff}".as_bytes(), &out].concat();
    assert_eq!(dir.run("--to form --restore l", marked).exits(0).out, restored);
}

/// Outputs that are restored are judged, too. Every output that a run wrote passes.
#[test]
fn outputs_that_are_restored_are_judged() {
    let dir = Workdir::new();
    let out = dir.run("--losses l", COMMENT).exits(0).out;
    dir.write("out", out);
    for (args, input, message) in [
        ("--to form --restore l", COMMENT.as_bytes(), "looks like form payloads"),
        ("--to form --restore l", &dir.bytes("l"), "is a losses file: give it to --restore"),
        ("--to form --restore l", b"<html>", "looks like HTML"),
    ] {
        let run = dir.run(args, input).exits(65);
        assert!(run.out.is_empty());
        run.reports(message);
    }
    for (there, back, input) in [
        ("", "--to form", "line=5&losses=x&name=y\n"),
        ("", "--to form", "end[lines]=5\n"),
        ("", "--to form", "log[version]=1&log[creator][name]=x\n"),
        ("", "--to form", "error[code]=x\n"),
        ("--to form --on-error emit", "--to v2", "{\"a\":1,\"a\":2}\n{\"b\":\"c\"}\n"),
        ("--to form --on-error skip", "--to v2", "{\"a\":1,\"a\":2}\n{\"b\":\"c\"}\n"),
        ("--on-error emit", "--to form", "contact_data=x\nname=y\n"),
        ("--to form", "--to v2", "{}\n{\"b\":\"c\"}\n"),
    ] {
        let run = dir.run(&format!("{there} --losses l"), input);
        let run = dir.run(&format!("{back} --restore l"), run.out).exits(0);
        let restored = run.text().replace("%5B", "[").replace("%5D", "]");
        assert_eq!(restored, input, "{there}");
    }
}

/// If --restore names a file that is not a losses file, the message says what the file looks like. A byte order mark at
/// the start of a losses file is dropped.
#[test]
fn a_file_given_as_losses_is_judged() {
    let dir = Workdir::new();
    let out = dir.run("--losses l", COMMENT).exits(0).out;
    let restored = dir.run("--to form --restore l", &out).exits(0).out;
    dir.write("marked", ["\u{feff}".as_bytes(), &dir.bytes("l")].concat());
    assert_eq!(dir.run("--to form --restore marked", &out).exits(0).out, restored);
    for (wrong, message) in [
        (out.clone(), "looks like v2 bodies, not like losses: give --restore the file that --losses wrote"),
        (
            COMMENT.into(),
            "looks like form payloads, not like losses: give --restore the file that --losses wrote",
        ),
        (b"PK\x03\x04\x14\0\0\0".to_vec(), "is a zip archive: unpack it with `unzip -p` first"),
        (
            b"some text\n".to_vec(),
            "does not fit: it is not a losses file: its first line is not `{\"head\":{…}}`",
        ),
        (b"".to_vec(), "does not fit: it is not a losses file: its first line is not `{\"head\":{…}}`"),
    ] {
        dir.write("wrong", wrong);
        let run = dir.run("--to form -q -o o --restore wrong", &out).exits(65);
        assert_eq!(run.err, format!("convert: wrong {message}\n"));
        assert!(!dir.path("o").exists());
    }
}
