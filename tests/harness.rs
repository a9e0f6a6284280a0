//! Runs the command in a temporary folder and captures its output.

pub(crate) mod compressed;
pub(crate) mod helpdesk;
pub(crate) mod running;
pub(crate) mod schemas;
pub(crate) mod terminal;

use std::collections::HashSet;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Output, Stdio};
use std::sync::Mutex;
use std::time::Duration;
use std::{fs, thread};

use assert_cmd::cargo::{cargo_bin, cargo_bin_cmd};
use serde_json::Value;
use tempfile::TempDir;

/// A payload without losses.
pub(crate) const WEBSITE: &str = "contact_data[1][type]=website&contact_data[1][data][url]=example.com";

/// The v2 body of [`WEBSITE`].
pub(crate) const WEBSITE_V2: &str = r#"{"contact_data":{"website":[{"url":"example.com"}]}}"#;

/// A payload that loses its comment.
pub(crate) const COMMENT: &str =
    "contact_data[1][type]=website&contact_data[1][comment]=home&contact_data[1][data][url]=example.com";

/// A payload with a rejected record.
pub(crate) const BAD_RECORD: &str = "contact_data[1][type]=nope&contact_data[1][data][url]=x";

/// A payload that is rejected as a whole.
pub(crate) const BAD: &str = "contact_data=x";

/// A temporary folder in which `convert` runs. A run may replace the files that an earlier run kept: tests run the
/// command several times.
pub(crate) struct Workdir {
    folder: TempDir,
    forces: bool,
    /// The files that the test wrote itself.
    given: Mutex<HashSet<PathBuf>>,
}

impl Workdir {
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), forces: true, given: Mutex::default() }
    }

    /// A folder in which kept files are replaced only if the test gives `--force`.
    pub(crate) fn protecting() -> Self {
        let mut dir = Self::new();
        dir.forces = false;
        dir
    }

    /// Splits arguments at spaces. Adds `--force` if they name a file to keep.
    fn split<'a>(&self, args: &'a str) -> impl Iterator<Item = &'a str> + use<'a> {
        let keeps =
            self.forces && ["--losses", "--rejects", "--report"].iter().any(|option| args.contains(option));
        args.split_whitespace().chain(keeps.then_some("--force"))
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        self.leave_unchecked(name);
        fs::write(self.path(name), bytes).unwrap();
    }

    /// Does not compare a file with its schema, because the test wrote it.
    pub(crate) fn leave_unchecked(&self, name: &str) {
        self.given.lock().unwrap().insert(self.path(name));
    }

    #[track_caller]
    pub(crate) fn bytes(&self, name: &str) -> Vec<u8> {
        fs::read(self.path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    #[track_caller]
    pub(crate) fn text(&self, name: &str) -> String {
        String::from_utf8(self.bytes(name)).unwrap()
    }

    /// Every file of the folder with its content, hidden files included.
    pub(crate) fn files(&self) -> Vec<(String, Vec<u8>)> {
        let mut files: Vec<_> = (fs::read_dir(self.folder.path()).unwrap())
            .map(|entry| entry.unwrap())
            .map(|entry| {
                (entry.file_name().into_string().unwrap(), fs::read(entry.path()).unwrap_or_default())
            })
            .collect();
        files.sort();
        files
    }

    /// Runs `convert` to its end. Splits `args` at spaces.
    #[track_caller]
    pub(crate) fn run(&self, args: &str, stdin: impl AsRef<[u8]>) -> Run {
        let mut command = cargo_bin_cmd!("convert");
        for variable in terminal::COLOUR_VARIABLES {
            command.env_remove(variable);
        }
        let output = command
            .current_dir(self.folder.path())
            .args(self.split(args))
            .timeout(Duration::from_secs(60))
            .write_stdin(stdin.as_ref())
            .output()
            .unwrap();
        let run = Run::new(args, output);
        if writes_v2_lines(args) {
            run.assert_valid();
        }
        self.assert_schemas(&run);
        run
    }

    /// Asserts that what a run wrote matches the schemas: its losses file, its summary, and its report of `--check`.
    #[track_caller]
    fn assert_schemas(&self, run: &Run) {
        let words: Vec<&str> = run.args.split_whitespace().collect();
        let is_check = words.contains(&"--check");
        if is_check && words.contains(&"json") && !run.out.is_empty() {
            schemas::assert_check(&run.out);
        }
        // Other runs put no files in place.
        if !matches!(run.code, Some(0 | 1 | 3)) {
            return;
        }
        let file_of = |option: &str| {
            let at = words.iter().position(|word| *word == option)?;
            let name = words.get(at + 1)?;
            let path = self.path(name);
            // Here, `/dev/stderr` is that of the tests, and can be a file.
            (!name.starts_with("/dev/") && path.is_file()).then(|| fs::read(path).unwrap())
        };
        if let Some(summary) = file_of("--summary") {
            schemas::assert_summary(&summary);
        }
        if let Some(losses) = file_of("--losses").filter(|_| !is_check) {
            assert!(losses.starts_with(b"{\"head\":"), "convert {}", run.args);
            schemas::assert_losses(&losses);
        }
    }

    /// Prepares `convert` for tests that use its streams themselves.
    pub(crate) fn command(&self, args: &str) -> std::process::Command {
        // Under `nohup` or in the background of a shell, the tests inherit ignored signals. Reset them for `convert`.
        let mut command = std::process::Command::new("env");
        command.arg("--default-signal=HUP,INT").arg(cargo_bin!("convert"));
        command.current_dir(self.folder.path()).args(self.split(args));
        for variable in terminal::COLOUR_VARIABLES {
            command.env_remove(variable);
        }
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }
}

/// Checks the files that runs left, also those runs that a test started by itself. Files that the test wrote may be
/// damaged.
impl Drop for Workdir {
    fn drop(&mut self) {
        if thread::panicking() {
            return;
        }
        let given = self.given.lock().unwrap();
        schemas::assert_folder(self.folder.path(), |path| given.contains(path));
    }
}

/// Whether a run writes v2 bodies that match the schema, one per line. Restored bodies may contain more fields.
fn writes_v2_lines(args: &str) -> bool {
    const OTHERS: [&str; 10] =
        ["--to", "--restore", "--pretty", "--check", "--list", "--expl", "--sch", "--gen", "-h", "--help"];
    !args
        .split_whitespace()
        .any(|arg| OTHERS.iter().any(|other| arg.starts_with(other)) || arg == "-V" || arg == "--version")
}

/// The result of a run.
#[derive(Debug)]
pub(crate) struct Run {
    args: String,
    pub(crate) code: Option<i32>,
    pub(crate) out: Vec<u8>,
    pub(crate) err: String,
}

impl Run {
    pub(crate) fn new(args: &str, output: Output) -> Self {
        let err = String::from_utf8(output.stderr).expect("messages are UTF-8");
        Self { args: args.to_owned(), code: output.status.code(), out: output.stdout, err }
    }

    /// Asserts that each line of the output matches the schema, except those of rejected payloads.
    #[track_caller]
    fn assert_valid(&self) {
        for line in self.out.split(|&byte| byte == b'\n').filter(|line| !line.is_empty()) {
            if !line.starts_with(b"{\"error\":{\"") {
                testkit::schema::check(line).unwrap_or_else(|why| panic!("convert {}: {why}", self.args));
            }
        }
    }

    #[track_caller]
    pub(crate) fn exits(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "convert {}\n{}", self.args, self.err);
        self
    }

    #[track_caller]
    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.out).unwrap()
    }

    #[track_caller]
    pub(crate) fn lines(&self) -> Vec<&str> {
        self.text().lines().collect()
    }

    /// Asserts that standard error contains `expected`.
    #[track_caller]
    pub(crate) fn reports(self, expected: &str) -> Self {
        assert!(
            self.err.contains(expected),
            "convert {}\nexpected {expected:?} in:\n{}",
            self.args,
            self.err
        );
        self
    }
}

