//! Finds the phone number that a legacy calling code and number mean, or refuses them if there is doubt.
//!
//! The crate rlibphonenumber, a port of Google's libphonenumber, parses and validates. It accepts more than a person
//! would: it reads `030 1234567 / 8` as one longer number. So texts that could mean another number are refused before
//! the crate reads them, and texts that can be read in two ways are refused after it.

#[cfg(feature = "phones")]
mod read;
mod region;

pub use self::region::Region;

/// A number without doubt about which one is meant.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct PhoneNumber {
    /// In the form E.164: `+441632960123`.
    pub(crate) number: String,
    pub(crate) extension: Option<String>,
    /// Whether the number has the calling code that was sent. True if none was sent.
    pub(crate) has_code: bool,
}

/// The mark before an extension in a legacy number.
pub(crate) const EXTENSION_MARK: &str = " x";

/// Reads the number that a calling code and a number mean.
#[cfg(feature = "phones")]
pub(crate) use self::read::read;

/// Refuses all numbers, because the feature `phones` is off.
#[cfg(not(feature = "phones"))]
pub(crate) fn read(_: &str, _: &str, _: Option<Region>) -> Result<PhoneNumber, crate::loss::PhoneReason> {
    Err(crate::loss::PhoneReason::NotBuilt)
}
