//! The page of `--report`: the results of a run for people, as HTML.
//!
//! The counts are those of the summary. The page depends only on the input and the options: it shows no date and no
//! duration. The template escapes every text that it shows.

mod codes;
mod numbers;
mod picture;
mod steps;
mod texts;
mod verdict;

use askama::Template;
use deskpro_contact::{Profile, Service, is_invisible};

use self::codes::{CodeSection, codes};
use self::numbers::{Count, Share, several};
use self::picture::{Outcome, Picture};
use self::steps::{Step, steps};
use self::texts::Reveal;
use self::verdict::Verdict;
use crate::args::{Args, ReportValues, To};
use crate::examples::Examples;
use crate::findings::{Findings, NameCounts};
use crate::status::Status;
use crate::tally::Tally;

/// How the reading of the input ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Extent {
    /// At the end of the input.
    Whole,
    /// At a rejected payload, as `--on-error stop` asks.
    Stopped,
    /// When the reader of the output closed it.
    Closed,
}

/// Makes the page about a run with these results, with its line end.
pub(crate) fn page(
    tally: &Tally,
    examples: &Examples,
    status: Status,
    extent: Extent,
    args: &Args,
) -> String {
    let reveal = Reveal::new(args.report_values);
    let args = match args.report_values {
        ReportValues::Show => args.clone(),
        ReportValues::Hide => args.without_names(),
    };
    // The page does not depend on the number of threads.
    let args = &Args { jobs: None, ..args };
    // An empty input has no batch and no findings.
    let empty = Findings::default();
    let findings = tally.findings.as_deref().unwrap_or(&empty);
    let page = Page {
        verdict: Verdict::new(tally, status, extent, args, reveal),
        command: args.command_line(),
        facts: facts(args),
        tiles: tiles(tally, args),
        pictures: pictures(tally, findings, args),
        steps: steps(tally, args, status),
        codes: codes(tally, examples, args, reveal),
        phones: phones(tally),
        tables: tables(findings, reveal),
        repeated: repeated(tally, reveal),
        is_check: args.check,
        hides: reveal == Reveal::Hide,
        version: env!("CARGO_PKG_VERSION"),
    };
    visible(&page.render().expect("writing to a string does not fail")) + "\n"
}

/// A page with its invisible characters escaped. The names on the command line may have any: of files, fields, tables.
fn visible(page: &str) -> String {
    let escape = |char: char| char != '\n' && is_invisible(char);
    let mut out = String::with_capacity(page.len());
    for piece in page.split_inclusive(escape) {
        match piece.chars().next_back().filter(|char| escape(*char)) {
            Some(char) => {
                out.push_str(&piece[..piece.len() - char.len_utf8()]);
                out.extend(char.escape_default());
            }
            None => out.push_str(piece),
        }
    }
    out
}

