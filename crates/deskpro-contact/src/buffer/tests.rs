use proptest::collection::vec;
use proptest::prelude::*;

use super::*;

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn texts_are_appended_in_order(
        texts in vec((vec(any::<u8>(), 0..100), any::<prop::sample::Index>()), 0..40), long in 0..400_usize,
    ) {
        let (mut out, mut expected) = (b"there".to_vec(), b"there".to_vec());
        let long = vec![b'x'; long];
        let texts: Vec<(&[u8], usize)> =
            texts.iter().map(|(from, len)| (&from[..], len.index(from.len() + 1))).collect();
        append(&mut out, |out| {
            for &(from, len) in &texts {
                out.prefix(from, len);
                out.between(b"[\"", from, len, b"\":");
                out.push(b',');
                out.extend(from);
            }
            out.extend(&long);
            out.array(b"end");
        });
        for &(from, len) in &texts {
            expected.extend([&from[..len], b"[\"", &from[..len], b"\":,", from].concat());
        }
        expected.extend([&long[..], b"end"].concat());
        prop_assert_eq!(out, expected);
    }

    #[test]
    fn numbers_and_pieces_are_formatted(n in any::<u64>(), less in 0..64_u32, times in 0..100_usize) {
        const PIECE: Piece<16> = Piece::of(&["one", "", "two"]);
        let n = n >> less;
        let out = written(|out| {
            for _ in 0..times {
                out.number(n);
                out.piece(b'+', &PIECE);
            }
        });
        prop_assert_eq!(String::from_utf8(out).unwrap(), format!("{n}+onetwo").repeat(times));
    }

    #[test]
    fn room_becomes_text(texts in vec(vec(any::<u8>(), 0..300), 0..10)) {
        let mut buffer = Buffer::default();
        for text in &texts {
            buffer.room(text.len())[..text.len()].copy_from_slice(text);
            buffer.grow(text.len());
            prop_assert!(buffer.tail(buffer.len()).len() >= ROOM);
        }
        prop_assert_eq!(buffer.text(), texts.concat());
    }
}
