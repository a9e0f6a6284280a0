//! An external merge sort: records of bytes in the order of their keys, in bounded memory.
//!
//! Records are collected in memory. When they take [`Limits::run`] bytes, they are sorted and written to a temporary
//! file as a *run*, and the memory is used again. At the end the runs are merged. If there are more than
//! [`Limits::merged`] runs, groups of that many are first merged into longer runs, which takes space for a second copy
//! of all records. An input that fits into memory is never written.
//!
//! Records of equal keys keep the order in which they were added. Temporary files have no name, so that they disappear
//! with the process however it ends.

mod merge;
#[cfg(test)]
mod tests;

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use self::merge::{Merge, Run, copy_runs};

/// A key by which records are sorted. Its bytes have a fixed length.
pub(crate) trait SortKey: Copy + Ord {
    /// An array of bytes.
    type Bytes: AsRef<[u8]> + AsMut<[u8]> + Copy + Default;

    fn to_bytes(self) -> Self::Bytes;
    fn from_bytes(bytes: Self::Bytes) -> Self;
}

/// Bounds of memory. Tests make them small.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// The size of a run in bytes. The record that reaches it still belongs to the run.
    pub(crate) run: usize,
    /// The maximum number of runs that are merged at once; at least 2.
    pub(crate) merged: usize,
    /// The size in bytes of all buffers of a merge. Each run has a part of it, and at least room for one record.
    pub(crate) buffers: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { run: 64 << 20, merged: 256, buffers: 16 << 20 }
    }
}

/// Collects records.
pub(crate) struct Sorter<K> {
    folder: PathBuf,
    limits: Limits,
    /// The records in memory.
    bytes: Vec<u8>,
    entries: Vec<Entry<K>>,
    /// The runs that were written.
    written: Option<Runs>,
    len: u64,
}

/// A record in memory.
struct Entry<K> {
    key: K,
    /// Positions in [`Sorter::bytes`]. A run is shorter than 4 GiB.
    start: u32,
    end: u32,
}

/// A temporary file of runs.
struct Runs {
    file: File,
    runs: Vec<Run>,
}

/// All records in the order of their keys.
pub(crate) struct Sorted<K> {
    records: Records<K>,
    /// The number of all records.
    len: u64,
}

enum Records<K> {
    Memory { bytes: Vec<u8>, entries: Vec<Entry<K>>, next: usize },
    Merge { runs: Runs, buffers: usize, merge: Merge<K> },
}

impl<K: SortKey> Sorter<K> {
    /// A sorter whose temporary files are in `folder`.
    pub(crate) fn new(folder: &Path, limits: Limits) -> Self {
        let folder = folder.to_owned();
        Self { folder, limits, bytes: Vec::new(), entries: Vec::new(), written: None, len: 0 }
    }

    /// Adds a record. `write` appends its bytes, and returns its key. If it fails, or appends nothing and returns no
    /// key, no record is added. Returns what `write` returned.
    ///
    /// # Errors
    ///
    /// The temporary file cannot be written.
    pub(crate) fn push<E>(
        &mut self,
        write: impl FnOnce(&mut Vec<u8>) -> Result<Option<K>, E>,
    ) -> io::Result<Result<Option<K>, E>> {
        if self.bytes.len() + self.entries.len() * size_of::<Entry<K>>() >= self.limits.run {
            self.write_run()?;
        }
        let start = self.bytes.len();
        let key = match write(&mut self.bytes) {
            Ok(Some(key)) => key,
            written @ (Ok(None) | Err(_)) => {
                self.bytes.truncate(start);
                return Ok(written);
            }
        };
        let position = |at: usize| u32::try_from(at).map_err(|_| io::Error::other("a record of 4 GiB"));
        self.entries.push(Entry { key, start: position(start)?, end: position(self.bytes.len())? });
        self.len += 1;
        Ok(Ok(Some(key)))
    }

