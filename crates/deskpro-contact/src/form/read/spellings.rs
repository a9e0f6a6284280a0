//! Keys as they were spelled before. A bulk of payloads says the same few names in the same few spellings over and
//! over: each is taken apart once, and known again by its bytes.
//!
//! What is remembered is plain: segments that nothing need be done to, in brackets raw or encoded. Of a key with
//! three segments or more, the first two name its group, `contact_data[3]`, which is another one each time; what
//! follows them is remembered. A shorter key is remembered whole.

#[cfg(test)]
mod tests;

use std::hash::{BuildHasher, RandomState};

use memchr::memchr2;

use crate::tree::Id;

/// The most spellings that are remembered; then it begins anew.
const MOST: usize = 256;
/// The most that one payload may bring, so that one of odd keys does not drive all others out.
const MOST_OF_A_PAYLOAD: usize = 16;
/// The longest spelling that is remembered.
const LONGEST: usize = 64;
/// The most first segments that are remembered.
const MOST_OUTER: usize = 4;
/// So many that a quarter of them is used at the most.
const SLOTS: usize = 1 << SLOT_BITS;
const SLOT_BITS: u32 = 10;
/// How many kinds of first values are told apart.
const HINTS: usize = 8;

/// Where the segments of a spelling start.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Base {
    /// At the top.
    Root,
    /// In the array that the first two segments name.
    Group,
}

/// A segment, by its place in the spelling.
#[derive(Clone, Copy, Debug)]
pub(super) struct Segment {
    pub(super) start: u16,
    pub(super) len: u16,
    /// Which name of which array it is, however it is spelled.
    name: u16,
}

/// One spelling: the segment that has the value, and the array around it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Spelling {
    pub(super) array: Option<Segment>,
    /// None is `[]`.
    pub(super) leaf: Option<Segment>,
    pub(super) base: Base,
    /// Its bytes and a `=`, in the buffer.
    start: u32,
    len: u16,
}

/// A name in an array.
#[derive(Debug)]
struct Name {
    base: Base,
    array: Option<u16>,
    text: Box<[u8]>,
}

/// The node that has a name, as of the time when it was seen.
#[derive(Clone, Copy, Debug)]
struct Seen {
    node: Id,
    time: u64,
}

/// The spellings that are remembered.
#[derive(Debug)]
pub(super) struct Spellings {
    bytes: Vec<u8>,
    spellings: Vec<Spelling>,
    /// The one that came first, and the one that came next when each was last met; by the hint.
    next: Vec<[u16; HINTS]>,
    names: Vec<Name>,
    seen: Vec<Seen>,
    /// By hash: one more than the spelling's place.
    slots: Vec<u16>,
    /// Keyed anew for each reader.
    key: u64,
    /// The one that was met last, or at first none.
    last: u16,
    /// What the first value of its group was like.
    hint: usize,
    /// The first segments of groups, each with its bracket.
    outer: Vec<Vec<u8>>,
    time: u64,
    /// How many this payload brought.
    brought: usize,
}

impl Default for Spellings {
    fn default() -> Self {
        Self {
            bytes: Vec::new(),
            spellings: Vec::new(),
            next: Vec::new(),
            names: Vec::new(),
            seen: Vec::new(),
            slots: Vec::new(),
            key: RandomState::new().hash_one(0) | 1,
            last: 0,
            hint: 0,
            outer: Vec::new(),
            time: 0,
            brought: 0,
        }
    }
}

impl Spellings {
    /// Makes ready for the next payload.
    pub(super) fn begin(&mut self) {
        self.brought = 0;
        self.last = 0;
        self.hint = 0;
    }

    /// Another time than any before.
    pub(super) fn tick(&mut self) -> u64 {
        self.time = self.time.wrapping_add(1);
        self.time
    }

    /// The spelling of the key, or its rest, at the front of `text`, where it is known; and how long it is.
    #[inline(always)]
    pub(super) fn follow(&mut self, base: Base, text: &[u8]) -> Option<(Spelling, usize)> {
        // Mostly they come in the same order, or in one that the type of a record tells.
        let next = *self.next.get(usize::from(self.last))?.get(self.hint)?;
        if let Some(spelling) = self.spellings.get(usize::from(next))
            && spelling.base == base
            && starts_with(text, self.spelled(spelling))
        {
            let spelling = *spelling;
            self.last = next.wrapping_add(1);
            return Some((spelling, usize::from(spelling.len)));
        }
        self.jump(base, text)
    }

    /// The same, where another one comes than the last time.
    #[inline(never)]
    fn jump(&mut self, base: Base, text: &[u8]) -> Option<(Spelling, usize)> {
        let len = memchr2(b'=', b'&', text).unwrap_or(text.len());
        let found = self.find(base, text.get(..len)?)?;
        let last = self.next.get_mut(usize::from(self.last));
        if let Some(next) = last.and_then(|next| next.get_mut(self.hint)) {
            *next = found;
        }
        self.last = found.wrapping_add(1);
        Some((*self.spellings.get(usize::from(found))?, len))
    }

    /// Takes note of the first value of a group.
    #[inline]
    pub(super) fn hint(&mut self, first: Option<&u8>, len: usize) {
        self.hint = len.wrapping_add(usize::from(first.copied().unwrap_or_default())) % HINTS;
    }

    /// How long the first segment is and its bracket, where it is that of a group.
    pub(super) fn outer(&self, text: &[u8]) -> Option<usize> {
        self.outer.iter().find(|outer| starts_with(text, outer)).map(Vec::len)
    }

