//! Recognises kinds of JSON.

use std::borrow::Cow;

use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};

use super::Expected;

/// What a line that begins with `{` or `[` looks like.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Json {
    /// A v2 body or a reply.
    Body,
    /// A line that `--on-error emit` wrote.
    ErrorLine,
    /// A line of a losses file.
    Losses,
    /// The first line of a value that goes on in the next line.
    SeveralLines,
    ListOfBodies,
    /// A body of the legacy API: `contact_data` holds records.
    LegacyBody,
    /// A reply of the legacy API: a person, or contact details.
    LegacyReply,
    /// A row of a legacy database.
    Row,
    /// Requests that a browser recorded.
    Har,
    /// Several requests to the v2 API in one.
    Batch,
}

impl Json {
    /// `None` for a line that does not begin with `{` or `[`.
    pub(super) fn of(line: &[u8], is_cut: bool) -> Option<Self> {
        let line = line.trim_ascii();
        if !matches!(line.first(), Some(b'{' | b'[')) {
            return None;
        }
        let mut top = Node::Other;
        let read = Seed(&mut top).deserialize(&mut serde_json::Deserializer::from_slice(line));
        let is_unfinished = read.is_err_and(|error| error.is_eof());
        // Programs break lines only after these characters. A line that ends within a text or a name is damaged
        // instead.
        let has_break = match line.last() {
            Some(b'{' | b'[' | b',' | b':') => true,
            Some(b'}' | b']') => line.starts_with(b"["),
            Some(_) | None => false,
        };
        Some(match &top {
            Node::Object(members) if is_losses(members) => Self::Losses,
            Node::Object(members) if is_har(members) => Self::Har,
            Node::Object(members) if is_batch(members) => Self::Batch,
            Node::Object(_) if is_legacy_reply(&top) => Self::LegacyReply,
            Node::Object(_) | Node::List(_) if is_unfinished && !is_cut && has_break => Self::SeveralLines,
            Node::Object(members) if members.len() == 1 && top.get("error").is_some_and(Node::is_object) => {
                Self::ErrorLine
            }
            Node::Object(_) if is_legacy(&top) => Self::LegacyBody,
            Node::Object(_) if is_row(&top) => Self::Row,
            Node::List(items) if items.first().is_some_and(is_body) => Self::ListOfBodies,
            Node::Object(_) | Node::List(_) | Node::Text | Node::Number | Node::Other => Self::Body,
        })
    }

    pub(super) fn clause(self, expected: Expected) -> Option<String> {
        let (are_bodies, are_written) = match expected {
            Expected::Forms => (false, false),
            Expected::WrittenForms => (false, true),
            Expected::Bodies => (true, false),
            Expected::WrittenBodies => (true, true),
            Expected::Dump | Expected::Rows => (false, false),
        };
        let clause = match self {
            Self::Body if are_bodies => return None,
            // The reader's own message says more about the columns.
            Self::Body | Self::Row if expected == Expected::Rows => return None,
            Self::ErrorLine if are_bodies || are_written => return None,
            // A form may have fields of these names.
            Self::Har | Self::Batch | Self::LegacyReply | Self::Row if are_bodies && are_written => {
                return None;
            }
            Self::Body | Self::ErrorLine => {
                "looks like JSON: convert reads v2 bodies with --to form, JSON of the legacy API with --from json, and form \
                 payloads without these options"
            }
            Self::Losses => {
                "is a losses file: give it to --restore, and the output that belongs to it as FILE"
            }
            Self::SeveralLines if are_bodies => {
                "looks like JSON over several lines: write each body on one line with `jq -c .`, or, for a list, with \
                 `jq -c '.[]'`"
            }
            Self::SeveralLines => {
                "looks like JSON over several lines: write each value on one line with `jq -c .`, and convert v2 bodies with \
                 --to form, JSON of the legacy API with --from json"
            }
            Self::ListOfBodies if are_bodies => {
                "looks like a list of v2 bodies: write each on a line with `jq -c '.[]'`"
            }
            Self::ListOfBodies => {
                "looks like a list of v2 bodies: write each on a line with `jq -c '.[]'` and convert them with --to form"
            }
            Self::LegacyBody => {
                "looks like JSON of the legacy API, where contact_data holds records: convert reads it with --from json"
            }
            Self::Har => {
                "looks like a HAR file: write the text of each recorded request on a line with \
                 `jq -r '.log.entries[].request.postData.text'`"
            }
            Self::Batch => {
                "looks like batch requests: write the body of each request on a line with \
                 `jq -c '.requests[].payload'` and convert them with --to form"
            }
            Self::Row => "looks like rows of a legacy database as JSON: convert reads them with --from rows",
            Self::LegacyReply => "looks like replies of the legacy API: convert reads them with --from json",
        };
        Some(clause.to_owned())
    }
}

