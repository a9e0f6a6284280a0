//! A run that a signal ends: at a line's end, with nothing in place but the summary.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::sync_channel;
use std::thread;
use std::time::{Duration, Instant};

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM, SIGXFSZ};
use signal_hook::flag;
use signal_hook::iterator::Signals;

use super::{Failure, Run, lock};
use crate::message;
use crate::report::Exit;

/// How long a signal waits for a write to come to its line's end. A reader that stalls holds it no longer.
const PATIENCE: Duration = Duration::from_millis(140);
/// When a run that a signal ends is over, whoever stalls.
const LAST: Duration = Duration::from_millis(185);

impl Run {
    /// Ends the run at a line's end: no file in place, none left beside, the summary written. Whoever stalls is not
    /// waited for.
    fn interrupt(self: Arc<Self>, exit: Exit) -> Exit {
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
            // It came too late. What is said last may come to its end, but nobody waits for who reads it.
            thread::sleep(LAST.saturating_sub(start.elapsed()));
            return own;
        }
        let (ended, wait) = sync_channel(1);
        let run = Arc::clone(&self);
        let last_words = move || {
            // Nobody may wait any more.
            let _ = ended.send(run.last_words(exit));
        };
        let own = match thread::Builder::new().spawn(last_words) {
            Ok(_) => wait.recv_timeout(LAST.saturating_sub(start.elapsed())).unwrap_or(exit),
            Err(_) => exit,
        };
        // The files beside that are left are nobody's now.
        for path in lock(&self.beside).drain(..) {
            drop(std::fs::remove_file(path));
        }
        // The state stays locked: nothing more is written.
        std::mem::forget(state);
        own
    }

    /// Writes the summary of a run that a signal ends, and says that it does. Returns its status.
    fn last_words(&self, signal: Exit) -> Exit {
        let tally = lock(&self.tally);
        if let Some(mut summary) = lock(&self.summary).take() {
            let path = summary.beside();
            let written = summary.write(self.counts(&tally).as_bytes()).and_then(|()| summary.finish());
            // There is no better status to end with than the signal's.
            drop(written);
            lock(&self.beside).retain(|beside| Some(beside) != path.as_ref());
        }
        let own = tally.exit(&self.args);
        // What was rejected is not kept: no file was put in place.
        let exit = if matches!(own, Exit::Done | Exit::Rejected) { signal } else { own };
        let args = &self.args;
        let has_files = [&args.output, &args.losses, &args.rejects].into_iter().any(Option::is_some);
        let files = if has_files { "; no file was put in place" } else { "" };
        let why = format!("interrupted after {} lines{files}", tally.lines);
        drop(tally);
        let mut progress = lock(&self.progress);
        progress.finish();
        progress.say(&message::failure(args.error_format(), exit as i32, &why));
        exit
    }
}

/// Ends the run when a signal comes.
pub(super) fn watch_signals(run: &Arc<Run>) -> Result<(), Failure> {
    let failed = |error| Failure { exit: Exit::Io, why: format!("cannot watch for signals: {error}") };
    // A file over its limit is a write that fails, and no reason to die with a file left beside.
    flag::register(SIGXFSZ, Arc::default()).map_err(failed)?;
    // What the process was told to ignore, `nohup` say, it goes on ignoring.
    let ignored = ignored_signals();
    let watched = [SIGHUP, SIGINT, SIGTERM].into_iter().filter(|signal| ignored >> (signal - 1) & 1 == 0);
    let mut signals = Signals::new(watched).map_err(failed)?;
    let run = Arc::clone(run);
    let watch = move || {
        let Some(signal) = signals.forever().next() else { return };
        let exit = match signal {
            SIGINT => Exit::Interrupted,
            SIGHUP => Exit::HungUp,
            _ => Exit::Terminated,
        };
        let exit = run.interrupt(exit);
        std::process::exit(exit as i32);
    };
    thread::Builder::new().spawn(watch).map(drop).map_err(failed)
}

/// The signals that the process ignored from its start, a bit each, where the system tells (Linux).
fn ignored_signals() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let bits = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    bits.and_then(|bits| u64::from_str_radix(bits.trim(), 16).ok()).unwrap_or_default()
}
