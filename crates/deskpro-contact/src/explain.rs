//! Explanations of the codes of losses and errors: the meaning, an example, and what to do. `loss` explains the losses,
//! `rejection` the errors that reject a payload or a record, `input` the errors that end a run.
//!
//! The compiler demands an explanation for each code. A test runs each example and checks that the code is reported.

mod example;
mod input;
mod loss;
mod rejection;

pub use self::example::{Example, Origin};
pub use self::input::InputExplanation;
#[cfg(doc)]
use crate::error::ErrorKind;
#[cfg(doc)]
use crate::loss::Code;

/// The meaning of a [`Code`] or an [`ErrorKind`], with an example and a remedy, as English text.
///
/// ```
/// use deskpro_contact::{Code, to_v2};
///
/// let explanation = Code::Comment.explanation();
/// assert!(explanation.meaning.contains("comment"));
/// let converted = to_v2(explanation.example.payload.as_bytes())?;
/// assert_eq!(converted.losses()[0].code(), Code::Comment);
/// # Ok::<(), deskpro_contact::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct Explanation {
    /// The meaning of the code, and when it is reported.
    pub meaning: &'static str,
    /// Advice what to do. Options in it are those of the command `convert`.
    pub remedy: &'static str,
    /// A payload for which the code is reported.
    pub example: Example,
}

const CORRECT_RECORD: &str = "Correct the record where the payloads come from, and convert its payload again. The \
                              other records of the payload are converted; --losses keeps this one whole.";
