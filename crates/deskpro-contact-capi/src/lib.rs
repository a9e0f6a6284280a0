//! The C interface of the library [`deskpro_contact`], for C and for languages that call C.
//!
//! `include/deskpro_contact.h` is the header; cbindgen makes it from this crate. [`dc_new`] makes a converter
//! ([`Handle`]). [`dc_set`] sets its options by their names, so that a new option does not change the header.
//! [`dc_convert`] takes a payload, [`dc_restore`] an output and its losses. Both return a [`Status`].
//! [`dc_convert_text`] takes a payload and returns the output. The other functions read the result or the error of that
//! call.
//!
//! | module | contents |
//! |---|---|
//! | `types` | the types of the C interface: bytes, errors, statuses |
//! | `handle` | the converter of the C interface: its options, its last result, its last error |
//! | `held` | a conversion that is stored beside the buffers that it borrows from |
//!
//! Options and errors are those of all bindings, in the crate `deskpro-contact-bindings`.
//!
//! No panic leaves a function: it becomes the error `bug`.

#![expect(
    clippy::missing_safety_doc,
    reason = "all functions have the same rules for pointers, which stand at the top of the header"
)]

mod handle;
mod held;
mod types;

use std::ffi::c_char;
use std::panic::{self, AssertUnwindSafe};
use std::ptr;

use deskpro_contact::Severity;
use deskpro_contact_bindings::Failure;

pub use self::handle::Handle;
pub use self::types::{Bytes, ErrorReport, Status};

/// The version of this interface. It changes if a program that was built with an older header could fail with a newer
/// library. Compare it with dc_abi_version().
pub const DC_ABI_VERSION: u32 = 2;

/// Returns the DC_ABI_VERSION of the library that is loaded.
#[unsafe(no_mangle)]
pub extern "C" fn dc_abi_version() -> u32 {
    DC_ABI_VERSION
}

/// Returns the version of the library, such as "0.1.0". It is valid as long as the library is loaded.
#[unsafe(no_mangle)]
pub extern "C" fn dc_version() -> Bytes {
    Bytes::of(env!("CARGO_PKG_VERSION").as_bytes())
}

/// Makes a converter from legacy payloads to v2 bodies. dc_set() sets other formats and options. Free the converter
/// with dc_free(). Returns NULL only if there is a bug.
#[unsafe(no_mangle)]
pub extern "C" fn dc_new() -> *mut Handle {
    panic::catch_unwind(|| Box::into_raw(Box::default())).unwrap_or(ptr::null_mut())
}

/// Frees a converter and all bytes that its functions returned. NULL is ignored.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dc_free(converter: *mut Handle) {
    if !converter.is_null() {
        // SAFETY: the caller promises that `dc_new` returned the pointer and that it was not freed.
        let handle = unsafe { Box::from_raw(converter) };
        // A panic cannot be reported, because the converter that would hold the error is gone.
        let _ = panic::catch_unwind(AssertUnwindSafe(move || drop(handle)));
    }
}

/// Sets an option of a converter. If the name or the value is wrong, no option changes.
///
/// These options have the values that they have in the command `convert`: "to", "id-field", "max-payload",
/// "allow-field", "encoding", "profile" and "region". "from" has the value "form", "json" or "v2". "only-contact-data",
/// "edited", "strict" and "pretty" have the value "true" or "false". Each call with "allow-field" allows one more
/// field; all other options replace their value.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dc_set(
    converter: *mut Handle,
    name: *const c_char,
    name_len: usize,
    value: *const c_char,
    value_len: usize,
) -> Status {
    // SAFETY: the caller promises a text of this length.
    let name = unsafe { types::text("the name of an option", name, name_len) };
    // SAFETY: as above.
    let value = unsafe { types::text("the value of an option", value, value_len) };
    act(converter, |handle| handle.set(name?, value?))
}

/// Converts a payload. dc_output() has the output, dc_losses() the losses.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dc_convert(
    converter: *mut Handle,
    payload: *const c_char,
    payload_len: usize,
) -> Status {
    // SAFETY: the caller promises a text of this length.
    let payload = unsafe { types::text("a payload", payload, payload_len) };
    act(converter, |handle| {
        handle.take_payload(payload?)?;
        handle.convert()
    })
}

