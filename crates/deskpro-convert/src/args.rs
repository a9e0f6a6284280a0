//! The command line: its options ([`Args`]), their meaning together (`meaning`), which options exclude each other
//! (`check`), and how to write them as a command line (`command_line`).

mod check;
mod command_line;
mod meaning;

use std::path::PathBuf;

pub(crate) use self::command_line::quoted;
use anstyle::Style;
use clap::builder::{PossibleValuesParser, Styles, TypedValueParser as _};
use clap::{Parser, ValueEnum};
use deskpro_contact::rows::{self, AddedField, Owner};
use deskpro_contact::{Code, DEFAULT_MAX_PAYLOAD, Encoding, ErrorKind, MAX_PAYLOAD, Profile, Region, dump};

/// Lines of at most 80 columns: clap breaks longer lines, and does not indent the rest.
const EXAMPLES: &str = "\
Examples:
  convert --check payloads.form
      reports what would be kept, lost or rejected; writes no files
  convert --check --report report.html payloads.form
      also writes a page about it, for a browser
  convert payloads.form > people.jsonl
      converts legacy payloads to v2 JSON, one per line
  convert --losses losses.jsonl -o people.jsonl payloads.form
      also keeps every value that v2 has no place for
  convert --to form --restore losses.jsonl people.jsonl
      restores the payloads from the output and its losses
  convert --from json replies.jsonl > people.jsonl
      converts bodies and replies of the legacy API that are JSON
  mariadb-dump helpdesk | convert --from dump --losses l.jsonl -o people.jsonl
      converts the contact data of all people in a database, one per line
  convert --from rows contacts.csv > people.jsonl
      converts contact data that was exported as CSV
  head -n 1 payloads.form | convert --to canonical --pretty
      shows the contacts of the first payload

Exit status:
  0  no data was lost (or --lossy allowed it)
  1  a record or payload was rejected, and kept
  2  wrong usage
  3  something was lost: no file that the run wrote holds it
  65 the input has the wrong format, or a losses file does not belong to it
  66 an input cannot be opened
  70 --verify found a difference, or convert has a bug
  73 a file of --losses, --rejects or --report is not empty; --force replaces it
  74 reading or writing failed
  129, 130, 143 a signal ended the run";

/// The end of the short help.
const MORE: &str = "convert --help shows all options, examples and the exit statuses.";

/// Bold headings, as in reports. Options are not bold, because the help texts mention options, too, and those could not
/// be bold.
const STYLES: Styles = Styles::styled().header(Style::new().bold()).usage(Style::new().bold());

/// Headings of groups of options in the help.
const LOSSES: &str = "Losses and restoring";
const REJECTED: &str = "Rejected payloads";
const DUMPS: &str = "SQL dumps and exported rows";
const REPORTS: &str = "Messages and reports";

