//! Edited outputs: in the restored payload, PHP reads the edit and no other change.

use std::collections::BTreeMap;

use deskpro_contact::{Converter, Options, Source, Target, to_v2};
use testkit::{Rng, payloads};

use super::oracle::{Differences, UNLIMITED, has_php, lines, php, scale};

/// An edit of an output.
struct Edit {
    /// The edited output.
    output: String,
    /// The edit of the payload that means the same, in the notation of `same.php`.
    meaning: String,
}

/// Edits one marked value of an output, or another field of its item.
fn edit(rng: &mut Rng, output: &str) -> Option<Edit> {
    let marks: Vec<(usize, &str)> = output
        .match_indices('~')
        .filter_map(|(at, _)| Some((at, output.get(at + 1..)?.split_once('~')?.0)))
        .filter(|(_, mark)| !mark.is_empty() && mark.bytes().all(|byte| byte.is_ascii_digit()))
        .collect();
    if marks.is_empty() {
        return None;
    }
    let (at, mark) = rng.pick(&marks);
    let mark = format!("~{mark}~");
    let start = output[..at].rfind('{')?;
    let end = at + output[at..].find('}')?;
    let item = &output[start..end];
    let other_field = |old: &str, field: &str, new: &str, spelled: &str| Edit {
        output: format!("{}{}{}", &output[..start], item.replacen(old, new, 1), &output[end..]),
        meaning: format!("{field} {mark}={spelled}"),
    };
    if item.starts_with("{\"service\":") && !item.contains("\"skype\"") && rng.chance(60) {
        let old = item.split("\"username\"").next()?;
        let new = rng.pick(&["icq", "aim", "other", "msn"]);
        return (!old.contains(new))
            .then(|| other_field(old, "service", &format!("{{\"service\":\"{new}\","), new));
    }
    if item.contains("\"display_feed\":") && rng.chance(60) {
        return Some(if item.contains("\"display_feed\":true") {
            other_field(":true", "display_feed", ":false", "0")
        } else {
            other_field(":false", "display_feed", ":true", "1")
        });
    }
    let new = rng.pick(&["", "EDITED", "ü&+ %", "~~"]);
    Some(Edit { output: output.replace(&mark, new), meaning: format!("text {mark}={new}") })
}

/// An edited value of the output is the same edit of the value in the restored payload.
#[test]
fn edits_of_the_output_are_edits_of_the_restored_payload() {
    if !has_php("edits") {
        return;
    }
    let mut differences = Differences::default();
    let mut converter = Converter::new(Options::new(Source::V2, Target::Form).edited(true));
    let mut rng = Rng::new(5);
    let mut edited = Vec::new();
    for _ in 0..5_000 * scale() {
        let payload = payloads::marked(&mut rng);
        let Ok(converted) = to_v2(&payload) else { continue };
        let Some(edit) = edit(&mut rng, converted.output()) else { continue };
        let restored = match converter.restore(edit.output.as_bytes(), converted.losses_json()) {
            Ok(restored) => restored.output().to_vec(),
            Err(error) => format!("error={error}").into_bytes(),
        };
        edited.push((payload, restored, edit.meaning));
    }
    let input = lines(
        edited.iter().flat_map(|(payload, restored, edit)| [payload.as_slice(), restored, edit.as_bytes()]),
    );
    let verdicts = php("same", &["edits"], &UNLIMITED, input);
    assert_eq!(verdicts.len(), edited.len());
    let mut by_field: BTreeMap<(String, String), usize> = BTreeMap::new();
    for ((payload, restored, edit), verdict) in edited.iter().zip(&verdicts) {
        let field = edit.split(' ').next().unwrap_or_default().to_owned();
        let verdict = String::from_utf8_lossy(verdict).into_owned();
        if verdict == "differs" {
            differences.add(payload, restored, edit.as_bytes());
        }
        *by_field.entry((field, verdict)).or_default() += 1;
    }
    println!("{} edited outputs: {by_field:?}", edited.len());
    differences.assert_none(edited.len());
}
