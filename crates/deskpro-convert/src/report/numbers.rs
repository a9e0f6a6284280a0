//! Numbers for a person: digits in groups, nouns, shares.

use std::fmt;

/// A count, written with a comma between groups of three digits.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Count(pub(super) u64);

impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = self.0.to_string();
        for (at, digit) in digits.char_indices() {
            if at > 0 && (digits.len() - at).is_multiple_of(3) {
                f.write_str(",")?;
            }
            write!(f, "{digit}")?;
        }
        Ok(())
    }
}

/// A count with its noun, in the plural unless it is 1.
pub(super) fn several(count: u64, noun: &str) -> String {
    format!("{} {noun}{}", Count(count), if count == 1 { "" } else { "s" })
}

/// A count with its noun and the verb that follows: `1 value is`, `2 values are`.
pub(super) fn several_are(count: u64, noun: &str, is_check: bool) -> String {
    let verb = match (is_check, count) {
        (true, _) => "would be",
        (false, 1) => "is",
        (false, _) => "are",
    };
    format!("{} {verb}", several(count, noun))
}

/// A part of a whole.
#[derive(Clone, Copy, Debug)]
pub(super) struct Share {
    part: u64,
    whole: u64,
}

impl Share {
    /// A part of a whole that is not 0. A part that is larger than the whole counts as the whole.
    pub(super) fn new(part: u64, whole: u64) -> Self {
        debug_assert!(whole > 0, "a share of nothing");
        Self { part: part.min(whole), whole }
    }

    /// The share in thousandths of a percent, rounded down.
    fn millis(self) -> u64 {
        let millis = u128::from(self.part) * 100_000 / u128::from(self.whole);
        u64::try_from(millis).expect("a part is at most the whole")
    }

    /// The share for a person: `12.5 %`. Only the whole is 100 %, and only an empty part is 0 %.
    pub(super) fn words(self) -> String {
        match (self.millis() + 50) / 100 {
            0 if self.part > 0 => "< 0.1 %".to_owned(),
            1000 if self.part < self.whole => "> 99.9 %".to_owned(),
            tenths if tenths.is_multiple_of(10) => format!("{} %", tenths / 10),
            tenths => format!("{}.{} %", tenths / 10, tenths % 10),
        }
    }

    /// The share as a length in CSS, in percent. A part that is not 0 has at least `least` thousandths of a percent, so
    /// that a reader sees it.
    pub(super) fn length(self, least: u64) -> String {
        css(if self.part == 0 { 0 } else { self.millis().max(least) })
    }

    /// The share of `room`, in the unit of `room`, rounded down.
    pub(super) fn of(self, room: u64) -> u64 {
        self.millis() * room / 100_000
    }
}

/// A number of thousandths in the decimal notation of CSS and SVG.
pub(super) fn css(thousandths: u64) -> String {
    format!("{}.{:03}", thousandths / 1000, thousandths % 1000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_stand_in_groups() {
        let shown = [0, 7, 999, 1000, 1_234_567, u64::MAX].map(|count| Count(count).to_string());
        assert_eq!(shown, ["0", "7", "999", "1,000", "1,234,567", "18,446,744,073,709,551,615"]);
    }

    #[test]
    fn shares_are_rounded_but_never_to_all_or_nothing() {
        let shown = [(0, 3), (1, 3), (1, 2), (3, 3), (1, 300_000), (299_999, 300_000), (u64::MAX, u64::MAX)]
            .map(|(part, whole)| Share::new(part, whole).words());
        assert_eq!(shown, ["0 %", "33.3 %", "50 %", "100 %", "< 0.1 %", "> 99.9 %", "100 %"]);
    }
}