/// Converts legacy Deskpro contact data to v2 JSON and back, and counts every value that the output does not have.
///
/// Reads one payload per line from FILE or standard input, and writes one line for each converted payload, in the same
/// order. It makes one payload for each person in an SQL dump or in exported rows. Messages show the first three losses and
/// errors of each code; --losses and --rejects keep all in files.
#[derive(Parser, Clone, PartialEq, Eq, Debug)]
#[command(name = "convert", version, after_help = MORE, after_long_help = EXAMPLES, max_term_width = 80, styles = STYLES)]
pub struct Args {
    /// Payloads, one per line, an SQL dump, or exported rows.
    ///
    /// Standard input if FILE is `-` or missing.
    #[arg(value_name = "FILE")]
    pub(crate) input: Option<PathBuf>,
    /// The input format.
    ///
    /// `form`: legacy forms; `json`: bodies and replies of the legacy API; `dump`: an SQL dump of a legacy database; `rows`:
    /// its rows as CSV with a header or as JSON lines; `v2`: v2 JSON. By default v2 with --to form, otherwise form. Without this
    /// option, the first line must look like the format.
    #[arg(long, value_name = "FORMAT")]
    pub from: Option<InputFormat>,
    /// The output format.
    ///
    /// `v2`: v2 JSON; `form`: legacy forms; `canonical`: the canonical model as JSON, for inspection.
    #[arg(long, value_name = "FORMAT", default_value = "v2")]
    pub to: To,
    /// Which fields v2 JSON may hold.
    ///
    /// `documented`: only what Deskpro's documentation of v2 has; `extended`: also what published servers accept (comments, countries, phones, and
    /// the v2 names of a person's fields). With --restore, the profile of the conversion.
    #[arg(long, value_name = "PROFILE", value_parser = PossibleValuesParser::new(Profile::ALL.map(Profile::name))
        .map(|name| name.parse::<Profile>().expect("a name of a profile")))]
    pub profile: Option<Profile>,
    /// The region of phones without a calling code, for example GB.
    ///
    /// Without it, such a phone is a loss. Needs --profile extended.
    #[arg(long, value_name = "REGION", hide_short_help = true)]
    pub region: Option<Region>,
    /// Keep losses in this file.
    ///
    /// It gets every value that has no place in the output, rejected records and payloads, and notes that only --restore needs.
    #[arg(long, value_name = "FILE", help_heading = LOSSES)]
    pub(crate) losses: Option<PathBuf>,
    /// Put back the losses that this file holds.
    ///
    /// The input is the output of the conversion that wrote the file, and is converted in the other direction. If the
    /// conversion had --id-field, lines of the output may have been edited, moved, removed and added; and this option may be
    /// repeated to restore the joined outputs of several conversions: name their losses files in the order of the conversions.
    /// Without --id-field, the output must be unchanged, or --edited given.
    #[arg(long, value_name = "FILE", help_heading = LOSSES)]
    pub(crate) restore: Vec<PathBuf>,
    /// Restore an output whose lines were edited.
    ///
    /// It is needed after a conversion without --id-field. No line may have been moved, added or removed.
    #[arg(long, requires = "restore", help_heading = LOSSES, hide_short_help = true)]
    pub(crate) edited: bool,
    /// Keep the lines of rejected payloads in this file.
    ///
    /// They are kept byte for byte, so that you can correct and convert them. From a dump or rows, they are the forms that were
    /// built: to convert these, leave out --from, --with, --table and --database.
    #[arg(long, value_name = "FILE", help_heading = REJECTED)]
    pub(crate) rejects: Option<PathBuf>,
    /// Replace files that --losses, --rejects and --report name, even if they are not empty.
    #[arg(long, help_heading = LOSSES, hide_short_help = true)]
    pub(crate) force: bool,
    /// What to do with a rejected payload.
    ///
    /// `skip`: write no output line; `emit`: write an output line `{"error":{…}}`; `stop`: end the run.
    #[arg(long, value_name = "WHAT", default_value = "skip", help_heading = REJECTED, hide_short_help = true)]
    pub on_error: OnError,
    /// Reject a payload if one of its records is rejected.
    #[arg(long, help_heading = REJECTED)]
    pub strict: bool,
    /// Leave out all fields but contact data and the field of --id-field: they become losses.
    #[arg(long, hide_short_help = true)]
    pub only_contact_data: bool,
    /// Accept a field of this name, although it looks like misplaced contact data.
    ///
    /// Without it, the payload is rejected with the code `misplaced-field`. May be repeated.
    #[arg(long, value_name = "NAME", help_heading = REJECTED, hide_short_help = true)]
    pub allow_field: Vec<String>,
    /// Reject payloads that are longer.
    ///
    /// With --restore, reject lines that are longer than 16 times this number, because an output can be longer than its payload.
    #[arg(long, value_name = "BYTES", default_value_t = DEFAULT_MAX_PAYLOAD as u64,
        value_parser = clap::value_parser!(u64).range(1..=MAX_PAYLOAD as u64), help_heading = REJECTED,
        hide_short_help = true)]
    pub max_payload: u64,
    /// The encoding of texts and names that are not UTF-8.
    ///
    /// A name from the WHATWG standard, for example windows-1252, for forms, legacy JSON, dumps and rows. Texts in UTF-8 stay as they are.
    #[arg(long, value_name = "NAME", hide_short_help = true)]
    pub(crate) encoding: Option<Encoding>,
    /// Whose contact data a dump or rows give: people or organizations.
    ///
    /// By default people.
    #[arg(long, value_name = "TABLE", help_heading = DUMPS, hide_short_help = true)]
    pub(crate) table: Option<Owner>,
    /// The database whose tables are read, if the dump holds several.
    #[arg(long, value_name = "NAME", help_heading = DUMPS, hide_short_help = true)]
    pub(crate) database: Option<String>,
    /// Add a column to each payload, for example people.name.
    ///
    /// TABLE is people, or a table with a person_id; with --table organizations, it is organizations, or a table with an
    /// organization_id. The field has the column's name, or the name after `=`. A field that ends with `[]` takes the values
    /// of all rows. May be repeated.
    #[arg(long, value_name = "TABLE.COLUMN[=FIELD]", help_heading = DUMPS, hide_short_help = true)]
    pub(crate) with: Vec<AddedField>,
    /// Allow values to be lost without exit status 3.
    ///
    /// Rejected records and payloads that no file keeps still cause that status.
    #[arg(long, help_heading = LOSSES, hide_short_help = true)]
    pub(crate) lossy: bool,
    /// Write the output to this file instead of standard output.
    ///
    /// The file appears only when it is complete.
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// The number of converting threads.
    ///
    /// By default one for each core.
    #[arg(short, long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024), hide_short_help = true)]
    pub(crate) jobs: Option<u16>,
    /// Restore each converted line, and compare it with its payload.
    #[arg(long, conflicts_with = "restore", help_heading = LOSSES)]
    pub verify: bool,
    /// Report what a run with the same options would do.
    ///
    /// Writes no file but those of --summary and --report, and ends with the exit status of the run. With --error-format
    /// json, the report is JSON.
    #[arg(long, help_heading = REPORTS)]
    pub(crate) check: bool,
    /// Write counts to this file, as JSON.
    #[arg(long, value_name = "FILE", help_heading = REPORTS)]
    pub(crate) summary: Option<PathBuf>,
    /// Write a page for a browser to this file.
    ///
    /// It shows counts, the meaning of each code, examples, and what to do next. It needs no network and no scripts.
    #[arg(long, value_name = "FILE", help_heading = REPORTS)]
    pub(crate) report: Option<PathBuf>,
    /// Whether the page of --report shows examples and names.
    ///
    /// With `hide`, it has nothing from the data but counts and numbers of lines, and no name that the command line holds,
    /// so that you may pass it on.
    #[arg(long, value_name = "WHAT", default_value = "show", requires = "report", help_heading = REPORTS,
        hide_short_help = true)]
    pub(crate) report_values: ReportValues,
    /// The format of messages.
    ///
    /// `human`: an excerpt of the payload with the place marked (default on a terminal); `line`: one line (default
    /// elsewhere); `json`: JSON.
    #[arg(long, value_name = "FORMAT", help_heading = REPORTS, hide_short_help = true)]
    pub(crate) error_format: Option<ErrorFormat>,
    /// Identify the person by this field of the payload.
    ///
    /// For example `email`; by default `id` with --from dump or rows, otherwise none. Messages and the losses file have the id.
    /// Lines of the output may be moved, removed, added and edited before --restore, which needs no --id-field: the losses
    /// file holds the name of the field.
    #[arg(long, value_name = "NAME", help_heading = LOSSES)]
    pub(crate) id_field: Option<String>,
    /// Show progress. A terminal shows it without this option.
    #[arg(long, help_heading = REPORTS, hide_short_help = true)]
    pub(crate) progress: bool,
    /// Write JSON on several lines, indented.
    #[arg(long, hide_short_help = true)]
    pub(crate) pretty: bool,
    /// Write no messages but the error that ends the run.
    #[arg(short, long, help_heading = REPORTS)]
    pub(crate) quiet: bool,
    /// Panic at this line, to test how the run reports a bug.
    #[arg(long, hide = true, value_name = "LINE")]
    pub(crate) panic_at: Option<u64>,
    /// Sort rows of a database in this much memory, to test how they are sorted on disk.
    #[arg(long, hide = true, value_name = "BYTES")]
    pub(crate) sort_memory: Option<usize>,
    /// Read forms by the general reader alone, to compare it with the plain reader.
    #[arg(long, hide = true)]
    pub(crate) general_reader: bool,
    #[command(flatten)]
    pub(crate) info: InfoArgs,
}

