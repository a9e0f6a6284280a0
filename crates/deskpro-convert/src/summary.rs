//! The counts of a run as JSON: the summary, and the report of `--check`.

use std::time::Duration;

use deskpro_contact::Target;
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

use crate::args::Args;
use crate::examples::Examples;
use crate::findings::{Findings, NameCounts};
use crate::json_line::json_line;
use crate::message::MessageJson;
use crate::status::Status;
use crate::tally::{Category, Tally};
use crate::wording::Wording;

/// The summary of a run.
#[derive(Serialize)]
pub(crate) struct Summary {
    to: &'static str,
    lines: u64,
    converted: u64,
    rejected: u64,
    rejected_records: u64,
    verified: u64,
    errors: Counts<&'static str>,
    losses: Counts<&'static str>,
    notes: Counts<&'static str>,
    bytes: u64,
    seconds: Box<RawValue>,
    bytes_per_second: Box<RawValue>,
}

impl Summary {
    /// The summary of a run that read `bytes` in `elapsed`.
    pub(crate) fn new(tally: &Tally, target: Target, bytes: u64, elapsed: Duration) -> Self {
        let seconds = elapsed.as_secs_f64();
        let counts = |category| {
            let codes = tally.codes().into_iter().filter(|(own, _, _)| *own == category);
            Counts(codes.map(|(_, code, count)| (code, count)).collect())
        };
        Self {
            to: target.name(),
            lines: tally.lines,
            converted: tally.converted,
            rejected: tally.rejected,
            rejected_records: tally.rejected_records(),
            verified: tally.verified,
            errors: counts(Category::Rejected),
            losses: counts(Category::Data),
            notes: counts(Category::Note),
            bytes,
            seconds: rounded(seconds, 3),
            bytes_per_second: rounded(bytes as f64 / seconds.max(1e-9), 0),
        }
    }
}

impl Summary {
    /// The summary as a message for a program, with its line end.
    pub(crate) fn message(&self) -> String {
        #[derive(Serialize)]
        struct Line<'a> {
            summary: &'a Summary,
        }
        json_line(&Line { summary: self })
    }
}

/// A number with so many digits behind its point: serde writes as many as it takes to read the same float again.
fn rounded(number: f64, places: usize) -> Box<RawValue> {
    RawValue::from_string(format!("{number:.places$}")).expect("a finite number is JSON")
}

/// Names and counts, as an object.
struct Counts<N>(Vec<(N, u64)>);

impl<N: Serialize> Serialize for Counts<N> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, count)| (name, count)))
    }
}

/// The report of `--check`.
#[derive(Serialize)]
pub(crate) struct CheckReport<'a> {
    to: &'static str,
    lines: u64,
    converted: u64,
    rejected: u64,
    verified: u64,
    codes: Vec<CodeReport<'a>>,
    types: Names<'a>,
    unknown_types: Names<'a>,
    unknown_fields: Names<'a>,
    losses: LossesFile,
    status: i32,
}

/// A code that was met.
#[derive(Serialize)]
struct CodeReport<'a> {
    severity: &'static str,
    code: &'static str,
    count: u64,
    examples: Vec<MessageJson<'a>>,
}

/// Names, the most frequent first.
#[derive(Serialize)]
struct Names<'a> {
    names: Counts<&'a str>,
    others: u64,
}

impl<'a> Names<'a> {
    fn new(counts: &'a NameCounts) -> Self {
        Self { names: Counts(counts.sorted()), others: counts.others }
    }
}

/// What a losses file would hold.
#[derive(Serialize)]
struct LossesFile {
    data: u64,
    notes: u64,
    lines: u64,
    bytes: u64,
}

impl<'a> CheckReport<'a> {
    /// The report of a run, whose losses file would have `bytes`.
    pub(crate) fn new(
        tally: &Tally,
        examples: &'a Examples,
        findings: &'a Findings,
        bytes: u64,
        args: &Args,
    ) -> Self {
        let wording = Wording::new(args);
        let code = |(category, code, count): (Category, _, _)| CodeReport {
            severity: category.name(),
            code,
            count,
            examples: examples.of(category, code).map(|message| message.json(wording)).collect(),
        };
        Self {
            to: args.target().name(),
            lines: tally.lines,
            converted: tally.converted,
            rejected: tally.rejected,
            verified: tally.verified,
            codes: tally.all_codes().map(code).collect(),
            types: Names::new(&findings.types),
            unknown_types: Names::new(&findings.unknown_types),
            unknown_fields: Names::new(&findings.unknown_fields),
            losses: LossesFile {
                data: findings.data,
                notes: findings.notes,
                lines: tally.with_losses,
                bytes,
            },
            status: Status::of(tally, args) as i32,
        }
    }
}
