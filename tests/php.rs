//! PHP is the judge: what it reads of a payload, and what it writes of an array, is what ours must.
//!
//! The scripts in `tests/php` are oracles written from the contract, not from the program. Each runs once for
//! thousands of payloads, one a line. `PHP_SCALE=20` takes twenty times as many; without `php` each test says that
//! it is skipped.

use std::collections::BTreeMap;
use std::io::Write;
use std::process::{Command, Stdio};

use deskpro_contact::form::{Form, Node};
use deskpro_contact::{Converter, ErrorKind, Options, Source, Target, to_form, to_v2};

use crate::bodies::{self, Body};
use crate::payloads::{self, Class, Rng};
use crate::rules::{Rule, rules};

/// How many payloads one PHP process gets.
const BATCH: usize = 10_000;

/// PHP without its silent cuts.
const UNLIMITED: [&str; 2] = ["max_input_vars=1000000000", "max_input_nesting_level=1000000000"];
/// PHP with its own limit of nesting.
const NESTING_64: [&str; 2] = ["max_input_vars=1000000000", "max_input_nesting_level=64"];

fn scale() -> usize {
    std::env::var("PHP_SCALE").ok().and_then(|scale| scale.parse().ok()).unwrap_or(1)
}

/// Whether there is a judge. Says so where there is none.
fn has_php(test: &str) -> bool {
    let has = Command::new("php").arg("-v").stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok();
    if !has {
        println!("skipped: `php` is not found, and {test} needs it");
    }
    has
}

/// Runs a script of `tests/php` on lines, and returns its lines.
fn php(script: &str, arguments: &[&str], settings: &[&str], lines: Vec<u8>) -> Vec<Vec<u8>> {
    let mut command = Command::new("php");
    command.arg("-n").args(["-d", "display_errors=stderr", "-d", "memory_limit=-1"]);
    for setting in settings {
        command.args(["-d", setting]);
    }
    command.arg(format!("{}/../../tests/php/{script}.php", env!("CARGO_MANIFEST_DIR"))).args(arguments);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("php runs");
    let mut stdin = child.stdin.take().expect("a pipe");
    let writer = std::thread::spawn(move || stdin.write_all(&lines));
    let output = child.wait_with_output().expect("php ends");
    writer.join().expect("no panic").expect("php reads all");
    assert!(output.status.success(), "{script}.php failed");
    output
        .stdout
        .strip_suffix(b"\n")
        .unwrap_or_default()
        .split(|&byte| byte == b'\n')
        .map(<[u8]>::to_vec)
        .collect()
}

/// Text as one line each.
fn lines<'l>(texts: impl IntoIterator<Item = &'l [u8]>) -> Vec<u8> {
    let mut lines = Vec::new();
    for text in texts {
        assert!(!text.contains(&b'\n'), "one line");
        lines.extend_from_slice(text);
        lines.push(b'\n');
    }
    lines
}

/// What differed: the shortest show what is wrong.
#[derive(Default)]
pub(crate) struct Differences(Vec<String>);

impl Differences {
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn add(&mut self, input: &[u8], ours: &[u8], theirs: &[u8]) {
        let [input, ours, theirs] = [input, ours, theirs].map(<[u8]>::escape_ascii);
        self.0.push(format!("input  {input}\nours   {ours}\ntheirs {theirs}\n"));
    }

    /// Fails where anything differed, and shows the shortest.
    #[track_caller]
    pub(crate) fn assert_none(mut self, compared: usize) {
        self.0.sort_by_key(String::len);
        let shortest = self.0.iter().take(8).map(String::as_str).collect::<Vec<_>>().join("\n");
        assert!(self.0.is_empty(), "{} of {compared} differ; the shortest:\n{shortest}", self.0.len());
    }
}

