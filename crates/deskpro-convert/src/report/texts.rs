//! Texts of the page: values of the data, which may be hidden, and explanations.

use crate::args::ReportValues;
use crate::excerpt::printable;

/// Whether texts from the data are shown.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Reveal {
    Show,
    Hide,
}

impl Reveal {
    /// The maximum length of a text from the data, in characters.
    const MAX_TEXT: usize = 400;

    pub(super) fn new(values: ReportValues) -> Self {
        match values {
            ReportValues::Show => Self::Show,
            ReportValues::Hide => Self::Hide,
        }
    }

    /// A text from the data, with invisible characters escaped; empty if texts are hidden.
    pub(super) fn text(self, text: &str) -> String {
        match self {
            Self::Show => printable(text.as_bytes(), Self::MAX_TEXT),
            Self::Hide => String::new(),
        }
    }
}

/// Sentences with code in backticks, as pieces of text and of code.
#[derive(Debug)]
pub(super) struct Prose {
    /// Text and code by turns, the text first.
    pieces: Vec<&'static str>,
}

impl Prose {
    pub(super) fn new(text: &'static str) -> Self {
        Self { pieces: text.split('`').collect() }
    }

    /// The pieces. The flag says whether a piece is code.
    pub(super) fn pieces(&self) -> impl Iterator<Item = (bool, &'static str)> + '_ {
        self.pieces.iter().enumerate().map(|(n, piece)| (n % 2 == 1, *piece))
    }
}
