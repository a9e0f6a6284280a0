//! The command `convert` as a library: converts legacy Deskpro contact data to v2 JSON and back, on streams of any
//! length.
//!
//! The interface of this crate is its command line. Its functions are public only for `main`, tests and fuzzing, and
//! may change in any version. Other programs use the crate `deskpro-contact`.
//!
//! # How data flows
//!
//! ```text
//! input ─▶ source: lines, or outputs with their losses ─▶ batches
//!            ─▶ pipeline: workers convert batches on several threads ─▶ batch outputs, in order
//!            ─▶ run: writes them to sinks, adds their tallies, prints messages, returns the exit status
//! ```
//!
//! | module | task |
//! |---|---|
//! | `args`, `info` | the command line; the options that print information without a run |
//! | `input`, `guess`, `source` | opens and decompresses files; recognises wrong formats; splits inputs into batches of lines |
//! | `sort` | sorts the rows of a dump, in memory and in temporary files |
//! | `worker`, `batch_output` | converts a batch; its result |
//! | `pipeline`, `run`, `sink` | the threads; a run and its end; files and streams that are written |
//! | `tally`, `contents`, `findings`, `status` | counts of results; counts of contents; counts for `--check` and `--report`; the exit status |
//! | `losses_bounds` | the first and the last line of a losses file |
//! | `wording` | the words for the outcome of a loss: kept, lost |
//! | `message`, `excerpt`, `examples` | a message about a line; a part of its payload; the first messages of each code |
//! | `sentences`, `check`, `summary`, `progress` | the results of a run in sentences; the report of `--check`; both as JSON; progress |
//! | `layout` | colours, and lines that fit the terminal |
//! | `report` | the page of `--report` |
//! | `id_field`, `json_line` | the person's id in a payload; a value as a line of JSON |
//! | `panics`, `stderr`, `paths` | catches panics; standard error; paths on the command line |
//!
//! No two modules use each other.
//!
//! # Panics
//!
//! A panic in a run is caught and ends the run with status 70: see `panics.rs`.

mod args;
mod batch_output;
mod check;
mod contents;
mod examples;
mod excerpt;
mod findings;
mod guess;
mod id_field;
mod info;
mod input;
mod json_line;
mod layout;
mod losses_bounds;
mod message;
mod panics;
mod paths;
mod pipeline;
mod progress;
mod report;
mod run;
mod sentences;
mod sink;
mod sort;
mod source;
mod status;
mod stderr;
mod summary;
mod tally;
mod wording;
mod worker;

use std::io;
use std::process::ExitCode;

use clap::Parser as _;
use clap::error::ErrorKind as UsageKind;

use crate::args::{Args, ErrorFormat};
use crate::run::Failure;
use crate::status::Status;
use crate::stderr::print_error;

/// Parts of a run that the fuzz target `stream` uses without a process.
#[doc(hidden)]
pub mod fuzzing {
    pub use crate::args::{Args, InputFormat, OnError, To};
    pub use crate::batch_output::{BatchOutput, EarlyEnd};
    pub use crate::id_field::IdField;
    pub use crate::panics::Panic;
    pub use crate::pipeline::run;
    pub use crate::source::{Batch, Index, Lines, Losses, People, Positional, Restored, SourceError};
    pub use crate::tally::Tally;
}

/// Runs the command with the arguments of the process.
#[must_use]
pub fn main() -> ExitCode {
    let args = match Args::try_parse() {
        Ok(args) => args,
        Err(error) => {
            let is_asked = matches!(error.kind(), UsageKind::DisplayHelp | UsageKind::DisplayVersion);
            return match error.print() {
                _ if !is_asked => Status::Usage,
                // A reader that closed the pipe is no error.
                Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Status::Io,
                Ok(()) | Err(_) => Status::Done,
            }
            .into();
        }
    };
    panics::install_hook();
    let ended = panics::catch(|| print_info_or_run(&args));
    let ended = ended.unwrap_or_else(|panic| Err(Failure::panicked(None, &panic)));
    ended
        .unwrap_or_else(|failure| {
            print_error(&failure.message(args.error_format()));
            failure.status
        })
        .into()
}

fn print_info_or_run(args: &Args) -> Result<Status, Failure> {
    let checked = args.check_schema();
    if checked.is_ok()
        && let Some(text) = info::text(args)
    {
        return Ok(info::print(&text));
    }
    if let Err(why) = checked.and_then(|()| args.check_combinations()) {
        let why = message::failure(ErrorFormat::Line, Status::Usage as i32, &why);
        print_error(&format!("{why}\nFor more information, try '--help'.\n"));
        return Ok(Status::Usage);
    }
    run::run(args)
}