/// Options that print information and end: no input is read.
#[derive(clap::Args, Clone, PartialEq, Eq, Debug)]
#[command(next_help_heading = "Information (no other option and no FILE; --schema v2 may have --profile)")]
pub(crate) struct InfoArgs {
    /// Print every type, field and service of both formats, and what each converts to.
    #[arg(long, exclusive = true, hide_short_help = true)]
    pub(crate) list_types: bool,
    /// Explain the code of a loss or an error.
    ///
    /// Prints its meaning, what to do, and an example.
    #[arg(long, exclusive = true, value_name = "CODE", hide_possible_values = true,
        value_parser = PossibleValuesParser::new(codes()))]
    pub(crate) explain: Option<String>,
    /// Print a JSON Schema.
    ///
    /// `v2`: of v2 outputs (the default), which may have --profile; `losses`: of the lines of a losses file; `summary`: of
    /// --summary; `check`: of --check with --error-format json.
    #[arg(long, hide_short_help = true, value_name = "WHAT", num_args = 0..=1, default_missing_value = "v2")]
    pub(crate) schema: Option<SchemaOf>,
    /// Print a manual page, or the completions for a shell.
    #[arg(long, exclusive = true, value_name = "WHAT", hide_short_help = true)]
    pub(crate) generate: Option<Generate>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum, Debug)]
