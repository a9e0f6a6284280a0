//! Which record of an output is which record of the payload that it was made of.

use std::collections::HashMap;

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

/// The positions of equal records.
#[derive(Default)]
struct Places {
    now: Vec<usize>,
    then: Vec<usize>,
}

/// Unchanged records: by position in `now`, the position in `then`, and which of these are taken.
struct Pairs {
    then_of: Vec<Option<usize>>,
    is_taken: Vec<bool>,
}

impl Pairs {
    /// Pairs two positions, unless one of them has a partner.
    fn pair(&mut self, now: usize, then: usize) {
        if self.then_of[now].is_none() && !self.is_taken[then] {
            self.then_of[now] = Some(then);
            self.is_taken[then] = true;
        }
    }
}

impl OfKind {
    /// By position in `now`, the position in `then` of each unchanged record. A record that has no equal is found by its
    /// digest, wherever it stands. Equal records are told apart by what stands beside them, then by position if no record
    /// was added or removed. The others are taken in order.
    fn unchanged(&self, tree: &Tree, records: &[Record]) -> Vec<Option<usize>> {
        let digest = |&record: &usize| Some(record_digest(tree, records[record].read.as_ref()?));
        let digests: Vec<Option<u64>> = self.now.iter().map(digest).collect();
        let mut places: HashMap<u64, Places> = HashMap::new();
        for (position, &(_, digest)) in self.then.iter().enumerate() {
            places.entry(digest).or_default().then.push(position);
        }
        for (position, digest) in digests.iter().enumerate() {
            if let Some(places) = digest.and_then(|digest| places.get_mut(&digest)) {
                places.now.push(position);
            }
        }
        let mut pairs = Pairs { then_of: vec![None; digests.len()], is_taken: vec![false; self.then.len()] };
        for places in places.values() {
            if let (&[now], &[then]) = (&places.now[..], &places.then[..]) {
                pairs.pair(now, then);
            }
        }
        let is_equal =
            |now: usize, then: usize| self.then.get(then).is_some_and(|&(_, old)| digests[now] == Some(old));
        for now in 0..digests.len() {
            let then = if now == 0 { Some(0) } else { pairs.then_of[now - 1].map(|before| before + 1) };
            then.filter(|&then| is_equal(now, then)).inspect(|&then| pairs.pair(now, then));
        }
        for now in (0..digests.len()).rev() {
            let behind =
                if now + 1 == digests.len() { Some(self.then.len()) } else { pairs.then_of[now + 1] };
            let then = behind.and_then(|behind| behind.checked_sub(1));
            then.filter(|&then| is_equal(now, then)).inspect(|&then| pairs.pair(now, then));
        }
        if digests.len() == self.then.len() {
            (0..digests.len())
                .filter(|&place| is_equal(place, place))
                .for_each(|place| pairs.pair(place, place));
        }
        for places in places.values() {
            let now = places.now.iter().filter(|&&now| pairs.then_of[now].is_none());
            let then = places.then.iter().filter(|&&then| !pairs.is_taken[then]);
            let rest: Vec<_> = now.zip(then).map(|(&now, &then)| (now, then)).collect();
            rest.into_iter().for_each(|(now, then)| pairs.pair(now, then));
        }
        pairs.then_of
    }

    /// Which record is which entry of the losses. Changed records take the entries that are missing between the same
    /// unchanged neighbours, or ends of the list, by position, where there are as many of both; else none.
    fn matches(&self, tree: &Tree, records: &[Record]) -> Vec<(usize, usize)> {
        let now = self.unchanged(tree, records);
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
