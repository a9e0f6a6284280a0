//! The summary of a run and the report of `--check` as JSON.

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
    errors: CountMap<&'static str>,
    losses: CountMap<&'static str>,
    notes: CountMap<&'static str>,
    bytes: u64,
    seconds: Box<RawValue>,
    bytes_per_second: Box<RawValue>,
}

impl Summary {
    /// The summary of a run that read `bytes` bytes in the time `elapsed`.
    pub(crate) fn new(tally: &Tally, target: Target, bytes: u64, elapsed: Duration) -> Self {
        let seconds = elapsed.as_secs_f64();
        let counts = |category| {
            let codes = tally.codes().into_iter().filter(|(of, _, _)| *of == category);
            CountMap(codes.map(|(_, code, count)| (code, count)).collect())
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
    /// The summary as a JSON message, with its line end.
    pub(crate) fn message(&self) -> String {
        #[derive(Serialize)]
        struct Line<'a> {
            summary: &'a Summary,
        }
        json_line(&Line { summary: self })
    }
}

/// A number with `places` digits after the point. serde_json would write all digits of the float.
fn rounded(number: f64, places: usize) -> Box<RawValue> {
    RawValue::from_string(format!("{number:.places$}")).expect("a finite number is JSON")
}

/// Names and counts, serialized as an object.
struct CountMap<N>(Vec<(N, u64)>);

impl<N: Serialize> Serialize for CountMap<N> {
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
    types: NameReport<'a>,
    unknown_types: NameReport<'a>,
    unknown_fields: NameReport<'a>,
    losses: LossesReport,
    status: i32,
}

/// A code with its count and its first messages.
#[derive(Serialize)]
struct CodeReport<'a> {
    severity: &'static str,
    code: &'static str,
    count: u64,
    examples: Vec<MessageJson<'a>>,
}

/// Names and counts, the most frequent first.
#[derive(Serialize)]
struct NameReport<'a> {
    names: CountMap<&'a str>,
    others: u64,
}

impl<'a> NameReport<'a> {
    fn new(counts: &'a NameCounts) -> Self {
        Self { names: CountMap(counts.sorted()), others: counts.others }
    }
}

/// The content of a losses file, in numbers.
#[derive(Serialize)]
struct LossesReport {
    data: u64,
    notes: u64,
    lines: u64,
    bytes: u64,
}

impl<'a> CheckReport<'a> {
    /// The report of a run whose losses file would have `bytes` bytes.
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
            types: NameReport::new(&findings.types),
            unknown_types: NameReport::new(&findings.unknown_types),
            unknown_fields: NameReport::new(&findings.unknown_fields),
            losses: LossesReport {
                data: findings.data,
                notes: findings.notes,
                lines: tally.with_losses,
                bytes,
            },
            status: Status::of(tally, args) as i32,
        }
    }
}
