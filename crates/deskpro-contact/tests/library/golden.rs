//! Converts every folder of `fixtures`, compares the result with the expected files, and restores it.
//!
//! To add a case, add a folder.
//!
//! | folder | input | expected output | expected losses |
//! |---|---|---|---|
//! | `fixtures/to-v2/<case>` | `legacy.form` | `v2.json` | `losses.json`; without the file, no losses |
//! | `fixtures/to-form/<case>` | `v2.json` | `legacy.form` | `losses.json`; without the file, no losses |
//! | `fixtures/json/<case>` | `source.json`: legacy JSON | `legacy.form`, and of that `v2.json` | `losses.json`; without the file, no losses |
//! | `fixtures/invalid/<case>` | `legacy.form` or `v2.json` | | `message.txt`: each rejection, its position and reason |
//! | `fixtures/invalid/losses-<case>` | also `losses.json` (the losses of the only line) or `losses.jsonl` (a losses file) | | `message.txt`: why they are not restored |
//!
//! A file `args` has options of the command, for example `--encoding windows-1252`. Restoring gets none of them but the
//! profile, which the head of a losses file has.
//!
//! `legacy.form` has one payload per line. `v2.json` and `losses.json` are formatted for readers: white space is
//! ignored, but the order of names and the digits of numbers are compared. A failure prints the actual content of the
//! file. The spans of losses are in `snapshots`, which are never accepted automatically if `CI` is set.

use std::fmt::Write;
use std::ops::Range;
use std::path::Path;

use deskpro_contact::form::Form;
use deskpro_contact::losses_file::{Rejected, write_rejected};
use deskpro_contact::{
    Code, Conversion, Converter, Error, Loss, LossValue, Options, Profile, Severity, Source, Target,
    legacy_json,
};
use testkit::fixtures::{FORM, JSON, LOSSES, LOSSES_FILE, MESSAGE, SOURCE, check, options, read, same};
use testkit::json::{compact, plain};
use testkit::schema;

#[test]
fn fixtures_are_converted_to_v2_and_restored() {
    let mut direction = Direction::to(Target::V2);
    let check_folder = |folder: &Path| match Direction::with_options(folder, Target::V2)? {
        Some(mut own) => own.check(folder, FORM, JSON),
        None => direction.check(folder, FORM, JSON),
    };
    assert_snapshot("to-v2", check("to-v2", check_folder));
}

#[test]
fn fixtures_are_converted_to_forms_and_restored() {
    let mut direction = Direction::to(Target::Form);
    let check_folder = |folder: &Path| match Direction::with_options(folder, Target::Form)? {
        Some(mut own) => own.check(folder, JSON, FORM),
        None => direction.check(folder, JSON, FORM),
    };
    assert_snapshot("to-form", check("to-form", check_folder));
}

#[test]
fn fixtures_of_legacy_json_are_converted_and_restored() {
    let mut direction = Direction::to(Target::V2);
    assert_snapshot("json", check("json", |folder| direction.check_source(folder)));
}

#[test]
fn invalid_fixtures_are_rejected_with_their_messages() {
    let (mut forms, mut bodies) = (Direction::to(Target::V2), Direction::to(Target::Form));
    let mut count = 0;
    check("invalid", |folder| {
        count += 1;
        let has = |file: &str| folder.join(file).exists();
        let (direction, file) = match (has(FORM), has(JSON)) {
            (true, false) => (&mut forms, FORM),
            (false, true) => (&mut bodies, JSON),
            _ => return Err(format!("holds {FORM} or {JSON}, and only one of them")),
        };
        let mut own = Direction::with_options(folder, direction.target)?;
        let direction = own.as_mut().unwrap_or(direction);
        match (has(LOSSES), has(LOSSES_FILE)) {
            (false, false) => direction.check_rejected(folder, file),
            (true, false) => direction.check_losses(folder, file),
            // The tests of the command cover these: `restoring::losses_files`.
            (false, true) => Ok(String::new()),
            (true, true) => Err(format!("holds {LOSSES} or {LOSSES_FILE}, and only one of them")),
        }
    });
    assert!(count >= 150, "only {count} fixtures");
}

/// Compares the readable list of losses with the accepted snapshot.
#[track_caller]
fn assert_snapshot(name: &str, view: String) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/snapshots"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, view));
}

