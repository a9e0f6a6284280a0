//! Builds payloads of any rows: each value is in a payload or among the losses.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: Vec<deskpro_fuzz::Row<'_>>| deskpro_fuzz::rows_are_conserved(&input));
