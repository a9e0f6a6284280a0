//! Information that is printed without a run: the table, explanations of codes, the schema, the manual page and
//! completions.

use std::ffi::OsStr;
use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use clap::{Arg, Command, CommandFactory as _, Parser as _, ValueEnum as _};
use clap_complete::Shell;
use deskpro_contact::losses_file::{self, End, Head, VERSION};
use deskpro_contact::rows::Builder;
use deskpro_contact::{
    Code, Converter, ErrorKind, Example, InputExplanation, Options, Origin, PhoneReason, Profile, Source,
    Target, dump, rows,
};

use crate::args::{Args, Generate, InfoArgs, SchemaOf, To};
use crate::guess::{self, Expected};
use crate::layout::page;
use crate::schema;
use crate::source::{Batch, Database, Rows, SourceError, rows_error};
use crate::status::Status;
use crate::stderr::print_error;
use crate::summary::{CheckReport, Summary};

/// The text that the options ask for, if they ask for any.
pub(crate) fn text(args: &Args) -> Option<Vec<u8>> {
    match &args.info {
        InfoArgs { list_types: true, .. } => Some(aligned(&deskpro_contact::differences()).into_bytes()),
        InfoArgs { explain: Some(code), .. } => Some(explain(code).into_bytes()),
        InfoArgs { schema: Some(what), .. } => Some(schema_of(*what, args.profile()).into_bytes()),
        InfoArgs { generate: Some(what), .. } => Some(generate(*what)),
        InfoArgs { list_types: false, explain: None, schema: None, generate: None } => None,
    }
}

fn schema_of(what: SchemaOf, profile: Profile) -> String {
    match what {
        SchemaOf::V2 => deskpro_contact::schema(profile),
        SchemaOf::Losses => deskpro_contact::losses_schema(),
        SchemaOf::Summary => schema::written::<Summary>(),
        SchemaOf::Check => schema::written::<CheckReport<'_>>(),
    }
}

/// Writes a text to standard output. If the reader closed the pipe, this is not an error.
pub(crate) fn print(text: &[u8]) -> Status {
    let mut out = io::stdout();
    match out.write_all(text).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            print_error(&format!("convert: cannot write standard output: {error}\n"));
            Status::Io
        }
        Ok(()) | Err(_) => Status::Done,
    }
}

/// Pads the cells of a Markdown table, so that its columns line up on a terminal.
fn aligned(table: &str) -> String {
    let rows: Vec<Vec<&str>> = table.lines().map(|row| row.split('|').map(str::trim).collect()).collect();
    let is_rule = |cell: &str| !cell.is_empty() && cell.bytes().all(|byte| byte == b'-');
    let mut widths: Vec<usize> = Vec::new();
    for (n, cell) in rows.iter().flat_map(|row| row.iter().enumerate()) {
        match widths.get_mut(n) {
            Some(width) => *width = cell.chars().count().max(*width),
            None => widths.push(cell.chars().count()),
        }
    }
    let mut out = String::new();
    for row in &rows {
        let cells = row.iter().zip(&widths).map(|(cell, &width)| match is_rule(cell) {
            true => "-".repeat(width),
            false => format!("{cell:width$}"),
        });
        out += cells.collect::<Vec<_>>().join(" | ").trim();
        out.push('\n');
    }
    out
}

