//! `--from dump`: the people of an SQL dump, one payload each.

use std::fmt::Write as _;
use std::fs;

use crate::harness::compressed::{gzip, zstd};
use crate::harness::{Run, Workdir, losses_lines, run_in_pieces};

const HEADER: &str = "-- MariaDB dump 10.19  Distrib 10.11.6-MariaDB, for debian-linux-gnu (x86_64)\n";
const FOOTER: &str = "-- Dump completed on 2026-01-01  0:00:00\n";
const CONTACTS: &str = "CREATE TABLE `people_contact_data` (`id` int NOT NULL, `person_id` int, `contact_type` varchar(80), \
                        `comment` varchar(250), `field_1` text, `field_2` text, `field_3` text, `field_4` text, `field_5` \
                        text, PRIMARY KEY (`id`));\n";
const PHONES: &str = "CREATE TABLE `phone_numbers` (`id` int, `person_id` int, `organization_id` int, `number` text, `ext` \
                      text, `label` text);\n";

/// A dump with a few rows of contact data, given by their values, and no phones.
fn dump(rows: &str) -> String {
    let insert = if rows.is_empty() {
        String::new()
    } else {
        format!("INSERT INTO `people_contact_data` VALUES {rows};\n")
    };
    [HEADER, CONTACTS, &insert, PHONES, FOOTER].concat()
}

fn website(id: u32, person: &str, url: &str) -> String {
    format!("({id},{person},'website',NULL,'{url}',NULL,NULL,NULL,NULL)")
}

/// People, emails, contact data of several types, phones, a row without a person, and rows in no order.
fn helpdesk() -> String {
    let people = "CREATE TABLE `people` (`id` int, `name` text, `password` text, `primary_email_id` int);\n\
         INSERT INTO `people` VALUES (9,'Cem','$2y$10$secret',NULL),(10,'Zoë','x',3),(2,'Ann','x',NULL);\n\
         CREATE TABLE `people_emails` (`id` int, `person_id` int, `email` text);\n\
         INSERT INTO `people_emails` VALUES (1,10,'old@example.com'),(2,2,'ann@example.com'),(3,10,'zoe@example.com');\n";
    let contacts = "INSERT INTO `people_contact_data` VALUES \
         (1,10,'website','home','https://example.com/?a=b&c',NULL,NULL,NULL,NULL),\n\
         (2,2,'instant_message',NULL,'ann.b','aim',NULL,NULL,NULL),(3,NULL,'skype',NULL,'nobody',NULL,'odd',NULL,NULL),\n\
         (4,10,'facebook','','https://facebook.com/zoe','derived',NULL,NULL,NULL);\n";
    let phones = "INSERT INTO `phone_numbers` VALUES (7,10,NULL,'+441632960123','12','office'),\
         (8,NULL,5,'+441632960124',NULL,NULL);\n";
    [HEADER, people, CONTACTS, contacts, PHONES, phones, FOOTER].concat()
}

const WITH: &str = "--with people.name --with people_emails.email=email";
const ANN: &str = "id=2&name=Ann&email=ann%40example.com&contact_data%5B2%5D%5Btype%5D=instant_message&contact_data%5B2%5D%5Bdata%5D%5Bservice%5D=aim&contact_data%5B2%5D%5Bdata%5D%5Busername%5D=ann.b";
const CEM: &str = "id=9&name=Cem";
const ZOE: &str = "id=10&name=Zo%C3%AB&email=zoe%40example.com&contact_data%5B1%5D%5Btype%5D=website&contact_data%5B1%5D%5Bcomment%5D=home&contact_data%5B1%5D%5Bdata%5D%5Burl%5D=https%3A%2F%2Fexample.com%2F%3Fa%3Db%26c&contact_data%5B4%5D%5Btype%5D=facebook&contact_data%5B4%5D%5Bdata%5D%5Bprofile_url%5D=https%3A%2F%2Ffacebook.com%2Fzoe&contact_data%5Bp7%5D%5Btype%5D=phone&contact_data%5Bp7%5D%5Bcomment%5D=office&contact_data%5Bp7%5D%5Bdata%5D%5Bnumber%5D=%2B441632960123+x12";
const NOBODY: &str = "contact_data%5B3%5D%5Btype%5D=skype&contact_data%5B3%5D%5Bdata%5D%5Busername%5D=nobody";

