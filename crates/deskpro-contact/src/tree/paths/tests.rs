use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::*;
use crate::tree::Shape;
use crate::writer::written;

fn names(most: usize) -> impl Strategy<Value = Vec<Vec<u8>>> {
    vec(vec(prop_oneof![8 => b'a'..=b'z', 1 => select(&b" ~%[]\x1f\x7f\xc3\xa9"[..])], 0..20), 0..most)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_path_is_its_names_one_by_one(names in names(2 * NEAR), behind in 0..40_usize) {
        let mut tree = Tree::default();
        let root = tree.root(Shape::Keys);
        let node = names.iter().fold(root, |parent, name| {
            let key = tree.intern(name);
            tree.append_array(parent, key, Shape::Keys, 0)
        });
        tree.pad(usize::MAX, &vec![b'%'; behind]);
        let path = written(|out| tree.path(node, None, out));
        let one_by_one = written(|out| {
            for (n, name) in names.iter().enumerate() {
                odd_segment(name, n > 0, out);
            }
        });
        prop_assert_eq!(&path, &one_by_one);
        let with_leaf = written(|out| tree.path(node, Some(b"leaf"), out));
        let leaf = if names.is_empty() { &b"leaf"[..] } else { b"[leaf]" };
        prop_assert_eq!(with_leaf, [&path, leaf].concat());
    }
}