/// Parses lines of JSON.
#[track_caller]
pub(crate) fn json_lines(text: &str) -> Vec<Value> {
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|why| panic!("{why}: {line}")))
        .collect()
}

/// The lines of a losses file after its head.
pub(crate) fn losses_lines(text: &str) -> Vec<Value> {
    let mut lines = json_lines(text);
    let head = lines.remove(0);
    assert!(head["head"].is_object(), "{head}");
    lines
}

/// Runs `convert` on input that arrives in pieces of `piece` bytes.
#[track_caller]
pub(crate) fn run_in_pieces(dir: &Workdir, args: &str, stdin: &[u8], piece: usize) -> Run {
    let mut child = dir.command(args).spawn().unwrap();
    let mut to = child.stdin.take().unwrap();
    thread::scope(|scope| {
        scope.spawn(move || {
            for (n, piece) in stdin.chunks(piece).enumerate() {
                // The command may end before it has read everything.
                if to.write_all(piece).is_err() {
                    break;
                }
                if n % 16 == 0 {
                    thread::yield_now();
                }
            }
        });
        Run::new(args, child.wait_with_output().unwrap())
    })
}

/// Lines of every kind (converted, lossy, rejected, empty, long), enough for several batches.
pub(crate) fn mixed_lines() -> Vec<u8> {
    let mut lines = Vec::new();
    for n in 0..9_000 {
        match n % 9 {
            0 => lines.extend_from_slice(COMMENT.as_bytes()),
            1 => lines.extend_from_slice(BAD.as_bytes()),
            2 => lines.extend_from_slice(BAD_RECORD.as_bytes()),
            3 => lines.extend_from_slice(format!("n={n}&{WEBSITE}\r").as_bytes()),
            4 => {}
            5 => lines.extend_from_slice(format!("type=twitter&data[username]={n}").as_bytes()),
            6 if n % 1000 == 6 => lines.resize(lines.len() + 300_000, b'y'),
            7 if n % 100 == 7 => lines.extend_from_slice(format!("a={}", "z".repeat(2000 + n)).as_bytes()),
            8 if n % 5 == 0 => lines.extend_from_slice(b"contact_data=\xff\x00"),
            _ => lines.extend_from_slice(format!("first.name=%41&{WEBSITE}&k={n}").as_bytes()),
        }
        lines.push(b'\n');
    }
    lines.extend_from_slice(BAD.as_bytes());
    lines
}

/// A dump with this number of rows, of a third as many people. The rows of a person are not beside each other.
pub(crate) fn dump_of_websites(rows: usize) -> String {
    let mut dump = "CREATE TABLE people_contact_data (id int, person_id int, contact_type text, comment text, field_1 text, \
                    field_2 text, field_3 text, field_4 text, field_5 text);\nINSERT INTO people_contact_data VALUES\n"
        .to_owned();
    for id in 1..=rows {
        let end = if id == rows { ";\n" } else { ",\n" };
        let person = 1 + id % (rows / 3);
        let _ =
            write!(dump, "({id},{person},'website','','https://example.com/{id}',NULL,NULL,NULL,NULL){end}");
    }
    dump
}

/// Removes the measured values from a summary, because they differ between runs.
pub(crate) fn without_timings(mut text: Vec<u8>) -> Vec<u8> {
    let end = text.windows(9).position(|window| window == b",\"bytes\":");
    text.truncate(end.unwrap_or(text.len()));
    text
}