/// The lines of a file. Text after the last line end is a line if it is not empty.
fn lines(bytes: &[u8]) -> Vec<&[u8]> {
    let mut lines: Vec<&[u8]> = bytes.split(|&byte| byte == b'\n').collect();
    if lines.last().is_some_and(|last| last.is_empty()) {
        lines.pop();
    }
    lines
}

/// A converter and the converter that restores its output. Both are reused for all folders, so that a test fails if a
/// converter keeps state from an earlier payload.
struct Direction {
    target: Target,
    converter: Converter,
    restorer: Converter,
    profile: Profile,
}

impl Direction {
    /// The converters for a folder that has options; `None` for a folder without options.
    fn with_options(folder: &Path, target: Target) -> Result<Option<Self>, String> {
        let given = options(folder)?;
        let own = Self::to(target);
        let (mut options, mut restoring) = (own.options(), own.restoring_options());
        let mut profile = Profile::Documented;
        for (option, value) in &given {
            options = match &**option {
                "--encoding" => options.encoding(Some(value.parse().map_err(|why| format!("{why}"))?)),
                "--region" => options.region(Some(value.parse().map_err(|why| format!("{why}"))?)),
                "--profile" => {
                    profile = value.parse().map_err(|why| format!("{why}"))?;
                    // The head of a losses file has it.
                    restoring = restoring.profile(profile);
                    options.profile(profile)
                }
                _ => return Err(format!("no fixture can have {option}")),
            };
        }
        let (converter, restorer) = (Converter::new(options), Converter::new(restoring));
        let direction = Self { converter, restorer, profile, ..own };
        Ok((!given.is_empty()).then_some(direction))
    }

    fn to(target: Target) -> Self {
        let [options, restoring] =
            [target, other(target)].map(|target| Options::new(source_of(target), target));
        Self {
            target,
            converter: Converter::new(options),
            restorer: Converter::new(restoring),
            profile: Profile::Documented,
        }
    }

    fn options(&self) -> Options {
        Options::new(source_of(self.target), self.target)
    }

    fn restoring_options(&self) -> Options {
        let other = other(self.target);
        Options::new(source_of(other), other)
    }

    /// Whether the payload and the restored payload are equal as read by PHP or as JSON.
    fn is_equivalent(&self, payload: &[u8], restored: &[u8]) -> bool {
        match self.target {
            Target::V2 => Form::read(payload).unwrap() == Form::read(restored).unwrap(),
            Target::Form | Target::Canonical => plain_text(payload) == plain_text(restored),
        }
    }

    /// The payloads of a file: the lines of a form file, or the JSON values in compact form.
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

    /// Converts and restores all payloads of a folder.
    fn check(&mut self, folder: &Path, from: &str, to: &str) -> Result<String, String> {
        let payloads = Self::payloads(folder, from)?;
        let expected = Self::payloads(folder, to)?;
        let expected_losses = match folder.join(LOSSES).exists() {
            true => Self::payloads(folder, LOSSES)?,
            false => Vec::new(),
        };
        let (mut outputs, mut losses, mut view) = (Vec::new(), Vec::new(), String::new());
        for (number, payload) in (1..).zip(&payloads) {
            let conversion = self
                .converter
                .convert(payload)
                .map_err(|error| format!("line {number}: rejected: {error}"))?;
            let output = conversion.output().to_vec();
            if self.target == Target::V2 {
                schema::check_profile(&output, self.profile)
                    .map_err(|why| format!("line {number}: {why}"))?;
            }
            let lost = written_losses(number, &conversion)?;
            view += &describe(payload, &conversion);
            self.check_restored(payload, &output, &lost).map_err(|why| format!("line {number}: {why}"))?;
            outputs.push(output);
            if !lost.is_empty() {
                losses.push(lost);
            }
        }
        same(to, &expected, &outputs)?;
        same(LOSSES, &expected_losses, &losses)?;
        Ok(view)
    }

