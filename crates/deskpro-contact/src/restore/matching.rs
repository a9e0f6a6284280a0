//! Matches the items of an output with the records of the payload from which it was made.

use std::collections::HashMap;

use super::saved::Layout;
use crate::model::Kind;
use crate::model::table::v2_kind;
use crate::record::{Record, record_digest};
use crate::tree::{Text, Tree};

/// A record and the key that it gets; `None` stands for the next free key.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Placement {
    pub(crate) record: usize,
    pub(crate) key: Option<Text>,
}

/// The records of an output, matched with the records of the payload from which it was made.
#[derive(Default, Debug)]
pub(crate) struct Matching {
    /// Records that the payload had, in the payload's order.
    pub(crate) known: Vec<Placement>,
    /// Records that were added to the output.
    pub(crate) new: Vec<Placement>,
}

/// The records of one v2 type: those that the output has now (`current`), and those that it had when it was written
/// (`written`), with their digests.
#[derive(Default)]
struct RecordsOfKind {
    current: Vec<usize>,
    written: Vec<(usize, u64)>,
}

/// The positions of all records with one digest, in [`RecordsOfKind::current`] and [`RecordsOfKind::written`].
#[derive(Default)]
struct EqualRecords {
    current: Vec<usize>,
    written: Vec<usize>,
}

/// Pairs of unchanged records.
struct Pairs {
    /// For each position in `current`, the paired position in `written`.
    written_of: Vec<Option<usize>>,
    /// For each position in `written`, whether it is paired.
    is_taken: Vec<bool>,
}

impl Pairs {
    /// Pairs two positions, unless one of them is already paired.
    fn pair(&mut self, current: usize, written: usize) {
        if self.written_of[current].is_none() && !self.is_taken[written] {
            self.written_of[current] = Some(written);
            self.is_taken[written] = true;
        }
    }
}

impl RecordsOfKind {
    /// For each position in `current`, the position in `written` of the same unchanged record. A record to which no
    /// other is equal is found by its digest, at any position. Equal records are paired first by their neighbours, then
    /// by position if no record was added or removed, and last in their order.
    fn unchanged(&self, tree: &Tree, records: &[Record]) -> Vec<Option<usize>> {
        let digest = |&record: &usize| Some(record_digest(tree, records[record].read.as_ref()?));
        let digests: Vec<Option<u64>> = self.current.iter().map(digest).collect();
        let mut equal: HashMap<u64, EqualRecords> = HashMap::new();
        for (position, &(_, digest)) in self.written.iter().enumerate() {
            equal.entry(digest).or_default().written.push(position);
        }
        for (position, digest) in digests.iter().enumerate() {
            if let Some(equal) = digest.and_then(|digest| equal.get_mut(&digest)) {
                equal.current.push(position);
            }
        }
        let mut pairs =
            Pairs { written_of: vec![None; digests.len()], is_taken: vec![false; self.written.len()] };
        for equal in equal.values() {
            if let (&[current], &[written]) = (&equal.current[..], &equal.written[..]) {
                pairs.pair(current, written);
            }
        }
        let is_equal = |current: usize, written: usize| {
            self.written.get(written).is_some_and(|&(_, old)| digests[current] == Some(old))
        };
        for current in 0..digests.len() {
            let written =
                if current == 0 { Some(0) } else { pairs.written_of[current - 1].map(|before| before + 1) };
            written
                .filter(|&written| is_equal(current, written))
                .inspect(|&written| pairs.pair(current, written));
        }
        for current in (0..digests.len()).rev() {
            let after = if current + 1 == digests.len() {
                Some(self.written.len())
            } else {
                pairs.written_of[current + 1]
            };
            let written = after.and_then(|after| after.checked_sub(1));
            written
                .filter(|&written| is_equal(current, written))
                .inspect(|&written| pairs.pair(current, written));
        }
        if digests.len() == self.written.len() {
            (0..digests.len())
                .filter(|&position| is_equal(position, position))
                .for_each(|position| pairs.pair(position, position));
        }
        for equal in equal.values() {
            let current = equal.current.iter().filter(|&&current| pairs.written_of[current].is_none());
            let written = equal.written.iter().filter(|&&written| !pairs.is_taken[written]);
            let rest: Vec<_> = current.zip(written).map(|(&current, &written)| (current, written)).collect();
            rest.into_iter().for_each(|(current, written)| pairs.pair(current, written));
        }
        pairs.written_of
    }

