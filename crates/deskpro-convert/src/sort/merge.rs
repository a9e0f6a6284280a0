//! Writes sorted runs of records to a temporary file, and merges them.
//!
//! A run is a part of the records in the order of their keys, not a run of the command. A record in a run is its key,
//! the length of its bytes (four bytes, the lowest first), and its bytes.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::collections::binary_heap::PeekMut;
use std::fs::File;
use std::io::{self, Write as _};
use std::marker::PhantomData;
use std::ops::Range;
use std::os::unix::fs::FileExt as _;

use super::SortKey;

/// The position of a run in its file.
pub(super) type Run = Range<u64>;

/// The size of a length in bytes.
const LENGTH: usize = size_of::<u32>();

/// The minimum size of the buffer of a run.
const MIN_BUFFER: usize = 4 << 10;

/// The maximum size of the buffer of a run: larger reads are not faster.
const MAX_BUFFER: usize = 1 << 20;

/// The size of the bytes of a key.
fn key_len<K: SortKey>() -> usize {
    K::Bytes::default().as_ref().len()
}

/// Writes a run at the end of a file.
pub(super) struct RunWriter<'f> {
    file: &'f mut File,
    pending: Vec<u8>,
    run: Run,
}

impl<'f> RunWriter<'f> {
    const BLOCK: usize = 256 << 10;

    /// A run that begins at the end of the file, `start`.
    pub(super) fn new(file: &'f mut File, start: u64) -> Self {
        Self { file, pending: Vec::with_capacity(Self::BLOCK), run: start..start }
    }

    pub(super) fn write<K: SortKey>(&mut self, key: K, record: &[u8]) -> io::Result<()> {
        let len = u32::try_from(record.len()).expect("a record in memory has fewer than 4 GiB");
        self.pending.extend_from_slice(key.to_bytes().as_ref());
        self.pending.extend_from_slice(&len.to_le_bytes());
        self.pending.extend_from_slice(record);
        if self.pending.len() >= Self::BLOCK { self.flush() } else { Ok(()) }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.write_all(&self.pending)?;
        self.run.end += self.pending.len() as u64;
        self.pending.clear();
        Ok(())
    }

    pub(super) fn finish(mut self) -> io::Result<Run> {
        self.flush()?;
        Ok(self.run)
    }
}

/// Merges the runs of a file.
pub(super) struct Merge<K> {
    /// The runs, in the order in which their records were added.
    readers: Vec<RunReader<K>>,
    /// The next key of each run that has one, with the number of the run, which decides the order of equal keys.
    heads: BinaryHeap<Reverse<(K, usize)>>,
    /// The run of the last record, which is not read beyond that record.
    current: Option<usize>,
}

impl<K: SortKey> Merge<K> {
    /// Merges `runs`. Their buffers have `buffers` bytes together.
    pub(super) fn new(file: &File, runs: &[Run], buffers: usize) -> io::Result<Self> {
        let size = (buffers / runs.len()).clamp(MIN_BUFFER, MAX_BUFFER);
        let mut readers: Vec<RunReader<K>> = runs.iter().map(|run| RunReader::new(run, size)).collect();
        let mut heads = BinaryHeap::with_capacity(runs.len());
        for (number, reader) in readers.iter_mut().enumerate() {
            if let Some(key) = reader.advance(file)? {
                heads.push(Reverse((key, number)));
            }
        }
        Ok(Self { readers, heads, current: None })
    }

    /// The next record of all runs.
    pub(super) fn next(&mut self, file: &File) -> io::Result<Option<(K, &[u8])>> {
        if let Some(number) = self.current.take() {
            let head = self.heads.peek_mut().expect("the run of the last record is the first");
            match self.readers[number].advance(file)? {
                Some(key) => replace(head, (key, number)),
                None => drop(PeekMut::pop(head)),
            }
        }
        let Some(&Reverse((key, number))) = self.heads.peek() else { return Ok(None) };
        self.current = Some(number);
        Ok(Some((key, self.readers[number].record())))
    }
}

/// Replaces the first element. The heap restores its order when the element is dropped.
fn replace<T: Ord>(mut head: PeekMut<'_, Reverse<T>>, value: T) {
    *head = Reverse(value);
}

/// Merges runs of a file into one run at the end of another.
pub(super) fn copy_runs<K: SortKey>(
    merge: &mut Merge<K>,
    from: &File,
    to: &mut File,
    start: u64,
) -> io::Result<Run> {
    let mut out = RunWriter::new(to, start);
    while let Some((key, record)) = merge.next(from)? {
        out.write(key, record)?;
    }
    out.finish()
}

/// Reads a run.
struct RunReader<K> {
    /// The part of the run that is not in the buffer.
    rest: Run,
    size: usize,
    buffer: Vec<u8>,
    /// The position in the buffer after the current record, in bytes from 0.
    at: usize,
    /// The position of the current record's bytes in the buffer.
    record: Range<usize>,
    key: PhantomData<K>,
}

impl<K: SortKey> RunReader<K> {
    fn new(run: &Run, size: usize) -> Self {
        Self { rest: run.clone(), size, buffer: Vec::new(), at: 0, record: 0..0, key: PhantomData }
    }

    /// The bytes of the current record.
    fn record(&self) -> &[u8] {
        &self.buffer[self.record.clone()]
    }

    /// Reads the next record, and returns its key. `None` at the end of the run.
    fn advance(&mut self, file: &File) -> io::Result<Option<K>> {
        if self.at == self.buffer.len() && self.rest.is_empty() {
            return Ok(None);
        }
        let head = key_len::<K>() + LENGTH;
        self.fill(file, head)?;
        let mut key = K::Bytes::default();
        let (bytes, after) = self.buffer[self.at..].split_at(key_len::<K>());
        key.as_mut().copy_from_slice(bytes);
        let len = u32::from_le_bytes(*after.first_chunk().expect("the head was read")) as usize;
        self.fill(file, head + len)?;
        let start = self.at + head;
        self.record = start..start + len;
        self.at = self.record.end;
        Ok(Some(K::from_bytes(key)))
    }

    /// Reads until the buffer has `needed` bytes from `at` on.
    fn fill(&mut self, file: &File, needed: usize) -> io::Result<()> {
        let left = self.buffer.len() - self.at;
        if left >= needed {
            return Ok(());
        }
        self.buffer.drain(..self.at);
        self.at = 0;
        let unread = usize::try_from(self.rest.end - self.rest.start).unwrap_or(usize::MAX);
        let len = needed.max(self.size).min(left.saturating_add(unread));
        // A long record leaves a long buffer, which the next records do not need.
        self.buffer.shrink_to(len);
        self.buffer.resize(len, 0);
        file.read_exact_at(&mut self.buffer[left..], self.rest.start)?;
        self.rest.start += (len - left) as u64;
        Ok(())
    }
}
