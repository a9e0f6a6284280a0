//! An array that keys go into: the payload's, or a group's.

use std::ops::Range;

use super::super::Reader;
use super::super::courses::{self, Courses, Last, Place, Seen, Way};
use super::super::spellings::{Base, Segment, Spelling, Spellings};
use crate::tree::{Held, Id, Shape, Text};

/// An array that spellings start from.
#[derive(Clone, Copy)]
pub(super) struct Start {
    pub(super) array: Id,
    /// Where its keys have come to, where they came as keys came before.
    pub(super) place: Place,
    /// The array of its own that was met last.
    pub(super) inner: Id,
    /// What is known of it, where its keys came otherwise.
    pub(super) seen: Seen,
}

/// What a key comes to that was not expected.
pub(super) enum Turn {
    /// The step to this place.
    To(Place),
    /// None that is known: its value was put in its place, and was sent in this stretch.
    Put(Range<usize>),
}

impl Start {
    /// The payload itself, before its first pair.
    pub(super) fn root(array: Id) -> Self {
        Self { array, place: Place::ROOT, inner: Id::NONE, seen: Seen::EMPTY }
    }

    /// Begins with the empty array of a group. What is known of an inner array is that of the group before, until a key
    /// opens one, or the course is left.
    pub(super) fn begin(&mut self, array: Id) {
        self.array = array;
        self.place = Place::GROUP;
    }

    /// An array of which nothing is known.
    pub(super) fn unknown(array: Id) -> Self {
        Self { array, place: Place::OFF, inner: Id::NONE, seen: Seen::NOTHING }
    }

    /// Goes the step to `place`: puts the value of the pair at `start`, whose key or its rest is that of the step from `from`
    /// on, in its place. Returns the stretch that the value was sent in.
    #[inline(always)]
    pub(super) fn go(
        &mut self,
        courses: &Courses,
        reader: &mut Reader,
        place: Place,
        from: usize,
        start: usize,
    ) -> Option<Range<usize>> {
        let way = &courses.step(place)?.way;
        self.place = place;
        if let Some(segment) = way.opens {
            let key = reader.segment(segment, from);
            self.inner = reader.tree.append_array(self.array, key, Shape::Keys, start);
        }
        let array = if way.is_inner { self.inner } else { self.array };
        reader.add(array, way, from, start)
    }

    /// The step of a key, or its rest, that was not expected. Where there is none, the value is put in its
    /// place at once.
    #[cold]
    pub(super) fn turn(
        &mut self,
        short: (&Spellings, &mut Courses, usize),
        reader: &mut Reader,
        base: Base,
        from: usize,
        start: usize,
    ) -> Option<Turn> {
        let (spellings, courses, hint) = short;
        let (number, known) = spellings.meet(base, reader.text(from)?)?;
        let key = courses::Key::Spelling(number);
        if let Some(next) = courses.turn(self.place, hint, key) {
            return Some(Turn::To(next));
        }
        let behind = self.leave(courses);
        // It may have been left before, when less was in it.
        reader.tree.set_course(self.array, Place::OFF.number());
        let (sent, way) = self.put(reader, &known.spelling, from, start)?;
        if let Some(way) = way {
            self.place = courses.learn(behind, hint, key, known.spelled.clone(), way, self.seen);
        }
        Some(Turn::Put(sent))
    }

    /// Leaves a course, and returns where.
    pub(super) fn leave(&mut self, courses: &Courses) -> Place {
        if self.place != Place::OFF
            && let Some(seen) = courses.seen(self.place)
        {
            self.seen = seen;
        }
        std::mem::replace(&mut self.place, Place::OFF)
    }

    /// Puts the value of a pair in its place, with a look at what is there. Returns the way as well, where it will be the
    /// same behind the same keys.
    fn put(
        &mut self,
        reader: &mut Reader,
        spelling: &Spelling,
        from: usize,
        start: usize,
    ) -> Option<(Range<usize>, Option<Way>)> {
        let mut opens = None;
        let mut is_sure = true;
        if let Some(segment) = spelling.array
            && self.seen.inner != Some(segment.name)
        {
            let is_new = self.open(reader, segment, from, start)?;
            is_sure = is_new;
            opens = is_new.then_some(segment);
        }
        let seen = &mut self.seen;
        let is_inner = spelling.array.is_some();
        let (array, is_whole) = match is_inner {
            true => (self.inner, &mut seen.is_inner_whole),
            false => (self.array, &mut seen.is_whole),
        };
        let last = match spelling.leaf {
            None => {
                // What it is called is no spelling's name.
                *is_whole = false;
                seen.is_whole_below &= !is_inner;
                Last::Append
            }
            Some(segment) => {
                let tree = &reader.tree;
                let name = tree.bytes(reader.segment(segment, from));
                if seen.names.has(segment) || !*is_whole && tree.child(array, name).is_some() {
                    return None;
                }
                is_sure &= *is_whole;
                seen.names.add(segment);
                Last::Name(segment)
            }
        };
        // Behind it stands the `=`.
        let way = Way { opens, is_inner, last, len: spelling.len.wrapping_add(1) };
        Some((reader.add(array, &way, from, start)?, is_sure.then_some(way)))
    }

    /// Makes the array of a name the inner one, and says whether it was known to be missing, and was made. None where
    /// something else has the name.
    pub(super) fn open(
        &mut self,
        reader: &mut Reader,
        segment: Segment,
        from: usize,
        start: usize,
    ) -> Option<bool> {
        let seen = &mut self.seen;
        let is_missing = seen.is_whole && !seen.names.has(segment);
        let key = reader.segment(segment, from);
        self.inner = reader.array(self.array, key, is_missing, start)?;
        seen.names.add(segment);
        seen.inner = Some(segment.name);
        seen.is_inner_whole = is_missing || seen.is_whole_below;
        Some(is_missing)
    }
}

impl Reader<'_> {
    /// The text of a segment of a key, or its rest, at `from`.
    #[inline(always)]
    pub(super) fn segment(&self, Segment { start, len, .. }: Segment, from: usize) -> Text {
        Text::at(self.base.wrapping_add(from).wrapping_add(usize::from(start)), usize::from(len))
    }

    /// Adds the value of the pair at `start` to the array that a way leads to, under the last segment of its key, or its
    /// rest, at `from`. Nothing is added where the integers for `[]` are used up.
    #[inline(always)]
    fn add(&mut self, array: Id, way: &Way, from: usize, start: usize) -> Option<Range<usize>> {
        let (value, sent) = self.value_at(from.wrapping_add(usize::from(way.len)));
        match way.last {
            Last::Name(segment) => {
                let key = self.segment(segment, from);
                self.tree.append_text(array, key, value, start);
            }
            Last::Append => {
                self.tree.append_next(array, Held::Text(value), start)?;
            }
            Last::Group => return None,
        }
        Some(sent)
    }

    /// The array of a name in another one, made where it is missing. None where something else has the name.
    #[inline(always)]
    pub(super) fn array(&mut self, outer: Id, key: Text, is_missing: bool, start: usize) -> Option<Id> {
        let there = if is_missing { None } else { self.tree.child(outer, self.tree.bytes(key)) };
        match there {
            Some(node) => self.tree.is_array(node).then_some(node),
            None => Some(self.tree.append_array(outer, key, Shape::Keys, start)),
        }
    }
}
