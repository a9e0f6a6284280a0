//! Puts losses back into a target, one after the other.

use std::collections::{HashMap, HashSet};

use super::matching::FIRST;
use super::saved::{Grouping, Layout, SavedLoss, SavedLosses, WrittenRecord};
use crate::bytes::integer;
use crate::form;
use crate::json;
use crate::loss::{Code, LostValue, PendingLoss, PutBack, Severity, word};
use crate::model::lookup::{service_in, type_of};
use crate::model::table::{self, Format, Rule, envelope, row};
use crate::model::{Field, Kind};
use crate::place::Place;
use crate::sources;
use crate::tree::{Array, Id, Node, Shape, Text, Tree};

/// Puts losses back into a target.
pub(crate) struct Restorer<'b> {
    pub(crate) tree: &'b mut Tree,
    pub(crate) losses: &'b mut Vec<PendingLoss>,
    pub(crate) to: Format,
    pub(crate) root: Id,
    pub(crate) contact_data: Id,
    /// The list of phones, if the target has one beside its contact data.
    pub(crate) phones: Option<Id>,
    /// Whether the target is a form with a single record.
    pub(crate) is_single: bool,
    /// The names of the lists to which new items are added after the losses are put back.
    pub(crate) lists: HashSet<&'static str>,
}

