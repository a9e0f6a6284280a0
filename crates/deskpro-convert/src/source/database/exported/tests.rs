use std::io::Read;

use deskpro_contact::rows::{Owner, Plan};
use proptest::prelude::*;

use super::{Unreadable, read};

type Row = (Vec<Vec<u8>>, u64);

/// Gives its bytes in pieces of this length.
struct Pieces<'b>(&'b [u8], usize);

impl Read for Pieces<'_> {
    fn read(&mut self, space: &mut [u8]) -> std::io::Result<usize> {
        let len = self.1.min(self.0.len()).min(space.len());
        let (piece, rest) = self.0.split_at(len);
        space[..len].copy_from_slice(piece);
        self.0 = rest;
        Ok(len)
    }
}

/// The values and the line of each row; `None` if the input is wrong.
fn rows(input: &[u8], piece: usize) -> Option<Vec<Row>> {
    let plan = Plan::new(Owner::People, []).unwrap();
    let mut rows = Vec::new();
    let result = read(Pieces(input, piece), &plan, &[], None, |_, values, line| {
        rows.push((values.iter().map(|value| value.unwrap_or(b"").to_vec()).collect(), line));
        Ok::<_, ()>(())
    });
    match result {
        Ok(_) => Some(rows),
        Err(Unreadable::Wrong(_) | Unreadable::Start(..) | Unreadable::Empty) => None,
        Err(Unreadable::Read(_) | Unreadable::NotTaken(())) => unreachable!("neither fails here"),
    }
}

const HEADER: &[u8] = b"id,person_id,number,label\n";

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(1_000) })]

    /// Values in any spelling are read as they were written, with the lines of their rows.
    #[test]
    fn a_csv_gives_the_values_and_lines_of_its_rows(
        written in prop::collection::vec((prop::array::uniform4("[a,\"\r\n\\\\é ]{0,5}"), any::<[bool; 4]>(), any::<bool>(), 0_usize..3), 0..8),
        piece in 1_usize..40,
    ) {
        let (mut csv, mut expected) = (HEADER.to_vec(), Vec::new());
        for (values, are_quoted, has_return, empty_lines) in &written {
            let line = 1 + csv.iter().filter(|byte| **byte == b'\n').count() as u64;
            let mut fields = Vec::new();
            for (value, is_quoted) in values.iter().zip(are_quoted) {
                let field = match *is_quoted || value.contains([',', '"', '\r', '\n']) {
                    true => format!("\"{}\"", value.replace('"', "\"\"")),
                    false => value.clone(),
                };
                fields.push(field);
            }
            let end = if *has_return { "\r\n" } else { "\n" };
            csv.extend_from_slice(fields.join(",").as_bytes());
            csv.extend_from_slice(end.repeat(1 + empty_lines).as_bytes());
            expected.push((values.iter().map(|value| value.clone().into_bytes()).collect::<Vec<_>>(), line));
        }
        prop_assert_eq!(rows(&csv, piece), Some(expected), "{}", String::from_utf8_lossy(&csv));
    }

    /// Any bytes are read or are wrong, whatever the pieces.
    #[test]
    fn any_bytes_are_read_or_wrong(text in "[a,\"\r\n\\\\{}\u{feff}id]{0,40}", has_header: bool, piece in 1_usize..20) {
        let header = if has_header { HEADER } else { b"" };
        let input = [header, text.as_bytes()].concat();
        prop_assert_eq!(rows(&input, piece), rows(&input, input.len().max(1)));
    }

    /// A CSV that is cut gives the rows before the cut, and at most one row that is shorter, or is wrong.
    #[test]
    fn a_csv_that_is_cut_gives_no_other_rows(at: prop::sample::Index) {
        let csv = [HEADER, b"1,7,\"a\"\"b\",\"c\nd\"\n2,7,e,\"f,g\"\r\n"].concat();
        let whole = rows(&csv, 7).unwrap();
        if let Some(part) = rows(&csv[..at.index(csv.len() + 1)], 7) {
            for ((values, line), (all, of_all)) in part.iter().zip(&whole) {
                prop_assert!(line == of_all && values.iter().zip(all).all(|(value, all)| all.starts_with(value)));
            }
        }
    }
}
