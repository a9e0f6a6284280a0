//! Bytes that were read, in a buffer that is used again.

#[cfg(test)]
mod tests;

use std::ops::Deref;

use super::MOST_KEPT;

/// Bytes that were read, and room for more. The room behind them is not cleared for each read.
#[derive(Default, Debug)]
pub(crate) struct Text {
    room: Vec<u8>,
    len: usize,
}

impl Deref for Text {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        self.room.get(..self.len).unwrap_or_default()
    }
}

impl Text {
    /// Room for so many more. Where it is too small, it is made for `most` at once.
    pub(super) fn room(&mut self, len: usize, most: usize) -> &mut [u8] {
        let end = self.len.saturating_add(len);
        if self.room.len() < end {
            if self.room.capacity() < end {
                // What is moved is what was read.
                self.room.truncate(self.len);
                self.room.reserve_exact(most.max(len));
            }
            self.room.resize(end, 0);
        }
        self.room.get_mut(self.len..end).unwrap_or_default()
    }

    /// Takes in what was put into the room.
    pub(super) fn grow(&mut self, len: usize) {
        self.len = self.len.saturating_add(len).min(self.room.len());
    }

    /// Takes bytes in behind those that are there.
    pub(super) fn extend(&mut self, bytes: &[u8]) {
        let room = self.room(bytes.len(), 0);
        room.iter_mut().zip(bytes).for_each(|(slot, &byte)| *slot = byte);
        self.grow(bytes.len());
    }

    /// Keeps no more than the first bytes.
    pub(super) fn truncate(&mut self, len: usize) {
        self.len = self.len.min(len);
    }

    /// Takes the first bytes off.
    pub(super) fn take_off(&mut self, len: usize) {
        let len = len.min(self.len);
        self.room.copy_within(len..self.len, 0);
        self.len = self.len.saturating_sub(len);
    }

    /// Empties it, to be used again. What one long line took is given back when a shorter one came after it.
    pub(super) fn clear(&mut self) {
        if self.len <= MOST_KEPT && self.room.capacity() > MOST_KEPT {
            self.room = Vec::new();
        }
        self.len = 0;
    }
}
