//! Edits of keys: the first name, groups, brackets.

use super::payload::Payload;
use crate::Rng;

/// Names that PHP reads as `contact_data`, and names that only resemble it.
const FIRST_NAMES: [&[u8]; 36] = [
    b"contact.data",
    b"contact data",
    b"contact+data",
    b"contact%20data",
    b"contact%2Edata",
    b"contact%2edata",
    b"contact%5Fdata",
    b"contact%5fdata",
    b"+contact.data",
    b" contact_data",
    b"+contact_data",
    b"%20contact_data",
    b"contact_data%00z",
    b"contact_data%00",
    b"%63ontact_data",
    b"contact_dat%61",
    b"c%6Fntact_data",
    b"contact_data\x00",
    b"Contact_Data",
    b"CONTACT_DATA",
    b"contact-data",
    b"contactdata",
    b"contact_dat",
    b"contact_data2",
    b"contact_data]",
    b"contact_data ",
    b"contact_data.",
    b"contact_data%",
    b"xcontact_data",
    b"amp;contact_data",
    b"?contact_data",
    b"https://example.com/?contact_data",
    b"__Host-contact_data",
    b"%EF%BB%BFcontact_data",
    b"\xef\xbb\xbfcontact_data",
    b"",
];

pub(super) fn first_name(rng: &mut Rng, payload: &mut Payload) -> bool {
    let of_record = payload.of_some_record(rng);
    if of_record.is_empty() {
        return false;
    }
    let name = rng.pick(&FIRST_NAMES);
    let one = rng.chance(60).then(|| of_record[rng.below(of_record.len())]);
    for n in of_record {
        if one.is_none_or(|one| one == n) {
            payload.pairs[n].first = name.to_vec();
        }
    }
    true
}

pub(super) fn first_name_of_all(rng: &mut Rng, payload: &mut Payload) -> bool {
    let of_records = payload.of_records();
    let name = rng.pick(&FIRST_NAMES);
    for &n in &of_records {
        payload.pairs[n].first = name.to_vec();
    }
    !of_records.is_empty()
}

pub(super) fn first_bracket_not_closed(rng: &mut Rng, payload: &mut Payload) -> bool {
    let text: &[u8] = rng.pick(&[
        &b"contact[data=x"[..],
        b"contact%5Bdata=x",
        b"contact[data",
        b"contact_data[=x",
        b"contact_data[1=x",
        b"contact_data[1[type]=x",
        b"contact_data[1.a b[c=x",
        b"contact[data[1][type]=website",
        b"contact[data%5B1%5D[type]=website",
        b"type[=website",
        b"data[url=x",
        b"[contact_data][1][type]=website",
    ]);
    payload.insert(rng, text);
    true
}

pub(super) fn single_record_beside(rng: &mut Rng, payload: &mut Payload) -> bool {
    const NAMES: [&[u8]; 12] = [
        b"type=website",
        b"type=",
        b"type[]=x",
        b"data=x",
        b"data[url]=x",
        b"data[]=x",
        b"%74ype=website",
        b"+data[url]=x",
        b"comment=home",
        b"comment[x]=y",
        b"type[=x",
        b"data",
    ];
    for _ in 0..1 + rng.below(3) {
        let text = rng.pick(&NAMES);
        if rng.chance(50) {
            let pairs = payload.spelled(rng, text);
            payload.pairs.splice(0..0, pairs);
        } else {
            payload.insert(rng, text);
        }
    }
    true
}

/// Makes a single record of one record: its names move to the top. The other records stay or are removed.
pub(super) fn single_record(rng: &mut Rng, payload: &mut Payload) -> bool {
    let Some(group) = payload.some_group(rng) else { return false };
    let keeps = rng.chance(30);
    payload.pairs.retain(|pair| keeps || pair.group().is_none_or(|of| of == group));
    for pair in &mut payload.pairs {
        if pair.group() == Some(&group) {
            pair.segments.remove(0);
            pair.first = pair.segments.remove(0).text;
        }
    }
    true
}

