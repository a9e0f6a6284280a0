//! Texts that are almost equal have different digests.

use std::collections::HashSet;

use super::Digest;

/// The digests of a text as an output line and as a value of a record.
fn digests(text: &[u8]) -> [u64; 2] {
    let (mut line, mut record) = (Digest::START, Digest::START);
    line.add_text(text);
    line.add(text.len() as u64);
    record.add_nth(2, text, text.len());
    [line.end(), record.end_record()]
}

/// Lines that differ only in a number. The prefixes put the number at each position in a word.
#[test]
fn lines_that_differ_in_a_number_have_different_digests() {
    for before in ["", "1", "12", "123", "1234", "12345", "123456", "1234567"] {
        let (mut lines, mut records) = (HashSet::new(), HashSet::new());
        for number in 1_000_000..1_120_000_u64 {
            let number = number * 7;
            let text = format!("{{\"a\":\"{before}{number}\",\"contact_data\":{{}}}}");
            let [line, record] = digests(text.as_bytes());
            assert!(lines.insert(line), "{text}");
            assert!(records.insert(record), "{text}");
        }
    }
}

/// A change of one byte never cancels the change of another.
#[test]
fn texts_that_differ_in_two_bytes_have_different_digests() {
    const TEXT: &[u8] = b"name=Ann&email=ann@x.example";
    for first in 0..TEXT.len() {
        for second in first + 1..TEXT.len().min(first + 17) {
            let (mut lines, mut records) = (HashSet::new(), HashSet::new());
            for (one, other) in (b'0'..=b'f').flat_map(|one| (b'0'..=b'f').map(move |other| (one, other))) {
                let mut text = TEXT.to_vec();
                text[first] = one;
                text[second] = other;
                let [line, record] = digests(&text);
                assert!(lines.insert(line), "{text:?}");
                assert!(records.insert(record), "{text:?}");
            }
        }
    }
}
