//! Compares what is read from two payloads. The general reader reads all forms here, so that the comparison finds
//! mistakes of the plain reader.

use crate::error::Error;
use crate::form::{self, Padded};
use crate::json;
use crate::loss::{Input, PendingLoss};
use crate::model::table::Format;
use crate::tree::{Id, Tree};

/// A payload that is read only to be compared.
#[derive(Default, Debug)]
pub(super) struct Reading {
    tree: Tree,
    padded: Padded,
    losses: Vec<PendingLoss>,
}

impl Reading {
    /// Reads a payload into the tree, a form by the general reader.
    fn read(&mut self, format: Format, payload: &[u8]) -> Result<Id, Error> {
        self.tree.clear();
        self.losses.clear();
        match format {
            Format::Legacy => form::read_tree(&mut self.tree, payload, &mut self.padded, &mut self.losses),
            Format::V2 => json::read(&mut self.tree, payload),
        }
    }

    /// Whether two payloads give equal trees.
    pub(super) fn are_equal(before: &mut Self, after: &mut Self, input: Input<'_>, other: &[u8]) -> bool {
        // Equal bytes need not be read. They are frequent, because many clients encode as `http_build_query` does.
        if input.payload == other {
            return true;
        }
        match (before.read(input.format, input.payload), after.read(input.format, other)) {
            (Ok(one), Ok(two)) => before.tree.equal(one, &after.tree, two),
            (Ok(_) | Err(_), _) => false,
        }
    }
}
