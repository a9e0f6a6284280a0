//! The result of a batch, to be written in the order of batches.

use deskpro_contact::losses_file::OutputDigest;

use crate::message::Message;
use crate::panics::Panic;
use crate::source;
use crate::tally::Tally;

/// The result of a batch.
#[derive(Default, Debug)]
pub struct BatchOutput {
    /// Output lines.
    pub output: Vec<u8>,
    /// Lines of the losses file.
    pub losses: Vec<u8>,
    /// Rejected lines, unchanged.
    pub rejects: Vec<u8>,
    /// The counts of the batch.
    pub tally: Tally,
    /// The first messages of each code, some of which are shown.
    pub(crate) messages: Vec<Message>,
    /// Lines that differ from the output written for their payloads.
    pub(crate) changed: Vec<Changed>,
    /// Why the run ends with this batch, if it ends.
    pub end: Option<EarlyEnd>,
}

/// Why a run ends with a batch.
#[derive(Debug)]
pub enum EarlyEnd {
    /// `--on-error stop` met a rejected payload. The batch is written.
    Rejected,
    /// The losses file does not fit, for this reason. Nothing of the batch is written.
    Mismatch(String),
    /// Converting this line panicked. Nothing of the batch is written.
    Panic(u64, Panic),
}

impl BatchOutput {
    /// Empties all buffers for reuse.
    pub(crate) fn clear(&mut self) {
        let Self { output, losses, rejects, tally, messages, changed, end } = self;
        [output, losses, rejects].into_iter().for_each(source::clear);
        tally.clear();
        messages.clear();
        changed.clear();
        *end = None;
    }
}

/// A line that differs from the output written for its payload, by digest.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Changed {
    pub(crate) line: u64,
    /// The digest of the output written for the payload.
    pub(crate) written: OutputDigest,
    /// The digest of the line.
    pub(crate) found: OutputDigest,
}

impl Changed {
    /// None if the line is the output written for its payload.
    pub(crate) fn of(line: u64, written: OutputDigest, output: &[u8]) -> Option<Self> {
        let found = OutputDigest::of(output);
        (written != found).then_some(Self { line, written, found })
    }
}
