//! Compares dumps of a real server, in every variant, with the results of SELECT: the rows that the library reads, and
//! the payloads that the command builds.
//!
//! `tests/dump/make` starts MariaDB in a temporary folder, fills it by `tests/dump/fill.sql`, and dumps it. The test is
//! skipped if Debian's `mariadb-server-core` and `mariadb-client` are not installed.

mod payloads;

use std::fs;
use std::path::Path;
use std::process::Command;

use assert_cmd::cargo::cargo_bin;
use deskpro_contact::dump::{Event, Reader};
use testkit::dumps::bytes_of;
use testkit::{Rng, repository};

/// A row: the bytes of each value, `None` for NULL.
type Row = Vec<Option<Vec<u8>>>;

/// The results of SELECT.
struct Expected {
    table: &'static str,
    columns: &'static [&'static str],
    rows: Vec<Row>,
}

#[test]
fn every_variant_of_a_dump_gives_the_rows_and_the_people_that_select_says() {
    let programs = ["/usr/sbin/mariadbd", "/usr/bin/mariadb-install-db", "/usr/bin/mariadb-dump"];
    if let Some(missing) = programs.iter().find(|program| !Path::new(program).exists()) {
        println!("skipped: `{missing}` is not found (Debian: mariadb-server-core, mariadb-client)");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let output = Command::new(repository().join("tests/dump/make"))
        .arg(folder.path())
        .arg(cargo_bin!("convert"))
        .args(payloads::ARGS)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));

    let expected = [
        expected(
            folder.path(),
            "people_contact_data",
            &[
                "id",
                "person_id",
                "contact_type",
                "comment",
                "field_1",
                "field_2",
                "field_3",
                "field_4",
                "field_5",
                "field_6",
                "field_7",
                "field_8",
                "field_9",
                "field_10",
            ],
        ),
        expected(folder.path(), "phone_numbers", &["id", "person_id", "number", "ext", "label"]),
    ];
    assert!(expected[0].rows.len() > 3_900 && expected[1].rows.len() == 3);
    let mut variants = Vec::new();
    for entry in fs::read_dir(folder.path()).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "sql") {
            let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
            check(&name, &fs::read(&path).unwrap(), &expected);
            variants.push(name);
        }
    }
    payloads::check(folder.path(), &variants);
    println!("{} variants: {}", variants.len(), variants.join(" "));
    assert!(variants.len() >= 20, "{variants:?}");
}

fn expected(folder: &Path, table: &'static str, columns: &'static [&'static str]) -> Expected {
    let text = fs::read_to_string(folder.join(table).with_extension("rows")).unwrap();
    let rows = text.lines().map(|line| serde_json::from_str::<Vec<Option<String>>>(line).unwrap());
    let rows = rows.map(|row| row.iter().map(|value| value.as_deref().map(bytes_of)).collect());
    Expected { table, columns, rows: rows.collect() }
}

/// Compares the rows of a dump, read in pieces of random lengths, with the expected ones.
#[track_caller]
fn check(variant: &str, dump: &[u8], expected: &[Expected]) {
    let rng = &mut Rng::new(dump.len() as u64);
    let mut reader = Reader::new(expected.iter().map(|expected| expected.table));
    let mut counts = vec![0; expected.len()];
    // The index of the table, and the places of its columns.
    let mut current: Option<(usize, Vec<usize>)> = None;
    let (mut rest, mut end) = (dump, None);
    while end.is_none() {
        let (piece, behind) = rest.split_at(rng.below(100_000).min(rest.len()));
        reader.feed(piece);
        rest = behind;
        if rest.is_empty() {
            reader.end();
        }
        while let Some(event) = reader.next_event().unwrap_or_else(|error| panic!("{variant}: {error}")) {
            match event {
                Event::Insert(table) => {
                    let is_ours = table.database().is_none_or(|name| name == "helpdesk");
                    let index = expected.iter().position(|expected| expected.table == table.name()).unwrap();
                    let place =
                        |name: &&str| table.columns().iter().position(|column| column == name).unwrap();
                    current = is_ours.then(|| (index, expected[index].columns.iter().map(place).collect()));
                }
                Event::Row(row) => {
                    let Some((index, places)) = &current else { continue };
                    let expected = &expected[*index];
                    let wanted = expected.rows.get(counts[*index]);
                    let wanted =
                        wanted.unwrap_or_else(|| panic!("{variant}: too many rows of {}", expected.table));
                    for ((place, wanted), name) in places.iter().zip(wanted).zip(expected.columns) {
                        let mut found = row.value(*place).bytes().map(<[u8]>::to_vec);
                        // mydumper writes `SET NAMES binary`: columns have the bytes of their own character sets.
                        if variant == "mydumper" && *name == "comment" {
                            let latin1 =
                                |bytes: Vec<u8>| bytes.into_iter().map(char::from).collect::<String>();
                            found = found.map(|bytes| latin1(bytes).into_bytes());
                        }
                        assert!(found == *wanted, "{variant}: {name}: expected {wanted:?}, found {found:?}");
                    }
                    counts[*index] += 1;
                }
                Event::End { is_marked } => end = Some(is_marked),
                Event::Table(_) => {}
            }
        }
    }
    let all: Vec<usize> = expected.iter().map(|expected| expected.rows.len()).collect();
    assert_eq!(counts, all, "{variant}");
    assert_eq!(end, Some(!["compact", "skip-comments", "mydumper"].contains(&variant)), "{variant}");
}
