//! The law of lenses *put-get*: a payload that is restored from an edited output converts to that output again. The
//! order of the items of a type is ignored.

use std::collections::BTreeMap;

use deskpro_contact::form::{Form, Node};
use deskpro_contact::{Converted, Error, to_form, to_v2};
use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::{Value, json};

use super::bodies::{ambiguous, body};
use super::cases;
use super::payloads::payload;
use crate::{restore_edited_form, restore_edited_v2};

/// Edits, each with two places.
pub(super) fn edits() -> impl Strategy<Value = Vec<(u8, Index, Index)>> {
    prop::collection::vec((0..EDITS, any::<Index>(), any::<Index>()), 1..5)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), failure_persistence: None, ..ProptestConfig::default() })]

    /// Values, services, feeds and other fields are changed; items are added, removed, repeated and moved; types are
    /// added and removed.
    #[test]
    fn prop_put_get_of_outputs(payload in payload(), edits in edits()) {
        let Ok(converted) = to_v2(payload.as_bytes()) else { return Ok(()) };
        let Ok(mut edited) = serde_json::from_str::<Value>(converted.output()) else { return Ok(()) };
        // A form without contact data would read these fields as a single record.
        if edited.get("type").is_some() && edited.get("data").is_some() {
            return Ok(());
        }
        edits.iter().for_each(|edit| edit_output(&mut edited, edit));
        let restored = restore_edited_form(edited.to_string(), converted.losses_json()).unwrap();
        let again: Value = serde_json::from_str(to_v2(restored.output()).unwrap().output()).unwrap();
        prop_assert_eq!(as_sets(again), as_sets(edited), "{}\n{}", payload, restored.output());
    }

    /// Values, services and comments are changed; records are added, removed, repeated and moved.
    #[test]
    fn prop_put_get_of_forms(body in body(), edits in edits()) {
        let Ok(converted) = to_form(body.as_bytes()) else { return Ok(()) };
        let mut edited = Records::read(converted.output());
        // Skips bodies with a field `type`: without contact data, `type` and `data` become losses, which return if an
        // edit adds a record.
        let is_type = |name: &str| name.strip_prefix("data[").unwrap_or(name).starts_with("type");
        if converted.losses().iter().any(|loss| is_type(loss.path())) || edited.others.iter().any(|(name, _)| is_type(name)) {
            return Ok(());
        }
        edits.iter().for_each(|edit| edit_form(&mut edited, edit));
        let form = edited.write();
        let restored = restore_edited_v2(&form, converted.losses_json()).unwrap();
        let case = [&body, &form, restored.output()].map(str::to_owned);
        check_edited_form(edited, to_form(restored.output()), case)?;
    }

    /// A body that is restored from an edited form converts to that form again, even if its fields resemble an envelope
    /// or an error line.
    #[test]
    fn prop_put_get_of_forms_that_look_like_something_else(body in ambiguous(), removed in any::<[bool; 6]>()) {
        let Ok(converted) = to_form(body.as_bytes()) else { return Ok(()) };
        let form = converted.output();
        let first_name = |pair: &str| pair.split(['=', '%']).next().unwrap_or_default().to_owned();
        let mut names: Vec<String> = form.split('&').map(first_name).collect();
        names.dedup();
        let kept = form.split('&').filter(|pair| {
            let at = names.iter().position(|name| *name == first_name(pair));
            !removed[at.unwrap_or_default().min(5)]
        });
        let edited = kept.collect::<Vec<_>>().join("&");
        let restored = restore_edited_v2(edited.as_bytes(), converted.losses_json()).unwrap();
        let again = to_form(restored.output().as_bytes());
        let again = again.map_err(|error| TestCaseError::fail(format!("{error}: {}", restored.output())))?;
        let (edited, again) = (Form::read(edited.as_bytes()).unwrap(), Form::read(again.output().as_bytes()).unwrap());
        prop_assert!(edited == again, "{}\n{}\n{}", body, form, restored.output());
    }
}

const EDITS: u8 = 11;

/// The services that both formats have.
const SERVICES: [&str; 6] = ["aim", "msn", "icq", "skype", "gtalk", "other"];

/// Types that both formats have, with an item of each.
fn new_item(kind: &str) -> Value {
    match kind {
        "address" => json!({ "address": "new", "city": "", "state": "", "zip": "" }),
        "instant_message" => json!({ "service": "icq", "username": "new" }),
        "twitter" => json!({ "username": "new", "display_feed": true }),
        _ => json!({ "url": "new" }),
    }
}

fn edit_output(body: &mut Value, (what, at, other): &(u8, Index, Index)) {
    if *what == 0 {
        let members = body.as_object_mut().unwrap();
        let texts: Vec<String> =
            members.iter().filter(|(_, value)| value.is_string()).map(|(name, _)| name.clone()).collect();
        if !texts.is_empty() {
            members.insert(at.get(&texts).clone(), json!("edited"));
        }
        return;
    }
    let lists = body["contact_data"].as_object_mut().unwrap();
    if *what == 1 {
        let kind = ["address", "website", "instant_message", "twitter", "linked_in", "facebook"][at.index(6)];
        lists.insert(kind.to_owned(), json!([new_item(kind)]));
        return;
    }
    if lists.is_empty() {
        return;
    }
    let kind = at.get(&lists.keys().cloned().collect::<Vec<_>>()).clone();
    let items = lists[&kind].as_array_mut().unwrap();
    if *what == 2 || items.is_empty() {
        return drop(lists.remove(&kind));
    }
    let (n, m) = (other.index(items.len()), at.index(items.len()));
    match what {
        3 => drop(items.remove(n)),
        4 => items.insert(n, new_item(&kind)),
        5 => items.insert(n, items[m].clone()),
        6 => items.reverse(),
        7 => items.swap(n, m),
        8 if items[n].get("service").is_some() => {
            items[n]["service"] = json!(SERVICES[at.index(SERVICES.len())])
        }
        9 if items[n].get("display_feed").is_some() => {
            items[n]["display_feed"] = json!(items[n]["display_feed"] != json!(true));
        }
        _ => {
            let fields = ["url", "username", "zip", "city"];
            let field = fields.iter().find(|field| items[n].get(**field).is_some()).unwrap();
            items[n][*field] = json!(format!("edited{}", at.index(3)));
        }
    }
}

