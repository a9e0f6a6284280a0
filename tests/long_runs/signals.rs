//! Kills and signals: the files that remain, the exit status, the delay.

use std::fs::{self, File};
use std::io::{Read as _, Write as _};
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use assert_cmd::cargo::cargo_bin;
use serde_json::Value;

use crate::harness::running::{
    Running, SIGNAL_TIME_LIMIT, TIME_LIMIT, feed_forever, file_names, make_pipe, read_summary, shell_status,
    temporary_bytes, wait_until,
};
use crate::harness::{BAD, COMMENT, WEBSITE, Workdir, dump_of_websites, without_timings};

#[test]
fn a_kill_leaves_only_temporary_files() {
    // A fixed seed: the clock makes the moment of the kill random anyway.
    let mut random = 0x9e37_79b9_u64;
    for n in 0..50 {
        let dir = Workdir::new();
        let args = format!("-j{} -o o --losses l --rejects r --summary s", [1, 2, 8][n % 3]);
        let mut running = Running::start(dir.command(&args), &args);
        let feeder = feed_forever(running.stdin(), format!("{COMMENT}\n{BAD}\n{WEBSITE}\n").repeat(100));
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        thread::sleep(Duration::from_micros(random >> 33 & 0xffff));
        running.child.kill().unwrap();
        assert_eq!(running.ends_within(TIME_LIMIT).signal(), Some(9));
        feeder.join().unwrap();
        let names = file_names(&dir);
        assert!(names.iter().all(|name| name.starts_with(".convert-")), "{names:?}");
    }
}

#[test]
fn a_kill_at_the_end_leaves_complete_files_and_the_output_last() {
    let dir = Workdir::new();
    dir.write("in", format!("{COMMENT}\n{BAD}\n{WEBSITE}\n").repeat(30));
    let args = "-q -j2 -o o --losses l --rejects r --summary s in";
    let begun = Instant::now();
    dir.run(args, "").exits(1);
    let took = begun.elapsed();
    let finals = ["o", "l", "r", "s"];
    let expected = finals.map(|name| without_timings(dir.bytes(name)));
    for n in 0..40 {
        for name in file_names(&dir).iter().filter(|name| *name != "in") {
            fs::remove_file(dir.path(name)).unwrap();
        }
        let mut running = Running::start(dir.command(args), args);
        thread::sleep(took * n / 40);
        running.child.kill().unwrap();
        running.ends_within(TIME_LIMIT);
        let found = file_names(&dir);
        for (name, expected) in finals.iter().zip(&expected) {
            let exists = found.iter().any(|other| other == name);
            assert!(exists || !found.contains(&"o".to_owned()), "an output without {name}: {found:?}");
            assert!(!exists || without_timings(dir.bytes(name)) == *expected, "{name} is incomplete");
        }
        let others = found.iter().filter(|name| *name != "in" && !finals.contains(&name.as_str()));
        assert!(others.clone().all(|name| name.starts_with(".convert-")), "{found:?}");
    }
}

#[test]
fn a_signal_ends_a_run_while_the_producer_writes_or_stalls() {
    for (signal, code) in [("INT", 130), ("TERM", 143)] {
        for jobs in [1, 2, 8] {
            for is_writing in [true, false] {
                let dir = Workdir::new();
                let args = format!("-j{jobs} --lossy -o o --losses l --rejects r --summary s --report p");
                let mut running = Running::start(dir.command(&args), &args);
                let mut stdin = running.stdin();
                let mut held = None;
                if is_writing {
                    feed_forever(stdin, format!("{COMMENT}\n").repeat(100));
                } else {
                    // Two lines and an incomplete one.
                    stdin.write_all(format!("{COMMENT}\n{WEBSITE}\ntype=web").as_bytes()).unwrap();
                    held = Some(stdin);
                }
                // The head of the losses file is written at once, and is shorter.
                wait_until("a payload is written", || temporary_bytes(&dir) > 100);
                running.signal(signal);
                let status = running.ends_within(SIGNAL_TIME_LIMIT);
                assert_eq!(shell_status(status), Some(code), "{args}");
                assert_eq!(file_names(&dir), ["s"], "SIG{signal}, {args}");
                let lines = read_summary(&dir)["lines"].as_u64().unwrap();
                assert!(if is_writing { lines > 0 } else { lines <= 2 }, "{lines} lines");
                drop(held);
            }
        }
    }
}

