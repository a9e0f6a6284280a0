//! Restoring of outputs that were edited after the conversion.

use deskpro_contact::{Conversion, Converter, Options, Profile, Source, Target, to_form, to_v2};

use crate::{restore_edited_form, restore_edited_v2};

/// Converts a payload, replaces `old` by `new` in the output, restores it, and asserts the restored payload and the
/// losses that are left over.
#[track_caller]
fn check_edited(target: Target, payload: &str, (old, new): (&str, &str), restored: &str, left: &[&str]) {
    let convert = |target, payload: &str, losses: Option<&[u8]>| {
        let mut converter = Converter::new(Options::new(source_of(target), target).edited(true));
        match losses {
            Some(losses) => converter.restore(payload.as_bytes(), losses),
            None => converter.convert(payload.as_bytes()),
        }
        .map(Conversion::into_owned)
        .unwrap()
    };
    let readable = |text: &str| text.replace("%5B", "[").replace("%5D", "]");
    let converted = convert(target, payload, None);
    let output = readable(converted.output());
    assert!(output.contains(old), "{output}");
    let other = if target == Target::V2 { Target::Form } else { Target::V2 };
    let result = convert(other, &output.replacen(old, new, 1), Some(converted.losses_json()));
    let found: Vec<String> =
        result.losses().iter().map(|loss| format!("{} {}", loss.code().name(), loss.path())).collect();
    assert_eq!(readable(result.output()), restored, "{found:?}");
    assert_eq!(found, left, "{restored}");
}

