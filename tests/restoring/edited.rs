//! Outputs with edited values, items, records or names.

use serde_json::Value;

use super::{is_same_form, site, there, two_people};
use crate::harness::{Place, Run, json_lines};

/// Converts a payload, edits the output, and restores it.
#[track_caller]
fn edited(place: &Place, payload: &str, options: &str, edit: impl FnOnce(&mut Value)) -> Run {
    there(place, "", payload, 0);
    let mut body: Value = serde_json::from_str(&place.text("o")).unwrap();
    edit(&mut body["contact_data"]);
    place.write("o", body.to_string() + "\n");
    place.run(&format!("--to form --restore l {options} o"), "")
}

fn sites(all: &[(&str, &str, &str)]) -> String {
    all.iter().map(|(key, url, comment)| site(key, url, comment)).collect::<Vec<_>>().join("&")
}

fn item(url: &str) -> Value {
    serde_json::json!({ "url": url })
}

#[test]
fn a_corrected_value_keeps_its_comment() {
    let place = Place::new();
    let payload = "contact_data[4][type]=im&contact_data[4][comment]=work&contact_data[4][data][service]=AIM\
                   &contact_data[4][data][username]=jo";
    let run = edited(&place, payload, "", |data| data["instant_message"][0]["username"] = "joanne".into());
    is_same_form(payload.replace("jo", "joanne").as_bytes(), run.exits(0).lines()[0].as_bytes());
    // The output wins over a loss for the same field.
    let run = edited(&place, payload, "", |data| data["instant_message"][0]["service"] = "icq".into());
    is_same_form(payload.replace("AIM", "icq").as_bytes(), run.exits(0).lines()[0].as_bytes());
}

#[test]
fn the_comment_of_a_removed_item_is_left_over() {
    let place = Place::new();
    let payload = sites(&[("1", "a", "first"), ("2", "b", "second")]);
    let remove = |data: &mut Value| drop(data["website"].as_array_mut().unwrap().remove(0));
    let rest = site("2", "b", "second");
    let run = edited(&place, &payload, "", remove).exits(3);
    is_same_form(rest.as_bytes(), run.lines()[0].as_bytes());
    let run = run.says("line 1, ").says("first").says("left-over").says("--losses");
    assert!(!run.err.contains("second"), "{}", run.err);
    edited(&place, &payload, "--lossy", remove).exits(0);
    // Kept: nothing is lost.
    let run = edited(&place, &payload, "--losses left", remove).exits(0);
    is_same_form(rest.as_bytes(), run.lines()[0].as_bytes());
    let left = json_lines(&place.text("left"));
    let data = left[0]["losses"].as_array().unwrap();
    let data: Vec<_> = data.iter().filter(|loss| loss["severity"] == "data").collect();
    assert_eq!(data.len(), 1, "{left:?}");
    assert_eq!(data[0]["code"], "left-over");
    assert!(data[0].to_string().contains("first"), "{left:?}");
    assert_eq!(left[1]["end"]["to"], "form");
}

#[test]
fn items_that_differ_in_their_comment_alone() {
    let place = Place::new();
    let payload = sites(&[("1", "same", "first"), ("2", "same", "second"), ("3", "other", "third")]);
    let run = edited(&place, &payload, "", |_| {}).exits(0);
    is_same_form(payload.as_bytes(), run.lines()[0].as_bytes());
    // One of the two is edited: each keeps its own, by position.
    let run = edited(&place, &payload, "", |data| data["website"][1] = item("new")).exits(0);
    let expected = sites(&[("1", "same", "first"), ("2", "new", "second"), ("3", "other", "third")]);
    is_same_form(expected.as_bytes(), run.lines()[0].as_bytes());
    // One of the two is gone: nobody can say which; but no comment is lost, and none stands twice.
    let run = edited(&place, &payload, "--losses left", |data| {
        data["website"].as_array_mut().unwrap().remove(0);
    });
    let (out, left) = (run.exits(0).text().to_owned(), place.text("left"));
    for comment in ["first", "second", "third"] {
        let of = |text: &str| text.matches(comment).count();
        assert_eq!(of(&out) + of(&left), 1, "{comment}:\n{out}{left}");
    }
    assert!(out.contains("third"));
}

