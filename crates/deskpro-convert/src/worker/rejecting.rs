//! Rejects payloads: counts and reports them, and writes them to the losses and the rejects.

use deskpro_contact::losses_file::{self, Rejected};
use deskpro_contact::{Error, ErrorKind};

use super::built::PayloadBuilder;
use super::passing_on::{has_data, losses_of};
use super::{Worker, json_string, parse_id};
use crate::args::{Args, OnError};
use crate::batch_output::{BatchOutput, EarlyEnd};
use crate::category::Category;
use crate::message::{Message, Subject};
use crate::source::{Batch, BatchLine, LinePart, Task};

impl Worker<'_> {
    /// Rejects a payload that cannot be converted or restored.
    #[cold]
    pub(super) fn reject_failed(
        &mut self,
        batch: &Batch,
        line: &BatchLine,
        error: &Error,
        out: &mut BatchOutput,
    ) {
        match (error.kind(), &line.task) {
            (ErrorKind::OtherPayload, Task::Restore { output_line, .. }) => {
                out.end = Some(EarlyEnd::Mismatch(other_payload(self.args, error, *output_line)));
                return;
            }
            (ErrorKind::NotLosses, _) => {
                out.end = Some(EarlyEnd::Mismatch(error.to_string()));
                return;
            }
            _ => {}
        }
        // The payload that was built is borrowed while this worker counts and reports.
        let builder = self.builder.take();
        let of_rows = builder.as_ref().and_then(PayloadBuilder::of_rows);
        let (payload, builder_losses) = of_rows.unwrap_or((line.payload(&batch.text), &[]));
        if self.args.rejects.is_some() {
            match of_rows {
                None => out.rejects.extend_from_slice(line.with_end(&batch.text)),
                Some(_) => out.rejects.extend([payload, b"\n"].into_iter().flatten()),
            }
        }
        let form = builder.as_ref().filter(|builder| builder.is_built).map(|builder| &*builder.payload);
        let id = self.id_field.as_ref().and_then(|field| match form {
            Some(form) => field.of_form().find(form, false),
            None => field.find(payload, false),
        });
        let id = id.as_deref().map(parse_id);
        let losses = match &line.task {
            Task::Restore { losses, .. } => losses_of(&batch.losses[losses.clone()]),
            Task::Convert
            | Task::Build
            | Task::WriteVerbatim { .. }
            | Task::PassOn { .. }
            | Task::ReportMissing { .. }
            | Task::RejectOversized(_) => None,
        };
        for loss in builder_losses {
            out.tally.count_loss(loss.code(), loss.severity());
            if let Some(findings) = &mut out.tally.findings {
                findings.loss(loss.severity());
            }
        }
        let in_source = builder.as_ref().and_then(|builder| builder.line_at(error.path()));
        let subject = Subject { line: in_source.unwrap_or(line.number), id, payload: form.or(Some(payload)) };
        let rejected = Rejected {
            line: line.number,
            id,
            error,
            emitted: self.emits_errors(),
            payload: Some(payload),
            losses,
            builder_losses,
        };
        self.reject(&rejected, subject, out);
        self.builder = builder;
    }

    /// Whether the output has an error line for a rejected payload.
    fn emits_errors(&self) -> bool {
        self.args.on_error == OnError::Emit
    }

    /// Counts and reports a rejected payload whose text is not in the losses file.
    #[cold]
    pub(super) fn report_missing(
        &mut self,
        line: &BatchLine,
        len: u64,
        id: Option<&str>,
        out: &mut BatchOutput,
    ) {
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
            let rejected = Rejected {
                line: line.number,
                id,
                error: &error,
                emitted: false,
                payload: None,
                losses: None,
                builder_losses: &[],
            };
            losses_file::write_rejected(&rejected, &mut out.losses);
            out.losses.push(b'\n');
            out.tally.with_losses += 1;
        }
    }

    /// Writes a part of a line over the limit to the rejects, and rejects the line at its last part.
    #[cold]
    pub(super) fn reject_oversized(
        &mut self,
        batch: &Batch,
        line: &BatchLine,
        part: &LinePart,
        out: &mut BatchOutput,
    ) {
        out.tally.lines += u64::from(part.is_first);
        if self.args.rejects.is_some() {
            out.rejects.extend_from_slice(line.with_end(&batch.text));
        }
        if let Some(len) = part.len {
            let error = Error::too_long(len, self.args.max_line());
            let id = part.id.as_deref().map(parse_id);
            let rejected = Rejected {
                line: line.number,
                id,
                error: &error,
                emitted: self.emits_errors(),
                payload: None,
                losses: None,
                builder_losses: &[],
            };
            self.reject(&rejected, Subject { line: line.number, id, payload: None }, out);
        }
    }

    /// Counts and reports a rejected payload, and writes it to the losses.
    fn reject(&mut self, rejected: &Rejected<'_>, subject: Subject<'_>, out: &mut BatchOutput) {
        let Rejected { line, id, error, emitted, payload, losses, builder_losses: _ } = *rejected;
        match id {
            Some(_) if self.has_unique_ids => out.tally.contents.with_id += 1,
            Some(id) => out.tally.contents.count_id(line, id),
            None => {}
        }
        let code = error.kind().name();
        out.tally.count_rejected(code);
        if self.quota.takes_rejected(code) {
            let payload = subject.payload.filter(|_| self.shows_excerpt);
            out.messages.push(Message::rejected(Subject { payload, ..subject }, error));
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
            losses_file::write_rejected(rejected, &mut out.losses);
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

/// The message for a line of the outputs that does not belong to the losses of that line. `output_line` is its number.
fn other_payload(args: &Args, error: &Error, output_line: u64) -> String {
    let losses = args.restore.first().expect("losses are put back").display();
    format!(
        "{losses} does not fit: line {output_line} of the output: {error}; if lines were edited and none was moved, give \
         --edited; to move or remove lines, convert with --id-field"
    )
}
