//! The results of a run in sentences: how much was rejected, kept and lost.

use std::fmt::Write as _;
use std::path::Path;

use deskpro_contact::Code;

use crate::args::{Args, ErrorFormat};
use crate::category::Category;
use crate::excerpt::printable;
use crate::layout::Tone;
use crate::message::{NAME, Renderer};
use crate::tally::{CodeCount, Tally};
use crate::wording::{Wording, counted};

/// A sentence about a run.
#[derive(Debug)]
pub(crate) struct Sentence {
    pub(crate) text: String,
    /// `Tone::Error` if something is lost that the options do not allow to be lost.
    pub(crate) tone: Tone,
}

impl Sentence {
    fn new(tone: Tone, text: String) -> Self {
        Self { text, tone }
    }
}

/// Sentences about rejected payloads, rejected records, values, verified payloads and the contents of payloads. A count
/// of 0 gets no sentence, except that of verified payloads. Warnings come last.
pub(crate) fn all(tally: &Tally, args: &Args) -> Vec<Sentence> {
    let wording = Wording::new(args);
    let mut sentences = rejected_payloads(tally, args, wording);
    let (records, values) = (tally.rejected_records(), tally.data_losses());
    if records > 0 {
        let rejected = format!("{} {}", counted(records, "record"), wording.passive("rejected"));
        sentences.push(match &args.losses {
            Some(path) => Sentence::new(Tone::Plain, rejected + &kept_in(path, wording)),
            None => Sentence::new(Tone::Error, rejected + &advice("--losses", records)),
        });
    }
    if values > 0 {
        let outcome = format!("{} {}", counted(values, "value"), wording.outcome(Category::Data));
        sentences.push(match &args.losses {
            Some(path) => Sentence::new(Tone::Plain, format!("{outcome} in {}", path.display())),
            None if args.lossy => Sentence::new(Tone::Plain, outcome + ", as --lossy allows"),
            None => Sentence::new(Tone::Error, outcome + &advice("--losses", values)),
        });
    }
    if args.verify {
        let verified = format!("verified {} of {}", tally.verified, tally.converted);
        sentences
            .push(Sentence::new(if tally.differences > 0 { Tone::Error } else { Tone::Plain }, verified));
    }
    let contents = tally.contents.sentences(tally.lines, tally.converted, args);
    sentences.extend(contents.into_iter().map(|text| Sentence::new(Tone::Plain, text)));
    let warnings = tally.contents.warnings(tally.lines, tally.converted, args);
    let warnings = warnings.iter().map(|warning| Sentence::new(Tone::Warning, format!("warning: {warning}")));
    sentences.extend(warnings);
    for Sentence { text, .. } in &mut sentences {
        // It may hold the names of files and of the id field.
        *text = printable(text.as_bytes(), usize::MAX);
    }
    sentences
}

/// Up to three sentences about rejected payloads: those that a file keeps; those that no file keeps in full; and those
/// that an earlier run rejected and whose text is not in its losses file, so that no option of this run could keep it.
fn rejected_payloads(tally: &Tally, args: &Args, wording: Wording) -> Vec<Sentence> {
    let mut sentences = payloads_rejected_here(tally, args, wording);
    let missing = tally.missing_payloads;
    if missing > 0 {
        let its = if missing == 1 { "its" } else { "their" };
        let text = format!(
            "{missing} of {} payloads {}: {its} text is not in the losses file",
            tally.lines,
            wording.passive("missing")
        );
        sentences.push(Sentence::new(Tone::Error, text));
    }
    sentences
}

/// At most two sentences about payloads that this run rejected.
fn payloads_rejected_here(tally: &Tally, args: &Args, wording: Wording) -> Vec<Sentence> {
    let rejected = tally.rejected - tally.missing_payloads;
    let Some(path) = args.rejects.as_ref().or(args.losses.as_ref()) else {
        // A restoring run also reads losses of rejected payloads, which --losses keeps, too.
        let option = if args.is_restoring() { "--losses" } else { "--rejects" };
        let text = rejected_of(rejected, tally, wording) + &advice(option, rejected);
        return if rejected > 0 { vec![Sentence::new(Tone::Error, text)] } else { Vec::new() };
    };
    // A line over the limit may count twice: it is rejected, and its losses are not put back.
    let lost = (tally.lost_payloads - tally.missing_payloads).min(rejected);
    let kept = rejected - lost;
    let mut sentences = Vec::new();
    if kept > 0 {
        let text = rejected_of(kept, tally, wording) + &kept_in(path, wording);
        sentences.push(Sentence::new(Tone::Plain, text));
    }
    if lost > 0 {
        let its = if lost == 1 { "its" } else { "their" };
        let advice = match (&args.losses, &args.rejects) {
            (None, _) if args.is_restoring() => advice("--losses", 2),
            (_, None) => advice("--rejects", 2),
            (_, Some(_)) => String::new(),
        };
        let text = format!("{}, {its} text or losses lost{advice}", rejected_of(lost, tally, wording));
        sentences.push(Sentence::new(Tone::Error, text));
    }
    sentences
}

/// `1 of 3 payloads rejected`
fn rejected_of(count: u64, tally: &Tally, wording: Wording) -> String {
    format!("{count} of {} payloads {}", tally.lines, wording.passive("rejected"))
}

/// `, kept in rejects.form`
fn kept_in(path: &Path, wording: Wording) -> String {
    format!("{} {}", wording.and_kept_in(), path.display())
}

/// Names the option that would keep `count` things.
fn advice(option: &str, count: u64) -> String {
    format!("; {option} FILE would keep {}", if count == 1 { "it" } else { "them" })
}

/// The summary for a person; empty if there is nothing to report.
pub(crate) fn summary(tally: &Tally, args: &Args, renderer: &Renderer) -> String {
    let mut out = String::new();
    let mut line = |tone, text: &str| {
        let text = renderer.layout.message(text, NAME.len() + 1);
        let _ = writeln!(out, "{NAME} {}", renderer.layout.coloured(tone, &text));
    };
    for Sentence { text, tone } in all(tally, args) {
        line(tone, &text);
    }
    let codes: Vec<String> = (tally.codes().into_iter())
        .filter(|row| row.category != Category::Note)
        .map(|CodeCount { category, code, count, payloads }| match category {
            Category::Rejected => format!("{code} {count}"),
            Category::Data | Category::Note => {
                let reasons = if code == Code::Phone.name() { reasons(tally) } else { String::new() };
                format!("{code} {count} in {}{reasons}", counted(payloads, "payload"))
            }
        })
        .collect();
    if !codes.is_empty() {
        line(Tone::Plain, &codes.join(", "));
        if renderer.format == ErrorFormat::Human {
            line(Tone::Plain, "--explain CODE says what a code means");
        }
    }
    out
}

/// The reasons why phones are not written, with their counts: ` (no-code 2, not-valid 1)`.
fn reasons(tally: &Tally) -> String {
    let counts = tally.reasons().into_iter().map(|(reason, count)| format!("{reason} {count}"));
    let counts: Vec<String> = counts.collect();
    if counts.is_empty() { String::new() } else { format!(" ({})", counts.join(", ")) }
}
