//! Runs the pipeline of the command `convert` without a process. With several threads and an input in pieces, it writes
//! the same bytes as the library line by line, and output and losses restore the input.
#![no_main]

use std::io::{self, Cursor, Read, Write};
use std::ops::ControlFlow;
use std::sync::{LazyLock, Mutex};

use clap::Parser as _;
use deskpro_contact::form::Form;
use deskpro_contact::losses_file::{
    End, Head, Rejected, VERSION, write_end, write_error_line, write_head, write_rejected,
};
use deskpro_contact::{Converter, Error};
use deskpro_convert::fuzzing::{
    Args, Batch, BatchOutput, IdField, Lines, Losses, OnError, Positional, Restored, SourceError, To,
    run as run_stream,
};
use deskpro_fuzz::Setup;
use libfuzzer_sys::arbitrary::{self, Arbitrary, Unstructured};
use libfuzzer_sys::fuzz_target;

/// The options of a run, read from the first bytes of the fuzzer's input. The payloads follow.
#[derive(Arbitrary, Clone, Copy, Debug)]
struct Setting {
    to_form: bool,
    emits: bool,
    strict: bool,
    only_contact_data: bool,
    /// Chooses the profile and the region.
    setup: u8,
    max_payload: Limit,
    jobs: u8,
    pieces: [u8; 3],
}

#[derive(Arbitrary, Clone, Copy, Debug)]
enum Limit {
    Default,
    Short(u8),
    Longer(u8),
}

impl Setting {
    fn args(&self) -> Args {
        // Parse once: parsing takes longer than a short run.
        static DEFAULTS: LazyLock<Args> = LazyLock::new(|| {
            // The file names only enable the outputs; no file is opened.
            let line = ["convert", "--losses", "losses", "--rejects", "rejects", "--verify"];
            Args::try_parse_from(line).expect("the options are valid")
        });
        let mut args = DEFAULTS.clone();
        let max_payload = match self.max_payload {
            Limit::Default => args.max_payload,
            Limit::Short(bytes) => u64::from(bytes) + 1,
            Limit::Longer(bytes) => 16 * (u64::from(bytes) + 1),
        };
        args.to = if self.to_form { To::Form } else { To::V2 };
        args.on_error = if self.emits { OnError::Emit } else { OnError::Skip };
        args.strict = self.strict;
        let setup = Setup::of(self.setup);
        args.profile = Some(setup.profile());
        args.region = setup.region().filter(|_| !self.to_form);
        args.only_contact_data = self.only_contact_data;
        args.max_payload = max_payload;
        args
    }
}

/// The outputs and counts of a run.
#[derive(Default, PartialEq, Eq)]
struct Written {
    output: Vec<u8>,
    losses: Vec<u8>,
    rejects: Vec<u8>,
    lines: u64,
    with_losses: u64,
}

impl Written {
    fn add(&mut self, out: &mut BatchOutput) -> ControlFlow<()> {
        self.output.extend_from_slice(&out.output);
        self.losses.extend_from_slice(&out.losses);
        self.rejects.extend_from_slice(&out.rejects);
        self.lines += out.tally.lines;
        self.with_losses += out.tally.with_losses;
        assert_eq!(out.tally.differences, 0, "--verify found a difference: {:?}", out.tally);
        assert!(out.end.is_none(), "{:?}", out.end);
        ControlFlow::Continue(())
    }

    /// Writes a losses file with its first and last line.
    fn losses_file(&self, args: &Args) -> io::Result<std::fs::File> {
        let mut file = tempfile::tempfile()?;
        let [from, to] = [args.source().name(), args.target().name()].map(str::to_owned);
        let head = Head {
            version: VERSION,
            from,
            to,
            profile: args.profile.unwrap_or_default().name().to_owned(),
            id_field: None,
            encoding: None,
        };
        let mut line = Vec::new();
        write_head(&head, &mut line);
        line.push(b'\n');
        file.write_all(&line)?;
        file.write_all(&self.losses)?;
        line.clear();
        write_end(&End { lines: self.lines, with_losses: self.with_losses }, &mut line);
        line.push(b'\n');
        file.write_all(&line)?;
        Ok(file)
    }

    /// The name of the first part that differs.
    fn differs(&self, other: &Self) -> &'static str {
        match () {
            () if self.output != other.output => "output",
            () if self.losses != other.losses => "losses",
            () if self.rejects != other.rejects => "rejects",
            () => "counts",
        }
    }
}

/// A reader that returns pieces of these lengths in rotation.
struct Pieces<'b> {
    bytes: &'b [u8],
    lengths: [u8; 3],
    at: usize,
}

impl Read for Pieces<'_> {
    fn read(&mut self, space: &mut [u8]) -> io::Result<usize> {
        let most = usize::from(self.lengths[self.at % self.lengths.len()]) + 1;
        self.at += 1;
        let len = most.min(self.bytes.len()).min(space.len());
        let (piece, rest) = self.bytes.split_at(len);
        space[..len].copy_from_slice(piece);
        self.bytes = rest;
        Ok(len)
    }
}

