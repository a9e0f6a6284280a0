//! The error of a text that names no value of an enum.

use std::fmt;

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
