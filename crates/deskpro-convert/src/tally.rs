//! Counts of payloads, and of each code of losses and errors.

use std::cmp::Reverse;

use deskpro_contact::{Code, PhoneReason, Severity};

use crate::category::{Category, DIFFERENCE};
use crate::contents::Contents;
use crate::findings::Findings;

/// The counts of some lines.
#[derive(Default, Debug)]
pub struct Tally {
    /// The number of payloads that were read.
    pub lines: u64,
    /// The number of payloads that were converted.
    pub converted: u64,
    /// The number of payloads that were rejected.
    pub rejected: u64,
    /// The number of payloads that `--verify` restored unchanged.
    pub verified: u64,
    /// The number of payloads that `--verify` restored differently.
    pub differences: u64,
    /// The number of lines of the losses file that hold losses or a rejected payload.
    pub with_losses: u64,
    /// The number of rejected payloads whose text or losses are in no file that this run writes.
    pub lost_payloads: u64,
    /// How many of [`Tally::lost_payloads`] have no text in the losses file of the earlier run.
    pub(crate) missing_payloads: u64,
    /// What the payloads contain, in numbers.
    pub(crate) contents: Contents,
    pub(crate) codes: CodeCounts,
    /// For each code of losses, the number of payloads that have such a loss.
    payloads: CodeCounts,
    /// For each code of losses, the last payload that has such a loss: the value of [`Tally::lines`] when it was read.
    last_payload: CodeCounts,
    /// For each severity, the number of payloads that have such a loss.
    with_severity: [u64; SEVERITIES],
    /// For each severity, the last payload that has such a loss: the value of [`Tally::lines`] when it was read.
    last_with_severity: [u64; SEVERITIES],
    /// For each reason, the number of phones that are not written for it.
    reasons: [u64; PhoneReason::ALL.len()],
    /// Further counts, for `--check` and `--report`.
    pub(crate) findings: Option<Box<Findings>>,
}

/// The number of codes of losses.
const CODES: usize = Code::ALL.len();

// The number of each code is an index of an array of length CODES.
const _: () = {
    let mut codes = Code::ALL;
    while let [code, others @ ..] = codes {
        assert!((*code as usize) < CODES);
        codes = others;
    }
};

const SEVERITIES: usize = [Severity::Data, Severity::Note].len();

/// The count of each code.
#[derive(Debug)]
pub(crate) struct CodeCounts {
    /// The counts of losses, by severity and code. An array, because payloads have several losses.
    losses: [[u64; CODES]; SEVERITIES],
    /// The counts of errors. A list, because few payloads are rejected, for few reasons.
    rejected: Vec<(&'static str, u64)>,
}

impl Default for CodeCounts {
    fn default() -> Self {
        Self { losses: [[0; CODES]; SEVERITIES], rejected: Vec::new() }
    }
}

impl CodeCounts {
    /// Sets the count of every note.
    pub(crate) fn set_notes(&mut self, count: u64) {
        self.losses[Severity::Note as usize] = [count; CODES];
    }

    /// The count of a loss's code. Severities are hard to predict, so the array is indexed without a branch.
    #[inline]
    pub(crate) fn loss(&mut self, code: Code, severity: Severity) -> &mut u64 {
        &mut self.losses[severity as usize][code as usize]
    }

    /// The count of an error's code.
    pub(crate) fn rejected(&mut self, code: &'static str) -> &mut u64 {
        let found = self.rejected.iter().position(|(name, _)| *name == code);
        let at = found.unwrap_or_else(|| {
            self.rejected.push((code, 0));
            self.rejected.len() - 1
        });
        &mut self.rejected[at].1
    }

    fn clear(&mut self) {
        self.losses = [[0; CODES]; SEVERITIES];
        self.rejected.clear();
    }

    fn add(&mut self, later: &Self) {
        let counts = self.losses.iter_mut().flatten();
        counts.zip(later.losses.iter().flatten()).for_each(|(count, more)| *count += more);
        for (code, more) in &later.rejected {
            *self.rejected(code) += more;
        }
    }
}

/// A code with its counts.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CodeCount {
    pub(crate) category: Category,
    pub(crate) code: &'static str,
    /// The number of losses, or of rejected payloads.
    pub(crate) count: u64,
    /// The number of payloads with such a loss.
    pub(crate) payloads: u64,
}

impl CodeCount {
    /// The count of a code that rejects payloads. Each payload is rejected once.
    fn rejected(code: &'static str, count: u64) -> Self {
        Self { category: Category::Rejected, code, count, payloads: count }
    }
}

