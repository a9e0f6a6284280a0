//! Payloads, bodies and edits for the extended profile: phones, fields of a person, comments and countries.

use serde_json::{Map, Value, json};

use crate::Rng;
use crate::payloads::{self, Class};

const CODES: [&str; 14] =
    ["44", "44", "+44", "044", "0044", "1", "49", "39", "1-684", "", "0", "GB", "4", "44/49"];

/// Numbers: valid ones of several countries, and ones that are refused for each reason.
const NUMBERS: [&str; 32] = [
    "20 7946 0018",
    "020 7946 0018",
    "(0)20-7946-0018 ext. 12",
    "020 7946 0018x7",
    "02079460018",
    "+442079460018",
    "+442079460018 x12",
    "+442079460018 x1234567890123",
    "+442079460018 x1234567890123456789012345678901",
    "020 7946 0018 x1234567890",
    "0044 20 7946 0018",
    "+1 201 555 0123",
    "201 555 0123",
    "1 201 555 0123",
    "06 1234567",
    "30 1234567",
    "030/1234567",
    "49 1512 3599339",
    "633 1234",
    "",
    " ",
    "0",
    "123",
    "(201) 555-0494",
    "30 1234567 / 8",
    "30 1234567 DW 12",
    "020 7946 0018 +12",
    "020 7946 0018; 020 7946 0019",
    "30 1234567/8",
    "x12",
    "\u{0664}\u{0664}",
    "020 7946 0018 x12 x13",
];

/// Numbers in the form in which v2 has them.
const WRITTEN: [&str; 5] =
    ["+442079460018", "+12015550123", "+39061234567", "+493012345678", "+442079460099"];

const TYPES: [&str; 5] = ["phone", "phone", "mobile", "fax", "Phone"];
const PHONE_TYPES: [&str; 6] = ["phone", "mobile", "fax", "", "Phone", "pager"];
/// The last one is longer than v2 takes.
const COMMENTS: [&str; 4] = [
    "desk",
    "",
    "a&b",
    "long long long long long long long long long long long long long long long long long long long long .",
];

/// Words of names that v2 has under another name.
pub const RENAMED: [&str; 6] = ["email", "secondary", "id", "group", "label", "field"];

/// Names of other fields of a form, with what may stand in brackets after them.
const FIELDS: [(&str, &[&str]); 27] = [
    ("email", &["", "", "[]"]),
    ("primary_email", &[""]),
    ("secondary_email", &["[]", "[]", "[5]", "", "[x]"]),
    ("emails", &["[]", ""]),
    ("organization_id", &[""]),
    ("organization", &[""]),
    ("group_id", &["[]", "[3]", ""]),
    ("user_groups", &["[]"]),
    ("label", &["[]", "[]", "[7]", "[1]", "", "[][deep]"]),
    ("labels", &["[]", "[2]", ""]),
    ("field", &["[3]", "[field_3]", "[0]", "[1]", "[field_0]", "[x]", "", "[3][]", "[field_]", "[field_x]"]),
    ("fields", &["[3]", "[field_3]", "[0]", ""]),
    ("name", &["", "[]"]),
    ("first_name", &[""]),
    ("summary", &[""]),
    ("teams", &["[]", ""]),
    ("brands", &["[]"]),
    ("via_agent", &["", "[]"]),
    ("send_email", &[""]),
    ("phone_numbers", &["", "[]", "[0][number]"]),
    ("id", &["", ""]),
    ("type", &[""]),
    ("comment", &[""]),
    ("data", &["[x]", ""]),
    ("a.b", &[""]),
    ("label[x", &[""]),
    ("parent", &[""]),
];

const VALUES: [&str; 9] =
    ["Ann", "17", "ann@example.com", "", "Zo\u{eb}", "0", "Acme Ltd", "a&b=c", "x\u{1}y"];

fn encoded(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_' | b'-' => out.push(char::from(byte)),
            _ => out += &format!("%{byte:02X}"),
        }
    }
    out
}

