//! JSON syntax: reading into a tree, and writing.

mod invalid;
mod read;
mod write;

pub use self::read::MAX_JSON_DEPTH;
pub(crate) use self::read::{is_number, read, read_losses, span};
pub(crate) use self::write::{
    indent, write, write_bool, write_escaped, write_member, write_string, write_text, write_value,
};
