//! The laws of the library as properties: no value is lost silently, restoring is exact, edits survive restoring,
//! output is valid, and no input panics.
//!
//! The strategies and checks follow the two format documents, not the library's table.

mod bodies;
mod conversion;
mod editing;
mod encodings;
mod extended;
mod get_put;
mod payloads;
mod put_get;

use serde_json::Value;

/// The number of cases per law.
pub(crate) fn cases() -> u32 {
    std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(2_000)
}

/// Collects the strings of a JSON value, each with its name.
fn texts(value: &Value, name: &str, out: &mut Vec<(String, String)>) {
    match value {
        Value::String(text) => out.push((name.to_owned(), text.clone())),
        Value::Array(items) => items.iter().for_each(|item| texts(item, name, out)),
        Value::Object(members) => members.iter().for_each(|(name, value)| texts(value, name, out)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}
