//! Generates v2 bodies as normalized JSON, so that restored bytes can be compared.

use crate::Rng;

/// A JSON value that keeps the digits of its numbers and may be invalid.
#[derive(Clone, Debug)]
enum Json {
    Null,
    Bool(bool),
    Number(&'static str),
    Text(String),
    List(Vec<Json>),
    Object(Vec<(String, Json)>),
    /// A string with a lone surrogate, which is not valid text.
    Surrogate,
}

/// A body in two notations.
#[derive(Debug)]
pub struct Body {
    /// The body's bytes.
    pub json: String,
    /// The body as lists that begin with a tag, so that every JSON reader keeps objects, digits and order: `["o", [key,
    /// value], …]`, `["l", value, …]`, `["s", text]`, `["n", digits]`, `["b", bool]`, `["z"]` for null, `["x"]` for an
    /// invalid string.
    pub tagged: String,
}

/// Generates a body.
pub fn body(rng: &mut Rng) -> Body {
    let json = any_line(rng);
    let (mut plain, mut tagged) = (String::new(), String::new());
    write(&json, &mut plain);
    write_tagged(&json, &mut tagged);
    Body { json: plain, tagged }
}

/// Types with fields: documented types (some twice, to be picked more often), legacy types, and an unknown type.
const TYPES: [(&str, &[&str]); 14] = [
    ("address", &["address", "city", "state", "zip", "country"]),
    ("website", &["url"]),
    ("instant_message", &["service", "username"]),
    ("instant_message", &["service", "username"]),
    ("twitter", &["username", "display_feed"]),
    ("twitter", &["username", "display_feed"]),
    ("linked_in", &["url"]),
    ("facebook", &["url"]),
    ("apple", &["username"]),
    ("trust_pilot", &["username"]),
    ("instagram", &["username", "instagram_id"]),
    ("skype", &["username"]),
    ("phone", &["number"]),
    ("unknown", &["url"]),
];

const SERVICES: [&str; 13] = [
    "whatsapp",
    "aim",
    "msn",
    "icq",
    "skype",
    "gtalk",
    "other",
    "yim",
    "AIM",
    "WhatsApp",
    "google talk",
    "",
    "Signal",
];

const TEXTS: [&str; 22] = [
    "Ann",
    "Zoë",
    "李雷",
    "😀",
    "http://example.com/?a=1&b=2",
    "a=b&c",
    "100%",
    "x+y",
    "0",
    "007",
    "\"quoted\"",
    "back\\slash",
    "tab\there",
    "two\r\nlines",
    "\u{7f}",
    "\u{2028}",
    "\u{0}nul",
    "\u{1}\u{8}\u{c}",
    "true",
    "1.50",
    "a/b",
    " ",
];

const NUMBERS: [&str; 12] =
    ["0", "-0", "1", "42", "-7", "1.50", "1E400", "1e-7", "0.0", "12345678901234567890123", "1.0E+2", "3"];

const NAMES: [&str; 16] = [
    "name",
    "first_name",
    "primary_email",
    "organization",
    "type",
    "data",
    "comment",
    "fields",
    "labels",
    "is_agent",
    "ünï",
    "a:b",
    "7",
    "07",
    "-1",
    "Contact_Data",
];

/// Names that PHP drops or reads as other names.
const UNSAYABLE: [&str; 18] = [
    "",
    "first.name",
    "last name",
    " name",
    "contact.data",
    "contact data",
    "contact[data",
    "b]c",
    "a[b",
    "[x]",
    "\t",
    "\u{0}",
    "a\u{0}b",
    "__Host-a",
    "__Secure-b",
    "_.Host-x",
    ".",
    "  ",
];

fn text(rng: &mut Rng) -> Json {
    let text = if rng.chance(6) { "" } else { rng.pick(&TEXTS) };
    Json::Text(text.to_owned())
}

/// A body, sometimes in the envelope of a reply; or sometimes a list of bodies or an error line.
fn any_line(rng: &mut Rng) -> Json {
    match rng.below(100) {
        0..12 => {
            let body = any_body(rng);
            in_envelope(rng, body)
        }
        12..15 => {
            let bodies = Json::List((0..rng.below(3)).map(|_| any_body(rng)).collect());
            if rng.chance(50) { in_envelope(rng, bodies) } else { bodies }
        }
        15..17 => error_line(rng),
        _ => any_body(rng),
    }
}

fn in_envelope(rng: &mut Rng, body: Json) -> Json {
    let mut fields = vec![("data".to_owned(), body)];
    for name in ["meta", "linked"] {
        if rng.chance(60) {
            fields.push((name.to_owned(), value(rng, 1)));
        }
    }
    if rng.chance(5) {
        fields.push((rng.pick(&NAMES).to_owned(), value(rng, 2)));
    }
    if rng.chance(20) {
        rng.shuffle(&mut fields);
    }
    spoil(rng, Json::Object(fields))
}

/// A line that the command writes for a rejected payload, or nearly one.
fn error_line(rng: &mut Rng) -> Json {
    let mut error = Vec::new();
    for name in ["id", "code", "path", "message", "status"] {
        let chance = if name == "status" { 10 } else { 85 };
        if rng.chance(chance) {
            let value = if rng.chance(95) { text(rng) } else { value(rng, 3) };
            error.push((name.to_owned(), value));
        }
    }
    let mut fields = vec![("error".to_owned(), Json::Object(error))];
    if rng.chance(10) {
        fields.push((rng.pick(&NAMES).to_owned(), value(rng, 2)));
    }
    Json::Object(fields)
}

fn any_body(rng: &mut Rng) -> Json {
    let mut fields = Vec::new();
    other_fields(rng, &mut fields);
    let contact_data = match rng.below(100) {
        0..50 => grouped(rng),
        50..64 => flat(rng, false),
        64..72 => flat(rng, true),
        72..82 => return flat(rng, false),
        82..92 => {
            other_fields(rng, &mut fields);
            return spoil(rng, Json::Object(fields));
        }
        92..94 => Json::Null,
        94..96 => Json::Object(Vec::new()),
        96..98 => Json::List(Vec::new()),
        98 => text(rng),
        _ => return value(rng, 2),
    };
    fields.push(("contact_data".to_owned(), contact_data));
    other_fields(rng, &mut fields);
    spoil(rng, Json::Object(fields))
}

/// Makes about one body in fifty invalid: a lone surrogate or a duplicate name.
fn spoil(rng: &mut Rng, body: Json) -> Json {
    let Json::Object(mut fields) = body else { return body };
    if rng.chance(1) {
        fields.push(("wrong".to_owned(), Json::List(vec![Json::Surrogate])));
    }
    if rng.chance(1)
        && let Some(again) = fields.first().cloned()
    {
        fields.push(again);
    }
    Json::Object(fields)
}

/// Adds up to three other fields.
fn other_fields(rng: &mut Rng, fields: &mut Vec<(String, Json)>) {
    for _ in 0..rng.below(4) {
        let value = value(rng, 0);
        add(rng, fields, value);
    }
}

/// Adds a field unless its random name is already in use.
fn add(rng: &mut Rng, fields: &mut Vec<(String, Json)>, value: Json) {
    let name = if rng.chance(12) { rng.pick(&UNSAYABLE) } else { rng.pick(&NAMES) };
    if fields.iter().all(|(other, _)| other != name) {
        fields.push((name.to_owned(), value));
    }
}

fn value(rng: &mut Rng, depth: usize) -> Json {
    match rng.below(if depth > 3 { 7 } else { 12 }) {
        0..3 => text(rng),
        3 | 4 => Json::Number(rng.pick(&NUMBERS)),
        5 => Json::Bool(rng.chance(50)),
        6 => Json::Null,
        7 | 8 => Json::List((0..rng.below(4)).map(|_| value(rng, depth + 1)).collect()),
        9 if depth == 0 && rng.chance(10) => nested(rng),
        9 => Json::Object((0..rng.below(4)).map(|n| (n.to_string(), value(rng, depth + 1))).collect()),
        _ => {
            let mut fields = Vec::new();
            for _ in 0..rng.below(4) {
                let value = value(rng, depth + 1);
                add(rng, &mut fields, value);
            }
            Json::Object(fields)
        }
    }
}

/// A value near the nesting limit of forms or of JSON bodies.
fn nested(rng: &mut Rng) -> Json {
    let depth = if rng.chance(90) { 61 + rng.below(6) } else { 124 + rng.below(6) };
    (0..depth).fold(value(rng, 9), |inner, _| match rng.below(3) {
        0 => Json::List(vec![inner]),
        1 => Json::Object(vec![("x".to_owned(), inner)]),
        _ => Json::Object(vec![("x".to_owned(), inner), ("y".to_owned(), Json::Number("1"))]),
    })
}

/// Contact data as lists of items by type.
fn grouped(rng: &mut Rng) -> Json {
    let mut lists: Vec<(String, Json)> = Vec::new();
    for _ in 0..rng.below(6) {
        let (kind, fields) = rng.pick(&TYPES);
        let items: Vec<Json> = (0..rng.below(4)).map(|_| item(rng, None, fields)).collect();
        let list = match rng.below(20) {
            0 if rng.chance(20) => legacy_record(rng, kind),
            0 => value(rng, 2),
            1 | 2 => {
                Json::Object(items.into_iter().enumerate().map(|(n, item)| (n.to_string(), item)).collect())
            }
            3 => Json::Object(
                items.into_iter().enumerate().map(|(n, item)| (format!("k{}", 9 - n), item)).collect(),
            ),
            _ => Json::List(items),
        };
        if lists.iter().all(|(other, _)| other != kind) {
            lists.push((kind.to_owned(), list));
        }
    }
    Json::Object(lists)
}

/// Contact data as items with a `contact_type`, in a list or in an object whose keys are numbers.
fn flat(rng: &mut Rng, is_numbered: bool) -> Json {
    let items: Vec<Json> = (0..rng.below(5))
        .map(|_| {
            let (kind, fields) = rng.pick(&TYPES);
            if rng.chance(1) { legacy_record(rng, kind) } else { item(rng, Some(kind), fields) }
        })
        .collect();
    if is_numbered {
        let first = rng.pick(&[0, 0, 0, 3]);
        Json::Object(items.into_iter().enumerate().map(|(n, item)| ((first + n).to_string(), item)).collect())
    } else {
        Json::List(items)
    }
}

/// A legacy record as JSON, or nearly one.
fn legacy_record(rng: &mut Rng, kind: &str) -> Json {
    let data = if rng.chance(80) { Json::Object(Vec::new()) } else { value(rng, 3) };
    let mut fields = vec![("type".to_owned(), Json::Text(kind.to_owned())), ("data".to_owned(), data)];
    if rng.chance(20) {
        fields.push(("contact_type".to_owned(), text(rng)));
    }
    Json::Object(fields)
}

fn item(rng: &mut Rng, kind: Option<&str>, names: &[&str]) -> Json {
    if rng.chance(3) {
        return value(rng, 2);
    }
    let mut fields: Vec<(String, Json)> = Vec::new();
    if let Some(kind) = kind {
        if rng.chance(60) {
            fields.push(("id".to_owned(), if rng.chance(80) { Json::Number("12") } else { value(rng, 3) }));
        }
        if rng.chance(97) {
            let kind = if rng.chance(97) { Json::Text(kind.to_owned()) } else { value(rng, 3) };
            fields.push(("contact_type".to_owned(), kind));
        }
    }
    if rng.chance(25) {
        fields.push(("comment".to_owned(), if rng.chance(92) { text(rng) } else { value(rng, 3) }));
    }
    for &name in names {
        let usual = match name {
            "service" => Json::Text(rng.pick(&SERVICES).to_owned()),
            "display_feed" => Json::Bool(rng.chance(50)),
            _ => text(rng),
        };
        if rng.chance(if name == "country" { 20 } else { 92 }) {
            fields.push((name.to_owned(), if rng.chance(94) { usual } else { value(rng, 3) }));
        }
    }
    if rng.chance(6) {
        let value = value(rng, 2);
        add(rng, &mut fields, value);
    }
    if rng.chance(12) {
        rng.shuffle(&mut fields);
    }
    Json::Object(fields)
}

fn write(json: &Json, out: &mut String) {
    match json {
        Json::Null => out.push_str("null"),
        Json::Bool(truth) => out.push_str(if *truth { "true" } else { "false" }),
        Json::Number(digits) => out.push_str(digits),
        Json::Text(text) => write_text(text, out),
        Json::Surrogate => out.push_str("\"\\ud800\""),
        Json::List(list) => {
            out.push('[');
            for (n, value) in list.iter().enumerate() {
                out.push_str(if n > 0 { "," } else { "" });
                write(value, out);
            }
            out.push(']');
        }
        Json::Object(fields) => {
            out.push('{');
            for (n, (name, value)) in fields.iter().enumerate() {
                out.push_str(if n > 0 { "," } else { "" });
                write_text(name, out);
                out.push(':');
                write(value, out);
            }
            out.push('}');
        }
    }
}

fn write_text(text: &str, out: &mut String) {
    out.push('"');
    for char in text.chars() {
        match char {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            '\0'..' ' => out.push_str(&format!("\\u{:04x}", u32::from(char))),
            _ => out.push(char),
        }
    }
    out.push('"');
}

fn write_tagged(json: &Json, out: &mut String) {
    match json {
        Json::Null => out.push_str("[\"z\"]"),
        Json::Surrogate => out.push_str("[\"x\"]"),
        Json::Bool(truth) => out.push_str(if *truth { "[\"b\",true]" } else { "[\"b\",false]" }),
        Json::Number(digits) => out.push_str(&format!("[\"n\",\"{digits}\"]")),
        Json::Text(text) => {
            out.push_str("[\"s\",");
            write_text(text, out);
            out.push(']');
        }
        Json::List(list) => {
            out.push_str("[\"l\"");
            for value in list {
                out.push(',');
                write_tagged(value, out);
            }
            out.push(']');
        }
        Json::Object(fields) => {
            out.push_str("[\"o\"");
            for (name, value) in fields {
                out.push_str(",[");
                write_text(name, out);
                out.push(',');
                write_tagged(value, out);
                out.push(']');
            }
            out.push(']');
        }
    }
}
