//! Errors: those of the library, and wrong calls.

use std::any::Any;
use std::ops::Range;

use deskpro_contact::Error;

use crate::types::Status;

/// The error of a call, until the next call.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) status: Status,
    pub(crate) code: &'static str,
    pub(crate) path: String,
    pub(crate) message: String,
    pub(crate) span: Range<usize>,
}

impl Failure {
    pub(crate) const NULL_POINTER: &'static str = "null-pointer";

    /// A wrong call. `path` is the option's name, if an option is wrong.
    pub(crate) fn misuse(code: &'static str, path: impl Into<String>, message: String) -> Self {
        Self { status: Status::Misuse, code, path: path.into(), message, span: 0..0 }
    }

    pub(crate) fn null(expected: &str) -> Self {
        Self::misuse(Self::NULL_POINTER, "", format!("expected {expected}, found a null pointer"))
    }

    /// A panic, which is always a bug. The standard library has printed where it happened.
    pub(crate) fn bug(panic: &(dyn Any + Send)) -> Self {
        let found = match (panic.downcast_ref::<&str>(), panic.downcast_ref::<String>()) {
            (Some(text), _) => text,
            (None, Some(text)) => text.as_str(),
            (None, None) => "a panic",
        };
        let message = format!("expected a result, found a bug in the library: {found}");
        Self { status: Status::Bug, code: "bug", path: String::new(), message, span: 0..0 }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self {
            status: Status::Rejected,
            code: error.kind().name(),
            path: error.path().to_owned(),
            message: error.message(),
            span: error.span(),
        }
    }
}

/// The first 40 characters of a text, quoted for a message. Invisible characters are escaped.
pub(crate) fn excerpt(text: &[u8]) -> String {
    let text = String::from_utf8_lossy(text);
    let mut cut = String::from("\"");
    let mut chars = text.chars();
    for char in chars.by_ref().take(40) {
        if deskpro_contact::is_invisible(char) {
            cut.extend(char.escape_default());
        } else {
            cut.push(char);
        }
    }
    if chars.next().is_some() {
        cut.push('…');
    }
    cut.push('"');
    cut
}
