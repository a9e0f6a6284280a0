//! The plain reader and the general reader give equal results for any bytes, and for the bytes after one edit.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| deskpro_fuzz::both_readers_give_equal_results(data));
