//! The command `convert`: legacy Deskpro contact data to v2 JSON and back, on streams of any length.
//!
//! [`args`] is the command line, [`source`] gives batches of payloads, [`stream`] converts them, [`sink`] writes,
//! [`report`] says what happened.

mod args;
mod report;
mod sink;
mod source;
mod stream;

use std::fs::File;
use std::io::{self, Read, Write as _};
use std::path::Path;
use std::process::ExitCode;
use std::thread;

use clap::Parser as _;
use clap::error::ErrorKind as UsageKind;
use deskpro_contact::Target;

use crate::args::Args;
use crate::report::{Exit, Tally};
use crate::sink::{Sink, WriteError};
use crate::source::{Lines, Losses, Restored, SourceError};
use crate::stream::{Done, Go};

fn main() -> ExitCode {
    let args = match Args::try_parse() {
        Ok(args) => args,
        Err(error) => {
            let is_asked = matches!(error.kind(), UsageKind::DisplayHelp | UsageKind::DisplayVersion);
            // A closed pipe may hide the help; there is nobody to tell.
            let _ = error.print();
            return if is_asked { Exit::Done } else { Exit::Usage }.into();
        }
    };
    if let Err(why) = args.check() {
        say(&format!("convert: {why}\n\nFor more information, try '--help'.\n"));
        return Exit::Usage.into();
    }
    run(&args)
        .unwrap_or_else(|failure| {
            say(&format!("convert: {}\n", failure.why));
            failure.exit
        })
        .into()
}

/// Writes to standard error. Where that is closed, there is nobody to tell.
fn say(text: &str) {
    let _ = io::stderr().write_all(text.as_bytes());
}

/// What ends a run before its end.
struct Failure {
    exit: Exit,
    why: String,
}

impl From<WriteError> for Failure {
    fn from(WriteError { name, error }: WriteError) -> Self {
        Self { exit: Exit::Io, why: format!("cannot write {name}: {error}") }
    }
}

impl From<SourceError> for Failure {
    fn from(error: SourceError) -> Self {
        match error {
            SourceError::Read(name, error) => {
                Self { exit: Exit::Io, why: format!("cannot read {name}: {error}") }
            }
            SourceError::Losses(why) => Self { exit: Exit::LossesDoNotFit, why },
        }
    }
}

fn no_input(path: &Path, error: &io::Error) -> Failure {
    Failure { exit: Exit::NoInput, why: format!("cannot open {}: {error}", path.display()) }
}

/// Opens the input: a file, or standard input.
fn open(path: Option<&Path>) -> Result<(Box<dyn Read>, String), Failure> {
    match path {
        Some(path) if path != Path::new("-") => {
            let file = File::open(path).map_err(|error| no_input(path, &error))?;
            if file.metadata().is_ok_and(|there| there.is_dir()) {
                return Err(no_input(path, &io::Error::from(io::ErrorKind::IsADirectory)));
            }
            Ok((Box::new(file), path.display().to_string()))
        }
        _ => Ok((Box::new(io::stdin()), "standard input".to_owned())),
    }
}

/// What a run writes.
struct Sinks {
    output: Sink,
    losses: Option<Sink>,
    rejects: Option<Sink>,
    summary: Option<Sink>,
}

impl Sinks {
    fn open(args: &Args) -> Result<Self, WriteError> {
        let open = |path: &Option<std::path::PathBuf>| path.as_deref().map(Sink::open).transpose();
        let output = match &args.output {
            Some(path) if path != Path::new("-") => Sink::open(path)?,
            _ => Sink::stdout(),
        };
        Ok(Self {
            output,
            losses: open(&args.losses)?,
            rejects: open(&args.rejects)?,
            summary: open(&args.summary)?,
        })
    }

    fn write(&mut self, done: &Done) -> Result<(), WriteError> {
        // The losses first: what is in the output has its losses kept.
        for (sink, bytes) in [(&mut self.losses, &done.losses), (&mut self.rejects, &done.rejects)] {
            if let Some(sink) = sink
                && !bytes.is_empty()
            {
                sink.write(bytes)?;
            }
        }
        if done.output.is_empty() { Ok(()) } else { self.output.write(&done.output) }
    }

    /// Puts the files in place: the output last, when all that belongs to it is there.
    fn finish(self) -> Result<(), WriteError> {
        for sink in [self.losses, self.rejects, self.summary].into_iter().flatten() {
            sink.finish()?;
        }
        self.output.finish()
    }
}

fn run(args: &Args) -> Result<Exit, Failure> {
    let (input, name) = open(args.input.as_deref())?;
    let options = args.options();
    let losses = match &args.restore {
        Some(path) => {
            let written_to = match options.target() {
                Target::Form => Target::V2,
                Target::V2 | Target::Canonical => Target::Form,
            };
            File::open(path).map_err(|error| no_input(path, &error))?;
            Some(Losses::open(path, written_to)?)
        }
        None => None,
    };
    let max_payload = usize::try_from(args.max_payload).unwrap_or(usize::MAX);
    let lines = Lines::new(input, name, max_payload);
    let mut sinks = Sinks::open(args)?;
    let mut tally = Tally::default();
    let mut failure: Option<Failure> = None;
    let mut is_closed = false;
    let write = |mut done: Done| {
        let shown = tally.add(std::mem::take(&mut done.tally));
        if !args.quiet {
            for line in shown {
                say(&format!("{line}\n"));
            }
        }
        if let Some(why) = done.misfit.take() {
            failure = Some(Failure { exit: Exit::LossesDoNotFit, why });
            return Go::Stop;
        }
        match sinks.write(&done) {
            Err(error) if error.error.kind() == io::ErrorKind::BrokenPipe => {
                is_closed = true;
                Go::Stop
            }
            Err(error) => {
                failure = Some(error.into());
                Go::Stop
            }
            Ok(()) if done.stops => Go::Stop,
            Ok(()) => Go::On,
        }
    };
    let jobs = args.jobs.map_or_else(|| thread::available_parallelism().map_or(1, usize::from), usize::from);
    match losses {
        None => {
            let mut lines = lines;
            stream::run(args, jobs, |batch| lines.next(batch), write)?;
        }
        Some(losses) => {
            let mut restored = Restored::new(lines, losses);
            stream::run(args, jobs, |batch| restored.next(batch), write)?;
        }
    }
    if let Some(failure) = failure {
        return Err(failure);
    }
    let target = options.target();
    if let Some(losses) = &mut sinks.losses {
        let end = format!(
            "{{\"end\":{{\"to\":\"{}\",\"lines\":{},\"with_losses\":{}}}}}\n",
            target.name(),
            tally.lines,
            tally.with_losses
        );
        losses.write(end.as_bytes())?;
    }
    if let Some(summary) = &mut sinks.summary {
        summary.write(tally.json(target).as_bytes())?;
    }
    match sinks.finish() {
        Err(error) if error.error.kind() == io::ErrorKind::BrokenPipe => is_closed = true,
        finished => finished?,
    }
    if !args.quiet && !is_closed {
        say(&tally.summary(args));
    }
    Ok(tally.exit(args))
}
