//! What a run says of itself: counts, the first losses of each kind, the exit status.

use std::fmt::Write as _;
use std::process::ExitCode;
use std::time::Instant;

use deskpro_contact::{Code, Loss, Severity, Target};

use crate::args::{Args, ErrorFormat};
use crate::check::Found;
use crate::message::{At, Group, Message, Voice};

/// How many of each code are shown.
const SHOWN: u64 = 3;

/// What a line is counted as that did not come back as it was.
const DIFFERENCE: &str = "difference";

/// Exit statuses, the first that applies.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Exit {
    Usage = 2,
    NoInput = 66,
    LossesDoNotFit = 65,
    Difference = 70,
    Io = 74,
    HungUp = 129,
    Interrupted = 130,
    Terminated = 143,
    Dropped = 3,
    Rejected = 1,
    Done = 0,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// What happened to some lines.
#[derive(Default, Debug)]
pub(crate) struct Tally {
    /// Payloads read.
    pub(crate) lines: u64,
    pub(crate) converted: u64,
    pub(crate) rejected: u64,
    pub(crate) verified: u64,
    pub(crate) differences: u64,
    pub(crate) with_losses: u64,
    /// Rejected payloads whose text, or losses, are in no file that this run writes.
    pub(crate) unkept: u64,
    /// Whether the first line is one of the other format's, as far as its first bytes tell.
    pub(crate) begins_as_json: bool,
    codes: Counts,
    messages: Vec<Message>,
    /// What `--check` finds beside.
    pub(crate) found: Option<Box<Found>>,
}

/// How many codes of losses there are.
const CODES: usize = Code::ALL.len();

// Each has its place by its number.
const _: () = {
    let mut codes = Code::ALL;
    while let [code, others @ ..] = codes {
        assert!((*code as usize) < CODES);
        codes = others;
    }
};

const SEVERITIES: usize = [Severity::Data, Severity::Note].len();

/// How often each code was met.
#[derive(Debug)]
pub(crate) struct Counts {
    /// Each code's at its place, for payloads have several; by severity.
    losses: [[u64; CODES]; SEVERITIES],
    /// Few payloads are rejected, and for few reasons.
    rejected: Vec<(&'static str, u64)>,
}

impl Default for Counts {
    fn default() -> Self {
        Self { losses: [[0; CODES]; SEVERITIES], rejected: Vec::new() }
    }
}

impl Counts {
    /// As many of each note as are told, so that no more are.
    pub(crate) fn no_notes() -> Self {
        let mut told = Self::default();
        told.losses.get_mut(Severity::Note as usize).into_iter().for_each(|notes| *notes = [SHOWN; CODES]);
        told
    }

    /// The count of a code, to add to it. Nobody can foretell the severity of the next one: it is no branch.
    #[inline(always)]
    fn loss(&mut self, code: Code, severity: Severity) -> Option<&mut u64> {
        self.losses.get_mut(severity as usize)?.get_mut(code as usize)
    }

    /// How many records were rejected.
    fn rejected_records(&self) -> u64 {
        let [lost, _] = &self.losses;
        lost.get(Code::RejectedRecord as usize).copied().unwrap_or_default()
    }

    /// How many other values were lost.
    fn data(&self) -> u64 {
        let [lost, _] = &self.losses;
        lost.iter().sum::<u64>() - self.rejected_records()
    }

    fn rejected(&mut self, code: &'static str) -> Option<&mut u64> {
        let known = self.rejected.iter().position(|(name, _)| *name == code);
        let at = known.unwrap_or_else(|| {
            self.rejected.push((code, 0));
            self.rejected.len().saturating_sub(1)
        });
        self.rejected.get_mut(at).map(|(_, count)| count)
    }

    fn clear(&mut self) {
        self.losses = [[0; CODES]; SEVERITIES];
        self.rejected.clear();
    }

    fn add(&mut self, later: &Self) {
        let own = self.losses.iter_mut().flatten();
        own.zip(later.losses.iter().flatten()).for_each(|(count, more)| *count += more);
        for (code, more) in &later.rejected {
            self.rejected(code).into_iter().for_each(|count| *count += more);
        }
    }

