//! Rows of a legacy database: the fixtures in `fixtures/rows`, random rows of random people, wrong columns and values.
//!
//! A fixture has `dump.sql`, and `legacy.form` (the payloads) or `message.txt` (why there is none). `losses.json` has a
//! line for each loss of the rows, and for each payload that is rejected: the number of the payload, the line of the
//! dump, and the loss or error. `args` are options of the command: `--table`, `--with`, `--encoding`.

use std::collections::HashSet;
use std::path::Path;

use deskpro_contact::form::{Form, Node};
use deskpro_contact::rows::{AddedField, Builder, Columns, ErrorKind, Key, Owner, Plan};
use deskpro_contact::{Code, Converter, Options, Severity, Source, Target};
use proptest::prelude::*;
use testkit::Rng;
use testkit::fixtures::{self, DUMP, FORM, LOSSES, MESSAGE};
use testkit::rows::{Row, Where, grouped, payloads, random_rows};

#[test]
fn fixtures_give_their_payloads_and_losses() {
    let mut count = 0;
    fixtures::check("rows", |folder| {
        count += 1;
        let dump = fixtures::read(folder, DUMP)?;
        let (mut forms, mut losses, mut message) = (Vec::new(), String::new(), String::new());
        match payloads(&dump, &plan(folder)?) {
            Err(error) => message = error + "\n",
            Ok(payloads) => {
                for (n, (payload, built)) in (1..).zip(payloads) {
                    forms.extend_from_slice(&payload);
                    forms.push(b'\n');
                    let mut add = |line: u64, name: &str, object: String| {
                        losses += &format!("{{\"payload\":{n},\"line\":{line},\"{name}\":{object}}}\n");
                    };
                    for loss in built.losses() {
                        add(loss.source_line().unwrap(), "loss", serde_json::to_string(loss).unwrap());
                    }
                    if let Some(error) = built.rejection() {
                        add(built.line_at(error.path()), "error", serde_json::to_string(error).unwrap());
                    }
                }
            }
        }
        let mut differences = String::new();
        for (file, found) in [(FORM, forms), (LOSSES, losses.into()), (MESSAGE, message.into())] {
            let expected =
                if folder.join(file).exists() { fixtures::read(folder, file)? } else { Vec::new() };
            if expected != found {
                let [expected, found] =
                    [expected, found].map(|text| String::from_utf8_lossy(&text).into_owned());
                differences.push_str(&format!("{file} contains\n{expected}\nbut the result is\n{found}\n"));
            }
        }
        if differences.is_empty() { Ok(String::new()) } else { Err(differences) }
    });
    assert!(count >= 15, "only {count} fixtures");
}

/// The plan of a folder's options.
fn plan(folder: &Path) -> Result<Plan, String> {
    let (mut owner, mut with, mut encoding) = (Owner::People, Vec::new(), None);
    for (option, value) in fixtures::options(folder)? {
        match option.as_str() {
            "--table" => owner = value.parse().map_err(|error| format!("{error}"))?,
            "--with" => with.push(value.parse().map_err(|error| format!("{error}"))?),
            "--encoding" => encoding = Some(value.parse().map_err(|error| format!("{error}"))?),
            _ => return Err(format!("no fixture can have {option}")),
        }
    }
    let plan = Plan::new(owner, with).map_err(|error| error.to_string())?;
    Ok(match encoding {
        Some(encoding) => plan.encoding(encoding),
        None => plan,
    })
}

#[test]
fn each_kind_of_error_has_its_own_name() {
    let names: HashSet<&str> = ErrorKind::ALL.iter().map(|kind| kind.name()).collect();
    assert_eq!(names.len(), ErrorKind::ALL.len());
}

#[test]
fn a_field_has_its_table_and_its_column() {
    let with: AddedField = "people.note=remarks[]".parse().unwrap();
    assert_eq!((with.table(), with.column(), with.field()), ("people", "note", "remarks"));
    let plan = Plan::new(Owner::People, [with, "custom.note".parse().unwrap()]).unwrap();
    let tables: Vec<&str> = plan.tables().collect();
    assert_eq!(tables, ["people", "custom", "people_contact_data", "phone_numbers"]);
}

fn with_email() -> Plan {
    Plan::new(Owner::People, ["people_emails.email=email".parse().unwrap()]).unwrap()
}

