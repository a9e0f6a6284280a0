//! Records of a payload: how they were sent, what was read, and what the target can hold.

use crate::digest::Digest;
use crate::model::lookup::FieldName;
use crate::model::{Contact, Kind};
use crate::tree::{Id, Text, Tree};

/// A value of a record.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Value {
    pub(crate) text: Text,
    /// The position in the payload, in bytes: of the pair in a form, of the value in JSON.
    pub(crate) at: u32,
    pub(crate) json: JsonType,
}

/// The JSON type of a scalar. In a form, every value is a text.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum JsonType {
    Text,
    Number,
    Boolean,
}

impl Value {
    /// A text of a form.
    pub(crate) fn text(text: Text, at: u32) -> Self {
        Self { text, at, json: JsonType::Text }
    }
}

/// A record of a payload: how it was sent, what was read, and what the target can hold.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Record {
    pub(crate) sent: Sent,
    /// The record's key in `contact_data` of a form, or its position in a list of a body.
    pub(crate) key: Text,
    /// The record's position in the payload, in bytes.
    pub(crate) at: u32,
    /// The position of its fields.
    pub(crate) fields_at: u32,
    /// The kind that its type names; `None` before the type is read, or if it is not a known type.
    pub(crate) kind: Option<Kind>,
    /// Whether the record's type is an alias that gave a field its value.
    pub(crate) has_alias: bool,
    /// The contact in the model; `None` if the record is rejected.
    pub(crate) read: Option<Contact<Value>>,
    /// The contact that the target can hold; `None` if the target has no place for the record.
    pub(crate) written: Option<Contact<Value>>,
}

impl Record {
    pub(crate) fn new(sent: Sent, key: Text, at: u32) -> Self {
        Self { sent, key, at, fields_at: at, kind: None, has_alias: false, read: None, written: None }
    }
}

/// How a record was sent, and where its parts are.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Sent {
    /// The plain reader read it. Its pairs are at these positions of
    /// [`Payload::pairs`](crate::payload::Payload::pairs).
    Pairs { start: u32, end: u32 },
    /// A record in the tree of a form. `whole` is a node that holds only the record. It is `node`, except for a single
    /// record, which has other fields beside it in `node`.
    FormNode { node: Id, whole: Id },
    /// An item of a body. `list` is the list of items of its type, if the body has such lists.
    Item { node: Id, list: Option<Id> },
    /// A phone in the list `phone_numbers` of a body.
    Phone { node: Id, list: Id },
}

impl Sent {
    /// The record's node in the tree, if it has one.
    pub(crate) fn node(self) -> Option<Id> {
        match self {
            Self::Pairs { .. } => None,
            Self::FormNode { node, .. } | Self::Item { node, .. } | Self::Phone { node, .. } => Some(node),
        }
    }
}

/// A pair of a record.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pair {
    pub(crate) name: PairName,
    pub(crate) value: Value,
}

impl PairName {
    /// Whether the pair is a field under `data`.
    pub(crate) fn is_field(self) -> bool {
        matches!(self, Self::Field(_) | Self::OtherField(_))
    }
}

/// The part of a record that the key of a pair names.
#[derive(Clone, Copy, Debug)]
pub(crate) enum PairName {
    Type,
    Comment,
    /// A field of the table, under `data`.
    Field(FieldName),
    /// Any other field under `data`.
    OtherField(Text),
}

/// The set of kinds of the records that are written, with a mark for kinds that have several.
#[derive(Clone, Copy, Default)]
pub(crate) struct WrittenKinds {
    any: u32,
    several: u32,
}

const _: () = assert!(Kind::ALL.len() <= u32::BITS as usize);

impl WrittenKinds {
    pub(crate) fn add(&mut self, kind: Kind) {
        let bit = 1 << kind as u32;
        self.several |= self.any & bit;
        self.any |= bit;
    }

    /// Whether there is a record of a kind.
    pub(crate) fn has(self, kind: Kind) -> bool {
        self.any >> kind as u32 & 1 != 0
    }

    /// Whether there are several records of a kind.
    pub(crate) fn has_several(self, kind: Kind) -> bool {
        self.several >> kind as u32 & 1 != 0
    }
}

/// The digest of the item that is written for a record: its type, its comment and its fields. A missing comment counts
/// as an empty one; a missing field and an empty one differ.
pub(crate) fn record_digest(tree: &Tree, contact: &Contact<Value>) -> u64 {
    let mut digest = Digest::of_kind(contact.kind());
    let mut add = |n, text: Text| digest.add_nth(n, tree.tail(text), text.len());
    if let Some(comment) = contact.comment
        && !comment.text.is_empty()
    {
        add(1, comment.text);
    }
    for (n, value) in (2..).zip(contact.values()) {
        if let Some(value) = value {
            add(n, value.text);
        }
    }
    digest.end_record()
}
