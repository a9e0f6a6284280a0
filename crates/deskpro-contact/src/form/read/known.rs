//! The short way: a pair whose key is spelled as one before goes straight to its place.
//!
//! Where a key is not, or anything stands already where its value goes, nothing is done here, and the pair is read
//! from its first byte on.

mod start;

use std::ops::Range;

use self::start::{Start, Turn};
use super::courses::{self, Courses, Last, Place, Way};
use super::key::{GUARDED_BY, Key, Stop, Stretch};
use super::spellings::{self, Base, Spellings};
use super::window::Sent;
use super::{Memory, Opened, Reader, slice};
use crate::tree::{Id, Shape, Text, Tree};

/// What the short way goes by.
pub(super) struct Short<'r> {
    spellings: &'r mut Spellings,
    courses: &'r mut Courses,
    /// Where whole keys start.
    top: Start,
    /// The array that groups are in, where it is open.
    outer: Option<Outer<'r>>,
    /// The last group.
    group: Group<'r>,
    /// Whether the arrays that it opened are those that the reader has open.
    is_reopened: bool,
}

/// Where the rest of a key starts whose first two segments were the same before.
struct Group<'r> {
    start: Start,
    /// What its keys begin with.
    sent: Sent<'r>,
    /// Where the first of them starts.
    at: usize,
    /// What its first value is like.
    hint: usize,
    /// Where its keys had come to when it was left.
    left: Place,
}

impl Group<'_> {
    /// What no key begins with.
    fn none(root: Id) -> Self {
        Self { start: Start::unknown(root), sent: Sent::NONE, at: 0, hint: 0, left: Place::OFF }
    }
}

/// The array that groups are in.
struct Outer<'r> {
    array: Id,
    key: Text,
    /// What its keys begin with.
    sent: Sent<'r>,
    /// A name whose number is this one or above is not in it yet; see [`Reader::group_name`].
    free: u32,
}

/// Where a pair goes: in which array its key, or its rest, starts; from where on; and by what step, where that is known.
struct Goal {
    base: Base,
    from: usize,
    next: Option<Place>,
}

/// What names a group: its number, how long its name is, and where the third segment of the key starts.
type Name = (u32, usize, usize);

/// The most digits that are counted in the number of a group's name.
const MOST_DIGITS: usize = 6;
/// Above all of those.
const NONE_FREE: u32 = u32::MAX;

impl<'r> Short<'r> {
    pub(super) fn new(memory: &'r mut Memory, root: Id) -> Self {
        let Memory { spellings, courses } = memory;
        spellings.begin();
        courses.begin();
        let top = Start::root(root);
        Self { spellings, courses, top, outer: None, group: Group::none(root), is_reopened: true }
    }

    /// Reads a pair whose key is spelled as one before, and returns where it ends.
    #[inline(always)]
    pub(super) fn pair(&mut self, reader: &mut Reader<'r>, start: usize) -> Option<usize> {
        let text = reader.text(start)?;
        let Group { start: group, sent, hint, .. } = &mut self.group;
        let is_of_group = sent.begins(text);
        let Goal { base, from, next } = if is_of_group {
            let from = start.wrapping_add(sent.len());
            Goal {
                base: Base::Group,
                from,
                next: self.courses.follow(group.place, *hint, reader.text(from)?),
            }
        } else {
            self.elsewhere(reader, start)?
        };
        let (array, hint) = match base {
            Base::Root => (&mut self.top, courses::key_hint(text)),
            Base::Group => (&mut self.group.start, self.group.hint),
        };
        let turn = match next {
            Some(next) => Turn::To(next),
            None => array.turn((self.spellings, self.courses, hint), reader, base, from, start)?,
        };
        let sent = match turn {
            Turn::To(next) => array.go(self.courses, reader, next, from, start)?,
            Turn::Put(sent) => sent,
        };
        if !is_of_group {
            self.arrived(reader, base, &sent);
        }
        Some(sent.end)
    }

    /// Where a pair goes that is not of the last group, which is left. Opens the array of the next group, where it is of
    /// that.
    #[inline(always)]
    fn elsewhere(&mut self, reader: &mut Reader<'r>, start: usize) -> Option<Goal> {
        self.close(reader.tree);
        let text = reader.text(start)?;
        let mut next = None;
        let mut group = None;
        if let Some(outer) = &self.outer
            && outer.sent.begins(text)
        {
            group = reader.group_name(start.wrapping_add(outer.sent.len())).map(|name| (name, None));
        }
        if group.is_none() {
            next = self.courses.follow(self.top.place, courses::key_hint(text), text);
            let outer = match next {
                Some(next) => self.courses.outer(next),
                None => self.spellings.outer(text).map(|(_, outer)| *outer),
            };
            if self.outer.is_none()
                && let Some(outer) = outer
            {
                let name = reader.group_name(start.wrapping_add(usize::from(outer.len)));
                group = name.map(|name| (name, Some((outer, next))));
            }
        }
        if let Some((name, outer)) = group {
            return self.next_group(reader, start, name, outer);
        }
        let next = next.filter(|&next| self.courses.outer(next).is_none());
        Some(Goal { base: Base::Root, from: start, next })
    }