/// Whether an object is a line of a losses file. A form's field `line` is a text in the output, not a number.
fn is_losses(members: &[(String, Node)]) -> bool {
    let [(name, value), rest @ ..] = members else { return false };
    match name.as_str() {
        "line" => {
            let is_named =
                |(name, _): &(String, Node)| ["output", "losses", "error"].contains(&name.as_str());
            *value == Node::Number && rest.iter().any(is_named)
        }
        "head" => value.get("version") == Some(&Node::Number),
        "end" => value.get("lines") == Some(&Node::Number),
        _ => false,
    }
}

fn is_har(members: &[(String, Node)]) -> bool {
    let [(name, log), ..] = members else { return false };
    name == "log" && log.get("version").is_some() && log.get("creator").is_some_and(Node::is_object)
}

/// `{"requests":{"one":{"method":"POST","url":"people","payload":{…}}}}`
fn is_batch(members: &[(String, Node)]) -> bool {
    let [(name, requests), ..] = members else { return false };
    let first = requests.first();
    name == "requests"
        && first.is_some_and(|first| first.get("url").is_some() || first.get("payload").is_some())
}

/// Whether `contact_data` holds legacy records: objects with `type` and `data`, and without `contact_type`.
fn is_legacy(body: &Node) -> bool {
    let first = body.get("contact_data").and_then(Node::first);
    first.is_some_and(|record| {
        let has_data = record.get("data").is_some_and(|data| matches!(data, Node::Object(_) | Node::List(_)));
        record.get("type").is_some() && has_data && record.get("contact_type").is_none()
    })
}

/// Whether an object is a reply of the legacy API: a person with records, or records without a person.
fn is_legacy_reply(body: &Node) -> bool {
    let Node::Object(members) = body else { return false };
    let is_only = members.len() == 1;
    let has_records = |records: &Node| match records {
        Node::Object(_) => records.first().is_some_and(|record| record.get("contact_type").is_some()),
        Node::List(_) | Node::Text | Node::Number | Node::Other => false,
    };
    let person = body.get("person").filter(|person| person.is_object());
    let details = body.get("details");
    body.get("contact_data").is_none()
        && (person.is_some_and(|person| is_only || person.get("contact_data").is_some())
            || details
                .is_some_and(|details| has_records(details) || is_only && matches!(details, Node::List(_))))
}

/// Whether an object is a row of a legacy database with contact data or a phone.
fn is_row(body: &Node) -> bool {
    let has = |name: &str| body.get(name).is_some();
    (has("person_id") || has("organization_id"))
        && (has("contact_type") || has("number"))
        && !has("contact_data")
}

/// Whether an element of a list is the body of a person, not an item of a reply.
fn is_body(element: &Node) -> bool {
    let has = |name: &&str| element.get(name).is_some();
    has(&"contact_data")
        || !has(&"contact_type") && ["name", "first_name", "primary_email", "emails", "email"].iter().any(has)
}

/// A value whose end may be missing.
#[derive(PartialEq, Eq, Debug)]
enum Node {
    Object(Vec<(String, Self)>),
    List(Vec<Self>),
    Text,
    Number,
    /// `true`, `false`, `null`, or a value that could not be read.
    Other,
}

impl Node {
    fn get(&self, name: &str) -> Option<&Self> {
        match self {
            Self::Object(members) => members.iter().find(|(own, _)| own == name).map(|(_, value)| value),
            Self::List(_) | Self::Text | Self::Number | Self::Other => None,
        }
    }

    /// The first element of a list, or the value of an object's first member.
    fn first(&self) -> Option<&Self> {
        match self {
            Self::List(items) => items.first(),
            Self::Object(members) => members.first().map(|(_, value)| value),
            Self::Text | Self::Number | Self::Other => None,
        }
    }

    fn is_object(&self) -> bool {
        matches!(self, Self::Object(_))
    }
}

/// Reads into a node. After an error, the node holds everything before it.
struct Seed<'a>(&'a mut Node);

impl<'de> DeserializeSeed<'de> for Seed<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        from.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Seed<'_> {
    type Value = ();

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("JSON")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        *self.0 = Node::Object(Vec::new());
        while let Some(name) = members.next_key::<Cow<'de, str>>()? {
            let Node::Object(found) = &mut *self.0 else { return Err(A::Error::custom("set above")) };
            found.push((name.into_owned(), Node::Other));
            let (_, value) = found.last_mut().expect("pushed above");
            members.next_value_seed(Seed(value))?;
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        *self.0 = Node::List(Vec::new());
        loop {
            let mut item = Node::Other;
            let read = items.next_element_seed(Seed(&mut item));
            let Node::List(found) = &mut *self.0 else { return Err(A::Error::custom("set above")) };
            // An element whose end is missing counts, but not the missing element after a comma.
            if !matches!(read, Ok(None)) && (read.is_ok() || item != Node::Other) {
                found.push(item);
            }
            if read?.is_none() {
                return Ok(());
            }
        }
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        *self.0 = Node::Text;
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        *self.0 = Node::Number;
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        *self.0 = Node::Number;
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        *self.0 = Node::Number;
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }
}
