//! Converts any bytes as a v2 body to a form and restores them. The restored body must equal the original, in both
//! profiles. Then reads the bytes as legacy JSON, and restores the payload that is built from them.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|body: &[u8]| {
    // The check itself inspects a rejection.
    let _ = deskpro_fuzz::body_is_restored(body);
    deskpro_fuzz::extended_body_is_restored(body);
    deskpro_fuzz::legacy_json_is_restored(body);
});
