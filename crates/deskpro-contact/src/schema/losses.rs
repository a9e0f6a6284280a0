//! The JSON Schema of the lines of a losses file. Codes, reasons and member names come from the lists that writing
//! uses.

use serde_json::{Map, Value, json};

use crate::convert::{Source, Target};
use crate::error::ErrorKind;
use crate::loss::{Code, PhoneReason, Severity};
use crate::losses_file::{OutputDigest, VERSION, fields};
use crate::model::Profile;

/// Returns the JSON Schema (2020-12) of a line of a losses file, indented.
///
/// The schema describes exactly the lines that this version writes: an object has no other members than those
/// described. [`losses_file::read`](crate::losses_file::read) also accepts lines with further members, which a later
/// version may write.
///
/// ```
/// let schema: serde_json::Value = serde_json::from_str(&deskpro_contact::losses_schema())?;
/// assert_eq!(schema["$defs"]["loss"]["required"][0], "code");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[must_use]
pub fn losses_schema() -> String {
    let schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A line of a losses file",
        "description": "The first line is the head, the last line is the end. Each line between them is about one payload.",
        "oneOf": [
            reference("head_line"),
            reference("payload"),
            reference("rejected"),
            reference("left_over_line"),
            reference("end_line"),
        ],
        "$defs": {
            "head_line": only(fields::HEAD, "The first line: how the run converted.", head()),
            "payload": payload(),
            "rejected": rejected(),
            "left_over_line": only(
                fields::LEFT_OVER,
                "A line of the losses file that a restoring run read, with losses that the run could not put back.",
                json!({
                    "oneOf": [reference("payload"), reference("rejected")],
                    "required": [fields::LOSSES],
                }),
            ),
            "end_line": only(fields::END, "The last line: the file is complete.", end()),
            "loss": loss(),
            "error": error(),
            "line": {
                "description": "The number of the payload in the input, from 1.",
                "type": "integer",
                "minimum": 1,
            },
            "id": {
                "description": "The person's id, from the payload.",
                "anyOf": [{ "type": "string", "minLength": 1 }, { "type": ["number", "boolean"] }],
            },
            "digest": {
                "description": "A digest of the payload's line in the output.",
                "type": "string",
                "pattern": format!("^[0-9a-f]{{{}}}$", OutputDigest::DIGITS),
            },
            "losses": {
                "description": "The losses: values and facts that the payload's line in the output does not hold.",
                "type": "array",
                "items": reference("loss"),
                "minItems": 1,
            },
            "count": { "type": "integer", "minimum": 0 },
        },
    });
    format!("{schema:#}\n")
}

fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/$defs/{name}") })
}

fn text(description: &str) -> Value {
    json!({ "description": description, "type": "string" })
}

fn count(description: &str) -> Value {
    json!({ "description": description, "$ref": "#/$defs/count" })
}

fn one_of<'a>(description: &str, names: impl Iterator<Item = &'a str>) -> Value {
    json!({ "description": description, "enum": names.collect::<Vec<_>>() })
}

/// An object that has the required members, may have the optional ones, and has no others.
fn object<const R: usize, const O: usize>(
    description: &str,
    required: [(&str, Value); R],
    optional: [(&str, Value); O],
) -> Value {
    let names = required.each_ref().map(|(name, _)| *name);
    let members = required.into_iter().chain(optional);
    let members: Map<String, Value> = members.map(|(name, schema)| (name.to_owned(), schema)).collect();
    let mut schema = super::object(members);
    extend(&mut schema, json!({ "description": description, "required": names.as_slice() }));
    schema
}

/// An object that has only one member.
fn only(name: &str, description: &str, schema: Value) -> Value {
    object(description, [(name, schema)], [])
}

fn head() -> Value {
    let required = [
        (
            fields::VERSION,
            json!({ "description": "The version of the losses file's format.", "const": VERSION }),
        ),
        (fields::FROM, one_of("The format of the payloads.", Source::ALL.iter().map(|source| source.name()))),
        (fields::TO, one_of("The format of the output.", Target::ALL.iter().map(|target| target.name()))),
        (
            fields::PROFILE,
            one_of("The profile: what v2 JSON may hold.", Profile::ALL.iter().map(|profile| profile.name())),
        ),
    ];
    let optional = [
        (
            fields::ID_FIELD,
            text("The field of the payloads that holds the person's id. With it, each payload has a line."),
        ),
        (fields::ENCODING, text("The encoding in which texts that are not UTF-8 were read.")),
    ];
    object("The conversion that wrote the file.", required, optional)
}

