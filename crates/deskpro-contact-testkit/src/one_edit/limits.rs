//! Edits that reject a payload, add a NUL, or spell a key differently.

use super::payload::Payload;
use crate::Rng;

/// A key whose number of brackets is near the limit.
fn deep(rng: &mut Rng) -> Vec<u8> {
    let first: &[u8] =
        rng.pick(&[&b"a"[..], b"contact_data", b"contact_data[1][data]", b"type", b"name", b"__Host-"]);
    let segment: &[u8] = rng.pick(&[&b"[x]"[..], b"[]", b"%5Bx%5D", b"%5b%5D", b"[1]"]);
    let mut key = first.to_vec();
    for _ in 0..62 + rng.below(4) {
        key.extend_from_slice(segment);
    }
    key.extend_from_slice(rng.pick(&[&b""[..], b"", b"[", b"[y", b"]", b"x"]));
    key.extend_from_slice(rng.pick(&[&b"=v"[..], b"=", b"", b"=[[["]));
    key
}

pub(super) fn depth(rng: &mut Rng, payload: &mut Payload) -> bool {
    let key = deep(rng);
    payload.insert(rng, &key);
    true
}

/// Inserts two parts in any order that each reject or cut the payload, or reject a record. Both readers must report
/// the same one.
pub(super) fn two_reasons(rng: &mut Rng, payload: &mut Payload) -> bool {
    const REASONS: [&[u8]; 22] = [
        b"name=%FF",
        b"name=\xff",
        b"n%FFme=x",
        b"name[%FF]=x",
        b"name[x][]=%C3",
        b"contact_data=x",
        b"contact_data",
        b"contact_data[9]=x",
        b"contact_data[9][type]=pager",
        b"contact_data[9][type]=website",
        b"contact_data[9][data][url]=x",
        b"contact_data[9][type]=website&contact_data[9][data][url]=%FF",
        b"contact_data[9][type][]=website&contact_data[9][data][url]=x",
        b"contact_data[%FF][type]=website&contact_data[%FF][data][url]=x",
        b"x=\0y",
        b"amp;contact_data[1][type]=website",
        b"Contact_Data[1][type]=website",
        b"contact-data[1][type]=website",
        b"contact_data%255B1%255D%255Btype%255D=website",
        b"contact_data_1_type=website",
        b"person[contact_data][1][type]=website",
        b"",
    ];
    for _ in 0..2 {
        let reason = rng.pick(&REASONS);
        let reason = if reason.is_empty() { deep(rng) } else { reason.to_vec() };
        payload.insert(rng, &reason);
    }
    true
}

pub(super) fn nul(rng: &mut Rng, payload: &mut Payload) -> bool {
    let nul: &[u8] = rng.pick(&[&b"\0"[..], b"\0", b"%00", b"\0\0", b"%00\0"]);
    let mut bytes = payload.write();
    let at = match rng.below(6) {
        0 => bytes.len(),
        1 => 0,
        2 => bytes.iter().position(|&byte| byte == b'&').unwrap_or(0),
        _ => rng.below(bytes.len() + 1),
    };
    bytes.splice(at..at, nul.iter().copied());
    *payload = Payload::read(&bytes);
    true
}

/// Inserts pairs without `=`, without a name, or without anything, or removes the `=` of a pair.
pub(super) fn odd_pair(rng: &mut Rng, payload: &mut Payload) -> bool {
    const PAIRS: [&[u8]; 16] = [
        b"",
        b"&",
        b"=",
        b"==",
        b"=x",
        b" =x",
        b"+",
        b"%20=x",
        b"bare",
        b"contact_data[1][type]",
        b"contact_data[1][data][url]",
        b"[]=x",
        b"[x]=y",
        b"]=x",
        b"%00=x",
        b"%=%",
    ];
    if rng.chance(20) {
        payload.some_pair(rng).value = None;
    } else {
        let text = rng.pick(&PAIRS);
        payload.insert(rng, text);
    }
    true
}

pub(super) fn spelling_of_brackets(rng: &mut Rng, payload: &mut Payload) -> bool {
    let all = rng.chance(40);
    if all {
        for pair in &mut payload.pairs {
            pair.respell(rng);
        }
    } else {
        payload.some_pair(rng).respell(rng);
    }
    true
}

/// Percent-encodes one byte of a name in a key, once or twice.
pub(super) fn spelling_of_a_name(rng: &mut Rng, payload: &mut Payload) -> bool {
    let name = payload.some_pair(rng).some_name(rng);
    if name.is_empty() {
        return false;
    }
    let at = rng.below(name.len());
    let byte = name[at];
    let spelled = match rng.below(6) {
        0..3 => format!("%{byte:02X}"),
        3..5 => format!("%{byte:02x}"),
        _ => format!("%25{byte:02X}"),
    };
    name.splice(at..=at, spelled.bytes());
    true
}
