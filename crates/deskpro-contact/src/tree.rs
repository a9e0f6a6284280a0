//! The ordered tree that both syntaxes are read into and written from.
//!
//! A [`Tree`] is one buffer of text and one list of nodes; a node names its text by place, so a tree has no
//! lifetime, is used again for the next payload without a new allocation, and can hold a source and a target side
//! by side that share their text. The payload is copied in once and decoded in place: a text therefore starts
//! where its bytes stood in the payload.

mod arrays;
mod compare;
mod courses;
mod paths;
mod texts;

use std::collections::BTreeMap;
use std::hash::RandomState;
use std::hint::select_unpredictable;

use hashbrown::HashTable;

use self::arrays::Indexed;
pub(crate) use self::courses::Behind;
pub(crate) use self::paths::percent;
pub(crate) use self::texts::{AndBehind, Decoded, Text, integer, is_same};
use crate::odds::{mostly, rare, seldom};

/// Arrays up to this size are searched child by child; larger ones have their keys hashed.
const SEARCHED: u32 = 16;
/// Buffers that one huge payload blew up are given back at the next one.
pub(crate) const KEPT_BYTES: usize = 1 << 20;
const KEPT_NODES: usize = 1 << 14;

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
    /// See [`Tree::course`].
    course: u16,
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
        Self { first: Id::NONE, last: Id::NONE, len: 0, shape, next: Next::Unasked, course: 0 }
    }

    /// Takes a child in, at the end. Returns the child that was last.
    fn take(&mut self, id: Id) -> Id {
        let last = std::mem::replace(&mut self.last, id);
        // Nobody can foretell which child is the first.
        self.first = select_unpredictable(last.is_some(), self.first, id);
        self.len = self.len.wrapping_add(1);
        last
    }

    /// Whether more than the chain of children need be kept up for a new one; see [`Tree::keep_up`].
    fn is_kept_up(&self, as_if: Next) -> bool {
        self.len > SEARCHED || self.next != as_if
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

/// A child of an array, as a walk along the children meets it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Child<'t> {
    pub(crate) id: Id,
    pub(crate) key: Text,
    /// Links followed.
    pub(crate) held: &'t Held,
    /// Where the walk goes on.
    pub(crate) next: Id,
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
    /// The courses of nodes below this one do not hold any more.
    courses_from: u32,
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
        self.courses_from = 0;
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
        self.append_made(parent, key, at, Next::Unasked, || held)
    }

    /// The same for a text, where it is done for every pair.
    #[inline(always)]
    pub(crate) fn append_text(&mut self, parent: Id, key: Text, text: Text, at: usize) -> Id {
        self.append_made(parent, key, at, Next::Unasked, || Held::Text(text))
    }

    /// The same for an empty array.
    #[inline(always)]
    pub(crate) fn append_array(&mut self, parent: Id, key: Text, shape: Shape, at: usize) -> Id {
        self.append_made(parent, key, at, Next::Unasked, || Held::Array(Array::new(shape)))
    }

    /// The same. What the node holds is made where it is put: what was just written in parts is slow to be read whole.
    #[inline(always)]
    fn append_made(&mut self, parent: Id, key: Text, at: usize, as_if: Next, held: impl Fn() -> Held) -> Id {
        let id = Id(clip(self.nodes.len()));
        let array = match self.entry_mut(parent) {
            Some(Entry { held: Held::Array(array), .. }) => array,
            _ => return self.append_elsewhere(parent, key, held(), at),
        };
        let last = array.take(id);
        let is_kept_up = array.is_kept_up(as_if);
        if let Some(last) = self.entry_mut(last) {
            last.next = id;
        }
        self.nodes.push(Entry { key, held: held(), parent, next: Id::NONE, at: clip(at) });
        if is_kept_up {
            self.keep_up(parent, id, as_if);
        }
        id
    }

    /// The same where a node is no array itself: into the one that it passes through; else nowhere.
    #[cold]
    fn append_elsewhere(&mut self, parent: Id, key: Text, held: Held, at: usize) -> Id {
        match self.entry(parent).held {
            Held::Link(to) => self.append(to, key, held, at),
            Held::Null | Held::Bool(_) | Held::Number(_) | Held::Text(_) | Held::Array(_) | Held::Gone => {
                self.alone(key, held, at)
            }
        }
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
        let is_kept_up = array.is_kept_up(Next::Unasked);
        if let Some(last) = self.entry_mut(last) {
            last.next = id;
        }
        if let Some(entry) = self.entry_mut(id) {
            entry.parent = parent;
            entry.next = Id::NONE;
        }
        if is_kept_up {
            self.keep_up(parent, id, Next::Unasked);
        }
    }

    /// The children of an array, in order; of anything else, none.
    pub(crate) fn children(&self, parent: Id) -> impl Iterator<Item = Id> + '_ {
        let mut next = self.first_of(parent);
        std::iter::from_fn(move || {
            let child = self.child_from(next)?;
            next = child.next;
            Some(child.id)
        })
    }

    /// The first child: with [`Tree::after`], a walk along the children during which the tree may grow.
    pub(crate) fn first(&self, parent: Id) -> Option<Id> {
        self.there_from(self.first_of(parent))
    }

    /// Where a walk along the children begins that looks at each of them; see [`Tree::child_from`].
    #[inline]
    pub(crate) fn first_of(&self, parent: Id) -> Id {
        match self.seated(self.entry(parent)) {
            Held::Array(array) => array.first,
            Held::Null | Held::Bool(_) | Held::Number(_) | Held::Text(_) | Held::Link(_) | Held::Gone => {
                Id::NONE
            }
        }
    }

    /// The child that is there, or else the next one.
    #[inline(always)]
    pub(crate) fn child_from(&self, mut id: Id) -> Option<Child<'_>> {
        loop {
            let entry = self.nodes.get(id.0 as usize)?;
            if !seldom(matches!(entry.held, Held::Gone)) {
                return Some(Child { id, key: entry.key, held: self.seated(entry), next: entry.next });
            }
            id = entry.next;
        }
    }

    /// The last child that was hung into an array.
    pub(crate) fn last(&self, parent: Id) -> Id {
        self.array(parent).map_or(Id::NONE, |array| array.last)
    }

    /// The next child of the same array.
    pub(crate) fn after(&self, child: Id) -> Option<Id> {
        self.there_from(self.entry(child).next)
    }

    fn there_from(&self, id: Id) -> Option<Id> {
        self.child_from(id).map(|child| child.id)
    }

    fn is_there(&self, id: Id) -> bool {
        !matches!(self.entry(id).held, Held::Gone)
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

    /// How many children were hung into an array.
    pub(crate) fn len(&self, id: Id) -> i64 {
        self.array(id).map_or(0, |array| i64::from(array.len))
    }

    pub(crate) fn array(&self, id: Id) -> Option<Array> {
        match self.seated(self.entry(id)) {
            Held::Array(array) => Some(*array),
            Held::Null | Held::Bool(_) | Held::Number(_) | Held::Text(_) | Held::Link(_) | Held::Gone => None,
        }
    }

    pub(crate) fn is_array(&self, id: Id) -> bool {
        matches!(self.entry(id).held, Held::Array(_))
    }

    /// What a node holds, links followed.
    pub(crate) fn held(&self, id: Id) -> Held {
        *self.seated(self.entry(id))
    }

    /// The same of an entry, where it stands: only what is asked for is copied.
    #[inline(always)]
    fn seated<'t>(&'t self, entry: &'t Entry) -> &'t Held {
        match entry.held {
            Held::Link(to) => &self.entry(rare(to)).held,
            Held::Null | Held::Bool(_) | Held::Number(_) | Held::Text(_) | Held::Array(_) | Held::Gone => {
                &entry.held
            }
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
        match self.seated(self.entry(id)) {
            Held::Text(text) => Some(*text),
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
        self.children(id).zip(0_i64..).all(|(child, n)| match *self.name(child) {
            [digit @ b'0'..=b'9'] => i64::from(digit.wrapping_sub(b'0')) == n,
            ref name => integer(name) == Some(n),
        })
    }

    fn entry(&self, id: Id) -> &Entry {
        mostly(self.nodes.get(id.0 as usize)).unwrap_or(&NOTHING)
    }

    fn entry_mut(&mut self, id: Id) -> Option<&mut Entry> {
        self.nodes.get_mut(id.0 as usize)
    }
}

/// Places are 32 bits wide: a payload is at most [`crate::MAX_PAYLOAD`] long, so that nothing is cut off.
#[inline(always)]
fn clip(n: usize) -> u32 {
    n as u32
}
