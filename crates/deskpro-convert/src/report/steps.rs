//! The next steps after a run or a check, with their commands.

use std::path::{Path, PathBuf};

use deskpro_contact::{PhoneReason, Profile};

use super::numbers::several;
use crate::args::{Args, InputFormat, OnError, ReportValues, To, quoted};
use crate::category::Category;
use crate::status::Status;
use crate::tally::Tally;

/// A step, with its command if it has one.
#[derive(Debug)]
pub(super) struct Step {
    pub(super) text: String,
    pub(super) command: Option<String>,
}

impl Step {
    fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), command: None }
    }

    fn with(text: impl Into<String>, command: String) -> Self {
        Self { text: text.into(), command: Some(command) }
    }
}

/// The steps after a run with these counts that ended with `status`, in their order.
pub(super) fn steps(tally: &Tally, args: &Args, status: Status) -> Vec<Step> {
    if status == Status::Bug {
        return vec![Step::new(
            "Do not use the output. Report this bug to the authors of convert, with the payloads that the messages name.",
        )];
    }
    if tally.lines == 0 {
        return vec![Step::new("Check that the input is the right one: it holds no payloads.")];
    }
    let mut steps = Vec::new();
    correct_input(tally, args, &mut steps);
    explain(tally, &mut steps);
    widen(tally, args, &mut steps);
    if args.check {
        let text = if status == Status::Lost {
            "Convert. These options keep what this command would lose, so that it can be put back:"
        } else {
            "Convert:"
        };
        steps.push(Step::with(text, keeping(args).command_line()));
    } else {
        after_run(tally, args, status, &mut steps);
    }
    if steps.is_empty() {
        steps.push(Step::new("No step is left: nothing was rejected, and no value needs a decision."));
    }
    steps
}

/// Steps before the next run, in the system from which the payloads come.
fn correct_input(tally: &Tally, args: &Args, steps: &mut Vec<Step>) {
    let (repeated, _) = tally.contents.repeated_ids();
    if repeated > 0 {
        let has = if repeated == 1 { "has" } else { "have" };
        steps.push(Step::new(format!(
            "Make ids unique: {} {has} the id of an earlier one. Restoring finds the losses of a person by the id.",
            several(repeated, "payload"),
        )));
    }
    if args.id_field.is_none() && !args.is_restoring() && !args.keeps_format() && tally.lines > 1 {
        steps.push(Step::new(
            "Add --id-field NAME, if the payloads have a field that tells people apart, for example an email. Then \
             messages name the person, and lines of the output may be sorted, filtered and edited before a roll-back.",
        ));
    }
    let Some(findings) = &tally.findings else { return };
    if !findings.unknown_types.is_empty() || !findings.unknown_fields.is_empty() {
        steps.push(Step::new(
            "Read the lists of unknown types and unknown fields below. Correct misspellings in the system that the \
             payloads come from.",
        ));
    }
}

/// The command that explains the most frequent code that needs a decision.
fn explain(tally: &Tally, steps: &mut Vec<Step>) {
    let codes = tally.codes();
    let first = codes.iter().find(|row| row.category != Category::Note);
    if let Some(row) = first {
        let command = format!("convert --explain {}", row.code);
        steps.push(Step::with(
            "Decide about each code below: correct the payloads, keep the values, or accept the loss. A command shows an \
             example of a code:",
            command,
        ));
    }
}

/// Options that write more of the payloads.
fn widen(tally: &Tally, args: &Args, steps: &mut Vec<Step>) {
    if args.is_restoring() || args.to != To::V2 || args.keeps_format() {
        return;
    }
    let has_extended = ["comment", "country", "country-alone", "phone"];
    let gains =
        tally.codes().iter().any(|row| row.category == Category::Data && has_extended.contains(&row.code));
    if args.profile() == Profile::Documented && gains {
        let extended = Args { profile: Some(Profile::Extended), ..check(args) };
        steps.push(Step::with(
            "Compare with the extended profile, which also writes comments, countries and phones. v2 servers were seen to take \
             them; try one person first:",
            extended.command_line(),
        ));
    }
    let without_code = tally.reasons().iter().any(|(reason, _)| *reason == PhoneReason::NoCode);
    if without_code && args.region.is_none() {
        steps.push(Step::new(
            "Phones without a calling code: if they are all of one country, add --region with its two letters, for example \
             --region GB.",
        ));
    }
}

