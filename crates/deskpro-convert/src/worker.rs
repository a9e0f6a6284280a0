//! Converts, restores or passes on the payloads of a batch, and counts what happens.

use std::ops::Range;

use deskpro_contact::losses_file::{self, Line, Losses, PersonId};
use deskpro_contact::{Converter, Error, ErrorKind, MAX_PAYLOAD, Options, Severity, Source, Target};

use crate::args::{Args, ErrorFormat, OnError};
use crate::batch_output::{BatchOutput, Changed, EarlyEnd};
use crate::examples::{Quota, SHOWN};
use crate::id_field::IdField;
use crate::message::{At, Message};
use crate::panics;
use crate::source::{Batch, Item, LinePart, Task};
use crate::tally::{Category, DIFFERENCE};

/// Converts batches, with buffers of its own.
pub(crate) struct Worker<'a> {
    args: &'a Args,
    converter: Converter,
    /// The way back, for `--verify`.
    back: Converter,
    id_field: Option<IdField>,
    quota: Quota,
    /// Whether messages show an excerpt of the payload.
    shows_excerpt: bool,
    /// Whether losses are written, if only to be counted.
    writes_losses: bool,
    /// The line that is being worked on.
    line: u64,
}

impl<'a> Worker<'a> {
    pub(crate) fn new(args: &'a Args) -> Self {
        let options = args.options();
        let (from, to) = match options.source() {
            Source::Form => (Source::V2, Target::Form),
            Source::V2 => (Source::Form, Target::V2),
        };
        let back = Converter::new(Options::new(from, to).max_payload(MAX_PAYLOAD));
        Self {
            args,
            converter: Converter::new(options),
            back,
            id_field: IdField::new(args),
            quota: if args.check { Quota::default() } else { Quota::without_notes() },
            shows_excerpt: args.error_format() == ErrorFormat::Human && !args.check,
            writes_losses: args.losses.is_some() || args.check,
            line: 0,
        }
    }

    /// Converts a batch into `out`, and replaces what is there. Where that panics, `out` says so and holds nothing else.
    pub(crate) fn convert(&mut self, batch: &Batch, out: &mut BatchOutput) {
        out.clear();
        if let Err(panic) = panics::catch(|| self.convert_items(batch, out)) {
            out.clear();
            out.end = Some(EarlyEnd::Panic(self.line, panic));
        }
    }

    fn convert_items(&mut self, batch: &Batch, out: &mut BatchOutput) {
        // An output is seldom longer than its payloads.
        out.output.reserve(batch.text.len());
        out.tally.findings = self.args.check.then(Box::default);
        for item in &batch.items {
            self.line = item.line;
            if self.args.panic_at == Some(item.line) {
                panic!("--panic-at {}", item.line);
            }
            self.item(batch, item, out);
            if out.end.is_some() {
                break;
            }
        }
        if let Some(findings) = &mut out.tally.findings {
            findings.bytes = out.losses.len() as u64;
            out.output.clear();
            out.losses.clear();
            out.rejects.clear();
        }
    }

    fn item(&mut self, batch: &Batch, item: &Item, out: &mut BatchOutput) {
        let payload = item.payload(&batch.text);
        let converted = match &item.task {
            Task::Convert => {
                out.tally.begins_as_json |=
                    item.line == 1 && self.args.target() != Target::Form && payload.starts_with(b"{\"");
                self.converter.convert(payload)
            }
            Task::Restore { losses, written } => {
                out.changed.extend(written.and_then(|written| Changed::of(item.line, written, payload)));
                self.converter.restore(payload, &batch.losses[losses.clone()])
            }
            Task::WriteVerbatim { losses } => return self.write_verbatim(batch, item, losses.clone(), out),
            Task::ReportMissing => return self.report_missing(item, out),
            Task::PassOn(part) => return self.pass_on(batch, item, part, out),
        };
        out.tally.lines += 1;
        match &converted {
            Ok(conversion) => {
                out.tally.converted += 1;
                out.output.extend_from_slice(conversion.output());
                out.output.push(b'\n');
                let id = self.id_field.as_ref().and_then(|field| conversion.field(field.name()));
                let id = id.as_deref().map(person_id);
                let at = At { line: item.line, id, payload: self.shows_excerpt.then_some(payload) };
                for (n, (code, severity)) in conversion.codes().enumerate() {
                    out.tally.count_loss(code, severity);
                    if self.quota.takes_loss(code, severity)
                        && let Some(loss) = conversion.loss(n)
                    {
                        out.messages.push(Message::loss(Category::of(severity), at, &loss));
                    }
                }
                if let Some(findings) = &mut out.tally.findings {
                    findings.conversion(self.args.target(), conversion);
                }
                let before = out.losses.len();
                if self.writes_losses {
                    conversion.write_losses(item.line, id, &mut out.losses);
                }
                if out.losses.len() > before {
                    out.losses.push(b'\n');
                    out.tally.with_losses += 1;
                }
                if self.args.verify {
                    if self.back.restores(conversion) {
                        out.tally.verified += 1;
                    } else {
                        report_difference(at, out);
                    }
                }
            }
            Err(error) => self.failed(batch, item, error, out),
        }
    }

    /// Rejects a payload that could not be converted.
    #[cold]
    fn failed(&mut self, batch: &Batch, item: &Item, error: &Error, out: &mut BatchOutput) {
        if error.kind() == ErrorKind::NotLosses {
            out.end = Some(EarlyEnd::Misfit(error.to_string()));
            return;
        }
        if self.args.rejects.is_some() {
            out.rejects.extend_from_slice(item.line_of(&batch.text));
        }
        let payload = item.payload(&batch.text);
        let id = self.id_field.as_ref().and_then(|field| field.find(payload, false));
        let losses = match &item.task {
            Task::Restore { losses, .. } => losses_of(&batch.losses[losses.clone()]),
            Task::Convert | Task::WriteVerbatim { .. } | Task::ReportMissing | Task::PassOn(_) => None,
        };
        self.reject(item.line, id.as_deref(), error, Some(payload), losses, out);
    }

