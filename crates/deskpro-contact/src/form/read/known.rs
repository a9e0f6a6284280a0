//! The short way: a pair whose key is spelled as one before goes straight to its place.
//!
//! Where a key is not, or anything stands already where its value goes, nothing is done here, and the pair is read
//! from its first byte on.

#[cfg(test)]
mod tests;

use super::key::{GUARDED_BY, Stop, Stretch};
use super::spellings::{self, Base, Names, Segment, Spelling};
use super::window::Prefix;
use super::{Opened, Reader, slice};
use crate::tree::{Array, Held, Id, Shape, Text};

/// An array that spellings start from.
#[derive(Clone, Copy)]
pub(super) struct Start {
    array: Id,
    /// The names that were seen: each has a node, which is still there.
    names: Names,
    /// The array of its own that was met last, and its name's number.
    inner: Option<(u8, Id)>,
    /// Whether each node in it has one of those names.
    is_whole: bool,
    /// Whether each node in the arrays of those names has one of them.
    is_whole_below: bool,
}

impl Start {
    /// An empty array.
    pub(super) fn new(array: Id) -> Self {
        Self { array, names: Names::default(), inner: None, is_whole: true, is_whole_below: true }
    }

    /// An array of which nothing is known.
    fn unknown(array: Id) -> Self {
        Self { is_whole: false, is_whole_below: false, ..Self::new(array) }
    }
}

/// Where the rest of a key starts whose first two segments were the same before.
#[derive(Clone, Copy)]
pub(super) struct Group<'r> {
    start: Start,
    /// What its keys begin with.
    spelled: &'r [u8],
    prefix: Prefix,
    /// Where the first of them starts.
    at: usize,
}

impl Group<'_> {
    /// What no key begins with.
    pub(super) fn none(root: Id) -> Self {
        let spelled = b"&";
        Self { start: Start::unknown(root), spelled, prefix: Prefix::of(spelled), at: 0 }
    }
}

/// The array that groups are in.
#[derive(Clone, Copy)]
pub(super) struct Outer<'r> {
    array: Id,
    key: Text,
    /// What its keys begin with.
    spelled: &'r [u8],
    prefix: Prefix,
    /// Which numbers are surely no keys in it yet: this one and those above.
    free: u32,
}

/// The most digits that are counted in a group's number.
const MOST_DIGITS: usize = 6;
/// Above all of those.
const NONE_FREE: u32 = u32::MAX;

impl<'r> Reader<'r> {
    /// Reads a pair whose key is spelled as one before, and returns where it ends.
    #[inline(always)]
    pub(super) fn known_pair(&mut self, start: usize) -> Option<usize> {
        let text = self.tree.text_from(self.base.wrapping_add(start));
        let mut is_first = false;
        let (from, spelling) = if self.group.prefix.begins(text, self.group.spelled) {
            let behind = text.get(self.group.spelled.len()..)?;
            let from = start.wrapping_add(self.group.spelled.len());
            match self.spellings.follow(Base::Group, behind) {
                Some(spelling) => (from, spelling),
                None => (from, self.spellings.jump(Base::Group, behind)?),
            }
        } else if let Some(spelling) = self.spellings.follow(Base::Root, text) {
            (start, spelling)
        } else if let Some((from, spelling)) = self.next_group(start)? {
            is_first = true;
            (from, spelling)
        } else {
            let text = self.tree.text_from(self.base.wrapping_add(start));
            (start, self.spellings.jump(Base::Root, text)?)
        };
        let base = self.base.wrapping_add(from);
        let text = |Segment { start, len, .. }: Segment| {
            Text::at(base.wrapping_add(usize::from(start)), usize::from(len))
        };
        let within = *self.start_of(spelling.base);
        let array = match (spelling.array, within.inner) {
            (None, _) => within.array,
            (Some(segment), Some((name, array))) if name == segment.name => array,
            (Some(segment), _) => self.inner(spelling.base, segment, text(segment), start)?,
        };
        let is_whole = if spelling.array.is_none() { within.is_whole } else { within.is_whole_below };
        let end = from.wrapping_add(usize::from(spelling.len));
        let Some(leaf) = spelling.leaf else {
            let (value, sent) = self.value(end);
            self.tree.append_next(array, Held::Text(value), start)?;
            let within = self.start_of(spelling.base);
            // What it is called is no spelling's name.
            *(if spelling.array.is_none() { &mut within.is_whole } else { &mut within.is_whole_below }) =
                false;
            return Some(sent.end);
        };
        let key = text(leaf);
        if within.names.has(leaf) || !is_whole && self.tree.child(array, self.tree.bytes(key)).is_some() {
            return None;
        }
        let (value, sent) = self.value(end);
        if is_first {
            self.spellings.hint(self.payload.get(sent.start), sent.len());
        }
        self.tree.append_here(array, key, Held::Text(value), start);
        self.start_of(spelling.base).names.add(leaf);
        Some(sent.end)
    }

