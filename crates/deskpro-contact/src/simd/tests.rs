//! Each function's result; and, on x86-64, that both implementations agree.

use proptest::prelude::*;
use proptest::sample::select;

use super::*;

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_first_needle_is_found(bytes in prop::array::uniform16(select(&b"abcdefghij%+&\xa5\xab\xa6"[..]))) {
        let len = bytes.iter().take_while(|byte| !b"%+&".contains(byte)).count();
        prop_assert_eq!(position_of_any(&bytes, *b"%+&"), len);
        prop_assert_eq!(position_of_any(&bytes, []), 16);
    }

    #[test]
    fn a_byte_is_replaced_wherever_it_stands(bytes in prop::array::uniform16(select(&b"+ \xab\x2aa"[..]))) {
        let mut slots = [0; 16];
        replace(&bytes, &mut slots, b'+', b' ');
        prop_assert_eq!(slots, bytes.map(|byte| if byte == b'+' { b' ' } else { byte }));
    }
}

/// Compares the implementations: any blocks, and all blocks that differ from a uniform one in a single byte.
#[cfg(target_arch = "x86_64")]
mod implementations {
    use proptest::prelude::*;

    use super::super::{Block, portable, x86_64};

    /// Blocks of few different bytes, so that they contain the needles, and blocks of any bytes.
    fn block() -> impl Strategy<Value = Block> {
        let few = prop::sample::select(&[0, 1, b'%', b'&', b'+', 0x7f, 0x80, 0xa5, 0xff][..]);
        prop_oneof![prop::array::uniform16(few), any::<Block>()]
    }

    fn replaced(replace: fn(&Block, &mut Block, u8, u8), bytes: &Block, one: u8, other: u8) -> Block {
        // Each slot must be written.
        let mut slots = bytes.map(|byte| !byte);
        replace(bytes, &mut slots, one, other);
        slots
    }

    /// All blocks of `fill` in which one byte is replaced, with the position and the value of that byte.
    fn uniform_but_for_one(fill: u8) -> impl Iterator<Item = (Block, usize, u8)> {
        (0..16).flat_map(move |at| {
            (0..=u8::MAX).map(move |byte| {
                let mut block = [fill; 16];
                block[at] = byte;
                (block, at, byte)
            })
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn agree_on_any_blocks(one in block(), other in block(), needles in any::<[u8; 3]>()) {
            let [from, to, _] = needles;
            for needles in [needles, [one[3], other[7], from], *b"&%+"] {
                let [first, second, _] = needles;
                prop_assert_eq!(x86_64::position_of_any(&one, needles), portable::position_of_any(&one, needles));
                prop_assert_eq!(x86_64::position_of_any(&one, [first, second]), portable::position_of_any(&one, [first, second]));
                prop_assert_eq!(x86_64::position_of_any(&one, [first]), portable::position_of_any(&one, [first]));
            }
            prop_assert_eq!(x86_64::position_of_any(&one, []), portable::position_of_any(&one, []));
            for from in [from, one[5]] {
                prop_assert_eq!(replaced(x86_64::replace, &one, from, to), replaced(portable::replace, &one, from, to));
            }
        }
    }

    #[test]
    fn agree_on_every_single_byte_that_differs() {
        for fill in 0..=u8::MAX {
            for (block, at, byte) in uniform_but_for_one(fill) {
                let is_uniform = byte == fill;
                let before = if is_uniform { 0 } else { at };
                assert_eq!(x86_64::position_of_any(&block, [byte]), before, "{block:?}");
                assert_eq!(portable::position_of_any(&block, [byte]), before, "{block:?}");
                let other = fill.wrapping_add(at as u8 + 1);
                let changed = block.map(|own| if own == byte { other } else { own });
                assert_eq!(replaced(x86_64::replace, &block, byte, other), changed, "{block:?}");
                assert_eq!(replaced(portable::replace, &block, byte, other), changed, "{block:?}");
            }
        }
    }
}
