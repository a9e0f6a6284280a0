//! Any bytes as a legacy payload, to v2 and back: restoring is the oracle.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|payload: &[u8]| deskpro_fuzz::payload_comes_back(payload));
