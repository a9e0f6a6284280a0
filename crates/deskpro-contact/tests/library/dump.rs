//! SQL dumps: the fixtures in `fixtures/dump`, rows in random spellings, broken dumps.
//!
//! A fixture has `dump.sql`, and `events.jsonl` or `message.txt` or both: the events, and the error after them. The
//! wanted tables are `people_contact_data` and `phone_numbers`.

use std::collections::HashSet;

use deskpro_contact::dump::{ErrorKind, Event, Reader};
use proptest::prelude::*;
use testkit::Rng;
use testkit::dumps::{hexadecimal, random_value, read, write_gap, write_value};
use testkit::fixtures::{self, DUMP, EVENTS, MESSAGE};

const WANTED: &[&str] = &["people_contact_data", "phone_numbers"];

#[test]
fn fixtures_give_their_events_or_their_message() {
    let mut count = 0;
    fixtures::check("dump", |folder| {
        count += 1;
        let dump = fixtures::read(folder, DUMP)?;
        let (events, error) = read(&dump, WANTED, || dump.len());
        let (bytewise, bytewise_error) = read(&dump, WANTED, || 1);
        if events != bytewise || error != bytewise_error {
            return Err(format!("byte by byte, the result is\n{bytewise:#?}\n{bytewise_error:?}"));
        }
        // A reader waits for more bytes than it lacks, so that some cuts only show in a dump of two pieces.
        for cut in 1..dump.len().min(600) {
            let mut pieces = [cut, dump.len()].into_iter();
            let (in_two, in_two_error) = read(&dump, WANTED, || pieces.next().unwrap());
            if events != in_two || error != in_two_error {
                return Err(format!("in two pieces, the first of {cut} bytes, the result differs"));
            }
        }
        let lines: String = events.iter().map(|event| format!("{event}\n")).collect();
        let message: String = error.iter().map(|error| format!("{error}\n")).collect();
        let mut differences = String::new();
        for (file, found) in [(EVENTS, lines), (MESSAGE, message)] {
            let expected =
                if folder.join(file).exists() { fixtures::read(folder, file)? } else { Vec::new() };
            // Rows before an error need no file of their own.
            let is_optional = file == EVENTS && error.is_some() && !folder.join(file).exists();
            if !is_optional && expected != found.as_bytes() {
                let expected = String::from_utf8_lossy(&expected);
                differences.push_str(&format!("{file} contains\n{expected}\nbut the result is\n{found}\n"));
            }
        }
        if differences.is_empty() { Ok(String::new()) } else { Err(differences) }
    });
    assert!(count >= 20, "only {count} fixtures");
}

#[test]
fn an_error_has_its_table_and_column() {
    let error = |dump: &[u8]| {
        let error = read(dump, WANTED, || dump.len()).1.unwrap();
        (error.line(), error.table().map(str::to_owned), error.column().map(str::to_owned))
    };
    let some = |text: &str| Some(text.to_owned());
    assert_eq!(
        error(b"\nINSERT INTO phone_numbers (id) VALUES (1-1);"),
        (2, some("phone_numbers"), some("id"))
    );
    assert_eq!(error(b"INSERT INTO phone_numbers VALUES (1);"), (1, some("phone_numbers"), None));
    assert_eq!(error(b"NONSENSE;"), (1, None, None));
}

#[test]
fn each_kind_of_error_has_its_own_name() {
    let names: HashSet<&str> = ErrorKind::ALL.iter().map(|kind| kind.name()).collect();
    assert_eq!(names.len(), ErrorKind::ALL.len());
    assert_eq!(ErrorKind::UnknownStatement.name(), "dump-unknown-statement");
}

#[test]
fn a_row_shows_its_line_for_debugging() {
    let mut reader = Reader::new(WANTED.iter().copied());
    reader.feed(b"INSERT INTO phone_numbers (id, number) VALUES (1, 'a');");
    reader.end();
    let insert = format!("{:?}", reader.next_event().unwrap());
    let row = format!("{:?}", reader.next_event().unwrap());
    assert!(insert.contains("phone_numbers") && row.contains("line: 1"), "{insert} {row}");
}

#[test]
fn a_long_value_in_small_pieces_costs_linear_time() {
    let value = "it''s \\' long ".repeat(300_000);
    for table in ["people_contact_data", "people"] {
        let dump = format!("INSERT INTO {table} (a) VALUES ('{value}');");
        let (events, error) = read(dump.as_bytes(), WANTED, || 50);
        assert!(error.is_none());
        assert_eq!(rows(&events).len(), usize::from(table == WANTED[0]));
    }
}

/// The reader needs memory for the longest row, not for the dump.
#[test]
fn rows_are_given_before_the_dump_ends() {
    let mut reader = Reader::new(WANTED.iter().copied());
    let mut rows = 0;
    for _ in 0..100 {
        reader.feed(b"INSERT INTO phone_numbers (id) VALUES (1),(2);\nINSERT INTO other (id) VALUES (3);\n");
        while let Some(event) = reader.next_event().unwrap() {
            rows += usize::from(matches!(event, Event::Row(_)));
        }
    }
    assert!(rows >= 100, "only {rows} of 200 rows");
}

