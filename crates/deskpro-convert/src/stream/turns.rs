//! Threads that take turns: each reads a batch, converts it, and writes it when all before it are written.
//!
//! A batch stays with the thread that read it, in buffers that are used again and again. A thread that is done before
//! its turn leaves what it made to whoever writes, and goes on; how many may lie there is bounded, and so is the
//! memory, however slow the reader of the output is.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, Scope};

use super::{Done, Go, Worker};
use crate::args::Args;
use crate::source::{BATCH, Batch, SourceError};

/// Runs batches from `read` through `jobs` converting threads to `write`, until one of them ends it. Where `write`
/// does while another thread reads, which may wait, it is for `stopped` to end the run.
pub(crate) fn run(
    args: &Args,
    jobs: usize,
    mut read: impl FnMut(&mut Batch) -> Result<bool, SourceError> + Send,
    write: impl Fn(&mut Done) -> Go + Sync,
    stopped: impl Fn() + Sync,
) -> Result<(), SourceError> {
    if jobs <= 1 {
        let mut worker = Worker::new(args);
        let (mut batch, mut done) = (Batch::default(), Done::default());
        while read(&mut batch)? {
            worker.convert(&batch, &mut done);
            if write(&mut done) == Go::Stop {
                break;
            }
        }
        return Ok(());
    }
    let source = Source { read, batches: 0, bytes: 0, has_threads: false, end: None };
    let turns = Turns {
        args,
        jobs,
        source: Mutex::new(source),
        output: Mutex::default(),
        has_room: Condvar::new(),
        write,
        stopped,
    };
    thread::scope(|scope| turns.work(scope));
    let source = turns.source.into_inner().unwrap_or_else(PoisonError::into_inner);
    source.end.unwrap_or(Ok(()))
}

/// What the threads share.
struct Turns<'a, R, W, S> {
    args: &'a Args,
    jobs: usize,
    source: Mutex<Source<R>>,
    output: Mutex<Output>,
    /// Whether something was written that others wait for.
    has_room: Condvar,
    write: W,
    stopped: S,
}

/// Where batches come from. Who has it locked reads, and may wait for input.
struct Source<R> {
    read: R,
    /// How many batches were read: each has its number.
    batches: usize,
    bytes: usize,
    /// Whether the other threads were started.
    has_threads: bool,
    end: Option<Result<(), SourceError>>,
}

/// What is written next, and what is to be written then. Who has that number is the one who writes.
#[derive(Default)]
struct Output {
    next: usize,
    /// What is ready of the batches behind the next, the first of them in front.
    ready: VecDeque<Option<Done>>,
    /// What was written, to be used again.
    spare: Vec<Done>,
    /// How many threads wait for room.
    waiting: usize,
    is_over: bool,
}

impl<R, W, S> Turns<'_, R, W, S>
where
    R: FnMut(&mut Batch) -> Result<bool, SourceError> + Send,
    W: Fn(&mut Done) -> Go + Sync,
    S: Fn() + Sync,
{
    /// Takes turns until there is nothing to read, or nobody to write for.
    fn work<'s>(&'s self, scope: &'s Scope<'s, '_>) {
        let _ends = Ends(self);
        let mut worker = Worker::new(self.args);
        let (mut batch, mut done) = (Batch::default(), Done::default());
        while let Some(number) = self.read(&mut batch, scope) {
            worker.convert(&batch, &mut done);
            if self.hand_in(number, &mut done) == Go::Stop {
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
        source.batches = number.saturating_add(1);
        let bytes = batch.text.len().saturating_add(batch.notes.len());
        source.bytes = source.bytes.saturating_add(bytes);
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

    /// Writes what became of a batch, and what is ready behind it; or leaves it to who writes, and takes another one.
    fn hand_in(&self, number: usize, done: &mut Done) -> Go {
        let mut output = lock(&self.output);
        loop {
            let ahead = number.saturating_sub(output.next);
            if output.is_over {
                return Go::Stop;
            }
            if ahead == 0 {
                break;
            }
            if ahead <= self.jobs {
                let other = output.spare.pop().unwrap_or_default();
                if output.ready.len() < ahead {
                    output.ready.resize_with(ahead, || None);
                }
                if let Some(place) = output.ready.get_mut(ahead.saturating_sub(1)) {
                    *place = Some(std::mem::replace(done, other));
                }
                return Go::On;
            }
            output.waiting = output.waiting.saturating_add(1);
            output = self.has_room.wait(output).unwrap_or_else(PoisonError::into_inner);
            output.waiting = output.waiting.saturating_sub(1);
        }
        loop {
            drop(output);
            let go = (self.write)(done);
            output = lock(&self.output);
            output.next = output.next.saturating_add(1);
            output.is_over |= go == Go::Stop;
            let next = output.ready.pop_front().flatten().filter(|_| !output.is_over);
            // Not for each one: they would all wake up for the room of one.
            if output.waiting > 0 && (next.is_none() || output.ready.len() <= self.jobs / 2) {
                self.has_room.notify_all();
            }
            match next {
                Some(next) => output.spare.push(std::mem::replace(done, next)),
                None if output.is_over => break,
                // Its thread comes to write it itself.
                None => return Go::On,
            }
        }
        drop(output);
        (self.stopped)();
        Go::Stop
    }
}

/// Lets nobody wait for a thread that panics.
struct Ends<'t, 'a, R, W, S>(&'t Turns<'a, R, W, S>);

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
