//! Contact data as a part of another program's structs: reading, writing and losses with serde.
//!
//! The tests use JSON for both formats, because its deserializer covers all of serde's types. The documentation of
//! `legacy::ContactData` has an example with `serde_qs`.

use deskpro_contact::{Contact, Field, Kind, Loss, legacy, v2};

/// Reads legacy contact data and writes it again. Returns the JSON and the losses.
fn legacy(json: &str) -> Result<(String, Vec<String>), String> {
    let data: legacy::ContactData = serde_json::from_str(json).map_err(|error| error.to_string())?;
    Ok((serde_json::to_string(&data).unwrap(), paths(&data.losses)))
}

/// Reads v2 contact data and writes it again. Returns the JSON and the losses.
fn v2(json: &str) -> Result<(String, Vec<String>), String> {
    let data: v2::ContactData = serde_json::from_str(json).map_err(|error| error.to_string())?;
    Ok((serde_json::to_string(&data).unwrap(), paths(&data.losses)))
}

fn paths(losses: &[Loss]) -> Vec<String> {
    losses.iter().map(|loss| format!("{} {}", loss.code().name(), loss.path())).collect()
}

#[track_caller]
fn check(read: Result<(String, Vec<String>), String>, written: &str, lost: &[&str]) {
    assert_eq!(read, Ok((written.to_owned(), lost.iter().map(|&path| path.to_owned()).collect())));
}

#[test]
fn legacy_records_keep_keys_comments_and_order() {
    check(
        legacy(
            r#"{"9":{"data":{"username":"ann","service":"AIM"},"comment":"c","type":"im"},
                "07":{"type":"Linked-In","data":{"profile_url":"u"}}}"#,
        ),
        r#"{"9":{"type":"instant_message","comment":"c","data":{"service":"AIM","username":"ann"}},"07":{"type":"linked_in","data":{"profile_url":"u"}}}"#,
        &[],
    );
    check(legacy("{}"), "{}", &[]);
}

/// As the PHP SDK sends them, and as PHP writes an empty array.
#[test]
fn legacy_records_are_read_from_a_list() {
    check(
        legacy(
            r#"[{"type":"phone","comment":null,"data":{"number":"5551234","type":"mobile","country_calling_code":null}},
                {"type":"skype","comment":"c","0":{"username":"zoe"}}, {"type":"website","data":{"url":"u"}}]"#,
        ),
        r#"{"0":{"type":"phone","data":{"number":"5551234","type":"mobile"}},"2":{"type":"website","data":{"url":"u"}}}"#,
        &["rejected-record contact_data[1]"],
    );
    check(legacy("[]"), "{}", &[]);
}

