//! Says what a run waits for if a person is to type its input.

use std::io::{self, IsTerminal as _};

use crate::args::{Args, ErrorFormat, InputFormat};
use crate::message::NAME;
use crate::paths::is_standard;

/// A line for a person at the terminal from which a run reads, with its line end. `None` if the run reads something
/// else, or if it writes no messages for a person.
pub(crate) fn prompt(args: &Args) -> Option<String> {
    let reads_terminal = args.input.as_deref().is_none_or(is_standard) && io::stdin().is_terminal();
    if !reads_terminal || args.quiet || args.error_format() == ErrorFormat::Json {
        return None;
    }
    let input = match args.input_format() {
        InputFormat::Form => "form payloads, one per line",
        InputFormat::Json => "legacy JSON, one per line",
        InputFormat::Dump => "an SQL dump",
        InputFormat::Rows => "exported rows",
        InputFormat::V2 => "v2 bodies, one per line",
    };
    Some(format!("{NAME} waiting for {input}. End with Ctrl-D; see --help.\n"))
}
