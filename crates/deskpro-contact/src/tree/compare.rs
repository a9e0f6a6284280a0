//! Whether two trees say the same.

use super::{Held, Id, Shape, Tree};

impl Tree {
    /// Whether two subtrees hold the same: values, keys, their order and shape. Empty arrays in arrays whose
    /// shape is told by their keys do not count: a form cannot say them.
    pub(crate) fn equal(&self, id: Id, other: &Self, other_id: Id) -> bool {
        match (self.held(id), other.held(other_id)) {
            (Held::Null, Held::Null) => true,
            (Held::Bool(a), Held::Bool(b)) => a == b,
            (Held::Number(a), Held::Number(b)) | (Held::Text(a), Held::Text(b)) => {
                self.bytes(a) == other.bytes(b)
            }
            (Held::Array(a), Held::Array(b)) => {
                // Where the keys tell the shape, they are compared.
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
                Held::Null
                | Held::Bool(_)
                | Held::Number(_)
                | Held::Text(_)
                | Held::Array(_)
                | Held::Link(_)
                | Held::Gone,
                _,
            ) => false,
        }
    }

    /// Whether a node is an array of a form in which there is nothing.
    pub(crate) fn is_void(&self, id: Id) -> bool {
        self.array(id).is_some_and(|array| array.shape == Shape::Keys)
            && self.children(id).all(|child| self.is_void(child))
    }
}
