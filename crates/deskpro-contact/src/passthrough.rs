//! Passes the fields of a payload that are not contact data to the output, under their names.

use crate::form::{self, MAX_DEPTH};
use crate::loss::{Code, LostValue, PendingLoss, Severity, word};
use crate::map::{severity, tree_loss};
use crate::tree::{Array, Id, Node, Shape, Text, Tree};

/// Which fields other than contact data are passed to the output. The others are losses.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Passing<'o> {
    All,
    /// Only the id field, if its name is given.
    Only(Option<&'o str>),
}

impl Passing<'_> {
    pub(crate) fn passes(self, name: &[u8]) -> bool {
        match self {
            Self::All => true,
            Self::Only(id_field) => id_field.is_some_and(|id_field| id_field.as_bytes() == name),
        }
    }
}

/// The loss of a field that is left out on request.
pub(crate) fn left_out(tree: &Tree, field: Id) -> PendingLoss {
    tree_loss(tree, Code::OtherField, severity(tree, field), field, LostValue::Tree(field))
}

/// Makes a note whether an array is a list or an object.
pub(crate) fn shape(tree: &Tree, id: Id, shape: &'static str) -> PendingLoss {
    tree_loss(tree, Code::Shape, Severity::Note, id, LostValue::Word(shape))
}

/// Adds a field of a form to a body. JSON can represent every field.
pub(crate) fn to_v2(tree: &mut Tree, field: Id, target: Id) {
    tree.append(target, tree[field].key, tree.link(field), tree.at(field));
}

/// Adds a field of a body to a form. The parts that a form cannot represent become losses.
pub(crate) fn to_form(tree: &mut Tree, losses: &mut Vec<PendingLoss>, field: Id, target: Id) {
    FieldWriter { tree, losses, first: None }.write(field, target, 0);
}

struct FieldWriter<'w> {
    tree: &'w mut Tree,
    losses: &'w mut Vec<PendingLoss>,
    /// The first segment of the name: that of the outermost array. `None` outside of arrays.
    first: Option<Text>,
}

impl FieldWriter<'_> {
    /// Writes a field whose name has `brackets` brackets. Returns whether it wrote any part of the field.
    fn write(&mut self, field: Id, target: Id, brackets: usize) -> bool {
        let name = self.tree[field].key;
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
                self.write_children(field, written, brackets + 1);
                self.first = outer;
                if self.tree.first(written).is_none() {
                    self.lose_whole(field, before);
                    return false;
                }
                // Without a note, an object with the keys 0, 1, 2 … would be restored as a list, and a list with a gap
                // as an object.
                match array.shape {
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

    fn write_children(&mut self, field: Id, written: Id, brackets: usize) {
        let (mut is_ordered, mut has_gap) = (true, false);
        let mut next = self.tree.first(field);
        while let Some(child) = next {
            next = self.tree.after(child);
            let is_written = self.write(child, written, brackets);
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
