use proptest::collection::vec;
use proptest::prelude::*;

use super::*;

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_written_stands_behind_what_was_there(
        texts in vec((vec(any::<u8>(), 0..100), 0..100_usize), 0..40), long in 0..2 * ROOM,
    ) {
        let (mut out, mut expected) = (b"there".to_vec(), b"there".to_vec());
        let long = vec![b'x'; long];
        append(&mut out, |out| {
            for (from, len) in &texts {
                out.text(from, *len);
                out.between(b"[\"", from, *len, b"\":");
                out.push(b',');
                out.extend(from);
            }
            out.extend(&long);
            out.array(b"end");
        });
        for (from, len) in &texts {
            let text = &from[..from.len().min(*len)];
            expected.extend([text, b"[\"", text, b"\":,", from].concat());
        }
        expected.extend([&long[..], b"end"].concat());
        prop_assert_eq!(out, expected);
    }

    #[test]
    fn numbers_and_pieces_are_written_as_they_are_formatted(n in any::<u64>(), less in 0..64_u32, times in 0..100_usize) {
        const PIECE: Piece<16> = Piece::of(&["one", "", "two"]);
        let n = n.checked_shr(less).unwrap_or_default();
        let out = written(|out| {
            for _ in 0..times {
                out.number(n);
                out.piece(b'+', &PIECE);
            }
        });
        prop_assert_eq!(String::from_utf8(out).unwrap(), format!("{n}+onetwo").repeat(times));
    }
}
