//! The ordered tree that both syntaxes are read into and written from.
//!
//! A [`Tree`] is one buffer of text and one list of nodes; a node names its text by place, so a tree has no
//! lifetime, is used again for the next payload without a new allocation, and can hold a source and a target side
//! by side that share their text. The payload is copied in once and decoded in place: a text therefore starts
//! where its bytes stood in the payload.

use std::collections::{BTreeMap, HashSet};
use std::hash::{BuildHasher, RandomState};
use std::io::Write as _;

use hashbrown::HashTable;
use memchr::memchr2;

use crate::json;

/// Arrays up to this size are searched child by child; larger ones have their keys hashed.
const SEARCHED: u32 = 16;
/// Buffers that one huge payload blew up are given back at the next one.
const KEPT_BYTES: usize = 1 << 20;
const KEPT_NODES: usize = 1 << 14;

/// What is among some bytes.
#[derive(Clone, Copy, Default, Debug)]
pub(crate) struct Bytes(u8);

impl Bytes {
    const ABOVE_127: u8 = 1;
    const ESCAPED: u8 = 2;

    fn of(bytes: &[u8]) -> Self {
        if bytes.is_empty() {
            return Self::default();
        }
        // The lowest and the highest of many bytes are found at once.
        let (lowest, highest) =
            bytes.iter().fold((255, 0), |(low, high), &byte| (byte.min(low), byte.max(high)));
        let mut of = Self::default().and(highest);
        if lowest < b' ' || memchr2(b'"', b'\\', bytes).is_some() {
            of.0 |= Self::ESCAPED;
        }
        of
    }

    /// These and one more.
    #[inline]
    pub(crate) fn and(self, byte: u8) -> Self {
        static WHAT: [u8; 256] = {
            let mut what = [0; 256];
            let mut byte = 0_usize;
            while byte < 256 {
                #[expect(clippy::indexing_slicing, reason = "at compile time, and below 256")]
                {
                    let escaped = if json::is_escaped(byte as u8) { Bytes::ESCAPED } else { 0 };
                    what[byte] = escaped | if byte > 127 { Bytes::ABOVE_127 } else { 0 };
                }
                byte += 1;
            }
            what
        };
        Self(self.0 | WHAT.get(usize::from(byte)).copied().unwrap_or_default())
    }

    fn is_above_127(self) -> bool {
        self.0 & Self::ABOVE_127 != 0
    }

    fn is_escaped(self) -> bool {
        self.0 & Self::ESCAPED != 0
    }
}

/// A node's place in its tree.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(crate) struct Id(u32);

impl Id {
    /// No node.
    pub(crate) const NONE: Self = Self(u32::MAX);

    pub(crate) fn is_some(self) -> bool {
        self != Self::NONE
    }
}

/// A text: a stretch of the tree's buffer.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Text {
    start: u32,
    len: u32,
}

/// What a node holds.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Held {
    Null,
    Bool(bool),
    /// A JSON number, in the digits it was written with.
    Number(Text),
    Text(Text),
    Array(Array),
    /// Another node's value: how a target passes a part of its source through.
    Link(Id),
    /// Taken out again.
    Gone,
}

/// The children of a node, in order.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Array {
    first: Id,
    last: Id,
    len: u32,
    pub(crate) shape: Shape,
    next: Next,
}

/// What is known of the integer that the next `[]` gives.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Next {
    /// Nothing: there was no `[]` yet.
    Unasked,
    /// The number of children: each was a `[]`.
    Len,
    /// It is kept for the array.
    Kept,
}

/// Whether JSON shows an array as a list or as an object.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Shape {
    /// As `json_encode` decides: keys 0, 1, 2 … in order are a list, any other an object.
    Keys,
    List,
    Object,
}

impl Array {
    pub(crate) const fn new(shape: Shape) -> Self {
        Self { first: Id::NONE, last: Id::NONE, len: 0, shape, next: Next::Unasked }
    }

