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
//! `docs/architecture.md` lists the modules. No two modules use each other, except a module and those below it.
//!
//! # Panics
//!
//! A panic in a run is caught and ends the run with status 70: see `panics.rs`.

mod args;
mod batch_output;
mod category;
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
mod outcome;
mod panics;
mod paths;
mod pipeline;
mod progress;
mod prompt;
mod report;
mod run;
mod schema;
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
            if !is_asked {
                print_error(&message::usage(&error));
                return Status::Usage.into();
            }
            return match error.print() {
                // If the reader closed the pipe, this is not an error.
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
