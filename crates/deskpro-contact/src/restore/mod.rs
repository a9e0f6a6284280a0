//! Putting losses back.
//!
//! Restoring converts the output the other way, writes everything that was read and fills nothing in. Then the
//! [`Restorer`] puts each loss back: a value goes to its path, an old spelling returns only if it still converts to the
//! current output, a default that was filled in is taken out, a JSON type or shape is set, and names are put in order.
//! Last, the bytes of decoded texts and names return.
//! The output wins over a loss for the same place. A loss that finds no place is left over.

mod encoded;
mod matching;
mod owner;
mod restorer;
mod saved;

pub(crate) use self::matching::{Matching, Placement};
pub(crate) use self::restorer::Restorer;
pub(crate) use self::saved::{Grouping, Layout, SavedLosses};