/// Payloads of each class in batches.
fn batches(seed: u64, counts: [(Class, usize); 3]) -> impl Iterator<Item = Vec<Vec<u8>>> {
    counts.into_iter().flat_map(move |(class, count)| {
        let mut rng = Rng::new(seed.wrapping_add(class as u64));
        let total = count * scale();
        (0..total).step_by(BATCH).map(move |done| {
            (0..BATCH.min(total - done)).map(|_| payloads::payload(&mut rng, class)).collect()
        })
    })
}

/// The tree as `read.php` shows it.
fn dump(node: Node<'_>, out: &mut Vec<u8>) {
    let hex = |text: &[u8], out: &mut Vec<u8>| {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        out.extend(
            text.iter().flat_map(|&byte| [byte >> 4, byte & 15].map(|digit| DIGITS[usize::from(digit)])),
        );
    };
    match node.text() {
        Some(text) => {
            out.push(b'"');
            hex(text, out);
        }
        None => {
            out.push(b'(');
            for child in node.children() {
                hex(child.key(), out);
                dump(child, out);
                out.push(b',');
            }
            out.push(b')');
        }
    }
}

/// What comparisons saw.
pub(crate) struct Seen {
    /// How many payloads were compared.
    pub(crate) compared: usize,
    /// Those that pass PHP's limit of nesting.
    pub(crate) too_deep: usize,
    /// Those that both sides reject.
    pub(crate) rejected: usize,
    /// Those of which PHP makes an array that is empty: no payload says one.
    pub(crate) empty: usize,
    /// How many payloads exercise each rule.
    pub(crate) rules: BTreeMap<Rule, usize>,
    /// What PHP says otherwise.
    pub(crate) differences: Differences,
}

impl Seen {
    pub(crate) fn new() -> Self {
        let rules = Rule::ALL.iter().map(|&rule| (rule, 0)).collect();
        Self { compared: 0, too_deep: 0, rejected: 0, empty: 0, rules, differences: Differences::default() }
    }

    /// Ours and PHP's tree of each payload.
    pub(crate) fn read(&mut self, batch: &[Vec<u8>]) {
        let unlimited = php("read", &[], &UNLIMITED, lines(batch.iter().map(Vec::as_slice)));
        // The limit can only be met by as many brackets.
        let is_many = |payload: &[u8]| {
            let encoded = payload.windows(3).filter(|three| three.eq_ignore_ascii_case(b"%5b")).count();
            encoded + payload.iter().filter(|&&byte| byte == b'[').count() > 64
        };
        let many = batch.iter().map(Vec::as_slice).filter(|payload| is_many(payload));
        let mut limited = php("read", &[], &NESTING_64, lines(many)).into_iter();
        assert_eq!(unlimited.len(), batch.len());
        for (payload, unlimited) in batch.iter().zip(&unlimited) {
            for rule in rules(payload) {
                *self.rules.entry(rule).or_default() += 1;
            }
            self.compared += 1;
            let is_too_deep = is_many(payload) && limited.next().expect("a line for each") != *unlimited;
            self.too_deep += usize::from(is_too_deep);
            let ours = match Form::read(payload) {
                Ok(form) => {
                    let mut ours = Vec::new();
                    dump(form.root(), &mut ours);
                    ours
                }
                Err(error) if error.kind() == ErrorKind::TooDeep => b"too deep".to_vec(),
                Err(error) => format!("{error}").into_bytes(),
            };
            let tree = unlimited.split(|&byte| byte == b' ').next().unwrap_or_default();
            let theirs = if is_too_deep { b"too deep" } else { tree };
            if ours != theirs {
                self.differences.add(payload, &ours, theirs);
            }
        }
    }

