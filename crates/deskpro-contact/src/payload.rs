//! A payload as every source gives it and every target takes it: records with values, and a tree of all else.

use crate::loss::PendingLoss;
use crate::record::{Pair, Record};
use crate::tree::Tree;

/// A payload that was read: what its records hold, and the losses so far.
#[derive(Default, Debug)]
pub(crate) struct Payload {
    /// Every text; the other fields; and the records, as far as the plain reader did not read them.
    pub(crate) tree: Tree,
    pub(crate) records: Vec<Record>,
    /// The pairs of the records that the plain reader read.
    pub(crate) pairs: Vec<Pair>,
    pub(crate) losses: Vec<PendingLoss>,
}

impl Payload {
    /// Empties it for the next payload.
    pub(crate) fn clear(&mut self) {
        self.tree.clear();
        self.records.clear();
        self.pairs.clear();
        self.losses.clear();
    }
}
