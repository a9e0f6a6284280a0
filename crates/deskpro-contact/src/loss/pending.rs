//! Losses as they are found: places in the payload. Paths and values are made when somebody asks.

use super::{Code, Severity};
use crate::model::Field;
use crate::model::lookup::FieldName;
use crate::payload::Value;
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

/// A place in a payload.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Place {
    /// A part of a record, by the record's position among all.
    Record(u32, Part),
    /// A member of the tree.
    Tree(Id),
    /// A name under a member of the tree, which does not have it.
    Under(Id, Text),
    /// A path that was read from a losses file, where it had one.
    Path(Option<Text>),
}

/// A part of a record.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Part {
    Whole,
    Type,
    Comment,
    /// The array of the fields.
    Data,
    Field(Field),
    /// A field of the table that the record's kind does not have.
    FieldOfOtherKind(FieldName),
    /// A field that the table does not have.
    OtherField(Text),
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
