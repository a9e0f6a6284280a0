//! The law of rows of a legacy database.

use deskpro_contact::form::Form;
use deskpro_contact::losses_file::decode_raw;
use deskpro_contact::rows::{Owner, Plan};
use deskpro_contact::{Converter, LossValue, Source, Target};
use testkit::form::each_text;
use testkit::rows::grouped;

use crate::setup::Setup;

/// A row: a number that chooses its table and its type, its id, its person, and its values.
pub type Row<'r> = (u8, u8, Option<u8>, [Option<&'r [u8]>; 13]);

const TYPES: [&str; 8] = ["address", "phone", "Fax", "twitter", "linked-in", "im", "facebook", "pager"];

/// Each value of each row is in a payload or among the losses, and reading the payloads loses nothing. Each payload
/// that is converted is restored.
pub fn rows_are_conserved(setup: Setup, rows: &[Row<'_>]) {
    let with = "people_emails.email=email".parse().expect("a column");
    let plan = Plan::new(Owner::People, [with]).expect("one field");
    let columns = [
        (
            "people_contact_data",
            "contact_type comment field_1 field_2 field_3 field_4 field_5 field_6 field_7 field_8 field_9 field_10 added",
        ),
        ("phone_numbers", "number ext label added"),
        ("people_emails", "email"),
    ];
    let columns = columns.map(|(table, names)| {
        let names: Vec<&str> = "id person_id".split(' ').chain(names.split(' ')).collect();
        (plan.columns(table, &names).expect("all columns"), names.len())
    });
    let (mut read, mut values) = (Vec::new(), Vec::new());
    for (n, (choice, id, person, texts)) in (1..).zip(rows) {
        let (columns, count) = &columns[usize::from(choice % 3)];
        let (id, person) = (id.to_string(), person.map(|person| person.to_string()));
        let mut row = vec![Some(id.as_bytes()), person.as_ref().map(|person| person.as_bytes())];
        row.extend(&texts[..count - 2]);
        if choice % 3 == 0 && choice % 2 == 0 {
            row[2] = Some(TYPES[usize::from(choice / 6) % TYPES.len()].as_bytes());
        }
        values
            .extend(row[2..].iter().flatten().filter(|value| !value.is_empty()).map(|value| value.to_vec()));
        let mut compact = Vec::new();
        let key = columns.read(row, n, &mut compact).expect("ids are numbers");
        read.push((key.expect("a row of people"), compact));
    }
    let Ok(payloads) = grouped(read, &plan) else {
        return; // Two rows with one id differ.
    };
    let mut found: Vec<Vec<u8>> = Vec::new();
    let mut there = Converter::new(setup.options(Source::Form, Target::V2));
    let mut back = Converter::new(setup.options(Source::V2, Target::Form));
    for (payload, built) in &payloads {
        if let Ok(conversion) = there.convert(payload) {
            let conversion = conversion.with_builder_losses(built.losses());
            assert!(back.can_restore(&conversion), "{}", payload.escape_ascii());
        }
        let form = Form::read(payload).expect("no payload is too deep");
        assert!(form.losses().is_empty() && form.write() == *payload);
        each_text(form.root(), &mut |text| found.push(text.to_vec()));
        for loss in built.losses() {
            let _ = built.line_at(loss.path());
            match loss.value() {
                Some(LossValue::Raw(raw)) => found.push(decode_raw(raw)),
                Some(_) | None => found.extend(loss.text().map(String::into_bytes)),
            }
        }
    }
    for value in values {
        let is_in = |text: &Vec<u8>| text.windows(value.len()).any(|part| part == value);
        assert!(found.iter().any(is_in), "{}", String::from_utf8_lossy(&value));
    }
}
