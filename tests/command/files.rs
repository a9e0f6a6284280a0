//! Files and streams that `convert` opens, writes, and cannot write.

use std::fs::{self, File, Permissions};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::os::unix::fs::{FileTypeExt as _, MetadataExt as _, PermissionsExt as _, symlink};
use std::os::unix::net::UnixListener;
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use assert_cmd::cargo::cargo_bin;

use crate::harness::{BAD, BAD_RECORD, COMMENT, Place, Run, WEBSITE, WEBSITE_V2};

#[test]
fn an_input_that_cannot_be_opened_is_66() {
    let place = Place::new();
    place.write("in", WEBSITE);
    place.write("cut", "{\"line\":1,");
    fs::create_dir(place.path("folder")).unwrap();
    let _socket = UnixListener::bind(place.path("socket")).unwrap();
    symlink("loop", place.path("loop")).unwrap();
    let before = place.files();
    let mut wrong = Vec::new();
    for name in ["missing", "folder", "in/below", "socket", "loop"] {
        for args in ["-o out --losses l", "-o out --to form in --restore"] {
            let run = place.run(&format!("{args} {name}"), "");
            if run.code != Some(66) || !run.err.contains(name) || place.files() != before {
                wrong.push(format!("{args} {name}: {:?}: {}", run.code, run.err));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.concat());
    // First of all the inputs are opened.
    place.run("--to form --restore cut missing", "").exits(66).says("missing");
    place.run("-o no/such/folder missing", "").exits(66).says("missing");
}

#[test]
fn a_write_that_fails_is_74_and_names_the_file() {
    let place = Place::new();
    let line = format!("{COMMENT}\n");
    for jobs in ["-j1", "-j3"] {
        let full = File::options().write(true).open("/dev/full").unwrap();
        let mut child = place.command(&format!("{jobs} --losses l"));
        let mut child = child.stdout(full).spawn().unwrap();
        child.stdin.take().unwrap().write_all(line.as_bytes()).unwrap();
        let run = Run::new("> /dev/full", child.wait_with_output().unwrap()).exits(74);
        assert_eq!(
            run.err.lines().last(),
            Some("convert: cannot write standard output: No space left on device (os error 28)")
        );
        assert!(place.files().is_empty(), "what belongs to no output is not in place");
        for (args, line) in [
            ("-o /dev/full", WEBSITE),
            ("--losses /dev/full -o out", COMMENT),
            ("--losses /dev/full -o out", WEBSITE), // the end line
            ("--rejects /dev/full -o out", BAD),
            ("--rejects /dev/full --max-payload 3 -o out", COMMENT),
            ("--summary /dev/full -o out", WEBSITE),
            ("--losses /dev/full", BAD_RECORD), // before what was rejected
        ] {
            let run = place.run(&format!("{jobs} {args}"), line).exits(74);
            let run = run.says("cannot write /dev/full: No space left");
            assert!(!run.err.contains("panicked"));
            assert!(place.files().is_empty(), "{args}: {:?}", place.files());
        }
    }
    for option in ["--output", "--losses", "--rejects", "--summary"] {
        place.run(&format!("{option} no/such"), WEBSITE).exits(74).says("cannot write no/such");
        place.run(&format!("{option} ."), WEBSITE).exits(74).says("cannot write .");
    }
}

#[test]
fn a_read_that_fails_is_74_and_names_the_file() {
    let place = Place::new();
    for jobs in ["-j1", "-j3"] {
        // It can be opened, and nothing is mapped where it begins.
        let run = place.run(&format!("{jobs} -o out /proc/self/mem"), "").exits(74);
        run.says("cannot read /proc/self/mem");
        assert!(place.files().is_empty());
    }
}

#[test]
fn a_closed_pipe_ends_it_quietly() {
    let place = Place::new();
    place.write("in", format!("{WEBSITE}\n").repeat(100_000));
    for jobs in ["-j1", "-j4"] {
        let mut child = place.command(&format!("{jobs} in")).spawn().unwrap();
        let mut first = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut first).unwrap();
        assert_eq!(first.trim_end(), WEBSITE_V2);
        let output = child.wait_with_output().unwrap();
        assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
        assert_ne!(output.status.code(), Some(74));
        assert_ne!(output.status.code(), Some(101));
    }
    // A message that nobody reads does not end it either.
    let mut child = place.command("-o out").spawn().unwrap();
    drop(child.stderr.take());
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(format!("{COMMENT}\n{WEBSITE}\n").as_bytes()).unwrap();
    drop(stdin);
    assert_eq!(child.wait().unwrap().code(), Some(3));
    assert_eq!(place.text("out").lines().count(), 2);
}

#[test]
fn a_signal_leaves_nothing_half_written() {
    for (signal, number) in [("HUP", 1), ("INT", 2), ("TERM", 15)] {
        let place = Place::new();
        place.write("out", "before");
        let mut child = place.command("-o out --losses l").spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        stdin.write_all(format!("{COMMENT}\n").as_bytes()).unwrap();
        let begun = Instant::now();
        while place.files().len() < 2 {
            assert!(begun.elapsed() < Duration::from_secs(20), "nothing is written beside");
            thread::sleep(Duration::from_millis(5));
        }
        let id = child.id().to_string();
        assert!(Command::new("kill").args([&format!("-{signal}"), &id]).status().unwrap().success());
        let status = child.wait().unwrap();
        drop(stdin);
        let as_a_shell_says = status.code().or(status.signal().map(|signal| 128 + signal));
        assert_eq!(as_a_shell_says, Some(128 + number));
        assert_eq!(place.files(), [("out".to_owned(), b"before".to_vec())], "after SIG{signal}");
    }
}

#[test]
fn a_new_file_is_as_a_redirect_would_make_it() {
    let place = Place::new();
    for (mask, mode) in [("022", 0o644), ("077", 0o600), ("000", 0o666)] {
        let convert = cargo_bin!("convert").display();
        let script = format!("umask {mask}; exec {convert} -o o --losses l --rejects r --summary s");
        let mut shell = Command::new("sh");
        shell.args(["-c", &script]).current_dir(place.path("")).stdin(Stdio::null());
        assert!(shell.status().unwrap().success());
        for name in ["o", "l", "r", "s"] {
            assert_eq!(fs::metadata(place.path(name)).unwrap().mode() & 0o7777, mode, "{name} {mask}");
            fs::remove_file(place.path(name)).unwrap();
        }
    }
}

#[test]
fn a_file_that_is_there_is_replaced_when_whole_and_keeps_its_mode() {
    let place = Place::new();
    // A mode that the umask would not give.
    for name in ["o", "l", "r", "s"] {
        place.write(name, "old and much longer than what comes\n".repeat(100));
        fs::set_permissions(place.path(name), Permissions::from_mode(0o666)).unwrap();
    }
    let mut child = place.command("-o o --losses l --rejects r --summary s").spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(format!("{COMMENT}\n{BAD}\n").as_bytes()).unwrap();
    thread::sleep(Duration::from_millis(200));
    assert!(place.text("o").starts_with("old"), "not in place before it is whole");
    drop(stdin);
    assert_eq!(child.wait().unwrap().code(), Some(1));
    assert_eq!(place.text("o"), format!("{WEBSITE_V2}\n"));
    assert_eq!(place.text("r"), format!("{BAD}\n"));
    assert_eq!(place.text("l").lines().count(), 3);
    assert_eq!(place.text("s").lines().count(), 1);
    for name in ["o", "l", "r", "s"] {
        assert_eq!(fs::metadata(place.path(name)).unwrap().mode() & 0o7777, 0o666, "{name}");
    }
    assert_eq!(place.files().len(), 4);
}

#[test]
fn the_input_may_be_the_output() {
    let place = Place::new();
    place.write("x", format!("{WEBSITE}\n").repeat(10_000));
    place.run("-o x x", "").exits(0);
    assert_eq!(place.text("x"), format!("{WEBSITE_V2}\n").repeat(10_000));
    // Through a link too: a file is not emptied before it is read. To refuse it is as good.
    place.write("y", format!("{WEBSITE}\n"));
    symlink("y", place.path("link")).unwrap();
    let run = place.run("-o link y", "");
    let expected = if run.code == Some(0) { WEBSITE_V2 } else { WEBSITE };
    assert_eq!(place.text("y"), format!("{expected}\n"));
}

#[test]
fn it_writes_through_a_link() {
    let place = Place::new();
    fs::create_dir(place.path("there")).unwrap();
    for (option, line, says) in [
        ("-o", WEBSITE, WEBSITE_V2),
        ("--rejects", BAD, BAD),
        ("--losses", COMMENT, "\"home\""),
        ("--summary", WEBSITE, "\"lines\":1"),
    ] {
        place.write("there/file", "old ".repeat(1000));
        let _ = fs::remove_file(place.path("link"));
        symlink("there/file", place.path("link")).unwrap();
        place.run(&format!("{option} link"), format!("{line}\n"));
        assert!(fs::symlink_metadata(place.path("link")).unwrap().file_type().is_symlink(), "{option}");
        let text = place.text("there/file");
        assert!(text.contains(says) && !text.contains("old"), "{option}: {text}");
    }
    // A link to nothing makes the file.
    symlink("new", place.path("hope")).unwrap();
    place.run("-o hope", WEBSITE).exits(0);
    assert_eq!(place.text("new"), format!("{WEBSITE_V2}\n"));
}

#[test]
fn it_writes_through_a_pipe() {
    let place = Place::new();
    assert!(Command::new("mkfifo").arg(place.path("pipe")).status().unwrap().success());
    for (option, line, says) in [
        ("-o", WEBSITE, WEBSITE_V2),
        ("--rejects", BAD, BAD),
        ("--losses", COMMENT, "{\"end\":"),
        ("--summary", WEBSITE, "\"lines\":1"),
    ] {
        let path = place.path("pipe");
        let reader = thread::spawn(move || {
            let mut text = String::new();
            File::open(path).unwrap().read_to_string(&mut text).unwrap();
            text
        });
        place.run(&format!("{option} pipe"), format!("{line}\n"));
        let text = reader.join().unwrap();
        assert!(text.contains(says), "{option}: {text}");
        assert!(fs::metadata(place.path("pipe")).unwrap().file_type().is_fifo(), "{option}");
    }
}

#[test]
fn it_reads_the_losses_from_a_pipe() {
    let place = Place::new();
    assert!(Command::new("mkfifo").arg(place.path("pipe")).status().unwrap().success());
    place.run("--losses l -o o", COMMENT).exits(0);
    let (path, losses) = (place.path("pipe"), place.bytes("l"));
    let writer = thread::spawn(move || fs::write(path, losses).unwrap());
    let run = place.run("--to form --restore pipe o", "").exits(0);
    writer.join().unwrap();
    assert!(run.text().contains("home"));
}

#[test]
fn a_device_given_twice_keeps_all() {
    // With standard error into a file, both the messages and the summary are in it.
    let place = Place::new();
    let log = File::create(place.path("log")).unwrap();
    let mut child = place.command("--summary /dev/stderr --losses /dev/stdout").stderr(log).spawn().unwrap();
    child.stdin.take().unwrap().write_all(format!("{BAD}\n").as_bytes()).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(1));
    let log = place.text("log");
    assert!(log.contains("line 1, contact_data: expected an array"), "{log}");
    assert!(log.contains("\"lines\":1"), "{log}");
    assert!(log.contains("1 payload"), "{log}");
}

