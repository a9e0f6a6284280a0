//! Writing to standard error.

use std::io::{self, Write as _};

/// Writes to standard error. Errors are ignored: they could not be reported.
pub(crate) fn print_error(text: &str) {
    let _ = io::stderr().write_all(text.as_bytes());
}
