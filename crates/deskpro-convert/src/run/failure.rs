//! Errors that end a run early.

use std::io;
use std::path::Path;

use crate::args::ErrorFormat;
use crate::message;
use crate::panics::Panic;
use crate::sink::WriteError;
use crate::source::SourceError;
use crate::status::Status;

/// An error that ends a run early.
pub(crate) struct Failure {
    pub(crate) status: Status,
    pub(crate) why: String,
}

impl Failure {
    /// An input that cannot be opened.
    pub(crate) fn cannot_open(path: &Path, error: &io::Error) -> Self {
        Self { status: Status::NoInput, why: format!("cannot open {}: {error}", path.display()) }
    }

    /// A panic, with the current line of the input if it is known.
    pub(crate) fn panicked(line: Option<u64>, panic: &Panic) -> Self {
        Self { status: Status::Bug, why: panic.sentence(line) }
    }

    /// The last message of the run, with its line end.
    pub(crate) fn message(&self, format: ErrorFormat) -> String {
        message::failure(format, self.status as i32, &self.why)
    }
}

impl From<WriteError> for Failure {
    fn from(WriteError { name, error }: WriteError) -> Self {
        Self { status: Status::Io, why: format!("cannot write {name}: {error}") }
    }
}

impl From<SourceError> for Failure {
    fn from(error: SourceError) -> Self {
        match error {
            SourceError::Read(name, error) => {
                Self { status: Status::Io, why: format!("cannot read {name}: {error}") }
            }
            SourceError::Losses(why) | SourceError::WrongInput(why) => {
                Self { status: Status::WrongInput, why }
            }
            SourceError::Sort(folder, error) => Self {
                status: Status::Io,
                why: format!(
                    "cannot sort rows in temporary files in {}, which TMPDIR names: {error}",
                    folder.display()
                ),
            },
            SourceError::NoThread(error) => Self {
                status: Status::Io,
                why: format!("cannot start a thread ({error}); try a smaller --jobs"),
            },
            SourceError::Panic(line, panic) => Self::panicked(Some(line), &panic),
        }
    }
}
