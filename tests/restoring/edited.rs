//! Restoring of edited outputs: changed values, added and removed items, other names.

use serde_json::Value;

use super::{assert_same_form, convert, two_people, website};
use crate::harness::{Run, Workdir, losses_lines};

/// Converts a payload, edits the output, and restores it.
#[track_caller]
fn restore_edited(dir: &Workdir, payload: &str, options: &str, edit: impl FnOnce(&mut Value)) -> Run {
    convert(dir, "", payload, 0);
    let mut body: Value = serde_json::from_str(&dir.text("o")).unwrap();
    edit(&mut body["contact_data"]);
    dir.write("o", body.to_string() + "\n");
    dir.run(&format!("--to form --restore l --edited {options} o"), "")
}

fn websites(all: &[(&str, &str, &str)]) -> String {
    all.iter().map(|(key, url, comment)| website(key, url, comment)).collect::<Vec<_>>().join("&")
}

fn item(url: &str) -> Value {
    serde_json::json!({ "url": url })
}

#[test]
fn an_item_with_an_edited_value_keeps_its_comment() {
    let dir = Workdir::new();
    let payload = "contact_data[4][type]=im&contact_data[4][comment]=work&contact_data[4][data][service]=AIM\
                   &contact_data[4][data][username]=jo";
    let run =
        restore_edited(&dir, payload, "", |data| data["instant_message"][0]["username"] = "joanne".into());
    assert_same_form(payload.replace("jo", "joanne").as_bytes(), run.exits(0).lines()[0].as_bytes());
    // The edited output takes precedence over a loss of the same field.
    let run = restore_edited(&dir, payload, "", |data| data["instant_message"][0]["service"] = "icq".into());
    assert_same_form(payload.replace("AIM", "icq").as_bytes(), run.exits(0).lines()[0].as_bytes());
}

#[test]
fn the_comment_of_a_removed_item_is_left_over() {
    let dir = Workdir::new();
    let payload = websites(&[("1", "a", "first"), ("2", "b", "second")]);
    let remove = |data: &mut Value| drop(data["website"].as_array_mut().unwrap().remove(0));
    let remaining = website("2", "b", "second");
    let run = restore_edited(&dir, &payload, "", remove).exits(3);
    assert_same_form(remaining.as_bytes(), run.lines()[0].as_bytes());
    let run = run.reports("line 1, ").reports("first").reports("left-over").reports("--losses");
    assert!(!run.err.contains("second"), "{}", run.err);
    restore_edited(&dir, &payload, "--lossy", remove).exits(0);
    // With a losses file of its own the run loses nothing.
    let run = restore_edited(&dir, &payload, "--losses left", remove).exits(0);
    assert_same_form(remaining.as_bytes(), run.lines()[0].as_bytes());
    let left = losses_lines(&dir.text("left"));
    let data = left[0]["losses"].as_array().unwrap();
    let data: Vec<_> = data.iter().filter(|loss| loss["severity"] == "data").collect();
    assert_eq!(data.len(), 1, "{left:?}");
    assert_eq!(data[0]["code"], "left-over");
    assert!(data[0].to_string().contains("first"), "{left:?}");
    assert_eq!(left[1]["end"]["lines"], 1);
}

#[test]
fn comments_of_equal_items_are_restored_by_position_and_never_twice() {
    let dir = Workdir::new();
    let payload = websites(&[("1", "same", "first"), ("2", "same", "second"), ("3", "other", "third")]);
    let run = restore_edited(&dir, &payload, "", |_| {}).exits(0);
    assert_same_form(payload.as_bytes(), run.lines()[0].as_bytes());
    // One of the equal items is edited: both keep their comments by position.
    let run = restore_edited(&dir, &payload, "", |data| data["website"][1] = item("new")).exits(0);
    let expected = websites(&[("1", "same", "first"), ("2", "new", "second"), ("3", "other", "third")]);
    assert_same_form(expected.as_bytes(), run.lines()[0].as_bytes());
    // One of the equal items is removed. Which one is unknown, but each comment is restored or left over, exactly once.
    let run = restore_edited(&dir, &payload, "--losses left", |data| {
        data["website"].as_array_mut().unwrap().remove(0);
    });
    let (out, left) = (run.exits(0).text().to_owned(), dir.text("left"));
    for comment in ["first", "second", "third"] {
        let count = |text: &str| text.matches(comment).count();
        assert_eq!(count(&out) + count(&left), 1, "{comment}:\n{out}{left}");
    }
    assert!(out.contains("third"));
}

