//! The contacts that callers get through the table of differences between the formats.
//!
//! The expected names are copied from the two format documents, independently of the table.

use deskpro_contact::{
    Code, Contact, Converter, Field, Kind, Options, PhoneType, Service, Source, Target, to_form, to_v2,
};

use crate::restore_edited_form;

/// The one contact of a payload.
#[track_caller]
fn contact(payload: &str) -> Contact<String> {
    let converted = to_v2(payload.as_bytes()).unwrap();
    let [contact] = converted.contacts() else { panic!("{payload}: {:?}", converted.contacts()) };
    contact.clone()
}

#[test]
fn the_phone_type_comes_from_the_field_or_the_alias() {
    for (payload, is) in [
        ("type=phone", None),
        ("type=phone&data[type]=phone", Some(PhoneType::Phone)),
        ("type=phone&data[type]=mobile", Some(PhoneType::Mobile)),
        ("type=phone&data[type]=fax", Some(PhoneType::Fax)),
        ("type=phone&data[type]=pager", None),
        ("type=mobile", Some(PhoneType::Mobile)),
        ("type=Fax", Some(PhoneType::Fax)),
        // The field takes precedence.
        ("type=fax&data[type]=mobile", Some(PhoneType::Mobile)),
    ] {
        let contact = contact(&format!("{payload}&data[number]=1"));
        assert_eq!((contact.kind(), contact.phone_type()), (Kind::Phone, is), "{payload}");
        assert_eq!((contact.service(), contact.display_feed()), (None, None), "{payload}");
    }
}

#[test]
fn services_of_both_documents_are_read_in_any_case() {
    for (text, is) in [
        ("aim", Service::Aim),
        ("MSN", Service::Msn),
        ("yim", Service::Yim),
        ("Icq", Service::Icq),
        ("skype", Service::Skype),
        ("gTalk", Service::Gtalk),
        ("other", Service::Other),
        ("WhatsApp", Service::Whatsapp),
        ("google talk", Service::Other),
        ("", Service::Other),
    ] {
        let contact = contact(&format!("type=instant_message&data[service]={text}&data[username]=x"));
        assert_eq!(contact.service(), Some(is), "{text:?}");
        assert_eq!(contact.phone_type(), None);
    }
    assert_eq!(contact("type=im&data[username]=x").service(), None);
    // The type `skype` implies the service.
    assert_eq!(contact("type=skype&data[username]=x").service(), Some(Service::Skype));
}

#[test]
fn display_feed_follows_php_truthiness() {
    for (text, is) in [("1", true), ("0", false), ("", false), ("false", true), ("00", true), (" ", true)] {
        let contact = contact(&format!("type=twitter&data[username]=x&data[display_feed]={text}"));
        assert_eq!(contact.display_feed(), Some(is), "{text:?}");
    }
    assert_eq!(contact("type=twitter&data[username]=x").display_feed(), None);
}

/// The fields of each type, in the documents' order.
#[test]
fn each_kind_has_the_fields_of_the_documents() {
    use Field::{
        Address, CallingCode, City, Country, DisplayFeed, Extension, InstagramId, Number, PhoneType, Service,
        State, Url, Username, Zip,
    };
    for (kind, name, fields) in [
        (Kind::Address, "address", &[Address, City, State, Zip, Country][..]),
        (Kind::Website, "website", &[Url]),
        (Kind::InstantMessage, "instant_message", &[Service, Username]),
        (Kind::Skype, "skype", &[Username]),
        (Kind::Phone, "phone", &[CallingCode, Number, PhoneType, Extension]),
        (Kind::Twitter, "twitter", &[Username, DisplayFeed]),
        (Kind::LinkedIn, "linked_in", &[Url]),
        (Kind::Facebook, "facebook", &[Url]),
        (Kind::Apple, "apple", &[Username]),
        (Kind::TrustPilot, "trust_pilot", &[Username]),
        (Kind::Instagram, "instagram", &[Username, InstagramId]),
    ] {
        assert_eq!(kind.name(), name);
        assert_eq!(kind.fields().collect::<Vec<_>>(), fields, "{name}");
        let mut contact = Contact::new(kind);
        for (n, &field) in fields.iter().enumerate() {
            assert_eq!(contact.get(field), None);
            assert!(contact.set(field, n), "{name}");
        }
        let set: Vec<(Field, usize)> = contact.fields().map(|(field, n)| (field, *n)).collect();
        assert_eq!(set, fields.iter().copied().zip(0..).collect::<Vec<_>>(), "{name}");
        let strange = if kind == Kind::Website { Zip } else { Url };
        assert_eq!(contact.set(strange, 9), fields.contains(&strange), "{name}");
    }
}

#[test]
fn fields_services_and_phone_types_have_the_names_of_the_documents() {
    #[track_caller]
    fn check<T>(all: &[T], names: &str)
    where
        T: ToString + std::str::FromStr<Err: std::fmt::Debug> + PartialEq + std::fmt::Debug,
    {
        let written: Vec<String> = all.iter().map(T::to_string).collect();
        assert_eq!(written.join(" "), names);
        for (own, name) in all.iter().zip(&written) {
            assert_eq!(&name.parse::<T>().unwrap(), own);
        }
    }
    check(
        &Field::ALL,
        "address city state zip country url service username country_calling_code number extension type display_feed instagram_id",
    );
    check(&Service::ALL, "whatsapp aim msn yim icq skype gtalk other");
    check(&PhoneType::ALL, "phone mobile fax");
}

