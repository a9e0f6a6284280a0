//! Losses as they are found: places and values in the payload. They are written when somebody asks.

use super::{Code, Severity};
use crate::place::Place;
use crate::record::Value;
use crate::reject::Rejection;
use crate::tree::{Id, Text};

/// A loss as it is found.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PendingLoss {
    pub(crate) code: Code,
    pub(crate) severity: Severity,
    pub(crate) place: Place,
    pub(crate) value: LostValue,
    /// The position in the payload, in bytes.
    pub(crate) at: u32,
    /// Why a record was rejected.
    pub(crate) why: Option<Rejection>,
}

/// The value that a loss keeps.
#[derive(Clone, Copy, Debug)]
pub(crate) enum LostValue {
    None,
    Value(Value),
    Text(Text),
    /// A word of ours.
    Word(&'static str),
    Tree(Id),
    /// The keys of a member's children, in order.
    TreeKeys(Id),
    /// A record of pairs as it was sent.
    Record(u32),
    /// The names of a record of pairs, in order.
    RecordKeys(u32),
    /// The names under a record's `data`, in order.
    DataKeys(u32),
    /// All records of the payload: what was written for each.
    Records,
}
