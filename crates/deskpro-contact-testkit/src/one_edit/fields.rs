//! Edits of a record's fields.

use super::payload::{Pair, Payload, base, below};
use crate::Rng;

pub(super) fn empty_value(rng: &mut Rng, payload: &mut Payload) -> bool {
    let to = rng.chance(80).then(Vec::new);
    if rng.chance(15) {
        payload.pairs.iter_mut().for_each(|pair| pair.value = to.clone());
    } else {
        payload.some_pair(rng).value = to;
    }
    true
}

pub(super) fn order_of_a_record(rng: &mut Rng, payload: &mut Payload) -> bool {
    if rng.chance(10) {
        rng.shuffle(&mut payload.pairs);
        return true;
    }
    let numbers = payload.of_some_record(rng);
    let mut pairs: Vec<Pair> = numbers.iter().map(|&n| payload.pairs[n].clone()).collect();
    rng.shuffle(&mut pairs);
    for (n, pair) in numbers.into_iter().zip(pairs) {
        payload.pairs[n] = pair;
    }
    true
}

/// Moves the pair named `name` to the end of its record, in one record or in all.
fn moved_back(rng: &mut Rng, payload: &mut Payload, name: &[u8]) -> bool {
    let all = rng.chance(40);
    let mut is_done = false;
    for n in (0..payload.pairs.len()).rev() {
        let is_named = payload.pairs[n].segments.len() == 2 && payload.pairs[n].leaf() == name;
        let Some(group) = payload.pairs[n].group().filter(|_| is_named).map(<[u8]>::to_vec) else { continue };
        let last = payload.of_group(&group).pop().unwrap_or(n);
        let pair = payload.pairs.remove(n);
        payload.pairs.insert(last, pair);
        is_done = true;
        if !all {
            break;
        }
    }
    is_done
}

pub(super) fn type_last(rng: &mut Rng, payload: &mut Payload) -> bool {
    moved_back(rng, payload, b"type")
}

pub(super) fn comment_after_data(rng: &mut Rng, payload: &mut Payload) -> bool {
    if moved_back(rng, payload, b"comment") {
        return true;
    }
    let Some(group) = payload.some_group(rng) else { return false };
    let last = payload.of_group(&group).pop().unwrap_or_default();
    let text = [&base(&group), &b"[comment]=late"[..]].concat();
    payload.pairs.insert(last + 1, Pair::read(&text));
    true
}

pub(super) fn unknown_field(rng: &mut Rng, payload: &mut Payload) -> bool {
    const NAMES: [&str; 16] = [
        "[note]",
        "[data][foo]",
        "[data][foo][bar]",
        "[data][foo][]",
        "[x][y][z]",
        "[data][]",
        "[data][ ]",
        "[]",
        "[data][7]",
        "[data][%C3%A9]",
        "[data][a.b]",
        "[data][a%5Bb]",
        "[data][%22]",
        "[data][profile url]",
        "[Type]",
        "[data][URL]",
    ];
    const VALUES: [&[u8]; 8] = [b"=x", b"=", b"", b"=%22%5C", b"=%C3%A9", b"=%FF", b"=%00", b"=a+b%20c"];
    let numbers = payload.of_some_record(rng);
    let Some(&at) = numbers.get(rng.below(numbers.len())) else { return false };
    let base = payload.pairs[at].group().map_or_else(Vec::new, base);
    for n in 0..1 + rng.below(3) {
        let mut text = below(&base, rng.pick(&NAMES));
        text.extend_from_slice(rng.pick(&VALUES));
        let mut pair = Pair::read(&text);
        if rng.chance(30) {
            pair.respell(rng);
        }
        payload.pairs.insert(at + n % 2, pair);
    }
    true
}
