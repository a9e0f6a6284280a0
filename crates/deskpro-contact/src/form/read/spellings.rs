//! Keys as they were spelled before. A bulk of payloads says the same few names in the same few spellings over and
//! over: each is taken apart once, and known again by its bytes.
//!
//! What is remembered is plain: segments that nothing need be done to, in brackets raw or encoded. Of a key with
//! three segments or more, the first two name its group, `contact_data[3]`, which is another one each time; what
//! follows them is remembered. A shorter key is remembered whole.

use std::hash::{BuildHasher, RandomState};

use memchr::memchr2;

use super::window::Prefix;

/// The most spellings that are remembered; then it begins anew.
const MOST: usize = 256;
/// The most names that are told apart, each by a bit; then it begins anew too.
const MOST_NAMES: usize = 1 << u8::BITS;
/// The most spellings that one payload may bring, so that one of odd keys does not drive all others out.
const MOST_OF_A_PAYLOAD: usize = 16;
/// The longest spelling that is remembered.
const LONGEST: usize = 64;
/// The most first segments that are remembered.
const MOST_OUTER: usize = 4;
/// So many that a quarter of them is used at the most.
const SLOTS: usize = 1 << SLOT_BITS;
const SLOT_BITS: u32 = 10;

/// Where the segments of a spelling start.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Base {
    /// At the top.
    Root,
    /// In the array that the first two segments name.
    Group,
}

/// A segment, by its place in the spelling.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Segment {
    pub(super) start: u8,
    pub(super) len: u8,
    /// Which name of which array it is, however it is spelled.
    pub(super) name: u8,
}

/// Which names were seen.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Names([u64; MOST_NAMES / WORD]);

const WORD: usize = u64::BITS as usize;

impl Names {
    pub(super) const NONE: Self = Self([0; MOST_NAMES / WORD]);

    #[inline(always)]
    pub(super) fn has(&self, Segment { name, .. }: Segment) -> bool {
        self.0.get(usize::from(name) / WORD).is_some_and(|names| names >> (usize::from(name) % WORD) & 1 != 0)
    }

    #[inline(always)]
    pub(super) fn add(&mut self, Segment { name, .. }: Segment) {
        if let Some(names) = self.0.get_mut(usize::from(name) / WORD) {
            *names |= 1 << (usize::from(name) % WORD);
        }
    }
}

/// One spelling: the segment that has the value, and the array around it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Spelling {
    pub(super) base: Base,
    pub(super) array: Option<Segment>,
    /// None is `[]`.
    pub(super) leaf: Option<Segment>,
    /// How many bytes it has.
    pub(super) len: u8,
}

/// A first segment and its bracket, behind which groups are named.
#[derive(Clone, Copy, Debug)]
pub(super) struct Outer {
    pub(super) segment: Segment,
    pub(super) len: u8,
}

/// A spelling as it is remembered, with a `=` behind it.
#[derive(Debug)]
pub(super) struct Known {
    pub(super) spelled: Prefix,
    pub(super) spelling: Spelling,
}

impl Known {
    fn bytes(&self) -> &[u8] {
        self.spelled.bytes().split_last().map_or(&[], |(_, bytes)| bytes)
    }
}

/// A name in an array.
#[derive(Debug)]
struct Name {
    base: Base,
    array: Option<u8>,
    text: Box<[u8]>,
}

/// The spellings that are remembered.
#[derive(Debug)]
pub(super) struct Spellings {
    known: Vec<Known>,
    names: Vec<Name>,
    /// By hash: one more than the spelling's place.
    slots: Vec<u16>,
    /// Keyed anew for each reader.
    key: u64,
    outer: Vec<(Prefix, Outer)>,
    /// How many this payload brought.
    brought: usize,
    /// How often it began anew.
    pub(super) edition: usize,
}

impl Default for Spellings {
    fn default() -> Self {
        Self {
            known: Vec::new(),
            names: Vec::new(),
            slots: Vec::new(),
            key: RandomState::new().hash_one(0) | 1,
            outer: Vec::new(),
            brought: 0,
            edition: 0,
        }
    }
}

