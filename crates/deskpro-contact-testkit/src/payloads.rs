//! Generates legacy payloads.
//!
//! There are three classes, because no single distribution covers all cases. Names and values come from small pools, so
//! that keys often repeat and replace each other. No payload contains a line feed, because a line is a payload.

mod hostile;
mod odd;
mod plain;
mod write;

use self::hostile::hostile;
use self::odd::odd;
use self::plain::plain;
use crate::Rng;

/// How much payloads differ from those of real clients.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Class {
    /// Like those of real clients.
    Plain,
    /// Well-formed, but unlike those of real clients.
    Odd,
    /// Malformed, or near a limit.
    Hostile,
}

/// Generates a payload of a class.
pub fn payload(rng: &mut Rng, class: Class) -> Vec<u8> {
    let mut payload = match class {
        Class::Plain => plain(rng).write(),
        Class::Odd => odd(rng).write(),
        Class::Hostile => hostile(rng),
    };
    for byte in &mut payload {
        if *byte == b'\n' {
            *byte = b'\r';
        }
    }
    payload
}

/// Generates a plain or odd payload in which each free text ends in a unique mark: `~1~`, `~2~`, …
pub fn marked(rng: &mut Rng) -> Vec<u8> {
    let mut form = if rng.chance(50) { plain(rng) } else { odd(rng) };
    for (n, field) in form.fields.iter_mut().enumerate() {
        let is_closed_set = matches!(
            field.path.last().map(Vec::as_slice),
            Some(b"type" | b"service" | b"display_feed" | b"data" | b"contact_data")
        );
        if !is_closed_set && !field.value.is_empty() {
            field.value.extend_from_slice(format!("~{n}~").as_bytes());
        }
    }
    form.write()
}
