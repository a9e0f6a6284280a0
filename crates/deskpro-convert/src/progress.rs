//! How far a run is, for a person who waits.

use std::io::{IsTerminal as _, Write as _};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use indicatif::{HumanBytes, HumanDuration, ProgressBar, ProgressDrawTarget, ProgressStyle};

/// A run that is over sooner shows nothing.
const PATIENCE: Duration = Duration::from_secs(1);

/// Shows bytes, rate and time left: a bar on a terminal, a line now and then elsewhere where it is asked for.
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
    /// `asked` is whether it is shown where standard error is no terminal.
    pub(crate) fn new(read: Arc<AtomicU64>, len: Option<u64>, asked: bool, quiet: bool) -> Self {
        let show = match (quiet, std::io::stderr().is_terminal()) {
            (true, _) => Show::Nothing,
            (false, true) => Show::Bar(None),
            (false, false) if asked => Show::Lines,
            (false, false) => Show::Nothing,
        };
        let now = Instant::now();
        Self { read, len, start: now, shown: now, show }
    }

    /// Brings what is shown up to date.
    pub(crate) fn tick(&mut self) {
        let read = self.read.load(Ordering::Relaxed);
        match &mut self.show {
            Show::Nothing => {}
            Show::Bar(Some(bar)) => bar.set_position(read),
            Show::Bar(bar) if self.start.elapsed() >= PATIENCE => *bar = Some(self::bar(self.len, read)),
            Show::Lines if self.shown.elapsed() >= PATIENCE => {
                self.shown = Instant::now();
                self.line(read);
            }
            Show::Bar(None) | Show::Lines => {}
        }
    }

    /// Writes to standard error, beside the bar. Where that is closed, there is nobody to tell.
    pub(crate) fn say(&self, text: &str) {
        let write = || drop(std::io::stderr().write_all(text.as_bytes()));
        match &self.show {
            Show::Bar(Some(bar)) => bar.suspend(write),
            Show::Bar(None) | Show::Lines | Show::Nothing => write(),
        }
    }

    /// Takes the bar away, or says the last word.
    pub(crate) fn finish(&mut self) {
        match &self.show {
            Show::Bar(Some(bar)) => bar.finish_and_clear(),
            Show::Lines => self.line(self.read.load(Ordering::Relaxed)),
            Show::Bar(None) | Show::Nothing => {}
        }
    }

    fn line(&self, read: u64) {
        let seconds = self.start.elapsed().as_secs_f64().max(1e-9);
        let rate = read as f64 / seconds;
        let left = match self.len {
            Some(len) if read > 0 && len > read => {
                let left = Duration::from_secs_f64(((len - read) as f64 / rate).min(1e9));
                format!(" of {}, {} left", HumanBytes(len), HumanDuration(left))
            }
            _ => String::new(),
        };
        let text = format!("convert: read {}{left}, {}/s\n", HumanBytes(read), HumanBytes(rate as u64));
        drop(std::io::stderr().write_all(text.as_bytes()));
    }
}

fn bar(len: Option<u64>, read: u64) -> ProgressBar {
    let target = ProgressDrawTarget::stderr();
    let (bar, template) = match len {
        Some(len) => {
            let template = "{wide_bar} {bytes} of {total_bytes}, {bytes_per_sec}, {eta} left";
            (ProgressBar::with_draw_target(Some(len), target), template)
        }
        None => (ProgressBar::with_draw_target(None, target), "{bytes}, {bytes_per_sec}"),
    };
    let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
    let bar = bar.with_style(style);
    bar.set_position(read);
    bar
}