pub(crate) enum Generate {
    Man,
    Bash,
    Zsh,
    Fish,
    Powershell,
}

/// What a schema describes.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum, Debug)]
pub(crate) enum SchemaOf {
    V2,
    Losses,
    Summary,
    Check,
}

/// The codes of losses and errors.
fn codes() -> impl Iterator<Item = &'static str> {
    let losses = Code::ALL.iter().map(|code| code.name());
    let errors = ErrorKind::ALL.iter().map(|kind| kind.name());
    let of_dumps = dump::ErrorKind::ALL.iter().map(|kind| kind.name());
    let of_rows = rows::ErrorKind::ALL.iter().map(|kind| kind.name());
    losses.chain(errors).chain(of_dumps).chain(of_rows)
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum, Debug)]
#[expect(missing_docs, reason = "a comment on a value becomes part of the help")]
pub enum InputFormat {
    Form,
    Json,
    Dump,
    Rows,
    V2,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum, Debug)]
#[expect(missing_docs, reason = "a comment on a value becomes part of the help")]
pub enum To {
    V2,
    Form,
    Canonical,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum, Debug)]
pub(crate) enum ErrorFormat {
    Human,
    Line,
    Json,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum, Debug)]
#[expect(missing_docs, reason = "a comment on a value becomes part of the help")]
pub enum OnError {
    Skip,
    Emit,
    Stop,
}

/// Whether the page of --report shows values and names from the data.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum, Debug)]
pub(crate) enum ReportValues {
    Show,
    Hide,
}

/// The names of the standard streams in messages.
const STDIN: &str = "standard input";
const STDOUT: &str = "standard output";
