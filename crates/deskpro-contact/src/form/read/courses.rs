//! The order in which keys came before. Payloads of one source have their keys mostly in few orders: what each key then
//! comes to, behind those before it in the same array, is found once, and remembered as a step.
//!
//! A course is the steps from an array's first key on. Where an array was filled along one, all that is in it is known:
//! which names, and in what order.

use super::spellings::{Names, Outer, Segment};
use super::window::Prefix;
use crate::odds::mostly;

/// The most steps that are remembered; then they are found anew.
const MOST: usize = 1 << 10;
/// The most steps that one payload may bring, so that one of odd orders does not drive all others out.
const MOST_OF_A_PAYLOAD: usize = 64;
/// How many kinds of first values, or at the top of first bytes of keys, are told apart.
const HINTS: usize = 16;

/// A step's number.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub(super) struct Place(u16);

impl Place {
    /// No course: the keys came otherwise.
    pub(super) const OFF: Self = Self(0);
    /// An empty array at the top.
    pub(super) const ROOT: Self = Self(1);
    /// An empty array of a group.
    pub(super) const GROUP: Self = Self(2);

    pub(super) fn number(self) -> u16 {
        self.0
    }
}

/// What a key's last segment is.
#[derive(Clone, Copy, Debug)]
pub(super) enum Last {
    Name(Segment),
    /// `[]`.
    Append,
    /// The name of a group, which is another one each time.
    Group,
}

/// What is known of an array.
#[derive(Clone, Copy, Debug)]
pub(super) struct Seen {
    /// The names that were seen in it and in its arrays: each has a node, which is still there.
    pub(super) names: Names,
    /// The array of its own that was met last, by its name's number.
    pub(super) inner: Option<u8>,
    /// Whether each node in it has one of those names.
    pub(super) is_whole: bool,
    /// The same of the nodes in the inner array.
    pub(super) is_inner_whole: bool,
    /// The same of the nodes in all arrays of those names.
    pub(super) is_whole_below: bool,
}

impl Seen {
    /// Nothing, of an empty array.
    pub(super) const EMPTY: Self =
        Self { names: Names::NONE, inner: None, is_whole: true, is_inner_whole: true, is_whole_below: true };
    /// Nothing, of an array in which there is something.
    pub(super) const NOTHING: Self =
        Self { is_whole: false, is_inner_whole: false, is_whole_below: false, ..Self::EMPTY };
}

/// What a key comes to behind those before it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Way {
    /// The array in the array, where the key opens it.
    pub(super) opens: Option<Segment>,
    /// Whether its last segment is in the inner array.
    pub(super) is_inner: bool,
    pub(super) last: Last,
    /// How many bytes it has, up to where its value or its group's name starts.
    pub(super) len: u8,
}

/// A step: a key behind others. It is as long as two lines of the processor's cache, and begins with one.
#[derive(Debug)]
#[repr(C, align(64))]
pub(super) struct Step {
    spelled: Prefix,
    pub(super) way: Way,
    /// How many nodes there are behind it, where that is known.
    nodes: Option<u8>,
    next: Next,
}

const _: () = assert!(size_of::<Step>() <= 128);

/// What is asked of a step only where another key than those came next.
#[derive(Debug)]
struct Fork {
    /// The key's number among all, or that of a first segment.
    key: Key,
    /// What is known behind it.
    seen: Seen,
    /// The first of the steps that came behind it, and the next one that came behind the same.
    first: Place,
    sibling: Place,
}

/// What a step is of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Key {
    /// A spelling, by its number.
    Spelling(u16),
    /// A first segment, by its name's number and its length.
    Outer(u8, u8),
}

/// Two steps that came next, by the hint: one that opens an array first, else in the order in which they came. They stay
/// where they are until a third one comes: which of them it is tells the processor what follows.
type Next = [[Place; 2]; HINTS];

/// The steps that are remembered.
#[derive(Debug)]
pub(super) struct Courses {
    steps: Vec<Step>,
    /// One of each.
    forks: Vec<Fork>,
    /// How many this payload brought.
    brought: usize,
    /// How often they were found anew.
    pub(super) edition: u64,
}

impl Default for Courses {
    fn default() -> Self {
        let mut courses = Self { steps: Vec::new(), forks: Vec::new(), brought: 0, edition: 0 };
        courses.forget();
        courses
    }
}

impl Courses {
    /// Makes ready for the next payload.
    pub(super) fn begin(&mut self) {
        self.brought = 0;
        if self.steps.len() >= MOST {
            self.forget();
        }
    }

    /// Begins anew.
    pub(super) fn forget(&mut self) {
        self.steps.clear();
        self.forks.clear();
        self.edition = self.edition.wrapping_add(1);
        for seen in [Seen::NOTHING, Seen::EMPTY, Seen::EMPTY] {
            // What no text begins with: it was cut there.
            let spelled = Prefix::new(b"\0");
            let way = Way { opens: None, is_inner: false, last: Last::Append, len: 0 };
            let key = Key::Outer(u8::MAX, 0);
            self.steps.push(Step { spelled, way, nodes: Some(0), next: Next::default() });
            self.forks.push(Fork { key, seen, first: Place::OFF, sibling: Place::OFF });
        }
    }