#[test]
fn a_new_item_becomes_the_last_record_with_the_next_free_key() {
    let dir = Workdir::new();
    let payload = websites(&[("9", "a", "first"), ("x", "b", "second"), ("3", "c", "")]);
    let run = restore_edited(&dir, &payload, "", |data| {
        data["website"].as_array_mut().unwrap().insert(1, item("new"));
    });
    let expected = format!("{payload}&{}", website("10", "new", ""));
    assert_same_form(expected.as_bytes(), run.exits(0).lines()[0].as_bytes());
    // The first item of a type.
    let run = restore_edited(&dir, &payload, "", |data| data["facebook"] = serde_json::json!([{"url": "f"}]));
    let expected = format!("{payload}&contact_data[10][type]=facebook&contact_data[10][data][profile_url]=f");
    assert_same_form(expected.as_bytes(), run.exits(0).lines()[0].as_bytes());
    // The first item of a payload.
    let run = restore_edited(&dir, "a=1", "", |data| data["website"] = serde_json::json!([{"url": "new"}]));
    let text = run.exits(0).lines()[0].to_owned();
    assert!(text.starts_with("a=1&contact_data%5B") && text.ends_with("=new"), "{text}");
}

#[test]
fn a_single_record_may_become_two_records_or_none() {
    let dir = Workdir::new();
    let payload = "a=1&type=website&comment=home&data[url]=x";
    let run = restore_edited(&dir, payload, "--losses left", |data| {
        data["website"].as_array_mut().unwrap().push(item("y"));
    });
    let line = run.exits(0).text().to_owned();
    // The restored payload has both records, and the unchanged one keeps its comment.
    let again = dir.run("--lossy", &line).exits(0);
    let body: Value = serde_json::from_str(again.text()).unwrap();
    assert_eq!(body["a"], "1");
    assert_eq!(body["contact_data"], serde_json::json!({"website": [{"url": "x"}, {"url": "y"}]}));
    assert!(line.contains("home") && !dir.text("left").contains("home"), "{line}");
    // All items are removed.
    let run = restore_edited(&dir, payload, "--losses left", |data| *data = serde_json::json!({}));
    assert_same_form(b"a=1", run.exits(0).lines()[0].as_bytes());
    assert!(dir.text("left").contains("home"));
    // Without other losses nothing identifies the original record: the records are numbered in order.
    let run = restore_edited(&dir, "type=website&data[url]=x", "", |data| {
        data["website"].as_array_mut().unwrap().push(item("y"));
    });
    let two = "contact_data[1][type]=website&contact_data[1][data][url]=x\
               &contact_data[2][type]=website&contact_data[2][data][url]=y";
    assert_same_form(two.as_bytes(), run.exits(0).lines()[0].as_bytes());
}

