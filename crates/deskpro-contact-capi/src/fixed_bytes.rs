//! Bytes that callers read at an address that never changes.

use std::ptr::NonNull;

use crate::types::Bytes;

/// Bytes at a fixed address. Callers keep the address and read the bytes between calls, so Rust holds no reference to
/// them and writes them through a pointer.
#[derive(Debug)]
pub(crate) struct FixedBytes(NonNull<Bytes>);

impl FixedBytes {
    pub(crate) fn address(&self) -> *const Bytes {
        self.0.as_ptr()
    }

    pub(crate) fn set(&mut self, bytes: Bytes) {
        // SAFETY: the pointer is from a box that only `drop` frees, and there are no references to it.
        unsafe { self.0.write(bytes) };
    }
}

impl Default for FixedBytes {
    fn default() -> Self {
        Self(NonNull::from(Box::leak(Box::new(Bytes::NONE))))
    }
}

impl Drop for FixedBytes {
    fn drop(&mut self) {
        // SAFETY: the pointer is from a box, and `drop` runs once.
        drop(unsafe { Box::from_raw(self.0.as_ptr()) });
    }
}