#[test]
fn a_new_item_takes_the_next_free_key_at_the_end() {
    let place = Place::new();
    let payload = sites(&[("9", "a", "first"), ("x", "b", "second"), ("3", "c", "")]);
    let run = edited(&place, &payload, "", |data| {
        data["website"].as_array_mut().unwrap().insert(1, item("new"));
    });
    let expected = format!("{payload}&{}", site("10", "new", ""));
    is_same_form(expected.as_bytes(), run.exits(0).lines()[0].as_bytes());
    // Of a type that was not there.
    let run = edited(&place, &payload, "", |data| data["facebook"] = serde_json::json!([{"url": "f"}]));
    let expected = format!("{payload}&contact_data[10][type]=facebook&contact_data[10][data][profile_url]=f");
    is_same_form(expected.as_bytes(), run.exits(0).lines()[0].as_bytes());
    // Into a payload that had none.
    let run = edited(&place, "a=1", "", |data| data["website"] = serde_json::json!([{"url": "new"}]));
    let text = run.exits(0).lines()[0].to_owned();
    assert!(text.starts_with("a=1&contact_data%5B") && text.ends_with("=new"), "{text}");
}

#[test]
fn a_single_record_may_become_two() {
    let place = Place::new();
    let payload = "a=1&type=website&comment=home&data[url]=x";
    let run = edited(&place, payload, "--losses left", |data| {
        data["website"].as_array_mut().unwrap().push(item("y"));
    });
    let line = run.exits(0).text().to_owned();
    // Both are read again, and the one that did not change keeps its comment.
    let again = place.run("--lossy", &line).exits(0);
    let body: Value = serde_json::from_str(again.text()).unwrap();
    assert_eq!(body["a"], "1");
    assert_eq!(body["contact_data"], serde_json::json!({"website": [{"url": "x"}, {"url": "y"}]}));
    assert!(line.contains("home") && !place.text("left").contains("home"), "{line}");
    // And none.
    let run = edited(&place, payload, "--losses left", |data| *data = serde_json::json!({}));
    is_same_form(b"a=1", run.exits(0).lines()[0].as_bytes());
    assert!(place.text("left").contains("home"));
    // Where nothing else was lost, nothing says what was written: all are numbered as they stand.
    let run = edited(&place, "type=website&data[url]=x", "", |data| {
        data["website"].as_array_mut().unwrap().push(item("y"));
    });
    let two = "contact_data[1][type]=website&contact_data[1][data][url]=x\
               &contact_data[2][type]=website&contact_data[2][data][url]=y";
    is_same_form(two.as_bytes(), run.exits(0).lines()[0].as_bytes());
}

