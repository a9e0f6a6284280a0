//! Does the tasks of a batch, writes their results into buffers, and counts losses.

mod built;
mod passing_on;
mod rejecting;

use deskpro_contact::losses_file::PersonId;
use deskpro_contact::rows;
use deskpro_contact::{Converter, Error, MAX_PAYLOAD, Options, Profile, Source, Target};
use memchr::{memchr, memchr_iter};

use self::built::PayloadBuilder;
use crate::args::{Args, ErrorFormat};
use crate::batch_output::{BatchOutput, EarlyEnd};
use crate::category::{Category, DIFFERENCE};
use crate::examples::{Quota, SHOWN};
use crate::id_field::IdField;
use crate::message::{Message, Subject};
use crate::panics;
use crate::source::{Batch, BatchLine, Rows, Task, rows_error};

/// Does the tasks of batches. Each thread has a worker, whose converters reuse their buffers.
pub(crate) struct Worker<'a> {
    args: &'a Args,
    converter: Converter,
    /// Builds payloads, if the lines are not payloads themselves.
    builder: Option<PayloadBuilder>,
    /// Converts in the other direction, for `--verify`.
    reverse: Converter,
    id_field: Option<IdField>,
    /// Whether each id can come only once. Then ids need not be compared, which would take memory for each.
    has_unique_ids: bool,
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
        // The report of `--check` as text only counts notes.
        let shows_notes = args.report.is_some() || args.check && args.error_format() == ErrorFormat::Json;
        let reverse = Converter::new(Options::new(from, to).max_payload(MAX_PAYLOAD).profile(args.profile()));
        Self {
            args,
            converter: Converter::new(options),
            builder: PayloadBuilder::new(args),
            reverse,
            id_field: IdField::new(args),
            has_unique_ids: args.are_ids_unique(),
            quota: if shows_notes { Quota::default() } else { Quota::without_notes() },
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
        out.tally.findings = self.args.needs_findings().then(Box::default);
        out.tally.contents.of_input.clone_from(&batch.warnings);
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
            findings.lines = memchr_iter(b'\n', &out.losses).count() as u64;
            findings.bytes = out.losses.len() as u64;
        }
        if self.args.check {
            out.output.clear();
            out.losses.clear();
            out.rejects.clear();
        }
    }

    /// Builds the payload of a line that is not a payload itself. The inner error rejects the payload.
    fn build(&mut self, line: &BatchLine, text: &[u8]) -> Result<Result<(), Error>, rows::Error> {
        match (&line.task, &mut self.builder) {
            (Task::Convert, Some(builder)) => Ok(builder.build(line.payload(text))),
            (Task::Build, Some(builder)) => builder.build_rows(Rows(line.with_end(text))),
            (Task::Build, None) => unreachable!("only a source of rows has this task"),
            (
                Task::Convert
                | Task::Restore { .. }
                | Task::PassOn { .. }
                | Task::WriteVerbatim { .. }
                | Task::ReportMissing { .. }
                | Task::RejectOversized(_),
                _,
            ) => Ok(Ok(())),
        }
    }

    fn convert_line(&mut self, batch: &Batch, line: &BatchLine, out: &mut BatchOutput) {
        let text = line.payload(&batch.text);
        let is_built = match self.build(line, &batch.text) {
            Ok(is_built) => is_built,
            Err(error) => {
                out.end = Some(EarlyEnd::WrongInput(rows_error(&self.args.input_name(), &error)));
                return;
            }
        };
        let builder = self.builder.as_ref();
        let converted = match &line.task {
            Task::Convert | Task::Build => match builder {
                None => self.converter.convert(text),
                Some(builder) => is_built.and_then(|()| {
                    let conversion = self.converter.convert(&builder.payload)?;
                    Ok(conversion.with_builder_losses(builder.losses()))
                }),
            },
            Task::Restore { losses, .. } => self.converter.restore(text, &batch.losses[losses.clone()]),
            Task::PassOn { losses } => return self.pass_on(&batch.losses[losses.clone()], out),
            Task::WriteVerbatim { losses, id } => {
                return self.write_verbatim(batch, line, losses.clone(), id.as_deref(), out);
            }
            Task::ReportMissing { len, id } => return self.report_missing(line, *len, id.as_deref(), out),
            Task::RejectOversized(part) => return self.reject_oversized(batch, line, part, out),
        };
        // Messages and files never show compact rows, but the payload that was built from them.
        let payload = builder.and_then(PayloadBuilder::of_rows).map_or(text, |(payload, _)| payload);
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
                match id {
                    Some(_) if self.has_unique_ids => contents.with_id += 1,
                    Some(id) => contents.count_id(line.number, id),
                    None => {}
                }
                let of_line =
                    |path: &str| builder.and_then(|builder| builder.line_at(path)).unwrap_or(line.number);
                let subject =
                    Subject { line: line.number, id, payload: self.shows_excerpt.then_some(payload) };
                let of_builder = conversion.builder_losses().len();
                let earlier = out.messages.len();
                for (n, (code, severity)) in conversion.codes().enumerate() {
                    out.tally.count_loss(code, severity);
                    if self.quota.takes_loss(code, severity)
                        && let Some(loss) = conversion.loss(n)
                    {
                        // The paths of the builder's losses are paths in the line. Messages do not show a line of rows.
                        // The paths of all other losses are paths in the payload.
                        let shown = match (n < of_builder, &line.task) {
                            (true, Task::Build) => None,
                            (true, _) => Some(payload),
                            (false, _) => Some(conversion.payload()),
                        };
                        let subject = Subject {
                            line: loss.source_line().unwrap_or_else(|| of_line(loss.path())),
                            payload: shown.filter(|_| self.shows_excerpt),
                            ..subject
                        };
                        out.messages.push(Message::loss(Category::of(severity), subject, &loss));
                    }
                }
                // The builder's losses come first, but their lines may stand after the lines of other losses.
                if of_builder > 0 {
                    out.messages[earlier..].sort_by_key(|message| message.parts().line);
                }
                if self.args.profile() == Profile::Extended {
                    conversion.phone_reasons().for_each(|reason| out.tally.count_reason(reason));
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
                        true => conversion.reads_like(conversion.output()),
                        false => self.reverse.can_restore(conversion),
                    };
                    if is_whole {
                        out.tally.verified += 1;
                    } else {
                        report_difference(Subject { line: of_line(""), ..subject }, out);
                    }
                }
            }
            Err(error) => self.reject_failed(batch, line, error, out),
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

fn json_string(text: &str) -> String {
    serde_json::to_string(text).expect("a string is JSON")
}

fn parse_id(json: &str) -> PersonId<'_> {
    PersonId::from_json(json).expect("the library and the id field give JSON scalars")
}