/// Generates a legacy payload.
pub fn payload(rng: &mut Rng) -> Vec<u8> {
    let mut parts: Vec<Vec<u8>> = Vec::new();
    for _ in 0..rng.below(6) {
        let (name, after) = rng.pick(&FIELDS);
        parts.push(format!("{name}{}={}", rng.pick(after), encoded(rng.pick(&VALUES))).into_bytes());
    }
    for n in 0..rng.below(5) {
        let key = if rng.chance(70) { format!("{}", n + 1) } else { format!("p{n}") };
        parts.push(record(rng, &key).into_bytes());
    }
    if rng.chance(20) {
        let class = rng.pick(&[Class::Plain, Class::Plain, Class::Odd, Class::Hostile]);
        parts.push(payloads::payload(rng, class));
    }
    if rng.chance(40) {
        rng.shuffle(&mut parts);
    }
    parts.join(&b"&"[..])
}

/// A payload that is a single phone, with other fields.
pub fn single(rng: &mut Rng) -> Vec<u8> {
    let (name, after) = rng.pick(&FIELDS[..17]);
    let other = format!("{name}{}={}", rng.pick(after), encoded(rng.pick(&VALUES)));
    let record = record(rng, "k").replace("contact_data[k][data]", "data");
    let record =
        record.replace("contact_data[k][type]", "type").replace("contact_data[k][comment]", "comment");
    if rng.chance(50) { format!("{other}&{record}") } else { format!("{record}&{other}") }.into_bytes()
}

/// The pairs of a record: in three of four cases a phone.
fn record(rng: &mut Rng, key: &str) -> String {
    let name = |under: &str| format!("contact_data[{key}]{under}");
    let mut pairs = Vec::new();
    if rng.chance(25) {
        let (kind, fields): (&str, &[&str]) = rng.pick(&[
            ("website", &["url"]),
            ("address", &["city", "country"]),
            ("address", &["country"]),
            ("address", &["address", "city", "state", "zip", "country"]),
            ("skype", &["username"]),
        ]);
        pairs.push(format!("{}={kind}", name("[type]")));
        pairs.extend(fields.iter().map(|field| format!("{}=v{key}", name(&format!("[data][{field}]")))));
    } else {
        pairs.push(format!("{}={}", name("[type]"), rng.pick(&TYPES)));
        if rng.chance(70) {
            pairs.push(format!("{}={}", name("[data][country_calling_code]"), encoded(rng.pick(&CODES))));
        }
        if rng.chance(95) {
            pairs.push(format!("{}={}", name("[data][number]"), encoded(rng.pick(&NUMBERS))));
        }
        if rng.chance(40) {
            pairs.push(format!("{}={}", name("[data][type]"), rng.pick(&PHONE_TYPES)));
        }
        if rng.chance(10) {
            pairs.push(format!("{}=9", name("[data][extension]")));
        }
    }
    if rng.chance(40) {
        pairs.push(format!("{}={}", name("[comment]"), encoded(rng.pick(&COMMENTS))));
    }
    if rng.chance(5) {
        pairs.push(format!("{}=x", name("[extra]")));
    }
    if rng.chance(30) {
        rng.shuffle(&mut pairs);
    }
    pairs.join("&")
}