#[test]
fn a_record_that_was_added_takes_the_place_of_what_was_no_list() {
    let place = Place::new();
    let website = r#"{"contact_data":{"website":[{"url":"u"}],"linked_in":"#;
    let new = ["contact_data[2][type]=linked_in", "contact_data[2][data][profile_url]=NEW"].join("&");
    for (old, code, again) in [("null", 0, 0), ("\"\"", 1, 3), ("0", 1, 3), ("false", 1, 3), ("\"x\"", 1, 3)]
    {
        there(&place, "--to form", &format!("{website}{old}}}}}"), code);
        let form = place.text("o");
        place.write("e", format!("{}&{new}\n", form.trim_end()));
        let run = place.run("--restore l e", "").exits(again);
        assert_eq!(run.lines(), [format!("{website}[{{\"url\":\"NEW\"}}]}}}}")]);
        // What it was is left over: a null, a note.
        place.run("--restore l --losses left e", "").exits(0);
        let left = json_lines(&place.text("left"));
        let left = left[0]["losses"].as_array().unwrap();
        let left: Vec<_> = left.iter().filter(|loss| loss["code"] == "left-over").collect();
        assert_eq!((left.len(), left[0]["value"].to_string()), (1, old.to_owned()));
        // An item of another type that became one of this, and one that stands alone.
        for edited in [
            form.replace("website", "linked_in").replace("%5Burl", "%5Bprofile_url").replace("=u", "=NEW"),
            "type=linked_in&data[profile_url]=NEW\n".to_owned(),
        ] {
            place.write("e", edited);
            let run = place.run("--restore l --lossy e", "").exits(0);
            assert_eq!(run.lines(), [r#"{"contact_data":{"linked_in":[{"url":"NEW"}]}}"#]);
        }
    }
}

#[test]
fn what_stands_beside_a_deleted_record_becomes_none() {
    let place = Place::new();
    let body = r#"{"type":"skype","data":{"username":"x"},"contact_data":{}}"#;
    for lost in ["[comment]=c", "[data][zz]=z", "[data][country]=y"] {
        let record =
            format!("contact_data[1][type]=website&contact_data[1]{lost}&contact_data[1][data][url]=u");
        for (options, edited) in [("", body), ("--only-contact-data", r#"{"contact_data":{}}"#)] {
            there(&place, options, &format!("{record}&type=skype&data[username]=x"), 0);
            place.write("e", format!("{edited}\n"));
            let run = place.run("--to form --restore l --losses left e", "").exits(0);
            assert_eq!(run.lines(), [""], "{lost} {options}");
            let left = json_lines(&place.text("left"));
            let left = left[0]["losses"].as_array().unwrap();
            let paths: Vec<_> = left.iter().filter(|loss| loss["severity"] == "data").collect();
            let paths: Vec<_> = paths.iter().map(|loss| loss["path"].as_str().unwrap()).collect();
            assert_eq!(
                paths,
                [&format!("contact_data[1]{}", lost.split_once('=').unwrap().0), "type", "data"]
            );
        }
    }
}

#[test]
fn what_belonged_to_an_emptied_single_record_is_left_over() {
    let place = Place::new();
    let payload = "type=website&comment=SECRET&data[url]=u&data[zz]=odd&x=1";
    for (item, code) in
        [(r#"{"url":""}"#, 1), (r#"{"url":null}"#, 1), (r#"{"url":[]}"#, 1), ("null", 1), ("{}", 1)]
    {
        there(&place, "", payload, 0);
        place.write("e", format!(r#"{{"x":"1","contact_data":{{"website":[{item}]}}}}"#) + "\n");
        let run = place.run("--to form --restore l --losses left e", "").exits(code);
        assert_eq!(run.lines(), ["x=1"], "{item}");
        let left = json_lines(&place.text("left"));
        let left = left[0]["losses"].as_array().unwrap().iter().filter(|loss| loss["code"] == "left-over");
        let left: Vec<_> = left.filter(|loss| loss["severity"] == "data").collect();
        let left: Vec<_> = left.iter().map(|loss| (loss["path"].as_str().unwrap(), &loss["value"])).collect();
        assert_eq!(left, [("data[zz]", &Value::from("odd")), ("comment", &Value::from("SECRET"))], "{item}");
    }
}

#[test]
fn honest_edits_are_no_reason_to_stop() {
    let place = Place::new();
    let (ann, bob) = two_people();
    there(&place, "", &format!("{ann}\n{bob}\n"), 0);
    let output = place.text("o");
    for (from, to) in [
        // Swapped values of two people, corrected.
        ("\u{0}", "\u{0}"),
        // A chain of names.
        ("http://ann.example", "http://bob.example"),
        // One loses an item that the other gains.
        ("\"contact_data\":{\"website\":[{\"url\":\"http://ann.example\"}]}", "\"contact_data\":{}"),
    ] {
        let swapped = output.replace("ann.example", "\u{1}").replace("bob.example", "ann.example");
        let swapped = swapped.replace("\u{1}", "bob.example");
        let edited = if from == to { swapped } else { output.replace(from, to) };
        assert_ne!(edited, output);
        place.write("edited", edited);
        place.run("--to form --restore l --lossy edited", "").exits(0);
    }
}

#[test]
fn equal_lines_that_were_edited_did_not_change_places() {
    let place = Place::new();
    let (ann, bob) = two_people();
    there(&place, "", &format!("{ann}\n{ann}\n{bob}\n"), 0);
    let output = place.text("o");
    let lines: Vec<&str> = output.lines().collect();
    // One became the third, and the third what the other became: nobody has what the first two had.
    let new = lines[0].replace("ann", "eve");
    place.write("edited", [&new, lines[2], &new, ""].join("\n"));
    place.run("--to form --restore l --lossy edited", "").exits(0);
}

#[test]
fn a_name_that_an_edit_added_to_a_list_stays() {
    let place = Place::new();
    let body = "{\"a\":[null,5]}";
    place.run("--to form --losses l -o o", body).exits(0);
    place.write("edited", "a%5B1%5D=5&a%5Bx%5D=1\n");
    let run = place.run("--to v2 --restore l edited", "").exits(0);
    assert!(run.text().contains("\"x\":\"1\""), "{}", run.text());
}
