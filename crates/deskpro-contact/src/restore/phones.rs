//! Puts back sent phone numbers, and fields whose other name was taken, if the output still has the values that were
//! written.

use std::collections::HashSet;

use super::restorer::Restorer;
use super::saved::SavedLoss;
use crate::form;
use crate::loss::Severity;
use crate::map::WRITTEN;
use crate::model::Field;
use crate::model::table::envelope;
use crate::model::table::person::{PersonField, field_number};
use crate::phone::EXTENSION_MARK;
use crate::tree::{Id, Node, Text};

impl Restorer<'_> {
    /// Puts the calling code and the number as they were sent in place of a number, if it is still the one that was
    /// written. If the number was edited, a note is dropped and data is left over.
    pub(super) fn put_number(&mut self, loss: &SavedLoss, path: &[Text], touched: &mut HashSet<Id>) -> bool {
        let is_note = loss.severity == Severity::Note;
        let (Some(data), Some(value)) = (self.find(path), loss.value) else { return is_note };
        let tree = &mut *self.tree;
        let name = |field: Field| field.name().as_bytes();
        let (Some(number), Some(sent), Some(written)) = (
            tree.child(data, name(Field::Number)),
            tree.child(value, name(Field::Number)),
            tree.child(value, WRITTEN.as_bytes()),
        ) else {
            return is_note;
        };
        if form::scalar(tree, tree.node(number)) != form::scalar(tree, tree.node(written)) {
            return is_note;
        }
        tree.set(number, tree.node(sent));
        if let Some(code) = tree.child(value, name(Field::CallingCode))
            && tree.child(data, name(Field::CallingCode)).is_none()
        {
            tree.append_named(data, Field::CallingCode.name(), tree.node(code), 0);
            touched.insert(data);
        }
        true
    }

    /// Takes the extension off the end of a number, if it is still there, and puts it beside the number.
    pub(super) fn put_extension(
        &mut self,
        loss: &SavedLoss,
        path: &[Text],
        touched: &mut HashSet<Id>,
    ) -> bool {
        let (Some((&name, above)), Some(value)) = (path.split_last(), loss.value) else { return true };
        let Some(item) = self.find(above) else { return true };
        let tree = &mut *self.tree;
        let Some(number) = tree.child(item, Field::Number.name().as_bytes()) else { return true };
        let Some(text) = tree.text(number) else { return true };
        let extension = form::scalar(tree, tree.node(value)).to_vec();
        let end = match extension.is_empty() {
            true => Vec::new(),
            false => [EXTENSION_MARK.as_bytes(), &extension].concat(),
        };
        let Some(rest) = tree[text].strip_suffix(&*end).map(<[u8]>::to_vec) else { return true };
        if rest.is_empty() || tree.child(item, &tree[name]).is_some() {
            return true;
        }
        let rest = tree.intern(&rest);
        tree.set(number, Node::Text(rest));
        let extension = tree.intern(&extension);
        tree.append(item, name, Node::Text(extension), 0);
        touched.insert(item);
        true
    }

    /// Whether a form still has its own field with the name of the list of phones. Because of that field, the phones
    /// were not written. Put back without it, they would be written by the next conversion, although the output does
    /// not have them.
    pub(super) fn has_taken_list(&self) -> bool {
        self.tree.child(self.root, envelope::PHONE_NUMBERS.as_bytes()).is_some()
    }

    /// Puts back a field whose other name was taken, if the field that took the name is still there. Put back without
    /// it, the field would get the name in the next conversion, although the output does not have it.
    pub(super) fn put_taken(&mut self, loss: &SavedLoss, path: &[Text], touched: &mut HashSet<Id>) -> bool {
        let Some((&name, above)) = path.split_last() else { return false };
        let Some(parent) = self.find(above) else { return false };
        let tree = &*self.tree;
        let other = match above {
            [] => {
                let row = PersonField::named(self.to, &tree[name]);
                row.and_then(|row| row.name(self.to.other())).map(str::as_bytes)
            }
            _ => field_number(&tree[name]),
        };
        let is_taken = other.is_some_and(|other| tree.child(parent, other).is_some());
        is_taken && self.put_value(loss, path, false, touched)
    }
}
