//! Comparing trees.

use super::{Id, Node, Shape, Tree};

impl Tree {
    /// Whether two subtrees have equal values, keys, order and shape. Ignores empty arrays of a form, which no form can
    /// represent.
    pub(crate) fn equal(&self, id: Id, other: &Self, other_id: Id) -> bool {
        match (self.node(id), other.node(other_id)) {
            (Node::Null, Node::Null) => true,
            (Node::Bool(a), Node::Bool(b)) => a == b,
            (Node::Number(a), Node::Number(b)) | (Node::Text(a), Node::Text(b)) => self[a] == other[b],
            (Node::Array(a), Node::Array(b)) => {
                // In a form the keys decide the shape, so they are compared.
                let is_list = a.shape != Shape::Keys && self.is_list(id);
                let has_shape = a.shape != Shape::Keys && b.shape != Shape::Keys;
                let mut left = self.children(id).filter(|&child| !self.is_void(child));
                let mut right = other.children(other_id).filter(|&child| !other.is_void(child));
                let same = |a, b| (is_list || self.name(a) == other.name(b)) && self.equal(a, other, b);
                (!has_shape || is_list == other.is_list(other_id))
                    && left.by_ref().all(|a| right.next().is_some_and(|b| same(a, b)))
                    && right.next().is_none()
            }
            (
                Node::Null
                | Node::Bool(_)
                | Node::Number(_)
                | Node::Text(_)
                | Node::Array(_)
                | Node::Link(_)
                | Node::Removed,
                _,
            ) => false,
        }
    }

    /// Whether a member is an array of a form that holds no value at any depth.
    pub(crate) fn is_void(&self, id: Id) -> bool {
        self.array(id).is_some_and(|array| array.shape == Shape::Keys)
            && self.children(id).all(|child| self.is_void(child))
    }
}
