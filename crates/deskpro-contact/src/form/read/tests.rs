use proptest::prelude::*;

use super::*;

/// What stands for itself, what does not, and what differs from that in a bit.
fn texts(most: usize) -> impl Strategy<Value = Vec<u8>> {
    let byte = prop_oneof![any::<u8>(), prop::sample::select(b"%+&a4fF0\xa5\xab\xa6$'*,\x7f\x80".to_vec())];
    let text = |pattern| Strategy::prop_map(pattern, String::into_bytes);
    // Short pieces, and some that are longer than what is looked at at once.
    let piece = prop_oneof![
        8 => byte.prop_map(|byte| vec![byte]),
        8 => text("%[0-9a-fA-F]{2}"),
        1 => text("[a+]{14,34}"),
    ];
    prop::collection::vec(piece, 0..most).prop_map(|pieces| pieces.concat())
}

/// Characters that are sent as they are, encoded, half of each, and not whole.
fn values() -> impl Strategy<Value = Vec<u8>> {
    let pieces: [&[u8]; 12] = [
        b"a",
        b"+",
        b"%41",
        b"%22",
        "é".as_bytes(),
        b"%C3%A9",
        "日".as_bytes(),
        b"%e6%97%a5",
        b"\xc3%A9",
        b"%C3\xa9",
        b"%C3",
        b"%A9",
    ];
    // What is not UTF-8 is the rarer case.
    let piece = prop_oneof![9 => prop::sample::select(pieces[..8].to_vec()), 1 => prop::sample::select(pieces.to_vec())];
    prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

#[test]
fn a_byte_above_127_alone_is_not_utf8() {
    for byte in 0..=u8::MAX {
        let mut tree = Tree::default();
        tree.clear();
        let payload = format!("a=b%{byte:02x}c");
        let root = read(&mut tree, payload.as_bytes(), &mut Keys::default(), &mut Vec::new()).unwrap();
        assert_eq!(tree.is_utf8(root), byte.is_ascii(), "{payload}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_text_is_undone_in_its_place_byte_by_byte(source in texts(40)) {
        let (mut said, mut used, mut decoded) = (Vec::new(), 0, Vec::new());
        while let Some(&byte) = source.get(used).filter(|&&byte| byte != b'&') {
            let digits = source.get(used + 1..used + 3).and_then(|digits| str::from_utf8(digits).ok());
            let is_hex = |digits: &&str| digits.bytes().all(|digit| digit.is_ascii_hexdigit());
            if byte == b'%' && let Some(digits) = digits.filter(is_hex) {
                let byte = u8::from_str_radix(digits, 16).unwrap();
                said.push(byte);
                decoded.push((byte, said.len()));
                used += 2;
            } else {
                said.push(if byte == b'+' { b' ' } else { byte });
            }
            used += 1;
        }
        let none = Decoded::NONE;
        let decoded = decoded.iter().fold(none, |decoded, &(byte, end)| decoded.and(byte, end));
        // As a part of a key, which ends where it ends.
        let mut text = source.clone();
        let (len, bytes) = key::undo(&source[..used], &mut text);
        prop_assert_eq!((&text[..len], format!("{bytes:?}")), (&*said, format!("{decoded:?}")));
        prop_assert_eq!(&text[len..], &source[len..]);
        // As a value, with a pad behind it. Of what stands behind it, nothing is touched.
        let sent = [&source, &PAD[..]].concat();
        let mut text = sent.clone();
        let (len, read, bytes) = undo(&sent, &mut text);
        prop_assert_eq!((&text[..len], read, format!("{bytes:?}")), (&*said, used, format!("{decoded:?}")));
        prop_assert_eq!(&text[read..], &sent[read..]);
    }

    #[test]
    fn what_is_known_of_all_texts_is_so_of_each(
        values in prop::collection::vec(values(), 1..4),
    ) {
        let payload: Vec<u8> = values.iter().flat_map(|value| [b"a[]=", &value[..], b"&"].concat()).collect();
        let mut tree = Tree::default();
        tree.clear();
        let root = read(&mut tree, &payload, &mut Keys::default(), &mut Vec::new()).unwrap();
        let texts: Vec<&[u8]> = tree
            .children(root)
            .flat_map(|list| tree.children(list))
            .filter_map(|leaf| Some(tree.bytes(tree.text(leaf)?)))
            .collect();
        prop_assert_eq!(tree.is_utf8(root), texts.iter().all(|text| str::from_utf8(text).is_ok()));
        prop_assert!(!tree.is_plain() || !texts.concat().iter().any(|&byte| crate::json::is_escaped(byte)));
    }
}
