//! A place that callers read while Rust owns it.

use std::ptr::NonNull;

use crate::types::Bytes;

/// Bytes at an address that never changes. Callers keep the address and read it between calls, so no reference to it may
/// exist: it is written through its pointer.
#[derive(Debug)]
pub(crate) struct Place(NonNull<Bytes>);

impl Place {
    pub(crate) fn address(&self) -> *const Bytes {
        self.0.as_ptr()
    }

    pub(crate) fn set(&mut self, bytes: Bytes) {
        // SAFETY: the pointer is from a box that only `drop` frees, and there are no references to it.
        unsafe { self.0.write(bytes) };
    }
}

impl Default for Place {
    fn default() -> Self {
        Self(NonNull::from(Box::leak(Box::new(Bytes::NONE))))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        // SAFETY: the pointer is from a box, and `drop` runs once.
        drop(unsafe { Box::from_raw(self.0.as_ptr()) });
    }
}