    /// Pairs of a record and its entry in the losses. Changed records are paired by position with the entries between
    /// the same unchanged neighbours (or ends of the list), if there are equally many of both; otherwise they are new.
    fn matches(&self, tree: &Tree, records: &[Record]) -> Vec<(usize, usize)> {
        let unchanged = self.unchanged(tree, records);
        let mut is_matched = vec![false; self.written.len()];
        unchanged.iter().flatten().for_each(|&position| is_matched[position] = true);
        let mut matches = Vec::new();
        let mut start = 0;
        while start < unchanged.len() {
            if let Some(position) = unchanged[start] {
                matches.push((self.current[start], self.written[position].0));
                start += 1;
                continue;
            }
            let end = (start..unchanged.len()).find(|&n| unchanged[n].is_some()).unwrap_or(unchanged.len());
            // The entries after the previous neighbour, up to the next matched one.
            let first =
                if start == 0 { 0 } else { unchanged[start - 1].expect("an unchanged neighbour") + 1 };
            let last = (first..self.written.len()).find(|&n| is_matched[n]).unwrap_or(self.written.len());
            let is_same_neighbour = match unchanged.get(end) {
                Some(next) => *next == Some(last),
                None => last == self.written.len(),
            };
            if is_same_neighbour && last - first == end - start {
                matches
                    .extend((0..end - start).map(|n| (self.current[start + n], self.written[first + n].0)));
            }
            start = end;
        }
        matches
    }
}

impl Matching {
    /// Whether the payload can be a single record again: exactly one record is written; or no record, if the output had
    /// none either. A record that an edit made invalid does not count, because its losses would become other fields of
    /// the payload.
    pub(crate) fn can_be_single(&self, layout: &Layout, records: &[Record]) -> bool {
        let was_written = layout.records.iter().flatten().any(|written| written.item.is_some());
        let count = |placements: &[Placement]| {
            placements.iter().filter(|placement| records[placement.record].written.is_some()).count()
        };
        let known = count(&self.known);
        count(&self.new) == 0 && (known == 1 || known == 0 && !was_written)
    }

    /// Gives the known records the keys 1, 2, 3 …, for a single record that is now one of several.
    pub(crate) fn number(&mut self, tree: &mut Tree) {
        for (n, placement) in (FIRST..).zip(&mut self.known) {
            placement.key = Some(tree.number(n));
        }
    }

    /// Matches the records of an output with those of `layout`. Without a layout, all records are known, in their
    /// order. Reuses the memory of `self`.
    pub(crate) fn find(mut self, tree: &Tree, records: &[Record], layout: Option<&Layout>) -> Self {
        self.known.clear();
        self.new.clear();
        // A record that an edit made invalid still takes its position.
        let written = || (0..).zip(records).filter_map(|(n, record): (usize, _)| Some((n, record.kind?)));
        let Some(entries) = layout.and_then(|layout| layout.records.as_ref()) else {
            self.known.extend(written().map(|(record, _)| Placement { record, key: None }));
            return self;
        };
        let mut by_kind: HashMap<Kind, RecordsOfKind> = HashMap::new();
        for (n, kind) in written() {
            by_kind.entry(v2_kind(kind)).or_default().current.push(n);
        }
        for (n, entry) in (0..).zip(entries) {
            if let Some((kind, digest)) = entry.item {
                by_kind.entry(kind).or_default().written.push((n, digest));
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

/// The key of a record that was a single record and is now one of several.
pub(super) const FIRST: i64 = 1;
