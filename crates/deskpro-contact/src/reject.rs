//! Rejections, as the readers find them. [`View::error`](crate::loss::View::error) makes an error with a message from
//! each.

use crate::error::ErrorKind;
use crate::model::Kind;
use crate::model::lookup::NoType;
use crate::place::Place;
use crate::tree::Id;

/// Why a payload or a record is rejected: a kind and a place.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rejection {
    pub(crate) kind: ErrorKind,
    pub(crate) place: Place,
    /// Whether the value at the place is missing, not wrong.
    pub(crate) is_missing: bool,
    /// The kind of the record, if the message must list the fields that this kind requires.
    pub(crate) of: Option<Kind>,
}

impl Rejection {
    /// The value at a place is wrong.
    pub(crate) fn at(kind: ErrorKind, place: Place) -> Self {
        Self { kind, place, is_missing: false, of: None }
    }

    /// The value of a member of the tree is wrong.
    pub(crate) fn at_node(kind: ErrorKind, node: Id) -> Self {
        Self::at(kind, Place::Tree(node))
    }

    /// A required value is missing at a place.
    pub(crate) fn missing(kind: ErrorKind, place: Place) -> Self {
        Self { kind, place, is_missing: true, of: None }
    }

    /// Sets the kind of the record.
    pub(crate) fn of(self, kind: Kind) -> Self {
        Self { of: Some(kind), ..self }
    }
}

/// The error kind for a type name that the format does not have.
pub(crate) fn type_error(why: NoType) -> ErrorKind {
    match why {
        NoType::OtherFormat => ErrorKind::TypeOfOtherFormat,
        NoType::Unknown => ErrorKind::TypeUnknown,
    }
}
