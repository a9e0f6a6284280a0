//! A run from its first byte to its exit status: what it writes, and how it ends, whoever ends it.

mod interrupt;
mod moves;

use std::io::{self, IsTerminal as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Instant;

use deskpro_contact::Target;

use self::interrupt::watch_signals;
use self::moves::Moves;
use crate::args::{Args, ErrorFormat, is_standard};
use crate::check;
use crate::input;
use crate::message::{self, Voice};
use crate::progress::Progress;
use crate::report::{Exit, Tally};
use crate::sink::{Sink, WriteError};
use crate::source::{Lines, Losses, Restored, SourceError};
use crate::stream::{self, Done, Go};
use crate::who::Who;

/// What ends a run before its end.
pub(crate) struct Failure {
    pub(crate) exit: Exit,
    pub(crate) why: String,
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
            SourceError::NoThread(error) => {
                Self { exit: Exit::Io, why: format!("cannot start a thread ({error}); fewer --jobs may do") }
            }
        }
    }
}

/// What a run writes, beside its summary.
struct Sinks {
    output: Sink,
    losses: Option<Sink>,
    rejects: Option<Sink>,
}

impl Sinks {
    /// Whether the output is still read.
    fn write(&mut self, done: &Done) -> Result<bool, WriteError> {
        // The losses first: what is in the output has its losses kept. They may wait where the output does too.
        let is_seen_at_once = self.output.is_seen_at_once();
        for (sink, bytes) in [(&mut self.losses, &done.losses), (&mut self.rejects, &done.rejects)] {
            if let Some(sink) = sink
                && !bytes.is_empty()
            {
                if is_seen_at_once { sink.write_through(bytes)? } else { sink.write(bytes)? }
            }
        }
        if done.output.is_empty() { Ok(true) } else { is_read(self.output.write(&done.output)) }
    }

    /// Puts the files in place: the output last, when all that belongs to it is there. Whether that is still read.
    fn finish(mut self, summary: Option<Sink>) -> Result<bool, WriteError> {
        let mut others: Vec<Sink> = [self.losses, self.rejects, summary].into_iter().flatten().collect();
        // None is in place before all are written.
        others.iter_mut().try_for_each(Sink::flush)?;
        let was_read = is_read(self.output.flush())?;
        others.into_iter().try_for_each(Sink::finish)?;
        Ok(is_read(self.output.finish())? && was_read)
    }
}

/// Whether the output is still read: who closes it has seen enough.
fn is_read(written: Result<(), WriteError>) -> Result<bool, WriteError> {
    match written {
        Err(error) if error.error.kind() == io::ErrorKind::BrokenPipe => Ok(false),
        written => written.map(|()| true),
    }
}

/// What the writing side has, and a signal takes over.
struct State {
    /// None when they were put in place, or given up.
    sinks: Option<Sinks>,
    /// What the run ends with, once its files are where they stay.
    ended: Option<Exit>,
    failure: Option<Failure>,
    /// Whether the reader of the output has gone.
    is_closed: bool,
    moves: Moves,
}

/// A run, as its threads share it. Who writes holds the state as long as the write takes; the counts and the summary
/// are free meanwhile.
struct Run {
    args: Args,
    voice: Voice,
    start: Instant,
    read: Arc<AtomicU64>,
    state: Mutex<State>,
    tally: Mutex<Tally>,
    progress: Mutex<Progress>,
    summary: Mutex<Option<Sink>>,
    /// The files that are to be renamed.
    beside: Mutex<Vec<PathBuf>>,
    is_interrupted: AtomicBool,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Runs what the arguments ask for.
pub(crate) fn run(args: &Args) -> Result<Exit, Failure> {
    let no_input = |path: &Path, error: &io::Error| Failure {
        exit: Exit::NoInput,
        why: format!("cannot open {}: {error}", path.display()),
    };
    let input = input::open(args.input.as_deref()).map_err(|error| {
        let path = args.input.as_deref().unwrap_or(Path::new("standard input"));
        no_input(path, &error)
    })?;
    let losses = match &args.restore {
        Some(path) => {
            let written_to = match args.target() {
                Target::Form => Target::V2,
                Target::V2 | Target::Canonical => Target::Form,
            };
            let file = input::open_file(path).map_err(|error| no_input(path, &error))?;
            Some(Losses::open(file, path.display().to_string(), written_to)?)
        }
        None => None,
    };
    let state = State { sinks: None, ended: None, failure: None, is_closed: false, moves: Moves::default() };
    // A bar is nothing for a program.
    let is_silent = args.quiet || args.error_format() == ErrorFormat::Json;
    let is_output = args.output.as_deref().is_none_or(is_standard);
    let has_terminal = io::stderr().is_terminal() && !(is_output && io::stdout().is_terminal());
    let run = Arc::new(Run {
        args: args.clone(),
        voice: Voice::new(args),
        start: Instant::now(),
        read: Arc::clone(&input.read),
        state: Mutex::new(state),
        tally: Mutex::default(),
        progress: Mutex::new(Progress::new(input.read, input.len, args.progress, is_silent, has_terminal)),
        summary: Mutex::default(),
        beside: Mutex::default(),
        is_interrupted: AtomicBool::new(false),
    });
    // A signal that comes meanwhile finds all that was opened.
    let mut state = lock(&run.state);
    watch_signals(&run)?;
    run.open(&mut state)?;
    drop(state);
    let jobs = args.jobs.map_or_else(|| thread::available_parallelism().map_or(1, usize::from), usize::from);
    let mut lines = Lines::new(input.bytes, input.name, args.longest_line(), Who::new(args));
    let write = |done: &mut Done| run.write(done);
    // Whoever reads may wait for input that nobody needs any more.
    let stopped = || {
        let exit = run.finish(Ok(())).unwrap_or_else(|failure| {
            crate::say(&message::failure(args.error_format(), failure.exit as i32, &failure.why));
            failure.exit
        });
        std::process::exit(exit as i32);
    };
    let ended = match losses {
        None => stream::run(args, jobs, |batch| lines.next(batch), write, stopped),
        Some(losses) => {
            let mut restored = Restored::new(lines, losses);
            stream::run(args, jobs, |batch| restored.next(batch), write, stopped)
        }
    };
    run.finish(ended)
}

impl Run {
    /// Opens all that the run writes.
    fn open(&self, state: &mut State) -> Result<(), WriteError> {
        let open = |path: &Path| {
            let sink = Sink::open(path)?;
            lock(&self.beside).extend(sink.beside());
            Ok(sink)
        };
        let args = &self.args;
        let output = match &args.output {
            _ if args.check => Sink::stdout(),
            Some(path) if !is_standard(path) => open(path)?,
            _ => Sink::stdout(),
        };
        let open = |path: &Option<PathBuf>| path.as_deref().map(open).transpose();
        let sinks = match args.check {
            true => Sinks { output, losses: None, rejects: None },
            false => Sinks { output, losses: open(&args.losses)?, rejects: open(&args.rejects)? },
        };
        *lock(&self.summary) = open(&args.summary)?;
        state.sinks = Some(sinks);
        Ok(())
    }

