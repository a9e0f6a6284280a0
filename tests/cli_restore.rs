//! There and back through files, with and without edits in between; and losses files that do not fit.

use std::fs;
use std::io::Write as _;

use deskpro_contact::form::Form;
use serde_json::Value;

use crate::cli::{BAD, BAD_RECORD, COMMENT, Place, Run, WEBSITE, WEBSITE_V2, json_lines};
use crate::golden::{self, FORM, JSON, LOSSES_FILE, MESSAGE};

/// Payloads of every sort, with what a person might have done to them.
const PAYLOADS: &[&str] = &[
    COMMENT,
    BAD,
    WEBSITE,
    "",
    BAD_RECORD,
    "type=im&comment=label&data[service]=YIM&data[username]=example",
    "name=Jo&first.name=J&contact_data[07][type]=twitter&contact_data[07][data][username]=a&x[]=1&x[]=2",
    "contact_data[3][type]=phone&contact_data[3][data][number]=1&contact_data[3][comment]=c",
    "contact_data[]=x",
    "contact_data[a][type]=skype&contact_data[a][data][username]=s&contact_data[7][type]=im\
     &contact_data[7][data][service]=google talk&contact_data[7][data][username]=t&contact_data[a][x][y]=z",
    "a=%FF",
    "contact_data[1][type]=address&contact_data[1][data][country]=France&contact_data[1][comment]=",
    "contact_data=",
];

/// Converts, restores, and gives both runs; the files are `o`, `l` and, after, `back`.
#[track_caller]
fn there(place: &Place, args: &str, lines: &str, code: i32) {
    place.run(&format!("{args} --losses l -o o"), lines).exits(code);
}

#[track_caller]
fn is_same_form(before: &[u8], after: &[u8]) {
    let [one, two] = [before, after].map(Form::read);
    let same = match (one, two) {
        (Ok(one), Ok(two)) => one == two,
        // Over a limit: no form at all.
        _ => before == after,
    };
    let [before, after] = [before, after].map(String::from_utf8_lossy);
    assert!(same, "restored to another form:\n{before}\n{after}");
}

#[test]
fn payloads_come_back_as_php_reads_them() {
    let place = Place::new();
    let input = PAYLOADS.join("\n") + "\n";
    for (args, count) in [
        ("--on-error skip", PAYLOADS.len()),
        ("--on-error emit", PAYLOADS.len()),
        ("--on-error emit --strict -j3", PAYLOADS.len()),
        ("--only-contact-data", PAYLOADS.len()),
        ("--on-error stop", 2),
    ] {
        there(&place, args, &input, 1);
        for jobs in ["-j1", "-j3"] {
            let run = place.run(&format!("{jobs} --to form --restore l --losses again o"), "").exits(0);
            let lines = run.lines();
            assert_eq!(lines.len(), count, "{args}");
            for (before, after) in PAYLOADS.iter().zip(&lines) {
                is_same_form(before.as_bytes(), after.as_bytes());
            }
            assert_eq!(lines[1], BAD, "a rejected payload is its own text");
            assert_eq!(run.err, "", "nothing is left over");
            // Without a losses file of its own: nothing was lost.
            place.run(&format!("{jobs} --to form --restore l o"), "").exits(0);
        }
    }
}

#[test]
fn every_fixture_comes_back_as_php_reads_it() {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures");
    let mut input = Vec::new();
    for group in ["to-v2", "invalid"] {
        for folder in fs::read_dir(format!("{root}/{group}")).unwrap() {
            if let Ok(payloads) = fs::read(folder.unwrap().path().join("legacy.form")) {
                input.extend_from_slice(payloads.strip_suffix(b"\n").unwrap_or(&payloads));
                input.push(b'\n');
            }
        }
    }
    let place = Place::new();
    place.write("in", &input);
    for on_error in ["skip", "emit"] {
        place.run(&format!("--on-error {on_error} --verify --losses l -o o in"), "").exits(1);
        let back = place.run("--to form --restore l o", "").exits(0);
        let [before, after] = [&input, &back.out].map(|lines| {
            let lines = lines.strip_suffix(b"\n").unwrap();
            lines.split(|&byte| byte == b'\n').collect::<Vec<_>>()
        });
        assert_eq!(before.len(), after.len());
        assert!(before.len() > 100);
        for (before, after) in before.iter().zip(after) {
            is_same_form(before.strip_suffix(b"\r").unwrap_or(before), after);
        }
    }
}

