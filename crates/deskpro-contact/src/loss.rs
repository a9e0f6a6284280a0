//! Losses: what the output does not hold, named, so that it can be kept and put back.
//!
//! A loss is the difference between a payload and what the output alone would restore to. A loss is data that a person
//! would miss, or a note that is needed only to restore the payload exactly.

mod code;
mod known;
mod pending;
mod rejection;
mod render;
mod value;
mod view;
pub(crate) mod word;

pub(crate) use self::code::PutBack;
pub use self::code::{Code, Severity};
pub(crate) use self::pending::{LostValue, PendingLoss};
pub use self::value::{Loss, LossValue};
pub(crate) use self::view::{Input, View};
