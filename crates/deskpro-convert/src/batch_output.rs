//! The result of a batch, to be written in the order of batches.

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
    /// Why the run ends with this batch, if it ends.
    pub end: Option<EarlyEnd>,
}

/// Why a run ends with a batch.
#[derive(Debug)]
pub enum EarlyEnd {
    /// `--on-error stop` met a rejected payload. The batch is written.
    Rejected,
    /// The losses file does not belong to the outputs, for this reason. Nothing of the batch is written.
    Mismatch(String),
    /// The input contradicts itself, for this reason. Nothing of the batch is written.
    WrongInput(String),
    /// Converting this line panicked. Nothing of the batch is written.
    Panic(u64, Panic),
}

impl BatchOutput {
    /// Empties all buffers for reuse.
    pub(crate) fn clear(&mut self) {
        let Self { output, losses, rejects, tally, messages, end } = self;
        [output, losses, rejects].into_iter().for_each(source::clear);
        tally.clear();
        messages.clear();
        *end = None;
    }
}
