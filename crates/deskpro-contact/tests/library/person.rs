//! Fields of a person in the extended profile: the keys of lists after edits, and the id under either name.

use deskpro_contact::{Conversion, Converted, Converter, Options, Profile, Source, Target};

fn options(source: Source, target: Target) -> Options {
    Options::new(source, target).profile(Profile::Extended)
}

/// Converts a form, replaces the output by `edited`, and restores it.
fn restored(form: &str, output: &str, edited: &str) -> String {
    let mut converter = Converter::new(options(Source::Form, Target::V2));
    let converted: Converted = converter.convert(form).map(Conversion::into_owned).unwrap();
    assert_eq!(converted.output(), output);
    let mut restorer = Converter::new(options(Source::V2, Target::Form).edited(true));
    let restored = restorer.restore(edited, converted.losses_json()).map(Conversion::into_owned).unwrap();
    restored.output().replace("%5B", "[").replace("%5D", "]")
}

/// Values that were added get the keys that PHP would append.
#[test]
fn a_list_keeps_its_keys_and_new_values_get_the_next_ones() {
    let form = "secondary_email[2]=a&secondary_email[5]=b";
    let output = r#"{"emails":["a","b"],"contact_data":{}}"#;
    assert_eq!(restored(form, output, output), form);
    assert_eq!(
        restored(form, output, r#"{"emails":["a","b","c","d"],"contact_data":{}}"#),
        "secondary_email[2]=a&secondary_email[5]=b&secondary_email[6]=c&secondary_email[7]=d"
    );
    // The largest key has no next one.
    let form = "secondary_email[9223372036854775807]=a&secondary_email[1]=b";
    assert_eq!(
        restored(form, output, r#"{"emails":["a","b","c","d"],"contact_data":{}}"#),
        format!("{form}&secondary_email[0]=c&secondary_email[2]=d")
    );
}

/// A field that was a single text becomes one again only if its list has one text.
#[test]
fn a_single_text_in_a_list_is_restored_if_it_is_alone() {
    let output = r#"{"emails":["a"],"contact_data":{}}"#;
    let check = |edited: &str, expected: &str| {
        let edited = format!(r#"{{"emails":{edited},"contact_data":{{}}}}"#);
        assert_eq!(restored("secondary_email=a", output, &edited), expected);
    };
    check(r#"["b"]"#, "secondary_email=b");
    check(r#"["a","b"]"#, "secondary_email[0]=a&secondary_email[1]=b");
    check(r#"[["a"]]"#, "secondary_email[0][0]=a");
}

/// A field that becomes a list is not the id.
#[test]
fn the_id_has_a_name_in_each_format() {
    let id = |source, target, id_field: &str, payload: &str| {
        let mut converter = Converter::new(options(source, target).id_field(id_field));
        converter.convert(payload).map(|conversion| conversion.id()).unwrap()
    };
    let of_form = |id_field: &str, payload: &str| id(Source::Form, Target::V2, id_field, payload);
    let of_body = |id_field: &str, payload: &str| id(Source::V2, Target::Form, id_field, payload);
    let some = |text: &str| Some(text.to_owned());
    assert_eq!(of_form("email", "email=a"), some("\"a\""));
    assert_eq!(of_form("name", "name=a"), some("\"a\""));
    assert_eq!(of_form("label", "label=a"), None);
    assert_eq!(of_form("organization_id", "organization_id=a"), some("\"a\""));
    assert_eq!(of_body("email", r#"{"primary_email":"a"}"#), some("\"a\""));
    assert_eq!(of_body("label", r#"{"labels":"a"}"#), some("\"a\""));
}
