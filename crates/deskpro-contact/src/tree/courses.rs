//! What the reader knows of arrays beyond what is in them: which of them have the same names in the same order.

use std::num::NonZeroU8;

use super::{Array, Entry, Held, Id, Tree, clip};

/// How many nodes behind another one a node is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Behind(NonZeroU8);

impl Behind {
    /// None is no node behind.
    #[inline(always)]
    pub(crate) fn new(count: u32) -> Option<Self> {
        NonZeroU8::new(u8::try_from(count).ok()?).map(Self)
    }

    /// How many they are.
    pub(crate) fn count(self) -> u32 {
        self.0.get().into()
    }
}

impl Id {
    /// Where a node is that is behind another one, where that is not far.
    pub(crate) fn since(self, other: Self) -> Option<Behind> {
        let behind = u8::try_from(self.0.checked_sub(other.0)?).ok()?;
        NonZeroU8::new(behind).map(Behind)
    }

    /// The node that is so far behind this one.
    pub(crate) fn and(self, Behind(behind): Behind) -> Self {
        Self(self.0.wrapping_add(u32::from(behind.get())))
    }
}

impl Tree {
    /// The number by which the reader knows what is in an array, where it does: arrays of one number have the same names in
    /// the same order, all texts but for arrays of texts, and the nodes stand one behind the other.
    pub(crate) fn course(&self, id: Id) -> Option<u16> {
        match self.entry(id).held {
            Held::Array(Array { course: course @ 1.., .. }) if id.0 >= self.courses_from => Some(course),
            Held::Array(_)
            | Held::Null
            | Held::Bool(_)
            | Held::Number(_)
            | Held::Text(_)
            | Held::Link(_)
            | Held::Gone => None,
        }
    }

    pub(crate) fn set_course(&mut self, id: Id, course: u16) {
        if let Some(Entry { held: Held::Array(array), .. }) = self.entry_mut(id) {
            array.course = course;
        }
    }

    /// Takes back what the reader knew of all arrays.
    pub(crate) fn forget_courses(&mut self) {
        self.courses_from = clip(self.nodes.len());
    }

    /// Whether a node and so many behind it are the last ones.
    pub(crate) fn is_last(&self, id: Id, behind: u8) -> bool {
        self.nodes.len() == (id.0 as usize).saturating_add(usize::from(behind)).saturating_add(1)
    }
}
