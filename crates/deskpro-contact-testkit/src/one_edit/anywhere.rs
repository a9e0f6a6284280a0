//! Edits of any bytes or pairs.

use super::payload::{Pair, Payload};
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

/// Adds a field `id`: a normal one, or one that is empty, repeated, not a text, renamed or not UTF-8.
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

/// Adds fields that are not contact data: nested, repeated or renamed fields, and fields that resemble contact data.
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

/// Adds contact data in the wrong place, or a name that only resembles it.
pub(super) fn misplaced_field(rng: &mut Rng, payload: &mut Payload) -> bool {
    const FIRST: [&[u8]; 6] = [
        b"?name=Ann",
        b"?contact_data[1][type]=website",
        b"https://example.com/?name=Ann",
        b"https%3A%2F%2Fexample.com%2F%3Fname=Ann",
        b"/people?contact_data[1][type]=website",
        b"%EF%BB%BFname=Ann",
    ];
    if rng.chance(15) {
        let text = rng.pick(&FIRST);
        payload.pairs.insert(0, Pair::read(text));
        return true;
    }
    let text = rng.pick(&MISPLACED);
    payload.insert(rng, text);
    true
}

const MISPLACED: [&[u8]; 44] = [
    b"amp;name=Ann",
    b"amp;contact_data[1][type]=website",
    b"AMP;name",
    b"#38;name=x",
    b"%23x26%3Bname=x",
    b"amplifier;=x",
    b"a[amp;b]=x",
    b"Contact_Data[1][type]=website",
    b"Contact_Data=x",
    b"Contact_Data=[]",
    b"Contact_Data=+%7B%22website%22",
    b"Contact_Data=%257B",
    b"Contact_Data[x]=1&Contact_Data=x",
    b"Contact_Data=x&Contact_Data[x]=1",
    b"CONTACT_DATA[]=x",
    b"contactData[0][type]=website",
    b"contactdata={",
    b"contact-data[1][type]=website",
    b"contact+data[1][type]=website",
    b"%EF%BB%BFcontact_data[1][type]=website",
    b"\xef\xbb\xbfcontact_data[1][type]=website",
    b"contact%255Fdata[1][type]=website",
    b"contact_data%255B1%255D%255Btype%255D=website",
    b"contact_data%255b1%255d",
    b"contact%252Ddata%255B1=x",
    b"contact_data_1_type=website",
    b"contact_data.1.type=website",
    b"contact_data.1.data.url=x",
    b"contact_data_12_comment=",
    b"contact_data_1[type]=website",
    b"contact_data_1=x",
    b"contact_data_1_types=x",
    b"contact_data_x_type=x",
    b"contact_data_consent_type=gdpr",
    b"consent[contact_data]=1",
    b"person[contact_data][1][type]=website",
    b"person[contact_data]=%5B%7B",
    b"person[Contact-Data][1][type]=website",
    b"person[contact_data_1_type]=website",
    b"person[x][contact_data][1][type]=website",
    b"data[contact_data][1][type]=website",
    b"type=website&data[url]=x&data[contact_data][]=x",
    b"contact_data[contact_data][type]=website",
    b"contact_data[contactdata][__Host-x]=1&Contact_Data[__Host-x]=1",
];
