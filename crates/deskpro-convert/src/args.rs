//! The command line.

use std::io::{self, IsTerminal as _};
use std::path::PathBuf;

use clap::builder::PossibleValuesParser;
use clap::{Parser, ValueEnum};
use deskpro_contact::{
    Code, DEFAULT_MAX_PAYLOAD, ErrorKind, LONGEST_FORM, MAX_PAYLOAD, Options, Source, Target,
};

use crate::paths::{Identity, is_standard};

const EXAMPLES: &str = "\
Examples:
  convert --check payloads.form
      what would be lost, before anything is written
  convert payloads.form > people.jsonl
      legacy payloads, one a line, to v2 JSON, one a line
  convert --losses losses.jsonl -o people.jsonl payloads.form
      the same, keeping what v2 has no place for
  convert --to form --restore losses.jsonl people.jsonl
      and back, exactly
  curl -s … | convert --to canonical --pretty
      a look at what a payload says

Exit status:
  0  nothing was lost (or --lossy allowed it)
  1  a record or payload was rejected, and kept
  2  wrong usage
  3  something was dropped and kept nowhere
  65 a losses file does not fit   66 an input cannot be opened
  70 --verify found a difference, or this command has a bug   74 reading or writing failed
  129, 130, 143 a signal";

/// Legacy Deskpro contact data to v2 JSON and back, losing nothing in silence.
///
/// Reads FILE or standard input, one payload a line, and writes one line for each, in order.
#[derive(Parser, Clone, Debug)]
#[command(name = "convert", version, after_help = EXAMPLES, max_term_width = 100)]
pub struct Args {
    /// Payloads, one a line; standard input where it is `-` or missing.
    #[arg(value_name = "FILE")]
    pub(crate) input: Option<PathBuf>,
    /// What goes out: v2 JSON from legacy forms, a legacy form from v2 JSON, or the model, to look at.
    #[arg(long, value_name = "FORMAT", default_value = "v2")]
    pub to: To,
    /// Keep there what the output does not hold.
    #[arg(long, value_name = "FILE")]
    pub(crate) losses: Option<PathBuf>,
    /// Put the losses back that a conversion the other way kept there.
    #[arg(long, value_name = "FILE")]
    pub(crate) restore: Option<PathBuf>,
    /// Keep there the lines of rejected payloads, byte for byte, to be mended and fed in again.
    #[arg(long, value_name = "FILE")]
    pub(crate) rejects: Option<PathBuf>,
    /// What a rejected payload becomes: no line, a line `{"error":{…}}`, or the end of the run.
    #[arg(long, value_name = "WHAT", default_value = "skip")]
    pub on_error: OnError,
    /// One rejected record rejects its payload.
    #[arg(long)]
    pub strict: bool,
    /// Leave out the fields that are not contact data.
    #[arg(long)]
    pub only_contact_data: bool,
    /// The longest payload that is read; restoring reads 16 times that, for what JSON adds.
    #[arg(long, value_name = "BYTES", default_value_t = DEFAULT_MAX_PAYLOAD as u64,
        value_parser = clap::value_parser!(u64).range(1..=MAX_PAYLOAD as u64))]
    pub max_payload: u64,
    /// Losing data is fine.
    #[arg(long)]
    pub(crate) lossy: bool,
    /// Write there instead of to standard output; a file is in place when it is whole.
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Threads that convert; all cores by default.
    #[arg(short, long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(crate) jobs: Option<u16>,
    /// Restore each converted line in the same run, and compare it with what came in.
    #[arg(long, conflicts_with = "restore")]
    pub verify: bool,
    /// Write nothing but --summary, and say what a run with the same options would do, and with which status it would end.
    #[arg(long)]
    pub(crate) check: bool,
    /// Write counts there, as JSON.
    #[arg(long, value_name = "FILE")]
    pub(crate) summary: Option<PathBuf>,
    /// How messages are written: a piece of the payload with the place marked, one line, or JSON; on a terminal the
    /// first, elsewhere the second.
    #[arg(long, value_name = "FORMAT")]
    error_format: Option<ErrorFormat>,
    /// Name the person in each message, loss and error by this field of the payload, `id`, say.
    #[arg(long, value_name = "NAME")]
    pub(crate) id_field: Option<String>,
    /// Show how far the run is; on a terminal it is shown without being asked.
    #[arg(long)]
    pub(crate) progress: bool,
    /// Write JSON on several lines, for a person.
    #[arg(long)]
    pub(crate) pretty: bool,
    /// Say nothing on standard error but what ends the run.
    #[arg(short, long)]
    pub(crate) quiet: bool,
    /// Panic at this line, to test what becomes of a bug.
    #[arg(long, hide = true, value_name = "LINE")]
    pub(crate) panic_at: Option<u64>,
    /// Read forms by the general reader alone, to compare it with the plain reader.
    #[arg(long, hide = true)]
    pub(crate) general_reader: bool,
    #[command(flatten)]
    pub(crate) question: Question,
}

/// What is asked instead of a run. Nothing is read then.
#[derive(clap::Args, Clone, Debug)]
#[command(next_help_heading = "Questions, each by itself")]
pub(crate) struct Question {
    /// Print every type, field and service of both formats, and what becomes of each.
    #[arg(long, exclusive = true)]
    pub(crate) list_types: bool,
    /// Say what the code of a loss or an error means, how it comes about, and what to do about it.
    #[arg(long, exclusive = true, value_name = "CODE", hide_possible_values = true,
        value_parser = PossibleValuesParser::new(codes()))]
    pub(crate) explain: Option<String>,
    /// Print the JSON Schema of what goes out as v2.
    #[arg(long, exclusive = true)]
    pub(crate) schema: bool,
    /// Print a manual page, or completions for a shell.
    #[arg(long, exclusive = true, value_name = "WHAT")]
    pub(crate) generate: Option<Generate>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum, Debug)]