/// Reads rows in their order, with the position as line.
fn read(plan: &Plan, rows: &[Row], rng: &mut Rng) -> Vec<(Key, Vec<u8>)> {
    let mut read = Vec::new();
    for (line, row) in (1..).zip(rows) {
        let mut values = row.values.clone();
        values.push(("id".to_owned(), Some(row.id.to_string())));
        let person = row.person.map(|person| person.to_string());
        values.push(("person_id".to_owned(), person.or_else(|| rng.chance(50).then(String::new))));
        rng.shuffle(&mut values);
        let names: Vec<String> = values.iter().map(|(name, _)| name.clone()).collect();
        let columns = plan.columns(row.table, &names).unwrap();
        let mut compact = Vec::new();
        let values = values.iter().map(|(_, value)| value.as_ref().map(String::as_bytes));
        let key = columns.read(values, line, &mut compact).unwrap().expect("a row of people");
        assert_eq!((key.owner_id(), key.row_id()), (row.person, Some(row.id)));
        assert_eq!(Key::from_bytes(key.to_bytes()), key);
        read.push((key, compact));
    }
    read
}

/// The text at a path of a form.
fn at<'f>(form: &'f Form, names: &[String]) -> Option<&'f [u8]> {
    let mut node: Node<'f> = form.root();
    for name in names {
        node = node.get(name.as_bytes())?;
    }
    node.text()
}

/// The number of texts in a form.
fn texts(node: Node<'_>) -> usize {
    let mut count = 0;
    testkit::form::each_text(node, &mut |_| count += 1);
    count
}

/// An id, a person, a number, a label, and the value of another column.
type AnyRow = (Option<Vec<u8>>, Option<u16>, Option<Vec<u8>>, Option<Vec<u8>>, Option<Vec<u8>>);

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(super::laws::cases()) })]

    /// Each value of each row is at its place in the payload of its person or among the losses of that payload, and
    /// nothing else is there. People come in the order of their ids, rows without a person last.
    #[test]
    fn each_value_is_at_its_place(seed: u64) {
        let rng = &mut Rng::new(seed);
        let (plan, rows) = (with_email(), random_rows(rng));
        let read = read(&plan, &rows, rng);
        let mut again = read.clone();
        rng.shuffle(&mut again);
        let payloads = grouped(read, &plan).unwrap();
        prop_assert_eq!(&grouped(again, &plan).unwrap(), &payloads, "the order of rows does not matter");

        let mut people: Vec<Option<u64>> = rows.iter().map(|row| row.person).collect();
        people.sort_by_key(|person| (person.is_none(), *person));
        people.dedup_by(|one, next| one.is_some() && one == next);
        prop_assert_eq!(people.len(), payloads.len());
        let mut orphans = rows.iter().filter(|row| row.person.is_none()).collect::<Vec<_>>();
        orphans.sort_by_key(|row| (plan.tables().position(|table| table == row.table), row.id));
        let mut orphans = orphans.into_iter();
        for (person, (payload, built)) in people.iter().zip(&payloads) {
            let form = Form::read(payload).unwrap();
            prop_assert!(form.losses().is_empty() && form.write() == *payload);
            prop_assert_eq!(built.rejection().is_some(), person.is_none());
            let own: Vec<&Row> = match person {
                Some(_) => rows.iter().filter(|row| row.person == *person).collect(),
                None => orphans.next().into_iter().collect(),
            };
            let id = person.map(|person| person.to_string());
            prop_assert_eq!(at(&form, &["id".to_owned()]), id.as_deref().map(str::as_bytes));
            let mut losses = built.losses().to_vec();
            let mut written = usize::from(person.is_some());
            for row in &own {
                let line = 1 + rows.iter().position(|other| std::ptr::eq(other, *row)).unwrap() as u64;
                for (place, value) in &row.places {
                    let names = match place {
                        Where::Payload(names) => Some(names.clone()),
                        Where::Lost(_) => None,
                        Where::Either(name) => Some(vec![name.clone()]).filter(|names| at(&form, names) == Some(value.as_bytes())),
                    };
                    if let Some(names) = names {
                        prop_assert_eq!(at(&form, &names), Some(value.as_bytes()), "{:?} of {:?}", names, row);
                        prop_assert_eq!(built.line_at(&names.join("[")), line);
                        written += 1;
                    } else {
                        let (Where::Lost(path) | Where::Either(path)) = place else { unreachable!() };
                        let is_it = |loss: &&deskpro_contact::Loss| loss.path() == path && loss.text().as_deref() == Some(value);
                        let found = losses.iter().position(|loss| is_it(&loss));
                        prop_assert!(found.is_some(), "{path} {value} of {row:?}\n{losses:?}");
                        let loss = losses.remove(found.unwrap());
                        prop_assert_eq!(loss.source_line(), Some(line));
                    }
                }
            }
            prop_assert_eq!(texts(form.root()), written, "{}", String::from_utf8_lossy(payload));
            prop_assert!(losses.is_empty(), "{losses:?}");
        }
    }

    /// A payload is restored from its output, and the rows' losses of data are left over.
    #[test]
    fn payloads_are_restored(seed: u64) {
        let rng = &mut Rng::new(seed);
        let (plan, rows) = (with_email(), random_rows(rng));
        let mut converter = Converter::new(Options::new(Source::Form, Target::V2));
        let mut back = Converter::new(Options::new(Source::V2, Target::Form));
        for (payload, built) in grouped(read(&plan, &rows, rng), &plan).unwrap() {
            let conversion = converter.convert(&payload).unwrap().with_builder_losses(built.losses());
            prop_assert!(back.can_restore(&conversion));
            let mut saved = Vec::new();
            conversion.write_losses_json(&mut saved);
            let restored = back.restore(conversion.output(), &saved).unwrap();
            let left_over = restored.codes().filter(|(code, _)| *code == Code::LeftOver).count();
            let data = built.losses().iter().filter(|loss| loss.severity() == Severity::Data).count();
            prop_assert_eq!(left_over, data);
            prop_assert!(Form::read(restored.output()).unwrap() == Form::read(&payload).unwrap());
        }
    }

    /// Any values are read or are an error; keys as bytes have the order of keys.
    #[test]
    fn any_values_are_read(rows in prop::collection::vec(any::<AnyRow>(), 0..8)) {
        let plan = with_email();
        let columns = plan.columns("phone_numbers", &["id", "person_id", "number", "label", "é[x]"]).unwrap();
        let mut read = Vec::new();
        for (n, (id, person, number, label, other)) in (0_u64..).zip(&rows) {
            let mut out = Vec::new();
            let person = person.map(|person| person.to_string());
            let default = n.to_string().into_bytes();
            let id = id.as_ref().filter(|id| id.len() % 2 == 0).unwrap_or(&default);
            let values = [Some(id.as_slice()), person.as_deref().map(str::as_bytes), number.as_deref(), label.as_deref(), other.as_deref()];
            match columns.read(values, n, &mut out) {
                Ok(key) => read.push((key.unwrap(), out)),
                Err(error) => prop_assert!(error.kind() == ErrorKind::NotAnId && out.is_empty()),
            }
        }
        let mut by_bytes = read.clone();
        by_bytes.sort_by_key(|(key, _)| key.to_bytes());
        read.sort_by_key(|(key, _)| *key);
        prop_assert_eq!(&by_bytes, &read);
        let _ = grouped(read, &plan);
    }
}

