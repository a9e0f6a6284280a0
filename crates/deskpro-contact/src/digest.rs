//! Short digests, by which a losses file recognises a line or a record.

use std::sync::LazyLock;

use crate::model::Kind;

/// A digest as it is made: FNV-1a over words of eight bytes, turned after each so that high bits come down too.
#[derive(Clone, Copy)]
pub(crate) struct Digest(u64);

impl Digest {
    /// The digest of no bytes.
    pub(crate) const START: Self = Self(0xcbf2_9ce4_8422_2325);

    /// Takes a word in.
    #[inline(always)]
    pub(crate) fn add(&mut self, word: u64) {
        self.0 = (self.0 ^ word).wrapping_mul(0x0100_0000_01b3).rotate_left(29);
    }

    /// Takes a text in, its last word filled with zeros: where it has no odd bytes, that is one of zeros alone.
    #[inline]
    pub(crate) fn add_text(&mut self, text: &[u8]) {
        let (words, rest) = text.as_chunks::<8>();
        words.iter().for_each(|word| self.add(u64::from_le_bytes(*word)));
        self.add(match text.last_chunk() {
            // The bytes before the rest are shifted out.
            Some(last) => {
                u64::from_le_bytes(*last).checked_shr(bits(8_usize.wrapping_sub(rest.len()))).unwrap_or(0)
            }
            None => word(rest, rest.len()),
        });
    }

    /// Takes in one of several texts, which may be missing: `n` is its place among them, below 16, and tells it from
    /// the others. The first word holds the length of the text, so that no two lists of texts give the same words.
    #[inline(always)]
    pub(crate) fn add_nth(&mut self, n: u64, from: &[u8], len: usize) {
        const LONG: u64 = 15;
        let tag = |low: u64| (n << 4 | low) << 56;
        if len < 8 {
            return self.add(word(from, len) | tag(len as u64));
        }
        self.add(tag(LONG) ^ len as u64);
        let text = from.get(..len).unwrap_or_default();
        let (words, rest) = text.as_chunks::<8>();
        words.iter().for_each(|word| self.add(u64::from_le_bytes(*word)));
        // The last eight bytes again, as far as they were not taken in.
        if !rest.is_empty() {
            self.add(text.last_chunk().map_or(0, |last| u64::from_le_bytes(*last)));
        }
    }

    /// The digest of a record of a kind, before its values: it has the kind's v2 name.
    pub(crate) fn of_kind(kind: Kind) -> Self {
        static STARTS: LazyLock<[Digest; Kind::ALL.len()]> = LazyLock::new(|| {
            Kind::ALL.map(|kind| {
                let mut digest = Digest::START;
                digest.add_nth(0, kind.name().as_bytes(), kind.name().len());
                digest
            })
        });
        STARTS[kind as usize]
    }

    /// The digest of a record, after its values.
    pub(crate) fn end_record(mut self) -> u64 {
        // Without another turn, some bytes of the last word would stand where the digest is cut off.
        self.add(0);
        self.end()
    }

    /// The upper 48 bits: what is written.
    pub(crate) fn end(self) -> u64 {
        self.0 >> 16
    }
}

/// The first `len` bytes, fewer than eight, as a word filled with zeros. It is quick where eight or more are there.
#[inline(always)]
fn word(from: &[u8], len: usize) -> u64 {
    match from.first_chunk() {
        Some(eight) => u64::from_le_bytes(*eight) & 1_u64.wrapping_shl(bits(len)).wrapping_sub(1),
        None => from.iter().take(len).rev().fold(0, |word, &byte| word << 8 | u64::from(byte)),
    }
}

/// How many bits some bytes of a word have.
const fn bits(bytes: usize) -> u32 {
    (bytes as u32).wrapping_mul(8)
}

/// The 48 bits of a digest in hexadecimal.
#[inline]
pub(crate) fn hex(digest: u64) -> [u8; 12] {
    let [.., a, b, c, d] = eight((digest >> 32) as u32);
    let [e, f, g, h, i, j, k, l] = eight(digest as u32);
    [a, b, c, d, e, f, g, h, i, j, k, l]
}

/// Eight digits, all at once.
#[inline]
fn eight(n: u32) -> [u8; 8] {
    const EACH: u64 = 0x0101_0101_0101_0101;
    let spread = |n: u64, by: u32, mask: u64| (n | n << by) & mask;
    let n = spread(u64::from(n), 16, 0x0000_ffff_0000_ffff);
    let n = spread(n, 8, 0x00ff_00ff_00ff_00ff);
    let n = spread(n, 4, 0x0f0f_0f0f_0f0f_0f0f);
    // Six more carry those above nine into the next digit's place.
    let letters = n.wrapping_add(EACH * 6) >> 4 & EACH;
    let up_to_a = (b'a' - b'9' - 1) as u64;
    n.wrapping_add(EACH * b'0' as u64).wrapping_add(letters.wrapping_mul(up_to_a)).to_be_bytes()
}
