//! What `--check` finds out about payloads, and how it tells: in memory that does not grow with them, and the same for
//! any number of threads.

use std::fmt::Write as _;

use deskpro_contact::{Code, Conversion, Error, ErrorKind, Loss, Severity, Target};
use indexmap::IndexMap;

use crate::args::{Args, ErrorFormat};
use crate::message::Voice;
use crate::piece::printable;
use crate::report::Tally;

/// What was found in some lines, beside what every run counts.
#[derive(Default, Debug)]
pub(crate) struct Found {
    types: Names,
    unknown_types: Names,
    unknown_fields: Names,
    /// What a losses file would hold.
    data: u64,
    notes: u64,
    pub(crate) bytes: u64,
}

/// Names, and how often each was met, in the order in which they were met first.
#[derive(Default, Debug)]
struct Names {
    counts: IndexMap<String, u64>,
    /// How often others were met, for which there was no room.
    others: u64,
}

impl Names {
    /// How many names are told apart, and how much of each.
    const MOST: usize = 1000;
    const ROOM: usize = 64;

    /// A batch's own names are as many as it has: what is left out must not depend on where batches end.
    fn count(&mut self, name: &str) {
        let count = self.counts.entry(printable(name.as_bytes(), Self::ROOM)).or_default();
        *count = count.saturating_add(1);
    }

    fn add(&mut self, later: Self) {
        for (name, more) in later.counts {
            let has_room = self.counts.len() < Self::MOST;
            let count = match self.counts.get_mut(&name) {
                Some(count) => count,
                None if has_room => self.counts.entry(name).or_default(),
                None => &mut self.others,
            };
            *count = count.saturating_add(more);
        }
    }

    /// The most frequent first.
    fn sorted(&self) -> Vec<(&str, u64)> {
        let mut rows: Vec<_> = self.counts.iter().map(|(name, count)| (name.as_str(), *count)).collect();
        rows.sort_by(|one, other| other.1.cmp(&one.1).then(one.0.cmp(other.0)));
        rows
    }

    fn text(&self, title: &str, out: &mut String) {
        if self.counts.is_empty() {
            return;
        }
        let _ = writeln!(out, "\n{title}");
        for (name, count) in self.sorted() {
            let _ = writeln!(out, "  {name}: {count}");
        }
        if self.others > 0 {
            let _ = writeln!(out, "  others: {}", self.others);
        }
    }

    fn json(&self) -> String {
        let rows = self.sorted().into_iter();
        let rows: Vec<String> =
            rows.map(|(name, count)| format!("{}:{count}", serde_json::Value::from(name))).collect();
        format!("{{\"names\":{{{}}},\"others\":{}}}", rows.join(","), self.others)
    }
}

impl Found {
    /// Takes a converted payload in.
    pub(crate) fn conversion(&mut self, target: Target, conversion: &Conversion<'_>) {
        conversion.contacts().for_each(|contact| self.types.count(contact.kind().name()));
        for loss in conversion.losses() {
            let count = match loss.severity() {
                Severity::Data => &mut self.data,
                Severity::Note => &mut self.notes,
            };
            *count = count.saturating_add(1);
            match loss.error() {
                Some(error) => self.error(error),
                None if loss.code() == Code::UnknownField => {
                    self.unknown_fields.count(&field_name(target, &loss));
                }
                None => {}
            }
        }
    }

    /// Takes in why a record or a payload was rejected.
    pub(crate) fn error(&mut self, error: &Error) {
        if matches!(error.kind(), ErrorKind::TypeUnknown | ErrorKind::TypeOfOtherFormat) {
            self.unknown_types.count(error.found());
        }
    }

    /// Adds what was found in later lines.
    pub(crate) fn add(&mut self, later: Self) {
        let Self { types, unknown_types, unknown_fields, data, notes, bytes } = later;
        self.types.add(types);
        self.unknown_types.add(unknown_types);
        self.unknown_fields.add(unknown_fields);
        self.data = self.data.saturating_add(data);
        self.notes = self.notes.saturating_add(notes);
        self.bytes = self.bytes.saturating_add(bytes);
    }
}

/// An unknown field's name as its record has it, without the record's own: `data[colour]`, `label`.
fn field_name(target: Target, loss: &Loss) -> String {
    let names: Vec<&str> =
        loss.path().split('[').map(|name| name.strip_suffix(']').unwrap_or(name)).collect();
    let name = names.last().copied().unwrap_or_default();
    match (target, names.len()) {
        // contact_data[1][data][colour], and data[colour] of a single record.
        (Target::V2 | Target::Canonical, 2 | 4) => {
            let above = names.iter().rev().nth(1).copied().unwrap_or_default();
            format!("{above}[{name}]")
        }
        (Target::V2 | Target::Canonical | Target::Form, _) => name.to_owned(),
    }
}

/// The whole report, with its line end.
pub(crate) fn report(tally: &Tally, args: &Args, voice: &Voice) -> String {
    let nothing = Found::default();
    let found = tally.found.as_deref().unwrap_or(&nothing);
    // The last line of the file is always there.
    let bytes = found.bytes.saturating_add(tally.end_of_losses(args.target()).len() as u64);
    match voice.format {
        ErrorFormat::Human | ErrorFormat::Line => text(tally, found, bytes, args, voice),
        ErrorFormat::Json => json(tally, found, bytes, args),
    }
}

fn text(tally: &Tally, found: &Found, bytes: u64, args: &Args, voice: &Voice) -> String {
    let Tally { lines, converted, rejected, with_losses, .. } = tally;
    let mut out = format!("payloads {lines}, converted {converted}, rejected {rejected}\n");
    for (group, code, count) in tally.counts() {
        let _ = writeln!(out, "\n{} {code}: {count}", group.verb());
        for message in tally.examples(group, code) {
            let _ = writeln!(out, "  {}", message.example(voice));
        }
    }
    found.types.text("types", &mut out);
    found.unknown_types.text("unknown types", &mut out);
    found.unknown_fields.text("unknown fields", &mut out);
    let Found { data, notes, .. } = found;
    let _ = writeln!(
        out,
        "\n--losses would hold {data} of data, {notes} notes, {rejected} rejected payloads, in {with_losses} lines, \
         {bytes} bytes"
    );
    for sentence in tally.sentences(args) {
        let _ = writeln!(out, "{sentence}");
    }
    let _ = writeln!(out, "exit status {}", tally.exit(args) as i32);
    out
}

fn json(tally: &Tally, found: &Found, bytes: u64, args: &Args) -> String {
    let codes: Vec<String> = (tally.counts())
        .map(|(group, code, count)| {
            let examples: Vec<String> = tally.examples(group, code).map(|message| message.json()).collect();
            let (severity, examples) = (group.name(), examples.join(","));
            format!(
                "{{\"severity\":\"{severity}\",\"code\":\"{code}\",\"count\":{count},\"examples\":[{examples}]}}"
            )
        })
        .collect();
    let Found { data, notes, .. } = found;
    format!(
        "{{\"to\":\"{}\",\"lines\":{},\"converted\":{},\"rejected\":{},\"verified\":{},\"codes\":[{}],\"types\":{},\
         \"unknown_types\":{},\"unknown_fields\":{},\
         \"losses\":{{\"data\":{data},\"notes\":{notes},\"lines\":{},\"bytes\":{bytes}}},\"status\":{}}}\n",
        args.target().name(),
        tally.lines,
        tally.converted,
        tally.rejected,
        tally.verified,
        codes.join(","),
        found.types.json(),
        found.unknown_types.json(),
        found.unknown_fields.json(),
        tally.with_losses,
        tally.exit(args) as i32,
    )
}
