//! Does the tasks of a batch, writes their results into buffers, and counts losses and rejected payloads.

use std::ops::Range;

use deskpro_contact::losses_file::{self, Line, Losses, PersonId};
use deskpro_contact::{
    Code, Converter, Error, ErrorKind, Loss, MAX_PAYLOAD, Options, Severity, Source, Target, legacy_json,
};

use memchr::memchr;

use crate::args::{Args, ErrorFormat, InputFormat, OnError};
use crate::batch_output::{BatchOutput, EarlyEnd};
use crate::examples::{Quota, SHOWN};
use crate::id_field::IdField;
use crate::message::{Message, Subject};
use crate::panics;
use crate::source::{Batch, BatchLine, LinePart, Task};
use crate::tally::{Category, DIFFERENCE};
use crate::wording::counted;

/// Does the tasks of batches. Each thread has a worker, whose converters reuse their buffers.
pub(crate) struct Worker<'a> {
    args: &'a Args,
    converter: Converter,
    /// Builds payloads, if the lines are not payloads themselves.
    built: Option<Built>,
    /// Converts in the other direction, for `--verify`.
    reverse: Converter,
    id_field: Option<IdField>,
    quota: Quota,
    /// Whether messages show an excerpt of the payload.
    shows_excerpt: bool,
    /// Whether losses are written to the batch output; `--check` only counts their bytes.
    writes_losses: bool,
    /// Whether the current batch holds a carriage return.
    has_carriage_returns: bool,
    /// The number of the current line.
    line: u64,
}

impl<'a> Worker<'a> {
    pub(crate) fn new(args: &'a Args) -> Self {
        let options = args.options();
        let (from, to) = match options.source() {
            Source::Form => (Source::V2, Target::Form),
            Source::V2 => (Source::Form, Target::V2),
        };
        let reverse = Converter::new(Options::new(from, to).max_payload(MAX_PAYLOAD));
        Self {
            args,
            converter: Converter::new(options),
            built: Built::new(args),
            reverse,
            id_field: IdField::new(args),
            quota: if args.check { Quota::default() } else { Quota::without_notes() },
            shows_excerpt: args.error_format() == ErrorFormat::Human && !args.check,
            writes_losses: args.losses.is_some() || args.check,
            has_carriage_returns: false,
            line: 0,
        }
    }

    /// Replaces the content of `out` with the results of a batch. After a panic, `out` holds only the panic.
    pub(crate) fn convert(&mut self, batch: &Batch, out: &mut BatchOutput) {
        out.clear();
        if let Err(panic) = panics::catch(|| self.convert_lines(batch, out)) {
            out.clear();
            out.end = Some(EarlyEnd::Panic(self.line, panic));
        }
    }

