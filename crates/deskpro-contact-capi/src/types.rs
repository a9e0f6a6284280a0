//! The types of the C interface: bytes, errors, statuses.

use std::ffi::c_char;
use std::{ptr, slice};

use deskpro_contact_bindings::{Failure, FailureKind};

/// A text that the library returns. It has no NUL at its end, and may hold NUL.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Bytes {
    /// The first byte; NULL if there is nothing to read, not even an empty text.
    pub data: *const u8,
    /// The number of bytes.
    pub len: usize,
}

impl Bytes {
    pub(crate) const NONE: Self = Self { data: ptr::null(), len: 0 };

    pub(crate) const fn of(text: &[u8]) -> Self {
        Self { data: text.as_ptr(), len: text.len() }
    }
}

/// The code of the error if a pointer is NULL that must not be.
const NULL_POINTER: &str = "null-pointer";

/// The error of a call.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct ErrorReport {
    /// The status that the call returned.
    pub status: Status,
    /// The code: for a rejected payload one of the codes of the command, such as "contact-data-not-array"; otherwise
    /// "null-pointer", "unknown-option", "option-value", "too-long" or "bug".
    pub code: Bytes,
    /// The path of the wrong value, such as `contact_data[2][type]`, or the name of an option with a wrong value. Empty
    /// if the whole payload is wrong, or if there is no such option.
    pub path: Bytes,
    /// The message without the path: "expected X, found Y".
    pub message: Bytes,
    /// The position of the first byte of the wrong part of the payload, counted from 0.
    pub start: usize,
    /// The position after its last byte.
    pub end: usize,
}

impl ErrorReport {
    pub(crate) const NONE: Self = Self {
        status: Status::Ok,
        code: Bytes::NONE,
        path: Bytes::NONE,
        message: Bytes::NONE,
        start: 0,
        end: 0,
    };

    /// The error of each call without a converter, where no error can be stored.
    pub(crate) const NULL_CONVERTER: Self = Self {
        status: Status::Misuse,
        code: Bytes::of(NULL_POINTER.as_bytes()),
        path: Bytes::of(b""),
        message: Bytes::of(b"expected a converter, found a null pointer"),
        start: 0,
        end: 0,
    };

    pub(crate) fn of(failure: &Failure) -> Self {
        Self {
            status: failure.kind.into(),
            code: Bytes::of(failure.code.as_bytes()),
            path: Bytes::of(failure.path.as_bytes()),
            message: Bytes::of(failure.message.as_bytes()),
            start: failure.span.start,
            end: failure.span.end,
        }
    }
}

/// How a call ended. After DC_STATUS_OK there can be losses: see dc_data_count().
#[repr(C)]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Status {
    /// The call did its work.
    Ok = 0,
    /// The payload is rejected: it, or the losses to put back, cannot be read, or they belong to another output.
    Rejected = 1,
    /// The call is wrong: a null pointer, an unknown option, a value that the option cannot have.
    Misuse = 2,
    /// There is a bug in the library. The converter can be used again.
    Bug = 70,
}

impl From<FailureKind> for Status {
    fn from(kind: FailureKind) -> Self {
        match kind {
            FailureKind::Rejected => Self::Rejected,
            FailureKind::Misuse => Self::Misuse,
            FailureKind::Bug => Self::Bug,
        }
    }
}

/// A text of the caller. `what` names it in messages.
///
/// # Safety
///
/// `data` is NULL or points to `len` bytes that nobody changes as long as the result is used.
pub(crate) unsafe fn text<'a>(what: &str, data: *const c_char, len: usize) -> Result<&'a [u8], Failure> {
    if data.is_null() {
        let message = format!("expected {what}, found a null pointer");
        return Err(Failure::misuse(NULL_POINTER, "", message));
    }
    // A negative number that was passed as a length is more than this.
    if isize::try_from(len).is_err() {
        let message = format!("expected {what} of at most {} bytes, found {len} bytes", isize::MAX);
        return Err(Failure::misuse("too-long", "", message));
    }
    // SAFETY: `data` is not null, `len` is not more than an object can have, and the caller promises the rest.
    Ok(unsafe { slice::from_raw_parts(data.cast(), len) })
}
