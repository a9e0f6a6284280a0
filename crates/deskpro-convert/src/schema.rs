//! The JSON Schemas of the summary and of the report of `--check`. They are derived from the structures that are
//! written, and from the lists of codes.

use deskpro_contact::{Code, ErrorKind, PhoneReason, Target};
use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::Value;

use crate::category::{Category, DIFFERENCE};
use crate::status::Status;

/// The schema of a type, indented.
pub(crate) fn written<T: JsonSchema>() -> String {
    let generator = SchemaSettings::draft2020_12().for_serialize().into_generator();
    let schema = Value::from(generator.into_root_schema_for::<T>());
    format!("{schema:#}\n")
}

fn one_of<'a>(names: impl IntoIterator<Item = &'a str>) -> Schema {
    json_schema!({ "enum": names.into_iter().collect::<Vec<_>>() })
}

fn error_codes() -> impl Iterator<Item = &'static str> {
    ErrorKind::ALL.iter().map(|kind| kind.name())
}

fn loss_codes() -> impl Iterator<Item = &'static str> {
    Code::ALL.iter().map(|code| code.name())
}

fn reasons() -> impl Iterator<Item = &'static str> {
    PhoneReason::ALL.iter().map(|reason| reason.name())
}

pub(crate) fn target(_: &mut SchemaGenerator) -> Schema {
    one_of(Target::ALL.iter().map(|target| target.name()))
}

/// The status of a run that reached its end.
pub(crate) fn status(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "enum": Status::ENDS.map(|status| status as i32) })
}

pub(crate) fn severity(_: &mut SchemaGenerator) -> Schema {
    one_of(Category::ALL.map(Category::name))
}

/// The code of a loss, of a rejected payload, or of a payload that was restored differently.
pub(crate) fn code(_: &mut SchemaGenerator) -> Schema {
    one_of(loss_codes().chain(error_codes()).chain([DIFFERENCE]))
}

pub(crate) fn error(_: &mut SchemaGenerator) -> Schema {
    one_of(error_codes())
}

pub(crate) fn reason(_: &mut SchemaGenerator) -> Schema {
    one_of(reasons())
}

/// The id of a person: a scalar that is not empty.
pub(crate) fn id(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "anyOf": [{ "type": "string", "minLength": 1 }, { "type": ["number", "boolean"] }] })
}

pub(crate) fn number(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "number", "minimum": 0 })
}

/// Counts by names that are not known in advance.
pub(crate) fn counts_by_name(generator: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "object", "additionalProperties": generator.subschema_for::<u64>() })
}

pub(crate) fn counts_by_error(generator: &mut SchemaGenerator) -> Schema {
    by_name::<u64>(generator, error_codes())
}

pub(crate) fn counts_by_reason(generator: &mut SchemaGenerator) -> Schema {
    by_name::<u64>(generator, reasons())
}

/// Values of one type by the code of a loss.
pub(crate) fn by_loss<T: JsonSchema>(generator: &mut SchemaGenerator) -> Schema {
    by_name::<T>(generator, loss_codes())
}

/// An object whose members have some of these names.
fn by_name<'a, T: JsonSchema>(
    generator: &mut SchemaGenerator,
    names: impl IntoIterator<Item = &'a str>,
) -> Schema {
    json_schema!({
        "type": "object",
        "propertyNames": one_of(names),
        "additionalProperties": generator.subschema_for::<T>(),
    })
}
