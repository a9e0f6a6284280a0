//! Files and streams: opening, reading, writing, and failures.

use std::fs::{self, File, Permissions};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::os::unix::fs::{FileTypeExt as _, MetadataExt as _, PermissionsExt as _, symlink};
use std::os::unix::net::UnixListener;
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use assert_cmd::cargo::cargo_bin;

use crate::harness::{BAD, BAD_RECORD, COMMENT, Run, WEBSITE, WEBSITE_V2, Workdir};

#[test]
fn an_input_that_cannot_be_opened_exits_66() {
    let dir = Workdir::new();
    dir.write("in", WEBSITE);
    dir.write("cut", "{\"line\":1,");
    fs::create_dir(dir.path("folder")).unwrap();
    let _socket = UnixListener::bind(dir.path("socket")).unwrap();
    symlink("loop", dir.path("loop")).unwrap();
    let before = dir.files();
    let mut wrong = Vec::new();
    for name in ["missing", "folder", "in/below", "socket", "loop"] {
        for args in ["-o out --losses l", "-o out --to form in --restore"] {
            let run = dir.run(&format!("{args} {name}"), "");
            if run.code != Some(66) || !run.err.contains(name) || dir.files() != before {
                wrong.push(format!("{args} {name}: {:?}: {}", run.code, run.err));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.concat());
    // Inputs are opened before losses are read and before outputs are created.
    dir.run("--to form --restore cut missing", "").exits(66).reports("missing");
    dir.run("-o no/such/folder missing", "").exits(66).reports("missing");
}

#[test]
fn a_failed_write_exits_74_and_names_the_file() {
    let dir = Workdir::new();
    let line = format!("{COMMENT}\n");
    for jobs in ["-j1", "-j3"] {
        let full = File::options().write(true).open("/dev/full").unwrap();
        let mut child = dir.command(&format!("{jobs} --losses l"));
        let mut child = child.stdout(full).spawn().unwrap();
        child.stdin.take().unwrap().write_all(line.as_bytes()).unwrap();
        let run = Run::new("> /dev/full", child.wait_with_output().unwrap()).exits(74);
        assert_eq!(
            run.err.lines().last(),
            Some("convert: cannot write standard output: No space left on device (os error 28)")
        );
        assert!(dir.files().is_empty(), "losses without an output are not left in place");
        for (args, line) in [
            ("-o /dev/full", WEBSITE),
            ("--losses /dev/full -o out", COMMENT),
            ("--losses /dev/full -o out", WEBSITE), // the end line fails
            ("--rejects /dev/full -o out", BAD),
            ("--rejects /dev/full --max-payload 3 -o out", COMMENT),
            ("--summary /dev/full -o out", WEBSITE),
            ("--losses /dev/full", BAD_RECORD), // status 74 takes precedence over 1
        ] {
            let run = dir.run(&format!("{jobs} {args}"), line).exits(74);
            let run = run.reports("cannot write /dev/full: No space left");
            assert!(!run.err.contains("panicked"));
            assert!(dir.files().is_empty(), "{args}: {:?}", dir.files());
        }
    }
    for option in ["--output", "--losses", "--rejects", "--summary"] {
        dir.run(&format!("{option} no/such"), WEBSITE).exits(74).reports("cannot write no/such");
        dir.run(&format!("{option} ."), WEBSITE).exits(74).reports("cannot write .");
    }
}

#[test]
fn a_failed_read_exits_74_and_names_the_file() {
    let dir = Workdir::new();
    for jobs in ["-j1", "-j3"] {
        // This file can be opened, but reading at offset 0 fails: no memory is mapped there.
        let run = dir.run(&format!("{jobs} -o out /proc/self/mem"), "").exits(74);
        run.reports("cannot read /proc/self/mem");
        assert!(dir.files().is_empty());
    }
}

#[test]
fn a_closed_output_pipe_ends_the_run_without_a_message() {
    let dir = Workdir::new();
    dir.write("in", format!("{WEBSITE}\n").repeat(100_000));
    for jobs in ["-j1", "-j4"] {
        let mut child = dir.command(&format!("{jobs} in")).spawn().unwrap();
        let mut first = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut first).unwrap();
        assert_eq!(first.trim_end(), WEBSITE_V2);
        let output = child.wait_with_output().unwrap();
        assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
        assert_ne!(output.status.code(), Some(74));
        assert_ne!(output.status.code(), Some(101));
    }
    // A closed standard error does not end the run.
    let mut child = dir.command("-o out").spawn().unwrap();
    drop(child.stderr.take());
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(format!("{COMMENT}\n{WEBSITE}\n").as_bytes()).unwrap();
    drop(stdin);
    assert_eq!(child.wait().unwrap().code(), Some(3));
    assert_eq!(dir.text("out").lines().count(), 2);
}

#[test]
fn a_signal_leaves_no_partial_files() {
    for (signal, number) in [("HUP", 1), ("INT", 2), ("TERM", 15)] {
        let dir = Workdir::new();
        dir.write("out", "before");
        let mut child = dir.command("-o out --losses l").spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        stdin.write_all(format!("{COMMENT}\n").as_bytes()).unwrap();
        let begun = Instant::now();
        while dir.files().len() < 2 {
            assert!(begun.elapsed() < Duration::from_secs(20), "no temporary file appears");
            thread::sleep(Duration::from_millis(5));
        }
        let id = child.id().to_string();
        assert!(Command::new("kill").args([&format!("-{signal}"), &id]).status().unwrap().success());
        let status = child.wait().unwrap();
        drop(stdin);
        let shell_status = status.code().or(status.signal().map(|signal| 128 + signal));
        assert_eq!(shell_status, Some(128 + number));
        assert_eq!(dir.files(), [("out".to_owned(), b"before".to_vec())], "after SIG{signal}");
    }
}

#[test]
fn a_new_file_has_the_mode_of_a_shell_redirect() {
    let dir = Workdir::new();
    for (mask, mode) in [("022", 0o644), ("077", 0o600), ("000", 0o666)] {
        let convert = cargo_bin!("convert").display();
        let script = format!("umask {mask}; exec {convert} -o o --losses l --rejects r --summary s");
        let mut shell = Command::new("sh");
        shell.args(["-c", &script]).current_dir(dir.path("")).stdin(Stdio::null());
        assert!(shell.status().unwrap().success());
        for name in ["o", "l", "r", "s"] {
            assert_eq!(fs::metadata(dir.path(name)).unwrap().mode() & 0o7777, mode, "{name} {mask}");
            fs::remove_file(dir.path(name)).unwrap();
        }
    }
}

#[test]
fn an_existing_file_is_replaced_when_complete_and_keeps_its_mode() {
    let dir = Workdir::new();
    // A mode that the umask does not produce.
    for name in ["o", "l", "r", "s"] {
        dir.write(name, "old and much longer than the new content\n".repeat(100));
        fs::set_permissions(dir.path(name), Permissions::from_mode(0o666)).unwrap();
    }
    let mut child = dir.command("-o o --losses l --rejects r --summary s").spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(format!("{COMMENT}\n{BAD}\n").as_bytes()).unwrap();
    thread::sleep(Duration::from_millis(200));
    assert!(dir.text("o").starts_with("old"), "replaced before it is complete");
    drop(stdin);
    assert_eq!(child.wait().unwrap().code(), Some(1));
    assert_eq!(dir.text("o"), format!("{WEBSITE_V2}\n"));
    assert_eq!(dir.text("r"), format!("{BAD}\n"));
    assert_eq!(dir.text("l").lines().count(), 4);
    assert_eq!(dir.text("s").lines().count(), 1);
    for name in ["o", "l", "r", "s"] {
        assert_eq!(fs::metadata(dir.path(name)).unwrap().mode() & 0o7777, 0o666, "{name}");
    }
    assert_eq!(dir.files().len(), 4);
}

#[test]
fn the_input_may_be_the_output() {
    let dir = Workdir::new();
    dir.write("x", format!("{WEBSITE}\n").repeat(10_000));
    dir.run("-o x x", "").exits(0);
    assert_eq!(dir.text("x"), format!("{WEBSITE_V2}\n").repeat(10_000));
    // Through a link, too: the command either converts the file or refuses, but never empties it first.
    dir.write("y", format!("{WEBSITE}\n"));
    symlink("y", dir.path("link")).unwrap();
    let run = dir.run("-o link y", "");
    let expected = if run.code == Some(0) { WEBSITE_V2 } else { WEBSITE };
    assert_eq!(dir.text("y"), format!("{expected}\n"));
}

#[test]
fn an_output_link_stays_a_link_and_its_target_is_written() {
    let dir = Workdir::new();
    fs::create_dir(dir.path("folder")).unwrap();
    for (option, line, expected) in [
        ("-o", WEBSITE, WEBSITE_V2),
        ("--rejects", BAD, BAD),
        ("--losses", COMMENT, "\"home\""),
        ("--summary", WEBSITE, "\"lines\":1"),
    ] {
        dir.write("folder/file", "old ".repeat(1000));
        let _ = fs::remove_file(dir.path("link"));
        symlink("folder/file", dir.path("link")).unwrap();
        dir.run(&format!("{option} link"), format!("{line}\n"));
        assert!(fs::symlink_metadata(dir.path("link")).unwrap().file_type().is_symlink(), "{option}");
        let text = dir.text("folder/file");
        assert!(text.contains(expected) && !text.contains("old"), "{option}: {text}");
    }
    // A dangling link: the target is created.
    symlink("new", dir.path("dangling")).unwrap();
    dir.run("-o dangling", WEBSITE).exits(0);
    assert_eq!(dir.text("new"), format!("{WEBSITE_V2}\n"));
}

#[test]
fn an_output_may_be_a_named_pipe() {
    let dir = Workdir::new();
    assert!(Command::new("mkfifo").arg(dir.path("pipe")).status().unwrap().success());
    for (option, line, expected) in [
        ("-o", WEBSITE, WEBSITE_V2),
        ("--rejects", BAD, BAD),
        ("--losses", COMMENT, "{\"end\":"),
        ("--summary", WEBSITE, "\"lines\":1"),
    ] {
        let path = dir.path("pipe");
        let reader = thread::spawn(move || {
            let mut text = String::new();
            File::open(path).unwrap().read_to_string(&mut text).unwrap();
            text
        });
        dir.run(&format!("{option} pipe"), format!("{line}\n"));
        let text = reader.join().unwrap();
        assert!(text.contains(expected), "{option}: {text}");
        assert!(fs::metadata(dir.path("pipe")).unwrap().file_type().is_fifo(), "{option}");
    }
}

#[test]
fn the_losses_may_be_read_from_a_named_pipe() {
    let dir = Workdir::new();
    assert!(Command::new("mkfifo").arg(dir.path("pipe")).status().unwrap().success());
    dir.run("--losses l -o o", COMMENT).exits(0);
    let (path, losses) = (dir.path("pipe"), dir.bytes("l"));
    let writer = thread::spawn(move || fs::write(path, losses).unwrap());
    let run = dir.run("--to form --restore pipe o", "").exits(0);
    writer.join().unwrap();
    assert!(run.text().contains("home"));
}

#[test]
fn several_outputs_on_one_device_are_all_written() {
    // Standard error is a file: it contains both the messages and the summary.
    let dir = Workdir::new();
    let log = File::create(dir.path("log")).unwrap();
    let mut child = dir.command("--summary /dev/stderr --losses /dev/stdout").stderr(log).spawn().unwrap();
    child.stdin.take().unwrap().write_all(format!("{BAD}\n").as_bytes()).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(1));
    let log = dir.text("log");
    assert!(log.contains("line 1, contact_data: expected an array"), "{log}");
    assert!(log.contains("\"lines\":1"), "{log}");
    assert!(log.contains("1 payload"), "{log}");
}

