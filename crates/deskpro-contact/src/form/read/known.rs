//! The short way: a pair whose key is spelled as one before goes straight to its place.
//!
//! Where a key is not, or anything stands already where its value goes, nothing is done here, and the pair is read
//! from its first byte on.

#[cfg(test)]
mod tests;

use super::key::{GUARDED_BY, Stop, Stretch};
use super::spellings::{Base, Segment, Spelling, starts_with};
use super::{Opened, Reader, slice};
use crate::tree::{Array, Held, Id, Shape, Text};

/// An array that spellings start from.
#[derive(Clone, Copy)]
pub(super) struct Start<'r> {
    array: Id,
    /// Since when the nodes that were seen under its names are still there.
    since: u64,
    /// Whether each of its names that has a node was seen with it.
    is_whole: bool,
    /// What keys begin with that go on from here.
    prefix: &'r [u8],
}

/// What no key begins with.
const NO_PREFIX: &[u8] = b"&";

impl Start<'_> {
    /// The start of whole keys, in an empty root.
    pub(super) fn new(root: Id, since: u64) -> Self {
        Self { array: root, since, is_whole: true, prefix: NO_PREFIX }
    }
}

impl Reader<'_> {
    /// Reads a pair whose key is spelled as one before, and returns where it ends.
    pub(super) fn known_pair(&mut self, start: usize) -> Option<usize> {
        let rest = self.payload.get(start..)?;
        let mut is_first = false;
        let (from, spelling, len) = if starts_with(rest, self.group.prefix) {
            let from = start.wrapping_add(self.group.prefix.len());
            let (spelling, len) = self.spellings.follow(Base::Group, self.payload.get(from..)?)?;
            (from, spelling, len)
        } else if let Some((len, outer)) = self.outer(rest) {
            is_first = true;
            self.next_group(start, len, outer)?
        } else {
            let (spelling, len) = self.spellings.follow(Base::Root, rest)?;
            (start, spelling, len)
        };
        let Start { array, since, is_whole, .. } = match spelling.base {
            Base::Root => &self.top,
            Base::Group => &self.group,
        };
        let (mut array, since, is_whole) = (*array, *since, *is_whole);
        let base = self.base.wrapping_add(from);
        let text = |Segment { start, len, .. }: Segment| {
            Text::at(base.wrapping_add(usize::from(start)), usize::from(len))
        };
        if let Some(segment) = spelling.array {
            array = match self.spellings.seen(segment, since) {
                Some(node) if self.tree.is_array(node) => node,
                Some(_) => return None,
                None => {
                    let node = self.array(array, text(segment), is_whole, start)?;
                    self.spellings.see(segment, node, since);
                    node
                }
            };
        }
        let end = from.wrapping_add(len);
        let key = spelling.leaf.map(text);
        if let (Some(leaf), Some(key)) = (spelling.leaf, key)
            && (self.spellings.seen(leaf, since).is_some()
                || !is_whole && self.tree.child(array, self.tree.bytes(key)).is_some())
        {
            return None;
        }
        let (value, sent) = self.value(end);
        let (Some(leaf), Some(key)) = (spelling.leaf, key) else {
            self.tree.append_next(array, Held::Text(value), start)?;
            // No spelling's name was seen with its node.
            match spelling.base {
                Base::Root => self.top.is_whole = false,
                Base::Group => self.group.is_whole = false,
            }
            return Some(sent.end);
        };
        if is_first {
            self.spellings.hint(self.payload.get(sent.start), sent.len());
        }
        let node = self.tree.append_here(array, key, Held::Text(value), start);
        self.spellings.see(leaf, node, since);
        Some(sent.end)
    }

    /// How far the first bracket goes, where the first segment is that of a group; and its array, where it is open.
    fn outer(&self, rest: &[u8]) -> Option<(usize, Option<Id>)> {
        match self.opened.first() {
            Some(&Opened { len, array }) => {
                let prefix = slice(self.payload, self.before, self.before.wrapping_add(len));
                starts_with(rest, prefix).then_some((len, Some(array)))
            }
            None => self.spellings.outer(rest).map(|len| (len, None)),
        }
    }

    /// The array of a name in another one, made where it is missing. None where something else has the name.
    fn array(&mut self, outer: Id, key: Text, is_missing: bool, start: usize) -> Option<Id> {
        let there = if is_missing { None } else { self.tree.child(outer, self.tree.bytes(key)) };
        match there {
            Some(node) => self.tree.is_array(node).then_some(node),
            None => Some(self.tree.append(outer, key, Held::Array(Array::new(Shape::Keys)), start)),
        }
    }

    /// Opens the array of the next group: what the second segment names in the array that the first one names,
    /// and that too where it is not open yet. `len` is how far the first bracket goes. Returns where the third
    /// segment starts, its spelling, and how long that is.
    fn next_group(
        &mut self,
        start: usize,
        len: usize,
        outer: Option<Id>,
    ) -> Option<(usize, Spelling, usize)> {
        let segment = self.stretch(b']', start.wrapping_add(len));
        let Stop::Bracket(behind) = segment.stop else { return None };
        let from = self.bracket_at(behind)?;
        if !self.is_plain(&segment) {
            return None;
        }
        // That the next bracket is closed is known of a spelling that is.
        let (spelling, spelled) = self.spellings.follow(Base::Group, self.payload.get(from..)?)?;
        let outer = match outer {
            Some(outer) => outer,
            None => self.open_outer(start, len)?,
        };
        let key = Text::at(self.base.wrapping_add(segment.start), segment.end.saturating_sub(segment.start));
        let last = self.tree.last(outer);
        let array = self.array(outer, key, false, start)?;
        self.before = start;
        self.opened.truncate(1);
        self.opened.push(Opened { len: from.saturating_sub(start), array });
        let prefix = slice(self.payload, start, from);
        let is_whole = self.tree.last(outer) != last;
        self.group = Start { array, since: self.spellings.tick(), is_whole, prefix };
        Some((from, spelling, spelled))
    }

    /// Opens the array that a plain first segment names.
    fn open_outer(&mut self, start: usize, len: usize) -> Option<Id> {
        let first = self.stretch(b'[', start);
        let key = Text::at(self.base.wrapping_add(start), first.end.saturating_sub(start));
        let array = self.array(self.root, key, false, start)?;
        // A name of the root has a node that was not seen with it.
        self.top.is_whole = false;
        self.before = start;
        self.first = key;
        self.opened.push(Opened { len, array });
        Some(array)
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
        self.top = Start { since: self.spellings.tick(), is_whole: false, ..self.top };
        self.group = match **self.opened {
            [_, Opened { len, array }, ..] => {
                let prefix = slice(self.payload, self.before, self.before.wrapping_add(len));
                Start { array, since: self.spellings.tick(), is_whole: false, prefix }
            }
            _ => Start { prefix: NO_PREFIX, ..self.group },
        };
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
            [(first, _), (second, _), rest @ ..] if !rest.is_empty() => {
                self.spellings.learn_outer(slice(self.payload, *first, *second));
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
