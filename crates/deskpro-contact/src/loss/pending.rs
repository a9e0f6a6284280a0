//! Losses as the stages find them. Paths and JSON are made from them only when they are needed.

use super::{Code, PhoneReason, Severity};
use crate::place::Place;
use crate::record::Value;
use crate::reject::Rejection;
use crate::tree::{Id, Text};

/// A loss as a stage found it: with a place and a value in the payload.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PendingLoss {
    pub(crate) code: Code,
    pub(crate) severity: Severity,
    pub(crate) place: Place,
    pub(crate) value: LostValue,
    /// The position in the payload, in bytes.
    pub(crate) at: u32,
    /// The reason, if the loss is a record that is not written.
    pub(crate) why: Option<Why>,
}

/// The reason why a record is not written.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Why {
    /// It was rejected.
    Rejected(Rejection),
    /// It is a phone that the extended profile does not write, for this reason.
    Phone(PhoneReason),
}

impl PendingLoss {
    /// The rejection, if the loss is a rejected record.
    pub(crate) fn rejection(&self) -> Option<Rejection> {
        match self.why? {
            Why::Rejected(why) => Some(why),
            Why::Phone(_) => None,
        }
    }

    /// The reason, if the loss is a phone that the extended profile does not write.
    pub(crate) fn reason(&self) -> Option<PhoneReason> {
        match self.why? {
            Why::Rejected(_) => None,
            Why::Phone(reason) => Some(reason),
        }
    }
}

/// The value that a loss keeps.
#[derive(Clone, Copy, Debug)]
pub(crate) enum LostValue {
    None,
    Value(Value),
    Text(Text),
    /// One of the words in [`word`](super::word).
    Word(&'static str),
    Tree(Id),
    /// The keys of an array, in order.
    TreeKeys(Id),
    /// A record that the plain reader read, as it was sent.
    Record(u32),
    /// The names in a record that the plain reader read, in order.
    RecordKeys(u32),
    /// The names in `data` of a record that the plain reader read, in order.
    DataKeys(u32),
    /// The list for [`Code::Records`].
    Records,
}