    /// Takes a child in, at the end. Returns the child that was last.
    fn take(&mut self, id: Id) -> Id {
        let last = std::mem::replace(&mut self.last, id);
        if !last.is_some() {
            self.first = id;
        }
        self.len = self.len.saturating_add(1);
        last
    }

    /// Whether more than the chain of children need be kept up for a new one.
    fn is_kept_up(&self) -> bool {
        self.len > SEARCHED || self.next != Next::Unasked
    }
}

#[derive(Clone, Copy, Debug)]
struct Entry {
    key: Text,
    held: Held,
    parent: Id,
    next: Id,
    at: u32,
}

const NOTHING: Entry = Entry { key: Text::EMPTY, held: Held::Gone, parent: Id::NONE, next: Id::NONE, at: 0 };

/// A child of a large array, found by the array's first child (which names one filling of the array, where an
/// overwritten one left its children behind) and the key.
#[derive(Clone, Copy, Debug)]
struct Indexed {
    first: Id,
    node: Id,
}

/// An ordered tree of texts and arrays.
#[derive(Default, Debug)]
pub(crate) struct Tree {
    text: Vec<u8>,
    nodes: Vec<Entry>,
    index: HashTable<Indexed>,
    /// What the next `[]` is called, for the arrays that keep it.
    next_index: BTreeMap<Id, i64>,
    /// Keyed anew for each tree, so that no payload can be made to collide.
    hasher: RandomState,
    /// Every text is UTF-8.
    utf8: bool,
    /// No text holds a byte that JSON escapes.
    plain: bool,
}

impl Tree {
    /// Empties the tree for the next payload.
    pub(crate) fn clear(&mut self) {
        if self.text.capacity() > KEPT_BYTES || self.nodes.capacity() > KEPT_NODES {
            *self = Self::default();
        }
        self.text.clear();
        self.nodes.clear();
        self.index.clear();
        self.next_index.clear();
        self.utf8 = true;
        self.plain = true;
    }

    /// Copies text in, and returns where it starts.
    pub(crate) fn load(&mut self, bytes: &[u8]) -> usize {
        let start = self.text.len();
        self.text.extend_from_slice(bytes);
        let all = Bytes::of(bytes);
        self.utf8 &= !all.is_above_127() || std::str::from_utf8(bytes).is_ok();
        self.plain &= !all.is_escaped();
        start
    }

    /// Copies a text in.
    pub(crate) fn intern(&mut self, bytes: &[u8]) -> Text {
        let start = self.load(bytes);
        Text::at(start, bytes.len())
    }

    /// Copies a name in.
    pub(crate) fn name_of(&mut self, name: &str) -> Text {
        let start = self.text.len();
        self.text.extend_from_slice(name.as_bytes());
        Text::at(start, name.len())
    }

    /// The key of position `n`.
    pub(crate) fn number(&mut self, n: i64) -> Text {
        let start = self.text.len();
        match u8::try_from(n) {
            Ok(digit @ 0..=9) => self.text.push(b'0' | digit),
            // A Vec takes all that is written.
            _ => drop(write!(self.text, "{n}")),
        }
        Text::at(start, self.text.len().saturating_sub(start))
    }

    /// The buffer, to decode in place.
    pub(crate) fn buffer(&mut self) -> &mut [u8] {
        &mut self.text
    }

    /// Takes note of a text that was decoded in place, and of what its decoded bytes are.
    #[inline]
    pub(crate) fn decoded(&mut self, text: Text, bytes: Bytes) {
        self.plain &= !bytes.is_escaped();
        if bytes.is_above_127() {
            self.utf8 &= std::str::from_utf8(self.bytes(text)).is_ok();
        }
    }

    /// Whether no text holds a byte that JSON escapes.
    pub(crate) fn is_plain(&self) -> bool {
        self.plain
    }

    pub(crate) fn bytes(&self, text: Text) -> &[u8] {
        bytes(&self.text, text)
    }

