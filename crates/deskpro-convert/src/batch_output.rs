//! What a worker made of a batch, to be written in order.

use deskpro_contact::losses_file::OutputDigest;

use crate::message::Message;
use crate::panics::Panic;
use crate::source;
use crate::tally::Tally;

/// What became of a batch.
#[derive(Default, Debug)]
pub struct BatchOutput {
    /// Lines of the output.
    pub output: Vec<u8>,
    /// Lines of the losses file.
    pub losses: Vec<u8>,
    /// Rejected lines, byte for byte.
    pub rejects: Vec<u8>,
    /// Counts.
    pub tally: Tally,
    /// Messages that may be shown.
    pub(crate) messages: Vec<Message>,
    /// Lines that are not what was written for their payloads.
    pub(crate) changed: Vec<Changed>,
    /// Why the run ends with this batch, if it does.
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
    /// Empties it, and keeps memory for its next use.
    pub(crate) fn clear(&mut self) {
        let Self { output, losses, rejects, tally, messages, changed, end } = self;
        [output, losses, rejects].into_iter().for_each(source::clear);
        tally.clear();
        messages.clear();
        changed.clear();
        *end = None;
    }
}

/// A line that is not what was written for its payload, by digests.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Changed {
    pub(crate) line: u64,
    /// The digest of what was written.
    pub(crate) written: OutputDigest,
    /// The digest of what is there.
    pub(crate) found: OutputDigest,
}

impl Changed {
    /// None where the output is what was written.
    pub(crate) fn of(line: u64, written: OutputDigest, output: &[u8]) -> Option<Self> {
        let found = OutputDigest::of(output);
        (written != found).then_some(Self { line, written, found })
    }
}
