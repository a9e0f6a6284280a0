//! The table in brief: of each kind what is asked of every record, all in a line or two of the processor's cache. Rows are
//! asked of few.

use super::{Column, Format, Holds, Weight, row};
use crate::model::{Kind, MOST_FIELDS};

/// Some of a kind's columns, by their places.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Set(u8);

const _: () = assert!(MOST_FIELDS <= u8::BITS as usize);

impl Set {
    pub(crate) const NONE: Self = Self(0);
    const ALL: Self = Self(u8::MAX);

    /// The places for which it holds.
    #[inline(always)]
    pub(crate) fn of<T>(columns: &[T; MOST_FIELDS], is: impl Fn(&T) -> bool) -> Self {
        let bits = columns.iter().zip(0_u8..).map(|(column, n)| u8::from(is(column)) << n);
        Self(bits.fold(0, |set, bit| set | bit))
    }

    pub(crate) fn is_empty(self) -> bool {
        self == Self::NONE
    }

    pub(crate) fn has(self, place: usize) -> bool {
        u32::from(self.0).wrapping_shr(place as u32) & 1 != 0
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

    /// Takes a place in, where it holds.
    #[inline(always)]
    pub(crate) const fn put(&mut self, place: usize, holds: bool) {
        self.0 |= (holds as u8).wrapping_shl(place as u32);
    }

    /// All of them where it holds, else none.
    pub(crate) fn when(holds: bool) -> Self {
        if holds { Self::ALL } else { Self::NONE }
    }

    /// The places, in order.
    pub(crate) fn places(mut self) -> impl Iterator<Item = usize> {
        std::iter::from_fn(move || {
            let place = self.0.trailing_zeros();
            self.0 &= self.0.wrapping_sub(1);
            (place < u8::BITS).then_some(place as usize)
        })
    }
}

/// A row in brief.
#[derive(Clone, Copy)]
pub(crate) struct Brief {
    /// Columns without one of which a record says nothing.
    pub(crate) says: Set,
    /// Those that hold more than any text.
    pub(crate) valued: Set,
    /// Those that hold booleans.
    pub(crate) truths: Set,
    legacy: Set,
    v2: Set,
}

impl Brief {
    const NOTHING: Self =
        Self { says: Set::NONE, valued: Set::NONE, truths: Set::NONE, legacy: Set::NONE, v2: Set::NONE };

    const fn of(kind: Kind) -> Self {
        let columns = row(kind).columns;
        let mut brief = Self::NOTHING;
        let mut n = 0;
        while n < columns.len() {
            let Column(_, spelling, weight, holds) = &columns[n];
            brief.says.put(n, matches!(weight, Weight::Says));
            brief.valued.put(n, !matches!(holds, Holds::Text));
            brief.truths.put(n, matches!(holds, Holds::Truth));
            brief.legacy.put(n, spelling.is_in(Format::Legacy));
            brief.v2.put(n, spelling.is_in(Format::V2));
            n += 1;
        }
        brief
    }

    /// The columns that a format has.
    #[inline(always)]
    pub(crate) fn columns(&self, format: Format) -> Set {
        match format {
            Format::Legacy => self.legacy,
            Format::V2 => self.v2,
        }
    }
}

/// The row of a kind in brief.
#[inline(always)]
pub(crate) fn brief(of: Kind) -> &'static Brief {
    static ALL: [Brief; Kind::ALL.len()] = {
        let mut all = [Brief::NOTHING; Kind::ALL.len()];
        let mut n = 0;
        while n < all.len() {
            {
                all[n] = Brief::of(Kind::ALL[n]);
            }
            n += 1;
        }
        all
    };
    ALL.get(of as usize).unwrap_or(const { &Brief::NOTHING })
}
