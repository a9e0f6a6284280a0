//! Payloads are read, mapped and restored as PHP does it.

use deskpro_contact::{Converter, Options, Profile, Source, Target};
use testkit::encodings::SAMPLES;
use testkit::payloads::Class;
use testkit::{Rng, extended};

use super::compare::Seen;
use super::oracle::{batches, has_php, scale};
use super::rules::Rule;

#[test]
fn payloads_are_read_as_php_reads_them() {
    if !has_php("reading") {
        return;
    }
    let mut seen = Seen::new();
    for batch in batches(1, [(Class::Plain, 10_000), (Class::Odd, 15_000), (Class::Hostile, 30_000)]) {
        seen.read(&batch);
    }
    let Seen { compared, too_deep, rules, differences, .. } = seen;
    println!("{compared} payloads, {too_deep} of them too deep; by rule: {rules:?}");
    differences.assert_none(compared);
    let unmet: Vec<&Rule> = rules.iter().filter(|(_, count)| **count == 0).map(|(rule, _)| rule).collect();
    assert!(unmet.is_empty() && too_deep > 0, "no payload exercises {unmet:?}");
}

#[test]
fn payloads_are_mapped_to_v2_as_the_script_maps_them() {
    if !has_php("the mapping to v2") {
        return;
    }
    let mut seen = Seen::new();
    for batch in batches(2, [(Class::Plain, 10_000), (Class::Odd, 15_000), (Class::Hostile, 10_000)]) {
        seen.map(&batch);
    }
    let Seen { compared, rejected, differences, .. } = seen;
    println!("{compared} payloads, {rejected} of them rejected");
    differences.assert_none(compared);
}

#[test]
fn payloads_are_restored_as_php_read_them() {
    if !has_php("restoring payloads") {
        return;
    }
    let mut seen = Seen::new();
    let mut converter = Converter::new(Options::new(Source::V2, Target::Form));
    for batch in batches(3, [(Class::Plain, 8_000), (Class::Odd, 12_000), (Class::Hostile, 10_000)]) {
        seen.restore(&mut converter, &batch);
    }
    let Seen { compared, empty, differences, .. } = seen;
    println!("{compared} payloads, {empty} of them with an array that no payload can express");
    differences.assert_none(compared);
}

/// Restoring gets no encoding: the losses name it.
#[test]
fn payloads_in_other_encodings_are_restored_as_php_read_them() {
    if !has_php("restoring payloads in other encodings") {
        return;
    }
    let mut seen = Seen::new();
    let mut back = Converter::new(Options::new(Source::V2, Target::Form));
    let mut rng = Rng::new(4);
    for sample in SAMPLES {
        let mut there = sample.converter();
        for batch in batches(4, [(Class::Plain, 800), (Class::Odd, 1_200), (Class::Hostile, 800)]) {
            let batch: Vec<Vec<u8>> =
                batch.iter().map(|payload| sample.sprinkle(&mut rng, payload)).collect();
            seen.restore_from(&mut there, &mut back, &batch);
        }
    }
    let Seen { compared, empty, differences, .. } = seen;
    println!("{compared} payloads, {empty} of them with an array that no payload can express");
    differences.assert_none(compared);
}

/// Phones, comments and the fields of a person in the extended profile.
#[test]
fn payloads_in_the_extended_profile_are_restored_as_php_read_them() {
    if !has_php("restoring payloads in the extended profile") {
        return;
    }
    let mut seen = Seen::new();
    let options = |source, target| Options::new(source, target).profile(Profile::Extended);
    let mut there = Converter::new(options(Source::Form, Target::V2));
    let mut back = Converter::new(options(Source::V2, Target::Form));
    for batch in batches(6, [(Class::Plain, 2_000), (Class::Odd, 3_000), (Class::Hostile, 2_000)]) {
        seen.restore_from(&mut there, &mut back, &batch);
    }
    let mut rng = Rng::new(7);
    let of_people =
        |rng: &mut Rng| if rng.chance(80) { extended::payload(rng) } else { extended::single(rng) };
    let batch: Vec<Vec<u8>> = (0..10_000 * scale()).map(|_| of_people(&mut rng)).collect();
    seen.restore_from(&mut there, &mut back, &batch);
    let Seen { compared, empty, differences, .. } = seen;
    println!("{compared} payloads, {empty} of them with an array that no payload can express");
    differences.assert_none(compared);
}
