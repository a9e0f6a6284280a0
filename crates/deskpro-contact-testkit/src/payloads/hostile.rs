//! Payloads that break the syntax or are near a limit.

use super::odd::odd;
use super::plain::plain;
use crate::Rng;

/// Parts of keys and values that readers often handle incorrectly.
const TOKENS: [&[u8]; 78] = [
    b"a",
    b"b",
    b"contact_data",
    b"type",
    b"data",
    b"comment",
    b"website",
    b"url",
    b"1",
    b"x",
    b"[",
    b"[",
    b"]",
    b"%5B",
    b"%5b",
    b"%5D",
    b"%5d",
    b"%00",
    b"\0",
    b"%",
    b"%4",
    b"%zz",
    b"%2541",
    b"%255B",
    b"+",
    b"%20",
    b" ",
    b".",
    b"%2E",
    b"%2e",
    b"__Host-",
    b"__Secure-",
    b"__Host",
    b"__host-",
    b"__Host%2D",
    b"%5F_Secure-",
    b"=",
    b"=",
    b"=",
    b"==",
    b"%3D",
    b"&",
    b"&",
    b"&&",
    b"%26",
    b"[]",
    b"[]",
    b"[ ]",
    b"[+]",
    b"[%20]",
    b"[%09]",
    b"[%0A]",
    b"[%0b]",
    b"[%0C]",
    b"[%0D]",
    b"[\t]",
    b"[\r]",
    b"[++]",
    b"[7]",
    b"[07]",
    b"[-5]",
    b"[-0]",
    b"[__Host-x]",
    b"[ __Secure-x]",
    b"[9223372036854775807]",
    b"[9223372036854775806]",
    b"[9223372036854775808]",
    b"[-9223372036854775808]",
    b"\xff",
    b"\xc3\xa9",
    b"%FF",
    b"%c3%a9",
    b"%ED%A0%80",
    b"\t",
    b"%0A",
    b"_",
    b"[a.b]",
    b"[a b]",
];

/// Keys near the limits of integers, and names with a cookie prefix (`__Host-`, `__Secure-`).
const EDGES: [&[u8]; 22] = [
    b"",
    b"",
    b"",
    b" ",
    b"0",
    b"1",
    b"-1",
    b"-5",
    b"07",
    b"7",
    b"-0",
    b"+1",
    b"%2B1",
    b"9223372036854775807",
    b"9223372036854775806",
    b"9223372036854775808",
    b"-9223372036854775808",
    b"-9223372036854775809",
    b"a",
    b"__Host-a",
    b"__Secure-a",
    b"a[b",
];

/// First segments of names.
const FIRSTS: [&[u8]; 16] = [
    b"a",
    b"a",
    b"a",
    b"b",
    b" a",
    b"a.",
    b"a ",
    b"__Host-a",
    b"__Secure-a",
    b" __Host-a",
    b"..Host-a",
    b"_.Secure-",
    b"a]",
    b"",
    b"contact_data",
    b"contact.data",
];

pub(super) fn hostile(rng: &mut Rng) -> Vec<u8> {
    match rng.below(10) {
        0..3 => {
            let mut bytes = if rng.chance(50) { plain(rng) } else { odd(rng) }.write();
            for _ in 0..1 + rng.below(6) {
                mutate(rng, &mut bytes);
            }
            bytes
        }
        3..6 => {
            let mut bytes = Vec::new();
            for _ in 0..1 + rng.below(24) {
                bytes.extend_from_slice(rng.pick(&TOKENS));
            }
            bytes
        }
        6..9 => edges(rng),
        _ => deep(rng),
    }
}

fn mutate(rng: &mut Rng, bytes: &mut Vec<u8>) {
    let at = rng.below(bytes.len() + 1);
    let end = (at + 1 + rng.below(12)).min(bytes.len());
    match rng.below(5) {
        0 => {
            bytes.drain(at.min(end)..end);
        }
        1 => {
            if let Some(byte) = bytes.get_mut(at) {
                *byte = rng.below(256) as u8;
            }
        }
        2 => {
            let again = bytes[at.min(end)..end].to_vec();
            let to = rng.below(bytes.len() + 1);
            bytes.splice(to..to, again);
        }
        _ => {
            bytes.splice(at..at, rng.pick(&TOKENS).iter().copied());
        }
    }
}

/// A few pairs whose names share few segments.
fn edges(rng: &mut Rng) -> Vec<u8> {
    let mut bytes = Vec::new();
    let pool: Vec<&[u8]> = (0..2 + rng.below(4)).map(|_| rng.pick(&EDGES)).collect();
    let firsts = [rng.pick(&FIRSTS), rng.pick(&FIRSTS)];
    for n in 0..2 + rng.below(7) {
        if n > 0 {
            bytes.push(b'&');
        }
        bytes.extend_from_slice(rng.pick(&firsts));
        for _ in 0..rng.below(4) {
            let (open, close): (&[u8], &[u8]) =
                rng.pick(&[(&b"["[..], &b"]"[..]), (b"[", b"]"), (b"[", b"]"), (b"%5B", b"%5d")]);
            bytes.extend_from_slice(open);
            bytes.extend_from_slice(rng.pick(&pool));
            bytes.extend_from_slice(if rng.chance(96) { close } else { b"" });
        }
        if rng.chance(5) {
            bytes.extend_from_slice(rng.pick(&TOKENS));
        }
        if rng.chance(95) {
            bytes.push(b'=');
            bytes.extend_from_slice(n.to_string().as_bytes());
        }
    }
    bytes
}

/// Pairs near PHP's limit of 64 brackets, between pairs with few brackets.
fn deep(rng: &mut Rng) -> Vec<u8> {
    let mut bytes = Vec::new();
    for n in 0..1 + rng.below(4) {
        if n > 0 {
            bytes.push(b'&');
        }
        bytes.extend_from_slice(rng.pick(&[&b"a"[..], b"a", b"contact_data", b"__Host-a"]));
        let brackets = if rng.chance(60) { 62 + rng.below(5) } else { rng.below(3) };
        let segment = rng.pick(&[&b"[x]"[..], b"[]", b"[1]", b"%5Bx%5D", b"[9223372036854775807]"]);
        for depth in 0..brackets {
            let odd: &[u8] = rng.pick(&[b"[__Host-x]", b"[9223372036854775807]", b"[", b"[]x", b"x"]);
            let is_odd = rng.chance(if depth + 4 > brackets { 6 } else { 0 });
            bytes.extend_from_slice(if is_odd { odd } else { segment });
        }
        bytes.extend_from_slice(rng.pick(&[&b"=v"[..], b"=v", b"", b"[=v", b"x=v"]));
    }
    bytes
}
