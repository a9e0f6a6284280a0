//! Converts legacy payloads to v2 JSON in the straightforward way: structs, `serde_qs`, `serde_json`.
//!
//! It reads one payload per line, writes one body per line, and does not report losses. Unlike the other programs, it
//! has a struct field for each other field of the corpus, because `serde_qs` does not keep the order of names. It turns
//! on form encoding, without which `serde_qs` does not read encoded brackets.

use std::collections::BTreeMap;
use std::io::{self, BufRead as _, BufWriter, Write as _};

use serde::{Deserialize, Serialize};
use serde_qs::Config;

#[derive(Deserialize)]
struct Payload {
    name: Option<String>,
    email: Option<String>,
    organization: Option<String>,
    labels: Option<Vec<String>>,
    #[serde(default)]
    contact_data: BTreeMap<u32, Record>,
}

#[derive(Deserialize)]
struct Record {
    r#type: String,
    data: Data,
}

#[derive(Deserialize)]
struct Data {
    address: Option<String>,
    city: Option<String>,
    state: Option<String>,
    zip: Option<String>,
    url: Option<String>,
    service: Option<String>,
    username: Option<String>,
    display_feed: Option<String>,
    profile_url: Option<String>,
}

#[derive(Serialize)]
struct Body {
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    organization: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    labels: Option<Vec<String>>,
    #[serde(serialize_with = "groups")]
    contact_data: Vec<Group>,
}

type Group = (&'static str, Vec<Item>);

#[derive(Serialize)]
#[serde(untagged)]
enum Item {
    Address { address: String, city: String, state: String, zip: String },
    InstantMessage { service: String, username: String },
    Twitter { username: String, display_feed: bool },
    Url { url: String },
}

/// Serializes the types in the order of their first items.
fn groups<S: serde::Serializer>(groups: &[Group], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(groups.iter().map(|(kind, items)| (kind, items)))
}

fn item(record: Record) -> Option<(&'static str, Item)> {
    let kind = record.r#type.to_ascii_lowercase().replace('-', "_");
    let data = record.data;
    let non_empty = |text: Option<String>| text.filter(|text| !text.is_empty());
    match kind.as_str() {
        "address" => {
            let [address, city, state, zip] =
                [data.address, data.city, data.state, data.zip].map(Option::unwrap_or_default);
            let is_empty = [&address, &city, &state, &zip].iter().all(|text| text.is_empty());
            (!is_empty).then_some(("address", Item::Address { address, city, state, zip }))
        }
        "website" => Some(("website", Item::Url { url: non_empty(data.url)? })),
        "instant_message" | "im" => {
            let service = data.service.unwrap_or_default().to_ascii_lowercase();
            let is_known =
                matches!(service.as_str(), "whatsapp" | "aim" | "msn" | "icq" | "skype" | "gtalk" | "other");
            let service = if is_known { service } else { "other".to_owned() };
            Some(("instant_message", Item::InstantMessage { service, username: non_empty(data.username)? }))
        }
        "skype" => {
            let username = non_empty(data.username)?;
            Some(("instant_message", Item::InstantMessage { service: "skype".to_owned(), username }))
        }
        "twitter" => {
            let display_feed = data.display_feed.is_some_and(|text| !text.is_empty() && text != "0");
            Some(("twitter", Item::Twitter { username: non_empty(data.username)?, display_feed }))
        }
        "linked_in" | "linkedin" => Some(("linked_in", Item::Url { url: non_empty(data.profile_url)? })),
        "facebook" => Some(("facebook", Item::Url { url: non_empty(data.profile_url)? })),
        _ => None,
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let config = Config::new().use_form_encoding(true);
    let mut input = io::stdin().lock();
    let mut output = BufWriter::with_capacity(1 << 16, io::stdout().lock());
    let mut line = Vec::new();
    while input.read_until(b'\n', &mut line)? > 0 {
        let payload: Payload = config.deserialize_bytes(line.strip_suffix(b"\n").unwrap_or(&line))?;
        let mut contact_data: Vec<Group> = Vec::new();
        for (kind, item) in payload.contact_data.into_values().filter_map(item) {
            match contact_data.iter_mut().find(|(known, _)| *known == kind) {
                Some((_, items)) => items.push(item),
                None => contact_data.push((kind, vec![item])),
            }
        }
        let body = Body {
            name: payload.name,
            email: payload.email,
            organization: payload.organization,
            labels: payload.labels,
            contact_data,
        };
        serde_json::to_writer(&mut output, &body)?;
        output.write_all(b"\n")?;
        line.clear();
    }
    output.flush()?;
    Ok(())
}