    /// Builds the payloads of a folder, converts and restores them.
    fn check_source(&mut self, folder: &Path) -> Result<String, String> {
        let (mut payloads, mut outputs, mut losses, mut view) =
            (Vec::new(), Vec::new(), Vec::new(), String::new());
        for (number, line) in (1..).zip(&Self::payloads(folder, SOURCE)?) {
            let mut payload = Vec::new();
            let builder_losses = legacy_json::payload(line, &mut payload)
                .map_err(|error| format!("line {number}: rejected: {error}"))?;
            let conversion = self
                .converter
                .convert(&payload)
                .map_err(|error| format!("line {number}: rejected payload: {error}"))?;
            let conversion = conversion.with_builder_losses(&builder_losses);
            let output = conversion.output().to_vec();
            let lost = written_losses(number, &conversion)?;
            view += &describe_all(line, &builder_losses);
            let is_data = |loss: &&Loss| loss.severity() == Severity::Data;
            let left_over = builder_losses.iter().filter(is_data).count();
            let restored = self.restorer.restore(&output, &lost);
            let restored = restored.map_err(|error| format!("line {number}: not restored: {error}"))?;
            let left = restored.codes().filter(|&(code, _)| code == Code::LeftOver).count();
            let is_restored = Form::read(&payload).unwrap() == Form::read(restored.output()).unwrap();
            if left != left_over || !is_restored {
                return Err(format!("line {number}: restored with {left} left over, not {left_over}"));
            }
            payloads.push(payload);
            outputs.push(output);
            if !lost.is_empty() {
                losses.push(lost);
            }
        }
        same(FORM, &Self::payloads(folder, FORM)?, &payloads)?;
        same(JSON, &Self::payloads(folder, JSON)?, &outputs)?;
        let expected = match folder.join(LOSSES).exists() {
            true => Self::payloads(folder, LOSSES)?,
            false => Vec::new(),
        };
        same(LOSSES, &expected, &losses)?;
        Ok(view)
    }

    /// Restores an output and compares it with the payload.
    fn check_restored(&mut self, payload: &[u8], output: &[u8], losses: &[u8]) -> Result<(), String> {
        let result =
            self.restorer.restore(output, losses).map_err(|error| format!("not restored: {error}"))?;
        let left = result.codes().filter(|&(code, _)| code == Code::LeftOver).count();
        let restored = result.output().to_vec();
        if left == 0 && self.is_equivalent(payload, &restored) {
            return Ok(());
        }
        let (read, restored) = (String::from_utf8_lossy(payload), String::from_utf8_lossy(&restored));
        Err(format!("restored with {left} left over\n payload {read}\nrestored {restored}"))
    }

