//! The laws for payloads that are not UTF-8 and are read in an encoding.

use std::ops::Range;

use deskpro_contact::form::Form;
use deskpro_contact::{Code, Converted, Converter, Loss};
use testkit::Rng;
use testkit::encodings::{Outcome, SAMPLES, Sample, check};
use testkit::form::has_empty_array;
use testkit::payloads::{self, Class};

use crate::restore_edited_form;

use super::cases;

/// The number of payloads per encoding.
fn each() -> usize {
    cases() as usize / 3
}

/// A payload with texts in the encoding. In some payloads, each free text has a unique mark.
fn payload(rng: &mut Rng, sample: Sample) -> Vec<u8> {
    let payload = match rng.below(4) {
        0 => payloads::payload(rng, Class::Plain),
        1 => payloads::payload(rng, Class::Odd),
        2 => payloads::payload(rng, Class::Hostile),
        _ => payloads::marked(rng),
    };
    sample.sprinkle(rng, &payload)
}

#[test]
fn decoded_payloads_keep_their_bytes_and_are_restored() {
    for (n, sample) in (0..).zip(SAMPLES) {
        let mut rng = Rng::new(100 + n);
        let mut converter = sample.converter();
        let mut decoded = 0;
        for _ in 0..each() {
            let payload = payload(&mut rng, sample);
            match check(sample, &mut converter, &payload) {
                Ok(outcome) => decoded += usize::from(outcome == Outcome::Decoded),
                Err(why) => panic!("{why}"),
            }
        }
        let least = if sample.name == "utf-8" { 0 } else { each() / 4 };
        assert!(decoded >= least, "{}: only {decoded} of {} were decoded", sample.name, each());
    }
}

/// The ranges of the texts in a JSON value that the test may edit, with their quotes. (Reading and writing the value
/// with serde_json would sort the names.)
fn editable(json: &str) -> Vec<Range<usize>> {
    let mut texts = Vec::new();
    let mut name = "";
    let mut start = 0;
    while let Some(open) = json[start..].find('"').map(|at| start + at) {
        let mut close = open + 1;
        while !json[close..].starts_with('"') {
            close += if json[close..].starts_with('\\') { 2 } else { 1 };
            while !json.is_char_boundary(close) {
                close += 1;
            }
        }
        start = close + 1;
        if json[start..].starts_with(':') {
            name = &json[open + 1..close];
        } else if !matches!(name, "service" | "display_feed") {
            texts.push(open..start);
        }
    }
    texts
}

/// Put-get: a payload restored from an edited output converts to that output again. An edited text is restored in
/// UTF-8, and the others in their own bytes.
#[test]
fn an_edited_text_is_restored_in_utf8_and_the_others_in_their_bytes() {
    for (n, sample) in (0..).zip(SAMPLES) {
        let mut rng = Rng::new(200 + n);
        let mut converter = sample.converter();
        let mut edits = 0;
        for _ in 0..each() {
            let payload = payload(&mut rng, sample);
            // A form cannot represent an empty array.
            let is_whole =
                Form::read(&payload).is_ok_and(|form| !form.root().children().any(has_empty_array));
            let Ok(converted) = converter.convert(&payload) else { continue };
            if !is_whole {
                continue;
            }
            let converted = converted.into_owned();
            edits += usize::from(edit(&mut rng, &mut converter, &converted));
        }
        assert!(edits > each() / 4, "{}: only {edits} edits", sample.name);
    }
}

/// Edits an output and restores it. Returns false if it has no text to edit.
fn edit(rng: &mut Rng, converter: &mut Converter, converted: &Converted) -> bool {
    let output = converted.output();
    let texts = editable(output);
    if texts.is_empty() {
        return false;
    }
    let at = texts[rng.below(texts.len())].clone();
    let new = rng.pick(&["edited", "édité", "編集"]);
    let edited = format!("{}\"{new}\"{}", &output[..at.start], &output[at.end..]);
    let restored = restore_edited_form(&edited, converted.losses_json()).unwrap();
    let again = converter.convert(restored.output()).unwrap();
    assert_eq!(std::str::from_utf8(again.output()), Ok(&*edited), "{output}\n{}", restored.output());
    let before: Vec<&Loss> = converted.losses().iter().filter(|loss| is_of_bytes(loss)).collect();
    let after: Vec<Loss> = again.losses().filter(is_of_bytes).collect();
    let same = |one: &Loss, other: &Loss| {
        (one.code(), one.path(), one.value()) == (other.code(), other.path(), other.value())
    };
    assert!(
        after.iter().all(|after| before.iter().any(|before| same(before, after))),
        "{}",
        restored.output()
    );
    assert!(after.len() + 1 >= before.len(), "{output}\n{}", restored.output());
    assert!(restored.losses().is_empty(), "{output}\n{:?}", restored.losses());
    true
}

/// Whether a loss notes the bytes of a text or name.
fn is_of_bytes(loss: &Loss) -> bool {
    matches!(loss.code(), Code::EncodedText | Code::EncodedName)
}
