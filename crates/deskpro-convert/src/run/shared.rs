//! A run, as its threads and the watch for signals share it.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Instant;

use super::failure::Failure;
use super::reordering::Reordering;
use super::sinks::{Sinks, is_read};
use crate::args::{Args, ErrorFormat};
use crate::batch_output::{BatchOutput, EarlyEnd};
use crate::check;
use crate::examples::Examples;
use crate::json_line::json_line;
use crate::message::Renderer;
use crate::paths::is_standard;
use crate::progress::Progress;
use crate::report;
use crate::sink::{Sink, WriteError};
use crate::status::Status;
use crate::summary::Summary;
use crate::tally::Tally;

/// A run.
///
/// A thread takes these locks in the order in which they stand here: it takes none while it holds a later one. Only
/// `state` is held while output, losses or rejects are written, which may take any time; the others are held shortly,
/// so that a signal need not wait for them. A run that a signal ends writes its summary with `counts` held, when no
/// other thread goes on.
pub(super) struct Run {
    pub(super) args: Args,
    renderer: Renderer,
    start: Instant,
    /// How many bytes of the input were read.
    read: Arc<AtomicU64>,
    pub(super) state: Mutex<State>,
    pub(super) counts: Mutex<Counts>,
    pub(super) summary: Mutex<Option<Sink>>,
    /// The temporary files that a signal must remove.
    pub(super) temp_paths: Mutex<Vec<PathBuf>>,
    pub(super) progress: Mutex<Progress>,
    /// Whether a signal came.
    pub(super) is_interrupted: AtomicBool,
}

/// What the thread that writes holds, and a signal takes over.
#[derive(Default)]
pub(super) struct State {
    /// None before they are opened, and after they were put in place or given up.
    sinks: Option<Sinks>,
    /// The status of the run, once its files are where they stay.
    pub(super) ended: Option<Status>,
    failure: Option<Failure>,
    /// Whether the reader of the output has gone.
    is_closed: bool,
    reordering: Reordering,
}

/// What happened so far.
#[derive(Default)]
pub(super) struct Counts {
    pub(super) tally: Tally,
    examples: Examples,
}

