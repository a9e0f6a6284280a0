//! The types of the C interface: bytes, errors, statuses.

use std::ffi::c_char;
use std::{ptr, slice};

use deskpro_contact_bindings::{Failure, FailureKind};

/// A text that the library returns. It has no NUL at its end, and may hold NUL.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Bytes {
    /// A pointer to the first byte. It is NULL if there is no text. An empty text has a pointer that is not NULL.
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
    /// The code of the error. After DC_STATUS_REJECTED it is one of the codes that docs/reference.md lists, such as
    /// "contact-data-not-array". After DC_STATUS_MISUSE it is "null-pointer" (a pointer is NULL), "too-long" (a length
    /// is more than half of SIZE_MAX), "unknown-option" (dc_set() does not know the name) or "option-value" (the option
    /// cannot have the value). After DC_STATUS_BUG it is "bug".
    pub code: Bytes,
    /// The path of the wrong value in the payload, such as `contact_data[2][type]`; empty if the whole payload is
    /// wrong. After "option-value" it is the name of the option. After any other misuse, and after a bug, it is empty.
    pub path: Bytes,
    /// The message without the path: "expected X, found Y".
    pub message: Bytes,
    /// The position of the first byte of the wrong part of the payload, counted in bytes from 0. It is 0 if the status
    /// is not DC_STATUS_REJECTED. With the option "from" `json`, `start` and `end` are 0 if the JSON could be read: the
    /// wrong part is then named by `path` alone.
    pub start: usize,
    /// The position after the last byte of the wrong part. It is 0 if the status is not DC_STATUS_REJECTED.
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
        let span = failure.span.clone().unwrap_or_default();
        Self {
            status: failure.kind.into(),
            code: Bytes::of(failure.code.as_bytes()),
            path: Bytes::of(failure.path.as_bytes()),
            message: Bytes::of(failure.message.as_bytes()),
            start: span.start,
            end: span.end,
        }
    }
}

/// How a call ended. DC_STATUS_OK does not mean that there are no losses: see dc_data_count().
#[repr(C)]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Status {
    /// The call did its work.
    Ok = 0,
    /// The payload is rejected because it cannot be converted. For dc_restore(): the output cannot be restored, or the
    /// losses cannot be read or belong to another output.
    Rejected = 1,
    /// The call is wrong: a pointer is NULL, a length is too large, or an option or its value is unknown.
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
