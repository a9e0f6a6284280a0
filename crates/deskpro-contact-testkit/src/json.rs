//! JSON texts token by token: order of names and digits of numbers stay.

use serde_json::Value;

/// JSON's white space.
const SPACE: [char; 4] = [' ', '\t', '\r', '\n'];

/// The JSON values of a text, without the white space between their tokens.
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
    assert!(value.is_empty(), "cut: {value}");
    values
}

/// One JSON value as another writer may have it: without white space, and its texts escaped in one way.
#[must_use]
pub fn plain(body: &str) -> String {
    let escaped = |token: &str| match token.starts_with('"') {
        true => serde_json::to_string(&serde_json::from_str::<String>(token).unwrap()).unwrap(),
        false => token.to_owned(),
    };
    tokens(body).map(escaped).collect()
}

/// The tokens of a JSON text: brackets, commas and colons, texts with their quotes, and words.
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

/// How long the JSON text is that `rest` begins with, its quotes included.
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
    panic!("a text without an end: {rest}");
}

/// Each string of a JSON value; names are no values.
pub fn each_string(value: &Value, see: &mut impl FnMut(&str)) {
    match value {
        Value::String(text) => see(text),
        Value::Array(items) => items.iter().for_each(|item| each_string(item, see)),
        Value::Object(members) => members.values().for_each(|value| each_string(value, see)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}
