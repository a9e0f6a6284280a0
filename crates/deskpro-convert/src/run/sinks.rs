//! The files and streams that a run writes, and the order of writing.

use std::io;

use crate::batch_output::BatchOutput;
use crate::sink::{Placed, Sink, WriteError};

/// The files and streams of a run, except its summary.
pub(super) struct Sinks {
    pub(super) output: Sink,
    pub(super) losses: Option<Sink>,
    pub(super) rejects: Option<Sink>,
    pub(super) report: Option<Sink>,
    /// The first line of the losses file, until it is written with the first batch. If the input is wrong, there is no
    /// first batch, and nothing is written to a stream or through a link.
    pub(super) losses_head: Vec<u8>,
}

/// How writing ended.
pub(super) struct Finished {
    /// Whether the output is still read.
    pub(super) is_read: bool,
    /// Where the files other than the output are.
    pub(super) placed: Vec<Placed>,
}

impl Sinks {
    /// Writes a batch. Returns whether the output is still read.
    pub(super) fn write(&mut self, out: &BatchOutput) -> Result<bool, WriteError> {
        // Losses are written first: when an output line is visible, its losses are in the file. While the output is in
        // a temporary file, the losses may be buffered.
        let is_visible = self.output.is_stream();
        self.write_losses_head()?;
        for (sink, bytes) in [(&mut self.losses, &out.losses), (&mut self.rejects, &out.rejects)] {
            if let Some(sink) = sink
                && !bytes.is_empty()
            {
                if is_visible { sink.write_through(bytes)? } else { sink.write(bytes)? }
            }
        }
        if out.output.is_empty() { Ok(true) } else { is_read(self.output.write(&out.output)) }
    }

    /// Writes the last line of the losses.
    pub(super) fn write_losses_end(&mut self, end: &[u8]) -> Result<(), WriteError> {
        self.write_losses_head()?;
        self.losses.as_mut().map_or(Ok(()), |losses| losses.write(end))
    }

    fn write_losses_head(&mut self) -> Result<(), WriteError> {
        let head = std::mem::take(&mut self.losses_head);
        match &mut self.losses {
            Some(losses) if !head.is_empty() => losses.write(&head),
            Some(_) | None => Ok(()),
        }
    }

    /// Writes the page of --report.
    pub(super) fn write_report(&mut self, page: &str) -> Result<(), WriteError> {
        self.report.as_mut().map_or(Ok(()), |report| report.write(page.as_bytes()))
    }

    /// Puts the files in place, the output last.
    pub(super) fn finish(mut self, summary: Option<Sink>) -> Result<Finished, WriteError> {
        let mut others: Vec<Sink> =
            [self.losses, self.rejects, summary, self.report].into_iter().flatten().collect();
        // All files are written before the first is put in place.
        others.iter_mut().try_for_each(Sink::flush)?;
        let was_read = is_read(self.output.flush())?;
        let placed = others.into_iter().map(Sink::finish).collect::<Result<_, _>>()?;
        let is_read = was_read && is_read(self.output.finish().map(drop))?;
        Ok(Finished { is_read, placed })
    }
}

/// Whether the output is still read. A closed pipe is not an error.
pub(super) fn is_read(written: Result<(), WriteError>) -> Result<bool, WriteError> {
    match written {
        Err(error) if error.error.kind() == io::ErrorKind::BrokenPipe => Ok(false),
        written => written.map(|()| true),
    }
}
