use proptest::collection::vec;
use proptest::prelude::*;

use super::*;

/// What a tree knows of a text that it loaded: whether it is UTF-8, and whether JSON escapes none of it.
fn known(text: &[u8]) -> (bool, bool) {
    let mut tree = Tree::default();
    tree.clear();
    tree.load(text);
    (tree.utf8, tree.plain)
}

/// The same, as each of its bytes is.
fn so(text: &[u8]) -> (bool, bool) {
    (str::from_utf8(text).is_ok(), !text.iter().any(|&byte| json::is_escaped(byte)))
}

#[test]
fn what_is_among_bytes_is_seen_where_they_are_all_the_same() {
    for byte in 0..=u8::MAX {
        for len in [1, 15, 16, 40] {
            let text = [byte].repeat(len);
            assert_eq!(known(&text), so(&text), "{byte}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn one_odd_byte_among_others_is_seen(len in 1..130_usize, at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let mut text = b"a".repeat(len);
        text[at.index(len)] = byte;
        prop_assert_eq!(known(&text), so(&text));
    }

    #[test]
    fn texts_are_the_same_where_all_of_their_bytes_are(text in vec(any::<u8>(), 0..24), at in 0..24_usize, bit in 0..8_u32) {
        prop_assert!(is_same(&text, &text));
        let mut other = text.clone();
        if let Some(byte) = other.get_mut(at) {
            *byte ^= 1_u8 << bit;
            prop_assert!(!is_same(&text, &other));
        }
        other.pop();
        prop_assert_eq!(is_same(&text, &other), text.is_empty());
    }

    #[test]
    fn texts_of_two_lengths_are_not_the_same(one in 0..24_usize, other in 0..24_usize) {
        prop_assert_eq!(is_same(&[b'a'].repeat(one), &[b'a'].repeat(other)), one == other);
    }

    #[test]
    fn what_is_among_bytes_is_what_each_of_them_is(text in vec(any::<u8>(), 0..40), low in any::<bool>()) {
        let text: Vec<u8> = text.into_iter().map(|byte| if low { byte & 0x7f | 0x20 } else { byte }).collect();
        prop_assert_eq!(known(&text), so(&text));
    }
}
