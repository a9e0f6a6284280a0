//! A comparison of the two readers of forms: the plain reader and the general reader must give the same.
//!
//! `Options::general_reader(true)` forces the general reader; `Conversion::is_plain()` tells which one read the
//! payload.

use deskpro_contact::{Converter, Encoding, Options, Source, Target};

/// Converters in pairs with equal options: one prefers the plain reader, one uses the general reader alone. Each
/// converts payload after payload, so that state kept between payloads shows.
pub struct Readers {
    pairs: Vec<(&'static str, Converter, Converter)>,
}

impl Default for Readers {
    /// Readers under each option that decides what becomes of a form.
    fn default() -> Self {
        let to = |target| Options::new(Source::Form, target);
        // Some of the names that the edits give misplaced contact data.
        let allowed = ["Contact_Data", "person[contact_data]", "contact_data_1_type", "?name", "amp;name"];
        let allowing = allowed.into_iter().fold(to(Target::V2), Options::allow_field);
        let pairs = [
            ("v2", to(Target::V2)),
            ("v2, strict", to(Target::V2).strict(true)),
            ("v2, only contact data", to(Target::V2).only_contact_data(true)),
            ("v2, strict, only contact data", to(Target::V2).strict(true).only_contact_data(true)),
            ("v2, pretty", to(Target::V2).pretty(true)),
            ("v2, windows-1252", to(Target::V2).encoding(Some(Encoding::WINDOWS_1252))),
            (
                "v2, shift_jis, strict",
                to(Target::V2).encoding(Some("shift_jis".parse().unwrap())).strict(true),
            ),
            ("canonical, gb18030", to(Target::Canonical).encoding(Some("gb18030".parse().unwrap()))),
            ("v2, at most 300 bytes", to(Target::V2).max_payload(300)),
            ("v2, some fields allowed", allowing),
            ("canonical", to(Target::Canonical)),
            ("canonical, only contact data", to(Target::Canonical).only_contact_data(true)),
        ];
        let pairs = pairs.map(|(name, options)| {
            (name, Converter::new(options.clone()), Converter::new(options.general_reader(true)))
        });
        Self { pairs: pairs.into() }
    }
}

impl Readers {
    /// Converts a payload with both readers. Returns whether the plain reader read it.
    ///
    /// # Errors
    ///
    /// The first difference, under the first options that show one.
    pub fn compare(&mut self, payload: &[u8]) -> Result<bool, String> {
        let mut is_plain = false;
        for (name, plain, general) in &mut self.pairs {
            let (ours, theirs) = (said(plain, payload), said(general, payload));
            if theirs.is_plain {
                return Err(format!(
                    "{name}: the plain reader read although the general reader was asked for"
                ));
            }
            let parts = ours.parts.len().max(theirs.parts.len());
            for n in 0..parts {
                let (one, other) = (ours.parts.get(n), theirs.parts.get(n));
                if one != other {
                    return Err(format!("{name}:\nplain    {one:?}\ngeneral  {other:?}"));
                }
            }
            is_plain |= ours.is_plain;
        }
        Ok(is_plain)
    }
}

/// The result of reading a payload, in parts that can be compared and shown.
struct Said {
    is_plain: bool,
    parts: Vec<String>,
}

/// Everything that a caller can see of a conversion.
fn said(converter: &mut Converter, payload: &[u8]) -> Said {
    let mut parts = Vec::new();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    match converter.convert(payload) {
        Ok(conversion) => {
            let (mut line, mut notes) = (Vec::new(), Vec::new());
            conversion.write_losses_line(7, &mut line);
            conversion.write_losses_json(&mut notes);
            parts.extend([text(conversion.output()), text(&line), text(&notes)]);
            // With the places in the payload, which the losses file does not have.
            parts.extend(conversion.losses().map(|loss| format!("{loss:?}")));
            parts.push(format!("{:?}", conversion.codes().collect::<Vec<_>>()));
            parts.push(format!("{:?}", conversion.contacts().collect::<Vec<_>>()));
            parts.push(format!("{}", conversion.loses_data()));
            for name in ["id", "name", "email", "contact_data", "", "type", "first_name"] {
                parts.push(format!("{name}: {:?}", conversion.field(name)));
            }
            Said { is_plain: conversion.is_plain(), parts }
        }
        Err(error) => {
            parts.push(format!(
                "{:?} at {:?}, {:?}: {}, {}",
                error.kind(),
                error.path(),
                error.span(),
                error.message(),
                error.found()
            ));
            Said { is_plain: false, parts }
        }
    }
}
