//! Checks of reading forms: no value is lost or duplicated, and a written form reads as the same form.

use std::collections::BTreeMap;

use deskpro_contact::form::{Form, MAX_DEPTH};
use deskpro_contact::losses_file::decode_raw;
use deskpro_contact::{Code, ErrorKind, Loss, LossValue};
use testkit::form::{decoded, each_text};
use testkit::json::each_string;

/// The number of occurrences of each value.
pub(crate) type Count = BTreeMap<Vec<u8>, i64>;

/// Reads bytes as a form and checks the reader's guarantees.
pub fn reads_any_bytes(payload: &[u8]) {
    let mut read = None;
    let work = allocation_counter::measure(|| read = Some(Form::read(payload)));
    // Allocated bytes measure the work, because time depends on the machine's load. Work without allocations is subject
    // to the fuzzer's time limit. The factor allows for buffers that double, and for two losses of each pair with their
    // paths: the value and the name that PHP discards.
    let most = 64 * 1024 + 512 * payload.len() as u64;
    assert!(
        work.bytes_total <= most,
        "{} bytes allocated for a payload of {}",
        work.bytes_total,
        payload.len()
    );
    let form = match read.expect("the closure ran") {
        Ok(form) => form,
        Err(error) => {
            assert_eq!(error.kind(), ErrorKind::TooDeep);
            let pair = &payload[error.span()];
            let raw = pair.iter().filter(|&&byte| byte == b'[').count();
            let encoded = pair.windows(3).filter(|three| three.eq_ignore_ascii_case(b"%5b")).count();
            assert!(raw + encoded > MAX_DEPTH, "rejected although not too deep: {}", pair.escape_ascii());
            return;
        }
    };
    keeps_every_value(payload, &form);
    let written = form.write();
    let again = Form::read(&written).expect("a written form is read");
    assert!(form == again, "a written form reads as another form: {}", written.escape_ascii());
    assert!(again.losses().is_empty(), "{:?}", again.losses());
    assert_eq!(again.write(), written);
}

/// Conservation: the value of each pair is in the form or in a loss, exactly once.
fn keeps_every_value(payload: &[u8], form: &Form) {
    let nul = payload.iter().position(|&byte| byte == 0);
    let (before, after) = payload.split_at(nul.unwrap_or(payload.len()));
    let mut count = Count::new();
    for pair in before.split(|&byte| byte == b'&').filter(|pair| !pair.is_empty()) {
        let equals = pair.iter().position(|&byte| byte == b'=').map_or(pair.len(), |at| at + 1);
        *count.entry(decoded(&pair[equals..])).or_default() += 1;
    }
    each_text(form.root(), &mut |text| *count.entry(text.to_vec()).or_default() -= 1);
    let mut rest = None;
    for loss in form.losses() {
        match loss.code() {
            Code::Overwritten | Code::DroppedPair => {
                each_lost(loss, &mut |text| *count.entry(text.to_vec()).or_default() -= 1);
            }
            Code::AfterNul => {
                assert!(rest.is_none(), "two losses for the text after a NUL");
                each_lost(loss, &mut |text| rest = Some(text.to_vec()));
            }
            Code::MendedName => {}
            code => panic!("the reader has no losses with the code {code:?}"),
        }
    }
    count.retain(|_, left| *left != 0);
    assert!(count.is_empty(), "lost (or duplicated, if negative): {count:?}");
    assert_eq!(rest.as_deref(), nul.map(|_| &after[1..]), "the text after the NUL");
}

/// Calls `see` for each text in a loss.
pub(crate) fn each_lost(loss: &Loss, see: &mut impl FnMut(&[u8])) {
    match loss.value() {
        Some(LossValue::Json(json)) => {
            each_string(&serde_json::from_str(json).expect("the value of a loss is JSON"), &mut |text| {
                see(text.as_bytes())
            });
        }
        // A raw text has no `=`, because it is percent-encoded. With `=` it is an array as pairs.
        Some(LossValue::Raw(raw)) if raw.contains('=') => {
            match Form::read(raw.as_bytes()) {
                Ok(form) => {
                    assert!(form.losses().is_empty(), "{raw}: {:?}", form.losses());
                    each_text(form.root(), see);
                }
                // The pairs have one level more than the payload, which may already be at the limit.
                Err(why) => {
                    assert_eq!(why.kind(), ErrorKind::TooDeep, "a raw loss is a form");
                    let values =
                        raw.split('&').map(|pair| pair.split_once('=').map_or("", |(_, value)| value));
                    values.for_each(|value| see(&decoded(value.as_bytes())));
                }
            }
        }
        // An empty raw value is an array that contains only empty arrays: an empty text is UTF-8, so it is not raw.
        Some(LossValue::Raw(raw)) if raw.is_empty() => {}
        Some(LossValue::Raw(raw)) => see(&decode_raw(raw)),
        Some(value) => panic!("a new kind of value: {value:?}"),
        None => {}
    }
}
