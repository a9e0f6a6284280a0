//! Edits of any bytes or pairs.

use super::payload::Payload;
use crate::Rng;

pub(super) fn byte(rng: &mut Rng, payload: &mut Payload) -> bool {
    const BYTES: &[u8] = b"&=[]%+ ._-05ABabcdtx\0\"\\\xff\x80\xc3\r\t";
    let mut bytes = payload.write();
    let at = rng.below(bytes.len() + 1);
    let byte = rng.pick(BYTES);
    match rng.below(3) {
        0 if at < bytes.len() => {
            bytes.remove(at);
        }
        1 if at < bytes.len() => bytes[at] = byte,
        _ => bytes.insert(at, byte),
    }
    *payload = Payload::read(&bytes);
    true
}

pub(super) fn pair_moved(rng: &mut Rng, payload: &mut Payload) -> bool {
    let (from, to) = (rng.below(payload.pairs.len()), rng.below(payload.pairs.len()));
    match rng.below(4) {
        0 if payload.pairs.len() > 1 => {
            payload.pairs.remove(from);
        }
        1 => payload.pairs.swap(from, to),
        2 => {
            let pair = payload.pairs[from].clone();
            payload.pairs.insert(to, pair);
        }
        _ => payload.pairs.rotate_left(from),
    }
    true
}

pub(super) fn cut(rng: &mut Rng, payload: &mut Payload) -> bool {
    let mut bytes = payload.write();
    bytes.truncate(rng.below(bytes.len() + 1));
    *payload = Payload::read(&bytes);
    true
}

/// A field to know a person by: missing, there twice, not a text, renamed, not UTF-8.
pub(super) fn id(rng: &mut Rng, payload: &mut Payload) -> bool {
    const IDS: [&[u8]; 14] = [
        b"id=4711",
        b"id=",
        b"id",
        b"id=1&id=2",
        b"id[]=1",
        b"id=1&id[x]=2",
        b"id[x]=1&id=2",
        b"+id=5",
        b"%69d=5",
        b"id%00x=5",
        b"id=%FF",
        b"id=%22%5C%C3%A9",
        b"id.=5",
        b"id]=5",
    ];
    let text = rng.pick(&IDS);
    payload.insert(rng, text);
    true
}

/// Fields that are not contact data: nested, repeated, renamed, and such that a reader could take for contact data.
pub(super) fn other_field(rng: &mut Rng, payload: &mut Payload) -> bool {
    const FIELDS: [&[u8]; 30] = [
        b"name=Ann",
        b"name=Ann&name=Bea",
        b"labels[]=a&labels[]=b",
        b"labels[0]=a&labels[1]=b",
        b"labels[1]=a&labels[0]=b",
        b"labels[5]=a&labels[]=b",
        b"custom[12]=x&custom[13][a]=y",
        b"custom[a][b][c][d]=x",
        b"custom[x]=1&custom=2",
        b"first.name=a",
        b"first name=a",
        b"u[v=1",
        b"7=x&07=y",
        b"-1=x",
        b"%C3%A9=x",
        b"%22=%22",
        b"a%5Bb=x",
        b"a]b=x",
        b"contact_data2[1][type]=website",
        b"contact_datas=x",
        b"contact=x",
        b"comment=of+nobody",
        b"types=x&datas=y",
        b"a[contact_data]=1",
        b"a[type]=x&a[data][url]=y",
        b"consent[contact_data]=1",
        b"contact_data_consent_type=gdpr",
        b"empty=&empties[]=",
        b"list[]=&list[]=",
        b"deep[][][]=x&deep[][][]=y",
    ];
    for _ in 0..1 + rng.below(3) {
        let text = rng.pick(&FIELDS);
        payload.insert(rng, text);
    }
    true
}
