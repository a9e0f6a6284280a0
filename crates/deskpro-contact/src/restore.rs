//! Putting losses back.
//!
//! Restoring converts the output the other way, writing all that either format was read to say and filling nothing
//! in, and then makes a few moves: a value goes to its path, an old value goes back if converting it gives what
//! stands there now, what was filled in is taken out, a JSON type or shape is set, and names are put in their
//! order. The output wins over a loss for the same place; a loss that finds none is left over.

use std::collections::{HashMap, HashSet, VecDeque};

use crate::convert::Work;
use crate::error::{Error, ErrorKind};
use crate::form;
use crate::json;
use crate::legacy;
use crate::loss::{Code, Entry, Kept, Move, Place, Record, Severity, digest, v2_kind};
use crate::model::Kind;
use crate::other;
use crate::table::{self, Format, Special, envelope};
use crate::translate::{BOOLEAN, NUMBER};
use crate::tree::{Array, Held, Id, Shape, Text, Tree, integer};
use crate::v2;

/// The losses of one payload, read from their line.
#[derive(Debug)]
pub(crate) struct Notes {
    notes: Vec<Note>,
    pub(crate) guide: Guide,
}

#[derive(Debug)]
struct Note {
    code: Code,
    severity: Severity,
    path: Vec<Text>,
    /// The path as it was written.
    written: Option<Text>,
    value: Option<Id>,
}

/// Where the restored records belong.
#[derive(Default, Debug)]
pub(crate) struct Guide {
    pub(crate) is_single: bool,
    pub(crate) grouping: Grouping,
    records: Option<Vec<Written>>,
}

/// How a body has its items: see [`v2::Items`].
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub(crate) enum Grouping {
    #[default]
    Grouped,
    Flat,
    Numbered,
    Bare,
}

/// What was written for a record.
#[derive(Debug)]
struct Written {
    key: Text,
    item: Option<(Kind, u64)>,
}

impl Guide {
    pub(crate) fn shape(&self) -> Shape {
        match self.grouping {
            Grouping::Grouped | Grouping::Numbered => Shape::Object,
            Grouping::Flat | Grouping::Bare => Shape::List,
        }
    }
}

fn not_losses(found: &str) -> Error {
    Error::new(ErrorKind::NotLosses, String::new(), 0..0, "the losses of one payload", found)
}

impl Notes {
    /// Reads an object of a losses file; nothing is an object without losses.
    pub(crate) fn read(tree: &mut Tree, object: &[u8]) -> Result<Self, Error> {
        let mut notes = Self { notes: Vec::new(), guide: Guide::default() };
        if object.is_empty() {
            return Ok(notes);
        }
        let root = json::read_losses(tree, object).map_err(|error| not_losses(error.found()))?;
        let list = tree.child(root, b"losses").ok_or_else(|| not_losses("no losses"))?;
        let mut next = tree.first(list);
        while let Some(object) = next {
            next = tree.after(object);
            let note =
                Note::read(tree, object).ok_or_else(|| not_losses("a loss without code or severity"))?;
            notes.guide(tree, &note);
            notes.notes.push(note);
        }
        Ok(notes)
    }

    /// Takes up what a note says about where the others belong.
    fn guide(&mut self, tree: &Tree, note: &Note) {
        let word = || note.value.and_then(|value| tree.text(value)).map_or(&b""[..], |text| tree.bytes(text));
        if note.code == Code::SingleRecord {
            self.guide.is_single = true;
        } else if note.code == Code::Shape && note.path.is_empty() {
            self.guide.grouping = Grouping::Bare;
        } else if note.code == Code::Shape && note.is_at_contact_data(tree) {
            let is_list = word() == other::LIST.as_bytes();
            self.guide.grouping = if is_list { Grouping::Flat } else { Grouping::Numbered };
        } else if note.code == Code::Records
            && let Some(value) = note.value
        {
            self.guide.records = Some(tree.children(value).map(|row| Written::read(tree, row)).collect());
        }
    }
}

