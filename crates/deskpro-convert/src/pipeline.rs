//! The converting threads. Each thread reads a batch, converts it, and writes its output in the order of batches.
//!
//! A batch stays in the thread that read it, in buffers that are reused. If earlier outputs are not written yet, a
//! thread queues its output, and the thread that writes the earlier ones also writes this one. The queue is bounded, so
//! memory is bounded however slowly the output is read.
//!
//! There are two locks, `input` and `queue`. No thread holds both, and a thread holds neither while a batch is
//! converted or `write` runs: `write` may take other locks.

use std::collections::VecDeque;
use std::ops::ControlFlow;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, Scope};

use crate::args::Args;
use crate::batch_output::BatchOutput;
use crate::source::{BATCH, Batch, SourceError};
use crate::worker::Worker;

/// Converts batches from `read` in `jobs` threads and gives the outputs to `write` in order, until `read` returns false
/// or fails, or `write` breaks. If `write` breaks, `on_stop` is called and may end the process, because another thread
/// may still wait for input.
///
/// # Errors
///
/// `read` failed, or a thread could not be started.
pub fn run(
    args: &Args,
    jobs: usize,
    mut read: impl FnMut(&mut Batch) -> Result<bool, SourceError> + Send,
    write: impl Fn(&mut BatchOutput) -> ControlFlow<()> + Sync,
    on_stop: impl Fn() + Sync,
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
    let input = Input { read, batches: 0, bytes: 0, has_threads: false, end: None };
    let pipeline = Pipeline {
        args,
        jobs,
        input: Mutex::new(input),
        queue: Mutex::default(),
        has_room: Condvar::new(),
        write,
        on_stop,
    };
    thread::scope(|scope| pipeline.work(scope));
    let input = pipeline.input.into_inner().unwrap_or_else(PoisonError::into_inner);
    input.end.unwrap_or(Ok(()))
}

/// State that the threads share.
struct Pipeline<'a, R, W, S> {
    args: &'a Args,
    jobs: usize,
    input: Mutex<Input<R>>,
    queue: Mutex<OutputQueue>,
    /// Notified when the queue may have room for a waiting thread.
    has_room: Condvar,
    write: W,
    on_stop: S,
}

/// Reads batches. A thread holds the lock while it reads, and may wait for input then.
struct Input<R> {
    read: R,
    /// The number of batches read, which is the number of the next batch.
    batches: usize,
    bytes: usize,
    /// Whether the other threads are started.
    has_threads: bool,
    end: Option<Result<(), SourceError>>,
}

/// Outputs in the order of batches. The thread that has output `next` writes.
#[derive(Default)]
struct OutputQueue {
    /// The number of the next output to be written.
    next: usize,
    /// The outputs after `next`, in order; `None` for an output that is not ready.
    ready: VecDeque<Option<BatchOutput>>,
    /// Buffers for reuse.
    spare: Vec<BatchOutput>,
    /// The number of threads that wait for room.
    waiting: usize,
    has_ended: bool,
}

impl<R, W, S> Pipeline<'_, R, W, S>
where
    R: FnMut(&mut Batch) -> Result<bool, SourceError> + Send,
    W: Fn(&mut BatchOutput) -> ControlFlow<()> + Sync,
    S: Fn() + Sync,
{
    /// Reads, converts and writes batches until reading or writing ends.
    fn work<'s>(&'s self, scope: &'s Scope<'s, '_>) {
        let _guard = PanicGuard(self);
        let mut worker = Worker::new(self.args);
        let (mut batch, mut out) = (Batch::default(), BatchOutput::default());
        while let Some(number) = self.read(&mut batch, scope) {
            worker.convert(&batch, &mut out);
            if self.deliver(number, &mut out) == ControlFlow::Break(()) {
                break;
            }
        }
    }

    /// Reads the next batch and returns its number. Starts the other threads when the input is long enough.
    fn read<'s>(&'s self, batch: &mut Batch, scope: &'s Scope<'s, '_>) -> Option<usize> {
        let mut input = lock(&self.input);
        if input.end.is_some() {
            return None;
        }
        match (input.read)(batch) {
            Ok(true) => {}
            ended => {
                input.end = Some(ended.map(drop));
                return None;
            }
        }
        let number = input.batches;
        input.batches += 1;
        input.bytes += batch.len();
        // Converting a short input takes less time than starting a thread. All threads start together, before they use
        // memory, so that a failure to start can be reported.
        if !input.has_threads && input.bytes > BATCH / 4 {
            input.has_threads = true;
            for _ in 1..self.jobs {
                if let Err(error) = thread::Builder::new().spawn_scoped(scope, || self.work(scope)) {
                    input.end = Some(Err(SourceError::NoThread(error)));
                    return None;
                }
            }
        }
        Some(number)
    }

    /// If an output is the next, writes it and the queued outputs after it. Otherwise queues it, and replaces `out`
    /// with a spare buffer. Waits while the queue is full.
    fn deliver(&self, number: usize, out: &mut BatchOutput) -> ControlFlow<()> {
        let mut queue = lock(&self.queue);
        loop {
            let ahead = number - queue.next;
            if queue.has_ended {
                return ControlFlow::Break(());
            }
            if ahead == 0 {
                break;
            }
            if ahead <= self.jobs {
                let other = queue.spare.pop().unwrap_or_default();
                if queue.ready.len() < ahead {
                    queue.ready.resize_with(ahead, || None);
                }
                queue.ready[ahead - 1] = Some(std::mem::replace(out, other));
                return ControlFlow::Continue(());
            }
            queue.waiting += 1;
            queue = self.has_room.wait(queue).unwrap_or_else(PoisonError::into_inner);
            queue.waiting -= 1;
        }
        loop {
            drop(queue);
            let flow = (self.write)(out);
            queue = lock(&self.queue);
            queue.next += 1;
            queue.has_ended |= flow == ControlFlow::Break(());
            let next = queue.ready.pop_front().flatten().filter(|_| !queue.has_ended);
            // Waking all threads for each written output would be a waste: most would find no room.
            if queue.waiting > 0 && (next.is_none() || queue.ready.len() <= self.jobs / 2) {
                self.has_room.notify_all();
            }
            match next {
                Some(next) => queue.spare.push(std::mem::replace(out, next)),
                None if queue.has_ended => break,
                // The thread that converts the next output writes it.
                None => return ControlFlow::Continue(()),
            }
        }
        drop(queue);
        (self.on_stop)();
        ControlFlow::Break(())
    }
}

/// If its thread panics, ends the other threads' wait for its output.
struct PanicGuard<'t, 'a, R, W, S>(&'t Pipeline<'a, R, W, S>);

impl<R, W, S> Drop for PanicGuard<'_, '_, R, W, S> {
    fn drop(&mut self) {
        if thread::panicking() {
            lock(&self.0.queue).has_ended = true;
            self.0.has_room.notify_all();
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