/// A shell's run of `convert`, for what only a shell says of a process.
#[track_caller]
fn shell(place: &Place, script: &str) -> Run {
    let output = Command::new("sh")
        .arg("-c")
        .arg(script)
        .current_dir(place.path("."))
        .env("CONVERT", cargo_bin!("convert"))
        .output()
        .unwrap();
    Run::new(script, output)
}

#[test]
fn a_stream_that_takes_or_gives_nothing_is_74() {
    let place = Place::new();
    place.write("in", WEBSITE);
    shell(&place, "$CONVERT in 1</dev/null").exits(74).says("cannot write standard output");
    shell(&place, "$CONVERT -o o in 2</dev/null").exits(0);
    shell(&place, "$CONVERT -o o 0>f").exits(74).says("cannot read standard input");
    shell(&place, "$CONVERT --help >/dev/full").exits(74);
}

#[test]
fn a_reader_of_rejects_that_goes_is_a_write_that_fails() {
    let place = Place::new();
    place.write("in", format!("{WEBSITE}\n{BAD}\n").repeat(30_000));
    for file in ["rejects", "losses"] {
        let script = format!(
            "mkfifo p; (head -n 1 <p >/dev/null)& $CONVERT -q -o o --{file} p in; s=$?; rm p; exit $s"
        );
        shell(&place, &script).exits(74);
        assert!(!place.path("o").exists(), "{file}: an output that is not whole");
    }
}

