//! Keys as they were spelled before. A bulk of payloads says the same few names in the same few spellings over and
//! over: each is taken apart once, and known again by its bytes.
//!
//! What is remembered is plain: segments that nothing need be done to, in brackets raw or encoded. Of a key with
//! three segments or more, the first two name its group, `contact_data[3]`, which is another one each time; what
//! follows them is remembered. A shorter key is remembered whole.

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

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use proptest::collection::vec;
    use proptest::prelude::*;
    use proptest::sample::select;

    use super::Base::{Group, Root};
    use super::*;
    use crate::tree::{Shape, Tree};

    impl Spellings {
        /// How many spellings this payload brought, new ones or not.
        pub(in super::super) fn brought(&self) -> usize {
            self.brought
        }

        /// All that are remembered.
        pub(in super::super) fn all(&self) -> Vec<(Base, &str)> {
            let text = |spelling| str::from_utf8(self.spelled(spelling)).unwrap().strip_suffix('=').unwrap();
            self.spellings.iter().map(|spelling| (spelling.base, text(spelling))).collect()
        }

        /// Learns `leaf`, `array[leaf]` or `array%5Bleaf%5D`.
        fn teach(&mut self, base: Base, text: &str) {
            let bracket = if text.contains('%') { 3 } else { 1 };
            match text.find(['[', '%']) {
                None => self.learn(base, text.as_bytes(), None, (0, text.len())),
                Some(at) => {
                    self.learn(base, text.as_bytes(), Some((0, at)), (at + bracket, text.len() - bracket));
                }
            }
        }

        /// The spelling of a key that a value follows, and the texts of its array and leaf.
        fn met<'t>(
            &mut self,
            base: Base,
            text: &'t str,
        ) -> Option<(Spelling, Option<&'t str>, Option<&'t str>)> {
            let (spelling, len) = self.follow(base, format!("{text}=value").as_bytes())?;
            assert_eq!((spelling.base, len), (base, text.len()));
            let of = |Segment { start, len, .. }| &text[usize::from(start)..usize::from(start + len)];
            Some((spelling, spelling.array.map(of), spelling.leaf.map(of)))
        }
    }

    /// Spellings, and the array and the leaf of each.
    const SPELLED: [(&str, Option<&str>, Option<&str>); 9] = [
        ("a", None, Some("a")),
        ("ab", None, Some("ab")),
        ("abababab", None, Some("abababab")),
        ("bbababab", None, Some("bbababab")),
        ("ababababa", None, Some("ababababa")),
        ("a[]", Some("a"), None),
        ("a[b]", Some("a"), Some("b")),
        ("b[b]", Some("b"), Some("b")),
        ("a%5Bb%5D", Some("a"), Some("b")),
    ];

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn what_was_learned_is_found_and_nothing_else(
            steps in vec((any::<bool>(), select(&[Root, Group][..]), select(&SPELLED[..]), 0..9_usize), 0..200)
        ) {
            let (mut memory, mut learned) = (Spellings::default(), Vec::new());
            for (is_new, base, (text, array, leaf), hint) in steps {
                if is_new {
                    memory.teach(base, text);
                    if !learned.contains(&(base, text)) {
                        learned.push((base, text));
                    }
                }
                memory.hint(None, hint);
                let found = memory.met(base, text).map(|(_, array, leaf)| (array, leaf));
                prop_assert_eq!(found, learned.contains(&(base, text)).then_some((array, leaf)));
            }
            prop_assert_eq!(memory.all(), learned);
        }

        #[test]
        fn starts_with_is_that_of_slices(text: [u8; 20], len in 0..20_usize, at in 0..20_usize) {
            let mut other = text;
            other[at] ^= 1;
            prop_assert!(starts_with(&text, &text[..len]));
            prop_assert!(!starts_with(&text[..len], &text[..=len]));
            prop_assert_eq!(starts_with(&text, &other[..len]), at >= len);
        }
    }

    #[test]
    fn what_comes_next_is_followed_as_the_first_value_hints() {
        let mut memory = Spellings::default();
        for text in ["type]", "url]", "user]"] {
            memory.teach(Group, text);
        }
        for is_known in [false, true] {
            for (value, next) in [("website", "url]"), ("twitter", "user]")] {
                memory.begin();
                assert!(memory.met(Group, "type]").is_some());
                memory.hint(value.as_bytes().first(), value.len());
                assert!(memory.met(Group, next).is_some(), "{next} behind {value}, {is_known}");
            }
            // From here on nothing is found by its bytes.
            memory.slots.fill(0);
        }
        memory.begin();
        assert!(memory.met(Group, "url]").is_none());
    }

    #[test]
    fn a_node_is_seen_under_all_spellings_of_its_name_at_its_time_alone() {
        let node = Tree::default().root(Shape::Keys);
        for (one, other, is_same) in [
            ((Root, "a[x]"), (Root, "a%5Bx%5D"), true),
            ((Root, "a[x]"), (Group, "a[x]"), false),
            ((Root, "a[x]"), (Root, "b[x]"), false),
            ((Root, "a[x]"), (Root, "x"), false),
            ((Root, "x"), (Root, "y"), false),
        ] {
            let mut memory = Spellings::default();
            let [one, other] = [one, other].map(|(base, text)| {
                memory.teach(base, text);
                memory.met(base, text).unwrap().0.leaf.unwrap()
            });
            let times = [(); 3].map(|()| memory.tick());
            assert_eq!(times.map(|time| memory.seen(one, time)), [None; 3]);
            memory.see(one, node, times[1]);
            assert_eq!(times.map(|time| memory.seen(one, time)), [None, Some(node), None]);
            assert_eq!(memory.seen(other, times[1]).is_some(), is_same);
        }
    }

    #[test]
    fn at_most_so_many_are_remembered_and_none_that_are_longer() {
        let mut memory = Spellings::default();
        let texts: Vec<String> = (0..MOST).map(|n| format!("{n}")).collect();
        for (n, text) in texts.iter().enumerate() {
            assert_eq!(memory.has_room(), n % MOST_OF_A_PAYLOAD > 0 || n == 0);
            if !memory.has_room() {
                memory.begin();
            }
            memory.teach(Root, text);
        }
        memory.teach(Group, &"x".repeat(LONGEST + 1));
        assert_eq!(memory.all().len(), MOST);
        assert!(texts.iter().all(|text| memory.met(Root, text).is_some()));
        let longest = "x".repeat(LONGEST);
        memory.teach(Group, &longest);
        assert_eq!(memory.all(), [(Group, &*longest)]);
        assert!(memory.met(Group, &longest).is_some());
    }

    #[test]
    fn the_newest_first_segments_are_remembered() {
        let mut memory = Spellings::default();
        let longest = "x".repeat(LONGEST);
        let (dropped, kept) = ("a[", ["b[", "c[", "d%5B", &longest]);
        memory.learn_outer(dropped.as_bytes());
        for outer in kept.iter().chain(&kept) {
            memory.learn_outer(outer.as_bytes());
            memory.learn_outer(&[b'y'; LONGEST + 1]);
            assert_eq!(memory.outer(format!("{outer}1]").as_bytes()), Some(outer.len()));
        }
        assert!(kept.iter().all(|outer| memory.outer(outer.as_bytes()).is_some()));
        assert_eq!((memory.outer(b"a["), memory.outer(b"b"), memory.outer(b"yyyy")), (None, None, None));
        assert_eq!(memory.outer.len(), MOST_OUTER);
    }

    #[test]
    fn spellings_have_their_slots_apart() {
        let memory = Spellings { key: 0x9e37_79b9_7f4a_7c15, ..Spellings::default() };
        for spell in [|n: usize| format!("{n}"), |n| format!("{n:03}_address]"), |n| format!("data][{n}]")] {
            let slots: HashSet<usize> = (0..MOST).map(|n| memory.slot(spell(n).as_bytes())).collect();
            assert!(slots.len() > MOST * 3 / 4 && slots.iter().all(|&slot| slot < SLOTS), "{}", slots.len());
        }
    }
}
