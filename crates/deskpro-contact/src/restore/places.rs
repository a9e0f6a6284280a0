//! Which record of an output is which record of the payload that it was made of.

use std::collections::{HashMap, VecDeque};

use super::notes::Guide;
use crate::model::Kind;
use crate::record::{Record, digest, v2_kind};
use crate::tree::{Text, Tree};

/// A record and the key it is given; none is the next free one.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Given {
    pub(crate) record: usize,
    pub(crate) key: Option<Text>,
}

/// Which record of the output is which record of the payload.
#[derive(Default, Debug)]
pub(crate) struct Places {
    /// Those that have their place, in the payload's order.
    pub(crate) given: Vec<Given>,
    /// Those that are new.
    pub(crate) new: Vec<Given>,
}

/// The records of one v2 type: those that are there, and those that were written, with their digests.
#[derive(Default)]
struct OfKind {
    now: Vec<usize>,
    then: Vec<(usize, u64)>,
}

impl Places {
    /// Whether one record is written and no other; or none, where none was. One that was edited into a record that is
    /// rejected is not: what belonged to it would stand beside the other fields as if it were one of them.
    pub(crate) fn is_one(&self, guide: &Guide, records: &[Record]) -> bool {
        let was_written = guide.records.iter().flatten().any(|written| written.item.is_some());
        let count = |places: &[Given]| {
            let records = places.iter().filter_map(|given| records.get(given.record));
            records.filter(|record| record.written.is_some()).count()
        };
        let given = count(&self.given);
        count(&self.new) == 0 && (given == 1 || given == 0 && !was_written)
    }

    /// Moves a single record among several: it is the first of them. Where nothing says which one it was, they are
    /// numbered as they stand.
    pub(crate) fn number(&mut self, tree: &mut Tree) {
        for (n, given) in (FIRST..).zip(&mut self.given) {
            given.key = Some(tree.number(n));
        }
    }

    /// Finds the place of each record that is written: by position where there are as many of a type as were
    /// written, else by its digest. Without a guide, all have the place in which they stand.
    /// The places of the payload before make room for them.
    pub(crate) fn find(mut self, tree: &Tree, records: &[Record], guide: Option<&Guide>) -> Self {
        self.given.clear();
        self.new.clear();
        // A record that was edited into one that is rejected still counts where it stands.
        let written = || (0..).zip(records).filter_map(|(n, record): (usize, _)| Some((n, record.kind?)));
        let Some(entries) = guide.and_then(|guide| guide.records.as_ref()) else {
            self.given.extend(written().map(|(record, _)| Given { record, key: None }));
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
        for OfKind { now, then } in by_kind.values() {
            if now.len() == then.len() {
                entry_of.extend(now.iter().copied().zip(then.iter().map(|&(entry, _)| entry)));
                continue;
            }
            let mut unchanged: HashMap<u64, VecDeque<usize>> = HashMap::new();
            for &(entry, digest) in then {
                unchanged.entry(digest).or_default().push_back(entry);
            }
            for &record in now {
                let read = records.get(record).and_then(|record| record.read);
                let entry = read
                    .and_then(|read| unchanged.get_mut(&digest(tree, &read)))
                    .and_then(VecDeque::pop_front);
                if let Some(entry) = entry {
                    entry_of.insert(record, entry);
                }
            }
        }
        let mut placed: Vec<(usize, Given)> = Vec::new();
        let mut new = Vec::new();
        for (record, _) in written() {
            match entry_of.get(&record).and_then(|&n| Some((n, entries.get(n)?))) {
                Some((n, entry)) => placed.push((n, Given { record, key: Some(entry.key) })),
                None => new.push(Given { record, key: None }),
            }
        }
        placed.sort_by_key(|&(n, _)| n);
        let given = placed.into_iter().map(|(_, given)| given).collect();
        Self { given, new }
    }
}

/// The key of a single record that is one of several now.
pub(super) const FIRST: i64 = 1;
