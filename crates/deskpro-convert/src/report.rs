//! What a run says of itself: counts, the first losses of each kind, the exit status.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::process::ExitCode;

use deskpro_contact::{Code, Loss, Severity, Target};

use crate::args::Args;

/// How many of each code are shown.
const SHOWN: u64 = 3;

/// Exit statuses, the first that applies.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Exit {
    Usage = 2,
    NoInput = 66,
    LossesDoNotFit = 65,
    Difference = 70,
    Io = 74,
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
    /// Rejected payloads whose text is in no file that this run writes.
    pub(crate) unkept: u64,
    rejected_records: u64,
    data: u64,
    codes: BTreeMap<(Group, &'static str), u64>,
    messages: Vec<Message>,
}

/// What a code is counted as, the gravest first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Group {
    Rejected,
    Lost,
    Noted,
}

/// A sentence about a line, one of the first of its code.
#[derive(Debug)]
struct Message {
    code: &'static str,
    text: String,
}

impl Tally {
    /// Counts a loss; `loss` makes it for a person, should it be shown.
    pub(crate) fn loss(
        &mut self,
        line: u64,
        code: Code,
        severity: Severity,
        loss: impl FnOnce() -> Option<Loss>,
    ) {
        let group = match severity {
            Severity::Data => Group::Lost,
            Severity::Note => Group::Noted,
        };
        let count = self.codes.entry((group, code.name())).or_default();
        *count += 1;
        if group == Group::Noted {
            return;
        }
        if code == Code::RejectedRecord {
            self.rejected_records += 1;
        } else {
            self.data += 1;
        }
        if *count <= SHOWN
            && let Some(loss) = loss()
        {
            self.messages.push(Message { code: code.name(), text: loss_text(line, &loss) });
        }
    }

    /// Counts a rejected payload.
    pub(crate) fn rejected(&mut self, line: u64, code: &'static str, path: &str, message: &str) {
        self.rejected += 1;
        let count = self.codes.entry((Group::Rejected, code)).or_default();
        *count += 1;
        if *count <= SHOWN {
            self.messages.push(Message { code, text: place(line, path, message) });
        }
    }

    /// Counts a line that did not come back as it was.
    pub(crate) fn difference(&mut self, line: u64) {
        self.differences += 1;
        if self.differences <= SHOWN {
            let text = place(line, "", "restored to something else: please report this");
            self.messages.push(Message { code: "difference", text });
        }
    }

    /// Adds what happened to later lines, and returns the messages to show.
    pub(crate) fn add(&mut self, later: Self) -> Vec<String> {
        self.lines += later.lines;
        self.converted += later.converted;
        self.rejected += later.rejected;
        self.verified += later.verified;
        self.differences += later.differences;
        self.with_losses += later.with_losses;
        self.unkept += later.unkept;
        self.rejected_records += later.rejected_records;
        self.data += later.data;
        for (code, count) in later.codes {
            *self.codes.entry(code).or_default() += count;
        }
        let mut shown = Vec::new();
        for message in later.messages {
            let so_far = self.messages.iter().filter(|earlier| earlier.code == message.code).count();
            if (so_far as u64) < SHOWN {
                shown.push(message.text.clone());
                self.messages.push(message);
            }
        }
        shown
    }

    /// Whether something was dropped and kept nowhere.
    fn is_dropped(&self, args: &Args) -> bool {
        let keeps = args.losses.is_some();
        self.unkept > 0 || !keeps && (self.rejected_records > 0 || self.data > 0 && !args.lossy)
    }

    /// The exit status of a run that went to its end.
    pub(crate) fn exit(&self, args: &Args) -> Exit {
        if self.differences > 0 {
            Exit::Difference
        } else if self.is_dropped(args) {
            Exit::Dropped
        } else if self.rejected > 0 || self.rejected_records > 0 {
            Exit::Rejected
        } else {
            Exit::Done
        }
    }

    /// The counts as JSON.
    pub(crate) fn json(&self, target: Target) -> String {
        let of = |group| {
            let rows = self.codes.iter().filter(|((own, _), _)| *own == group);
            let rows: Vec<String> = rows.map(|((_, code), count)| format!("\"{code}\":{count}")).collect();
            rows.join(",")
        };
        format!(
            "{{\"to\":\"{}\",\"lines\":{},\"converted\":{},\"rejected\":{},\"rejected_records\":{},\
             \"verified\":{},\"errors\":{{{}}},\"losses\":{{{}}},\"notes\":{{{}}}}}\n",
            target.name(),
            self.lines,
            self.converted,
            self.rejected,
            self.rejected_records,
            self.verified,
            of(Group::Rejected),
            of(Group::Lost),
            of(Group::Noted),
        )
    }

    /// The summary for a person; nothing where nothing was lost or rejected.
    pub(crate) fn summary(&self, args: &Args) -> String {
        let mut text = String::new();
        let mut say = |count: u64, what: &str, then: &str| {
            if count > 0 {
                let s = if count == 1 { "" } else { "s" };
                let _ = writeln!(text, "convert: {count} {}{then}", what.replace("(s)", s));
            }
        };
        let kept = |path: &Option<std::path::PathBuf>, option: &str| match path {
            Some(path) => format!(", kept in {}", path.display()),
            None => format!("; {option} FILE would keep them"),
        };
        let rejects = match (&args.rejects, &args.losses) {
            (None, Some(losses)) => format!(", kept in {}", losses.display()),
            (rejects, _) => kept(rejects, "--rejects"),
        };
        say(self.rejected, &format!("of {} payloads rejected", self.lines), &rejects);
        say(self.rejected_records, "record(s) rejected", &kept(&args.losses, "--losses"));
        say(
            self.data,
            "value(s) lost",
            &match (&args.losses, args.lossy) {
                (None, true) => ", as --lossy allows".to_owned(),
                (losses, _) => kept(losses, "--losses"),
            },
        );
        if args.verify {
            let _ = writeln!(text, "convert: verified {} of {}", self.verified, self.converted);
        }
        let codes: Vec<String> = (self.codes.iter())
            .filter(|((group, _), _)| *group != Group::Noted)
            .map(|((_, code), count)| format!("{code} {count}"))
            .collect();
        if !codes.is_empty() {
            let _ = writeln!(text, "convert: {}", codes.join(", "));
        }
        text
    }
}

/// `line 17, contact_data[2][type]: …`
fn place(line: u64, path: &str, text: &str) -> String {
    if path.is_empty() { format!("line {line}: {text}") } else { format!("line {line}, {path}: {text}") }
}

fn loss_text(line: u64, loss: &Loss) -> String {
    match loss.error() {
        Some(error) => place(line, error.path(), &error.message()),
        None => {
            let value = loss.shown().map(|value| format!(": {value}")).unwrap_or_default();
            place(line, loss.path(), &format!("lost, {}{value}", loss.code().name()))
        }
    }
}
