//! A payload that was read: the result of every source and the input of every target.

use crate::loss::PendingLoss;
use crate::record::{Pair, Record};
use crate::tree::Tree;

/// A payload that was read: its records, its other fields, and the losses found so far.
#[derive(Default, Debug)]
pub(crate) struct Payload {
    /// All texts, the other fields, and the records that the plain reader did not read.
    pub(crate) tree: Tree,
    pub(crate) records: Vec<Record>,
    /// The pairs of the records that the plain reader read.
    pub(crate) pairs: Vec<Pair>,
    pub(crate) losses: Vec<PendingLoss>,
}

impl Payload {
    /// Removes the content before the next payload is read.
    pub(crate) fn clear(&mut self) {
        self.tree.clear();
        self.records.clear();
        self.pairs.clear();
        self.losses.clear();
    }
}
