//! Edits of records, of their order and of their position among other fields.

use super::payload::{Pair, Payload, Segment, base, below};
use crate::Rng;

/// Repeats pairs of a group at the end: one pair, or all pairs from a random one on.
pub(super) fn group_comes_again(rng: &mut Rng, payload: &mut Payload) -> bool {
    let Some(group) = payload.some_group(rng) else { return false };
    let numbers = payload.of_group(&group);
    let start = rng.below(numbers.len());
    let end = if rng.chance(50) { numbers.len() } else { start + 1 };
    let mut again: Vec<Pair> = numbers[start..end].iter().map(|&n| payload.pairs[n].clone()).collect();
    for pair in &mut again {
        if rng.chance(50) {
            pair.value_mut().extend_from_slice(b"2");
        }
        if rng.chance(30) {
            *pair.leaf_mut() =
                rng.pick(&[&b"comment"[..], b"url", b"note", b"type", b"country", b"0"]).to_vec();
        }
    }
    payload.pairs.extend(again);
    if rng.chance(30) {
        payload.insert(rng, b"contact_data[zz][type]=website&contact_data[zz][data][url]=z");
    }
    true
}

pub(super) fn records_interleave(rng: &mut Rng, payload: &mut Payload) -> bool {
    let of_records = payload.of_records();
    if of_records.len() < 4 {
        return false;
    }
    let (a, b) = (rng.below(of_records.len()), rng.below(of_records.len()));
    let pair = payload.pairs.remove(of_records[a]);
    payload.pairs.insert(of_records[b], pair);
    true
}

pub(super) fn duplicate(rng: &mut Rng, payload: &mut Payload) -> bool {
    let mut again = payload.some_pair(rng).clone();
    if rng.chance(60) {
        again.respell(rng);
    }
    if rng.chance(70) {
        *again.value_mut() = rng.pick(&[&b""[..], b"again", b"website", b"%FF", b"%22", b"0"]).to_vec();
    }
    if rng.chance(20) {
        again.segments.push(Segment { open: b"[", text: Vec::new(), close: b"]" });
    }
    let mut text = Vec::new();
    again.write(&mut text);
    payload.insert(rng, &text);
    true
}

pub(super) fn scalar_and_array(rng: &mut Rng, payload: &mut Payload) -> bool {
    let base = payload.some_base(rng);
    let key = match rng.below(10) {
        0 => b"contact_data".to_vec(),
        1 => b"contact.data".to_vec(),
        2 => b"contact_data[]".to_vec(),
        3 if !base.is_empty() => base,
        4 => below(&base, "[data]"),
        5 => below(&base, "[type][]"),
        6 => below(&base, "[comment][x]"),
        7 => below(&base, "[data][url][]"),
        8 => below(&base, "[data][username][x][y]"),
        _ => below(&base, "[data][][x]"),
    };
    let value: &[u8] = rng.pick(&[&b"=x"[..], b"=", b"", b"=%FF", b"=0"]);
    payload.insert(rng, &[&key, value].concat());
    true
}

/// Adds many records with descending, ascending or shuffled keys. A linear search for each key would be quadratic.
pub(super) fn many_groups(rng: &mut Rng, payload: &mut Payload) -> bool {
    let count = match rng.below(100) {
        0 => 4_000,
        1..5 => 400,
        _ => 41 + rng.below(60),
    };
    let mut keys: Vec<usize> = (1..=count).rev().collect();
    match rng.below(4) {
        0 => rng.shuffle(&mut keys),
        1 => keys.reverse(),
        _ => {}
    }
    let has_gap = rng.chance(20);
    for key in keys {
        let key = if has_gap { key * 7919 } else { key };
        let text = format!("contact_data[{key}][type]=website&contact_data[{key}][data][url]=u{key}");
        let pairs = payload.spelled(rng, text.as_bytes());
        payload.pairs.extend(pairs);
    }
    if rng.chance(30) {
        payload.insert(rng, b"contact_data[]=x");
    }
    true
}

/// Adds other fields that PHP overwrites, drops or renames, and a last pair at which the plain reader may give up. Then
/// no loss may be reported twice.
pub(super) fn giving_up_late(rng: &mut Rng, payload: &mut Payload) -> bool {
    const FRONT: [&[u8]; 16] = [
        b"name=1&name=2",
        b"first.name=a",
        b"first name=a&first_name=b",
        b" x=1&+x=2",
        b"=dropped",
        b"&&bare",
        b"a[__Host-x]=1",
        b"a[b][__Secure-x][]=1",
        b"__Host-a=1&..Host-a=2",
        b"b[9223372036854775807]=1&b[]=2",
        b"c=1&c[d]=2",
        b"c[d]=1&c=2",
        b"l[]=1&l[ ]=2&l[%20]=3",
        b"u[v=1&u_v=2",
        b"n%00ul=1",
        b"o[x]y=1",
    ];
    const LAST: [&[u8]; 20] = [
        b"contact_data[1]=x",
        b"contact_data=x",
        b"contact_data[x]y[type]=website",
        b"contact_data[]=",
        b"contact_data[1",
        b"contact.data[1][type]=website",
        b"contact[data=x",
        b"contact_data[__Host-x][type]=website",
        b"contact_data[1][data][url][]=x",
        b"contact_data[1][data][url]=%FF",
        b"contact_data[1][type]=%FF",
        b"contact_data[1][type]=website",
        b"contact_data[1][note][x]=y",
        b"name=%FF",
        b"x=\0y",
        b"x%00=\0contact_data=z",
        b"name=3",
        b"first.name=3",
        b"data[url]=x",
        b"contact_data[1=][data][url]=x",
    ];
    for _ in 0..1 + rng.below(4) {
        let text = rng.pick(&FRONT);
        let at = if rng.chance(60) { 0 } else { rng.below(payload.pairs.len() + 1) };
        let pairs = payload.spelled(rng, text);
        payload.pairs.splice(at..at, pairs);
    }
    let text = rng.pick(&LAST);
    let pairs = payload.spelled(rng, text);
    payload.pairs.extend(pairs);
    true
}

