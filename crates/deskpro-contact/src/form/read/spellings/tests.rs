use std::collections::HashSet;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::super::window::PAD;
use super::Base::{Group, Root};
use super::*;

impl Spellings {
    /// How many spellings this payload brought, new ones or not.
    pub(in super::super) fn brought(&self) -> usize {
        self.brought
    }

    /// All that are remembered.
    pub(in super::super) fn all(&self) -> Vec<(Base, &str)> {
        self.known.iter().map(|known| (known.spelling.base, str::from_utf8(known.bytes()).unwrap())).collect()
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
    fn met<'t>(&self, base: Base, text: &'t str) -> Option<(Spelling, Option<&'t str>, Option<&'t str>)> {
        let sent = [format!("{text}=value").as_bytes(), &PAD].concat();
        let (number, known) = self.meet(base, &sent)?;
        assert_eq!(self.known[usize::from(number)].spelling.leaf, known.spelling.leaf);
        let spelling = known.spelling;
        assert_eq!((spelling.base, usize::from(spelling.len)), (base, text.len()));
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
        steps in vec((any::<bool>(), select(&[Root, Group][..]), select(&SPELLED[..])), 0..200)
    ) {
        let (mut memory, mut learned) = (Spellings::default(), Vec::new());
        for (is_new, base, (text, array, leaf)) in steps {
            if is_new {
                memory.teach(base, text);
                if !learned.contains(&(base, text)) {
                    learned.push((base, text));
                }
            }
            let found = memory.met(base, text).map(|(_, array, leaf)| (array, leaf));
            prop_assert_eq!(found, learned.contains(&(base, text)).then_some((array, leaf)));
        }
        prop_assert_eq!(memory.all(), learned);
    }
}

#[test]
fn a_name_is_seen_under_all_of_its_spellings_alone() {
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
        let mut names = Names::NONE;
        assert!(!names.has(one) && !names.has(other));
        names.add(one);
        assert!(names.has(one));
        assert_eq!(names.has(other), is_same);
    }
}

#[test]
fn at_most_so_many_are_remembered_and_none_that_are_longer() {
    let mut memory = Spellings::default();
    // Of few names, for those are counted too.
    let texts: Vec<String> = (0..MOST).map(|n| format!("{}{n}]", "a[".repeat(n % 2))).collect();
    for (n, text) in texts.iter().enumerate() {
        assert_eq!(memory.has_room(), n % MOST_OF_A_PAYLOAD > 0 || n == 0);
        if !memory.has_room() {
            memory.begin();
        }
        memory.learn(Root, text.as_bytes(), None, (0, 1));
    }
    memory.teach(Group, &"x".repeat(LONGEST + 1));
    assert_eq!(memory.all().len(), MOST);
    assert!(texts.iter().all(|text| memory.find(Root, text.as_bytes()).is_some()));
    let longest = "x".repeat(LONGEST);
    memory.teach(Group, &longest);
    assert_eq!(memory.all(), [(Group, &*longest)]);
    assert!(memory.met(Group, &longest).is_some());
}

#[test]
fn at_most_so_many_names_are_told_apart() {
    let mut memory = Spellings::default();
    let texts: Vec<String> = (0..MOST_NAMES).map(|n| format!("{n}")).collect();
    let (last, texts) = texts.split_last().unwrap();
    for (n, text) in texts.iter().enumerate() {
        memory.teach(Root, text);
        assert_eq!(memory.all().len(), n + 1);
    }
    let mut names = Names::NONE;
    for text in texts {
        let leaf = memory.met(Root, text).unwrap().0.leaf.unwrap();
        assert!(!names.has(leaf), "{text}");
        names.add(leaf);
    }
    memory.teach(Root, last);
    assert_eq!(memory.all(), [(Root, &**last)]);
}

#[test]
fn the_newest_first_segments_are_remembered() {
    let mut memory = Spellings::default();
    let longest = "x".repeat(LONGEST);
    let (dropped, kept) = ("a[", ["b[", "c[", "d%5B", &longest]);
    let outer = |memory: &Spellings, text: &str| {
        let sent = [text.as_bytes(), &PAD].concat();
        let (prefix, outer) = memory.outer(&sent)?;
        assert_eq!(prefix.bytes().len(), usize::from(outer.len));
        Some((usize::from(outer.len), usize::from(outer.segment.len)))
    };
    memory.learn_outer(dropped.as_bytes(), 1);
    for text in kept.iter().chain(&kept) {
        memory.learn_outer(text.as_bytes(), 1);
        memory.learn_outer(&[b'y'; LONGEST + 1], 1);
        assert_eq!(outer(&memory, &format!("{text}1]")), Some((text.len(), 1)));
    }
    assert!(kept.iter().all(|text| outer(&memory, text).is_some()));
    assert_eq!([outer(&memory, "a["), outer(&memory, "b"), outer(&memory, "yyyy")], [None; 3]);
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
