//! Arrays: finding members by key in constant time, new keys, and order.

use std::collections::HashSet;
use std::hash::BuildHasher as _;

use super::{Array, Id, Node, Text, Tree};
use crate::bytes::{equal_short, integer};

/// Arrays up to this length are searched member by member. Longer arrays have an index of their keys.
pub(super) const SEARCHED: u32 = 16;

/// An entry of the index of large arrays. It is found by the array's first member and the key. An array is identified
/// by its first member, because an overwritten array leaves its entries in the index, and the array that replaces it
/// has the same `Id`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Indexed {
    first: Id,
    member: Id,
}

impl Tree {
    /// The key of a member, if it is an integer.
    pub(super) fn integer_key(&self, id: Id) -> Option<i64> {
        match self.name(id) {
            name @ [b'0'..=b'9' | b'-', ..] => integer(name),
            _ => None,
        }
    }

    /// Adds the last member of a large array to the index, or all members if the array has just become large.
    #[cold]
    pub(super) fn index_last(&mut self, parent: Id, id: Id) {
        let Node::Array(array) = self[parent].node else { return };
        if array.len > SEARCHED + 1 {
            self.index(array.first, id);
        } else {
            let mut next = array.first.some();
            while let Some(member) = next {
                self.index(array.first, member);
                next = self[member].next.some();
            }
        }
    }

    fn index(&mut self, first: Id, member: Id) {
        let hash = self.hash(first, self.name(member));
        let Self { index, members, text, hasher, .. } = self;
        index.insert_unique(hash, Indexed { first, member }, |indexed| {
            let key = members[indexed.member.0 as usize].key;
            hasher.hash_one((indexed.first.0, &text.text()[key.range()]))
        });
    }

    fn hash(&self, first: Id, key: &[u8]) -> u64 {
        self.hasher.hash_one((first.0, key))
    }

    /// Finds a member by its key.
    pub(crate) fn child(&self, parent: Id, key: &[u8]) -> Option<Id> {
        let array = self.array(parent)?;
        if array.len <= SEARCHED {
            let mut id = array.first;
            while id.is_some() {
                let member = &self[id];
                if equal_short(&self[member.key], key) && !matches!(member.node, Node::Removed) {
                    return Some(id);
                }
                id = member.next;
            }
            return None;
        }
        self.indexed_child(array, key)
    }

    /// Finds a member of a large array by its key.
    #[cold]
    fn indexed_child(&self, array: Array, key: &[u8]) -> Option<Id> {
        let found = self.index.find(self.hash(array.first, key), |indexed| {
            indexed.first == array.first
                && !matches!(self[indexed.member].node, Node::Removed)
                && self.name(indexed.member) == key
        });
        found.map(|indexed| indexed.member)
    }

    /// Gives a member another name, which no other member of its array has. Neither name may be an integer.
    pub(crate) fn rename(&mut self, id: Id, key: Text) {
        self[id].key = key;
        let array = self.parent(id).and_then(|parent| self.array(parent));
        if let Some(array) = array.filter(|array| array.len > SEARCHED) {
            // The entry under the old name stays, but no longer matches: a search compares names.
            self.index(array.first, id);
        }
    }

    /// The key that PHP gives to `[]` in an array: the largest integer key plus one, or 0. `None` if the largest key is
    /// `i64::MAX`.
    pub(crate) fn next_key(&mut self, parent: Id) -> Option<Text> {
        let next = match self.array(parent)?.largest {
            None => 0,
            Some(largest) => largest.checked_add(1)?,
        };
        Some(self.number(next))
    }

    /// Adds a member under [`Tree::next_key`]. `None` if there is no such key.
    pub(crate) fn append_next(&mut self, parent: Id, node: Node, at: u32) -> Option<Id> {
        let key = self.next_key(parent)?;
        Some(self.append(parent, key, node, at))
    }

    /// The integers from 1 that are not keys of the array: new keys for an array without a [`Tree::next_key`].
    pub(crate) fn free_keys(&self, parent: Id) -> impl Iterator<Item = i64> + use<> {
        let keys = self.children(parent).filter_map(|child| integer(self.name(child)));
        let taken: HashSet<i64> = keys.collect();
        (1..i64::MAX).filter(move |n| !taken.contains(n))
    }

    /// Sets the order of an array's members. `order` must hold each of them once.
    pub(crate) fn reorder(&mut self, parent: Id, order: &[Id]) {
        let parent = self.resolve(parent);
        let Node::Array(mut array) = self[parent].node else { panic!("an array has an order") };
        let first = array.first;
        array.first = order.first().copied().unwrap_or(Id::NONE);
        array.last = order.last().copied().unwrap_or(Id::NONE);
        for pair in order.windows(2) {
            self[pair[0]].next = pair[1];
        }
        if let Some(&last) = order.last() {
            self[last].next = Id::NONE;
        }
        self[parent].node = Node::Array(array);
        if array.len > SEARCHED && array.first != first {
            for &id in order {
                self.index(array.first, id);
            }
        }
    }
}
