//! Losses: values and facts that the output does not hold. Each has a code and a place, so that it can be kept and put
//! back.
//!
//! Together, the losses are the difference between a payload and the payload that the output alone would restore to. A
//! loss is data, which a person would miss, or a note, which only restoring the payload exactly needs.

mod code;
mod known;
mod pending;
mod reason;
mod rejection;
mod render;
mod value;
mod view;
pub(crate) mod word;

pub(crate) use self::code::PutBack;
pub use self::code::{Code, Severity};
pub(crate) use self::known::closest;
pub(crate) use self::pending::{LostValue, PendingLoss, Why};
pub use self::reason::PhoneReason;
pub(crate) use self::rejection::argument;
pub use self::value::{Loss, LossValue};
pub(crate) use self::view::{Input, View};
