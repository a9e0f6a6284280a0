//! Losses that were written or edited by hand: values that the output cannot hold are left over, and names stay unique.

use deskpro_contact::{Code, to_form, to_v2};

use crate::{restore_edited_form, restore_edited_v2};

/// A form cannot represent these paths. Their losses are left over and not stored under a changed name.
#[test]
fn losses_that_a_form_cannot_represent_are_left_over() {
    for (path, value) in [
        ("contact_data[5]x", r#"["a"]"#),
        ("first.name", r#""Ann""#),
        ("contact_data", r#""x""#),
        ("contact_data[1][data][b%5Dc]", r#""x""#),
        ("name", r#"{"b]c":"x"}"#),
    ] {
        let losses = format!(
            r#"{{"losses":[{{"code":"other-field","severity":"data","path":"{path}","value":{value}}}]}}"#
        );
        let restored = restore_edited_form(b"{}", losses.as_bytes()).unwrap();
        assert_eq!(restored.output(), "", "{losses}");
        let codes: Vec<&str> = restored.losses().iter().map(|loss| loss.code().name()).collect();
        assert_eq!(codes, ["left-over"], "{losses}");
    }
}

/// A form has no pair for an empty array. So it has no `type` here, and `data` is not a part of a single record.
#[test]
fn an_empty_type_beside_data_makes_no_record() {
    let losses = r#"{"losses":[{"code":"other-field","severity":"note","path":"type","value":[]}]}"#;
    let restored = restore_edited_form(br#"{"data":{"x":"1"}}"#, losses).unwrap();
    assert_eq!(restored.output(), "data%5Bx%5D=1");
    assert!(restored.losses().is_empty(), "{:?}", restored.losses());
}

/// The body is a list of items, so a path into `contact_data` matches nothing.
#[test]
fn a_path_into_contact_data_that_is_the_body_itself_is_left_over() {
    let form = "contact_data[1][type]=website&contact_data[1][data][url]=x";
    let losses = r#"{"losses":[{"code":"id","severity":"note","path":"contact_data[0][id]","value":1},{"code":"shape","severity":"note","value":"list"}]}"#;
    let restored = restore_edited_v2(form.as_bytes(), losses.as_bytes()).unwrap();
    assert_eq!(restored.output(), r#"[{"contact_type":"website","url":"x"}]"#);
    assert_eq!(restored.losses()[0].code(), Code::LeftOver);
}

#[test]
fn bytes_that_json_cannot_represent_are_left_over() {
    // No conversion of a body writes such losses; they were written by hand.
    for (path, raw) in
        [("name", "caf%E9"), ("caf%E9", "x"), ("name", "value[a]=%FF"), ("name", "value[%FF]=a")]
    {
        let losses = format!(
            r#"{{"losses":[{{"code":"unsayable-name","severity":"data","path":"{path}","raw":"{raw}"}}]}}"#
        );
        let restored = restore_edited_v2(b"", losses.as_bytes()).unwrap();
        assert_eq!(restored.output(), "{}", "{path}: {raw}");
        let left: Vec<_> = restored.losses().iter().map(|loss| (loss.code(), loss.path())).collect();
        assert_eq!(left, [(Code::LeftOver, path)]);
    }
}

#[test]
fn duplicate_or_invalid_record_keys_are_not_restored() {
    let body = br#"{"contact_data":{"website":[{"url":"x"},{"url":"y"}]}}"#;
    for (one, two) in [("1", "1"), ("", ""), ("a]b", "1"), ("2", "2")] {
        let losses = format!(
            r#"{{"losses":[{{"code":"records","severity":"note","path":"contact_data",
                             "value":[["{one}","website","1"],["{two}","website","2"]]}}]}}"#
        );
        let restored = restore_edited_form(body, losses.as_bytes()).unwrap();
        let again = to_v2(restored.output().as_bytes()).unwrap();
        assert_eq!(again.output().as_bytes(), body, "{}", restored.output());
    }
}

#[test]
fn duplicate_or_invalid_item_keys_are_not_restored() {
    let form = b"contact_data[1][type]=website&contact_data[1][data][url]=x\
                 &contact_data[2][type]=website&contact_data[2][data][url]=y";
    let shape = |path| format!(r#"{{"code":"shape","severity":"note","path":"{path}","value":"object"}}"#);
    let records = r#"{"code":"records","severity":"note","path":"contact_data""#;
    let lost = |code, value| {
        format!(
            r#"{{"code":"{code}","severity":"note","path":"contact_data","value":{value}}},{records},"value":[]}}"#
        )
    };
    let twice = format!(r#"{records},"value":[["0","website","1"],["0","website","2"]]}}"#);
    let not_utf8 = format!(
        r#"{records},"raw":"value[0][0]=%FF&value[0][1]=website&value[0][2]=1&value[1][0]=a&value[1][1]=website&value[1][2]=2"}}"#
    );
    for losses in [
        format!("{},{twice}", shape("contact_data")),
        format!("{twice},{}", shape("contact_data[website]")),
        format!("{},{not_utf8}", shape("contact_data")),
        // Losses that would replace `contact_data`.
        lost("left-out", "{}"),
        lost("unknown-field", r#""x""#),
    ] {
        let losses = format!(r#"{{"losses":[{losses}]}}"#);
        let restored = restore_edited_v2(form, losses.as_bytes()).unwrap();
        // This fails if the body has a duplicate name.
        let again = to_form(restored.output().as_bytes()).unwrap();
        let decoded = again.output().replace("%5B", "[").replace("%5D", "]");
        assert_eq!(decoded.as_bytes(), form, "{}", restored.output());
    }
}
