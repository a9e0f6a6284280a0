//! Rejections as they are found while a payload is read. [`View::error`](crate::loss::View::error) makes sentences.

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
    /// Nothing stands at the place.
    pub(crate) is_missing: bool,
    /// The kind of the record, where that tells what is needed there.
    pub(crate) of: Option<Kind>,
}

impl Rejection {
    /// Something wrong stands at a place.
    pub(crate) fn at(kind: ErrorKind, place: Place) -> Self {
        Self { kind, place, is_missing: false, of: None }
    }

    /// Something wrong stands in a member of the tree.
    pub(crate) fn at_node(kind: ErrorKind, node: Id) -> Self {
        Self::at(kind, Place::Tree(node))
    }

    /// Nothing stands at a place where something is needed.
    pub(crate) fn missing(kind: ErrorKind, place: Place) -> Self {
        Self { kind, place, is_missing: true, of: None }
    }

    /// The rejection of a record of a kind.
    pub(crate) fn of(self, kind: Kind) -> Self {
        Self { of: Some(kind), ..self }
    }
}

/// The error kind for a name that is not a type.
pub(crate) fn type_error(why: NoType) -> ErrorKind {
    match why {
        NoType::OtherFormat => ErrorKind::TypeOfOtherFormat,
        NoType::Unknown => ErrorKind::TypeUnknown,
    }
}
