//! A comparison of the two readers of forms: the plain reader and the general reader must give equal results.
//!
//! `Options::general_reader(true)` forces the general reader. `Conversion::is_plain()` says whether the plain reader
//! read the payload.

use deskpro_contact::{Converter, Encoding, Options, Source, Target};

/// Pairs of converters with equal options. The first of a pair tries the plain reader, the second uses only the general
/// reader. Each converts all payloads, so that the comparison also finds state that one payload leaves for the next.
pub struct Readers {
    pairs: Vec<(&'static str, Converter, Converter)>,
}

impl Default for Readers {
    /// Pairs for each option that affects the result for a form.
    fn default() -> Self {
        let to = |target| Options::new(Source::Form, target);
        // Some names of misplaced contact data that the edits use.
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
    /// The first difference, for the first options with a difference.
    pub fn compare(&mut self, payload: &[u8]) -> Result<bool, String> {
        let mut is_plain = false;
        for (name, plain, general) in &mut self.pairs {
            let (plain, general) = (observed(plain, payload), observed(general, payload));
            if general.is_plain {
                return Err(format!(
                    "{name}: the plain reader read although the general reader was asked for"
                ));
            }
            let parts = plain.parts.len().max(general.parts.len());
            for n in 0..parts {
                let (one, other) = (plain.parts.get(n), general.parts.get(n));
                if one != other {
                    return Err(format!("{name}:\nplain    {one:?}\ngeneral  {other:?}"));
                }
            }
            is_plain |= plain.is_plain;
        }
        Ok(is_plain)
    }
}

/// The result of converting a payload, as texts that can be compared and shown.
struct Observed {
    is_plain: bool,
    parts: Vec<String>,
}

/// Converts a payload and collects everything that a caller can observe.
fn observed(converter: &mut Converter, payload: &[u8]) -> Observed {
    let mut parts = Vec::new();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    match converter.convert(payload) {
        Ok(conversion) => {
            let (mut line, mut json) = (Vec::new(), Vec::new());
            conversion.write_losses_line(7, &mut line);
            conversion.write_losses_json(&mut json);
            parts.extend([text(conversion.output()), text(&line), text(&json)]);
            // These include the positions in the payload, which the losses file does not have.
            parts.extend(conversion.losses().map(|loss| format!("{loss:?}")));
            parts.push(format!("{:?}", conversion.codes().collect::<Vec<_>>()));
            parts.push(format!("{:?}", conversion.contacts().collect::<Vec<_>>()));
            parts.push(format!("{}", conversion.has_data_losses()));
            for name in ["id", "name", "email", "contact_data", "", "type", "first_name"] {
                parts.push(format!("{name}: {:?}", conversion.field(name)));
            }
            Observed { is_plain: conversion.is_plain(), parts }
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
            Observed { is_plain: false, parts }
        }
    }
}