#[test]
fn an_added_record_replaces_an_invalid_list() {
    let dir = Workdir::new();
    let website = r#"{"contact_data":{"website":[{"url":"u"}],"linked_in":"#;
    let new = ["contact_data[2][type]=linked_in", "contact_data[2][data][profile_url]=NEW"].join("&");
    for (old, code, again) in [("null", 0, 0), ("\"\"", 1, 3), ("0", 1, 3), ("false", 1, 3), ("\"x\"", 1, 3)]
    {
        convert(&dir, "--to form", &format!("{website}{old}}}}}"), code);
        let form = dir.text("o");
        dir.write("e", format!("{}&{new}\n", form.trim_end()));
        let run = dir.run("--restore l --edited e", "").exits(again);
        assert_eq!(run.lines(), [format!("{website}[{{\"url\":\"NEW\"}}]}}}}")]);
        // The old value is left over.
        dir.run("--restore l --edited --losses left e", "").exits(0);
        let left = losses_lines(&dir.text("left"));
        let left = left[0]["losses"].as_array().unwrap();
        let left: Vec<_> = left.iter().filter(|loss| loss["code"] == "left-over").collect();
        assert_eq!((left.len(), left[0]["value"].to_string()), (1, old.to_owned()));
        // A record changed to this type, and a single record of this type.
        for edited in [
            form.replace("website", "linked_in").replace("%5Burl", "%5Bprofile_url").replace("=u", "=NEW"),
            "type=linked_in&data[profile_url]=NEW\n".to_owned(),
        ] {
            dir.write("e", edited);
            let run = dir.run("--restore l --edited --lossy e", "").exits(0);
            assert_eq!(run.lines(), [r#"{"contact_data":{"linked_in":[{"url":"NEW"}]}}"#]);
        }
    }
}

#[test]
fn fields_beside_a_deleted_record_do_not_become_a_single_record() {
    let dir = Workdir::new();
    let body = r#"{"type":"skype","data":{"username":"x"},"contact_data":{}}"#;
    for lost in ["[comment]=c", "[data][zz]=z", "[data][country]=y"] {
        let record =
            format!("contact_data[1][type]=website&contact_data[1]{lost}&contact_data[1][data][url]=u");
        for (options, edited) in [("", body), ("--only-contact-data", r#"{"contact_data":{}}"#)] {
            convert(&dir, options, &format!("{record}&type=skype&data[username]=x"), 0);
            dir.write("e", format!("{edited}\n"));
            let run = dir.run("--to form --restore l --edited --losses left e", "").exits(0);
            assert_eq!(run.lines(), [""], "{lost} {options}");
            let left = losses_lines(&dir.text("left"));
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
fn losses_of_an_emptied_single_record_are_left_over() {
    let dir = Workdir::new();
    let payload = "type=website&comment=SECRET&data[url]=u&data[zz]=odd&x=1";
    for (item, code) in
        [(r#"{"url":""}"#, 1), (r#"{"url":null}"#, 1), (r#"{"url":[]}"#, 1), ("null", 1), ("{}", 1)]
    {
        convert(&dir, "", payload, 0);
        dir.write("e", format!(r#"{{"x":"1","contact_data":{{"website":[{item}]}}}}"#) + "\n");
        let run = dir.run("--to form --restore l --edited --losses left e", "").exits(code);
        assert_eq!(run.lines(), ["x=1"], "{item}");
        let left = losses_lines(&dir.text("left"));
        let left = left[0]["losses"].as_array().unwrap().iter().filter(|loss| loss["code"] == "left-over");
        let left: Vec<_> = left.filter(|loss| loss["severity"] == "data").collect();
        let left: Vec<_> = left.iter().map(|loss| (loss["path"].as_str().unwrap(), &loss["value"])).collect();
        assert_eq!(left, [("data[zz]", &Value::from("odd")), ("comment", &Value::from("SECRET"))], "{item}");
    }
}

/// A line that equals the output of another line counts as moved, even if a person edited it.
#[test]
fn lines_that_hold_what_was_written_for_others_exit_65() {
    let dir = Workdir::new();
    let (ann, bob) = two_people();
    convert(&dir, "", &format!("{ann}\n{bob}\n"), 0);
    let output = dir.text("o");
    let (one, two) = output.trim_end().split_once('\n').unwrap();
    let new = one.replace("ann", "eve");
    for (edited, code) in [
        (format!("{two}\n{one}\n"), 65),
        // The second line holds what was written as the first.
        (format!("{new}\n{one}\n"), 65),
        // No line holds what was written as the first.
        (format!("{two}\n{two}\n"), 0),
        (format!("{new}\n{two}\n"), 0),
        (format!("{new}\n{new}\n"), 0),
    ] {
        dir.write("edited", &edited);
        for input in ["edited", "-"] {
            let run =
                dir.run(&format!("--to form --restore l --edited --lossy {input}"), &edited).exits(code);
            assert!(code == 0 || run.out.is_empty() && run.err.contains("lines were moved"), "{}", run.err);
        }
    }
}

/// The message does not depend on the order of a hash table.
#[test]
fn the_first_line_that_was_moved_is_named() {
    let dir = Workdir::new();
    let lines = |names: std::ops::Range<usize>| {
        names.map(|name| format!("type=website&comment={name}&data[url]={name}\n"))
    };
    convert(&dir, "", &lines(0..12).collect::<String>(), 0);
    let output = dir.text("o");
    let reversed: String = output.lines().rev().map(|line| format!("{line}\n")).collect();
    dir.write("reversed", reversed);
    let run = dir.run("--to form --restore l --edited --lossy reversed", "").exits(65);
    assert!(run.err.contains("line 1 of the output holds what was written as line 12,"), "{}", run.err);
}

#[test]
fn a_name_added_to_a_list_is_kept() {
    let dir = Workdir::new();
    let body = "{\"a\":[null,5]}";
    dir.run("--to form --losses l -o o", body).exits(0);
    dir.write("edited", "a%5B1%5D=5&a%5Bx%5D=1\n");
    let run = dir.run("--to v2 --restore l --edited edited", "").exits(0);
    assert!(run.text().contains("\"x\":\"1\""), "{}", run.text());
}
