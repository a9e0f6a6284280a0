//! The laws, as properties: conservation, restoring, edits in between, valid output, and no panic on any bytes.
//!
//! The strategies and the checks know the two documents, and nothing of the table.

use std::collections::BTreeMap;

use deskpro_contact::form::{Form, Node};
use deskpro_contact::{
    Code, Conversion, Converter, Options, Severity, Source, Target, restore_form, restore_v2, to_form, to_v2,
};
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::Value;

use crate::document::{self, V2};
use crate::payloads::{self, Class, Rng};

/// Legacy types with the fields of the document, aliases and strangers among them.
const TYPES: [(&str, &[&str]); 16] = [
    ("address", &["address", "city", "state", "zip", "country"]),
    ("website", &["url"]),
    ("im", &["service", "username"]),
    ("instant_message", &["service", "username"]),
    ("INSTANT-message", &["username", "service"]),
    ("skype", &["username", "service"]),
    ("phone", &["country_calling_code", "number", "type"]),
    ("mobile", &["number", "type"]),
    ("fax", &["number"]),
    ("twitter", &["username", "display_feed"]),
    ("linked_in", &["profile_url"]),
    ("linkedin", &["profile_url"]),
    ("Facebook", &["profile_url"]),
    ("apple", &["username"]),
    ("nonsense", &["url"]),
    ("website", &["url", "odd", "more"]),
];

/// A value that no other place has: so a count of one proves that it was neither lost nor doubled.
fn value(n: usize, flavour: u8) -> String {
    match flavour % 5 {
        0 => format!("v{n}x"),
        1 => format!("v{n}x+%26%5B%5d"),
        2 => format!("v{n}x%C3%A9%F0%9F%98%80"),
        3 => format!("v{n}x%zz%"),
        _ => format!("v{n}x\"\\%0A%00"),
    }
}

/// Pairs of one record, with a marked value in each.
fn record() -> impl Strategy<Value = Vec<(String, u8)>> {
    let extra = select(&["", "[extra]", "[extra][deep]", "[data][list][]", "[comment][x]", "[data]"][..]);
    (select(&TYPES[..]), any::<[bool; 5]>(), any::<bool>(), extra, any::<u8>(), any::<bool>()).prop_map(
        |((kind, fields), has, has_comment, extra, flavour, type_last)| {
            let mut pairs: Vec<(String, u8)> = Vec::new();
            let kind = (format!("[type]={kind}"), 255);
            if !type_last {
                pairs.push(kind.clone());
            }
            if has_comment {
                pairs.push(("[comment]".to_owned(), flavour));
            }
            let named = fields.iter().zip(has).filter(|(_, has)| *has);
            pairs.extend(named.map(|(field, _)| (format!("[data][{field}]"), flavour)));
            if !extra.is_empty() {
                pairs.push((extra.to_owned(), flavour));
            }
            if type_last {
                pairs.push(kind);
            }
            pairs
        },
    )
}

/// A payload of records and other fields, in any order, under keys that may be equal.
fn payload() -> impl Strategy<Value = String> {
    let keys = select(&["1", "2", "3", "07", "7", "x", "-5", "a%5Bb", "", " ", "10"][..]);
    let other =
        select(&["name", "a[]", "a[x]", "first.name", "b[c", "type", "comment", "label[0]", "label[1]"][..]);
    let records = prop::collection::vec((keys, record()), 0..5);
    let others = prop::collection::vec((other, any::<u8>()), 0..4);
    (records, others, any::<prop::sample::Index>(), any::<bool>(), any::<bool>()).prop_map(
        |(records, others, at, is_single, shuffles)| {
            let mut pairs: Vec<(String, u8)> = Vec::new();
            for (n, (key, record)) in records.iter().enumerate() {
                for (name, flavour) in record {
                    let prefix = match (is_single, n) {
                        (true, 0) => {
                            // A single record: its own names stand at the top.
                            let name = name.strip_prefix('[').unwrap_or(name).replacen(']', "", 1);
                            pairs.push((name, *flavour));
                            continue;
                        }
                        (true, _) => continue,
                        (false, _) => format!("contact_data[{key}]"),
                    };
                    pairs.push((format!("{prefix}{name}"), *flavour));
                }
            }
            for (name, flavour) in others {
                let at = if pairs.is_empty() { 0 } else { at.index(pairs.len()) };
                pairs.insert(at, (name.to_owned(), flavour));
            }
            if shuffles && !pairs.is_empty() {
                let middle = at.index(pairs.len());
                pairs.rotate_left(middle);
            }
            let pairs: Vec<String> = (pairs.iter().enumerate())
                .map(|(n, (name, flavour))| match name.contains('=') {
                    true => name.clone(),
                    false => format!("{name}={}", value(n, *flavour)),
                })
                .collect();
            pairs.join("&")
        },
    )
}