fn columns(names: &[&str]) -> Columns {
    with_email().columns("phone_numbers", names).unwrap()
}

#[test]
fn a_wrong_column_or_value_is_named_with_its_table_and_line() {
    let plan = with_email();
    let error = |table: &str, names: &[&str]| plan.columns(table, names).unwrap_err().to_string();
    assert_eq!(
        error("people_contact_data", &["id", "person_id", "contact_type", "comment", "field1"]),
        "people_contact_data.field_1: expected a column of this name, found none (did you mean `field1`?)",
    );
    assert_eq!(
        error("people_emails", &["id", "user"]),
        "people_emails.person_id: expected a column of this name, found only id, user",
    );
    assert_eq!(
        error("phone_numbers", &["id", "person_id", "number", "ID"]),
        "phone_numbers.ID: expected each column once, found it twice",
    );
    assert_eq!(
        error("tickets", &["id"]),
        "expected one of the tables people_emails, people, people_contact_data, phone_numbers, found \"tickets\"",
    );
    let twice =
        Plan::new(Owner::People, ["x.note".parse().unwrap(), "y.note=other".parse().unwrap()]).unwrap();
    assert_eq!(
        twice.table_of(&["person_id", "note"]).unwrap_err().to_string(),
        "expected columns of one of the tables x (note), y (note), people_contact_data (contact_type), phone_numbers \
         (number), found those of x and of y",
    );
    assert_eq!(twice.table_of(&["person_id", "NOTE", "Contact_Type"]), Ok("people_contact_data"));
    let columns = columns(&["id", "person_id", "number"]);
    let error = |values: &[Option<&[u8]>]| {
        columns.read(values.iter().copied(), 17, &mut Vec::new()).unwrap_err().to_string()
    };
    assert_eq!(error(&[Some(b"1"), Some(b"2")]), "line 17, phone_numbers: expected 3 values, found 2 values",);
    assert_eq!(
        error(&[Some(b"1.5"), Some(b"2"), None]),
        "line 17, phone_numbers.id: expected a number of at most 64 bits, found \"1.5\"",
    );
    assert_eq!(
        error(&[None, Some(b"2"), None]),
        "line 17, phone_numbers.id: expected a number of at most 64 bits, found nothing",
    );
    assert_eq!(
        error(&[Some(b"1"), Some(b"-2"), None]),
        "line 17, phone_numbers.person_id: expected a number of at most 64 bits, found \"-2\"",
    );
    let error = columns.read([Some(&b"1"[..]), None], 17, &mut Vec::new()).unwrap_err();
    assert_eq!((error.line(), error.table(), error.column()), (Some(17), Some("phone_numbers"), None));
    let error = plan.columns("people_emails", &["id", "user"]).unwrap_err();
    assert_eq!(
        (error.line(), error.table(), error.column()),
        (None, Some("people_emails"), Some("person_id"))
    );
    let error = plan.columns("tickets", &["id"]).unwrap_err();
    assert_eq!((error.line(), error.table(), error.column()), (None, None, None));
}

