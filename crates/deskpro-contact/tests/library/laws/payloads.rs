//! Strategies for legacy payloads: records with other fields, and bytes that break the syntax.

use proptest::prelude::*;
use proptest::sample::select;

/// Legacy types with their fields, including aliases and unknown types.
const TYPES: [(&str, &[&str]); 16] = [
    ("address", &["address", "city", "state", "zip", "country"]),
    ("website", &["url"]),
    ("im", &["service", "username"]),
    ("instant_message", &["service", "username"]),
    ("INSTANT-message", &["username", "service"]),
    ("skype", &["username", "service"]),
    ("phone", &["country_calling_code", "number", "type"]),
    ("mobile", &["number", "type"]),
    ("fax", &["number"]),
    ("twitter", &["username", "display_feed"]),
    ("linked_in", &["profile_url"]),
    ("linkedin", &["profile_url"]),
    ("Facebook", &["profile_url"]),
    ("apple", &["username"]),
    ("nonsense", &["url"]),
    ("website", &["url", "odd", "more"]),
];

/// A unique value, so that a count of one proves that it was neither lost nor duplicated.
fn value(n: usize, flavour: u8) -> String {
    match flavour % 5 {
        0 => format!("v{n}x"),
        1 => format!("v{n}x+%26%5B%5d"),
        2 => format!("v{n}x%C3%A9%F0%9F%98%80"),
        3 => format!("v{n}x%zz%"),
        _ => format!("v{n}x\"\\%0A%00"),
    }
}

/// The pairs of one record: names, and how each value is written.
fn record() -> impl Strategy<Value = Vec<(String, u8)>> {
    let extra = select(&["", "[extra]", "[extra][deep]", "[data][list][]", "[comment][x]", "[data]"][..]);
    (select(&TYPES[..]), any::<[bool; 5]>(), any::<bool>(), extra, any::<u8>(), any::<bool>()).prop_map(
        |((kind, fields), has, has_comment, extra, flavour, type_last)| {
            let mut pairs: Vec<(String, u8)> = Vec::new();
            let kind = (format!("[type]={kind}"), 255);
            if !type_last {
                pairs.push(kind.clone());
            }
            if has_comment {
                pairs.push(("[comment]".to_owned(), flavour));
            }
            let named = fields.iter().zip(has).filter(|(_, has)| *has);
            pairs.extend(named.map(|(field, _)| (format!("[data][{field}]"), flavour)));
            if !extra.is_empty() {
                pairs.push((extra.to_owned(), flavour));
            }
            if type_last {
                pairs.push(kind);
            }
            pairs
        },
    )
}

/// A payload of records and other fields, in any order, under keys that may be equal.
pub(super) fn payload() -> impl Strategy<Value = String> {
    let keys = select(&["1", "2", "3", "07", "7", "x", "-5", "a%5Bb", "", " ", "10"][..]);
    let other =
        select(&["name", "a[]", "a[x]", "first.name", "b[c", "type", "comment", "label[0]", "label[1]"][..]);
    let records = prop::collection::vec((keys, record()), 0..5);
    let others = prop::collection::vec((other, any::<u8>()), 0..4);
    (records, others, any::<prop::sample::Index>(), any::<bool>(), any::<bool>()).prop_map(
        |(records, others, at, is_single, shuffles)| {
            let mut pairs: Vec<(String, u8)> = Vec::new();
            for (n, (key, record)) in records.iter().enumerate() {
                for (name, flavour) in record {
                    let prefix = match (is_single, n) {
                        (true, 0) => {
                            // In a single record these names have no prefix.
                            let name = name.strip_prefix('[').unwrap_or(name).replacen(']', "", 1);
                            pairs.push((name, *flavour));
                            continue;
                        }
                        (true, _) => continue,
                        (false, _) => format!("contact_data[{key}]"),
                    };
                    pairs.push((format!("{prefix}{name}"), *flavour));
                }
            }
            for (name, flavour) in others {
                let at = if pairs.is_empty() { 0 } else { at.index(pairs.len()) };
                pairs.insert(at, (name.to_owned(), flavour));
            }
            if shuffles && !pairs.is_empty() {
                let middle = at.index(pairs.len());
                pairs.rotate_left(middle);
            }
            let pairs: Vec<String> = (pairs.iter().enumerate())
                .map(|(n, (name, flavour))| match name.contains('=') {
                    true => name.clone(),
                    false => format!("{name}={}", value(n, *flavour)),
                })
                .collect();
            pairs.join("&")
        },
    )
}

/// Tokens of the syntax mixed with arbitrary bytes.
pub(super) fn hostile() -> impl Strategy<Value = Vec<u8>> {
    let pieces = select(
        &[
            "&",
            "=",
            "[",
            "]",
            "%5B",
            "%5d",
            "%",
            "%00",
            "%ff",
            "+",
            " ",
            ".",
            "contact_data",
            "[1]",
            "[type]",
            "[data]",
            "type",
            "data",
            "=website",
            "=im",
            "[url]=x",
            "[username]=y",
            "__Host-",
            "__Secure-",
            "[]",
            "a",
            "[9223372036854775807]",
            "[-9223372036854775808]",
            "[-5]",
            "\0",
            "é",
            "[comment]=c",
            "&contact_data[1]",
        ][..],
    );
    let piece = prop_oneof![
        8 => pieces.prop_map(|piece| piece.as_bytes().to_vec()),
        1 => prop::collection::vec(any::<u8>(), 0..6),
    ];
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

/// Pairs with unusual names. Most parts of a name have a unique word. Many names begin equally, so that several pairs
/// go into one array.
pub(super) fn marked_names() -> impl Strategy<Value = Vec<u8>> {
    let first = select(
        &[
            "x",
            "x",
            "x",
            " x",
            "x.y",
            "__Host-",
            "..Host-",
            "contact_data",
            "contact_data[1]",
            "contact.data",
            "[",
            " ",
            "",
            "x%00",
        ][..],
    );
    let piece = select(
        &[
            "[#]",
            "[#]",
            "[#]",
            "%5B#%5D",
            "[]",
            "[]",
            "[ ]",
            "[%09]",
            "[__Host-#]",
            "[ __Secure-#]",
            "[#",
            "#]",
            "#",
            "%00#",
            "[9223372036854775807]",
            "[9223372036854775807]",
            "[x]",
            "[x]",
            "[#%FF]",
            " #",
            ".#",
        ][..],
    );
    let pair = (first, prop::collection::vec(piece, 0..4), any::<bool>());
    prop::collection::vec(pair, 1..7).prop_map(|pairs| {
        let mut count = 0;
        let pairs: Vec<String> = (pairs.into_iter().enumerate())
            .map(|(n, (first, pieces, has_mark))| {
                let pieces = [first, if has_mark { "#" } else { "" }].into_iter().chain(pieces);
                let name: String = pieces
                    .map(|piece| {
                        count += 1;
                        piece.replace('#', &format!("w{count}w"))
                    })
                    .collect();
                format!("{name}={n}")
            })
            .collect();
        pairs.join("&").into_bytes()
    })
}
