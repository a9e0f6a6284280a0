//! A picture of a quantity that flows into parts: ribbons of SVG between a whole and its parts. The captions are text
//! beside it, so that they keep their size on any screen.

use super::numbers::{Count, Share, css};

/// What became of a part of the data. It decides the colour of the part.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Outcome {
    /// The output holds it.
    Written,
    /// A file beside the output holds it.
    Kept,
    /// No file holds it.
    Lost,
    /// It needs no decision.
    Aside,
}

impl Outcome {
    /// The class in the style sheet.
    pub(super) fn class(self) -> &'static str {
        match self {
            Self::Written => "written",
            Self::Kept => "kept",
            Self::Lost => "lost",
            Self::Aside => "aside",
        }
    }
}

/// A whole and its parts.
#[derive(Debug)]
pub(super) struct Picture {
    pub(super) title: &'static str,
    pub(super) whole: Count,
    pub(super) noun: &'static str,
    pub(super) parts: Vec<Part>,
    /// Says what the numbers of the picture count.
    pub(super) note: &'static str,
}

/// A part of the whole, with its row and its ribbon.
#[derive(Debug)]
pub(super) struct Part {
    pub(super) outcome: Outcome,
    pub(super) count: Count,
    pub(super) share: String,
    pub(super) caption: String,
    /// The height of its row, in percent.
    pub(super) height: String,
    /// The outline of the ribbon, in a square of 100 by 100.
    pub(super) ribbon: String,
    /// The top and the height of the ribbon's end.
    pub(super) top: String,
    pub(super) thickness: String,
}

/// All lengths here are thousandths of the height.
const HEIGHT: u64 = 100_000;
/// The minimum height of a row: two lines of text must fit.
const ROW: u64 = 24_000;
/// The height of the whole, which the parts share on the left.
const LEFT: u64 = 80_000;
/// The minimum thickness of a ribbon.
const THIN: u64 = 1_200;

impl Picture {
    /// A picture of the parts that are not 0. `None` if all parts are 0.
    pub(super) fn new(
        title: &'static str,
        noun: &'static str,
        note: &'static str,
        parts: impl IntoIterator<Item = (Outcome, u64, String)>,
    ) -> Option<Self> {
        let parts: Vec<_> = parts.into_iter().filter(|(_, count, _)| *count > 0).collect();
        let whole = parts.iter().map(|(_, count, _)| count).sum();
        if whole == 0 {
            return None;
        }
        let number = parts.len() as u64;
        // Each row and each ribbon has its minimum, and shares the rest.
        let (rest, thick) = (HEIGHT - ROW * number, LEFT - THIN * number);
        let (mut row_top, mut left) = (0, (HEIGHT - LEFT) / 2);
        let parts = parts.into_iter().map(|(outcome, count, caption)| {
            let share = Share::new(count, whole);
            let (row, thickness) = (ROW + share.of(rest), THIN + share.of(thick));
            // The end of the ribbon is in the middle of its row, and thinner than the row.
            let end = thickness.min(row * 4 / 5);
            let top = row_top + (row - end) / 2;
            let part = Part {
                outcome,
                count: Count(count),
                share: share.words(),
                caption,
                height: css(row),
                ribbon: ribbon(left, left + thickness, top, top + end),
                top: css(top),
                thickness: css(end),
            };
            row_top += row;
            left += thickness;
            part
        });
        Some(Self { title, whole: Count(whole), noun, parts: parts.collect(), note })
    }
}

/// A ribbon from the left edge to the right edge.
fn ribbon(left_top: u64, left_bottom: u64, right_top: u64, right_bottom: u64) -> String {
    let [a, b, c, d] = [left_top, left_bottom, right_top, right_bottom].map(css);
    format!("M0 {a}C50 {a} 50 {c} 100 {c}V{d}C50 {d} 50 {b} 0 {b}Z")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_fill_the_height_and_ribbons_stay_in_it() {
        for counts in [&[1][..], &[300_000, 1], &[1, 2, 3], &[5, 0, 5, 1], &[u64::MAX / 8; 4]] {
            let parts = counts.iter().map(|&count| (Outcome::Kept, count, String::new()));
            let picture = Picture::new("", "", "", parts).unwrap();
            assert_eq!(picture.parts.len(), counts.iter().filter(|count| **count > 0).count());
            let number = |text: &str| text.parse::<f64>().unwrap();
            let height: f64 = picture.parts.iter().map(|part| number(&part.height)).sum();
            assert!((99.99..=100.0).contains(&height), "{picture:?}");
            for part in &picture.parts {
                assert!(number(&part.top) >= 0.0 && number(&part.thickness) >= 1.2, "{picture:?}");
                assert!(number(&part.top) + number(&part.thickness) <= 100.0, "{picture:?}");
            }
        }
        assert!(Picture::new("", "", "", [(Outcome::Lost, 0, String::new())]).is_none());
    }
}
