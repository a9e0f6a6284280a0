//! One payload from the tree that was read to the tree that is written.

use std::collections::{HashMap, HashSet};
use std::mem;

use super::{Options, Target, Work};
use crate::error::{ErrorKind, Rejection};
use crate::form;
use crate::json;
use crate::legacy::{self, Records};
use crate::loss::{Code, Entry, Kept, Severity};
use crate::model::Contact;
use crate::odds::seldom;
use crate::other;
use crate::record::{Kinds, Record, Slot};
use crate::restore::{Back, Given, Grouping, Guide, Notes};
use crate::table::{self, Format, envelope};
use crate::translate::{self, Aim, Translation, loss};
use crate::tree::{Array, Held, Id, Shape, Text, Tree, integer};
use crate::v2::{self, Items};
use crate::writer::{Name, Writer, name};

/// The integers that are free in an array.
type FreeKeys = Box<dyn Iterator<Item = i64>>;

/// The next free integer of an array; where the largest is taken, the smallest that is free.
fn new_key(tree: &mut Tree, array: Id, free: &mut HashMap<Id, FreeKeys>) -> Option<Text> {
    if let Some(key) = tree.next_key(array) {
        return Some(key);
    }
    let keys = free.entry(array).or_insert_with(|| Box::new(tree.free_keys(array)));
    keys.next().map(|n| tree.number(n))
}

/// A field that is not ours, left out on request.
fn left_out(tree: &Tree, field: Id) -> Entry {
    loss(tree, Code::OtherField, translate::severity(tree, field), field, Kept::Node(field))
}

impl Work {
    /// Writes a form's tree as a body.
    pub(super) fn write_v2(
        &mut self,
        root: Id,
        options: &Options,
        out: &mut Writer,
    ) -> Result<(), Rejection> {
        let records = legacy::records(&self.tree, root)?;
        let mark = self.losses.len();
        let kinds = self.legacy_records(root, records, Aim::Documented(Format::V2));
        let has_losses = self.losses.len() > mark;
        let mut mark = b'{';
        for field in self.tree.children(root) {
            if legacy::is_ours(&self.tree, field, records) {
                continue;
            }
            if let Some(node) = self.tree.not_utf8(field) {
                return Err(Rejection::at(ErrorKind::NotUtf8, node));
            }
            if seldom(options.only_contact_data) {
                self.losses.push(left_out(&self.tree, field));
            } else {
                json::write_member(&self.tree, mem::replace(&mut mark, b','), field, out);
            }
        }
        const CONTACT_DATA: Name = name(envelope::CONTACT_DATA);
        out.piece(mark, &CONTACT_DATA);
        v2::write_lists(&self.tree, &self.records, kinds, out);
        out.push(b'}');
        self.legacy_notes(root, records, has_losses);
        Ok(())
    }

    /// A payload's tree as the one that is written for it.
    pub(super) fn make(
        &mut self,
        root: Id,
        notes: Option<&Notes>,
        options: &Options,
    ) -> Result<Id, Rejection> {
        match (options.target, notes) {
            (Target::V2, Some(notes)) => self.restore_v2(root, notes, options),
            (Target::Form, notes) => self.make_form(root, notes, options),
            // A body that is not restored is written without a tree: it is not asked for here.
            (Target::Canonical, _) | (Target::V2, None) => self.make_canonical(root, options),
        }
    }

