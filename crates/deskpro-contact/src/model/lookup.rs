//! Finds the rows of the table by name: types, services, phone types, legacy fields.

use std::sync::LazyLock;

use super::kind::{Kind, PhoneType, Service};
use super::table::{Format, Row, Rule, phone_type, row, service};
use crate::bytes::equal_short;

/// A record's type, and how its name was spelled.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TypeName {
    pub(crate) kind: Kind,
    /// The position of the name among the kind's names. Position 0 is the name that is written.
    position: u8,
    /// Whether restoring writes exactly this spelling.
    pub(crate) is_written: bool,
}

impl TypeName {
    /// The type name that is written for a kind.
    pub(crate) fn of(kind: Kind) -> Self {
        Self { kind, position: 0, is_written: true }
    }

    /// The name in the table if it is an alias, otherwise `None`.
    pub(crate) fn alias(self, format: Format) -> Option<&'static str> {
        let position = usize::from(self.position);
        (position > 0).then(|| row(self.kind).name.names(format)[position])
    }
}

/// Why a name is not a type of a format.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum NoType {
    /// Only the other format has it.
    OtherFormat,
    /// Neither format has it.
    Unknown,
}

/// Finds a type by its name in a format. Legacy names are accepted in any ASCII case and with `-` for `_`.
#[inline]
pub(crate) fn type_of(format: Format, name: &[u8]) -> Result<TypeName, NoType> {
    match types(format).get(name) {
        Some(found) => Ok(found),
        None => respelled_type(format, name),
    }
}

/// Finds a type whose name is not spelled as in the table.
#[cold]
fn respelled_type(format: Format, name: &[u8]) -> Result<TypeName, NoType> {
    find_type(format, format, name).ok_or_else(|| match find_type(format, format.other(), name) {
        Some(_) => NoType::OtherFormat,
        None => NoType::Unknown,
    })
}

/// Finds a type by its name in the format `names`. The format `spelled` decides which spellings are accepted.
fn find_type(spelled: Format, names: Format, name: &[u8]) -> Option<TypeName> {
    let same = |own: &str| match spelled {
        Format::Legacy => {
            let is_same =
                |(own, &byte): (u8, &u8)| own == byte.to_ascii_lowercase() || own == b'_' && byte == b'-';
            own.as_bytes() == name || own.bytes().zip(name).all(is_same)
        }
        Format::V2 => own.as_bytes() == name,
    };
    let &(own, found) = types(names).all.iter().find(|(own, _)| own.len() == name.len() && same(own))?;
    Some(TypeName { is_written: found.is_written && own.as_bytes() == name, ..found })
}