    /// Our output of each payload, and the one that the rules ask for.
    pub(crate) fn map(&mut self, batch: &[Vec<u8>]) {
        let theirs = php("to_v2", &[], &UNLIMITED, lines(batch.iter().map(Vec::as_slice)));
        assert_eq!(theirs.len(), batch.len());
        for (payload, theirs) in batch.iter().zip(&theirs) {
            let ours = match to_v2(payload) {
                Ok(converted) => converted.output().as_bytes().to_vec(),
                // Compared where payloads are read.
                Err(error) if error.kind() == ErrorKind::TooDeep => continue,
                Err(_) => b"rejected".to_vec(),
            };
            self.compared += 1;
            match ours == b"rejected" {
                true => self.rejected += 1,
                false => crate::schema::check(&ours).unwrap(),
            }
            if ours != *theirs {
                self.differences.add(payload, &ours, theirs);
            }
        }
    }

    /// What PHP reads of each payload, and of the one that our output and losses are restored to.
    pub(crate) fn restore(&mut self, converter: &mut Converter, batch: &[Vec<u8>]) {
        let pairs: Vec<(&[u8], Vec<u8>)> = (batch.iter())
            .filter_map(|payload| {
                let converted = to_v2(payload).ok()?;
                let restored = match converter.restore(converted.output().as_bytes(), converted.notes()) {
                    Ok(restored) => restored.output().to_vec(),
                    Err(error) => format!("error={error}").into_bytes(),
                };
                Some((payload.as_slice(), restored))
            })
            .collect();
        let input = lines(pairs.iter().flat_map(|(payload, restored)| [*payload, restored]));
        let verdicts = php("same", &[], &UNLIMITED, input);
        assert_eq!(verdicts.len(), pairs.len());
        for ((payload, restored), verdict) in pairs.iter().zip(&verdicts) {
            self.compared += 1;
            match verdict.as_slice() {
                b"same" => {}
                b"empty" => self.empty += 1,
                _ => self.differences.add(payload, restored, b"the same tree"),
            }
        }
    }
}

#[test]
fn payloads_are_read_as_php_reads_them() {
    if !has_php("reading") {
        return;
    }
    let mut seen = Seen::new();
    for batch in batches(1, [(Class::Plain, 10_000), (Class::Odd, 15_000), (Class::Hostile, 30_000)]) {
        seen.read(&batch);
    }
    let Seen { compared, too_deep, rules, differences, .. } = seen;
    println!("{compared} payloads, {too_deep} of them too deep; by rule: {rules:?}");
    differences.assert_none(compared);
    let unmet: Vec<&Rule> = rules.iter().filter(|(_, count)| **count == 0).map(|(rule, _)| rule).collect();
    assert!(unmet.is_empty() && too_deep > 0, "no payload exercises {unmet:?}");
}

#[test]
fn payloads_are_mapped_as_the_rules_say() {
    if !has_php("the mapping to v2") {
        return;
    }
    let mut seen = Seen::new();
    for batch in batches(2, [(Class::Plain, 10_000), (Class::Odd, 15_000), (Class::Hostile, 10_000)]) {
        seen.map(&batch);
    }
    let Seen { compared, rejected, differences, .. } = seen;
    println!("{compared} payloads, {rejected} of them rejected");
    differences.assert_none(compared);
}

#[test]
fn payloads_are_restored_as_php_read_them() {
    if !has_php("restoring payloads") {
        return;
    }
    let mut seen = Seen::new();
    let mut converter = Converter::new(Options::new(Source::V2, Target::Form));
    for batch in batches(3, [(Class::Plain, 8_000), (Class::Odd, 12_000), (Class::Hostile, 10_000)]) {
        seen.restore(&mut converter, &batch);
    }
    let Seen { compared, empty, differences, .. } = seen;
    println!("{compared} payloads, {empty} of them with an array that no payload says");
    differences.assert_none(compared);
}

/// v2 bodies in batches.
fn body_batches(seed: u64, count: usize) -> impl Iterator<Item = Vec<Body>> {
    let mut rng = Rng::new(seed);
    let total = count * scale();
    (0..total)
        .step_by(BATCH)
        .map(move |done| (0..BATCH.min(total - done)).map(|_| bodies::body(&mut rng)).collect())
}