    /// Those that were met, by group and name.
    fn sorted(&self) -> Vec<((Group, &'static str), u64)> {
        let losses = |group, counts: &[u64; CODES]| {
            let of = |code: &Code| counts.get(*code as usize).copied().unwrap_or_default();
            Code::ALL.iter().map(|code| ((group, code.name()), of(code))).collect::<Vec<_>>()
        };
        let [lost, noted] = &self.losses;
        let rejected = self.rejected.iter().map(|(name, count)| ((Group::Rejected, *name), *count));
        let rows = rejected.chain(losses(Group::Lost, lost)).chain(losses(Group::Noted, noted));
        let mut rows: Vec<_> = rows.filter(|(_, count)| *count > 0).collect();
        rows.sort_unstable();
        rows
    }
}

impl Tally {
    /// Counts a loss; `loss` makes it for a person, should it be shown. `told` is what messages were made of already
    /// where the earlier lines were counted, for they come before this one; or as if, where none are wanted.
    pub(crate) fn loss(
        &mut self,
        at: At<'_>,
        code: Code,
        severity: Severity,
        told: &mut Counts,
        loss: impl FnOnce() -> Option<Loss>,
    ) {
        self.codes.loss(code, severity).into_iter().for_each(|count| *count += 1);
        if let Some(told) = told.loss(code, severity).filter(|told| **told < SHOWN)
            && let Some(loss) = loss()
        {
            *told += 1;
            let group = match severity {
                Severity::Data => Group::Lost,
                Severity::Note => Group::Noted,
            };
            self.messages.push(Message::lost(group, at, &loss));
        }
    }

    /// Counts a rejected payload; `message` is made should it be shown.
    pub(crate) fn rejected(
        &mut self,
        code: &'static str,
        told: &mut Counts,
        message: impl FnOnce() -> Message,
    ) {
        self.rejected += 1;
        self.codes.rejected(code).into_iter().for_each(|count| *count += 1);
        if let Some(told) = told.rejected(code).filter(|told| **told < SHOWN) {
            *told += 1;
            self.messages.push(message());
        }
    }

    /// Counts a line that did not come back as it was.
    pub(crate) fn difference(&mut self, at: At<'_>) {
        self.differences += 1;
        if self.differences <= SHOWN {
            let text = "restored to something else: please report this";
            self.messages.push(Message::new(Group::Rejected, DIFFERENCE, at, "", text));
        }
    }

    /// Forgets everything.
    pub(crate) fn clear(&mut self) {
        let (mut codes, mut messages) = (std::mem::take(&mut self.codes), std::mem::take(&mut self.messages));
        codes.clear();
        messages.clear();
        *self = Self { codes, messages, ..Self::default() };
    }

    /// Adds what happened to later lines, and returns the messages to show.
    pub(crate) fn add(&mut self, later: &mut Self, voice: &Voice) -> Vec<String> {
        self.lines += later.lines;
        self.converted += later.converted;
        self.rejected += later.rejected;
        self.verified += later.verified;
        self.differences += later.differences;
        self.with_losses += later.with_losses;
        self.unkept += later.unkept;
        self.begins_as_json |= later.begins_as_json;
        self.codes.add(&later.codes);
        if let Some(found) = later.found.take() {
            self.found.get_or_insert_default().add(*found);
        }
        let mut shown = Vec::new();
        for message in later.messages.drain(..) {
            let so_far = self.examples(message.group, message.code).count();
            if (so_far as u64) < SHOWN {
                shown.push(voice.say(&message));
                self.messages.push(message);
            }
        }
        shown
    }

    /// The messages of a code.
    pub(crate) fn examples(&self, group: Group, code: &str) -> impl Iterator<Item = &Message> {
        self.messages.iter().filter(move |message| message.group == group && message.code == code)
    }

    /// How often each code was met, the gravest first.
    pub(crate) fn counts(&self) -> impl Iterator<Item = (Group, &'static str, u64)> {
        let differences = (self.differences > 0).then_some((Group::Rejected, DIFFERENCE, self.differences));
        let codes = self.codes.sorted().into_iter().map(|((group, code), count)| (group, code, count));
        differences.into_iter().chain(codes)
    }

    /// Shows none of its messages.
    pub(crate) fn be_quiet(&mut self) {
        self.messages.clear();
    }

    /// The last line of a losses file, which says that it is whole.
    pub(crate) fn end_of_losses(&self, target: Target) -> String {
        let (to, lines, with_losses) = (target.name(), self.lines, self.with_losses);
        format!("{{\"end\":{{\"to\":\"{to}\",\"lines\":{lines},\"with_losses\":{with_losses}}}}}\n")
    }

    /// Whether something was dropped and kept nowhere.
    fn is_dropped(&self, args: &Args) -> bool {
        let keeps = args.losses.is_some();
        self.unkept > 0
            || !keeps && (self.codes.rejected_records() > 0 || self.codes.data() > 0 && !args.lossy)
    }

