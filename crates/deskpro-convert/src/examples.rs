//! The first messages of each code: a run shows only these.

use deskpro_contact::{Code, Severity};

use crate::category::Category;
use crate::message::Message;
use crate::tally::CodeCounts;

/// The number of messages that a run shows of each code.
pub(crate) const SHOWN: u64 = 3;

/// The number of messages of each code that a worker made. It makes no more than are shown.
#[derive(Default)]
pub(crate) struct Quota {
    made: CodeCounts,
}

impl Quota {
    /// A quota for a run that shows no notes.
    pub(crate) fn without_notes() -> Self {
        let mut quota = Self::default();
        quota.made.set_notes(SHOWN);
        quota
    }

    /// Whether to make a message about a loss. Counts it as made.
    #[inline]
    pub(crate) fn takes_loss(&mut self, code: Code, severity: Severity) -> bool {
        takes(self.made.loss(code, severity))
    }

    /// Whether to make a message about a rejected payload. Counts it as made.
    pub(crate) fn takes_rejected(&mut self, code: &'static str) -> bool {
        takes(self.made.rejected(code))
    }
}

fn takes(made: &mut u64) -> bool {
    let is_wanted = *made < SHOWN;
    *made += u64::from(is_wanted);
    is_wanted
}

/// The first messages of each code, by line number.
#[derive(Default)]
pub(crate) struct Examples {
    messages: Vec<Message>,
}

impl Examples {
    /// Adds messages about later lines. Calls `show` with each one that is among the first of its code.
    pub(crate) fn add(&mut self, later: impl Iterator<Item = Message>, mut show: impl FnMut(&Message)) {
        for message in later {
            let count = self.of(message.category, message.code).count();
            if (count as u64) < SHOWN {
                show(&message);
                self.messages.push(message);
            }
        }
    }

    /// The messages of a category and code.
    pub(crate) fn of(&self, category: Category, code: &str) -> impl Iterator<Item = &Message> {
        self.messages.iter().filter(move |message| message.category == category && message.code == code)
    }
}
