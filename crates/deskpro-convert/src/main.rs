//! The command `convert`: legacy Deskpro contact data to v2 JSON and back, on streams of any length.
//!
//! [`args`] is the command line, and [`answer`] what it may ask instead of a run. [`input`] gives bytes, [`source`] makes batches of payloads of them, [`stream`]
//! converts batches, [`run`] writes them to each [`sink`], and [`report`] says what happened, in [`message`]s that name
//! [`who`] and show a [`piece`]; [`check`] says it all without writing.

mod answer;
mod args;
mod check;
mod input;
mod message;
mod piece;
mod progress;
mod report;
mod run;
mod sink;
mod source;
mod stream;
mod who;

use std::io::{self, Write as _};
use std::process::ExitCode;

use clap::Parser as _;
use clap::error::ErrorKind as UsageKind;

use crate::args::{Args, ErrorFormat};
use crate::report::Exit;

fn main() -> ExitCode {
    let args = match Args::try_parse() {
        Ok(args) => args,
        Err(error) => {
            let is_asked = matches!(error.kind(), UsageKind::DisplayHelp | UsageKind::DisplayVersion);
            return match error.print() {
                _ if !is_asked => Exit::Usage,
                // Who closed the pipe has seen enough.
                Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Exit::Io,
                Ok(()) | Err(_) => Exit::Done,
            }
            .into();
        }
    };
    if let Some(text) = answer::answer(&args.question) {
        return answer::print(&text).into();
    }
    if let Err(why) = args.conflict() {
        let why = message::failure(ErrorFormat::Line, Exit::Usage as i32, &why);
        say(&format!("{why}\nFor more information, try '--help'.\n"));
        return Exit::Usage.into();
    }
    match run::run(&args) {
        Ok(exit) => exit.into(),
        Err(failure) => {
            say(&message::failure(args.error_format(), failure.exit as i32, &failure.why));
            failure.exit.into()
        }
    }
}

/// Writes to standard error. Where that is closed, there is nobody to tell.
fn say(text: &str) {
    let _ = io::stderr().write_all(text.as_bytes());
}
