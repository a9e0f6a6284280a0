//! The result of a run in one sentence, and the exit status.

use super::numbers::{several, several_are};
use super::texts::Reveal;
use super::{Extent, Outcome};
use crate::args::Args;
use crate::status::Status;
use crate::tally::Tally;

/// The result in one sentence, with more sentences and the exit status.
#[derive(Debug)]
pub(super) struct Verdict {
    pub(super) outcome: Outcome,
    pub(super) headline: String,
    pub(super) sentences: Vec<String>,
    /// Sentences about an input that is probably the wrong one, or was not read to its end.
    pub(super) warnings: Vec<String>,
    pub(super) status: i32,
}

impl Verdict {
    pub(super) fn new(tally: &Tally, status: Status, extent: Extent, args: &Args, reveal: Reveal) -> Self {
        let is_check = args.check;
        let (records, values) = (tally.rejected_records(), tally.data_losses());
        let file = args.losses.as_ref().map(|path| path.display().to_string());
        let are = |count, noun: &str| several_are(count, noun, is_check);
        let (outcome, headline) = match status {
            Status::Bug => {
                (Outcome::Lost, "Do not use the output: convert has found a bug of its own.".to_owned())
            }
            Status::Lost => {
                let head = if is_check { "Data would be lost" } else { "Data is lost" };
                // A restoring run reads a file that may hold it.
                let file = if args.is_restoring() { "no file of this run" } else { "no file" };
                (Outcome::Lost, format!("{head}: {file} holds it."))
            }
            Status::Rejected => {
                let headline = if is_check {
                    "No data would be lost, but something would be rejected, and kept in a file."
                } else {
                    "No data is lost, but something was rejected, and kept in a file."
                };
                (Outcome::Kept, headline.to_owned())
            }
            Status::Done if tally.lines == 0 => (Outcome::Kept, "The input has no payloads.".to_owned()),
            Status::Done if args.losses.is_none() && values > 0 => {
                (Outcome::Lost, format!("{} left out, as --lossy allows.", are(values, "value")))
            }
            Status::Done if values > 0 => {
                let head = if is_check { "No data would be lost" } else { "No data is lost" };
                (Outcome::Written, format!("{head}."))
            }
            Status::Done => (
                Outcome::Written,
                if is_check { "The output would hold every value." } else { "The output holds every value." }
                    .to_owned(),
            ),
            Status::Usage
            | Status::NoInput
            | Status::KeptExists
            | Status::WrongInput
            | Status::Io
            | Status::HungUp
            | Status::Interrupted
            | Status::Terminated => unreachable!("such a run writes no page"),
        };
        let mut sentences = Vec::new();
        if tally.differences > 0 {
            sentences.push(format!(
                "{} not restored as sent. --verify found this.",
                are(tally.differences, "payload")
            ));
        }
        let lost = tally.lost_payloads.min(tally.rejected);
        let kept = tally.rejected - lost;
        if kept > 0 {
            sentences.push(format!("{} rejected, and kept in a file.", are(kept, "payload")));
        }
        if lost > 0 {
            sentences.push(format!("{} rejected, and no file holds all of it.", are(lost, "payload")));
        }
        if records > 0 {
            let fate = file.as_ref().map_or("lost".to_owned(), |file| format!("kept in {file}"));
            sentences.push(format!("{} rejected, and {fate}.", are(records, "record")));
        }
        if values > 0 && (status != Status::Done || file.is_some()) {
            let fate = match &file {
                Some(file) => format!("kept in {file}"),
                None if args.lossy => "left out, as --lossy allows".to_owned(),
                None => "lost".to_owned(),
            };
            sentences.push(format!("{} {fate}.", are(values, "value")));
        }
        if args.verify && tally.differences == 0 {
            sentences.push(format!(
                "{} of {} restored in the same run, without a difference.",
                super::Count(tally.verified),
                several(tally.converted, "converted payload"),
            ));
        }
        Self {
            outcome,
            headline,
            sentences,
            warnings: warnings(tally, extent, args, reveal),
            status: status as i32,
        }
    }
}

fn warnings(tally: &Tally, extent: Extent, args: &Args, reveal: Reveal) -> Vec<String> {
    let mut warnings = Vec::new();
    match extent {
        Extent::Whole => {}
        Extent::Stopped => warnings.push(
            "The input was not read to its end: --on-error stop ended the run at the first rejected payload. These counts \
             are about this payload and those before it."
                .to_owned(),
        ),
        Extent::Closed => warnings.push(
            "The input was not read to its end, because the reader of the output closed it. These counts are about the \
             payloads that were read."
                .to_owned(),
        ),
    }
    let all = tally.contents.warnings(tally.lines, tally.converted, args);
    // Warnings of the source name files, tables and values. They come first.
    let of_source = tally.contents.of_input.len();
    match reveal {
        Reveal::Show => warnings.extend(all.iter().map(|warning| reveal.text(warning))),
        Reveal::Hide => {
            warnings.extend(all.into_iter().skip(of_source));
            if of_source > 0 {
                let about = several(of_source as u64, "warning");
                warnings.push(format!("{about} about the input, which standard error shows"));
            }
        }
    }
    warnings
}