    /// A form's tree as the body that it was made from.
    fn restore_v2(&mut self, root: Id, notes: &Notes, options: &Options) -> Result<Id, Rejection> {
        let guide = Some(&notes.guide);
        let aim = Aim::Restored(Format::V2);
        let records = legacy::records(&self.tree, root)?;
        let target = self.tree.root(Shape::Object);
        let held = Held::Array(Array::new(guide.map_or(Shape::Object, Guide::shape)));
        let name = self.tree.name_of(envelope::CONTACT_DATA);
        let contact_data = self.tree.alone(name, held, 0);
        self.legacy_records(root, records, aim);
        let places = mem::take(&mut self.places).find(&self.tree, &self.records, guide);
        self.items(contact_data, guide, &places.given);
        let mut next = self.tree.first(root);
        while let Some(field) = next {
            next = self.tree.after(field);
            if !legacy::is_ours(&self.tree, field, records) {
                self.field_to_v2(field, target, options)?;
            } else if !self.hangs(contact_data)
                && (self.tree.first(contact_data).is_some() || self.is_any_written(&places.new))
            {
                // A restored body has its contact data where the form has them, and a loss does not take their name.
                self.tree.hang(target, contact_data);
            }
        }
        let root = match notes.guide.grouping {
            Grouping::Bare if self.tree.children(target).all(|field| field == contact_data) => contact_data,
            Grouping::Bare | Grouping::Grouped | Grouping::Flat | Grouping::Numbered => target,
        };
        let lists = match notes.guide.grouping {
            Grouping::Grouped => self.lists(&places.new),
            Grouping::Bare | Grouping::Flat | Grouping::Numbered => HashSet::new(),
        };
        let Self { tree, losses, .. } = self;
        Back { tree, losses, to: Format::V2, root, contact_data, is_single: false, lists }.put(notes);
        self.items(contact_data, guide, &places.new);
        Ok(root)
    }

    /// A body's tree as a form.
    fn make_form(&mut self, root: Id, notes: Option<&Notes>, options: &Options) -> Result<Id, Rejection> {
        let guide = notes.map(|notes| &notes.guide);
        let aim =
            if notes.is_some() { Aim::Restored(Format::Legacy) } else { Aim::Documented(Format::Legacy) };
        let items = v2::items(&self.tree, root)?;
        let target = self.tree.root(Shape::Keys);
        let held = Held::Array(Array::new(Shape::Keys));
        let name = self.tree.name_of(envelope::CONTACT_DATA);
        let contact_data = self.tree.alone(name, held, 0);
        let mark = self.losses.len();
        self.v2_records(items, aim);
        let has_losses = self.losses.len() > mark;
        let mut places = mem::take(&mut self.places).find(&self.tree, &self.records, guide);
        let was_single = guide.is_some_and(|guide| guide.is_single);
        // A single record stands alone: with no other, and where nothing else has its names.
        let is_single = was_single
            && guide.is_some_and(|guide| places.is_one(guide, &self.records))
            && !self.tree.children(root).any(|field| legacy::is_own(self.tree.name(field)));
        if was_single && !is_single {
            places.number(&mut self.tree);
        }
        let place = |work: &mut Self| {
            if is_single {
                work.groups(target, &places.given, true);
            } else {
                work.groups(contact_data, &places.given, false);
                if work.tree.first(contact_data).is_some() {
                    work.tree.hang(target, contact_data);
                }
            }
        };
        match items {
            Items::Bare(_) => place(self),
            Items::Grouped(ours) | Items::Flat(ours) => {
                self.fields_to_form(root, target, Some(ours), options, place);
            }
            Items::Absent => self.fields_to_form(root, target, None, options, place),
        }
        match notes {
            None => self.v2_notes(items, has_losses),
            Some(notes) => {
                let Self { tree, losses, .. } = self;
                let lists = HashSet::new();
                Back { tree, losses, to: Format::Legacy, root: target, contact_data, is_single, lists }
                    .put(notes);
                self.groups(contact_data, &places.new, false);
                if !self.hangs(contact_data) && self.tree.first(contact_data).is_some() {
                    self.tree.hang(target, contact_data);
                }
            }
        }
        self.avoid_single_record(root, target, is_single);
        if notes.is_none() {
            self.order_of_form(root, target);
        }
        self.places = places;
        Ok(target)
    }

