//! Reads a losses file line by line.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _, Seek as _, SeekFrom};

use deskpro_contact::losses_file::{self, End, Head, Line, OutputDigest, VERSION};
use deskpro_contact::{Profile, Source, Target};
use memchr::memrchr;

use super::batch::{SourceError, without_end};
use super::opening::BYTE_ORDER_MARK;
use crate::guess;

/// The number of bytes at the end of a losses file in which its last line is searched.
const MAX_LAST_LINE: u64 = 4 << 10;

/// The number of bytes that are read at once. If the outputs are in another order than the losses, each line costs one
/// such read.
const READ: usize = 16 << 10;

const CUT: &str = "it was cut: its last line is not an end line";

/// The losses of a run, line by line. The head is read when the file is opened.
pub struct Losses {
    input: BufReader<File>,
    name: String,
    head: Head,
    /// The number of bytes read.
    position: u64,
    /// The number of lines read that hold losses or a rejected payload.
    with_losses: u64,
    /// The last line, if it was read.
    end: Option<End>,
}

/// A line of a losses file, about one payload.
pub(super) struct LossesLine {
    /// The payload's line in the input of the run that wrote the file, from 1.
    pub(super) line: u64,
    /// The bytes without the line end.
    pub(super) text: Vec<u8>,
    /// The position of the first byte in the file.
    pub(super) start: u64,
    /// The person's id, as a form writes it.
    pub(super) id: Option<String>,
    pub(super) has_losses: bool,
    pub(super) payload: PayloadResult,
}

/// The result for a payload in the run that wrote the losses file.
pub(super) enum PayloadResult {
    /// It was converted. The output had this digest.
    Written(OutputDigest),
    /// It was rejected.
    Rejected {
        /// The digest of the error line that was written for it, if one was.
        error_line: Option<OutputDigest>,
        /// Its text, or its length if the file does not hold the text.
        text: Result<Vec<u8>, u64>,
    },
    /// That run had no such payload: it passed on losses of an earlier run that it could not put back.
    LeftOver,
}

impl Losses {
    /// Opens the losses of a run from `from` to `to`. `file` can be read more than once; messages call it `name`.
    /// Checks the first and the last line, so that a wrong file is refused before anything is written.
    ///
    /// # Errors
    ///
    /// The file cannot be read, or is not the whole losses file of such a run.
    pub fn open(file: File, name: String, from: Source, to: Target) -> Result<Self, SourceError> {
        let failed = |error| SourceError::Read(name.clone(), error);
        let mut input = BufReader::with_capacity(READ, file);
        input.rewind().map_err(failed)?;
        let mut text = Vec::new();
        let position = input.read_until(b'\n', &mut text).map_err(failed)? as u64;
        let mismatch = |why: &str| Err(mismatch(&name, why));
        let first = text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(&text);
        let head = match losses_file::read(without_end(first)) {
            Ok(Line::Head(head)) => head,
            Ok(Line::Payload(_) | Line::Rejected(_) | Line::LeftOver(_) | Line::End(_)) | Err(_) => {
                return Err(match guess::judge_losses(first) {
                    Some(clause) => SourceError::WrongInput(format!("{name} {clause}")),
                    None => self::mismatch(
                        &name,
                        "it is not a losses file: its first line is not `{\"head\":{…}}`",
                    ),
                });
            }
        };
        if head.version != VERSION {
            let found = head.version;
            return mismatch(&format!("expected version {VERSION} of the format, found version {found}"));
        }
        if (&*head.from, &*head.to) != (from.name(), to.name()) {
            return mismatch(&format!(
                "expected losses of a conversion from {} to {}, found losses of one from {} to {}{}",
                from.name(),
                to.name(),
                head.from,
                head.to,
                restoring_hint(&head)
            ));
        }
        if head.profile.parse::<Profile>().is_err() {
            let names = Profile::ALL.map(Profile::name).join(" or ");
            return mismatch(&format!("expected the profile {names}, found {}", head.profile));
        }
        let last = last_line(&mut input, position).map_err(failed)?;
        if !matches!(losses_file::read(&last), Ok(Line::End(_))) {
            return mismatch(CUT);
        }
        Ok(Self { input, name, head, position, with_losses: 0, end: None })
    }

    /// Goes back to the first line about a payload.
    pub(super) fn restart(&mut self) -> Result<(), SourceError> {
        let failed = |error| SourceError::Read(self.name.clone(), error);
        self.input.rewind().map_err(failed)?;
        let mut head = Vec::new();
        self.position = self.input.read_until(b'\n', &mut head).map_err(failed)? as u64;
        self.with_losses = 0;
        self.end = None;
        Ok(())
    }

    /// Reads the line about a payload that begins at a position.
    pub(super) fn read_at(&mut self, start: u64) -> Result<LossesLine, SourceError> {
        let failed = |error| SourceError::Read(self.name.clone(), error);
        let distance = i64::try_from(start).expect("a position in a file")
            - i64::try_from(self.position).expect("a position in a file");
        // In a file in its own order, the line is in the buffer, which `seek_relative` keeps.
        self.input.seek_relative(distance).map_err(failed)?;
        self.position = start;
        let line = self.read_line()?;
        line.ok_or_else(|| self.mismatch("it changed while it was read"))
    }

