//! The laws, as functions that panic where one does not hold. The targets give them bytes.
//!
//! They look from outside: at the library's public names, at the two documents, and at the bytes that went in. Where
//! a check splits a payload or a body, it does so by itself, so that it cannot be wrong together with the readers.

mod forms;
mod laws;

pub use self::forms::reads;
pub use self::laws::{
    body_comes_back, both_readers_give_the_same, payload_comes_back, restores_anything,
    what_was_read_before_changes_nothing,
};
