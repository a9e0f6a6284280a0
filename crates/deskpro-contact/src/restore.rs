//! Putting losses back.
//!
//! Restoring converts the output the other way, writing all that either format was read to say and filling nothing
//! in, and then makes a few moves: a value goes to its path, an old value goes back if converting it gives what
//! stands there now, what was filled in is taken out, a JSON type or shape is set, and names are put in their
//! order. The output wins over a loss for the same place; a loss that finds none is left over.
mod notes;
mod places;

pub(crate) use self::notes::{Grouping, Guide, Notes};
pub(crate) use self::places::{Given, Places};

use std::collections::{HashMap, HashSet};

use self::notes::Note;
use self::places::FIRST;
use crate::form;
use crate::json;
use crate::legacy;
use crate::loss::{Code, Entry, Kept, Move, Place};
use crate::other;
use crate::table::{self, Format, Special, Type, envelope};
use crate::translate::{BOOLEAN, NUMBER};
use crate::tree::{Array, Held, Id, Shape, Text, Tree, integer};
use crate::v2;

/// Where a name stands at the top of a form: other fields first.
pub(crate) fn root_rank(name: &[u8], is_single: bool) -> usize {
    if name == envelope::CONTACT_DATA.as_bytes() {
        4
    } else if is_single && legacy::is_own(name) {
        legacy::rank(name).saturating_add(1)
    } else {
        0
    }
}

/// Puts losses back into a target.
pub(crate) struct Back<'b> {
    pub(crate) tree: &'b mut Tree,
    pub(crate) losses: &'b mut Vec<Entry>,
    pub(crate) to: Format,
    pub(crate) root: Id,
    pub(crate) contact_data: Id,
    /// Whether the one record stands beside the other fields.
    pub(crate) is_single: bool,
    /// The names of the lists that new items go into when all is put back.
    pub(crate) lists: HashSet<&'static str>,
}

