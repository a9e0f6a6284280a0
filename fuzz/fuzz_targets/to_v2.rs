//! Converts any bytes as a legacy payload to v2 and restores them, with the profile and the region that the first byte
//! chooses, without and with an encoding. Also converts their lines with a converter that is reused. Then checks a
//! generated payload with phones and fields of a person.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Some((setup, payload)) = deskpro_fuzz::Setup::split(bytes) else { return };
    deskpro_fuzz::payload_is_restored(setup, payload);
    deskpro_fuzz::payload_is_restored(setup, &deskpro_fuzz::generated_payload(bytes));
    deskpro_fuzz::encoded_payload_is_restored(payload);
    deskpro_fuzz::earlier_payloads_have_no_effect(setup, payload);
});
