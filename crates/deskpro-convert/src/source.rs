//! Where payloads come from: lines of an input, and, to restore, the losses of each.
//!
//! An input is read into batches of whole lines. A batch ends where a read ended, so that a pipe that pauses is
//! answered at once. A line over the limit is passed on in parts and never held whole.

mod batch;
mod lines;
mod losses;
mod read_buffer;
mod restored;

pub(crate) use self::batch::{BATCH, BatchLine, LinePart, Task, clear};
pub use self::batch::{Batch, SourceError};
pub use self::lines::Lines;
pub use self::losses::Losses;
pub use self::restored::Restored;