/// Changes the position of contact data among other fields, which decides whether there is a note of the order.
pub(super) fn order_of_other_fields(rng: &mut Rng, payload: &mut Payload) -> bool {
    let (mut of_records, others): (Vec<Pair>, Vec<Pair>) =
        payload.pairs.drain(..).partition(|pair| pair.group().is_some());
    let mut around: Vec<Pair> = if rng.chance(70) { Vec::new() } else { others };
    let front: &[u8] =
        rng.pick(&[&b""[..], b"name=a", b"name=", b"name", b"z[]=a", b"=a", b"__Host-x[__Host-y]=1"]);
    let middle: &[u8] = rng.pick(&[&b""[..], b"", b"name=m", b"other[x]=m"]);
    let back: &[u8] =
        rng.pick(&[&b""[..], b"name=b", b"last=b", b"name[x]=b", b"z[]=b", b"=b", b"contact_data=b"]);
    let read = |text: &[u8]| if text.is_empty() { Vec::new() } else { Payload::read(text).pairs };
    around.splice(0..0, read(front));
    let at = rng.below(of_records.len() + 1);
    of_records.splice(at..at, read(middle));
    around.extend(of_records);
    around.extend(read(back));
    payload.pairs = around;
    true
}

/// Adds a record that becomes one loss or has many losses, with its fields in random order, which the loss must keep.
pub(super) fn lost_record(rng: &mut Rng, payload: &mut Payload) -> bool {
    const RECORDS: [&[&str]; 12] = [
        &[
            "[type]=phone",
            "[comment]=c",
            "[data][number]=1",
            "[data][country_calling_code]=44",
            "[data][type]=fax",
        ],
        &["[type]=mobile", "[comment]=", "[data][number]=1", "[data][foo]=x", "[note]=n"],
        &["[type]=pager", "[comment]=c", "[data][number]=1", "[data][a]=2"],
        &["[type]=website", "[comment]=c", "[data][url]=", "[data][foo]=x", "[foo]=y"],
        &["[type]=website", "[comment]=%FF", "[data][url]=u", "[note]=n"],
        &["[type]=twitter", "[data][username]=%E9", "[data][display_feed]=1", "[comment]=c"],
        &["[type]=address", "[data][country]=France", "[comment]=home", "[note]=n"],
        &["[type]=address", "[data][city]=", "[data][country]=", "[comment]=home"],
        &["[comment]=c", "[data][url]=u"],
        &["[type]=skype", "[comment]=c"],
        &["[type]=im", "[data]=x", "[comment]=c"],
        &["[type]=facebook", "[data][profile_url][]=x", "[comment][]=c", "[data][%FF]=x"],
    ];
    let mut fields = rng.pick(&RECORDS).to_vec();
    rng.shuffle(&mut fields);
    if rng.chance(20) {
        fields.push(fields[0]);
    }
    let group: &[u8] = rng.pick(&[&b"88"[..], b"x", b"0", b"%C3%A9", b"%FF", b"5"]);
    let lines: Vec<Vec<u8>> = fields.iter().map(|field| [&base(group), field.as_bytes()].concat()).collect();
    payload.insert(rng, &lines.join(&b'&'));
    true
}

pub(super) fn field_of_another_type(rng: &mut Rng, payload: &mut Payload) -> bool {
    const FIELDS: [&str; 14] = [
        "[data][profile_url]",
        "[data][url]",
        "[data][username]",
        "[data][service]",
        "[data][country]",
        "[data][city]",
        "[data][address]",
        "[data][zip]",
        "[data][number]",
        "[data][type]",
        "[data][country_calling_code]",
        "[data][display_feed]",
        "[data][instagram_id]",
        "[data][comment]",
    ];
    let key = below(&payload.some_base(rng), rng.pick(&FIELDS));
    let value: &[u8] = rng.pick(&[&b"=x"[..], b"=", b"=1", b"=skype", b"=%FF", b"=%C3%A9"]);
    payload.insert(rng, &[&key, value].concat());
    true
}

/// Adds names of fields to the record itself, or names of a record to its `data`.
pub(super) fn name_of_another_level(rng: &mut Rng, payload: &mut Payload) -> bool {
    const NAMES: [&str; 14] = [
        "[url]",
        "[username]",
        "[service]",
        "[number]",
        "[country]",
        "[data][data]",
        "[data][data][url]",
        "[data][type]",
        "[data][comment]",
        "[data][contact_data]",
        "[contact_data]",
        "[contact_data][1][type]",
        "[id]",
        "[contact_type]",
    ];
    let key = below(&payload.some_base(rng), rng.pick(&NAMES));
    let value: &[u8] = rng.pick(&[&b"=x"[..], b"=", b"=website", b"=mobile"]);
    payload.insert(rng, &[&key, value].concat());
    true
}