    #[inline(always)]
    fn start_of(&mut self, base: Base) -> &mut Start {
        match base {
            Base::Root => &mut self.top,
            Base::Group => &mut self.group.start,
        }
    }

    /// The array of a name in the array that a spelling starts from, made where it is missing. None where something
    /// else has the name.
    fn inner(&mut self, base: Base, segment: Segment, key: Text, start: usize) -> Option<Id> {
        let within = *self.start_of(base);
        let is_missing = within.is_whole && !within.names.has(segment);
        let array = self.array(within.array, key, is_missing, start)?;
        let within = self.start_of(base);
        // What is in it already was not seen.
        within.is_whole_below &= is_missing || within.names.has(segment);
        within.names.add(segment);
        within.inner = Some((segment.name, array));
        Some(array)
    }

    /// The array of a name in another one, made where it is missing. None where something else has the name.
    fn array(&mut self, outer: Id, key: Text, is_missing: bool, start: usize) -> Option<Id> {
        let there = if is_missing { None } else { self.tree.child(outer, self.tree.bytes(key)) };
        match there {
            Some(node) => self.tree.is_array(node).then_some(node),
            None => Some(self.tree.append(outer, key, Held::Array(Array::new(Shape::Keys)), start)),
        }
    }

    /// Opens the array of the next group, where the key at `start` is that of one: what the second segment names in
    /// the array that the first one names, and that too where it is not open yet. Returns where the third segment
    /// starts, and its spelling; or, for another key, nothing. None where it must be read from its first byte on.
    fn next_group(&mut self, start: usize) -> Option<Option<(usize, Spelling)>> {
        let text = self.tree.text_from(self.base.wrapping_add(start));
        let (known, len) = match self.outer {
            Some(outer) if outer.prefix.begins(text, outer.spelled) => (None, outer.spelled.len()),
            Some(_) => return Some(None),
            None => match self.spellings.outer(text) {
                Some(outer) => (Some(outer), usize::from(outer.len)),
                None => return Some(None),
            },
        };
        let at = start.wrapping_add(len);
        let (number, key_len, from) = self.group_name(at)?;
        // That the next bracket is closed is known of a spelling that is.
        let behind = self.tree.text_from(self.base.wrapping_add(from));
        let spelling = match self.spellings.follow(Base::Group, behind) {
            Some(spelling) => spelling,
            None => self.spellings.jump(Base::Group, behind)?,
        };
        if let Some(known) = known {
            self.open_outer(start, known)?;
        }
        let outer = self.outer.as_mut()?;
        let key = Text::at(self.base.wrapping_add(at), key_len);
        let is_new = number >= outer.free;
        // Where there are none but numbers that rise, a higher one is new.
        outer.free = if is_new { number.saturating_add(1) } else { NONE_FREE };
        let outer = outer.array;
        let last = self.tree.last(outer);
        let array = self.array(outer, key, is_new, start)?;
        let group = if self.tree.last(outer) == last { Start::unknown(array) } else { Start::new(array) };
        let spelled = slice(self.payload, start, from);
        let prefix = Prefix::of(self.tree.text_from(self.base.wrapping_add(start))).cut(spelled.len());
        self.group = Group { start: group, spelled, prefix, at: start };
        self.is_reopened = false;
        Some(Some((from, spelling)))
    }

    /// The name of a group behind the first bracket: its number, should it be a plain one and not too large; how long
    /// it is; and where the third segment starts.
    #[inline(always)]
    fn group_name(&self, at: usize) -> Option<(u32, usize, usize)> {
        let text = self.tree.text_from(self.base.wrapping_add(at));
        let digits = text.iter().take(MOST_DIGITS).take_while(|byte| byte.is_ascii_digit());
        let (number, len) = digits.fold((0_u32, 0_usize), |(number, len), &digit| {
            let digit = u32::from(digit.wrapping_sub(b'0'));
            (number.wrapping_mul(10).wrapping_add(digit), len.wrapping_add(1))
        });
        let brackets = match text.get(len..) {
            Some([b']', b'[', ..]) => 2,
            Some([b'%', b'5', b'D', b'%', b'5', b'B', ..]) => 6,
            _ => 0,
        };
        let is_number = len == 1 || len > 1 && text.first() != Some(&b'0');
        if brackets > 0 && is_number {
            return Some((number, len, at.wrapping_add(len).wrapping_add(brackets)));
        }
        let segment = self.stretch(b']', at);
        let Stop::Bracket(behind) = segment.stop else { return None };
        let from = self.bracket_at(behind)?;
        self.is_plain(&segment).then_some((0, segment.end.saturating_sub(at), from))
    }

