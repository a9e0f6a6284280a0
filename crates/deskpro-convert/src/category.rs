//! The categories into which codes of losses and errors fall.

use deskpro_contact::Severity;

/// The categories of codes, the most serious first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Category {
    Rejected,
    Data,
    Note,
}

impl Category {
    pub(crate) const ALL: [Self; 3] = [Self::Rejected, Self::Data, Self::Note];

    pub(crate) fn of(severity: Severity) -> Self {
        match severity {
            Severity::Data => Self::Data,
            Severity::Note => Self::Note,
        }
    }

    /// The `severity` in JSON messages: `rejected`, or the severity of a loss.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Rejected => "rejected",
            Self::Data => "data",
            Self::Note => "note",
        }
    }
}

/// The code of a payload that `--verify` restored differently.
pub(crate) const DIFFERENCE: &str = "difference";
