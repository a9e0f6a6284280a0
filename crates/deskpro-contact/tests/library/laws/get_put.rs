//! The law of lenses *get-put*: an output that was not edited and its losses restore the payload.

use deskpro_contact::form::Form;
use deskpro_contact::{Severity, restore_form, restore_v2, to_form, to_v2};
use proptest::prelude::*;
use proptest::sample::select;
use testkit::form::has_empty_array;
use testkit::{schema, v2_document};

use crate::restore_edited_form;

use super::bodies::{ambiguous, body};
use super::cases;
use super::payloads::{hostile, payload};

/// Checks an output against the v2 document and the schema.
fn is_v2(output: &str) -> Result<(), String> {
    schema::check(output.as_bytes())?;
    v2_document::is_v2(&serde_json::from_str(output).map_err(|error| error.to_string())?)
}

/// Converts and restores a payload, and compares both as the library reads them. Other tests compare that reader with
/// PHP.
fn check_restored(payload: &[u8]) -> Result<(), TestCaseError> {
    let Ok(converted) = to_v2(payload) else { return Ok(()) };
    prop_assert_eq!(is_v2(converted.output()), Ok(()));
    let restored = restore_form(converted.output().as_bytes(), converted.losses_json())
        .map_err(|error| TestCaseError::fail(error.to_string()))?;
    let (before, after) = (Form::read(payload), Form::read(restored.output().as_bytes()));
    let (Ok(before), Ok(after)) = (before, after) else { return Err(TestCaseError::fail("unreadable")) };
    prop_assert!(before == after, "{}\n{}", converted.output(), restored.output());
    let has_inexpressible = before.root().children().any(has_empty_array);
    prop_assert!(has_inexpressible || restored.losses().is_empty(), "{:?}", restored.losses());
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn prop_get_put_of_payloads(payload in payload()) {
        check_restored(payload.as_bytes())?;
    }

    #[test]
    fn prop_get_put_of_hostile_bytes(payload in hostile()) {
        check_restored(&payload)?;
    }

    /// In an output, `data` is an ordinary field, not an envelope, even if an edit removed the contact data.
    #[test]
    fn prop_restoring_fields_with_the_names_of_an_envelope_is_exact(
        pairs in prop::collection::vec(
            (select(&["data", "meta", "linked", "error"][..]), select(&["", "[a]", "[]", "[name]", "[code]", "[message]", "[contact_type]"][..])),
            1..6,
        ),
    ) {
        let pairs: Vec<String> = pairs.iter().enumerate().map(|(n, (name, under))| format!("{name}{under}=v{n}")).collect();
        let payload = pairs.join("&");
        check_restored(payload.as_bytes())?;
        let converted = to_v2(payload.as_bytes()).unwrap();
        let edited = converted.output().replace(r#","contact_data":{}"#, "");
        let Ok(restored) = restore_edited_form(edited.as_bytes(), converted.losses_json()) else {
            prop_assert!(edited.starts_with(r#"{"error""#), "{}", edited);
            return Ok(());
        };
        let (before, after) = (Form::read(payload.as_bytes()).unwrap(), Form::read(restored.output().as_bytes()).unwrap());
        prop_assert!(before == after, "{}\n{}", edited, restored.output());
    }

    #[test]
    fn prop_get_put_of_bodies(body in prop_oneof![4 => body(), 1 => ambiguous()]) {
        let Ok(converted) = to_form(body.as_bytes()) else { return Ok(()) };
        let restored = restore_v2(converted.output().as_bytes(), converted.losses_json())
            .map_err(|error| TestCaseError::fail(error.to_string()))?;
        prop_assert_eq!(restored.output(), &body, "{}\n{}", converted.output(), String::from_utf8_lossy(converted.losses_json()));
        prop_assert!(restored.losses().iter().all(|loss| loss.severity() == Severity::Note), "{:?}", restored.losses());
    }
}