    /// Writes what became of a batch.
    fn write(&self, done: &mut Done) -> Go {
        self.stand_aside();
        let mut state = lock(&self.state);
        if self.args.quiet && !self.args.check {
            done.tally.be_quiet();
        }
        let shown = lock(&self.tally).add(&mut done.tally, &self.voice);
        let mut progress = lock(&self.progress);
        // What is found out without writing is told at the end.
        for message in shown.iter().filter(|_| !self.args.check) {
            progress.say(message);
        }
        progress.tick();
        drop(progress);
        let State { sinks, failure, is_closed, moves, .. } = &mut *state;
        let moved = moves.misfit(done.changed.drain(..));
        if let Some(why) = done.misfit.take().or(moved) {
            *failure = Some(Failure { exit: Exit::LossesDoNotFit, why });
            return Go::Stop;
        }
        let Some(sinks) = sinks else { return Go::Stop };
        match sinks.write(done) {
            Err(error) => {
                *failure = Some(error.into());
                Go::Stop
            }
            Ok(is_read) => {
                *is_closed = !is_read;
                if is_read && !done.stops { Go::On } else { Go::Stop }
            }
        }
    }

    /// Ends the run: puts the files in place, or drops those that are not whole, and says what happened.
    fn finish(&self, ended: Result<(), SourceError>) -> Result<Exit, Failure> {
        self.stand_aside();
        let mut state = lock(&self.state);
        let finished = self.put_in_place(&mut state, ended);
        if finished.is_err() {
            drop(lock(&self.summary).take());
        }
        state.ended = Some(finished.as_ref().map_or_else(|failure| failure.exit, |(exit, _)| *exit));
        // Who reads the last word may stall: a signal need not wait, nor say that nothing is in place.
        drop(state);
        let (exit, text) = finished?;
        lock(&self.progress).say(&text);
        if !lock(&self.tally).adds_up() {
            let why = "the counts do not add up: please report this".to_owned();
            return Err(Failure { exit, why });
        }
        Ok(exit)
    }

    /// Puts the files in place. Returns the status, and what is to be said.
    fn put_in_place(
        &self,
        state: &mut State,
        ended: Result<(), SourceError>,
    ) -> Result<(Exit, String), Failure> {
        let (args, target) = (&self.args, self.args.target());
        lock(&self.progress).finish();
        // From here on an error drops the files that are not whole.
        let Some(mut sinks) = state.sinks.take() else { return Ok((Exit::Io, String::new())) };
        if let Some(failure) = state.failure.take() {
            return Err(failure);
        }
        ended?;
        // Nothing that a signal needs is held while something is written.
        let tally = lock(&self.tally);
        let (end, counts) = (tally.end_of_losses(target), self.counts(&tally));
        let text = match self.voice.format {
            ErrorFormat::Human | ErrorFormat::Line => tally.summary(args, self.voice.format),
            ErrorFormat::Json => format!("{{\"summary\":{}}}\n", counts.trim_end()),
        };
        let exit = if tally.adds_up() { tally.exit(args) } else { Exit::Difference };
        let report = args.check.then(|| check::report(&tally, args, &self.voice));
        drop(tally);
        if let Some(losses) = &mut sinks.losses {
            losses.write(end.as_bytes())?;
        }
        let mut summary = lock(&self.summary).take();
        if let Some(summary) = &mut summary {
            summary.write(counts.as_bytes())?;
        }
        let mut is_closed = state.is_closed;
        if let Some(report) = &report {
            is_closed |= !is_read(sinks.output.write(report.as_bytes()))?;
        }
        is_closed |= !sinks.finish(summary)?;
        let is_told = !args.quiet && !is_closed && report.is_none();
        Ok((exit, if is_told { text } else { String::new() }))
    }

    /// Where a signal came, it has the last word, and the process ends with it.
    fn stand_aside(&self) {
        while self.is_interrupted.load(Ordering::Acquire) {
            thread::park();
        }
    }

    fn counts(&self, tally: &Tally) -> String {
        tally.json(self.args.target(), self.read.load(Ordering::Relaxed), self.start)
    }
}
