//! Converts and restores generated v2 bodies: valid JSON in each shape that servers and clients send.
//!
//! Mutated bytes are rarely JSON. These bodies always get past the JSON reader.
#![no_main]

use deskpro_contact::ErrorKind;
use libfuzzer_sys::arbitrary::{self, Arbitrary};
use libfuzzer_sys::fuzz_target;

#[derive(Arbitrary, Debug)]
struct Body {
    before: Vec<(Name, Json)>,
    contact_data: Contacts,
    phones: Phones,
    after: Vec<(Name, Json)>,
    /// For a reply: its `meta` and `linked`, and whether its `data` is a list that holds the body.
    envelope: Option<(Option<Json>, Option<Json>, bool)>,
}

#[derive(Arbitrary, Debug)]
enum Contacts {
    /// Lists by type, as in requests.
    Grouped(Vec<(Type, Items)>),
    /// A list of items with types, as in replies.
    Flat(Vec<Item>),
    /// A list of items as the whole body.
    Bare(Vec<Item>),
    /// An object of items whose keys are numbers.
    Numbered(Vec<Item>),
    /// Any JSON.
    Odd(Json),
    None,
}

/// The list of phones, which only the extended profile reads.
#[derive(Arbitrary, Debug)]
enum Phones {
    None,
    List(Vec<Phone>),
    Numbered(Vec<Phone>),
    Odd(Json),
}

#[derive(Arbitrary, Debug)]
struct Phone {
    number: Text,
    label: Option<Text>,
    extension: Option<Text>,
    others: Vec<(Name, Json)>,
}

#[derive(Arbitrary, Debug)]
enum Items {
    List(Vec<Item>),
    Numbered(Vec<Item>),
    Odd(Json),
}

#[derive(Arbitrary, Debug)]
enum Item {
    Valid { kind: Type, values: [Text; 5], id: Option<u16>, comment: Option<Text>, feed: Option<bool> },
    Fields(Type, Vec<(Name, Json)>),
    Odd(Json),
}

#[derive(Arbitrary, Debug)]
enum Json {
    Null,
    Bool(bool),
    Integer(i64),
    Number(Number),
    Text(Text),
    List(Vec<Json>),
    Object(Vec<(Name, Json)>),
    /// Nested lists or objects: the number of levels, and whether they are lists.
    Deep(u8, bool),
}

/// Numbers whose digits must be preserved.
#[derive(Arbitrary, Debug)]
enum Number {
    NegativeZero,
    Trailing,
    Huge,
    Long,
}

#[derive(Arbitrary, Debug)]
enum Text {
    Empty,
    Service(u8),
    Type(Type),
    Truth(bool),
    Free(String),
}

#[derive(Arbitrary, Debug)]
enum Name {
    Field(u8),
    Person(u8),
    Envelope(u8),
    Number(u8),
    Free(String),
}

#[derive(Arbitrary, Debug)]
struct Type(u8);

const TYPES: [(&str, &[&str]); 13] = [
    ("address", &["address", "city", "state", "zip", "country"]),
    ("website", &["url"]),
    ("instant_message", &["service", "username"]),
    ("twitter", &["username"]),
    ("linked_in", &["url"]),
    ("facebook", &["url"]),
    ("apple", &["username"]),
    ("trust_pilot", &["username"]),
    ("instagram", &["username", "instagram_id"]),
    ("skype", &["username"]),
    ("phone", &["number"]),
    ("unknown", &["url"]),
    ("0", &["url"]),
];
const SERVICES: [&str; 9] =
    ["whatsapp", "aim", "msn", "icq", "skype", "gtalk", "other", "yim", "Google Talk"];
const FIELDS: [&str; 15] = [
    "address",
    "city",
    "state",
    "zip",
    "country",
    "url",
    "service",
    "username",
    "display_feed",
    "instagram_id",
    "id",
    "comment",
    "contact_type",
    "name",
    "profile_url",
];
const PERSON: [&str; 16] = [
    "email",
    "primary_email",
    "secondary_email",
    "emails",
    "organization_id",
    "organization",
    "group_id",
    "user_groups",
    "label",
    "labels",
    "field",
    "fields",
    "field_3",
    "phone_numbers",
    "teams",
    "number",
];
const ENVELOPE: [&str; 16] = [
    "contact_data",
    "type",
    "data",
    "meta",
    "linked",
    "error",
    "code",
    "comment",
    "contact.data",
    "contact data",
    "",
    "a[b",
    "b]c",
    "__Host-a",
    "\0",
    "first.name",
];

fn pick<T: Copy>(from: &[T], n: u8) -> T {
    from[usize::from(n) % from.len()]
}

