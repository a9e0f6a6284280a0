//! Finds out whether the lines of a restored stream changed places.

use std::collections::{HashMap, HashSet};

use deskpro_contact::losses_file::OutputDigest;

use crate::batch_output::Changed;

/// Lines that are not what was written for their payloads. Where some of them have what was written for each other,
/// they changed places; that a line was edited is no reason to stop.
#[derive(Default)]
pub(super) struct Reordering {
    /// Chains of lines, each of which has what was written for the next, by the digests of their ends: from either end
    /// to the other.
    ends: HashMap<OutputDigest, OutputDigest>,
    written: HashSet<OutputDigest>,
    found: HashSet<OutputDigest>,
}

impl Reordering {
    /// How many lines are remembered.
    const MOST: usize = 1 << 17;

    /// Adds changed lines. Says what is wrong where a chain of them closes: then lines changed places.
    pub(super) fn mismatch(&mut self, changed: impl Iterator<Item = Changed>) -> Option<String> {
        for Changed { line, written, found } in changed {
            let is_known = self.written.contains(&written) || self.found.contains(&found);
            if is_known || self.written.len() >= Self::MOST {
                continue;
            }
            self.written.insert(written);
            self.found.insert(found);
            // A chain that ended at `written` and one that began with `found` become one.
            let first = self.ends.remove(&written).unwrap_or(written);
            if first == found {
                return Some(format!(
                    "the losses do not fit: line {line} and others have what was written for each other, so that \
                     the lines are in another order"
                ));
            }
            let last = self.ends.remove(&found).unwrap_or(found);
            self.ends.insert(first, last);
            self.ends.insert(last, first);
        }
        None
    }
}
