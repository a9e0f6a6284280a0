//! A conversion that is stored beside the buffers that it borrows from.

use std::ptr::NonNull;

use deskpro_contact::Conversion;

/// Owns `B`, and the conversion that borrows from it.
///
/// A conversion makes the losses only when they are read, and borrows from the converter and from the payload until
/// then. In C this is a later call, so both must be stored together. Rust cannot check that, so this module is as small
/// as possible: the conversion is always dropped before the buffers are used again.
#[derive(Debug)]
pub(crate) struct Held<B> {
    /// Borrows from `buffers`; its lifetime is never shown outside.
    conversion: Option<Conversion<'static>>,
    buffers: NonNull<B>,
}

impl<B: 'static> Held<B> {
    pub(crate) fn new(buffers: B) -> Self {
        Self { conversion: None, buffers: NonNull::from(Box::leak(Box::new(buffers))) }
    }

    /// Drops the conversion and makes another one.
    pub(crate) fn renew<E>(
        &mut self,
        work: impl for<'b> FnOnce(&'b mut B) -> Result<Conversion<'b>, E>,
    ) -> Result<(), E> {
        self.conversion = None;
        // SAFETY: the pointer is from a box that only `drop` frees. Nothing else borrows the buffers: each conversion
        // borrows from them only as long as `self.conversion` holds it, and that is empty. `work` cannot keep the
        // reference, because it must accept any lifetime.
        let buffers = unsafe { self.buffers.as_mut() };
        self.conversion = Some(work(buffers)?);
        Ok(())
    }

    pub(crate) fn conversion(&self) -> Option<&Conversion<'_>> {
        self.conversion.as_ref()
    }
}

impl<B> Drop for Held<B> {
    fn drop(&mut self) {
        self.conversion = None;
        // SAFETY: the pointer is from a box, and `drop` runs once. The conversion, which borrowed from it, is dropped.
        drop(unsafe { Box::from_raw(self.buffers.as_ptr()) });
    }
}