    /// A new node that hangs nowhere yet. `at` is its place in the payload.
    pub(crate) fn alone(&mut self, key: Text, held: Held, at: usize) -> Id {
        let id = Id(clip(self.nodes.len()));
        self.nodes.push(Entry { key, held, parent: Id::NONE, next: Id::NONE, at: clip(at) });
        id
    }

    /// A new root.
    pub(crate) fn root(&mut self, shape: Shape) -> Id {
        self.alone(Text::EMPTY, Held::Array(Array::new(shape)), 0)
    }

    /// Adds a child at the end of an array. The caller knows that the key is not there yet.
    pub(crate) fn append(&mut self, parent: Id, key: Text, held: Held, at: usize) -> Id {
        self.append_here(parent, key, held, at)
    }

    /// The same, for where it is done for every pair.
    #[inline(always)]
    pub(crate) fn append_here(&mut self, parent: Id, key: Text, held: Held, at: usize) -> Id {
        let id = Id(clip(self.nodes.len()));
        let array = match self.entry_mut(parent) {
            Some(Entry { held: Held::Array(array), .. }) => array,
            Some(&mut Entry { held: Held::Link(to), .. }) => return self.append(to, key, held, at),
            _ => return self.alone(key, held, at),
        };
        let last = array.take(id);
        let kept_up = array.is_kept_up().then_some(*array);
        if let Some(last) = self.entry_mut(last) {
            last.next = id;
        }
        self.nodes.push(Entry { key, held, parent, next: Id::NONE, at: clip(at) });
        if let Some(array) = kept_up {
            self.keep_up(parent, id, array);
        }
        id
    }

    /// The same with a name of ours.
    pub(crate) fn append_named(&mut self, parent: Id, name: &str, held: Held, at: usize) -> Id {
        let key = self.name_of(name);
        self.append(parent, key, held, at)
    }

    /// Hangs a lone node into an array, at the end.
    pub(crate) fn hang(&mut self, parent: Id, id: Id) {
        let parent = self.seat(parent);
        let Some(Entry { held: Held::Array(array), .. }) = self.entry_mut(parent) else { return };
        let last = array.take(id);
        let array = *array;
        if let Some(last) = self.entry_mut(last) {
            last.next = id;
        }
        if let Some(entry) = self.entry_mut(id) {
            entry.parent = parent;
            entry.next = Id::NONE;
        }
        if array.is_kept_up() {
            self.keep_up(parent, id, array);
        }
    }

