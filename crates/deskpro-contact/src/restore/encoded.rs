//! Putting back the bytes of the texts and names that were decoded.

use super::restorer::Restorer;
use super::saved::{SavedLoss, SavedLosses};
use crate::form;
use crate::loss::PutBack;
use crate::model::table::Format;
use crate::tree::{Id, Node, Text};

/// What a loss holds the bytes of.
#[derive(Clone, Copy)]
enum Part {
    Text,
    Name,
}

impl Restorer<'_> {
    /// Puts bytes back where decoding them gives what the output says: an edited text stays in UTF-8. All else is put
    /// back before, for the paths of losses have decoded names.
    pub(super) fn put_bytes(&mut self, saved: &SavedLosses) {
        let mut places: Vec<(&SavedLoss, Part, Option<Id>)> = Vec::new();
        for loss in &saved.losses {
            let part = match loss.code.put_back() {
                PutBack::TextBytes => Part::Text,
                PutBack::NameBytes => Part::Name,
                PutBack::Value
                | PutBack::Record
                | PutBack::OldSpelling
                | PutBack::TakeOut
                | PutBack::Order
                | PutBack::Type
                | PutBack::Shape
                | PutBack::Guide
                | PutBack::Nothing => continue,
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
                // The losses file was edited, or is of the other direction.
                (None, _) => false,
                // The output has nothing there any more.
                (Some(_), None) => true,
                (Some((bytes, text)), Some(node)) => match part {
                    Part::Text => {
                        if self.tree.text(node).is_some_and(|now| self.tree[now] == *text.as_bytes()) {
                            self.tree.set(node, Node::Text(bytes));
                        }
                        true
                    }
                    Part::Name => self.put_name(node, bytes, &text),
                },
            };
            if !is_done {
                self.left_over(loss);
            }
        }
    }

    /// Gives a member the name that it had, where `decoded` is its name now. False where a form cannot express that.
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