    /// Compares the rejections of a folder with its message.
    fn check_rejected(&mut self, folder: &Path, file: &str) -> Result<String, String> {
        // Use the unchanged bytes of the file, because the message contains spans.
        let bytes = read(folder, file)?;
        let expected = String::from_utf8(read(folder, MESSAGE)?).unwrap();
        let mut message = String::new();
        for (number, payload) in (1..).zip(lines(&bytes)) {
            match self.converter.convert(payload) {
                Err(error) => {
                    message += &rejection(number, "payload", payload, &error);
                    check_kept(number, &error, payload)?;
                }
                Ok(conversion) => {
                    let errors: Vec<Error> =
                        conversion.losses().filter_map(|loss| loss.error().cloned()).collect();
                    let output = conversion.output().to_vec();
                    if self.target == Target::V2 {
                        schema::check(&output)?;
                    }
                    let lost = written_losses(number, &conversion)?;
                    self.check_restored(payload, &output, &lost)?;
                    for error in &errors {
                        message += &rejection(number, "record", payload, error);
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
        same(MESSAGE, &[expected.into_bytes()], &[message.into_bytes()])?;
        Ok(String::new())
    }

    /// Checks that invalid losses fail with the message, and that the same output without losses is restored.
    fn check_losses(&mut self, folder: &Path, file: &str) -> Result<String, String> {
        let [payload] = &Self::payloads(folder, file)?[..] else {
            return Err(format!("{file}: not one line"));
        };
        let losses = read(folder, LOSSES)?;
        let losses = losses.strip_suffix(b"\n").unwrap_or(&losses);
        let message = match self.converter.restore(payload, losses) {
            Ok(conversion) => format!("restored {}\n", shown(conversion.output())),
            Err(error) => rejection(1, "losses", payload, &error),
        };
        same(MESSAGE, &[read(folder, MESSAGE)?], &[message.into_bytes()])?;
        match self.converter.restore(payload, b"") {
            Ok(_) => Ok(String::new()),
            Err(error) => Err(format!("without losses: {error}")),
        }
    }
}

/// The losses line of a conversion. Checks that its losses equal the losses serialized with serde.
fn written_losses(number: u64, conversion: &Conversion<'_>) -> Result<Vec<u8>, String> {
    let mut line = Vec::new();
    if conversion.has_losses() {
        conversion.write_losses_line(number, &mut line);
        schema::check_losses_line(&line)?;
    }
    let losses: Result<Vec<String>, _> =
        conversion.losses().map(|loss| serde_json::to_string(&loss)).collect();
    let list = format!(r#""losses":[{}]}}"#, losses.map_err(|error| error.to_string())?.join(","));
    if line.is_empty() || line.ends_with(list.as_bytes()) {
        Ok(line)
    } else {
        Err(format!("serialized {list}\nin the line {}", String::from_utf8_lossy(&line)))
    }
}

/// A rejection as text: its message, code and span.
fn rejection(line: u64, what: &str, payload: &[u8], error: &Error) -> String {
    let comma = if error.path().is_empty() { "" } else { ", " };
    let (path, message, code) = (error.path(), error.message(), error.kind().name());
    format!(
        "line {line}{comma}{path}: {message}\n  {code}, rejects the {what}; at {}\n",
        at(payload, error.span())
    )
}

/// A span and its text.
fn at(payload: &[u8], span: Range<usize>) -> String {
    let text = &payload[span.clone()];
    let colon = if text.is_empty() { "" } else { ": " };
    format!("{}..{}{colon}{}", span.start, span.end, shown(text))
}

/// The first sixty characters of a text. Control characters and bytes that are not UTF-8 are escaped.
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

/// The losses of a conversion as text, with their spans.
fn describe(payload: &[u8], conversion: &Conversion<'_>) -> String {
    describe_all(payload, &conversion.losses().collect::<Vec<_>>())
}

/// Losses as text, with their spans in a payload or a line of another source.
fn describe_all(payload: &[u8], losses: &[Loss]) -> String {
    let mut out = String::new();
    for loss in losses {
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
        if let Some(reason) = loss.reason() {
            writeln!(out, "  {reason}: {}", reason.words()).unwrap();
        }
        if let Some(error) = loss.error() {
            writeln!(out, "  {error}").unwrap();
        }
        if let Some(hint) = loss.hint() {
            writeln!(out, "  {hint}").unwrap();
        }
    }
    if out.is_empty() { "no losses\n".to_owned() } else { out }
}

/// Checks that the losses line of a rejected payload contains its code, path and message, and the payload byte for
/// byte.
fn check_kept(number: u64, error: &Error, payload: &[u8]) -> Result<(), String> {
    let mut line = Vec::new();
    let rejected = Rejected {
        line: number,
        id: None,
        error,
        emitted: false,
        payload: Some(payload),
        losses: None,
        builder_losses: &[],
    };
    write_rejected(&rejected, &mut line);
    let line: serde_json::Value = serde_json::from_slice(&line).map_err(|error| error.to_string())?;
    let written = &line["error"];
    let kept = match (line["value"].as_str(), line["raw"].as_str()) {
        (Some(value), None) => value.as_bytes().to_vec(),
        // The bytes are percent-encoded like the value of a pair.
        (None, Some(raw)) => {
            let form = Form::read(format!("raw={raw}").as_bytes()).unwrap();
            form.root().get(b"raw").unwrap().text().unwrap().to_vec()
        }
        _ => return Err(format!("neither value nor raw in {line}")),
    };
    let is_complete = line["line"] == number
        && line["emitted"] == false
        && written["code"] == error.kind().name()
        && written["path"].as_str().unwrap_or_default() == error.path()
        && written["message"] == error.message()
        && kept == payload;
    if is_complete { Ok(()) } else { Err(format!("the losses line is incomplete: {line}")) }
}

/// A JSON text in normalized form.
fn plain_text(body: &[u8]) -> String {
    plain(std::str::from_utf8(body).unwrap())
}

/// The target of restoring.
fn other(target: Target) -> Target {
    if target == Target::V2 { Target::Form } else { Target::V2 }
}

/// The source format for a target in this test.
fn source_of(target: Target) -> Source {
    if target == Target::Form { Source::V2 } else { Source::Form }
}
