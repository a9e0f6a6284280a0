use proptest::prelude::*;

use super::*;

/// What stands for itself, what does not, and what differs from that in a bit.
fn texts(most: usize) -> impl Strategy<Value = Vec<u8>> {
    let byte = prop_oneof![any::<u8>(), prop::sample::select(b"%+&a4fF0\xa5\xab\xa6$'*,\x7f\x80".to_vec())];
    let piece = prop_oneof![byte.prop_map(|byte| vec![byte]), "%[0-9a-fA-F]{2}".prop_map(String::into_bytes)];
    prop::collection::vec(piece, 0..most).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_text_is_undone_in_its_place_byte_by_byte(source in texts(40)) {
        let plain = source.iter().position(|byte| b"%+&".contains(byte)).unwrap_or(source.len());
        let (mut said, mut used, mut decoded) = (Vec::new(), 0, Vec::new());
        while let Some(&byte) = source.get(used).filter(|&&byte| byte != b'&') {
            let digits = source.get(used + 1..used + 3).and_then(|digits| str::from_utf8(digits).ok());
            let is_hex = |digits: &&str| digits.bytes().all(|digit| digit.is_ascii_hexdigit());
            if byte == b'%' && let Some(digits) = digits.filter(is_hex) {
                decoded.push(u8::from_str_radix(digits, 16).unwrap());
                said.extend(decoded.last());
                used += 2;
            } else {
                said.push(if byte == b'+' { b' ' } else { byte });
            }
            used += 1;
        }
        for plain in 0..=plain {
            // As a value, with a pad behind it; and as a part of a key, which ends where it ends.
            for sent in [[&source, &PAD[..]].concat(), source[..used].to_vec()] {
                let mut text = sent.clone();
                let (len, read, bytes) = undo(&sent, &mut text, plain);
                prop_assert_eq!((&text[..len], read), (&*said, used));
                // Of what stands behind it, no more than a window is touched, which is copied back.
                window::copy(&sent, &mut text, read);
                prop_assert_eq!(&text[read..], &sent[read..]);
                let decoded = decoded.iter().fold(Bytes::default(), |bytes, &byte| bytes.and(byte));
                prop_assert_eq!(format!("{bytes:?}"), format!("{decoded:?}"));
            }
        }
    }
}
