//! `--from rows`: exported rows as CSV or JSON lines, one payload for each person.

use crate::harness::{Workdir, losses_lines, run_in_pieces};

const CONTACTS: &str = "id,person_id,contact_type,comment,field_1,field_2,field_3,field_4,field_5,field_6,field_7,field_8,field_9,field_10\n";
const PHONES: &str = "id,person_id,number,ext,label\n";
const ANN: &str = "id=7&contact_data%5B1%5D%5Btype%5D=website&contact_data%5B1%5D%5Bdata%5D%5Burl%5D=ann.example&contact_data%5Bp9%5D%5Btype%5D=phone&contact_data%5Bp9%5D%5Bcomment%5D=desk&contact_data%5Bp9%5D%5Bdata%5D%5Bnumber%5D=%2B441632960123+x12";
const BOB: &str = "id=8&contact_data%5B2%5D%5Btype%5D=skype&contact_data%5B2%5D%5Bcomment%5D=at+%22home%22%2C%0D%0Aevenings&contact_data%5B2%5D%5Bdata%5D%5Busername%5D=bob";

/// Contact data and phones of two people, in one CSV with two headers.
fn csv() -> String {
    [
        CONTACTS,
        "2,8,skype,\"at \"\"home\"\",\r\nevenings\",bob,,,,,,,,,\n1,7,website,,ann.example,,,,,,,,,\n",
        PHONES,
        "9,7,+441632960123,12,desk\n",
    ]
    .concat()
}

/// Runs with `--to form`, and returns the message of the run that ends with 65.
#[track_caller]
fn wrong(input: impl AsRef<[u8]>, message: &str) {
    let dir = Workdir::new();
    dir.write("rows", input);
    let run = dir.run("--quiet --from rows --to form -o o rows", "").exits(65);
    assert_eq!(run.err, format!("convert: rows{message}\n"));
    assert!(!dir.path("o").exists());
}

#[test]
fn people_of_a_csv_are_converted_and_their_payloads_restored() {
    let dir = Workdir::new();
    dir.write("rows.csv", csv());
    for jobs in ["-j 1", "-j 3"] {
        let args = format!("{jobs} --from rows --verify --losses l -o o rows.csv");
        dir.run(&args, "")
            .exits(0)
            .reports("line 2 (id 8), contact_data[2][comment]: kept, comment: ")
            .reports("line 6 (id 7), contact_data[p9]: kept, phone: ")
            .reports("verified 2 of 2");
        let out = [
            r#"{"id":"7","contact_data":{"website":[{"url":"ann.example"}]}}"#,
            r#"{"id":"8","contact_data":{"instant_message":[{"service":"skype","username":"bob"}]}}"#,
        ];
        assert_eq!(dir.text("o"), out.join("\n") + "\n");
        dir.run("--to form --restore l -o p o", "").exits(0);
        assert_eq!(dir.text("p"), format!("{ANN}\n{BOB}\n"));
    }
}

/// Line ends, a byte order mark at the start of each joined file, empty lines, quoted names, and the order and case of
/// columns change nothing.
#[test]
fn a_csv_is_read_in_every_spelling() {
    let dir = Workdir::new();
    let expected = dir.run("--from rows --to form", csv()).exits(0).text().to_owned();
    assert_eq!(expected, format!("{ANN}\n{BOB}\n"));
    let quoted = "\"FIELD_1\",person_id,\"ID\",contact_type,\"comment\",field_2,field_3,field_4,field_5\n\
                  \"bob\",\"8\",\"2\",\"skype\",\"at \"\"home\"\",\r\nevenings\",\"\",,,\nann.example,7,1,website,,,,,\n";
    for csv in [
        csv().replace("\r\n", "\0").replace(['\n', '\0'], "\r\n"),
        format!("\u{feff}{}", csv().replace(PHONES, &format!("\n\n\u{feff}{PHONES}\n"))),
        csv().trim_end().to_owned(),
        format!("\n\n{quoted}{PHONES}9,7,+441632960123,12,desk\n"),
    ] {
        let run = dir.run("--from rows --to form", csv.as_str()).exits(0);
        assert_eq!(run.text(), expected, "{csv}");
        let pieces = run_in_pieces(&dir, "--from rows --to form", csv.as_bytes(), 3);
        assert_eq!(pieces.text(), expected);
    }
}

