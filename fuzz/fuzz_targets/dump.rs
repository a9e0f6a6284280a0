//! Reads any bytes as an SQL dump: pieces do not matter, and a part of a dump gives only rows of the dump.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (u8, u16, &[u8])| {
    let (piece, part, dump) = input;
    deskpro_fuzz::dump_is_read_in_any_pieces(dump, usize::from(piece), usize::from(part));
});
