//! A run that a signal ends: at a line's end, with nothing in place but the summary.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::sync_channel;
use std::thread;
use std::time::{Duration, Instant};

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM, SIGXFSZ};
use signal_hook::flag;
use signal_hook::iterator::Signals;

use super::failure::Failure;
use super::shared::{Run, lock};
use crate::json_line::json_line;
use crate::status::Status;

/// How long a signal waits for a write to come to its line's end, where its reader stalls.
const PATIENCE: Duration = Duration::from_millis(140);
/// How long a run goes on after a signal, at most.
const LAST: Duration = Duration::from_millis(185);

impl Run {
    /// Ends the run at a line's end: no file in place, no temporary file left, the summary written. A reader that
    /// stalls is not waited for.
    fn interrupt(self: Arc<Self>, signal: Status) -> Status {
        self.is_interrupted.store(true, Ordering::Release);
        let start = Instant::now();
        let state = loop {
            match self.state.try_lock() {
                Ok(state) => break Some(state),
                Err(_) if start.elapsed() < PATIENCE => {
                    thread::sleep(Duration::from_millis(1));
                }
                Err(_) => break None,
            }
        };
        if let Some(own) = state.as_ref().and_then(|state| state.ended) {
            // The run has already finished; its status stands. Its last message gets the rest of the time, if any is
            // left.
            thread::sleep(LAST.saturating_sub(start.elapsed()));
            return own;
        }
        let (ended, wait) = sync_channel(1);
        let run = Arc::clone(&self);
        let last_words = move || {
            // The receiver may have given up.
            let _ = ended.send(run.last_words(signal));
        };
        let own = match thread::Builder::new().spawn(last_words) {
            Ok(_) => wait.recv_timeout(LAST.saturating_sub(start.elapsed())).unwrap_or(signal),
            Err(_) => signal,
        };
        // The temporary files that are left have no owner now.
        for path in lock(&self.temp_paths).drain(..) {
            drop(std::fs::remove_file(path));
        }
        // The state stays locked: nothing more is written.
        std::mem::forget(state);
        own
    }

    /// Writes the summary of a run that a signal ends, and says that it ends. Returns its status.
    fn last_words(&self, signal: Status) -> Status {
        let counts = lock(&self.counts);
        let tally = &counts.tally;
        if let Some(mut summary) = lock(&self.summary).take() {
            let path = summary.temp_path();
            let text = json_line(&self.summary_of(tally));
            let written = summary.write(text.as_bytes()).and_then(|()| summary.finish());
            // There is no better status to end with than the signal's.
            drop(written);
            lock(&self.temp_paths).retain(|other| Some(other) != path.as_ref());
        }
        let own = Status::of(tally, &self.args);
        // What was rejected is not kept: no file was put in place.
        let status = if matches!(own, Status::Done | Status::Rejected) { signal } else { own };
        let args = &self.args;
        let has_files = [&args.output, &args.losses, &args.rejects].into_iter().any(Option::is_some);
        let files = if has_files { "; no file was put in place" } else { "" };
        let why = format!("interrupted after {} lines{files}", tally.lines);
        drop(counts);
        let mut progress = lock(&self.progress);
        progress.finish();
        progress.say(&Failure { status, why }.message(args.error_format()));
        status
    }
}

/// Ends the run when a signal comes.
pub(super) fn watch_signals(run: &Arc<Run>) -> Result<(), Failure> {
    let failed = |error| Failure { status: Status::Io, why: format!("cannot watch for signals: {error}") };
    // A file over its limit is a write that fails, and no reason to die and leave a temporary file.
    flag::register(SIGXFSZ, Arc::default()).map_err(failed)?;
    // A signal that was ignored when the process started, by `nohup` say, stays ignored.
    let ignored = ignored_signals();
    let watched = [SIGHUP, SIGINT, SIGTERM].into_iter().filter(|signal| ignored >> (signal - 1) & 1 == 0);
    let mut signals = Signals::new(watched).map_err(failed)?;
    let run = Arc::clone(run);
    let watch = move || {
        let Some(signal) = signals.forever().next() else { return };
        let status = match signal {
            SIGINT => Status::Interrupted,
            SIGHUP => Status::HungUp,
            _ => Status::Terminated,
        };
        let status = run.interrupt(status);
        std::process::exit(status as i32);
    };
    thread::Builder::new().spawn(watch).map(drop).map_err(failed)
}

/// The signals that the process ignored from its start, a bit each, where the system tells (Linux).
fn ignored_signals() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let bits = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    bits.and_then(|bits| u64::from_str_radix(bits.trim(), 16).ok()).unwrap_or_default()
}
