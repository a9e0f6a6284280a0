//! What payloads contain, in numbers: contact data, ids, carriage returns; and warnings about it.

use std::collections::HashSet;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash as _, Hasher as _};

use deskpro_contact::losses_file::PersonId;
use deskpro_contact::rows::AddedField;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::value::RawValue;

use crate::args::{Args, InputFormat};
use crate::excerpt::{Excerpt, printable};
use crate::schema;
use crate::wording::counted;

/// What some payloads contain, in numbers.
#[derive(Default, Debug)]
pub(crate) struct Contents {
    /// The number of converted payloads that had at least one record of contact data, even if the record was rejected.
    pub(crate) with_contact_data: u64,
    /// The number of empty payloads.
    pub(crate) empty: u64,
    /// The number of payloads with an id: the value of the field that `--id-field` names.
    pub(crate) with_id: u64,
    /// The number of payloads with a carriage return that belongs to no line end.
    pub(crate) with_carriage_return: u64,
    /// Warnings about the input.
    pub(crate) of_input: Vec<String>,
    /// The ids of one batch, which are not compared yet.
    new_ids: Vec<NewId>,
    /// The hashes of all ids. A hash takes eight bytes; an id can be long.
    seen: HashSet<u64>,
    /// The number of payloads that have the id of an earlier payload.
    repeated: u64,
    /// The first payloads that have the id of an earlier payload.
    examples: Vec<RepeatedId>,
}

#[derive(Debug)]
struct NewId {
    line: u64,
    hash: u64,
    json: Box<str>,
}

/// A payload that has the id of an earlier payload.
#[derive(Debug)]
struct RepeatedId {
    line: u64,
    json: Box<str>,
}

impl RepeatedId {
    /// `5 in line 17`
    fn sentence(&self) -> String {
        let text = id_text(&self.json);
        format!("{} in line {}", printable(text.as_bytes(), Excerpt::MAX_PLACE), self.line)
    }
}

/// The text of an id: a number and the same number as a text are equal, as they are in a form.
fn id_text(json: &str) -> String {
    serde_json::from_str(json).unwrap_or_else(|_| json.to_owned())
}

impl Contents {
    /// The maximum number of repeated ids that are named.
    const MAX_EXAMPLES: usize = 3;

    /// Counts the id of a line.
    pub(crate) fn count_id(&mut self, line: u64, id: PersonId<'_>) {
        let mut hasher = DefaultHasher::new();
        id_text(id.json()).hash(&mut hasher);
        self.with_id += 1;
        self.new_ids.push(NewId { line, hash: hasher.finish(), json: id.json().into() });
    }

    /// Adds the counts of later lines.
    pub(crate) fn add(&mut self, later: &mut Self) {
        self.with_contact_data += later.with_contact_data;
        self.empty += later.empty;
        self.with_id += later.with_id;
        self.of_input.append(&mut later.of_input);
        self.with_carriage_return += later.with_carriage_return;
        for NewId { line, hash, json } in later.new_ids.drain(..) {
            if !self.seen.insert(hash) {
                self.repeated += 1;
                if self.examples.len() < Self::MAX_EXAMPLES {
                    self.examples.push(RepeatedId { line, json });
                }
            }
        }
    }

    /// The number of payloads that have the id of an earlier payload, and the lines and ids of the first such payloads.
    pub(crate) fn repeated_ids(&self) -> (u64, impl Iterator<Item = (u64, String)>) {
        (self.repeated, self.examples.iter().map(|example| (example.line, id_text(&example.json))))
    }

    /// Sentences about unusual counts: only some payloads have contact data or the id field, some are empty, or some
    /// have the id of an earlier one. `lines` is the number of payloads, `converted` the number of those that were
    /// converted.
    pub(crate) fn sentences(&self, lines: u64, converted: u64, args: &Args) -> Vec<String> {
        let mut sentences = Vec::new();
        if is_about_outputs(args) {
            return sentences;
        }
        let of = |count: u64, what: &str| format!("{count} of {} {what}", counted(lines, "payload"));
        if self.with_contact_data > 0 && self.with_contact_data < converted {
            let payloads = counted(converted, "converted payload");
            sentences.push(format!("{} of {payloads} had contact data", self.with_contact_data));
        }
        if self.empty > 0 {
            sentences.push(of(self.empty, if self.empty == 1 { "was empty" } else { "were empty" }));
        }
        if let Some(field) = &args.id_field
            && self.with_id > 0
            && self.with_id < lines
        {
            sentences.push(of(self.with_id, &format!("had the field {field}")));
        }
        if self.repeated > 0 {
            let named: Vec<String> = self.examples.iter().map(RepeatedId::sentence).collect();
            let dots = if self.repeated > self.examples.len() as u64 { ", …" } else { "" };
            let what = if self.repeated == 1 { "had the id" } else { "had ids" };
            sentences
                .push(of(self.repeated, &format!("{what} of an earlier one: {}{dots}", named.join(", "))));
        }
        sentences
    }