impl Back<'_> {
    pub(crate) fn put(&mut self, notes: &Notes) {
        let mut touched = HashSet::new();
        for note in &notes.notes {
            let path = self.moved(&notes.guide, &note.path);
            let is_done = match note.code.back() {
                Move::Put | Move::PutRecord | Move::Old | Move::TakeOut if !self.can_say(note, &path) => {
                    false
                }
                Move::Put => self.put_value(note, &path, false, &mut touched),
                Move::PutRecord => self.put_value(note, &path, true, &mut touched),
                Move::Old => self.put_old(note, &path, &mut touched),
                Move::TakeOut => {
                    self.take_out(note, &path);
                    true
                }
                Move::Order | Move::Type | Move::Shape | Move::Guide | Move::Nothing => true,
            };
            if !is_done {
                self.left_over(note);
            }
        }
        for array in touched {
            self.sort(array);
        }
        for note in &notes.notes {
            let path = self.moved(&notes.guide, &note.path);
            let Some(node) = self.find(&path) else { continue };
            if note.code.back() == Move::Type {
                self.set_type(node, note);
            } else if note.code.back() == Move::Shape {
                self.set_shape(node, note);
            }
        }
        if self.to == Format::Legacy || notes.guide.grouping != Grouping::Grouped {
            let keys: Vec<Text> = notes.guide.records.iter().flatten().map(|written| written.key).collect();
            if !keys.is_empty() {
                self.order(self.contact_data, &keys);
            }
        }
        for note in &notes.notes {
            if note.code.back() == Move::Order {
                let is_root = note.path.is_empty();
                let path = if is_root { Vec::new() } else { self.moved(&notes.guide, &note.path) };
                let texts = note.value.map(|value| self.tree.children(value).collect::<Vec<_>>());
                let keys: Vec<Text> =
                    texts.into_iter().flatten().filter_map(|key| self.tree.text(key)).collect();
                if let Some(node) = self.find(&path) {
                    self.order(node, &keys);
                }
            }
        }
    }

    /// Whether the target can hold what a note says. What was lost can be put back; but a file that was edited, or is
    /// that of the other direction, may hold bytes of which no JSON can be made, and names that no form can say.
    fn can_say(&self, note: &Note, path: &[Text]) -> bool {
        let names = || path.iter().map(|name| self.tree.bytes(*name));
        match self.to {
            Format::V2 => {
                names().all(|name| std::str::from_utf8(name).is_ok())
                    && note.value.is_none_or(|value| self.tree.holds_utf8(value))
            }
            Format::Legacy => {
                let first = names().next();
                // The array of the records is no value of a record or beside them.
                let is_array_of_records = path.len() == 1 && first == Some(envelope::CONTACT_DATA.as_bytes());
                !is_array_of_records
                    && names().enumerate().all(|(n, name)| form::can_say(name, first.filter(|_| n > 0)))
                    && note.value.is_none_or(|value| self.can_say_under(value, first))
            }
        }
    }

    /// Whether a form can say the names under a node, which stand under the name `first`.
    fn can_say_under(&self, node: Id, first: Option<&[u8]>) -> bool {
        self.tree.children(node).all(|child| {
            let name = self.tree.name(child);
            form::can_say(name, first) && self.can_say_under(child, first.or(Some(name)))
        })
    }

    /// The path, where the records moved: a single record that is one of several now, items that were the whole
    /// body and now stand beside other fields.
    fn moved(&mut self, guide: &Guide, path: &[Text]) -> Vec<Text> {
        let tree = &mut *self.tree;
        // The record's own path is empty.
        let is_own = path.first().is_none_or(|first| legacy::is_own(tree.bytes(*first)));
        let mut moved = Vec::with_capacity(path.len().saturating_add(2));
        if guide.is_single && !self.is_single && self.to == Format::Legacy && is_own {
            moved.push(tree.name_of(envelope::CONTACT_DATA));
            moved.push(tree.number(FIRST));
        } else if guide.grouping == Grouping::Bare && self.root != self.contact_data && !path.is_empty() {
            moved.push(tree.name_of(envelope::CONTACT_DATA));
        }
        moved.extend_from_slice(path);
        moved
    }

    /// The node at a path.
    fn find(&self, path: &[Text]) -> Option<Id> {
        let tree = &*self.tree;
        path.iter().try_fold(self.root, |node, name| tree.child(node, tree.bytes(*name)))
    }

    /// The array that a value at this path goes into, and its name there. The arrays around whole records are
    /// made where they are missing.
    fn parent(&mut self, path: &[Text], is_record: bool) -> Option<(Id, Text)> {
        let (&name, above) = path.split_last()?;
        let mut node = self.root;
        let mut is_missing = false;
        for (depth, &name) in above.iter().enumerate() {
            let tree = &mut *self.tree;
            let found = tree.child(node, tree.bytes(name));
            node = match found {
                Some(node) => node,
                // Not where the items are the whole body: the path was edited.
                None if depth == 0
                    && node != self.contact_data
                    && tree.bytes(name) == envelope::CONTACT_DATA.as_bytes() =>
                {
                    is_missing = true;
                    self.contact_data
                }
                None if is_record && node == self.contact_data && self.to == Format::V2 => {
                    tree.append(node, name, Held::Array(Array::new(Shape::List)), 0)
                }
                None => return None,
            };
        }
        self.tree.array(node)?;
        if is_missing {
            // Not before a value goes in: an array of records that are not there is none.
            self.tree.hang(self.root, self.contact_data);
        }
        Some((node, name))
    }

    fn put_value(&mut self, note: &Note, path: &[Text], is_record: bool, touched: &mut HashSet<Id>) -> bool {
        let Some(value) = note.value else { return false };
        if path.is_empty() {
            // A single record: its parts go beside the other fields.
            let mut is_done = true;
            let mut next = self.tree.first(value);
            while let Some(part) = next {
                next = self.tree.after(part);
                is_done &= self.put_at(self.root, self.tree.key(part), part);
            }
            touched.insert(self.root);
            return is_done;
        }
        let Some((parent, name)) = self.parent(path, is_record) else { return false };
        // The output has items there: what was no list does not take their place.
        let is_list = |name| std::str::from_utf8(name).is_ok_and(|name| self.lists.contains(name));
        if parent == self.contact_data && self.tree.array(value).is_none() && is_list(self.tree.bytes(name)) {
            return false;
        }
        touched.insert(parent);
        self.put_at(parent, name, value)
    }

    /// Puts a value under a name. What the output says there wins.
    fn put_at(&mut self, parent: Id, name: Text, value: Id) -> bool {
        let tree = &mut *self.tree;
        match tree.child(parent, tree.bytes(name)) {
            Some(there) => tree.equal(there, tree, value),
            None => {
                let held = tree.passed(value);
                tree.append(parent, name, held, 0);
                true
            }
        }
    }

    fn put_old(&mut self, note: &Note, path: &[Text], touched: &mut HashSet<Id>) -> bool {
        let Some(value) = note.value else { return false };
        let Some(node) = self.find(path) else {
            // The legacy document has no display_feed: the body's own goes back whole.
            return note.code == Code::DisplayFeed
                && self.to == Format::V2
                && self.put_value(note, path, false, touched);
        };
        let tree = &*self.tree;
        let now = form::scalar(tree, tree.held(node));
        let old = form::scalar(tree, tree.held(value));
        if note.code == Code::TypeName {
            return self.put_type(node, value);
        }
        let gives = if note.code == Code::Service {
            table::service_in(self.to.other(), (old, old.len())).as_bytes() == now
        } else {
            let truth = if table::truth(old) { table::TRUE } else { table::FALSE };
            truth.as_bytes() == now
        };
        if gives {
            self.tree.set(node, self.tree.held(value));
        }
        gives
    }

    /// Puts a type back as it was spelled.
    fn put_type(&mut self, node: Id, value: Id) -> bool {
        let tree = &mut *self.tree;
        let kind = |node| {
            let text = tree.text(node)?;
            Some(table::kind_of(Format::Legacy, tree.and_behind(text))?.kind)
        };
        let (Some(old), Some(now)) = (kind(value), kind(node)) else { return false };
        if let Special::InV2(as_kind, service) = table::row(old).special {
            // The service says so in v2; in the legacy record the type does.
            let name = table::row(as_kind).columns.iter().find(|column| column.0 == crate::Field::Service);
            let service_node = name.and_then(|column| {
                let data = tree.child(tree.parent(node), envelope::DATA.as_bytes())?;
                tree.child(data, column.1.anywhere(Format::Legacy).as_bytes())
            });
            let word = table::service(service).anywhere(Format::V2);
            match service_node {
                Some(at) if now == as_kind && form::scalar(tree, tree.held(at)) == word.as_bytes() => {
                    tree.set(at, Held::Gone);
                }
                _ => return false,
            }
        } else if old != now {
            return false;
        }
        let held = tree.held(value);
        tree.set(node, held);
        true
    }

    /// Takes out what was filled in, where it still says so.
    fn take_out(&mut self, note: &Note, path: &[Text]) {
        let Some(node) = self.find(path) else { return };
        let tree = &mut *self.tree;
        let record = tree.parent(tree.parent(node));
        let kind = tree
            .child(record, envelope::TYPE.as_bytes())
            .and_then(|kind| tree.text(kind))
            .and_then(|text| table::kind_of(Format::Legacy, tree.and_behind(text)));
        let Some(Type { kind, .. }) = kind else { return };
        let row = table::row(kind);
        let column = row.column(Format::Legacy, tree.name(node)).and_then(|n| row.columns.get(n));
        if column.is_some_and(|column| column.filled().as_bytes() == form::scalar(tree, tree.held(node))) {
            let held = note.value.map_or(Held::Gone, |value| tree.held(value));
            tree.set(node, held);
        }
    }

    /// Puts the names of an array that something was put into where they belong.
    fn sort(&mut self, array: Id) {
        let tree = &*self.tree;
        let Some(shape) = tree.array(array).map(|array| array.shape) else { return };
        let kind = |node| {
            let text = tree.text(tree.child(node, envelope::TYPE.as_bytes())?)?;
            Some(table::kind_of(Format::Legacy, tree.and_behind(text))?.kind)
        };
        let rank: Box<dyn Fn(Id) -> i64> = match self.to {
            Format::V2 if shape == Shape::List => {
                Box::new(|child| integer(tree.name(child)).unwrap_or(i64::MAX))
            }
            Format::V2 => {
                let list = tree.parent(array);
                let item_kind = if list == self.contact_data {
                    tree.child(array, envelope::CONTACT_TYPE.as_bytes())
                        .and_then(|node| tree.text(node))
                        .and_then(|text| table::kind_of(Format::V2, tree.and_behind(text)))
                } else if tree.parent(list) == self.contact_data {
                    table::kind_of(Format::V2, tree.and_behind(tree.key(list)))
                } else {
                    return;
                };
                let Some(Type { kind, .. }) = item_kind else { return };
                Box::new(move |child| {
                    i64::try_from(v2::rank(Some(kind), tree.name(child))).unwrap_or(i64::MAX)
                })
            }
            Format::Legacy if array == self.root => {
                Box::new(|child| i64::try_from(root_rank(tree.name(child), self.is_single)).unwrap_or(0))
            }
            Format::Legacy if tree.parent(array) == self.contact_data => {
                Box::new(|child| i64::try_from(legacy::rank(tree.name(child))).unwrap_or(0))
            }
            // The fields of a record; whatever else there is has no type above it.
            Format::Legacy => {
                let Some(kind) = kind(tree.parent(array)) else { return };
                Box::new(move |child| {
                    let column = table::row(kind).column(Format::Legacy, tree.name(child));
                    column.and_then(|column| i64::try_from(column).ok()).unwrap_or(i64::MAX)
                })
            }
        };
        let mut children: Vec<Id> = tree.children(array).collect();
        children.sort_by_cached_key(|&child| rank(child));
        drop(rank);
        self.tree.reorder(array, &children);
    }

    /// Puts the names of an array in an order; those that it does not name stay behind the others.
    fn order(&mut self, array: Id, keys: &[Text]) {
        let tree = &*self.tree;
        let place: HashMap<&[u8], usize> =
            keys.iter().enumerate().map(|(n, key)| (tree.bytes(*key), n)).collect();
        let mut children: Vec<Id> = tree.children(array).collect();
        children.sort_by_cached_key(|&child| place.get(tree.name(child)).copied().unwrap_or(usize::MAX));
        self.tree.reorder(array, &children);
    }

    fn set_type(&mut self, node: Id, note: &Note) {
        let tree = &mut *self.tree;
        let Some(text) = tree.text(node) else { return };
        let Some(name) = note.value.and_then(|value| tree.text(value)).map(|name| tree.bytes(name)) else {
            return;
        };
        let held = match tree.bytes(text) {
            b"1" if name == BOOLEAN.as_bytes() => Held::Bool(true),
            b"0" if name == BOOLEAN.as_bytes() => Held::Bool(false),
            digits if name == NUMBER.as_bytes() && json::is_number(digits) => Held::Number(text),
            _ => return,
        };
        tree.set(node, held);
    }

    fn set_shape(&mut self, node: Id, note: &Note) {
        let tree = &mut *self.tree;
        let word = note.value.and_then(|value| tree.text(value)).map(|word| tree.bytes(word));
        let shape = match word {
            Some(word) if word == other::LIST.as_bytes() => Shape::List,
            Some(word) if word == other::OBJECT.as_bytes() => Shape::Object,
            _ => return,
        };
        if node == self.root && shape == Shape::List && self.root != self.contact_data {
            return;
        }
        if shape == Shape::List {
            // Where an edit gave it other names, it is a list no more.
            let mut children: Vec<Id> = tree.children(node).collect();
            children.sort_by_cached_key(|&child| integer(tree.name(child)).unwrap_or(i64::MAX));
            let counts = (0..).zip(&children).all(|(n, &child)| integer(tree.name(child)) == Some(n));
            if !counts {
                return;
            }
            tree.reorder(node, &children);
        }
        tree.set_shape(node, shape);
    }

    /// A loss that found no place is a loss of this run.
    fn left_over(&mut self, note: &Note) {
        self.losses.push(Entry {
            code: Code::LeftOver,
            severity: note.severity,
            place: Place::Path(note.written),
            value: note.value.map_or(Kept::Nothing, Kept::Node),
            at: 0,
            why: None,
        });
    }
}