/// The body with the items of each type in one order, without empty lists. An object whose keys count from 0 is a list:
/// a form does not tell them apart, and `Value` sorts the keys of an object.
fn as_sets(body: Value) -> Value {
    let mut body = as_lists(body);
    let lists = body["contact_data"].as_object_mut().unwrap();
    lists.retain(|_, items| items.as_array().is_some_and(|items| !items.is_empty()));
    for items in lists.values_mut() {
        items.as_array_mut().unwrap().sort_by_key(Value::to_string);
    }
    body
}

fn as_lists(value: Value) -> Value {
    match value {
        Value::Object(members) => {
            let counts =
                !members.is_empty() && (0..members.len()).all(|n| members.contains_key(&n.to_string()));
            if counts {
                return Value::Array(
                    (0..members.len()).map(|n| as_lists(members[&n.to_string()].clone())).collect(),
                );
            }
            members.into_iter().map(|(name, member)| (name, as_lists(member))).collect()
        }
        Value::Array(items) => items.into_iter().map(as_lists).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value,
    }
}

/// The records of a form, each as its pairs, and the other pairs.
pub(super) struct Records {
    pub(super) records: Vec<BTreeMap<String, String>>,
    pub(super) others: Vec<(String, String)>,
}

impl Records {
    pub(super) fn read(form: &str) -> Self {
        let form = Form::read(form).unwrap();
        let (mut records, mut others) = (Vec::new(), Vec::new());
        for field in form.root().children() {
            if field.key() == b"contact_data" {
                records.extend(field.children().map(|record| {
                    let mut pairs = Vec::new();
                    record.children().for_each(|child| texts(child, "", &mut pairs));
                    pairs.into_iter().collect()
                }));
            } else {
                texts(field, "", &mut others);
            }
        }
        Self { records, others }
    }

    pub(super) fn write(&self) -> String {
        let records = self.records.iter().enumerate().flat_map(|(n, record)| {
            record.iter().map(move |(name, value)| {
                let (first, rest) = name
                    .split_once("%5B")
                    .map_or((&**name, String::new()), |(first, rest)| (first, format!("%5B{rest}")));
                format!("contact_data%5Bg{n}%5D%5B{first}%5D{rest}={value}")
            })
        });
        let others = self.others.iter().map(|(name, value)| format!("{name}={value}"));
        others.chain(records).collect::<Vec<_>>().join("&")
    }

    pub(super) fn sort(&mut self) {
        self.records.sort();
        self.others.sort();
    }
}

/// Percent-encodes all but letters and digits.
fn encode(text: &[u8]) -> String {
    let encoded = text.iter().map(|byte| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_' => char::from(*byte).to_string(),
        _ => format!("%{byte:02X}"),
    });
    encoded.collect()
}

/// The texts under a node with their names.
fn texts(node: Node<'_>, above: &str, found: &mut Vec<(String, String)>) {
    let key = encode(node.key());
    let name = if above.is_empty() { key } else { format!("{above}%5B{key}%5D") };
    match node.text() {
        Some(text) => found.push((name, encode(text))),
        None => node.children().for_each(|child| texts(child, &name, found)),
    }
}

/// Checks that a body which was restored from an edited form converts to that form again, with the records in any
/// order. A failure shows `case`: the original body, the edited form and the restored body.
pub(super) fn check_edited_form(
    mut edited: Records,
    again: Result<Converted, Error>,
    case: [String; 3],
) -> Result<(), TestCaseError> {
    let case = case.join("\n");
    let again = again.map_err(|error| TestCaseError::fail(format!("{error}:\n{case}")))?;
    let mut again = Records::read(again.output());
    again.sort();
    edited.sort();
    prop_assert_eq!(again.records, edited.records, "{}", case);
    prop_assert_eq!(again.others, edited.others, "{}", case);
    Ok(())
}

/// Edits a form once.
pub(super) fn edit_form(form: &mut Records, (what, at, other): &(u8, Index, Index)) {
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let records = &mut form.records;
    if *what == 0 && !form.others.is_empty() {
        let n = at.index(form.others.len());
        form.others[n].1 = "edited".to_owned();
        return;
    }
    if *what <= 1 || records.is_empty() {
        let new = [pair("type", "website"), pair("comment", "new"), pair("data%5Burl%5D", "new")];
        return records.push(new.into_iter().collect());
    }
    let (n, m) = (other.index(records.len()), at.index(records.len()));
    match what {
        2 | 3 => drop(records.remove(n)),
        4 | 5 => records.insert(n, records[m].clone()),
        6 => records.reverse(),
        7 => records.swap(n, m),
        8 if records[n].contains_key("data%5Bservice%5D") => {
            let service = SERVICES[at.index(SERVICES.len())].to_owned();
            records[n].insert("data%5Bservice%5D".to_owned(), service);
        }
        9 => drop(records[n].insert("comment".to_owned(), "edited".to_owned())),
        _ => {
            let fields =
                ["url", "profile_url", "username", "zip", "city"].map(|field| format!("data%5B{field}%5D"));
            if let Some(field) = fields.iter().find(|field| records[n].contains_key(*field)) {
                records[n].insert(field.clone(), format!("edited{}", at.index(3)));
            }
        }
    }
}