/// The page. Every text comes from the program, from the command line, or through [`Reveal`].
#[derive(Template)]
#[template(path = "report.html", whitespace = "minimize")]
struct Page {
    verdict: Verdict,
    command: String,
    facts: Vec<(&'static str, String)>,
    tiles: Vec<Tile>,
    pictures: Vec<Picture>,
    steps: Vec<Step>,
    codes: Vec<CodeSection>,
    phones: Vec<Bar>,
    tables: Vec<NameTable>,
    repeated: Option<Repeated>,
    is_check: bool,
    hides: bool,
    version: &'static str,
}

/// A number with its caption.
struct Tile {
    count: Count,
    caption: String,
    /// Whether the number needs attention.
    is_odd: bool,
}

/// A count with a bar.
struct Bar {
    name: String,
    words: String,
    count: Count,
    length: String,
}

/// Names with their counts.
struct NameTable {
    title: &'static str,
    lead: &'static str,
    rows: Vec<Bar>,
    /// Names that are not shown.
    more: Option<String>,
}

/// Payloads that have the id of an earlier one.
struct Repeated {
    sentence: String,
    ids: Vec<(Count, Option<String>)>,
}

/// The input, the output and the profile.
fn facts(args: &Args) -> Vec<(&'static str, String)> {
    let mut facts = vec![
        ("Input", format!("{}, {}", args.input_name(), args.input_format().words())),
        ("Output", args.to.words().to_owned()),
    ];
    if args.to == To::V2 || args.profile() == Profile::Extended {
        let profile = match args.profile() {
            Profile::Documented => "documented: what Deskpro’s documentation of v2 has",
            Profile::Extended => {
                "extended: also comments, countries, phones, and v2’s names of a person’s fields"
            }
        };
        facts.push(("Profile", profile.to_owned()));
    }
    let kept = |path: &Option<std::path::PathBuf>| path.as_ref().map(|path| path.display().to_string());
    if let Some(losses) = kept(&args.losses) {
        facts.push(("Losses file", losses));
    }
    if let Some(rejects) = kept(&args.rejects) {
        facts.push(("Rejected payloads", rejects));
    }
    facts
}

fn tiles(tally: &Tally, args: &Args) -> Vec<Tile> {
    let contents = &tally.contents;
    let tile =
        |count, caption: &str, is_odd| Tile { count: Count(count), caption: caption.to_owned(), is_odd };
    let mut tiles = vec![
        tile(tally.lines, "payloads read", tally.lines == 0),
        tile(tally.converted, "converted", false),
        tile(tally.rejected, "rejected", tally.rejected > 0),
    ];
    // A restoring run reads outputs. The run that wrote them has counted their payloads.
    if !args.is_restoring() {
        tiles.push(tile(
            contents.with_contact_data,
            "with contact data",
            contents.with_contact_data == 0 && tally.converted > 0,
        ));
        tiles.push(tile(contents.empty, "empty", contents.empty > 0));
        if let Some(field) = &args.id_field {
            let caption = format!("with the field {field}");
            tiles.push(tile(contents.with_id, &caption, contents.with_id < tally.lines));
            let (repeated, _) = contents.repeated_ids();
            tiles.push(tile(repeated, "with the id of an earlier one", repeated > 0));
        }
    }
    if args.verify {
        tiles.push(tile(tally.verified, "verified", tally.verified < tally.converted));
    }
    tiles
}

fn pictures(tally: &Tally, findings: &Findings, args: &Args) -> Vec<Picture> {
    let (fate, outcome) = match args.losses.is_some() {
        true => ("kept in the losses file", Outcome::Kept),
        false => ("lost", Outcome::Lost),
    };
    // A line over the limit may count twice: it is rejected, and its losses are not put back.
    let lost = tally.lost_payloads.min(tally.rejected);
    let payloads = Picture::new(
        "Payloads",
        "payload",
        "A payload holds the data of one person, and is one line of the input or built from it.",
        [
            (Outcome::Written, tally.converted - findings.with_data, "converted with every value".to_owned()),
            (outcome, findings.with_data, format!("converted, with values {fate}")),
            (Outcome::Kept, tally.rejected - lost, "rejected, and kept in a file".to_owned()),
            (Outcome::Lost, lost, "rejected, and in no file".to_owned()),
        ],
    );
    let values = Picture::new(
        "Values",
        "value",
        "The values of the output, and all values that the output does not have. An empty value does not count. A phone or \
         a record that the output does not have counts as one value.",
        [
            (Outcome::Written, findings.written, "in the output".to_owned()),
            (outcome, tally.data_losses(), format!("not in the output, {fate}")),
            (outcome, tally.rejected_records(), format!("rejected records, {fate}")),
        ],
    );
    [payloads, values].into_iter().flatten().collect()
}

/// The reasons why phones are not written, with their counts.
fn phones(tally: &Tally) -> Vec<Bar> {
    let reasons = tally.reasons();
    let most = reasons.iter().map(|(_, count)| *count).max().unwrap_or(1);
    let bar = |(reason, count): (deskpro_contact::PhoneReason, u64)| Bar {
        name: reason.name().to_owned(),
        words: reason.words().to_owned(),
        count: Count(count),
        length: Share::new(count, most).length(400),
    };
    reasons.into_iter().map(bar).collect()
}

fn tables(findings: &Findings, reveal: Reveal) -> Vec<NameTable> {
    let Findings { types, services, unknown_types, unknown_fields, other_fields, lost_fields, .. } = findings;
    let any = |_: &str| true;
    let none = |_: &str| false;
    let is_service = |name: &str| name.parse::<Service>().is_ok();
    [
        table(
            "Types of contacts",
            "Contacts that could be read, also those that the output does not have.",
            types,
            reveal,
            any,
        ),
        table(
            "Instant-messaging services",
            "As they were sent, in lower case.",
            services,
            reveal,
            is_service,
        ),
        table(
            "Unknown types",
            "Their records or payloads are rejected. Look for misspellings.",
            unknown_types,
            reveal,
            none,
        ),
        table(
            "Unknown fields of records",
            "Neither format has these fields. Look for misspellings.",
            unknown_fields,
            reveal,
            none,
        ),
        table(
            "Other fields in the output",
            "Fields beside contact data, with the number of payloads that have them.",
            other_fields,
            reveal,
            none,
        ),
        table(
            "Other fields that the output does not have",
            "Fields beside contact data, with the number of their values.",
            lost_fields,
            reveal,
            none,
        ),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// The most frequent names. If names are hidden, those for which `is_known` is false are only counted.
fn table(
    title: &'static str,
    lead: &'static str,
    counts: &NameCounts,
    reveal: Reveal,
    is_known: impl Fn(&str) -> bool,
) -> Option<NameTable> {
    /// The maximum number of names on the page.
    const SHOWN: usize = 40;
    let names = counts.sorted();
    let most = names.first()?.1;
    let (shown, hidden): (Vec<_>, Vec<_>) =
        names.into_iter().partition(|(name, _)| reveal == Reveal::Show || is_known(name));
    let bars = shown.iter().take(SHOWN).map(|(name, count)| Bar {
        name: (*name).to_owned(),
        words: String::new(),
        count: Count(*count),
        length: Share::new(*count, most).length(400),
    });
    let sum = |names: &[(&str, u64)]| names.iter().map(|(_, count)| count).sum::<u64>();
    let beyond = shown.get(SHOWN..).unwrap_or(&[]);
    let mut more = Vec::new();
    if !beyond.is_empty() {
        more.push(format!("{}: {}", several(beyond.len() as u64, "further name"), Count(sum(beyond))));
    }
    if !hidden.is_empty() {
        more.push(format!("{}: {}", several(hidden.len() as u64, "hidden name"), Count(sum(&hidden))));
    }
    if counts.others > 0 {
        more.push(format!("names beyond the first thousand: {}", Count(counts.others)));
    }
    let more = (!more.is_empty()).then(|| more.join("; "));
    Some(NameTable { title, lead, rows: bars.collect(), more })
}

fn repeated(tally: &Tally, reveal: Reveal) -> Option<Repeated> {
    let (count, examples) = tally.contents.repeated_ids();
    if count == 0 {
        return None;
    }
    let has = if count == 1 { "has" } else { "have" };
    let ids: Vec<_> = examples
        .map(|(line, id)| (Count(line), (reveal == Reveal::Show).then(|| reveal.text(&id))))
        .collect();
    let first = if count > ids.len() as u64 { " The first ones:" } else { "" };
    let sentence = format!("{} {has} the id of an earlier payload.{first}", several(count, "payload"));
    Some(Repeated { sentence, ids })
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;
    use deskpro_contact::{Code, ErrorKind, Severity};

    use super::*;

    /// Each code that a run can count has a row and a card.
    #[test]
    fn every_code_has_a_card() {
        let mut tally = Tally::default();
        (tally.lines, tally.differences) = (100_000, 1);
        for code in Code::ALL {
            Severity::ALL.into_iter().for_each(|severity| tally.count_loss(*code, severity));
        }
        ErrorKind::ALL.iter().for_each(|kind| tally.count_rejected(kind.name()));
        tally.converted = tally.lines - tally.rejected;
        let args = Args::try_parse_from(["convert", "--report", "page.html"]).unwrap();
        let page = page(&tally, &Examples::default(), Status::Lost, Extent::Whole, &args);
        let losses =
            Code::ALL.iter().flat_map(|code| ["data", "note"].map(|severity| format!("{severity}-{code}")));
        let rejected = ErrorKind::ALL.iter().map(|kind| format!("rejected-{kind}"));
        for anchor in losses.chain(rejected).chain(["rejected-difference".to_owned()]) {
            assert!(page.contains(&format!("href=\"#{anchor}\"")), "{anchor}");
            assert!(page.contains(&format!("<article class=\"card\" id=\"{anchor}\">")), "{anchor}");
        }
    }
}
