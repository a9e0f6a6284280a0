//! The summary of a run and the report of `--check` as JSON.

use std::time::Duration;

use deskpro_contact::{Code, Severity};
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

use crate::args::Args;
use crate::contents::ContentsReport;
use crate::examples::Examples;
use crate::findings::{Findings, NameCounts};
use crate::json_line::json_line;
use crate::message::MessageJson;
use crate::status::Status;
use crate::tally::{Category, CodeCount, Tally};
use crate::wording::Wording;

/// The summary of a run.
#[derive(Serialize)]
pub(crate) struct Summary {
    to: &'static str,
    lines: u64,
    converted: u64,
    rejected: u64,
    rejected_records: u64,
    /// The payloads with any loss that is data.
    with_data_losses: u64,
    verified: u64,
    contents: ContentsReport,
    errors: CountMap<&'static str, u64>,
    losses: CountMap<&'static str, LossCount>,
    notes: CountMap<&'static str, LossCount>,
    bytes: u64,
    seconds: Box<RawValue>,
    bytes_per_second: Box<RawValue>,
}

/// The number of losses of a code, and of the payloads that have one.
#[derive(Serialize)]
struct LossCount {
    count: u64,
    payloads: u64,
    /// The reasons why phones are not written.
    #[serde(skip_serializing_if = "CountMap::is_empty")]
    reasons: CountMap<&'static str, u64>,
}

impl Summary {
    /// The summary of a run that read `bytes` bytes in the time `elapsed`.
    pub(crate) fn new(tally: &Tally, args: &Args, bytes: u64, elapsed: Duration) -> Self {
        let seconds = elapsed.as_secs_f64();
        let codes = tally.codes();
        let of = |category| codes.iter().filter(move |row| row.category == category);
        let errors = of(Category::Rejected).map(|row| (row.code, row.count));
        let losses = |category| {
            let count = |row: &CodeCount| LossCount {
                count: row.count,
                payloads: row.payloads,
                reasons: reasons(tally, *row),
            };
            CountMap(of(category).map(|row| (row.code, count(row))).collect())
        };
        Self {
            to: args.target().name(),
            lines: tally.lines,
            converted: tally.converted,
            rejected: tally.rejected,
            rejected_records: tally.rejected_records(),
            with_data_losses: tally.payloads_with(Severity::Data),
            verified: tally.verified,
            contents: tally.contents.report(tally.lines, tally.converted, args),
            errors: CountMap(errors.collect()),
            losses: losses(Category::Data),
            notes: losses(Category::Note),
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
struct CountMap<N, C>(Vec<(N, C)>);

impl<N, C> CountMap<N, C> {
    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// The reasons for the losses that are phones, with their counts. Empty for other codes.
fn reasons(tally: &Tally, row: CodeCount) -> CountMap<&'static str, u64> {
    let is_phone = row.category == Category::Data && row.code == Code::Phone.name();
    let reasons = if is_phone { tally.reasons() } else { Vec::new() };
    CountMap(reasons.into_iter().map(|(reason, count)| (reason.name(), count)).collect())
}

impl<N: Serialize, C: Serialize> Serialize for CountMap<N, C> {
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
    /// The payloads with any loss that is data.
    with_data_losses: u64,
    verified: u64,
    contents: ContentsReport,
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
    payloads: u64,
    /// The reasons why phones are not written.
    #[serde(skip_serializing_if = "CountMap::is_empty")]
    reasons: CountMap<&'static str, u64>,
    examples: Vec<MessageJson<'a>>,
}

/// Names and counts, the most frequent first.
#[derive(Serialize)]
struct NameReport<'a> {
    names: CountMap<&'a str, u64>,
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
    /// Lines that hold losses or a rejected payload.
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
        let code = |row @ CodeCount { category, code, count, payloads }| CodeReport {
            severity: Category::name(category),
            code,
            count,
            payloads,
            reasons: reasons(tally, row),
            examples: examples.of(category, code).map(|message| message.json(wording)).collect(),
        };
        Self {
            to: args.target().name(),
            lines: tally.lines,
            converted: tally.converted,
            rejected: tally.rejected,
            with_data_losses: tally.payloads_with(Severity::Data),
            verified: tally.verified,
            contents: tally.contents.report(tally.lines, tally.converted, args),
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