    /// The first line.
    pub(crate) fn head(&self) -> &Head {
        &self.head
    }

    /// The name for messages.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn mismatch(&self, why: &str) -> SourceError {
        mismatch(&self.name, why)
    }

    /// Reads the next line about a payload. `None` at the end of the file.
    pub(super) fn next(&mut self) -> Result<Option<LossesLine>, SourceError> {
        if self.end.is_some() {
            return Ok(None);
        }
        if let Some(line) = self.read_line()? {
            self.with_losses += u64::from(line.counts());
            return Ok(Some(line));
        }
        self.check_end()?;
        Ok(None)
    }

    /// Reads a line about a payload. Returns none for the end line, and stores it in `end`.
    fn read_line(&mut self) -> Result<Option<LossesLine>, SourceError> {
        let mut text = Vec::new();
        let read = self.input.read_until(b'\n', &mut text);
        let len = read.map_err(|error| SourceError::Read(self.name.clone(), error))?;
        if len == 0 {
            return Err(self.mismatch(CUT));
        }
        let start = self.position;
        self.position += len as u64;
        text.truncate(without_end(&text).len());
        LossesLine::parse(text, start, &self.name, &mut self.end)
    }

    /// Checks the last line, and that nothing follows it.
    fn check_end(&mut self) -> Result<(), SourceError> {
        let expected = self.end.as_ref().map(|end| end.with_losses);
        if expected.is_some_and(|expected| expected != self.with_losses) {
            return Err(self.mismatch(&format!(
                "expected {} lines with losses, found {}",
                expected.unwrap_or_default(),
                self.with_losses
            )));
        }
        let rest = self.input.fill_buf().map_err(|error| SourceError::Read(self.name.clone(), error))?;
        if rest.is_empty() { Ok(()) } else { Err(self.mismatch("it goes on after its end line")) }
    }

    /// The number of payloads of the run, if the last line was read.
    pub(super) fn end(&self) -> Option<u64> {
        self.end.as_ref().map(|end| end.lines)
    }
}

impl LossesLine {
    /// Parses a line of the file `name`. Returns none for an end line, and stores it in `end`.
    pub(super) fn parse(
        text: Vec<u8>,
        start: u64,
        name: &str,
        end: &mut Option<End>,
    ) -> Result<Option<Self>, SourceError> {
        let not_a_line = || mismatch(name, "one of its lines is not a line of a losses file");
        let parsed = losses_file::read(&text).map_err(|_| not_a_line())?;
        let has_losses = parsed.losses().is_some();
        let text_of = |id: losses_file::PersonId<'_>| id.text().into_owned();
        let (line, id, payload) = match parsed {
            Line::Head(_) => return Err(mismatch(name, "it has a second head")),
            Line::End(last) => {
                *end = Some(last);
                return Ok(None);
            }
            Line::Payload(line) => (line.line, line.id.map(text_of), PayloadResult::Written(line.output)),
            Line::Rejected(line) => {
                let text = line.payload.ok_or_else(|| line.len.unwrap_or_default());
                let result = PayloadResult::Rejected { error_line: line.error_line, text };
                (line.line, line.id.map(text_of), result)
            }
            Line::LeftOver(_) => (0, None, PayloadResult::LeftOver),
        };
        Ok(Some(Self { line, text, start, id, has_losses, payload }))
    }

    /// Whether the end line counts this line in `with_losses`.
    fn counts(&self) -> bool {
        match self.payload {
            PayloadResult::Written(_) => self.has_losses,
            PayloadResult::Rejected { .. } | PayloadResult::LeftOver => true,
        }
    }
}

/// A hint which format restores the losses of a run; empty if no format does.
fn restoring_hint(head: &Head) -> String {
    let is = |from: Source, to: Target| (&*head.from, &*head.to) == (from.name(), to.name());
    let target = if is(Source::Form, Target::V2) {
        Target::Form
    } else if is(Source::V2, Target::Form) {
        Target::V2
    } else {
        return String::new();
    };
    format!("; these are restored with --to {}", target.name())
}

/// The error for a losses file that contradicts itself or does not belong to the outputs.
pub(super) fn mismatch(name: &str, why: &str) -> SourceError {
    SourceError::Losses(format!("{name} does not fit: {why}"))
}

/// The last line without its line end; of a line longer than [`MAX_LAST_LINE`], only the end. Leaves the reader at
/// position `start`.
fn last_line(input: &mut BufReader<File>, start: u64) -> std::io::Result<Vec<u8>> {
    let len = input.get_ref().metadata()?.len();
    let mut tail = Vec::new();
    input.seek(SeekFrom::Start(len.saturating_sub(MAX_LAST_LINE)))?;
    input.read_to_end(&mut tail)?;
    input.seek(SeekFrom::Start(start))?;
    tail.truncate(without_end(&tail).len());
    tail.drain(..memrchr(b'\n', &tail).map_or(0, |at| at + 1));
    Ok(tail)
}
