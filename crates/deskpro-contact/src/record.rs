//! Records on their way: as their syntax shows them, as contacts that were read, and as contacts that are written.

use std::sync::LazyLock;

use crate::digest::Digest;
use crate::model::{Contact, Kind};
use crate::table::{self, Format, Type};
use crate::translate::Columns;
use crate::tree::{Id, Text, Tree};

/// A record as its syntax shows it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Parts {
    pub(crate) node: Id,
    /// The array that holds its fields.
    pub(crate) fields: Id,
    /// Its type.
    pub(crate) of: Type,
    /// The node that says its type.
    pub(crate) type_node: Id,
    pub(crate) comment: Option<Id>,
    /// Whether it is known to have no other names, and these in their order.
    pub(crate) is_plain: bool,
    /// Where the values of its columns are, where that is known.
    pub(crate) columns: Option<Columns>,
}

/// A record of the payload, in its order: what was read, and what was written for it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Record {
    /// The record in the source.
    pub(crate) node: Id,
    /// Its key there.
    pub(crate) key: Text,
    /// What its type says.
    pub(crate) kind: Option<Kind>,
    /// What was read.
    pub(crate) read: Option<Contact<Slot>>,
    /// What the target can hold of it.
    pub(crate) written: Option<Contact<Slot>>,
}

/// The kinds of the records that are written.
#[derive(Clone, Copy, Default)]
pub(crate) struct Kinds {
    all: u32,
    repeated: u32,
}

const _: () = assert!(Kind::ALL.len() <= u32::BITS as usize);

impl Kinds {
    /// Takes a record's in.
    #[inline(always)]
    pub(crate) fn meet(&mut self, kind: Kind) {
        self.repeated |= self.all & bit(kind);
        self.all |= bit(kind);
    }

    /// Whether a record of a kind was met.
    #[inline(always)]
    pub(crate) fn has(self, kind: Kind) -> bool {
        self.all & bit(kind) != 0
    }

    /// Whether more than one was.
    #[inline(always)]
    pub(crate) fn repeat(self, kind: Kind) -> bool {
        self.repeated & bit(kind) != 0
    }
}

#[inline(always)]
fn bit(kind: Kind) -> u32 {
    1_u32.wrapping_shl(kind as u32)
}

/// A value of a contact, and the node it was read from.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Slot {
    pub(crate) text: Text,
    pub(crate) node: Id,
}

/// The kind as which v2 has a contact.
pub(crate) fn v2_kind(kind: Kind) -> Kind {
    match table::row(kind).special {
        table::Special::InV2(kind, _) => kind,
        table::Special::Nothing | table::Special::AliasSays(_) => kind,
    }
}

/// By kind, a digest that has its name.
static STARTS: LazyLock<Vec<Digest>> = LazyLock::new(|| {
    let start = |kind| {
        let name = table::row(kind).name.anywhere(Format::V2).as_bytes();
        let mut digest = Digest::START;
        digest.add_nth(0, name, name.len());
        digest
    };
    Kind::ALL.into_iter().map(start).collect()
});

/// A short digest of what is written for a record: its type, its comment and its fields. A comment that is missing
/// counts as an empty one; of a field the two are told apart.
pub(crate) fn digest(tree: &Tree, contact: &Contact<Slot>) -> u64 {
    let mut digest = STARTS.get(contact.kind as usize).copied().unwrap_or(Digest::START);
    let mut add = |n, text| {
        let (from, len) = tree.and_behind(text);
        digest.add_nth(n, from, len);
    };
    if let Some(Slot { text, .. }) = contact.comment
        && !text.is_empty()
    {
        add(1, text);
    }
    for (n, slot) in (2..).zip(contact.values()) {
        if let Some(slot) = slot {
            add(n, slot.text);
        }
    }
    // Without another turn, some bytes of the last word would stand where the digest is cut off.
    digest.add(0);
    digest.end()
}
