//! Passes the fields of a payload that are not contact data to the output, under their names.

use crate::form::{self, MAX_DEPTH};
use crate::loss::{Code, LostValue, PendingLoss, Severity, word};
use crate::map::{severity, tree_loss};
use crate::tree::{Array, Id, Node, Shape, Text, Tree};

/// Which fields other than contact data are passed to the output. The others are losses.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Passing<'o> {
    /// Whether only the id field is passed.
    pub(crate) only_id: bool,
    pub(crate) id: IdNames<'o>,
}

/// The names that the id field can have in a payload, in the order in which they are tried. There are two in the
/// extended profile, because the formats can have different names for it.
pub(crate) type IdNames<'o> = [Option<&'o str>; 2];

impl Passing<'_> {
    #[inline]
    pub(crate) fn passes(self, name: &[u8]) -> bool {
        !self.only_id || self.is_id_field(name)
    }

    pub(crate) fn is_id_field(self, name: &[u8]) -> bool {
        self.id.into_iter().flatten().any(|own| own.as_bytes() == name)
    }
}

/// Makes the loss of a field that [`Passing`] leaves out of the output.
pub(crate) fn left_out(tree: &Tree, field: Id) -> PendingLoss {
    tree_loss(tree, Code::OtherField, severity(tree, field), field, LostValue::Tree(field))
}

/// Makes the note that says whether an array is a list or an object.
pub(crate) fn shape(tree: &Tree, id: Id, shape: &'static str) -> PendingLoss {
    tree_loss(tree, Code::Shape, Severity::Note, id, LostValue::Word(shape))
}

/// Adds a field of a form to a body. JSON can represent every field.
pub(crate) fn to_v2(tree: &mut Tree, field: Id, target: Id) {
    tree.append(target, tree[field].key, tree.link(field), tree.at(field));
}

/// Adds a field of a body to a form, under a name. The parts that a form cannot represent become losses. `members` are
/// the names of the field's members in the form, if the losses of a restored form give them.
pub(crate) fn to_form(
    tree: &mut Tree,
    losses: &mut Vec<PendingLoss>,
    field: Id,
    target: Id,
    name: Text,
    members: Option<&[Text]>,
) {
    FieldWriter { tree, losses, first: None }.write(field, target, 0, name, members);
}

struct FieldWriter<'w> {
    tree: &'w mut Tree,
    losses: &'w mut Vec<PendingLoss>,
    /// The first segment of the name: that of the outermost array. `None` outside of arrays.
    first: Option<Text>,
}

impl FieldWriter<'_> {
    /// Writes a field under a name with `brackets` brackets. Returns whether it wrote any part of the field.
    fn write(
        &mut self,
        field: Id,
        target: Id,
        brackets: usize,
        name: Text,
        members: Option<&[Text]>,
    ) -> bool {
        let first = self.first.map(|first| &self.tree[first]);
        if brackets > MAX_DEPTH || !form::is_representable(&self.tree[name], first) {
            self.lose(Code::UnsayableName, Severity::Data, field);
            return false;
        }
        let at = self.tree.at(field);
        match self.tree.node(field) {
            node @ (Node::Bool(_) | Node::Number(_) | Node::Text(_)) => {
                self.note_json_type(field, node);
                self.tree.append(target, name, node, at);
                true
            }
            Node::Array(array) => {
                let before = self.losses.len();
                let written = self.tree.new_node(name, Node::Array(Array::new(Shape::Keys)), at);
                let outer = self.first;
                self.first = outer.or(Some(name));
                self.write_children(field, written, brackets + 1, members.unwrap_or_default());
                self.first = outer;
                if self.tree.first(written).is_none() {
                    self.lose_whole(field, before);
                    return false;
                }
                // Without a note, an object with the keys 0, 1, 2 … would be restored as a list, and a list with a gap
                // as an object. If the losses of a restored form give the keys, no note is needed.
                match array.shape {
                    _ if members.is_some() => {}
                    Shape::List if !self.tree.counts_from_zero(written) => {
                        self.losses.push(shape(self.tree, field, word::LIST));
                    }
                    Shape::Object if self.tree.counts_from_zero(field) => {
                        self.losses.push(shape(self.tree, field, word::OBJECT));
                    }
                    Shape::Keys | Shape::List | Shape::Object => {}
                }
                self.tree.attach(target, written);
                true
            }
            Node::Null | Node::Link(_) | Node::Removed => {
                self.lose(Code::LeftOut, Severity::Note, field);
                false
            }
        }
    }

    fn write_children(&mut self, field: Id, written: Id, brackets: usize, members: &[Text]) {
        let (mut is_ordered, mut has_gap) = (true, false);
        let mut next = self.tree.first(field);
        let mut members = members.iter();
        while let Some(child) = next {
            next = self.tree.after(child);
            let name = members.next().copied().unwrap_or(self.tree[child].key);
            let is_written = self.write(child, written, brackets, name, None);
            is_ordered &= !(is_written && has_gap);
            has_gap |= !is_written;
        }
        // Restoring puts a value back at the end, unless a note gives the order. The keys of a list give its order.
        if !is_ordered && !self.tree.is_list(field) {
            let order = tree_loss(self.tree, Code::Order, Severity::Note, field, LostValue::TreeKeys(field));
            self.losses.push(order);
        }
    }

    /// Replaces the losses of a field, of which nothing was written, by one loss.
    fn lose_whole(&mut self, field: Id, before: usize) {
        let has_data = self.losses[before..].iter().any(|loss| loss.severity == Severity::Data);
        self.losses.truncate(before);
        let (code, severity) = match has_data {
            true => (Code::UnsayableName, Severity::Data),
            false => (Code::LeftOut, Severity::Note),
        };
        self.lose(code, severity, field);
    }

    fn lose(&mut self, code: Code, severity: Severity, field: Id) {
        self.losses.push(tree_loss(self.tree, code, severity, field, LostValue::Tree(field)));
    }

    fn note_json_type(&mut self, field: Id, node: Node) {
        let word = match node {
            Node::Number(_) => word::NUMBER,
            Node::Bool(_) => word::BOOLEAN,
            Node::Null | Node::Text(_) | Node::Array(_) | Node::Link(_) | Node::Removed => return,
        };
        let note = tree_loss(self.tree, Code::JsonType, Severity::Note, field, LostValue::Word(word));
        self.losses.push(note);
    }
}
