//! The files and streams that a run writes, in the order in which they must be written.

use std::io;

use crate::batch_output::BatchOutput;
use crate::sink::{Sink, WriteError};

/// What a run writes, except its summary.
pub(super) struct Sinks {
    pub(super) output: Sink,
    pub(super) losses: Option<Sink>,
    pub(super) rejects: Option<Sink>,
}

impl Sinks {
    /// Writes a batch. Returns whether the output is still read.
    pub(super) fn write(&mut self, out: &BatchOutput) -> Result<bool, WriteError> {
        // The losses first: an output line that can be seen has its losses kept. They may wait where the output does.
        let is_seen_at_once = self.output.is_seen_at_once();
        for (sink, bytes) in [(&mut self.losses, &out.losses), (&mut self.rejects, &out.rejects)] {
            if let Some(sink) = sink
                && !bytes.is_empty()
            {
                if is_seen_at_once { sink.write_through(bytes)? } else { sink.write(bytes)? }
            }
        }
        if out.output.is_empty() { Ok(true) } else { is_read(self.output.write(&out.output)) }
    }

    /// Puts the files in place: the output last, when all that belongs to it is there. Returns whether it is still
    /// read.
    pub(super) fn finish(mut self, summary: Option<Sink>) -> Result<bool, WriteError> {
        let mut others: Vec<Sink> = [self.losses, self.rejects, summary].into_iter().flatten().collect();
        // None is in place before all are written.
        others.iter_mut().try_for_each(Sink::flush)?;
        let was_read = is_read(self.output.flush())?;
        others.into_iter().try_for_each(Sink::finish)?;
        Ok(is_read(self.output.finish())? && was_read)
    }
}

/// Whether the output is still read: a reader that closes it has seen enough.
pub(super) fn is_read(written: Result<(), WriteError>) -> Result<bool, WriteError> {
    match written {
        Err(error) if error.error.kind() == io::ErrorKind::BrokenPipe => Ok(false),
        written => written.map(|()| true),
    }
}
