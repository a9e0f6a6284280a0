//! Puts losses back.
//!
//! Restoring converts the output in the other direction: it writes everything that was read, and fills nothing in. Then
//! the [`Restorer`] puts each loss back, as [`PutBack`](crate::loss::PutBack) says for its code. The bytes of decoded
//! texts and names are put back last.
//!
//! If the output has another value at the place of a loss, that value stays. A loss whose place no longer exists is
//! left over.

mod encoded;
mod matching;
mod owner;
mod phones;
mod restorer;
mod saved;

pub(crate) use self::matching::{Matching, Placement};
pub(crate) use self::restorer::Restorer;
pub(crate) use self::saved::{Grouping, Layout, SavedLosses, SavedNames};
