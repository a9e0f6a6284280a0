//! A reused converter makes a small constant number of allocations per payload, and none per pair.

#![expect(clippy::unwrap_used, reason = "a failed conversion fails the test")]

use allocation_counter::measure;
use deskpro_contact::{Converter, Options, Source, Target};

fn payload(records: usize) -> Vec<u8> {
    let mut payload =
        "name=Zo%C3%AB+Example&email=zo%C3%AB%40example.com&labels[]=vip&labels[]=new".to_owned();
    for n in 1..=records {
        let at = format!("&contact_data%5B{n}%5D");
        payload += &match n % 5 {
            0 => format!("{at}[type]=website{at}[data][url]=https%3A%2F%2Fexample.com%2F{n}"),
            1 => format!(
                "{at}[type]=address{at}[comment]=home{at}[data][address]=10+Street{at}[data][city]=M%C3%BCnchen\
                 {at}[data][state]={at}[data][zip]=80331{at}[data][country]=Deutschland"
            ),
            2 => format!("{at}[type]=im{at}[data][service]=skype{at}[data][username]=zo%C3%AB"),
            3 => format!("{at}[type]=phone{at}[data][country_calling_code]=044{at}[data][number]={n}"),
            _ => format!(
                "{at}[type]=twitter{at}[comment]=work{at}[data][username]=zoe{at}[data][display_feed]=1"
            ),
        };
    }
    payload.into_bytes()
}

/// The number of allocations per payload by a converter that has already converted all of them.
fn allocations(target: Target, payloads: &[Vec<u8>]) -> Vec<u64> {
    let mut converter = Converter::new(Options::new(source_of(target), target));
    let mut run = |payload: &[u8]| assert!(!converter.convert(payload).unwrap().output().is_empty());
    for payload in payloads.iter().rev() {
        run(payload);
    }
    payloads.iter().map(|payload| measure(|| run(payload)).count_total).collect()
}

/// The number of records in each payload.
const RECORDS: [usize; 3] = [1, 5, 500];

fn forms() -> Vec<Vec<u8>> {
    RECORDS.map(payload).to_vec()
}

fn bodies() -> Vec<Vec<u8>> {
    let outputs =
        forms().into_iter().map(|form| deskpro_contact::to_v2(&form).unwrap().output().as_bytes().to_vec());
    outputs.collect()
}

/// Asserts that every payload needs at most `most` allocations.
#[track_caller]
fn assert_at_most(most: u64, allocations: &[u64]) {
    assert!(
        allocations.iter().all(|&count| count <= most),
        "{allocations:?} allocations for payloads of {RECORDS:?} records; allowed are {most}"
    );
}

#[test]
fn a_legacy_payload_needs_a_constant_number_of_allocations() {
    assert_at_most(8, &allocations(Target::V2, &forms()));
}

#[test]
fn a_v2_body_needs_a_constant_number_of_allocations() {
    assert_at_most(8, &allocations(Target::Form, &bodies()));
}

/// Converts payloads `times` times. Returns by how many bytes this increases the memory that the converter holds.
fn held(converter: &mut Converter, payloads: &[&[u8]], times: usize) -> i64 {
    let held = measure(|| {
        for payload in std::iter::repeat_n(payloads, times).flatten() {
            assert!(converter.convert(payload).is_ok());
        }
    });
    held.bytes_current
}

#[test]
fn the_memory_of_a_converter_does_not_grow_with_the_number_of_payloads() {
    let small = payload(5);
    let mut converter = Converter::new(Options::new(Source::Form, Target::V2));
    held(&mut converter, &[&small], 2);
    assert_eq!(held(&mut converter, &[&small], 500), 0);
}

/// After a payload of three megabytes or of many thousand pairs, the converter keeps only the output's buffer. The
/// payload that is only separators has no output.
#[test]
fn the_memory_for_a_huge_payload_is_freed_at_the_next_payload() {
    let (small, text, pairs) = (payload(5), format!("name={}", "x".repeat(3 << 20)), "a[]&".repeat(40_000));
    let separators = "&".repeat(3 << 20);
    for (huge, most) in [(&text, 7 << 20), (&pairs, 1 << 19), (&separators, 1 << 12)] {
        let mut converter = Converter::new(Options::new(Source::Form, Target::V2));
        held(&mut converter, &[&small], 2);
        let held = held(&mut converter, &[huge.as_bytes(), &small], 1);
        assert!(held < most, "{held} bytes are held after a payload of {}", huge.len());
    }
}

/// The source format for a target in this test.
fn source_of(target: Target) -> Source {
    if target == Target::Form { Source::V2 } else { Source::Form }
}
