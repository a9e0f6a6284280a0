//! The plain reader and the general one give the same, for any bytes and one edit away from them.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| deskpro_fuzz::both_readers_give_the_same(data));
