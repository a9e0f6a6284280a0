//! The person's id in a payload: the value of the field that `--id-field` names, as JSON.
//!
//! The library tells the id of a payload that it converted. This module looks for it in one that was rejected, as far
//! as that can be read, and in the start of a line that nobody holds whole.

use std::borrow::Cow;

use deskpro_contact::Target;
use deskpro_contact::form::Form;
use memchr::{memchr, memrchr};
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::args::Args;

/// The field that holds the person's id.
#[derive(Clone, Debug)]
pub struct IdField {
    name: String,
    is_json: bool,
}

impl IdField {
    /// The field that the arguments name, if they do.
    pub fn new(args: &Args) -> Option<Self> {
        Some(Self { name: args.id_field.clone()?, is_json: args.target() == Target::Form })
    }

    /// The field's name.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Looks for the id in a payload, or in the start of one where `is_cut`.
    pub(crate) fn find(&self, payload: &[u8], is_cut: bool) -> Option<String> {
        if self.is_json { self.find_in_body(payload) } else { self.find_in_form(payload, is_cut) }
    }

    fn find_in_form(&self, payload: &[u8], is_cut: bool) -> Option<String> {
        /// How much is read at once: a payload may be of nothing but small names.
        const ROOM: usize = 64 << 10;
        // A NUL ends a payload.
        let payload = &payload[..memchr(0, payload).unwrap_or(payload.len())];
        let whole = match memrchr(b'&', payload) {
            Some(end) if is_cut => &payload[..end],
            None if is_cut => b"",
            Some(_) | None => payload,
        };
        let mut found = None;
        let mut some: Vec<u8> = Vec::new();
        let mut pairs = whole.split(|&byte| byte == b'&').peekable();
        while let Some(pair) = pairs.next() {
            some.extend_from_slice(outline(pair));
            some.push(b'&');
            if some.len() < ROOM && pairs.peek().is_some() {
                continue;
            }
            let form = Form::read(&some).ok()?;
            if let Some(field) = form.root().get(self.name.as_bytes()) {
                // The last one wins, a text or an array.
                let text = field.text().and_then(|text| std::str::from_utf8(text).ok());
                found = text.map(|text| serde_json::to_string(text).expect("a string is JSON"));
            }
            some.clear();
        }
        found
    }

    fn find_in_body(&self, payload: &[u8]) -> Option<String> {
        let mut found = None;
        let mut body = serde_json::Deserializer::from_slice(payload);
        // Where reading ends early, what was found before that stands.
        let _ = Members { name: &self.name, found: &mut found }.deserialize(&mut body);
        found
    }
}

/// As much of a pair as says whether its field is a text or an array: with a bracket that closes it is an array, and of
/// those behind it there may be too many to read.
fn outline(pair: &[u8]) -> &[u8] {
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

/// Looks for one member of an object, and keeps it though the rest cannot be read.
struct Members<'a> {
    name: &'a str,
    found: &'a mut Option<String>,
}

impl<'de> DeserializeSeed<'de> for Members<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        from.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Members<'_> {
    type Value = ();

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        let mut last: Option<String> = None;
        loop {
            // A number is whole when something follows it.
            let next = members.next_key::<Cow<'de, str>>();
            if next.is_ok() || last.as_ref().is_some_and(|last| last.starts_with('"')) {
                *self.found = last.take().or(self.found.take());
            }
            let Some(name) = next? else { return Ok(()) };
            if name == self.name {
                let value = members.next_value::<&RawValue>()?.get();
                // As the library has it: no list, no object, no null.
                let is_id = match value.as_bytes().first() {
                    Some(b'[' | b'{' | b'n') | None => false,
                    // Half a surrogate pair is no text.
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
