//! What the checks know of JSON.

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