fn explain(code: &str) -> String {
    if let Ok(kind) = code.parse::<dump::ErrorKind>() {
        return explain_input(code, &kind.explanation());
    }
    if let Ok(kind) = code.parse::<rows::ErrorKind>() {
        return explain_input(code, &kind.explanation());
    }
    let (what, explanation) = match (code.parse::<Code>(), code.parse::<ErrorKind>()) {
        (Ok(code), _) => ("loss", code.explanation()),
        (Err(_), Ok(kind)) => ("error", kind.explanation()),
        (Err(_), Err(_)) => unreachable!("the command line accepts only codes"),
    };
    let mut text = prose(code, what, explanation.meaning, explanation.remedy);
    if code == Code::Phone.name() {
        text += "Reasons with --profile extended:\n\n";
        for reason in PhoneReason::ALL {
            let _ = writeln!(text, "{}: {}\n", reason.name(), reason.words());
        }
    }
    let losses = explanation.example.losses;
    if let Some(losses) = losses {
        let (mut head, mut end) = (Vec::new(), Vec::new());
        let [from, to] = [Source::Form.name(), Target::V2.name()].map(str::to_owned);
        let profile = explanation.example.profile.name().to_owned();
        let written = Head { version: VERSION, from, to, profile, id_field: None, encoding: None };
        losses_file::write_head(&written, &mut head);
        losses_file::write_end(&End { lines: 1, with_losses: 1 }, &mut end);
        let [head, end] = [head, end].map(|line| String::from_utf8(line).expect("JSON is UTF-8"));
        let _ = writeln!(text, "  $ printf '%s\\n' '{head}' '{losses}' '{end}' > losses.jsonl");
    }
    let _ = writeln!(text, "  $ {} | convert{}", echo(&explanation.example), flags(&explanation.example));
    let _ = writeln!(text, "  {}", outcome(&explanation.example, code));
    text
}

/// The explanation of an error that ends a run.
fn explain_input(code: &str, explanation: &InputExplanation) -> String {
    let mut text = prose(code, "wrong input", explanation.meaning, explanation.remedy);
    if let Some(dump) = explanation.example {
        let _ = writeln!(text, "  $ echo '{dump}' | convert --from dump");
        let _ = writeln!(text, "  convert: {}", why_not(dump));
    }
    text
}

/// The message about a dump that cannot be read: an example of an explanation.
fn why_not(dump: &'static str) -> String {
    let args = Args::parse_from(["convert", "--from", "dump"]);
    let input = Box::new(io::Cursor::new([dump, "\n"].concat()));
    let mut batch = Batch::default();
    match Database::new(input, args.input_name(), &args, |_| {}).next(&mut batch) {
        Err(SourceError::WrongInput(why)) => why,
        // Two rows with one id are compared when their payload is built.
        Ok(_) => {
            let mut builder = Builder::new(&args.plan().expect("no option"));
            let built = builder.payload(Rows(&batch.text), &mut Vec::new());
            rows_error(&args.input_name(), &built.expect_err("a test runs each example"))
        }
        Err(_) => unreachable!("a test runs each example"),
    }
}

/// The meaning of a code and what to do, in lines of at most 80 columns.
fn prose(code: &str, what: &str, meaning: &str, remedy: &str) -> String {
    let paragraphs = [format!("{code} ({what}): {meaning}"), format!("What to do: {remedy}")];
    paragraphs.map(|text| page(&text) + "\n\n").concat()
}

/// The shell command that writes a payload as a line. If the payload looks like wrong input, a line before it shows
/// what the input is.
fn echo(example: &Example) -> String {
    let payload = example.payload;
    let (expected, first) = match example.source {
        Source::Form => (Expected::Forms, "name=Bob"),
        Source::V2 => (Expected::Bodies, "{}"),
    };
    // With --from, the first line is not judged.
    let looks_wrong = example.origin.is_none() && guess::judge(payload.as_bytes(), false, expected).is_some();
    let first = looks_wrong.then_some(first);
    if !payload.contains(|char: char| char == '\\' || char.is_control()) {
        return match first {
            Some(first) => format!("printf '%s\\n' '{first}' '{payload}'"),
            // An SQL text has single quotes, and no character that a shell would interpret in double quotes.
            None if payload.contains('\'') => format!("echo \"{payload}\""),
            None => format!("echo '{payload}'"),
        };
    }
    let format: String = payload
        .chars()
        .map(|char| match char {
            '%' => "%%".to_owned(),
            '\\' => "\\\\".to_owned(),
            char if char.is_control() => format!("\\{:03o}", u32::from(char)),
            char => char.to_string(),
        })
        .collect();
    let first = first.map(|first| format!("{first}\\n")).unwrap_or_default();
    format!("printf '{first}{format}\\n'")
}

