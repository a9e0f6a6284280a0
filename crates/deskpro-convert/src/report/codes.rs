//! The codes on the page: those of rejected payloads, of data and of notes. Each has a card with its counts, its
//! meaning and examples.

use deskpro_contact::{Code, ErrorKind};

use super::Outcome;
use super::numbers::{Count, Share, several};
use super::texts::{Prose, Reveal};
use crate::args::Args;
use crate::category::{Category, DIFFERENCE};
use crate::examples::Examples;
use crate::message::MessageParts;
use crate::tally::{CodeCount, Tally};

/// Codes of one category.
pub(super) struct CodeSection {
    pub(super) title: &'static str,
    pub(super) lead: &'static str,
    category: Category,
    pub(super) outcome: Outcome,
    pub(super) codes: Vec<CodeCard>,
}

impl CodeSection {
    /// The prefix of the anchors of its codes. It is needed because a code can have data and notes.
    pub(super) fn anchor(&self) -> &'static str {
        match self.category {
            Category::Rejected => "rejected-",
            Category::Data => "data-",
            Category::Note => "note-",
        }
    }
}

/// A code with its counts, its explanation and examples.
pub(super) struct CodeCard {
    pub(super) code: &'static str,
    pub(super) counts: String,
    pub(super) payloads: Count,
    pub(super) share: String,
    pub(super) length: String,
    pub(super) meaning: Prose,
    pub(super) remedy: Option<Prose>,
    pub(super) examples: Vec<CodeExample>,
    /// The lines of the examples, if their values are hidden.
    pub(super) lines: String,
}

/// An example of a loss or an error.
pub(super) struct CodeExample {
    pub(super) line: Count,
    pub(super) id: Option<String>,
    pub(super) path: String,
    pub(super) text: String,
}

/// The sections of all codes that the run has counted.
pub(super) fn codes(tally: &Tally, examples: &Examples, args: &Args, reveal: Reveal) -> Vec<CodeSection> {
    let is_kept = args.losses.is_some();
    let section = |category: Category| {
        let (title, lead, outcome) = match category {
            Category::Rejected => (
                "Rejected payloads",
                "The output has nothing of these payloads. Correct them, and convert them again.",
                if tally.lost_payloads > 0 { Outcome::Lost } else { Outcome::Kept },
            ),
            Category::Data if is_kept => (
                "Values that the output does not have",
                "A person would miss these values. The losses file keeps them, so that they can be put back.",
                Outcome::Kept,
            ),
            Category::Data => (
                "Values that the output does not have",
                "A person would miss these values, and no file keeps them.",
                Outcome::Lost,
            ),
            Category::Note => (
                "Notes",
                "Nobody misses these facts. Only restoring a payload exactly needs them, and they need no decision.",
                Outcome::Aside,
            ),
        };
        let rows = tally.all_codes().filter(|row| row.category == category);
        let codes: Vec<CodeCard> = rows.map(|row| card(row, tally, examples, args, reveal)).collect();
        CodeSection { title, lead, category, outcome, codes }
    };
    [Category::Rejected, Category::Data, Category::Note]
        .map(section)
        .into_iter()
        .filter(|section| !section.codes.is_empty())
        .collect()
}

fn card(row: CodeCount, tally: &Tally, examples: &Examples, args: &Args, reveal: Reveal) -> CodeCard {
    let CodeCount { category, code, count, payloads } = row;
    let noun = match category {
        Category::Rejected => "payload",
        Category::Data if code == Code::RejectedRecord.name() => "record",
        Category::Data => "value",
        Category::Note => "note",
    };
    let counts = match category {
        Category::Rejected => several(count, noun),
        Category::Data | Category::Note => {
            format!("{} in {}", several(count, noun), several(payloads, "payload"))
        }
    };
    let (meaning, remedy) = explanation(category, code);
    let field = args.id_field.as_deref().unwrap_or_default();
    let shown: Vec<MessageParts<'_>> = examples.of(category, code).map(|message| message.parts()).collect();
    let mut lines: Vec<String> = shown.iter().map(|parts| Count(parts.line).to_string()).collect();
    lines.dedup();
    let examples = shown.iter().filter(|_| reveal == Reveal::Show).map(|parts| CodeExample {
        line: Count(parts.line),
        id: parts.id.as_deref().map(|id| reveal.text(&format!("{field} {id}"))),
        path: reveal.text(parts.path),
        text: reveal.text(parts.text),
    });
    // Left-over losses may belong to payloads that are not in this input.
    let share = Share::new(payloads, tally.lines.max(payloads).max(1));
    CodeCard {
        code,
        counts,
        payloads: Count(payloads),
        share: share.words(),
        length: share.length(400),
        meaning: Prose::new(meaning),
        remedy: (category != Category::Note).then(|| Prose::new(remedy)),
        examples: examples.collect(),
        lines: if reveal == Reveal::Hide { lines.join("; ") } else { String::new() },
    }
}

/// The meaning of a code, and what to do.
fn explanation(category: Category, code: &str) -> (&'static str, &'static str) {
    let explanation = match category {
        Category::Rejected if code == DIFFERENCE => {
            return (
                "A payload that the output and its losses do not restore. This is a bug of convert.",
                "Report the bug, with the payload. Do not use the output.",
            );
        }
        Category::Rejected => code.parse::<ErrorKind>().expect("the code of an error").explanation(),
        Category::Data | Category::Note => code.parse::<Code>().expect("the code of a loss").explanation(),
    };
    (explanation.meaning, explanation.remedy)
}
