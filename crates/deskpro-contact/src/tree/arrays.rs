//! Arrays: their children found by key, numbered and put in order, at a cost that does not grow with their number.

use std::collections::HashSet;
use std::hash::BuildHasher as _;

use super::texts::{bytes, integer};
use super::{Array, Entry, Held, Id, NOTHING, Next, SEARCHED, Text, Tree};

/// A child of a large array, found by the array's first child (which names one filling of the array, where an
/// overwritten one left its children behind) and the key.
#[derive(Clone, Copy, Debug)]
pub(super) struct Indexed {
    first: Id,
    node: Id,
}

impl Tree {
    /// Keeps up what is known of large arrays, and of those in which there was a `[]`, for a new child. `as_if` is what
    /// would be known where all were like it.
    #[cold]
    pub(super) fn keep_up(&mut self, parent: Id, id: Id, as_if: Next) {
        let Some(Array { first, len, next, .. }) = self.array(parent) else { return };
        if next != as_if {
            if next == Next::Len {
                self.keep_next(parent, i64::from(len).saturating_sub(1));
            }
            self.count(parent, id);
        }
        if len > SEARCHED.saturating_add(1) {
            self.index(first, id);
        } else if len > SEARCHED {
            let mut child = first;
            while child.is_some() {
                self.index(first, child);
                child = self.entry(child).next;
            }
        }
    }

    /// Counts a new child among those of an array in which there was a `[]`.
    fn count(&mut self, parent: Id, id: Id) {
        let n = integer(self.name(id));
        if let Some(next) = self.next_index.get_mut(&parent)
            && let Some(n) = n
        {
            *next = (*next).max(n.saturating_add(1));
        }
    }

    fn index(&mut self, first: Id, node: Id) {
        let hash = self.hash(first, self.bytes(self.key(node)));
        let Self { index, nodes, text, hasher, .. } = self;
        index.insert_unique(hash, Indexed { first, node }, |indexed| {
            let key = nodes.get(indexed.node.0 as usize).unwrap_or(&NOTHING).key;
            hasher.hash_one((indexed.first.0, bytes(text, key)))
        });
    }

    fn hash(&self, first: Id, key: &[u8]) -> u64 {
        self.hasher.hash_one((first.0, key))
    }

    /// The child of that name.
    pub(crate) fn child(&self, parent: Id, key: &[u8]) -> Option<Id> {
        let array = self.array(parent)?;
        if array.len <= SEARCHED {
            let mut id = array.first;
            while let Some(entry) = self.nodes.get(id.0 as usize) {
                if bytes(&self.text, entry.key) == key && !matches!(entry.held, Held::Gone) {
                    return Some(id);
                }
                id = entry.next;
            }
            return None;
        }
        let found = self.index.find(self.hash(array.first, key), |indexed| {
            indexed.first == array.first && self.is_there(indexed.node) && self.name(indexed.node) == key
        });
        found.map(|indexed| indexed.node)
    }

    /// The key that `[]` would give in this array; none where the largest integer is taken.
    pub(crate) fn next_key(&mut self, parent: Id) -> Option<Text> {
        let parent = self.seat(parent);
        let array = self.array(parent)?;
        let n = match (array.next, self.next_index.get(&parent)) {
            (Next::Kept, Some(&n)) => n,
            (Next::Len, _) => i64::from(array.len),
            (Next::Unasked | Next::Kept, _) => {
                let highest = self.children(parent).filter_map(|child| integer(self.name(child))).max();
                highest.map_or(0, |highest| highest.saturating_add(1))
            }
        };
        if array.next != Next::Kept {
            self.keep_next(parent, n);
        }
        let key = self.number(n);
        (n < i64::MAX || self.child(parent, self.bytes(key)).is_none()).then_some(key)
    }

    /// Adds a child under the key that `[]` gives; none where the largest integer is taken.
    pub(crate) fn append_next(&mut self, parent: Id, held: Held, at: usize) -> Option<Id> {
        let array = self.array(parent)?;
        if array.len > 0 && array.next != Next::Len {
            let key = self.next_key(parent)?;
            return Some(self.append(parent, key, held, at));
        }
        let key = self.number(array.len.into());
        self.set_next(parent, Next::Len);
        Some(self.append_made(parent, key, at, Next::Len, || held))
    }

    /// Keeps what the next `[]` is called.
    fn keep_next(&mut self, parent: Id, n: i64) {
        self.next_index.insert(parent, n);
        self.set_next(parent, Next::Kept);
    }

    fn set_next(&mut self, parent: Id, next: Next) {
        if let Some(Entry { held: Held::Array(array), .. }) = self.entry_mut(parent) {
            array.next = next;
        }
    }

    /// The integers from 1 that no child has: where the largest is taken, there is no next one.
    pub(crate) fn free_keys(&self, parent: Id) -> impl Iterator<Item = i64> + use<> {
        let keys = self.children(parent).filter_map(|child| integer(self.name(child)));
        let taken: HashSet<i64> = keys.collect();
        (1..i64::MAX).filter(move |n| !taken.contains(n))
    }

    /// Sets the order of an array's children. `order` holds each of them once.
    pub(crate) fn reorder(&mut self, parent: Id, order: &[Id]) {
        let parent = self.seat(parent);
        let Some(mut array) = self.array(parent) else { return };
        let was_first = array.first;
        array.first = Id::NONE;
        array.last = Id::NONE;
        for &id in order {
            match self.entry_mut(array.last) {
                Some(last) => last.next = id,
                None => array.first = id,
            }
            if let Some(entry) = self.entry_mut(id) {
                entry.next = Id::NONE;
            }
            array.last = id;
        }
        self.set(parent, Held::Array(array));
        if array.len > SEARCHED && array.first != was_first {
            for &id in order {
                self.index(array.first, id);
            }
        }
    }
}