    /// A form's contacts as the model has them.
    fn make_canonical(&mut self, root: Id, options: &Options) -> Result<Id, Rejection> {
        let records = legacy::records(&self.tree, root)?;
        let target = self.tree.root(Shape::Object);
        self.legacy_records(root, records, Aim::Canonical);
        let mut next = self.tree.first(root);
        while let Some(field) = next {
            next = self.tree.after(field);
            if !legacy::is_ours(&self.tree, field, records) {
                self.field_to_v2(field, target, options)?;
            }
        }
        let list = Held::Array(Array::new(Shape::List));
        let contacts = self.tree.append_named(target, envelope::CONTACT_DATA, list, 0);
        for n in 0..self.records.len() {
            if let Some(Record { written: Some(contact), .. }) = self.records.get(n).copied() {
                let key = self.tree.number(i64::try_from(n).unwrap_or(i64::MAX));
                v2::write_canonical(&mut self.tree, contacts, key, &contact);
            }
        }
        Ok(target)
    }

    /// Reads the records of a form. Returns the kinds of those that are written.
    #[inline(always)]
    fn legacy_records(&mut self, root: Id, records: Records, aim: Aim) -> Kinds {
        let Self { tree, losses, records: read, layouts, keys, .. } = self;
        layouts.begin(keys.edition());
        let mut translation =
            Translation { tree, losses, layouts, from: Format::Legacy, aim, kinds: Kinds::default() };
        match records {
            Records::Absent => {}
            Records::Single => {
                let whole = legacy::single(translation.tree, root);
                let parts = legacy::parts(translation.tree, root);
                translation.record(root, whole, parts, read);
            }
            Records::Many(contact_data) => translation.legacy_records(contact_data, read),
        }
        translation.kinds
    }

    /// Reads the items of a body.
    fn v2_records(&mut self, items: Items, aim: Aim) {
        let Self { tree, losses, records, layouts, .. } = self;
        let mut translation =
            Translation { tree, losses, layouts, from: Format::V2, aim, kinds: Kinds::default() };
        translation.v2_items(items, records);
    }

    /// A field that is not ours, on its way to JSON.
    fn field_to_v2(&mut self, field: Id, target: Id, options: &Options) -> Result<(), Rejection> {
        if let Some(node) = self.tree.not_utf8(field) {
            return Err(Rejection::at(ErrorKind::NotUtf8, node));
        }
        if options.only_contact_data {
            self.losses.push(left_out(&self.tree, field));
        } else {
            other::to_v2(&mut self.tree, field, target);
        }
        Ok(())
    }

    /// The fields of a body on their way to a form, the contacts in their own place.
    fn fields_to_form(
        &mut self,
        root: Id,
        target: Id,
        ours: Option<Id>,
        options: &Options,
        mut place: impl FnMut(&mut Self),
    ) {
        let mut next = self.tree.first(root);
        while let Some(field) = next {
            next = self.tree.after(field);
            if Some(field) == ours {
                place(self);
            } else if options.only_contact_data {
                self.losses.push(left_out(&self.tree, field));
            } else {
                other::to_form(&mut self.tree, &mut self.losses, field, target);
            }
        }
    }

    /// Writes contacts as the items of a body.
    fn items(&mut self, contact_data: Id, guide: Option<&Guide>, places: &[Given]) {
        let is_grouped = guide.is_none_or(|guide| guide.grouping == Grouping::Grouped);
        let mut free = HashMap::new();
        let Self { tree, records, .. } = self;
        for &Given { record, key } in places {
            let Some(Record { written: Some(contact), node, .. }) = records.get(record) else { continue };
            let at = tree.at(*node);
            let list = if is_grouped {
                let name = table::row(contact.kind).name.anywhere(Format::V2);
                let list = tree.child(contact_data, name.as_bytes());
                list.unwrap_or_else(|| {
                    tree.append_named(contact_data, name, Held::Array(Array::new(Shape::List)), at)
                })
            } else {
                contact_data
            };
            // A losses file that was edited may give a key twice, or one that makes no JSON, or no list of items.
            let is_free = |name: &[u8]| {
                let is_key = match is_grouped {
                    true => std::str::from_utf8(name).is_ok(),
                    false => integer(name).is_some(),
                };
                is_key && tree.child(list, name).is_none()
            };
            let key = match (key.filter(|key| is_free(tree.bytes(*key))), guide) {
                (Some(key), _) => key,
                (None, None) => tree.number(tree.len(list)),
                (None, Some(_)) => new_key(tree, list, &mut free).unwrap_or(Text::EMPTY),
            };
            v2::write(tree, list, key, contact, !is_grouped, at);
        }
    }

