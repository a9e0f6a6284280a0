//! Writes members of JSON into the tree of a payload, so that the form has the pairs of PHP's `http_build_query`.

use crate::form;
use crate::loss::{Code, LostValue, PendingLoss, Severity, word};
use crate::map::{severity, tree_loss};
use crate::model::table::envelope;
use crate::tree::{Array, Id, Node, Shape, Text, Tree};

/// Writes members of JSON into the tree of a payload, and collects the losses.
pub(super) struct Writer<'w> {
    pub(super) tree: &'w mut Tree,
    pub(super) losses: &'w mut Vec<PendingLoss>,
}

impl Writer<'_> {
    /// Writes the fields of a body, and its records.
    pub(super) fn write_body(&mut self, body: Id, root: Id) {
        let mut next = self.tree.first(body);
        while let Some(field) = next {
            next = self.tree.after(field);
            let is_records = self.tree.name(field) == envelope::CONTACT_DATA.as_bytes();
            if is_records && self.tree.array(field).is_some() {
                self.write_records(field, root);
            } else {
                self.add(field, self.tree[field].key, root, None);
            }
        }
    }

    /// Writes the records of a body or a reply.
    pub(super) fn write_records(&mut self, records: Id, root: Id) {
        let name = self.tree.intern_name(envelope::CONTACT_DATA);
        if self.is_nothing(records) {
            return self.note_empty(records);
        }
        let written = self.tree.append(root, name, Node::Array(Array::new(Shape::Keys)), 0);
        let mut next = self.tree.first(records);
        while let Some(record) = next {
            next = self.tree.after(record);
            let key = self.tree[record].key;
            if self.tree.child(record, envelope::CONTACT_TYPE.as_bytes()).is_none() {
                self.add(record, key, written, Some(name));
            } else if form::is_representable(&self.tree[key], Some(envelope::CONTACT_DATA.as_bytes())) {
                self.add_reply_record(record, written);
            } else {
                self.lose(Code::SourceName, record);
            }
        }
    }

    /// Adds a loss for each member of a reply other than `name`.
    pub(super) fn lose_beside(&mut self, reply: Id, name: &str) {
        let mut next = self.tree.first(reply);
        while let Some(member) = next {
            next = self.tree.after(member);
            if self.tree.name(member) != name.as_bytes() {
                self.lose(Code::SourceField, member);
            }
        }
    }

    /// Adds a member's value under a name. `first` is the outermost name above it; `None` at the top of the payload.
    pub(super) fn add(&mut self, from: Id, name: Text, to: Id, first: Option<Text>) {
        if self.is_nothing(from) {
            return self.note_empty(from);
        }
        if !form::is_representable(&self.tree[name], first.map(|first| &self.tree[first])) {
            return self.lose(Code::SourceName, from);
        }
        let at = self.tree.at(from);
        match self.tree.node(from) {
            Node::Array(_) => {
                let written = self.tree.append(to, name, Node::Array(Array::new(Shape::Keys)), at);
                let mut next = self.tree.first(from);
                while let Some(child) = next {
                    next = self.tree.after(child);
                    self.add(child, self.tree[child].key, written, first.or(Some(name)));
                }
            }
            node @ (Node::Text(_) | Node::Number(_) | Node::Bool(_)) => {
                let json_type = match node {
                    Node::Number(_) => Some(word::NUMBER),
                    Node::Bool(_) => Some(word::BOOLEAN),
                    Node::Text(_) | Node::Null | Node::Array(_) | Node::Link(_) | Node::Removed => None,
                };
                if let Some(word) = json_type {
                    let value = LostValue::Word(word);
                    self.losses.push(tree_loss(self.tree, Code::SourceType, Severity::Note, from, value));
                }
                self.tree.append(to, name, node, at);
            }
            Node::Null | Node::Link(_) | Node::Removed => {
                unreachable!("JSON has no links, and null is nothing")
            }
        }
    }

    /// Whether a value is null or an empty array. `http_build_query` leaves it out.
    pub(super) fn is_nothing(&self, id: Id) -> bool {
        match self.tree.node(id) {
            Node::Null => true,
            Node::Array(_) => self.tree.first(id).is_none(),
            Node::Bool(_) | Node::Number(_) | Node::Text(_) | Node::Link(_) | Node::Removed => false,
        }
    }

    fn note_empty(&mut self, id: Id) {
        let value = LostValue::Tree(id);
        self.losses.push(tree_loss(self.tree, Code::SourceEmpty, Severity::Note, id, value));
    }

    /// Adds a loss that holds a member and everything under it.
    pub(super) fn lose(&mut self, code: Code, id: Id) {
        let severity = severity(self.tree, id);
        self.losses.push(tree_loss(self.tree, code, severity, id, LostValue::Tree(id)));
    }
}
