//! PHP is the judge of payloads one edit away from plain ones, too.

use deskpro_contact::{Converter, Options, Source, Target};

use crate::one_edit::{edited, edited_by, names, still_plain};
use crate::payloads::{self, Class, Rng};
use crate::php::Seen;

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
    if std::process::Command::new("php").arg("-v").output().is_err() {
        println!("skipped: `php` is not found");
        return;
    }
    let mut seen = [Seen::new(), Seen::new(), Seen::new()];
    let [read, mapped, restored] = &mut seen;
    read.read(&edits);
    mapped.map(&edits);
    restored.restore(&mut Converter::new(Options::new(Source::V2, Target::Form)), &edits);
    seen.into_iter().for_each(|seen| seen.differences.assert_none(edits.len()));
}
