//! Public test suites for JSON and for form pairs. `fixtures/vectors` names their sources.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use deskpro_contact::form::Form;
use deskpro_contact::losses_file::{Rejected, decode_raw, write_rejected};
use deskpro_contact::{Code, Error, ErrorKind, restore_v2, to_form};
use serde_json::Value;
use testkit::json::plain;

fn vectors() -> PathBuf {
    testkit::repository().join("fixtures/vectors")
}

/// Valid JSON that is rejected as a body, and the reason.
const REJECTED: [(&str, ErrorKind); 21] = [
    ("i_object_key_lone_2nd_surrogate.json", ErrorKind::LoneSurrogate),
    ("i_string_1st_valid_surrogate_2nd_invalid.json", ErrorKind::LoneSurrogate),
    ("i_string_incomplete_surrogate_and_escape_valid.json", ErrorKind::LoneSurrogate),
    ("i_string_incomplete_surrogate_pair.json", ErrorKind::LoneSurrogate),
    ("i_string_incomplete_surrogates_escape_valid.json", ErrorKind::LoneSurrogate),
    ("i_string_invalid_lonely_surrogate.json", ErrorKind::LoneSurrogate),
    ("i_string_invalid_surrogate.json", ErrorKind::LoneSurrogate),
    ("i_string_inverted_surrogates_U+1D11E.json", ErrorKind::LoneSurrogate),
    ("i_string_lone_second_surrogate.json", ErrorKind::LoneSurrogate),
    ("y_object_duplicated_key.json", ErrorKind::DuplicateKey),
    ("y_object_duplicated_key_and_value.json", ErrorKind::DuplicateKey),
    ("y_string_space.json", ErrorKind::NotABody),
    ("y_structure_500_nested_arrays.json", ErrorKind::TooDeep),
    ("y_structure_lonely_false.json", ErrorKind::NotABody),
    ("y_structure_lonely_int.json", ErrorKind::NotABody),
    ("y_structure_lonely_negative_real.json", ErrorKind::NotABody),
    ("y_structure_lonely_null.json", ErrorKind::NotABody),
    ("y_structure_lonely_string.json", ErrorKind::NotABody),
    ("y_structure_lonely_true.json", ErrorKind::NotABody),
    ("y_structure_string_empty.json", ErrorKind::NotABody),
    ("y_array_heterogeneous.json", ErrorKind::ListOfBodies),
];

#[test]
fn valid_json_is_converted_and_invalid_json_is_rejected() {
    let mut wrong = String::new();
    let mut seen: BTreeMap<u8, usize> = BTreeMap::new();
    for (name, bytes) in inputs() {
        let converted = to_form(&bytes);
        let why = converted.as_ref().err().map(Error::kind);
        let stated = REJECTED.iter().find(|(other, _)| *other == name).map(|(_, kind)| *kind);
        let is_right = match name.as_bytes()[0] {
            b'y' => why == stated,
            b'n' => matches!(why, Some(ErrorKind::NotJson | ErrorKind::NotUtf8)),
            // The other files with undefined results contain bytes that are not UTF-8.
            _ => why == stated.or(Some(ErrorKind::NotUtf8)),
        };
        if !is_right {
            wrong += &format!("{name}: {why:?}\n");
        }
        match &converted {
            Ok(converted) => {
                let restored = restore_v2(converted.output().as_bytes(), converted.losses_json()).unwrap();
                assert_eq!(plain(restored.output()), plain(std::str::from_utf8(&bytes).unwrap()), "{name}");
            }
            Err(error) => assert_eq!(kept(error, &bytes), bytes, "{name}"),
        }
        *seen.entry(name.as_bytes()[0]).or_default() += 1;
    }
    assert!(wrong.is_empty(), "\n{wrong}");
    assert_eq!(seen, BTreeMap::from([(b'i', 19), (b'n', 188), (b'y', 107)]));
}

/// The suite's inputs by name.
fn inputs() -> Vec<(String, Vec<u8>)> {
    let folder = vectors().join("json-test-suite/parsing");
    let mut inputs: Vec<_> = (fs::read_dir(folder).unwrap())
        .map(|entry| entry.unwrap())
        .map(|entry| (entry.file_name().into_string().unwrap(), fs::read(entry.path()).unwrap()))
        .collect();
    inputs.sort();
    inputs
}

/// Reads a rejected input back from the line that `write_rejected` writes.
fn kept(error: &Error, input: &[u8]) -> Vec<u8> {
    let mut line = Vec::new();
    let rejected = Rejected {
        line: 1,
        id: None,
        error,
        emitted: false,
        payload: Some(input),
        losses: None,
        builder_losses: &[],
    };
    write_rejected(&rejected, &mut line);
    let line: Value = serde_json::from_slice(&line).unwrap();
    match line["value"].as_str() {
        Some(text) => text.as_bytes().to_vec(),
        None => decode_raw(line["raw"].as_str().unwrap()),
    }
}

/// `Form::read` gives the pairs of the URL Standard, with two exceptions: a repeated name keeps its first position
/// and its last value, and names that PHP drops or changes are reported.
#[test]
fn pairs_are_read_as_in_the_url_standard_except_for_reported_names() {
    let (mut same, mut other) = (0, 0);
    for case in cases() {
        let input = case["input"].as_str().unwrap();
        let form = Form::read(input.as_bytes()).unwrap();
        let count = |code| form.losses().iter().filter(|loss| loss.code() == code).count();
        let mut expected: Vec<(String, String)> = Vec::new();
        let (mut repeated, mut changed) = (0, 0);
        for pair in case["output"].as_array().unwrap() {
            let [name, value] = [0, 1].map(|n| pair[n].as_str().unwrap().to_owned());
            if name.is_empty() || name.contains([' ', '.', '[', ']', '\0']) {
                changed += 1;
                continue;
            }
            match expected.iter_mut().find(|(known, _)| *known == name) {
                Some((_, old)) => {
                    *old = value;
                    repeated += 1;
                }
                None => expected.push((name, value)),
            }
        }
        assert_eq!(count(Code::Overwritten), repeated, "{input}");
        assert_eq!(count(Code::DroppedPair) + count(Code::MendedName), changed, "{input}");
        other += changed;
        if changed > 0 {
            continue;
        }
        // The URL Standard replaces bytes that are not UTF-8 by U+FFFD.
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let read: Vec<(String, String)> =
            form.root().children().map(|node| (text(node.key()), text(node.text().unwrap()))).collect();
        assert_eq!(read, expected, "{input}");
        same += 1;
    }
    assert_eq!((same, other), (33, 2));
}

/// The list of cases in the script: JSON, except that some strings have single quotes.
fn cases() -> Vec<Value> {
    let script = fs::read_to_string(vectors().join("wpt/urlencoded-parser.any.js")).unwrap();
    let (list, _) = script.split_once("].forEach").unwrap();
    serde_json::from_str(&(list.replace('\'', "\"") + "]")).unwrap()
}
