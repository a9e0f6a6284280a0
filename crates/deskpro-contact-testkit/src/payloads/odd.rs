//! Plain payloads with a few odd changes.

use super::plain::{other_fields, plain, record, text};
use super::write::{Field, Form};
use crate::Rng;

/// Unknown types, and known types in undocumented spellings.
const ODD_TYPES: [&str; 18] = [
    "apple",
    "trust_pilot",
    "instagram",
    "whatsapp",
    "email",
    "",
    "IM",
    "Linked-In",
    "LINKED_IN",
    "linked in",
    "Instant-Message",
    "instant_message ",
    "TWITTER",
    "Phone",
    "MOBILE",
    "Fax",
    "trust-pilot",
    "0",
];

const ODD_SERVICES: [&str; 12] = [
    "AIM",
    "Skype",
    "google talk",
    "",
    "whatsapp",
    "WhatsApp",
    "YIM",
    " aim",
    "0",
    "jabber",
    "OTHER",
    "ſkype",
];

const TRUTHS: [&str; 9] = ["1", "0", "", "true", "false", "on", "00", " ", "yes"];

/// Other fields with unusual names.
const ODD_OTHER_FIELDS: [(&[&str], &str); 18] = [
    (&["first.name"], "Ann"),
    (&["last name"], "Example"),
    (&["labels", "1"], "first is 1"),
    (&["labels", "01"], "text"),
    (&["custom"], "scalar"),
    (&["custom", "x", "", "y"], "deep"),
    (&["7"], "number"),
    (&["07"], "text"),
    (&["comment"], "of nobody"),
    (&["type"], "website"),
    (&["data"], "scalar"),
    (&["contact_data2", "1"], "x"),
    (&["Contact_Data"], "x"),
    (&["Contact_Data", "1"], "x"),
    (&["amp;name"], "x"),
    (&["contact_data_1_type"], "website"),
    (&["person", "contact_data", "1", "type"], "website"),
    (&["ünï", "kódé"], "ü"),
];

pub(super) fn odd(rng: &mut Rng) -> Form {
    let mut form = plain(rng);
    for _ in 0..1 + rng.below(5) {
        change(rng, &mut form);
    }
    form
}

/// Makes one random change to a payload, usually in an existing record.
fn change(rng: &mut Rng, form: &mut Form) {
    let at = rng.below(form.fields.len());
    let Some(picked) = form.fields.get(at).cloned() else { return };
    let base = match picked.path.as_slice() {
        [name, key, ..] if name == b"contact_data" => vec![name.clone(), key.clone()],
        _ => Vec::new(),
    };
    let named = |leaf: &[&str]| -> Vec<Vec<u8>> {
        base.iter().cloned().chain(leaf.iter().map(|segment| segment.as_bytes().to_vec())).collect()
    };
    let set = |form: &mut Form, path: Vec<Vec<u8>>, value: &str| {
        let value = value.as_bytes().to_vec();
        match form.fields.iter_mut().find(|field| field.path == path) {
            Some(field) => field.value = value,
            None => form.fields.push(Field { path, value, is_bare: false }),
        }
    };
    match rng.below(24) {
        0 => rng.shuffle(&mut form.fields),
        1 => {
            // Shuffle the fields of one record among their positions.
            let positions: Vec<usize> = (0..form.fields.len())
                .filter(|&n| !base.is_empty() && form.fields[n].path.starts_with(&base))
                .collect();
            let mut taken: Vec<Field> = positions.iter().map(|&n| form.fields[n].clone()).collect();
            rng.shuffle(&mut taken);
            for (n, field) in positions.into_iter().zip(taken) {
                form.fields[n] = field;
            }
        }
        2 | 3 => {
            let key: &[u8] = rng.pick(&[
                &b"07"[..],
                b"7",
                b"x",
                b"-3",
                b"0",
                b"10",
                b"1e3",
                b" 1",
                b"1.5",
                b"2",
                b"9223372036854775807",
                "ключ".as_bytes(),
                b"\xff",
                b"type",
            ]);
            for field in &mut form.fields {
                if !base.is_empty() && field.path.starts_with(&base) {
                    field.path[1] = key.to_vec();
                }
            }
        }
        4 => {
            if let Some(segment) = form.fields[at].path.get_mut(1) {
                segment.clear();
            }
        }
        5 => {
            let mut again = picked;
            if rng.chance(70) {
                again.value = text(rng).as_bytes().to_vec();
            }
            form.fields.push(again);
        }
        6 => {
            form.fields.remove(at);
        }
        7 => set(form, named(&["note"]), text(rng)),
        8 => set(form, named(&["data", "foo"]), text(rng)),
        9 => set(form, named(&["data", "foo", "bar", ""]), text(rng)),
        10 | 11 => set(form, named(&["type"]), rng.pick(&ODD_TYPES)),
        12 => {
            form.fields.retain(|field| !field.path.starts_with(&named(&["data"])));
            if rng.chance(60) {
                set(form, named(&["data"]), "scalar");
            }
        }
        13 => set(form, named(&["data", "display_feed"]), rng.pick(&TRUTHS)),
        14 | 15 => set(form, named(&["data", "service"]), rng.pick(&ODD_SERVICES)),
        16 => {
            form.fields.retain(|field| !field.path.starts_with(&named(&["data"])));
            set(form, named(&["type"]), "address");
            set(form, named(&["data", "country"]), rng.pick(&["France", "0", ""]));
        }
        17 => form.fields[at].value.clear(),
        18 => set(form, named(&["comment"]), rng.pick(&["", "home"])),
        19 => set(form, named(&[rng.pick(&["comment", "type"]), ""]), "x"),
        20 => {
            let mut deeper = picked;
            deeper.path.push(rng.pick(&[&b"0"[..], b"", b"x"]).to_vec());
            form.fields.push(deeper);
        }
        21 => other_fields(rng, form, &ODD_OTHER_FIELDS),
        22 => {
            if rng.chance(30) {
                set(form, vec![b"contact_data".to_vec()], text(rng));
            } else {
                record(rng, form, &[]);
            }
        }
        _ => match rng.below(3) {
            0 => form.fields[at].is_bare = true,
            1 => form.fields[at].value = b"\xff\xfe".to_vec(),
            _ => form.fields.rotate_left(at),
        },
    }
}
