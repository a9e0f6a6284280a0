//! Reads the lines of an input, and for restoring also the losses of each line; or reads the rows of a database, and
//! sorts them by person.
//!
//! An input is read into batches of whole lines. A batch ends where a read ended, so that the lines of a pipe that
//! pauses are converted at once. A line over the limit is split into parts and never held in memory whole.

mod batch;
mod database;
mod grouped;
mod lines;
mod losses;
mod opening;
mod read_buffer;
mod restored;

pub(crate) use self::batch::{BATCH, BatchLine, LinePart, Task, clear};
pub use self::batch::{Batch, SourceError};
pub(crate) use self::database::{Database, Stage, rows_error};
pub(crate) use self::grouped::Rows;
pub use self::lines::Lines;
pub use self::losses::Losses;
pub(crate) use self::restored::note_outputs;
pub use self::restored::{Index, People, Positional, Restored};
