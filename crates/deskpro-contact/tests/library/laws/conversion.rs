//! Conversion reports every loss and never panics.

use deskpro_contact::form::{Form, Node};
use deskpro_contact::{
    Code, Conversion, Converter, ErrorKind, Options, Severity, Source, Target, restore_form, restore_v2,
    to_form, to_v2,
};
use proptest::prelude::*;
use serde_json::Value;
use testkit::Rng;
use testkit::conserved::lost_words;
use testkit::form::decoded;
use testkit::payloads::{self, Class};

use super::payloads::{hostile, marked_names, payload};
use super::{cases, texts};

/// Collects the leaves of a form: path and value.
fn leaves(node: Node<'_>, path: &str, out: &mut Vec<(String, Vec<u8>)>) {
    for child in node.children() {
        let key = String::from_utf8_lossy(child.key()).into_owned();
        let path = if path.is_empty() { key } else { format!("{path}[{key}]") };
        match child.text() {
            Some(text) => out.push((path, text.to_vec())),
            None => leaves(child, &path, out),
        }
    }
}

/// The name of a change of a whole payload, and the change. It returns `None` for a payload that cannot be changed so.
type Respelling = (&'static str, fn(&str) -> Option<String>);

const RESPELLINGS: [Respelling; 12] = [
    ("escaped for HTML", |payload| payload.contains('&').then(|| payload.replace('&', "&amp;"))),
    ("the query of a URL", |payload| Some(format!("?{payload}"))),
    ("a URL", |payload| Some(format!("https://example.com/people?{payload}"))),
    ("encoded twice", |payload| {
        let name = |name: &str| {
            let encoded = name.replace('%', "%25").replace('[', "%5B").replace(']', "%5D");
            if name.contains('%') { encoded } else { encoded.replace('%', "%25") }
        };
        Some(each_name(payload, name))
    }),
    ("after a byte order mark", |payload| {
        payload.starts_with("contact_data").then(|| format!("\u{feff}{payload}"))
    }),
    ("after a no-break space", |payload| {
        payload.starts_with("contact_data").then(|| format!("%C2%A0{payload}"))
    }),
    ("after tabs", |payload| payload.starts_with("contact_data").then(|| format!("\t\u{200b}{payload}"))),
    ("in upper case", |payload| {
        Some(each_name(payload, |name| name.replace("contact_data", "CONTACT_DATA")))
    }),
    ("in camel case", |payload| Some(each_name(payload, |name| name.replace("contact_data", "contactData")))),
    ("with a hyphen", |payload| {
        Some(each_name(payload, |name| name.replace("contact_data", "contact-data")))
    }),
    ("with dots", |payload| {
        let name = |name: &str| match decoded(name.as_bytes()) {
            name if name.starts_with(b"contact_data") => {
                String::from_utf8_lossy(&name).replace("][", ".").replace('[', ".").replace(']', "")
            }
            _ => name.to_owned(),
        };
        let respelled = each_name(payload, name);
        let is_number = |rest: &str| rest.starts_with(|char: char| char.is_ascii_digit());
        respelled.split("contact_data.").skip(1).all(is_number).then_some(respelled)
    }),
    ("in a wrapper", |payload| {
        let name = |name: &str| match name.strip_prefix("contact_data") {
            Some(rest) => format!("person[contact_data]{rest}"),
            None => name.to_owned(),
        };
        Some(each_name(payload, name))
    }),
];

/// Changes each name of a payload.
fn each_name(payload: &str, change: impl Fn(&str) -> String) -> String {
    let pairs = payload.split('&').map(|pair| match pair.split_once('=') {
        Some((name, value)) => format!("{}={value}", change(name)),
        None => change(pair),
    });
    pairs.collect::<Vec<_>>().join("&")
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn prop_any_bytes_are_converted_and_restored_without_a_panic(bytes in prop_oneof![hostile(), prop::collection::vec(any::<u8>(), 0..200)]) {
        let _ = to_v2(&bytes);
        let _ = to_form(&bytes);
        let _ = restore_form(&bytes, &bytes);
        let _ = restore_v2(&bytes, &bytes);
    }

    #[test]
    fn prop_writer_and_reader_are_inverse(bytes in prop_oneof![hostile(), payload().prop_map(String::into_bytes)]) {
        if let Ok(form) = Form::read(&bytes) {
            let again = Form::read(form.write()).unwrap();
            prop_assert!(form == again);
            prop_assert!(again.losses().is_empty());
            prop_assert_eq!(form.write(), again.write());
        }
    }

    #[test]
    fn prop_every_value_is_in_the_output_or_in_the_losses_once(payload in payload()) {
        let form = Form::read(payload.as_bytes()).unwrap();
        let Ok(converted) = to_v2(payload.as_bytes()) else { return Ok(()) };
        let body: Value = serde_json::from_str(converted.output()).unwrap();
        let mut out = Vec::new();
        texts(&body, "", &mut out);
        let mut lost: Vec<(String, Vec<(String, String)>)> = Vec::new();
        for loss in converted.losses().iter().filter(|loss| !matches!(loss.code(), Code::MendedName | Code::Order | Code::Records)) {
            let value = match loss.value() {
                Some(deskpro_contact::LossValue::Json(json)) => serde_json::from_str(json).unwrap(),
                Some(value) => return Err(TestCaseError::fail(format!("{value:?}"))),
                None => continue,
            };
            let mut found = Vec::new();
            texts(&value, "", &mut found);
            lost.push((loss.path().to_owned(), found));
        }
        // The values that the form contains.
        let mut sent = Vec::new();
        leaves(form.root(), "", &mut sent);
        for (path, text) in &sent {
            let text = String::from_utf8(text.clone()).unwrap();
            if !text.starts_with('v') {
                continue;
            }
            let leaf = path.rsplit('[').next().unwrap().trim_end_matches(']');
            let kept = out.iter().filter(|(_, kept)| *kept == text).collect::<Vec<_>>();
            let in_losses: Vec<&String> =
                lost.iter().filter(|(_, found)| found.iter().any(|(_, kept)| *kept == text)).map(|(path, _)| path).collect();
            prop_assert_eq!(kept.len() + in_losses.len(), 1, "{} at {}: {:?} {:?}", text, path, kept, in_losses);
            for (name, _) in kept {
                // `profile_url` becomes `url`; list positions have no name.
                let is_own = name == leaf || leaf == "profile_url" && name == "url" || leaf.parse::<u64>().is_ok();
                prop_assert!(is_own, "{} is in the output as {}", path, name);
            }
            for at in in_losses {
                let plain = at.replace("%5B", "[").replace("%25", "%");
                prop_assert!(path.starts_with(&plain) || at.is_empty(), "{} is lost at {}", path, at);
            }
        }
        for loss in form.losses().iter().filter(|loss| loss.severity() == Severity::Data) {
            prop_assert!(converted.losses().contains(loss), "{:?}", loss);
        }
    }

    /// Every part of a name is in the output or in the losses, also the name of a pair that PHP drops or changes.
    #[test]
    fn prop_every_part_of_a_name_is_in_the_output_or_in_the_losses(
        payload in prop_oneof![4 => marked_names(), 1 => hostile()],
        seed in any::<u64>(),
    ) {
        let mut rng = Rng::new(seed);
        let odd = [Class::Odd, Class::Hostile].map(|class| payloads::payload(&mut rng, class));
        for payload in [payload].into_iter().chain(odd) {
            let Ok(converted) = to_v2(&payload) else { continue };
            let lost = lost_words(&payload, converted.output().as_bytes(), converted.losses_json());
            prop_assert!(lost.is_empty(), "{:?} of {}", lost, payload.escape_ascii());
        }
    }

    /// A payload that was escaped, encoded again or respelled as a whole is rejected: no contact passes as another
    /// field.
    #[test]
    fn prop_payloads_that_were_escaped_or_respelled_are_rejected(seed in any::<u64>(), how in 0..RESPELLINGS.len()) {
        let mut rng = Rng::new(seed);
        let payload = payloads::payload(&mut rng, Class::Plain);
        let payload = String::from_utf8(payload).unwrap();
        let (name, respell) = RESPELLINGS[how];
        let has_contacts = payload.starts_with("contact_data") || payload.contains("&contact_data");
        let respelled = if has_contacts { respell(&payload) } else { return Ok(()) };
        let Some(respelled) = respelled else { return Ok(()) };
        let kind = to_v2(&respelled).map_err(|error| error.kind());
        prop_assert_eq!(kind.err(), Some(ErrorKind::MisplacedField), "{}: {}", name, respelled);
    }

    /// A reused converter gives the same results as a new one.
    #[test]
    fn prop_earlier_payloads_do_not_affect_a_conversion(
        texts in prop::collection::vec(prop_oneof![payload().prop_map(String::into_bytes), hostile()], 1..6),
        seed in any::<u64>(),
    ) {
        let mut rng = Rng::new(seed);
        let classes = [Class::Plain, Class::Odd, Class::Hostile];
        let more = (0..6).map(|n| payloads::payload(&mut rng, classes[n % classes.len()]));
        let mut payloads: Vec<Vec<u8>> = texts.into_iter().chain(more).collect();
        // One payload with the pairs of all.
        let joined = payloads.concat();
        payloads.push(joined);
        payloads.extend(payloads.clone());
        let mut converter = Converter::new(Options::new(Source::Form, Target::V2));
        for payload in &payloads {
            let reused = converter.convert(payload).map(Conversion::into_owned).map_err(|error| error.to_string());
            let fresh = to_v2(payload).map_err(|error| error.to_string());
            prop_assert_eq!(reused, fresh, "{}", String::from_utf8_lossy(payload));
        }
    }
}
