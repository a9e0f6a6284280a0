//! The short way: a pair whose key is spelled as one before goes straight to its place.
//!
//! Where a key is not, or anything stands already where its value goes, nothing is done here, and the pair is read
//! from its first byte on.

#[cfg(test)]
mod tests;

use std::ops::Range;

use super::key::{GUARDED_BY, Key, Stop, Stretch};
use super::spellings::{self, Base, Names, Segment, Spelling, Spellings};
use super::window::Prefix;
use super::{Opened, Reader, slice};
use crate::tree::{Held, Id, Shape, Text};

/// An array that spellings start from.
#[derive(Clone, Copy)]
struct Start {
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

/// What the short way goes by.
pub(super) struct Short<'r> {
    spellings: &'r mut Spellings,
    /// Where whole keys start.
    top: Start,
    /// The array that groups are in, where it is open.
    outer: Option<Outer<'r>>,
    /// The last group.
    group: Group<'r>,
    /// Whether the arrays that it opened are those that the reader has open.
    is_reopened: bool,
}

impl Start {
    /// An empty array.
    fn new(array: Id) -> Self {
        Self { array, names: Names::default(), inner: None, is_whole: true, is_whole_below: true }
    }

    /// An array of which nothing is known.
    fn unknown(array: Id) -> Self {
        Self { is_whole: false, is_whole_below: false, ..Self::new(array) }
    }

    /// Puts the value of the pair at `start`, whose key is spelled so from `from` on, in its place. Returns the stretch
    /// that the value was sent in.
    #[inline(always)]
    fn put(
        &mut self,
        reader: &mut Reader,
        spelling: &Spelling,
        from: usize,
        start: usize,
    ) -> Option<Range<usize>> {
        let base = reader.base.wrapping_add(from);
        let text = |Segment { start, len, .. }: Segment| {
            Text::at(base.wrapping_add(usize::from(start)), usize::from(len))
        };
        let (array, is_whole) = match (spelling.array, self.inner) {
            (None, _) => (self.array, &mut self.is_whole),
            (Some(segment), Some((name, array))) if name == segment.name => (array, &mut self.is_whole_below),
            (Some(segment), _) => {
                (self.open(reader, segment, text(segment), start)?, &mut self.is_whole_below)
            }
        };
        let end = from.wrapping_add(usize::from(spelling.len));
        let Some(leaf) = spelling.leaf else {
            // What it is called is no spelling's name.
            *is_whole = false;
            return reader.append(array, end, start);
        };
        let key = text(leaf);
        let tree = &reader.tree;
        if self.names.has(leaf) || !*is_whole && tree.child(array, tree.bytes(key)).is_some() {
            return None;
        }
        self.names.add(leaf);
        let (value, sent) = reader.value(end);
        reader.tree.append_text(array, key, value, start);
        Some(sent)
    }

    /// The array of a name in this one, made where it is missing. None where something else has the name.
    fn open(&mut self, reader: &mut Reader, segment: Segment, key: Text, start: usize) -> Option<Id> {
        let is_missing = self.is_whole && !self.names.has(segment);
        let array = reader.array(self.array, key, is_missing, start)?;
        self.names.add(segment);
        self.inner = Some((segment.name, array));
        Some(array)
    }
}

/// Where the rest of a key starts whose first two segments were the same before.
struct Group<'r> {
    start: Start,
    /// What its keys begin with.
    spelled: &'r [u8],
    prefix: Prefix,
    /// Where the first of them starts.
    at: usize,
}

impl Group<'_> {
    /// What no key begins with.
    fn none(root: Id) -> Self {
        let spelled = b"&";
        Self { start: Start::unknown(root), spelled, prefix: Prefix::of(spelled), at: 0 }
    }
}

/// The array that groups are in.
struct Outer<'r> {
    array: Id,
    key: Text,
    /// What its keys begin with.
    spelled: &'r [u8],
    prefix: Prefix,
    /// A name whose number is this one or above is not in it yet; see [`Reader::group_name`].
    free: u32,
}

/// The most digits that are counted in the number of a group's name.
const MOST_DIGITS: usize = 6;
/// Above all of those.
const NONE_FREE: u32 = u32::MAX;

impl<'r> Short<'r> {
    pub(super) fn new(spellings: &'r mut Spellings, root: Id) -> Self {
        spellings.begin();
        Self { spellings, top: Start::new(root), outer: None, group: Group::none(root), is_reopened: true }
    }

    /// Reads a pair whose key is spelled as one before, and returns where it ends.
    #[inline(always)]
    pub(super) fn pair(&mut self, reader: &mut Reader<'r>, start: usize) -> Option<usize> {
        let text = reader.text(start)?;
        let len = self.group.spelled.len();
        if !self.group.prefix.begins(text, self.group.spelled) {
            return self.pair_elsewhere(reader, start);
        }
        let spelling = self.spellings.meet(Base::Group, text.get(len..)?)?;
        let sent = self.group.start.put(reader, spelling, start.wrapping_add(len), start)?;
        Some(sent.end)
    }

    /// The same of a pair that is not of the last group.
    #[inline(never)]
    fn pair_elsewhere(&mut self, reader: &mut Reader<'r>, start: usize) -> Option<usize> {
        if self.spellings.follow(Base::Root, reader.text(start)?).is_none() {
            if let Some(from) = self.next_group(reader, start)? {
                let sent = self.group.start.put(reader, self.spellings.last()?, from, start)?;
                self.spellings.hint(reader.payload.get(sent.start), sent.len());
                return Some(sent.end);
            }
            self.spellings.jump(Base::Root, reader.text(start)?)?;
        }
        let spelling = self.spellings.last()?;
        let sent = self.top.put(reader, spelling, start, start)?;
        if spelling.array.is_some()
            && let (Some(outer), Some((_, array))) = (&mut self.outer, self.top.inner)
            && outer.array == array
        {
            // It stands among the groups, and may be called by any number.
            outer.free = NONE_FREE;
        }
        Some(sent.end)
    }

