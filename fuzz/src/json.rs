//! What the checks know of JSON and of v2's document.

use serde_json::Value;

/// v2's types, each with its fields.
const TYPES: [(&str, &[&str]); 9] = [
    ("address", &["address", "city", "state", "zip"]),
    ("website", &["url"]),
    ("instant_message", &["service", "username"]),
    ("twitter", &["username", "display_feed"]),
    ("linked_in", &["url"]),
    ("facebook", &["url"]),
    ("apple", &["username"]),
    ("trust_pilot", &["username"]),
    ("instagram", &["username", "instagram_id"]),
];
const SERVICES: [&str; 7] = ["whatsapp", "aim", "msn", "icq", "skype", "gtalk", "other"];

/// One JSON text as another writer may have it: without white space, its strings escaped in one way. The order of
/// names and the digits of numbers stay.
pub(crate) fn plain(body: &str) -> String {
    let mut out = String::with_capacity(body.len());
    let mut rest = body;
    while let Some(first) = rest.chars().next() {
        let len = if first == '"' { string(rest) } else { first.len_utf8() };
        let (token, after) = rest.split_at(len);
        match first {
            ' ' | '\t' | '\r' | '\n' => {}
            '"' => {
                let said: String = serde_json::from_str(token).expect("a string");
                out += &serde_json::to_string(&said).expect("it is written again");
            }
            _ => out += token,
        }
        rest = after;
    }
    out
}

/// How long the string is that a text starts with, its quotes counted.
fn string(text: &str) -> usize {
    let mut is_escaped = false;
    for (at, byte) in text.bytes().enumerate().skip(1) {
        match (is_escaped, byte) {
            (true, _) => is_escaped = false,
            (false, b'\\') => is_escaped = true,
            (false, b'"') => return at + 1,
            (false, _) => {}
        }
    }
    text.len()
}

/// Panics where an output is not what v2's document asks for.
pub(crate) fn is_v2(output: &Value) {
    let contact_data = output["contact_data"].as_object().expect("contact_data is an object");
    for (kind, items) in contact_data {
        let (_, fields) =
            TYPES.iter().find(|(name, _)| name == kind).unwrap_or_else(|| panic!("type {kind}"));
        let items = items.as_array().filter(|items| !items.is_empty()).expect("a list of items");
        for item in items {
            let item = item.as_object().expect("an item is an object");
            let has_all = item.len() == fields.len() && fields.iter().all(|field| item.contains_key(*field));
            assert!(has_all, "{kind}: {item:?}");
            for (name, value) in item {
                let is_right = match name.as_str() {
                    "display_feed" => value.is_boolean(),
                    "service" => value.as_str().is_some_and(|service| SERVICES.contains(&service)),
                    _ => value.is_string(),
                };
                assert!(is_right, "{kind}, {name}: {value}");
            }
        }
    }
}
