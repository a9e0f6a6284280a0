//! The progress of a run on standard error.

use std::io::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use indicatif::{HumanBytes, HumanCount, HumanDuration, ProgressBar, ProgressDrawTarget, ProgressStyle};

/// The time before progress is shown, and between two lines.
const DELAY: Duration = Duration::from_secs(1);

/// Shows bytes, rate and time left: as a bar on a terminal; elsewhere, with `--progress`, as a line each second. A dump
/// is read before the first payload is built; after that, shows people.
pub(crate) struct Progress {
    read: Arc<AtomicU64>,
    len: Option<u64>,
    /// The people whose payloads were built, once a dump is read.
    people: Option<People>,
    start: Instant,
    shown: Instant,
    show: Show,
}

/// How far payloads of people were built.
#[derive(Clone, Copy, Debug)]
struct People {
    count: u64,
    /// The number of their rows, and of all rows.
    rows: u64,
    all_rows: u64,
}

enum Show {
    Nothing,
    Bar(Option<ProgressBar>),
    Lines,
}

impl Progress {
    /// `asked` is whether `--progress` is given; `has_terminal`, whether standard error is a terminal and the output
    /// does not go to it.
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
        Self { read, len, people: None, start: now, shown: now, show }
    }

    /// Notes that payloads are built: those of `count` people, from `rows` of `all_rows` rows.
    pub(crate) fn build(&mut self, count: u64, rows: u64, all_rows: u64) {
        if self.people.is_none()
            && let Show::Bar(bar) = &mut self.show
            && let Some(bar) = bar.take()
        {
            bar.finish_and_clear();
        }
        self.people = Some(People { count, rows, all_rows });
    }

    /// Updates the bar, or writes a line if it is time.
    pub(crate) fn tick(&mut self) {
        let (text, position, len) = match self.people {
            None => {
                let read = self.read.load(Ordering::Relaxed);
                (so_far(self.start, read, self.len), read, self.len)
            }
            Some(People { count, rows, all_rows }) => (people(count), rows, Some(all_rows)),
        };
        match &mut self.show {
            Show::Nothing => {}
            Show::Bar(bar) if self.start.elapsed() >= DELAY => {
                let bar = bar.get_or_insert_with(|| self::bar(len));
                bar.set_position(position);
                bar.set_message(text);
            }
            Show::Lines if self.shown.elapsed() >= DELAY => {
                self.shown = Instant::now();
                self.line();
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
            Show::Lines => self.line(),
            Show::Bar(None) | Show::Nothing => {}
        }
    }

    fn line(&self) {
        let text = match self.people {
            None => format!("read {}", so_far(self.start, self.read.load(Ordering::Relaxed), self.len)),
            Some(People { count, .. }) => people(count),
        };
        drop(std::io::stderr().write_all(format!("convert: {text}\n").as_bytes()));
    }
}

/// `built the payloads of 1,234 people`
fn people(count: u64) -> String {
    format!("built the payloads of {} people", HumanCount(count))
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
