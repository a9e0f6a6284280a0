//! Processes JSON as tokens, so that the order of names and the digits of numbers are preserved.

use serde_json::Value;

/// JSON's white space.
const SPACE: [char; 4] = [' ', '\t', '\r', '\n'];

/// Splits a text into its JSON values and removes the white space between tokens.
#[must_use]
pub fn compact(text: &str) -> Vec<String> {
    let (mut values, mut value, mut depth) = (Vec::new(), String::new(), 0);
    for token in tokens(text) {
        match token {
            "{" | "[" => depth += 1,
            "}" | "]" => depth -= 1,
            _ => {}
        }
        value += token;
        if depth == 0 {
            values.push(std::mem::take(&mut value));
        }
    }
    assert!(value.is_empty(), "incomplete: {value}");
    values
}

/// Normalizes a JSON value: removes white space and escapes all strings in one way.
#[must_use]
pub fn plain(body: &str) -> String {
    let escaped = |token: &str| match token.starts_with('"') {
        true => serde_json::to_string(&serde_json::from_str::<String>(token).unwrap()).unwrap(),
        false => token.to_owned(),
    };
    tokens(body).map(escaped).collect()
}

/// The tokens of a JSON text: brackets, commas, colons, strings with their quotes, and words.
fn tokens(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text.trim_start_matches(SPACE);
    std::iter::from_fn(move || {
        let first = *rest.as_bytes().first()?;
        let len = match first {
            b'{' | b'}' | b'[' | b']' | b',' | b':' => 1,
            b'"' => text_len(rest),
            _ => rest
                .find(|char: char| "{}[],:\"".contains(char) || SPACE.contains(&char))
                .unwrap_or(rest.len()),
        };
        let (token, after) = rest.split_at(len);
        rest = after.trim_start_matches(SPACE);
        Some(token)
    })
}

/// The length of the string at the start of `rest`, quotes included.
fn text_len(rest: &str) -> usize {
    let mut is_escaped = false;
    for (at, byte) in rest.bytes().enumerate().skip(1) {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = true,
            b'"' => return at + 1,
            _ => {}
        }
    }
    panic!("unterminated string: {rest}");
}

/// Calls `see` for each string of a JSON value, except names.
pub fn each_string(value: &Value, see: &mut impl FnMut(&str)) {
    match value {
        Value::String(text) => see(text),
        Value::Array(items) => items.iter().for_each(|item| each_string(item, see)),
        Value::Object(members) => members.values().for_each(|value| each_string(value, see)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}
