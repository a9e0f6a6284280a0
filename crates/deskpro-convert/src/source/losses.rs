//! A losses file, read line by line together with the outputs.

use std::fs::File;
use std::io::{BufRead, BufReader, Read as _, Seek as _, SeekFrom};

use deskpro_contact::Target;
use deskpro_contact::losses_file::{self, End, Line, OutputDigest};
use memchr::memrchr;

use super::batch::{BATCH, SourceError};
use crate::input;

/// The number of bytes at the end of a losses file in which its last line is searched.
const MAX_LAST_LINE: u64 = 4 << 10;

const CUT: &str = "it was cut: its last line is not an end line";

/// The losses of a conversion in the other direction, line by line.
pub struct Losses {
    input: Box<dyn BufRead + Send>,
    name: String,
    /// The target of the conversion that the losses must come from.
    target: Target,
    /// The next line about a payload, if it was read.
    next: Option<LossesLine>,
    /// The number of lines about payloads that were read.
    count: u64,
    /// The number of payloads by the last line of the file, if it was read.
    end: Option<u64>,
}

/// A line of the losses file, about one payload.
pub(super) struct LossesLine {
    pub(super) line: u64,
    /// The line as it was read.
    pub(super) text: Vec<u8>,
    /// The digest of the payload's output line.
    pub(super) written: Option<OutputDigest>,
    pub(super) rejected: Option<RejectedPayload>,
}

/// A rejected payload.
pub(super) struct RejectedPayload {
    pub(super) emitted: bool,
    pub(super) payload: Option<Vec<u8>>,
    /// Whether the line also holds losses that a restoring run could not put back.
    pub(super) has_losses: bool,
}

impl Losses {
    /// Opens the losses of a conversion to `target`. Checks the last line of a file first, so that a file that does not
    /// fit is rejected before anything is written.
    ///
    /// # Errors
    ///
    /// The file cannot be read, or does not fit.
    pub fn open(mut file: File, name: String, target: Target) -> Result<Self, SourceError> {
        let failed = |error| SourceError::Read(name.clone(), error);
        let losses = |input| Self { input, name: name.clone(), target, next: None, count: 0, end: None };
        if !file.metadata().map_err(failed)?.is_file() {
            return Ok(losses(Box::new(BufReader::with_capacity(BATCH, input::decompressed(file)))));
        }
        let len = file.seek(SeekFrom::End(0)).map_err(failed)?;
        // A shorter file is searched from its start.
        file.seek(SeekFrom::Start(len.saturating_sub(MAX_LAST_LINE))).map_err(failed)?;
        let mut tail = Vec::new();
        file.read_to_end(&mut tail).map_err(failed)?;
        let tail = tail.strip_suffix(b"\n").unwrap_or(&tail);
        let last = &tail[memrchr(b'\n', tail).map_or(0, |at| at + 1)..];
        file.seek(SeekFrom::Start(0)).map_err(failed)?;
        let mut first = [0; 4];
        let is_compressed = file.read(&mut first).is_ok_and(|_| input::is_compressed(&first));
        file.seek(SeekFrom::Start(0)).map_err(failed)?;
        if is_compressed {
            // The last line of a compressed file is checked when it is reached.
            return Ok(losses(Box::new(BufReader::with_capacity(BATCH, input::decompressed(file)))));
        }
        let losses = losses(Box::new(BufReader::with_capacity(BATCH, file)));
        match losses.parse(last)? {
            Line::End(end) => losses.check_end(&end)?,
            Line::Payload(_) | Line::Rejected(_) => return Err(losses.mismatch(CUT)),
        }
        Ok(losses)
    }

    pub(super) fn mismatch(&self, why: &str) -> SourceError {
        SourceError::Losses(format!("{} does not fit: {why}", self.name))
    }

    fn parse<'l>(&self, line: &'l [u8]) -> Result<Line<'l>, SourceError> {
        losses_file::read(line).map_err(|_| self.mismatch("one of its lines is not a line of a losses file"))
    }

    fn check_end(&self, end: &End) -> Result<(), SourceError> {
        if end.to == self.target.name() {
            return Ok(());
        }
        Err(self.mismatch(&format!(
            "expected losses of a conversion --to {}, found --to {}",
            self.target.name(),
            end.to
        )))
    }

    /// Reads the next line into `next` or `end`, unless one of them is set.
    fn fill(&mut self) -> Result<(), SourceError> {
        if self.next.is_some() || self.end.is_some() {
            return Ok(());
        }
        let mut text = Vec::new();
        let read = self.input.read_until(b'\n', &mut text);
        read.map_err(|error| SourceError::Read(self.name.clone(), error))?;
        if text.is_empty() {
            return Err(self.mismatch(CUT));
        }
        let (line, written, rejected) = match self.parse(&text)? {
            Line::End(end) => {
                self.check_end(&end)?;
                if end.with_losses != self.count {
                    let (expected, found) = (end.with_losses, self.count);
                    return Err(self.mismatch(&format!(
                        "expected losses of {expected} payloads, found losses of {found}"
                    )));
                }
                self.end = Some(end.lines);
                return Ok(());
            }
            Line::Payload(payload) => (payload.line, payload.output, None),
            Line::Rejected(line) => {
                let has_losses = line.losses.is_some();
                let rejected = RejectedPayload { emitted: line.emitted, payload: line.payload, has_losses };
                (line.line, None, Some(rejected))
            }
        };
        self.count += 1;
        self.next = Some(LossesLine { line, text, written, rejected });
        Ok(())
    }

    /// Reads the next line. Returns the number of payloads if that was the last line.
    pub(super) fn end(&mut self) -> Result<Option<u64>, SourceError> {
        self.fill()?;
        Ok(self.end)
    }

    /// The number of payloads, if the last line was read already.
    pub(super) fn known_end(&self) -> Option<u64> {
        self.end
    }

    /// Checks that the file ends after its last line.
    pub(super) fn check_ended(&mut self) -> Result<(), SourceError> {
        let rest = self.input.fill_buf().map_err(|error| SourceError::Read(self.name.clone(), error))?;
        if rest.is_empty() {
            return Ok(());
        }
        Err(self.mismatch("it goes on after its end line"))
    }

    /// The losses line of a line of the first input, if it has one.
    pub(super) fn peek(&mut self, line: u64) -> Result<Option<&LossesLine>, SourceError> {
        self.fill()?;
        match &self.next {
            Some(losses) if losses.line < line => Err(self.mismatch("its lines are not in order")),
            Some(losses) if losses.line == line => Ok(self.next.as_ref()),
            Some(_) | None => Ok(None),
        }
    }

    /// Takes the losses line of a line of the first input, if it has one.
    pub(super) fn take(&mut self, line: u64) -> Result<Option<LossesLine>, SourceError> {
        let has_losses = self.peek(line)?.is_some();
        Ok(if has_losses { self.next.take() } else { None })
    }
}