    /// Opens the array of the next group, where the key at `start` is that of one: what the second segment names in
    /// the array that the first one names, and that too where it is not open yet. Returns where the third segment
    /// starts, whose spelling was the last one then; or, for another key, nothing. None where it must be read from its
    /// first byte on.
    fn next_group(&mut self, reader: &mut Reader<'r>, start: usize) -> Option<Option<usize>> {
        let text = reader.text(start)?;
        let (known, len) = match &self.outer {
            Some(outer) if outer.prefix.begins(text, outer.spelled) => (None, outer.spelled.len()),
            Some(_) => return Some(None),
            None => match self.spellings.outer(text) {
                Some(outer) => (Some(outer), usize::from(outer.len)),
                None => return Some(None),
            },
        };
        let at = start.wrapping_add(len);
        let (number, key_len, from) = reader.group_name(at)?;
        // That the next bracket is closed is known of a spelling that is.
        self.spellings.meet(Base::Group, reader.text(from)?)?;
        if let Some(known) = known {
            self.open_outer(reader, start, known)?;
        }
        let outer = self.outer.as_mut()?;
        let key = Text::at(reader.base.wrapping_add(at), key_len);
        let is_new = number >= outer.free;
        // Where there are none but names whose numbers rise, one with a higher number is new.
        outer.free = if is_new { number.saturating_add(1) } else { NONE_FREE };
        let outer = outer.array;
        let last = reader.tree.last(outer);
        let array = reader.array(outer, key, is_new, start)?;
        let group = if reader.tree.last(outer) == last { Start::unknown(array) } else { Start::new(array) };
        let spelled = slice(reader.payload, start, from);
        let prefix = Prefix::of_sent(reader.text(start)?, spelled.len());
        self.group = Group { start: group, spelled, prefix, at: start };
        self.is_reopened = false;
        Some(Some(from))
    }

    /// Opens the array that a first segment names.
    fn open_outer(&mut self, reader: &mut Reader<'r>, start: usize, known: spellings::Outer) -> Option<()> {
        let spellings::Outer { segment, prefix, len } = known;
        let key = Text::at(reader.base.wrapping_add(start), usize::from(segment.len));
        let array = self.top.open(reader, segment, key, start)?;
        // Its names are no spelling's.
        self.top.is_whole_below = false;
        let free = if reader.tree.len(array) == 0 { 0 } else { NONE_FREE };
        let spelled = slice(reader.payload, start, start.wrapping_add(usize::from(len)));
        self.outer = Some(Outer { array, key, spelled, prefix, free });
        Some(())
    }

    /// Makes ready for a key that is read from its first byte on: the arrays that the last group opened are open.
    pub(super) fn reopen(&mut self, reader: &mut Reader<'r>) {
        if let Some(outer) = &self.outer
            && !std::mem::replace(&mut self.is_reopened, true)
        {
            reader.before = self.group.at;
            reader.first = outer.key;
            reader.opened.clear();
            let group = Opened { len: self.group.spelled.len(), array: self.group.start.array };
            reader.opened.extend([Opened { len: outer.spelled.len(), array: outer.array }, group]);
        }
    }

    /// Takes note of a pair that was read from its first byte on; and of how its key is spelled, where it is plain.
    pub(super) fn learn(&mut self, reader: &Reader<'r>, start: usize, key: Key) {
        // One value may have been put in another one's place.
        self.top = Start::unknown(reader.root);
        self.group = Group::none(reader.root);
        self.outer = None;
        if let [Opened { len, array }, ref deeper @ ..] = **reader.opened {
            let start_of = |len| slice(reader.payload, reader.before, reader.before.wrapping_add(len));
            let spelled = start_of(len);
            let prefix = Prefix::of(spelled);
            self.outer = Some(Outer { array, key: reader.first, spelled, prefix, free: NONE_FREE });
            if let [Opened { len, array }, ..] = *deeper {
                let spelled = start_of(len);
                let (start, prefix) = (Start::unknown(array), Prefix::of(spelled));
                self.group = Group { start, spelled, prefix, at: reader.before };
            }
        }
        self.is_reopened = true;
        if !key.is_odd && self.spellings.has_room() {
            self.learn_key(reader, start, key.end);
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
    /// Adds a value to an array under its next integer. Where they are used up, nothing is done.
    fn append(&mut self, array: Id, key_end: usize, start: usize) -> Option<Range<usize>> {
        let node = self.tree.append_next(array, Held::Null, start)?;
        let (value, sent) = self.value(key_end);
        self.tree.set(node, Held::Text(value));
        Some(sent)
    }

    /// The array of a name in another one, made where it is missing. None where something else has the name.
    #[inline(always)]
    fn array(&mut self, outer: Id, key: Text, is_missing: bool, start: usize) -> Option<Id> {
        let there = if is_missing { None } else { self.tree.child(outer, self.tree.bytes(key)) };
        match there {
            Some(node) => self.tree.is_array(node).then_some(node),
            None => Some(self.tree.append_array(outer, key, Shape::Keys, start)),
        }
    }

    /// The name of a group behind the first bracket: its number, which is that of the first digits and so the same
    /// wherever the name is the same; how long it is; and where the third segment starts.
    #[inline(always)]
    fn group_name(&self, at: usize) -> Option<(u32, usize, usize)> {
        let text = self.text(at)?;
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
