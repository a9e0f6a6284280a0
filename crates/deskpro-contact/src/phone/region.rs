//! The region to which numbers without a calling code belong.

use std::fmt;
use std::str::FromStr;

use crate::error::shorten;
use crate::names::ParseNameError;

/// A country or territory, by its two letters of ISO 3166-1, for [`Options::region`](crate::Options::region).
///
/// ```
/// use deskpro_contact::Region;
///
/// let region: Region = "gb".parse()?;
/// assert_eq!(region.to_string(), "GB");
/// assert!("UK".parse::<Region>().is_err());
/// # Ok::<(), deskpro_contact::ParseNameError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Region([u8; 2]);

impl Region {
    /// The two letters, in upper case.
    #[must_use]
    pub fn name(&self) -> &str {
        std::str::from_utf8(&self.0).expect("ASCII letters")
    }

    /// The region as the library that reads phones names it. `None` if there is no such region.
    #[cfg(feature = "phones")]
    pub(super) fn of_library(self) -> Option<rlibphonenumber::Region> {
        self.name().parse().ok()
    }

    /// Whether numbers of the region can be read.
    #[cfg(feature = "phones")]
    fn is_readable(self) -> bool {
        self.of_library().is_some_and(|region| {
            rlibphonenumber::PHONE_NUMBER_UTIL.get_country_code_for_region(region).is_some()
        })
    }
}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Region {
    type Err = ParseNameError;

    /// Parses two letters in any case. Without the feature `phones`, any two letters are a region.
    fn from_str(name: &str) -> Result<Self, ParseNameError> {
        let letters =
            <[u8; 2]>::try_from(name.as_bytes()).ok().filter(|name| name.iter().all(u8::is_ascii_alphabetic));
        let region = letters.map(|letters| Self(letters.map(|letter| letter.to_ascii_uppercase())));
        #[cfg(feature = "phones")]
        let region = region.filter(|region| region.is_readable());
        region.ok_or_else(|| ParseNameError {
            expected: "a region, which has two letters (ISO 3166-1: GB, DE, US)",
            found: shorten(name.as_bytes()),
        })
    }
}