impl Restorer<'_> {
    /// Puts all losses back, each as [`PutBack`] says for its code.
    pub(crate) fn put(&mut self, saved: &SavedLosses) {
        let mut touched = HashSet::new();
        let mut taken = Vec::new();
        for loss in &saved.losses {
            let path = self.moved(&saved.layout, &loss.path);
            let is_done = match loss.code.put_back() {
                PutBack::Value
                | PutBack::ValueIfTaken
                | PutBack::Record
                | PutBack::OldSpelling
                | PutBack::TakeOut
                | PutBack::PhoneNumber
                | PutBack::Extension
                    if !self.is_representable(loss, &path) =>
                {
                    false
                }
                PutBack::Value => self.put_value(loss, &path, false, &mut touched),
                PutBack::Record if loss.is_list_taken && !self.has_taken_list() => false,
                PutBack::Record => self.put_value(loss, &path, true, &mut touched),
                PutBack::OldSpelling => self.put_old(loss, &path, &mut touched),
                PutBack::TakeOut => {
                    self.take_out(loss, &path);
                    true
                }
                PutBack::ValueIfTaken => self.put_taken(loss, &path, &mut touched),
                PutBack::PhoneNumber => self.put_number(loss, &path, &mut touched),
                PutBack::Extension => self.put_extension(loss, &path, &mut touched),
                PutBack::OfSource => loss.severity == Severity::Note,
                PutBack::Order
                | PutBack::Type
                | PutBack::Shape
                | PutBack::TextBytes
                | PutBack::NameBytes
                | PutBack::Guide
                | PutBack::Nothing => true,
            };
            if is_done {
            } else if loss.code.put_back() == PutBack::ValueIfTaken {
                taken.push((loss, path));
            } else {
                self.left_over(loss);
            }
        }
        // The field that took a name can be a loss, too. By now, it is put back.
        for (loss, path) in taken {
            if !self.is_representable(loss, &path) || !self.put_taken(loss, &path, &mut touched) {
                self.left_over(loss);
            }
        }
        for array in touched {
            self.sort(array);
        }
        for loss in &saved.losses {
            let path = self.moved(&saved.layout, &loss.path);
            let Some(node) = self.find(&path) else { continue };
            if loss.code.put_back() == PutBack::Type {
                self.set_type(node, loss);
            } else if loss.code.put_back() == PutBack::Shape {
                self.set_shape(node, loss);
            }
        }
        if self.to == Format::Legacy || saved.layout.grouping != Grouping::Grouped {
            // A list of a body has no phones, whose keys can be equal to those of its items.
            let is_in_list = |record: &&WrittenRecord| self.to == Format::Legacy || !record.is_phone;
            let records = saved.layout.records.iter().flatten().filter(is_in_list);
            let keys: Vec<Text> = records.map(|record| record.key).collect();
            if !keys.is_empty() {
                self.order(self.contact_data, &keys);
            }
        }
        for loss in &saved.losses {
            if loss.code.put_back() == PutBack::Order {
                let is_root = loss.path.is_empty();
                let path = if is_root { Vec::new() } else { self.moved(&saved.layout, &loss.path) };
                let texts = loss.value.map(|value| self.tree.children(value).collect::<Vec<_>>());
                let keys: Vec<Text> =
                    texts.into_iter().flatten().filter_map(|key| self.tree.text(key)).collect();
                if let Some(node) = self.find(&path) {
                    self.order(node, &keys);
                }
            }
        }
        self.put_bytes(saved);
    }

    /// Whether the target can represent the path and the value of a loss. False only if the losses file was edited or
    /// belongs to the other direction: JSON cannot represent bytes that are not UTF-8, and a form some names.
    fn is_representable(&self, loss: &SavedLoss, path: &[Text]) -> bool {
        let names = || path.iter().map(|name| &self.tree[*name]);
        match self.to {
            Format::V2 => {
                names().all(|name| std::str::from_utf8(name).is_ok())
                    && loss.value.is_none_or(|value| self.tree.holds_utf8(value))
            }
            Format::Legacy => {
                let first = names().next();
                // A value must not replace the array of records.
                let is_array_of_records = path.len() == 1 && first == Some(envelope::CONTACT_DATA.as_bytes());
                !is_array_of_records
                    && names()
                        .enumerate()
                        .all(|(n, name)| form::is_representable(name, first.filter(|_| n > 0)))
                    && loss.value.is_none_or(|value| self.is_representable_under(value, first))
            }
        }
    }

    /// Whether a form can represent all names under a node. `first` is the first segment of their keys.
    fn is_representable_under(&self, node: Id, first: Option<&[u8]>) -> bool {
        self.tree.children(node).all(|child| {
            let name = self.tree.name(child);
            form::is_representable(name, first) && self.is_representable_under(child, first.or(Some(name)))
        })
    }

    /// Adapts a path if the records moved: a single record is now one of several, or items that were the whole body now
    /// have other fields beside them.
    pub(super) fn moved(&mut self, layout: &Layout, path: &[Text]) -> Vec<Text> {
        let tree = &mut *self.tree;
        // A loss of the whole record has an empty path.
        let is_own = path.first().is_none_or(|first| sources::form::is_record_name(&tree[*first]));
        let mut moved = Vec::with_capacity(path.len() + 2);
        if layout.is_single && !self.is_single && self.to == Format::Legacy && is_own {
            moved.push(tree.intern_name(envelope::CONTACT_DATA));
            moved.push(tree.number(FIRST));
        } else if layout.grouping == Grouping::Bare && self.root != self.contact_data && !path.is_empty() {
            moved.push(tree.intern_name(envelope::CONTACT_DATA));
        }
        moved.extend_from_slice(path);
        moved
    }

    /// The member at a path.
    pub(super) fn find(&self, path: &[Text]) -> Option<Id> {
        let tree = &*self.tree;
        path.iter().try_fold(self.root, |node, name| tree.child(node, &tree[*name]))
    }

    /// The array for the value with a path, and the value's name in it. Makes missing arrays above a record.
    fn parent(&mut self, path: &[Text], is_record: bool) -> Option<(Id, Text)> {
        let (&name, above) = path.split_last()?;
        let mut node = self.root;
        let mut is_missing = false;
        for (depth, &name) in above.iter().enumerate() {
            let tree = &mut *self.tree;
            let found = tree.child(node, &tree[name]);
            node = match found {
                Some(node) => node,
                // Attaches `contact_data` below. If the items are the whole body, such a path was edited by hand.
                None if depth == 0
                    && node != self.contact_data
                    && tree[name] == *envelope::CONTACT_DATA.as_bytes() =>
                {
                    is_missing = true;
                    self.contact_data
                }
                None if is_record && node == self.contact_data && self.to == Format::V2 => {
                    tree.append(node, name, Node::Array(Array::new(Shape::List)), 0)
                }
                None if is_record && depth == 0 && tree[name] == *envelope::PHONE_NUMBERS.as_bytes() => {
                    let phones = self.phones?;
                    tree.attach(node, phones);
                    phones
                }
                None => return None,
            };
        }
        self.tree.array(node)?;
        if is_missing {
            // Attached last, because an empty `contact_data` must not be added.
            self.tree.attach(self.root, self.contact_data);
        }
        Some((node, name))
    }

    pub(super) fn put_value(
        &mut self,
        loss: &SavedLoss,
        path: &[Text],
        is_record: bool,
        touched: &mut HashSet<Id>,
    ) -> bool {
        let Some(value) = loss.value else { return false };
        if path.is_empty() {
            // The value is a single record: its parts go beside the other fields.
            let mut is_done = true;
            let mut next = self.tree.first(value);
            while let Some(part) = next {
                next = self.tree.after(part);
                is_done &= self.put_at(self.root, self.tree[part].key, part);
            }
            touched.insert(self.root);
            return is_done;
        }
        let Some((parent, name)) = self.parent(path, is_record) else { return false };
        // The output has items of this type, so a value that is not a list must not replace their list.
        let is_list = |name| std::str::from_utf8(name).is_ok_and(|name| self.lists.contains(name));
        if parent == self.contact_data && self.tree.array(value).is_none() && is_list(&self.tree[name]) {
            return false;
        }
        touched.insert(parent);
        self.put_at(parent, name, value)
    }

    /// Puts a value under a name. If the output already has the name, returns whether its value is equal.
    fn put_at(&mut self, parent: Id, name: Text, value: Id) -> bool {
        let tree = &mut *self.tree;
        match tree.child(parent, &tree[name]) {
            Some(there) => tree.equal(there, tree, value),
            None => {
                tree.append(parent, name, tree.link(value), 0);
                true
            }
        }
    }

    fn put_old(&mut self, loss: &SavedLoss, path: &[Text], touched: &mut HashSet<Id>) -> bool {
        let Some(value) = loss.value else { return false };
        let Some(node) = self.find(path) else {
            // A form never has `display_feed`, and a v2 body never has the type of a phone, so the value is put back as
            // it was.
            let has_no_place = loss.code == Code::DisplayFeed && self.to == Format::V2
                || loss.code == Code::PhoneType && self.to == Format::Legacy;
            return has_no_place && self.put_value(loss, path, false, touched);
        };
        let tree = &*self.tree;
        let now = form::scalar(tree, tree.node(node));
        let old = form::scalar(tree, tree.node(value));
        if matches!(loss.code, Code::TypeName | Code::PhoneType) {
            return self.put_type(node, value);
        }
        let is_still_equal = if loss.code == Code::Service {
            service_in(self.to.other(), old).as_bytes() == now
        } else {
            let truth = if table::truth(old) { table::TRUE } else { table::FALSE };
            truth.as_bytes() == now
        };
        if is_still_equal {
            self.tree.set(node, self.tree.node(value));
        }
        is_still_equal
    }

    /// Puts the spelling of a type back, if it still means the same kind.
    fn put_type(&mut self, id: Id, value: Id) -> bool {
        let (Some(old), Some(now)) = (self.kind_named_by(value), self.kind_named_by(id)) else {
            return false;
        };
        let tree = &mut *self.tree;
        if let Rule::MapsTo(as_kind, service) = row(old).rule {
            // v2 has a service in place of the legacy type. It is removed from the record.
            let service_node = tree.parent(id).and_then(|record| {
                let column = row(as_kind).columns.iter().find(|column| column.field == Field::Service)?;
                let data = tree.child(record, envelope::DATA.as_bytes())?;
                tree.child(data, column.name.anywhere(Format::Legacy).as_bytes())
            });
            let word = table::service(service).anywhere(Format::V2);
            match service_node {
                Some(at) if now == as_kind && form::scalar(tree, tree.node(at)) == word.as_bytes() => {
                    tree.set(at, Node::Removed);
                }
                _ => return false,
            }
        } else if old != now {
            return false;
        }
        tree.set(id, tree.node(value));
        true
    }

    /// The kind that the text of a member of a form names.
    fn kind_named_by(&self, id: Id) -> Option<Kind> {
        type_of(Format::Legacy, &self.tree[self.tree.text(id)?]).ok().map(|found| found.kind)
    }

    /// The kind of a record of a form.
    fn kind_of_record(&self, record: Id) -> Option<Kind> {
        self.kind_named_by(self.tree.child(record, envelope::TYPE.as_bytes())?)
    }

    /// Removes a default that was filled in, or puts back the empty value that was there, if the output still has the
    /// default.
    fn take_out(&mut self, loss: &SavedLoss, path: &[Text]) {
        let Some(id) = self.find(path) else { return };
        let record = self.tree.parent(id).and_then(|data| self.tree.parent(data));
        let Some(kind) = record.and_then(|record| self.kind_of_record(record)) else { return };
        let tree = &mut *self.tree;
        let Some(column) = row(kind).column(Format::Legacy, tree.name(id)) else { return };
        if row(kind).columns[column].default_text().as_bytes() == form::scalar(tree, tree.node(id)) {
            let node = loss.value.map_or(Node::Removed, |value| tree.node(value));
            tree.set(id, node);
        }
    }

    /// Sorts the names of an array into which a value was put, in the order in which they are written.
    fn sort(&mut self, array: Id) {
        let tree = &*self.tree;
        let Some(shape) = tree.array(array).map(|array| array.shape) else { return };
        let position = |rank: usize| i64::try_from(rank).unwrap_or(i64::MAX);
        let rank: Box<dyn Fn(Id) -> i64> = match self.to {
            Format::V2 if shape == Shape::List => {
                Box::new(|child| integer(tree.name(child)).unwrap_or(i64::MAX))
            }
            Format::V2 => {
                let Some(kind) = self.kind_of_item(array) else { return };
                Box::new(move |child| position(sources::v2::rank(kind, tree.name(child))))
            }
            Format::Legacy if array == self.root => {
                Box::new(|child| position(sources::form::root_rank(tree.name(child), self.is_single)))
            }
            Format::Legacy if tree.parent(array) == Some(self.contact_data) => {
                Box::new(|child| position(sources::form::rank(tree.name(child))))
            }
            // The fields of a record. Other arrays have no type above them and stay unsorted.
            Format::Legacy => {
                let Some(kind) = tree.parent(array).and_then(|record| self.kind_of_record(record)) else {
                    return;
                };
                Box::new(move |child| {
                    row(kind).column(Format::Legacy, tree.name(child)).map_or(i64::MAX, position)
                })
            }
        };
        let mut children: Vec<Id> = tree.children(array).collect();
        children.sort_by_cached_key(|&child| rank(child));
        drop(rank);
        self.tree.reorder(array, &children);
    }

    /// The kind of an item of a body.
    fn kind_of_item(&self, item: Id) -> Option<Kind> {
        let tree = &*self.tree;
        let list = tree.parent(item)?;
        if Some(list) == self.phones {
            return Some(Kind::Phone);
        }
        let name = if list == self.contact_data {
            tree.text(tree.child(item, envelope::CONTACT_TYPE.as_bytes())?)?
        } else if tree.parent(list) == Some(self.contact_data) {
            tree[list].key
        } else {
            return None;
        };
        type_of(Format::V2, &tree[name]).ok().map(|found| found.kind)
    }

    /// Puts the names of an array into an order. Names that are not in `keys` come last.
    fn order(&mut self, array: Id, keys: &[Text]) {
        let tree = &*self.tree;
        // An edited losses file may have an order for a scalar.
        if tree.array(array).is_none() {
            return;
        }
        let rank: HashMap<&[u8], usize> = keys.iter().enumerate().map(|(n, key)| (&tree[*key], n)).collect();
        let mut children: Vec<Id> = tree.children(array).collect();
        children.sort_by_cached_key(|&child| rank.get(tree.name(child)).copied().unwrap_or(usize::MAX));
        self.tree.reorder(array, &children);
    }

    /// Sets the JSON type of a text, if the text is valid for the type.
    fn set_type(&mut self, id: Id, loss: &SavedLoss) {
        let tree = &mut *self.tree;
        let Some(text) = tree.text(id) else { return };
        let Some(word) = loss.value.and_then(|value| tree.text(value)).map(|word| &tree[word]) else {
            return;
        };
        let node = match &tree[text] {
            b"1" if word == word::BOOLEAN.as_bytes() => Node::Bool(true),
            b"0" if word == word::BOOLEAN.as_bytes() => Node::Bool(false),
            digits if word == word::NUMBER.as_bytes() && json::is_number(digits) => Node::Number(text),
            _ => return,
        };
        tree.set(id, node);
    }

    fn set_shape(&mut self, id: Id, loss: &SavedLoss) {
        let tree = &mut *self.tree;
        let shape = match loss.value.and_then(|value| tree.text(value)).map(|word| &tree[word]) {
            Some(word) if word == word::LIST.as_bytes() => Shape::List,
            Some(word) if word == word::OBJECT.as_bytes() => Shape::Object,
            _ => return,
        };
        let is_body = id == self.root && self.root != self.contact_data;
        if tree.array(id).is_none() || is_body && shape == Shape::List {
            return;
        }
        if shape == Shape::List {
            let mut children: Vec<Id> = tree.children(id).collect();
            children.sort_by_cached_key(|&child| integer(tree.name(child)).unwrap_or(i64::MAX));
            let counts = (0..).zip(&children).all(|(n, &child)| integer(tree.name(child)) == Some(n));
            // An edit changed the keys, so the array is no longer a list.
            if !counts {
                return;
            }
            tree.reorder(id, &children);
        }
        tree.set_shape(id, shape);
    }

    /// Adds a loss that could not be put back to the losses of this run.
    pub(super) fn left_over(&mut self, loss: &SavedLoss) {
        self.losses.push(PendingLoss {
            code: Code::LeftOver,
            severity: loss.severity,
            place: Place::Path(loss.path_text),
            value: loss.value.map_or(LostValue::None, LostValue::Tree),
            at: 0,
            why: None,
        });
    }
}