/// If items are added, a single record becomes the first of several records and keeps its losses.
#[test]
fn a_single_record_is_restored_as_single_only_if_it_is_alone() {
    fn check(payload: &str, edit: (&str, &str), restored: &str, left: &[&str]) {
        check_edited(Target::V2, payload, edit, restored, left);
    }
    let one = "type=website&comment=c&data[url]=a&data[odd]=o";
    check(one, ("", ""), one, &[]);
    check(one, ("\"a\"", "\"b\""), "type=website&comment=c&data[url]=b&data[odd]=o", &[]);
    let first = "contact_data[1][type]=website&contact_data[1][comment]=c&contact_data[1][data][url]=a&contact_data[1][data][odd]=o";
    check(
        one,
        ("]}", ",{\"url\":\"b\"}]}"),
        &format!("{first}&contact_data[2][type]=website&contact_data[2][data][url]=b"),
        &[],
    );
    check(
        one,
        ("[{", "[{\"url\":\"b\"},{"),
        &format!("{first}&contact_data[2][type]=website&contact_data[2][data][url]=b"),
        &[],
    );
    // Another field is named `data`, so a single record would include it.
    check(one, ("{", "{\"data\":\"x\","), &format!("data=x&{first}"), &[]);
    // The item is removed: its losses are left over and not moved to another record.
    check(one, (r#""website":[{"url":"a"}]"#, ""), "", &["left-over data[odd]", "left-over comment"]);
    check(
        "name=x&type=phone&data[number]=1",
        ("{}", r#"{"website":[{"url":"b"}]}"#),
        "name=x&contact_data[1][type]=phone&contact_data[1][data][number]=1&contact_data[2][type]=website&contact_data[2][data][url]=b",
        &[],
    );
}

/// A body that is a bare list of items gets a `contact_data` member if other fields are added.
#[test]
fn a_bare_list_is_restored_as_bare_only_without_other_fields() {
    fn check(payload: &str, edit: (&str, &str), restored: &str, left: &[&str]) {
        check_edited(Target::Form, payload, edit, restored, left);
    }
    let items = r#"[{"id":5,"contact_type":"website","url":"x"}]"#;
    check(items, ("", ""), items, &[]);
    check(items, ("=x", "=x&name=Ann"), &format!(r#"{{"contact_data":{items},"name":"Ann"}}"#), &[]);
    // Other fields never become items, even if their names are numbers.
    check(
        r#"[{"contact_type":"website","url":"x"}]"#,
        ("contact_data[1][type]=website&contact_data[1][data][url]=x", "0=x"),
        r#"{"0":"x"}"#,
        &[],
    );
}

/// The original type `skype` is restored only if the service is still `skype`.
#[test]
fn the_type_skype_is_restored_only_with_the_service_skype() {
    let check = |edit, restored, left: &[&str]| {
        check_edited(
            Target::V2,
            "contact_data[1][type]=skype&contact_data[1][data][username]=a",
            edit,
            restored,
            left,
        );
    };
    check(("\"a\"", "\"b\""), "contact_data[1][type]=skype&contact_data[1][data][username]=b", &[]);
    check(
        ("\"skype\"", "\"aim\""),
        "contact_data[1][type]=instant_message&contact_data[1][data][service]=aim&contact_data[1][data][username]=a",
        &["left-over contact_data[1][type]"],
    );
}

/// The number as it was sent comes back only for the number that was written from it. Otherwise the loss is left over
/// if it is data, and is dropped if it is a note.
#[test]
fn a_sent_phone_number_is_restored_only_for_the_number_that_was_written() {
    let restored = |output: &str, severity: &str| {
        let loss = format!(
            r#"{{"code":"phone-number","severity":"{severity}","path":"contact_data[1][data]","value":{{"written":"+442079460018","country_calling_code":"1","number":"+44 20 7946 0018"}}}}"#
        );
        let records = r#"{"code":"records","severity":"note","path":"contact_data","value":[["1","phone","211176b1aa37"]]}"#;
        let options = Options::new(Source::V2, Target::Form).profile(Profile::Extended).edited(true);
        let converted = Converter::new(options)
            .restore(output, format!(r#"{{"losses":[{loss},{records}]}}"#))
            .map(Conversion::into_owned)
            .unwrap();
        let left: Vec<String> = converted.losses().iter().map(|loss| loss.path().to_owned()).collect();
        (converted.output().replace("%5B", "[").replace("%5D", "]"), left)
    };
    let path = "contact_data[1][data]".to_owned();
    let phone = |data: &str| format!("contact_data[1][type]=phone&{data}");
    let written = r#"{"phone_numbers":[{"number":"+442079460018"}],"contact_data":{}}"#;
    let sent = phone(
        "contact_data[1][data][country_calling_code]=1&contact_data[1][data][number]=%2B44+20+7946+0018",
    );
    assert_eq!(restored(written, "data"), (sent.clone(), Vec::new()));
    assert_eq!(restored(written, "note"), (sent, Vec::new()));
    let edited = r#"{"phone_numbers":[{"number":"+442079460019"}],"contact_data":{}}"#;
    let kept = phone("contact_data[1][data][number]=%2B442079460019");
    assert_eq!(restored(edited, "data"), (kept.clone(), vec![path.clone()]));
    assert_eq!(restored(edited, "note"), (kept, Vec::new()));
    let removed = r#"{"contact_data":{}}"#;
    assert_eq!(restored(removed, "data"), (String::new(), vec![path]));
    assert_eq!(restored(removed, "note"), (String::new(), Vec::new()));
}

/// Records added to a form appear in the body at the same position among the other fields.
#[test]
fn added_contact_data_keeps_its_position_in_the_form() {
    fn check(edit: &str, restored: &str, left: &[&str]) {
        check_edited(Target::Form, r#"{"name":"x"}"#, ("name=x", edit), restored, left);
    }
    let website = "contact_data[1][type]=website&contact_data[1][data][url]=u";
    let items = r#""contact_data":{"website":[{"url":"u"}]}"#;
    check(&format!("{website}&name=x"), &format!(r#"{{{items},"name":"x"}}"#), &[]);
    check(&format!("name=x&{website}"), &format!(r#"{{"name":"x",{items}}}"#), &[]);
    check("type=website&name=x&data[url]=u", &format!(r#"{{{items},"name":"x"}}"#), &[]);
    // The only record is replaced by one of another type.
    let body = r#"{"contact_data":{"apple":[{"username":"a"}],"website":[{"id":1,"url":"v"}]},"name":"x"}"#;
    let twitter = "contact_data[1][type]=twitter&contact_data[1][data][username]=t&";
    check_edited(
        Target::Form,
        body,
        ("contact_data[1][type]=website&contact_data[1][data][url]=v&", twitter),
        r#"{"contact_data":{"apple":[{"username":"a"}],"twitter":[{"username":"t"}]},"name":"x"}"#,
        &["left-over contact_data[website][0][id]"],
    );
    let body = r#"{"contact_data":{"website":[{"id":1,"url":"v"}]},"name":"x"}"#;
    check_edited(
        Target::Form,
        body,
        ("contact_data[1][type]=website&contact_data[1][data][url]=v&", twitter),
        r#"{"contact_data":{"twitter":[{"username":"t"}]},"name":"x"}"#,
        &["left-over contact_data[website][0][id]"],
    );
    let pager = "contact_data[1][type]=pager&contact_data[1][data][number]=1&name=x";
    check(pager, r#"{"name":"x"}"#, &["rejected-record contact_data[1]"]);
}

/// The items of an added record take the name of their list from a value that is not a list.
#[test]
fn an_added_record_replaces_a_value_in_the_place_of_a_list() {
    check_edited(
        Target::Form,
        r#"{"contact_data":{"twitter":[{"username":"t"}],"website":"x"}}"#,
        ("[username]=t", "[username]=t&contact_data[2][type]=website&contact_data[2][data][url]=u"),
        r#"{"contact_data":{"twitter":[{"username":"t"}],"website":[{"url":"u"}]}}"#,
        &["left-over contact_data[website]"],
    );
}

/// Without `contact_data`, these bodies would be read as a reply and as an error line.
#[test]
fn a_body_that_looks_like_another_line_gets_contact_data() {
    for (form, body) in [
        ("data[x]=1", r#"{"data":{"x":"1"},"contact_data":{}}"#),
        (
            "error[code]=not-a-body&error[message]=m",
            r#"{"error":{"code":"not-a-body","message":"m"},"contact_data":{}}"#,
        ),
    ] {
        let restored = restore_edited_v2(form, "").unwrap();
        assert_eq!(restored.output(), body);
        assert_eq!(to_form(body).unwrap().output().replace("%5B", "[").replace("%5D", "]"), form);
    }
}

/// Record keys are restored from the losses if they are unique and a form can represent them.
#[test]
fn a_duplicate_or_unrepresentable_key_is_replaced() {
    let record = |key: &str, url: &str| {
        format!("contact_data[{key}][type]=website&contact_data[{key}][data][url]={url}")
    };
    let payload = [record("5", "a"), record("7", "b")].join("&");
    let converted = to_v2(payload.as_bytes()).unwrap();
    for (old, new, keys) in
        [("", "", ["5", "7"]), ("[\"7\"", "[\"5\"", ["5", "6"]), ("[\"7\"", "[\"x]y\"", ["5", "6"])]
    {
        let losses = std::str::from_utf8(converted.losses_json()).unwrap().replacen(old, new, 1);
        let restored = restore_edited_form(converted.output().as_bytes(), losses.as_bytes()).unwrap();
        let expected = [record(keys[0], "a"), record(keys[1], "b")].join("&");
        assert_eq!(restored.output().replace("%5B", "[").replace("%5D", "]"), expected, "{losses}");
    }
    // The first record has no valid key: it becomes number 1 and follows the records that have their keys.
    let losses = std::str::from_utf8(converted.losses_json()).unwrap().replacen("[\"5\"", "[\"x]y\"", 1);
    let restored = restore_edited_form(converted.output().as_bytes(), losses.as_bytes()).unwrap();
    let expected = [record("7", "b"), record("1", "a")].join("&");
    assert_eq!(restored.output().replace("%5B", "[").replace("%5D", "]"), expected);
    for (body, old, new, keys) in [
        (r#"{"contact_data":{"website":{"3":{"url":"a"},"5":{"url":"b"}}}}"#, "", "", ["3", "5"]),
        (r#"{"contact_data":{"website":{"3":{"url":"a"},"5":{"url":"b"}}}}"#, "[\"5\"", "[\"3\"", ["3", "4"]),
        (
            r#"{"contact_data":{"3":{"contact_type":"website","url":"a"},"5":{"contact_type":"website","url":"b"}}}"#,
            "[\"5\"",
            "[\"x\"",
            ["3", "4"],
        ),
        (
            r#"{"contact_data":{"3":{"contact_type":"website","url":"a"},"5":{"contact_type":"website","url":"b"}}}"#,
            "[\"5\"",
            "[\"3\"",
            ["3", "4"],
        ),
    ] {
        let converted = to_form(body.as_bytes()).unwrap();
        let losses = std::str::from_utf8(converted.losses_json()).unwrap().replacen(old, new, 1);
        assert!(losses.contains(new), "{losses}");
        let restored = restore_edited_v2(converted.output().as_bytes(), losses.as_bytes()).unwrap();
        let expected =
            body.replace("\"3\"", &format!("\"{}\"", keys[0])).replace("\"5\"", &format!("\"{}\"", keys[1]));
        assert_eq!(restored.output(), expected, "{losses}");
    }
}

/// The old value of a field is restored only if the output still has the field.
#[test]
fn the_old_value_of_a_removed_field_is_left_over() {
    check_edited(
        Target::Form,
        r#"{"contact_data":{"instant_message":[{"service":"AIM","username":"a"}]}}"#,
        ("&contact_data[1][data][service]=aim", ""),
        r#"{"contact_data":{"instant_message":[{"username":"a"}]}}"#,
        &["left-over contact_data[instant_message][0][service]"],
    );
}

/// The JSON type of a value is restored only if the edited text is valid for that type.
#[test]
fn an_edited_value_that_does_not_fit_its_json_type_stays_text() {
    fn check(payload: &str, edit: (&str, &str), restored: &str) {
        check_edited(Target::Form, payload, edit, restored, &[]);
    }
    for (old, new, restored) in [
        ("5", "1", "1"),
        ("5", "-0.5e7", "-0.5e7"),
        ("5", "x", "\"x\""),
        ("5", "", "\"\""),
        ("5", "1+", "\"1 \""),
        ("5", "true", "\"true\""),
        ("5", "+1", "\" 1\""),
        ("true", "0", "false"),
        ("true", "7", "\"7\""),
        ("true", "true", "\"true\""),
    ] {
        let text = if old == "true" { "a=1" } else { "a=5" };
        check(&format!(r#"{{"a":{old}}}"#), (text, &format!("a={new}")), &format!(r#"{{"a":{restored}}}"#));
    }
    // The keys are no longer those of a list.
    check(r#"{"a":[null,"x"]}"#, ("a[1]", "a[b]"), r#"{"a":{"b":"x","0":null}}"#);
}

/// A losses file may be edited, too: losses that the target cannot hold are left over, and values are not duplicated.
#[test]
fn losses_that_no_conversion_writes_are_ignored_or_left_over() {
    let line =
        |losses: &str| format!(r#"{{"losses":[{}]}}"#, losses.replace("note!", r#""severity":"note""#));
    for (form, losses, expected, left) in [
        // JSON can represent only UTF-8.
        ("", r#"{"code":"left-out",note!,"path":"name","raw":"Zo%EB"}"#, "{}", 1),
        ("", r#"{"code":"left-out",note!,"path":"na%EBme","value":"x"}"#, "{}", 1),
        ("", r#"{"code":"left-out",note!,"path":"name","raw":"value[na%EBme]=x"}"#, "{}", 1),
        ("a[0]=x", r#"{"code":"shape",note!,"path":"a","value":"heap"}"#, r#"{"a":["x"]}"#, 0),
        ("a[1]=x", r#"{"code":"shape",note!,"path":"a","value":"list"}"#, r#"{"a":{"1":"x"}}"#, 0),
        ("a=1", r#"{"code":"json-type",note!,"path":"a","value":"text"}"#, r#"{"a":"1"}"#, 0),
    ] {
        let restored = restore_edited_v2(form.as_bytes(), line(losses).as_bytes()).unwrap();
        assert_eq!((restored.output(), restored.losses().len()), (expected, left), "{losses}");
    }
    // The output already contains the value.
    let tags = r#"{"code":"other-field",note!,"path":"tags","value":["x"]}"#;
    let restored = restore_edited_form(br#"{"tags":["x"]}"#, line(tags).as_bytes()).unwrap();
    assert_eq!((restored.output(), restored.losses().len()), ("tags%5B0%5D=x", 0));
    // Each field of a single record is restored, or the loss is left over.
    let record = r#"{"code":"rejected-record",note!,"value":{"a":"1","name":"Bea","z":"2"}}"#;
    let restored = restore_edited_form(br#"{"name":"Ann"}"#, line(record).as_bytes()).unwrap();
    assert_eq!((restored.output(), restored.losses().len()), ("name=Ann&a=1&z=2", 1));
    // The losses give the single record the key 5. As the first of several records it has the key 1 nevertheless.
    let converted = to_v2(b"type=website&comment=c&data[url]=a").unwrap();
    let numbered =
        String::from_utf8(converted.losses_json().to_vec()).unwrap().replace(r#"[["","#, r#"[["5","#);
    assert!(numbered.contains(r#"[["5","website""#), "{numbered}");
    let output = converted.output().replace("]}", r#",{"url":"b"}]}"#);
    let restored = restore_edited_form(output.as_bytes(), numbered.as_bytes()).unwrap();
    assert!(restored.losses().is_empty(), "{:?}", restored.losses());
}

/// The source format for a target in this test.
fn source_of(target: Target) -> Source {
    if target == Target::Form { Source::V2 } else { Source::Form }
}

/// PHP cannot append after the largest integer: an added record then gets the smallest free number.
#[test]
fn a_new_record_gets_the_key_that_php_would_append_or_the_smallest_free_number() {
    let record = |key: &str, url: &str| {
        format!("contact_data[{key}][type]=website&contact_data[{key}][data][url]={url}")
    };
    let largest = i64::MAX.to_string();
    for (keys, new) in [
        (["7", "5"], ["8", "9"]),
        (["-5", "x"], ["-4", "-3"]),
        (["x", "07"], ["0", "1"]),
        (["9223372036854775806", "1"], [&*largest, "2"]),
        ([&*largest, "2"], ["1", "3"]),
        (["-5", &*largest], ["1", "2"]),
    ] {
        let payload = [record(keys[0], "a"), record(keys[1], "b")].join("&");
        let converted = to_v2(payload.as_bytes()).unwrap();
        let edited = converted.output().replace("]}}", r#",{"url":"c"},{"url":"d"}]}}"#);
        let restored = restore_edited_form(edited.as_bytes(), converted.losses_json()).unwrap();
        let records = keys.into_iter().chain(new).zip(["a", "b", "c", "d"]);
        let expected: Vec<String> = records.map(|(key, url)| record(key, url)).collect();
        assert_eq!(restored.output().replace("%5B", "[").replace("%5D", "]"), expected.join("&"));
        assert!(restored.losses().is_empty(), "{:?}", restored.losses());
    }
}