    /// Writes a rejected payload as it was, from the losses file: it has no line end of its own.
    #[cold]
    fn write_verbatim(&mut self, batch: &Batch, item: &Item, losses: Range<usize>, out: &mut BatchOutput) {
        let text = item.line_of(&batch.text);
        out.output.extend_from_slice(text);
        // So that a carriage return of its own is not read as half of the line end.
        out.output.extend_from_slice(if text.ends_with(b"\r") { b"\r\n" } else { b"\n" });
        out.tally.lines += 1;
        out.tally.converted += 1;
        if let Some(losses) = losses_of(&batch.losses[losses]) {
            self.defer(item.line, text, losses, out);
        }
    }

    /// Passes the losses on of a rejected payload that was written as it was: they wait until it is mended.
    fn defer(&mut self, line: u64, text: &[u8], losses: Losses<'_>, out: &mut BatchOutput) {
        let codes = match losses.codes() {
            Ok(codes) => codes,
            Err(error) => {
                out.end = Some(EarlyEnd::Misfit(error.to_string()));
                return;
            }
        };
        for (code, severity) in codes {
            out.tally.count_loss(code, severity);
        }
        if self.writes_losses {
            losses_file::write_passed_on(line, None, text, losses, &mut out.losses);
            out.losses.push(b'\n');
            out.tally.with_losses += 1;
        }
    }

    /// Counts a rejected payload whose text no file holds.
    #[cold]
    fn report_missing(&mut self, item: &Item, out: &mut BatchOutput) {
        out.tally.lines += 1;
        out.tally.lost_payloads += 1;
        let why =
            "its text was over the limit and is not in the losses file; see the file that --rejects wrote";
        let at = At { line: item.line, id: None, payload: None };
        let code = ErrorKind::TooLong.name();
        self.count_rejected(code, out, || Message::new(Category::Rejected, code, at, "", why));
    }

    /// Copies a part of a line over the limit, and rejects the line once its length is known.
    #[cold]
    fn pass_on(&mut self, batch: &Batch, item: &Item, part: &LinePart, out: &mut BatchOutput) {
        out.tally.lines += u64::from(part.is_first);
        out.tally.lost_payloads += u64::from(part.has_losses);
        if self.args.rejects.is_some() {
            out.rejects.extend_from_slice(item.line_of(&batch.text));
        }
        if let Some(len) = part.len {
            let error = Error::too_long(len, self.args.max_line());
            self.reject(item.line, part.id.as_deref(), &error, None, None, out);
        }
    }

    /// Counts, keeps and reports a rejected payload. `losses` were to be put back into it: they are in the file that
    /// this run reads, and go on into the one that it writes.
    fn reject(
        &mut self,
        line: u64,
        id: Option<&str>,
        error: &Error,
        payload: Option<&[u8]>,
        losses: Option<Losses<'_>>,
        out: &mut BatchOutput,
    ) {
        let id = id.map(person_id);
        let emitted = self.args.on_error == OnError::Emit;
        let at = At { line, id, payload: payload.filter(|_| self.shows_excerpt) };
        self.count_rejected(error.kind().name(), out, || Message::rejected(at, error));
        let (keeps, rejects) = (self.args.losses.is_some(), self.args.rejects.is_some());
        let is_kept = (rejects || keeps && payload.is_some()) && (keeps || !losses.is_some_and(has_data));
        out.tally.lost_payloads += u64::from(!is_kept);
        if emitted {
            losses_file::write_error_line(error, id, &mut out.output);
            out.output.push(b'\n');
        }
        if let Some(findings) = &mut out.tally.findings {
            findings.error(error);
        }
        if self.writes_losses {
            let rejected = losses_file::Rejected { line, id, error, emitted, payload, losses };
            losses_file::write_rejected(&rejected, &mut out.losses);
            out.losses.push(b'\n');
            out.tally.with_losses += 1;
        }
        if self.args.on_error == OnError::Stop {
            out.end = Some(EarlyEnd::Rejected);
        }
    }

    fn count_rejected(
        &mut self,
        code: &'static str,
        out: &mut BatchOutput,
        message: impl FnOnce() -> Message,
    ) {
        out.tally.count_rejected(code);
        if self.quota.takes_rejected(code) {
            out.messages.push(message());
        }
    }
}

/// Counts a payload that did not come back as it was.
#[cold]
fn report_difference(at: At<'_>, out: &mut BatchOutput) {
    out.tally.differences += 1;
    if out.tally.differences <= SHOWN {
        let text = "restored to something else: please report this";
        out.messages.push(Message::new(Category::Rejected, DIFFERENCE, at, "", text));
    }
}

fn person_id(json: &str) -> PersonId<'_> {
    PersonId::from_json(json).expect("the library and the id field give a scalar as JSON")
}

/// The losses in a line of a losses file; none in no line.
fn losses_of(line: &[u8]) -> Option<Losses<'_>> {
    if line.is_empty() {
        return None;
    }
    losses_file::read(line).as_ref().map(Line::losses).expect("the source has read this line")
}

/// Whether one of the losses is data. Losses that cannot be read may be.
fn has_data(losses: Losses<'_>) -> bool {
    losses.codes().map_or(true, |codes| codes.iter().any(|(_, severity)| *severity == Severity::Data))
}
