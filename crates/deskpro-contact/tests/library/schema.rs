//! The JSON Schema of v2 output: the outputs that an independent validator accepts and rejects.
//!
//! Other tests validate every v2 output with [`check`].

use serde_json::Value;
use testkit::schema::check;

#[test]
fn the_schema_is_valid_json_schema() {
    let schema: Value =
        serde_json::from_str(&deskpro_contact::schema(deskpro_contact::Profile::Documented)).unwrap();
    assert!(jsonschema::meta::is_valid(&schema));
    assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
}

#[test]
fn the_schema_accepts_the_example_of_the_v2_document() {
    let root = testkit::repository().join("fixtures");
    check(&std::fs::read(root.join("to-form/document-request/v2.json")).unwrap()).unwrap();
}

#[test]
fn the_schema_rejects_invalid_outputs() {
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