/// The options of an example's command, each with a space before it.
fn flags(example: &Example) -> String {
    let mut flags = String::new();
    match example.origin {
        None => {}
        Some(Origin::LegacyJson) => flags += " --from json",
        Some(Origin::Dump { added_field }) => {
            flags += " --from dump";
            if let Some(added) = added_field {
                let _ = write!(flags, " --with {added}");
            }
        }
        Some(_) => unreachable!("this library has no other sources"),
    }
    let to = [To::V2, To::Form, To::Canonical].into_iter().find(|to| to.target() == example.target);
    if let Some(to) = to.filter(|to| *to != To::V2)
        && let Some(value) = to.to_possible_value()
    {
        let _ = write!(flags, " --to {}", value.get_name());
    }
    if example.profile != Profile::Documented {
        let _ = write!(flags, " --profile {}", example.profile);
    }
    if example.only_contact_data {
        flags += " --only-contact-data";
    }
    if let Some(bytes) = example.max_payload {
        let _ = write!(flags, " --max-payload {bytes}");
    }
    if let Some(encoding) = example.encoding {
        let _ = write!(flags, " --encoding {encoding}");
    }
    flags
        + if example.losses.is_some() {
            " --restore losses.jsonl --losses left.jsonl"
        } else {
            " --losses losses.jsonl"
        }
}

/// The error of an example, or its loss as an object of the losses file.
fn outcome(example: &Example, code: &str) -> String {
    let mut options = Options::new(example.source, example.target)
        .only_contact_data(example.only_contact_data)
        .encoding(example.encoding)
        .profile(example.profile);
    if let Some(bytes) = example.max_payload {
        options = options.max_payload(bytes);
    }
    let mut converter = Converter::new(options);
    let (payload, builder_losses) = match example.build() {
        Ok(built) => built,
        Err(error) => return error.to_string(),
    };
    let converted = match example.losses {
        Some(losses) => converter.restore(&payload, losses.as_bytes()),
        None => converter.convert(&payload),
    };
    match converted {
        Err(error) => error.to_string(),
        Ok(conversion) => {
            let conversion = conversion.with_builder_losses(&builder_losses);
            let loss = conversion.losses().find(|loss| {
                loss.code().name() == code || loss.error().is_some_and(|error| error.kind().name() == code)
            });
            let loss = loss.expect("a test runs each example and finds its code");
            serde_json::to_string(&loss).expect("a loss is JSON")
        }
    }
}

fn generate(what: Generate) -> Vec<u8> {
    let command = Args::command();
    let mut out = Vec::new();
    let shell = match what {
        Generate::Man => {
            // Writing to a Vec does not fail.
            let _ = clap_mangen::Man::new(command.name(called_name())).render(&mut out);
            return out;
        }
        Generate::Bash => Shell::Bash,
        Generate::Zsh => Shell::Zsh,
        Generate::Fish => Shell::Fish,
        Generate::Powershell => Shell::PowerShell,
    };
    // The generators would complete hidden options too.
    let shown: Vec<Arg> = command.get_arguments().filter(|arg| !arg.is_hide_set()).cloned().collect();
    let mut command = Command::new("convert")
        .version(env!("CARGO_PKG_VERSION"))
        .long_about(command.get_long_about().expect("`Args` has two paragraphs").clone())
        .args(shown);
    clap_complete::generate(shell, &mut command, called_name(), &mut out);
    out
}

/// The name by which the command was called; completions must be for this name.
fn called_name() -> String {
    let path = std::env::args_os().next().map(PathBuf::from);
    let name = path.as_deref().and_then(Path::file_name).and_then(OsStr::to_str);
    name.filter(|name| !name.is_empty()).unwrap_or("convert").to_owned()
}
