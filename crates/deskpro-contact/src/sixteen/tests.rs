use proptest::prelude::*;
use proptest::sample::select;

use super::*;

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_comes_before_is_counted(bytes in prop::array::uniform16(select(&b"abcdefghij%+&\xa5\xab\xa6"[..]))) {
        let len = bytes.iter().take_while(|byte| !b"%+&".contains(byte)).count();
        prop_assert_eq!(before(&bytes, *b"%+&"), len);
        prop_assert_eq!(before_such(&bytes, |byte| (byte == b'%') | (byte == b'+') | (byte == b'&')), len);
        prop_assert_eq!(before(&bytes, []), 16);
    }

    #[test]
    fn a_byte_is_replaced_wherever_it_stands(bytes in prop::array::uniform16(select(&b"+ \xab\x2aa"[..]))) {
        let mut slots = [0; 16];
        replace(&bytes, &mut slots, b'+', b' ');
        prop_assert_eq!(slots, bytes.map(|byte| if byte == b'+' { b' ' } else { byte }));
    }

    #[test]
    fn what_is_alike_is_counted(bytes in prop::array::uniform32(any::<u8>()), at in 0..40_usize, bit in 0..8_u8) {
        let mut other = bytes;
        if let Some(byte) = other.get_mut(at) {
            *byte ^= 1_u8 << bit;
        }
        let halves = |bytes: [u8; 32]| *bytes.as_chunks().0.first_chunk::<2>().unwrap();
        let ([low, high], [own_low, own_high]) = (halves(bytes), halves(other));
        prop_assert_eq!(alike(&[low, high], &[own_low, own_high]), at.min(32));
        prop_assert_eq!(alike(&[low], &[own_low]), at.min(16));
    }
}
