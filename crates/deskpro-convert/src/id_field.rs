//! Finds the person's id in a payload: the value of the field that `--id-field` names, as JSON.
//!
//! The library returns the id of a converted payload. This module finds the id in a rejected payload, if the part that
//! can be read has the id, and in the start of a line over the limit.

use std::borrow::Cow;
use std::collections::BTreeMap;

use deskpro_contact::form::Form;
use deskpro_contact::losses_file::PersonId;
use memchr::{memchr, memrchr};
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::args::{Args, InputFormat};

/// The field that holds the person's id.
#[derive(Clone, Debug)]
pub struct IdField {
    /// The names that the field can have, in the order in which they are tried.
    names: Vec<String>,
    is_json: bool,
    /// Whether a body may be the `data` of a reply. An output that is restored never is.
    may_be_reply: bool,
}

impl IdField {
    /// The field that `--id-field` names, if it is given.
    pub fn new(args: &Args) -> Option<Self> {
        let input = args.input_format();
        let may_be_reply = input == InputFormat::V2 && !args.is_restoring();
        let is_json = match input {
            InputFormat::Json | InputFormat::V2 => true,
            InputFormat::Form | InputFormat::Dump | InputFormat::Rows => false,
        };
        args.id_field.as_ref()?;
        let names = args.options().names_of_id(args.is_restoring()).map(str::to_owned).collect();
        Some(Self { names, is_json, may_be_reply })
    }

    /// This field in forms that are built from lines of another format.
    pub(crate) fn of_form(&self) -> Self {
        Self { is_json: false, ..self.clone() }
    }

    /// Finds the id in a payload, or if `is_cut` in the start of a payload. The result is JSON for a [`PersonId`].
    pub(crate) fn find(&self, payload: &[u8], is_cut: bool) -> Option<String> {
        self.names.iter().find_map(|name| {
            let found = match self.is_json {
                true => self.find_in_body(payload, name),
                false => find_in_form(payload, is_cut, name),
            };
            found.filter(|id| PersonId::from_json(id).is_some())
        })
    }

    /// Finds the id in a payload, as a form writes it.
    pub(crate) fn find_text(&self, payload: &[u8]) -> Option<String> {
        let id = self.find(payload, false)?;
        PersonId::from_json(&id).map(|id| id.text().into_owned())
    }

    fn find_in_body(&self, payload: &[u8], name: &str) -> Option<String> {
        let data = if self.may_be_reply { data_of_reply(payload) } else { None };
        let payload = data.map_or(payload, |data| data.get().as_bytes());
        let mut found = None;
        let mut body = serde_json::Deserializer::from_slice(payload);
        // The rest of the body may be invalid: an id found before that is valid.
        let _ = MemberFinder { name, found: &mut found }.deserialize(&mut body);
        found
    }
}

/// Finds the id in a form, or in the start of one.
fn find_in_form(payload: &[u8], is_cut: bool, name: &str) -> Option<String> {
    /// The number of bytes that are read as one form. A long payload of short pairs would make a large tree.
    const CHUNK: usize = 64 << 10;
    // PHP reads a payload up to its first NUL.
    let payload = &payload[..memchr(0, payload).unwrap_or(payload.len())];
    let pairs = match memrchr(b'&', payload) {
        Some(end) if is_cut => &payload[..end],
        None if is_cut => b"",
        Some(_) | None => payload,
    };
    let mut found = None;
    let mut chunk: Vec<u8> = Vec::new();
    let mut pairs = pairs.split(|&byte| byte == b'&').peekable();
    while let Some(pair) = pairs.next() {
        chunk.extend_from_slice(pair_start(pair));
        chunk.push(b'&');
        if chunk.len() < CHUNK && pairs.peek().is_some() {
            continue;
        }
        let form = Form::read(&chunk).ok()?;
        if let Some(field) = form.root().get(name.as_bytes()) {
            // The last field of this name wins, whether it is a text or an array.
            let text = field.text().and_then(|text| std::str::from_utf8(text).ok());
            found = text.map(|text| serde_json::to_string(text).expect("a string is JSON"));
        }
        chunk.clear();
    }
    found
}

/// The `data` of a reply: of an object whose other members are at most `meta` and `linked`. `None` if the payload is
/// not whole.
fn data_of_reply(payload: &[u8]) -> Option<&RawValue> {
    let members: BTreeMap<Cow<'_, str>, &RawValue> = serde_json::from_slice(payload).ok()?;
    let is_reply = members.keys().all(|name| ["data", "meta", "linked"].contains(&&**name));
    members.get("data").copied().filter(|_| is_reply)
}

/// A pair up to its first closed bracket, or the whole pair if it has none. It shows whether the field is a text or an
/// array; with all its brackets, the pair may be too deep to read.
fn pair_start(pair: &[u8]) -> &[u8] {
    let name = &pair[..memchr(b'=', pair).unwrap_or(pair.len())];
    let mut is_open = false;
    for at in 0..name.len() {
        let len = match &name[at..] {
            [b'[', ..] | [b'%', b'5', b'b' | b'B', ..] => {
                is_open = true;
                continue;
            }
            [b']', ..] if is_open => 1,
            [b'%', b'5', b'd' | b'D', ..] if is_open => 3,
            _ => continue,
        };
        return &name[..at + len];
    }
    pair
}

/// Finds the value of one member of an object, even if the rest of the object cannot be read.
struct MemberFinder<'a> {
    name: &'a str,
    found: &'a mut Option<String>,
}

impl<'de> DeserializeSeed<'de> for MemberFinder<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        from.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for MemberFinder<'_> {
    type Value = ();

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        let mut last: Option<String> = None;
        loop {
            // A number is complete only if something follows it.
            let next = members.next_key::<Cow<'de, str>>();
            if next.is_ok() || last.as_ref().is_some_and(|last| last.starts_with('"')) {
                *self.found = last.take().or(self.found.take());
            }
            let Some(name) = next? else { return Ok(()) };
            if name == self.name {
                let value = members.next_value::<&RawValue>()?.get();
                // As in the library: no list, no object, no null.
                let is_id = match value.as_bytes().first() {
                    Some(b'[' | b'{' | b'n') | None => false,
                    // A lone surrogate is not a text.
                    Some(b'"') => serde_json::from_str::<Cow<'_, str>>(value).is_ok(),
                    Some(_) => true,
                };
                last = is_id.then(|| value.to_owned());
            } else {
                members.next_value::<IgnoredAny>()?;
            }
        }
    }
}
