//! Standard error.

use std::io::{self, Write as _};

/// Writes to standard error. Where that is closed, nobody can be told.
pub(crate) fn say(text: &str) {
    let _ = io::stderr().write_all(text.as_bytes());
}
