//! The rows of the table as bit sets, with one bit per column.

use super::kind::{Kind, Profile};
use super::table::{Column, Format, MOST_FIELDS, Required, ValueType, row};

/// A set of a kind's columns, by their positions.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct ColumnSet(u8);

const _: () = assert!(MOST_FIELDS <= u8::BITS as usize);

impl ColumnSet {
    pub(crate) const NONE: Self = Self(0);
    const ALL: Self = Self(u8::MAX);

    /// The positions for which a condition holds.
    #[inline]
    pub(crate) fn of<T>(columns: &[T; MOST_FIELDS], holds: impl Fn(&T) -> bool) -> Self {
        let bits = columns.iter().zip(0_u8..).map(|(column, n)| u8::from(holds(column)) << n);
        Self(bits.fold(0, |set, bit| set | bit))
    }

    pub(crate) fn is_empty(self) -> bool {
        self == Self::NONE
    }

    pub(crate) fn has(self, column: usize) -> bool {
        self.0 >> column & 1 != 0
    }

    pub(crate) fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    pub(crate) fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(crate) fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// Adds a column if `holds` is true.
    pub(crate) const fn add_if(&mut self, column: usize, holds: bool) {
        self.0 |= (holds as u8) << column;
    }

    /// All columns if `holds` is true, otherwise no columns.
    pub(crate) fn when(holds: bool) -> Self {
        if holds { Self::ALL } else { Self::NONE }
    }

    /// The positions, in order.
    pub(crate) fn positions(mut self) -> impl Iterator<Item = usize> {
        std::iter::from_fn(move || {
            let lowest = self.0.trailing_zeros();
            (lowest < u8::BITS).then(|| {
                self.0 &= self.0 - 1;
                lowest as usize
            })
        })
    }
}

/// Sets of columns of a kind, by property.
#[derive(Clone, Copy)]
pub(crate) struct KindColumns {
    /// A record needs one non-empty value among these.
    any_of: ColumnSet,
    /// An item of v2 needs one non-empty value among these and those of `any_of`.
    any_of_in_v2: ColumnSet,
    /// Columns whose values are not plain text.
    pub(crate) typed: ColumnSet,
    /// Columns whose values are booleans.
    pub(crate) booleans: ColumnSet,
    legacy: ColumnSet,
    v2: ColumnSet,
    extended: ColumnSet,
}

impl KindColumns {
    const EMPTY: Self = Self {
        any_of: ColumnSet::NONE,
        any_of_in_v2: ColumnSet::NONE,
        typed: ColumnSet::NONE,
        booleans: ColumnSet::NONE,
        legacy: ColumnSet::NONE,
        v2: ColumnSet::NONE,
        extended: ColumnSet::NONE,
    };

    const fn of(kind: Kind) -> Self {
        let columns = row(kind).columns;
        let mut sets = Self::EMPTY;
        let mut n = 0;
        while n < columns.len() {
            let Column { name, required, value_type, .. } = &columns[n];
            sets.any_of.add_if(n, matches!(required, Required::AnyOf));
            sets.any_of_in_v2.add_if(n, matches!(required, Required::AnyOf | Required::InV2));
            sets.typed.add_if(n, !matches!(value_type, ValueType::Text));
            sets.booleans.add_if(n, matches!(value_type, ValueType::Boolean));
            sets.legacy.add_if(n, name.is_in(Format::Legacy));
            sets.v2.add_if(n, name.is_in(Format::V2));
            sets.extended.add_if(n, name.is_in_profile(Format::V2, Profile::Extended));
            n += 1;
        }
        sets
    }

    /// The columns of which a format requires one non-empty value.
    pub(crate) fn any_of(&self, format: Format) -> ColumnSet {
        match format {
            Format::Legacy => self.any_of,
            Format::V2 => self.any_of_in_v2,
        }
    }

    /// The columns that a format has in a profile.
    pub(crate) fn in_format(&self, format: Format, profile: Profile) -> ColumnSet {
        match (format, profile) {
            (Format::Legacy, _) => self.legacy,
            (Format::V2, Profile::Documented) => self.v2,
            (Format::V2, Profile::Extended) => self.extended,
        }
    }

    /// The columns that the v2 document has, and therefore requires.
    pub(crate) fn required_in_v2(&self) -> ColumnSet {
        self.v2
    }
}

/// The sets of columns of a kind.
pub(crate) fn columns(of: Kind) -> &'static KindColumns {
    static ALL: [KindColumns; Kind::ALL.len()] = {
        let mut all = [KindColumns::EMPTY; Kind::ALL.len()];
        let mut n = 0;
        while n < all.len() {
            all[n] = KindColumns::of(Kind::ALL[n]);
            n += 1;
        }
        all
    };
    &ALL[of as usize]
}