    /// The exit status of a run that went to its end.
    pub(crate) fn exit(&self, args: &Args) -> Exit {
        if self.differences > 0 {
            Exit::Difference
        } else if self.is_dropped(args) {
            Exit::Dropped
        } else if self.rejected > 0 || self.codes.rejected_records() > 0 {
            Exit::Rejected
        } else {
            Exit::Done
        }
    }

    /// Whether every payload was either converted or rejected.
    pub(crate) fn adds_up(&self) -> bool {
        self.lines == self.converted + self.rejected
    }

    /// The counts as JSON. `bytes` were read since `start`.
    pub(crate) fn json(&self, target: Target, bytes: u64, start: Instant) -> String {
        let seconds = start.elapsed().as_secs_f64();
        let of = |group| {
            let rows = self.codes.sorted().into_iter().filter(|((own, _), _)| *own == group);
            let rows: Vec<String> = rows.map(|((_, code), count)| format!("\"{code}\":{count}")).collect();
            rows.join(",")
        };
        format!(
            "{{\"to\":\"{}\",\"lines\":{},\"converted\":{},\"rejected\":{},\"rejected_records\":{},\
             \"verified\":{},\"errors\":{{{}}},\"losses\":{{{}}},\"notes\":{{{}}},\
             \"bytes\":{bytes},\"seconds\":{seconds:.3},\"bytes_per_second\":{:.0}}}\n",
            target.name(),
            self.lines,
            self.converted,
            self.rejected,
            self.codes.rejected_records(),
            self.verified,
            of(Group::Rejected),
            of(Group::Lost),
            of(Group::Noted),
            bytes as f64 / seconds.max(1e-9),
        )
    }

    /// What was lost or rejected, and what became of it; nothing where nothing was.
    pub(crate) fn sentences(&self, args: &Args) -> Vec<String> {
        let mut sentences = Vec::new();
        let mut say = |count: u64, what: &str, then: &str| {
            if count > 0 {
                let s = if count == 1 { "" } else { "s" };
                sentences.push(format!("{count} {}{then}", what.replace("(s)", s)));
            }
        };
        let keeps = if args.check { "to be kept in" } else { "kept in" };
        let kept = |path: &Option<std::path::PathBuf>, option: &str| match path {
            Some(path) => format!(", {keeps} {}", path.display()),
            None => format!("; {option} FILE would keep them"),
        };
        let rejected = format!("of {} payloads rejected", self.lines);
        // A restoring run has losses of its payloads, too.
        let advice = match (&args.losses, &args.rejects) {
            (None, _) if args.restore.is_some() => "; --losses FILE would keep them",
            (_, None) => "; --rejects FILE would keep them",
            (_, Some(_)) => "",
        };
        match args.rejects.as_ref().or(args.losses.as_ref()) {
            None => say(self.rejected, &rejected, advice),
            Some(path) => {
                let unkept = self.unkept.min(self.rejected);
                say(
                    self.rejected.saturating_sub(unkept),
                    &rejected,
                    &format!(", {keeps} {}", path.display()),
                );
                let then = format!(", whose text or losses are in no file of this run{advice}");
                say(unkept, &rejected, &then);
            }
        }
        say(self.codes.rejected_records(), "record(s) rejected", &kept(&args.losses, "--losses"));
        say(
            self.codes.data(),
            "value(s) lost",
            &match (&args.losses, args.lossy) {
                (None, true) => ", as --lossy allows".to_owned(),
                (losses, _) => kept(losses, "--losses"),
            },
        );
        if args.verify {
            sentences.push(format!("verified {} of {}", self.verified, self.converted));
        }
        sentences
    }

    /// The summary for a person; nothing where nothing was lost or rejected.
    pub(crate) fn summary(&self, args: &Args, format: ErrorFormat) -> String {
        let mut text = String::new();
        for sentence in self.sentences(args) {
            let _ = writeln!(text, "convert: {sentence}");
        }
        if self.begins_as_json {
            text += "convert: the first line begins as JSON does; --to form is for v2 bodies\n";
        }
        let codes: Vec<String> = (self.codes.sorted().iter())
            .filter(|((group, _), _)| *group != Group::Noted)
            .map(|((_, code), count)| format!("{code} {count}"))
            .collect();
        if !codes.is_empty() {
            let _ = writeln!(text, "convert: {}", codes.join(", "));
            if format == ErrorFormat::Human {
                text += "convert: --explain CODE says what one of these means\n";
            }
        }
        text
    }
}
