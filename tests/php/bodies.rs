//! v2 bodies: forms equal those of `http_build_query`, and restored bodies equal the originals byte for byte.

use deskpro_contact::{Converter, Options, Source, Target, to_form};

use super::oracle::{Differences, NESTING_64, body_batches, has_php, lines, php};

#[test]
fn forms_are_written_as_http_build_query_writes_them() {
    if !has_php("writing forms") {
        return;
    }
    let (mut compared, mut rejected) = (0, 0);
    let mut differences = Differences::default();
    for batch in body_batches(4, 20_000) {
        let theirs = php("to_form", &[], &NESTING_64, lines(batch.iter().map(|body| body.tagged.as_bytes())));
        assert_eq!(theirs.len(), batch.len());
        for (body, theirs) in batch.iter().zip(&theirs) {
            let ours = match to_form(body.json.as_bytes()) {
                Ok(converted) => converted.output().as_bytes().to_vec(),
                Err(_) => b"rejected".to_vec(),
            };
            compared += 1;
            rejected += usize::from(ours == b"rejected");
            if ours != *theirs {
                differences.add(body.json.as_bytes(), &ours, theirs);
            }
        }
    }
    println!("{compared} bodies, {rejected} of them rejected");
    differences.assert_none(compared);
}

/// Restores the bodies that the other test compares with PHP. This test does not need PHP.
#[test]
fn bodies_are_restored_byte_for_byte() {
    let mut compared = 0;
    let mut differences = Differences::default();
    let mut converter = Converter::new(Options::new(Source::Form, Target::V2));
    for body in body_batches(4, 20_000).flatten() {
        let Ok(converted) = to_form(body.json.as_bytes()) else { continue };
        let restored = match converter.restore(converted.output().as_bytes(), converted.notes()) {
            Ok(restored) => restored.output().to_vec(),
            Err(error) => format!("error: {error}").into_bytes(),
        };
        compared += 1;
        if restored != body.json.as_bytes() {
            differences.add(body.json.as_bytes(), &restored, converted.output().as_bytes());
        }
    }
    println!("{compared} bodies");
    differences.assert_none(compared);
}
