//! Checks of conversion and restoring for any bytes.

use deskpro_contact::form::Form;
use deskpro_contact::losses_file::{Rejected, decode_raw, write_rejected};
use deskpro_contact::{
    Code, Conversion, Converted, Converter, Error, ErrorKind, Severity, Source, Target, legacy_json, to_form,
};
use serde_json::Value;
use testkit::conserved::lost_words;
use testkit::encodings::{SAMPLES, check};
use testkit::form::{each_text, has_empty_array};
use testkit::json::{each_string, plain};
use testkit::readers::Readers;
use testkit::v2_document::is_v2;
use testkit::{Rng, extended, one_edit};

use crate::forms::{Count, each_lost};
use crate::setup::Setup;

/// Checks a legacy payload: the output is valid v2, every value is kept, and restoring is exact.
pub fn payload_is_restored(setup: Setup, payload: &[u8]) {
    let options = setup.options(Source::Form, Target::V2);
    let converted = match Converter::new(options.clone()).convert(payload).map(Conversion::into_owned) {
        Ok(converted) => converted,
        Err(error) => {
            use ErrorKind::{ContactDataNotArray, MisplacedField, NotAForm, NotUtf8, TooDeep};
            let kinds = [ContactDataNotArray, MisplacedField, NotAForm, NotUtf8, TooDeep];
            return is_rejected(payload, &error, &kinds);
        }
    };
    let form = Form::read(payload).expect("a converted payload is a form");
    let output: Value = serde_json::from_str(converted.output()).expect("the output is JSON");
    follows_the_profile(setup, &form, &output);
    keeps_every_value(setup, &form, &output, &converted);
    let mut lost = lost_words(payload, converted.output().as_bytes(), converted.losses_json());
    lost.retain(|word| !(setup.is_extended() && extended::RENAMED.contains(&word.as_str())));
    assert!(lost.is_empty(), "words of names are lost: {lost:?}");
    for loss in form.losses().iter().filter(|loss| loss.severity() == Severity::Data) {
        assert!(converted.losses().contains(loss), "missing in the losses: {loss:?}");
    }
    for loss in converted.losses() {
        assert!(payload.get(loss.span()).is_some(), "the span is outside of the payload: {loss:?}");
    }
    let has_inexpressible = form.root().children().any(has_empty_array);
    let mut back = Converter::new(setup.options(Source::V2, Target::Form));
    let mut is_restored = |converted: &Converted| {
        let restored = back.restore(converted.output(), converted.losses_json());
        let restored = restored.expect("the output is restored").into_owned();
        let again = Form::read(restored.output().as_bytes()).expect("a restored payload is a form");
        assert!(form == again, "{}\n{}", converted.output(), restored.output());
        assert!(has_inexpressible || restored.losses().is_empty(), "{:?}", restored.losses());
    };
    is_restored(&converted);
    // With `only_contact_data`, other fields are losses instead of output, and restoring is still exact.
    let mut only_contact_data = Converter::new(options.clone().only_contact_data(true));
    is_restored(&only_contact_data.convert(payload).expect("the option rejects no payload").into_owned());
    let mut strict = Converter::new(options.strict(true));
    let has_rejected = converted.losses().iter().any(|loss| loss.code() == Code::RejectedRecord);
    assert_eq!(
        strict.convert(payload).is_err(),
        has_rejected,
        "strict rejects a payload exactly if a record is rejected"
    );
}

/// Checks that an output follows the v2 document, or in the extended profile that its phones are as servers take them.
fn follows_the_profile(setup: Setup, form: &Form, output: &Value) {
    if !setup.is_extended() {
        is_v2(output).expect("the output follows the v2 document");
    } else if form.root().get(PHONE_NUMBERS.as_bytes()).is_none() {
        // A field of this name passes in any shape.
        let phones = output[PHONE_NUMBERS].as_array().into_iter().flatten();
        phones.for_each(|phone| assert!(is_phone(phone), "{phone}"));
    }
}

/// Whether a phone has an international number, and besides it a `label` and an `extension` at most, no longer than
/// servers take them.
fn is_phone(phone: &Value) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    phone.as_object().is_some_and(|members| {
        members.contains_key("number")
            && members.iter().all(|(name, value)| {
                value.as_str().is_some_and(|text| match &**name {
                    "number" => text.len() <= 30 && text.strip_prefix('+').is_some_and(digits),
                    "label" => text.chars().count() <= 100,
                    "extension" => text.len() <= 30 && digits(text),
                    _ => false,
                })
            })
    })
}

/// The list of phones in a v2 body.
const PHONE_NUMBERS: &str = "phone_numbers";

