//! Contact data inside other programs' structs, by way of serde.
//!
//! What serde reads becomes the same tree that our own readers make, and goes the same way from there; what is
//! written comes from the same table. So [`legacy::ContactData`](crate::legacy::ContactData) and
//! [`v2::ContactData`](crate::v2::ContactData) hold what a payload's `contact_data` says, and keep as losses what no
//! contact can hold.

use std::fmt;

use serde::de::{Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};

use crate::form;
use crate::loss::{Entry, Loss, Severity, Source, View};
use crate::model::Contact;
use crate::record::{Kinds, Parts, Record, Slot};
use crate::table::{self, Format, Type};
use crate::translate::{Aim, Layouts, Translation};
use crate::tree::{Array, Held, Id, Shape, Tree};

/// A tree that serde read.
pub(crate) struct Read {
    pub(crate) tree: Tree,
    pub(crate) root: Id,
}

impl Read {
    /// Reads a map, or, from what can tell, anything.
    pub(crate) fn new<'de, D: Deserializer<'de>>(deserializer: D, is_map: bool) -> Result<Self, D::Error> {
        let mut tree = Tree::default();
        tree.clear();
        let top = tree.root(Shape::Object);
        let held = Held::Array(Array::new(Shape::Object));
        let root = tree.append_named(top, table::envelope::CONTACT_DATA, held, 0);
        let fill = Fill { tree: &mut tree, node: root, depth: 0 };
        if is_map { deserializer.deserialize_map(fill) } else { deserializer.deserialize_any(fill) }?;
        Ok(Self { tree, root })
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
    fn set(self, held: Held) {
        self.tree.set(self.node, held);
    }

    fn number(self, number: impl ToString) {
        let digits = self.tree.intern(number.to_string().as_bytes());
        self.set(Held::Number(digits));
    }

    fn array<E: serde::de::Error>(&mut self, shape: Shape) -> Result<(), E> {
        if self.depth >= crate::MAX_JSON_DEPTH {
            return Err(E::custom("expected at most 128 levels of lists and objects, found more"));
        }
        self.tree.set(self.node, Held::Array(Array::new(shape)));
        Ok(())
    }
}

impl<'de> Visitor<'de> for Fill<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("contact data")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        self.set(Held::Null);
        Ok(())
    }

    fn visit_none<E: serde::de::Error>(self) -> Result<(), E> {
        self.visit_unit()
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_bool<E>(self, bool: bool) -> Result<(), E> {
        self.set(Held::Bool(bool));
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
        self.set(Held::Text(text));
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<(), A::Error> {
        self.array(Shape::Object)?;
        while let Some(key) = map.next_key::<String>()? {
            let text = self.tree.intern(key.as_bytes());
            if self.tree.child(self.node, key.as_bytes()).is_some() {
                return Err(A::Error::custom(format!("expected each key once, found {key:?} again")));
            }
            let node = self.tree.append(self.node, text, Held::Null, 0);
            map.next_value_seed(Fill { tree: self.tree, node, depth: self.depth.saturating_add(1) })?;
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut list: A) -> Result<(), A::Error> {
        self.array(Shape::List)?;
        for n in 0.. {
            let key = self.tree.number(n);
            let node = self.tree.alone(key, Held::Null, 0);
            let seed = Fill { tree: self.tree, node, depth: self.depth.saturating_add(1) };
            if list.next_element_seed(seed)?.is_none() {
                break;
            }
            self.tree.hang(self.node, node);
        }
        Ok(())
    }
}

/// A node for serde to write.
pub(crate) struct Write<'t>(pub(crate) &'t Tree, pub(crate) Id);

impl Serialize for Write<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(tree, node) = *self;
        match tree.held(node) {
            Held::Null | Held::Link(_) | Held::Gone => serializer.serialize_unit(),
            Held::Bool(bool) => serializer.serialize_bool(bool),
            held @ (Held::Number(_) | Held::Text(_)) => {
                serializer.serialize_str(utf8(form::scalar(tree, held)))
            }
            Held::Array(_) if tree.is_list(node) => {
                let mut list = serializer.serialize_seq(None)?;
                for child in tree.children(node) {
                    list.serialize_element(&Self(tree, child))?;
                }
                list.end()
            }
            Held::Array(_) => {
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
    std::str::from_utf8(text).unwrap_or_default()
}

/// Contacts that were read, each with the key of its record, and what no contact can hold.
pub(crate) struct Contacts {
    pub(crate) contacts: Vec<(String, Contact<String>)>,
    pub(crate) losses: Vec<Loss>,
}

/// Collects what a translation found.
fn collect(tree: &Tree, records: &[Record], losses: &[Entry], format: Format) -> Contacts {
    let view = View { tree, records, source: Source { payload: b"", format } };
    let text = |text| utf8(tree.bytes(text)).to_owned();
    Contacts {
        contacts: (records.iter())
            .filter_map(|record| Some((text(record.key), record.written?.map(|slot| text(slot.text)))))
            .collect(),
        // Notes are for restoring a payload, which a struct is not.
        losses: losses
            .iter()
            .filter(|entry| entry.severity == Severity::Data)
            .map(|entry| view.loss(entry))
            .collect(),
    }
}

/// Reads the records that `walk` takes in.
pub(crate) fn read(
    tree: &mut Tree,
    from: Format,
    walk: impl FnOnce(&mut Translation<'_>, &mut Vec<Record>),
) -> Contacts {
    let (mut losses, mut records) = (Vec::new(), Vec::new());
    let layouts = &mut Layouts::default();
    let mut translation = Translation {
        tree,
        losses: &mut losses,
        layouts,
        from,
        aim: Aim::Canonical,
        kinds: Kinds::default(),
    };
    walk(&mut translation, &mut records);
    collect(tree, &records, &losses, from)
}

/// Carries contacts to a format: what its document has a place for, and the rest as losses.
pub(crate) fn carry(contacts: impl Iterator<Item = (String, Contact<String>)>, to: Format) -> Contacts {
    let mut tree = Tree::default();
    tree.clear();
    let root = tree.root(Shape::Keys);
    let held = Held::Array(Array::new(Shape::Keys));
    let all = tree.append_named(root, table::envelope::CONTACT_DATA, held, 0);
    let (mut losses, mut records) = (Vec::new(), Vec::new());
    for (key, contact) in contacts {
        let key = tree.intern(key.as_bytes());
        let kind = contact.kind;
        let slots = contact.map(|text| Slot { text: tree.intern(text.as_bytes()), node: Id::NONE });
        crate::legacy::write(&mut tree, all, Some(key), &slots, 0);
        let Some(node) = tree.child(all, tree.bytes(key)) else { continue };
        let child = |name: &str| tree.child(node, name.as_bytes());
        let parts =
            child(table::envelope::TYPE).zip(child(table::envelope::DATA)).map(|(type_node, fields)| Parts {
                node,
                fields,
                of: Type::of(kind),
                type_node,
                comment: child(table::envelope::COMMENT),
                is_plain: true,
                columns: None,
            });
        let Some(parts) = parts else { continue };
        let mut translation = Translation {
            tree: &mut tree,
            losses: &mut losses,
            layouts: &mut Layouts::default(),
            from: Format::Legacy,
            aim: Aim::Documented(to),
            kinds: Kinds::default(),
        };
        translation.record(node, node, Ok(parts), &mut records);
    }
    collect(&tree, &records, &losses, Format::Legacy)
}