impl Note {
    fn read(tree: &mut Tree, object: Id) -> Option<Self> {
        let text = |tree: &Tree, name: &str| tree.text(tree.child(object, name.as_bytes())?);
        let code = text(tree, "code")?;
        let code = Code::from_name(std::str::from_utf8(tree.bytes(code)).ok()?)?;
        let severity = text(tree, "severity")?;
        let severity = match tree.bytes(severity) {
            severity if severity == Severity::Data.name().as_bytes() => Severity::Data,
            _ => Severity::Note,
        };
        let written = text(tree, "path");
        let path = written.map(|path| split(tree, path)).unwrap_or_default();
        let value = match text(tree, "raw") {
            Some(raw) => Some(read_raw(tree, raw)),
            None => tree.child(object, b"value"),
        };
        Some(Self { code, severity, path, written, value })
    }

    fn is_at_contact_data(&self, tree: &Tree) -> bool {
        matches!(&*self.path, [only] if tree.bytes(*only) == envelope::CONTACT_DATA.as_bytes())
    }
}

impl Written {
    fn read(tree: &Tree, row: Id) -> Self {
        let mut texts = tree.children(row).filter_map(|child| tree.text(child));
        let key = texts.next().unwrap_or(Text::Name(""));
        let kind = texts.next().and_then(|name| table::kind_of(Format::V2, tree.bytes(name)));
        let digest = texts
            .next()
            .and_then(|digest| u64::from_str_radix(std::str::from_utf8(tree.bytes(digest)).ok()?, 16).ok());
        Self { key, item: kind.map(|(kind, _)| kind).zip(digest) }
    }
}

/// The names of a path.
fn split(tree: &mut Tree, path: Text) -> Vec<Text> {
    let path = tree.bytes(path).to_vec();
    let names = path.split(|&byte| byte == b'[');
    names.map(|name| tree.intern(&undo(name.strip_suffix(b"]").unwrap_or(name)))).collect()
}

/// Undoes the percent-encoding of a `raw` text in a losses file.
#[must_use]
pub fn decode_raw(raw: &str) -> Vec<u8> {
    undo(raw.as_bytes())
}

/// Undoes `%XX`.
fn undo(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((&byte, after)) = rest.split_first() {
        match (byte, after) {
            (b'%', &[high, low, ref after @ ..]) if let Some(byte) = form::hex(high, low) => {
                out.push(byte);
                rest = after;
            }
            _ => {
                out.push(byte);
                rest = after;
            }
        }
    }
    out
}

/// A `raw` value: a tree where it is a form, else a text.
fn read_raw(tree: &mut Tree, raw: Text) -> Id {
    let raw = tree.bytes(raw).to_vec();
    if raw.contains(&b'=')
        && let Some(value) = form::read_value(tree, &raw)
    {
        return value;
    }
    let text = tree.intern(&undo(&raw));
    tree.alone(Text::Name("value"), Held::Text(text), 0)
}

/// A record and the key it is given; none is the next free one.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Given {
    pub(crate) record: usize,
    pub(crate) key: Option<Text>,
}

/// Which record of the output is which record of the payload.
#[derive(Default, Debug)]
pub(crate) struct Places {
    /// Those that have their place, in the payload's order.
    pub(crate) given: Vec<Given>,
    /// Those that are new.
    pub(crate) new: Vec<Given>,
    /// What was written and what is there, where that is not the same: sums of digests, in no order.
    pub(crate) changed: Option<(u64, u64)>,
}

/// The records of one v2 type: those that are there, and those that were written, with their digests.
#[derive(Default)]
struct OfKind {
    now: Vec<usize>,
    then: Vec<(usize, u64)>,
}

impl Places {
    /// Whether one record is there and no other; or none, where none was written.
    pub(crate) fn is_one(&self, guide: &Guide) -> bool {
        let was_written = guide.records.iter().flatten().any(|written| written.item.is_some());
        self.new.is_empty() && self.given.len() <= 1 && (self.given.len() == 1 || !was_written)
    }

