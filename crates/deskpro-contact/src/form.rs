//! Reads and writes form payloads as PHP does.
//!
//! [`Form`] reads a payload into the array that PHP's `parse_str` makes of it, and writes the bytes of PHP's
//! `http_build_query`. This module handles pairs, brackets and percent-encoding, not contacts. Its rules are those of
//! PHP 8.2. The tests compare this module with PHP on generated payloads.

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
pub(crate) use self::write::{Space, encode, encode_raw, is_representable, scalar, write, write_named};
