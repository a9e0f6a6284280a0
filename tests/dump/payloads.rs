//! Compares the payloads that the command builds from each dump with those that a model builds from the results of
//! SELECT.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use testkit::dumps::bytes_of;

use crate::harness::compressed::{gzip, zstd};
use crate::harness::{Workdir, run_in_pieces};

/// The arguments of each run: they write the payloads.
pub(super) const ARGS: [&str; 12] = [
    "--from",
    "dump",
    "--to",
    "form",
    "--lossy",
    "--quiet",
    "--database",
    "helpdesk",
    "--with",
    "people.name",
    "--with",
    "people_emails.email=email",
];

/// A row: the bytes of each value, empty for NULL.
type Row = Vec<Vec<u8>>;

/// Compares the payloads of each variant in the folder, and of the live pipe, with the expected ones.
pub(super) fn check(folder: &Path, variants: &[String]) {
    let (expected, without_person) = expected(folder);
    let dir = Workdir::new();
    let args = ARGS.join(" ");
    for variant in variants {
        let path = folder.join(variant).with_extension("sql");
        // mydumper writes `SET NAMES binary`: columns have the bytes of their own character sets.
        let encoding = if variant == "mydumper" { "--encoding windows-1252" } else { "" };
        let run = dir.run(&format!("{args} {encoding} --rejects r {}", path.display()), "").exits(1);
        same(variant, &run.out, &expected);
        same(variant, &dir.bytes("r"), &without_person);
    }
    same("live", &fs::read(folder.join("live.out")).unwrap(), &expected);

    let dump = fs::read(folder.join("default.sql")).unwrap();
    dir.write("d.gz", gzip(&dump));
    dir.write("d.zst", zstd(&dump));
    for (what, run) in [
        ("gzip", dir.run(&format!("{args} --rejects r d.gz"), "")),
        ("zstd", dir.run(&format!("{args} --rejects r -j 3 d.zst"), "")),
        ("pipe", run_in_pieces(&dir, &format!("{args} --rejects r"), &dump, 5_000)),
        ("sorted on disk", dir.run(&format!("{args} --rejects r --sort-memory 50000"), &dump)),
    ] {
        same(what, &run.exits(1).out, &expected);
    }
    let all = folder.join("all-databases.sql");
    dir.run(&format!("--from dump --lossy {}", all.display()), "").exits(65).reports("--database");

    // To v2 and back, with all losses kept.
    let default = folder.join("default.sql");
    let args = "--from dump --with people.name --with people_emails.email=email";
    dir.run(&format!("{args} --verify --losses l -o o {}", default.display()), "").exits(1);
    let back = dir.run("--to form --restore l --losses again o", "").exits(0);
    same("restored", &back.out, &[expected, without_person].concat());
}

#[track_caller]
fn same(what: &str, found: &[u8], expected: &[Vec<u8>]) {
    let found: Vec<&[u8]> = found.split(|&byte| byte == b'\n').filter(|line| !line.is_empty()).collect();
    for (found, expected) in found.iter().zip(expected) {
        let [found, wanted] = [*found, expected]
            .map(|text| String::from_utf8_lossy(&text[..text.len().min(3_000)]).into_owned());
        assert!(found == wanted, "{what}: expected\n{wanted}\nfound\n{found}");
    }
    assert!(found == expected, "{what}: {} payloads, expected {}", found.len(), expected.len());
}

fn rows(folder: &Path, table: &str) -> Vec<Row> {
    let text = fs::read_to_string(folder.join(table).with_extension("rows")).unwrap();
    let rows = text.lines().map(|line| serde_json::from_str::<Vec<Option<String>>>(line).unwrap());
    rows.map(|row| row.iter().map(|value| value.as_deref().map(bytes_of).unwrap_or_default()).collect())
        .collect()
}

fn number(bytes: &[u8]) -> Option<u64> {
    std::str::from_utf8(bytes).unwrap().parse().ok()
}

