//! What a run says of itself at its end, in words.

use std::fmt::Write as _;
use std::path::PathBuf;

use crate::args::{Args, ErrorFormat};
use crate::tally::{Group, Tally};

/// What was lost or rejected, and what became of it; nothing where nothing was.
pub(crate) fn sentences(tally: &Tally, args: &Args) -> Vec<String> {
    let mut sentences = Vec::new();
    let mut say = |count: u64, subject: &str, then: &str| {
        if count > 0 {
            let s = if count == 1 { "" } else { "s" };
            sentences.push(format!("{count} {}{then}", subject.replace("(s)", s)));
        }
    };
    let keeps = if args.check { "to be kept in" } else { "kept in" };
    let kept = |path: &Option<PathBuf>, option: &str| match path {
        Some(path) => format!(", {keeps} {}", path.display()),
        None => format!("; {option} FILE would keep them"),
    };
    let rejected = format!("of {} payloads rejected", tally.lines);
    // A restoring run has losses of its payloads, too.
    let advice = match (&args.losses, &args.rejects) {
        (None, _) if args.restore.is_some() => "; --losses FILE would keep them",
        (_, None) => "; --rejects FILE would keep them",
        (_, Some(_)) => "",
    };
    match args.rejects.as_ref().or(args.losses.as_ref()) {
        None => say(tally.rejected, &rejected, advice),
        Some(path) => {
            // A line over the limit may count twice: it is rejected, and its losses were not put back.
            let unkept = tally.unkept.min(tally.rejected);
            say(tally.rejected - unkept, &rejected, &format!(", {keeps} {}", path.display()));
            let then = format!(", whose text or losses are in no file of this run{advice}");
            say(unkept, &rejected, &then);
        }
    }
    say(tally.rejected_records(), "record(s) rejected", &kept(&args.losses, "--losses"));
    say(
        tally.lost_values(),
        "value(s) lost",
        &match (&args.losses, args.lossy) {
            (None, true) => ", as --lossy allows".to_owned(),
            (losses, _) => kept(losses, "--losses"),
        },
    );
    if args.verify {
        sentences.push(format!("verified {} of {}", tally.verified, tally.converted));
    }
    sentences
}

/// The summary for a person; nothing where nothing was lost or rejected.
pub(crate) fn summary(tally: &Tally, args: &Args, format: ErrorFormat) -> String {
    let mut text = String::new();
    for sentence in sentences(tally, args) {
        let _ = writeln!(text, "convert: {sentence}");
    }
    if tally.begins_as_json {
        text += "convert: the first line begins as JSON does; --to form is for v2 bodies\n";
    }
    let codes: Vec<String> = (tally.codes().into_iter())
        .filter(|(group, _, _)| *group != Group::Noted)
        .map(|(_, code, count)| format!("{code} {count}"))
        .collect();
    if !codes.is_empty() {
        let _ = writeln!(text, "convert: {}", codes.join(", "));
        if format == ErrorFormat::Human {
            text += "convert: --explain CODE says what one of these means\n";
        }
    }
    text
}