/// Names of the table with their meanings.
struct NameIndex<T> {
    all: Vec<(&'static str, T)>,
    /// The names by their [`slot`]. If several names have the same slot, it holds the first.
    slots: [Option<(&'static str, T)>; SLOTS],
}

const SLOTS: usize = 64;

/// The slot of a name: a hash of its first byte and its length, chosen so that the names of the table have different
/// slots.
fn slot(name: &[u8]) -> usize {
    name.first().map_or(0, |&first| (usize::from(first) * 5 + name.len()) % SLOTS)
}

impl<T: Copy> NameIndex<T> {
    fn new(all: Vec<(&'static str, T)>) -> Self {
        let mut slots = [None; SLOTS];
        for &(name, meaning) in &all {
            slots[slot(name.as_bytes())].get_or_insert((name, meaning));
        }
        Self { all, slots }
    }

    /// The meaning of a name that is spelled exactly as in the table.
    #[inline]
    fn get(&self, name: &[u8]) -> Option<T> {
        let (own, meaning) = self.slots[slot(name)]?;
        equal_short(own.as_bytes(), name).then_some(meaning)
    }
}

/// The types by their names in a format.
fn types(format: Format) -> &'static NameIndex<TypeName> {
    fn of(format: Format) -> NameIndex<TypeName> {
        let types = |kind| {
            let Row { name, rule, .. } = row(kind);
            let has_own = !matches!(rule, Rule::MapsTo(..));
            (0..).zip(name.names(format)).map(move |(position, name)| {
                (*name, TypeName { kind, position, is_written: has_own && position == 0 })
            })
        };
        NameIndex::new(Kind::ALL.into_iter().flat_map(types).collect())
    }
    static LEGACY: LazyLock<NameIndex<TypeName>> = LazyLock::new(|| of(Format::Legacy));
    static V2: LazyLock<NameIndex<TypeName>> = LazyLock::new(|| of(Format::V2));
    match format {
        Format::Legacy => &LEGACY,
        Format::V2 => &V2,
    }
}

/// The services by their names in either format.
static SERVICES: LazyLock<NameIndex<Service>> = LazyLock::new(|| {
    let names = |of| {
        let names = [Format::Legacy, Format::V2].into_iter().filter_map(move |to| service(of).written(to));
        names.map(move |name| (name, of))
    };
    NameIndex::new(Service::ALL.into_iter().flat_map(names).collect())
});

/// The service that a text names, in the spelling of either format and in any ASCII case.
pub(crate) fn service_of(text: &[u8]) -> Service {
    let is_it = |(own, _): &&(&str, Service)| own.as_bytes().eq_ignore_ascii_case(text);
    let find = || SERVICES.all.iter().find(is_it).map(|&(_, service)| service);
    SERVICES.get(text).or_else(find).unwrap_or(Service::Other)
}

/// The name of the service `text` in a format, or `other` if the format does not have the service.
pub(crate) fn service_in(format: Format, text: &[u8]) -> &'static str {
    service(service_of(text)).written(format).unwrap_or_else(|| service(Service::Other).anywhere(format))
}

/// A name that some kind has under `data` in the legacy format, by its position in [`FieldNames`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct FieldName(u8);

/// The names under `data` of all kinds, and the column of each kind that a name means.
pub(crate) struct FieldNames {
    names: Vec<&'static str>,
    columns: Vec<[Option<u8>; Kind::ALL.len()]>,
}

/// The legacy names of all fields.
pub(crate) static FIELD_NAMES: LazyLock<FieldNames> = LazyLock::new(|| {
    let mut all = FieldNames { names: Vec::new(), columns: Vec::new() };
    for kind in Kind::ALL {
        for (n, column) in (0..).zip(row(kind).columns) {
            let Some(name) = column.name.read(Format::Legacy) else { continue };
            let position = all.names.iter().position(|own| *own == name).unwrap_or_else(|| {
                all.names.push(name);
                all.columns.push([None; Kind::ALL.len()]);
                all.names.len() - 1
            });
            all.columns[position][kind as usize] = Some(n);
        }
    }
    all
});

impl FieldNames {
    /// All names.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (FieldName, &'static str)> {
        (0..).zip(&self.names).map(|(n, name)| (FieldName(n), *name))
    }

    pub(crate) fn text(&self, name: FieldName) -> &'static str {
        self.names[usize::from(name.0)]
    }

    /// The position of the column of a kind that has this name.
    #[inline]
    pub(crate) fn column(&self, name: FieldName, kind: Kind) -> Option<usize> {
        self.columns[usize::from(name.0)][kind as usize].map(usize::from)
    }

    /// The name of a kind's column.
    pub(crate) fn of_column(&self, kind: Kind, column: usize) -> FieldName {
        let named = self.iter().find(|&(name, _)| self.column(name, kind) == Some(column));
        named.expect("each column has a name").0
    }
}

/// The phone type that a text names, in the table's spelling.
pub(crate) fn phone_type_of(text: &[u8]) -> Option<PhoneType> {
    PhoneType::ALL.into_iter().find(|&of| phone_type(of).anywhere(Format::Legacy).as_bytes() == text)
}
