//! Payloads with texts and names that are not UTF-8, and a check of their conversion with an encoding.

use std::collections::HashSet;

use deskpro_contact::form::{Form, Node};
use deskpro_contact::losses_file::decode_raw;
use deskpro_contact::{Code, Converter, Encoding, ErrorKind, Loss, LossValue, Options, Source, Target};

use crate::Rng;
use crate::form::{decoded, has_empty_array};
use crate::json::each_string;

/// An encoding and texts in it. Some texts are malformed, some contain the bytes of ASCII brackets or digits, and some
/// decode to equal text.
#[derive(Clone, Copy, Debug)]
pub struct Sample {
    /// The name of the encoding.
    pub name: &'static str,
    words: &'static [&'static [u8]],
}

/// Samples of encodings of each kind: with one byte or with several bytes per character.
pub const SAMPLES: [Sample; 9] = [
    Sample {
        name: "windows-1252",
        words: &[b"\xE9", b"Ren\xE9", b"\x80", b"\x81", b"\xC3\xA9", b"\xEF\xBB\xBF"],
    },
    Sample {
        name: "shift_jis",
        words: &[
            b"\x83\x5C",
            b"\x83\x6A\x81\x5B",
            b"\x83\x5D",
            b"\xB1",
            b"\x83",
            b"\xED\x40",
            b"\xFA\x5C",
            b"\x80",
        ],
    },
    Sample {
        name: "gb18030",
        words: &[
            b"\xD6\xD0",
            b"\x81\x30\x81\x30",
            b"\x84\x31\x95\x33",
            b"\x80",
            b"\xA2\xE3",
            b"\x81",
            b"\x81\x5B",
        ],
    },
    Sample { name: "euc-kr", words: &[b"\xB1\xE8", b"\x81\x41", b"\xFF", b"\x81"] },
    Sample { name: "big5", words: &[b"\xA4\xA4", b"\x88\x62", b"\xA5\x5C", b"\xA4\x5B", b"\x81"] },
    Sample { name: "koi8-r", words: &[b"\xC9\xCD\xD1", b"\xD0", b"\xA3"] },
    Sample { name: "iso-8859-15", words: &[b"\xA4", b"\xE9t\xE9"] },
    Sample { name: "x-user-defined", words: &[b"\x80", b"\xFF"] },
    Sample { name: "utf-8", words: &[b"\xE9", b"\xC3\xA9"] },
];

impl Sample {
    /// The encoding.
    ///
    /// # Panics
    ///
    /// If the name is unknown.
    #[must_use]
    pub fn encoding(self) -> Encoding {
        self.name.parse().unwrap()
    }

    /// Inserts texts of the encoding into a payload, raw or percent-encoded, most of them into values and names.
    #[must_use]
    pub fn sprinkle(self, rng: &mut Rng, payload: &[u8]) -> Vec<u8> {
        let mut payload = payload.to_vec();
        for _ in 0..=rng.below(4) {
            let word = rng.pick(self.words);
            let mut places: Vec<usize> = (0..payload.len())
                .filter(|&at| matches!(payload[at], b'&' | b']') || payload[at..].starts_with(b"%5D"))
                .collect();
            places.push(payload.len());
            let at = if rng.chance(85) { rng.pick(&places) } else { rng.below(payload.len() + 1) };
            let is_raw = rng.chance(50);
            let word: Vec<u8> = match is_raw {
                true => word.to_vec(),
                false => word.iter().flat_map(|byte| format!("%{byte:02X}").into_bytes()).collect(),
            };
            payload.splice(at..at, word);
        }
        payload
    }

    /// A converter to v2 with the encoding.
    #[must_use]
    pub fn converter(self) -> Converter {
        Converter::new(Options::new(Source::Form, Target::V2).encoding(Some(self.encoding())))
    }

    /// The expected text for some bytes: the decoded text, or the bytes themselves if they are UTF-8 or malformed in
    /// the encoding.
    fn text(self, bytes: &[u8]) -> Vec<u8> {
        let encoding = encoding_rs::Encoding::for_label(self.name.as_bytes()).unwrap();
        let decoded = || encoding.decode_without_bom_handling_and_without_replacement(bytes);
        match std::str::from_utf8(bytes).is_err().then(decoded).flatten() {
            Some(text) => text.into_owned().into_bytes(),
            None => bytes.to_vec(),
        }
    }
}

/// The result of checking a payload.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Outcome {
    /// The payload was rejected.
    Rejected,
    /// The payload was converted, and nothing had to be decoded.
    Utf8,
    /// The payload was converted, and texts or names were decoded.
    Decoded,
}

/// The expected notes: code, names of the path, and sent bytes.
type Expected = HashSet<(Code, Vec<Vec<u8>>, Vec<u8>)>;

