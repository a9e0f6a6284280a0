//! Payloads like those of real clients.

use super::write::{Brackets, Encoding, Form};
use crate::Rng;

/// Every type name that the legacy server or the document has, with its fields but `display_feed`.
const TYPES: [(&str, &[&str]); 12] = [
    ("address", &["address", "city", "state", "zip", "country"]),
    ("website", &["url"]),
    ("instant_message", &["service", "username"]),
    ("im", &["service", "username"]),
    ("skype", &["username"]),
    ("phone", &["country_calling_code", "number", "type"]),
    ("mobile", &["country_calling_code", "number"]),
    ("fax", &["country_calling_code", "number"]),
    ("twitter", &["username"]),
    ("linked_in", &["profile_url"]),
    ("linkedin", &["profile_url"]),
    ("facebook", &["profile_url"]),
];

const SERVICES: [&str; 7] = ["aim", "msn", "yim", "icq", "skype", "gtalk", "other"];

const TEXTS: [&str; 30] = [
    "Ann",
    "joanne.bloggs@example.com",
    "http://example.com/?a=1&b=2",
    "10 Testing Street",
    "Zoë",
    "李雷",
    "😀",
    "a=b",
    "100%",
    "x+y",
    "0",
    "007",
    "+44 20 7946 0000",
    "\"quoted\"",
    "back\\slash",
    "tab\there",
    "two\r\nlines",
    "\u{7f}",
    "\u{2028}",
    "<b>&amp;</b>",
    "[x]",
    " spaced ",
    "home",
    "business",
    "true",
    "null",
    "1.50",
    "%41",
    "\u{1}\u{b}\u{c}\u{8}",
    "https://linkedin.com/in/ann",
];

/// Other fields of real payloads.
const OTHER_FIELDS: [(&[&str], &str); 10] = [
    (&["name"], "Ann Example"),
    (&["primary_email"], "ann@example.com"),
    (&["is_agent"], "1"),
    (&["usergroups", ""], "3"),
    (&["usergroups", ""], "4"),
    (&["custom", "12"], "x"),
    (&["custom", "13", "a"], "y"),
    (&["labels", "0"], "vip"),
    (&["labels", "1"], "new"),
    (&["summary"], ""),
];

pub(super) fn text(rng: &mut Rng) -> &'static str {
    if rng.chance(6) { "" } else { rng.pick(&TEXTS) }
}

pub(super) fn plain(rng: &mut Rng) -> Form {
    let brackets = match rng.below(10) {
        0..4 => Brackets::Raw,
        4..8 => Brackets::Upper,
        _ => Brackets::Lower,
    };
    let encoding = rng.pick(&[Encoding::Form, Encoding::Form, Encoding::Url, Encoding::Sparse]);
    let mut form = Form { fields: Vec::new(), brackets, encoding };
    other_fields(rng, &mut form, &OTHER_FIELDS);
    if rng.chance(15) {
        record(rng, &mut form, &[]);
    } else {
        let first = if rng.chance(90) { 1 } else { rng.below(12) };
        for n in first..first + 1 + rng.below(8) {
            record(rng, &mut form, &["contact_data", &n.to_string()]);
        }
    }
    other_fields(rng, &mut form, &OTHER_FIELDS);
    form
}

pub(super) fn other_fields(rng: &mut Rng, form: &mut Form, from: &[(&[&str], &str)]) {
    for &(path, value) in from {
        if rng.chance(15) {
            form.add(path, value);
        }
    }
}

pub(super) fn record(rng: &mut Rng, form: &mut Form, base: &[&str]) {
    let (name, fields) = rng.pick(&TYPES);
    form.add(&[base, &["type"]].concat(), name);
    if rng.chance(50) {
        form.add(&[base, &["comment"]].concat(), text(rng));
    }
    for &field in fields {
        let value = match field {
            "service" => rng.pick(&SERVICES),
            "type" => rng.pick(&["phone", "mobile", "fax"]),
            "country_calling_code" => rng.pick(&["44", "1", "044", ""]),
            _ => text(rng),
        };
        if rng.chance(90) {
            form.add(&[base, &["data", field]].concat(), value);
        }
    }
    if name == "twitter" && rng.chance(50) {
        form.add(&[base, &["data", "display_feed"]].concat(), rng.pick(&["1", "0"]));
    }
}
