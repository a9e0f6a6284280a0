//! Files that an earlier run kept are never overwritten without `--force`.

use std::fs::{self, Permissions};
use std::io::Write as _;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use assert_cmd::cargo::cargo_bin;

use crate::harness::{BAD, COMMENT, Run, WEBSITE, WEBSITE_V2, Workdir};

#[test]
fn a_kept_file_with_content_ends_the_run_before_it_reads() {
    let dir = Workdir::protecting();
    dir.write("kept", "of an earlier run");
    dir.write("cut", "{\"line\":1,");
    symlink("kept", dir.path("link")).unwrap();
    symlink("link", dir.path("second")).unwrap();
    let before = dir.files();
    for check in ["", "--check"] {
        for option in ["--losses", "--rejects"] {
            for name in ["kept", "link", "second", "./kept"] {
                for format in ["-q", "--error-format json"] {
                    let args = format!("{check} {format} -o out --summary s {option} {name}");
                    // The run must not wait for standard input, which stays open.
                    let child = dir.command(&args).spawn().unwrap();
                    let run = Run::new(&args, child.wait_with_output().unwrap()).exits(73);
                    assert!(run.out.is_empty());
                    assert_eq!(dir.files(), before, "{args}");
                    let why = format!(
                        "{option} names {name}, which is not empty: name another file, or replace it with --force"
                    );
                    run.reports(&why);
                }
            }
        }
    }
    // 66 comes first, 65 later.
    dir.run("--losses kept missing", "").exits(66);
    dir.run("--losses kept --to form --restore cut", "").exits(73);
}

#[test]
fn force_replaces_a_kept_file_when_the_new_one_is_complete() {
    let dir = Workdir::protecting();
    for name in ["l", "r"] {
        dir.write(name, "of an earlier run");
    }
    dir.run("--check --force --losses l --rejects r", [COMMENT, BAD].join("\n")).exits(1);
    assert_eq!(dir.text("l"), "of an earlier run");
    dir.run("--force --losses l --rejects r", [COMMENT, BAD].join("\n")).exits(1);
    assert!(dir.text("l").starts_with("{"));
    assert_eq!(dir.text("r"), BAD);
}

#[test]
fn empty_files_devices_and_other_outputs_are_written() {
    let dir = Workdir::protecting();
    for name in ["l", "r", "target"] {
        dir.write(name, "");
        fs::set_permissions(dir.path(name), Permissions::from_mode(0o640)).unwrap();
    }
    dir.write("o", "old");
    dir.write("s", "old");
    let args = "--losses l --rejects r -o o --summary s";
    dir.run(args, [COMMENT, BAD].join("\n")).exits(1);
    assert!(dir.text("l").starts_with("{"));
    assert_eq!(dir.text("r"), BAD);
    assert_eq!(dir.text("o"), format!("{WEBSITE_V2}\n"));
    assert_eq!(fs::metadata(dir.path("l")).unwrap().permissions().mode() & 0o7777, 0o640);
    assert_eq!(dir.files().len(), 5);
    dir.run("--losses /dev/null --rejects /dev/null", COMMENT).exits(0);
    // Links to an empty file and to a missing one are written through.
    symlink("target", dir.path("link")).unwrap();
    symlink("new", dir.path("dangling")).unwrap();
    dir.run("--losses link --rejects dangling", [COMMENT, BAD].join("\n")).exits(1);
    assert!(dir.text("target").starts_with("{"));
    assert_eq!(dir.text("new"), BAD);
    dir.run("--losses link", COMMENT).exits(73);
    dir.run("--rejects dangling", COMMENT).exits(73);
}

/// A file that a process has open already is appended to, even if it is not empty or named by a link.
#[test]
fn an_open_file_is_appended_to() {
    let dir = Workdir::protecting();
    dir.write("in", COMMENT);
    symlink("/dev/fd/3", dir.path("link")).unwrap();
    for name in ["/dev/fd/3", "link"] {
        dir.write("log", "before\n");
        let convert = cargo_bin!("convert").display();
        let script = format!("exec {convert} -q --losses {name} in 3>>log");
        let mut shell = Command::new("sh");
        shell.args(["-c", &script]).current_dir(dir.path("")).stdin(Stdio::null());
        Run::new(&script, shell.output().unwrap()).exits(0);
        assert!(dir.text("log").starts_with("before\n{\"head\":{"), "{}", dir.text("log"));
    }
}

