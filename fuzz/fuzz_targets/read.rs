//! Any bytes as a form: conservation, no value twice, memory linear in the payload, writing and reading inverse.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|payload: &[u8]| deskpro_fuzz::reads(payload));
