//! Where the parts of a record stand among its nodes. Records whose keys came by one course have the same names in the
//! same order: what is found of one, by its names, is where it is in all of them.

#[cfg(test)]
mod tests;

use crate::model::{Contact, Kind, MOST_FIELDS};
use crate::record::{Parts, Slot};
use crate::tree::{Behind, Id, Tree};

/// The layout of the records of one course. Places are counted from the record's own node.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Layout {
    pub(crate) type_node: Behind,
    pub(crate) comment: Option<Behind>,
    pub(crate) fields: Behind,
    /// By kind, where it has the values of its columns.
    columns: [Option<Columns>; Kind::ALL.len()],
}

/// Where a record has the values of its kind's columns.
pub(crate) type Columns = [Option<Behind>; MOST_FIELDS];

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
            Some(contact.values().map(|slot| slot.and_then(|slot| behind(slot.node))));
        Some(())
    }
}
