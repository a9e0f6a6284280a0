//! Runs the PHP scripts and collects differences.

use std::io::Write as _;
use std::process::{Command, Stdio};

use testkit::Rng;
use testkit::bodies::{self, Body};
use testkit::payloads::{self, Class};

/// The number of payloads per PHP process.
const BATCH: usize = 10_000;

/// Settings that disable the limits at which PHP silently drops input.
pub(super) const UNLIMITED: [&str; 2] = ["max_input_vars=1000000000", "max_input_nesting_level=1000000000"];

/// Settings with PHP's default nesting limit.
pub(super) const NESTING_64: [&str; 2] = ["max_input_vars=1000000000", "max_input_nesting_level=64"];

/// The factor for the number of payloads, from `PHP_SCALE`.
pub(super) fn scale() -> usize {
    std::env::var("PHP_SCALE").ok().and_then(|scale| scale.parse().ok()).unwrap_or(1)
}

/// Whether PHP is installed. If not, prints that `test` is skipped.
pub(super) fn has_php(test: &str) -> bool {
    let has = Command::new("php").arg("-v").stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok();
    if !has {
        println!("skipped: `php` is not found, and {test} needs it");
    }
    has
}

/// Runs a script of `tests/php` on lines and returns the lines that it prints.
pub(super) fn php(script: &str, arguments: &[&str], settings: &[&str], lines: Vec<u8>) -> Vec<Vec<u8>> {
    let mut command = Command::new("php");
    command.arg("-n").args(["-d", "display_errors=stderr", "-d", "memory_limit=-1"]);
    for setting in settings {
        command.args(["-d", setting]);
    }
    command.arg(format!("{}/../../tests/php/{script}.php", env!("CARGO_MANIFEST_DIR"))).args(arguments);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("php runs");
    let mut stdin = child.stdin.take().expect("a pipe");
    let writer = std::thread::spawn(move || stdin.write_all(&lines));
    let output = child.wait_with_output().expect("php ends");
    writer.join().expect("no panic").expect("php reads all");
    assert!(output.status.success(), "{script}.php failed");
    output
        .stdout
        .strip_suffix(b"\n")
        .unwrap_or_default()
        .split(|&byte| byte == b'\n')
        .map(<[u8]>::to_vec)
        .collect()
}

/// Joins texts to lines.
pub(super) fn lines<'l>(texts: impl IntoIterator<Item = &'l [u8]>) -> Vec<u8> {
    let mut lines = Vec::new();
    for text in texts {
        assert!(!text.contains(&b'\n'), "one line");
        lines.extend_from_slice(text);
        lines.push(b'\n');
    }
    lines
}

/// The differences found.
#[derive(Default)]
pub(crate) struct Differences(Vec<String>);

impl Differences {
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn add(&mut self, input: &[u8], ours: &[u8], theirs: &[u8]) {
        let [input, ours, theirs] = [input, ours, theirs].map(<[u8]>::escape_ascii);
        self.0.push(format!("input  {input}\nours   {ours}\ntheirs {theirs}\n"));
    }

    /// Panics if anything differs, and shows the shortest differences.
    #[track_caller]
    pub(crate) fn assert_none(mut self, compared: usize) {
        self.0.sort_by_key(String::len);
        let shortest = self.0.iter().take(8).map(String::as_str).collect::<Vec<_>>().join("\n");
        assert!(self.0.is_empty(), "{} of {compared} differ; the shortest:\n{shortest}", self.0.len());
    }
}

/// Payloads of each class in batches.
pub(super) fn batches(seed: u64, counts: [(Class, usize); 3]) -> impl Iterator<Item = Vec<Vec<u8>>> {
    counts.into_iter().flat_map(move |(class, count)| {
        let mut rng = Rng::new(seed.wrapping_add(class as u64));
        let total = count * scale();
        (0..total).step_by(BATCH).map(move |done| {
            (0..BATCH.min(total - done)).map(|_| payloads::payload(&mut rng, class)).collect()
        })
    })
}

/// v2 bodies in batches.
pub(super) fn body_batches(seed: u64, count: usize) -> impl Iterator<Item = Vec<Body>> {
    let mut rng = Rng::new(seed);
    let total = count * scale();
    (0..total)
        .step_by(BATCH)
        .map(move |done| (0..BATCH.min(total - done)).map(|_| bodies::body(&mut rng)).collect())
}
