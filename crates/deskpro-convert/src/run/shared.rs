//! The state of a run, which its threads and the signal thread share.

use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Instant;

use super::failure::Failure;
use super::sinks::{Sinks, is_read};
use crate::args::{Args, ErrorFormat, OnError};
use crate::batch_output::{BatchOutput, EarlyEnd};
use crate::category::Category;
use crate::check;
use crate::examples::Examples;
use crate::json_line::json_line;
use crate::losses_bounds;
use crate::message::Renderer;
use crate::outcome;
use crate::paths::is_standard;
use crate::progress::Progress;
use crate::report::{self, Extent};
use crate::sentences;
use crate::sink::{Existing, Placed, Sink, WriteError};
use crate::source::Stage;
use crate::status::Status;
use crate::summary::Summary;
use crate::tally::Tally;

/// A run.
///
/// Threads take these locks in the order of the fields: a thread that holds one takes only later ones. Only `state` is
/// held while output, losses or rejects are written, which may take any time. The others are held briefly, so that a
/// signal need not wait for them. An interrupted run writes its summary while it holds `results`, when no other thread
/// continues.
pub(super) struct Run {
    pub(super) args: Args,
    renderer: Renderer,
    start: Instant,
    /// The number of bytes read from the input.
    read: Arc<AtomicU64>,
    pub(super) state: Mutex<State>,
    pub(super) results: Mutex<Results>,
    pub(super) summary: Mutex<Option<Sink>>,
    /// The temporary files, which a signal must remove.
    pub(super) temp_paths: Mutex<Vec<PathBuf>>,
    pub(super) progress: Mutex<Progress>,
    /// Whether a signal was received.
    pub(super) is_interrupted: AtomicBool,
}

/// The state of writing. A thread locks it to write; a signal locks it to end the run.
#[derive(Default)]
pub(super) struct State {
    /// `None` before they are opened, and after they were put in place or discarded.
    sinks: Option<Sinks>,
    /// The status of the run, after its files were put in place or discarded.
    pub(super) ended: Option<Status>,
    failure: Option<Failure>,
    /// Whether the reader has closed the output.
    is_closed: bool,
}

/// The counts and the first messages so far.
#[derive(Default)]
pub(super) struct Results {
    pub(super) tally: Tally,
    examples: Examples,
}

/// The end of a run whose files were put in place.
struct Ended {
    status: Status,
    /// The summary, or nothing.
    text: String,
    /// Which files have other names than those asked for.
    renamed: Option<String>,
}

/// A sentence about files that have other names than those asked for, if there are any.
fn renamed(placed: &[Placed]) -> Option<String> {
    let sentences: Vec<String> = (placed.iter())
        .filter_map(|placed| match placed {
            Placed::AsNamed => None,
            Placed::Elsewhere { named, path } => Some(format!(
                "{} appeared during the run and was not replaced; what this run wrote is in {}",
                named.display(),
                path.display()
            )),
        })
        .collect();
    (!sentences.is_empty()).then(|| sentences.join("; "))
}

