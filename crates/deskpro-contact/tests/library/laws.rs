//! The laws, as properties: conservation, restoring, edits in between, valid output, and no panic on any bytes.
//!
//! The strategies and the checks know the two documents, and nothing of the table.

mod bodies;
mod conversion;
mod editing;
mod payloads;
mod restoring;

use serde_json::Value;

/// How many cases each law is tried on.
fn cases() -> u32 {
    std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(2_000)
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
