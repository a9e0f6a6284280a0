//! The names of members that are written byte by byte. What serde writes and reads has its names in the structs of
//! `objects.rs`, `write.rs` and `read.rs`.

use crate::writer::Writer;

pub(crate) const LINE: &str = "line";
pub(crate) const ID: &str = "id";
/// The digest of the output line.
pub(crate) const OUTPUT: &str = "output";
pub(crate) const LOSSES: &str = "losses";
pub(crate) const CODE: &str = "code";
pub(crate) const SEVERITY: &str = "severity";
pub(crate) const PATH: &str = "path";
pub(crate) const ERROR: &str = "error";
pub(crate) const MESSAGE: &str = "message";
/// A text or a tree, in UTF-8.
pub(crate) const VALUE: &str = "value";
/// A text or a tree that is not UTF-8, percent-encoded.
pub(crate) const RAW: &str = "raw";

/// Begins an object with its first member.
pub(crate) fn first(name: &str, out: &mut Writer) {
    named(b'{', name, out);
}

/// Begins another member.
pub(crate) fn next(name: &str, out: &mut Writer) {
    named(b',', name, out);
}

/// Writes a mark and a member's name, up to its value.
fn named(mark: u8, name: &str, out: &mut Writer) {
    out.between(&[mark, b'"'], name.as_bytes(), name.len(), b"\":");
}
