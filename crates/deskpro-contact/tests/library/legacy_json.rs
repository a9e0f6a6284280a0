//! Payloads from legacy JSON: what is rejected, what passes, and the laws for generated lines.

use deskpro_contact::form::Form;
use deskpro_contact::legacy_json::{self, Builder, payload};
use deskpro_contact::{
    Code, Converter, Encoding, Error, ErrorKind, FORM_LENGTH_FACTOR, Loss, Options, Severity, Source, Target,
};
use proptest::prelude::*;
use testkit::Rng;
use testkit::form::decoded;
use testkit::legacy_json::line;

fn built(line: &str) -> Result<(String, Vec<Loss>), Error> {
    let mut out = b"of an earlier line".to_vec();
    let losses = payload(line, &mut out)?;
    Ok((String::from_utf8(out).unwrap(), losses))
}

#[track_caller]
fn rejected(line: &str, kind: ErrorKind, message: &str) {
    let error = built(line).expect_err(line);
    assert_eq!(error.kind(), kind, "{line}: {error}");
    assert!(error.to_string().contains(message), "{line}: {error}");
    assert!(error.span().end <= line.len(), "{line}");
}

#[test]
fn lines_that_are_no_legacy_json_are_rejected() {
    use ErrorKind::{DuplicateKey, ErrorLine, ListOfBodies, LoneSurrogate, NotABody, NotJson, TooDeep};
    rejected("", NotJson, "");
    rejected("name=Ann", NotJson, "`null`");
    rejected("{\"a\":1", NotJson, "");
    rejected("7", NotABody, "found 7");
    rejected("null", NotABody, "found null");
    rejected("[]", NotABody, "found a list");
    rejected(r#"[{"type":"skype","data":{"username":"u"}}]"#, NotABody, "found a list");
    rejected(r#"[{"name":"Ann"},{"name":"Bob"}]"#, ListOfBodies, "jq -c '.[]'");
    rejected(r#"{"error":{"code":"not-utf8","message":"m"}}"#, ErrorLine, "an error line");
    rejected(r#"{"a":1,"a":2}"#, DuplicateKey, "each key once");
    rejected(r#"{"a":"\ud800"}"#, LoneSurrogate, "surrogate");
    rejected(&format!("{{\"a\":{}{}}}", "[".repeat(200), "]".repeat(200)), TooDeep, "levels");
    // The records of a reply without the reply.
    rejected(r#"{"15":{"contact_type":"skype","username":"u"}}"#, NotABody, "details");
    rejected(r#"{"id":15,"contact_type":"skype","username":"u"}"#, NotABody, "details");
}

#[test]
fn contact_data_in_the_wrong_place_is_rejected() {
    let records = r#"[{"type":"skype","data":{"username":"u"}}]"#;
    let reply = r#"{"15":{"contact_type":"skype","username":"u"}}"#;
    for (line, path, allowed) in [
        (format!(r#"{{"Contact_Data":{records}}}"#), "Contact_Data", "Contact_Data"),
        (format!(r#"{{"contact.data":{records}}}"#), "contact.data", "contact.data"),
        (
            r#"{"contact_data[1][type]":"skype"}"#.to_owned(),
            "contact_data%5B1%5D%5Btype%5D",
            "contact_data%5B1%5D%5Btype%5D",
        ),
        (format!(r#"{{"user":{{"contact_data":{records}}}}}"#), "user[contact_data]", "user[contact_data]"),
        (
            format!(r#"{{"people":{{"7":{{"contact_data":{reply}}}}}}}"#),
            "people[7][contact_data]",
            "people[7][contact_data]",
        ),
        (format!(r#"{{"name":"Ann","records":{reply}}}"#), "records", "records"),
        (format!(r#"{{"contact_data":[],"details":{reply}}}"#), "details", "details"),
        (
            format!(r#"{{"person":{{"id":7,"organization":{{"contact_data":{reply}}}}}}}"#),
            "person[organization][contact_data]",
            "organization[contact_data]",
        ),
    ] {
        let error = built(&line).expect_err(&line);
        assert_eq!((error.kind(), error.path()), (ErrorKind::MisplacedField, path), "{line}: {error}");
        let name = path.rsplit('[').nth(1).unwrap_or(path).trim_end_matches(']');
        let name = name.replace("%5B", "[").replace("%5D", "]");
        assert!(error.message().contains(&format!("it in the field \"{name}\";")), "{error}");
        let mut other = Builder::new().allow_field("other");
        assert_eq!(other.payload(&line, &mut Vec::new()), Err(error), "{line}");
        let mut builder = other.allow_field(allowed);
        assert!(builder.payload(&line, &mut Vec::new()).is_ok(), "{line}");
    }
}

/// Fields that only look like contact data pass without a loss of data.
#[test]
fn ordinary_fields_pass() {
    for line in [
        r#"{"contact_data_consent":"yes","consent":{"contact_data":"1"}}"#,
        r#"{"contactData":true,"user":{"contact_data":null},"x":{"contact_data":[]}}"#,
        r#"{"person":"Ann","details":["a",{"type":"x"}],"type":"vip"}"#,
        r#"{"data":{"type":"x"},"name":"contact_type"}"#,
        r#"{"contact_data_":"x","contact_data__type":"x"}"#,
    ] {
        let (_, losses) = built(line).expect(line);
        assert!(losses.iter().all(|loss| loss.severity() == Severity::Note), "{line}: {losses:?}");
    }
    // A form cannot have this name, but it is no contact data.
    assert!(built(r#"{"contact[name]":"Ann"}"#).is_ok());
}

/// Each pair repeats the names above it: a short line must not make a form without bounds.
#[test]
fn a_payload_is_limited() {
    let name = "n".repeat(100_000);
    let values = vec!["1"; 100_000].join(",");
    rejected(&format!("{{\"{name}\":[{values}]}}"), ErrorKind::TooLong, "a body whose form");
    let nulls = vec!["null"; 100_000].join(",");
    rejected(&format!("{{\"{name}\":[{nulls}]}}"), ErrorKind::TooLong, "bytes in the paths of the losses");
    let values = vec!["1"; 1_000].join(",");
    let line = format!("{{\"{}\":[{values}]}}", "n".repeat(900));
    assert!(built(&line).unwrap().0.len() > FORM_LENGTH_FACTOR * line.len());
}

/// Strings that are not UTF-8 are decoded. A backslash that is the second byte of a character escapes nothing, and a
/// byte before the closing quote does not hide it.
#[test]
fn strings_that_are_not_utf8_are_decoded() {
    let decoded = |line: &[u8], encoding: &str| {
        let line = legacy_json::decoded(line, encoding.parse().unwrap()).into_owned();
        String::from_utf8(line).unwrap_or_else(|error| error.into_bytes().escape_ascii().to_string())
    };
    assert_eq!(decoded(b"{\"a\":\"Zo\xEB\",\"b\":1}", "windows-1252"), r#"{"a":"Zoë","b":1}"#);
    assert_eq!(decoded(b"{\"a\\\"\xEB\":\"\xC3\xAB\"}", "windows-1252"), r#"{"a\"ë":"ë"}"#);
    assert_eq!(
        decoded(b"{\"a\":\"\x83\x5C\",\"b\":\"\x83\x5C\\\"\"}", "shift_jis"),
        r#"{"a":"ソ","b":"ソ\""}"#
    );
    assert_eq!(decoded(b"{\"a\":\"\xB1\",\"b\":\"\x83\x5C\"}", "shift_jis"), r#"{"a":"ｱ","b":"ソ"}"#);
    assert_eq!(decoded(b"{\"a\":\"\x81\x5C\",\"b\":1}", "gbk"), r#"{"a":"乗","b":1}"#);
    // Malformed strings stay as they are, also without an end.
    assert_eq!(decoded(b"\"\x83\"", "shift_jis"), "\\\"\\x83\\\"");
    assert_eq!(decoded(b"\"\xEB", "windows-1252"), "\"ë");
    let line = b"{\"a\":\"Zo\xEB\"}";
    let losses = Builder::new().encoding(Encoding::WINDOWS_1252).payload(line, &mut Vec::new());
    assert_eq!(losses.map(|losses| losses.len()), Ok(0));
}

/// A builder gives the same result for a line, whatever it read before.
#[test]
fn a_reader_is_used_again() {
    let (mut builder, mut out, mut rng) = (Builder::new(), Vec::new(), Rng::new(7));
    for _ in 0..2_000 {
        let line = line(&mut rng);
        let again = builder.payload(&line, &mut out);
        let again = again.map(|losses| (String::from_utf8(out.clone()).unwrap(), losses));
        assert_eq!(built(&line), again, "{line}");
        if rng.chance(5) {
            let _ = builder.payload(&line.as_bytes()[..line.len() / 2], &mut out);
            assert!(out.is_empty());
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(super::laws::cases()) })]

    /// Every text of a line is in the payload or in the losses; data that is in the losses alone is data. The payload
    /// is restored, and the losses of the builder are left over if they are data.
    #[test]
    fn lines_lose_nothing_silently(seed: u64) {
        let line = line(&mut Rng::new(seed));
        let (payload, losses) = built(&line).map_err(|error| TestCaseError::fail(format!("{line}: {error}")))?;
        let read = String::from_utf8_lossy(&decoded(payload.as_bytes())).into_owned();
        let kept: String = losses.iter().map(|loss| serde_json::to_string(loss).unwrap()).collect();
        let data: String = (losses.iter())
            .filter(|loss| loss.severity() == Severity::Data || loss.code() == Code::SourceRepeated)
            .map(|loss| serde_json::to_string(loss).unwrap())
            .collect();
        for mark in line.split('~').skip(1).step_by(2).map(|n| format!("~{n}~")) {
            prop_assert!(read.contains(&mark) || data.contains(&mark), "{mark} of {line}\n{payload}\n{kept}");
        }
        for loss in &losses {
            prop_assert!(loss.span().end <= line.len());
        }
        let mut converter = Converter::new(Options::new(Source::Form, Target::V2));
        let mut back = Converter::new(Options::new(Source::V2, Target::Form));
        if let Ok(conversion) = converter.convert(&payload) {
            let conversion = conversion.with_builder_losses(&losses);
            prop_assert!(back.can_restore(&conversion), "{line}");
            let mut saved = Vec::new();
            conversion.write_losses_json(&mut saved);
            let restored = back.restore(conversion.output(), &saved).unwrap();
            let left_over = restored.codes().filter(|(code, _)| *code == Code::LeftOver).count();
            let data = losses.iter().filter(|loss| loss.severity() == Severity::Data).count();
            prop_assert_eq!(left_over, data, "{}", line);
            prop_assert!(Form::read(restored.output()).unwrap() == Form::read(&payload).unwrap());
        }
    }

    /// No text makes the builder panic.
    #[test]
    fn any_text_is_read_or_rejected(text in ".{0,200}", seed: u64, at: prop::sample::Index, with in "[\\[\\]{}\",:0a\\\\]{0,3}") {
        let _ = built(&text);
        let mut line = line(&mut Rng::new(seed));
        let mut at = at.index(line.len() + 1);
        while !line.is_char_boundary(at) {
            at -= 1;
        }
        line.insert_str(at, &with);
        let _ = built(&line);
    }
}