/// Runs a shell script that uses `$CONVERT`, for redirects and limits that only a shell sets.
#[track_caller]
fn shell(dir: &Workdir, script: &str) -> Run {
    let output = Command::new("sh")
        .arg("-c")
        .arg(script)
        .current_dir(dir.path("."))
        .env("CONVERT", cargo_bin!("convert"))
        .output()
        .unwrap();
    Run::new(script, output)
}

#[test]
fn an_unusable_standard_stream_exits_74() {
    let dir = Workdir::new();
    dir.write("in", WEBSITE);
    shell(&dir, "$CONVERT in 1</dev/null").exits(74).reports("cannot write standard output");
    shell(&dir, "$CONVERT -o o in 2</dev/null").exits(0);
    shell(&dir, "$CONVERT -o o 0>f").exits(74).reports("cannot read standard input");
    shell(&dir, "$CONVERT --help >/dev/full").exits(74);
}

#[test]
fn a_closed_reader_of_rejects_or_losses_is_a_failed_write() {
    let dir = Workdir::new();
    dir.write("in", format!("{WEBSITE}\n{BAD}\n").repeat(30_000));
    for file in ["rejects", "losses"] {
        let script = format!(
            "mkfifo p; (head -n 1 <p >/dev/null)& $CONVERT -q -o o --{file} p in; s=$?; rm p; exit $s"
        );
        shell(&dir, &script).exits(74);
        assert!(!dir.path("o").exists(), "{file}: an incomplete output was put in place");
    }
}

