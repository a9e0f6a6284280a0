//! Compressed inputs whose headers promise something else than the data holds.

use super::{attack, repeat};
use crate::harness::compressed::gzip;
use crate::harness::running::MIB;
use crate::harness::{WEBSITE, WEBSITE_V2};

/// An empty gzip member.
fn empty_member() -> Vec<u8> {
    gzip(b"")
}

#[test]
fn hostile_compressed_inputs_fail_or_convert_in_constant_memory() {
    // Half a million empty members, then a member with one line.
    let many = 500_000;
    let outcome = attack("", |to| {
        let piece = empty_member().repeat(1000);
        (0..many / 1000).try_for_each(|_| to.write_all(&piece))?;
        to.write_all(&gzip(WEBSITE.as_bytes()))
    });
    let outcome = outcome.exits(0, "").stays_flat();
    assert_eq!(outcome.start, format!("{WEBSITE_V2}\n").as_bytes());
    // A header with an endless file name.
    let outcome = attack("", |to| {
        to.write_all(&[0x1f, 0x8b, 8, 8, 0, 0, 0, 0, 0, 255])?;
        repeat(to, "name", 64 * MIB)
    });
    outcome.exits(74, "convert: cannot read standard input: ").stays_flat();
    // Zstd frames that need a window of 2 GiB or 1 TiB.
    for header in [&[0x28, 0xb5, 0x2f, 0xfd, 0, 21 << 3][..], &[0x28, 0xb5, 0x2f, 0xfd, 0, 30 << 3 | 7]] {
        let outcome = attack("", |to| {
            to.write_all(header)?;
            repeat(to, "\u{1}\0\0", 3 * 1024)
        });
        outcome.exits(74, "convert: cannot read standard input: ").stays_flat();
    }
    // A zstd frame that needs an unknown dictionary.
    let outcome = attack("", |to| {
        to.write_all(&[0x28, 0xb5, 0x2f, 0xfd, 0x21, 7, 0])?;
        repeat(to, "\u{1}\0\0", 3 * 1024)
    });
    outcome.exits(74, "convert: cannot read standard input: ").stays_flat();
    // A compressed file inside a compressed file: only the outer one is decompressed.
    let twice = gzip(&gzip(WEBSITE.as_bytes()));
    let outcome = attack("--rejects /dev/null", move |to| to.write_all(&twice));
    outcome.exits(65, "convert: standard input was compressed twice").stays_flat();
}
