//! The report of `--check`, as text or JSON.

use std::fmt::Write as _;

use deskpro_contact::Code;

use crate::args::{Args, ErrorFormat};
use crate::contents::Contents;
use crate::examples::Examples;
use crate::excerpt::{Excerpt, printable};
use crate::findings::{Findings, NameCounts};
use crate::json_line::json_line;
use crate::losses_bounds;
use crate::message::Renderer;
use crate::report;
use crate::status::Status;
use crate::summary::CheckReport;
use crate::tally::{Category, CodeCount, DIFFERENCE, Tally};
use crate::wording::{Wording, counted};

/// The report, with its line end.
pub(crate) fn report(tally: &Tally, examples: &Examples, args: &Args, renderer: &Renderer) -> String {
    // An empty input has no batch and no findings.
    let empty = Findings::default();
    let findings = tally.findings.as_deref().unwrap_or(&empty);
    // A losses file always has a first and a last line.
    let bytes = findings.bytes + (losses_bounds::head(args).len() + losses_bounds::end(tally).len()) as u64;
    match renderer.format {
        ErrorFormat::Human | ErrorFormat::Line => text(tally, examples, findings, bytes, args, renderer),
        ErrorFormat::Json => json_line(&CheckReport::new(tally, examples, findings, bytes, args)),
    }
}

fn text(
    tally: &Tally,
    examples: &Examples,
    findings: &Findings,
    bytes: u64,
    args: &Args,
    renderer: &Renderer,
) -> String {
    let Tally { lines, converted, rejected, with_losses, contents, .. } = tally;
    let mut out = format!("payloads {lines}, converted {converted}, rejected {rejected}\n");
    let Contents { with_contact_data, empty, with_id, .. } = contents;
    let _ = write!(out, "with contact data {with_contact_data}, empty {empty}");
    let _ = match &args.id_field {
        Some(field) => {
            writeln!(out, ", with the field {} {with_id}", printable(field.as_bytes(), Excerpt::MAX_PLACE))
        }
        None => writeln!(out),
    };
    for row in tally.all_codes() {
        let _ = writeln!(out, "\n{}: {}", row.code, outcome(row, renderer.wording));
        if row.category == Category::Data && row.code == Code::Phone.name() {
            for (reason, count) in tally.reasons() {
                let _ = writeln!(out, "  {count} {reason}: {}", reason.words());
            }
        }
        for message in examples.of(row.category, row.code) {
            let _ = writeln!(out, "  {}", message.example(renderer));
        }
    }
    names("types", &findings.types, &mut out);
    names("unknown types", &findings.unknown_types, &mut out);
    names("unknown fields", &findings.unknown_fields, &mut out);
    let Findings { data, notes, .. } = findings;
    let _ = writeln!(
        out,
        "\n--losses would hold: data {data}, notes {notes}, rejected payloads {rejected}, lines with any of these \
         {with_losses}, bytes {bytes}"
    );
    for sentence in report::sentences(tally, args) {
        let _ = writeln!(out, "{sentence}");
    }
    let _ = writeln!(out, "exit status {}", Status::of(tally, args) as i32);
    out
}

/// The counts of a code with their nouns and the outcome: `2 values in 1 payload would be kept`.
fn outcome(row: CodeCount, wording: Wording) -> String {
    let CodeCount { category, code, count, payloads } = row;
    let in_payloads = |noun| format!("{} in {}", counted(count, noun), counted(payloads, "payload"));
    match category {
        Category::Rejected if code == DIFFERENCE => {
            format!("{} would not be restored as sent", counted(count, "payload"))
        }
        Category::Rejected => format!("{} {}", counted(count, "payload"), wording.outcome(category)),
        Category::Data if code == Code::RejectedRecord.name() => {
            format!("{} {} and {}", in_payloads("record"), wording.passive("rejected"), wording.fate())
        }
        Category::Data => format!("{} {}", in_payloads("value"), wording.outcome(category)),
        Category::Note => in_payloads("note"),
    }
}

fn names(title: &str, counts: &NameCounts, out: &mut String) {
    let names = counts.sorted();
    if names.is_empty() {
        return;
    }
    let _ = writeln!(out, "\n{title}");
    for (name, count) in names {
        let _ = writeln!(out, "  {name}: {count}");
    }
    if counts.others > 0 {
        let _ = writeln!(out, "  others: {}", counts.others);
    }
}