const GROUPS: [&[u8]; 56] = [
    b"07",
    b" 7",
    b"+7",
    b"%207",
    b"%37",
    b"7",
    b"7 ",
    b"00",
    b"0",
    b"-0",
    b"-1",
    b"-5",
    b"%2D5",
    b"%2B1",
    b"1.5",
    b"1e3",
    b"10",
    b"9",
    b"9223372036854775806",
    b"9223372036854775807",
    b"9223372036854775808",
    b"-9223372036854775808",
    b"-9223372036854775809",
    b"18446744073709551617",
    b"",
    b" ",
    b"+",
    b"%20",
    b"%09",
    b"\t",
    b"%0A",
    b"%0b",
    b"++",
    b"a[b",
    b"a%5Bb",
    b"1%00",
    b"1%00z",
    b"%00",
    b"__Host-",
    b"__Host-x",
    b"__Secure-x",
    b" __Host-x",
    b"%5F_Host-x",
    b"__host-x",
    b"type",
    b"data",
    b"a.b",
    b"a b",
    b"a%26b",
    b"a%3Db",
    b"a%25b",
    b"a%22%5C%01b",
    b"\xd0\xba\xd0\xbb",
    b"%D0%BA%D0%BB",
    b"%FF",
    b"\xff",
];

pub(super) fn group(rng: &mut Rng) -> Vec<u8> {
    if rng.chance(95) { rng.pick(&GROUPS).to_vec() } else { vec![b'g'; 1 + rng.below(300)] }
}

pub(super) fn group_of_a_record(rng: &mut Rng, payload: &mut Payload) -> bool {
    let Some(old) = payload.some_group(rng) else { return false };
    let new = group(rng);
    for n in payload.of_group(&old) {
        payload.pairs[n].segments[0].text = new.clone();
    }
    true
}

pub(super) fn group_of_a_pair(rng: &mut Rng, payload: &mut Payload) -> bool {
    let of_records = payload.of_records();
    let Some(&n) = of_records.get(rng.below(of_records.len())) else { return false };
    let new = match payload.some_group(rng) {
        Some(other) if rng.chance(40) => other,
        _ => group(rng),
    };
    payload.pairs[n].segments[0].text = new;
    true
}

/// Inserts a sign such as `=` into a name. In `contact_data[1=][type]=x`, the first `=` ends the key, although the
/// bracket is not closed.
pub(super) fn equals_in_a_key(rng: &mut Rng, payload: &mut Payload) -> bool {
    let sign: &[u8] = rng.pick(&[&b"="[..], b"=", b"=", b"%3D", b"==", b"&", b"%26", b"?"]);
    let name = payload.some_pair(rng).some_name(rng);
    let at = rng.below(name.len() + 1);
    name.splice(at..at, sign.iter().copied());
    true
}

pub(super) fn text_after_a_bracket(rng: &mut Rng, payload: &mut Payload) -> bool {
    let text: &[u8] =
        rng.pick(&[&b"x"[..], b" ", b"]", b"%5D", b"x[", b"[", b"[]", b"%00", b".", b"%20", b"x[y]"]);
    let pair = payload.some_pair(rng);
    if pair.segments.is_empty() {
        return false;
    }
    let cut = 1 + rng.below(pair.segments.len());
    let after = pair.segments.split_off(cut);
    let rest = std::mem::take(&mut pair.rest);
    pair.rest.extend_from_slice(text);
    for segment in after {
        for piece in [segment.open, &segment.text, segment.close] {
            pair.rest.extend_from_slice(piece);
        }
    }
    pair.rest.extend_from_slice(&rest);
    true
}

pub(super) fn bracket_not_closed(rng: &mut Rng, payload: &mut Payload) -> bool {
    let spelled: (bool, &'static [u8]) = rng.pick(&[
        (false, &b""[..]),
        (false, b"%5"),
        (false, b"%"),
        (false, b")"),
        (true, b""),
        (true, b"%5"),
    ]);
    let pair = payload.some_pair(rng);
    let count = pair.segments.len();
    let Some(segment) = pair.segments.get_mut(rng.below(count)) else { return false };
    match spelled {
        (true, open) => segment.open = open,
        (false, close) => segment.close = close,
    }
    true
}
