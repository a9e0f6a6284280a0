//! The JSON Schemas of v2 output and of a losses file: what an independent validator accepts and rejects.
//!
//! Other tests validate every v2 output with [`check`], and every losses file with [`check_losses_line`].

use deskpro_contact::losses_file::{
    self, PersonId, Rejected, write_error_line, write_left_over, write_rejected,
};
use deskpro_contact::{
    Code, Conversion, Converter, ErrorKind, Options, PhoneReason, Profile, Source, Target,
};
use serde_json::{Value, json};
use testkit::payloads::{self, Class};
use testkit::schema::{Damage, Damaged, check, check_losses_line, damaged};
use testkit::{Rng, bodies, extended};

use crate::laws::cases;

#[test]
fn the_schema_is_valid_json_schema() {
    let schema: Value = serde_json::from_str(&deskpro_contact::schema(Profile::Documented)).unwrap();
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

/// The lines of losses that generated payloads have: plain, odd and hostile ones, with an id field and without, in both
/// directions, in both profiles.
#[test]
fn the_schema_of_losses_accepts_the_losses_of_generated_payloads() {
    let mut rng = Rng::new(23);
    let mut count = 0;
    for n in 0..cases() {
        let profile = Profile::ALL[n as usize % 2];
        let form = match n % 4 {
            0 => payloads::payload(&mut rng, Class::Plain),
            1 => payloads::payload(&mut rng, Class::Odd),
            2 => payloads::payload(&mut rng, Class::Hostile),
            _ => extended::payload(&mut rng),
        };
        let body = if n % 2 == 0 { bodies::body(&mut rng).json } else { extended::body(&mut rng) };
        for (source, target, payload) in
            [(Source::Form, Target::V2, &form[..]), (Source::V2, Target::Form, body.as_bytes())]
        {
            let options = Options::new(source, target).profile(profile);
            let options = if rng.chance(30) { options.id_field("id") } else { options };
            count += usize::from(check_losses_of(&mut Converter::new(options), payload));
        }
    }
    assert!(count as u32 > cases(), "only {count} lines");
}

/// Checks the line that a losses file has for a payload. Returns whether it has one.
#[track_caller]
fn check_losses_of(converter: &mut Converter, payload: &[u8]) -> bool {
    let mut line = Vec::new();
    match converter.convert(payload) {
        Ok(conversion) if conversion.has_losses() => conversion.write_losses_line(7, &mut line),
        Ok(_) => return false,
        Err(error) => {
            let rejected = Rejected {
                line: 7,
                id: None,
                error: &error,
                emitted: true,
                payload: (error.kind() != ErrorKind::TooLong).then_some(payload),
                losses: None,
                builder_losses: &[],
            };
            write_rejected(&rejected, &mut line);
        }
    }
    check_losses_line(&line).unwrap_or_else(|why| panic!("{why}\n{}", payload.escape_ascii()));
    true
}

/// A good line of each kind, and with each damage it is rejected.
#[test]
fn the_schema_of_losses_rejects_damaged_lines() {
    let mut converter = Converter::new(Options::new(Source::Form, Target::V2).id_field("id"));
    let mut payload = Vec::new();
    let conversion = converter.convert(b"id=7&type=pager&data[number]=7&name=a&name=b").unwrap();
    conversion.write_losses_line(7, &mut payload);
    let error = converter.convert(b"contact_data=x").map(Conversion::into_owned).unwrap_err();
    let (mut rejected, mut left_over, mut error_line) = (Vec::new(), Vec::new(), Vec::new());
    let id = PersonId::from_json("7");
    let rejection = Rejected {
        line: 8,
        id,
        error: &error,
        emitted: true,
        payload: Some(b"contact_data=x"),
        losses: None,
        builder_losses: &[],
    };
    write_rejected(&rejection, &mut rejected);
    write_left_over(&payload, &mut left_over);
    write_error_line(&error, id, &mut error_line);
    let head = br#"{"head":{"version":1,"from":"form","to":"v2","profile":"documented","id_field":"id"}}"#;
    let end = br#"{"end":{"lines":8,"with_losses":2}}"#;
    for line in [&payload[..], &rejected, &left_over, head, end] {
        check_losses_line(line).unwrap();
        for Damaged { object, member, damage, value } in damaged(&serde_json::from_slice(line).unwrap()) {
            let in_value = object.contains("/value");
            // The value of a loss is any JSON. Without one, the loss is a fact.
            let is_value = object.contains("/losses/") && member == "value";
            let is_optional = match &*member {
                "id" | "id_field" | "path" => true,
                "losses" => object.is_empty(),
                _ => false,
            };
            let is_good = in_value || is_value || is_optional && damage == Damage::Removed;
            let checked = check_losses_line(value.to_string().as_bytes());
            assert_eq!(checked.is_ok(), is_good, "{member} {damage:?} {value}");
        }
    }
    let change = |line: &[u8], path: &str, value: Value| {
        let mut line: Value = serde_json::from_slice(line).unwrap();
        *line.pointer_mut(path).unwrap() = value;
        line
    };
    for (line, path, value) in [
        (&payload[..], "/line", json!(0)),
        (&payload, "/output", json!("3F07C1A9D2E4")),
        (&payload, "/output", json!("3f07c1a9d2e")),
        (&payload, "/id", json!("")),
        (&payload, "/losses", json!([])),
        (&payload, "/losses/0/code", json!("coment")),
        (&payload, "/losses/0/severity", json!("warning")),
        (&rejected, "/error/code", json!("comment")),
        (&rejected, "/emitted", json!(false)),
        (&rejected, "/value", json!({})),
        (head, "/head/version", json!(2)),
        (head, "/head/from", json!("dump")),
        (head, "/head/profile", json!("full")),
        (end, "/end/lines", json!(-1)),
        (end, "/end/lines", json!(1.5)),
    ] {
        assert_damaged(&change(line, path, value));
    }
    // An error line of an output, a reason beside another code, and a value in two ways.
    assert!(check_losses_line(&error_line).is_err());
    let loss = |members: &str| {
        let loss = format!(r#"{{"code":"phone","severity":"data","path":"a"{members}}}"#);
        check_losses_line(format!(r#"{{"line":1,"output":"3f07c1a9d2e4","losses":[{loss}]}}"#).as_bytes())
    };
    loss("").unwrap();
    loss(r#","reason":"no-code","value":7"#).unwrap();
    assert!(loss(r#","reason":"none""#).is_err());
    assert!(loss(r#","value":1,"raw":"1""#).is_err());
    assert!(loss(r#","error":{"code":"too-deep","message":""}"#).is_err());
}

#[track_caller]
fn assert_damaged(line: &Value) {
    assert!(check_losses_line(line.to_string().as_bytes()).is_err(), "{line}");
}

/// The reader reads every line that the schema accepts.
#[test]
fn the_schema_of_losses_names_every_code() {
    for code in Code::ALL {
        let error = r#","error":{"code":"type-unknown","message":"x"}"#;
        let error = if *code == Code::RejectedRecord { error } else { "" };
        let loss = format!(r#"{{"code":"{}","severity":"note"{error}}}"#, code.name());
        let line = format!(r#"{{"line":1,"output":"3f07c1a9d2e4","losses":[{loss}]}}"#);
        check_losses_line(line.as_bytes()).unwrap();
        losses_file::read(line.as_bytes()).unwrap().losses().unwrap().codes().unwrap();
    }
    for kind in ErrorKind::ALL {
        let error = format!(r#"{{"code":"{}","message":"x"}}"#, kind.name());
        let line = format!(r#"{{"line":1,"error":{error},"emitted":false,"length":7}}"#);
        check_losses_line(line.as_bytes()).unwrap();
        losses_file::read(line.as_bytes()).unwrap();
    }
    for reason in PhoneReason::ALL {
        let loss = format!(r#"{{"code":"phone","severity":"data","reason":"{}"}}"#, reason.name());
        let line = format!(r#"{{"line":1,"output":"3f07c1a9d2e4","losses":[{loss}]}}"#);
        check_losses_line(line.as_bytes()).unwrap();
    }
}
