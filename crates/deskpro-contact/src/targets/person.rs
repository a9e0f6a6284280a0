//! The fields of a person in the extended profile: their names and shapes in the target, by the rows of the table.
//!
//! A field that already has its name of the other format keeps it, and a note says so. A field that the target has no
//! place for is a loss.

use std::collections::HashSet;

use super::has_pairs;
use crate::bytes::integer;
use crate::loss::{Code, LostValue, PendingLoss, Severity};
use crate::map::{severity, tree_loss};
use crate::model::table::Format;
use crate::model::table::person::{FieldShape, PersonField, field_number};
use crate::passthrough::{self, IdNames, Passing};
use crate::restore::SavedNames;
use crate::tree::{Array, Id, Node, Shape, Text, Tree};

/// The result for a field of a payload.
enum Outcome {
    /// It gets this name, and the shape of this row.
    Written(Text, Option<&'static PersonField>),
    Lost(Code),
}

/// Names the fields of one payload.
pub(super) struct Person<'p> {
    /// The payload.
    pub(super) root: Id,
    pub(super) from: Format,
    pub(super) passing: Passing<'p>,
    /// The names that the losses of a restored payload give.
    pub(super) saved: Option<&'p SavedNames>,
}

impl Person<'_> {
    /// The name and the row of a field. While a payload is restored, only a name that is taken loses a field.
    fn outcome(&self, tree: &mut Tree, field: Id) -> Outcome {
        let to = self.from.other();
        let key = tree[field].key;
        let own = |row: Option<&'static PersonField>| Outcome::Written(key, row);
        let name = &tree[key];
        let (here, there) = (PersonField::named(self.from, name), PersonField::named(to, name));
        if self.saved.is_some_and(|saved| saved.keeps(name)) {
            return own(there);
        }
        let is_to_v2 = to == Format::V2 && self.saved.is_none();
        if is_to_v2 && let Some(row) = there {
            return if is_shaped(tree, field, row, true) {
                own(Some(row))
            } else {
                Outcome::Lost(Code::UnknownPersonField)
            };
        }
        let renamed = here.and_then(|row| Some((row, row.name(to).filter(|_| !row.keeps_name())?)));
        let Some((row, new_name)) = renamed else {
            let is_known = !is_to_v2 || self.passing.is_id_field(name);
            return if is_known { own(here) } else { Outcome::Lost(Code::UnknownPersonField) };
        };
        if is_to_v2 && !is_shaped(tree, field, row, false) {
            return Outcome::Lost(Code::UnknownPersonField);
        }
        if self.is_taken(tree, new_name, row) {
            return Outcome::Lost(Code::NameTaken);
        }
        Outcome::Written(tree.intern_name(new_name), Some(row))
    }

    /// Whether another field of the payload is written under a name.
    fn is_taken(&self, tree: &Tree, name: &str, row: &PersonField) -> bool {
        let Some(other) = tree.child(self.root, name.as_bytes()) else { return false };
        let is_written = match (self.from, self.saved) {
            (Format::Legacy, None) => is_shaped(tree, other, row, true),
            (Format::V2, None) => has_pairs(tree, other),
            (_, Some(_)) => true,
        };
        self.passing.passes(name.as_bytes()) && is_written
    }

    /// The name under which a field is written; `None` if it is lost.
    pub(super) fn written_name(&self, tree: &mut Tree, field: Id) -> Option<Text> {
        match self.outcome(tree, field) {
            Outcome::Written(name, _) => Some(name),
            Outcome::Lost(_) => None,
        }
    }

    /// Makes the member of a v2 body for a field of a form, or of a body that is restored; `None` if it is lost.
    pub(super) fn to_v2(&self, tree: &mut Tree, losses: &mut Vec<PendingLoss>, field: Id) -> Option<Id> {
        let (name, row) = match self.outcome(tree, field) {
            Outcome::Written(name, row) => (name, row),
            Outcome::Lost(code) => {
                losses.push(lost(tree, code, field));
                return None;
            }
        };
        let at = tree.at(field);
        let link = tree.link(field);
        if self.saved.is_some() {
            return Some(tree.new_node(name, link, at));
        }
        if row.is_some_and(|row| tree[name] == *tree.name(field) && !row.keeps_name()) {
            losses.push(tree_loss(tree, Code::KeptName, Severity::Note, field, LostValue::None));
        }
        Some(match row.map_or(FieldShape::Any, |row| row.shape) {
            FieldShape::Any | FieldShape::Id => tree.new_node(name, link, at),
            FieldShape::List => to_list(tree, losses, field, name),
            FieldShape::ByNumber => by_number(tree, losses, field, name),
        })
    }

    /// Adds a field of a body to a form.
    pub(super) fn to_form(&self, tree: &mut Tree, losses: &mut Vec<PendingLoss>, field: Id, target: Id) {
        let name = match self.outcome(tree, field) {
            Outcome::Written(name, _) => name,
            Outcome::Lost(code) => return losses.push(lost(tree, code, field)),
        };
        let Some(saved) = self.saved else {
            let is_kept =
                PersonField::named(Format::Legacy, tree.name(field)).is_some_and(|row| !row.keeps_name());
            // Without a pair, another field can have the name in the form.
            if is_kept && has_pairs(tree, field) {
                losses.push(tree_loss(tree, Code::KeptName, Severity::Note, field, LostValue::None));
            }
            return passthrough::to_form(tree, losses, field, target, name, None);
        };
        let children: Vec<Id> = tree.children(field).collect();
        match saved.list_keys(&tree[name]) {
            // The form had a single text.
            Some(None) if children.len() == 1 && tree.array(children[0]).is_none() => {
                passthrough::to_form(tree, losses, children[0], target, name, None);
            }
            Some(Some(keys)) => {
                let keys = keys.to_vec();
                let names = list_names(tree, &keys, children.len());
                passthrough::to_form(tree, losses, field, target, name, Some(&names));
            }
            Some(None) | None => {
                let noted = |child: Id| saved.field_name(&tree[name], tree.name(child));
                let is_free = |noted: &Text| tree.child(field, &tree[*noted]).is_none();
                let own = |&child: &Id| noted(child).filter(is_free).unwrap_or(tree[child].key);
                let names: Vec<Text> = children.iter().map(own).collect();
                passthrough::to_form(tree, losses, field, target, name, Some(&names));
            }
        }
    }
}

