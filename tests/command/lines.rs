//! Lines: line ends, length limits, and output that does not depend on threads or on how the input is split.

use std::io::{BufRead as _, BufReader, Write as _};
use std::sync::mpsc;
use std::time::Duration;
use std::{fs, thread};

use serde_json::Value;

use crate::harness::{
    BAD, COMMENT, Run, WEBSITE, WEBSITE_V2, Workdir, json_lines, losses_lines, mixed_lines, run_in_pieces,
    without_timings,
};

/// The v2 body of an empty payload.
const NOTHING: &str = r#"{"contact_data":{}}"#;

#[test]
fn each_line_is_a_payload() {
    let dir = Workdir::new();
    let end = |lines| {
        let head = r#"{"head":{"version":1,"from":"form","to":"v2","profile":"documented"}}"#;
        format!("{head}\n{{\"end\":{{\"lines\":{lines},\"with_losses\":0}}}}\n")
    };
    for (stdin, lines) in [
        (String::new(), vec![]),
        ("\n".to_owned(), vec![NOTHING]),
        ("\n\n\r\n".to_owned(), vec![NOTHING; 3]),
        ("\n\n\n".to_owned(), vec![NOTHING; 3]),
        (WEBSITE.to_owned(), vec![WEBSITE_V2]),
        (format!("{WEBSITE}\n"), vec![WEBSITE_V2]),
        (format!("{WEBSITE}\r\n{WEBSITE}\n{WEBSITE}"), vec![WEBSITE_V2; 3]),
        (format!("{WEBSITE}\n\n{WEBSITE}\r\n"), vec![WEBSITE_V2, NOTHING, WEBSITE_V2]),
    ] {
        for jobs in ["-j1", "-j2"] {
            let run = dir.run(&format!("{jobs} --losses l"), &stdin).exits(0);
            assert_eq!(run.lines(), lines, "{stdin:?}");
            assert!(run.out.is_empty() || run.out.ends_with(b"\n"));
            assert_eq!(dir.text("l"), end(lines.len()), "{stdin:?}");
        }
    }
}