/// Bytes that try the reader: pieces of its own syntax, and anything.
fn hostile() -> impl Strategy<Value = Vec<u8>> {
    let pieces = select(
        &[
            "&",
            "=",
            "[",
            "]",
            "%5B",
            "%5d",
            "%",
            "%00",
            "%ff",
            "+",
            " ",
            ".",
            "contact_data",
            "[1]",
            "[type]",
            "[data]",
            "type",
            "data",
            "=website",
            "=im",
            "[url]=x",
            "[username]=y",
            "__Host-",
            "__Secure-",
            "[]",
            "a",
            "[9223372036854775807]",
            "[-9223372036854775808]",
            "[-5]",
            "\0",
            "é",
            "[comment]=c",
            "&contact_data[1]",
        ][..],
    );
    let piece = prop_oneof![
        8 => pieces.prop_map(|piece| piece.as_bytes().to_vec()),
        1 => prop::collection::vec(any::<u8>(), 0..6),
    ];
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

/// JSON of any shape, with names and emptinesses that a form cannot say.
fn json(depth: u32) -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        select(
            &["null", "true", "false", "0", "-0", "1.50", "1E400", "12345678901234567890", "[]", "{}"][..]
        )
        .prop_map(str::to_owned),
        select(&["", "0", "1", "x y", "é😀", "a&b=c[d]", "\\n\\t", "yes"][..])
            .prop_map(|text| format!("\"{text}\"")),
    ];
    leaf.prop_recursive(depth, 24, 4, |inner| {
        let name =
            select(&["a", "b", "0", "1", "", " ", "b]c", "c.d", "__Host-x", "type", "a[b", "\\u0000"][..]);
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(|items| format!("[{}]", items.join(","))),
            prop::collection::vec((name, inner), 0..4).prop_map(|members| object(&members)),
        ]
    })
}

/// An object of these members, each name once.
fn object(members: &[(&str, String)]) -> String {
    let mut seen: Vec<&str> = Vec::new();
    let mut out = Vec::new();
    for (name, value) in members {
        if !seen.contains(name) {
            seen.push(name);
            out.push(format!("\"{name}\":{value}"));
        }
    }
    format!("{{{}}}", out.join(","))
}

