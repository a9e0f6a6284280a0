//! The law of the two readers: the plain reader and the general reader of forms give equal results for every payload.
//!
//! Other tests assert how many payloads the plain reader accepts, because the law would also hold for a reader that
//! accepts none. The fuzz target `readers` checks the law, too.

use std::fmt::Write as _;
use std::process::Command;

use testkit::Rng;
use testkit::encodings::SAMPLES;
use testkit::one_edit::{edited, edited_by, names, still_plain};
use testkit::payloads::{self, Class};
use testkit::readers::Readers;

/// The number of payloads per test.
fn cases() -> usize {
    std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(2_000)
}

/// Compares the readers for payloads. Fails with the shortest payloads for which they differ.
#[track_caller]
fn check(payloads: impl Iterator<Item = (String, Vec<u8>)>) {
    let mut readers = Readers::default();
    let (mut compared, mut differ) = (0, Vec::new());
    for (from, payload) in payloads {
        compared += 1;
        if let Err(why) = readers.compare(&payload) {
            differ.push((payload, from, why));
        }
    }
    differ.sort_by_key(|(payload, ..)| payload.len());
    let mut shown = String::new();
    for (payload, from, why) in differ.iter().take(5) {
        writeln!(shown, "{from}\n{}\n{why}\n", payload.escape_ascii()).unwrap();
    }
    assert!(differ.is_empty(), "{} of {compared} differ; the shortest:\n{shown}", differ.len());
}

#[test]
fn both_readers_give_equal_results() {
    for class in [Class::Plain, Class::Odd, Class::Hostile] {
        let mut rng = Rng::new(71 + class as u64);
        check((0..cases()).map(|_| (format!("{class:?}"), payloads::payload(&mut rng, class))));
    }
}

#[test]
fn both_readers_give_equal_results_in_other_encodings() {
    let mut rng = Rng::new(77);
    check((0..cases()).map(|n| {
        let class = [Class::Plain, Class::Odd][n % 2];
        let payload = payloads::payload(&mut rng, class);
        let sample = SAMPLES[n % SAMPLES.len()];
        (sample.name.to_owned(), sample.sprinkle(&mut rng, &payload))
    }));
}

#[test]
fn both_readers_give_equal_results_one_edit_away_from_plain_payloads() {
    let mut rng = Rng::new(74);
    let each = cases().div_ceil(names().count());
    let numbered = names().enumerate().flat_map(|(n, name)| std::iter::repeat_n((n, name), each));
    check(numbered.filter_map(|(n, name)| {
        let plain = payloads::payload(&mut rng, Class::Plain);
        Some((name.to_owned(), edited_by(&mut rng, n, &plain)?))
    }));
    let mut rng = Rng::new(75);
    check((0..cases()).map(|_| {
        let plain = payloads::payload(&mut rng, Class::Plain);
        // Half of the payloads are changed first, so that edits are combined with any order of fields and any brackets.
        let base = if rng.chance(50) { still_plain(&mut rng, &plain) } else { plain };
        ("any edits".to_owned(), edited(&mut rng, &base))
    }));
}

/// Fails if the plain reader accepts fewer than 95 of 100 payloads.
#[track_caller]
fn is_accepted(payloads: impl Iterator<Item = Vec<u8>>) {
    let mut readers = Readers::default();
    let (mut all, mut refused) = (0, Vec::new());
    for payload in payloads {
        all += 1;
        match readers.compare(&payload) {
            Ok(true) => {}
            Ok(false) => refused.push(payload),
            Err(why) => panic!("{}\n{why}", payload.escape_ascii()),
        }
    }
    refused.sort_by_key(Vec::len);
    let shown: Vec<_> = refused.iter().take(5).map(|payload| payload.escape_ascii().to_string()).collect();
    println!("the plain reader accepts {} of {all}", all - refused.len());
    let is_most = all > 0 && refused.len() * 20 <= all;
    assert!(is_most, "{} of {all} are refused; the shortest:\n{}", refused.len(), shown.join("\n"));
}

/// A plain payload with `contact_data`. Payloads with a single record are skipped, because the plain reader does not
/// read it into records.
fn plain(rng: &mut Rng) -> Vec<u8> {
    loop {
        let payload = payloads::payload(rng, Class::Plain);
        if payload.starts_with(b"contact_data") || payload.windows(13).any(|found| found == b"&contact_data")
        {
            return payload;
        }
    }
}

#[test]
fn the_plain_reader_accepts_plain_payloads() {
    let mut rng = Rng::new(76);
    is_accepted((0..cases()).map(|_| plain(&mut rng)));
    is_accepted((0..cases()).map(|_| {
        let payload = plain(&mut rng);
        still_plain(&mut rng, &payload)
    }));
}

#[test]
fn the_plain_reader_accepts_the_comparison_corpus() {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../../benches/compare/corpus.py");
    let Ok(made) = Command::new("python3").args([script, "--payloads", "2000"]).output() else {
        println!("skipped: `python3` is not found, and it makes the corpus");
        return;
    };
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let lines = made.stdout.split(|&byte| byte == b'\n').filter(|line| !line.is_empty());
    is_accepted(lines.map(<[u8]>::to_vec));
}

/// The plain reader compares the names of a record one by one, and gives up if there are many.
#[test]
fn both_readers_give_equal_results_for_many_unknown_fields() {
    check((0..80).flat_map(|count| {
        let start = "contact_data[1][type]=website&contact_data[1][data][url]=u".to_owned();
        let payload =
            (0..count).fold(start, |payload, n| payload + &format!("&contact_data[1][data][x{n}]=v{n}"));
        let again = format!("{payload}&contact_data[1][data][x0]=again&contact_data[2][type]=skype");
        [payload, again].map(|payload| (format!("{count} fields"), payload.into_bytes()))
    }));
}