/// Generates a v2 body on one line, without spaces or escapes that the library would write otherwise.
pub fn body(rng: &mut Rng) -> String {
    const OTHERS: [(&str, &str); 24] = [
        ("primary_email", r#""ann@example.com""#),
        ("email", r#""x""#),
        ("emails", r#"["a","b"]"#),
        ("emails", "[]"),
        ("secondary_email", r#"["c"]"#),
        ("organization", "17"),
        ("organization", "null"),
        ("organization_id", r#""5""#),
        ("user_groups", "[3,4]"),
        ("labels", r#"["vip"]"#),
        ("labels", r#""vip""#),
        ("labels", r#"{"5":"vip"}"#),
        ("label", r#"["old"]"#),
        ("fields", r#"{"3":"x","field_4":"y"}"#),
        ("fields", r#"{"0":"x"}"#),
        ("fields", "{}"),
        ("field", r#"{"7":"x"}"#),
        ("name", r#""Ann""#),
        ("teams", "[1]"),
        ("is_agent", "true"),
        ("type", r#""x""#),
        ("data", r#"{"a":"b"}"#),
        ("first.name", r#""x""#),
        ("other", "null"),
    ];
    let mut members: Vec<(String, String)> = Vec::new();
    for _ in 0..rng.below(5) {
        let (name, value) = rng.pick(&OTHERS);
        if members.iter().all(|(own, _)| own != name) {
            members.push((name.to_owned(), value.to_owned()));
        }
    }
    if rng.chance(80) {
        members.push(("phone_numbers".to_owned(), phone_numbers(rng)));
    }
    if rng.chance(80) {
        let contact_data = rng.pick(&[
            "{}",
            r#"{"website":[{"url":"x"}]}"#,
            r#"{"website":[{"comment":"home","url":"x"},{"url":"y"}],"twitter":[{"username":"u","display_feed":true}]}"#,
            r#"{"address":[{"address":"a","city":"","state":"","zip":"","country":"France"}]}"#,
            r#"{"apple":[{"username":"x"}]}"#,
            r#"{"phone_numbers":[{"number":"1"}]}"#,
            r#"[{"id":1,"contact_type":"website","comment":"","url":"x"},{"id":2,"contact_type":"apple","username":"y"},{"id":3,"contact_type":"website","url":"z"}]"#,
            "[]",
        ]);
        members.push(("contact_data".to_owned(), contact_data.to_owned()));
    }
    if rng.chance(40) {
        rng.shuffle(&mut members);
    }
    let members: Vec<String> = members.iter().map(|(name, value)| format!("{name:?}:{value}")).collect();
    format!("{{{}}}", members.join(","))
}

fn phone_numbers(rng: &mut Rng) -> String {
    if rng.chance(10) {
        return rng.pick(&["[]", "null", r#""none""#, "{}", r#"{"number":"+442079460018"}"#, "7"]).to_owned();
    }
    let mut items = Vec::new();
    for _ in 0..=rng.below(3) {
        items.push(phone_item(rng));
    }
    if rng.chance(85) {
        return format!("[{}]", items.join(","));
    }
    let items = items.iter().enumerate().map(|(n, item)| format!("\"{n}\":{item}"));
    format!("{{{}}}", items.collect::<Vec<_>>().join(","))
}

fn phone_item(rng: &mut Rng) -> String {
    if rng.chance(8) {
        return rng
            .pick(&["null", "\"x\"", "[]", "{}", r#"{"label":"x"}"#, r#"{"number":"","label":"y"}"#])
            .to_owned();
    }
    let mut members = Vec::new();
    if rng.chance(15) {
        members.push(rng.pick(&["\"id\":7", "\"id\":\"x\""]).to_owned());
    }
    let number = match rng.below(8) {
        0 => "442079460018".to_owned(),
        1 => "\"\"".to_owned(),
        2 => format!("{:?}", rng.pick(&["020 7946 0018", "call me", "+44 x12", "+442079460018 x12"])),
        _ => format!("{:?}", rng.pick(&WRITTEN)),
    };
    members.push(format!("\"number\":{number}"));
    if rng.chance(50) {
        members.push(format!("\"label\":{}", rng.pick(&["\"desk\"", "\"\"", "null", "5"])));
    }
    if rng.chance(40) {
        members.push(format!("\"extension\":{}", rng.pick(&["\"12\"", "\"\"", "null", "12", "\"x\""])));
    }
    if rng.chance(15) {
        members.push(rng.pick(&["\"type\":\"person\"", "\"person\":4", "\"comment\":\"c\""]).to_owned());
    }
    if rng.chance(15) {
        rng.shuffle(&mut members);
    }
    format!("{{{}}}", members.join(","))
}

/// Edits an output of the extended profile once, as a person could: phones, comments, countries, fields of the person.
pub fn edit(rng: &mut Rng, body: &mut Value) {
    let members = body.as_object_mut().unwrap();
    // A payload can have fields of these names with other shapes.
    let has_list = |members: &Map<String, Value>, name: &str| members.get(name).is_some_and(Value::is_array);
    match rng.below(12) {
        0..=5 if members.get("phone_numbers").is_none_or(|list| list.is_array() && list[0].is_object()) => {
            let list = members.entry("phone_numbers").or_insert_with(|| json!([]));
            edit_phones(rng, list.as_array_mut().unwrap());
        }
        6 => drop(members.remove(rng.pick(&[
            "phone_numbers",
            "primary_email",
            "labels",
            "fields",
            "organization",
        ]))),
        7 => drop(members.insert("primary_email".to_owned(), json!("new@example.com"))),
        8 if members.get("labels").is_none() || has_list(members, "labels") => {
            let labels = members.entry("labels").or_insert_with(|| json!([]));
            edit_list(rng, labels.as_array_mut().unwrap());
        }
        9 if members.get("emails").is_none() || has_list(members, "emails") => {
            let emails = members.entry("emails").or_insert_with(|| json!([]));
            edit_list(rng, emails.as_array_mut().unwrap());
        }
        10 => {
            let fields = members.entry("fields").or_insert_with(|| json!({})).as_object_mut().unwrap();
            let key = rng.pick(&["3", "0", "9", "x"]).to_owned();
            match rng.chance(30) {
                true => drop(fields.remove(&key)),
                false => drop(fields.insert(key, json!("edited"))),
            }
        }
        _ => edit_contacts(rng, &mut members["contact_data"]),
    }
}

fn edit_phones(rng: &mut Rng, phones: &mut Vec<Value>) {
    let n = rng.below(phones.len());
    match rng.below(8) {
        0 => phones.insert(n, json!({ "number": rng.pick(&WRITTEN) })),
        1 => phones.push(json!({ "number": rng.pick(&WRITTEN), "label": "new", "extension": "34" })),
        _ if phones.is_empty() => {}
        2 => drop(phones.remove(n)),
        3 => phones[n]["number"] = json!(rng.pick(&WRITTEN)),
        4 => phones[n]["label"] = json!("edited"),
        5 => drop(phones[n].as_object_mut().unwrap().remove(rng.pick(&["label", "extension"]))),
        6 => phones.insert(n, phones[n].clone()),
        _ => phones.reverse(),
    }
}

fn edit_list(rng: &mut Rng, list: &mut Vec<Value>) {
    let n = rng.below(list.len());
    match rng.below(4) {
        0 => list.insert(n, json!("new")),
        1 => list.push(json!("last")),
        _ if list.is_empty() => {}
        2 => drop(list.remove(n)),
        _ => list[n] = json!("edited"),
    }
}

fn edit_contacts(rng: &mut Rng, lists: &mut Value) {
    let lists = lists.as_object_mut().unwrap();
    if rng.chance(30) {
        lists.insert("website".to_owned(), json!([{ "url": "new", "comment": "added" }]));
        return;
    }
    for items in lists.values_mut().filter_map(Value::as_array_mut) {
        for item in items.iter_mut().filter_map(Value::as_object_mut) {
            if rng.chance(40) {
                item.insert("comment".to_owned(), json!("edited"));
            }
            if item.contains_key("country") {
                match rng.chance(50) && item["city"] != "" {
                    true => drop(item.remove("country")),
                    false => drop(item.insert("country".to_owned(), json!("Spain"))),
                }
            }
        }
    }
}

/// A body without the order of items and without empty lists and objects, which a form does not hold.
#[must_use]
pub fn as_sets(mut body: Value) -> Value {
    let sort = |list: &mut Value| {
        if let Some(items) = list.as_array_mut() {
            items.sort_by_key(Value::to_string);
        }
    };
    let is_empty = |value: &Value| {
        value.as_array().is_some_and(Vec::is_empty) || value.as_object().is_some_and(Map::is_empty)
    };
    let members = body.as_object_mut().unwrap();
    if let Some(lists) = members.get_mut("contact_data").and_then(Value::as_object_mut) {
        lists.retain(|_, list| !is_empty(list));
        lists.values_mut().for_each(sort);
    }
    members.get_mut("phone_numbers").into_iter().for_each(sort);
    members.retain(|name, value| name == "contact_data" || !is_empty(value));
    body
}
