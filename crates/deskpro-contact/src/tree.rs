//! An ordered tree of texts and arrays. It holds JSON bodies, targets, and the parts of a form that the plain reader
//! does not read.
//!
//! A [`Tree`] is one buffer of text and one list of members. Members refer to texts by position. So a tree has no
//! lifetime, the next payload reuses its memory, and source and target can be in one tree and share texts.

mod arrays;
mod compare;
mod paths;
mod texts;

use std::hash::RandomState;
use std::ops::{Index, IndexMut};

use hashbrown::HashTable;

use self::arrays::{Indexed, SEARCHED};
pub(crate) use self::paths::path_name;
pub(crate) use self::texts::Text;
use crate::buffer::Buffer;

/// [`Tree::clear`] frees a list of members whose capacity exceeds this number.
const KEPT_MEMBERS: usize = 1 << 14;

/// The position of a member in its tree.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(crate) struct Id(u32);

impl Id {
    /// No member.
    const NONE: Self = Self(u32::MAX);

    fn is_some(self) -> bool {
        self != Self::NONE
    }

    fn some(self) -> Option<Self> {
        self.is_some().then_some(self)
    }
}

/// The value of a member.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Node {
    Null,
    Bool(bool),
    /// A JSON number, as it was written.
    Number(Text),
    Text(Text),
    Array(Array),
    /// The value of another member. A target uses it to include a part of its source.
    Link(Id),
    /// The member was removed from its array.
    Removed,
}

/// An array: a linked list of members.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Array {
    first: Id,
    last: Id,
    len: u32,
    pub(crate) shape: Shape,
    /// The largest integer key so far, removed members included.
    largest: Option<i64>,
}

/// Whether an array is a list or an object in JSON.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Shape {
    /// The keys decide, as in PHP's `json_encode`: 0, 1, 2 … in order make a list, any other keys an object.
    Keys,
    List,
    Object,
}

impl Array {
    pub(crate) const fn new(shape: Shape) -> Self {
        Self { first: Id::NONE, last: Id::NONE, len: 0, shape, largest: None }
    }
}

/// A key and its value.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Member {
    pub(crate) key: Text,
    pub(crate) node: Node,
    parent: Id,
    next: Id,
    /// The position in the payload, in bytes.
    at: u32,
}

/// An ordered tree of texts and arrays.
#[derive(Clone, Default, Debug)]
pub(crate) struct Tree {
    text: Buffer,
    members: Vec<Member>,
    /// Constant names that were added to the buffer, with their texts.
    names: Vec<(&'static str, Text)>,
    index: HashTable<Indexed>,
    /// The hasher of the index. It has random keys, so that an attacker cannot construct names that collide.
    hasher: RandomState,
    /// Whether some text begins inside a UTF-8 character.
    is_split: bool,
    /// Whether every text is UTF-8.
    utf8: bool,
    /// Whether no text holds a byte that JSON escapes.
    unescaped: bool,
}

impl Index<Id> for Tree {
    type Output = Member;

    fn index(&self, id: Id) -> &Member {
        &self.members[id.0 as usize]
    }
}

impl IndexMut<Id> for Tree {
    fn index_mut(&mut self, id: Id) -> &mut Member {
        &mut self.members[id.0 as usize]
    }
}

impl Tree {
    pub(crate) fn new() -> Self {
        let mut tree = Self::default();
        tree.clear();
        tree
    }

    /// Removes the content before the next payload is read.
    pub(crate) fn clear(&mut self) {
        if self.members.capacity() > KEPT_MEMBERS {
            (self.members, self.index) = (Vec::new(), HashTable::new());
        }
        self.text.clear();
        self.members.clear();
        self.names.clear();
        self.index.clear();
        self.is_split = false;
        self.utf8 = true;
        self.unescaped = true;
    }

    /// Adds a member that belongs to no array yet. `at` is its position in the payload.
    pub(crate) fn new_node(&mut self, key: Text, node: Node, at: u32) -> Id {
        self.push(Member { key, node, parent: Id::NONE, next: Id::NONE, at })
    }

    fn push(&mut self, member: Member) -> Id {
        let id = Id(u32::try_from(self.members.len()).expect("fewer members than bytes of payloads"));
        self.members.push(member);
        id
    }

    /// Adds a root.
    pub(crate) fn root(&mut self, shape: Shape) -> Id {
        self.new_node(Text::EMPTY, Node::Array(Array::new(shape)), 0)
    }

    /// Adds a member at the end of an array that does not have the key yet.
    pub(crate) fn append(&mut self, parent: Id, key: Text, node: Node, at: u32) -> Id {
        let parent = self.resolve(parent);
        let id = self.push(Member { key, node, parent, next: Id::NONE, at });
        self.add(parent, id);
        id
    }

    /// Adds a member whose name is a constant.
    pub(crate) fn append_named(&mut self, parent: Id, name: &'static str, node: Node, at: u32) -> Id {
        let key = self.intern_name(name);
        self.append(parent, key, node, at)
    }

    /// Adds a member from [`Tree::new_node`], which belongs to no array yet, at the end of an array.
    pub(crate) fn attach(&mut self, parent: Id, id: Id) {
        let parent = self.resolve(parent);
        debug_assert!(!self.is_attached(id), "a member of one array");
        self[id].parent = parent;
        self.add(parent, id);
    }