    /// Opens the array of the next group, where the key at `start` is that of one: what the second segment names in
    /// the array that the first one names, and that too where it is not open yet. None where the pair must be read from
    /// its first byte on.
    #[inline(always)]
    fn next_group(
        &mut self,
        reader: &mut Reader<'r>,
        start: usize,
        (number, key_len, from): Name,
        outer: Option<(spellings::Outer, Option<Place>)>,
    ) -> Option<Goal> {
        let text = reader.text(from)?;
        let next = self.courses.follow(Place::GROUP, 0, text);
        // That the next bracket is closed is known of a spelling that is.
        if next.is_none() {
            self.spellings.meet(Base::Group, text)?;
        }
        if let Some((known, next)) = outer {
            self.open_outer(reader, start, known, next)?;
        }
        let outer = self.outer.as_mut()?;
        let at = start.wrapping_add(outer.sent.len());
        let key = Text::at(reader.base.wrapping_add(at), key_len);
        let group = &mut self.group.start;
        if number >= outer.free {
            // Where there are none but names with lower numbers, it is new.
            outer.free = number.saturating_add(1);
            group.begin(reader.tree.append_array(outer.array, key, Shape::Keys, start));
        } else {
            let last = reader.tree.last(outer.array);
            let array = reader.array(outer.array, key, false, start)?;
            match reader.tree.last(outer.array) == last {
                true => *group = Start::unknown(array),
                false => group.begin(array),
            }
        }
        let next = next.filter(|_| group.place == Place::GROUP);
        self.group.sent = Sent::new(reader.text(start)?, from.saturating_sub(start))?;
        self.group.at = start;
        self.group.hint = 0;
        self.group.left = Place::OFF;
        self.is_reopened = false;
        Some(Goal { base: Base::Group, from, next })
    }

    /// Takes note of a pair that was not of the last group before it, by the stretch that its value was sent in.
    #[inline(always)]
    fn arrived(&mut self, reader: &Reader, base: Base, sent: &Range<usize>) {
        match (base, &mut self.outer) {
            (Base::Group, _) => {
                self.group.hint = courses::hint(reader.payload.get(sent.start), sent.len());
            }
            (Base::Root, Some(outer)) if outer.array == self.top.inner => {
                // It may stand among the groups, and be called by any number.
                outer.free = NONE_FREE;
            }
            (Base::Root, _) => {}
        }
    }

    /// Opens the array that a first segment names, where a step is known to do so by that step.
    fn open_outer(
        &mut self,
        reader: &mut Reader<'r>,
        start: usize,
        known: spellings::Outer,
        next: Option<Place>,
    ) -> Option<()> {
        let spellings::Outer { segment, len } = known;
        let key = reader.segment(segment, start);
        let step = courses::Key::Outer(segment.name, len);
        let hint = courses::key_hint(reader.text(start)?);
        let is_new = match next.or_else(|| self.courses.turn(self.top.place, hint, step)) {
            Some(place) => {
                self.top.place = place;
                self.top.inner = reader.tree.append_array(self.top.array, key, Shape::Keys, start);
                true
            }
            None => {
                let behind = self.top.leave(self.courses);
                let is_new = self.top.open(reader, segment, start, start)?;
                // Its names are no spelling's.
                self.top.seen.is_inner_whole = false;
                self.top.seen.is_whole_below = false;
                if is_new && let Some((spelled, _)) = self.spellings.outer(reader.text(start)?) {
                    let way = Way { opens: Some(segment), is_inner: true, last: Last::Group, len };
                    let seen = self.top.seen;
                    self.top.place = self.courses.learn(behind, hint, step, spelled.clone(), way, seen);
                }
                is_new
            }
        };
        let array = self.top.inner;
        let free = if is_new || reader.tree.len(array) == 0 { 0 } else { NONE_FREE };
        let sent = Sent::new(reader.text(start)?, usize::from(len))?;
        self.outer = Some(Outer { array, key, sent, free });
        Some(())
    }

    /// Leaves the last group: what is in its array is known by its course, where its nodes stand one behind the other.
    pub(super) fn close(&mut self, tree: &mut Tree) {
        let Group { start: Start { array, place, .. }, ref mut left, .. } = self.group;
        // Once: other nodes may come behind its own. Off a course, there is nothing to say.
        if std::mem::replace(left, place) != place {
            let is_known = self.courses.nodes(place).is_some_and(|nodes| tree.is_last(array, nodes));
            tree.set_course(array, if is_known { place } else { Place::OFF }.number());
        }
    }

