//! Passes on lines of the losses file whose losses are not put back in this run.

use std::ops::Range;

use deskpro_contact::losses_file::{self, Line, Losses};
use deskpro_contact::{Code, Severity};

use super::{Worker, json_string, parse_id};
use crate::batch_output::{BatchOutput, EarlyEnd};
use crate::category::Category;
use crate::message::{Message, Subject};
use crate::source::{Batch, BatchLine};
use crate::wording::counted;

impl Worker<'_> {
    /// Writes a rejected payload from the losses file unchanged, with a line end.
    #[cold]
    pub(super) fn write_verbatim(
        &mut self,
        batch: &Batch,
        line: &BatchLine,
        losses: Range<usize>,
        id: Option<&str>,
        out: &mut BatchOutput,
    ) {
        let text = line.with_end(&batch.text);
        out.output.extend_from_slice(text);
        // A `\r` at the end of the payload must not be read as part of the line end.
        out.output.extend_from_slice(if text.ends_with(b"\r") { b"\r\n" } else { b"\n" });
        out.tally.lines += 1;
        out.tally.converted += 1;
        let losses = losses_of(&batch.losses[losses]);
        if losses.is_some() || self.id_field.is_some() {
            self.defer(line.number, id, text, losses, out);
        }
    }

    /// Counts the losses of a rejected payload that was written unchanged, and writes its line of the new losses file.
    /// They are put back when the corrected payload is restored.
    fn defer(
        &mut self,
        line: u64,
        id: Option<&str>,
        text: &[u8],
        losses: Option<Losses<'_>>,
        out: &mut BatchOutput,
    ) {
        let codes = match losses.map(Losses::codes).transpose() {
            Ok(codes) => codes.unwrap_or_default(),
            Err(error) => {
                out.end = Some(EarlyEnd::Mismatch(error.to_string()));
                return;
            }
        };
        for &(code, severity) in &codes {
            out.tally.count_loss(code, severity);
        }
        if let Some(findings) = &mut out.tally.findings {
            findings.passed_on(&codes);
            findings.with_data += u64::from(losses.is_some_and(has_data));
        }
        if self.writes_losses {
            let id = id.map(json_string);
            let id = id.as_deref().map(parse_id);
            losses_file::write_passed_on(line, id, text, losses, &mut out.losses);
            out.losses.push(b'\n');
            out.tally.with_losses += u64::from(losses.is_some());
        }
    }

    /// Counts and reports losses that belong to no output of this run, and writes them to the new losses file.
    #[cold]
    pub(super) fn pass_on(&mut self, text: &[u8], out: &mut BatchOutput) {
        let parsed = losses_file::read(text).expect("the source has read this line");
        let losses = parsed.losses().expect("the source passes on lines with losses");
        let codes = match losses.codes() {
            Ok(codes) => codes,
            Err(error) => {
                out.end = Some(EarlyEnd::Mismatch(error.to_string()));
                return;
            }
        };
        if let Some(findings) = &mut out.tally.findings {
            findings.passed_on(&codes);
        }
        let count = |wanted| codes.iter().filter(|(_, severity)| *severity == wanted).count() as u64;
        let values = count(Severity::Data);
        out.tally.count_left_over(Severity::Data, values);
        out.tally.count_left_over(Severity::Note, count(Severity::Note));
        if values > 0 && self.quota.takes_loss(Code::LeftOver, Severity::Data) {
            let line = parsed.payload_line().expect("a line with losses is about a payload");
            let subject = Subject { line, id: parsed.id(), payload: None };
            let why = format!("{} of a payload that was not restored", counted(values, "value"));
            out.messages.push(Message::new(Category::Data, Code::LeftOver.name(), subject, "", &why));
        }
        if self.writes_losses {
            match parsed {
                Line::LeftOver(_) => out.losses.extend_from_slice(text),
                Line::Head(_) | Line::Payload(_) | Line::Rejected(_) | Line::End(_) => {
                    losses_file::write_left_over(text, &mut out.losses);
                }
            }
            out.losses.push(b'\n');
        }
        out.tally.with_losses += 1;
    }
}

/// The losses in a line of a losses file, if the line is not empty.
pub(super) fn losses_of(line: &[u8]) -> Option<Losses<'_>> {
    if line.is_empty() {
        return None;
    }
    losses_file::read(line).as_ref().map(Line::losses).expect("the source has read this line")
}

/// Whether one of the losses is data. True for losses that cannot be read.
pub(super) fn has_data(losses: Losses<'_>) -> bool {
    losses.codes().map_or(true, |codes| codes.iter().any(|(_, severity)| *severity == Severity::Data))
}
