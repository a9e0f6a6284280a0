//! Payloads that are built from legacy JSON are those that PHP sends.

use deskpro_contact::{Code, ErrorKind, legacy_json};
use testkit::Rng;
use testkit::payloads::Class;

use super::oracle::{Differences, UNLIMITED, batches, has_php, lines, php, scale};

#[test]
fn legacy_bodies_become_the_payloads_of_http_build_query() {
    if !has_php("building payloads from JSON") {
        return;
    }
    let mut rng = Rng::new(8);
    let bodies: Vec<String> =
        (0..20_000 * scale()).map(|_| testkit::legacy_json::plain_body(&mut rng)).collect();
    let theirs =
        php("legacy_json", &["decode"], &UNLIMITED, lines(bodies.iter().map(|body| body.as_bytes())));
    assert!(theirs.len() <= bodies.len());
    let mut differences = Differences::default();
    let mut payload = Vec::new();
    for (n, body) in bodies.iter().enumerate() {
        legacy_json::payload(body, &mut payload).unwrap();
        let theirs = theirs.get(n).map(Vec::as_slice).unwrap_or_default();
        if payload != theirs {
            differences.add(body.as_bytes(), &payload, theirs);
        }
    }
    differences.assert_none(bodies.len());
}

/// What PHP reads of a payload, written as JSON, becomes the payload that PHP writes for it.
#[test]
fn the_json_of_payloads_becomes_these_payloads() {
    if !has_php("payloads as JSON") {
        return;
    }
    let (mut compared, mut odd, mut misplaced) = (0, 0, 0);
    let mut differences = Differences::default();
    let mut payload = Vec::new();
    for batch in batches(9, [(Class::Plain, 5_000), (Class::Odd, 10_000), (Class::Hostile, 10_000)]) {
        let theirs = php("legacy_json", &["encode"], &UNLIMITED, lines(batch.iter().map(Vec::as_slice)));
        for line in &theirs {
            let Some(tab) = line.iter().position(|&byte| byte == b'\t') else {
                odd += 1;
                continue;
            };
            let (json, form) = (&line[..tab], &line[tab + 1..]);
            compared += 1;
            match legacy_json::payload(json, &mut payload) {
                Ok(_) if payload == form => {}
                // A reply with members beside the person. They are losses.
                Ok(losses) if losses.iter().any(|loss| loss.code() == Code::SourceField) => misplaced += 1,
                // Not so the payload itself: there, only contact data below one other name is misplaced.
                Err(error) if error.kind() == ErrorKind::MisplacedField => misplaced += 1,
                Ok(_) => differences.add(json, &payload, form),
                Err(error) => differences.add(json, error.to_string().as_bytes(), form),
            }
        }
    }
    println!("{compared} payloads, {misplaced} of them with misplaced contact data; {odd} not UTF-8");
    assert!(misplaced * 20 < compared, "{misplaced} of {compared} are misplaced");
    differences.assert_none(compared);
}
