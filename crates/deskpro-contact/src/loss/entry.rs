//! Losses as they are found: places in the tree, for nobody may ask to read them.

use super::{Code, Severity};
use crate::error::Rejection;
use crate::tree::{Id, Text};

/// A loss as it is found, before anyone asks to read it: places in the tree.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entry {
    pub(crate) code: Code,
    pub(crate) severity: Severity,
    pub(crate) place: Place,
    pub(crate) value: Kept,
    /// Where in the payload, in bytes.
    pub(crate) at: usize,
    /// Why a record was rejected.
    pub(crate) why: Option<Rejection>,
}

/// What a loss is of.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Place {
    /// A node, or a name under it.
    Node(Id, Option<Text>),
    /// A path that was read from a losses file, where it had one.
    Path(Option<Text>),
}

impl Place {
    pub(crate) fn node(node: Id) -> Self {
        Self::Node(node, None)
    }

    pub(crate) fn node_and(node: Id, leaf: Text) -> Self {
        Self::Node(node, Some(leaf))
    }
}

/// What a loss holds.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Kept {
    Nothing,
    Node(Id),
    Text(Text),
    /// The keys of a node's children, in order.
    Keys(Id),
    /// The records of the payload.
    Records,
}