    /// What came at a place.
    #[inline(always)]
    pub(super) fn step(&self, at: Place) -> Option<&Step> {
        mostly(self.steps.get(usize::from(at.0)))
    }

    /// The array of groups that a step opens, where it is such a step.
    #[inline]
    pub(super) fn outer(&self, at: Place) -> Option<Outer> {
        match self.step(at)?.way {
            Way { last: Last::Group, opens: Some(segment), len, .. } => Some(Outer { segment, len }),
            Way { .. } => None,
        }
    }

    /// How many nodes an array has that was filled up to a place, where that is known.
    pub(super) fn nodes(&self, at: Place) -> Option<u8> {
        self.step(at)?.nodes
    }

    /// What is known behind the step to a place.
    pub(super) fn seen(&self, at: Place) -> Option<Seen> {
        self.fork(at).map(|fork| fork.seen)
    }

    fn fork(&self, at: Place) -> Option<&Fork> {
        self.forks.get(usize::from(at.0))
    }

    /// The next step, where the key, or its rest, at the front of `text` is one of those that are expected. `text` has
    /// a pad behind it.
    #[inline(always)]
    pub(super) fn follow(&self, at: Place, hint: usize, text: &[u8]) -> Option<Place> {
        let [one, other] = *self.step(at)?.next.get(hint)?;
        if self.step(one)?.spelled.begins(text) {
            return Some(one);
        }
        self.step(other)?.spelled.begins(text).then_some(other)
    }

    /// Takes note of a step that came next, and was not expected.
    fn expect(&mut self, at: Place, hint: usize, came: Place) {
        let Some(&next) = self.step(at).and_then(|step| step.next.get(hint)) else { return };
        let [one, other] = match next {
            [Place::OFF, _] => [came, Place::OFF],
            [only, Place::OFF] => [only, came],
            [_, kept] => [kept, came],
        };
        // So it is known by which of them came whether an array is opened.
        let opens = |at| self.step(at).is_some_and(|step| step.way.opens.is_some());
        let next = if opens(other) && !opens(one) { [other, one] } else { [one, other] };
        if let Some(own) = self.steps.get_mut(usize::from(at.0)).and_then(|step| step.next.get_mut(hint)) {
            *own = next;
        }
    }

    /// The next step, where the key came behind the same ones before.
    pub(super) fn turn(&mut self, at: Place, hint: usize, key: Key) -> Option<Place> {
        let (behind, fork) = (self.step(at)?, self.fork(at)?);
        let mut next = fork.first;
        if fork.key == key && behind.way.opens.is_none() && matches!(behind.way.last, Last::Append) {
            // One `[]` behind the other.
            next = at;
        }
        loop {
            let fork = self.fork(next).filter(|_| next != Place::OFF)?;
            if fork.key == key {
                self.expect(at, hint, next);
                return Some(next);
            }
            next = fork.sibling;
        }
    }

    fn has_room(&self) -> bool {
        self.steps.len() < MOST && self.brought < MOST_OF_A_PAYLOAD
    }

    /// Remembers what a key came to behind those before it, and what is known then. Returns its place; off all courses
    /// where there is no room.
    pub(super) fn learn(
        &mut self,
        at: Place,
        hint: usize,
        key: Key,
        spelled: Prefix,
        way: Way,
        seen: Seen,
    ) -> Place {
        let place = match u16::try_from(self.steps.len()) {
            Ok(place) if at != Place::OFF && self.has_room() => Place(place),
            Ok(_) | Err(_) => return Place::OFF,
        };
        let Some(fork) = self.forks.get_mut(usize::from(at.0)) else { return Place::OFF };
        self.brought = self.brought.wrapping_add(1);
        let sibling = std::mem::replace(&mut fork.first, place);
        let more = match way.last {
            Last::Name(_) => Some(1),
            Last::Append | Last::Group => None,
        };
        let nodes = self.nodes(at).zip(more).and_then(|(nodes, more): (u8, u8)| {
            nodes.checked_add(more)?.checked_add(u8::from(way.opens.is_some()))
        });
        self.steps.push(Step { spelled, way, nodes, next: Next::default() });
        self.forks.push(Fork { key, seen, first: Place::OFF, sibling });
        self.expect(at, hint, place);
        place
    }
}

/// Tells first values of groups apart: those of the documented types, as far as they have other fields.
#[inline]
pub(super) fn hint(first: Option<&u8>, len: usize) -> usize {
    let first = usize::from(first.copied().unwrap_or_default());
    first.wrapping_mul(24).wrapping_add(len.wrapping_mul(3)) / 4 % HINTS
}

/// Tells keys apart at the top, by their first bytes.
#[inline]
pub(super) fn key_hint(text: &[u8]) -> usize {
    text.first().map_or(0, |&byte| usize::from(byte) % HINTS)
}
