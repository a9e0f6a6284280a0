//! How a restoring run recognises an output line: by the person's id, and by a digest of the line.

use std::fmt;
use std::str::FromStr;

use serde::ser::{Serialize, Serializer};
use serde_json::value::RawValue;

use super::objects::not_a_line;
use crate::digest::{self, Digest};
use crate::error::Error;

/// The id of the person whom a line is about, as JSON: a string, a number, `true` or `false`.
///
/// ```
/// use deskpro_contact::losses_file::PersonId;
///
/// assert_eq!(PersonId::from_json("4711").unwrap().json(), "4711");
/// assert!(PersonId::from_json("null").is_none() && PersonId::from_json("[4711]").is_none());
/// assert!(PersonId::from_json("4711,").is_none());
/// ```
#[derive(Clone, Copy, Debug)]
pub struct PersonId<'a>(&'a RawValue);

impl<'a> PersonId<'a> {
    /// The id in a JSON text, as [`Conversion::field`](crate::Conversion::field) returns it. None where the text is
    /// anything but one scalar.
    #[must_use]
    pub fn from_json(json: &'a str) -> Option<Self> {
        serde_json::from_str(json).ok().and_then(Self::from_raw)
    }

    pub(super) fn from_raw(json: &'a RawValue) -> Option<Self> {
        let is_scalar = !json.get().starts_with(['[', '{', 'n']);
        is_scalar.then_some(Self(json))
    }

    /// The JSON text.
    #[must_use]
    pub fn json(self) -> &'a str {
        self.0.get()
    }
}

impl PartialEq for PersonId<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.json() == other.json()
    }
}

impl Eq for PersonId<'_> {}

impl Serialize for PersonId<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

/// A short digest of an output line, by which a restoring run tells lines that were edited from lines that changed
/// places: FNV-1a over words of eight bytes, the last one filled with zeros, and the length; the upper 48 bits.
///
/// Displayed, and written to a losses file, as twelve hexadecimal digits.
///
/// ```
/// use deskpro_contact::losses_file::OutputDigest;
///
/// let digest = OutputDigest::of(b"a");
/// assert_eq!(digest.to_string().len(), 12);
/// assert_eq!(digest.to_string().parse(), Ok(digest));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct OutputDigest(u64);

impl OutputDigest {
    const DIGITS: usize = 12;

    /// The digest of an output line, without its line end.
    #[must_use]
    pub fn of(output: &[u8]) -> Self {
        let mut digest = Digest::START;
        digest.add_text(output);
        digest.add(output.len() as u64);
        Self(digest.end())
    }

    pub(super) fn hex(self) -> [u8; Self::DIGITS] {
        digest::hex(self.0)
    }
}

impl fmt::Display for OutputDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:0width$x}", self.0, width = Self::DIGITS)
    }
}

impl FromStr for OutputDigest {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let is_hex = text.len() == Self::DIGITS && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        let digest = is_hex.then(|| u64::from_str_radix(text, 16).ok()).flatten();
        digest.map(Self).ok_or_else(|| not_a_line(text.as_bytes()))
    }
}
