//! Compares reading, mapping and restoring of payloads with PHP, and counts what was compared.

use std::collections::BTreeMap;

use deskpro_contact::form::{Form, Node};
use deskpro_contact::{Converter, ErrorKind, Options, Source, Target, to_v2};

use super::oracle::{Differences, NESTING_64, UNLIMITED, lines, php};
use super::rules::{Rule, rules};

/// Writes a tree in the notation of `read.php`.
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

/// The counts and differences of comparisons.
pub(crate) struct Seen {
    /// The number of compared payloads.
    pub(crate) compared: usize,
    /// Payloads over PHP's nesting limit.
    pub(crate) too_deep: usize,
    /// Payloads that both sides reject.
    pub(crate) rejected: usize,
    /// Payloads from which PHP makes an empty array that no other payload can express.
    pub(crate) empty: usize,
    /// The number of payloads that exercise each rule.
    pub(crate) rules: BTreeMap<Rule, usize>,
    /// The differences from PHP.
    pub(crate) differences: Differences,
}

impl Seen {
    pub(crate) fn new() -> Self {
        let rules = Rule::ALL.iter().map(|&rule| (rule, 0)).collect();
        Self { compared: 0, too_deep: 0, rejected: 0, empty: 0, rules, differences: Differences::default() }
    }

    /// Compares our tree of each payload with PHP's.
    pub(crate) fn read(&mut self, batch: &[Vec<u8>]) {
        let unlimited = php("read", &[], &UNLIMITED, lines(batch.iter().map(Vec::as_slice)));
        // Only payloads with more than 64 brackets can exceed the nesting limit.
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

    /// Compares our v2 output of each payload with that of `to_v2.php`.
    pub(crate) fn map(&mut self, batch: &[Vec<u8>]) {
        let theirs = php("to_v2", &[], &UNLIMITED, lines(batch.iter().map(Vec::as_slice)));
        assert_eq!(theirs.len(), batch.len());
        for (payload, theirs) in batch.iter().zip(&theirs) {
            let ours = match to_v2(payload) {
                Ok(converted) => converted.output().as_bytes().to_vec(),
                // `read` compares these.
                Err(error) if error.kind() == ErrorKind::TooDeep => continue,
                Err(_) => b"rejected".to_vec(),
            };
            self.compared += 1;
            match ours == b"rejected" {
                true => self.rejected += 1,
                false => testkit::schema::check(&ours).unwrap(),
            }
            if ours != *theirs {
                self.differences.add(payload, &ours, theirs);
            }
        }
    }

    /// Compares the trees that PHP reads from each payload and from the payload that we restore.
    pub(crate) fn restore(&mut self, converter: &mut Converter, batch: &[Vec<u8>]) {
        let mut to_v2 = Converter::new(Options::new(Source::Form, Target::V2));
        self.restore_from(&mut to_v2, converter, batch);
    }

    /// Compares the trees that PHP reads from each payload and from the payload that `back` restores of the output of
    /// `there`.
    pub(crate) fn restore_from(&mut self, there: &mut Converter, back: &mut Converter, batch: &[Vec<u8>]) {
        let pairs: Vec<(&[u8], Vec<u8>)> = (batch.iter())
            .filter_map(|payload| {
                let converted = there.convert(payload).ok()?.into_owned();
                let restored = match back.restore(converted.output().as_bytes(), converted.losses_json()) {
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
