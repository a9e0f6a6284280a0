//! The progress of a run on standard error.

use std::io::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use indicatif::{HumanBytes, HumanDuration, ProgressBar, ProgressDrawTarget, ProgressStyle};

/// The time before progress is shown, and between two lines.
const DELAY: Duration = Duration::from_secs(1);

/// Shows bytes, rate and time left: as a bar on a terminal; elsewhere, with `--progress`, as a line each second.
pub(crate) struct Progress {
    read: Arc<AtomicU64>,
    len: Option<u64>,
    start: Instant,
    shown: Instant,
    show: Show,
}

enum Show {
    Nothing,
    Bar(Option<ProgressBar>),
    Lines,
}

impl Progress {
    /// `asked` is whether `--progress` is given; `has_terminal`, whether standard error is a terminal and the output does
    /// not go to it.
    pub(crate) fn new(
        read: Arc<AtomicU64>,
        len: Option<u64>,
        asked: bool,
        quiet: bool,
        has_terminal: bool,
    ) -> Self {
        let show = match (quiet, has_terminal) {
            (true, _) => Show::Nothing,
            (false, true) => Show::Bar(None),
            (false, false) if asked => Show::Lines,
            (false, false) => Show::Nothing,
        };
        let now = Instant::now();
        Self { read, len, start: now, shown: now, show }
    }

    /// Updates the bar, or writes a line if it is time.
    pub(crate) fn tick(&mut self) {
        let read = self.read.load(Ordering::Relaxed);
        match &mut self.show {
            Show::Nothing => {}
            Show::Bar(bar) if self.start.elapsed() >= DELAY => {
                let bar = bar.get_or_insert_with(|| self::bar(self.len));
                bar.set_position(read);
                bar.set_message(so_far(self.start, read, self.len));
            }
            Show::Lines if self.shown.elapsed() >= DELAY => {
                self.shown = Instant::now();
                self.line(read);
            }
            Show::Bar(_) | Show::Lines => {}
        }
    }

    /// Writes to standard error without disturbing the bar. Errors are ignored: they could not be reported.
    pub(crate) fn print(&self, text: &str) {
        let write = || drop(std::io::stderr().write_all(text.as_bytes()));
        match &self.show {
            Show::Bar(Some(bar)) => bar.suspend(write),
            Show::Bar(None) | Show::Lines | Show::Nothing => write(),
        }
    }

    /// Removes the bar, or writes the last line.
    pub(crate) fn finish(&mut self) {
        match &self.show {
            Show::Bar(Some(bar)) => bar.finish_and_clear(),
            Show::Lines => self.line(self.read.load(Ordering::Relaxed)),
            Show::Bar(None) | Show::Nothing => {}
        }
    }

    fn line(&self, read: u64) {
        let text = format!("convert: read {}\n", so_far(self.start, read, self.len));
        drop(std::io::stderr().write_all(text.as_bytes()));
    }
}

/// `1.50 GiB of 3.00 GiB, 12 seconds left, 128.00 MiB/s`
fn so_far(start: Instant, read: u64, len: Option<u64>) -> String {
    let rate = read as f64 / start.elapsed().as_secs_f64().max(1e-9);
    let left = match len {
        Some(len) if read > 0 && len > read => {
            let left = Duration::from_secs_f64(((len - read) as f64 / rate).min(1e9));
            format!(" of {}, {} left", HumanBytes(len), HumanDuration(left))
        }
        _ => String::new(),
    };
    format!("{}{left}, {}/s", HumanBytes(read), HumanBytes(rate as u64))
}

fn bar(len: Option<u64>) -> ProgressBar {
    let template = if len.is_some() { "{wide_bar} {msg}" } else { "{msg}" };
    let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::with_draw_target(len, ProgressDrawTarget::stderr()).with_style(style)
}