#[test]
fn bodies_come_back_byte_for_byte() {
    let bodies = [
        WEBSITE_V2,
        r#"{"active":true,"n":1.50,"e":null,"l":[],"o":{},"contact_data":{"website":[{"id":5,"url":"a"}]},"z":"1"}"#,
        r#"{"contact_data":{"apple":[{"username":"x"}],"twitter":[{"username":"t","display_feed":true}]}}"#,
        r#"{"contact_data":{"instagram":[{"username":"x","instagram_id":7}],"nope":[{"a":1}]}}"#,
        r#"[{"id":7,"contact_type":"website","url":"example.com","comment":"home"}]"#,
        r#"{"contact_data":[{"id":7,"contact_type":"address","city":"Ulm","country":"DE"}]}"#,
        r#"{"first.name":"x","contact_data":{"instant_message":[{"service":"whatsapp","username":"w"}]}}"#,
        "nonsense",
        "{}",
        "",
        r#"{"a":1,"a":2}"#,
        r#"{"contact_data":3}"#,
    ];
    let place = Place::new();
    let input = bodies.join("\n") + "\n";
    for (args, count) in
        [("", 12), ("--on-error emit", 12), ("--only-contact-data -j2", 12), ("--on-error stop", 8)]
    {
        there(&place, &format!("--to form {args}"), &input, 1);
        for jobs in ["-j1", "-j3"] {
            let run = place.run(&format!("{jobs} --to v2 --restore l o"), "").exits(0);
            assert_eq!(run.lines(), bodies[..count], "{args}");
            assert_eq!(run.err, "");
        }
    }
}

#[test]
fn what_is_big_in_json_comes_back() {
    // Under the limit as a payload, over it as the JSON that restoring reads.
    let place = Place::new();
    let payload = format!("type=website&data[url]={}", "\"".repeat(100));
    there(&place, "--max-payload 150", &payload, 0);
    let run = place.run("--max-payload 150 --to form --restore l o", "").exits(0);
    is_same_form(payload.as_bytes(), run.lines()[0].as_bytes());
}

#[test]
fn verify_counts_what_came_back() {
    let place = Place::new();
    let input = PAYLOADS.join("\n");
    let rejected = 3;
    let count = PAYLOADS.len() - rejected;
    for jobs in [1, 3] {
        let run = place.run(&format!("--verify --losses l --summary s -j{jobs}"), &input).exits(1);
        run.says(&format!("verified {count} of {count}"));
        let summary: Value = serde_json::from_str(&place.text("s")).unwrap();
        assert_eq!(summary["verified"], count);
        assert_eq!(summary["converted"], count);
    }
    place.run("--verify --to form", WEBSITE_V2).exits(0).says("verified 1 of 1");
    place.run("--verify", "").exits(0).says("verified 0 of 0");
    place.run("--losses l --summary s", &input).exits(1);
    let summary: Value = serde_json::from_str(&place.text("s")).unwrap();
    assert_eq!(summary["verified"], 0);
}

/// Converts a payload, edits the output, and restores it.
#[track_caller]
fn edited(place: &Place, payload: &str, options: &str, edit: impl FnOnce(&mut Value)) -> Run {
    there(place, "", payload, 0);
    let mut body: Value = serde_json::from_str(&place.text("o")).unwrap();
    edit(&mut body["contact_data"]);
    place.write("o", body.to_string() + "\n");
    place.run(&format!("--to form --restore l {options} o"), "")
}

