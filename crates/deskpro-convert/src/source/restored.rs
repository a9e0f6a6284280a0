//! Outputs with their losses, line by line: neither file is held in memory.

use std::fs::File;
use std::io::{BufRead, BufReader, Read, Seek, SeekFrom};

use deskpro_contact::Target;
use memchr::memrchr;
use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::input;

use super::{BATCH, Batch, Item, Lines, MOST_KEPT, MOST_LINES, SourceError, What, payload};

/// The losses of a conversion the other way, line by line.
pub(crate) struct Losses {
    input: Box<dyn BufRead + Send>,
    name: String,
    /// What the losses must have been written for.
    to: Target,
    /// The next line that says something.
    next: Option<Said>,
    /// How many lines said something.
    count: u64,
    end: Option<u64>,
}

/// A line of a losses file.
struct Said {
    line: u64,
    text: Vec<u8>,
    digest: Option<String>,
    rejected: Option<Rejected>,
}

/// What a losses file says of a rejected payload.
struct Rejected {
    emitted: bool,
    payload: Option<Vec<u8>>,
    /// Whether its line has losses, too: those of a run that should have put them back.
    has_losses: bool,
}

#[derive(Deserialize)]
struct Head {
    line: Option<u64>,
    output: Option<String>,
    error: Option<IgnoredAny>,
    emitted: Option<bool>,
    value: Option<serde_json::Value>,
    raw: Option<String>,
    losses: Option<IgnoredAny>,
    end: Option<End>,
}

/// The last line of a losses file.
#[derive(Deserialize)]
struct End {
    to: String,
    lines: u64,
    with_losses: u64,
}

/// The line of a rejected payload, as it is written for one. What says more was edited.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ErrorLine {
    #[serde(rename = "error")]
    _error: ErrorObject,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ErrorObject {
    #[serde(rename = "id")]
    _id: Option<IgnoredAny>,
    #[serde(rename = "code")]
    _code: String,
    #[serde(rename = "path")]
    _path: Option<String>,
    #[serde(rename = "message")]
    _message: String,
}

/// How much of a losses file is searched for its last line before the run.
const LAST_LINE: u64 = 4 << 10;

impl Losses {
    /// Opens the losses that a conversion to `to` kept. A file's last line is looked at first, so that a file that
    /// does not fit is refused before anything is written.
    pub(crate) fn open(mut file: File, name: String, to: Target) -> Result<Self, SourceError> {
        let failed = |error| SourceError::Read(name.clone(), error);
        let losses = |input| Self { input, name: name.clone(), to, next: None, count: 0, end: None };
        if file.metadata().map_err(failed)?.is_file() {
            let len = file.seek(SeekFrom::End(0)).map_err(failed)?;
            file.seek(SeekFrom::Start(len.saturating_sub(LAST_LINE))).map_err(failed)?;
            let mut last = Vec::new();
            file.read_to_end(&mut last).map_err(failed)?;
            let last = last.strip_suffix(b"\n").unwrap_or(&last);
            let start = memrchr(b'\n', last).map_or(0, |at| at.saturating_add(1));
            let last = last.get(start..).unwrap_or_default();
            file.seek(SeekFrom::Start(0)).map_err(failed)?;
            let mut first = [0; 4];
            let is_compressed = file.read(&mut first).is_ok_and(|_| input::is_compressed(&first));
            file.seek(SeekFrom::Start(0)).map_err(failed)?;
            if is_compressed {
                // Its last line is seen when it is reached.
                return Ok(losses(Box::new(BufReader::with_capacity(BATCH, input::decompressed(file)))));
            }
            let losses = losses(Box::new(BufReader::with_capacity(BATCH, file)));
            losses.head(last).and_then(|head| match head.end {
                Some(end) => losses.check_end(&end),
                None => Err(losses.wrong("it was cut: its last line does not say that it is whole")),
            })?;
            return Ok(losses);
        }
        Ok(losses(Box::new(BufReader::with_capacity(BATCH, input::decompressed(file)))))
    }

    fn wrong(&self, why: &str) -> SourceError {
        SourceError::Losses(format!("{} does not fit: {why}", self.name))
    }

