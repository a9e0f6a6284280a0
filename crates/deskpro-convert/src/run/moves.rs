//! Whether the lines of a restored stream changed places.

use std::collections::{HashMap, HashSet};

use crate::stream::Changed;

/// Lines that are not what was written for their payloads. Where some of them have what was written for each other,
/// they changed places; that a line was edited is no reason to stop.
#[derive(Default)]
pub(super) struct Moves {
    /// What was written for a line, and what is there: the ends of chains, each end with the other.
    ends: HashMap<u64, u64>,
    written: HashSet<u64>,
    there: HashSet<u64>,
}

impl Moves {
    /// How many lines are remembered.
    const MOST: usize = 1 << 17;

    /// Takes changed lines in. Says what is wrong where a chain of them closes: each has what the next should have.
    pub(super) fn misfit(&mut self, changed: impl Iterator<Item = Changed>) -> Option<String> {
        for Changed { line, written, there } in changed {
            let is_known = self.written.contains(&written) || self.there.contains(&there);
            if is_known || self.written.len() >= Self::MOST {
                continue;
            }
            self.written.insert(written);
            self.there.insert(there);
            // A chain that ended at `written` and one that began with `there` become one.
            let first = self.ends.remove(&written).unwrap_or(written);
            if first == there {
                return Some(format!(
                    "the losses do not fit: line {line} and others have what was written for each other, so that \
                     the lines are in another order"
                ));
            }
            let last = self.ends.remove(&there).unwrap_or(there);
            self.ends.insert(first, last);
            self.ends.insert(last, first);
        }
        None
    }
}