/// The legacy payload for which bytes are the seed: one with phones and fields of a person.
#[must_use]
pub fn generated_payload(seed: &[u8]) -> Vec<u8> {
    let mut rng = Rng::new(seed_of(seed));
    if rng.chance(50) { extended::payload(&mut rng) } else { extended::single(&mut rng) }
}

/// The v2 body for which bytes are the seed: one with phones and fields of a person.
#[must_use]
pub fn generated_body(seed: &[u8]) -> String {
    extended::body(&mut Rng::new(seed_of(seed)))
}

/// A number that bytes determine.
fn seed_of(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0, |seed, &byte| seed.wrapping_mul(31).wrapping_add(u64::from(byte)))
}

/// Checks a payload with each encoding: decoded texts keep their bytes, and restoring is exact.
pub fn encoded_payload_is_restored(payload: &[u8]) {
    for sample in SAMPLES {
        if let Err(why) = check(sample, &mut sample.converter(), payload) {
            panic!("{why}");
        }
    }
}

/// Checks that a reused converter gives the same results as a new one. Each line is a payload; all are converted twice.
pub fn earlier_payloads_have_no_effect(setup: Setup, lines: &[u8]) {
    let options = setup.options(Source::Form, Target::V2);
    let mut converter = Converter::new(options.clone());
    for line in lines.split(|&byte| byte == b'\n').chain(lines.split(|&byte| byte == b'\n')) {
        let fresh = Converter::new(options.clone()).convert(line).map(Conversion::into_owned);
        match (converter.convert(line), fresh) {
            (Ok(conversion), Ok(converted)) => {
                let conversion = conversion.into_owned();
                assert_eq!(conversion.output(), converted.output());
                assert_eq!(conversion.losses(), converted.losses());
            }
            (Err(error), Err(other)) => assert_eq!(error.to_string(), other.to_string()),
            (conversion, converted) => panic!(
                "converts: {} with the reused, {} with a new converter",
                conversion.is_ok(),
                converted.is_ok()
            ),
        }
    }
}

/// Checks that both readers of forms give equal results for a payload, before and after one edit. `data` is a seed of
/// two bytes, then the payload.
pub fn both_readers_give_equal_results(data: &[u8]) {
    let Some((&seed, payload)) = data.split_first_chunk::<2>() else { return };
    let mut rng = Rng::new(u64::from(u16::from_le_bytes(seed)));
    let mut readers = Readers::default();
    for payload in [payload.to_vec(), one_edit::edited(&mut rng, payload)] {
        if let Err(why) = readers.compare(&payload) {
            panic!("{}\n{why}", payload.escape_ascii());
        }
    }
}

/// Checks a line of legacy JSON: nothing panics, and the payload that is built from it is restored.
pub fn legacy_json_is_restored(setup: Setup, line: &[u8]) {
    let mut payload = Vec::new();
    let Ok(losses) = legacy_json::payload(line, &mut payload) else { return };
    for loss in &losses {
        assert!(line.get(loss.span()).is_some(), "a span in the line");
    }
    let mut converter = Converter::new(setup.options(Source::Form, Target::V2));
    if let Ok(conversion) = converter.convert(&payload) {
        let conversion = conversion.with_builder_losses(&losses);
        let mut back = Converter::new(setup.options(Source::V2, Target::Form));
        assert!(back.can_restore(&conversion), "the payload is restored");
        let _ = conversion.into_owned();
    }
}

/// Checks a v2 body: it is restored to equal JSON, and no data is left over.
///
/// # Errors
///
/// The body is rejected. The rejection is checked.
pub fn body_is_restored(setup: Setup, body: &[u8]) -> Result<(), Error> {
    let options = setup.options(Source::V2, Target::Form);
    let converted = match Converter::new(options.clone()).convert(body).map(Conversion::into_owned) {
        Ok(converted) => converted,
        Err(error) => {
            use ErrorKind::{
                ContactDataNotArray, DuplicateKey, ErrorLine, LegacyRecords, ListOfBodies, LoneSurrogate,
                MisplacedField, NotABody, NotJson, NotUtf8, TooDeep, TooLong,
            };
            let kinds = [
                ContactDataNotArray,
                DuplicateKey,
                ErrorLine,
                LegacyRecords,
                ListOfBodies,
                LoneSurrogate,
                MisplacedField,
                NotABody,
                NotJson,
                NotUtf8,
                TooDeep,
                TooLong,
            ];
            is_rejected(body, &error, &kinds);
            return Err(error);
        }
    };
    let text = std::str::from_utf8(body).expect("a converted body is UTF-8");
    let plain_body = plain(text);
    let form = Form::read(converted.output().as_bytes()).expect("the output is a form");
    assert!(form.losses().is_empty(), "{}: {:?}", converted.output(), form.losses());
    assert_eq!(form.write(), converted.output().as_bytes(), "a form in the spelling of http_build_query");
    for loss in converted.losses() {
        assert!(body.get(loss.span()).is_some(), "the span is outside of the body: {loss:?}");
    }
    let mut back = Converter::new(setup.options(Source::Form, Target::V2));
    let mut is_restored = |converted: &Converted| {
        let restored = back.restore(converted.output(), converted.losses_json());
        let restored = restored.expect("the output is restored").into_owned();
        assert_eq!(plain(restored.output()), plain_body, "{}", converted.output());
        let is_note = restored.losses().iter().all(|loss| loss.severity() == Severity::Note);
        assert!(is_note, "{:?}", restored.losses());
    };
    is_restored(&converted);
    let mut only_contact_data = Converter::new(options.only_contact_data(true));
    is_restored(&only_contact_data.convert(body).expect("the option rejects no payload").into_owned());
    Ok(())
}