/// A group of a form with type, url and comment.
fn site(key: &str, url: &str, comment: &str) -> String {
    let mut site = format!("contact_data[{key}][type]=website");
    if !comment.is_empty() {
        site += &format!("&contact_data[{key}][comment]={comment}");
    }
    site + &format!("&contact_data[{key}][data][url]={url}")
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
fn what_two_lines_need_stays_with_each() {
    // The losses of a line are its own, whatever stands around it.
    let place = Place::new();
    let lines = [site("1", "a", "one"), BAD.to_owned(), site("1", "a", "two"), site("1", "a", "")];
    there(&place, "", &lines.join("\n"), 1);
    let run = place.run("--to form --restore l o", "").exits(0);
    for (before, after) in lines.iter().zip(run.lines()) {
        is_same_form(before.as_bytes(), after.as_bytes());
    }
}

#[test]
fn a_losses_file_that_does_not_fit_is_65() {
    let place = Place::new();
    let input = format!("{COMMENT}\n{BAD}\n{WEBSITE}\n{COMMENT}\n");
    there(&place, "", &input, 1);
    let (losses, output) = (place.text("l"), place.text("o"));
    assert_eq!((losses.lines().count(), output.lines().count()), (4, 3));
    let of = |lines: &[usize]| {
        let all: Vec<_> = losses.lines().collect();
        lines.iter().map(|&line| format!("{}\n", all[line])).collect::<String>()
    };
    let more = format!("{output}{WEBSITE_V2}\n");
    let fewer: String = output.split_inclusive('\n').take(2).collect();
    let cases: &[(&str, String, &str)] = &[
        ("cut at a line's end", of(&[0, 1, 2]), &output),
        ("cut after the first line", of(&[0]), &output),
        ("cut within the last line", losses[..losses.len() - 12].to_owned(), &output),
        ("cut within a line", losses[..losses.len() / 3].to_owned(), &output),
        ("empty", String::new(), &output),
        ("only a line end", "\n".to_owned(), &output),
        ("not JSON", "hello\n".to_owned(), &output),
        ("not JSON within", format!("hello\n{losses}"), &output),
        ("JSON of another sort", format!("{{\"a\":1}}\n{losses}"), &output),
        ("the other direction", losses.replace("\"to\":\"v2\"", "\"to\":\"form\""), &output),
        ("of --to canonical", losses.replace("\"to\":\"v2\"", "\"to\":\"canonical\""), &output),
        ("an output line too much", losses.clone(), &more),
        ("an empty output line too much", losses.clone(), &format!("{output}\n")),
        ("an output line too few", losses.clone(), &fewer),
        ("no output lines", losses.clone(), ""),
        ("no losses of as many lines", of(&[3]), &output),
        ("an entry beyond the end", losses.replace("\"line\":4", "\"line\":9"), &output),
        ("an entry beyond the output", losses.replace("\"line\":4", "\"line\":5"), &output),
        ("a rejected line beyond the end", losses.replace("\"line\":2", "\"line\":5"), &output),
        ("not in order", of(&[2, 0, 1, 3]), &output),
        ("a line twice", of(&[0, 0, 1, 2, 3]), &output),
        ("two files in one", losses.repeat(2), &output),
        ("line 0", losses.replace("\"line\":1", "\"line\":0"), &output),
    ];
    fs::remove_file(place.path("o")).unwrap();
    let mut wrong = Vec::new();
    for (what, losses, output) in cases {
        place.write("l", losses);
        place.write("kept", "as it was");
        let before = place.files();
        for jobs in ["-j1", "-j3"] {
            for files in ["-o kept", "-o new --losses n --rejects r --summary s"] {
                let args = format!("{jobs} --to form --restore l {files}");
                let run = place.run(&args, output);
                let says = run.err.contains("convert: l does not fit: ") && run.out.is_empty();
                if run.code != Some(65) || !says || place.files() != before {
                    wrong.push(format!("{what}: {args}: {:?}: {}\n", run.code, run.err));
                    place.write("kept", "as it was");
                    for name in ["new", "n", "r", "s"] {
                        let _ = fs::remove_file(place.path(name));
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.concat());
    // A directory that takes no file does not hide it.
    place.write("l", of(&[0, 1, 2]));
    place.run("--to form --restore l -o no/such", &output).exits(65);
}

#[test]
fn losses_that_do_not_fit_their_line_are_65_or_left_over() {
    // An emitted error whose line was removed, and another put there: the numbers alone would fit.
    let place = Place::new();
    there(&place, "--on-error emit", &format!("{COMMENT}\n{BAD}\n"), 1);
    place.write("o", format!("{WEBSITE_V2}\n{WEBSITE_V2}\n"));
    place.run("--to form --restore l o", "").exits(65).says("line 2");
    // What says more than an error was edited.
    for edited in [r#"{"error":{"code":"x","message":"y"},"name":"Ann"}"#, r#"{"error":"mended by hand"}"#] {
        place.write("o", format!("{WEBSITE_V2}\n{edited}\n"));
        place.run("--to form --restore l o", "").exits(65).says("line 2");
    }
    // A losses line that is JSON, and no losses.
    place
        .write("l", "{\"line\":1,\"losses\":[7]}\n{\"end\":{\"to\":\"v2\",\"lines\":1,\"with_losses\":1}}\n");
    place.write("o", format!("{WEBSITE_V2}\n"));
    place.run("--to form --restore l -o new o", "").exits(65);
    assert!(!place.path("new").exists());
}

#[test]
fn an_output_line_that_is_no_payload_any_more_is_rejected() {
    let place = Place::new();
    there(&place, "", &format!("{WEBSITE}\n{COMMENT}\n{WEBSITE}\n"), 0);
    place.write("o", format!("{WEBSITE_V2}\nbroken\n{WEBSITE_V2}\n"));
    let run = place.run("--to form --restore l o", "").exits(3).says("line 2: expected ");
    assert_eq!(run.lines().len(), 2);
    // The line is kept; the comment that would have gone back into it is not.
    place.run("--to form --restore l --rejects r o", "").exits(3);
    assert_eq!(place.text("r"), "broken\n");
    // A losses file of its own has both: nothing is dropped.
    for (options, jobs) in [("", 1), ("--rejects r", 1), ("--on-error emit", 3)] {
        let options = format!("--to form --restore l --losses left {options} -j{jobs} o");
        let run = place.run(&options, "").exits(1).says("1 of 3 payloads rejected, kept in ");
        let [kept, put_back] = [place.text("left"), place.text("l")].map(|text| json_lines(&text));
        assert_eq!(kept[0]["value"], "broken");
        assert_eq!(kept[0]["losses"], put_back[0]["losses"]);
        assert_eq!(kept[0]["losses"][0]["code"], "comment");
        // And it restores to its own text.
        place.write("back", &run.out);
        let run = place.run("--restore left --losses further back", "").exits(0);
        assert_eq!(run.lines(), [WEBSITE_V2, "broken", WEBSITE_V2]);
    }
}

#[test]
fn an_output_line_over_the_limit_is_rejected_like_any_other() {
    let place = Place::new();
    there(&place, "", COMMENT, 0);
    let line = place.text("o");
    place.run("--to form --restore l --rejects r --max-payload 2 o", "").exits(3);
    assert_eq!(place.text("r"), line);
}

#[test]
fn a_payload_that_nobody_kept_is_said_to_be_missing() {
    // Over the limit, and in no losses: the rejects of that run have it.
    let place = Place::new();
    let input = format!("{WEBSITE}\n{}\n{WEBSITE}\n", "x".repeat(1000));
    for on_error in ["skip", "emit"] {
        there(&place, &format!("--max-payload 500 --rejects r --on-error {on_error}"), &input, 1);
        let run = place.run("--to form --restore l o", "").exits(3).says("line 2: ");
        assert_eq!(run.lines().len(), 2);
        // A rejected payload is not what --lossy is about.
        place.run("--to form --restore l --lossy o", "").exits(3);
    }
}

/// Two people, both with a label that only the losses know.
fn two_people() -> (String, String) {
    let person = |name: &str| {
        let site = format!("contact_data[1][data][url]=http://{name}.example");
        format!("name={name}&contact_data[1][type]=website&contact_data[1][comment]=of-{name}&{site}")
    };
    (person("ann"), person("bob"))
}

#[test]
fn lines_that_changed_places_do_not_fit() {
    let place = Place::new();
    let (ann, bob) = two_people();
    let carl = "name=carl&contact_data[1][type]=skype&contact_data[1][data][username]=carl";
    there(&place, "", &format!("{ann}\n{bob}\n{carl}\n"), 0);
    let lines: Vec<String> = place.text("o").lines().map(str::to_owned).collect();
    for order in [[1, 0, 2], [2, 1, 0], [1, 2, 0], [2, 0, 1]] {
        let moved: Vec<&str> = order.iter().map(|&n| lines[n].as_str()).collect();
        place.write("moved", format!("{}\n", moved.join("\n")));
        place.run("--to form --restore l -o back moved", "").exits(65).says("another order");
        assert!(!place.path("back").exists());
    }
}

#[test]
fn what_was_laid_out_is_restored_from_one_line() {
    let place = Place::new();
    let (ann, bob) = two_people();
    there(&place, "--pretty", &format!("{ann}\n{bob}\n"), 0);
    place.run("--to form --restore l -o back o", "").exits(65);
    let [one, two] = &golden::compact(&place.text("o"))[..] else { panic!("two people") };
    let run = place.run("--to form --restore l", format!("{one}\n{two}\n")).exits(0);
    for (payload, line) in [ann, bob].iter().zip(run.lines()) {
        is_same_form(payload.as_bytes(), line.as_bytes());
    }
    place.run("--to form --restore l", format!("{two}\n{one}\n")).exits(65).says("another order");
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

#[test]
fn compressed_losses_are_read() {
    let place = Place::new();
    let (ann, bob) = two_people();
    there(&place, "", &format!("{ann}\n{bob}\n"), 0);
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(&place.bytes("l")).unwrap();
    place.write("l.gz", packed.finish().unwrap());
    let run = place.run("--to form --restore l.gz o", "").exits(0);
    for (payload, line) in [ann, bob].iter().zip(run.lines()) {
        is_same_form(payload.as_bytes(), line.as_bytes());
    }
}

#[test]
fn bytes_that_json_cannot_hold_are_left_over() {
    // Nothing that a body lost is such; somebody wrote it into the file.
    for (path, raw) in
        [("name", "caf%E9"), ("caf%E9", "x"), ("name", "value[a]=%FF"), ("name", "value[%FF]=a")]
    {
        let notes = format!(
            r#"{{"losses":[{{"code":"unsayable-name","severity":"data","path":"{path}","raw":"{raw}"}}]}}"#
        );
        let restored = deskpro_contact::restore_v2(b"", notes.as_bytes()).unwrap();
        assert_eq!(restored.output(), "{}", "{path}: {raw}");
        let left: Vec<_> = restored.losses().iter().map(|loss| (loss.code(), loss.path())).collect();
        assert_eq!(left, [(deskpro_contact::Code::LeftOver, path)]);
    }
}

#[test]
fn keys_that_no_two_records_can_have_are_not_given() {
    let body = br#"{"contact_data":{"website":[{"url":"x"},{"url":"y"}]}}"#;
    for (one, two) in [("1", "1"), ("", ""), ("a]b", "1"), ("2", "2")] {
        let notes = format!(
            r#"{{"losses":[{{"code":"records","severity":"note","path":"contact_data",
                             "value":[["{one}","website","1"],["{two}","website","2"]]}}]}}"#
        );
        let restored = deskpro_contact::restore_form(body, notes.as_bytes()).unwrap();
        let again = deskpro_contact::to_v2(restored.output().as_bytes()).unwrap();
        assert_eq!(again.output().as_bytes(), body, "{}", restored.output());
    }
}

#[test]
fn keys_that_no_two_items_can_have_are_not_given() {
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
    for notes in [
        format!("{},{twice}", shape("contact_data")),
        format!("{twice},{}", shape("contact_data[website]")),
        format!("{},{not_utf8}", shape("contact_data")),
        // What would stand under the name of the records.
        lost("left-out", "{}"),
        lost("unknown-field", r#""x""#),
    ] {
        let notes = format!(r#"{{"losses":[{notes}]}}"#);
        let restored = deskpro_contact::restore_v2(form, notes.as_bytes()).unwrap();
        // A body with a name twice is rejected.
        let again = deskpro_contact::to_form(restored.output().as_bytes()).unwrap();
        let decoded = again.output().replace("%5B", "[").replace("%5D", "]");
        assert_eq!(decoded.as_bytes(), form, "{}", restored.output());
    }
}

/// The folders of `fixtures/invalid` with a whole losses file: the command says why it does not fit, and writes nothing
/// under the output's name.
#[test]
fn a_losses_file_that_does_not_fit_is_named_and_nothing_is_written() {
    let mut count = 0;
    golden::check("invalid", |folder| {
        if !folder.join(LOSSES_FILE).exists() {
            return Ok(String::new());
        }
        count += 1;
        let (target, file) = if folder.join(FORM).exists() { ("v2", FORM) } else { ("form", JSON) };
        let place = Place::new();
        place.write(file, golden::read(folder, file)?);
        place.write(LOSSES_FILE, golden::read(folder, LOSSES_FILE)?);
        let before = place.files();
        let run = place.run(&format!("--to {target} --restore {LOSSES_FILE} -o output {file}"), "");
        let said = format!("{}  exit status {}\n", run.err, run.code.unwrap_or_default());
        golden::same(MESSAGE, &[golden::read(folder, MESSAGE)?], &[said.into_bytes()])?;
        if place.files() == before { Ok(String::new()) } else { Err("it wrote something".to_owned()) }
    });
    assert!(count >= 10, "{count} are too few to say that each mistake is met");
}

/// A payload that is rejected while it is restored waits for whoever mends it, and its losses with it, from run to run.
#[test]
fn losses_of_a_rejected_payload_go_on_until_it_is_mended() {
    let place = Place::new();
    let form = "type=twitter&comment=home&data[username]=jo";
    there(&place, "", form, 0);
    place.write("e", "{\"contact_data\":5}\n");
    place.run("-q --to form --restore l --losses m -o b e", "").exits(1);
    assert!(place.text("m").contains("\"home\""));
    // The line back is as it was, and what belongs to it is passed on, or said to be lost.
    place.run("-q --restore m b", "").exits(3);
    let run = place.run("-q --restore m --losses z b", "").exits(0);
    assert_eq!(run.text(), "{\"contact_data\":5}\n");
    let mended = r#"{"contact_data":{"twitter":[{"username":"jo","display_feed":false}]}}"#;
    let back = place.run("-q --to form --restore z", mended).exits(0);
    is_same_form(back.lines()[0].as_bytes(), form.as_bytes());
}

/// A note is needed only to restore: where that cannot be, none is missed.
#[test]
fn notes_of_a_rejected_payload_change_no_status() {
    let place = Place::new();
    there(&place, "", "type=im&data[service]=aim&data[username]=jo", 0);
    place.run("--to form --restore l --rejects r", "{").exits(1);
    place.run("--to form --restore l", "{").exits(3).says("--losses FILE would keep them");
}
