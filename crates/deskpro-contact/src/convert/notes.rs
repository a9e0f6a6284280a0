//! What restoring a payload needs to know beyond its losses, where anything is lost or stands in another order.

use std::mem;

use super::Work;
use crate::legacy::{self, Records};
use crate::loss::{Code, Kept, Severity};
use crate::model::Kind;
use crate::other;
use crate::restore;
use crate::table::envelope;
use crate::translate::loss;
use crate::tree::{Id, Shape, integer};
use crate::v2::Items;

impl Work {
    /// What restoring a form needs to know beyond its losses.
    pub(super) fn legacy_notes(&mut self, root: Id, records: Records, mut has_losses: bool) {
        let is_single = matches!(records, Records::Single);
        if is_single {
            self.note(Code::SingleRecord, root, Kept::Nothing);
        }
        if let Records::Many(contact_data) = records {
            has_losses = has_losses || !self.is_numbered() || self.is_lost_under(contact_data);
            if has_losses {
                self.note(Code::Records, contact_data, Kept::Records);
            }
        } else if has_losses {
            self.note(Code::Records, root, Kept::Records);
        }
        let is_ordered = match records {
            Records::Absent => true,
            Records::Many(contact_data) => self.tree.after(contact_data).is_none(),
            Records::Single => {
                let names = self.tree.children(root).map(|field| self.tree.name(field));
                names.map(|name| restore::root_rank(name, true)).is_sorted()
            }
        };
        if !is_ordered {
            self.note(Code::Order, root, Kept::Keys(root));
        }
    }

    #[inline(never)]
    fn note(&mut self, code: Code, node: Id, value: Kept) {
        self.losses.push(loss(&self.tree, code, Severity::Note, node, value));
    }

    /// Whether something is lost in an array: where no record lost anything, it is what PHP threw away.
    fn is_lost_under(&self, array: Id) -> bool {
        let mut places = self.losses.iter().filter_map(|entry| entry.place.base());
        places.any(|node| self.tree.is_under(node, array))
    }

    /// Whether the way back would give each record its own key, in its own place.
    fn is_numbered(&self) -> bool {
        let mut last = None;
        let mut seen = [false; Kind::ALL.len()];
        (1_i64..).zip(&self.records).all(|(n, record)| {
            let Some(contact) = record.written else { return false };
            if last != Some(contact.kind) {
                let is_seen = seen.get_mut(contact.kind as usize);
                if is_seen.is_none_or(|is_seen| mem::replace(is_seen, true)) {
                    return false;
                }
                last = Some(contact.kind);
            }
            integer(self.tree.bytes(record.key)) == Some(n)
        })
    }

    /// What restoring a body needs to know beyond its losses.
    pub(super) fn v2_notes(&mut self, items: Items, mut has_losses: bool) {
        let (contact_data, lists) = match items {
            Items::Absent => return,
            Items::Bare(list) => {
                self.losses.push(other::shape(&self.tree, list, other::LIST));
                (list, Vec::new())
            }
            Items::Flat(list) | Items::Grouped(list) if self.tree.first(list).is_none() => {
                self.lose_nothing(list);
                return;
            }
            Items::Flat(list) => {
                let is_list = self.tree.is_list(list);
                let word = if is_list { other::LIST } else { other::NUMBERED };
                self.losses.push(other::shape(&self.tree, list, word));
                has_losses |= !is_list;
                (list, Vec::new())
            }
            Items::Grouped(node) => (node, self.tree.children(node).collect()),
        };
        let mut is_gap = false;
        let mut is_ordered = true;
        let mut records = self.records.iter().peekable();
        let mut empty = Vec::new();
        let mut shaped = Vec::new();
        for &list in &lists {
            let (mut was_written, mut list_gap, mut list_ordered, mut is_empty) = (false, false, true, true);
            while let Some(record) =
                records.next_if(|record| record.node == list || self.tree.parent(record.node) == list)
            {
                is_empty = false;
                let is_written = record.written.is_some();
                was_written |= is_written;
                list_ordered &= !(is_written && list_gap);
                list_gap |= !is_written;
            }
            is_ordered &= !(was_written && is_gap);
            is_gap |= !was_written;
            // What is put back for an emptiness comes last of all.
            is_ordered &= is_empty || empty.is_empty();
            if is_empty {
                empty.push(list);
            } else if self.tree.array(list).is_some_and(|array| array.shape == Shape::Object) {
                shaped.push((list, list_ordered && self.tree.counts(list)));
            }
        }
        if empty.len() == lists.len() && !lists.is_empty() {
            // Nothing but emptinesses.
            self.lose_nothing(contact_data);
            return;
        }
        for list in empty {
            self.lose_nothing(list);
            has_losses = true;
        }
        for (list, is_ordered) in shaped {
            self.losses.push(other::shape(&self.tree, list, other::OBJECT));
            if !is_ordered {
                self.note(Code::Order, list, Kept::Keys(list));
            }
            has_losses = true;
        }
        if !is_ordered {
            self.note(Code::Order, contact_data, Kept::Keys(contact_data));
            has_losses = true;
        }
        if has_losses {
            self.note(Code::Records, contact_data, Kept::Records);
        }
    }

    fn lose_nothing(&mut self, node: Id) {
        self.note(Code::LeftOut, node, Kept::Node(node));
    }

    /// Notes the order of a body's names, where what is put back would not come last.
    pub(super) fn order_of_form(&mut self, root: Id, target: Id) {
        if self.tree.array(root).is_none_or(|array| array.shape == Shape::List) {
            return;
        }
        let is_said = |field| self.tree.child(target, self.tree.name(field)).is_some();
        let gaps: Vec<Id> = self.tree.children(root).skip_while(|&field| is_said(field)).collect();
        let said_behind = gaps.iter().any(|&field| is_said(field));
        // The losses of other fields are in the body's order; those of contact data and of a single record are not.
        let is_own = |&field: &Id| {
            let name = self.tree.name(field);
            name == envelope::CONTACT_DATA.as_bytes() || legacy::is_own(name)
        };
        if said_behind || gaps.len() > 1 && gaps.iter().any(is_own) {
            self.note(Code::Order, root, Kept::Keys(root));
        }
    }
}