    /// Opens the array that a first segment names.
    fn open_outer(&mut self, start: usize, known: spellings::Outer) -> Option<()> {
        let spellings::Outer { segment, prefix, len } = known;
        let key = Text::at(self.base.wrapping_add(start), usize::from(segment.len));
        let array = self.inner(Base::Root, segment, key, start)?;
        // Its names are no spelling's.
        self.top.is_whole_below = false;
        let free = if self.tree.len(array) == 0 { 0 } else { NONE_FREE };
        let spelled = slice(self.payload, start, start.wrapping_add(usize::from(len)));
        self.outer = Some(Outer { array, key, spelled, prefix, free });
        Some(())
    }

    /// Makes ready for a key that is read from its first byte on: the arrays that the last group opened are open.
    pub(super) fn reopen(&mut self) {
        if let Some(outer) = self.outer
            && !std::mem::replace(&mut self.is_reopened, true)
        {
            self.before = self.group.at;
            self.first = outer.key;
            self.opened.clear();
            let group = Opened { len: self.group.spelled.len(), array: self.group.start.array };
            self.opened.extend([Opened { len: outer.spelled.len(), array: outer.array }, group]);
        }
    }

    /// Whether a segment behind a bracket says its own bytes.
    fn is_plain(&self, segment: &Stretch) -> bool {
        let text = slice(self.payload, segment.start, segment.end);
        segment.escaped >= segment.end
            && !matches!(text, [] | [b' ' | b'\t'..=b'\r'])
            && !text.starts_with(GUARDED_BY)
    }

    /// Takes note of a pair that was read from its first byte on; and of how its key is spelled, where it is plain.
    pub(super) fn learn(&mut self, start: usize, key_end: usize, is_odd: bool) {
        // One value may have been put in another one's place.
        self.top = Start::unknown(self.root);
        self.group = Group::none(self.root);
        self.outer = None;
        if let [Opened { len, array }, ref deeper @ ..] = **self.opened {
            let start_of = |len| slice(self.payload, self.before, self.before.wrapping_add(len));
            let spelled = start_of(len);
            let prefix = Prefix::of(spelled);
            self.outer = Some(Outer { array, key: self.first, spelled, prefix, free: NONE_FREE });
            if let [Opened { len, array }, ..] = *deeper {
                let spelled = start_of(len);
                let (start, prefix) = (Start::unknown(array), Prefix::of(spelled));
                self.group = Group { start, spelled, prefix, at: self.before };
            }
        }
        self.is_reopened = true;
        if !is_odd && self.spellings.has_room() {
            self.learn_key(start, key_end);
        }
    }

    fn learn_key(&mut self, start: usize, key_end: usize) -> Option<()> {
        let mut segments = [(0, 0); 4];
        let mut slots = segments.iter_mut();
        let mut stretch = self.stretch(b'[', start);
        if !stretch.is_simple() {
            return None;
        }
        let mut count = 0_usize;
        loop {
            // A `[]` is plain where it comes last.
            let is_append = stretch.start == stretch.end && count > 0;
            if !is_append && !self.is_plain(&stretch) {
                return None;
            }
            *slots.next()? = (stretch.start, stretch.end);
            count = count.wrapping_add(1);
            let open = match stretch.stop {
                Stop::Bracket(open) if count == 1 => open,
                Stop::Bracket(behind) if behind == key_end => break,
                Stop::Bracket(behind) if !is_append => self.bracket_at(behind)?,
                Stop::End if count == 1 => break,
                Stop::Bracket(_) | Stop::End | Stop::Nul => return None,
            };
            stretch = self.stretch(b']', open);
        }
        let segments = segments.get(..count)?;
        let (base, segments) = match segments {
            [(first, end), (second, _), rest @ ..] if !rest.is_empty() => {
                let len = end.saturating_sub(*first);
                self.spellings.learn_outer(slice(self.payload, *first, *second), len);
                (Base::Group, rest)
            }
            _ => (Base::Root, segments),
        };
        let (from, _) = *segments.first()?;
        let place = |&(start, end): &(usize, usize)| (start.saturating_sub(from), end.saturating_sub(from));
        let (leaf, array) = segments.split_last()?;
        let array = array.first().map(place);
        self.spellings.learn(base, slice(self.payload, from, key_end), array, place(leaf));
        Some(())
    }
}
