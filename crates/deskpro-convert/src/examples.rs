//! The first messages of each code, which a run shows.

use deskpro_contact::{Code, Severity};

use crate::message::Message;
use crate::tally::{Category, Counts};

/// How many of each code are shown.
pub(crate) const SHOWN: u64 = 3;

/// How many messages of each code a worker made. Of later lines it makes no more: they would not be shown.
#[derive(Default)]
pub(crate) struct Quota {
    made: Counts,
}

impl Quota {
    /// For a run that shows no notes.
    pub(crate) fn without_notes() -> Self {
        let mut quota = Self::default();
        quota.made.set_notes(SHOWN);
        quota
    }

    /// Whether another message of a loss is wanted; it counts as made then.
    #[inline]
    pub(crate) fn takes_loss(&mut self, code: Code, severity: Severity) -> bool {
        takes(self.made.loss(code, severity))
    }

    /// Whether another message of a rejected payload is wanted; it counts as made then.
    pub(crate) fn takes_rejected(&mut self, code: &'static str) -> bool {
        takes(self.made.rejected(code))
    }
}

fn takes(made: &mut u64) -> bool {
    let is_wanted = *made < SHOWN;
    *made += u64::from(is_wanted);
    is_wanted
}

/// The first messages of each code, in the order of lines.
#[derive(Default)]
pub(crate) struct Examples {
    messages: Vec<Message>,
}

impl Examples {
    /// Adds messages of later lines, and calls `show` with each that is one of the first.
    pub(crate) fn add(&mut self, later: impl Iterator<Item = Message>, mut show: impl FnMut(&Message)) {
        for message in later {
            let so_far = self.of(message.category, message.code).count();
            if (so_far as u64) < SHOWN {
                show(&message);
                self.messages.push(message);
            }
        }
    }

    /// The messages of a code.
    pub(crate) fn of(&self, category: Category, code: &str) -> impl Iterator<Item = &Message> {
        self.messages.iter().filter(move |message| message.category == category && message.code == code)
    }
}
