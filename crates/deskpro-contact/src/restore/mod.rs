//! Puts losses back.
//!
//! Restoring converts the output in the other direction: it writes everything that was read, and fills nothing in. Then
//! the [`Restorer`] puts each loss back: a value goes to its path, an old spelling returns only if it still converts to
//! the current output, a default that was filled in is removed, JSON types and shapes are set, and names are put in
//! order. The bytes of decoded texts and names return last.
//!
//! If the output has a value at the place of a loss, the output wins. A loss without a place is left over.

mod encoded;
mod matching;
mod owner;
mod phones;
mod restorer;
mod saved;

pub(crate) use self::matching::{Matching, Placement};
pub(crate) use self::restorer::Restorer;
pub(crate) use self::saved::{Grouping, Layout, SavedLosses, SavedNames};