#[test]
fn types_that_only_v2_has_are_read_as_contacts() {
    let converted = to_form(
        br#"{"contact_data":{"instagram":[{"username":"x","instagram_id":7}],"apple":[{"username":"y"}]}}"#,
    )
    .unwrap();
    let [instagram, apple] = converted.contacts() else { panic!("{:?}", converted.contacts()) };
    assert_eq!(instagram.kind(), Kind::Instagram);
    assert_eq!(instagram.get(Field::InstagramId).map(String::as_str), Some("7"));
    assert_eq!((apple.kind(), apple.get(Field::Username).map(String::as_str)), (Kind::Apple, Some("y")));
    assert_eq!(converted.output(), "");
}

/// Canonical output holds the values of both formats and reports unknown fields. It cannot be restored, so it has no
/// notes about spelling.
#[test]
fn canonical_output_holds_the_values_of_both_formats() {
    let payload = b"name=Ann&contact_data[x][type]=Linked-In&contact_data[x][data][profile_url]=u\
                    &contact_data[x][comment]=c&contact_data[x][data][odd]=y&contact_data[7][type]=skype\
                    &contact_data[7][data][username]=s&contact_data[8][data][country]=France\
                    &contact_data[8][type]=address&contact_data[9][type]=fax&contact_data[9][data][number]=1";
    let mut converter = Converter::new(Options::new(Source::Form, Target::Canonical));
    let converted = converter.convert(payload).unwrap();
    let items = [
        r#"{"contact_type":"linked_in","comment":"c","url":"u"}"#,
        r#"{"contact_type":"skype","username":"s"}"#,
        r#"{"contact_type":"address","country":"France"}"#,
        r#"{"contact_type":"phone","number":"1","type":"fax"}"#,
    ];
    let expected = format!(r#"{{"name":"Ann","contact_data":[{}]}}"#, items.join(","));
    assert_eq!(std::str::from_utf8(converted.output()).unwrap(), expected);
    let losses: Vec<(Code, String)> =
        converted.losses().map(|loss| (loss.code(), loss.path().to_owned())).collect();
    assert_eq!(losses, [(Code::UnknownField, "contact_data[x][data][odd]".to_owned())]);
}

#[test]
fn canonical_output_of_a_body_holds_its_other_fields() {
    let contacts = r#""contact_data":[{"contact_type":"website","url":"u"}]"#;
    let mut converter = Converter::new(Options::new(Source::V2, Target::Canonical));
    for (body, expected) in [
        (
            r#"{"name":"Ann","contact_data":{"website":[{"url":"u"}]},"tags":["a"]}"#,
            r#""name":"Ann","tags":["a"],"#,
        ),
        (r#"[{"contact_type":"website","url":"u"}]"#, ""),
    ] {
        let output = converter.convert(body.as_bytes()).unwrap().output().to_vec();
        assert_eq!(String::from_utf8(output).unwrap(), format!("{{{expected}{contacts}}}"), "{body}");
    }
}

/// Forms have no JSON types: an edited value that is a number becomes text in the restored payload, with a note. A
/// boolean `display_feed` needs no note, because its text determines it.
#[test]
fn an_edited_value_is_restored_as_text_with_a_note_for_its_json_type() {
    let payload = b"type=twitter&data[username]=x&data[display_feed]=1";
    let converted = to_v2(payload).unwrap();
    let mut found = Vec::new();
    for (old, new) in [
        ("\"x\"", "\"y\""),
        ("\"x\"", "5"),
        ("\"x\"", "true"),
        ("true", "false"),
        ("true", "\"yes\""),
        ("true", "\"\""),
        ("true", "5"),
    ] {
        let edited = converted.output().replacen(old, new, 1);
        let restored = restore_edited_form(&edited, converted.losses_json()).unwrap();
        let notes: Vec<String> =
            restored.losses().iter().map(|loss| format!("{} {}", loss.code().name(), loss.path())).collect();
        found.push(format!("{new}: {} {notes:?}", restored.output().replace("%5B", "[").replace("%5D", "]")));
    }
    assert_eq!(
        found,
        [
            r#""y": type=twitter&data[username]=y&data[display_feed]=1 []"#,
            r#"5: type=twitter&data[username]=5&data[display_feed]=1 ["json-type contact_data[twitter][0][username]"]"#,
            r#"true: type=twitter&data[username]=1&data[display_feed]=1 ["json-type contact_data[twitter][0][username]"]"#,
            r#"false: type=twitter&data[username]=x&data[display_feed]=0 []"#,
            r#""yes": type=twitter&data[username]=x&data[display_feed]=yes []"#,
            r#""": type=twitter&data[username]=x&data[display_feed]= []"#,
            r#"5: type=twitter&data[username]=x&data[display_feed]=5 ["json-type contact_data[twitter][0][display_feed]"]"#,
        ]
    );
}
