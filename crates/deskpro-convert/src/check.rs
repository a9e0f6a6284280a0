//! The report of `--check`, as text or JSON.

use std::fmt::Write as _;
use std::io;

use deskpro_contact::{Code, Severity};

use crate::args::{Args, ErrorFormat};
use crate::category::{Category, DIFFERENCE};
use crate::contents::Contents;
use crate::examples::Examples;
use crate::excerpt::{Excerpt, printable};
use crate::findings::{Findings, NameCounts};
use crate::json_line::json_line;
use crate::layout::{Layout, Tone, padded};
use crate::losses_bounds;
use crate::message::Renderer;
use crate::outcome;
use crate::sentences::{self, Sentence};
use crate::summary::CheckReport;
use crate::tally::{CodeCount, Tally};
use crate::wording::{Wording, counted};

/// The report, with its line end.
pub(crate) fn report(tally: &Tally, examples: &Examples, args: &Args, renderer: &Renderer) -> String {
    // An empty input has no batch and no findings.
    let empty = Findings::default();
    let findings = tally.findings.as_deref().unwrap_or(&empty);
    // A losses file always has a first and a last line.
    let bytes = findings.bytes + (losses_bounds::head(args).len() + losses_bounds::end(tally).len()) as u64;
    match renderer.format {
        ErrorFormat::Human | ErrorFormat::Line => text(tally, examples, findings, bytes, args, renderer),
        ErrorFormat::Json => json_line(&CheckReport::new(tally, examples, findings, bytes, args)),
    }
}

fn text(
    tally: &Tally,
    examples: &Examples,
    findings: &Findings,
    bytes: u64,
    args: &Args,
    renderer: &Renderer,
) -> String {
    let mut page = Page { out: String::new(), layout: Layout::of(&io::stdout()) };
    let Tally { lines, converted, rejected, contents, .. } = tally;
    page.line(Tone::Plain, &format!("payloads {lines}, converted {converted}, rejected {rejected}"));
    page.line(Tone::Plain, &with(contents, tally.payloads_with(Severity::Data), args));
    for section in Section::ALL {
        let rows: Vec<CodeCount> =
            tally.all_codes().filter(|row| Section::of(*row) == Some(section)).collect();
        if !rows.is_empty() {
            page.heading(section.tone(), &section.title(renderer.wording), section.columns());
        }
        for row in rows {
            page.row(row.code, section.counts(row));
            if section == Section::Values && row.code == Code::Phone.name() {
                for (reason, count) in tally.reasons() {
                    page.detail(&format!("{count} {}: {}", reason.name(), reason.words()));
                }
            }
            for message in examples.of(row.category, row.code) {
                page.detail(&message.example(renderer));
            }
        }
    }
    page.notes(tally);
    page.names("types", &findings.types);
    page.names("unknown types", &findings.unknown_types);
    page.names("unknown fields", &findings.unknown_fields);
    let Findings { data, notes, .. } = findings;
    // The first and the last line are always there.
    let file = format!("{}, {bytes} bytes", counted(findings.lines + 2, "line"));
    page.gap();
    page.line(
        Tone::Plain,
        &format!("losses file: data {data}, notes {notes}, rejected payloads {rejected}; {file}"),
    );
    for Sentence { text, tone } in sentences::all(tally, args) {
        page.line(tone, &text);
    }
    page.line(Tone::Heading, &format!("exit status {}", outcome::status(tally, args) as i32));
    page.out
}

/// Counts of payloads by their contents.
fn with(contents: &Contents, with_data_losses: u64, args: &Args) -> String {
    let Contents { with_contact_data, empty, with_id, .. } = contents;
    let mut counts =
        format!("with contact data {with_contact_data}, with data losses {with_data_losses}, empty {empty}");
    if let Some(field) = &args.id_field {
        let field = printable(field.as_bytes(), Excerpt::MAX_PLACE);
        let _ = write!(counts, ", with the field {field} {with_id}");
    }
    counts
}

/// The sections of the report that list codes, the most serious first.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Section {
    Differences,
    Payloads,
    Records,
    Values,
}

impl Section {
    const ALL: [Self; 4] = [Self::Differences, Self::Payloads, Self::Records, Self::Values];

