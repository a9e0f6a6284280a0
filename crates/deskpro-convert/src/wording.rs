//! The words for the outcome of losses, records and payloads.
//!
//! A value that has no place in the output is *kept* if `--losses` writes it to a file, and *lost* if no file holds it.
//! A run says what it did; `--check` says what a run would do.

use crate::args::Args;
use crate::category::Category;

/// The words that fit the options of a run.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wording {
    keeps_losses: bool,
    is_check: bool,
}

impl Wording {
    /// The words for a run with these arguments.
    pub(crate) fn new(args: &Args) -> Self {
        Self { keeps_losses: args.losses.is_some(), is_check: args.check }
    }

    /// `kept` or `lost`.
    pub(crate) fn kept_or_lost(self) -> &'static str {
        if self.keeps_losses { "kept" } else { "lost" }
    }

    /// A participle as it stands, or under `--check` with `would be` before it.
    pub(crate) fn passive(self, participle: &str) -> String {
        if self.is_check { format!("would be {participle}") } else { participle.to_owned() }
    }

    /// The outcome of a payload, a value or a note.
    pub(crate) fn outcome(self, category: Category) -> String {
        match category {
            Category::Rejected => self.passive("rejected"),
            Category::Data => self.passive(self.kept_or_lost()),
            Category::Note => "note".to_owned(),
        }
    }

    /// The words between `rejected` and the name of the file that keeps the rejected payloads or records.
    pub(crate) fn and_kept_in(self) -> &'static str {
        if self.is_check { " and kept in" } else { ", kept in" }
    }
}

/// A count with its noun, in the plural unless it is 1.
pub(crate) fn counted(count: u64, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}
