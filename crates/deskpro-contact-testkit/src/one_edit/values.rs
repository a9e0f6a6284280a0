//! Edits of values, and of names and words in the documents.

use super::payload::{Pair, Payload, base, below};
use crate::Rng;

pub(super) fn not_utf8(rng: &mut Rng, payload: &mut Payload) -> bool {
    const WRONG: [&[u8]; 18] = [
        b"\xff",
        b"%FF",
        b"%ff",
        b"%E9",
        b"\xe9",
        b"%C3",
        b"\xc3",
        b"%ED%A0%80",
        b"%C0%AF",
        b"%F4%90%80%80",
        b"%80",
        b"%E2%82",
        b"\xe2\x82",
        // Valid UTF-8, partly percent-encoded and partly raw.
        b"\xc3%A9",
        b"%C3\xa9",
        b"%E2\x82%AC",
        b"\xf0%9F\x98%80",
        b"\xc3\xa9",
    ];
    let wrong = rng.pick(&WRONG);
    let is_key = rng.chance(30);
    let pair = match rng.below(4) {
        0 => {
            let base = payload.some_base(rng);
            let key = match rng.below(4) {
                0 => below(&base, "[comment]"),
                1 => below(&base, "[data][foo]"),
                2 => b"name".to_vec(),
                _ => b"other[x]".to_vec(),
            };
            payload.insert(rng, &[&key, &b"=text"[..]].concat());
            let found: Vec<usize> = (0..payload.pairs.len())
                .filter(|&n| payload.pairs[n].value.as_deref() == Some(b"text"))
                .collect();
            let Some(&n) = found.last() else { return false };
            &mut payload.pairs[n]
        }
        _ => payload.some_pair(rng),
    };
    let text = if is_key { pair.some_name(rng) } else { pair.value_mut() };
    let at = if rng.chance(50) { text.len() } else { rng.below(text.len() + 1) };
    text.splice(at..at, wrong.iter().copied());
    true
}

/// Characters that JSON escapes, invisible characters, and percent signs that encode nothing.
const ODD_TEXTS: [&[u8]; 40] = [
    b"%22",
    b"\"",
    b"%5C",
    b"\\",
    b"%01",
    b"\x01",
    b"%1F",
    b"%7F",
    b"\x7f",
    b"%0A",
    b"%0D%0A",
    b"\r",
    b"%09",
    b"\t",
    b"%08%0C%0B",
    b"%00",
    b"%E2%80%A8",
    b"%C2%A0",
    b"%C2%85",
    b"%EF%BB%BF",
    b"%F0%9F%98%80",
    b"\xf0\x9f\x98\x80",
    b"%",
    b"%%",
    b"%2",
    b"%2G",
    b"%zz",
    b"%u00e9",
    b"%2541",
    b"%26",
    b"%3D",
    b"=",
    b"==x",
    b"+",
    b"%2B",
    b" ",
    b"%20",
    b"[x]",
    b"</script>",
    b"\xe2\x80\xae",
];

pub(super) fn odd_text(rng: &mut Rng, payload: &mut Payload) -> bool {
    let count = 1 + rng.below(4);
    let pair = payload.some_pair(rng);
    for _ in 0..count {
        let text = pair.value_mut();
        let at = match rng.below(4) {
            0 => text.len(),
            1 => 0,
            _ => rng.below(text.len() + 1),
        };
        text.splice(at..at, rng.pick(&ODD_TEXTS).iter().copied());
    }
    true
}

/// Sets a value or name to a length near the block sizes of the readers, often with a special character in it.
pub(super) fn long_value(rng: &mut Rng, payload: &mut Payload) -> bool {
    const LENGTHS: [usize; 20] =
        [7, 8, 9, 15, 16, 17, 31, 32, 33, 47, 48, 49, 63, 64, 65, 127, 129, 255, 1_000, 4_096];
    let length = if rng.chance(1) { 70_000 } else { rng.pick(&LENGTHS) };
    let unit: &[u8] =
        rng.pick(&[&b"a"[..], b"a", b"%41", b"%C3%A9", b"\xc3\xa9", b"+", b"%22", b"%F0%9F%98%80"]);
    let mut text: Vec<u8> = unit.iter().copied().cycle().take(length / unit.len() * unit.len()).collect();
    if rng.chance(60) {
        let at = rng.below(text.len() / unit.len() + 1) * unit.len();
        text.splice(at..at, rng.pick(&ODD_TEXTS).iter().copied());
    }
    let is_name = rng.chance(10);
    let pair = payload.some_pair(rng);
    if is_name {
        *pair.leaf_mut() = text;
    } else {
        *pair.value_mut() = text;
    }
    true
}