/// Restores an output with losses, both any bytes, as edited files may contain them. Checks that restoring does not
/// panic and that its result is readable.
pub fn restores_any_bytes(setup: Setup, output: &[u8], losses: &[u8]) {
    let mut form_restorer = Converter::new(setup.options(Source::V2, Target::Form).edited(true));
    if let Ok(restored) = form_restorer.restore(output, losses).map(Conversion::into_owned) {
        // Edited losses may contain names that a form cannot represent.
        let form = Form::read(restored.output().as_bytes()).expect("a form");
        assert_eq!(restored.output().is_empty(), form.write().is_empty() && form.losses().is_empty());
    }
    let mut body_restorer = Converter::new(setup.options(Source::Form, Target::V2).edited(true));
    if let Ok(restored) = body_restorer.restore(output, losses).map(Conversion::into_owned) {
        // The result is JSON without duplicate names.
        let again = to_form(restored.output().as_bytes()).map_err(|error| error.kind());
        let is_wrong = matches!(again, Err(ErrorKind::NotJson | ErrorKind::DuplicateKey));
        assert!(!is_wrong, "{again:?}: {}", restored.output());
    }
}

/// Checks a rejection: its kind is expected, its span is inside the input, and its losses line keeps the whole input.
fn is_rejected(input: &[u8], error: &Error, kinds: &[ErrorKind]) {
    assert!(kinds.contains(&error.kind()), "{error:?}");
    assert!(input.get(error.span()).is_some(), "the span is outside of the input: {error:?}");
    let mut line = Vec::new();
    let rejected = Rejected {
        line: 1,
        id: None,
        error,
        emitted: false,
        payload: Some(input),
        losses: None,
        builder_losses: &[],
    };
    write_rejected(&rejected, &mut line);
    let line: Value = serde_json::from_slice(&line).expect("a losses line is JSON");
    let kept = match (line["value"].as_str(), line["raw"].as_str()) {
        (Some(text), None) => text.as_bytes().to_vec(),
        (None, Some(raw)) => decode_raw(raw),
        _ => panic!("neither value nor raw: {line}"),
    };
    assert_eq!(kept, input);
}

/// Conservation: each free value is in the output or in the losses, as often as in the payload. In the extended
/// profile, the note of a phone repeats what the output has, so there a value may be kept more often.
fn keeps_every_value(setup: Setup, form: &Form, output: &Value, converted: &Converted) {
    let mut count = Count::new();
    let mut add = |text: &[u8], by: i64| {
        if is_free_text(text) {
            *count.entry(text.to_vec()).or_default() += by;
        }
    };
    each_text(form.root(), &mut |text| add(text, 1));
    for loss in form.losses().iter().filter(|loss| loss.severity() == Severity::Data) {
        each_lost(loss, &mut |text| add(text, 1));
    }
    each_string(output, &mut |text| add(text.as_bytes(), -1));
    for loss in converted.losses() {
        match loss.code() {
            // These contain keys, not values.
            Code::MendedName | Code::Order | Code::Records => {}
            _ => each_lost(loss, &mut |text| add(text, -1)),
        }
    }
    // The output has an extension beside its number.
    for phone in output[PHONE_NUMBERS].as_array().into_iter().flatten() {
        if let (Some(number), Some(extension)) = (phone["number"].as_str(), phone["extension"].as_str()) {
            add(format!("{number} x{extension}").as_bytes(), -1);
        }
    }
    count.retain(|_, left| *left > 0 || *left < 0 && !setup.is_extended());
    assert!(count.is_empty(), "lost (or duplicated, if negative): {count:?}");
}

/// Whether a value is free text, not a type, a service, a boolean or a value that the conversion fills in.
fn is_free_text(text: &[u8]) -> bool {
    text.len() > 1 && text.iter().any(|byte| !byte.is_ascii_alphabetic() && !b"_- ".contains(byte))
}
