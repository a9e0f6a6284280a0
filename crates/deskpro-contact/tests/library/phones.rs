//! Phone numbers of the extended profile, compared with a record of Google's Python port of libphonenumber.
//!
//! `tests/phones/judge.py record` writes the record. `.ci/long` compares many more numbers.

use deskpro_contact::{Conversion, Converter, Options, PhoneReason, Profile, Region, Source, Target};
use serde_json::Value;

/// What the extended profile writes for a phone: the number and the extension, or the reason for its loss.
fn written(code: &str, number: &str, region: Option<Region>) -> Result<(String, String), PhoneReason> {
    let encoded = |text: &str| text.bytes().map(|byte| format!("%{byte:02X}")).collect::<String>();
    let payload =
        format!("type=phone&data[country_calling_code]={}&data[number]={}", encoded(code), encoded(number));
    let options = Options::new(Source::Form, Target::V2).profile(Profile::Extended).region(region);
    let converted = Converter::new(options).convert(&payload).map(Conversion::into_owned).unwrap();
    if let Some(reason) = converted.losses().iter().find_map(|loss| loss.reason()) {
        assert_eq!(converted.output(), r#"{"contact_data":{}}"#);
        return Err(reason);
    }
    let output: Value = serde_json::from_str(converted.output()).unwrap();
    let phone = &output["phone_numbers"][0];
    let text = |name: &str| phone[name].as_str().unwrap_or_default().to_owned();
    Ok((text("number"), text("extension")))
}

#[test]
fn the_recorded_numbers_are_written_if_they_are_valid_and_not_ambiguous() {
    let path = testkit::repository().join("tests/phones/numbers.jsonl");
    let record = std::fs::read_to_string(path).unwrap();
    let mut differences = Vec::new();
    let (mut count, mut count_written) = (0, 0);
    for line in record.lines() {
        let row: Value = serde_json::from_str(line).unwrap();
        let text = |name: &str| row[name].as_str().unwrap_or_default();
        let region = row["region"].as_str().map(|region| region.parse().unwrap());
        let expected =
            row["written"].as_str().map(|number| (number.to_owned(), text("extension").to_owned()));
        let found = written(text("code"), text("number"), region);
        count += 1;
        count_written += usize::from(found.is_ok());
        if found.clone().ok() != expected {
            differences.push(format!("{line}: {found:?}"));
        }
    }
    assert!(differences.is_empty(), "{} of {count}:\n{}", differences.len(), differences.join("\n"));
    assert_eq!(count, 2_000);
    assert!(count_written > 1_000, "only {count_written} numbers are written");
}