/// Starts a run whose output is a pipe without a reader, and waits until the pipe is full.
#[track_caller]
fn start_stalled(dir: &Workdir, args: &str) -> Running {
    let mut running = Running::start(dir.command(args), args);
    feed_forever(running.stdin(), format!("{COMMENT}\n").repeat(100));
    let mut before = (0, Instant::now());
    wait_until("the run stalls", || {
        let now = temporary_bytes(dir);
        if now != before.0 {
            before = (now, Instant::now());
        }
        now > 0 && before.1.elapsed() > Duration::from_millis(700)
    });
    running
}

#[test]
fn a_signal_ends_a_run_while_the_reader_stalls() {
    for (signal, code, jobs) in [("INT", 130, 1), ("TERM", 143, 8)] {
        let dir = Workdir::new();
        let mut running =
            start_stalled(&dir, &format!("-j{jobs} --lossy --losses l --rejects r --summary s"));
        running.signal(signal);
        assert_eq!(shell_status(running.ends_within(SIGNAL_TIME_LIMIT)), Some(code));
        let names = file_names(&dir);
        assert!(names.iter().all(|name| name == "s"), "{names:?}");
    }
}

#[test]
fn a_signal_writes_the_summary_while_the_reader_stalls() {
    let dir = Workdir::new();
    let mut running = start_stalled(&dir, "-j2 --lossy --losses l --rejects r --summary s");
    running.signal("TERM");
    assert_eq!(shell_status(running.ends_within(SIGNAL_TIME_LIMIT)), Some(143));
    assert_eq!(file_names(&dir), ["s"]);
    read_summary(&dir);
}

#[test]
fn a_signal_ends_a_run_whose_summary_pipe_is_full() {
    // The summary goes to standard output, a pipe that is already full.
    let dir = Workdir::new();
    let args = "-j2 --lossy -q --summary /dev/stdout";
    let mut running = Running::start(dir.command(args), args);
    feed_forever(running.stdin(), format!("{COMMENT}\n").repeat(100));
    thread::sleep(Duration::from_secs(1));
    running.signal("TERM");
    assert_eq!(shell_status(running.ends_within(SIGNAL_TIME_LIMIT)), Some(143));
}

#[test]
fn a_signal_ends_a_run_whose_last_write_blocks() {
    // A pipe holds 64 KiB: the losses line just fits, the end line does not.
    let dir = Workdir::new();
    let input = |len: usize| COMMENT.replace("home", &"h".repeat(len));
    dir.run("--losses l", input(1)).exits(0);
    let end = "{\"end\":{\"to\":\"v2\",\"lines\":1,\"with_losses\":1}}\n".len();
    let len = (64 << 10) - (dir.bytes("l").len() - end) + 1;
    fs::remove_file(dir.path("l")).unwrap();
    make_pipe(&dir, "pipe");
    let path = dir.path("pipe");
    let args = "-j2 --lossy -o o --losses pipe --summary s";
    let mut running = Running::start(dir.command(args), args);
    // Open the pipe, but never read it.
    let pipe = File::open(path).unwrap();
    running.stdin().write_all(input(len).as_bytes()).unwrap();
    thread::sleep(Duration::from_secs(1));
    assert!(running.peak().is_some(), "the run does not block");
    running.signal("TERM");
    let status = running.ends_within(SIGNAL_TIME_LIMIT);
    drop(pipe);
    assert_eq!(shell_status(status), Some(143));
    let names = file_names(&dir);
    assert!(names.iter().all(|name| name == "s" || name == "pipe"), "{names:?}");
}

