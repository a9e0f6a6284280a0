//! The objects that are both written and read.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::error::{Error, ErrorKind, shorten};
use crate::loss::{Code, Severity};

/// The last line of a losses file: what the file is complete for.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Debug)]
pub struct End {
    /// The format that was converted to: the name of a [`Target`](crate::Target), or whatever a foreign file says.
    pub to: String,
    /// How many payloads were read.
    pub lines: u64,
    /// How many lines of the file are about a payload.
    pub with_losses: u64,
}

/// The line around [`End`].
#[derive(Serialize)]
pub(super) struct EndLine<'a> {
    pub(super) end: &'a End,
}

/// The output line of a rejected payload.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ErrorLine<'a> {
    #[serde(borrow)]
    pub(super) error: ErrorObject<'a>,
}

/// An [`Error`], with the person's id in front.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ErrorObject<'a> {
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    pub(super) id: Option<&'a RawValue>,
    pub(super) code: Cow<'a, str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) path: Option<Cow<'a, str>>,
    pub(super) message: Cow<'a, str>,
}

/// The list of losses of one line, as JSON text.
#[derive(Clone, Copy, Serialize, Deserialize, Debug)]
#[serde(transparent)]
pub struct Losses<'a> {
    #[serde(borrow)]
    json: &'a RawValue,
}

impl<'a> Losses<'a> {
    /// The JSON text.
    #[must_use]
    pub fn json(self) -> &'a str {
        self.json.get()
    }

    /// The code and the severity of each loss.
    ///
    /// # Errors
    ///
    /// Where the text is no list of losses.
    pub fn codes(self) -> Result<Vec<(Code, Severity)>, Error> {
        #[derive(Deserialize)]
        struct Loss<'a> {
            #[serde(borrow)]
            code: Cow<'a, str>,
            #[serde(borrow)]
            severity: Cow<'a, str>,
        }
        let not_losses = || not_a_line(self.json().as_bytes());
        let losses: Vec<Loss<'_>> = serde_json::from_str(self.json()).map_err(|_| not_losses())?;
        let each = losses.iter().map(|loss| {
            let code = Code::from_name(&loss.code)?;
            let severity =
                [Severity::Data, Severity::Note].into_iter().find(|one| one.name() == loss.severity)?;
            Some((code, severity))
        });
        each.collect::<Option<_>>().ok_or_else(not_losses)
    }
}

impl PartialEq for Losses<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.json() == other.json()
    }
}

impl Eq for Losses<'_> {}

pub(super) fn not_a_line(found: &[u8]) -> Error {
    Error::new(ErrorKind::NotLosses, String::new(), 0..0, "a line of a losses file", shorten(found))
}
