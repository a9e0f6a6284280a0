//! Puts back the sent bytes of texts and names that were decoded.

use super::restorer::Restorer;
use super::saved::{SavedLoss, SavedLosses};
use crate::form;
use crate::loss::PutBack;
use crate::model::table::Format;
use crate::tree::{Id, Node, Text};

/// The part of a member that was decoded, and whose bytes are in a loss.
#[derive(Clone, Copy)]
enum Decoded {
    Text,
    Name,
}

impl Restorer<'_> {
    /// Puts bytes back if they still decode to the text or name in the output; an edited text stays in UTF-8. Must be
    /// called after all other losses are put back, because their paths have decoded names.
    pub(super) fn put_bytes(&mut self, saved: &SavedLosses) {
        let mut places: Vec<(&SavedLoss, Decoded, Option<Id>)> = Vec::new();
        for loss in &saved.losses {
            let part = match loss.code.put_back() {
                PutBack::TextBytes => Decoded::Text,
                PutBack::NameBytes => Decoded::Name,
                PutBack::Value
                | PutBack::ValueIfTaken
                | PutBack::PhoneNumber
                | PutBack::Extension
                | PutBack::Record
                | PutBack::OldSpelling
                | PutBack::TakeOut
                | PutBack::Order
                | PutBack::Type
                | PutBack::Shape
                | PutBack::Guide
                | PutBack::Nothing
                | PutBack::OfSource => continue,
            };
            let path = self.moved(&saved.layout, &loss.path);
            places.push((loss, part, self.find(&path)));
        }
        for (loss, part, node) in places {
            let bytes = loss.value.and_then(|value| self.tree.text(value));
            let text = bytes.and_then(|bytes| {
                let encoding = saved.layout.encoding.filter(|_| self.to == Format::Legacy)?;
                Some((bytes, encoding.decode(&self.tree[bytes])?.into_owned()))
            });
            let is_done = match (text, node) {
                // The losses file was edited, or belongs to the other direction.
                (None, _) => false,
                // The text or name was removed from the output.
                (Some(_), None) => true,
                (Some((bytes, text)), Some(node)) => match part {
                    Decoded::Text => {
                        if self.tree.text(node).is_some_and(|now| self.tree[now] == *text.as_bytes()) {
                            self.tree.set(node, Node::Text(bytes));
                        }
                        true
                    }
                    Decoded::Name => self.put_name(node, bytes, &text),
                },
            };
            if !is_done {
                self.left_over(loss);
            }
        }
    }

    /// Gives a member its sent name, if its name is still `decoded`. Returns false if it is not, or if a form cannot
    /// represent the sent name.
    fn put_name(&mut self, node: Id, name: Text, decoded: &str) -> bool {
        let tree = &mut *self.tree;
        let Some(parent) = tree.parent(node) else { return false };
        let mut top = node;
        while let Some(above) = tree.parent(top).filter(|&above| tree.is_attached(above)) {
            top = above;
        }
        let first = (top != node).then(|| tree.name(top));
        let is_possible = tree.name(node) == decoded.as_bytes()
            && tree.child(parent, &tree[name]).is_none()
            && form::is_representable(&tree[name], first);
        if is_possible {
            tree.rename(node, name);
        }
        is_possible
    }
}
