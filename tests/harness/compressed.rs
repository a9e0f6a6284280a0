//! Makes compressed inputs. Some expand to more than the memory limit.

use std::io::Write as _;

use flate2::write::GzEncoder;
use flate2::{Compress, Compression, Crc, FlushCompress};

use crate::harness::running::MIB;

pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

pub(crate) fn zstd(bytes: &[u8]) -> Vec<u8> {
    zstd::encode_all(bytes, 1).unwrap()
}

/// A skippable zstd frame with one of its sixteen magic numbers.
pub(crate) fn skippable_frame(bytes: &[u8], number: u8) -> Vec<u8> {
    let len = u32::try_from(bytes.len()).unwrap();
    [&[0x50 + number, 0x2a, 0x4d, 0x18], &len.to_le_bytes()[..], bytes].concat()
}

/// A gzip member that expands to `mib` MiB of `a`.
pub(crate) fn gzip_bomb(mib: usize) -> Vec<u8> {
    let plain = vec![b'a'; MIB];
    // A full flush resets the compressor's history and ends at a byte boundary, so that the piece can be repeated.
    let mut piece = Vec::with_capacity(MIB);
    Compress::new(Compression::best(), false).compress_vec(&plain, &mut piece, FlushCompress::Full).unwrap();
    let mut one = Crc::new();
    one.update(&plain);
    let mut all = Crc::new();
    let mut bytes = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
    for _ in 0..mib {
        bytes.extend_from_slice(&piece);
        all.combine(&one);
    }
    bytes.extend_from_slice(&[3, 0]); // an empty last block
    bytes.extend_from_slice(&all.sum().to_le_bytes());
    bytes.extend_from_slice(&all.amount().to_le_bytes());
    bytes
}

/// A zstd frame with a window of 2^`log` bytes. It repeats `start`, 128 KiB of `a` and `end` `times` times.
pub(crate) fn zstd_frame(log: u8, times: usize, start: &str, end: &str) -> Vec<u8> {
    let mut bytes = vec![0x28, 0xb5, 0x2f, 0xfd, 0, (log - 10) << 3];
    let mut block = |kind: usize, len: usize, is_last: bool, content: &[u8]| {
        bytes.extend_from_slice(&(len << 3 | kind << 1 | usize::from(is_last)).to_le_bytes()[..3]);
        bytes.extend_from_slice(content);
    };
    for _ in 0..times {
        block(0, start.len(), false, start.as_bytes());
        block(1, 128 << 10, false, b"a");
        block(0, end.len(), false, end.as_bytes());
    }
    block(0, 0, true, b"");
    bytes
}
