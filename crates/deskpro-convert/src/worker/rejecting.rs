//! Rejects payloads: counts and reports them, and writes them to the losses and the rejects.

use deskpro_contact::losses_file::{self, Losses};
use deskpro_contact::{Error, ErrorKind};

use super::passing_on::{has_data, losses_of};
use super::{Worker, json_string, parse_id};
use crate::args::{Args, OnError};
use crate::batch_output::{BatchOutput, EarlyEnd};
use crate::message::{Message, Subject};
use crate::source::{Batch, BatchLine, LinePart, Task};
use crate::tally::Category;

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

/// The sentence for line `at` of the outputs, which differs from the output that was written there.
fn other_payload(args: &Args, error: &Error, at: u64) -> String {
    let losses = args.restore.first().expect("losses are put back").display();
    format!(
        "{losses} does not fit: line {at} of the output: {error}; if lines were edited and none was moved, give \
         --edited; to move or remove lines, convert with --id-field"
    )
}
