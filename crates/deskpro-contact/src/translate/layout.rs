//! Where the parts of a record stand among its nodes. Records whose keys came by one course have the same names in the
//! same order: what is found of one, by its names, is where it is in all of them.

use std::num::NonZeroU32;

use crate::model::{Contact, Kind, MOST_FIELDS};
use crate::record::{Parts, Slot};
use crate::tree::{Behind, Id, Tree};

/// The layout of the records of one course, in one line of the processor's cache. Places are counted from the record's own
/// node.
#[derive(Clone, Copy, Debug)]
#[repr(align(64))]
pub(crate) struct Layout {
    pub(crate) type_node: Behind,
    pub(crate) comment: Option<Behind>,
    pub(crate) fields: Behind,
    /// By kind, where it has the values of its columns.
    columns: [Option<Columns>; Kind::ALL.len()],
}

/// Where a record has the values of its kind's columns: for each the bits of its place, and one above them all that is
/// always set. It is handed on for every record, and so no wider than a word.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Columns(NonZeroU32);

/// How many bits a place has.
const PLACE: u32 = 6;

const _: () = assert!(MOST_FIELDS as u32 * PLACE < u32::BITS && size_of::<Option<Layout>>() <= 64);

impl Columns {
    /// None where one of them is too far behind the record's own node.
    fn new(places: [Option<Behind>; MOST_FIELDS]) -> Option<Self> {
        let bits = places.iter().rev().try_fold(1_u32, |bits, place| {
            let place = place.map_or(0, Behind::count);
            (place >> PLACE == 0).then_some(bits << PLACE | place)
        });
        NonZeroU32::new(bits?).map(Self)
    }

    /// Where the values are, in order.
    #[inline(always)]
    pub(crate) fn each(self) -> impl Iterator<Item = Option<Behind>> {
        let mut bits = self.0.get();
        std::iter::from_fn(move || {
            let place = bits & ((1 << PLACE) - 1);
            bits >>= PLACE;
            Some(Behind::new(place))
        })
    }
}

impl Layout {
    /// Where a record of a kind has the values of its columns, where that is known.
    pub(crate) fn columns(&self, kind: Kind) -> Option<Columns> {
        self.columns.get(kind as usize).copied().flatten()
    }
}

/// The layouts that were found, by course.
#[derive(Default, Debug)]
pub(crate) struct Layouts {
    /// Of the reader's courses, which it may number anew.
    edition: u64,
    layouts: Vec<Option<Layout>>,
}

impl Layouts {
    /// Makes ready for payloads whose courses are of that edition.
    pub(crate) fn begin(&mut self, edition: u64) {
        if self.edition != edition {
            self.layouts.clear();
            self.edition = edition;
        }
    }

    /// The layout of a record, where it is known.
    pub(crate) fn of(&self, tree: &Tree, record: Id) -> Option<&Layout> {
        self.layouts.get(usize::from(tree.course(record)?))?.as_ref()
    }

    /// Takes note of a record that has the known names alone, in their order.
    pub(crate) fn learn(&mut self, tree: &Tree, parts: &Parts, contact: &Contact<Slot>) -> Option<()> {
        let course = usize::from(tree.course(parts.node)?);
        let behind = |id: Id| id.since(parts.node);
        if self.layouts.len() <= course {
            self.layouts.resize(course.saturating_add(1), None);
        }
        let layout = self.layouts.get_mut(course)?.get_or_insert(Layout {
            type_node: behind(parts.type_node)?,
            comment: match parts.comment {
                Some(comment) => Some(behind(comment)?),
                None => None,
            },
            fields: behind(parts.fields)?,
            columns: [None; Kind::ALL.len()],
        });
        *layout.columns.get_mut(parts.of.kind as usize)? =
            Columns::new(contact.values().map(|slot| slot.and_then(|slot| behind(slot.node))));
        Some(())
    }
}
