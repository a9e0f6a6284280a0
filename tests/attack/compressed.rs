//! Compressed inputs that lie about what is in them.

use super::{attack, repeat};
use crate::harness::compressed::gzip;
use crate::harness::running::MIB;
use crate::harness::{WEBSITE, WEBSITE_V2};

/// A gzip member of nothing.
fn nothing() -> Vec<u8> {
    gzip(b"")
}

#[test]
fn compressed_inputs_that_lie() {
    // Half a million members of nothing, and one line behind them.
    let many = 500_000;
    let outcome = attack("", |to| {
        let piece = nothing().repeat(1000);
        (0..many / 1000).try_for_each(|_| to.write_all(&piece))?;
        to.write_all(&gzip(WEBSITE.as_bytes()))
    });
    let outcome = outcome.exits(0, "").stays_flat();
    assert_eq!(outcome.start, format!("{WEBSITE_V2}\n").as_bytes());
    // A header whose file name does not end.
    let outcome = attack("", |to| {
        to.write_all(&[0x1f, 0x8b, 8, 8, 0, 0, 0, 0, 0, 255])?;
        repeat(to, "name", 64 * MIB)
    });
    outcome.exits(74, "convert: cannot read standard input: ").stays_flat();
    // A zstd frame that wants a window of 2 GiB, of 1 TiB, and a dictionary that nobody has.
    for header in [&[0x28, 0xb5, 0x2f, 0xfd, 0, 21 << 3][..], &[0x28, 0xb5, 0x2f, 0xfd, 0, 30 << 3 | 7]] {
        let outcome = attack("", |to| {
            to.write_all(header)?;
            repeat(to, "\u{1}\0\0", 3 * 1024)
        });
        outcome.exits(74, "convert: cannot read standard input: ").stays_flat();
    }
    let outcome = attack("", |to| {
        to.write_all(&[0x28, 0xb5, 0x2f, 0xfd, 0x21, 7, 0])?;
        repeat(to, "\u{1}\0\0", 3 * 1024)
    });
    outcome.exits(74, "convert: cannot read standard input: ").stays_flat();
    // A file in a file: what comes out of the first is a payload, whatever it looks like.
    let twice = gzip(&gzip(WEBSITE.as_bytes()));
    let outcome = attack("--rejects /dev/null", move |to| to.write_all(&twice));
    outcome.exits(1, "expected UTF-8").stays_flat();
}