/// A folder of memory that is no device, though it is under `/dev`.
#[test]
fn a_file_under_dev_is_a_file() {
    let Ok(memory) = tempfile::tempdir_in("/dev/shm") else { return };
    let place = Place::new();
    let path = memory.path().join("out");
    let path = path.to_str().unwrap();
    for _ in 0..2 {
        place.run(&format!("-o {path}"), WEBSITE).exits(0);
        assert_eq!(fs::read_to_string(path).unwrap(), format!("{WEBSITE_V2}\n"), "not behind what was there");
    }
    place.run(&format!("-o {path} --losses {path}"), COMMENT).exits(2).says("name the same file");
    fs::remove_file(path).unwrap();
    place.run(&format!("-o {path} --losses {path}"), COMMENT).exits(2).says("name the same file");
}

#[test]
fn a_link_to_a_file_to_come_is_that_file() {
    let place = Place::new();
    symlink("one", place.path("two")).unwrap();
    symlink("two", place.path("three")).unwrap();
    place.run("-o three --losses one", COMMENT).exits(2).says("name the same file");
    place.run("-o three", WEBSITE).exits(0);
    assert_eq!(place.text("one"), format!("{WEBSITE_V2}\n"));
}

#[test]
fn what_a_stream_was_redirected_to_is_a_file_too() {
    let place = Place::new();
    place.write("in", COMMENT);
    symlink("/dev/stdout", place.path("k")).unwrap();
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
        shell(&place, script).exits(2).says("name the same file");
        assert_eq!(place.text("in"), COMMENT, "{script}");
    }
    shell(&place, "(echo pre; $CONVERT -q --lossy -o k in) >>log").exits(0);
    assert_eq!(place.text("log").lines().count(), 2);
    shell(&place, "$CONVERT -q --lossy -o in <in").exits(0);
    assert_eq!(place.text("in"), format!("{WEBSITE_V2}\n"));
}

