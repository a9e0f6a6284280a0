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
}
