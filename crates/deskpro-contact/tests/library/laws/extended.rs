//! The laws in the extended profile: restoring is exact, every value is in the output or in a loss, edits survive, and
//! only numbers without doubt are written.

use deskpro_contact::form::{Form, Node};
use deskpro_contact::{
    Code, Conversion, Converted, Converter, Error, Options, Profile, Region, Severity, Source, Target,
};
use proptest::prelude::*;
use serde_json::Value;
use testkit::conserved::lost_words;
use testkit::form::has_empty_array;
use testkit::json::each_string;
use testkit::payloads::{self, Class};
use testkit::{Rng, extended, schema};

use super::bodies::{ambiguous, body};
use super::cases;
use super::payloads::{hostile, payload};
use super::put_get::{Records, check_edited_form, edit_form, edits};

fn options(source: Source, target: Target) -> Options {
    Options::new(source, target).profile(Profile::Extended)
}

fn to_v2(payload: &[u8]) -> Result<Converted, Error> {
    Converter::new(options(Source::Form, Target::V2)).convert(payload).map(Conversion::into_owned)
}

fn to_form(body: &str) -> Result<Converted, Error> {
    Converter::new(options(Source::V2, Target::Form)).convert(body).map(Conversion::into_owned)
}

fn restore(source: Source, target: Target, output: &str, losses: &[u8]) -> Result<Converted, Error> {
    let mut converter = Converter::new(options(source, target).edited(true));
    converter.restore(output, losses).map(Conversion::into_owned)
}

fn restore_form(output: &str, losses: &[u8]) -> Result<Converted, Error> {
    restore(Source::V2, Target::Form, output, losses)
}

fn restore_v2(output: &str, losses: &[u8]) -> Result<Converted, Error> {
    restore(Source::Form, Target::V2, output, losses)
}

/// Converts and restores a payload.
fn check_restored(payload: &[u8], options: Options) -> Result<(), TestCaseError> {
    let mut converter = Converter::new(options);
    let Ok(converted) = converter.convert(payload).map(Conversion::into_owned) else { return Ok(()) };
    let form = Form::read(payload).unwrap();
    if form.root().get(b"phone_numbers").is_none() {
        prop_assert_eq!(schema::check_profile(converted.output().as_bytes(), Profile::Extended), Ok(()));
    }
    let restored = restore_form(converted.output(), converted.losses_json());
    let restored = restored.map_err(|error| TestCaseError::fail(error.to_string()))?;
    let again = Form::read(restored.output().as_bytes()).unwrap();
    let losses = String::from_utf8_lossy(converted.losses_json());
    prop_assert!(
        form == again,
        "{}\n{}\n{}\n{}",
        payload.escape_ascii(),
        converted.output(),
        restored.output(),
        losses
    );
    let has_inexpressible = form.root().children().any(has_empty_array);
    prop_assert!(has_inexpressible || restored.losses().is_empty(), "{:?}", restored.losses());
    Ok(())
}

/// Checks that each text of a payload is in its output or in its losses.
fn check_conserved(payload: &[u8]) -> Result<(), TestCaseError> {
    let Ok(converted) = to_v2(payload) else { return Ok(()) };
    let mut kept = Vec::new();
    let output: Value = serde_json::from_str(converted.output()).unwrap();
    each_string(&output, &mut |text| kept.push(text.to_owned()));
    if converted.losses_json().windows(6).any(|bytes| bytes == b"\"raw\":") {
        // A record that is not UTF-8 is kept percent-encoded. Other laws compare these.
        return Ok(());
    }
    if !converted.losses_json().is_empty() {
        let losses: Value = serde_json::from_slice(converted.losses_json()).unwrap();
        each_string(&losses, &mut |text| kept.push(text.to_owned()));
    }
    // An extension stands beside its number.
    for phone in output["phone_numbers"].as_array().into_iter().flatten() {
        if let (Some(number), Some(extension)) = (phone["number"].as_str(), phone["extension"].as_str()) {
            kept.push(format!("{number} x{extension}"));
        }
    }
    let mut lost = Vec::new();
    leaves(Form::read(payload).unwrap().root(), &mut |name, text| {
        // A type is the name of a list, and a service has another spelling.
        let is_named = matches!(name, b"type" | b"service" | b"display_feed");
        if !is_named && !text.is_empty() && !kept.iter().any(|kept| kept.as_bytes() == text) {
            lost.push(String::from_utf8_lossy(text).into_owned());
        }
    });
    prop_assert!(lost.is_empty(), "{:?} of {}", lost, payload.escape_ascii());
    let words = lost_words(payload, converted.output().as_bytes(), converted.losses_json());
    // The structure of the output says these.
    let words: Vec<_> =
        words.into_iter().filter(|word| !extended::RENAMED.contains(&word.as_str())).collect();
    prop_assert!(words.is_empty(), "{:?} of {}", words, payload.escape_ascii());
    Ok(())
}