    fn head(&self, line: &[u8]) -> Result<Head, SourceError> {
        serde_json::from_slice(line).map_err(|_| self.wrong("a line of it is no line of a losses file"))
    }

    fn check_end(&self, end: &End) -> Result<(), SourceError> {
        if end.to == self.to.name() {
            return Ok(());
        }
        Err(self.wrong(&format!(
            "expected losses of a conversion --to {}, found --to {}",
            self.to.name(),
            end.to
        )))
    }

    /// Reads on to the next line that says something of a payload.
    fn fill(&mut self) -> Result<(), SourceError> {
        if self.next.is_some() || self.end.is_some() {
            return Ok(());
        }
        let mut text = Vec::new();
        let read = self.input.read_until(b'\n', &mut text);
        read.map_err(|error| SourceError::Read(self.name.clone(), error))?;
        if text.is_empty() {
            return Err(self.wrong("it was cut: its last line does not say that it is whole"));
        }
        let head = self.head(&text)?;
        match (head.end, head.line) {
            (Some(end), _) => {
                self.check_end(&end)?;
                if end.with_losses != self.count {
                    let (expected, found) = (end.with_losses, self.count);
                    return Err(
                        self.wrong(&format!("expected what {expected} payloads lost, found that of {found}"))
                    );
                }
                self.end = Some(end.lines);
            }
            (None, Some(line)) if head.losses.is_some() || head.error.is_some() => {
                let has_losses = head.losses.is_some();
                let rejected = head.error.map(|_| Rejected {
                    has_losses,
                    emitted: head.emitted.unwrap_or(false),
                    payload: match (head.value, head.raw) {
                        (Some(serde_json::Value::String(text)), _) => Some(text.into_bytes()),
                        (_, Some(raw)) => Some(deskpro_contact::decode_raw(&raw)),
                        _ => None,
                    },
                });
                self.count = self.count.saturating_add(1);
                self.next = Some(Said { line, text, digest: head.output, rejected });
            }
            (None, _) => return Err(self.wrong("a line of it is no line of a losses file")),
        }
        Ok(())
    }

    /// The last line is the last.
    fn check_over(&mut self) -> Result<(), SourceError> {
        let rest = self.input.fill_buf().map_err(|error| SourceError::Read(self.name.clone(), error))?;
        let is_over = rest.is_empty();
        if is_over {
            Ok(())
        } else {
            Err(self.wrong("it goes on behind the line that says that it is whole"))
        }
    }

    /// What is said of a line of the first input, if anything is.
    fn of(&mut self, line: u64) -> Result<Option<&Said>, SourceError> {
        self.fill()?;
        match &self.next {
            Some(said) if said.line < line => Err(self.wrong("its lines are not in order")),
            Some(said) if said.line == line => Ok(self.next.as_ref()),
            Some(_) | None => Ok(None),
        }
    }
}

/// Outputs with their losses: each line has the number that its payload had.
pub(crate) struct Restored<R> {
    outputs: Lines<R>,
    losses: Losses,
    lines: Batch,
    /// How many of those lines were given out.
    given: usize,
    /// The last line that was given out.
    line: u64,
    /// Whether all outputs were read.
    is_over: bool,
    /// Whether both files ended together.
    is_done: bool,
}

impl<R: Read> Restored<R> {
    pub(crate) fn new(outputs: Lines<R>, losses: Losses) -> Self {
        Self { outputs, losses, lines: Batch::default(), given: 0, line: 0, is_over: false, is_done: false }
    }

    /// Makes the next batch. False at the end, where both files ended together.
    pub(crate) fn next(&mut self, batch: &mut Batch) -> Result<bool, SourceError> {
        batch.clear();
        if self.is_done {
            return Ok(false);
        }
        let mut lines = std::mem::take(&mut self.lines);
        if self.given >= lines.items.len() && !self.is_over {
            self.given = 0;
            self.is_over = !self.outputs.next(&mut lines)?;
        }
        let result = self.pair(&lines, batch);
        self.lines = lines;
        result?;
        if self.is_over {
            self.rejected(batch)?;
        }
        // What is full may have left something.
        if self.is_over && !is_full(batch) {
            self.losses.fill()?;
            match self.losses.end {
                Some(lines) if lines == self.line => self.losses.check_over()?,
                end => return Err(self.count(end)),
            }
            self.is_done = true;
        }
        Ok(!batch.items.is_empty())
    }

