//! An output and losses of any bytes, divided by the first line end: whoever edits files may make any of them.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let end = bytes.iter().position(|&byte| byte == b'\n').unwrap_or(bytes.len());
    let (output, notes) = bytes.split_at(end);
    deskpro_fuzz::restores_anything(output, notes.get(1..).unwrap_or_default());
});
