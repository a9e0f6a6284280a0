//! Ends a run after a signal: at the end of a line. Only the summary is put in place.

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
use crate::outcome;
use crate::status::Status;

/// The maximum time that the signal thread waits for a write to finish: the reader of the output may stall.
const WRITE_TIMEOUT: Duration = Duration::from_millis(140);
/// The maximum time that a run continues after a signal.
const DEADLINE: Duration = Duration::from_millis(185);

impl Run {
    /// Ends the run at the end of a line, without waiting for a reader that stalls. Puts no file in place, removes
    /// temporary files, and writes the summary.
    fn interrupt(self: Arc<Self>, signal: Status) -> Status {
        self.is_interrupted.store(true, Ordering::Release);
        let start = Instant::now();
        let state = loop {
            match self.state.try_lock() {
                Ok(state) => break Some(state),
                Err(_) if start.elapsed() < WRITE_TIMEOUT => {
                    thread::sleep(Duration::from_millis(1));
                }
                Err(_) => break None,
            }
        };
        if let Some(status) = state.as_ref().and_then(|state| state.ended) {
            // The run has already finished, so its status does not change. Its last message may need the rest of the
            // time.
            thread::sleep(DEADLINE.saturating_sub(start.elapsed()));
            return status;
        }
        let (done, wait) = sync_channel(1);
        let run = Arc::clone(&self);
        let finish = move || {
            // The receiver may have timed out.
            let _ = done.send(run.finish_interrupted(signal));
        };
        let status = match thread::Builder::new().spawn(finish) {
            Ok(_) => wait.recv_timeout(DEADLINE.saturating_sub(start.elapsed())).unwrap_or(signal),
            Err(_) => signal,
        };
        for path in lock(&self.temp_paths).drain(..) {
            drop(std::fs::remove_file(path));
        }
        // The lock is never released, so that nothing more is written.
        std::mem::forget(state);
        status
    }

    /// Writes the summary and the message that a signal ended the run. Returns the status.
    fn finish_interrupted(&self, signal: Status) -> Status {
        let results = lock(&self.results);
        let tally = &results.tally;
        if let Some(mut summary) = lock(&self.summary).take() {
            let path = summary.temp_path();
            let text = json_line(&self.summary_of(tally));
            let written = summary.write(text.as_bytes()).and_then(|()| summary.finish().map(drop));
            // A failed write does not change the status of the signal.
            drop(written);
            lock(&self.temp_paths).retain(|other| Some(other) != path.as_ref());
        }
        // Only a bug has precedence over a signal. Losses do not matter for the status, because no file is put in
        // place.
        let status = if outcome::status(tally, &self.args) == Status::Bug { Status::Bug } else { signal };
        let args = &self.args;
        let has_files =
            [&args.output, &args.losses, &args.rejects, &args.report].into_iter().any(Option::is_some);
        let files = if has_files { "; no file was put in place" } else { "" };
        let why = format!("interrupted after {} lines{files}", tally.lines);
        drop(results);
        let mut progress = lock(&self.progress);
        progress.finish();
        progress.print(&Failure { status, why }.message(args.error_format()));
        status
    }
}

/// Ends the run when a signal comes.
pub(super) fn watch_signals(run: &Arc<Run>) -> Result<(), Failure> {
    let failed = |error| Failure { status: Status::Io, why: format!("cannot watch for signals: {error}") };
    // Without this handler, a write over the limit of file sizes would kill the process and leave temporary files.
    flag::register(SIGXFSZ, Arc::default()).map_err(failed)?;
    // A signal that was ignored when the process started, for example by `nohup`, stays ignored.
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

/// The signals that were ignored when the process started, one bit each. Known only on Linux; elsewhere none.
fn ignored_signals() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let bits = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    bits.and_then(|bits| u64::from_str_radix(bits.trim(), 16).ok()).unwrap_or_default()
}