    /// The section of a code. Notes have no section: they are counted in one line.
    fn of(row: CodeCount) -> Option<Self> {
        match row.category {
            Category::Rejected if row.code == DIFFERENCE => Some(Self::Differences),
            Category::Rejected => Some(Self::Payloads),
            Category::Data if row.code == Code::RejectedRecord.name() => Some(Self::Records),
            Category::Data => Some(Self::Values),
            Category::Note => None,
        }
    }

    fn title(self, wording: Wording) -> String {
        match self {
            Self::Differences => "would not be restored as sent".to_owned(),
            Self::Payloads => wording.outcome(Category::Rejected),
            Self::Records => format!("{} and {}", wording.passive("rejected"), wording.kept_or_lost()),
            Self::Values => wording.outcome(Category::Data),
        }
    }

    fn tone(self) -> Tone {
        match self {
            Self::Differences | Self::Payloads | Self::Records => Tone::Error,
            Self::Values => Tone::Warning,
        }
    }

    /// The titles of the columns of counts: the things that are counted, and the payloads that have one. If the things
    /// are payloads, there is one column.
    fn columns(self) -> [&'static str; 2] {
        let counted = match self {
            Self::Differences | Self::Payloads => "",
            Self::Records => "records",
            Self::Values => "values",
        };
        [counted, "payloads"]
    }

    /// The counts of a code for the columns.
    fn counts(self, row: CodeCount) -> [Option<u64>; 2] {
        let has_count = !self.columns()[0].is_empty();
        [has_count.then_some(row.count), Some(row.payloads)]
    }
}

/// A report, in lines that fit the width.
struct Page {
    out: String,
    layout: Layout,
}

impl Page {
    /// The widths of a name, and of each count after it, in columns.
    const NAME: usize = 34;
    const COUNT: usize = 10;
    /// The indent of lines under a row.
    const DETAIL: usize = 4;

    /// An empty line between two parts.
    fn gap(&mut self) {
        self.out.push('\n');
    }

    fn line(&mut self, tone: Tone, text: &str) {
        self.out += &self.layout.coloured(tone, &self.layout.paragraph(text, 0, 2));
        self.gap();
    }

    /// A line under a row.
    fn detail(&mut self, text: &str) {
        self.out += &self.layout.paragraph(text, Self::DETAIL, Self::DETAIL + 2);
        self.gap();
    }

    /// The title of a section, and those of its columns.
    fn heading(&mut self, tone: Tone, title: &str, columns: [&str; 2]) {
        let columns = columns.map(|title| format!("{title:>width$}", width = Self::COUNT)).concat();
        self.gap();
        self.out += &self.layout.coloured(tone, (padded(title, Self::NAME) + &columns).trim_end());
        self.gap();
    }

    /// A name with its counts.
    fn row(&mut self, name: &str, counts: [Option<u64>; 2]) {
        let shown = |count: Option<u64>| count.map(|count| count.to_string()).unwrap_or_default();
        let counts = counts.map(|count| format!("{:>width$}", shown(count), width = Self::COUNT)).concat();
        self.out += (padded(&format!("  {name}"), Self::NAME) + &counts).trim_end();
        self.gap();
    }

    /// All notes in one line, because a person needs none of them.
    fn notes(&mut self, tally: &Tally) {
        let codes = tally.codes();
        let notes = codes.iter().filter(|row| row.category == Category::Note);
        let count: u64 = notes.clone().map(|row| row.count).sum();
        if count > 0 {
            let payloads = counted(tally.payloads_with(Severity::Note), "payload");
            let codes: Vec<String> = notes.map(|row| format!("{} {}", row.code, row.count)).collect();
            let (count, codes) = (counted(count, "note"), codes.join(", "));
            self.gap();
            self.line(Tone::Plain, &format!("{count} in {payloads}, needed only to restore: {codes}"));
        }
    }

    fn names(&mut self, title: &str, counts: &NameCounts) {
        let names = counts.sorted();
        if names.is_empty() {
            return;
        }
        self.heading(Tone::Heading, title, ["", ""]);
        for (name, count) in names {
            self.row(name, [Some(count), None]);
        }
        if counts.others > 0 {
            self.row("others", [Some(counts.others), None]);
        }
    }
}
