//! Payloads that are one edit away from a plain payload: inputs for the law that both readers of forms give equal
//! results.
//!
//! The plain reader accepts plain payloads and leaves all others to the general reader. The two readers are most likely
//! to differ for payloads that are almost plain. [`edited`] applies one edit, rarely two or three, to a payload. Each
//! edit causes errors in careless readers. Tests, the fuzz target `readers` and `.ci/freeze` share the edits.

mod anywhere;
mod fields;
mod keys;
mod limits;
mod payload;
mod records;
mod values;

use self::anywhere::{byte, cut, id, misplaced_field, other_field, pair_moved};
use self::fields::{comment_after_data, empty_value, order_of_a_record, type_last, unknown_field};
use self::keys::{
    bracket_not_closed, equals_in_a_key, first_bracket_not_closed, first_name, first_name_of_all,
    group_of_a_pair, group_of_a_record, single_record, single_record_beside, text_after_a_bracket,
};
use self::limits::{depth, nul, odd_pair, spelling_of_a_name, spelling_of_brackets, two_reasons};
use self::payload::{OPEN, Pair, Payload};
use self::records::{
    duplicate, field_of_another_type, giving_up_late, group_comes_again, lost_record, many_groups,
    name_of_another_level, order_of_other_fields, records_interleave, scalar_and_array,
};
use self::values::{
    display_feed, long_value, name_of_a_field, not_utf8, number_of_records, odd_text, service,
    spelling_of_a_type,
};
use crate::Rng;

/// Applies one edit to a payload, rarely two or three. The result never contains a line feed.
pub fn edited(rng: &mut Rng, payload: &[u8]) -> Vec<u8> {
    let mut payload = Payload::read(payload);
    let count = if rng.chance(85) { 1 } else { 2 + rng.below(2) };
    for _ in 0..count {
        // Not every edit can be applied to every payload. If one cannot, try another.
        for _ in 0..8 {
            let (_, edit) = rng.pick(&EDITS);
            if edit(rng, &mut payload) {
                break;
            }
        }
    }
    payload.write_line()
}

/// The names of all edits. The position of a name is the number of its edit.
pub fn names() -> impl Iterator<Item = &'static str> {
    EDITS.iter().map(|&(name, _)| name)
}

/// Applies the edit with this number. `None` if the edit cannot be applied to the payload.
pub fn edited_by(rng: &mut Rng, number: usize, payload: &[u8]) -> Option<Vec<u8>> {
    let mut payload = Payload::read(payload);
    let (_, edit) = EDITS[number];
    edit(rng, &mut payload).then(|| payload.write_line())
}

/// Changes a payload in ways in which real clients differ, so that it stays plain: shuffles the fields of each record,
/// adds other fields at any position, empties a value, and spells brackets in one of three ways, equally in all pairs
/// of a record.
pub fn still_plain(rng: &mut Rng, payload: &[u8]) -> Vec<u8> {
    const OTHERS: [&[u8]; 10] = [
        b"name=Ann",
        b"empty=",
        b"labels[]=a&labels[]=b",
        b"labels[1]=a&labels[0]=b",
        b"custom[12]=x&custom[13][a]=y",
        b"custom[a][b][c][d]=x",
        b"fields%5B7%5D=x",
        b"comment=of+nobody",
        b"contact=x&contact_data2=y",
        b"a[contact_data]=1",
    ];
    let mut payload = Payload::read(payload);
    if rng.chance(60) {
        let mut groups: Vec<Vec<u8>> =
            payload.pairs.iter().filter_map(|pair| Some(pair.group()?.to_vec())).collect();
        groups.dedup();
        for group in groups {
            let numbers = payload.of_group(&group);
            let mut pairs: Vec<Pair> = numbers.iter().map(|&n| payload.pairs[n].clone()).collect();
            rng.shuffle(&mut pairs);
            for (n, pair) in numbers.into_iter().zip(pairs) {
                payload.pairs[n] = pair;
            }
        }
    }
    for _ in 0..rng.below(4) {
        let text = rng.pick(&OTHERS);
        payload.insert(rng, text);
    }
    match rng.below(3) {
        0 => {
            let n = rng.below(OPEN.len());
            payload.pairs.iter_mut().for_each(|pair| pair.spell(n));
        }
        1 => {
            let (mut group, mut n) = (None, 0);
            for pair in &mut payload.pairs {
                let Some(own) = pair.group().map(<[u8]>::to_vec) else {
                    pair.spell(rng.below(OPEN.len()));
                    continue;
                };
                if group.as_ref() != Some(&own) {
                    (group, n) = (Some(own), rng.below(OPEN.len()));
                }
                pair.spell(n);
            }
        }
        _ => {}
    }
    if rng.chance(30) {
        payload.some_pair(rng).value = Some(Vec::new());
    }
    payload.write_line()
}

/// An edit. It returns false if it cannot be applied to the payload.
type Edit = fn(&mut Rng, &mut Payload) -> bool;

/// All edits with their names.
const EDITS: [(&str, Edit); 45] = [
    ("first name", first_name),
    ("first name of all", first_name_of_all),
    ("first bracket not closed", first_bracket_not_closed),
    ("names of a single record beside", single_record_beside),
    ("single record", single_record),
    ("group of a record", group_of_a_record),
    ("group of a pair", group_of_a_pair),
    ("equals sign in a key", equals_in_a_key),
    ("text after a bracket", text_after_a_bracket),
    ("bracket not closed", bracket_not_closed),
    ("group comes again", group_comes_again),
    ("records interleave", records_interleave),
    ("duplicate", duplicate),
    ("scalar and array", scalar_and_array),
    ("thousands of groups", many_groups),
    ("giving up late", giving_up_late),
    ("order of other fields", order_of_other_fields),
    ("lost record", lost_record),
    ("field of another type", field_of_another_type),
    ("name of another level", name_of_another_level),
    ("two reasons to reject", two_reasons),
    ("depth", depth),
    ("NUL", nul),
    ("odd pair", odd_pair),
    ("spelling of brackets", spelling_of_brackets),
    ("spelling of a name", spelling_of_a_name),
    ("empty value", empty_value),
    ("order of a record", order_of_a_record),
    ("type last", type_last),
    ("comment after data", comment_after_data),
    ("unknown field", unknown_field),
    ("not UTF-8", not_utf8),
    ("odd text", odd_text),
    ("long value", long_value),
    ("number of records", number_of_records),
    ("spelling of a type", spelling_of_a_type),
    ("service", service),
    ("display_feed", display_feed),
    ("name of a field", name_of_a_field),
    ("byte", byte),
    ("pair moved, repeated or removed", pair_moved),
    ("cut", cut),
    ("id", id),
    ("other field", other_field),
    ("misplaced field", misplaced_field),
];