/// Another run or another program may create a file of this name during the run.
#[test]
fn a_file_that_appears_during_the_run_is_not_replaced() {
    for was_empty in [false, true] {
        let dir = Workdir::protecting();
        dir.write("r.1", "taken");
        if was_empty {
            dir.write("l", "");
        }
        let count = dir.files().len();
        let mut child = dir.command("-o o --losses l --rejects r --report p --summary s").spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        stdin.write_all(format!("{COMMENT}\n{BAD}\n").as_bytes()).unwrap();
        let begun = Instant::now();
        while dir.files().len() < count + 5 {
            assert!(begun.elapsed() < Duration::from_secs(20), "no temporary file appears");
            thread::sleep(Duration::from_millis(5));
        }
        dir.write("l", "of another run");
        dir.write("r", "of another run");
        dir.write("p", "of another run");
        drop(stdin);
        let run = Run::new("-o o --losses l …", child.wait_with_output().unwrap()).exits(73);
        let last = run.err.lines().last().unwrap();
        assert_eq!(
            last,
            "convert: l appeared during the run and was not replaced; what this run wrote is in l.1; r appeared \
             during the run and was not replaced; what this run wrote is in r.2; p appeared during the run and was not \
             replaced; what this run wrote is in p.1"
        );
        assert!(run.err.contains("convert: 1 value kept in l"), "the summary is printed, too");
        assert_eq!(dir.text("l"), "of another run");
        assert_eq!(dir.text("r"), "of another run");
        assert_eq!(dir.text("p"), "of another run");
        // The page was written before the files were put in place.
        assert!(dir.text("p.1").contains("Exit status 1<"));
        assert_eq!(dir.text("l.1").lines().count(), 4);
        assert_eq!(dir.text("r.2"), format!("{BAD}\n"));
        assert_eq!(dir.text("r.1"), "taken");
        assert_eq!(dir.text("o"), format!("{WEBSITE_V2}\n"));
        let names: Vec<String> = dir.files().into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["l", "l.1", "o", "p", "p.1", "r", "r.1", "r.2", "s"]);
    }
}

/// `--check` finds each file that the run could not write, in the order of the run.
#[test]
fn check_finds_files_that_cannot_be_written() {
    let dir = Workdir::protecting();
    dir.write("file", "");
    let make_read_only = || {
        let _ = fs::remove_file(dir.path("read-only"));
        dir.write("read-only", "");
        fs::set_permissions(dir.path("read-only"), Permissions::from_mode(0o444)).unwrap();
    };
    make_read_only();
    fs::create_dir(dir.path("folder")).unwrap();
    fs::create_dir(dir.path("closed")).unwrap();
    fs::set_permissions(dir.path("closed"), Permissions::from_mode(0o555)).unwrap();
    symlink("no/such", dir.path("dangling")).unwrap();
    symlink("new", dir.path("good")).unwrap();
    let before = dir.files();
    for option in ["-o", "--losses", "--rejects", "--summary"] {
        let names = [
            "no/such",
            "folder",
            "new/",
            "file/below",
            "read-only",
            "closed/new",
            "dangling",
            "/proc/new",
            "/dev/fd/77",
        ];
        for name in names {
            let run = dir.run(&format!("{option} {name}"), WEBSITE);
            // As root, the files without permission were written.
            make_read_only();
            let _ = fs::remove_file(dir.path("closed/new"));
            let check = dir.run(&format!("{option} {name} --check"), WEBSITE);
            assert_eq!(check.code, run.code, "{option} {name}: {} {}", run.err, check.err);
            if run.code != Some(0) {
                assert_eq!((run.code, &check.err), (Some(74), &run.err), "{option} {name}");
                assert!(check.out.is_empty());
            }
            make_read_only();
            let _ = fs::remove_file(dir.path("closed/new"));
        }
        if option != "--summary" {
            dir.run(&format!("{option} good --check"), WEBSITE).exits(0);
            dir.run(&format!("{option} folder/new --check"), WEBSITE).exits(0);
            assert_eq!(dir.files(), before);
            assert_eq!(fs::read_dir(dir.path("folder")).unwrap().count(), 0);
        }
    }
}

/// `--check` does not open a pipe: its reader would see an end.
#[test]
fn check_does_not_open_a_pipe() {
    let dir = Workdir::protecting();
    assert!(Command::new("mkfifo").arg(dir.path("pipe")).status().unwrap().success());
    for option in ["-o", "--losses", "--rejects"] {
        dir.run(&format!("{option} pipe --check"), WEBSITE).exits(0);
    }
}
