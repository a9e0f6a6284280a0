use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::*;
use crate::tree::Shape;

fn names(most: usize) -> impl Strategy<Value = Vec<Vec<u8>>> {
    vec(vec(prop_oneof![8 => b'a'..=b'z', 1 => select(&b" ~%[]\x1f\x7f\xc3\xa9"[..])], 0..20), 0..most)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_short_path_is_the_long_one(names in names(8), behind in 0..40_usize) {
        let mut tree = Tree::default();
        let root = tree.root(Shape::Keys);
        let node = names.iter().fold(root, |parent, name| {
            let key = tree.intern(name);
            tree.append_array(parent, key, Shape::Keys, 0)
        });
        tree.pad(usize::MAX, &vec![b'%'; behind]);
        let (mut long, mut path) = (Vec::new(), Vec::new());
        tree.path_above(node, &mut long);
        tree.path(node, None, &mut path);
        prop_assert_eq!(&path, &long);
        // Few short names that are plain go the short way, where enough stands behind them to be looked at at once.
        let is_plain = |name: &Vec<u8>| (1..=16).contains(&name.len()) && !name.iter().any(|&byte| is_odd(byte));
        if names.len() <= NEAR && names.iter().all(is_plain) && behind >= 16 && long.len() + 18 <= SHORT {
            prop_assert_eq!(tree.short_path(node, &mut [0; SHORT]), Some(long.len()));
        }
    }
}
