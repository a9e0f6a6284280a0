//! Reads any bytes as a form: no value is lost or duplicated, memory is linear, writing and reading are inverse.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|payload: &[u8]| deskpro_fuzz::reads_any_bytes(payload));