#[test]
fn a_signal_ends_the_output_at_a_line_end() {
    let dir = Workdir::new();
    let args = "-j2 --lossy --summary s";
    let mut running = Running::start(dir.command(args), args);
    feed_forever(running.stdin(), format!("{COMMENT}\n").repeat(100));
    let mut output = running.child.stdout.take().unwrap();
    let (sender, half) = mpsc::channel();
    // The reader is steady, but slower than the command.
    let reader = thread::spawn(move || {
        let mut space = vec![0; 8 << 10];
        let mut text = Vec::new();
        loop {
            match output.read(&mut space).unwrap() {
                0 => return text,
                len => text.extend_from_slice(&space[..len]),
            }
            let _ = sender.send(text.len());
            thread::sleep(Duration::from_millis(10));
        }
    });
    while half.recv_timeout(TIME_LIMIT).unwrap() < 300_000 {}
    running.signal("INT");
    assert_eq!(shell_status(running.ends_within(SIGNAL_TIME_LIMIT)), Some(130));
    let text = reader.join().unwrap();
    let last = text.split(|byte| *byte == b'\n').next_back().unwrap();
    assert_eq!(String::from_utf8_lossy(last), "", "the output ends within a line");
    assert_eq!(file_names(&dir), ["s"]);
    let lines = text.iter().filter(|byte| **byte == b'\n').count();
    assert_eq!(read_summary(&dir)["lines"], lines);
}

#[test]
fn a_signal_while_opening_a_pipe_leaves_no_files() {
    // Opening a pipe for writing blocks until it has a reader.
    for option in ["--losses", "--rejects", "--summary"] {
        let dir = Workdir::new();
        make_pipe(&dir, "pipe");
        let args = format!("--lossy -o o {option} pipe");
        let mut running = Running::start(dir.command(&args), &args);
        wait_until("the output is opened", || file_names(&dir).len() > 1);
        running.signal("TERM");
        assert_eq!(shell_status(running.ends_within(SIGNAL_TIME_LIMIT)), Some(143));
        assert_eq!(file_names(&dir), ["pipe"], "{args}");
    }
}

#[test]
fn a_signal_while_opening_files_leaves_no_temporary_files() {
    // Long paths make opening slow, so that the shell's `kill` arrives in time.
    let dir = Workdir::new();
    make_pipe(&dir, "pipe");
    let script = r#"
        exec 3<>pipe
        env --default-signal=TERM "$CONVERT" --lossy -o "$P"o --losses "$P"l --rejects "$P"r --summary "$P"s <&3 &
        while set -- .convert-*; [ ! -e "$1" ]; do :; done
        kill -TERM $!
        wait $!"#;
    for n in 0..60 {
        let mut command = Command::new("sh");
        command.args(["-c", script]).current_dir(dir.path("")).stderr(Stdio::null());
        command.env("CONVERT", cargo_bin!("convert")).env("P", "./".repeat(2000));
        let mut running = Running::start(command, "while files are opened");
        assert_eq!(shell_status(running.ends_within(TIME_LIMIT)), Some(143));
        assert_eq!(file_names(&dir), ["pipe", "s"], "run {n}");
        fs::remove_file(dir.path("s")).unwrap();
    }
}

#[test]
fn a_signal_after_the_output_is_in_place_does_not_change_the_status() {
    // Standard error is a pipe without a reader and with room for only 8 bytes, so that the last message blocks.
    let dir = Workdir::new();
    make_pipe(&dir, "pipe");
    let mut pipe = File::options().read(true).write(true).open(dir.path("pipe")).unwrap();
    pipe.write_all(&vec![b'x'; (64 << 10) - 8]).unwrap();
    let args = "-j2 --verify -o o --losses l --summary s";
    let mut command = dir.command(args);
    command.stderr(pipe.try_clone().unwrap());
    let mut running = Running::start(command, args);
    running.stdin().write_all(WEBSITE.as_bytes()).unwrap();
    wait_until("the output is in place", || dir.path("o").exists());
    running.signal("TERM");
    assert_eq!(shell_status(running.ends_within(SIGNAL_TIME_LIMIT)), Some(0));
    assert_eq!(file_names(&dir), ["l", "o", "pipe", "s"]);
    read_summary(&dir);
}