/// The field of a payload that becomes the person's id in the output, by which a restoring run finds the person. A
/// field that is lost or becomes a list is not the id.
pub(crate) fn written_id(tree: &Tree, root: Id, from: Format, names: IdNames<'_>) -> Option<Id> {
    let mut names = names.into_iter().flatten().map(str::as_bytes);
    let is_written = |field: Id, name: &[u8]| match from {
        Format::V2 => has_pairs(tree, field),
        Format::Legacy => {
            let row = PersonField::named(Format::V2, name).map(|row| (row, true));
            let row = row.or_else(|| PersonField::named(from, name).map(|row| (row, false)));
            row.is_none_or(|(row, is_v2_name)| is_shaped(tree, field, row, is_v2_name))
        }
    };
    let (field, name) = names.find_map(|name| {
        let field = tree.child(root, name)?;
        is_written(field, name).then_some((field, name))
    })?;
    let row = PersonField::named(Format::V2, name).or_else(|| PersonField::named(Format::Legacy, name));
    let is_list = from == Format::Legacy && row.is_some_and(|row| row.shape == FieldShape::List);
    (!is_list).then_some(field)
}

fn lost(tree: &Tree, code: Code, field: Id) -> PendingLoss {
    tree_loss(tree, code, severity(tree, field), field, LostValue::Tree(field))
}

/// Whether v2 has a place for a form's value in a field. `is_v2_name` says whether the form has the value under the
/// field's v2 name.
fn is_shaped(tree: &Tree, field: Id, row: &PersonField, is_v2_name: bool) -> bool {
    match row.shape {
        FieldShape::Any | FieldShape::List => true,
        // A text has no number.
        FieldShape::ByNumber => tree.array(field).is_some(),
        // Under this name, legacy forms have the organization's name. Its id would have to be looked up.
        FieldShape::Id if is_v2_name => {
            tree.text(field).is_some_and(|text| !text.is_empty() && tree[text].iter().all(u8::is_ascii_digit))
        }
        FieldShape::Id => true,
    }
}

/// Makes a list of a field, and notes what the list does not show: the field's keys, or that it was a single text.
fn to_list(tree: &mut Tree, losses: &mut Vec<PendingLoss>, field: Id, name: Text) -> Id {
    let at = tree.at(field);
    let list = tree.new_node(name, Node::Array(Array::new(Shape::List)), at);
    if tree.array(field).is_none() {
        losses.push(tree_loss(tree, Code::ListKeys, Severity::Note, field, LostValue::None));
        let key = tree.number(0);
        tree.append(list, key, tree.link(field), at);
        return list;
    }
    if !tree.counts_from_zero(field) {
        losses.push(tree_loss(tree, Code::ListKeys, Severity::Note, field, LostValue::TreeKeys(field)));
    }
    let children: Vec<Id> = tree.children(field).collect();
    for (n, child) in (0..).zip(children) {
        let key = tree.number(n);
        tree.append(list, key, tree.link(child), tree.at(child));
    }
    list
}

/// Makes an object of custom fields by their numbers.
fn by_number(tree: &mut Tree, losses: &mut Vec<PendingLoss>, field: Id, name: Text) -> Id {
    let object = tree.new_node(name, Node::Array(Array::new(Shape::Object)), tree.at(field));
    let children: Vec<Id> = tree.children(field).collect();
    let mut has_lost = false;
    for child in children {
        let number = field_number(tree.name(child)).map(<[u8]>::to_vec);
        let key = match number {
            Some(number) if tree.child(field, &number).is_some() => {
                losses.push(lost(tree, Code::NameTaken, child));
                has_lost = true;
                continue;
            }
            Some(number) => {
                losses.push(tree_loss(tree, Code::FieldName, Severity::Note, child, LostValue::None));
                tree.intern(&number)
            }
            None => tree[child].key,
        };
        tree.append(object, key, tree.link(child), tree.at(child));
    }
    if has_lost {
        // Restoring puts lost values at the end.
        losses.push(tree_loss(tree, Code::Order, Severity::Note, field, LostValue::TreeKeys(field)));
    }
    object
}

/// The keys of a list of `len` values: the noted ones, and then the next free integers.
fn list_names(tree: &mut Tree, keys: &[Text], len: usize) -> Vec<Text> {
    let mut taken: HashSet<Vec<u8>> = HashSet::new();
    // An edited losses file may give a key twice.
    let is_new = |key: &Text| taken.insert(tree[*key].to_vec());
    let mut names: Vec<Text> = keys.iter().copied().take(len).filter(is_new).collect();
    let largest = names.iter().filter_map(|name| integer(&tree[*name])).max();
    // The largest integer has no next one: then counting begins at 0.
    let mut next = largest.and_then(|largest| largest.checked_add(1)).unwrap_or(0);
    while names.len() < len {
        let name = tree.number(next);
        next += 1;
        if taken.insert(tree[name].to_vec()) {
            names.push(name);
        }
    }
    names
}