    /// Links a member to the end of an array. A large array also gets it into its index.
    fn add(&mut self, parent: Id, id: Id) {
        let key = self.integer_key(id);
        let Node::Array(array) = &mut self[parent].node else { panic!("members belong to arrays") };
        if key.is_some() {
            array.largest = array.largest.max(key);
        }
        array.len += 1;
        let is_large = array.len > SEARCHED;
        let last = std::mem::replace(&mut array.last, id);
        if last.is_some() {
            self[last].next = id;
        } else {
            array.first = id;
        }
        if is_large {
            self.index_last(parent, id);
        }
    }

    /// The members of an array, in order. Other values have no members.
    pub(crate) fn children(&self, parent: Id) -> impl Iterator<Item = Id> + '_ {
        let mut next = self.first(parent);
        std::iter::from_fn(move || {
            let child = next?;
            next = self.after(child);
            Some(child)
        })
    }

    /// The first member of an array. A walk with `first` and [`Tree::after`] does not borrow the tree, so the tree may
    /// grow during it.
    pub(crate) fn first(&self, parent: Id) -> Option<Id> {
        self.present(self.array(parent)?.first)
    }

    /// The next member of the same array.
    pub(crate) fn after(&self, child: Id) -> Option<Id> {
        self.present(self[child].next)
    }

    /// The member itself, or the next one that was not removed.
    fn present(&self, mut id: Id) -> Option<Id> {
        while id.is_some() && matches!(self[id].node, Node::Removed) {
            id = self[id].next;
        }
        id.some()
    }

    /// Whether `id` is `above` or a descendant of it.
    pub(crate) fn is_under(&self, id: Id, above: Id) -> bool {
        let mut next = Some(id);
        while let Some(id) = next {
            if id == above {
                return true;
            }
            next = self.parent(id);
        }
        false
    }

    pub(crate) fn set_shape(&mut self, id: Id, shape: Shape) {
        let id = self.resolve(id);
        let Node::Array(array) = &mut self[id].node else { panic!("an array has a shape") };
        array.shape = shape;
    }

    /// The number of members that were added to an array, removed ones included.
    pub(crate) fn len(&self, id: Id) -> i64 {
        self.array(id).map_or(0, |array| i64::from(array.len))
    }

    pub(crate) fn array(&self, id: Id) -> Option<Array> {
        match self.node(id) {
            Node::Array(array) => Some(array),
            Node::Null | Node::Bool(_) | Node::Number(_) | Node::Text(_) | Node::Link(_) | Node::Removed => {
                None
            }
        }
    }

    /// The value of a member. Follows links.
    pub(crate) fn node(&self, id: Id) -> Node {
        self[self.resolve(id)].node
    }

    /// The value that a target gets for a member of its source: a copy of a scalar, a link to an array.
    pub(crate) fn link(&self, id: Id) -> Node {
        match self.node(id) {
            Node::Array(_) => Node::Link(self.resolve(id)),
            node @ (Node::Null
            | Node::Bool(_)
            | Node::Number(_)
            | Node::Text(_)
            | Node::Link(_)
            | Node::Removed) => node,
        }
    }

    /// The member that holds the value: the member itself, or the one that it links to.
    fn resolve(&self, id: Id) -> Id {
        match self[id].node {
            Node::Link(to) => to,
            Node::Null | Node::Bool(_) | Node::Number(_) | Node::Text(_) | Node::Array(_) | Node::Removed => {
                id
            }
        }
    }

    pub(crate) fn set(&mut self, id: Id, node: Node) {
        self[id].node = node;
    }

    /// The text of a member that holds one.
    pub(crate) fn text(&self, id: Id) -> Option<Text> {
        match self.node(id) {
            Node::Text(text) => Some(text),
            Node::Null | Node::Bool(_) | Node::Number(_) | Node::Array(_) | Node::Link(_) | Node::Removed => {
                None
            }
        }
    }

    /// The key of a member, as bytes.
    pub(crate) fn name(&self, id: Id) -> &[u8] {
        &self[self[id].key]
    }

    pub(crate) fn parent(&self, id: Id) -> Option<Id> {
        self[id].parent.some()
    }

    pub(crate) fn is_attached(&self, id: Id) -> bool {
        self[id].parent.is_some()
    }

    /// The position of a member in the payload, in bytes. In a form it is the position of the pair.
    pub(crate) fn at(&self, id: Id) -> u32 {
        self[id].at
    }

    pub(crate) fn set_at(&mut self, id: Id, at: u32) {
        self[id].at = at;
    }

    /// Copies a member to a new one, which keeps the value when the original changes.
    pub(crate) fn detach(&mut self, id: Id) -> Id {
        let member = self[id];
        self.push(Member { next: Id::NONE, ..member })
    }

    /// Whether a member is a list in JSON.
    pub(crate) fn is_list(&self, id: Id) -> bool {
        match self.array(id).map(|array| array.shape) {
            Some(Shape::List) => true,
            Some(Shape::Keys) => self.counts_from_zero(id),
            Some(Shape::Object) | None => false,
        }
    }

    /// Whether the keys of an array are 0, 1, 2 … in order.
    pub(crate) fn counts_from_zero(&self, id: Id) -> bool {
        self.children(id).zip(0_i64..).all(|(child, n)| crate::bytes::integer(self.name(child)) == Some(n))
    }
}
