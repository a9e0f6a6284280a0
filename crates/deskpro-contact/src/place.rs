//! Places in a payload: small values, from which a path is made only when it is needed.

use crate::model::Field;
use crate::model::lookup::FieldName;
use crate::tree::{Id, Text};

/// A place in a payload.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Place {
    /// A part of a record, by the record's position among all.
    Record(u32, Part),
    /// A member of the tree.
    Tree(Id),
    /// A missing member: the array that lacks it, and its name.
    Under(Id, Text),
    /// The path of a loss in a losses file; `None` if the loss has no path.
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
