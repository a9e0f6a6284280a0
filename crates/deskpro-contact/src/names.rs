//! `Display` and `FromStr` for the enums that have names.

mod error;

use std::fmt;
use std::str::FromStr;

pub use self::error::ParseNameError;
use crate::convert::{Source, Target};
use crate::error::{ErrorKind, shorten};
use crate::loss::{Code, PhoneReason, Severity};
use crate::model::{Field, Kind, PhoneType, Profile, Service};
use crate::{dump, rows};

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
