//! Converts any bytes as a v2 body to a form and restores them, with the profile that the first byte chooses. The
//! restored body must equal the original. Then reads the bytes as legacy JSON, and restores the payload that is built
//! from them. Also checks a generated body with phones and fields of a person.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Some((setup, body)) = deskpro_fuzz::Setup::split(bytes) else { return };
    // The check itself inspects a rejection.
    let _ = deskpro_fuzz::body_is_restored(setup, body);
    let _ = deskpro_fuzz::body_is_restored(setup, deskpro_fuzz::generated_body(bytes).as_bytes());
    deskpro_fuzz::legacy_json_is_restored(setup, body);
});