impl Tally {
    /// Counts losses of one severity that belong to no output of this run.
    pub(crate) fn count_left_over(&mut self, severity: Severity, losses: u64) {
        *self.codes.loss(Code::LeftOver, severity) += losses;
        *self.payloads.loss(Code::LeftOver, severity) += u64::from(losses > 0);
        self.with_severity[severity as usize] += u64::from(losses > 0);
    }

    /// Counts a loss of the payload that was added to [`Tally::lines`] last.
    #[inline]
    pub(crate) fn count_loss(&mut self, code: Code, severity: Severity) {
        *self.codes.loss(code, severity) += 1;
        let last = self.last_payload.loss(code, severity);
        *self.payloads.loss(code, severity) += u64::from(*last != self.lines);
        *last = self.lines;
        let last = &mut self.last_with_severity[severity as usize];
        self.with_severity[severity as usize] += u64::from(*last != self.lines);
        *last = self.lines;
    }

    /// Counts a phone that is not written.
    pub(crate) fn count_reason(&mut self, reason: PhoneReason) {
        self.reasons[reason as usize] += 1;
    }

    /// The reasons for the losses of phones with their counts, the largest first.
    pub(crate) fn reasons(&self) -> Vec<(PhoneReason, u64)> {
        let counts = PhoneReason::ALL.into_iter().zip(self.reasons);
        let mut rows: Vec<_> = counts.filter(|(_, count)| *count > 0).collect();
        rows.sort_by_key(|(_, count)| Reverse(*count));
        rows
    }

    /// Counts a rejected payload.
    pub(crate) fn count_rejected(&mut self, code: &'static str) {
        self.rejected += 1;
        *self.codes.rejected(code) += 1;
    }

    /// Sets all counts to zero, and keeps the memory for reuse.
    pub(crate) fn clear(&mut self) {
        let mut codes = std::mem::take(&mut self.codes);
        codes.clear();
        *self = Self { codes, ..Self::default() };
    }

    /// Adds the counts of later lines.
    pub(crate) fn add(&mut self, later: &mut Self) {
        self.lines += later.lines;
        self.converted += later.converted;
        self.rejected += later.rejected;
        self.verified += later.verified;
        self.differences += later.differences;
        self.with_losses += later.with_losses;
        self.lost_payloads += later.lost_payloads;
        self.missing_payloads += later.missing_payloads;
        self.contents.add(&mut later.contents);
        self.codes.add(&later.codes);
        self.payloads.add(&later.payloads);
        self.with_severity.iter_mut().zip(later.with_severity).for_each(|(count, more)| *count += more);
        self.reasons.iter_mut().zip(later.reasons).for_each(|(count, more)| *count += more);
        if let Some(findings) = later.findings.take() {
            self.findings.get_or_insert_default().add(*findings);
        }
    }

    /// The number of rejected records.
    pub(crate) fn rejected_records(&self) -> u64 {
        self.codes.losses[Severity::Data as usize][Code::RejectedRecord as usize]
    }

    /// The number of losses that are data, without rejected records.
    pub(crate) fn data_losses(&self) -> u64 {
        self.codes.losses[Severity::Data as usize].iter().sum::<u64>() - self.rejected_records()
    }

    /// The number of payloads that have a loss of this severity.
    pub(crate) fn payloads_with(&self, severity: Severity) -> u64 {
        self.with_severity[severity as usize]
    }

    /// Whether every payload was either converted or rejected.
    pub(crate) fn adds_up(&self) -> bool {
        self.lines == self.converted + self.rejected
    }

    /// The codes of losses and errors with their counts: by category, then the largest count first.
    pub(crate) fn codes(&self) -> Vec<CodeCount> {
        let rejected = self.codes.rejected.iter().map(|(code, count)| CodeCount::rejected(code, *count));
        let losses = Severity::ALL.into_iter().flat_map(|severity| {
            let (category, at) = (Category::of(severity), severity as usize);
            Code::ALL.iter().map(move |code| {
                let (count, payloads) = (&self.codes.losses[at], &self.payloads.losses[at]);
                let (count, payloads) = (count[*code as usize], payloads[*code as usize]);
                CodeCount { category, code: code.name(), count, payloads }
            })
        });
        let mut rows: Vec<_> = rejected.chain(losses).filter(|row| row.count > 0).collect();
        rows.sort_unstable_by_key(|row| (row.category, Reverse(row.count), row.code));
        rows
    }

    /// Differences, then [`Tally::codes`].
    pub(crate) fn all_codes(&self) -> impl Iterator<Item = CodeCount> {
        let differences = (self.differences > 0).then(|| CodeCount::rejected(DIFFERENCE, self.differences));
        differences.into_iter().chain(self.codes())
    }
}