#[test]
fn json_lines_give_the_same_people() {
    let dir = Workdir::new();
    let lines = concat!(
        r#"{"id":2,"person_id":8,"contact_type":"skype","comment":"at \"home\",\r\nevenings","field_1":"bob","field_2":null,"field_3":null,"field_4":"","field_5":null}"#,
        "\n\n",
        r#"{"id": 9, "person_id": "7", "number": "+441632960123", "ext": 12, "label": "desk"}"#,
        "\r\n",
        r#"{"person_id":7,"id":1,"contact_type":"website","comment":null,"field_1":"ann.example","field_2":null,"field_3":null,"field_4":null,"field_5":null,"extra":{"a":[1,2]},"is_new":true,"rank":1.50}"#,
    );
    let run = dir.run("--from rows --to form --losses l", lines).exits(0);
    assert_eq!(run.text(), format!("{ANN}\n{BOB}\n"));
    let losses = losses_lines(&dir.text("l"));
    let values: Vec<_> =
        losses[0]["losses"].as_array().unwrap().iter().map(|loss| loss["value"].as_str()).collect();
    assert_eq!(values, [Some(r#"{"a":[1,2]}"#), Some("1"), Some("1.50")]);
    run.reports("line 4 (id 7), contact_data[1][extra]: kept, source-column: ");
}

#[test]
fn fields_come_from_other_tables() {
    let dir = Workdir::new();
    let tables = "id,name,primary_email_id\n7,Ann,2\n8,Bob,\n\
                  id,person_id,email\n1,7,old@example.com\n2,7,ann@example.com\n";
    let args = "--from rows --to form --with people_emails.email=email --with people.name --losses l";
    let run = dir.run(args, [tables, &csv()].concat()).exits(0);
    let ann = ANN.replace("id=7&", "id=7&email=ann%40example.com&name=Ann&");
    assert_eq!(run.text(), format!("{ann}\n{}\n", BOB.replace("id=8&", "id=8&name=Bob&")));
    run.reports("line 5 (id 7), email: kept, source-value: \"old@example.com\"");
    dir.run(args.trim_end_matches(" --losses l"), csv())
        .exits(65)
        .reports("expected rows of the table people_emails, which --with names, found none");
    let organizations = csv().replace("person_id", "organization_id");
    let run = dir.run("--from rows --to form --table organizations", organizations).exits(0);
    assert_eq!(run.text(), format!("{ANN}\n{BOB}\n"));
}

#[test]
fn texts_that_are_not_utf8_are_read_in_the_encoding_that_is_named() {
    let dir = Workdir::new();
    let json = b"{\"id\":1,\"person_id\":7,\"number\":\"1\",\"label\":\"caf\xe9\"}\n";
    let csv = b"id,person_id,number,label\n1,7,1,caf\xe9\n";
    let out = "id=7&contact_data%5Bp1%5D%5Btype%5D=phone&contact_data%5Bp1%5D%5Bcomment%5D=caf%C3%A9&contact_data%5Bp1%5D%5Bdata%5D%5Bnumber%5D=1\n";
    for input in [&json[..], csv] {
        assert_eq!(dir.run("--from rows --to form --encoding latin1", input).exits(0).text(), out);
    }
    dir.run("--from rows", json)
        .exits(65)
        .reports("line 1: expected JSON in UTF-8, found %E9 at byte 48 (--encoding NAME");
    dir.run("--from rows --losses l", csv)
        .exits(1)
        .reports("line 2 (id 7), contact_data[p1][comment]: expected UTF-8");
}

#[test]
fn wrong_columns_and_values_are_named_with_their_line() {
    let contacts = CONTACTS.trim_end();
    wrong(
        format!("{contacts}\n1,7,website\n"),
        ": line 2, people_contact_data: expected 14 values, found 3 values (--explain rows-value-count)",
    );
    wrong(
        CONTACTS.replace("comment", "label"),
        ": line 1, people_contact_data.comment: expected a column of this name, found only id, person_id, contact_type, label, \
         field_1, field_2, field_3, field_4, field_5, field_6, field_7, field_8, field_9, field_10",
    );
    wrong(
        "id,person_id,name\n1,7,Ann\n",
        ": line 1, expected columns of one of the tables people_contact_data (contact_type), phone_numbers (number), found \
         id, person_id, name",
    );
    wrong(
        "id;person_id;number\n1;7;2\n",
        ": line 1, expected columns of one of the tables people_contact_data (contact_type), phone_numbers (number), found \
         id;person_id;number (separate them by commas, or export JSON lines)",
    );
    wrong(
        format!("{PHONES}1,7,1,,\n\n\nx,8,2,,\n"),
        ": line 5, phone_numbers.id: expected a number of at most 64 bits, found \"x\" (--explain rows-not-an-id)",
    );
    wrong(
        format!("{PHONES}1,7,1,,\n1,8,2,,\n"),
        ": line 3, phone_numbers.id: expected one row with the id 1, found a second one for another person than the row on line 2 \
         (--explain rows-id-twice)",
    );
    wrong(
        "{\"id\":1,\"person_id\":7,\"number\":\"1\",\"ID\":2}",
        ": line 1, phone_numbers.ID: expected each column once, found it twice",
    );
}

/// The crate csv reads these, with other values than were meant.
#[test]
fn quotes_that_are_not_those_of_rfc_4180_are_wrong() {
    let expected = "expected a quote around a whole value, and two for a quote in it (RFC 4180), found";
    wrong(
        format!("{PHONES}1,7,1,,\"a\nb\"\n2,7,\"say \\\"hi\\\"\",,\n"),
        &format!(": line 4: {expected} more text after the quote that ends a value"),
    );
    wrong(
        format!("{PHONES}1,7,5\" pipe,,\n"),
        &format!(": line 2: {expected} a quote inside a value that does not begin with one"),
    );
    wrong(
        format!("{PHONES}1,7,1,,\"cut\nin a value\n"),
        ": line 2: expected a quote at the end of the value that begins here, found the end of the input",
    );
    wrong(
        format!("{PHONES}1,7,\\N,,\n"),
        ": line 2, phone_numbers.number: expected an empty value for NULL, found `\\N` of MySQL's INTO OUTFILE, which also \
         changes other texts: export as RFC 4180 says",
    );
}

#[test]
fn a_wrong_row_is_reported_before_the_quotes_of_a_later_row() {
    wrong(
        "id\tperson_id\tnumber\text\tlabel\n1\t7\t1\t\tthe \"office\"\n",
        ": line 1, expected columns of one of the tables people_contact_data (contact_type), phone_numbers (number), found \
         id\\tperson_id\\tnumber\\text\\tlabel (separate them by commas, or export JSON lines)",
    );
    wrong(
        format!("{PHONES}1,x,1,,\n2,7,5\" pipe,,\n"),
        ": line 2, phone_numbers.person_id: expected a number of at most 64 bits, found \"x\" (--explain rows-not-an-id)",
    );
}

/// Most exporters write NULL without quotes, and a text `NULL` in quotes.
#[test]
fn null_is_wrong_without_quotes_and_a_text_in_quotes() {
    let expected = "phone_numbers.label: expected an empty value for NULL, or a text in quotes, found NULL: export NULL as an \
                    empty value";
    for rows in ["1,7,1,,NULL\n", "1,7,1,,NULL\r\n2,7,\"2\",\\N,\n", "1,7,1,,NULL"] {
        wrong(format!("{PHONES}{rows}"), &format!(": line 2, {expected}"));
    }
    wrong(format!("{PHONES}1,7,1,,\"a\n\"\n2,7,1,,NULL\n"), &format!(": line 4, {expected}"));
    let rows = "1,7,NULLX,NUL,\"NULL\"\n2,7,\"\\N\",\\NN,null\n";
    let run = Workdir::new().run("--from rows --to form", format!("{PHONES}{rows}")).exits(0);
    let expected = "id=7&contact_data[p1][type]=phone&contact_data[p1][comment]=NULL&contact_data[p1][data][number]=NULLX+xNUL\
                    &contact_data[p2][type]=phone&contact_data[p2][comment]=null&contact_data[p2][data][number]=\\N+x\\NN\n";
    assert_eq!(run.text().replace("%5B", "[").replace("%5D", "]").replace("%5C", "\\"), expected);
}

#[test]
fn rows_of_the_other_owner_alone_are_reported() {
    let run = Workdir::new().run("--from rows --table organizations", format!("{PHONES}1,7,1,,\n")).exits(0);
    run.reports("warning: the tables have no rows of organizations");
}

#[test]
fn a_csv_that_may_be_cut_in_its_last_value_is_reported() {
    let dir = Workdir::new();
    let warning = "warning: standard input has no line end after its last row: if the end of that row is missing, convert \
                   cannot see it";
    let csv = format!("{PHONES}1,7,1,,\"the \"\"office\"\"\"\r\n");
    for (cut, is_reported) in [(0, false), (1, false), (2, true), ("office\"\"\"\r\n".len() + 1, true)] {
        let run = dir.run("--from rows --to form", &csv[..csv.len() - cut]).exits(0);
        assert_eq!(run.err.contains(warning), is_reported, "{cut}: {}", run.err);
    }
}

#[test]
fn another_input_is_named() {
    wrong("name=Ann\n", " looks like form payloads: convert reads these without --from rows");
    wrong(
        "-- MySQL dump 10.13\n",
        " looks like an SQL dump: convert reads those of MySQL and MariaDB with --from dump",
    );
    wrong("\n \n", " is empty: expected rows as CSV with a header, or as JSON lines");
    wrong(
        "[{\"id\":1,\"person_id\":7,\"number\":\"1\"}]\n",
        ": line 1: expected one row, found a list: write each row on a line of its own with `jq -c '.[]'`, or with \
         `jq -c '.[].data[]?'` if phpMyAdmin wrote the list",
    );
    let dir = Workdir::new();
    dir.run("", csv()).exits(65).reports("with --from rows");
    dir.run("", "{\"id\":1,\"person_id\":7,\"number\":\"1\"}\n")
        .exits(65)
        .reports("looks like rows of a legacy database as JSON: convert reads them with --from rows");
    dir.run("--from rows --database x", "").exits(2).reports("--database works only with --from dump");
}