fn payload() -> Value {
    object(
        "A line about a payload that has a line in the output.",
        [(fields::LINE, reference("line")), (fields::OUTPUT, reference("digest"))],
        [(fields::ID, reference("id")), (fields::LOSSES, reference("losses"))],
    )
}

fn rejected() -> Value {
    let mut schema = object(
        "A line about a rejected payload.",
        [
            (fields::LINE, reference("line")),
            (fields::ERROR, reference("error")),
            (
                fields::EMITTED,
                json!({ "description": "Whether the output has an error line for the payload.", "type": "boolean" }),
            ),
        ],
        [
            (fields::ID, reference("id")),
            (fields::OUTPUT, reference("digest")),
            (fields::VALUE, text("The payload, in UTF-8.")),
            (fields::RAW, text("The payload, percent-encoded, if it is not UTF-8.")),
            (
                fields::LENGTH,
                count("The length of the payload in bytes, if the payload was too long to be kept."),
            ),
            (fields::LOSSES, reference("losses")),
        ],
    );
    let texts = [fields::VALUE, fields::RAW, fields::LENGTH].map(|name| json!({ "required": [name] }));
    let rules = json!({
        "oneOf": texts.as_slice(),
        "if": { "properties": { fields::EMITTED: { "const": true } } },
        "then": { "required": [fields::OUTPUT] },
        "else": { "properties": { fields::OUTPUT: false } },
    });
    extend(&mut schema, rules);
    schema
}

fn end() -> Value {
    let members = [
        (fields::LINES, count("The number of payloads that were read.")),
        (
            fields::WITH_LOSSES,
            count("The number of lines of the file that have losses or a rejected payload."),
        ),
    ];
    object("The counts of the file.", members, [])
}

fn loss() -> Value {
    let mut schema = object(
        "A value or fact that the output does not hold. Some facts have no value.",
        [
            (
                fields::CODE,
                one_of(
                    "The reason why the output does not hold the value or fact.",
                    Code::ALL.iter().map(|code| code.name()),
                ),
            ),
            (
                fields::SEVERITY,
                one_of(
                    "`data`: a person would miss the value; `note`: only restoring needs it.",
                    Severity::ALL.iter().map(|severity| severity.name()),
                ),
            ),
        ],
        [
            (fields::PATH, text("The path in the payload. Missing if the loss is about the whole payload.")),
            (fields::ERROR, reference("error")),
            (
                fields::REASON,
                one_of(
                    "The reason why a phone is not written.",
                    PhoneReason::ALL.iter().map(|reason| reason.name()),
                ),
            ),
            (fields::VALUE, json!({ "description": "The value, in UTF-8: any JSON." })),
            (
                fields::RAW,
                text(
                    "The value, percent-encoded, if it is not UTF-8. An array is written as a form: `value[type]=…`.",
                ),
            ),
        ],
    );
    let only_with = |code: Code| json!({ "properties": { fields::CODE: { "const": code.name() } } });
    let rules = json!({
        "not": { "required": [fields::VALUE, fields::RAW] },
        "if": only_with(Code::RejectedRecord),
        "then": { "required": [fields::ERROR] },
        "else": { "properties": { fields::ERROR: false } },
        "dependentSchemas": { fields::REASON: only_with(Code::Phone) },
    });
    extend(&mut schema, rules);
    schema
}

fn error() -> Value {
    object(
        "The reason why a payload or a record was rejected.",
        [
            (fields::CODE, one_of("The kind of the error.", ErrorKind::ALL.iter().map(|kind| kind.name()))),
            (fields::MESSAGE, text("The error in words.")),
        ],
        [(fields::PATH, text("The path of the wrong value. Missing if the whole payload is wrong."))],
    )
}

/// Adds the members of another object.
fn extend(schema: &mut Value, rules: Value) {
    let (Value::Object(schema), Value::Object(rules)) = (schema, rules) else {
        unreachable!("both are written as objects")
    };
    schema.extend(rules);
}