/// Locks, even if another thread panicked: the batch of that thread is not written, so the data is consistent.
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
            results: Mutex::default(),
            summary: Mutex::default(),
            temp_paths: Mutex::default(),
            progress: Mutex::new(progress),
            is_interrupted: AtomicBool::new(false),
        }
    }

    /// Opens everything that the run writes. `watch` starts the signal thread: a signal during opening waits for the
    /// lock, and then knows all temporary files.
    pub(super) fn open(&self, watch: impl FnOnce() -> Result<(), Failure>) -> Result<(), Failure> {
        let mut state = lock(&self.state);
        watch()?;
        let open = |path: Option<&PathBuf>, existing| -> Result<Option<Sink>, WriteError> {
            let sink = path.map(|path| Sink::open(path, existing)).transpose()?;
            lock(&self.temp_paths).extend(sink.as_ref().and_then(Sink::temp_path));
            Ok(sink)
        };
        let args = &self.args;
        let output = args.output.as_ref().filter(|path| !is_standard(path));
        let (losses, rejects) = (args.losses.as_ref(), args.rejects.as_ref());
        let sinks = match args.check {
            true => {
                [output, losses, rejects].into_iter().flatten().try_for_each(|path| Sink::check(path))?;
                let report = open(args.report.as_ref(), args.kept_files())?;
                Sinks { output: Sink::stdout(), losses: None, rejects: None, report, losses_head: Vec::new() }
            }
            false => Sinks {
                output: open(output, Existing::Replace)?.unwrap_or_else(Sink::stdout),
                losses: open(losses, args.kept_files())?,
                rejects: open(rejects, args.kept_files())?,
                report: open(args.report.as_ref(), args.kept_files())?,
                losses_head: losses_bounds::head(args),
            },
        };
        let summary = open(args.summary.as_ref(), Existing::Replace)?;
        *lock(&self.summary) = summary;
        state.sinks = Some(sinks);
        Ok(())
    }

    /// Writes the result of a batch.
    pub(super) fn write(&self, out: &mut BatchOutput) -> ControlFlow<()> {
        self.park_if_interrupted();
        let mut state = lock(&self.state);
        match out.end.take() {
            Some(EarlyEnd::Panic(line, panic)) => {
                state.failure = Some(Failure::panicked(Some(line), &panic));
                return ControlFlow::Break(());
            }
            end => out.end = end,
        }
        self.count(out);
        let State { sinks, failure, is_closed, .. } = &mut *state;
        if let Some(EarlyEnd::Mismatch(why) | EarlyEnd::WrongInput(why)) = &out.end {
            *failure = Some(Failure { status: Status::WrongInput, why: why.clone() });
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

    /// Adds a batch to the results, and prints its messages.
    fn count(&self, out: &mut BatchOutput) {
        let mut shown = Vec::new();
        let mut results = lock(&self.results);
        results.tally.add(&mut out.tally);
        let (is_printed, is_needed) = (!self.args.quiet && !self.args.check, self.args.needs_findings());
        if is_printed || is_needed {
            results.examples.add(out.messages.drain(..), |message| {
                // Only `--check` and `--report` show notes.
                if is_printed && message.category != Category::Note {
                    shown.push(self.renderer.render(message));
                }
            });
        }
        drop(results);
        let mut progress = lock(&self.progress);
        for message in &shown {
            progress.print(message);
        }
        progress.tick();
    }

    /// Shows how far a dump is read and its payloads are built.
    pub(super) fn show(&self, stage: Stage) {
        let mut progress = lock(&self.progress);
        match stage {
            Stage::Reading => {}
            Stage::Building { persons, rows, all_rows } => progress.build(persons, rows, all_rows),
        }
        progress.tick();
    }

    /// Stores the error that ends the run.
    pub(super) fn fail(&self, failure: Failure) -> ControlFlow<()> {
        lock(&self.state).failure = Some(failure);
        ControlFlow::Break(())
    }

    /// Ends the run: puts the files in place, or discards them after an error, and prints the summary.
    pub(super) fn finish(&self, ended: Result<(), Failure>) -> Result<Status, Failure> {
        self.park_if_interrupted();
        let mut state = lock(&self.state);
        let finished = self.put_in_place(&mut state, ended);
        if finished.is_err() {
            drop(lock(&self.summary).take());
        }
        state.ended = Some(finished.as_ref().map_or_else(|failure| failure.status, |ended| ended.status));
        // Printing may stall. A signal during it need not wait, and must not say that no file is in place.
        drop(state);
        let Ended { status, text, renamed } = finished?;
        lock(&self.progress).print(&text);
        if !lock(&self.results).tally.adds_up() {
            let why = "the counts do not add up: this is a bug of convert, please report it".to_owned();
            return Err(Failure { status, why });
        }
        match renamed {
            Some(why) => Err(Failure { status, why }),
            None => Ok(status),
        }
    }

    /// Puts the files in place.
    fn put_in_place(&self, state: &mut State, ended: Result<(), Failure>) -> Result<Ended, Failure> {
        let args = &self.args;
        lock(&self.progress).finish();
        // From here on, an error drops the sinks, which removes their temporary files.
        let Some(mut sinks) = state.sinks.take() else {
            return Ok(Ended { status: Status::Io, text: String::new(), renamed: None });
        };
        if let Some(failure) = state.failure.take() {
            return Err(failure);
        }
        ended?;
        // The lock is released before anything is written, for a signal.
        let results = lock(&self.results);
        let Results { tally, examples } = &*results;
        let (end, summary_json) = (losses_bounds::end(tally), self.summary_of(tally));
        let text = match self.renderer.format {
            ErrorFormat::Human | ErrorFormat::Line => sentences::summary(tally, args, &self.renderer),
            ErrorFormat::Json => summary_json.message(),
        };
        let status = if tally.adds_up() { outcome::status(tally, args) } else { Status::Bug };
        let report = args.check.then(|| check::report(tally, examples, args, &self.renderer));
        let extent = match args.on_error {
            _ if state.is_closed => Extent::Closed,
            OnError::Stop if tally.rejected > 0 => Extent::Stopped,
            OnError::Stop | OnError::Skip | OnError::Emit => Extent::Whole,
        };
        let page = args.report.as_ref().map(|_| report::page(tally, examples, status, extent, args));
        drop(results);
        sinks.write_losses_end(&end)?;
        if let Some(page) = &page {
            sinks.write_report(page)?;
        }
        let mut summary = lock(&self.summary).take();
        if let Some(summary) = &mut summary {
            summary.write(json_line(&summary_json).as_bytes())?;
        }
        let mut is_closed = state.is_closed;
        if let Some(report) = &report {
            is_closed |= !is_read(sinks.output.write(report.as_bytes()))?;
        }
        let finished = sinks.finish(summary)?;
        is_closed |= !finished.is_read;
        let is_shown = !args.quiet && !is_closed && report.is_none();
        let renamed = renamed(&finished.placed);
        Ok(Ended {
            status: if renamed.is_some() { Status::KeptExists } else { status },
            text: if is_shown { text } else { String::new() },
            renamed,
        })
    }

    /// Waits forever if a signal was received: the signal thread ends the process.
    fn park_if_interrupted(&self) {
        while self.is_interrupted.load(Ordering::Acquire) {
            thread::park();
        }
    }

    /// The summary of a tally.
    pub(super) fn summary_of(&self, tally: &Tally) -> Summary {
        Summary::new(tally, &self.args, self.read.load(Ordering::Relaxed), self.start.elapsed())
    }
}
