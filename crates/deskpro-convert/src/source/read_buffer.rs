//! A buffer that is read into and reused.

#[cfg(test)]
mod tests;

use std::ops::Deref;

/// The maximum capacity in bytes of an emptied buffer.
pub(crate) const REUSED_CAPACITY: usize = 512 << 10;

/// Bytes that were read, with room for more. Spare capacity is not re-zeroed between reads.
#[derive(Default, Debug)]
pub(crate) struct ReadBuffer {
    room: Vec<u8>,
    /// The number of bytes of `room` that were read; at most `room.len()`.
    len: usize,
}

impl Deref for ReadBuffer {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.room[..self.len]
    }
}

impl ReadBuffer {
    /// Room for `len` more bytes. If the capacity is too small, it grows by the larger of `len` and `growth`.
    pub(super) fn room(&mut self, len: usize, growth: usize) -> &mut [u8] {
        let end = self.len + len;
        if self.room.len() < end {
            if self.room.capacity() < end {
                // Growing then moves only the bytes that were read.
                self.room.truncate(self.len);
                self.room.reserve_exact(growth.max(len));
            }
            self.room.resize(end, 0);
        }
        &mut self.room[self.len..end]
    }

    /// Appends the first `len` bytes of the room.
    pub(super) fn grow(&mut self, len: usize) {
        self.len += len;
        debug_assert!(self.len <= self.room.len(), "at most the room");
    }

    /// Appends bytes.
    pub(super) fn extend(&mut self, bytes: &[u8]) {
        self.room(bytes.len(), 0).copy_from_slice(bytes);
        self.grow(bytes.len());
    }

    /// Keeps at most the first `len` bytes.
    pub(super) fn truncate(&mut self, len: usize) {
        self.len = self.len.min(len);
    }

    /// Removes the first `len` bytes, or all if there are fewer.
    pub(super) fn remove_start(&mut self, len: usize) {
        let len = len.min(self.len);
        self.room.copy_within(len..self.len, 0);
        self.len -= len;
    }

    /// Empties the buffer for reuse. If it held no more than [`REUSED_CAPACITY`] and its capacity is larger, its memory
    /// is freed: an earlier long line made it grow.
    pub(super) fn clear(&mut self) {
        if self.len <= REUSED_CAPACITY && self.room.capacity() > REUSED_CAPACITY {
            self.room = Vec::new();
        }
        self.len = 0;
    }
}
