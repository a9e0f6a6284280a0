//! The stream: batches in, batches out, in order, whatever the number of threads.
//!
//! What becomes of a batch is said here; [`turns`] has the threads.

mod carried;
mod turns;

pub(crate) use self::turns::run;

use std::ops::Range;

use deskpro_contact::{
    Code, Converter, Error, ErrorKind, MAX_PAYLOAD, Options, Severity, Source, Target, digest_of_output,
    write_rejected,
};

use self::carried::Carried;
use crate::args::{Args, ErrorFormat, OnError};
use crate::message::{At, Group, Message};
use crate::report::{Counts, Tally};
use crate::source::{self, Batch, Item, Part, What};
use crate::who::Who;

/// What became of a batch.
#[derive(Default, Debug)]
pub(crate) struct Done {
    pub(crate) output: Vec<u8>,
    pub(crate) losses: Vec<u8>,
    pub(crate) rejects: Vec<u8>,
    pub(crate) tally: Tally,
    /// Whether `--on-error stop` met a rejected payload.
    pub(crate) stops: bool,
    /// Lines that are not what was written for their payloads: digests of that, and of what is there.
    pub(crate) changed: Vec<Changed>,
    /// Why the losses file does not fit after all.
    pub(crate) misfit: Option<String>,
}

impl Done {
    /// Makes it as good as new, but for the room that it has.
    fn clear(&mut self) {
        let Self { output, losses, rejects, tally, stops, changed, misfit } = self;
        [output, losses, rejects].into_iter().for_each(source::empty);
        tally.clear();
        changed.clear();
        (*stops, *misfit) = (false, None);
    }
}

/// A line that is not what was written for its payload, by digests.
#[derive(Clone, Debug)]
pub(crate) struct Changed {
    pub(crate) line: u64,
    pub(crate) written: u64,
    pub(crate) there: u64,
}

impl Changed {
    /// None where what is there is what was written, by its digest.
    fn of(line: u64, written: &str, there: &[u8]) -> Option<Self> {
        let there = digest_of_output(there);
        let number = |digest: &str| u64::from_str_radix(digest, 16).unwrap_or_default();
        (written != there).then(|| Self { line, written: number(written), there: number(&there) })
    }
}

/// What the writing side answers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Go {
    On,
    Stop,
}

/// Converts batches, in buffers of its own.
struct Worker<'a> {
    args: &'a Args,
    converter: Converter,
    back: Converter,
    who: Option<Who>,
    /// Of what it made messages, or makes none: nobody is told more of the later lines.
    told: Counts,
    /// Whether messages show a piece of the payload.
    shows_piece: bool,
    /// Whether losses are written, if only to be counted.
    writes_losses: bool,
}

