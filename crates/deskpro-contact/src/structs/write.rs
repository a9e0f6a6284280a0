//! Writes a tree to any serializer.

use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};

use crate::form;
use crate::tree::{Id, Node, Tree};

/// A member of a tree, which serializes as its value.
pub(super) struct Write<'t>(pub(super) &'t Tree, pub(super) Id);

impl Serialize for Write<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(tree, node) = *self;
        match tree.node(node) {
            Node::Null | Node::Link(_) | Node::Removed => serializer.serialize_unit(),
            Node::Bool(bool) => serializer.serialize_bool(bool),
            scalar @ (Node::Number(_) | Node::Text(_)) => {
                serializer.serialize_str(utf8(form::scalar(tree, scalar)))
            }
            Node::Array(_) if tree.is_list(node) => {
                let mut list = serializer.serialize_seq(None)?;
                for child in tree.children(node) {
                    list.serialize_element(&Self(tree, child))?;
                }
                list.end()
            }
            Node::Array(_) => {
                let mut map = serializer.serialize_map(None)?;
                for child in tree.children(node) {
                    map.serialize_entry(utf8(tree.name(child)), &Self(tree, child))?;
                }
                map.end()
            }
        }
    }
}

fn utf8(text: &[u8]) -> &str {
    std::str::from_utf8(text).expect("contacts are UTF-8")
}