pub(crate) enum Generate {
    Man,
    Bash,
    Zsh,
    Fish,
    Powershell,
}

/// The codes of losses and errors.
fn codes() -> impl Iterator<Item = &'static str> {
    Code::ALL.iter().map(|code| code.name()).chain(ErrorKind::ALL.iter().map(|kind| kind.name()))
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum, Debug)]
#[expect(missing_docs, reason = "a comment on a value becomes part of the help")]
pub enum To {
    V2,
    Form,
    Canonical,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum, Debug)]
pub(crate) enum ErrorFormat {
    Human,
    Line,
    Json,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum, Debug)]
#[expect(missing_docs, reason = "a comment on a value becomes part of the help")]
pub enum OnError {
    Skip,
    Emit,
    Stop,
}

impl To {
    /// The format of the library that it stands for.
    pub(crate) fn target(self) -> Target {
        match self {
            Self::V2 => Target::V2,
            Self::Form => Target::Form,
            Self::Canonical => Target::Canonical,
        }
    }
}

impl Args {
    /// The longest line that is read.
    pub fn longest_line(&self) -> usize {
        let bytes = usize::try_from(self.max_payload).expect("at most MAX_PAYLOAD, which is a usize");
        let of_output = if self.restore.is_some() { LONGEST_FORM } else { 1 };
        // The product may be more than 32 bits hold, and is bounded anyway.
        bytes.saturating_mul(of_output).min(MAX_PAYLOAD)
    }

    /// What the library is asked for.
    pub fn options(&self) -> Options {
        let bytes = self.longest_line();
        Options::new(self.source(), self.target())
            .strict(self.strict)
            .only_contact_data(self.only_contact_data)
            .pretty(self.pretty)
            .max_payload(bytes)
            .general_reader(self.general_reader)
    }

    /// How messages are written.
    pub(crate) fn error_format(&self) -> ErrorFormat {
        self.error_format.unwrap_or_else(|| match io::stderr().is_terminal() {
            true => ErrorFormat::Human,
            false => ErrorFormat::Line,
        })
    }

    /// The format that payloads are read as.
    pub(crate) fn source(&self) -> Source {
        match self.to {
            To::V2 | To::Canonical => Source::Form,
            To::Form => Source::V2,
        }
    }

    /// The format that payloads become.
    pub fn target(&self) -> Target {
        self.to.target()
    }

    /// What clap cannot tell: a sentence for a wrong combination.
    pub(crate) fn conflict(&self) -> Result<(), String> {
        if self.to == To::Canonical {
            for (is_set, option) in [(self.restore.is_some(), "--restore"), (self.verify, "--verify")] {
                if is_set {
                    return Err(format!(
                        "{option} needs a way back: --to v2 or --to form, not --to canonical"
                    ));
                }
            }
        }
        if self.pretty && (self.verify || self.restore.is_some()) {
            return Err("--pretty is for a person; --restore and --verify go line by line".to_owned());
        }
        if self.progress && self.error_format == Some(ErrorFormat::Json) {
            return Err("--progress is for a person; --error-format json is for a program".to_owned());
        }
        let named = [
            ("FILE", &self.input),
            ("--output", &self.output),
            ("--losses", &self.losses),
            ("--rejects", &self.rejects),
            ("--summary", &self.summary),
            ("--restore", &self.restore),
        ];
        for (option, path) in named {
            if !matches!(option, "FILE" | "--output") && path.as_deref().is_some_and(is_standard) {
                return Err(format!(
                    "- is a stream for FILE and --output alone: for {option}, say /dev/stdin, /dev/stdout or ./-"
                ));
            }
        }
        let mut seen: Vec<(&str, Identity)> = Vec::new();
        for (option, path) in named {
            let path = path.as_deref().filter(|path| !is_standard(path));
            let (option, own) = match (option, path) {
                (_, Some(path)) => (option, Identity::of(path)),
                ("FILE", None) => (STDIN, Identity::of_stream(&io::stdin())),
                ("--output", None) => (STDOUT, Identity::of_stream(&io::stdout())),
                (_, None) => continue,
            };
            let Some(own) = own else { continue };
            // A file may be converted in its place: it is read to its end before it is replaced. What is written
            // through a link, and what is no output, would be gone before it is read.
            let replaces = option == "--output"
                && path.is_some_and(|path| path.symlink_metadata().is_ok_and(|there| there.is_file()));
            let in_place = |input: &str| replaces && (input == STDIN || self.input.as_deref() == path);
            let is_input = |other: &str| [STDIN, "FILE"].contains(&other);
            let clashes = seen.iter().find(|(other, of)| *of == own && !(is_input(other) && in_place(other)));
            if let Some((other, _)) = clashes {
                let path = path.map(|path| format!(", {}", path.display())).unwrap_or_default();
                return Err(format!("{other} and {option} name the same file{path}"));
            }
            seen.push((option, own));
        }
        Ok(())
    }
}

const STDIN: &str = "standard input";
const STDOUT: &str = "standard output";