/// `/dev/shm` is a folder in memory; its files are not devices.
#[test]
fn a_regular_file_under_dev_is_replaced() {
    let Ok(memory) = tempfile::tempdir_in("/dev/shm") else { return };
    let dir = Workdir::new();
    let path = memory.path().join("out");
    let path = path.to_str().unwrap();
    for _ in 0..2 {
        dir.run(&format!("-o {path}"), WEBSITE).exits(0);
        assert_eq!(fs::read_to_string(path).unwrap(), format!("{WEBSITE_V2}\n"), "the file was appended to");
    }
    dir.run(&format!("-o {path} --losses {path}"), COMMENT).exits(2).reports("name the same file");
    fs::remove_file(path).unwrap();
    dir.run(&format!("-o {path} --losses {path}"), COMMENT).exits(2).reports("name the same file");
}

#[test]
fn a_dangling_link_and_its_target_are_the_same_file() {
    let dir = Workdir::new();
    symlink("one", dir.path("two")).unwrap();
    symlink("two", dir.path("three")).unwrap();
    dir.run("-o three --losses one", COMMENT).exits(2).reports("name the same file");
    dir.run("-o three", WEBSITE).exits(0);
    assert_eq!(dir.text("one"), format!("{WEBSITE_V2}\n"));
}

