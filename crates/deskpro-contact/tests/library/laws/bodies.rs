//! Strategies for v2 bodies in each of their shapes.

use proptest::prelude::*;
use proptest::sample::select;
use testkit::v2_document::V2;

/// JSON of any shape, with names and empty values that a form cannot represent.
fn json(depth: u32) -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        select(
            &["null", "true", "false", "0", "-0", "1.50", "1E400", "12345678901234567890", "[]", "{}"][..]
        )
        .prop_map(str::to_owned),
        select(&["", "0", "1", "x y", "é😀", "a&b=c[d]", "\\n\\t", "yes"][..])
            .prop_map(|text| format!("\"{text}\"")),
    ];
    leaf.prop_recursive(depth, 24, 4, |inner| {
        let name =
            select(&["a", "b", "0", "1", "", " ", "b]c", "c.d", "__Host-x", "type", "a[b", "\\u0000"][..]);
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(|items| format!("[{}]", items.join(","))),
            prop::collection::vec((name, inner), 0..4).prop_map(|members| object(&members)),
        ]
    })
}

/// An object of these members, each name once.
fn object(members: &[(&str, String)]) -> String {
    let mut seen: Vec<&str> = Vec::new();
    let mut out = Vec::new();
    for (name, value) in members {
        if !seen.contains(name) {
            seen.push(name);
            out.push(format!("\"{name}\":{value}"));
        }
    }
    format!("{{{}}}", out.join(","))
}

/// An item of a type. Usually valid, sometimes with unknown members or values of other types.
fn item(kind: &'static str, fields: &'static [&'static str], is_flat: bool) -> impl Strategy<Value = String> {
    let text = prop_oneof![
        6 => select(&["\"x\"", "\"aim\"", "\"whatsapp\"", "\"AIM\"", "\"\"", "true", "false", "null", "5"][..])
            .prop_map(str::to_owned),
        1 => json(2),
    ];
    let values = prop::collection::vec(text, 6);
    (values, any::<[bool; 5]>(), any::<bool>(), json(2)).prop_map(move |(values, has, comes_first, odd)| {
        let mut members: Vec<(&str, String)> = Vec::new();
        if is_flat {
            members.push(("contact_type", format!("\"{kind}\"")));
        }
        for (n, field) in fields.iter().enumerate() {
            members.push((field, values[n].clone()));
        }
        let mut extra = vec![("comment", values[4].clone()), ("id", values[5].clone()), ("odd", odd)];
        extra.push(("country", "\"France\"".to_owned()));
        for (_, member) in extra.into_iter().enumerate().filter(|(n, _)| has[*n]) {
            let at = if comes_first { 0 } else { members.len() };
            members.insert(at.min(members.len()), member);
        }
        object(&members)
    })
}

/// A v2 body in one of its shapes.
pub(super) fn body() -> impl Strategy<Value = String> {
    let kinds = V2.to_vec();
    let flat = select(kinds.clone()).prop_flat_map(|(kind, fields)| item(kind, fields, true));
    let list = select(kinds).prop_flat_map(|(kind, fields)| {
        let items = prop::collection::vec(item(kind, fields, false), 0..4);
        (Just(kind), items, any::<bool>(), prop::option::weighted(0.15, json(1))).prop_map(
            |(kind, items, is_object, odd)| {
                let list = match is_object {
                    _ if odd.is_some() => odd.unwrap_or_default(),
                    true => {
                        let members: Vec<String> =
                            items.iter().enumerate().map(|(n, item)| format!("\"{n}\":{item}")).collect();
                        format!("{{{}}}", members.join(","))
                    }
                    false => format!("[{}]", items.join(",")),
                };
                (kind, list)
            },
        )
    });
    let flat = prop::collection::vec(flat, 0..5).prop_map(|items| format!("[{}]", items.join(",")));
    let grouped = prop::collection::vec(list, 0..5).prop_map(|lists| object(&lists));
    let contact_data = prop_oneof![3 => grouped, 2 => flat.clone(), 1 => json(3)];
    let names =
        select(&["name", "tags", "is_agent", "type", "data", "a.b", "b]c", "comment", "contact data"][..]);
    let others = prop::collection::vec((names, json(3)), 0..4);
    let whole = (others, contact_data, 0..4_usize).prop_map(|(mut members, contact_data, at)| {
        if at < 3 {
            members.insert(at.min(members.len()), ("contact_data", contact_data));
        }
        object(&members)
    });
    let body = prop_oneof![5 => whole, 1 => flat].boxed();
    prop_oneof![5 => body.clone(), 1 => envelope(body)]
}

/// A body, or a list of bodies, in the envelope of a reply; sometimes beside a field that envelopes do not have.
fn envelope(body: impl Strategy<Value = String> + Clone) -> impl Strategy<Value = String> {
    let bodies =
        prop::collection::vec(body.clone(), 0..3).prop_map(|bodies| format!("[{}]", bodies.join(",")));
    let data = prop_oneof![8 => body, 1 => bodies, 1 => json(2)];
    let others =
        prop::collection::vec((select(&["meta", "linked", "meta", "linked", "name"][..]), json(2)), 0..3);
    (data, others, 0..3_usize).prop_map(|(data, mut members, at)| {
        members.insert(at.min(members.len()), ("data", data));
        object(&members)
    })
}

/// A body without contact data, whose fields have the names of members of envelopes and error lines.
pub(super) fn ambiguous() -> impl Strategy<Value = String> {
    let error = select(
        &[
            r#"{"code":"x","message":"y"}"#,
            r#"{"id":5,"code":"x","path":"a","message":"y"}"#,
            r#"{"code":1}"#,
        ][..],
    );
    let item = select(
        &[r#"{"contact_type":"website","url":"x"}"#, r#"{"name":"Ann"}"#, r#"{"contact_data":{}}"#, "7"][..],
    );
    let bare = prop::collection::vec(item, 0..4).prop_map(|items| format!("[{}]", items.join(",")));
    let value = prop_oneof![json(2), error.prop_map(str::to_owned), bare.clone()];
    let name = select(&["data", "meta", "linked", "error", "name"][..]);
    let fields = prop::collection::vec((name, value), 1..4).prop_map(|members| object(&members));
    prop_oneof![3 => fields.clone(), 1 => bare, 1 => fields.prop_map(|body| format!(r#"{{"data":{body}}}"#))]
}
