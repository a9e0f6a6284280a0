//! Reading forms: no value is lost, none is there twice, and what is written is read again.

use std::collections::BTreeMap;

use deskpro_contact::form::{Form, MAX_DEPTH};
use deskpro_contact::losses_file::decode_raw;
use deskpro_contact::{Code, ErrorKind, Loss, LossValue};
use testkit::form::{decoded, each_text};
use testkit::json::each_string;

/// How often each value is there.
pub(crate) type Count = BTreeMap<Vec<u8>, i64>;

/// Reads bytes as a form, and holds the reader to what it promises.
pub fn reads(payload: &[u8]) {
    let mut read = None;
    let work = allocation_counter::measure(|| read = Some(Form::read(payload)));
    // Work is counted in memory, which no busy machine changes; what is slow without it, the fuzzer's own limit of
    // time finds. Doubling buffers and the losses' paths are why it is many times the payload.
    let most = 64 * 1024 + 256 * payload.len() as u64;
    assert!(work.bytes_total <= most, "{} bytes for a payload of {}", work.bytes_total, payload.len());
    let form = match read.expect("it was run") {
        Ok(form) => form,
        Err(error) => {
            assert_eq!(error.kind(), ErrorKind::TooDeep);
            let pair = &payload[error.span()];
            let raw = pair.iter().filter(|&&byte| byte == b'[').count();
            let encoded = pair.windows(3).filter(|three| three.eq_ignore_ascii_case(b"%5b")).count();
            assert!(raw + encoded > MAX_DEPTH, "not so deep: {}", pair.escape_ascii());
            return;
        }
    };
    is_all_there(payload, &form);
    let written = form.write();
    let again = Form::read(&written).expect("what was written is read");
    assert!(form == again, "read otherwise: {}", written.escape_ascii());
    assert!(again.losses().is_empty(), "{:?}", again.losses());
    assert_eq!(again.write(), written);
}

/// Conservation: each pair's value is in the array or in a loss, once.
fn is_all_there(payload: &[u8], form: &Form) {
    let nul = payload.iter().position(|&byte| byte == 0);
    let (before, behind) = payload.split_at(nul.unwrap_or(payload.len()));
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
                assert!(rest.is_none(), "a payload ends once");
                each_lost(loss, &mut |text| rest = Some(text.to_vec()));
            }
            Code::MendedName => {}
            code => panic!("the reader does not lose by {code:?}"),
        }
    }
    count.retain(|_, left| *left != 0);
    assert!(count.is_empty(), "lost (or, below 0, doubled): {count:?}");
    assert_eq!(rest.as_deref(), nul.map(|_| &behind[1..]), "behind the NUL");
}

/// Each text that a loss keeps.
pub(crate) fn each_lost(loss: &Loss, see: &mut impl FnMut(&[u8])) {
    match loss.value() {
        Some(LossValue::Json(json)) => {
            each_string(&serde_json::from_str(json).expect("a loss is JSON"), &mut |text| {
                see(text.as_bytes())
            });
        }
        // A text has no `=` of its own there: it is percent-encoded.
        Some(LossValue::Raw(raw)) if raw.contains('=') => {
            match Form::read(raw.as_bytes()) {
                Ok(form) => {
                    assert!(form.losses().is_empty(), "{raw}: {:?}", form.losses());
                    each_text(form.root(), see);
                }
                // It has a name more than the payload, which may have as many as there may be.
                Err(why) => {
                    assert_eq!(why.kind(), ErrorKind::TooDeep, "a loss is read again");
                    let values =
                        raw.split('&').map(|pair| pair.split_once('=').map_or("", |(_, value)| value));
                    values.for_each(|value| see(&decoded(value.as_bytes())));
                }
            }
        }
        // An empty text is UTF-8: this was an array that holds empty ones alone.
        Some(LossValue::Raw(raw)) if raw.is_empty() => {}
        Some(LossValue::Raw(raw)) => see(&decode_raw(raw)),
        Some(value) => panic!("a new kind of value: {value:?}"),
        None => {}
    }
}