/// A dump of random rows in random spellings, with the bytes of the wanted rows in hexadecimal digits.
fn random_dump(rng: &mut Rng) -> (Vec<u8>, Vec<Vec<Option<String>>>) {
    let (mut dump, mut rows) = (Vec::new(), Vec::new());
    let columns = 1 + rng.below(4);
    let names: Vec<String> = (0..columns).map(|n| format!("c{n}")).collect();
    let mut knows_columns = false;
    for _ in 0..rng.below(12) {
        write_gap(rng, &mut dump);
        let is_wanted = rng.chance(60);
        let table = if is_wanted { "wanted" } else { "other" };
        let table = match rng.below(4) {
            0 => format!("`{table}`"),
            1 => format!("\"{table}\""),
            2 => format!("db.`{table}`"),
            _ => table.to_owned(),
        };
        match rng.below(8) {
            // A table is made once, before its rows.
            0 if !knows_columns && rows.is_empty() => {
                for name in ["wanted", "db.wanted"] {
                    let text = format!("CREATE TABLE {name} (\n  {} text,\n  PRIMARY KEY (c0)\n);", names.join(" int(1),\n"));
                    dump.extend_from_slice(text.as_bytes());
                }
                knows_columns = true;
            }
            1 => dump.extend_from_slice(b"DELIMITER $$\nCREATE TRIGGER t INSERT INTO wanted VALUES (';', \"$$\"); END$$\nDELIMITER ;\n"),
            2 => dump.extend_from_slice(b"/*!40000 ALTER TABLE `wanted` DISABLE KEYS */;\nLOCK TABLES `wanted` WRITE;;"),
            _ => {
                let verb = rng.pick(&["INSERT INTO ", "insert ignore into ", "REPLACE INTO ", "INSERT /*!INTO*/ "]);
                dump.extend_from_slice(format!("{verb}{table}").as_bytes());
                if !knows_columns || rng.chance(30) {
                    dump.extend_from_slice(format!(" (`{}`)", names.join("`, `")).as_bytes());
                }
                dump.extend_from_slice(b" VALUES");
                for index in 0..=rng.below(4) {
                    if index > 0 {
                        dump.push(b',');
                        write_gap(rng, &mut dump);
                    }
                    dump.push(b'(');
                    let row: Vec<Option<Vec<u8>>> = (0..columns).map(|_| random_value(rng)).collect();
                    for (index, value) in row.iter().enumerate() {
                        if index > 0 {
                            dump.push(b',');
                        }
                        write_gap(rng, &mut dump);
                        write_value(rng, value.as_deref(), &mut dump);
                        write_gap(rng, &mut dump);
                    }
                    dump.push(b')');
                    write_gap(rng, &mut dump);
                    if is_wanted {
                        rows.push(row.iter().map(|value| value.as_deref().map(hexadecimal)).collect());
                    }
                }
                dump.extend_from_slice(b";\n");
            }
        }
    }
    (dump, rows)
}

/// The bytes of the rows among the events, in hexadecimal digits.
fn rows(events: &[serde_json::Value]) -> Vec<Vec<Option<String>>> {
    let rows = events.iter().filter_map(|event| event["row"].as_array());
    rows.map(|row| {
        row.iter().map(testkit::dumps::value_bytes).map(|bytes| bytes.as_deref().map(hexadecimal)).collect()
    })
    .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(super::laws::cases()))]

    #[test]
    fn rows_are_read_in_every_spelling_and_in_any_pieces(seed: u64) {
        let rng = &mut Rng::new(seed);
        let (dump, expected) = random_dump(rng);
        let most = 1 + rng.below(200);
        let (events, error) = read(&dump, &["wanted"], || 1 + rng.below(most));
        let text = String::from_utf8_lossy(&dump);
        prop_assert!(error.is_none(), "{}\n{}", error.unwrap(), text);
        prop_assert_eq!(rows(&events), expected, "{}", text);
        let (whole, _) = read(&dump, &["wanted"], || dump.len());
        prop_assert_eq!(events, whole);
    }

    #[test]
    fn a_part_of_a_dump_gives_only_rows_of_the_dump(seed: u64) {
        let rng = &mut Rng::new(seed);
        let (dump, _) = random_dump(rng);
        let (whole, _) = read(&dump, &["wanted"], || dump.len());
        let part = &dump[..rng.below(dump.len() + 1)];
        let (mut events, error) = read(part, &["wanted"], || part.len());
        if error.is_none() {
            prop_assert_eq!(&events.pop().unwrap()["end"]["is_marked"], false);
        }
        prop_assert!(whole.starts_with(&events), "{}", String::from_utf8_lossy(part));
    }

    #[test]
    fn broken_dumps_give_equal_results_in_any_pieces(seed: u64) {
        let rng = &mut Rng::new(seed);
        let (mut dump, _) = random_dump(rng);
        for _ in 0..rng.below(4) {
            if dump.is_empty() { break }
            let at = rng.below(dump.len());
            let end = (at + rng.below(4)).min(dump.len());
            let part = rng.pick(&[&b"'"[..], b"\\", b"*/", b"/*!", b"/*", b"--", b"", b";", b"(", b")", b"\0", b"UPDATE wanted", b"\xff", b"$$"]);
            dump.splice(at..end, part.iter().copied());
        }
        let whole = read(&dump, &["wanted"], || dump.len());
        let most = 1 + rng.below(100);
        let pieces = read(&dump, &["wanted"], || 1 + rng.below(most));
        prop_assert_eq!(pieces, whole, "{}", String::from_utf8_lossy(&dump));
    }

    #[test]
    fn any_bytes_end_in_a_result(dump: Vec<u8>, most in 1_usize..100) {
        let (_, error) = read(&dump, &["wanted"], || most);
        if let Some(error) = error {
            let lines = dump.iter().filter(|byte| **byte == b'\n').count() as u64;
            prop_assert!((1..=lines + 1).contains(&error.line()));
        }
    }
}
