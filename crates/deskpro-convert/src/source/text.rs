//! Bytes that were read, in a buffer that is used again.

#[cfg(test)]
mod tests;

use std::ops::Deref;

/// How much memory a buffer keeps for its next use, while nothing needs more.
pub(crate) const MOST_KEPT: usize = 512 << 10;

/// Bytes that were read, and room for more. Spare capacity is not re-zeroed between reads.
#[derive(Default, Debug)]
pub(crate) struct Text {
    room: Vec<u8>,
    /// How many bytes of `room` were read; never more than there are.
    len: usize,
}

impl Deref for Text {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.room[..self.len]
    }
}

impl Text {
    /// Room for `len` more bytes. Where the buffer is too small, it grows by `most` at once.
    pub(super) fn room(&mut self, len: usize, most: usize) -> &mut [u8] {
        let end = self.len + len;
        if self.room.len() < end {
            if self.room.capacity() < end {
                // So that growing moves nothing but what was read.
                self.room.truncate(self.len);
                self.room.reserve_exact(most.max(len));
            }
            self.room.resize(end, 0);
        }
        &mut self.room[self.len..end]
    }

    /// Appends the first `len` bytes of the room.
    pub(super) fn grow(&mut self, len: usize) {
        self.len += len;
        debug_assert!(self.len <= self.room.len(), "no more than the room has");
    }

    /// Appends bytes.
    pub(super) fn extend(&mut self, bytes: &[u8]) {
        self.room(bytes.len(), 0).copy_from_slice(bytes);
        self.grow(bytes.len());
    }

    /// Keeps no more than the first `len` bytes.
    pub(super) fn truncate(&mut self, len: usize) {
        self.len = self.len.min(len);
    }

    /// Removes the first `len` bytes, or all where there are fewer.
    pub(super) fn take_off(&mut self, len: usize) {
        let len = len.min(self.len);
        self.room.copy_within(len..self.len, 0);
        self.len -= len;
    }

    /// Empties it for its next use. The memory that one long line took is given back once a shorter one came after it.
    pub(super) fn clear(&mut self) {
        if self.len <= MOST_KEPT && self.room.capacity() > MOST_KEPT {
            self.room = Vec::new();
        }
        self.len = 0;
    }
}
