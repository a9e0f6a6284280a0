//! What comes back where the output was edited between the run there and the run back.

use deskpro_contact::{
    Conversion, Converter, Options, Source, Target, restore_form, restore_v2, to_form, to_v2,
};

/// What comes back where the output was edited in between, and what is left over of the losses.
#[track_caller]
fn check_edited(target: Target, payload: &str, (old, new): (&str, &str), restored: &str, left: &[&str]) {
    let convert = |target, payload: &str, notes: Option<&[u8]>| {
        let mut converter = Converter::new(Options::new(source_of(target), target));
        match notes {
            Some(notes) => converter.restore(payload.as_bytes(), notes),
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
    let back = convert(other, &output.replacen(old, new, 1), Some(converted.notes()));
    let found: Vec<String> =
        back.losses().iter().map(|loss| format!("{} {}", loss.code().name(), loss.path())).collect();
    assert_eq!(readable(back.output()), restored, "{found:?}");
    assert_eq!(found, left, "{restored}");
}

/// A single record that is one of several now is the first of them, with all that its losses say of it.
#[test]
fn a_single_record_stays_single_where_it_is_alone() {
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
    // Beside a field of its names it would take that for its own.
    check(one, ("{", "{\"data\":\"x\","), &format!("data=x&{first}"), &[]);
    // It is gone: nothing is put into another one's place.
    check(one, (r#""website":[{"url":"a"}]"#, ""), "", &["left-over data[odd]", "left-over comment"]);
    check(
        "name=x&type=phone&data[number]=1",
        ("{}", r#"{"website":[{"url":"b"}]}"#),
        "name=x&contact_data[1][type]=phone&contact_data[1][data][number]=1&contact_data[2][type]=website&contact_data[2][data][url]=b",
        &[],
    );
}

/// Items that were the whole body stand in `contact_data` where there is more than items now.
#[test]
fn items_stay_the_whole_body_where_they_are_alone() {
    fn check(payload: &str, edit: (&str, &str), restored: &str, left: &[&str]) {
        check_edited(Target::Form, payload, edit, restored, left);
    }
    let items = r#"[{"id":5,"contact_type":"website","url":"x"}]"#;
    check(items, ("", ""), items, &[]);
    check(items, ("=x", "=x&name=Ann"), &format!(r#"{{"contact_data":{items},"name":"Ann"}}"#), &[]);
    // Other fields are no list of items, whatever they are called.
    check(
        r#"[{"contact_type":"website","url":"x"}]"#,
        ("contact_data[1][type]=website&contact_data[1][data][url]=x", "0=x"),
        r#"{"0":"x"}"#,
        &[],
    );
}

/// The type goes back as it was spelled where the record is still what that spelling says.
#[test]
fn a_type_that_became_a_service_is_restored_by_the_service() {
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

/// Contacts that a form was given stand in the body where the form has them.
#[test]
fn contact_data_that_were_added_stand_where_the_form_has_them() {
    fn check(edit: &str, restored: &str, left: &[&str]) {
        check_edited(Target::Form, r#"{"name":"x"}"#, ("name=x", edit), restored, left);
    }
    let website = "contact_data[1][type]=website&contact_data[1][data][url]=u";
    let items = r#""contact_data":{"website":[{"url":"u"}]}"#;
    check(&format!("{website}&name=x"), &format!(r#"{{{items},"name":"x"}}"#), &[]);
    check(&format!("name=x&{website}"), &format!(r#"{{"name":"x",{items}}}"#), &[]);
    check("type=website&name=x&data[url]=u", &format!(r#"{{{items},"name":"x"}}"#), &[]);
    // The only item is another one now.
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

/// The keys of the records are those of the losses, where these give each its own, and one that can be said.
#[test]
fn a_key_that_is_taken_or_unsayable_is_not_given() {
    let record = |key: &str, url: &str| {
        format!("contact_data[{key}][type]=website&contact_data[{key}][data][url]={url}")
    };
    let payload = [record("5", "a"), record("7", "b")].join("&");
    let converted = to_v2(payload.as_bytes()).unwrap();
    for (old, new, keys) in
        [("", "", ["5", "7"]), ("[\"7\"", "[\"5\"", ["5", "6"]), ("[\"7\"", "[\"x]y\"", ["5", "6"])]
    {
        let notes = std::str::from_utf8(converted.notes()).unwrap().replacen(old, new, 1);
        let back = restore_form(converted.output().as_bytes(), notes.as_bytes()).unwrap();
        let expected = [record(keys[0], "a"), record(keys[1], "b")].join("&");
        assert_eq!(back.output().replace("%5B", "[").replace("%5D", "]"), expected, "{notes}");
    }
    // The first of all is number 1. In their order are those that have their key.
    let notes = std::str::from_utf8(converted.notes()).unwrap().replacen("[\"5\"", "[\"x]y\"", 1);
    let back = restore_form(converted.output().as_bytes(), notes.as_bytes()).unwrap();
    let expected = [record("7", "b"), record("1", "a")].join("&");
    assert_eq!(back.output().replace("%5B", "[").replace("%5D", "]"), expected);
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
        let notes = std::str::from_utf8(converted.notes()).unwrap().replacen(old, new, 1);
        assert!(notes.contains(new), "{notes}");
        let back = restore_v2(converted.output().as_bytes(), notes.as_bytes()).unwrap();
        let expected =
            body.replace("\"3\"", &format!("\"{}\"", keys[0])).replace("\"5\"", &format!("\"{}\"", keys[1]));
        assert_eq!(back.output(), expected, "{notes}");
    }
}

/// What was there is put back only where the output says what came of it, and not where that was taken out.
#[test]
fn an_old_value_has_no_place_where_its_new_one_is_gone() {
    check_edited(
        Target::Form,
        r#"{"contact_data":{"instant_message":[{"service":"AIM","username":"a"}]}}"#,
        ("&contact_data[1][data][service]=aim", ""),
        r#"{"contact_data":{"instant_message":[{"username":"a"}]}}"#,
        &["left-over contact_data[instant_message][0][service]"],
    );
}

/// A JSON type is put back where the text still is of that type.
#[test]
fn a_value_of_another_type_stays_text() {
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
    // An edit took the names away that a list has.
    check(r#"{"a":[null,"x"]}"#, ("a[1]", "a[b]"), r#"{"a":{"b":"x","0":null}}"#);
}

/// A losses file may be edited, too: what the target cannot hold is left over, and what is said twice is said once.
#[test]
fn losses_that_no_run_wrote_do_no_harm() {
    let notes =
        |losses: &str| format!(r#"{{"losses":[{}]}}"#, losses.replace("note!", r#""severity":"note""#));
    for (form, losses, restored, left) in [
        // JSON holds UTF-8 alone.
        ("", r#"{"code":"left-out",note!,"path":"name","raw":"Zo%EB"}"#, "{}", 1),
        ("", r#"{"code":"left-out",note!,"path":"na%EBme","value":"x"}"#, "{}", 1),
        ("", r#"{"code":"left-out",note!,"path":"name","raw":"value[na%EBme]=x"}"#, "{}", 1),
        ("a[0]=x", r#"{"code":"shape",note!,"path":"a","value":"heap"}"#, r#"{"a":["x"]}"#, 0),
        ("a[1]=x", r#"{"code":"shape",note!,"path":"a","value":"list"}"#, r#"{"a":{"1":"x"}}"#, 0),
        ("a=1", r#"{"code":"json-type",note!,"path":"a","value":"text"}"#, r#"{"a":"1"}"#, 0),
    ] {
        let back = restore_v2(form.as_bytes(), notes(losses).as_bytes()).unwrap();
        assert_eq!((back.output(), back.losses().len()), (restored, left), "{losses}");
    }
    // What the output says already is no loss, list or not.
    let tags = r#"{"code":"other-field",note!,"path":"tags","value":["x"]}"#;
    let back = restore_form(br#"{"tags":["x"]}"#, notes(tags).as_bytes()).unwrap();
    assert_eq!((back.output(), back.losses().len()), ("tags%5B0%5D=x", 0));
    // Of a whole record each part finds its place, or the loss is left over.
    let record = r#"{"code":"rejected-record",note!,"value":{"a":"1","name":"Bea","z":"2"}}"#;
    let back = restore_form(br#"{"name":"Ann"}"#, notes(record).as_bytes()).unwrap();
    assert_eq!((back.output(), back.losses().len()), ("name=Ann&a=1&z=2", 1));
    // A single record that has a number: the first of several is number 1 all the same.
    let converted = to_v2(b"type=website&comment=c&data[url]=a").unwrap();
    let numbered = String::from_utf8(converted.notes().to_vec()).unwrap().replace(r#"[["","#, r#"[["5","#);
    assert!(numbered.contains(r#"[["5","website""#), "{numbered}");
    let output = converted.output().replace("]}", r#",{"url":"b"}]}"#);
    let back = restore_form(output.as_bytes(), numbered.as_bytes()).unwrap();
    assert!(back.losses().is_empty(), "{:?}", back.losses());
}

/// The source that a target is made from here.
fn source_of(target: Target) -> Source {
    if target == Target::Form { Source::V2 } else { Source::Form }
}

/// PHP has no number behind the largest: a record that was added gets the first one that is free.
#[test]
fn a_new_record_finds_a_key_where_the_largest_number_is_taken() {
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
        let restored = restore_form(edited.as_bytes(), converted.notes()).unwrap();
        let records = keys.into_iter().chain(new).zip(["a", "b", "c", "d"]);
        let expected: Vec<String> = records.map(|(key, url)| record(key, url)).collect();
        assert_eq!(restored.output().replace("%5B", "[").replace("%5D", "]"), expected.join("&"));
        assert!(restored.losses().is_empty(), "{:?}", restored.losses());
    }
}