#[test]
fn stopping_and_continuing_a_run_changes_no_byte() {
    let dir = Workdir::new();
    let piece = format!("{COMMENT}\n{WEBSITE}\n{BAD}\n").repeat(100);
    let expected = dir.run("--losses l", piece.repeat(50)).exits(1);
    let losses = dir.bytes("l");
    for jobs in [1, 3] {
        let args = format!("-j{jobs} --losses l");
        let mut running = Running::start(dir.command(&args), &args);
        let mut stdin = running.stdin();
        let mut output = running.child.stdout.take().unwrap();
        let text = thread::scope(|scope| {
            let reader = scope.spawn(move || {
                let mut text = Vec::new();
                output.read_to_end(&mut text).unwrap();
                text
            });
            for n in 0..50 {
                stdin.write_all(piece.as_bytes()).unwrap();
                if n % 3 == 0 {
                    running.signal("STOP");
                    thread::sleep(Duration::from_millis(2));
                    running.signal("CONT");
                }
            }
            drop(stdin);
            reader.join().unwrap()
        });
        assert_eq!(running.ends_within(TIME_LIMIT).code(), Some(1));
        assert!(text == expected.out && dir.bytes("l") == losses, "{jobs} threads");
    }
}

#[test]
fn a_run_ended_by_a_signal_keeps_only_its_summary() {
    let dir = Workdir::new();
    let args = "-j2 --lossy -o o --losses l --rejects r --summary s --error-format json";
    let mut running = Running::start(dir.command(args), args);
    feed_forever(running.stdin(), format!("{COMMENT}\n{BAD}\n").repeat(100));
    // The head of the losses file is written at once, and is shorter.
    wait_until("a payload is written", || temporary_bytes(&dir) > 100);
    running.signal("TERM");
    let mut err = running.child.stderr.take().unwrap();
    assert_eq!(shell_status(running.ends_within(SIGNAL_TIME_LIMIT)), Some(143));
    assert_eq!(file_names(&dir), ["s"]);
    let mut messages = String::new();
    err.read_to_string(&mut messages).unwrap();
    let last: Value = serde_json::from_str(messages.lines().last().unwrap()).unwrap();
    assert_eq!(last["failure"]["status"], 143, "{messages}");
}

#[test]
fn a_signal_that_the_parent_ignores_stays_ignored() {
    let dir = Workdir::new();
    let mut command = Command::new("sh");
    command.args(["-c", "trap '' HUP INT; exec \"$0\" -o o", cargo_bin!("convert").to_str().unwrap()]);
    command.current_dir(dir.path("")).stdin(Stdio::piped());
    let mut running = Running::start(command, "");
    let mut stdin = running.stdin();
    stdin.write_all(format!("{WEBSITE}\n").as_bytes()).unwrap();
    wait_until("something is written", || temporary_bytes(&dir) > 0);
    running.signal("HUP");
    running.signal("INT");
    stdin.write_all(format!("{WEBSITE}\n").as_bytes()).unwrap();
    drop(stdin);
    assert_eq!(running.ends_within(TIME_LIMIT).code(), Some(0));
    assert_eq!(dir.text("o").lines().count(), 2);
}

#[test]
fn a_signal_while_a_dump_is_read_leaves_no_files() {
    for (signal, code) in [("INT", 130), ("TERM", 143)] {
        let dir = Workdir::new();
        fs::create_dir(dir.path("tmp")).unwrap();
        let args = "-j2 --from dump --sort-memory 10000 -o o --losses l --rejects r --summary s";
        let mut command = dir.command(args);
        command.env("TMPDIR", "tmp");
        let mut running = Running::start(command, args);
        let mut stdin = running.stdin();
        // The dump does not end.
        stdin.write_all(dump_of_websites(3_000).trim_end_matches(";\n").as_bytes()).unwrap();
        wait_until("files are opened", || file_names(&dir).len() > 4);
        running.signal(signal);
        let status = running.ends_within(SIGNAL_TIME_LIMIT);
        assert_eq!(shell_status(status), Some(code));
        assert_eq!(file_names(&dir), ["s", "tmp"], "SIG{signal}");
        assert_eq!(fs::read_dir(dir.path("tmp")).unwrap().count(), 0);
        assert_eq!(read_summary(&dir)["lines"], 0);
        drop(stdin);
    }
}
