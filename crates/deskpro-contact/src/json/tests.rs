use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::*;

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_text_is_plain_only_where_none_of_its_own_bytes_is_escaped(
        text in vec(prop_oneof![20 => any::<u8>(), 1 => select(&b"\"\\\x1f "[..])], 0..48), len in 0..48_usize,
    ) {
        let len = len.min(text.len());
        let is_plain = !text[..len].iter().any(|&byte| is_escaped(byte));
        // What is longer, or has too little behind it, or something odd, is not seen at once.
        let is_seen = len <= 32 && text.len() >= 32 && !text[..32].iter().any(|&byte| is_escaped(byte));
        prop_assert_eq!(is_plain_text(&text, len), is_seen);
        prop_assert!(is_plain || !is_seen);
    }
}
