//! Restoring of edited outputs.

use deskpro_contact::form::{Form, Node};
use deskpro_contact::{Code, Severity, to_form, to_v2};
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::Value;

use super::bodies::body;
use super::{cases, texts};
use crate::{restore_edited_form, restore_edited_v2};

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), failure_persistence: None, ..ProptestConfig::default() })]

    /// A record added to a form is in the restored body, whatever losses its type has.
    #[test]
    fn prop_an_added_record_is_in_the_restored_body(body in body(), (kind, fields) in select(&COMMON_TYPES[..]), is_single in any::<bool>()) {
        let Ok(converted) = to_form(body.as_bytes()) else { return Ok(()) };
        let is_free = |name: &&str| !converted.output().contains(*name);
        let is_single = is_single && ["contact", "type", "comment", "data"].iter().all(is_free);
        let (prefix, field) = if is_single { ("", "data") } else { ("contact_data[new]", "[data]") };
        let kind_name = if is_single { "type" } else { "[type]" };
        let pairs: Vec<String> = fields.iter().map(|(legacy, _)| format!("&{prefix}{field}[{legacy}]=NEW")).collect();
        let form = format!("{}&{prefix}{kind_name}={kind}{}", converted.output(), pairs.concat());
        let restored = restore_edited_v2(form.as_bytes(), converted.losses_json()).unwrap();
        // serde_json cannot read the number 1E400.
        let output: Value = serde_json::from_str(&restored.output().replace("1E400", "1")).unwrap();
        let mut found = Vec::new();
        texts(&output, "", &mut found);
        for (_, field) in fields {
            let count = found.iter().filter(|(name, text)| name == field && text == "NEW").count();
            prop_assert_eq!(count, 1, "{} in {}", field, restored.output());
        }
    }

    /// Converting the restored form gives the edited output. Each comment is in the form or left over.
    #[test]
    fn prop_the_restored_form_converts_to_the_edited_output(
        (payload, comments) in with_comments(),
        edits in prop::collection::vec((any::<prop::sample::Index>(), 0..9_u8), 0..3),
    ) {
        let converted = to_v2(payload.as_bytes()).unwrap();
        let mut body: Value = serde_json::from_str(converted.output()).unwrap();
        for (at, what) in edits {
            edit(&mut body, at, what);
        }
        let edited = body.to_string();
        let restored = restore_edited_form(edited.as_bytes(), converted.losses_json()).unwrap();
        let again = to_v2(restored.output().as_bytes()).unwrap();
        let mut converted_again: Value = serde_json::from_str(again.output()).unwrap();
        for body in [&mut body, &mut converted_again] {
            let lists = body["contact_data"].as_object_mut().unwrap();
            for items in lists.values_mut().map(|items| items.as_array_mut().unwrap()) {
                items.retain(|item| item.as_object().is_some_and(|item| !item.is_empty() && item.values().all(|value| value != "")));
                items.sort_by_key(Value::to_string);
            }
            lists.retain(|_, items| items.as_array().is_some_and(|items| !items.is_empty()));
        }
        if body["contact_data"].as_object().unwrap().is_empty() && body.get("type").is_some() && body.get("data").is_some() {
            // In a form these fields would be a single record, so they are left out.
            let members = body.as_object_mut().unwrap();
            ["type", "comment", "data"].iter().for_each(|name| drop(members.remove(*name)));
        }
        prop_assert_eq!(&body, &converted_again, "{}\n{}\n{}", payload, edited, restored.output());
        let left = restored.losses().iter().filter(|loss| loss.severity() == Severity::Data);
        let left: Vec<String> = left.filter_map(|loss| loss.text()).collect();
        for comment in comments {
            let count = restored.output().matches(&comment).count() + left.iter().filter(|text| **text == comment).count();
            prop_assert_eq!(count, 1, "{}: {}\n{}\n{}\n{:?}", comment, payload, edited, restored.output(), left);
        }
    }

    /// Items with unique values are changed, removed and added. Each comment stays with its item or is left over.
    #[test]
    fn prop_no_comment_moves_to_another_item(
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
        for (at, what) in edits {
            edit(&mut body, at, what);
        }
        let restored = restore_edited_form(body.to_string().as_bytes(), converted.losses_json()).unwrap();
        let form = Form::read(restored.output().as_bytes()).unwrap();
        let mut seen = Vec::new();
        if let Some(records) = form.root().get(b"contact_data") {
            for record in records.children() {
                let text = |node: Option<Node<'_>>| node.and_then(Node::text).map(|text| String::from_utf8_lossy(text).into_owned());
                let data = record.get(b"data").unwrap();
                let value = ["url", "username", "profile_url"].iter().find_map(|name| text(data.get(name.as_bytes()))).unwrap();
                let Some(comment) = text(record.get(b"comment")) else { continue };
                seen.push(comment.clone());
                // An unchanged item has its own comment. A changed one may have that of the item that it replaces.
                if let Some(number) = value.strip_prefix('v') {
                    prop_assert_eq!(Some(number), comment.strip_prefix('c'), "{}", restored.output());
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

    /// Items, some of them equal, are changed in place, or one is added at an end. Each comment stays in its record.
    #[test]
    fn prop_equal_items_keep_their_own_comments(
        items in prop::collection::vec((0..2_u8, any::<bool>()), 1..7),
        changed in prop::collection::vec(any::<bool>(), 6),
        added in 0..3_u8,
    ) {
        let payload: Vec<String> = items.iter().enumerate().map(|(n, (value, has_comment))| {
            let comment = if *has_comment { format!("&contact_data[k{n}][comment]=c{n}") } else { String::new() };
            format!("contact_data[k{n}][type]=website{comment}&contact_data[k{n}][data][url]=v{value}")
        }).collect();
        let converted = to_v2(payload.join("&").as_bytes()).unwrap();
        let is_changed = |n: usize| added == 0 && changed[n];
        let mut urls: Vec<String> = items.iter().enumerate().map(|(n, (value, _))| {
            if is_changed(n) { format!("changed{n}") } else { format!("v{value}") }
        }).collect();
        match added {
            1 => urls.insert(0, "added".to_owned()),
            2 => urls.push("added".to_owned()),
            _ => {}
        }
        let list: Vec<Value> = urls.iter().map(|url| serde_json::json!({ "url": url })).collect();
        let body = serde_json::json!({ "contact_data": { "website": list } }).to_string();
        let restored = restore_edited_form(body.as_bytes(), converted.losses_json()).unwrap();
        let form = Form::read(restored.output().as_bytes()).unwrap();
        let records = form.root().get(b"contact_data").unwrap();
        for (n, (value, has_comment)) in items.iter().enumerate() {
            let record = records.get(format!("k{n}").as_bytes());
            let text = |node: Option<Node<'_>>| node.and_then(Node::text).map(|text| String::from_utf8_lossy(text).into_owned());
            let url = text(record.and_then(|record| record.get(b"data")?.get(b"url")));
            let comment = text(record.and_then(|record| record.get(b"comment")));
            let expected = if is_changed(n) { format!("changed{n}") } else { format!("v{value}") };
            prop_assert_eq!(url, Some(expected), "{}\n{}", body, restored.output());
            prop_assert_eq!(comment, has_comment.then(|| format!("c{n}")), "{}\n{}", body, restored.output());
        }
    }
}

/// A payload and its comments: records with unique comments and values, or one single record; sometimes with other
/// fields that look like a single record.
fn with_comments() -> impl Strategy<Value = (String, Vec<String>)> {
    const KINDS: [(&str, &str); 4] =
        [("website", "url"), ("twitter", "username"), ("facebook", "profile_url"), ("skype", "username")];
    let records = prop::collection::vec((select(&KINDS[..]), any::<bool>()), 1..5);
    const OTHERS: [&str; 4] =
        ["", "&name=Ann", "&type=skype&data[username]=x", "&type=skype&data[username]=x&comment=mine"];
    (records, select(&OTHERS[..]), any::<bool>()).prop_map(|(records, others, is_single)| {
        let mut pairs = Vec::new();
        let mut comments = Vec::new();
        for (n, ((kind, field), has_comment)) in records.iter().enumerate() {
            if is_single && n > 0 {
                break;
            }
            let name = |name: &str, under: &str| match is_single {
                true => format!("{name}{under}"),
                false => format!("contact_data[k{n}][{name}]{under}"),
            };
            pairs.push(format!("{}={kind}", name("type", "")));
            if *has_comment {
                pairs.push(format!("{}=c{n}x", name("comment", "")));
                comments.push(format!("c{n}x"));
            }
            pairs.push(format!("{}=v{n}", name("data", &format!("[{field}]"))));
        }
        let others = if is_single { "&name=Ann" } else { others };
        (pairs.join("&") + others, comments)
    })
}

/// Types that both formats have, with pairs of the legacy and the v2 name of some fields.
const COMMON_TYPES: [(&str, &[(&str, &str)]); 4] = [
    ("website", &[("url", "url")]),
    ("linked_in", &[("profile_url", "url")]),
    ("twitter", &[("username", "username")]),
    ("address", &[("city", "city"), ("zip", "zip")]),
];

/// Changes a value, removes, adds or reverses items, makes an item invalid, removes all items, or adds an item of
/// another type.
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