    /// Makes ready for a key that is read from its first byte on: the arrays that the last group opened are open.
    #[cold]
    pub(super) fn reopen(&mut self, reader: &mut Reader<'r>) {
        if let Some(outer) = &self.outer
            && !std::mem::replace(&mut self.is_reopened, true)
        {
            reader.before = self.group.at;
            reader.first = outer.key;
            reader.opened.clear();
            let group = Opened { len: self.group.sent.len(), array: self.group.start.array };
            reader.opened.extend([Opened { len: outer.sent.len(), array: outer.array }, group]);
        }
    }

    /// Takes note of a pair that was read from its first byte on; and of how its key is spelled, where it is plain.
    #[cold]
    pub(super) fn learn(&mut self, reader: &mut Reader<'r>, start: usize, key: Key) {
        // One value may have been put in another one's place.
        reader.tree.forget_courses();
        self.top = Start::unknown(reader.root);
        self.group = Group::none(reader.root);
        self.outer = None;
        if let [Opened { len, array }, ref deeper @ ..] = **reader.opened {
            let sent = |len| Sent::new(reader.text(reader.before)?, len);
            let key = reader.first;
            self.outer = sent(len).map(|sent| Outer { array, key, sent, free: NONE_FREE });
            if let [Opened { len, array }, ..] = *deeper
                && let Some(sent) = sent(len)
            {
                let (start, left) = (Start::unknown(array), Place::OFF);
                self.group = Group { start, sent, at: reader.before, hint: 0, left };
            }
        }
        self.is_reopened = true;
        if !key.is_odd && self.spellings.has_room() {
            let edition = self.spellings.edition;
            self.learn_key(reader, start, key.end);
            if self.spellings.edition != edition {
                self.courses.forget();
            }
        }
    }

    fn learn_key(&mut self, reader: &Reader, start: usize, key_end: usize) -> Option<()> {
        let mut segments = [(0, 0); 4];
        let mut slots = segments.iter_mut();
        let mut stretch = reader.stretch(b'[', start);
        if !stretch.is_simple() {
            return None;
        }
        let mut count = 0_usize;
        loop {
            // A `[]` is plain where it comes last.
            let is_append = stretch.start == stretch.end && count > 0;
            if !is_append && !reader.is_plain(&stretch) {
                return None;
            }
            *slots.next()? = (stretch.start, stretch.end);
            count = count.wrapping_add(1);
            let open = match stretch.stop {
                Stop::Bracket(open) if count == 1 => open,
                Stop::Bracket(behind) if behind == key_end => break,
                Stop::Bracket(behind) if !is_append => reader.bracket_at(behind)?,
                Stop::End if count == 1 => break,
                Stop::Bracket(_) | Stop::End | Stop::Nul => return None,
            };
            stretch = reader.stretch(b']', open);
        }
        let segments = segments.get(..count)?;
        let (base, segments) = match segments {
            [(first, end), (second, _), rest @ ..] if !rest.is_empty() => {
                let len = end.saturating_sub(*first);
                self.spellings.learn_outer(slice(reader.payload, *first, *second), len);
                (Base::Group, rest)
            }
            _ => (Base::Root, segments),
        };
        let (from, _) = *segments.first()?;
        let place = |&(start, end): &(usize, usize)| (start.saturating_sub(from), end.saturating_sub(from));
        let (leaf, array) = segments.split_last()?;
        let array = array.first().map(place);
        self.spellings.learn(base, slice(reader.payload, from, key_end), array, place(leaf));
        Some(())
    }
}

impl Reader<'_> {
    /// The name of a group behind the first bracket: its number, which is that of the first digits and so the same
    /// wherever the name is the same; how long it is; and where the third segment starts.
    #[inline(always)]
    fn group_name(&self, at: usize) -> Option<Name> {
        let text = self.text(at)?;
        let digits = text.iter().take(MOST_DIGITS).take_while(|byte| byte.is_ascii_digit());
        let (number, len) = digits.fold((0_u32, 0_usize), |(number, len), &digit| {
            let digit = u32::from(digit.wrapping_sub(b'0'));
            (number.wrapping_mul(10).wrapping_add(digit), len.wrapping_add(1))
        });
        let rest = text.get(len..).unwrap_or_default();
        let spelled = [&b"]["[..], b"%5D%5B"].into_iter().find(|brackets| rest.starts_with(brackets));
        let brackets = spelled.map_or(0, <[u8]>::len);
        if len > 0 && brackets > 0 {
            return Some((number, len, at.wrapping_add(len).wrapping_add(brackets)));
        }
        // It is no number, or a long one, or stands in brackets that are spelled otherwise.
        let segment = self.stretch(b']', at);
        let Stop::Bracket(behind) = segment.stop else { return None };
        let from = self.bracket_at(behind)?;
        self.is_plain(&segment).then_some((number, segment.end.saturating_sub(at), from))
    }

    /// Whether a segment behind a bracket says its own bytes.
    fn is_plain(&self, segment: &Stretch) -> bool {
        let text = slice(self.payload, segment.start, segment.end);
        segment.escaped >= segment.end
            && !matches!(text, [] | [b' ' | b'\t'..=b'\r'])
            && !text.starts_with(GUARDED_BY)
    }
}