#[test]
fn a_redirected_stream_and_its_file_are_the_same_file() {
    let dir = Workdir::new();
    dir.write("in", COMMENT);
    symlink("/dev/stdout", dir.path("k")).unwrap();
    for script in [
        "$CONVERT --losses f in >f",
        "$CONVERT --rejects f in >f",
        "$CONVERT --summary f in >f",
        "$CONVERT --losses in <in",
        "$CONVERT --rejects in - <in",
        "$CONVERT in >>in",
        "$CONVERT <in >>in",
        "$CONVERT -q --losses k in >f",
    ] {
        shell(&dir, script).exits(2).reports("name the same file");
        assert_eq!(dir.text("in"), COMMENT, "{script}");
    }
    shell(&dir, "(echo pre; $CONVERT -q --lossy -o k in) >>log").exits(0);
    assert_eq!(dir.text("log").lines().count(), 2);
    shell(&dir, "$CONVERT -q --lossy -o in <in").exits(0);
    assert_eq!(dir.text("in"), format!("{WEBSITE_V2}\n"));
}

#[test]
fn a_dash_is_accepted_only_for_input_and_output() {
    let dir = Workdir::new();
    for option in ["--losses", "--rejects", "--summary", "--restore"] {
        dir.run(&format!("{option} -"), WEBSITE).exits(2).reports(option);
    }
    assert!(dir.files().is_empty());
    dir.run("-o - -", WEBSITE).exits(0);
}

#[test]
fn a_folder_as_output_fails_before_reading() {
    let dir = Workdir::new();
    dir.run("-o new/", "").exits(74).reports("cannot write new/: is a directory");
}

#[test]
fn a_file_size_limit_is_a_failed_write() {
    let dir = Workdir::new();
    dir.write("in", format!("{WEBSITE}\n").repeat(100_000));
    let before = dir.files();
    shell(&dir, "ulimit -f 1000; $CONVERT -o o in").exits(74).reports("cannot write o");
    assert_eq!(dir.files(), before, "a temporary file is left");
}

#[test]
fn a_thread_that_cannot_be_started_exits_74() {
    let dir = Workdir::new();
    // Enough lines for two hundred threads, but not enough address space for their stacks.
    dir.write("in", format!("{WEBSITE}\n").repeat(60_000));
    let before = dir.files();
    shell(&dir, "ulimit -v 200000; $CONVERT -j 200 -o o in").exits(74).reports("cannot start a thread");
    assert_eq!(dir.files(), before, "a temporary file is left");
    // One line needs no thread.
    dir.write("in", WEBSITE);
    shell(&dir, "ulimit -v 200000; $CONVERT -j 200 in").exits(0);
}

#[test]
fn output_to_an_inherited_descriptor_is_appended() {
    let dir = Workdir::new();
    dir.write("in", format!("{COMMENT}\n"));
    for (option, expected) in [("-o", WEBSITE_V2), ("--losses", "\"home\""), ("--summary", "\"lines\":1")] {
        dir.write("log", "before\n");
        shell(&dir, &format!("$CONVERT --lossy {option} /dev/fd/3 in 3>> log")).exits(0);
        let log = dir.text("log");
        assert!(log.starts_with("before\n") && log.contains(expected), "{option}: {log}");
    }
}
