//! Any bytes as a v2 body, to a form and back: restoring is the oracle.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|body: &[u8]| {
    // Why a body was rejected is for the law to look at.
    let _ = deskpro_fuzz::body_comes_back(body);
});
