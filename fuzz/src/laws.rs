//! Checks of conversion and restoring for any bytes.

use deskpro_contact::form::Form;
use deskpro_contact::losses_file::{Rejected, decode_raw, write_rejected};
use deskpro_contact::{
    Code, Conversion, Converted, Converter, Error, ErrorKind, Options, Profile, Severity, Source, Target,
    legacy_json, restore_form, restore_v2, to_form, to_v2,
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

/// Checks a legacy payload: the output is valid v2, every value is kept, and restoring is exact.
pub fn payload_is_restored(payload: &[u8]) {
    let converted = match to_v2(payload) {
        Ok(converted) => converted,
        Err(error) => {
            use ErrorKind::{ContactDataNotArray, MisplacedField, NotAForm, NotUtf8, TooDeep};
            let kinds = [ContactDataNotArray, MisplacedField, NotAForm, NotUtf8, TooDeep];
            return is_rejected(payload, &error, &kinds);
        }
    };
    let form = Form::read(payload).expect("a converted payload is a form");
    let output: Value = serde_json::from_str(converted.output()).expect("the output is JSON");
    is_v2(&output).expect("the output follows the v2 document");
    keeps_every_value(&form, &output, &converted);
    let lost = lost_words(payload, converted.output().as_bytes(), converted.losses_json());
    assert!(lost.is_empty(), "words of names are lost: {lost:?}");
    for loss in form.losses().iter().filter(|loss| loss.severity() == Severity::Data) {
        assert!(converted.losses().contains(loss), "missing in the losses: {loss:?}");
    }
    for loss in converted.losses() {
        assert!(payload.get(loss.span()).is_some(), "the span is outside of the payload: {loss:?}");
    }
    let has_inexpressible = form.root().children().any(has_empty_array);
    let is_restored = |converted: &Converted| {
        let restored = restore_form(converted.output().as_bytes(), converted.losses_json())
            .expect("the output is restored");
        let again = Form::read(restored.output().as_bytes()).expect("a restored payload is a form");
        assert!(form == again, "{}\n{}", converted.output(), restored.output());
        assert!(has_inexpressible || restored.losses().is_empty(), "{:?}", restored.losses());
    };
    is_restored(&converted);
    // With `only_contact_data`, other fields are losses instead of output, and restoring is still exact.
    let options = Options::new(Source::Form, Target::V2);
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

/// Checks a payload in the extended profile: restoring is exact and loses nothing. Also checks a generated payload with
/// phones and fields of a person, for which the bytes are the seed.
pub fn extended_payload_is_restored(payload: &[u8]) {
    let options = |source, target| Options::new(source, target).profile(Profile::Extended);
    let mut there = Converter::new(options(Source::Form, Target::V2));
    let mut back = Converter::new(options(Source::V2, Target::Form));
    let mut rng = Rng::new(seed_of(payload));
    for payload in [payload.to_vec(), extended::payload(&mut rng), extended::single(&mut rng)] {
        let Ok(converted) = there.convert(&payload).map(Conversion::into_owned) else { continue };
        let form = Form::read(&payload).expect("a converted payload is a form");
        let restored =
            back.restore(converted.output(), converted.losses_json()).expect("the output is restored");
        let again = Form::read(restored.output()).expect("a restored payload is a form");
        let payload = payload.escape_ascii();
        assert!(form == again, "{payload}\n{}\n{}", converted.output(), restored.output().escape_ascii());
        let has_inexpressible = form.root().children().any(has_empty_array);
        assert!(has_inexpressible || !restored.has_losses(), "{payload}");
    }
}

/// Checks a v2 body in the extended profile: it is restored to equal JSON, and no data is left over. Also checks a
/// generated body.
pub fn extended_body_is_restored(body: &[u8]) {
    let options = |source, target| Options::new(source, target).profile(Profile::Extended);
    let mut there = Converter::new(options(Source::V2, Target::Form));
    let mut back = Converter::new(options(Source::Form, Target::V2));
    let mut rng = Rng::new(seed_of(body));
    for body in [body.to_vec(), extended::body(&mut rng).into_bytes()] {
        let Ok(converted) = there.convert(&body).map(Conversion::into_owned) else { continue };
        let restored =
            back.restore(converted.output(), converted.losses_json()).expect("the output is restored");
        let [before, after] =
            [&*body, restored.output()].map(|json| plain(std::str::from_utf8(json).expect("JSON is UTF-8")));
        assert_eq!(before, after, "{}", converted.output());
        assert!(!restored.has_data_losses(), "{}", converted.output());
    }
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
pub fn earlier_payloads_have_no_effect(lines: &[u8]) {
    let mut converter = Converter::new(Options::new(Source::Form, Target::V2));
    for line in lines.split(|&byte| byte == b'\n').chain(lines.split(|&byte| byte == b'\n')) {
        match (converter.convert(line), to_v2(line)) {
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
pub fn legacy_json_is_restored(line: &[u8]) {
    let mut payload = Vec::new();
    let Ok(losses) = legacy_json::payload(line, &mut payload) else { return };
    for loss in &losses {
        assert!(line.get(loss.span()).is_some(), "a span in the line");
    }
    let mut converter = Converter::new(Options::new(Source::Form, Target::V2));
    if let Ok(conversion) = converter.convert(&payload) {
        let conversion = conversion.with_source_losses(&losses);
        let mut back = Converter::new(Options::new(Source::V2, Target::Form));
        assert!(back.can_restore(&conversion), "the payload is restored");
        let _ = conversion.into_owned();
    }
}

/// Checks a v2 body: it is restored to equal JSON, and no data is left over.
pub fn body_is_restored(body: &[u8]) -> Result<(), Error> {
    let converted = match to_form(body) {
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
    let is_restored = |converted: &Converted| {
        let restored = restore_v2(converted.output().as_bytes(), converted.losses_json())
            .expect("the output is restored");
        assert_eq!(plain(restored.output()), plain_body, "{}", converted.output());
        let is_note = restored.losses().iter().all(|loss| loss.severity() == Severity::Note);
        assert!(is_note, "{:?}", restored.losses());
    };
    is_restored(&converted);
    let mut only_contact_data =
        Converter::new(Options::new(Source::V2, Target::Form).only_contact_data(true));
    is_restored(&only_contact_data.convert(body).expect("the option rejects no payload").into_owned());
    Ok(())
}

/// Restores an output with losses, both any bytes, as edited files may contain them. Checks that restoring does not
/// panic and that its result is readable.
pub fn restores_any_bytes(output: &[u8], losses: &[u8]) {
    let mut form_restorer = Converter::new(Options::new(Source::V2, Target::Form).edited(true));
    if let Ok(restored) = form_restorer.restore(output, losses).map(Conversion::into_owned) {
        // Edited losses may contain names that a form cannot represent.
        let form = Form::read(restored.output().as_bytes()).expect("a form");
        assert_eq!(restored.output().is_empty(), form.write().is_empty() && form.losses().is_empty());
    }
    let mut body_restorer = Converter::new(Options::new(Source::Form, Target::V2).edited(true));
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
        source_losses: &[],
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

/// Conservation: each free value is in the output or in the losses, as often as in the payload.
fn keeps_every_value(form: &Form, output: &Value, converted: &Converted) {
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
    count.retain(|_, left| *left != 0);
    assert!(count.is_empty(), "lost (or duplicated, if negative): {count:?}");
}

/// Whether a value is free text, not a type, a service, a boolean or a value that the conversion fills in.
fn is_free_text(text: &[u8]) -> bool {
    text.len() > 1 && text.iter().any(|byte| !byte.is_ascii_alphabetic() && !b"_- ".contains(byte))
}
