//! Payloads one edit away from plain ones: read, mapped and restored as PHP does it.

use deskpro_contact::{Converter, Options, Source, Target};

use testkit::Rng;
use testkit::one_edit::{edited, edited_by, names, still_plain};
use testkit::payloads::{self, Class};

use super::compare::Seen;
use super::oracle::has_php;

#[test]
fn payloads_beside_plain_ones_are_as_php_has_them() {
    let mut rng = Rng::new(70);
    let mut edits = Vec::new();
    for (number, name) in names().enumerate() {
        let plain = |rng: &mut Rng| payloads::payload(rng, Class::Plain);
        let made: Vec<Vec<u8>> = (0..60)
            .filter_map(|_| {
                let plain = plain(&mut rng);
                edited_by(&mut rng, number, &plain)
            })
            .collect();
        assert!(made.len() > 30, "{name}: {} of 60 payloads have what it needs", made.len());
        edits.extend(made);
    }
    for _ in 0..1_000 {
        let plain = payloads::payload(&mut rng, Class::Plain);
        let plain = still_plain(&mut rng, &plain);
        edits.push(edited(&mut rng, &plain));
        edits.push(plain);
    }
    // The oracles' work on hundreds of records is quadratic.
    edits.retain(|payload| payload.len() < 6_000);
    if !has_php("edited payloads") {
        return;
    }
    let mut seen = [Seen::new(), Seen::new(), Seen::new()];
    let [read, mapped, restored] = &mut seen;
    read.read(&edits);
    mapped.map(&edits);
    restored.restore(&mut Converter::new(Options::new(Source::V2, Target::Form)), &edits);
    seen.into_iter().for_each(|seen| seen.differences.assert_none(edits.len()));
}
