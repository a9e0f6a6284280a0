//! ASCII helpers: hexadecimal digits, percent escapes, PHP's integer keys, short comparisons.

/// Decodes a byte from two hexadecimal digits in either case; `None` if one is not a digit.
pub(crate) fn hex(high: u8, low: u8) -> Option<u8> {
    /// Marks a byte that is not a hexadecimal digit.
    const NONE: u8 = 255;
    static VALUE: [u8; 256] = {
        let mut table = [NONE; 256];
        let mut n = 0;
        while n < 16 {
            table[b"0123456789abcdef"[n] as usize] = n as u8;
            table[b"0123456789ABCDEF"[n] as usize] = n as u8;
            n += 1;
        }
        table
    };
    let (high, low) = (VALUE[usize::from(high)], VALUE[usize::from(low)]);
    (high | low < 16).then_some(high << 4 | low)
}

/// Encodes a byte as `%XX`.
pub(crate) fn percent(byte: u8) -> [u8; 3] {
    const HEX: [u8; 16] = *b"0123456789ABCDEF";
    [b'%', HEX[usize::from(byte >> 4)], HEX[usize::from(byte & 15)]]
}

/// Decodes each `%XX` and copies all other bytes.
pub(crate) fn percent_decoded(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((&byte, after)) = rest.split_first() {
        match (byte, after) {
            (b'%', &[high, low, ref after @ ..]) if let Some(byte) = hex(high, low) => {
                out.push(byte);
                rest = after;
            }
            _ => {
                out.push(byte);
                rest = after;
            }
        }
    }
    out
}

/// Splits a path such as `contact_data[3][data][country]` into its decoded names.
pub(crate) fn path_names(path: &[u8]) -> Vec<Vec<u8>> {
    let names = path.split(|&byte| byte == b'[');
    names.map(|name| percent_decoded(name.strip_suffix(b"]").unwrap_or(name))).collect()
}

/// The integer that PHP stores for an array key; `None` if PHP keeps the key as text. PHP converts a key that is the
/// shortest decimal form of a 64-bit integer (`7` or `-5`, not `07`).
pub(crate) fn integer(key: &[u8]) -> Option<i64> {
    if let [digit @ b'0'..=b'9'] = *key {
        return Some(i64::from(digit - b'0'));
    }
    let digits = key.strip_prefix(b"-").unwrap_or(key);
    match digits {
        [b'1'..=b'9', ..] if key.len() <= 20 && digits.iter().all(u8::is_ascii_digit) => {
            std::str::from_utf8(key).ok()?.parse().ok()
        }
        _ => None,
    }
}

/// Whether two texts are equal. Texts up to 32 bytes are compared inline, without a call of `memcmp`.
#[inline]
pub(crate) fn equal_short(one: &[u8], other: &[u8]) -> bool {
    match one.len() {
        len if len != other.len() => false,
        17..=32 => equal_ends::<16>(one, other),
        8..=16 => equal_ends::<8>(one, other),
        4..8 => equal_ends::<4>(one, other),
        2..4 => equal_ends::<2>(one, other),
        _ => one == other,
    }
}

/// Whether the first `N` bytes and the last `N` bytes of two texts are equal. These cover a text of `N` to `2 * N`
/// bytes.
#[inline]
fn equal_ends<const N: usize>(one: &[u8], other: &[u8]) -> bool {
    one.first_chunk::<N>() == other.first_chunk::<N>() && one.last_chunk::<N>() == other.last_chunk::<N>()
}

/// Whether JSON requires an escape for a byte in a string.
pub(crate) const fn is_json_escaped(byte: u8) -> bool {
    (byte < b' ') | (byte == b'"') | (byte == b'\\')
}