/// Converts a payload with the encoding of a sample, and restores it.
///
/// # Errors
///
/// The first of these statements that is false: exactly the texts and names that were decoded have a note of their
/// bytes; each decoded text is in the output or in a loss; the payload that is restored without the option reads as the
/// original; only a malformed name or text, or two equal decoded names, reject a payload.
pub fn check(sample: Sample, converter: &mut Converter, payload: &[u8]) -> Result<Outcome, String> {
    let fail = |why: String| Err(format!("{}: {why}\n{}", sample.name, payload.escape_ascii()));
    let Ok(form) = Form::read(payload) else { return Ok(Outcome::Rejected) };
    let mut found = Found::default();
    found.walk(sample, form.root(), &[]);
    let conversion = match converter.convert(payload) {
        Ok(conversion) => conversion.into_owned(),
        Err(error) => {
            let kind = error.kind();
            let is_expected = kind == ErrorKind::DuplicateKey && found.has_equal_names
                || kind == ErrorKind::NotUtf8 && found.has_unreadable
                || [ErrorKind::ContactDataNotArray, ErrorKind::MisplacedField, ErrorKind::NotAForm]
                    .contains(&kind);
            return if is_expected { Ok(Outcome::Rejected) } else { fail(error.to_string()) };
        }
    };
    if found.has_equal_names {
        return fail("two equal names".to_owned());
    }
    let is_note = |loss: &&Loss| matches!(loss.code(), Code::EncodedText | Code::EncodedName);
    let notes: Vec<_> = (conversion.losses().iter().filter(is_note))
        .map(|loss| match loss.value() {
            Some(LossValue::Raw(raw)) => (loss.code(), loss.path_names(), decode_raw(raw)),
            value => panic!("{value:?}"),
        })
        .collect();
    let distinct: Expected = notes.iter().cloned().collect();
    if distinct.len() != notes.len() || distinct != found.expected {
        return fail(format!("expected the notes {:?}, found {notes:?}", found.expected));
    }
    let is_named = conversion.losses().iter().any(|loss| {
        loss.code() == Code::Encoding && loss.text() == Some(sample.name.to_owned()) && loss.path().is_empty()
    });
    if is_named == notes.is_empty() {
        return fail("the encoding is noted exactly if texts or names were decoded".to_owned());
    }
    let mut kept: HashSet<Vec<u8>> = HashSet::new();
    let mut keep = |json: &str| {
        each_string(&serde_json::from_str(json).unwrap(), &mut |text| {
            kept.extend([text.as_bytes().to_vec()])
        });
    };
    keep(conversion.output());
    let mut raws = Vec::new();
    for loss in conversion.losses() {
        match loss.value() {
            Some(LossValue::Json(json)) => keep(json),
            Some(LossValue::Raw(raw)) => raws.push(raw.clone()),
            Some(_) | None => {}
        }
    }
    // A raw array consists of pairs, some with more brackets than a payload may have. A raw text has no `=`.
    let pairs = raws.iter().flat_map(|raw| raw.split('&'));
    kept.extend(pairs.map(|pair| decoded(pair.split_once('=').map_or(pair, |(_, value)| value).as_bytes())));
    for (code, _, bytes) in &found.expected {
        // A decoded type or service is not in the output, but has a loss with the text.
        if *code == Code::EncodedText && !kept.contains(&sample.text(bytes)) {
            return fail(format!("lost: {}", bytes.escape_ascii()));
        }
    }
    let restored = deskpro_contact::restore_form(conversion.output(), conversion.losses_json())
        .map_err(|error| error.to_string())?;
    let again = Form::read(restored.output()).map_err(|error| error.to_string())?;
    let is_expressible = !form.root().children().any(has_empty_array);
    if form != again || is_expressible && !restored.losses().is_empty() {
        return fail(format!("restored as {}, left over {:?}", restored.output(), restored.losses()));
    }
    Ok(if notes.is_empty() { Outcome::Utf8 } else { Outcome::Decoded })
}

/// The names and texts of a form that are not UTF-8.
#[derive(Default)]
struct Found {
    expected: Expected,
    /// Whether a name or text is also malformed in the encoding.
    has_unreadable: bool,
    /// Whether a decoded name is equal to another name of its array.
    has_equal_names: bool,
}

impl Found {
    fn walk(&mut self, sample: Sample, node: Node<'_>, path: &[Vec<u8>]) {
        let mut names = HashSet::new();
        for child in node.children() {
            let name = sample.text(child.key());
            let mut path = path.to_vec();
            path.push(name.clone());
            self.add(Code::EncodedName, child.key(), &name, &path);
            self.has_equal_names |= !names.insert(name);
            if let Some(text) = child.text() {
                self.add(Code::EncodedText, text, &sample.text(text), &path);
            }
            self.walk(sample, child, &path);
        }
    }

    fn add(&mut self, code: Code, bytes: &[u8], text: &[u8], path: &[Vec<u8>]) {
        self.has_unreadable |= std::str::from_utf8(text).is_err();
        if bytes != text {
            self.expected.insert((code, path.to_vec(), bytes.to_vec()));
        }
    }
}
