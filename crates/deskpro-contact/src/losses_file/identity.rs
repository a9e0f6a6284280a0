//! The values by which a restoring run recognises an output line: the person's id, and a digest of the line.

use std::borrow::Cow;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;

use serde::ser::{Serialize, Serializer};
use serde_json::value::RawValue;

use super::objects::not_a_line;
use crate::digest::{self, Digest};
use crate::error::Error;

/// The id of the person whom a line is about, as JSON: a string that is not empty, a number, `true` or `false`.
///
/// Two ids are equal if a form writes them as the same text: a form has no JSON types.
///
/// ```
/// use deskpro_contact::losses_file::PersonId;
///
/// let id = PersonId::from_json("4711").unwrap();
/// assert_eq!((id.json(), &*id.text()), ("4711", "4711"));
/// assert_eq!(PersonId::from_json("\"4711\""), Some(id));
/// for none in ["null", "[4711]", "\"\"", "4711,"] {
///     assert_eq!(PersonId::from_json(none), None);
/// }
/// ```
#[derive(Clone, Copy, Debug)]
pub struct PersonId<'a>(&'a RawValue);

impl<'a> PersonId<'a> {
    /// Reads an id from a JSON text, such as [`Conversion::id`](crate::Conversion::id) returns. `None` if the text is
    /// not one scalar, or if it is null or an empty string.
    #[must_use]
    pub fn from_json(json: &'a str) -> Option<Self> {
        serde_json::from_str(json).ok().and_then(Self::from_raw)
    }

    pub(super) fn from_raw(json: &'a RawValue) -> Option<Self> {
        let is_scalar = !json.get().starts_with(['[', '{', 'n']);
        // A string with half of a surrogate pair is valid JSON for `RawValue`, but not a text.
        let is_text =
            !json.get().starts_with('"') || serde_json::from_str::<Cow<'_, str>>(json.get()).is_ok();
        (is_scalar && is_text && json.get() != "\"\"").then_some(Self(json))
    }

    /// The id as a form writes it: without quotes, and `1` or `0` for a boolean.
    #[must_use]
    pub fn text(self) -> Cow<'a, str> {
        match self.json() {
            "true" => Cow::Borrowed("1"),
            "false" => Cow::Borrowed("0"),
            string if string.starts_with('"') => {
                let text: String = serde_json::from_str(string).expect("checked when the id was made");
                Cow::Owned(text)
            }
            number => Cow::Borrowed(number),
        }
    }

    /// The id as JSON text.
    #[must_use]
    pub fn json(self) -> &'a str {
        self.0.get()
    }
}

impl PartialEq for PersonId<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.text() == other.text()
    }
}

impl Eq for PersonId<'_> {}

impl Hash for PersonId<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.text().hash(state);
    }
}

impl Serialize for PersonId<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

/// A short digest of an output line. A restoring run recognises an unchanged line by its digest.
///
/// The digest is the upper 48 bits of a multiplicative hash. The hash takes the line in words of eight bytes, the last
/// one padded with zeros, and then the line's length. `Display` and losses files write twelve hexadecimal digits.
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
    pub(crate) const DIGITS: usize = 12;

    /// The digest of an output line. `output` is the line without its end.
    #[must_use]
    pub fn of(output: &[u8]) -> Self {
        let mut digest = Digest::START;
        digest.add_text(output);
        digest.add(output.len() as u64);
        Self(digest.end())
    }

    /// The digest as a number of 48 bits.
    #[must_use]
    pub fn bits(self) -> u64 {
        self.0
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

    /// Parses twelve hexadecimal digits. Any other text is [`ErrorKind::NotLosses`](crate::ErrorKind::NotLosses).
    fn from_str(text: &str) -> Result<Self, Error> {
        let is_hex = text.len() == Self::DIGITS && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        let digest = is_hex.then(|| u64::from_str_radix(text, 16).ok()).flatten();
        digest.map(Self).ok_or_else(|| not_a_line(text.as_bytes()))
    }
}
