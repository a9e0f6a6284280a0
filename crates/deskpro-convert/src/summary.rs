//! The summary of a run and the report of `--check` as JSON.

use std::time::Duration;

use deskpro_contact::{Code, Severity};
use schemars::JsonSchema;
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

use crate::args::Args;
use crate::category::Category;
use crate::contents::ContentsReport;
use crate::examples::Examples;
use crate::findings::{Findings, NameCounts};
use crate::json_line::json_line;
use crate::message::MessageJson;
use crate::outcome;
use crate::schema;
use crate::tally::{CodeCount, Tally};
use crate::wording::Wording;

/// The summary of a run.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct Summary {
    /// The format that the run writes (`--to`).
    #[schemars(schema_with = "schema::target")]
    to: &'static str,
    /// The number of payloads that were read.
    lines: u64,
    /// The number of payloads that were converted.
    converted: u64,
    /// The number of payloads that were rejected.
    rejected: u64,
    /// The number of records that were rejected. Their payloads were converted without them.
    rejected_records: u64,
    /// The number of payloads that have at least one loss that is data.
    with_data_losses: u64,
    /// The number of converted payloads that `--verify` restored unchanged; 0 without `--verify`.
    verified: u64,
    /// What the payloads contain, in numbers, and warnings about it.
    contents: ContentsReport,
    /// For each code of an error, the number of payloads that were rejected with it.
    #[schemars(schema_with = "schema::counts_by_error")]
    errors: CountMap<&'static str, u64>,
    /// For each code, the losses that are data.
    #[schemars(schema_with = "schema::by_loss::<LossCount>")]
    losses: CountMap<&'static str, LossCount>,
    /// For each code, the losses that are notes.
    #[schemars(schema_with = "schema::by_loss::<LossCount>")]
    notes: CountMap<&'static str, LossCount>,
    /// The number of bytes that were read from the input. Compressed bytes count, not the decompressed ones.
    bytes: u64,
    /// The duration of the run in seconds.
    #[schemars(schema_with = "schema::number")]
    seconds: Box<RawValue>,
    /// `bytes` divided by the duration of the run in seconds.
    #[schemars(schema_with = "schema::number")]
    bytes_per_second: Box<RawValue>,
}

/// The losses with one code and one severity.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct LossCount {
    /// The number of losses.
    count: u64,
    /// The number of payloads that have at least one of these losses.
    payloads: u64,
    /// Only for `phone`: each reason why a phone is not written, with the number of these phones.
    #[serde(skip_serializing_if = "CountMap::is_empty")]
    #[schemars(schema_with = "schema::counts_by_reason")]
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

/// The reasons why phones are not written, with their counts, if the code is `phone`. Empty for other codes.
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

/// The report of `--check`: what a run with these options would do.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct CheckReport<'a> {
    /// The format that the run writes (`--to`).
    #[schemars(schema_with = "schema::target")]
    to: &'static str,
    /// The number of payloads that were read.
    lines: u64,
    /// The number of payloads that would be converted.
    converted: u64,
    /// The number of payloads that would be rejected.
    rejected: u64,
    /// The number of payloads that have at least one loss that is data.
    with_data_losses: u64,
    /// The number of converted payloads that `--verify` restored unchanged; 0 without `--verify`.
    verified: u64,
    /// What the payloads contain, in numbers, and warnings about it.
    contents: ContentsReport,
    /// The codes: `difference`, rejections, data, notes, in this order; in each group, the largest count comes first.
    codes: Vec<CodeReport<'a>>,
    /// The types of the contacts that converted payloads have, with the number of contacts of each type.
    types: NameReport<'a>,
    /// The unknown types as messages show them, with the number of records and payloads rejected for them.
    unknown_types: NameReport<'a>,
    /// The fields of records that are not known, with the number of losses (code `unknown-field`).
    unknown_fields: NameReport<'a>,
    /// The losses file that `--losses` would write, in numbers.
    losses: LossesReport,
    /// The exit status. A run without `--check` has the same one, unless it cannot write its output.
    #[schemars(schema_with = "schema::status")]
    status: i32,
}

/// A code with its counts and its first messages.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct CodeReport<'a> {
    /// `rejected` for rejections and for `difference`; otherwise the severity of the losses, `data` or `note`.
    #[schemars(schema_with = "schema::severity")]
    severity: &'static str,
    /// The code of the losses or of the error; `difference` for payloads that `--verify` restored differently.
    #[schemars(schema_with = "schema::code")]
    code: &'static str,
    /// The number of losses, or of payloads if `severity` is `rejected`.
    count: u64,
    /// The number of payloads that have at least one of these losses. If payloads are counted, it is equal to `count`.
    payloads: u64,
    /// Only for `phone`: each reason why a phone is not written, with the number of these phones.
    #[serde(skip_serializing_if = "CountMap::is_empty")]
    #[schemars(schema_with = "schema::counts_by_reason")]
    reasons: CountMap<&'static str, u64>,
    /// The first messages with this code, at most three.
    examples: Vec<MessageJson<'a>>,
}

/// Names and counts, the most frequent first.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct NameReport<'a> {
    /// Each name with its count. At most 1000 names are listed.
    #[schemars(schema_with = "schema::counts_by_name")]
    names: CountMap<&'a str, u64>,
    /// The sum of the counts of all names that are not listed.
    others: u64,
}

impl<'a> NameReport<'a> {
    fn new(counts: &'a NameCounts) -> Self {
        Self { names: CountMap(counts.sorted()), others: counts.others }
    }
}

/// A losses file, in numbers.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct LossesReport {
    /// The number of losses that are data.
    data: u64,
    /// The number of losses that are notes.
    notes: u64,
    /// The number of lines that hold losses or a rejected payload.
    lines: u64,
    /// The length of the file in bytes.
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
            status: outcome::status(tally, args) as i32,
        }
    }
}
