//! Encodings of legacy texts that are not UTF-8.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use crate::error::shorten;
use crate::names::ParseNameError;

/// An encoding that extends ASCII, for [`Options::encoding`](crate::Options::encoding).
///
/// Parsing accepts all names that the [WHATWG Encoding Standard](https://encoding.spec.whatwg.org/#names-and-labels)
/// lists for an encoding, in any case. `Display` writes its main name in lower case. UTF-16, ISO-2022-JP and the
/// standard's `replacement` do not extend ASCII, so parsing rejects them. With `utf-8`, nothing is decoded.
/// `x-user-defined` decodes each byte above 127 to a private-use character.
///
/// ```
/// use deskpro_contact::Encoding;
///
/// let encoding: Encoding = "Latin1".parse()?;
/// assert_eq!(encoding, Encoding::WINDOWS_1252); // as in web browsers
/// assert_eq!("SJIS".parse::<Encoding>()?.to_string(), "shift_jis");
/// let error = "utf-16".parse::<Encoding>().unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "expected the name of an encoding that extends ASCII, for example windows-1252, found \"utf-16\"",
/// );
/// # Ok::<(), deskpro_contact::ParseNameError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Encoding(&'static encoding_rs::Encoding);

impl Encoding {
    /// The encoding of Windows in Western Europe. Browsers use it for Latin-1, too.
    pub const WINDOWS_1252: Self = Self(&encoding_rs::WINDOWS_1252_INIT);

    /// Whether the encoding is UTF-8, so that nothing is decoded.
    pub(crate) fn is_utf8(self) -> bool {
        self.0 == encoding_rs::UTF_8
    }

    /// Whether a byte can begin a character of two bytes whose second byte can be a backslash.
    pub(crate) fn leads_to_backslash(self, byte: u8) -> bool {
        if self.0 == encoding_rs::SHIFT_JIS {
            matches!(byte, 0x81..=0x9f | 0xe0..=0xfc)
        } else {
            [encoding_rs::BIG5, encoding_rs::GBK, encoding_rs::GB18030].contains(&self.0)
                && matches!(byte, 0x81..=0xfe)
        }
    }

    /// Decodes bytes; `None` if they are malformed in this encoding.
    pub(crate) fn decode(self, bytes: &[u8]) -> Option<Cow<'_, str>> {
        self.0.decode_without_bom_handling_and_without_replacement(bytes)
    }
}

impl fmt::Display for Encoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0.name().to_ascii_lowercase())
    }
}

impl fmt::Debug for Encoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Encoding({self})")
    }
}

impl FromStr for Encoding {
    type Err = ParseNameError;

    /// Parses one of the encoding's names.
    fn from_str(name: &str) -> Result<Self, ParseNameError> {
        encoding_rs::Encoding::for_label_no_replacement(name.as_bytes())
            .filter(|encoding| encoding.is_ascii_compatible())
            .map(Self)
            .ok_or_else(|| ParseNameError {
                expected: "an encoding that extends ASCII, for example windows-1252",
                found: shorten(name.as_bytes()),
            })
    }
}

#[cfg(test)]
mod tests {
    use super::Encoding;

    #[test]
    fn only_some_encodings_have_a_backslash_as_second_byte() {
        let leads = |name: &str, byte| name.parse::<Encoding>().unwrap().leads_to_backslash(byte);
        assert!(leads("big5", 0xA5) && leads("gbk", 0x81) && leads("shift_jis", 0x83));
        assert!(!leads("big5", b'a') && !leads("shift_jis", 0xA0));
        assert!(!leads("windows-1252", 0xA5) && !leads("utf-8", 0xA5));
    }
}
