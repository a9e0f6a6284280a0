//! The first and the last line of the losses file of a run.

use deskpro_contact::losses_file::{self, End, Head, VERSION};

use crate::args::Args;
use crate::tally::Tally;

/// The first line, with its line end.
pub(crate) fn head(args: &Args) -> Vec<u8> {
    let head = Head {
        version: VERSION,
        from: args.source().name().to_owned(),
        to: args.target().name().to_owned(),
        profile: args.profile().name().to_owned(),
        id_field: args.id_field.clone(),
        // A restoring run reads what was decoded before.
        encoding: args.encoding.filter(|_| !args.is_restoring()).map(|encoding| encoding.to_string()),
    };
    let mut line = Vec::new();
    losses_file::write_head(&head, &mut line);
    line.push(b'\n');
    line
}

/// The last line, with its line end.
pub(crate) fn end(tally: &Tally) -> Vec<u8> {
    let mut line = Vec::new();
    losses_file::write_end(&End { lines: tally.lines, with_losses: tally.with_losses }, &mut line);
    line.push(b'\n');
    line
}