#[test]
fn a_stream_is_named_by_a_dash_where_it_is_one() {
    let place = Place::new();
    for option in ["--losses", "--rejects", "--summary", "--restore"] {
        place.run(&format!("{option} -"), WEBSITE).exits(2).says(option);
    }
    assert!(place.files().is_empty());
    place.run("-o - -", WEBSITE).exits(0);
}

#[test]
fn a_folder_is_no_output_before_anything_is_read() {
    let place = Place::new();
    place.run("-o new/", "").exits(74).says("cannot write new/: is a directory");
}

#[test]
fn a_limit_of_a_files_size_is_a_full_disk() {
    let place = Place::new();
    place.write("in", format!("{WEBSITE}\n").repeat(100_000));
    let before = place.files();
    shell(&place, "ulimit -f 1000; $CONVERT -o o in").exits(74).says("cannot write o");
    assert_eq!(place.files(), before, "a file is left beside");
}

#[test]
fn a_thread_that_cannot_be_started_is_74() {
    let place = Place::new();
    // Enough that each of a hundred threads has something to do; there is no room for as many stacks.
    place.write("in", format!("{WEBSITE}\n").repeat(60_000));
    let before = place.files();
    shell(&place, "ulimit -v 200000; $CONVERT -j 200 -o o in").exits(74).says("cannot start a thread");
    assert_eq!(place.files(), before, "a file is left beside");
    // For one line there is none to start.
    place.write("in", WEBSITE);
    shell(&place, "ulimit -v 200000; $CONVERT -j 200 in").exits(0);
}

#[test]
fn a_stream_that_a_shell_opened_goes_on_where_it_is() {
    let place = Place::new();
    place.write("in", format!("{COMMENT}\n"));
    for (option, says) in [("-o", WEBSITE_V2), ("--losses", "\"home\""), ("--summary", "\"lines\":1")] {
        place.write("log", "before\n");
        shell(&place, &format!("$CONVERT --lossy {option} /dev/fd/3 in 3>> log")).exits(0);
        let log = place.text("log");
        assert!(log.starts_with("before\n") && log.contains(says), "{option}: {log}");
    }
}
