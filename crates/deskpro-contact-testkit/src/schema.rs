//! Checks outputs against the program's JSON Schema with an independent validator.

use std::sync::LazyLock;

use jsonschema::{Draft, Validator};
use serde_json::Value;

static VALIDATOR: LazyLock<Validator> = LazyLock::new(|| {
    let schema = serde_json::from_str(&deskpro_contact::schema()).unwrap();
    jsonschema::options().with_draft(Draft::Draft202012).build(&schema).unwrap()
});

/// Checks an output against the schema.
///
/// # Errors
///
/// The first violation, and the output.
pub fn check(output: &[u8]) -> Result<(), String> {
    let output: Value = serde_json::from_slice(output).map_err(|why| why.to_string())?;
    VALIDATOR.validate(&output).map_err(|why| format!("{why}: {output}"))
}