    /// The node that has a name, where it was seen at that time.
    #[inline]
    pub(super) fn seen(&self, segment: Segment, time: u64) -> Option<Id> {
        self.seen.get(usize::from(segment.name)).filter(|seen| seen.time == time).map(|seen| seen.node)
    }

    /// Takes note of the node that has a name.
    #[inline]
    pub(super) fn see(&mut self, segment: Segment, node: Id, time: u64) {
        if let Some(seen) = self.seen.get_mut(usize::from(segment.name)) {
            *seen = Seen { node, time };
        }
    }

    /// Whether this payload may bring another spelling.
    pub(super) fn has_room(&self) -> bool {
        self.brought < MOST_OF_A_PAYLOAD
    }

    /// Remembers the first segment of a group and its bracket.
    pub(super) fn learn_outer(&mut self, outer: &[u8]) {
        if outer.len() <= LONGEST && !self.outer.iter().any(|known| known == outer) {
            self.outer.truncate(MOST_OUTER - 1);
            self.outer.insert(0, outer.to_vec());
        }
    }

    /// Remembers a spelling: its bytes, and where its segments stand in them. An empty leaf is `[]`.
    pub(super) fn learn(
        &mut self,
        base: Base,
        bytes: &[u8],
        array: Option<(usize, usize)>,
        leaf: (usize, usize),
    ) {
        self.brought = self.brought.wrapping_add(1);
        if bytes.len() > LONGEST || self.find(base, bytes).is_some() {
            return;
        }
        if self.spellings.len() >= MOST || self.slots.is_empty() {
            self.bytes.clear();
            self.spellings.clear();
            self.next.clear();
            self.next.push([0; HINTS]);
            self.last = 0;
            self.names.clear();
            self.seen.clear();
            self.slots.clear();
            self.slots.resize(SLOTS, 0);
        }
        let array = array.map(|array| self.segment(base, None, bytes, array));
        let (from, to) = leaf;
        let leaf = (from < to).then(|| self.segment(base, array.map(|array| array.name), bytes, leaf));
        let start = u32::try_from(self.bytes.len()).unwrap_or_default();
        self.bytes.extend_from_slice(bytes);
        self.bytes.push(b'=');
        self.spellings.push(Spelling { array, leaf, base, start, len: narrow(bytes.len()) });
        self.next.push([0; HINTS]);
        let place = narrow(self.spellings.len());
        let slot = self.slot(bytes);
        // At least three quarters of them are free.
        let (before, behind) = self.slots.split_at_mut_checked(slot).unwrap_or_default();
        if let Some(slot) = behind.iter_mut().chain(before).find(|slot| **slot == 0) {
            *slot = place;
        }
    }

    fn segment(&mut self, base: Base, array: Option<u16>, bytes: &[u8], place: (usize, usize)) -> Segment {
        let (start, end) = place;
        let text = bytes.get(start..end).unwrap_or_default();
        let is_it = |name: &Name| name.array == array && name.base == base && *name.text == *text;
        let name = self.names.iter().position(is_it).unwrap_or_else(|| {
            self.names.push(Name { base, array, text: text.into() });
            self.seen.push(Seen { node: Id::NONE, time: 0 });
            self.names.len().saturating_sub(1)
        });
        Segment { start: narrow(start), len: narrow(text.len()), name: narrow(name) }
    }

    /// The place of the spelling of these bytes, where it is known.
    fn find(&self, base: Base, bytes: &[u8]) -> Option<u16> {
        let mut slot = self.slot(bytes);
        loop {
            let place = self.slots.get(slot)?.checked_sub(1)?;
            let spelling = self.spellings.get(usize::from(place))?;
            if usize::from(spelling.len) == bytes.len()
                && spelling.base == base
                && starts_with(self.spelled(spelling), bytes)
            {
                return Some(place);
            }
            slot = slot.wrapping_add(1) % SLOTS;
        }
    }

    /// The bytes of a spelling, and a `=`.
    fn spelled(&self, spelling: &Spelling) -> &[u8] {
        let start = spelling.start as usize;
        let end = start.wrapping_add(usize::from(spelling.len)).wrapping_add(1);
        self.bytes.get(start..end).unwrap_or_default()
    }

    /// Where a spelling has its slot: by its first bytes, its last and its length.
    fn slot(&self, bytes: &[u8]) -> usize {
        let (first, last) = match (bytes.first_chunk(), bytes.last_chunk()) {
            (Some(first), Some(last)) => (u64::from_le_bytes(*first), u64::from_le_bytes(*last)),
            _ => (bytes.iter().fold(0, |word, &byte| word << 8 | u64::from(byte)), 0),
        };
        let hash = (first ^ last.rotate_left(29) ^ bytes.len() as u64).wrapping_mul(self.key);
        (hash >> (u64::BITS - SLOT_BITS)) as usize
    }
}

/// Whether a text begins with another one. For texts that are short, and mostly the same up to their end.
#[inline]
pub(super) fn starts_with(text: &[u8], prefix: &[u8]) -> bool {
    let Some(text) = text.get(..prefix.len()) else { return false };
    match (text.last_chunk::<8>(), prefix.last_chunk::<8>()) {
        (Some(a), Some(b)) => {
            let (words, _) = text.as_chunks::<8>();
            let (others, _) = prefix.as_chunks::<8>();
            u64::from_le_bytes(*a) == u64::from_le_bytes(*b)
                && words.iter().zip(others).all(|(a, b)| u64::from_le_bytes(*a) == u64::from_le_bytes(*b))
        }
        _ => text == prefix,
    }
}

/// What is at most [`LONGEST`] or a number of spellings.
fn narrow(n: usize) -> u16 {
    u16::try_from(n).unwrap_or_default()
}