fn leaves(node: Node<'_>, found: &mut impl FnMut(&[u8], &[u8])) {
    for child in node.children() {
        match child.text() {
            Some(text) => found(child.key(), text),
            None => leaves(child, found),
        }
    }
}

/// A phone that another field kept out of the output does not become a phone of an output without that field.
#[test]
fn a_phone_whose_list_was_taken_comes_back_only_beside_the_field_that_took_it() {
    let payload = b"phone_numbers[0][number]=5&type=phone&data[number]=%2B442079460018";
    let converted = to_v2(payload).unwrap();
    assert_eq!(converted.output(), r#"{"phone_numbers":[{"number":"5"}],"contact_data":{}}"#);
    let edited = r#"{"name":"Ann","contact_data":{}}"#;
    let restored = restore_form(edited, converted.losses_json()).unwrap();
    assert_eq!(restored.output(), "name=Ann");
    assert!(restored.losses().iter().any(|loss| loss.code() == Code::LeftOver));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn prop_get_put_of_payloads_with_phones_and_people(seed in any::<u64>(), region in any::<bool>()) {
        let mut rng = Rng::new(seed);
        let gb: Region = "GB".parse().unwrap();
        for payload in [extended::payload(&mut rng), extended::single(&mut rng)] {
            let options = options(Source::Form, Target::V2).region(region.then_some(gb));
            check_restored(&payload, options.clone())?;
            check_restored(&payload, options.clone().only_contact_data(true))?;
            check_restored(&payload, options.only_contact_data(true).id_field("email"))?;
        }
    }

    #[test]
    fn prop_get_put_of_other_payloads(payload in payload(), hostile in hostile(), seed in any::<u64>()) {
        let mut rng = Rng::new(seed);
        let odd = payloads::payload(&mut rng, Class::Odd);
        for payload in [payload.into_bytes(), hostile, odd] {
            check_restored(&payload, options(Source::Form, Target::V2))?;
        }
    }

    #[test]
    fn prop_every_text_is_in_the_output_or_in_the_losses(seed in any::<u64>()) {
        let mut rng = Rng::new(seed);
        check_conserved(&extended::payload(&mut rng))?;
        check_conserved(&extended::single(&mut rng))?;
    }

    /// Both readers give equal results.
    #[test]
    fn prop_the_readers_agree(seed in any::<u64>()) {
        let mut rng = Rng::new(seed);
        let payload = extended::payload(&mut rng);
        let own = options(Source::Form, Target::V2);
        let mut general = Converter::new(own.clone().general_reader(true));
        let mut plain = Converter::new(own);
        let results = [&mut general, &mut plain].map(|converter| {
            converter.convert(&payload).map(Conversion::into_owned).map_err(|error| error.to_string())
        });
        prop_assert_eq!(&results[0], &results[1], "{}", payload.escape_ascii());
    }

    /// Phones and fields are changed, removed and added. The restored payload converts to the edited output.
    #[test]
    fn prop_put_get_of_outputs_with_phones_and_people(seed in any::<u64>()) {
        let mut rng = Rng::new(seed);
        let payload = extended::payload(&mut rng);
        let Ok(converted) = to_v2(&payload) else { return Ok(()) };
        let mut edited: Value = serde_json::from_str(converted.output()).unwrap();
        // These payloads have a list of phones, or a list of another field, that no server takes.
        let form = Form::read(&payload).unwrap();
        if form.root().get(b"phone_numbers").is_some() || form.root().get(b"data").is_some() {
            return Ok(());
        }
        for _ in 0..=rng.below(3) {
            extended::edit(&mut rng, &mut edited);
        }
        let restored = restore_form(&edited.to_string(), converted.losses_json()).unwrap();
        let again = to_v2(restored.output().as_bytes()).unwrap();
        let again: Value = serde_json::from_str(again.output()).unwrap();
        prop_assert_eq!(
            extended::as_sets(again),
            extended::as_sets(edited),
            "{}\n{}\n{}",
            payload.escape_ascii(),
            restored.output(),
            String::from_utf8_lossy(converted.losses_json())
        );
    }

    #[test]
    fn prop_get_put_of_bodies_with_phones_and_people(seed in any::<u64>(), other in prop_oneof![4 => body(), 1 => ambiguous()]) {
        let mut rng = Rng::new(seed);
        for body in [extended::body(&mut rng), other] {
            let Ok(converted) = to_form(&body) else { continue };
            let restored = restore_v2(converted.output(), converted.losses_json());
            let restored = restored.map_err(|error| TestCaseError::fail(format!("{error}: {body}")))?;
            let losses = String::from_utf8_lossy(converted.losses_json());
            prop_assert_eq!(restored.output(), &body, "{}\n{}", converted.output(), losses);
            let is_note = restored.losses().iter().all(|loss| loss.severity() == Severity::Note);
            prop_assert!(is_note, "{:?}", restored.losses());
        }
    }

    /// Records and fields of a form are edited. The restored body converts to the edited form.
    #[test]
    fn prop_put_get_of_forms_with_phones_and_people(seed in any::<u64>(), edits in edits()) {
        let mut rng = Rng::new(seed);
        let body = extended::body(&mut rng);
        let Ok(converted) = to_form(&body) else { return Ok(()) };
        let is_single = |name: &str| name.starts_with("type") || name.starts_with("data");
        let mut edited = Records::read(converted.output());
        // Fields that were left out return if an edit adds a record, or a field of their name.
        if converted.losses().iter().any(|loss| is_single(loss.path()) || loss.code() == Code::NameTaken)
            || edited.others.iter().any(|(name, _)| is_single(name) || name.starts_with("phone_numbers"))
        {
            return Ok(());
        }
        edits.iter().for_each(|edit| edit_form(&mut edited, edit));
        if rng.chance(50) {
            let pairs = [("type", "phone"), ("comment", "new"), ("data%5Bnumber%5D", "%2B442079460099+x5")];
            let pairs = pairs.map(|(name, value)| (name.to_owned(), value.replace('+', "%20")));
            edited.records.push(pairs.into_iter().collect());
        }
        for record in &mut edited.records {
            if rng.chance(20) && let Some(number) = record.get_mut("data%5Bnumber%5D") {
                *number = "%2B12015550123".to_owned();
            }
        }
        let form = edited.write();
        let restored = restore_v2(&form, converted.losses_json()).unwrap();
        let case = [&body, &form, restored.output()].map(str::to_owned);
        check_edited_form(edited, to_form(restored.output()), case)?;
    }

    #[test]
    fn prop_any_bytes_are_converted_and_restored_without_a_panic(bytes in prop_oneof![hostile(), prop::collection::vec(any::<u8>(), 0..200)], seed in any::<u64>()) {
        let mut rng = Rng::new(seed);
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let _ = to_v2(&bytes);
        let _ = to_form(&text);
        let converted = to_v2(&extended::payload(&mut rng));
        let losses = converted.map(|converted| converted.losses_json().to_vec()).unwrap_or_default();
        let others = [extended::body(&mut rng), text];
        for output in &others {
            let _ = restore_form(output, &losses);
            let _ = restore_form(output, &bytes);
        }
        let form = String::from_utf8_lossy(&extended::payload(&mut rng)).into_owned();
        let _ = restore_v2(&form, &losses);
    }
}