impl<'a> Worker<'a> {
    fn new(args: &'a Args) -> Self {
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
            who: Who::new(args),
            // A note is shown to nobody, unless all that there is was asked for.
            told: if args.check { Counts::default() } else { Counts::no_notes() },
            shows_piece: args.error_format() == ErrorFormat::Human && !args.check,
            writes_losses: args.losses.is_some() || args.check,
        }
    }

    /// Converts a batch into `done`, whatever was there before.
    fn convert(&mut self, batch: &Batch, done: &mut Done) {
        done.clear();
        // Mostly an output is no longer than its payloads.
        done.output.reserve(batch.text.len());
        done.tally.found = self.args.check.then(Box::default);
        for item in &batch.items {
            self.item(batch, item, done);
            if done.stops || done.misfit.is_some() {
                break;
            }
        }
        if let Some(found) = &mut done.tally.found {
            found.bytes = done.losses.len() as u64;
            done.output.clear();
            done.losses.clear();
            done.rejects.clear();
        }
    }

    fn item(&mut self, batch: &Batch, item: &Item, done: &mut Done) {
        let payload = item.payload(&batch.text);
        let converted = match &item.what {
            What::Convert => {
                done.tally.begins_as_json |=
                    item.line == 1 && self.args.target() != Target::Form && payload.starts_with(b"{\"");
                self.converter.convert(payload)
            }
            What::Restore { notes, digest } => {
                done.changed
                    .extend(digest.as_ref().and_then(|written| Changed::of(item.line, written, payload)));
                self.converter.restore(payload, batch.notes.get(notes.clone()).unwrap_or_default())
            }
            What::Verbatim { notes } => return self.verbatim(batch, item, notes.clone(), done),
            What::Gone => return self.gone(item, done),
            What::Part(part) => return self.part(batch, item, part, done),
        };
        done.tally.lines += 1;
        match &converted {
            Ok(conversion) => {
                done.tally.converted += 1;
                done.output.extend_from_slice(conversion.output());
                done.output.push(b'\n');
                let id = self.who.as_ref().and_then(|who| conversion.field(who.name()));
                let id = id.as_deref();
                let at = At { line: item.line, id, payload: self.shows_piece.then_some(payload) };
                for (n, (code, severity)) in conversion.codes().enumerate() {
                    done.tally.loss(at, code, severity, &mut self.told, || conversion.loss(n));
                }
                if let Some(found) = &mut done.tally.found {
                    found.conversion(self.args.target(), conversion);
                }
                let before = done.losses.len();
                if self.writes_losses {
                    conversion.write_losses(item.line, &mut done.losses);
                }
                if done.losses.len() > before {
                    name(&mut done.losses, before, item.line, id);
                    done.losses.push(b'\n');
                    done.tally.with_losses += 1;
                }
                if self.args.verify {
                    if self.back.restores(conversion) {
                        done.tally.verified += 1;
                    } else {
                        done.tally.difference(at);
                    }
                }
            }
            Err(error) => self.failed(batch, item, error, done),
        }
    }

    /// Takes in what was not converted.
    #[cold]
    fn failed(&mut self, batch: &Batch, item: &Item, error: &Error, done: &mut Done) {
        if error.kind() == ErrorKind::NotLosses {
            done.misfit = Some(error.to_string());
            return;
        }
        if self.args.rejects.is_some() {
            done.rejects.extend_from_slice(batch.text.get(item.text.clone()).unwrap_or_default());
        }
        let payload = item.payload(&batch.text);
        let id = self.who.as_ref().and_then(|who| who.find(payload, false));
        let notes = match &item.what {
            What::Restore { notes, .. } => batch.notes.get(notes.clone()).unwrap_or_default(),
            What::Convert | What::Verbatim { .. } | What::Gone | What::Part(_) => b"",
        };
        self.rejected(item.line, id.as_deref(), error, Some(payload), notes, done);
    }

    /// Writes a rejected payload as it was, which was taken out of the losses: no line end belongs to it.
    #[cold]
    fn verbatim(&mut self, batch: &Batch, item: &Item, notes: Range<usize>, done: &mut Done) {
        let text = batch.text.get(item.text.clone()).unwrap_or_default();
        done.output.extend_from_slice(text);
        // A carriage return of its own is not half of a line end.
        done.output.extend_from_slice(if text.ends_with(b"\r") { b"\r\n" } else { b"\n" });
        done.tally.lines += 1;
        done.tally.converted += 1;
        let at = At { line: item.line, id: None, payload: None };
        self.pass_on(at, text, batch.notes.get(notes).unwrap_or_default(), done);
    }

    /// Takes in a rejected payload whose text nobody kept.
    #[cold]
    fn gone(&mut self, item: &Item, done: &mut Done) {
        done.tally.lines += 1;
        done.tally.unkept += 1;
        let why =
            "its text is not in the losses file, for it was over the limit; see the rejects of that run";
        let at = At { line: item.line, id: None, payload: None };
        let code = ErrorKind::TooLong.name();
        done.tally.rejected(code, &mut self.told, || Message::new(Group::Rejected, code, at, "", why));
    }

    /// Passes the losses on that belong to a rejected payload that was written as it was: they wait until it is mended.
    fn pass_on(&mut self, at: At<'_>, text: &[u8], notes: &[u8], done: &mut Done) {
        let Some(carried) = Carried::of(notes) else { return };
        for loss in carried.each() {
            if let Some(code) = Code::from_name(&loss.code) {
                let is_note = loss.severity == Severity::Note.name();
                let severity = if is_note { Severity::Note } else { Severity::Data };
                done.tally.loss(at, code, severity, &mut self.told, || None);
            }
        }
        if self.writes_losses {
            let head = format!("{{\"line\":{},\"output\":\"{}\"}}", at.line, digest_of_output(text));
            done.losses.extend_from_slice(head.as_bytes());
            carried.join(&mut done.losses);
            done.losses.push(b'\n');
            done.tally.with_losses += 1;
        }
    }

    /// A part of a line over the limit: copied through, and rejected once its length is known.
    #[cold]
    fn part(&mut self, batch: &Batch, item: &Item, part: &Part, done: &mut Done) {
        done.tally.lines += u64::from(part.is_first);
        done.tally.unkept += u64::from(part.has_losses);
        if self.args.rejects.is_some() {
            done.rejects.extend_from_slice(batch.text.get(item.text.clone()).unwrap_or_default());
        }
        if let Some(len) = part.len {
            let error = Error::too_long(len, self.args.longest_line());
            self.rejected(item.line, part.id.as_deref(), &error, None, b"", done);
        }
    }

    /// Takes a rejected payload in. `notes` is the line of the losses that would have been put back into it: they are in
    /// the file that this run reads, and go on into the one that it writes.
    fn rejected(
        &mut self,
        line: u64,
        id: Option<&str>,
        error: &Error,
        payload: Option<&[u8]>,
        notes: &[u8],
        done: &mut Done,
    ) {
        let emits = self.args.on_error == OnError::Emit;
        let at = At { line, id, payload: payload.filter(|_| self.shows_piece) };
        done.tally.rejected(error.kind().name(), &mut self.told, || Message::rejected(at, error));
        let (keeps, rejects) = (self.args.losses.is_some(), self.args.rejects.is_some());
        let has_data = Carried::of(notes).is_some_and(|carried| carried.has_data());
        let is_kept = (rejects || keeps && payload.is_some()) && (keeps || !has_data);
        done.tally.unkept += u64::from(!is_kept);
        if emits {
            let before = done.output.len();
            deskpro_contact::write_error_line(error, &mut done.output);
            insert(&mut done.output, before.saturating_add("{\"error\":{".len()), id);
            done.output.push(b'\n');
        }
        if let Some(found) = &mut done.tally.found {
            found.error(error);
        }
        if self.writes_losses {
            let before = done.losses.len();
            write_rejected(line, error, emits, payload, &mut done.losses);
            if let Some(carried) = Carried::of(notes) {
                carried.join(&mut done.losses);
            }
            name(&mut done.losses, before, line, id);
            done.losses.push(b'\n');
            done.tally.with_losses += 1;
        }
        done.stops = self.args.on_error == OnError::Stop;
    }
}

/// Says in a line of a losses file who it is of. The line starts at `start` and begins with its number.
fn name(losses: &mut Vec<u8>, start: usize, line: u64, id: Option<&str>) {
    if id.is_some() {
        insert(losses, start.saturating_add(format!("{{\"line\":{line},").len()), id);
    }
}

/// Makes `id` the first member of an object whose others start at `at`.
fn insert(object: &mut Vec<u8>, at: usize, id: Option<&str>) {
    if let Some(id) = id {
        let at = at.min(object.len());
        drop(object.splice(at..at, format!("\"id\":{id},").into_bytes()));
    }
}
