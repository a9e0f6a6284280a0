//! Checks outputs against the program's JSON Schema with an independent validator.

use std::sync::LazyLock;

use deskpro_contact::Profile;
use jsonschema::{Draft, Validator};
use serde_json::Value;

static VALIDATORS: LazyLock<[Validator; Profile::ALL.len()]> = LazyLock::new(|| {
    Profile::ALL.map(|profile| {
        let schema = serde_json::from_str(&deskpro_contact::schema(profile)).unwrap();
        jsonschema::options().with_draft(Draft::Draft202012).build(&schema).unwrap()
    })
});

/// Checks an output of the documented profile against its schema.
///
/// # Errors
///
/// The first violation, and the output.
pub fn check(output: &[u8]) -> Result<(), String> {
    check_profile(output, Profile::Documented)
}

/// Checks an output against the schema of its profile.
///
/// # Errors
///
/// The first violation, and the output.
pub fn check_profile(output: &[u8], profile: Profile) -> Result<(), String> {
    let output: Value = serde_json::from_slice(output).map_err(|why| why.to_string())?;
    VALIDATORS[profile as usize].validate(&output).map_err(|why| format!("{why}: {output}"))
}