/// The payloads of people in the order of their ids, and those of rows without a person.
fn expected(folder: &Path) -> (Vec<Vec<u8>>, Vec<Vec<u8>>) {
    let mut people: BTreeMap<u64, Vec<u8>> = BTreeMap::new();
    let mut without_person = Vec::new();
    let begin = |id: u64| format!("id={id}").into_bytes();
    let mut primary = BTreeMap::new();
    for row in rows(folder, "people") {
        let [id, name, primary_email] = &row[..] else { panic!() };
        let id = number(id).unwrap();
        pair(people.entry(id).or_insert_with(|| begin(id)), &["name"], name);
        primary.insert(id, number(primary_email));
    }
    let mut emails: BTreeMap<u64, Vec<(u64, Vec<u8>)>> = BTreeMap::new();
    for row in rows(folder, "people_emails") {
        let [id, person, email] = &row[..] else { panic!() };
        match number(person) {
            Some(person) => emails.entry(person).or_default().push((number(id).unwrap(), email.clone())),
            None => without_person.push(pair_of("email", email)),
        }
    }
    for (person, emails) in emails {
        let payload = people.entry(person).or_insert_with(|| begin(person));
        let is_primary = |(id, _): &&(u64, Vec<u8>)| primary.get(&person) == Some(&Some(*id));
        let (_, email) = emails.iter().find(is_primary).unwrap_or(&emails[0]);
        pair(payload, &["email"], email);
    }
    for row in rows(folder, "people_contact_data") {
        let [id, person, kind, comment, fields @ ..] = &row[..] else { panic!() };
        let key = std::str::from_utf8(id).unwrap();
        let mut record = Vec::new();
        pair(&mut record, &["contact_data", key, "type"], kind);
        pair(&mut record, &["contact_data", key, "comment"], comment);
        for (name, column) in columns(kind) {
            pair(&mut record, &["contact_data", key, "data", &name], &fields[column - 1]);
        }
        add(&mut people, &mut without_person, number(person), &record);
    }
    for row in rows(folder, "phone_numbers") {
        let [id, person, digits, extension, label] = &row[..] else { panic!() };
        let key = format!("p{}", std::str::from_utf8(id).unwrap());
        let mark: &[u8] = if extension.is_empty() { b"" } else { b" x" };
        let mut record = Vec::new();
        pair(&mut record, &["contact_data", &key, "type"], b"phone");
        pair(&mut record, &["contact_data", &key, "comment"], label);
        pair(&mut record, &["contact_data", &key, "data", "number"], &[digits, mark, extension].concat());
        add(&mut people, &mut without_person, number(person), &record);
    }
    (people.into_values().collect(), without_person)
}

fn pair_of(name: &str, value: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    pair(&mut out, &[name], value);
    out
}

/// Adds a record to the payload of its person.
fn add(
    people: &mut BTreeMap<u64, Vec<u8>>,
    without_person: &mut Vec<Vec<u8>>,
    person: Option<u64>,
    record: &[u8],
) {
    match person {
        Some(person) => {
            let payload = people.entry(person).or_insert_with(|| format!("id={person}").into_bytes());
            if !record.is_empty() {
                payload.push(b'&');
            }
            payload.extend_from_slice(record);
        }
        None => without_person.push(record.to_vec()),
    }
}

/// The fields of a type and their columns, in the order of the payload.
fn columns(kind: &[u8]) -> Vec<(String, usize)> {
    let names: &[(&str, usize)] = match kind {
        b"address" => &[("address", 1), ("city", 2), ("state", 3), ("zip", 4), ("country", 5)],
        b"website" => &[("url", 1)],
        b"phone" => &[("country_calling_code", 1), ("number", 2), ("type", 3)],
        b"skype" => &[("username", 1)],
        b"twitter" => &[("username", 1), ("display_feed", 2)],
        // No document has this type.
        b"" => return (1..=10).map(|column| (format!("field_{column}"), column)).collect(),
        other => panic!("{}", String::from_utf8_lossy(other)),
    };
    names.iter().map(|(name, column)| ((*name).to_owned(), *column)).collect()
}

/// Writes a pair as `http_build_query` does, unless its value is empty.
fn pair(out: &mut Vec<u8>, names: &[&str], value: &[u8]) {
    if value.is_empty() {
        return;
    }
    if !out.is_empty() {
        out.push(b'&');
    }
    for (n, name) in names.iter().enumerate() {
        let text = if n == 0 { (*name).to_owned() } else { format!("%5B{name}%5D") };
        out.extend_from_slice(text.as_bytes());
    }
    out.push(b'=');
    for &byte in value {
        match byte {
            b' ' => out.push(b'+'),
            b'-' | b'.' | b'_' => out.push(byte),
            _ if byte.is_ascii_alphanumeric() => out.push(byte),
            _ => out.extend_from_slice(format!("%{byte:02X}").as_bytes()),
        }
    }
}