    /// Keeps up what is known of large arrays, and of those in which there was a `[]`.
    #[inline(never)]
    fn keep_up(&mut self, parent: Id, id: Id, Array { first, len, next, .. }: Array) {
        if next == Next::Len {
            self.keep_next(parent, i64::from(len).saturating_sub(1));
        }
        if next != Next::Unasked {
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
                if entry.key.len as usize == key.len()
                    && bytes(&self.text, entry.key) == key
                    && !matches!(entry.held, Held::Gone)
                {
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

    /// The children of an array, in order; of anything else, none.
    pub(crate) fn children(&self, parent: Id) -> impl Iterator<Item = Id> + '_ {
        let mut next = self.array(parent).map_or(Id::NONE, |array| array.first);
        std::iter::from_fn(move || {
            loop {
                let id = next;
                let entry = self.nodes.get(id.0 as usize)?;
                next = entry.next;
                if !matches!(entry.held, Held::Gone) {
                    return Some(id);
                }
            }
        })
    }

    /// The first child: with [`Tree::after`], a walk along the children during which the tree may grow.
    pub(crate) fn first(&self, parent: Id) -> Option<Id> {
        self.array(parent).and_then(|array| self.there_from(array.first))
    }

    /// The last child that was hung into an array.
    pub(crate) fn last(&self, parent: Id) -> Id {
        self.array(parent).map_or(Id::NONE, |array| array.last)
    }

    /// The next child of the same array.
    pub(crate) fn after(&self, child: Id) -> Option<Id> {
        self.there_from(self.entry(child).next)
    }

    fn there_from(&self, mut id: Id) -> Option<Id> {
        while id.is_some() {
            if self.is_there(id) {
                return Some(id);
            }
            id = self.entry(id).next;
        }
        None
    }

    fn is_there(&self, id: Id) -> bool {
        !matches!(self.entry(id).held, Held::Gone)
    }

    /// Takes a node out of its array's sight: a root of its own.
    pub(crate) fn uproot(&mut self, id: Id) {
        if let Some(entry) = self.entry_mut(id) {
            entry.parent = Id::NONE;
        }
    }

    /// Whether a node is another one or under it.
    pub(crate) fn is_under(&self, mut id: Id, above: Id) -> bool {
        while id.is_some() && id != above {
            id = self.parent(id);
        }
        id == above
    }

    pub(crate) fn set_shape(&mut self, id: Id, shape: Shape) {
        let id = self.seat(id);
        if let Some(Entry { held: Held::Array(array), .. }) = self.entry_mut(id) {
            array.shape = shape;
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
        let key = self.number(i64::from(array.len));
        self.set_next(parent, Next::Unasked);
        let id = self.append(parent, key, held, at);
        self.set_next(parent, Next::Len);
        Some(id)
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

    /// How many children were hung into an array.
    pub(crate) fn len(&self, id: Id) -> i64 {
        self.array(id).map_or(0, |array| i64::from(array.len))
    }

    pub(crate) fn array(&self, id: Id) -> Option<Array> {
        match self.held(id) {
            Held::Array(array) => Some(array),
            Held::Null | Held::Bool(_) | Held::Number(_) | Held::Text(_) | Held::Link(_) | Held::Gone => None,
        }
    }

    pub(crate) fn is_array(&self, id: Id) -> bool {
        matches!(self.entry(id).held, Held::Array(_))
    }

    /// What a node holds, links followed.
    pub(crate) fn held(&self, id: Id) -> Held {
        match self.entry(id).held {
            Held::Link(to) => self.entry(to).held,
            held @ (Held::Null
            | Held::Bool(_)
            | Held::Number(_)
            | Held::Text(_)
            | Held::Array(_)
            | Held::Gone) => held,
        }
    }

    /// What another node holds that passes this one's value through: a scalar itself, an array by link.
    pub(crate) fn passed(&self, id: Id) -> Held {
        if self.array(id).is_some() { Held::Link(self.seat(id)) } else { self.held(id) }
    }

    /// The node that holds this node's value.
    fn seat(&self, id: Id) -> Id {
        match self.entry(id).held {
            Held::Link(to) => to,
            Held::Null | Held::Bool(_) | Held::Number(_) | Held::Text(_) | Held::Array(_) | Held::Gone => id,
        }
    }

    pub(crate) fn set(&mut self, id: Id, held: Held) {
        if let Some(entry) = self.entry_mut(id) {
            entry.held = held;
        }
    }

    /// The text that a node holds, where it holds one.
    pub(crate) fn text(&self, id: Id) -> Option<Text> {
        match self.held(id) {
            Held::Text(text) => Some(text),
            Held::Null | Held::Bool(_) | Held::Number(_) | Held::Array(_) | Held::Link(_) | Held::Gone => {
                None
            }
        }
    }

    pub(crate) fn key(&self, id: Id) -> Text {
        self.entry(id).key
    }

    /// A node's key, as bytes.
    pub(crate) fn name(&self, id: Id) -> &[u8] {
        self.bytes(self.key(id))
    }

    pub(crate) fn parent(&self, id: Id) -> Id {
        self.entry(id).parent
    }

    /// Where the node stands in the payload, in bytes from its start.
    pub(crate) fn at(&self, id: Id) -> usize {
        self.entry(id).at as usize
    }

    pub(crate) fn set_at(&mut self, id: Id, at: usize) {
        if let Some(entry) = self.entry_mut(id) {
            entry.at = clip(at);
        }
    }

    /// A node that stands for what another one held, now that it will hold something else.
    pub(crate) fn detach(&mut self, id: Id) -> Id {
        let Entry { key, held, parent, at, .. } = *self.entry(id);
        let old = self.alone(key, held, at as usize);
        if let Some(entry) = self.entry_mut(old) {
            entry.parent = parent;
        }
        old
    }

    /// Whether JSON shows an array as a list.
    pub(crate) fn is_list(&self, id: Id) -> bool {
        match self.array(id).map(|array| array.shape) {
            Some(Shape::List) => true,
            Some(Shape::Keys) => self.counts(id),
            Some(Shape::Object) | None => false,
        }
    }

    /// Whether the keys of an array are 0, 1, 2 … in order.
    pub(crate) fn counts(&self, id: Id) -> bool {
        self.children(id).zip(0_i64..).all(|(child, n)| integer(self.name(child)) == Some(n))
    }

    /// Whether the node's key and all under it are UTF-8.
    pub(crate) fn is_utf8(&self, id: Id) -> bool {
        self.not_utf8(id).is_none()
    }

    /// The same, but for the node's own key.
    pub(crate) fn holds_utf8(&self, id: Id) -> bool {
        match self.held(id) {
            Held::Text(text) => self.utf8 || std::str::from_utf8(self.bytes(text)).is_ok(),
            Held::Array(_) => self.utf8 || self.children(id).all(|child| self.is_utf8(child)),
            Held::Null | Held::Bool(_) | Held::Number(_) | Held::Link(_) | Held::Gone => true,
        }
    }

    /// The first node here or below whose key or text is not UTF-8.
    pub(crate) fn not_utf8(&self, id: Id) -> Option<Id> {
        if self.utf8 {
            return None;
        }
        let is_utf8 = |text| std::str::from_utf8(self.bytes(text)).is_ok();
        let held = self.held(id);
        if !is_utf8(self.key(id)) || matches!(held, Held::Text(text) if !is_utf8(text)) {
            return Some(id);
        }
        self.children(id).find_map(|child| self.not_utf8(child))
    }

    /// Whether two subtrees hold the same: values, keys, their order and shape. Empty arrays in arrays whose
    /// shape is told by their keys do not count: a form cannot say them.
    pub(crate) fn equal(&self, id: Id, other: &Self, other_id: Id) -> bool {
        match (self.held(id), other.held(other_id)) {
            (Held::Null, Held::Null) => true,
            (Held::Bool(a), Held::Bool(b)) => a == b,
            (Held::Number(a), Held::Number(b)) | (Held::Text(a), Held::Text(b)) => {
                self.bytes(a) == other.bytes(b)
            }
            (Held::Array(a), Held::Array(b)) => {
                // Where the keys tell the shape, they are compared.
                let is_list = a.shape != Shape::Keys && self.is_list(id);
                let has_shape = a.shape != Shape::Keys && b.shape != Shape::Keys;
                let mut left = self.children(id).filter(|&child| !self.is_void(child));
                let mut right = other.children(other_id).filter(|&child| !other.is_void(child));
                let same = |a, b| (is_list || self.name(a) == other.name(b)) && self.equal(a, other, b);
                (!has_shape || is_list == other.is_list(other_id))
                    && left.by_ref().all(|a| right.next().is_some_and(|b| same(a, b)))
                    && right.next().is_none()
            }
            (
                Held::Null
                | Held::Bool(_)
                | Held::Number(_)
                | Held::Text(_)
                | Held::Array(_)
                | Held::Link(_)
                | Held::Gone,
                _,
            ) => false,
        }
    }

    /// Whether somewhere in an array of a form there is an empty one.
    pub(crate) fn has_void(&self, id: Id) -> bool {
        self.children(id).any(|child| self.is_void(child) || self.has_void(child))
    }

    /// Whether a node is an array of a form in which there is nothing.
    fn is_void(&self, id: Id) -> bool {
        self.array(id).is_some_and(|array| array.shape == Shape::Keys)
            && self.children(id).all(|child| self.is_void(child))
    }

    /// How long the names are that lead to a node.
    pub(crate) fn named(&self, mut id: Id) -> usize {
        let mut sum = 0_usize;
        while id.is_some() {
            sum = sum.saturating_add(self.name(id).len());
            id = self.parent(id);
        }
        sum
    }

    /// The path of a node, and of `leaf` under it: `contact_data[3][data][country]`. What a bracketed path
    /// cannot show plainly (`%`, `[`, `]`, controls, bytes that are not UTF-8) is `%XX`.
    pub(crate) fn path(&self, id: Id, leaf: Option<&[u8]>, out: &mut Vec<u8>) {
        let is_below = self.path_above(id, out);
        if let Some(leaf) = leaf {
            segment(leaf, is_below, out);
        }
    }

    /// Writes the path down to a node. False for a root, which has none.
    fn path_above(&self, id: Id, out: &mut Vec<u8>) -> bool {
        let parent = self.parent(id);
        if parent.is_some() {
            let is_below = self.path_above(parent, out);
            segment(self.name(id), is_below, out);
        }
        parent.is_some()
    }

    fn entry(&self, id: Id) -> &Entry {
        self.nodes.get(id.0 as usize).unwrap_or(&NOTHING)
    }

    fn entry_mut(&mut self, id: Id) -> Option<&mut Entry> {
        self.nodes.get_mut(id.0 as usize)
    }
}

impl Text {
    pub(crate) const EMPTY: Self = Self { start: 0, len: 0 };

    pub(crate) fn is_empty(self) -> bool {
        self.len == 0
    }

    pub(crate) fn at(start: usize, len: usize) -> Self {
        Self { start: clip(start), len: clip(len) }
    }
}

fn bytes(buffer: &[u8], Text { start, len }: Text) -> &[u8] {
    let start = start as usize;
    buffer.get(start..start.saturating_add(len as usize)).unwrap_or_default()
}

/// Places are 32 bits wide: a payload is at most [`crate::MAX_PAYLOAD`] long, so that none is clipped.
fn clip(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

/// The integer that PHP makes of a key, where it makes one.
pub(crate) fn integer(key: &[u8]) -> Option<i64> {
    let digits = key.strip_prefix(b"-").unwrap_or(key);
    match digits {
        [b'0'] if digits.len() == key.len() => Some(0),
        [b'1'..=b'9', ..] if key.len() <= 20 && digits.iter().all(u8::is_ascii_digit) => {
            std::str::from_utf8(key).ok()?.parse().ok()
        }
        _ => None,
    }
}

/// Writes a name of a path.
fn segment(key: &[u8], is_below: bool, out: &mut Vec<u8>) {
    if is_below {
        out.push(b'[');
    }
    escape(key, out);
    if is_below {
        out.push(b']');
    }
}

fn escape(key: &[u8], out: &mut Vec<u8>) {
    // Without a way out of the loop, it is done for many bytes at once.
    let is_odd = |byte: u8| !(b' '..=b'~').contains(&byte) | (byte == b'%') | (byte == b'[') | (byte == b']');
    if !key.iter().fold(false, |any, &byte| any | is_odd(byte)) {
        out.extend_from_slice(key);
        return;
    }
    for chunk in key.utf8_chunks() {
        for char in chunk.valid().chars() {
            let mut bytes = [0; 4];
            let bytes = char.encode_utf8(&mut bytes).as_bytes();
            if char.is_control() || matches!(char, '%' | '[' | ']') {
                bytes.iter().for_each(|&byte| percent(byte, out));
            } else {
                out.extend_from_slice(bytes);
            }
        }
        for &byte in chunk.invalid() {
            percent(byte, out);
        }
    }
}

/// Writes a byte as `%XX`.
pub(crate) fn percent(byte: u8, out: &mut Vec<u8>) {
    const HEX: [u8; 16] = *b"0123456789ABCDEF";
    let digit = |n: u8| HEX.get(usize::from(n & 15)).copied().unwrap_or(b'0');
    out.extend_from_slice(&[b'%', digit(byte >> 4), digit(byte)]);
}
