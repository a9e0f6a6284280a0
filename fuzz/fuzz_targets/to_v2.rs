//! Any bytes as a legacy payload, to v2 and back: restoring is the oracle. And as payloads a line, by one converter.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    deskpro_fuzz::payload_comes_back(bytes);
    deskpro_fuzz::what_was_read_before_changes_nothing(bytes);
});
