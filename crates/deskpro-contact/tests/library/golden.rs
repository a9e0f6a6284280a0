//! Every folder of `fixtures`, converted, compared with what a person expects of it, and put back.
//!
//! A new case is a new folder; nothing here names one.
//!
//! | folder | what goes in | what must come out | what it must name as lost |
//! |---|---|---|---|
//! | `fixtures/to-v2/<odd>` | `legacy.form` | `v2.json` | `losses.json`; none without the file |
//! | `fixtures/to-form/<odd>` | `v2.json` | `legacy.form` | `losses.json`; none without the file |
//! | `fixtures/invalid/<wrong>` | `legacy.form` or `v2.json` | | `message.txt`: what is rejected, where, and why |
//! | `fixtures/invalid/losses-<wrong>` | also `losses.json`, the losses of the one line, or `losses.jsonl`, a file of them | | `message.txt`: why they are not put back |
//!
//! `legacy.form` has a payload a line. `v2.json` and `losses.json` are laid out for readers: their white space says
//! nothing, the order of names and the digits of numbers do. A folder that fails shows what its file would have to
//! say. How losses point into a payload is in `snapshots`, which are never accepted by themselves where `CI` is set.

use std::fmt::Write;
use std::ops::Range;
use std::path::Path;

use deskpro_contact::form::Form;
use deskpro_contact::losses_file::{Rejected, write_rejected};
use deskpro_contact::{Code, Conversion, Converter, Error, LossValue, Options, Source, Target};
use testkit::fixtures::{FORM, JSON, LOSSES, LOSSES_FILE, MESSAGE, check, read, same};
use testkit::json::{compact, plain};
use testkit::schema;

#[test]
fn to_v2() {
    let mut there = Direction::to(Target::V2);
    insta_of("to-v2", check("to-v2", |folder| there.check(folder, FORM, JSON)));
}

#[test]
fn to_form() {
    let mut there = Direction::to(Target::Form);
    insta_of("to-form", check("to-form", |folder| there.check(folder, JSON, FORM)));
}

#[test]
fn invalid() {
    let (mut forms, mut bodies) = (Direction::to(Target::V2), Direction::to(Target::Form));
    let mut count = 0;
    check("invalid", |folder| {
        count += 1;
        let has = |file: &str| folder.join(file).exists();
        let (there, file) = match (has(FORM), has(JSON)) {
            (true, false) => (&mut forms, FORM),
            (false, true) => (&mut bodies, JSON),
            _ => return Err(format!("holds {FORM} or {JSON}, and only one of them")),
        };
        match (has(LOSSES), has(LOSSES_FILE)) {
            (false, false) => there.check_rejected(folder, file),
            (true, false) => there.check_losses(folder, file),
            // The command reads these: `restoring::losses_files`.
            (false, true) => Ok(String::new()),
            (true, true) => Err(format!("holds {LOSSES} or {LOSSES_FILE}, and only one of them")),
        }
    });
    assert!(count >= 150, "{count} are too few to say that each mistake is met");
}

/// Compares the human view with the snapshot that was last accepted.
#[track_caller]
fn insta_of(name: &str, view: String) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/snapshots"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, view));
}

/// The lines of a file. What follows the last line end is a line only where it is not empty.
fn lines(bytes: &[u8]) -> Vec<&[u8]> {
    let mut lines: Vec<&[u8]> = bytes.split(|&byte| byte == b'\n').collect();
    if lines.last().is_some_and(|last| last.is_empty()) {
        lines.pop();
    }
    lines
}

/// A converter, and the one that puts back what it wrote. Both go from folder to folder, so that nothing may stay
/// in them from one payload to the next.
struct Direction {
    target: Target,
    there: Converter,
    back: Converter,
}

impl Direction {
    fn to(target: Target) -> Self {
        let other = if target == Target::V2 { Target::Form } else { Target::V2 };
        Self {
            target,
            there: Converter::new(Options::new(source_of(target), target)),
            back: Converter::new(Options::new(source_of(other), other)),
        }
    }

    /// Whether a restored payload means what the payload meant: to PHP, or as JSON.
    fn means_the_same(&self, payload: &[u8], restored: &[u8]) -> bool {
        match self.target {
            Target::V2 => Form::read(payload).unwrap() == Form::read(restored).unwrap(),
            Target::Form | Target::Canonical => plain_text(payload) == plain_text(restored),
        }
    }

