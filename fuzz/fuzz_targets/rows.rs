//! Builds payloads of any rows: each value is in a payload or among the losses. Then converts each payload, with the
//! profile and the region that the first value chooses, and restores it.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (u8, Vec<deskpro_fuzz::Row<'_>>)| {
    deskpro_fuzz::rows_are_conserved(deskpro_fuzz::Setup::of(input.0), &input.1);
});