    /// Sentences that warn of an input that is probably the wrong one, and of secrets in the output.
    pub(crate) fn warnings(&self, lines: u64, converted: u64, args: &Args) -> Vec<String> {
        let mut warnings = self.of_input.clone();
        if is_about_outputs(args) {
            return warnings;
        }
        if lines == 0 {
            warnings.push(match args.input_format() {
                InputFormat::Form | InputFormat::Json | InputFormat::V2 => "the input is empty".to_owned(),
                InputFormat::Dump | InputFormat::Rows => {
                    format!("the tables have no rows of {}", args.owner())
                }
            });
            return warnings;
        }
        if self.with_contact_data == 0 && converted > 0 {
            warnings.push("no converted payload had contact data".to_owned());
        }
        if let Some(field) = &args.id_field
            && self.with_id == 0
        {
            warnings.push(format!("no payload had the field {field}, which --id-field names"));
        }
        if self.with_carriage_return > 0 {
            let (count, verb) =
                (self.with_carriage_return, if self.with_carriage_return == 1 { "holds" } else { "hold" });
            let lines = counted(count, "line");
            warnings.push(format!("{lines} {verb} a carriage return that belongs to no line end"));
        }
        // Names of columns may differ in case.
        let is_hash = |added: &AddedField| {
            added.table().eq_ignore_ascii_case("people") && added.column().eq_ignore_ascii_case("password")
        };
        if args.with.iter().any(is_hash) {
            let why = "the output has password hashes, because --with names people.password: v2 would read a hash as a \
                       password";
            warnings.push(why.to_owned());
        }
        warnings
    }

    /// The counts for JSON.
    pub(crate) fn report(&self, lines: u64, converted: u64, args: &Args) -> ContentsReport {
        let has_ids = args.id_field.is_some();
        let example = |example: &RepeatedId| RepeatedReport {
            line: example.line,
            id: RawValue::from_string(example.json.to_string()).expect("an id is JSON"),
        };
        ContentsReport {
            with_contact_data: self.with_contact_data,
            empty: self.empty,
            with_carriage_return: self.with_carriage_return,
            with_id: has_ids.then_some(self.with_id),
            repeated_ids: has_ids.then_some(self.repeated),
            first_repeated_ids: has_ids.then(|| self.examples.iter().map(example).collect()),
            warnings: self.warnings(lines, converted, args),
        }
    }
}

/// Whether the run restores outputs. The run that wrote the outputs has given these warnings.
fn is_about_outputs(args: &Args) -> bool {
    args.is_restoring()
}

/// What the payloads contain, in numbers, and warnings about it.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct ContentsReport {
    /// The number of converted payloads that had at least one record of contact data, even if the record was rejected.
    with_contact_data: u64,
    /// The number of empty payloads.
    empty: u64,
    /// The number of payloads with a carriage return that belongs to no line end.
    with_carriage_return: u64,
    /// The number of payloads with an id: the value of the field that `--id-field` names.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "u64")]
    with_id: Option<u64>,
    /// The number of payloads that have the id of an earlier payload.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "u64")]
    repeated_ids: Option<u64>,
    /// The first payloads that have the id of an earlier payload, at most three.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Vec<RepeatedReport>")]
    first_repeated_ids: Option<Vec<RepeatedReport>>,
    /// Sentences that warn of an input that is probably the wrong one, and of secrets in the output.
    warnings: Vec<String>,
}

/// A payload that has the id of an earlier payload.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct RepeatedReport {
    /// The number of the payload's line in the input, counted from 1.
    line: u64,
    /// The id.
    #[schemars(schema_with = "schema::id")]
    id: Box<RawValue>,
}
