//! The names of the members in a losses file. Each name is written only here.

use crate::buffer::Buffer;

pub(crate) const LINE: &str = "line";
pub(crate) const ID: &str = "id";
/// The digest of the output line.
pub(crate) const OUTPUT: &str = "output";
/// Whether the output has an error line for a rejected payload.
pub(crate) const EMITTED: &str = "emitted";
/// The length of a rejected payload that was too long to be kept.
pub(crate) const LENGTH: &str = "length";
/// The first line. The names of its members follow.
pub(crate) const HEAD: &str = "head";
pub(crate) const VERSION: &str = "version";
pub(crate) const FROM: &str = "from";
pub(crate) const TO: &str = "to";
pub(crate) const PROFILE: &str = "profile";
pub(crate) const ID_FIELD: &str = "id_field";
pub(crate) const ENCODING: &str = "encoding";
/// A line of the losses file that a restoring run read, whose losses that run could not put back.
pub(crate) const LEFT_OVER: &str = "left_over";
/// The last line. The names of its members follow.
pub(crate) const END: &str = "end";
pub(crate) const LINES: &str = "lines";
pub(crate) const WITH_LOSSES: &str = "with_losses";
pub(crate) const LOSSES: &str = "losses";
pub(crate) const CODE: &str = "code";
pub(crate) const SEVERITY: &str = "severity";
pub(crate) const PATH: &str = "path";
pub(crate) const ERROR: &str = "error";
/// The reason why a phone is not written.
pub(crate) const REASON: &str = "reason";
pub(crate) const MESSAGE: &str = "message";
/// A value in UTF-8, as JSON.
pub(crate) const VALUE: &str = "value";
/// A value that is not UTF-8: a percent-encoded text, or a form.
pub(crate) const RAW: &str = "raw";

/// Begins an object with its first member.
pub(crate) fn first(name: &str, out: &mut Buffer) {
    named(b'{', name, out);
}

/// Begins another member.
pub(crate) fn next(name: &str, out: &mut Buffer) {
    named(b',', name, out);
}

/// Writes a byte (`mark`), a member's name in quotes, and a colon.
fn named(mark: u8, name: &str, out: &mut Buffer) {
    out.between(&[mark, b'"'], name.as_bytes(), name.len(), b"\":");
}