#[test]
fn forms_are_written_as_http_build_query_writes_them() {
    if !has_php("writing forms") {
        return;
    }
    let (mut compared, mut rejected) = (0, 0);
    let mut differences = Differences::default();
    for batch in body_batches(4, 20_000) {
        let theirs = php("to_form", &[], &NESTING_64, lines(batch.iter().map(|body| body.tagged.as_bytes())));
        assert_eq!(theirs.len(), batch.len());
        for (body, theirs) in batch.iter().zip(&theirs) {
            let ours = match to_form(body.json.as_bytes()) {
                Ok(converted) => converted.output().as_bytes().to_vec(),
                Err(_) => b"rejected".to_vec(),
            };
            compared += 1;
            rejected += usize::from(ours == b"rejected");
            if ours != *theirs {
                differences.add(body.json.as_bytes(), &ours, theirs);
            }
        }
    }
    println!("{compared} bodies, {rejected} of them rejected");
    differences.assert_none(compared);
}

/// No PHP in this one, but the same bodies: what PHP agrees to be the form must also lead back.
#[test]
fn bodies_are_restored_to_the_byte() {
    let mut compared = 0;
    let mut differences = Differences::default();
    let mut converter = Converter::new(Options::new(Source::Form, Target::V2));
    for body in body_batches(4, 20_000).flatten() {
        let Ok(converted) = to_form(body.json.as_bytes()) else { continue };
        let restored = match converter.restore(converted.output().as_bytes(), converted.notes()) {
            Ok(restored) => restored.output().to_vec(),
            Err(error) => format!("error: {error}").into_bytes(),
        };
        compared += 1;
        if restored != body.json.as_bytes() {
            differences.add(body.json.as_bytes(), &restored, converted.output().as_bytes());
        }
    }
    println!("{compared} bodies");
    differences.assert_none(compared);
}

/// An edit of an output: the text after it, and what it means for the payload, as `same.php` reads it.
struct Edit {
    output: String,
    meaning: String,
}

/// Edits one marked value of an output, or what stands beside it in its item.
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
    let beside = |old: &str, field: &str, new: &str, spelled: &str| Edit {
        output: format!("{}{}{}", &output[..start], item.replacen(old, new, 1), &output[end..]),
        meaning: format!("{field} {mark}={spelled}"),
    };
    if item.starts_with("{\"service\":") && !item.contains("\"skype\"") && rng.chance(60) {
        let old = item.split("\"username\"").next()?;
        let new = rng.pick(&["icq", "aim", "other", "msn"]);
        return (!old.contains(new))
            .then(|| beside(old, "service", &format!("{{\"service\":\"{new}\","), new));
    }
    if item.contains("\"display_feed\":") && rng.chance(60) {
        return Some(if item.contains("\"display_feed\":true") {
            beside(":true", "display_feed", ":false", "0")
        } else {
            beside(":false", "display_feed", ":true", "1")
        });
    }
    let new = rng.pick(&["", "EDITED", "ü&+ %", "~~"]);
    Some(Edit { output: output.replace(&mark, new), meaning: format!("text {mark}={new}") })
}

/// A restored payload reads the output: an edit of a value there is an edit of the value in the payload.
#[test]
fn edits_of_the_output_are_edits_of_the_restored_payload() {
    if !has_php("edits") {
        return;
    }
    let mut differences = Differences::default();
    let mut converter = Converter::new(Options::new(Source::V2, Target::Form));
    let mut rng = Rng::new(5);
    let mut edited = Vec::new();
    for _ in 0..5_000 * scale() {
        let payload = payloads::marked(&mut rng);
        let Ok(converted) = to_v2(&payload) else { continue };
        let Some(edit) = edit(&mut rng, converted.output()) else { continue };
        let restored = match converter.restore(edit.output.as_bytes(), converted.notes()) {
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
