//! Detects outputs whose lines were reordered before they are restored.

use std::collections::{HashMap, HashSet};

use deskpro_contact::losses_file::OutputDigest;

use crate::batch_output::Changed;

/// Outputs that differ from those written for their payloads. An edited output is allowed. A cycle of lines, each of
/// which has the output written for the next, shows that lines were reordered.
#[derive(Default)]
pub(super) struct Reordering {
    /// Chains of lines, each of which has the output written for the next. Maps the digest of either end of a chain to
    /// the digest of its other end.
    ends: HashMap<OutputDigest, OutputDigest>,
    written: HashSet<OutputDigest>,
    found: HashSet<OutputDigest>,
}

impl Reordering {
    /// The maximum number of lines that are remembered.
    const MAX_LINES: usize = 1 << 17;

    /// Adds changed lines. Returns an error message if a chain of them becomes a cycle.
    pub(super) fn add(&mut self, changed: impl Iterator<Item = Changed>) -> Option<String> {
        for Changed { line, written, found } in changed {
            let is_known = self.written.contains(&written) || self.found.contains(&found);
            if is_known || self.written.len() >= Self::MAX_LINES {
                continue;
            }
            self.written.insert(written);
            self.found.insert(found);
            // Joins the chain that ends with `written` and the chain that begins with `found`.
            let first = self.ends.remove(&written).unwrap_or(written);
            if first == found {
                return Some(format!(
                    "the losses do not fit: line {line} and others have the outputs that were written for each \
                     other; the lines are in another order"
                ));
            }
            let last = self.ends.remove(&found).unwrap_or(found);
            self.ends.insert(first, last);
            self.ends.insert(last, first);
        }
        None
    }
}
