//! The fields of a payload that are not ours: they go through under their names.

use crate::form::{self, MAX_DEPTH};
use crate::loss::{Code, Entry, Kept, Severity};
use crate::translate::{json_type, loss};
use crate::tree::{Array, Held, Id, Shape, Text, Tree};

/// Adds a field of a form to a body. JSON can say all of it.
pub(crate) fn to_v2(tree: &mut Tree, field: Id, target: Id) {
    let held = tree.passed(field);
    tree.append(target, tree.key(field), held, tree.at(field));
}

/// Adds to a form what it can say of a field of a body, and names the rest.
pub(crate) fn to_form(tree: &mut Tree, losses: &mut Vec<Entry>, field: Id, target: Id) {
    Saying { tree, losses, first: None }.say(field, target, 0);
}

struct Saying<'s> {
    tree: &'s mut Tree,
    losses: &'s mut Vec<Entry>,
    /// The name at the top, under which the others stand.
    first: Option<Text>,
}

impl Saying<'_> {
    /// Whether anything of the field was said. `brackets` is how many its name needs.
    fn say(&mut self, field: Id, target: Id, brackets: usize) -> bool {
        let name = self.tree.key(field);
        let first = self.first.map(|first| self.tree.bytes(first));
        if brackets > MAX_DEPTH || !form::can_say(self.tree.bytes(name), first) {
            self.lose(Code::UnsayableName, Severity::Data, field);
            return false;
        }
        let at = self.tree.at(field);
        match self.tree.held(field) {
            held @ (Held::Bool(_) | Held::Number(_) | Held::Text(_)) => {
                json_type(self.tree, self.losses, field);
                self.tree.append(target, name, held, at);
                true
            }
            Held::Array(array) => {
                let before = self.losses.len();
                let said = self.tree.alone(name, Held::Array(Array::new(Shape::Keys)), at);
                let outer = self.first;
                self.first = outer.or(Some(name));
                self.children(field, said, brackets.saturating_add(1));
                self.first = outer;
                if self.tree.first(said).is_none() {
                    self.nothing_said(field, before);
                    return false;
                }
                // An object whose names count from 0 would come back as a list, and a list with a gap as an object.
                match array.shape {
                    Shape::List if !self.tree.counts(said) => {
                        self.losses.push(shape(self.tree, field, LIST));
                    }
                    Shape::Object if self.tree.counts(field) => {
                        self.losses.push(shape(self.tree, field, OBJECT));
                    }
                    Shape::Keys | Shape::List | Shape::Object => {}
                }
                self.tree.hang(target, said);
                true
            }
            Held::Null | Held::Link(_) | Held::Gone => {
                self.lose(Code::LeftOut, Severity::Note, field);
                false
            }
        }
    }

    fn children(&mut self, field: Id, said: Id, brackets: usize) {
        let (mut is_ordered, mut is_gap) = (true, false);
        let mut next = self.tree.first(field);
        while let Some(child) = next {
            next = self.tree.after(child);
            let was_said = self.say(child, said, brackets);
            is_ordered &= !(was_said && is_gap);
            is_gap |= !was_said;
        }
        // What is put back comes last, unless the order is told. A list's keys tell it.
        if !is_ordered && !self.tree.is_list(field) {
            let order = loss(self.tree, Code::Order, Severity::Note, field, Kept::Keys(field));
            self.losses.push(order);
        }
    }

    /// Makes one loss of the losses of a field of which nothing was said.
    fn nothing_said(&mut self, field: Id, before: usize) {
        let is_data = self.losses.iter().skip(before).any(|entry| entry.severity == Severity::Data);
        self.losses.truncate(before);
        let (code, severity) = match is_data {
            true => (Code::UnsayableName, Severity::Data),
            false => (Code::LeftOut, Severity::Note),
        };
        self.lose(code, severity, field);
    }

    fn lose(&mut self, code: Code, severity: Severity, field: Id) {
        self.losses.push(loss(self.tree, code, severity, field, Kept::Node(field)));
    }
}

/// The shapes that a form's keys do not tell.
pub(crate) const LIST: &str = "list";
pub(crate) const OBJECT: &str = "object";
/// A flat list of items that is an object all the same.
pub(crate) const NUMBERED: &str = "numbered";

/// Notes the shape of an array.
pub(crate) fn shape(tree: &Tree, node: Id, word: &'static str) -> Entry {
    loss(tree, Code::Shape, Severity::Note, node, Kept::Word(word))
}