    /// Writes contacts as the records of a form.
    fn groups(&mut self, parent: Id, places: &[Given], is_single: bool) {
        let mut free = HashMap::new();
        let is_plain = places.iter().all(|given| given.key.is_none()) && self.tree.first(parent).is_none();
        let Self { tree, records, .. } = self;
        for &Given { record, key } in places {
            let Some(Record { written: Some(contact), node, .. }) = records.get(record) else { continue };
            let at = tree.at(*node);
            // A losses file that was edited may give a key twice, or one that no form can say.
            let is_free = |name: &[u8]| {
                form::can_say(name, Some(envelope::CONTACT_DATA.as_bytes()))
                    && tree.child(parent, name).is_none()
            };
            let key = key.filter(|key| is_free(tree.bytes(*key)));
            let key = match key {
                _ if is_single => None,
                Some(key) => Some(key),
                // The first is number 1.
                None if is_plain || tree.first(parent).is_none() => {
                    Some(tree.number(tree.len(parent).saturating_add(1)))
                }
                None => new_key(tree, parent, &mut free),
            };
            legacy::write(tree, parent, key, contact, at);
        }
    }

    /// How long the names of all losses are, as far as that is more than `max`.
    pub(super) fn named(&self, max: usize) -> usize {
        let len = |entry: &Entry| entry.place.base().map_or(0, |node| self.tree.named(node));
        let mut sum = 0_usize;
        for entry in &self.losses {
            sum = sum.saturating_add(len(entry));
            if sum > max {
                break;
            }
        }
        sum
    }

    /// What is written for the records of these places.
    fn written(&self, places: &[Given]) -> impl Iterator<Item = Contact<Slot>> {
        places.iter().filter_map(|given| self.records.get(given.record)?.written)
    }

    fn is_any_written(&self, places: &[Given]) -> bool {
        self.written(places).next().is_some()
    }

    /// The names of the lists that the records of these places go into.
    fn lists(&self, places: &[Given]) -> HashSet<&'static str> {
        self.written(places).map(|contact| table::row(contact.kind).name.anywhere(Format::V2)).collect()
    }

    fn hangs(&self, node: Id) -> bool {
        self.tree.parent(node).is_some()
    }

    /// Whether a form has anything for a node.
    fn is_said(&self, node: Id) -> bool {
        match self.tree.held(node) {
            Held::Bool(_) | Held::Number(_) | Held::Text(_) => true,
            Held::Array(_) => self.tree.children(node).any(|child| self.is_said(child)),
            Held::Null | Held::Link(_) | Held::Gone => false,
        }
    }

    /// `type` and `data` without contact data would be read as a single record.
    fn avoid_single_record(&mut self, root: Id, target: Id, is_single: bool) {
        let child = |work: &Self, node, name: &str| work.tree.child(node, name.as_bytes());
        let has = |name| child(self, target, name).is_some_and(|node| self.is_said(node));
        if is_single || !has(envelope::TYPE) || !has(envelope::DATA) || has(envelope::CONTACT_DATA) {
            return;
        }
        for name in [envelope::TYPE, envelope::COMMENT, envelope::DATA] {
            if let Some(said) = child(self, target, name) {
                let source = child(self, root, name).unwrap_or(said);
                // What was noted of it goes with it.
                self.losses
                    .retain(|entry| !entry.place.base().is_some_and(|node| self.tree.is_under(node, source)));
                let value = Kept::Node(self.tree.detach(source));
                self.losses.push(loss(&self.tree, Code::UnsayableName, Severity::Data, source, value));
                self.tree.set(said, Held::Gone);
            }
        }
    }
}