    fn convert_lines(&mut self, batch: &Batch, out: &mut BatchOutput) {
        out.output.reserve(batch.text.len());
        out.tally.findings = self.args.check.then(Box::default);
        // One search for the batch, because few inputs hold any.
        self.has_carriage_returns = memchr(b'\r', &batch.text).is_some();
        for line in &batch.lines {
            self.line = line.number;
            if self.args.panic_at == Some(line.number) {
                panic!("--panic-at {}", line.number);
            }
            self.convert_line(batch, line, out);
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

    fn convert_line(&mut self, batch: &Batch, line: &BatchLine, out: &mut BatchOutput) {
        let payload = line.payload(&batch.text);
        let converted = match &line.task {
            Task::Convert => match &mut self.built {
                None => self.converter.convert(payload),
                Some(built) => built.build(payload).and_then(|()| {
                    let conversion = self.converter.convert(&built.payload)?;
                    Ok(conversion.with_source_losses(&built.losses))
                }),
            },
            Task::Restore { losses, .. } => self.converter.restore(payload, &batch.losses[losses.clone()]),
            Task::PassOn { losses } => return self.pass_on(&batch.losses[losses.clone()], out),
            Task::WriteVerbatim { losses, id } => {
                return self.write_verbatim(batch, line, losses.clone(), id.as_deref(), out);
            }
            Task::ReportMissing { len, id } => return self.report_missing(line, *len, id.as_deref(), out),
            Task::RejectOversized(part) => return self.reject_oversized(batch, line, part, out),
        };
        out.tally.lines += 1;
        let contents = &mut out.tally.contents;
        contents.empty += u64::from(payload.is_empty());
        if self.has_carriage_returns {
            contents.with_carriage_return += u64::from(memchr(b'\r', payload).is_some());
        }
        match &converted {
            Ok(conversion) => {
                out.tally.converted += 1;
                contents.with_contact_data += u64::from(conversion.has_records());
                out.output.extend_from_slice(conversion.output());
                out.output.push(b'\n');
                let id = conversion.id();
                let id = id.as_deref().map(parse_id);
                if let Some(id) = id {
                    contents.count_id(line.number, id);
                }
                let subject =
                    Subject { line: line.number, id, payload: self.shows_excerpt.then_some(payload) };
                let of_source = conversion.source_losses().len();
                for (n, (code, severity)) in conversion.codes().enumerate() {
                    out.tally.count_loss(code, severity);
                    if self.quota.takes_loss(code, severity)
                        && let Some(loss) = conversion.loss(n)
                    {
                        // The losses of the source have their places in the line, the others in the payload.
                        let shown = if n < of_source { payload } else { conversion.payload() };
                        let subject = Subject { payload: subject.payload.map(|_| shown), ..subject };
                        out.messages.push(Message::loss(Category::of(severity), subject, &loss));
                    }
                }
                if let Some(findings) = &mut out.tally.findings {
                    findings.conversion(self.args.target(), conversion);
                }
                out.tally.with_losses += u64::from(conversion.has_losses());
                // With ids, each payload has a line: a restoring run finds people by it.
                if self.writes_losses && (conversion.has_losses() || self.id_field.is_some()) {
                    conversion.write_losses_line(line.number, &mut out.losses);
                    out.losses.push(b'\n');
                }
                if self.args.verify {
                    let is_whole = match self.args.keeps_format() {
                        true => conversion.is_same(conversion.output()),
                        false => self.reverse.restores(conversion),
                    };
                    if is_whole {
                        out.tally.verified += 1;
                    } else {
                        report_difference(subject, out);
                    }
                }
            }
            Err(error) => self.reject_failed(batch, line, error, out),
        }
    }

    /// Rejects a payload that cannot be converted or restored.
    #[cold]
    fn reject_failed(&mut self, batch: &Batch, line: &BatchLine, error: &Error, out: &mut BatchOutput) {
        match (error.kind(), &line.task) {
            (ErrorKind::OtherPayload, Task::Restore { at, .. }) => {
                out.end = Some(EarlyEnd::Mismatch(other_payload(self.args, error, *at)));
                return;
            }
            (ErrorKind::NotLosses, _) => {
                out.end = Some(EarlyEnd::Mismatch(error.to_string()));
                return;
            }
            _ => {}
        }
        if self.args.rejects.is_some() {
            out.rejects.extend_from_slice(line.with_end(&batch.text));
        }
        let payload = line.payload(&batch.text);
        let built = self.built.as_ref().filter(|built| built.is_built);
        let id = self.id_field.as_ref().and_then(|field| match built {
            Some(built) => field.of_form().find(&built.payload, false),
            None => field.find(payload, false),
        });
        let losses = match &line.task {
            Task::Restore { losses, .. } => losses_of(&batch.losses[losses.clone()]),
            Task::Convert
            | Task::WriteVerbatim { .. }
            | Task::PassOn { .. }
            | Task::ReportMissing { .. }
            | Task::RejectOversized(_) => None,
        };
        self.reject(line.number, id.as_deref(), error, Some(payload), losses, out);
    }

    /// Writes a rejected payload from the losses file unchanged, with a line end.
    #[cold]
    fn write_verbatim(
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
        for (code, severity) in codes {
            out.tally.count_loss(code, severity);
        }
        if self.writes_losses {
            let id = id.map(json_string);
            let id = id.as_deref().map(parse_id);
            losses_file::write_passed_on(line, id, text, losses, &mut out.losses);
            out.losses.push(b'\n');
            out.tally.with_losses += u64::from(losses.is_some());
        }
    }

    /// Counts and reports losses that find no place in this run, and writes them to the new losses file.
    #[cold]
    fn pass_on(&mut self, text: &[u8], out: &mut BatchOutput) {
        let parsed = losses_file::read(text).expect("the source has read this line");
        let losses = parsed.losses().expect("the source passes on lines with losses");
        let codes = match losses.codes() {
            Ok(codes) => codes,
            Err(error) => {
                out.end = Some(EarlyEnd::Mismatch(error.to_string()));
                return;
            }
        };
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

    /// Counts and reports a rejected payload whose text is not in the losses file.
    #[cold]
    fn report_missing(&mut self, line: &BatchLine, len: u64, id: Option<&str>, out: &mut BatchOutput) {
        out.tally.lines += 1;
        out.tally.lost_payloads += 1;
        out.tally.missing_payloads += 1;
        let why =
            "its text was over the limit and is not in the losses file; see the file that --rejects wrote";
        let id = id.map(json_string);
        let id = id.as_deref().map(parse_id);
        let subject = Subject { line: line.number, id, payload: None };
        let error = Error::too_long(len, self.args.max_line());
        let code = error.kind().name();
        self.count_rejected(code, out, || Message::new(Category::Rejected, code, subject, "", why));
        if self.writes_losses {
            let rejected = losses_file::Rejected {
                line: line.number,
                id,
                error: &error,
                emitted: false,
                payload: None,
                losses: None,
            };
            losses_file::write_rejected(&rejected, &mut out.losses);
            out.losses.push(b'\n');
            out.tally.with_losses += 1;
        }
    }

    /// Writes a part of a line over the limit to the rejects, and rejects the line at its last part.
    #[cold]
    fn reject_oversized(&mut self, batch: &Batch, line: &BatchLine, part: &LinePart, out: &mut BatchOutput) {
        out.tally.lines += u64::from(part.is_first);
        if self.args.rejects.is_some() {
            out.rejects.extend_from_slice(line.with_end(&batch.text));
        }
        if let Some(len) = part.len {
            let error = Error::too_long(len, self.args.max_line());
            if let Some(built) = &mut self.built {
                built.is_built = false;
            }
            self.reject(line.number, part.id.as_deref(), &error, None, None, out);
        }
    }

    /// Counts and reports a rejected payload, and writes it to the losses. `losses` are the losses of the payload that a
    /// restoring run could not put back; they go to the new losses file too.
    fn reject(
        &mut self,
        line: u64,
        id: Option<&str>,
        error: &Error,
        payload: Option<&[u8]>,
        losses: Option<Losses<'_>>,
        out: &mut BatchOutput,
    ) {
        let id = id.map(parse_id);
        if let Some(id) = id {
            out.tally.contents.count_id(line, id);
        }
        let emitted = self.args.on_error == OnError::Emit;
        let built = self.built.as_ref().filter(|built| built.is_built).map(|built| &*built.payload);
        let subject = Subject { line, id, payload: built.or(payload).filter(|_| self.shows_excerpt) };
        let code = error.kind().name();
        out.tally.count_rejected(code);
        if self.quota.takes_rejected(code) {
            out.messages.push(Message::rejected(subject, error));
        }
        let (has_losses_file, has_rejects) = (self.args.losses.is_some(), self.args.rejects.is_some());
        let is_text_kept = has_rejects || has_losses_file && payload.is_some();
        let are_losses_kept = has_losses_file || !losses.is_some_and(has_data);
        out.tally.lost_payloads += u64::from(!(is_text_kept && are_losses_kept));
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

/// Counts and reports a payload that was not restored to its own text.
#[cold]
fn report_difference(subject: Subject<'_>, out: &mut BatchOutput) {
    out.tally.differences += 1;
    if out.tally.differences <= SHOWN {
        let text = "the restored payload differs: this is a bug of convert, please report it";
        out.messages.push(Message::new(Category::Rejected, DIFFERENCE, subject, "", text));
    }
}

/// The sentence for line `at` of the outputs, which differs from the output that was written there.
fn other_payload(args: &Args, error: &Error, at: u64) -> String {
    let losses = args.restore.first().expect("losses are put back").display();
    format!(
        "{losses} does not fit: line {at} of the output: {error}; if lines were edited and none was moved, give \
         --edited; to move or remove lines, convert with --id-field"
    )
}

fn json_string(text: &str) -> String {
    serde_json::to_string(text).expect("a string is JSON")
}

fn parse_id(json: &str) -> PersonId<'_> {
    PersonId::from_json(json).expect("the library and the id field give JSON scalars")
}

/// The losses in a line of a losses file, if the line is not empty.
fn losses_of(line: &[u8]) -> Option<Losses<'_>> {
    if line.is_empty() {
        return None;
    }
    losses_file::read(line).as_ref().map(Line::losses).expect("the source has read this line")
}

/// Whether one of the losses is data. True for losses that cannot be read.
fn has_data(losses: Losses<'_>) -> bool {
    losses.codes().map_or(true, |codes| codes.iter().any(|(_, severity)| *severity == Severity::Data))
}

/// Builds payloads from lines of another format, in buffers that are used again.
struct Built {
    reader: legacy_json::Reader,
    payload: Vec<u8>,
    /// What the line holds and the payload does not.
    losses: Vec<Loss>,
    /// Whether a payload could be built from the current line.
    is_built: bool,
}

impl Built {
    /// None if the lines are payloads.
    fn new(args: &Args) -> Option<Self> {
        match args.input_format() {
            InputFormat::Json => {
                let reader = legacy_json::Reader::new();
                let reader = args.allow_field.iter().fold(reader, legacy_json::Reader::allow_field);
                Some(Self { reader, payload: Vec::new(), losses: Vec::new(), is_built: false })
            }
            InputFormat::Form | InputFormat::V2 => None,
        }
    }

    fn build(&mut self, line: &[u8]) -> Result<(), Error> {
        self.is_built = false;
        self.losses = self.reader.payload(line, &mut self.payload)?;
        self.is_built = true;
        Ok(())
    }
}