    /// The payloads of a file: lines of a form, or JSON values without the layout of the file.
    fn payloads(folder: &Path, file: &str) -> Result<Vec<Vec<u8>>, String> {
        let bytes = read(folder, file)?;
        match file {
            FORM => Ok(lines(&bytes).into_iter().map(<[u8]>::to_vec).collect()),
            _ => Ok(compact(std::str::from_utf8(&bytes).unwrap())
                .into_iter()
                .map(String::into_bytes)
                .collect()),
        }
    }

    fn check(&mut self, folder: &Path, from: &str, to: &str) -> Result<String, String> {
        let payloads = Self::payloads(folder, from)?;
        let expected = Self::payloads(folder, to)?;
        let expected_losses = match folder.join(LOSSES).exists() {
            true => Self::payloads(folder, LOSSES)?,
            false => Vec::new(),
        };
        let (mut outputs, mut losses, mut view) = (Vec::new(), Vec::new(), String::new());
        for (number, payload) in (1..).zip(&payloads) {
            let conversion =
                self.there.convert(payload).map_err(|error| format!("line {number}: rejected: {error}"))?;
            let output = conversion.output().to_vec();
            if self.target == Target::V2 {
                schema::check(&output).map_err(|why| format!("line {number}: {why}"))?;
            }
            let lost = written_losses(number, &conversion)?;
            view += &said(payload, &conversion);
            self.put_back(payload, &output, &lost).map_err(|why| format!("line {number}: {why}"))?;
            outputs.push(output);
            if !lost.is_empty() {
                losses.push(lost);
            }
        }
        same(to, &expected, &outputs)?;
        same(LOSSES, &expected_losses, &losses)?;
        Ok(view)
    }

    /// The law of restoring, for one payload.
    fn put_back(&mut self, payload: &[u8], output: &[u8], losses: &[u8]) -> Result<(), String> {
        let back = self.back.restore(output, losses).map_err(|error| format!("not put back: {error}"))?;
        let left = back.codes().filter(|&(code, _)| code == Code::LeftOver).count();
        let restored = back.output().to_vec();
        if left == 0 && self.means_the_same(payload, &restored) {
            return Ok(());
        }
        let (read, restored) = (String::from_utf8_lossy(payload), String::from_utf8_lossy(&restored));
        Err(format!("put back, {left} left over\n    read {read}\nrestored {restored}"))
    }

    fn check_rejected(&mut self, folder: &Path, file: &str) -> Result<String, String> {
        // The bytes of the file as they are: the places in them are counted.
        let bytes = read(folder, file)?;
        let expected = String::from_utf8(read(folder, MESSAGE)?).unwrap();
        let mut said = String::new();
        for (number, payload) in (1..).zip(lines(&bytes)) {
            match self.there.convert(payload) {
                Err(error) => {
                    said += &rejection(number, "payload", payload, &error);
                    kept_whole(number, &error, payload)?;
                }
                Ok(conversion) => {
                    let errors: Vec<Error> =
                        conversion.losses().filter_map(|loss| loss.error().cloned()).collect();
                    let output = conversion.output().to_vec();
                    if self.target == Target::V2 {
                        schema::check(&output)?;
                    }
                    let lost = written_losses(number, &conversion)?;
                    self.put_back(payload, &output, &lost)?;
                    for error in &errors {
                        said += &rejection(number, "record", payload, error);
                    }
                    let mut strict =
                        Converter::new(Options::new(source_of(self.target), self.target).strict(true));
                    let strictly = strict.convert(payload).err();
                    if strictly.as_ref() != errors.first() {
                        return Err(format!("strict rejects the payload for {strictly:?}"));
                    }
                }
            }
        }
        same(MESSAGE, &[expected.into_bytes()], &[said.into_bytes()])?;
        Ok(String::new())
    }

    /// Losses that are none: nothing is restored, where the output alone would be.
    fn check_losses(&mut self, folder: &Path, file: &str) -> Result<String, String> {
        let [payload] = &Self::payloads(folder, file)?[..] else {
            return Err(format!("{file}: not one line"));
        };
        let losses = read(folder, LOSSES)?;
        let losses = losses.strip_suffix(b"\n").unwrap_or(&losses);
        let said = match self.there.restore(payload, losses) {
            Ok(conversion) => format!("restored {}\n", shown(conversion.output())),
            Err(error) => rejection(1, "losses", payload, &error),
        };
        same(MESSAGE, &[read(folder, MESSAGE)?], &[said.into_bytes()])?;
        match self.there.restore(payload, b"") {
            Ok(_) => Ok(String::new()),
            Err(error) => Err(format!("without losses: {error}")),
        }
    }
}

