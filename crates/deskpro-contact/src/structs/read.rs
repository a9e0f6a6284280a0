//! Reads a tree from any deserializer.

use std::fmt;

use serde::de::{Deserializer, Error as _, MapAccess, SeqAccess, Visitor};

use super::ReadTree;
use crate::json::MAX_JSON_DEPTH;
use crate::model::table::envelope;
use crate::payload::Payload;
use crate::tree::{Array, Id, Node, Shape, Tree};

impl ReadTree {
    /// Reads a value. With `is_struct`, asks the deserializer for a struct, which is a map or a list; otherwise the
    /// deserializer must be self-describing.
    pub(super) fn new<'de, D: Deserializer<'de>>(deserializer: D, is_struct: bool) -> Result<Self, D::Error> {
        let mut payload = Payload::default();
        payload.clear();
        let tree = &mut payload.tree;
        let top = tree.root(Shape::Object);
        let node = Node::Array(Array::new(Shape::Object));
        let root = tree.append_named(top, envelope::CONTACT_DATA, node, 0);
        let fill = Fill { tree, node: root, depth: 0 };
        // Asked for a struct, a form's deserializer gives a map, and a JSON deserializer gives the value that is there.
        match is_struct {
            true => deserializer.deserialize_struct("ContactData", &[], fill),
            false => deserializer.deserialize_any(fill),
        }?;
        Ok(Self { payload, root })
    }
}

/// Reads a value into a node.
struct Fill<'t> {
    tree: &'t mut Tree,
    node: Id,
    depth: usize,
}

impl<'de> serde::de::DeserializeSeed<'de> for Fill<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl Fill<'_> {
    fn set(self, node: Node) {
        self.tree.set(self.node, node);
    }

    fn number(self, number: impl ToString) {
        let digits = self.tree.intern(number.to_string().as_bytes());
        self.set(Node::Number(digits));
    }

    fn array<E: serde::de::Error>(&mut self, shape: Shape) -> Result<(), E> {
        if self.depth >= MAX_JSON_DEPTH {
            let expected = format!("at most {MAX_JSON_DEPTH} levels of lists and objects");
            return Err(E::custom(format!("expected {expected}, found more")));
        }
        self.tree.set(self.node, Node::Array(Array::new(shape)));
        Ok(())
    }
}

impl<'de> Visitor<'de> for Fill<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("contact data")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        self.set(Node::Null);
        Ok(())
    }

    fn visit_none<E: serde::de::Error>(self) -> Result<(), E> {
        self.visit_unit()
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_bool<E>(self, bool: bool) -> Result<(), E> {
        self.set(Node::Bool(bool));
        Ok(())
    }

    fn visit_i64<E>(self, number: i64) -> Result<(), E> {
        self.number(number);
        Ok(())
    }

    fn visit_u64<E>(self, number: u64) -> Result<(), E> {
        self.number(number);
        Ok(())
    }

    fn visit_f64<E>(self, number: f64) -> Result<(), E> {
        self.number(number);
        Ok(())
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<(), E> {
        self.visit_bytes(text.as_bytes())
    }

    fn visit_bytes<E>(self, text: &[u8]) -> Result<(), E> {
        let text = self.tree.intern(text);
        self.set(Node::Text(text));
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<(), A::Error> {
        self.array(Shape::Object)?;
        while let Some(key) = map.next_key::<String>()? {
            let text = self.tree.intern(key.as_bytes());
            if self.tree.child(self.node, key.as_bytes()).is_some() {
                return Err(A::Error::custom(format!("expected each key once, found {key:?} again")));
            }
            let node = self.tree.append(self.node, text, Node::Null, 0);
            map.next_value_seed(Fill { tree: self.tree, node, depth: self.depth + 1 })?;
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut list: A) -> Result<(), A::Error> {
        self.array(Shape::List)?;
        for n in 0.. {
            let key = self.tree.number(n);
            let node = self.tree.new_node(key, Node::Null, 0);
            let seed = Fill { tree: self.tree, node, depth: self.depth + 1 };
            if list.next_element_seed(seed)?.is_none() {
                break;
            }
            self.tree.attach(self.node, node);
        }
        Ok(())
    }
}