fn run(
    args: &Args,
    jobs: usize,
    read: impl FnMut(&mut Batch) -> Result<bool, SourceError> + Send,
) -> Result<Written, SourceError> {
    let written = Mutex::new(Written::default());
    run_stream(args, jobs, read, |out| written.lock().expect("no thread panicked").add(out), || {})?;
    Ok(written.into_inner().expect("no thread panicked"))
}

fn converted(args: &Args, jobs: usize, input: impl Read + Send) -> Written {
    let mut lines = Lines::new(input, "input".to_owned(), args.max_line(), IdField::new(args));
    run(args, jobs, |batch| lines.next(batch)).expect("memory can be read")
}

/// The lines of an input, each with its end.
fn lines(input: &[u8]) -> Vec<&[u8]> {
    input.split_inclusive(|&byte| byte == b'\n').collect()
}

/// A line without its end.
fn payload(line: &[u8]) -> &[u8] {
    match line.strip_suffix(b"\n") {
        Some(line) => line.strip_suffix(b"\r").unwrap_or(line),
        None => line,
    }
}

/// The expected outputs, by the library and line by line.
fn line_by_line(setting: &Setting, args: &Args, input: &[u8]) -> Written {
    let mut converter = Converter::new(args.options());
    let mut written = Written::default();
    for (number, line) in (1..).zip(lines(input)) {
        let payload = payload(line);
        written.lines = number;
        let before = written.losses.len();
        match converter.convert(payload) {
            Ok(conversion) => {
                written.output.extend_from_slice(conversion.output());
                written.output.push(b'\n');
                if conversion.has_losses() {
                    conversion.write_losses_line(number, &mut written.losses);
                }
            }
            Err(error) => {
                let is_long = payload.len() > args.max_line();
                let error =
                    if is_long { Error::too_long(payload.len() as u64, args.max_line()) } else { error };
                written.rejects.extend_from_slice(line);
                let kept = (!is_long).then_some(payload);
                let rejected = Rejected {
                    line: number,
                    id: None,
                    error: &error,
                    emitted: setting.emits,
                    payload: kept,
                    losses: None,
                    builder_losses: &[],
                };
                write_rejected(&rejected, &mut written.losses);
                if setting.emits {
                    write_error_line(&error, None, &mut written.output);
                    written.output.push(b'\n');
                }
            }
        }
        if written.losses.len() > before {
            written.losses.push(b'\n');
            written.with_losses += 1;
        }
    }
    written
}

/// Checks that output and losses restore the input: rejected lines byte for byte, other lines to equal payloads.
fn check_restored(setting: &Setting, args: &Args, written: &Written, input: &[u8]) {
    let sent = lines(input);
    if sent.iter().any(|line| payload(line).len() > args.max_line()) {
        // Only the rejects keep a line over the limit, so the input cannot be restored.
        return;
    }
    let setting_back = Setting { to_form: !setting.to_form, max_payload: Limit::Default, ..*setting };
    let reverse = Setting { emits: false, strict: false, only_contact_data: false, ..setting_back };
    let mut reverse = reverse.args();
    reverse.verify = false;
    let file = written.losses_file(args).expect("a temporary file");
    let losses = Losses::open(file, "losses".to_owned(), args.source(), args.target());
    let outputs = Lines::new(Cursor::new(&written.output), "output".to_owned(), 1 << 30, None);
    let losses = losses.unwrap_or_else(|why| panic!("{why:?}"));
    let mut restored = Restored::Positional(Positional::new(outputs, losses, false));
    let restored = run(&reverse, 1, |batch| restored.next(batch)).unwrap_or_else(|why| panic!("{why:?}"));
    let restored = lines(&restored.output);
    assert_eq!(restored.len(), sent.len());
    for (sent, restored) in sent.into_iter().zip(restored) {
        let (sent, restored) = (payload(sent), payload(restored));
        let is_same = if setting.to_form {
            let mut converter = Converter::new(args.options());
            sent == restored || converter.convert(sent).is_ok_and(|body| body.reads_like(restored))
        } else {
            match (Form::read(sent), Form::read(restored)) {
                (Ok(sent), Ok(restored)) => sent == restored,
                _ => sent == restored,
            }
        };
        assert!(is_same, "sent {}\nrestored {}", sent.escape_ascii(), restored.escape_ascii());
    }
}

fuzz_target!(|bytes: &[u8]| {
    let mut bytes = Unstructured::new(bytes);
    let Ok(setting) = Setting::arbitrary(&mut bytes) else { return };
    let input = bytes.take_rest();
    let args = setting.args();
    let whole = converted(&args, 1, input);
    let pieces = Pieces { bytes: input, lengths: setting.pieces, at: 0 };
    let jobs = usize::from(setting.jobs % 4) + 1;
    for (how, other) in [
        ("in pieces", converted(&args, jobs, pieces)),
        ("line by line", line_by_line(&setting, &args, input)),
    ] {
        assert!(whole == other, "{how}, {jobs} threads: different {}", whole.differs(&other));
    }
    check_restored(&setting, &args, &whole, input);
});