    fn count(&self, end: Option<u64>) -> SourceError {
        let found = self.line;
        self.losses.wrong(&match end {
            Some(lines) => format!("expected the output of {lines} payloads, found that of {found}"),
            None => format!("it says more of later lines than the output of {found} payloads has"),
        })
    }

    /// Gives out lines with what is said of them, until all are, or the batch is full.
    fn pair(&mut self, lines: &Batch, batch: &mut Batch) -> Result<(), SourceError> {
        while let Some(item) = lines.items.get(self.given) {
            if !matches!(&item.what, What::Part(part) if !part.is_first) {
                self.rejected(batch)?;
            }
            if is_full(batch) {
                return Ok(());
            }
            self.given = self.given.saturating_add(1);
            let text = lines.text.get(item.text.clone()).unwrap_or_default();
            if let What::Part(part) = &item.what {
                let mut part = part.clone();
                if part.is_first {
                    self.line = self.line.saturating_add(1);
                    self.losses.of(self.line)?;
                    part.has_losses = self.losses.next.take_if(|said| said.line == self.line).is_some();
                }
                push(batch, self.line, text, What::Part(part));
                continue;
            }
            self.line = self.line.saturating_add(1);
            if self.losses.end.is_some_and(|lines| self.line > lines) {
                return Err(self.count(self.losses.end));
            }
            match self.losses.of(self.line)? {
                None => push(batch, self.line, text, What::Restore { notes: 0..0, digest: None }),
                Some(Said { rejected: None, text: notes, digest, .. }) => {
                    let start = batch.notes.len();
                    batch.notes.extend_from_slice(notes);
                    let notes = start..batch.notes.len();
                    let what = What::Restore { notes, digest: digest.clone() };
                    push(batch, self.line, text, what);
                    self.losses.next = None;
                }
                Some(Said { rejected: Some(rejected), text: notes, .. }) => {
                    if serde_json::from_slice::<ErrorLine>(payload(text)).is_err() {
                        let line = self.line;
                        return Err(self.losses.wrong(&format!(
                            "line {line} of the payloads was rejected, and its output is no error"
                        )));
                    }
                    push_rejected(batch, self.line, rejected, notes);
                    self.losses.next = None;
                }
            }
        }
        Ok(())
    }

    /// Gives out the rejected payloads that have no line in the output, until all are, or the batch is full.
    fn rejected(&mut self, batch: &mut Batch) -> Result<(), SourceError> {
        while !is_full(batch) {
            let line = self.line.saturating_add(1);
            match self.losses.of(line)? {
                Some(Said { rejected: Some(rejected), text, .. }) if !rejected.emitted => {
                    push_rejected(batch, line, rejected, text);
                    self.losses.next = None;
                    self.line = line;
                }
                _ => break,
            }
        }
        Ok(())
    }
}

/// Whether a batch has enough: what is said of a short line may be long, and many may be rejected in a row.
fn is_full(batch: &Batch) -> bool {
    batch.items.len() >= MOST_LINES || batch.text.len().saturating_add(batch.notes.len()) >= MOST_KEPT
}

fn push(batch: &mut Batch, line: u64, text: &[u8], what: What) {
    let start = batch.text.len();
    batch.text.extend(text);
    batch.items.push(Item { line, text: start..batch.text.len(), what });
}

fn push_rejected(batch: &mut Batch, line: u64, rejected: &Rejected, notes: &[u8]) {
    let start = batch.notes.len();
    batch.notes.extend_from_slice(if rejected.has_losses { notes } else { b"" });
    let notes = start..batch.notes.len();
    match &rejected.payload {
        Some(payload) => push(batch, line, payload, What::Verbatim { notes }),
        None => push(batch, line, b"", What::Gone),
    }
}