impl Spellings {
    /// Makes ready for the next payload.
    pub(super) fn begin(&mut self) {
        self.brought = 0;
    }

    /// The spelling of the key, or its rest, at the front of `text`, and its number, where it is known. `text` has a pad
    /// behind it.
    #[inline(never)]
    pub(super) fn meet(&self, base: Base, text: &[u8]) -> Option<(u16, &Known)> {
        let len = memchr2(b'=', b'&', text)?;
        // Only what a value follows is told by its bytes from what begins the same.
        let text = text.get(..len).filter(|_| text.get(len) == Some(&b'='))?;
        let found = self.find(base, text)?;
        Some((found, self.known.get(usize::from(found))?))
    }

    /// The first segment and its bracket, where they are those of a group. `text` has a pad behind it.
    #[inline]
    pub(super) fn outer(&self, text: &[u8]) -> Option<&(Prefix, Outer)> {
        self.outer.iter().find(|(spelled, _)| spelled.begins(text))
    }

    /// Whether this payload may bring another spelling.
    pub(super) fn has_room(&self) -> bool {
        self.brought < MOST_OF_A_PAYLOAD
    }

    /// Remembers the first segment of a group, of that length, and its bracket.
    pub(super) fn learn_outer(&mut self, outer: &[u8], len: usize) {
        if outer.len() > LONGEST || self.outer.iter().any(|(known, _)| known.bytes() == outer) {
            return;
        }
        self.make_room();
        let segment = self.segment(Base::Root, None, outer, (0, len));
        self.outer.truncate(MOST_OUTER - 1);
        self.outer.insert(0, (Prefix::new(outer), Outer { segment, len: narrow(outer.len()) }));
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
        self.make_room();
        let array = array.map(|array| self.segment(base, None, bytes, array));
        let (from, to) = leaf;
        let leaf = (from < to).then(|| self.segment(base, array.map(|array| array.name), bytes, leaf));
        let spelling = Spelling { base, array, leaf, len: narrow(bytes.len()) };
        self.known.push(Known { spelled: Prefix::new(&[bytes, b"="].concat()), spelling });
        let place = u16::try_from(self.known.len()).unwrap_or_default();
        let slot = self.slot(bytes);
        // At least three quarters of them are free.
        let (before, behind) = self.slots.split_at_mut_checked(slot).unwrap_or_default();
        if let Some(slot) = behind.iter_mut().chain(before).find(|slot| **slot == 0) {
            *slot = place;
        }
    }

    /// Begins anew where there is no room for another spelling and its names.
    fn make_room(&mut self) {
        if self.known.len() < MOST && self.names.len() < MOST_NAMES - 1 && !self.slots.is_empty() {
            return;
        }
        self.known.clear();
        self.edition = self.edition.wrapping_add(1);
        self.names.clear();
        self.outer.clear();
        self.slots.clear();
        self.slots.resize(SLOTS, 0);
    }

    fn segment(&mut self, base: Base, array: Option<u8>, bytes: &[u8], place: (usize, usize)) -> Segment {
        let (start, end) = place;
        let text = bytes.get(start..end).unwrap_or_default();
        let is_it = |name: &Name| name.array == array && name.base == base && *name.text == *text;
        let name = self.names.iter().position(is_it).unwrap_or_else(|| {
            self.names.push(Name { base, array, text: text.into() });
            self.names.len().saturating_sub(1)
        });
        Segment { start: narrow(start), len: narrow(text.len()), name: narrow(name) }
    }

    /// The place of the spelling of these bytes, where it is known.
    fn find(&self, base: Base, bytes: &[u8]) -> Option<u16> {
        let mut slot = self.slot(bytes);
        loop {
            let place = self.slots.get(slot)?.checked_sub(1)?;
            let known = self.known.get(usize::from(place))?;
            if known.spelling.base == base && known.bytes() == bytes {
                return Some(place);
            }
            slot = slot.wrapping_add(1) % SLOTS;
        }
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

/// What is at most [`LONGEST`] or a number of names.
fn narrow(n: usize) -> u8 {
    u8::try_from(n).unwrap_or_default()
}
