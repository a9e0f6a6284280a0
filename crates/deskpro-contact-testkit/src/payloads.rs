//! Generated legacy payloads.
//!
//! Three classes, because no single distribution serves: *plain* payloads are what a migration feeds in, *odd* ones
//! break the habits that a converter might rely on, *hostile* ones break the syntax. Names and values come from small
//! pools, so that keys collide, repeat and replace each other often. No payload holds a line feed: it would be two.

mod hostile;
mod odd;
mod plain;
mod write;

use self::hostile::hostile;
use self::odd::odd;
use self::plain::plain;
use crate::Rng;

/// How far payloads are from what real clients send.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Class {
    /// What a migration feeds in.
    Plain,
    /// Well-formed, but against the habits of real clients.
    Odd,
    /// Against the syntax.
    Hostile,
}

/// One payload of a class.
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

/// A plain or odd payload in which each free text carries a mark of its own, `~1~`, `~2~`, …, to find it again.
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