/// The losses line of a conversion. A program that writes the losses by itself writes the same.
fn written_losses(number: u64, conversion: &Conversion<'_>) -> Result<Vec<u8>, String> {
    let mut line = Vec::new();
    conversion.write_losses(number, None, &mut line);
    let losses: Result<Vec<String>, _> =
        conversion.losses().map(|loss| serde_json::to_string(&loss)).collect();
    let list = format!(r#""losses":[{}]}}"#, losses.map_err(|error| error.to_string())?.join(","));
    if line.is_empty() || line.ends_with(list.as_bytes()) {
        Ok(line)
    } else {
        Err(format!("by itself {list}\nin a line {}", String::from_utf8_lossy(&line)))
    }
}

/// What a diagnostic says of a rejection, and the bytes it points at.
fn rejection(line: u64, what: &str, payload: &[u8], error: &Error) -> String {
    let comma = if error.path().is_empty() { "" } else { ", " };
    let (path, message, code) = (error.path(), error.message(), error.kind().name());
    format!(
        "line {line}{comma}{path}: {message}\n  {code}, rejects the {what}; at {}\n",
        at(payload, error.span())
    )
}

/// A stretch of a payload, and its text.
fn at(payload: &[u8], span: Range<usize>) -> String {
    let text = &payload[span.clone()];
    let colon = if text.is_empty() { "" } else { ": " };
    format!("{}..{}{colon}{}", span.start, span.end, shown(text))
}

/// Bytes as text, the first sixty characters: controls and bytes that are not UTF-8 escaped.
fn shown(bytes: &[u8]) -> String {
    let mut out: Vec<String> = Vec::new();
    for chunk in bytes.utf8_chunks() {
        let escaped =
            |char: char| if char.is_control() { char.escape_default().to_string() } else { char.into() };
        out.extend(chunk.valid().chars().map(escaped));
        out.extend(chunk.invalid().iter().map(|byte| format!("\\x{byte:02X}")));
    }
    let rest = if out.len() > 60 { "…" } else { "" };
    out.truncate(60);
    out.concat() + rest
}

/// What a person reads of a conversion: the losses, and where they point.
fn said(payload: &[u8], conversion: &Conversion<'_>) -> String {
    let mut out = String::new();
    for loss in conversion.losses() {
        write!(out, "{} {}", loss.severity().name(), loss.code().name()).unwrap();
        if !loss.path().is_empty() {
            write!(out, " {}", loss.path()).unwrap();
        }
        match loss.value() {
            Some(LossValue::Json(json)) => write!(out, " {}", shown(json.as_bytes())).unwrap(),
            Some(LossValue::Raw(raw)) => write!(out, " raw {}", shown(raw.as_bytes())).unwrap(),
            Some(_) | None => {}
        }
        writeln!(out, "\n  at {}", at(payload, loss.span())).unwrap();
        if let Some(error) = loss.error() {
            writeln!(out, "  {error}").unwrap();
        }
    }
    if out.is_empty() { "nothing is lost\n".to_owned() } else { out }
}

/// A rejected payload is in the losses file with its code, its path and its message, and to the byte.
fn kept_whole(number: u64, error: &Error, payload: &[u8]) -> Result<(), String> {
    let mut line = Vec::new();
    let rejected =
        Rejected { line: number, id: None, error, emitted: false, payload: Some(payload), losses: None };
    write_rejected(&rejected, &mut line);
    let line: serde_json::Value = serde_json::from_slice(&line).map_err(|error| error.to_string())?;
    let said = &line["error"];
    let kept = match (line["value"].as_str(), line["raw"].as_str()) {
        (Some(value), None) => value.as_bytes().to_vec(),
        // Percent-encoded as the value of a pair is.
        (None, Some(raw)) => {
            let form = Form::read(format!("raw={raw}").as_bytes()).unwrap();
            form.root().get(b"raw").unwrap().text().unwrap().to_vec()
        }
        _ => return Err(format!("neither value nor raw in {line}")),
    };
    let is_whole = line["line"] == number
        && line["emitted"] == false
        && said["code"] == error.kind().name()
        && said["path"].as_str().unwrap_or_default() == error.path()
        && said["message"] == error.message()
        && kept == payload;
    if is_whole { Ok(()) } else { Err(format!("not kept whole: {line}")) }
}

/// A JSON text as another writer may have it.
fn plain_text(body: &[u8]) -> String {
    plain(std::str::from_utf8(body).unwrap())
}

/// The source that a target is made from here.
fn source_of(target: Target) -> Source {
    if target == Target::Form { Source::V2 } else { Source::Form }
}