impl Type {
    fn row(&self) -> (&'static str, &'static [&'static str]) {
        pick(&TYPES, self.0)
    }
}

impl Text {
    fn text(&self) -> &str {
        match self {
            Self::Empty => "",
            Self::Service(n) => pick(&SERVICES, *n),
            Self::Type(kind) => kind.row().0,
            Self::Truth(true) => "1",
            Self::Truth(false) => "0",
            Self::Free(text) => text,
        }
    }
}

impl Name {
    fn text(&self) -> String {
        match self {
            Self::Field(n) => pick(&FIELDS, *n).to_owned(),
            Self::Person(n) => pick(&PERSON, *n).to_owned(),
            Self::Envelope(n) => pick(&ENVELOPE, *n).to_owned(),
            Self::Number(n) => n.to_string(),
            Self::Free(name) => name.clone(),
        }
    }
}

fn quoted(text: &str) -> String {
    serde_json::to_string(text).expect("a string is written")
}

/// An object without duplicate names. The target `to_form` covers duplicate names.
fn object(members: impl IntoIterator<Item = (String, String)>) -> String {
    let mut seen: Vec<String> = Vec::new();
    let mut out = Vec::new();
    for (name, value) in members {
        if !seen.contains(&name) {
            out.push(format!("{}:{value}", quoted(&name)));
            seen.push(name);
        }
    }
    format!("{{{}}}", out.join(","))
}

fn list(values: impl IntoIterator<Item = String>) -> String {
    format!("[{}]", values.into_iter().collect::<Vec<_>>().join(","))
}

fn numbered(values: impl IntoIterator<Item = String>) -> String {
    object(values.into_iter().enumerate().map(|(n, value)| (n.to_string(), value)))
}

impl Json {
    fn json(&self) -> String {
        match self {
            Self::Null => "null".to_owned(),
            Self::Bool(truth) => truth.to_string(),
            Self::Integer(integer) => integer.to_string(),
            Self::Number(Number::NegativeZero) => "-0".to_owned(),
            Self::Number(Number::Trailing) => "1.50".to_owned(),
            Self::Number(Number::Huge) => "-1E+400".to_owned(),
            Self::Number(Number::Long) => "12345678901234567890123.0".to_owned(),
            Self::Text(text) => quoted(text.text()),
            Self::List(values) => list(values.iter().map(Self::json)),
            Self::Object(members) => object(members.iter().map(|(name, value)| (name.text(), value.json()))),
            Self::Deep(levels, is_list) => {
                let levels = usize::from(levels % 70);
                let (open, close) = if *is_list { ("[", "]") } else { ("{\"x\":", "}") };
                format!("{}1{}", open.repeat(levels), close.repeat(levels))
            }
        }
    }
}

impl Item {
    fn json(&self, is_flat: bool) -> String {
        let (kind, mut members) = match self {
            Self::Odd(json) => return json.json(),
            Self::Valid { kind, values, id, comment, feed } => {
                let fields = kind.row().1.iter().zip(values);
                let mut members: Vec<_> =
                    fields.map(|(name, text)| ((*name).to_owned(), quoted(text.text()))).collect();
                members.extend(id.map(|id| ("id".to_owned(), id.to_string())));
                members.extend(comment.as_ref().map(|text| ("comment".to_owned(), quoted(text.text()))));
                members.extend(feed.map(|feed| ("display_feed".to_owned(), feed.to_string())));
                (kind, members)
            }
            Self::Fields(kind, members) => {
                (kind, members.iter().map(|(name, value)| (name.text(), value.json())).collect())
            }
        };
        if is_flat {
            members.insert(0, ("contact_type".to_owned(), quoted(kind.row().0)));
        }
        object(members)
    }
}

impl Items {
    fn json(&self) -> String {
        match self {
            Self::List(items) => list(items.iter().map(|item| item.json(false))),
            Self::Numbered(items) => numbered(items.iter().map(|item| item.json(false))),
            Self::Odd(json) => json.json(),
        }
    }
}

impl Phone {
    fn json(&self) -> String {
        let member = |name: &str, text: &Text| (name.to_owned(), quoted(text.text()));
        let label = self.label.iter().map(|text| member("label", text));
        let extension = self.extension.iter().map(|text| member("extension", text));
        let others = self.others.iter().map(|(name, value)| (name.text(), value.json()));
        object([member("number", &self.number)].into_iter().chain(label).chain(extension).chain(others))
    }
}

impl Phones {
    fn json(&self) -> Option<String> {
        match self {
            Self::None => None,
            Self::List(phones) => Some(list(phones.iter().map(Phone::json))),
            Self::Numbered(phones) => Some(numbered(phones.iter().map(Phone::json))),
            Self::Odd(json) => Some(json.json()),
        }
    }
}

impl Body {
    fn json(&self) -> String {
        let body = self.body();
        let Some((meta, linked, is_in_list)) = &self.envelope else { return body };
        let member = |name: &str, json: &Option<Json>| Some((name.to_owned(), json.as_ref()?.json()));
        let data = if *is_in_list { list([body]) } else { body };
        object(
            member("meta", meta)
                .into_iter()
                .chain([("data".to_owned(), data)])
                .chain(member("linked", linked)),
        )
    }

    fn body(&self) -> String {
        let contacts = match &self.contact_data {
            Contacts::Bare(items) => return list(items.iter().map(|item| item.json(true))),
            Contacts::Grouped(lists) => {
                let lists = lists.iter().map(|(kind, items)| (kind.row().0.to_owned(), items.json()));
                Some(object(lists))
            }
            Contacts::Flat(items) => Some(list(items.iter().map(|item| item.json(true)))),
            Contacts::Numbered(items) => Some(numbered(items.iter().map(|item| item.json(true)))),
            Contacts::Odd(json) => Some(json.json()),
            Contacts::None => None,
        };
        let other_field = |(name, value): &(Name, Json)| (name.text(), value.json());
        let contacts = contacts.map(|json| ("contact_data".to_owned(), json));
        let phones = self.phones.json().map(|json| ("phone_numbers".to_owned(), json));
        let (before, after) = (self.before.iter().map(other_field), self.after.iter().map(other_field));
        object(before.chain(phones).chain(contacts).chain(after))
    }
}

fuzz_target!(|input: (u8, Body)| {
    let (setup, body) = (deskpro_fuzz::Setup::of(input.0), input.1);
    let json = body.json();
    if let Err(error) = deskpro_fuzz::body_is_restored(setup, json.as_bytes()) {
        let kinds = [
            ErrorKind::ContactDataNotArray,
            ErrorKind::ErrorLine,
            ErrorKind::LegacyRecords,
            ErrorKind::ListOfBodies,
            ErrorKind::MisplacedField,
            ErrorKind::TooDeep,
            ErrorKind::TooLong,
        ];
        assert!(kinds.contains(&error.kind()), "{error}\n{json}");
    }
});
