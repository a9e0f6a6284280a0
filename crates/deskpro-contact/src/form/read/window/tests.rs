use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::*;

/// Bytes that stand for themselves and that do not, and some that differ from those in a bit.
fn texts(most: usize) -> impl Strategy<Value = Vec<u8>> {
    vec(prop_oneof![any::<u8>(), select(&b"ab%+&\xa5\xab\xa6$'*"[..])], 0..most)
}

fn padded(text: &[u8]) -> Vec<u8> {
    [text, &PAD].concat()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_prefix_is_what_a_text_begins_with(text in vec(any::<u8>(), 0..50), len in 0..50_usize, at in 0..50_usize) {
        let len = len.min(text.len());
        let mut other = text.clone();
        if let Some(byte) = other.get_mut(at) {
            *byte ^= 1;
        }
        let sent = padded(&text);
        for whole in [&text[..len], &other[..len]] {
            let is_start = text.starts_with(whole);
            prop_assert_eq!(Prefix::new(whole).begins(&sent), is_start);
            let whole = padded(whole);
            let other = Sent::new(&whole, len).unwrap();
            prop_assert_eq!((other.begins(&sent), other.len()), (is_start, len));
        }
        // Without a pad nothing is known to begin so.
        prop_assert!(!Prefix::new(b"").begins(&sent[..HEAD - 1]));
        prop_assert!(Sent::new(&sent[..HEAD - 1], 0).is_none());
        prop_assert!(!Sent::NONE.begins(&sent) || text.iter().all(|&byte| byte == b'&'));
    }

    #[test]
    fn plain_bytes_are_skipped(text in texts(50)) {
        let len = text.iter().position(|byte| b"%+&".contains(byte)).unwrap_or(text.len());
        let sent = padded(&text);
        prop_assert_eq!(behind_plain(&sent), &sent[len..]);
    }

    #[test]
    fn a_window_is_said_with_spaces(text in texts(60)) {
        for sent in text.as_chunks().0 {
            let mut said = [0; WINDOW];
            let len = say(sent, &mut said);
            prop_assert_eq!(len, sent.iter().take_while(|byte| !b"%&".contains(byte)).count());
            prop_assert_eq!(said, sent.map(|byte| if byte == b'+' { b' ' } else { byte }));
        }
    }
}
