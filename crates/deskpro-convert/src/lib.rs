//! The command `convert` as a library: legacy Deskpro contact data to v2 JSON and back, on streams of any length.
//!
//! The interface of this crate is its command line; its functions are public for `main`, tests and fuzzing alone and
//! may change with any version. Programs use the crate `deskpro-contact`.
//!
//! # How data flows
//!
//! ```text
//! input ─▶ source: lines, or outputs with their losses ─▶ batches
//!            ─▶ pipeline: workers convert batches on several threads ─▶ batch outputs, in order
//!            ─▶ run: writes them to sinks, adds tallies, shows messages, ends with a status
//! ```
//!
//! `args` is the command line; `questions` are the options that are answered without a run. `input` opens and
//! decompresses, `source` cuts into batches, `worker` converts a batch into a `batch_output`, `pipeline` has the
//! threads, `run` owns what is written. `tally` counts, `findings` counts what only `--check` tells, `status` decides
//! the exit status by the counts, `report` and `check` put them into words and `summary` into JSON. `message` is a
//! sentence about a line, with an `excerpt` of the payload; `examples` keeps the first of each code.
//!
//! A module uses only modules that stand before it in this text or below it in the flow, never both ways.
//!
//! # Panics
//!
//! A panic anywhere in a run is caught and ends it with status 70: see `panics.rs`.

mod args;
mod batch_output;
mod check;
mod examples;
mod excerpt;
mod findings;
mod id_field;
mod info;
mod input;
mod json_line;
mod message;
mod panics;
mod paths;
mod pipeline;
mod progress;

mod report;
mod run;
mod sink;
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
use crate::stderr::say;

/// A run of the stream without its process, for the fuzz target `stream`.
#[doc(hidden)]
pub mod fuzzing {
    pub use crate::args::{Args, OnError, To};
    pub use crate::batch_output::{BatchOutput, EarlyEnd};
    pub use crate::id_field::IdField;
    pub use crate::panics::Panic;
    pub use crate::pipeline::run;
    pub use crate::source::{Batch, Lines, Losses, Restored, SourceError};
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
                // A reader that closed the pipe has seen enough.
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
            say(&failure.message(args.error_format()));
            failure.status
        })
        .into()
}

fn print_info_or_run(args: &Args) -> Result<Status, Failure> {
    if let Some(text) = info::text(&args.info) {
        return Ok(info::print(&text));
    }
    if let Err(why) = args.check_combinations() {
        let why = message::failure(ErrorFormat::Line, Status::Usage as i32, &why);
        say(&format!("{why}\nFor more information, try '--help'.\n"));
        return Ok(Status::Usage);
    }
    run::run(args)
}
