//! The table read from its names: what a type, a service or a phone type means.

use std::array::from_ref;
use std::sync::LazyLock;

use super::{Format, Row, Special, phone_type, row, service};
use crate::error::ErrorKind;
use crate::model::{Kind, PhoneType, Service};
use crate::simd::{Block, alike};
use crate::tree::AndBehind;

/// What a type says.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Type {
    pub(crate) kind: Kind,
    /// Which of the kind's names it is: the written one is the first.
    nth: u8,
    /// Whether it is spelled as the way back will write it.
    pub(crate) is_written: bool,
}

impl Type {
    /// The name that a kind is written by.
    pub(crate) fn of(kind: Kind) -> Self {
        Self { kind, nth: 0, is_written: true }
    }

    /// The name of the table that it is, where that is not the written one.
    pub(crate) fn alias(self, format: Format) -> Option<&'static str> {
        let nth = usize::from(self.nth);
        if nth > 0 { row(self.kind).name.names(format).get(nth).copied() } else { None }
    }
}

/// The kind that a type's name means in a format. A legacy name may come in any ASCII case and with `-` for `_`.
#[inline(always)]
pub(crate) fn kind_of(format: Format, name: AndBehind) -> Option<Type> {
    let (from, len) = name;
    kinds(format).spelled(name).or_else(|| find_kind(format, format, from, len))
}

/// The same, or why there is none: a type of the other format, or of neither.
#[inline(always)]
pub(crate) fn kind_or(format: Format, name: AndBehind) -> Result<Type, ErrorKind> {
    let (from, len) = name;
    kind_of(format, name).ok_or_else(|| match find_kind(format, format.other(), from, len) {
        Some(_) => ErrorKind::TypeOfOtherFormat,
        None => ErrorKind::TypeUnknown,
    })
}

/// Looks a name that is spelled as in one format up among the names of another. It takes the parts of a name: the whole
/// would be put into memory for the call, also where there is none.
fn find_kind(spelled: Format, names: Format, from: &[u8], len: usize) -> Option<Type> {
    let name = from.get(..len)?;
    let same = |own: &str| match spelled {
        Format::Legacy => {
            let is_same =
                |(own, &byte): (u8, &u8)| own == byte.to_ascii_lowercase() || own == b'_' && byte == b'-';
            own.as_bytes() == name || own.bytes().zip(name).all(is_same)
        }
        Format::V2 => own.as_bytes() == name,
    };
    let is_it = |(own, _): &&(&str, Type)| own.len() == name.len() && same(own);
    let &(own, of) = kinds(names).all.iter().find(is_it)?;
    Some(Type { is_written: of.is_written && own.as_bytes() == name, ..of })
}

/// What the names of the table mean.
struct Names<T> {
    all: Vec<(&'static str, T)>,
    /// The same by what [`slot`] says of a name; of two in one place, the first.
    slots: [Option<Slot<T>>; SLOTS],
}

/// A name in as many bytes as are looked at at once.
#[derive(Clone, Copy)]
struct Slot<T> {
    padded: Block,
    len: u8,
    means: T,
}

const SLOTS: usize = 64;

/// Where a name stands in [`Names::slots`]: each name of the table has a place of its own.
fn slot([first, ..]: &Block, len: usize) -> usize {
    usize::from(*first).wrapping_mul(5).wrapping_add(len) % SLOTS
}

impl<T: Copy> Names<T> {
    fn new(all: Vec<(&'static str, T)>) -> Self {
        let mut slots = [None; SLOTS];
        for &(name, means) in &all {
            let mut padded = Block::default();
            padded.iter_mut().zip(name.bytes()).for_each(|(own, byte)| *own = byte);
            // A longer one is looked up among all.
            if name.len() <= padded.len()
                && let Ok(len) = u8::try_from(name.len())
                && let Some(place) = slots.get_mut(slot(&padded, name.len()))
            {
                place.get_or_insert(Slot { padded, len, means });
            }
        }
        Self { all, slots }
    }

    /// What a name means that is spelled as in the table, which it mostly is. None too where too little stands behind it.
    #[inline(always)]
    fn spelled(&self, (from, len): AndBehind) -> Option<T> {
        let padded = from.first_chunk()?;
        let own = (*self.slots.get(slot(padded, len))?)?;
        let is_it = usize::from(own.len) == len && alike(from_ref(&own.padded), from_ref(padded)) >= len;
        is_it.then_some(own.means)
    }
}

/// The kinds by their names in a format.
fn kinds(format: Format) -> &'static Names<Type> {
    fn of(format: Format) -> Names<Type> {
        let types = |kind| {
            let Row { name: names, special, .. } = row(kind);
            let has_own = !matches!(special, Special::InV2(..));
            let names = (0..).zip(names.names(format));
            names.map(move |(nth, name)| (*name, Type { kind, nth, is_written: has_own && nth == 0 }))
        };
        Names::new(Kind::ALL.into_iter().flat_map(types).collect())
    }
    static LEGACY: LazyLock<Names<Type>> = LazyLock::new(|| of(Format::Legacy));
    static V2: LazyLock<Names<Type>> = LazyLock::new(|| of(Format::V2));
    match format {
        Format::Legacy => &LEGACY,
        Format::V2 => &V2,
    }
}

/// The services by their names in either format.
static SERVICES: LazyLock<Names<Service>> = LazyLock::new(|| {
    let names = |of| {
        let names = [Format::Legacy, Format::V2].into_iter().filter_map(move |to| service(of).written(to));
        names.map(move |name| (name, of))
    };
    Names::new(Service::ALL.into_iter().flat_map(names).collect())
});

/// The service that a text means, in either format's spelling and any ASCII case.
pub(crate) fn service_of((from, len): AndBehind) -> Service {
    let text = from.get(..len).unwrap_or_default();
    let is_it = |(own, _): &&(&str, Service)| own.as_bytes().eq_ignore_ascii_case(text);
    let find = || SERVICES.all.iter().find(is_it).map(|&(_, service)| service);
    SERVICES.spelled((from, len)).or_else(find).unwrap_or(Service::Other)
}

/// The name that a format has for a service's text: its own, or `other`.
pub(crate) fn service_in(format: Format, text: AndBehind) -> &'static str {
    service(service_of(text)).written(format).unwrap_or_else(|| service(Service::Other).anywhere(format))
}

/// The phone type that a text means.
pub(crate) fn phone_type_of(text: &[u8]) -> Option<PhoneType> {
    PhoneType::ALL.into_iter().find(|&of| phone_type(of).anywhere(Format::Legacy).as_bytes() == text)
}
