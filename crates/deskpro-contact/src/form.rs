//! Reading and writing form payloads as PHP does.
//!
//! A payload means what PHP's `parse_str` makes of it, and what `http_build_query` writes is the form of a tree.
//! This room knows pairs, brackets and percent-encoding; it knows no contact. Every rule is PHP's (8.2), found by
//! running it; the tests compare the two on generated payloads.

mod parse;
mod plain;
mod reader;
mod scan;
mod write;

pub use self::parse::MAX_DEPTH;
pub(crate) use self::parse::{read_tree, read_value};
pub(crate) use self::plain::{Accepted, read_records};
pub use self::reader::{Form, Node};
pub(crate) use self::scan::{Padded, span};
pub(crate) use self::write::{Space, encode, is_representable, scalar, write, write_named};
