//! Errors: those of the library, wrong calls, and bugs.

use std::any::Any;
use std::ops::Range;

use deskpro_contact::Error;

/// The cause of an error.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FailureKind {
    /// The payload is rejected: it cannot be converted or restored, or the losses to put back are wrong.
    Rejected,
    /// The call is wrong: an unknown option, a value that the option cannot have.
    Misuse,
    /// There is a bug in the library.
    Bug,
}

/// The error of a call.
#[derive(Clone, Debug)]
pub struct Failure {
    /// The cause of the error.
    pub kind: FailureKind,
    /// The error's code. For a rejected payload it is the name of an [`ErrorKind`](deskpro_contact::ErrorKind).
    pub code: &'static str,
    /// The path of the wrong value, or the name of the option that has a wrong value; empty if the whole payload is
    /// wrong.
    pub path: String,
    /// The message without the path.
    pub message: String,
    /// The wrong part of the argument, in bytes from 0, its end not included. `None` if the call is wrong, if there is a
    /// bug, or if the error is in a payload that was built from the argument.
    pub span: Option<Range<usize>>,
}

impl Failure {
    /// Makes the error of a wrong call. `path` is the option's name, if an option is wrong.
    pub fn misuse(code: &'static str, path: impl Into<String>, message: String) -> Self {
        Self { kind: FailureKind::Misuse, code, path: path.into(), message, span: None }
    }

    /// Makes the error of a panic, which is always a bug. The standard library has printed the place of the panic.
    #[must_use]
    pub fn bug(panic: &(dyn Any + Send)) -> Self {
        let found = match (panic.downcast_ref::<&str>(), panic.downcast_ref::<String>()) {
            (Some(text), _) => text,
            (None, Some(text)) => text.as_str(),
            (None, None) => "a panic",
        };
        let message = format!("expected a result, found a bug in the library: {found}");
        Self { kind: FailureKind::Bug, code: "bug", path: String::new(), message, span: None }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self {
            kind: FailureKind::Rejected,
            code: error.kind().name(),
            path: error.path().to_owned(),
            message: error.message(),
            span: Some(error.span()),
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
