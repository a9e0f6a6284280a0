//! Places in a payload. Their paths are made when somebody asks.

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
