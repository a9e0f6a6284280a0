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
    fn plain_bytes_go_up_to_the_first_that_is_not(text in texts(50)) {
        let len = text.iter().position(|byte| b"%+&".contains(byte)).unwrap_or(text.len());
        prop_assert_eq!(plain(&padded(&text)), len);
    }

    #[test]
    fn what_is_said_is_a_window_and_is_copied_back(text in texts(60), from in 0..60_usize, to in 0..60_usize) {
        let mut said = text.clone();
        let to = to.min(from);
        let len = say(&text, from, &mut said, to);
        let Some(sent) = text.get(from..from + 16) else {
            prop_assert_eq!((len, said), (0, text));
            return Ok(());
        };
        let plain = sent.iter().take_while(|byte| !b"%&".contains(byte));
        let expected: Vec<u8> = plain.map(|&byte| if byte == b'+' { b' ' } else { byte }).collect();
        prop_assert_eq!(len, expected.len());
        prop_assert_eq!(&said[..to + len], [&text[..to], &expected].concat());
        prop_assert_eq!(&said[to + 16..], &text[to + 16..]);
        copy(&text, &mut said, to);
        prop_assert_eq!(said, text);
    }
}
