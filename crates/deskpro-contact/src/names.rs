//! `Display` and `FromStr` for the enums that have names.

use std::fmt;
use std::str::FromStr;

use crate::convert::{Source, Target};
use crate::error::{ErrorKind, shorten};
use crate::loss::{Code, PhoneReason, Severity};
use crate::model::{Field, Kind, PhoneType, Profile, Service};
use crate::{dump, rows};

/// The error of `FromStr` for the enums, [`Encoding`](crate::Encoding) and [`Region`](crate::Region): the text names
/// none of their values.
///
/// ```
/// use deskpro_contact::Kind;
///
/// let error = "pager".parse::<Kind>().unwrap_err();
/// assert_eq!(error.to_string(), "expected the name of a contact kind, found \"pager\"");
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ParseNameError {
    pub(crate) expected: &'static str,
    pub(crate) found: String,
}

impl fmt::Display for ParseNameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "expected the name of {}, found \"{}\"", self.expected, self.found)
    }
}

impl std::error::Error for ParseNameError {}

macro_rules! named {
    ($($name:ty, $expected:literal;)*) => {$(
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.name())
            }
        }

        impl FromStr for $name {
            type Err = ParseNameError;

            /// Parses a name in the spelling that `name()` returns.
            fn from_str(name: &str) -> Result<Self, ParseNameError> {
                let found = Self::ALL.iter().copied().find(|own| own.name() == name);
                found.ok_or_else(|| ParseNameError { expected: $expected, found: shorten(name.as_bytes()) })
            }
        }
    )*};
}

named! {
    Kind, "a contact kind";
    Field, "a field";
    Service, "a service";
    PhoneType, "a phone type";
    Profile, "a profile";
    PhoneReason, "a reason for the loss of a phone";
    Severity, "a severity";
    Code, "a loss code";
    ErrorKind, "an error code";
    dump::ErrorKind, "an error code of dumps";
    rows::ErrorKind, "an error code of rows";
    Source, "a source format";
    Target, "a target format";
}
