//! Reads any bytes as an output, a line end and losses, as edited files may hold them, and restores the output. The
//! first byte chooses the profile and the id field.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Some((setup, bytes)) = deskpro_fuzz::Setup::split(bytes) else { return };
    let end = bytes.iter().position(|&byte| byte == b'\n').unwrap_or(bytes.len());
    let (output, losses) = bytes.split_at(end);
    deskpro_fuzz::restores_any_bytes(setup, output, losses.get(1..).unwrap_or_default());
});
