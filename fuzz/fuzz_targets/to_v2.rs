//! Converts any bytes as a legacy payload to v2 and restores them, in both profiles, without and with an encoding. Also
//! converts their lines with a converter that is reused.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    deskpro_fuzz::payload_is_restored(bytes);
    deskpro_fuzz::extended_payload_is_restored(bytes);
    deskpro_fuzz::encoded_payload_is_restored(bytes);
    deskpro_fuzz::earlier_payloads_have_no_effect(bytes);
});
