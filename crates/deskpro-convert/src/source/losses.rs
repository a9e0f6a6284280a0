//! A losses file, read line by line beside the outputs.

use std::fs::File;
use std::io::{BufRead, BufReader, Read as _, Seek as _, SeekFrom};

use deskpro_contact::Target;
use deskpro_contact::losses_file::{self, End, Line, OutputDigest};
use memchr::memrchr;

use super::batch::{BATCH, SourceError};
use crate::input;

/// How much of a losses file is searched for its last line before the run.
const LAST_LINE: u64 = 4 << 10;

const CUT: &str = "it was cut: its last line does not say that it is whole";

/// The losses of a conversion the other way, line by line.
pub struct Losses {
    input: Box<dyn BufRead + Send>,
    name: String,
    /// The target of the conversion that the losses must come from.
    target: Target,
    /// The next line about a payload, once it was read.
    next: Option<Entry>,
    /// How many lines about a payload were read.
    count: u64,
    /// How many payloads the last line tells of, once it was read.
    end: Option<u64>,
}

/// A line about a payload.
pub(super) struct Entry {
    pub(super) line: u64,
    /// The line as it was read.
    pub(super) text: Vec<u8>,
    /// The digest of the output line that was written.
    pub(super) written: Option<OutputDigest>,
    pub(super) rejected: Option<Rejected>,
}

/// A payload that was rejected.
pub(super) struct Rejected {
    pub(super) emitted: bool,
    pub(super) payload: Option<Vec<u8>>,
    /// Whether its line holds losses, too: those that a restoring run was to put back into it.
    pub(super) has_losses: bool,
}

impl Losses {
    /// Opens the losses that a conversion to `target` kept. A file's last line is looked at first, so that a file that
    /// does not fit is refused before anything is written.
    ///
    /// # Errors
    ///
    /// Where the file cannot be read, or does not fit.
    pub fn open(mut file: File, name: String, target: Target) -> Result<Self, SourceError> {
        let failed = |error| SourceError::Read(name.clone(), error);
        let losses = |input| Self { input, name: name.clone(), target, next: None, count: 0, end: None };
        if !file.metadata().map_err(failed)?.is_file() {
            return Ok(losses(Box::new(BufReader::with_capacity(BATCH, input::decompressed(file)))));
        }
        let len = file.seek(SeekFrom::End(0)).map_err(failed)?;
        // A short file is searched whole.
        file.seek(SeekFrom::Start(len.saturating_sub(LAST_LINE))).map_err(failed)?;
        let mut tail = Vec::new();
        file.read_to_end(&mut tail).map_err(failed)?;
        let tail = tail.strip_suffix(b"\n").unwrap_or(&tail);
        let last = &tail[memrchr(b'\n', tail).map_or(0, |at| at + 1)..];
        file.seek(SeekFrom::Start(0)).map_err(failed)?;
        let mut first = [0; 4];
        let is_compressed = file.read(&mut first).is_ok_and(|_| input::is_compressed(&first));
        file.seek(SeekFrom::Start(0)).map_err(failed)?;
        if is_compressed {
            // Its last line is checked when it is reached.
            return Ok(losses(Box::new(BufReader::with_capacity(BATCH, input::decompressed(file)))));
        }
        let losses = losses(Box::new(BufReader::with_capacity(BATCH, file)));
        match losses.parse(last)? {
            Line::End(end) => losses.check_end(&end)?,
            Line::Payload(_) | Line::Rejected(_) => return Err(losses.misfit(CUT)),
        }
        Ok(losses)
    }

    pub(super) fn misfit(&self, why: &str) -> SourceError {
        SourceError::Losses(format!("{} does not fit: {why}", self.name))
    }

    fn parse<'l>(&self, line: &'l [u8]) -> Result<Line<'l>, SourceError> {
        losses_file::read(line).map_err(|_| self.misfit("a line of it is no line of a losses file"))
    }

    fn check_end(&self, end: &End) -> Result<(), SourceError> {
        if end.to == self.target.name() {
            return Ok(());
        }
        Err(self.misfit(&format!(
            "expected losses of a conversion --to {}, found --to {}",
            self.target.name(),
            end.to
        )))
    }

    /// Reads the next line, unless one waits or the last was read.
    fn fill(&mut self) -> Result<(), SourceError> {
        if self.next.is_some() || self.end.is_some() {
            return Ok(());
        }
        let mut text = Vec::new();
        let read = self.input.read_until(b'\n', &mut text);
        read.map_err(|error| SourceError::Read(self.name.clone(), error))?;
        if text.is_empty() {
            return Err(self.misfit(CUT));
        }
        let (line, written, rejected) = match self.parse(&text)? {
            Line::End(end) => {
                self.check_end(&end)?;
                if end.with_losses != self.count {
                    let (expected, found) = (end.with_losses, self.count);
                    return Err(self
                        .misfit(&format!("expected what {expected} payloads lost, found that of {found}")));
                }
                self.end = Some(end.lines);
                return Ok(());
            }
            Line::Payload(payload) => (payload.line, payload.output, None),
            Line::Rejected(line) => {
                let has_losses = line.losses.is_some();
                let rejected = Rejected { emitted: line.emitted, payload: line.payload, has_losses };
                (line.line, None, Some(rejected))
            }
        };
        self.count += 1;
        self.next = Some(Entry { line, text, written, rejected });
        Ok(())
    }

    /// How many payloads the file tells of, where its last line was read; the next line is read for that.
    pub(super) fn end(&mut self) -> Result<Option<u64>, SourceError> {
        self.fill()?;
        Ok(self.end)
    }

    /// How many payloads the file tells of, where its last line was read already.
    pub(super) fn known_end(&self) -> Option<u64> {
        self.end
    }

    /// Checks that nothing stands behind the last line.
    pub(super) fn check_over(&mut self) -> Result<(), SourceError> {
        let rest = self.input.fill_buf().map_err(|error| SourceError::Read(self.name.clone(), error))?;
        if rest.is_empty() {
            return Ok(());
        }
        Err(self.misfit("it goes on behind the line that says that it is whole"))
    }

    /// The entry of a line of the first input, where it has one; it stays to be taken.
    pub(super) fn peek(&mut self, line: u64) -> Result<Option<&Entry>, SourceError> {
        self.fill()?;
        match &self.next {
            Some(entry) if entry.line < line => Err(self.misfit("its lines are not in order")),
            Some(entry) if entry.line == line => Ok(self.next.as_ref()),
            Some(_) | None => Ok(None),
        }
    }

    /// Takes the entry of a line, where it has one.
    pub(super) fn take(&mut self, line: u64) -> Result<Option<Entry>, SourceError> {
        let has_entry = self.peek(line)?.is_some();
        Ok(if has_entry { self.next.take() } else { None })
    }
}
