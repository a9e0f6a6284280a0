//! The exit statuses.

use std::process::ExitCode;

/// Exit statuses. If several apply, the first one is used.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Status {
    Usage = 2,
    NoInput = 66,
    /// A file of an earlier run, in which it kept losses or rejected payloads, would be overwritten.
    KeptExists = 73,
    /// The input has a wrong format, or a losses file does not belong to it.
    WrongInput = 65,
    /// `--verify` found a difference, the counts do not add up, or a panic was caught.
    Bug = 70,
    Io = 74,
    HungUp = 129,
    Interrupted = 130,
    Terminated = 143,
    Lost = 3,
    Rejected = 1,
    Done = 0,
}

impl Status {
    /// The statuses of runs that reached their end.
    pub(crate) const ENDS: [Self; 4] = [Self::Done, Self::Rejected, Self::Lost, Self::Bug];
}

impl From<Status> for ExitCode {
    fn from(status: Status) -> Self {
        Self::from(status as u8)
    }
}