    /// Moves a single record among several: it is the first of them.
    pub(crate) fn number(&mut self) {
        for given in &mut self.given {
            given.key = Some(FIRST);
        }
    }

    /// Finds the place of each record that is written: by position where there are as many of a type as were
    /// written, else by its digest. Without a guide, all have the place in which they stand.
    pub(crate) fn find(tree: &Tree, records: &[Record], guide: Option<&Guide>) -> Self {
        // A record that was edited into one that is rejected still counts where it stands.
        let written = || (0..).zip(records).filter_map(|(n, record): (usize, _)| Some((n, record.kind?)));
        let Some(entries) = guide.and_then(|guide| guide.records.as_ref()) else {
            return Self {
                given: written().map(|(record, _)| Given { record, key: None }).collect(),
                new: Vec::new(),
                changed: None,
            };
        };
        let then = entries.iter().filter_map(|entry| entry.item).map(|(_, digest)| digest);
        let then = then.fold(0, u64::wrapping_add);
        let now = records.iter().filter_map(|record| record.read).map(|read| digest(tree, &read));
        let now = now.fold(0, u64::wrapping_add);
        let mut by_kind: HashMap<Kind, OfKind> = HashMap::new();
        for (n, kind) in written() {
            by_kind.entry(v2_kind(kind)).or_default().now.push(n);
        }
        for (n, entry) in (0..).zip(entries) {
            if let Some((kind, digest)) = entry.item {
                by_kind.entry(kind).or_default().then.push((n, digest));
            }
        }
        let mut entry_of: HashMap<usize, usize> = HashMap::new();
        for OfKind { now, then } in by_kind.values() {
            if now.len() == then.len() {
                entry_of.extend(now.iter().copied().zip(then.iter().map(|&(entry, _)| entry)));
                continue;
            }
            let mut unchanged: HashMap<u64, VecDeque<usize>> = HashMap::new();
            for &(entry, digest) in then {
                unchanged.entry(digest).or_default().push_back(entry);
            }
            for &record in now {
                let read = records.get(record).and_then(|record| record.read);
                let entry = read
                    .and_then(|read| unchanged.get_mut(&digest(tree, &read)))
                    .and_then(VecDeque::pop_front);
                if let Some(entry) = entry {
                    entry_of.insert(record, entry);
                }
            }
        }
        let mut placed: Vec<(usize, Given)> = Vec::new();
        let mut new = Vec::new();
        for (record, _) in written() {
            match entry_of.get(&record).and_then(|&n| Some((n, entries.get(n)?))) {
                Some((n, entry)) => placed.push((n, Given { record, key: Some(entry.key) })),
                None => new.push(Given { record, key: None }),
            }
        }
        placed.sort_by_key(|&(n, _)| n);
        let given = placed.into_iter().map(|(_, given)| given).collect();
        Self { given, new, changed: (then != now).then_some((then, now)) }
    }
}

/// The key of a single record that is one of several now.
const FIRST: Text = Text::Name("1");

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
    pub(crate) work: &'b mut Work,
    pub(crate) to: Format,
    pub(crate) root: Id,
    pub(crate) contact_data: Id,
    /// Whether the one record stands beside the other fields.
    pub(crate) is_single: bool,
}

