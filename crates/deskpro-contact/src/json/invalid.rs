//! The error for a text that is not JSON: what `serde_json` expected, and what it found.

use memchr::memchr_iter;

use crate::error::{Error, ErrorKind, shorten};

/// The error for a text that is not JSON.
pub(super) fn not_json(error: &serde_json::Error, body: &[u8]) -> Error {
    let text = error.to_string();
    // The error's span replaces the line and the column at the end of the parser's message.
    let message = text.rsplit_once(" at line ").map_or(&*text, |(message, _)| message);
    let at = if error.is_eof() { body.len() } else { position(error, message, body) };
    let found = match &body[at..] {
        [] => "the end of the text".to_owned(),
        rest => format!("\"{}\"", shorten(rest)),
    };
    Error::new(ErrorKind::NotJson, String::new(), at..body.len(), expected(message), found)
}

/// The position of the byte that the parser did not accept. The parser counts lines and columns from 1. It gives a line
/// end as column 0 of the next line, and instead of a control character in a string the byte before it.
fn position(error: &serde_json::Error, message: &str, body: &[u8]) -> usize {
    let lines_before = error.line().saturating_sub(1);
    let line_start = match lines_before.checked_sub(1) {
        None => 0,
        Some(n) => memchr_iter(b'\n', body).nth(n).map_or(body.len(), |line_end| line_end + 1),
    };
    let at = (line_start + error.column()).saturating_sub(1).min(body.len());
    if message != CONTROL_CHARACTER {
        return at;
    }
    at + body[at..].iter().position(|byte| *byte < b' ').unwrap_or(0)
}

/// The parser's message for a control character in a string.
const CONTROL_CHARACTER: &str = "control character (\\u0000-\\u001F) found while parsing a string";

/// Translates the parser's message to what the parser expected.
fn expected(message: &str) -> String {
    let expected = match message {
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
        CONTROL_CHARACTER => "an escape in place of a control character in a JSON string",
        other => return format!("JSON ({other})"),
    };
    expected.to_owned()
}

#[cfg(test)]
mod tests {
    use crate::{ErrorKind, to_form};

    /// `^` in `body` marks the byte at which the error must begin.
    #[track_caller]
    fn wrong_byte(body: &str) {
        let at = body.find('^').expect("a mark");
        let error = to_form(body.replacen('^', "", 1)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotJson, "{body}");
        assert_eq!(error.span(), at..body.len() - 1, "{body}");
    }

    #[test]
    fn the_span_of_the_error_begins_at_the_wrong_byte() {
        wrong_byte("^x");
        wrong_byte("{\"a\":^x\t}");
        wrong_byte("[1 ^2\n]");
        wrong_byte("[^\u{b}1]");
        wrong_byte("[\"a^\t\t\"]");
        wrong_byte("[\"^\t\"]");
        // DEL is allowed in JSON.
        wrong_byte("[\"\u{7f}^\t\"]");
        wrong_byte("[\"a^\n\"]");
    }

    #[test]
    fn positions_count_from_the_start_of_the_body_and_not_of_a_line() {
        wrong_byte("{\n\"a\": 1,\n\"b\": ^x\n}");
        wrong_byte("\n\n[\"a^\t\"]");
        wrong_byte("\n\n[\"a\\^q\"]");
        wrong_byte("[1.^\n]");
        wrong_byte("\n[^");
    }
}
