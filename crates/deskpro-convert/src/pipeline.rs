//! Threads that take turns: each reads a batch, converts it, and writes it when all before it are written.
//!
//! A batch stays with the thread that read it, in buffers that are used again. A thread that is done before its turn
//! leaves its output to the thread that writes, and goes on. How many outputs may wait is bounded, and so is the
//! memory, however slow the reader of the output is.
//!
//! There are two locks, `source` and `output`. No thread holds both, and none is held while batches are converted or
//! `write` runs: `write` may take locks of its own.

use std::collections::VecDeque;
use std::ops::ControlFlow;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, Scope};

use crate::args::Args;
use crate::batch_output::BatchOutput;
use crate::source::{BATCH, Batch, SourceError};
use crate::worker::Worker;

/// Runs batches from `read` through `jobs` converting threads to `write`, until one of the two ends it. Where `write`
/// does, another thread may be waiting for input: `stopped` is called, and may end the process.
///
/// # Errors
///
/// Where `read` fails, or a thread cannot be started.
pub fn run(
    args: &Args,
    jobs: usize,
    mut read: impl FnMut(&mut Batch) -> Result<bool, SourceError> + Send,
    write: impl Fn(&mut BatchOutput) -> ControlFlow<()> + Sync,
    stopped: impl Fn() + Sync,
) -> Result<(), SourceError> {
    if jobs <= 1 {
        let mut worker = Worker::new(args);
        let (mut batch, mut out) = (Batch::default(), BatchOutput::default());
        while read(&mut batch)? {
            worker.convert(&batch, &mut out);
            if write(&mut out) == ControlFlow::Break(()) {
                break;
            }
        }
        return Ok(());
    }
    let source = Source { read, batches: 0, bytes: 0, has_threads: false, end: None };
    let pipeline = Pipeline {
        args,
        jobs,
        source: Mutex::new(source),
        output: Mutex::default(),
        has_room: Condvar::new(),
        write,
        stopped,
    };
    thread::scope(|scope| pipeline.work(scope));
    let source = pipeline.source.into_inner().unwrap_or_else(PoisonError::into_inner);
    source.end.unwrap_or(Ok(()))
}

/// State that the threads share.
struct Pipeline<'a, R, W, S> {
    args: &'a Args,
    jobs: usize,
    source: Mutex<Source<R>>,
    output: Mutex<Output>,
    /// Signals that threads may look again whether their output has room to wait.
    has_room: Condvar,
    write: W,
    stopped: S,
}

/// Where batches come from. The thread that holds its lock reads, and may wait for input.
struct Source<R> {
    read: R,
    /// How many batches were read: each has its number.
    batches: usize,
    bytes: usize,
    /// Whether the other threads were started.
    has_threads: bool,
    end: Option<Result<(), SourceError>>,
}

/// Outputs in their order. The thread that has the batch with the number `next` is the one that writes.
#[derive(Default)]
struct Output {
    next: usize,
    /// The outputs that wait behind the next, in order; none where that one is not ready.
    ready: VecDeque<Option<BatchOutput>>,
    /// Buffers of outputs that were written.
    spare: Vec<BatchOutput>,
    /// How many threads wait for room.
    waiting: usize,
    is_over: bool,
}

impl<R, W, S> Pipeline<'_, R, W, S>
where
    R: FnMut(&mut Batch) -> Result<bool, SourceError> + Send,
    W: Fn(&mut BatchOutput) -> ControlFlow<()> + Sync,
    S: Fn() + Sync,
{
    /// Takes turns until there is nothing to read, or nobody to write for.
    fn work<'s>(&'s self, scope: &'s Scope<'s, '_>) {
        let _ends = Ends(self);
        let mut worker = Worker::new(self.args);
        let (mut batch, mut out) = (Batch::default(), BatchOutput::default());
        while let Some(number) = self.read(&mut batch, scope) {
            worker.convert(&batch, &mut out);
            if self.hand_in(number, &mut out) == ControlFlow::Break(()) {
                break;
            }
        }
    }

    /// Reads the next batch, and returns its number. Starts the other threads once there is work for them.
    fn read<'s>(&'s self, batch: &mut Batch, scope: &'s Scope<'s, '_>) -> Option<usize> {
        let mut source = lock(&self.source);
        if source.end.is_some() {
            return None;
        }
        match (source.read)(batch) {
            Ok(true) => {}
            ended => {
                source.end = Some(ended.map(drop));
                return None;
            }
        }
        let number = source.batches;
        source.batches += 1;
        source.bytes += batch.len();
        // A short input is converted sooner than a thread is started. They start together, before they take memory from
        // each other: where one cannot, that can still be said.
        if !source.has_threads && source.bytes > BATCH / 4 {
            source.has_threads = true;
            for _ in 1..self.jobs {
                if let Err(error) = thread::Builder::new().spawn_scoped(scope, || self.work(scope)) {
                    source.end = Some(Err(SourceError::NoThread(error)));
                    return None;
                }
            }
        }
        Some(number)
    }

    /// Writes an output and those that wait behind it; or leaves it to the thread that writes, and takes other buffers.
    fn hand_in(&self, number: usize, out: &mut BatchOutput) -> ControlFlow<()> {
        let mut output = lock(&self.output);
        loop {
            let ahead = number - output.next;
            if output.is_over {
                return ControlFlow::Break(());
            }
            if ahead == 0 {
                break;
            }
            if ahead <= self.jobs {
                let other = output.spare.pop().unwrap_or_default();
                if output.ready.len() < ahead {
                    output.ready.resize_with(ahead, || None);
                }
                output.ready[ahead - 1] = Some(std::mem::replace(out, other));
                return ControlFlow::Continue(());
            }
            output.waiting += 1;
            output = self.has_room.wait(output).unwrap_or_else(PoisonError::into_inner);
            output.waiting -= 1;
        }
        loop {
            drop(output);
            let flow = (self.write)(out);
            output = lock(&self.output);
            output.next += 1;
            output.is_over |= flow == ControlFlow::Break(());
            let next = output.ready.pop_front().flatten().filter(|_| !output.is_over);
            // Not for each one: they would all wake up for the room of one.
            if output.waiting > 0 && (next.is_none() || output.ready.len() <= self.jobs / 2) {
                self.has_room.notify_all();
            }
            match next {
                Some(next) => output.spare.push(std::mem::replace(out, next)),
                None if output.is_over => break,
                // Its thread comes to write it itself.
                None => return ControlFlow::Continue(()),
            }
        }
        drop(output);
        (self.stopped)();
        ControlFlow::Break(())
    }
}

/// Ends the waiting of other threads for one that panics.
struct Ends<'t, 'a, R, W, S>(&'t Pipeline<'a, R, W, S>);

impl<R, W, S> Drop for Ends<'_, '_, R, W, S> {
    fn drop(&mut self) {
        if thread::panicking() {
            lock(&self.0.output).is_over = true;
            self.0.has_room.notify_all();
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