    /// Sorts all records.
    ///
    /// # Errors
    ///
    /// A temporary file cannot be written or read.
    pub(crate) fn finish(mut self) -> io::Result<Sorted<K>> {
        let len = self.len;
        if self.written.is_none() {
            self.sort();
            let records = Records::Memory { bytes: self.bytes, entries: self.entries, next: 0 };
            return Ok(Sorted { records, len });
        }
        self.write_run()?;
        let Limits { merged, buffers, .. } = self.limits;
        let mut runs = self.written.take().expect("runs were written");
        // The memory of the runs is not needed while they are merged.
        (self.bytes, self.entries) = (Vec::new(), Vec::new());
        while runs.runs.len() > merged {
            let mut longer = Runs::new(&self.folder)?;
            for group in runs.runs.chunks(merged) {
                let mut merge = Merge::<K>::new(&runs.file, group, buffers)?;
                let start = longer.end();
                longer.runs.push(copy_runs(&mut merge, &runs.file, &mut longer.file, start)?);
            }
            runs = longer;
        }
        let merge = Merge::new(&runs.file, &runs.runs, buffers)?;
        Ok(Sorted { records: Records::Merge { runs, buffers, merge }, len })
    }

    /// Sorts the records in memory.
    fn sort(&mut self) {
        // The positions keep the order of equal keys. Only an empty record begins where the next one begins.
        self.entries.sort_unstable_by_key(|entry| (entry.key, entry.start, entry.end));
    }

    /// Writes the records in memory as a run.
    fn write_run(&mut self) -> io::Result<()> {
        self.sort();
        let runs = match &mut self.written {
            Some(runs) => runs,
            None => self.written.insert(Runs::new(&self.folder)?),
        };
        let start = runs.end();
        let mut out = merge::RunWriter::new(&mut runs.file, start);
        for entry in &self.entries {
            out.write(entry.key, &self.bytes[entry.start as usize..entry.end as usize])?;
        }
        runs.runs.push(out.finish()?);
        self.release();
        Ok(())
    }

    /// Drops the records in memory, frees that memory, and reserves memory for the next run. The next run may have
    /// longer and fewer records, or shorter and more, and the memory for both must not add up. Reserved memory takes
    /// none until it is used.
    fn release(&mut self) {
        let run = self.limits.run;
        // Frees the old memory before new memory is reserved.
        (self.bytes, self.entries) = (Vec::new(), Vec::new());
        self.bytes.reserve(run);
        self.entries.reserve(run / size_of::<Entry<K>>());
    }
}

impl Runs {
    fn new(folder: &Path) -> io::Result<Self> {
        Ok(Self { file: tempfile::tempfile_in(folder)?, runs: Vec::new() })
    }

    /// The end of the last run, and of the file.
    fn end(&self) -> u64 {
        self.runs.last().map_or(0, |run| run.end)
    }
}

impl<K: SortKey> Sorted<K> {
    /// The number of all records.
    pub(crate) fn len(&self) -> u64 {
        self.len
    }

    /// The next record and its key. `None` at the end.
    ///
    /// # Errors
    ///
    /// The temporary file cannot be read.
    pub(crate) fn next(&mut self) -> io::Result<Option<(K, &[u8])>> {
        match &mut self.records {
            Records::Memory { bytes, entries, next } => {
                let Some(entry) = entries.get(*next) else { return Ok(None) };
                *next += 1;
                Ok(Some((entry.key, &bytes[entry.start as usize..entry.end as usize])))
            }
            Records::Merge { runs, merge, .. } => merge.next(&runs.file),
        }
    }

    /// Starts again at the first record.
    ///
    /// # Errors
    ///
    /// The temporary file cannot be read.
    pub(crate) fn rewind(&mut self) -> io::Result<()> {
        match &mut self.records {
            Records::Memory { next, .. } => *next = 0,
            Records::Merge { runs, buffers, merge } => {
                *merge = Merge::new(&runs.file, &runs.runs, *buffers)?;
            }
        }
        Ok(())
    }
}