/// Repeats a record up to 39 times under other keys, or removes all other records.
pub(super) fn number_of_records(rng: &mut Rng, payload: &mut Payload) -> bool {
    let Some(group) = payload.some_group(rng) else { return false };
    let record: Vec<Pair> = payload.of_group(&group).iter().map(|&n| payload.pairs[n].clone()).collect();
    if rng.chance(30) {
        payload.pairs.retain(|pair| pair.group().is_none_or(|of| of == group));
        return true;
    }
    let more = 1 + rng.below(39);
    for n in 0..more {
        let mut again = record.clone();
        for pair in &mut again {
            pair.segments[0].text = format!("{}", 100 + n).into_bytes();
        }
        if rng.chance(10) {
            rng.shuffle(&mut again);
        }
        payload.pairs.extend(again);
    }
    true
}

pub(super) fn spelling_of_a_type(rng: &mut Rng, payload: &mut Payload) -> bool {
    const TYPES: [&[u8]; 34] = [
        b"IM",
        b"im",
        b"Instant-Message",
        b"instant_message",
        b"INSTANT_MESSAGE",
        b"instant+message",
        b"linkedin",
        b"LinkedIn",
        b"Linked-In",
        b"linked_in",
        b"linked%5Fin",
        b"Skype",
        b"skype",
        b"Website",
        b"WEBSITE",
        b"%77ebsite",
        b"website+",
        b"+website",
        b"website%00",
        b"websites",
        b"web-site",
        b"phone",
        b"Phone",
        b"mobile",
        b"FAX",
        b"twitter",
        b"facebook",
        b"address",
        b"apple",
        b"trust-pilot",
        b"instagram",
        b"",
        b"0",
        b"email",
    ];
    let to = rng.pick(&TYPES);
    let Some(pair) = payload.some_ending(rng, b"type") else { return false };
    pair.value = Some(to.to_vec());
    true
}

pub(super) fn service(rng: &mut Rng, payload: &mut Payload) -> bool {
    const SERVICES: [&[u8]; 16] = [
        b"aim",
        b"AIM",
        b"Skype",
        b"google+talk",
        b"gtalk",
        b"",
        b"yim",
        b"whatsapp",
        b"WhatsApp",
        b"other",
        b"Other",
        b"%41im",
        b"aim+",
        b"0",
        b"%C5%BFkype",
        b"%FF",
    ];
    let to = rng.pick(&SERVICES);
    if let Some(pair) = payload.some_ending(rng, b"service") {
        pair.value = rng.chance(95).then(|| to.to_vec());
        return true;
    }
    let text = [&below(&payload.some_base(rng), "[data][service]"), &b"="[..], to].concat();
    payload.insert(rng, &text);
    true
}

pub(super) fn display_feed(rng: &mut Rng, payload: &mut Payload) -> bool {
    const TRUTHS: [&[u8]; 14] = [
        b"=1", b"=0", b"=", b"", b"=true", b"=false", b"=no", b"=off", b"=00", b"=+", b"=%30", b"=%00",
        b"=0.0", b"=%FF",
    ];
    let to = rng.pick(&TRUTHS);
    let twitter: Vec<Vec<u8>> = (payload.pairs.iter())
        .filter(|pair| pair.value.as_deref() == Some(b"twitter"))
        .filter_map(|pair| pair.group().map(base))
        .collect();
    let base =
        if twitter.is_empty() { payload.some_base(rng) } else { twitter[rng.below(twitter.len())].clone() };
    let text = [&below(&base, "[data][display_feed]"), to].concat();
    payload.insert(rng, &text);
    true
}

pub(super) fn name_of_a_field(rng: &mut Rng, payload: &mut Payload) -> bool {
    const NAMES: [&[u8]; 26] = [
        b"URL",
        b"url",
        b"url ",
        b"+url",
        b"%20url",
        b"url.",
        b"u.rl",
        b"url%00",
        b"url%00x",
        b"username",
        b"profile_url",
        b"profile.url",
        b"profile url",
        b"",
        b" ",
        b"0",
        b"type",
        b"comment",
        b"data",
        b"service",
        b"country",
        b"number",
        b"__Host-url",
        b"%FF",
        b"\xc3\xa9",
        b"a%5Bb",
    ];
    let to = rng.pick(&NAMES);
    let pair = payload.some_pair(rng);
    if rng.chance(75) {
        *pair.leaf_mut() = to.to_vec();
    } else {
        *pair.some_name(rng) = to.to_vec();
    }
    true
}