/// An item of a type: mostly right, sometimes with a strange member or a strange value.
fn item(kind: &'static str, fields: &'static [&'static str], is_flat: bool) -> impl Strategy<Value = String> {
    let text = prop_oneof![
        6 => select(&["\"x\"", "\"aim\"", "\"whatsapp\"", "\"AIM\"", "\"\"", "true", "false", "null", "5"][..])
            .prop_map(str::to_owned),
        1 => json(2),
    ];
    let values = prop::collection::vec(text, 6);
    (values, any::<[bool; 5]>(), any::<bool>(), json(2)).prop_map(move |(values, has, comes_first, odd)| {
        let mut members: Vec<(&str, String)> = Vec::new();
        if is_flat {
            members.push(("contact_type", format!("\"{kind}\"")));
        }
        for (n, field) in fields.iter().enumerate() {
            members.push((field, values[n].clone()));
        }
        let mut extra = vec![("comment", values[4].clone()), ("id", values[5].clone()), ("odd", odd)];
        extra.push(("country", "\"France\"".to_owned()));
        for (_, member) in extra.into_iter().enumerate().filter(|(n, _)| has[*n]) {
            let at = if comes_first { 0 } else { members.len() };
            members.insert(at.min(members.len()), member);
        }
        object(&members)
    })
}

/// A v2 body in one of its shapes.
fn body() -> impl Strategy<Value = String> {
    let kinds = V2.to_vec();
    let flat = select(kinds.clone()).prop_flat_map(|(kind, fields)| item(kind, fields, true));
    let list = select(kinds).prop_flat_map(|(kind, fields)| {
        let items = prop::collection::vec(item(kind, fields, false), 0..4);
        (Just(kind), items, any::<bool>(), prop::option::weighted(0.15, json(1))).prop_map(
            |(kind, items, is_object, odd)| {
                let list = match is_object {
                    _ if odd.is_some() => odd.unwrap_or_default(),
                    true => {
                        let members: Vec<String> =
                            items.iter().enumerate().map(|(n, item)| format!("\"{n}\":{item}")).collect();
                        format!("{{{}}}", members.join(","))
                    }
                    false => format!("[{}]", items.join(",")),
                };
                (kind, list)
            },
        )
    });
    let flat = prop::collection::vec(flat, 0..5).prop_map(|items| format!("[{}]", items.join(",")));
    let grouped = prop::collection::vec(list, 0..5).prop_map(|lists| object(&lists));
    let contact_data = prop_oneof![3 => grouped, 2 => flat.clone(), 1 => json(3)];
    let names =
        select(&["name", "tags", "is_agent", "type", "data", "a.b", "b]c", "comment", "contact data"][..]);
    let others = prop::collection::vec((names, json(3)), 0..4);
    let whole = (others, contact_data, 0..4_usize).prop_map(|(mut members, contact_data, at)| {
        if at < 3 {
            members.insert(at.min(members.len()), ("contact_data", contact_data));
        }
        object(&members)
    });
    prop_oneof![5 => whole, 1 => flat]
}

/// The leaves of a form: path and value.
fn leaves(node: Node<'_>, path: &str, out: &mut Vec<(String, Vec<u8>)>) {
    for child in node.children() {
        let key = String::from_utf8_lossy(child.key()).into_owned();
        let path = if path.is_empty() { key } else { format!("{path}[{key}]") };
        match child.text() {
            Some(text) => out.push((path, text.to_vec())),
            None => leaves(child, &path, out),
        }
    }
}

/// The texts of a JSON value, with the name that each stands under.
fn texts(value: &Value, name: &str, out: &mut Vec<(String, String)>) {
    match value {
        Value::String(text) => out.push((name.to_owned(), text.clone())),
        Value::Array(items) => items.iter().for_each(|item| texts(item, name, out)),
        Value::Object(members) => members.iter().for_each(|(name, value)| texts(value, name, out)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Whether an output is what v2's document and our schema ask for.
fn is_v2(output: &str) -> Result<(), String> {
    crate::schema::check(output.as_bytes())?;
    document::is_v2(&serde_json::from_str(output).map_err(|error| error.to_string())?)
}

fn has_empty_array(node: Node<'_>) -> bool {
    node.text().is_none() && (node.children().next().is_none() || node.children().any(has_empty_array))
}

/// Restores a payload and compares it as our reader reads it, which is compared with PHP elsewhere.
fn check_restored(payload: &[u8]) -> Result<(), TestCaseError> {
    let Ok(converted) = to_v2(payload) else { return Ok(()) };
    prop_assert_eq!(is_v2(converted.output()), Ok(()));
    let restored = restore_form(converted.output().as_bytes(), converted.notes())
        .map_err(|error| TestCaseError::fail(error.to_string()))?;
    let (before, after) = (Form::read(payload), Form::read(restored.output().as_bytes()));
    let (Ok(before), Ok(after)) = (before, after) else { return Err(TestCaseError::fail("unreadable")) };
    prop_assert!(before == after, "{}\n{}", converted.output(), restored.output());
    let is_outside = before.root().children().any(has_empty_array);
    prop_assert!(is_outside || restored.losses().is_empty(), "{:?}", restored.losses());
    Ok(())
}

/// How many cases each law is tried on.
fn cases() -> u32 {
    std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(2_000)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn prop_any_bytes_are_read(bytes in prop_oneof![hostile(), prop::collection::vec(any::<u8>(), 0..200)]) {
        let _ = to_v2(&bytes);
        let _ = to_form(&bytes);
        let _ = restore_form(&bytes, &bytes);
        let _ = restore_v2(&bytes, &bytes);
    }

    #[test]
    fn prop_writer_and_reader_are_inverse(bytes in prop_oneof![hostile(), payload().prop_map(String::into_bytes)]) {
        if let Ok(form) = Form::read(&bytes) {
            let again = Form::read(&form.write()).unwrap();
            prop_assert!(form == again);
            prop_assert!(again.losses().is_empty());
            prop_assert_eq!(form.write(), again.write());
        }
    }

    #[test]
    fn prop_every_value_is_in_one_place(payload in payload()) {
        let form = Form::read(payload.as_bytes()).unwrap();
        let Ok(converted) = to_v2(payload.as_bytes()) else { return Ok(()) };
        let body: Value = serde_json::from_str(converted.output()).unwrap();
        let mut out = Vec::new();
        texts(&body, "", &mut out);
        let mut lost: Vec<(String, Vec<(String, String)>)> = Vec::new();
        for loss in converted.losses().iter().filter(|loss| !matches!(loss.code(), Code::MendedName | Code::Order | Code::Records)) {
            let value = match loss.value() {
                Some(deskpro_contact::LossValue::Json(json)) => serde_json::from_str(json).unwrap(),
                Some(value) => return Err(TestCaseError::fail(format!("{value:?}"))),
                None => continue,
            };
            let mut found = Vec::new();
            texts(&value, "", &mut found);
            lost.push((loss.path().to_owned(), found));
        }
        // The values that were read, and those that PHP threw away.
        let mut sent = Vec::new();
        leaves(form.root(), "", &mut sent);
        for (path, text) in &sent {
            let text = String::from_utf8(text.clone()).unwrap();
            if !text.starts_with('v') {
                continue;
            }
            let leaf = path.rsplit('[').next().unwrap().trim_end_matches(']');
            let kept = out.iter().filter(|(_, kept)| *kept == text).collect::<Vec<_>>();
            let in_losses: Vec<&String> =
                lost.iter().filter(|(_, found)| found.iter().any(|(_, kept)| *kept == text)).map(|(path, _)| path).collect();
            prop_assert_eq!(kept.len() + in_losses.len(), 1, "{} at {}: {:?} {:?}", text, path, kept, in_losses);
            for (name, _) in kept {
                // An address on the web is the one that is renamed; list positions have no name of their own.
                let is_own = name == leaf || leaf == "profile_url" && name == "url" || leaf.parse::<u64>().is_ok();
                prop_assert!(is_own, "{} came to stand under {}", path, name);
            }
            for at in in_losses {
                let plain = at.replace("%5B", "[").replace("%25", "%");
                prop_assert!(path.starts_with(&plain) || at.is_empty(), "{} is lost at {}", path, at);
            }
        }
        for loss in form.losses().iter().filter(|loss| loss.severity() == Severity::Data) {
            prop_assert!(converted.losses().contains(loss), "{:?}", loss);
        }
    }

    #[test]
    fn prop_restore_is_identity(payload in payload()) {
        check_restored(payload.as_bytes())?;
    }

    #[test]
    fn prop_restore_is_identity_on_hostile_bytes(payload in hostile()) {
        check_restored(&payload)?;
    }

    /// A converter remembers how keys are spelled; nothing may come of that but speed.
    #[test]
    fn prop_what_was_read_before_changes_nothing(
        texts in prop::collection::vec(prop_oneof![payload().prop_map(String::into_bytes), hostile()], 1..6),
        seed in any::<u64>(),
    ) {
        let mut rng = Rng::new(seed);
        let classes = [Class::Plain, Class::Odd, Class::Hostile];
        let more = (0..6).map(|n| payloads::payload(&mut rng, classes[n % classes.len()]));
        let mut payloads: Vec<Vec<u8>> = texts.into_iter().chain(more).collect();
        // The pairs of two payloads in one, so that what is known of one meets the other.
        let joined = payloads.concat();
        payloads.push(joined);
        payloads.extend(payloads.clone());
        let mut converter = Converter::new(Options::new(Source::Form, Target::V2));
        for payload in &payloads {
            let again = converter.convert(payload).map(Conversion::into_owned).map_err(|error| error.to_string());
            let anew = to_v2(payload).map_err(|error| error.to_string());
            prop_assert_eq!(again, anew, "{}", String::from_utf8_lossy(payload));
        }
    }

    #[test]
    fn prop_restore_of_a_body_is_identity(body in body()) {
        let Ok(converted) = to_form(body.as_bytes()) else { return Ok(()) };
        let restored = restore_v2(converted.output().as_bytes(), converted.notes())
            .map_err(|error| TestCaseError::fail(error.to_string()))?;
        prop_assert_eq!(restored.output(), &body, "{}\n{}", converted.output(), String::from_utf8_lossy(converted.notes()));
        prop_assert!(restored.losses().iter().all(|loss| loss.severity() == Severity::Note), "{:?}", restored.losses());
    }

    /// A record that was added to a form stands in the body, whatever the losses say of its type.
    #[test]
    fn prop_a_record_that_was_added_is_in_the_body(body in body(), (kind, fields) in select(&V2_BOTH[..]), is_single in any::<bool>()) {
        let Ok(converted) = to_form(body.as_bytes()) else { return Ok(()) };
        let is_free = |name: &&str| !converted.output().contains(*name);
        let is_single = is_single && ["contact", "type", "comment", "data"].iter().all(is_free);
        let (prefix, field) = if is_single { ("", "data") } else { ("contact_data[new]", "[data]") };
        let kind_name = if is_single { "type" } else { "[type]" };
        let pairs: Vec<String> = fields.iter().map(|(legacy, _)| format!("&{prefix}{field}[{legacy}]=NEW")).collect();
        let form = format!("{}&{prefix}{kind_name}={kind}{}", converted.output(), pairs.concat());
        let restored = restore_v2(form.as_bytes(), converted.notes()).unwrap();
        // A number that serde_json does not read.
        let output: Value = serde_json::from_str(&restored.output().replace("1E400", "1")).unwrap();
        let mut found = Vec::new();
        texts(&output, "", &mut found);
        for (_, field) in fields {
            let count = found.iter().filter(|(name, text)| name == field && text == "NEW").count();
            prop_assert_eq!(count, 1, "{} in {}", field, restored.output());
        }
    }

    /// An edited output says what the restored form says: the same contacts, the same other fields. Each label is in
    /// the form or left over.
    #[test]
    fn prop_an_edited_output_is_what_the_form_says(
        (payload, labels) in labelled(),
        edits in prop::collection::vec((any::<prop::sample::Index>(), 0..9_u8), 0..3),
    ) {
        let converted = to_v2(payload.as_bytes()).unwrap();
        let mut body: Value = serde_json::from_str(converted.output()).unwrap();
        for (at, what) in edits {
            edit(&mut body, at, what);
        }
        let edited = body.to_string();
        let restored = restore_form(edited.as_bytes(), converted.notes()).unwrap();
        let again = to_v2(restored.output().as_bytes()).unwrap();
        let mut said: Value = serde_json::from_str(again.output()).unwrap();
        for body in [&mut body, &mut said] {
            let lists = body["contact_data"].as_object_mut().unwrap();
            for items in lists.values_mut().map(|items| items.as_array_mut().unwrap()) {
                items.retain(|item| item.as_object().is_some_and(|item| !item.is_empty() && item.values().all(|value| value != "")));
                items.sort_by_key(Value::to_string);
            }
            lists.retain(|_, items| items.as_array().is_some_and(|items| !items.is_empty()));
        }
        if body["contact_data"].as_object().unwrap().is_empty() && body.get("type").is_some() && body.get("data").is_some() {
            // They would be read as a record.
            let members = body.as_object_mut().unwrap();
            ["type", "comment", "data"].iter().for_each(|name| drop(members.remove(*name)));
        }
        prop_assert_eq!(&body, &said, "{}\n{}\n{}", payload, edited, restored.output());
        let left = restored.losses().iter().filter(|loss| loss.severity() == Severity::Data);
        let left: Vec<String> = left.filter_map(|loss| loss.text()).collect();
        for label in labels {
            let count = restored.output().matches(&label).count() + left.iter().filter(|text| **text == label).count();
            prop_assert_eq!(count, 1, "{}: {}\n{}\n{}\n{:?}", label, payload, edited, restored.output(), left);
        }
    }

    /// Items with marked values are changed, taken out and added; each comment stays with its item or is reported.
    #[test]
    fn prop_no_loss_lands_in_another_item(
        kinds in prop::collection::vec(0..3_usize, 1..6),
        edits in prop::collection::vec((any::<prop::sample::Index>(), 0..4_u8), 0..3),
    ) {
        let names = [("website", "url"), ("twitter", "username"), ("facebook", "profile_url")];
        let payload: Vec<String> = kinds.iter().enumerate().map(|(n, kind)| {
            let (kind, field) = names[*kind];
            let record = format!("contact_data[k{n}]");
            format!("{record}[type]={kind}&{record}[comment]=c{n}&{record}[data][{field}]=v{n}")
        }).collect();
        let converted = to_v2(payload.join("&").as_bytes()).unwrap();
        let mut body: Value = serde_json::from_str(converted.output()).unwrap();
        let written: BTreeMap<String, usize> = counts(&body);
        for (at, what) in edits {
            edit(&mut body, at, what);
        }
        let now = counts(&body);
        let restored = restore_form(body.to_string().as_bytes(), converted.notes()).unwrap();
        let form = Form::read(restored.output().as_bytes()).unwrap();
        let mut seen = Vec::new();
        if let Some(records) = form.root().get(b"contact_data") {
            for record in records.children() {
                let text = |node: Option<Node<'_>>| node.and_then(Node::text).map(|text| String::from_utf8_lossy(text).into_owned());
                let kind = text(record.get(b"type")).unwrap();
                let data = record.get(b"data").unwrap();
                let value = ["url", "username", "profile_url"].iter().find_map(|name| text(data.get(name.as_bytes()))).unwrap();
                let Some(comment) = text(record.get(b"comment")) else { continue };
                seen.push(comment.clone());
                // Where the number of items is as it was, a place may hold another value; else it must be the own one.
                if written.get(&kind) != now.get(&kind) {
                    prop_assert_eq!(&value[1..], &comment[1..], "{}", restored.output());
                }
            }
        }
        for loss in restored.losses().iter().filter(|loss| loss.code() == Code::LeftOver && loss.severity() == Severity::Data) {
            seen.push(loss.text().unwrap());
        }
        seen.sort();
        let all: Vec<String> = (0..kinds.len()).map(|n| format!("c{n}")).collect();
        prop_assert_eq!(seen, all, "{}", restored.output());
    }
}

fn counts(body: &Value) -> BTreeMap<String, usize> {
    let lists = body["contact_data"].as_object().unwrap();
    lists.iter().map(|(kind, items)| (kind.clone(), items.as_array().unwrap().len())).collect()
}

/// Records with labels, each with a value of its own, or one without a number; beside them, what looks like another.
fn labelled() -> impl Strategy<Value = (String, Vec<String>)> {
    const KINDS: [(&str, &str); 4] =
        [("website", "url"), ("twitter", "username"), ("facebook", "profile_url"), ("skype", "username")];
    let records = prop::collection::vec((select(&KINDS[..]), any::<bool>()), 1..5);
    const OTHERS: [&str; 4] =
        ["", "&name=Ann", "&type=skype&data[username]=x", "&type=skype&data[username]=x&comment=mine"];
    (records, select(&OTHERS[..]), any::<bool>()).prop_map(|(records, others, is_single)| {
        let mut pairs = Vec::new();
        let mut labels = Vec::new();
        for (n, ((kind, field), has_label)) in records.iter().enumerate() {
            if is_single && n > 0 {
                break;
            }
            let name = |name: &str, under: &str| match is_single {
                true => format!("{name}{under}"),
                false => format!("contact_data[k{n}][{name}]{under}"),
            };
            pairs.push(format!("{}={kind}", name("type", "")));
            if *has_label {
                pairs.push(format!("{}=c{n}x", name("comment", "")));
                labels.push(format!("c{n}x"));
            }
            pairs.push(format!("{}=v{n}", name("data", &format!("[{field}]"))));
        }
        let others = if is_single { "&name=Ann" } else { others };
        (pairs.join("&") + others, labels)
    })
}

/// The types that both formats have, by their legacy names, with the names of their fields in each.
const V2_BOTH: [(&str, &[(&str, &str)]); 4] = [
    ("website", &[("url", "url")]),
    ("linked_in", &[("profile_url", "url")]),
    ("twitter", &[("username", "username")]),
    ("address", &[("city", "city"), ("zip", "zip")]),
];

/// Changes a value, takes an item out, adds one, or changes two places of one type; or makes an item that is none, takes
/// all out, or adds one of another type.
fn edit(body: &mut Value, at: prop::sample::Index, what: u8) {
    let lists = body["contact_data"].as_object_mut().unwrap();
    match what {
        4 => return lists.clear(),
        5 => return drop(lists.insert("linked_in".to_owned(), serde_json::json!([{"url": "added"}]))),
        _ => {}
    }
    if lists.is_empty() {
        return;
    }
    let list = at.get(&lists.keys().cloned().collect::<Vec<_>>()).clone();
    let items = lists[&list].as_array_mut().unwrap();
    if items.is_empty() {
        return;
    }
    let n = at.index(items.len());
    let field = if list == "twitter" || list == "instant_message" { "username" } else { "url" };
    match what {
        6 => items[n] = Value::Null,
        7 => items[n] = serde_json::json!({}),
        0 | 2 | 8 if items[n].as_object().is_none_or(serde_json::Map::is_empty) => {}
        8 => items[n][field] = Value::from(""),
        0 => items[n][field] = Value::from("changed"),
        1 => drop(items.remove(n)),
        2 => {
            let mut new = items[n].clone();
            new[field] = Value::from("new");
            items.insert(n, new);
        }
        _ => items.reverse(),
    }
}

/// A losses file that was edited may name what no form can say: it is left over, not put under a name of PHP's making.
#[test]
fn what_no_form_can_say_is_left_over() {
    for (path, value) in [
        ("contact_data[5]x", r#"["a"]"#),
        ("first.name", r#""Ann""#),
        ("contact_data", r#""x""#),
        ("contact_data[1][data][b%5Dc]", r#""x""#),
        ("name", r#"{"b]c":"x"}"#),
    ] {
        let notes = format!(
            r#"{{"losses":[{{"code":"other-field","severity":"data","path":"{path}","value":{value}}}]}}"#
        );
        let restored = restore_form(b"{}", notes.as_bytes()).unwrap();
        assert_eq!(restored.output(), "", "{notes}");
        let codes: Vec<&str> = restored.losses().iter().map(|loss| loss.code().name()).collect();
        assert_eq!(codes, ["left-over"], "{notes}");
    }
}

/// Items that are the whole body, and a path that says otherwise: the losses were edited.
#[test]
fn a_path_into_contact_data_that_is_the_body_itself_is_left_over() {
    let form = "contact_data[1][type]=website&contact_data[1][data][url]=x";
    let notes = r#"{"losses":[{"code":"id","severity":"note","path":"contact_data[0][id]","value":1},{"code":"shape","severity":"note","value":"list"}]}"#;
    let restored = restore_v2(form.as_bytes(), notes.as_bytes()).unwrap();
    assert_eq!(restored.output(), r#"[{"contact_type":"website","url":"x"}]"#);
    assert_eq!(restored.losses()[0].code(), Code::LeftOver);
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
