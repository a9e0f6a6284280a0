//! What the members of a losses file's objects are called, for those who write them and for those who read them.

use crate::writer::Writer;

pub(crate) const LOSSES: &str = "losses";
pub(crate) const CODE: &str = "code";
pub(crate) const SEVERITY: &str = "severity";
pub(crate) const PATH: &str = "path";
pub(crate) const ERROR: &str = "error";
pub(crate) const MESSAGE: &str = "message";
/// A text or a tree.
pub(crate) const VALUE: &str = "value";
/// The same, where it is not UTF-8.
pub(crate) const RAW: &str = "raw";

/// Begins an object with its first member.
pub(crate) fn first(name: &str, out: &mut Writer) {
    named(b'{', name, out);
}

/// Begins another member.
pub(crate) fn next(name: &str, out: &mut Writer) {
    named(b',', name, out);
}

/// A member's name behind a mark, up to its value.
fn named(mark: u8, name: &str, out: &mut Writer) {
    out.between(&[mark, b'"'], name.as_bytes(), name.len(), b"\":");
}