#[test]
fn one_carriage_return_before_the_line_feed_belongs_to_the_line_end() {
    let dir = Workdir::new();
    let url = |stdin: &str| {
        let run = dir.run("", stdin).exits(0);
        let body: Value = serde_json::from_str(run.text()).unwrap();
        body["contact_data"]["website"][0]["url"].as_str().unwrap().to_owned()
    };
    assert_eq!(url("type=website&data[url]=a\r\n"), "a");
    assert_eq!(url("type=website&data[url]=a\r\r\n"), "a\r");
    assert_eq!(url("type=website&data[url]=a\rb\n"), "a\rb");
    assert_eq!(url("type=website&data[url]=\ra\r\n"), "\ra");
    // Without a line feed after it, the carriage return belongs to the value.
    let run = dir.run("", format!("{WEBSITE}\ntype=website&data[url]=a\r")).exits(0);
    assert_eq!(run.lines()[1], r#"{"contact_data":{"website":[{"url":"a\r"}]}}"#);
    // The rejects keep every byte of a rejected line.
    dir.run("--rejects r", format!("{BAD}\r\n{WEBSITE}\r\n{BAD}\n{BAD}\r\r\n{BAD}")).exits(1);
    assert_eq!(dir.text("r"), format!("{BAD}\r\n{BAD}\n{BAD}\r\r\n{BAD}"));
    // The losses hold the payload without the line end.
    dir.run("--losses l", format!("{BAD}\r\n")).exits(1);
    assert_eq!(losses_lines(&dir.text("l"))[0]["value"], BAD);
    // White space around a v2 body is ignored.
    let run = dir.run("--to form", format!("{WEBSITE_V2}\r\r\n{WEBSITE_V2}\r")).exits(0);
    assert_eq!(run.lines().len(), 2);
}

#[test]
fn a_nul_ends_the_payload_but_not_the_line() {
    let dir = Workdir::new();
    let run = dir.run("--losses l", format!("{WEBSITE}\n{WEBSITE}\0hidden\n{WEBSITE}\n")).exits(0);
    assert_eq!(run.lines(), [WEBSITE_V2; 3]);
    let losses = losses_lines(&dir.text("l"));
    assert_eq!(losses[0]["losses"][0]["value"], "hidden");
    dir.run("", format!("{WEBSITE}\n{WEBSITE}\0hidden\n")).exits(3);
}

#[test]
fn a_rejected_line_is_kept_byte_for_byte() {
    let dir = Workdir::new();
    let line: &[u8] = b"contact_data=\x80\xff%FF+\x00\t\r&\x01\n";
    dir.run("--losses l --rejects r", [WEBSITE.as_bytes(), b"\n", line].concat()).exits(1);
    assert_eq!(dir.bytes("r"), line);
    let losses = losses_lines(&dir.text("l"));
    assert!(losses[0].get("value").is_none());
    let raw = losses[0]["raw"].as_str().unwrap();
    assert_eq!(deskpro_contact::losses_file::decode_raw(raw), &line[..line.len() - 1]);
    // The kept line is rejected again, after another: alone, it would be taken for binary data.
    dir.run("--rejects again", [WEBSITE.as_bytes(), b"\n", &dir.bytes("r")].concat()).exits(1);
    assert_eq!(dir.bytes("again"), line);
}

#[test]
fn a_line_of_10_mib_is_converted() {
    let dir = Workdir::new();
    let url = "a".repeat(10 << 20);
    let payload = format!("type=website&data[url]={url}\n{WEBSITE}\n");
    let run = dir.run("-j2", payload).exits(0);
    assert_eq!(
        run.lines(),
        [&format!("{{\"contact_data\":{{\"website\":[{{\"url\":\"{url}\"}}]}}}}")[..], WEBSITE_V2]
    );
}

#[test]
fn a_line_over_the_limit_is_rejected_and_copied_to_the_rejects() {
    let dir = Workdir::new();
    for len in [101, 10_000, 1_000_000] {
        for (end, last) in [("\n", ""), ("\r\n", "\r\n"), ("\n", "\r")] {
            let over = "x".repeat(len);
            let short = "type=website&data[url]=example.com";
            let stdin = format!("{short}\n{over}{end}{short}\n\n{over}{last}");
            let len_of_last = if last == "\r" { len + 1 } else { len };
            for jobs in ["-j1", "-j3"] {
                let args = format!("{jobs} --max-payload 100 --losses l --rejects r --summary s");
                let run = dir.run(&args, &stdin).exits(1);
                assert_eq!(run.lines(), [WEBSITE_V2, WEBSITE_V2, NOTHING]);
                assert_eq!(dir.text("r"), format!("{over}{end}{over}{last}"));
                let losses = losses_lines(&dir.text("l"));
                let rejected: Vec<_> = losses.iter().filter(|line| !line["error"].is_null()).collect();
                assert_eq!(rejected.len(), 2);
                for (line, number, len) in [(rejected[0], 2, len), (rejected[1], 5, len_of_last)] {
                    assert_eq!(line["line"], number);
                    assert_eq!(line["error"]["code"], "too-long");
                    let message = line["error"]["message"].as_str().unwrap();
                    assert_eq!(message, format!("expected at most 100 bytes, found {len} bytes"));
                    assert!(line.get("value").is_none() && line.get("raw").is_none());
                }
                let summary: Value = serde_json::from_str(&dir.text("s")).unwrap();
                assert_eq!((&summary["lines"], &summary["converted"]), (&5.into(), &3.into()));
                run.reports("line 2: expected at most 100 bytes");
            }
            let run = dir.run("--max-payload 100 --rejects r --on-error emit", &stdin).exits(1);
            assert_eq!(json_lines(run.text())[1]["error"]["code"], "too-long");
            assert_eq!(run.lines().len(), 5);
            let run = dir.run("--max-payload 100 --rejects r --on-error stop", &stdin).exits(1);
            assert_eq!(run.lines(), [WEBSITE_V2]);
            assert_eq!(dir.text("r"), format!("{over}{end}"));
        }
    }
}

#[test]
fn a_payload_of_exactly_the_limit_is_converted() {
    let dir = Workdir::new();
    let max = 20;
    for len in max - 2..=max + 2 {
        let line = format!("a={}", "x".repeat(len - 2));
        for (end, more) in [("\n", 0), ("\r\n", 0), ("", 0), ("\r", 1), ("\r\r\n", 1)] {
            // A line before, so that the input has a line feed.
            let rest = format!("{line}{end}");
            let stdin = format!("a=1\n{rest}");
            let is_over = len + more > max;
            for piece in [1, 2, 7, max, max + 1, 1000] {
                let args = format!("--max-payload {max} --rejects r -j1");
                let run = run_in_pieces(&dir, &args, stdin.as_bytes(), piece);
                let run = run.exits(i32::from(is_over));
                assert_eq!(run.lines().len() == 1, is_over, "{stdin:?} in pieces of {piece}");
                assert_eq!(dir.text("r"), if is_over { &rest } else { "" });
                if is_over {
                    run.reports(&format!("found {} bytes", len + more));
                }
            }
        }
    }
}

#[test]
fn a_line_over_the_limit_is_never_held_in_memory_as_a_whole() {
    let dir = Workdir::new();
    // The options, and the memory limit in MiB.
    for (args, most) in [("-j1 --max-payload 1048576", 16), ("-j4 --max-payload 1048576", 32), ("-j4", 128)] {
        let len = 192 << 20;
        let args = format!("{args} --rejects r --losses l");
        let mut child = dir.command(&args).spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        stdin.write_all(b"type=website&data[url]=").unwrap();
        let piece = vec![b'x'; 1 << 20];
        for _ in 0..192 {
            stdin.write_all(&piece).unwrap();
        }
        let status = fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap();
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
        let peak: usize = peak.trim().trim_end_matches(" kB").parse().unwrap();
        stdin.write_all(format!("\r\n{WEBSITE}\n").as_bytes()).unwrap();
        drop(stdin);
        let run = Run::new(&args, child.wait_with_output().unwrap()).exits(1);
        assert_eq!(run.lines(), [WEBSITE_V2]);
        run.reports(&format!("found {} bytes", len + 23));
        assert_eq!(fs::metadata(dir.path("r")).unwrap().len(), len + 25);
        assert!(fs::metadata(dir.path("l")).unwrap().len() < 1000);
        assert!(peak >> 10 < most, "convert {args} used {} MiB", peak >> 10);
    }
}

#[test]
fn threads_and_reads_change_no_byte() {
    let dir = Workdir::new();
    let input = mixed_lines();
    assert!(input.len() > 3 * (256 << 10), "not enough for several batches: {}", input.len());
    dir.write("in", &input);
    for options in ["--on-error skip", "--on-error emit --verify", "--strict --only-contact-data"] {
        let args = format!("{options} --max-payload 5000 --losses l --rejects r --summary s");
        let outputs =
            |run: Run| (run.out, run.err, ["l", "r", "s"].map(|name| without_timings(dir.bytes(name))));
        let expected = outputs(dir.run(&format!("{args} -j1 in"), "").exits(1));
        assert!(expected.2[0].len() > 100_000 && expected.2[1].len() > 10_000);
        for jobs in [1, 2, 3, 8] {
            let args = format!("{args} -j {jobs}");
            for how in ["file", "pipe", "65521", "997"] {
                let run = match how {
                    "file" => dir.run(&format!("{args} in"), ""),
                    "pipe" => dir.run(&args, &input),
                    piece => run_in_pieces(&dir, &args, &input, piece.parse().unwrap()),
                };
                // `assert_eq` would print megabytes.
                assert!(outputs(run.exits(1)) == expected, "{options} differs with {jobs} threads, {how}");
            }
        }
        dir.write("o", &expected.0);
        dir.write("kept", &expected.2[0]);
        if !options.contains("--strict") {
            // A payload over the limit is in no losses file: it is missing from the restored input, and reported.
            let args = "--to form --restore kept";
            let expected = dir.run(&format!("{args} -j1 o"), "").exits(3);
            for jobs in [2, 3, 8] {
                let run = dir.run(&format!("{args} -j{jobs} o"), "").exits(3);
                assert!(run.out == expected.out && run.err == expected.err, "{jobs} threads restore");
                let run = run_in_pieces(&dir, &format!("{args} -j{jobs}"), &dir.bytes("o"), 10_007).exits(3);
                assert!(run.out == expected.out, "{jobs} threads restore from pieces");
            }
        }
    }
}

#[test]
fn on_error_stop_is_independent_of_the_number_of_threads() {
    let dir = Workdir::new();
    let input = format!("{}{BAD}\n{}", format!("{COMMENT}\n").repeat(5000), format!("{BAD}\n").repeat(9000));
    let args = "--on-error stop --losses l --rejects r --summary s";
    let outputs = |run: Run| (run.out, run.err, ["l", "r", "s"].map(|name| without_timings(dir.bytes(name))));
    let expected = outputs(dir.run(&format!("{args} -j1"), &input).exits(1));
    assert_eq!(expected.0.len(), 5000 * (WEBSITE_V2.len() + 1));
    assert_eq!(expected.2[1], format!("{BAD}\n").into_bytes());
    for jobs in [2, 3, 8] {
        let run = dir.run(&format!("{args} -j{jobs}"), &input).exits(1);
        assert!(outputs(run) == expected, "{jobs} threads");
    }
}

#[test]
fn a_line_is_converted_before_the_next_one_arrives() {
    let dir = Workdir::new();
    for jobs in ["-j1", "-j2", "-j8"] {
        let mut child = dir.command(&format!("{jobs} --losses /dev/null")).spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let (sender, output_lines) = mpsc::channel();
        let reader = thread::spawn(move || {
            let mut line = String::new();
            while stdout.read_line(&mut line).unwrap() > 0 {
                sender.send(std::mem::take(&mut line)).unwrap();
            }
        });
        for _ in 0..20 {
            stdin.write_all(format!("{WEBSITE}\n").as_bytes()).unwrap();
            let line = output_lines.recv_timeout(Duration::from_secs(20));
            assert_eq!(line.expect("an output line while the input is open").trim_end(), WEBSITE_V2);
        }
        // An incomplete line produces no output yet.
        let (start, end) = WEBSITE.split_at(20);
        stdin.write_all(start.as_bytes()).unwrap();
        assert!(output_lines.recv_timeout(Duration::from_millis(100)).is_err());
        stdin.write_all(format!("{end}\n").as_bytes()).unwrap();
        assert_eq!(output_lines.recv_timeout(Duration::from_secs(20)).unwrap().trim_end(), WEBSITE_V2);
        drop(stdin);
        assert_eq!(child.wait().unwrap().code(), Some(0));
        reader.join().unwrap();
    }
}
