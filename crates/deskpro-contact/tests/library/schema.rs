//! The schema of v2 outputs: which outputs an independent validator accepts and rejects.
//!
//! The other modules pass every v2 output to [`check`].

use serde_json::Value;
use testkit::schema::check;

#[test]
fn the_schema_is_one() {
    let schema: Value = serde_json::from_str(&deskpro_contact::schema()).unwrap();
    assert!(jsonschema::meta::is_valid(&schema));
    assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
}

#[test]
fn the_documents_example_is_valid() {
    let root = testkit::repository().join("fixtures");
    check(&std::fs::read(root.join("to-form/document-request/v2.json")).unwrap()).unwrap();
}

#[test]
fn what_no_output_has_is_refused() {
    check(br#"{"contact_data":{"website":[{"url":"x"}]}}"#).unwrap();
    check(br#"{"name":"Ann","labels":["a",{"x":1}],"contact_data":{}}"#).unwrap();
    for wrong in [
        r#"[]"#,
        r#"{}"#,
        r#"{"contact_data":[]}"#,
        r#"{"contact_data":{"phone":[{"number":"1"}]}}"#,
        r#"{"contact_data":{"skype":[{"username":"x"}]}}"#,
        r#"{"contact_data":{"website":[]}}"#,
        r#"{"contact_data":{"website":[{}]}}"#,
        r#"{"contact_data":{"website":[{"url":""}]}}"#,
        r#"{"contact_data":{"website":[{"url":1}]}}"#,
        r#"{"contact_data":{"website":[{"url":"x","comment":"y"}]}}"#,
        r#"{"contact_data":{"facebook":[{"profile_url":"x"}]}}"#,
        r#"{"contact_data":{"instant_message":[{"service":"yim","username":"x"}]}}"#,
        r#"{"contact_data":{"twitter":[{"username":"x"}]}}"#,
        r#"{"contact_data":{"twitter":[{"username":"x","display_feed":"1"}]}}"#,
        r#"{"contact_data":{"address":[{"address":"","city":"","state":"","zip":""}]}}"#,
        r#"{"error":{"code":"too-deep","message":"x"}}"#,
    ] {
        assert!(check(wrong.as_bytes()).is_err(), "{wrong}");
    }
}