/// Converts a payload as dc_convert() does, and returns the output with a NUL at its end. Neither JSON nor forms hold
/// NUL. Returns NULL if the call failed; dc_last_error() says why. A language that copies the text after each call
/// saves time by this function, because it replaces two calls, dc_convert() and dc_output().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dc_convert_text(
    converter: *mut Handle,
    payload: *const c_char,
    payload_len: usize,
) -> *const c_char {
    // SAFETY: as for `dc_convert`.
    let payload = unsafe { types::text("a payload", payload, payload_len) };
    let status = act(converter, |handle| {
        handle.take_payload(payload?)?;
        handle.convert()?;
        handle.make_text()
    });
    // SAFETY: the caller promises a converter or NULL.
    match unsafe { converter.as_ref() } {
        Some(handle) if status == Status::Ok => handle.text(),
        Some(_) | None => ptr::null(),
    }
}

/// Restores a payload from its output and its losses. The converter must have the options that it had when dc_convert()
/// made the output. `losses` is what dc_losses() or dc_losses_line() returned after dc_convert(); its length is 0 if
/// there are no losses. After dc_restore(), dc_output() has the payload, and dc_losses() the losses that could not be
/// put back.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dc_restore(
    converter: *mut Handle,
    output: *const c_char,
    output_len: usize,
    losses: *const c_char,
    losses_len: usize,
) -> Status {
    // SAFETY: the caller promises a text of this length.
    let output = unsafe { types::text("an output", output, output_len) };
    // SAFETY: as above.
    let losses = unsafe { types::text("losses", losses, losses_len) };
    act(converter, |handle| {
        handle.take_output(output?, losses?)?;
        handle.restore()
    })
}

/// Returns the output of the last call. The data is NULL if that call failed or set an option, or if there was no call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dc_output(converter: *const Handle) -> Bytes {
    // SAFETY: the caller promises a converter or NULL.
    let handle = unsafe { converter.as_ref() };
    handle.and_then(Handle::output).map_or(Bytes::NONE, Bytes::of)
}

/// Returns the losses of the last call as one JSON object, for dc_restore(). The length is 0 if there are no losses.
/// The data is NULL if that call failed or set an option, or if there was no call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dc_losses(converter: *mut Handle) -> Bytes {
    read(converter, Handle::losses)
}

/// Returns the line that a losses file has for the payload of the last call, without a line end. `line` is the number
/// of the payload's line in its file, counted from 1. The length is 0 if there are no losses and no "id-field" is set,
/// because then the losses file has no line for this payload. The data is NULL if the last call failed or set an
/// option, or if there was no call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dc_losses_line(converter: *mut Handle, line: u64) -> Bytes {
    read(converter, |handle| handle.losses_line(line))
}

/// Returns how many losses of the last call are data, which a person would miss. Returns SIZE_MAX if that call failed
/// or set an option, or if there was no call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dc_data_count(converter: *const Handle) -> usize {
    // SAFETY: the caller promises a converter or NULL.
    let handle = unsafe { converter.as_ref() };
    handle.and_then(|handle| handle.count(Severity::Data)).unwrap_or(usize::MAX)
}

/// Returns how many losses of the last call are notes, which only restoring needs. Returns SIZE_MAX if that call failed
/// or set an option, or if there was no call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dc_note_count(converter: *const Handle) -> usize {
    // SAFETY: the caller promises a converter or NULL.
    let handle = unsafe { converter.as_ref() };
    handle.and_then(|handle| handle.count(Severity::Note)).unwrap_or(usize::MAX)
}

/// Returns the error of the last call. If there was none, the status is DC_STATUS_OK, and the data of all texts is
/// NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dc_last_error(converter: *const Handle) -> ErrorReport {
    // SAFETY: the caller promises a converter or NULL.
    match unsafe { converter.as_ref() } {
        Some(handle) => handle.error().map_or(ErrorReport::NONE, ErrorReport::of),
        None => ErrorReport::NULL_CONVERTER,
    }
}

/// Runs a call that changes the result of a converter, and stores its error.
fn act(converter: *mut Handle, work: impl FnOnce(&mut Handle) -> Result<(), Failure>) -> Status {
    // SAFETY: the caller of each function promises a converter or NULL.
    match unsafe { converter.as_mut() } {
        Some(handle) => handle.attempt(work),
        None => Status::Misuse,
    }
}

/// Makes bytes that a converter makes only when they are read. After a panic, returns no bytes, and the error is `bug`.
fn read(converter: *mut Handle, make: impl FnOnce(&mut Handle) -> Option<&[u8]>) -> Bytes {
    // SAFETY: the caller of each function promises a converter or NULL.
    let Some(handle) = (unsafe { converter.as_mut() }) else { return Bytes::NONE };
    match panic::catch_unwind(AssertUnwindSafe(|| make(handle).map_or(Bytes::NONE, Bytes::of))) {
        Ok(bytes) => bytes,
        Err(panic) => {
            handle.stop_after(&*panic);
            Bytes::NONE
        }
    }
}
