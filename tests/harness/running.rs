//! A command that runs while its test writes input, measures memory and sends signals.

use std::fs;
use std::io::{BufRead as _, BufReader, Read, Write as _};
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Child, ChildStdin, Command, ExitStatus};
use std::sync::mpsc;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::harness::Workdir;

/// A time limit that only a hanging program exceeds.
pub(crate) const TIME_LIMIT: Duration = Duration::from_secs(30);

/// How long a run may take to end after a signal: 200 ms are promised, but the machine may be busy.
pub(crate) const SIGNAL_TIME_LIMIT: Duration = Duration::from_secs(2);

pub(crate) const MIB: usize = 1 << 20;

/// The memory limit of a run in KiB: 32 MiB plus 4 MiB per thread.
pub(crate) fn memory_limit(jobs: u64) -> u64 {
    (32 + 4 * jobs) << 10
}

/// A running `convert`. Dropping it kills the process.
pub(crate) struct Running {
    args: String,
    pub(crate) child: Child,
}

impl Running {
    #[track_caller]
    pub(crate) fn start(mut command: Command, args: &str) -> Self {
        Self { args: args.to_owned(), child: command.spawn().unwrap() }
    }

    pub(crate) fn stdin(&mut self) -> ChildStdin {
        self.child.stdin.take().unwrap()
    }

    pub(crate) fn signal(&self, name: &str) {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args([&format!("-{name}"), &id]).status().unwrap().success());
    }

    /// The peak memory so far, in KiB. None after the process has ended.
    pub(crate) fn peak(&self) -> Option<u64> {
        peak(self.child.id())
    }

    /// Measures the peak memory in KiB until the process ends. Wait for the process only after joining the thread:
    /// until then the system cannot reuse its id.
    pub(crate) fn watch(&self) -> JoinHandle<u64> {
        let id = self.child.id();
        // Measure here: a short run may end before the thread starts.
        let mut most = peak(id).unwrap_or_default();
        thread::spawn(move || {
            while let Some(now) = peak(id) {
                most = now;
                thread::sleep(Duration::from_millis(3));
            }
            most
        })
    }

    /// Waits for the end of the process. Panics if it takes longer than `time`.
    #[track_caller]
    pub(crate) fn ends_within(&mut self, time: Duration) -> ExitStatus {
        let begun = Instant::now();
        loop {
            match self.child.try_wait().unwrap() {
                Some(status) => return status,
                None if begun.elapsed() > time => {
                    panic!("convert {} runs for more than {time:?}", self.args)
                }
                None => thread::sleep(Duration::from_millis(2)),
            }
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn peak(id: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{id}/status")).ok()?;
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    peak.trim().trim_end_matches(" kB").parse().ok()
}

/// Prints the peak memory of a run and asserts that it is below [`memory_limit`].
#[track_caller]
pub(crate) fn assert_memory_bounded(args: &str, jobs: u64, peak: u64) {
    let figures = format!(
        "convert {args} used {:.1} MiB, the limit is {} MiB",
        peak as f64 / 1024.0,
        memory_limit(jobs) >> 10
    );
    eprintln!("{figures}");
    assert!(peak > 0, "the memory of convert {args} was not measured");
    assert!(peak < memory_limit(jobs), "{figures}");
}

/// Waits until a condition holds. Panics after [`TIME_LIMIT`].
#[track_caller]
pub(crate) fn wait_until(what: &str, mut is_so: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < TIME_LIMIT, "timeout while waiting: {what}");
        thread::sleep(Duration::from_millis(2));
    }
}

/// Writes the same bytes repeatedly until the reader closes the pipe.
pub(crate) fn feed_forever(mut to: ChildStdin, piece: impl AsRef<[u8]> + Send + 'static) -> JoinHandle<()> {
    thread::spawn(move || while to.write_all(piece.as_ref()).is_ok() {})
}

/// The names of all files in the folder, sorted.
pub(crate) fn file_names(dir: &Workdir) -> Vec<String> {
    let entries = fs::read_dir(dir.path("")).unwrap();
    let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// The number of bytes in temporary files.
pub(crate) fn temporary_bytes(dir: &Workdir) -> u64 {
    let temporary = file_names(dir).into_iter().filter(|name| name.starts_with('.'));
    temporary.map(|name| fs::metadata(dir.path(&name)).map_or(0, |metadata| metadata.len())).sum()
}

pub(crate) fn make_pipe(dir: &Workdir, name: &str) {
    assert!(Command::new("mkfifo").arg(dir.path(name)).status().unwrap().success());
}

/// An exit status as a shell reports it.
pub(crate) fn shell_status(status: ExitStatus) -> Option<i32> {
    status.code().or(status.signal().map(|signal| 128 + signal))
}

/// Reads the summary `s` and asserts that its counts add up.
#[track_caller]
pub(crate) fn read_summary(dir: &Workdir) -> Value {
    let summary: Value = serde_json::from_str(&dir.text("s")).unwrap();
    let count = |name: &str| summary[name].as_u64().unwrap();
    assert_eq!(count("lines"), count("converted") + count("rejected"), "{summary}");
    summary
}

/// Returns a channel that receives each line of a stream as soon as it arrives.
pub(crate) fn line_receiver(from: impl Read + Send + 'static) -> mpsc::Receiver<String> {
    let (sender, lines) = mpsc::channel();
    thread::spawn(move || {
        for line in BufReader::new(from).lines() {
            if sender.send(line.unwrap()).is_err() {
                break;
            }
        }
    });
    lines
}