/// A struct that is flattened into another one is read through a buffer of serde's.
#[test]
fn legacy_records_are_read_in_a_flattened_struct() {
    #[derive(serde::Deserialize)]
    struct Outer {
        #[serde(flatten)]
        inner: Inner,
    }
    #[derive(serde::Deserialize)]
    struct Inner {
        contact_data: legacy::ContactData,
    }
    for records in
        [r#"[{"type":"skype","data":{"username":"u"}}]"#, r#"{"0":{"type":"skype","data":{"username":"u"}}}"#]
    {
        let read: Outer = serde_json::from_str(&format!(r#"{{"contact_data":{records}}}"#)).unwrap();
        assert_eq!(read.inner.contact_data.contacts["0"].kind(), Kind::Skype, "{records}");
    }
}

#[test]
fn values_of_any_type_are_read_as_the_text_in_a_form() {
    check(
        legacy(
            r#"{"1":{"type":"phone","comment":true,"data":{"country_calling_code":-44,"number":1.5,"type":null}}}"#,
        ),
        r#"{"1":{"type":"phone","comment":"1","data":{"country_calling_code":"-44","number":"1.5"}}}"#,
        &[],
    );
    check(
        v2(r#"{"twitter":[{"username":7,"display_feed":true},{"username":"x","display_feed":"0"}]}"#),
        r#"{"twitter":[{"username":"7","display_feed":true},{"username":"x","display_feed":false}]}"#,
        &[],
    );
}

#[test]
fn values_that_no_contact_holds_are_losses() {
    check(
        legacy(
            r#"{"1":{"type":"pager","data":{}},"2":{"type":"website","data":{"url":"u","odd":[1,{"a":null}]},"note":"n"},
                "3":"scalar","4":{"type":"website","data":{"url":["u"]}}}"#,
        ),
        r#"{"2":{"type":"website","data":{"url":"u"}}}"#,
        &[
            "rejected-record contact_data[1]",
            "unknown-field contact_data[2][note]",
            "unknown-field contact_data[2][data][odd]",
            "rejected-record contact_data[3]",
            "rejected-record contact_data[4]",
        ],
    );
    check(
        v2(r#"{"website":[{"url":"u","odd":1},{"url":""}],"pager":[{"number":1}]}"#),
        r#"{"website":[{"url":"u"}]}"#,
        &[
            "unknown-field contact_data[website][0][odd]",
            "rejected-record contact_data[website][1]",
            "rejected-record contact_data[pager][0]",
        ],
    );
}

#[test]
fn v2_is_read_in_the_shapes_of_requests_and_replies() {
    let written = r#"{"website":[{"url":"u"},{"url":"v"}],"apple":[{"username":"a"}]}"#;
    for json in [
        written,
        r#"{"website":{"0":{"url":"u"},"1":{"url":"v"}},"apple":[{"username":"a"}]}"#,
        r#"[{"contact_type":"website","url":"u"},{"contact_type":"apple","username":"a"},{"id":7,"contact_type":"website","url":"v"}]"#,
        r#"{"0":{"contact_type":"website","url":"u"},"1":{"contact_type":"website","url":"v"},"2":{"contact_type":"apple","username":"a"}}"#,
    ] {
        check(v2(json), written, &[]);
    }
    check(v2("[]"), "{}", &[]);
}

#[test]
fn invalid_contact_data_is_an_error() {
    let deep = |levels: usize| {
        let (open, close) = ("[".repeat(levels), "]".repeat(levels));
        format!(r#"{{"website":[{{"url":"u","odd":{open}{close}}}]}}"#)
    };
    assert!(v2(&deep(100)).is_ok());
    // A deserializer without a limit of its own.
    let lists = (0..200).fold(serde_json::json!(1), |inner, _| serde_json::json!([inner]));
    let objects = (0..200).fold(serde_json::json!(1), |inner, _| serde_json::json!({ "a": inner }));
    for odd in [lists, objects] {
        let value = serde_json::json!({"website": [{"url": "u", "odd": odd}]});
        assert!(serde_json::from_value::<v2::ContactData>(value).is_err());
    }
    for (read, message) in [
        (v2("7"), "expected an object or a list"),
        (v2("null"), "expected an object or a list"),
        (legacy("null"), "contact data"),
        (legacy("7"), "contact data"),
        (v2(r#"{"website":[{"url":"u","url":"v"}]}"#), "expected each key once, found \"url\" again"),
        (legacy(r#"{"1":{},"1":{}}"#), "expected each key once, found \"1\" again"),
        (v2(&deep(126)), ""),
    ] {
        let error = read.unwrap_err();
        assert!(error.contains(message), "{error}");
    }
}

/// A contact with a comment and all of its fields, each with a unique value.
fn full(kind: Kind) -> Contact<String> {
    let mut contact = Contact::new(kind);
    for (n, field) in kind.fields().enumerate() {
        contact.set(field, format!("v{n}"));
    }
    contact.comment = Some("c".to_owned());
    contact
}

#[test]
fn contacts_are_mapped_to_each_format_with_losses() {
    let data = v2::ContactData::new(Kind::ALL.map(full));
    let written = concat!(
        r#"{"address":[{"address":"v0","city":"v1","state":"v2","zip":"v3"}],"website":[{"url":"v0"}],"#,
        r#""instant_message":[{"service":"other","username":"v1"},{"service":"skype","username":"v0"}],"#,
        r#""twitter":[{"username":"v0","display_feed":true}],"linked_in":[{"url":"v0"}],"facebook":[{"url":"v0"}],"#,
        r#""apple":[{"username":"v0"}],"trust_pilot":[{"username":"v0"}],"#,
        r#""instagram":[{"username":"v0","instagram_id":"v1"}]}"#
    );
    assert_eq!(serde_json::to_string(&data).unwrap(), written);
    let mut lost = vec!["country contact_data[1][data][country]".to_owned()];
    lost.push("service contact_data[3][data][service]".to_owned());
    lost.push("phone contact_data[5]".to_owned());
    lost.extend([1, 2, 3, 4, 6, 7, 8, 9, 10, 11].map(|n| format!("comment contact_data[{n}][comment]")));
    let mut found = paths(&data.losses);
    found.sort();
    lost.sort();
    assert_eq!(found, lost);

    let data = legacy::ContactData::new(Kind::ALL.map(full));
    assert!(!data.is_empty());
    assert_eq!(
        data.contacts.keys().map(String::as_str).collect::<Vec<_>>(),
        ["1", "2", "3", "4", "5", "6", "7", "8"]
    );
    assert_eq!(data.contacts["1"].get(Field::Country).map(String::as_str), Some("v4"));
    // The legacy format has the extension in the number.
    let phone = serde_json::to_value(&data).unwrap()["5"].take();
    let data_of_phone = serde_json::json!({"country_calling_code": "v0", "number": "v1 xv3", "type": "v2"});
    assert_eq!(phone["data"], data_of_phone, "{phone}");
    assert!(legacy::ContactData::new([full(Kind::Apple)]).is_empty());
}

#[test]
fn contacts_without_values_are_mapped_if_their_kind_requires_none() {
    let data = legacy::ContactData::new([Kind::Phone, Kind::Website].map(Contact::new));
    assert_eq!(data.contacts.keys().collect::<Vec<_>>(), ["1"]);
    assert_eq!(paths(&data.losses), ["rejected-record contact_data[2]"]);
}

/// A deserializer that visits optional values, as those of binary formats do.
struct Optional(Option<&'static str>);

impl<'de> serde::Deserializer<'de> for Optional {
    type Error = serde_json::Error;

    fn deserialize_any<V: serde::de::Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        match self.0 {
            Some(json) => visitor.visit_some(&mut serde_json::Deserializer::from_str(json)),
            None => visitor.visit_none(),
        }
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

#[test]
fn an_optional_value_is_read_if_it_is_present() {
    use serde::Deserialize as _;
    let data = v2::ContactData::deserialize(Optional(Some(r#"{"website":[{"url":"u"}]}"#))).unwrap();
    assert_eq!(data.contacts[0].get(Field::Url).map(String::as_str), Some("u"));
    let error = v2::ContactData::deserialize(Optional(None)).unwrap_err();
    assert!(error.to_string().contains("found a single value"), "{error}");
}