#[test]
fn people_of_a_dump_are_converted_and_their_payloads_restored() {
    let dir = Workdir::new();
    dir.write("d.sql", helpdesk());
    for jobs in ["-j 1", "-j 4"] {
        let args =
            format!("{jobs} --from dump {WITH} --verify --losses l --rejects r -o o --summary s d.sql");
        dir.run(&args, "")
            .exits(1)
            // Messages name the line of the row, not the number of the payload.
            .reports("line 7 (id 10), contact_data[1][comment]: kept, comment: \"home\"")
            .reports("line 11 (id 10), contact_data[p7]: kept, phone: ")
            .reports("line 5 (id 10), email: kept, source-value: \"old@example.com\"")
            .reports("line 8, contact_data[3]: expected an id other than 0 in person_id, found none")
            .reports("verified 3 of 3")
            .reports("1 of 4 payloads rejected, kept in r");
        let out = [
            r#"{"id":"2","name":"Ann","email":"ann@example.com","contact_data":{"instant_message":[{"service":"aim","username":"ann.b"}]}}"#,
            r#"{"id":"9","name":"Cem","contact_data":{}}"#,
            r#"{"id":"10","name":"Zoë","email":"zoe@example.com","contact_data":{"website":[{"url":"https://example.com/?a=b&c"}],"facebook":[{"url":"https://facebook.com/zoe"}]}}"#,
        ];
        assert_eq!(dir.text("o"), out.join("\n") + "\n");
        assert_eq!(dir.text("r"), format!("{NOBODY}\n"));
        // The losses file numbers the payloads; a person without losses has a line, too.
        let losses = losses_lines(&dir.text("l"));
        let lines: Vec<_> =
            losses.iter().filter_map(|line| Some((line["line"].as_u64()?, &line["id"]))).collect();
        assert_eq!(
            lines,
            [(1, &"2".into()), (2, &"9".into()), (3, &"10".into()), (4, &serde_json::Value::Null)]
        );
        assert_eq!((&losses[3]["value"], &losses[3]["losses"][0]["value"]), (&NOBODY.into(), &"odd".into()));

        // Restoring gives the payloads. What only the rows held is left over.
        dir.run("--to form --restore l -o p o", "").exits(3).reports("left-over: \"old@example.com\"");
        assert_eq!(dir.text("p"), [ANN, CEM, ZOE, NOBODY].join("\n") + "\n");
        dir.run("--to form --restore l --losses l2 o", "").exits(0);
        // --to form writes the payloads themselves.
        let run =
            dir.run(&format!("{jobs} --from dump {WITH} --to form --losses l --verify d.sql"), "").exits(1);
        assert_eq!(run.text(), [ANN, CEM, ZOE].join("\n") + "\n");
        // A rejected payload can be corrected and fed in again.
        let run = dir.run("--id-field id --losses l2", format!("id=7&{}", dir.text("r"))).exits(0);
        assert!(run.text().contains(r#"{"service":"skype","username":"nobody"}"#));
    }
    dir.run(&format!("--from dump {WITH} --losses l -o o d.sql"), "").exits(1);
    let check = dir.run(&format!("--from dump --check --losses l {WITH} d.sql"), "").exits(1);
    let counts = "payloads 4, converted 3, rejected 1\nwith contact data 2, with data losses 2, empty 0, with the field id 3\n";
    assert!(check.text().starts_with(counts), "{}", check.text());
    // The size is that of the file that the run wrote: with ids, payloads without losses have a line, too.
    let file = dir.text("l");
    let size = format!("; {} lines, {} bytes\n", file.lines().count(), file.len());
    assert!(check.text().contains(&size), "{size}{}", check.text());
    dir.run(&format!("--from dump --check --error-format json {WITH} d.sql"), "").exits(3);
}

/// The legacy database has hashes of passwords. v2 has a field of this name, for the password itself.
#[test]
fn password_hashes_are_read_only_if_they_are_named_and_cause_a_warning() {
    let dir = Workdir::new();
    dir.write("d.sql", helpdesk());
    for check in ["", "--check"] {
        let run = |with: &str| {
            let run =
                dir.run(&format!("--from dump {with} {check} --losses l --rejects r d.sql"), "").exits(1);
            run.text().to_owned() + &run.err
        };
        let printed = run(WITH);
        assert!(!printed.contains("secret") && !printed.contains("password"), "{printed}");
        let printed = run("--with people.Password");
        assert!(printed.contains("warning: the output has password hashes"), "{printed}");
    }
}

#[test]
fn a_dump_may_be_compressed_piped_or_sorted_on_disk() {
    let dir = Workdir::new();
    let mut rows = String::new();
    for id in 1..6_000_u32 {
        // People in random order; one of them has so many rows that they fill several batches.
        let person = if id % 3 == 0 { 77 } else { 1 + id.wrapping_mul(2_654_435_761) % 1_500 };
        let _ = write!(
            rows,
            "{},",
            website(id, &person.to_string(), &format!("https://example.com/{id}/{}", "x".repeat(100)))
        );
    }
    let dump = dump(rows.trim_end_matches(','));
    dir.write("d.sql", &dump);
    let expected = dir.run("-j 1 --from dump --losses l d.sql", "").exits(0);
    let losses = dir.bytes("l");
    let same = |run: Run, what: &str| {
        assert!(run.exits(0).out == expected.out, "{what}");
        assert!(dir.bytes("l") == losses, "{what}");
    };
    let ids: Vec<u32> =
        expected.lines().iter().map(|line| line[7..].split('"').next().unwrap().parse().unwrap()).collect();
    assert!(ids.is_sorted() && ids.len() > 1_000, "{ids:?}");
    dir.write("d.gz", gzip(dump.as_bytes()));
    dir.write("d.zst", zstd(dump.as_bytes()));
    for jobs in ["-j 1", "-j 3"] {
        let args = format!("{jobs} --from dump --losses l");
        same(dir.run(&format!("{args} d.gz"), ""), "gzip");
        same(dir.run(&format!("{args} d.zst"), ""), "zstd");
        same(dir.run(&args, &dump), "pipe");
        // 300 runs, which need two passes; and a few.
        for memory in [4_000, 100_000] {
            same(dir.run(&format!("{args} --sort-memory {memory} d.sql"), ""), "sorted on disk");
        }
    }
    for piece in [1_000, 77] {
        same(run_in_pieces(&dir, "--from dump --losses l", dump.as_bytes(), piece), "pieces");
    }
    // A byte order mark belongs to the file.
    same(dir.run("--from dump --losses l", "\u{feff}".to_owned() + &dump), "mark");
}

#[test]
fn the_tables_are_those_of_one_database() {
    let dir = Workdir::new();
    let with_rows = |person: &str| {
        let insert = format!("INSERT INTO `people_contact_data` VALUES {};\n", website(1, person, "u"));
        [CONTACTS, &insert, PHONES].concat()
    };
    let two = [HEADER, "USE `one`;\n", &with_rows("1"), "USE `two`;\n", &with_rows("2"), FOOTER].concat();
    dir.write("two.sql", &two);
    dir.run("--from dump -o o two.sql", "").exits(65).reports(
        "convert: two.sql: line 7: expected tables of one database, found people_contact_data of the database one on \
         line 3 and people_contact_data of the database two on line 7: choose one with --database",
    );
    let run = dir.run("--from dump --database two two.sql", "").exits(0);
    assert_eq!(run.lines().len(), 1);
    assert!(run.text().starts_with(r#"{"id":"2""#));
    dir.run("--from dump --database three -o o two.sql", "")
        .exits(65)
        .reports("expected the table people_contact_data of the database three in the dump, found people_contact_data of the database one on line 3");
    // A dump of a single database does not name it.
    dir.run("--from dump --database helpdesk", dump(&website(1, "1", "u"))).exits(0);
    assert_eq!(dir.files().len(), 1, "nothing but the dump");
}

#[test]
fn missing_tables_and_a_missing_end_are_reported() {
    let dir = Workdir::new();
    let contacts = format!("{CONTACTS}INSERT INTO people_contact_data VALUES {};\n", website(1, "1", "u"));
    dir.run("--from dump", &contacts)
        .exits(0)
        .reports("warning: standard input has no table phone_numbers: phones that the server stores there are missing")
        .reports("warning: standard input has no closing comment (`-- Dump completed`): if its end is missing, convert cannot see it");
    let emails = "CREATE TABLE people_emails (id int, person_id int, email text);\n";
    dir.run("--from dump --with people_emails.email", [emails, &contacts].concat()).exits(0).reports(
        "warning: standard input has no table people, which names the primary email address of each person: the address with the lowest id is \
         taken",
    );
    dir.run("--from dump", [HEADER, &contacts].concat())
        .exits(65)
        .reports("standard input: line 4: expected the comment `-- Dump completed` for the header on line 1, found the end of the dump");
    dir.run("--from dump", &contacts[..contacts.len() - 3]).exits(65).reports(
        "line 2, people_contact_data: expected the end of the statement that begins on line 2, found the end of the dump",
    );
    dir.run("--from dump", [HEADER, PHONES, FOOTER].concat()).exits(65).reports(
        "expected the table people_contact_data in the dump, found only these that are read: phone_numbers",
    );
    dir.run("--from dump", [HEADER, FOOTER].concat())
        .exits(65)
        .reports("found none of the tables that are read");
    dir.run("--from dump --with tickets.subject", dump(""))
        .exits(65)
        .reports("expected the table tickets in the dump, found only these that are read: people_contact_data, phone_numbers");
    dir.run("--from dump --table organizations", dump(""))
        .exits(65)
        .reports("expected the table organizations_contact_data in the dump, found only these that are read: phone_numbers");
    dir.run("--from dump", dump("")).exits(0).reports("warning: the tables have no rows of people");
    dir.run("--from dump --check", dump("")).exits(0);
}

#[test]
fn a_byte_order_mark_may_come_alone() {
    let dir = Workdir::new();
    let plain = dir.run("--from dump --lossy", helpdesk());
    // Each member of a gzip file is a read of its own.
    let input = [gzip("\u{feff}".as_bytes()), gzip(helpdesk().as_bytes())].concat();
    assert_eq!(dir.run("--from dump --lossy", input).out, plain.out);
    dir.run("--from dump", [gzip("\u{feff}".as_bytes()), gzip(b"")].concat())
        .exits(65)
        .reports("standard input is empty");
}

#[test]
fn another_input_is_named() {
    let dir = Workdir::new();
    let utf16: Vec<u8> = helpdesk().encode_utf16().flat_map(u16::to_le_bytes).collect();
    let utf16 = [b"\xff\xfe".as_slice(), &utf16].concat();
    for (input, why) in [
        (b"".as_slice(), "standard input is empty: expected an SQL dump"),
        (b"\xef\xbb\xbf", "standard input is empty: expected an SQL dump"),
        (
            b"\n\nname=Ann&contact_data[1][type]=x\n",
            "looks like form payloads: convert reads these without --from dump",
        ),
        (br#"{"contact_data":{}}"#, "looks like JSON: convert reads v2 bodies with --to form"),
        (b"<html>\n", "looks like HTML or XML"),
        (&utf16, "is text in UTF-16: convert it with `iconv -f UTF-16 -t UTF-8` first"),
        (b"PK\x03\x04aaaaaaaaaa", "is a zip archive: unpack it with `unzip -p` first"),
        (b"Some text.\n", "standard input: line 1: expected a statement of a dump, found \"Some text.\""),
        (b"mysqldump: Got error: 1045\n", "a message of the dump program: dump again without 2>&1"),
    ] {
        let run = dir.run("--from dump -o o --losses l", input).exits(65).reports(why);
        assert_eq!(run.err.lines().count(), 1, "{}", run.err);
    }
    assert!(dir.files().is_empty());
    dir.run("", helpdesk())
        .exits(65)
        .reports("looks like an SQL dump: convert reads those of MySQL and MariaDB with --from dump");
    dir.run("--to form", helpdesk())
        .exits(65)
        .reports("looks like an SQL dump: convert reads those of MySQL and MariaDB with --from dump");
}

#[test]
fn a_row_that_cannot_be_read_ends_the_run_with_line_table_and_column() {
    let dir = Workdir::new();
    let good = website(1, "1", "u");
    for (rows, why) in [
        (
            format!("{good},\n(2,1,'website',NULL,NOW(),NULL,NULL,NULL,NULL)"),
            "line 4, people_contact_data.field_1: expected a literal",
        ),
        (format!("{good},\n(2,1)"), "line 4, people_contact_data"),
        (
            format!("{good},\n(2,'x','website',NULL,'u',NULL,NULL,NULL,NULL)"),
            "line 4, people_contact_data.person_id: expected a number of at most 64 bits, found \"x\"",
        ),
        (
            format!("{good};\nDELETE FROM people_contact_data WHERE id = 1"),
            "line 4, people_contact_data: expected INSERT as the only statement",
        ),
        (format!("{good};\nNONSENSE"), "line 4: expected a statement of a dump, found \"NONSENSE;\""),
    ] {
        let run = dir.run("--from dump -o o --losses l --rejects r", dump(&rows)).exits(65).reports(why);
        assert_eq!(run.err.lines().count(), 1, "{}", run.err);
        assert!(run.err.starts_with("convert: standard input: line 4"), "{}", run.err);
        assert!(dir.files().is_empty(), "{why}");
    }
    let columns = dump(&good).replace("`person_id`", "`person`");
    dir.run("--from dump", columns).exits(65).reports(
        "line 3, people_contact_data.person_id: expected a column of this name, found none (did you mean `person`?)",
    );
}

#[test]
fn a_row_that_comes_twice_is_a_loss_if_it_is_equal() {
    let dir = Workdir::new();
    let first = website(1, "1", "u");
    let other = website(2, "2", "u");
    let run = dir.run("--from dump --losses l", dump(&format!("{first},{other},\n{first}"))).exits(0);
    let run = run.reports("line 4 (id 1), contact_data[1]: kept, source-row: ");
    assert_eq!(run.lines().len(), 2);
    // Another value; another person, before and behind.
    for (second, why) in [
        (
            website(1, "1", "v"),
            "line 4, people_contact_data.id: expected one row with the id 1, found a second one with other values than the row on line 3",
        ),
        (
            website(1, "2", "u"),
            "line 4, people_contact_data.id: expected one row with the id 1, found a second one for another person than the row on line 3",
        ),
        (
            website(1, "0", "u"),
            "line 4, people_contact_data.id: expected one row with the id 1, found a second one for another person than the row on line 3",
        ),
    ] {
        let rows = dump(&format!("{first},{other},\n{second}"));
        for args in ["--from dump -o o --losses l2", "--from dump -o o --losses l2 --sort-memory 1"] {
            dir.run(args, &rows).exits(65).reports(why);
        }
    }
    // Ids in another order are not an error.
    let rows = [5, 3, 9, 1].map(|id| website(id, &(10 - id).to_string(), "u")).join(",");
    assert_eq!(dir.run("--from dump", dump(&rows)).exits(0).lines().len(), 4);
    assert_eq!(dir.files().len(), 1, "nothing but the first losses");
}

#[test]
fn organizations_have_rows_of_their_own() {
    let dir = Workdir::new();
    let contacts = CONTACTS.replace("people_", "organizations_").replace("person_id", "organization_id");
    let rows = format!("INSERT INTO organizations_contact_data VALUES {};\n", website(1, "5", "u"));
    let dump = [&helpdesk().replace(FOOTER, ""), contacts.as_str(), &rows, FOOTER].concat();
    let run = dir.run("--from dump --table organizations --to form", &dump).exits(0);
    assert_eq!(
        run.text(),
        "id=5&contact_data%5B1%5D%5Btype%5D=website&contact_data%5B1%5D%5Bdata%5D%5Burl%5D=u&contact_data%5Bp8%5D%5Btype%5D=phone&contact_data%5Bp8%5D%5Bdata%5D%5Bnumber%5D=%2B441632960124\n"
    );
}

#[test]
fn texts_that_are_not_utf8_are_read_in_the_encoding_that_is_named() {
    let dir = Workdir::new();
    let rows = [website(1, "1", "caf\u{1}"), website(2, "2", "naïve")].join(",");
    let dump: Vec<u8> = dump(&rows).bytes().map(|byte| if byte == 1 { 0xe9 } else { byte }).collect();
    let run = dir.run("--from dump --losses l -o o", &dump).exits(1);
    run.reports("line 3 (id 1), contact_data[1][data][url]: expected UTF-8")
        .reports("1 record rejected, kept in l");
    let run = dir.run("--from dump --encoding windows-1252 --verify", &dump).exits(0);
    assert_eq!(
        run.lines(),
        [
            r#"{"id":"1","contact_data":{"website":[{"url":"café"}]}}"#,
            r#"{"id":"2","contact_data":{"website":[{"url":"naïve"}]}}"#
        ]
    );
}

#[test]
fn options_for_dumps_and_other_options() {
    let dir = Workdir::new();
    dir.write("l", "");
    for (args, why) in [
        ("--from dump --restore l", "--restore does not work with --from dump"),
        ("--from dump --to form --restore l", "--restore does not work with --from dump"),
        ("--from dump --to form --strict", "--strict does not work with --from dump"),
        ("--table people", "--table works only with --from dump"),
        ("--from form --database d", "--database works only with --from dump"),
        ("--from json --with people.name", "--with works only with --from dump"),
        ("--from dump --with people", "expected TABLE.COLUMN"),
        (
            "--from dump --with people.name=data",
            "expected a field other than id, type, data and contact_data",
        ),
        (
            "--from dump --with people.name --with people.nick=name",
            "--with: expected each field once, found \"name\" twice",
        ),
        ("--from dump --table tickets", "people or organizations"),
    ] {
        dir.run(args, helpdesk()).exits(2).reports(why);
    }
    let strict = helpdesk().replace("'ann.b'", "''");
    dir.run("--from dump --strict --rejects r --lossy", &strict).exits(1);
    assert!(dir.text("r").starts_with("id=2&"), "{}", dir.text("r"));
    let run = dir.run(&format!("--from dump --only-contact-data --losses l {WITH}"), helpdesk()).exits(1);
    assert!(run.text().starts_with(r#"{"id":"2","contact_data""#), "{}", run.text());
    let run = dir.run(&format!("--from dump --id-field email --losses l {WITH} -o o"), helpdesk()).exits(1);
    run.reports("(email zoe@example.com)");
    dir.run("--from dump --on-error emit --rejects r --lossy", helpdesk()).exits(1);
    dir.run("--from dump --on-error stop --rejects r --lossy", helpdesk()).exits(1);
    // The payload's limit.
    let run = dir.run("--from dump --max-payload 100 --losses l --rejects r -o o", helpdesk()).exits(1);
    run.reports("(id 2)").reports("payloads rejected, kept in r");
    assert_eq!(dir.run("--to form --restore l o", "").text().lines().count(), 3);
    dir.run("--from dump --to canonical --rejects r", helpdesk()).exits(3);
    dir.run("--from dump --error-format human", helpdesk()).exits(3).reports("lost[comment]: line 7 (id 10)");
    dir.run("--from dump --progress --rejects r --lossy", helpdesk())
        .exits(1)
        .reports("convert: built the payloads of 3 people");
}

/// The command builds the payloads of `fixtures/rows`, as the library does, and keeps those that are rejected.
#[test]
fn the_dumps_of_the_fixtures_give_their_payloads() {
    let mut failed = String::new();
    for entry in fs::read_dir(testkit::repository().join("fixtures/rows")).unwrap() {
        let folder = entry.unwrap().path();
        let read = |name: &str| fs::read(folder.join(name)).unwrap_or_default();
        let args = String::from_utf8(read("args")).unwrap();
        let dir = Workdir::new();
        // Some of the dumps have phones alone.
        let dump = String::from_utf8_lossy(&read("dump.sql")).into_owned();
        let tables: String = ["people_contact_data", "organizations_contact_data"]
            .into_iter()
            .filter(|table| !dump.contains(table))
            .map(|table| format!("CREATE TABLE {table} (x int);\n"))
            .collect();
        let args = format!("--quiet --from dump --to form --losses l --rejects r {}", args.trim());
        let run = dir.run(&args, [&read("dump.sql"), tables.as_bytes()].concat());
        let message = String::from_utf8(read("message.txt")).unwrap();
        let is_same = match message.trim() {
            "" => [run.out.clone(), dir.bytes("r")].concat() == read("legacy.form"),
            message => run.code == Some(65) && run.err.contains(message),
        };
        if !is_same {
            let _ = writeln!(
                failed,
                "\n# {}\n{}{}",
                folder.display(),
                String::from_utf8_lossy(&run.out),
                run.err
            );
        }
    }
    assert!(failed.is_empty(), "{failed}");
}