#[test]
fn options_that_cannot_be_meant_are_rejected() {
    for (text, message) in [
        ("name", "expected TABLE.COLUMN, TABLE.COLUMN=FIELD or TABLE.COLUMN=FIELD[], found \"name\""),
        ("a.b[]", "expected TABLE.COLUMN, TABLE.COLUMN=FIELD or TABLE.COLUMN=FIELD[], found \"a.b[]\""),
        (".name", "expected TABLE.COLUMN"),
        ("people.=name", "expected TABLE.COLUMN"),
        ("people.id", "expected a field other than id, type, data and contact_data, found \"id\""),
        ("people.x=data[]", "expected a field other than"),
        ("people.x=a[b]", "expected a field that a form can name, without brackets, spaces and dots"),
        ("people.x=", "expected a field that a form can name"),
        ("people.x=first name", "expected a field that a form can name"),
        ("a.b.c", "expected a field that a form can name, without brackets, spaces and dots, found \"b.c\""),
    ] {
        let error = text.parse::<AddedField>().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidAddedField);
        assert!(error.to_string().starts_with(message), "{text}: {error}");
    }
    let plan = |with: &[&str]| {
        let error = Plan::new(Owner::People, with.iter().map(|with| with.parse().unwrap())).unwrap_err();
        error.to_string()
    };
    assert_eq!(plan(&["people.name", "x.y=name[]"]), "expected each field once, found \"name\" twice");
    assert!(plan(&["phone_numbers.label"]).starts_with("expected a table other than those of contact data"));
    for text in ["people.name=name", "people_emails.email=emails[]"] {
        assert_eq!(text.parse::<AddedField>().unwrap().to_string(), text);
    }
    for owner in Owner::ALL {
        assert_eq!(owner.to_string().parse(), Ok(owner));
    }
    assert!("person".parse::<Owner>().is_err());
}

/// Rows that are in the dump but say nothing about the people give no payload.
#[test]
fn people_are_read_only_for_what_is_needed() {
    let plan = with_email();
    let people = plan.columns("people", &["password", "primary_email_id", "id"]).unwrap();
    let mut out = Vec::new();
    assert_eq!(people.read([Some(&b"secret"[..]), None, Some(b"7")], 1, &mut out), Ok(None));
    assert!(people.read([Some(&b"secret"[..]), Some(b"3"), Some(b"7")], 1, &mut out).unwrap().is_some());
    assert!(!out.windows(6).any(|bytes| bytes == b"secret"));
    let named = Plan::new(Owner::People, ["people.name".parse().unwrap()]).unwrap();
    let people = named.columns("people", &["id", "name"]).unwrap();
    assert!(people.read([Some(&b"7"[..]), None], 1, &mut out).unwrap().is_some(), "a person without a name");
    assert!(Plan::new(Owner::People, []).unwrap().columns("people", &["id"]).is_err());
}

#[test]
fn a_builder_keeps_nothing_of_the_person_before() {
    let plan = with_email();
    let columns = columns(&["id", "person_id", "number"]);
    let mut builder = Builder::new(&plan);
    let mut out = b"of another person".to_vec();
    for (id, person) in [("1", "7"), ("2", "8")] {
        let mut row = Vec::new();
        columns.read([Some(id.as_bytes()), Some(person.as_bytes()), None], 1, &mut row).unwrap();
        let built = builder.payload([row.as_slice()], &mut out).unwrap();
        assert_eq!(built.line_at(""), 1);
        assert_eq!(
            String::from_utf8_lossy(&out),
            format!("id={person}&contact_data%5Bp{id}%5D%5Btype%5D=phone")
        );
    }
}

#[test]
fn the_tables_of_contact_data_need_their_ids() {
    assert_eq!(Owner::People.id_column(), "person_id");
    assert_eq!(Owner::Organizations.id_column(), "organization_id");
    let plan = Plan::new(Owner::People, []).unwrap();
    let error = plan.columns("phone_numbers", &["person_id", "number"]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::MissingColumn, "{error}");
}
