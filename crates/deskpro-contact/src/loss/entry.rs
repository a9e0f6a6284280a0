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
    Node(Id),
    /// A name under a node.
    Under(Id, Leaf),
    /// A path that was read from a losses file, where it had one.
    Path(Option<Text>),
}

impl Place {
    pub(crate) fn node(node: Id) -> Self {
        Self::Node(node)
    }

    pub(crate) fn under(node: Id, leaf: Text) -> Self {
        Self::Under(node, Leaf::Text(leaf))
    }

    /// The node that it is, or is under.
    pub(crate) fn base(self) -> Option<Id> {
        match self {
            Self::Node(node) | Self::Under(node, _) => Some(node),
            Self::Path(_) => None,
        }
    }

    /// The name under the node.
    pub(crate) fn leaf(self) -> Option<Leaf> {
        match self {
            Self::Under(_, leaf) => Some(leaf),
            Self::Node(_) | Self::Path(_) => None,
        }
    }
}

/// A name that no node has.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Leaf {
    /// As it was read.
    Text(Text),
    /// The one that was looked for.
    Name(&'static str),
}

/// What a loss holds.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Kept {
    Nothing,
    Node(Id),
    Text(Text),
    /// A word of ours.
    Word(&'static str),
    /// The keys of a node's children, in order.
    Keys(Id),
    /// The records of the payload.
    Records,
}
