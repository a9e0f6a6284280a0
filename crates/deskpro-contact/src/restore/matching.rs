//! Which record of an output is which record of the payload that it was made of.

use std::collections::{HashMap, VecDeque};

use super::saved::Layout;
use crate::model::Kind;
use crate::model::table::v2_kind;
use crate::record::{Record, record_digest};
use crate::tree::{Text, Tree};

/// A record and the key that it gets. None is the next free one.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Placement {
    pub(crate) record: usize,
    pub(crate) key: Option<Text>,
}

/// Which record of an output is which record of the payload that it was made of.
#[derive(Default, Debug)]
pub(crate) struct Matching {
    /// The records that were written, in the payload's order.
    pub(crate) known: Vec<Placement>,
    /// The new ones.
    pub(crate) new: Vec<Placement>,
}

/// The records of one v2 type: those that are there, and those that were written, with their digests.
#[derive(Default)]
struct OfKind {
    now: Vec<usize>,
    then: Vec<(usize, u64)>,
}

impl OfKind {
    /// Which record is which entry of the losses. An unchanged record, by digest, is its entry wherever it stands; of
    /// equal records, the first is the first entry. Changed records take the entries that are missing between the same
    /// unchanged neighbours, or ends of the list, by position, where there are as many of both; else none.
    fn matches(&self, tree: &Tree, records: &[Record]) -> Vec<(usize, usize)> {
        let mut unchanged: HashMap<u64, VecDeque<usize>> = HashMap::new();
        for (position, &(_, digest)) in self.then.iter().enumerate() {
            unchanged.entry(digest).or_default().push_back(position);
        }
        // By position in `now`, the position in `then` of an unchanged record.
        let now: Vec<Option<usize>> = (self.now.iter())
            .map(|&record| {
                let digest = record_digest(tree, records[record].read.as_ref()?);
                unchanged.get_mut(&digest)?.pop_front()
            })
            .collect();
        let mut is_matched = vec![false; self.then.len()];
        now.iter().flatten().for_each(|&position| is_matched[position] = true);
        let mut matches = Vec::new();
        let mut start = 0;
        while start < now.len() {
            if let Some(position) = now[start] {
                matches.push((self.now[start], self.then[position].0));
                start += 1;
                continue;
            }
            let end = (start..now.len()).find(|&n| now[n].is_some()).unwrap_or(now.len());
            // The entries behind the neighbour before, up to the next one that is matched.
            let first = if start == 0 { 0 } else { now[start - 1].expect("an unchanged neighbour") + 1 };
            let last = (first..self.then.len()).find(|&n| is_matched[n]).unwrap_or(self.then.len());
            let is_same_neighbour = match now.get(end) {
                Some(next) => *next == Some(last),
                None => last == self.then.len(),
            };
            if is_same_neighbour && last - first == end - start {
                matches.extend((0..end - start).map(|n| (self.now[start + n], self.then[first + n].0)));
            }
            start = end;
        }
        matches
    }
}

impl Matching {
    /// Whether one record is written and no other, or none where none was. A record that was edited into a rejected one
    /// does not count: its losses would become fields of the payload.
    pub(crate) fn is_one(&self, layout: &Layout, records: &[Record]) -> bool {
        let was_written = layout.records.iter().flatten().any(|written| written.item.is_some());
        let count = |placements: &[Placement]| {
            placements.iter().filter(|placement| records[placement.record].written.is_some()).count()
        };
        let known = count(&self.known);
        count(&self.new) == 0 && (known == 1 || known == 0 && !was_written)
    }

    /// Numbers the known records: a single record that is one of several now becomes the first.
    pub(crate) fn number(&mut self, tree: &mut Tree) {
        for (n, placement) in (FIRST..).zip(&mut self.known) {
            placement.key = Some(tree.number(n));
        }
    }

    /// Matches the records that are written with those that were written before. Without a layout, each has its own
    /// position. The memory of an earlier matching is used again.
    pub(crate) fn find(mut self, tree: &Tree, records: &[Record], layout: Option<&Layout>) -> Self {
        self.known.clear();
        self.new.clear();
        // A record that was edited into one that is rejected still counts where it stands.
        let written = || (0..).zip(records).filter_map(|(n, record): (usize, _)| Some((n, record.kind?)));
        let Some(entries) = layout.and_then(|layout| layout.records.as_ref()) else {
            self.known.extend(written().map(|(record, _)| Placement { record, key: None }));
            return self;
        };
        let mut by_kind: HashMap<Kind, OfKind> = HashMap::new();
        for (n, kind) in written() {
            by_kind.entry(v2_kind(kind)).or_default().now.push(n);
        }
        for (n, entry) in (0..).zip(entries) {
            if let Some((kind, digest)) = entry.item {
                by_kind.entry(kind).or_default().then.push((n, digest));
            }
        }
        let mut entry_of: HashMap<usize, usize> = HashMap::new();
        for of_kind in by_kind.values() {
            entry_of.extend(of_kind.matches(tree, records));
        }
        let mut placed: Vec<(usize, Placement)> = Vec::new();
        let mut new = Vec::new();
        for (record, _) in written() {
            match entry_of.get(&record).and_then(|&n| Some((n, entries.get(n)?))) {
                Some((n, entry)) => placed.push((n, Placement { record, key: Some(entry.key) })),
                None => new.push(Placement { record, key: None }),
            }
        }
        placed.sort_by_key(|&(n, _)| n);
        let known = placed.into_iter().map(|(_, placement)| placement).collect();
        Self { known, new }
    }
}

/// The key of a single record that is one of several now.
pub(super) const FIRST: i64 = 1;