impl Back<'_> {
    pub(crate) fn put(&mut self, notes: &Notes) {
        let mut touched = HashSet::new();
        for note in &notes.notes {
            let path = self.moved(&notes.guide, &note.path);
            let is_done = match note.code.back() {
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
            if !keys.is_empty() && !self.is_single {
                self.order(self.contact_data, &keys);
            }
        }
        for note in &notes.notes {
            if note.code.back() == Move::Order {
                let is_root = note.path.is_empty();
                let path = if is_root { Vec::new() } else { self.moved(&notes.guide, &note.path) };
                let texts = note.value.map(|value| self.work.tree.children(value).collect::<Vec<_>>());
                let keys: Vec<Text> =
                    texts.into_iter().flatten().filter_map(|key| self.work.tree.text(key)).collect();
                if let Some(node) = self.find(&path) {
                    self.order(node, &keys);
                }
            }
        }
    }

    /// The path, where the records moved: a single record that is one of several now, items that were the whole
    /// body and now stand beside other fields.
    fn moved(&self, guide: &Guide, path: &[Text]) -> Vec<Text> {
        let tree = &self.work.tree;
        // The record's own path is empty.
        let is_own = path.first().is_none_or(|first| legacy::is_own(tree.bytes(*first)));
        let mut moved = Vec::with_capacity(path.len().saturating_add(2));
        if guide.is_single && !self.is_single && self.to == Format::Legacy && is_own {
            moved.push(Text::Name(envelope::CONTACT_DATA));
            moved.push(FIRST);
        } else if guide.grouping == Grouping::Bare && self.root != self.contact_data && !path.is_empty() {
            moved.push(Text::Name(envelope::CONTACT_DATA));
        }
        moved.extend_from_slice(path);
        moved
    }

    /// The node at a path.
    fn find(&self, path: &[Text]) -> Option<Id> {
        let tree = &self.work.tree;
        path.iter().try_fold(self.root, |node, name| tree.child(node, tree.bytes(*name)))
    }

    /// The array that a value at this path goes into, and its name there. The arrays around whole records are
    /// made where they are missing.
    fn parent(&mut self, path: &[Text], is_record: bool) -> Option<(Id, Text)> {
        let (&name, above) = path.split_last()?;
        let mut node = self.root;
        for (depth, &name) in above.iter().enumerate() {
            let tree = &mut self.work.tree;
            let found = tree.child(node, tree.bytes(name));
            node = match found {
                Some(node) => node,
                None if depth == 0 && tree.bytes(name) == envelope::CONTACT_DATA.as_bytes() => {
                    tree.hang(node, self.contact_data);
                    self.contact_data
                }
                None if is_record && node == self.contact_data && self.to == Format::V2 => {
                    tree.append(node, name, Held::Array(Array::new(Shape::List)), 0)
                }
                None => return None,
            };
        }
        self.work.tree.array(node).map(|_| (node, name))
    }

    fn put_value(&mut self, note: &Note, path: &[Text], is_record: bool, touched: &mut HashSet<Id>) -> bool {
        let Some(value) = note.value else { return false };
        if path.is_empty() {
            // A single record: its parts go beside the other fields.
            let mut is_done = true;
            let mut next = self.work.tree.first(value);
            while let Some(part) = next {
                next = self.work.tree.after(part);
                is_done &= self.put_at(self.root, self.work.tree.key(part), part);
            }
            touched.insert(self.root);
            return is_done;
        }
        let Some((parent, name)) = self.parent(path, is_record) else { return false };
        touched.insert(parent);
        self.put_at(parent, name, value)
    }

    /// Puts a value under a name. What the output says there wins.
    fn put_at(&mut self, parent: Id, name: Text, value: Id) -> bool {
        let tree = &mut self.work.tree;
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
        let tree = &self.work.tree;
        let now = form::scalar(tree, tree.held(node));
        let old = form::scalar(tree, tree.held(value));
        if note.code == Code::TypeName {
            return self.put_type(node, value);
        }
        let gives = if note.code == Code::Service {
            table::service_in(self.to.other(), old).as_bytes() == now
        } else {
            let truth = if table::truth(old) { table::TRUE } else { table::FALSE };
            truth.as_bytes() == now
        };
        if gives {
            self.work.tree.set(node, self.work.tree.held(value));
        }
        gives
    }

    /// Puts a type back as it was spelled.
    fn put_type(&mut self, node: Id, value: Id) -> bool {
        let tree = &mut self.work.tree;
        let kind = |node| {
            let text = tree.text(node)?;
            Some(table::kind_of(Format::Legacy, tree.bytes(text))?.0)
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
        let tree = &mut self.work.tree;
        let record = tree.parent(tree.parent(node));
        let kind = tree
            .child(record, envelope::TYPE.as_bytes())
            .and_then(|kind| tree.text(kind))
            .and_then(|text| table::kind_of(Format::Legacy, tree.bytes(text)));
        let Some((kind, _)) = kind else { return };
        let row = table::row(kind);
        let column = row.column(Format::Legacy, tree.name(node)).and_then(|n| row.columns.get(n));
        if column.is_some_and(|column| column.filled().as_bytes() == form::scalar(tree, tree.held(node))) {
            let held = note.value.map_or(Held::Gone, |value| tree.held(value));
            tree.set(node, held);
        }
    }

    /// Puts the names of an array that something was put into where they belong.
    fn sort(&mut self, array: Id) {
        let tree = &self.work.tree;
        let Some(shape) = tree.array(array).map(|array| array.shape) else { return };
        let is_record =
            |node: Id| tree.parent(node) == self.contact_data || self.is_single && node == self.root;
        let kind = |node| {
            let text = tree.text(tree.child(node, envelope::TYPE.as_bytes())?)?;
            Some(table::kind_of(Format::Legacy, tree.bytes(text))?.0)
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
                        .and_then(|text| table::kind_of(Format::V2, tree.bytes(text)))
                } else if tree.parent(list) == self.contact_data && list.is_some() {
                    table::kind_of(Format::V2, tree.name(list))
                } else {
                    return;
                };
                let Some((kind, _)) = item_kind else { return };
                Box::new(move |child| {
                    i64::try_from(v2::rank(Some(kind), tree.name(child))).unwrap_or(i64::MAX)
                })
            }
            Format::Legacy if array == self.root => {
                Box::new(|child| i64::try_from(root_rank(tree.name(child), self.is_single)).unwrap_or(0))
            }
            Format::Legacy if is_record(array) => {
                Box::new(|child| i64::try_from(legacy::rank(tree.name(child))).unwrap_or(0))
            }
            Format::Legacy if is_record(tree.parent(array)) => {
                let Some(kind) = kind(tree.parent(array)) else { return };
                Box::new(move |child| {
                    let column = table::row(kind).column(Format::Legacy, tree.name(child));
                    column.and_then(|column| i64::try_from(column).ok()).unwrap_or(i64::MAX)
                })
            }
            Format::Legacy => return,
        };
        let mut children: Vec<Id> = tree.children(array).collect();
        children.sort_by_cached_key(|&child| rank(child));
        drop(rank);
        self.work.tree.reorder(array, &children);
    }

    /// Puts the names of an array in an order; those that it does not name stay behind the others.
    fn order(&mut self, array: Id, keys: &[Text]) {
        let tree = &self.work.tree;
        let place: HashMap<&[u8], usize> =
            keys.iter().enumerate().map(|(n, key)| (tree.bytes(*key), n)).collect();
        let mut children: Vec<Id> = tree.children(array).collect();
        children.sort_by_cached_key(|&child| place.get(tree.name(child)).copied().unwrap_or(usize::MAX));
        self.work.tree.reorder(array, &children);
    }

    fn set_type(&mut self, node: Id, note: &Note) {
        let tree = &mut self.work.tree;
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
        let tree = &mut self.work.tree;
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
            let mut children: Vec<Id> = tree.children(node).collect();
            children.sort_by_cached_key(|&child| integer(tree.name(child)).unwrap_or(i64::MAX));
            tree.reorder(node, &children);
        }
        tree.set_shape(node, shape);
    }

    /// A loss that found no place is a loss of this run.
    fn left_over(&mut self, note: &Note) {
        self.work.losses.push(Entry {
            code: Code::LeftOver,
            severity: note.severity,
            place: Place::Path(note.written),
            value: note.value.map_or(Kept::Nothing, Kept::Node),
            at: 0,
            why: None,
        });
    }
}
