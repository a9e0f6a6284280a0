//! The error for a text that is not JSON: what `serde_json` expected, and what it found.

use crate::error::{Error, ErrorKind, shorten};

/// The error for a text that is not JSON.
pub(super) fn not_json(error: &serde_json::Error, body: &[u8]) -> Error {
    let at = place(error, body);
    let found = match &body[at..] {
        [] => "the end of the text".to_owned(),
        rest => format!("\"{}\"", shorten(rest)),
    };
    Error::new(ErrorKind::NotJson, String::new(), at..body.len(), expected(error), found)
}

/// The position of the byte that the parser did not accept. The parser's column counts from 1, and is 0 if it accepted
/// no byte. If the text ends too early, the parser reports its last byte; at a control character, the byte before it.
/// So a control character after the reported byte is taken for the wrong byte.
fn place(error: &serde_json::Error, body: &[u8]) -> usize {
    let at = error.column().saturating_sub(1).min(body.len());
    let is_before_control = body.get(at + 1).is_some_and(u8::is_ascii_control);
    if error.is_eof() { body.len() } else { at + usize::from(is_before_control) }
}

/// Translates the parser's message to what it expected. Removes the line and column at the end of the message, because
/// the error's span replaces them.
fn expected(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let text = text.rsplit_once(" at line ").map_or(&*text, |(text, _)| text);
    let expected = match text {
        "expected value" | "EOF while parsing a value" => "a JSON value",
        "EOF while parsing a list" => "the `]` that ends a JSON list",
        "EOF while parsing an object" => "the `}` that ends a JSON object",
        "EOF while parsing a string" => "the `\"` that ends a JSON string",
        "expected `,` or `]`" => "`,` or `]` in JSON",
        "expected `,` or `}`" => "`,` or `}` in JSON",
        "expected `:`" => "`:` in JSON",
        "key must be a string" => "a name in double quotes in JSON",
        "trailing comma" => "a JSON value after the comma",
        "trailing characters" => "nothing after the JSON value",
        "expected ident" => "`true`, `false` or `null` in JSON",
        "invalid number" => "a JSON number",
        "invalid escape" => "an escape of JSON, such as `\\n` or `\\u0041`",
        "control character (\\u0000-\\u001F) found while parsing a string" => {
            "an escape in place of a control character in a JSON string"
        }
        other => return format!("JSON ({other})"),
    };
    expected.to_owned()
}