/// Steps after a run that wrote files.
fn after_run(tally: &Tally, args: &Args, status: Status, steps: &mut Vec<Step>) {
    let stops = args.on_error == OnError::Stop && tally.rejected > 0;
    if status == Status::Lost {
        steps.push(Step::with(
            "Convert again, from the same input, with files that keep what this run lost:",
            // Files of this run that keep a part are replaced.
            Args { force: args.losses.is_some() || args.rejects.is_some(), ..keeping(args) }.command_line(),
        ));
        return;
    }
    if stops {
        steps.push(Step::new(
            "Correct the rejected payload and convert again, or leave out --on-error stop: then the payloads after it are \
             converted, too.",
        ));
    }
    if let (Some(rejects), false) = (&args.rejects, tally.rejected == 0 || stops) {
        // Rejected payloads that were built from rows of a database are forms.
        let from = match args.input_format() {
            InputFormat::Dump | InputFormat::Rows => None,
            InputFormat::Form | InputFormat::Json | InputFormat::V2 => args.from,
        };
        let next = Args {
            input: Some("corrected".into()),
            output: args.output.as_ref().map(|_| "corrected.jsonl".into()),
            losses: args.losses.as_ref().map(|_| "corrected.losses".into()),
            rejects: Some("corrected.rejects".into()),
            summary: None,
            report: None,
            report_values: ReportValues::Show,
            from,
            table: None,
            database: None,
            with: Vec::new(),
            force: false,
            ..args.clone()
        };
        steps.push(Step::with(
            format!(
                "Copy {} to a file “corrected”, correct its {}, and convert them into files of their own:",
                rejects.display(),
                several(tally.rejected, "line"),
            ),
            next.command_line(),
        ));
    }
    if args.rejects.is_none() && tally.rejected > 0 && !args.is_restoring() {
        steps.push(Step::new(
            "The losses file keeps the rejected payloads. To have them in a file that you can correct and convert, convert \
             again with --rejects FILE.",
        ));
    }
    let Some(output) = &args.output else { return };
    if args.to == To::V2 && !args.is_restoring() && !args.keeps_format() && !args.pretty {
        steps.push(send(args, &output.display().to_string()));
    }
    if let Some(losses) = &args.losses
        && !args.is_restoring()
        && !args.keeps_format()
        && !args.pretty
        && args.to != To::Canonical
    {
        let restore = restoring(args, output, losses);
        steps.push(Step::with(
            format!(
                "Keep {} and {} together, and never edit the second one. They restore the payloads:",
                output.display(),
                losses.display(),
            ),
            restore.command_line(),
        ));
    }
}

/// The step that sends the first person of an output to v2.
fn send(args: &Args, output: &str) -> Step {
    let file = quoted(output);
    let Some(field) = &args.id_field else {
        return Step::with(
            format!(
                "Send the lines of {output} to v2, one person per request. Begin with one person, and look at it in v2. The \
                 file “headers” has the API key:",
            ),
            format!(
                "head -n 1 {file} | curl --fail-with-body -H @headers --data-binary @- \"$HELPDESK/api/v2/people\""
            ),
        );
    };
    // The output may have the field under another name.
    let options = args.options();
    let name = options.names_of_id(false).find(|name| *name != field).unwrap_or(field);
    Step::with(
        format!(
            "Send {output} to v2 with examples/send.py, which comes with convert: it sends each person once, and goes on \
             after an interruption. Begin with one person, and look at it in v2. Then leave out --limit. The file “key” has \
             the API key:",
        ),
        format!("examples/send.py --key-file key --id-field {} --limit 1 {file} \"$HELPDESK\"", quoted(name)),
    )
}

/// The command that restores the payloads of a run. The losses file has the profile, the encoding and the id field.
fn restoring(args: &Args, output: &Path, losses: &Path) -> Args {
    let to = if args.to == To::V2 { To::Form } else { To::V2 };
    let bare = Args::bare();
    Args {
        to,
        restore: vec![losses.to_owned()],
        output: Some("restored".into()),
        input: Some(output.to_owned()),
        ..bare
    }
}

/// A check with these options that writes no page and no summary.
fn check(args: &Args) -> Args {
    Args {
        check: true,
        report: None,
        report_values: ReportValues::Show,
        summary: None,
        // The check looks at these files, too. A run has filled them.
        force: (args.force || !args.check) && (args.losses.is_some() || args.rejects.is_some()),
        ..args.clone()
    }
}

/// A run with these options that keeps losses and rejected payloads in files.
fn keeping(args: &Args) -> Args {
    let named = |path: &Option<PathBuf>, name: &str| Some(path.clone().unwrap_or_else(|| name.into()));
    let output = match args.to {
        To::V2 => "people.jsonl",
        To::Form => "people.form",
        To::Canonical => "contacts.jsonl",
    };
    Args {
        check: false,
        report: None,
        report_values: ReportValues::Show,
        force: false,
        lossy: false,
        verify: args.can_verify(),
        losses: named(&args.losses, "losses.jsonl"),
        rejects: named(&args.rejects, "rejects"),
        output: named(&args.output, output),
        ..args.clone()
    }
}
