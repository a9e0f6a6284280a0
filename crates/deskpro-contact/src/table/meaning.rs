//! The table read from its names: what a type, a service or a phone type means.

use std::sync::LazyLock;

use super::{Format, phone_type, row, service};
use crate::error::ErrorKind;
use crate::model::{Kind, PhoneType, Service};
use crate::tree::is_same;

/// The kind that a type's name means in a format, and the name of the table that it is. A legacy name may come in
/// any ASCII case and with `-` for `_`.
#[inline(always)]
pub(crate) fn kind_of(format: Format, name: &[u8]) -> Option<(Kind, &'static str)> {
    let kinds = kinds(format);
    match kinds.slots.get(slot(name)) {
        // Mostly it is spelled as in the table.
        Some(Some((own, kind))) if is_same(own.as_bytes(), name) => Some((*kind, own)),
        _ => find_kind(format, format, name),
    }
}

/// The same, or why there is none: a type of the other format, or of neither.
pub(crate) fn kind_or(format: Format, name: &[u8]) -> Result<(Kind, &'static str), ErrorKind> {
    kind_of(format, name).ok_or_else(|| match find_kind(format, format.other(), name) {
        Some(_) => ErrorKind::TypeOfOtherFormat,
        None => ErrorKind::TypeUnknown,
    })
}

/// Looks a name that is spelled as in one format up among the names of another.
fn find_kind(spelled: Format, names: Format, name: &[u8]) -> Option<(Kind, &'static str)> {
    let same = |own: &str| match spelled {
        Format::Legacy => {
            let is_same =
                |(own, &byte): (u8, &u8)| own == byte.to_ascii_lowercase() || own == b'_' && byte == b'-';
            own.as_bytes() == name || own.bytes().zip(name).all(is_same)
        }
        Format::V2 => own.as_bytes() == name,
    };
    let is_it = |(own, _): &&(&'static str, Kind)| own.len() == name.len() && same(own);
    kinds(names).all.iter().find(is_it).map(|&(own, kind)| (kind, own))
}

/// The kinds by their names in a format.
struct Kinds {
    all: Vec<(&'static str, Kind)>,
    /// The same by what [`slot`] says of a name; of two in one place, the first.
    slots: [Option<(&'static str, Kind)>; SLOTS],
}

const SLOTS: usize = 64;

/// Where a name stands in [`Kinds::slots`]: each name of the table has a place of its own.
fn slot(name: &[u8]) -> usize {
    let first = name.first().copied().map_or(0, usize::from);
    first.wrapping_mul(11).wrapping_add(name.len()) % SLOTS
}

fn kinds(format: Format) -> &'static Kinds {
    static LEGACY: LazyLock<Kinds> = LazyLock::new(|| Kinds::new(Format::Legacy));
    static V2: LazyLock<Kinds> = LazyLock::new(|| Kinds::new(Format::V2));
    match format {
        Format::Legacy => &LEGACY,
        Format::V2 => &V2,
    }
}

impl Kinds {
    fn new(format: Format) -> Self {
        let names = |kind| row(kind).name.names(format).iter().map(move |name| (*name, kind));
        let all: Vec<_> = Kind::ALL.into_iter().flat_map(names).collect();
        let mut slots = [None; SLOTS];
        for &(name, kind) in &all {
            if let Some(place) = slots.get_mut(slot(name.as_bytes())) {
                place.get_or_insert((name, kind));
            }
        }
        Self { all, slots }
    }
}

/// The service that a text means, in either format's spelling and any ASCII case.
pub(crate) fn service_of(text: &[u8]) -> Service {
    let named = |of: &Service| {
        let spelling = service(*of);
        [Format::Legacy, Format::V2].iter().any(|&format| {
            spelling.written(format).is_some_and(|name| name.as_bytes().eq_ignore_ascii_case(text))
        })
    };
    Service::ALL.into_iter().find(named).unwrap_or(Service::Other)
}

/// The name that a format has for a service's text: its own, or `other`.
pub(crate) fn service_in(format: Format, text: &[u8]) -> &'static str {
    service(service_of(text)).written(format).unwrap_or_else(|| service(Service::Other).anywhere(format))
}

/// The phone type that a text means.
pub(crate) fn phone_type_of(text: &[u8]) -> Option<PhoneType> {
    PhoneType::ALL.into_iter().find(|&of| phone_type(of).anywhere(Format::Legacy).as_bytes() == text)
}