/// Locks. A thread that panicked leaves nothing half done that others read: its batch is not written.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Run {
    pub(super) fn new(args: &Args, read: Arc<AtomicU64>, progress: Progress) -> Self {
        Self {
            args: args.clone(),
            renderer: Renderer::new(args),
            start: Instant::now(),
            read,
            state: Mutex::default(),
            counts: Mutex::default(),
            summary: Mutex::default(),
            temp_paths: Mutex::default(),
            progress: Mutex::new(progress),
            is_interrupted: AtomicBool::new(false),
        }
    }

    /// Opens all that the run writes. `watch` starts the watch for signals: one that comes meanwhile waits, and finds
    /// all that was opened.
    pub(super) fn open(&self, watch: impl FnOnce() -> Result<(), Failure>) -> Result<(), Failure> {
        let mut state = lock(&self.state);
        watch()?;
        let open = |path: &Path| {
            let sink = Sink::open(path)?;
            lock(&self.temp_paths).extend(sink.temp_path());
            Ok::<_, WriteError>(sink)
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
        let summary = open(&args.summary)?;
        *lock(&self.summary) = summary;
        state.sinks = Some(sinks);
        Ok(())
    }

    /// Writes what became of a batch.
    pub(super) fn write(&self, out: &mut BatchOutput) -> ControlFlow<()> {
        self.stand_aside();
        let mut state = lock(&self.state);
        match out.end.take() {
            Some(EarlyEnd::Panic(line, panic)) => {
                state.failure = Some(Failure::panicked(Some(line), &panic));
                return ControlFlow::Break(());
            }
            end => out.end = end,
        }
        self.count(out);
        let State { sinks, failure, is_closed, reordering, .. } = &mut *state;
        let reordered = reordering.mismatch(out.changed.drain(..));
        let mismatch = match &out.end {
            Some(EarlyEnd::Mismatch(why)) => Some(why.clone()),
            Some(EarlyEnd::Rejected | EarlyEnd::Panic(..)) | None => reordered,
        };
        if let Some(why) = mismatch {
            *failure = Some(Failure { status: Status::LossesMismatch, why });
            return ControlFlow::Break(());
        }
        let Some(sinks) = sinks else { return ControlFlow::Break(()) };
        match sinks.write(out) {
            Err(error) => {
                *failure = Some(error.into());
                ControlFlow::Break(())
            }
            Ok(is_read) => {
                *is_closed = !is_read;
                if is_read && out.end.is_none() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
            }
        }
    }

    /// Adds a batch to the counts, and shows its messages.
    fn count(&self, out: &mut BatchOutput) {
        let mut shown = Vec::new();
        let mut counts = lock(&self.counts);
        counts.tally.add(&mut out.tally);
        // `--check` tells all at the end, quiet or not.
        if !self.args.quiet || self.args.check {
            counts.examples.add(out.messages.drain(..), |message| shown.push(self.renderer.render(message)));
        }
        drop(counts);
        let mut progress = lock(&self.progress);
        for message in shown.iter().filter(|_| !self.args.check) {
            progress.say(message);
        }
        progress.tick();
    }

    /// Remembers why the run ends before its end.
    pub(super) fn fail(&self, failure: Failure) -> ControlFlow<()> {
        lock(&self.state).failure = Some(failure);
        ControlFlow::Break(())
    }

    /// Ends the run: puts the files in place, or drops those that are not whole, and says what happened.
    pub(super) fn finish(&self, ended: Result<(), Failure>) -> Result<Status, Failure> {
        self.stand_aside();
        let mut state = lock(&self.state);
        let finished = self.put_in_place(&mut state, ended);
        if finished.is_err() {
            drop(lock(&self.summary).take());
        }
        state.ended = Some(finished.as_ref().map_or_else(|failure| failure.status, |(status, _)| *status));
        // The reader of the last word may stall: a signal need not wait, nor say that nothing is in place.
        drop(state);
        let (status, text) = finished?;
        lock(&self.progress).say(&text);
        if !lock(&self.counts).tally.adds_up() {
            let why = "the counts do not add up: please report this".to_owned();
            return Err(Failure { status, why });
        }
        Ok(status)
    }

    /// Puts the files in place. Returns the status, and the last message.
    fn put_in_place(
        &self,
        state: &mut State,
        ended: Result<(), Failure>,
    ) -> Result<(Status, String), Failure> {
        let (args, target) = (&self.args, self.args.target());
        lock(&self.progress).finish();
        // From here on an error drops the files that are not whole.
        let Some(mut sinks) = state.sinks.take() else { return Ok((Status::Io, String::new())) };
        if let Some(failure) = state.failure.take() {
            return Err(failure);
        }
        ended?;
        // The counts are free for a signal while something is written.
        let counts = lock(&self.counts);
        let Counts { tally, examples } = &*counts;
        let (end, summary_json) = (tally.end_of_losses(target), self.summary_of(tally));
        let text = match self.renderer.format {
            ErrorFormat::Human | ErrorFormat::Line => report::summary(tally, args, self.renderer.format),
            ErrorFormat::Json => summary_json.message(),
        };
        let status = if tally.adds_up() { Status::of(tally, args) } else { Status::Bug };
        let report = args.check.then(|| check::report(tally, examples, args, &self.renderer));
        drop(counts);
        if let Some(losses) = &mut sinks.losses {
            losses.write(&end)?;
        }
        let mut summary = lock(&self.summary).take();
        if let Some(summary) = &mut summary {
            summary.write(json_line(&summary_json).as_bytes())?;
        }
        let mut is_closed = state.is_closed;
        if let Some(report) = &report {
            is_closed |= !is_read(sinks.output.write(report.as_bytes()))?;
        }
        is_closed |= !sinks.finish(summary)?;
        let is_shown = !args.quiet && !is_closed && report.is_none();
        Ok((status, if is_shown { text } else { String::new() }))
    }

    /// Waits for the end of the process where a signal came: the signal has the last word.
    fn stand_aside(&self) {
        while self.is_interrupted.load(Ordering::Acquire) {
            thread::park();
        }
    }

    /// The summary of a tally.
    pub(super) fn summary_of(&self, tally: &Tally) -> Summary {
        Summary::new(tally, self.args.target(), self.read.load(Ordering::Relaxed), self.start.elapsed())
    }
}
