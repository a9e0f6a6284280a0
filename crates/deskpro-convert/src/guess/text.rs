//! Recognises kinds of text that is not JSON.

use memchr::{memchr, memchr_iter, memchr2, memmem};

use super::Expected;

/// What a line of text looks like.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Text {
    Form,
    /// An SQL dump.
    Dump,
    /// CSV or TSV.
    Rows,
    Multipart,
    /// HTML or XML.
    Markup,
    /// PHP's `serialize`.
    Php,
    Url,
    Curl,
    /// An HTTP request, or a line of a server's log.
    Http,
    /// A text in quotation marks, as in JSON or CSV.
    Quoted,
    Plain,
}

/// Judges a line that is neither binary nor JSON. `is_cut` says whether only its start is given.
pub(super) fn judge(line: &[u8], is_cut: bool, expected: Expected) -> Option<String> {
    let text = Text::of(line, is_cut);
    let wanted = match expected {
        Expected::Forms | Expected::WrittenForms => "form payloads, one per line",
        Expected::Bodies | Expected::WrittenBodies => "v2 bodies, one per line",
        Expected::Dump => "an SQL dump with --from dump",
        Expected::Rows => "rows as CSV with a header or as JSON lines with --from rows",
    };
    let clause = match text {
        Text::Form => match expected {
            Expected::Forms | Expected::WrittenForms => return None,
            Expected::Bodies | Expected::WrittenBodies => {
                "looks like form payloads: convert reads these with --to v2, and v2 bodies with --to form"
                    .to_owned()
            }
            Expected::Dump => "looks like form payloads: convert reads these without --from dump".to_owned(),
            Expected::Rows => "looks like form payloads: convert reads these without --from rows".to_owned(),
        },
        Text::Dump => match expected {
            Expected::Dump => return None,
            Expected::Forms
            | Expected::WrittenForms
            | Expected::Bodies
            | Expected::WrittenBodies
            | Expected::Rows => {
                "looks like an SQL dump: convert reads those of MySQL and MariaDB with --from dump".to_owned()
            }
        },
        Text::Rows => match expected {
            // The reader's own message says more about the columns.
            Expected::Rows => return None,
            Expected::Forms
            | Expected::WrittenForms
            | Expected::Bodies
            | Expected::WrittenBodies
            | Expected::Dump => {
                "looks like rows of a table (CSV or TSV): convert reads those of a legacy database with --from rows \
                 (CSV with a header); of other tables, make a payload of each person's rows first".to_owned()
            }
        },
        Text::Multipart => format!(
            "looks like multipart/form-data: convert reads {wanted}; record the fields as \
             application/x-www-form-urlencoded"
        ),
        Text::Markup => format!(
            "looks like HTML or XML, perhaps the error page of a server: convert reads {wanted}; look at it with \
             `head`"
        ),
        Text::Php => format!(
            "looks like serialized PHP data: convert reads {wanted}; PHP makes a payload of it with \
             `http_build_query(unserialize($line))`"
        ),
        Text::Url => format!(
            "looks like URLs: convert reads {wanted}; the payload of a URL is the part after `?`, which \
             `sed 's/^[^?]*?//'` leaves"
        ),
        Text::Curl => {
            format!("looks like a curl command: convert reads {wanted}; take the text after --data")
        }
        Text::Http => format!(
            "looks like HTTP requests or a log of them: convert reads {wanted}; write the body of each request on a \
             line"
        ),
        Text::Quoted => format!(
            "looks like texts in quotation marks: convert reads {wanted}; `jq -r .` writes texts of JSON without the \
             marks"
        ),
        Text::Plain => match expected {
            Expected::Forms | Expected::WrittenForms => format!(
                "looks like plain text: convert reads {wanted}, and its first line has no `=`; see the examples of \
                 `convert --help`"
            ),
            Expected::Bodies | Expected::WrittenBodies => format!(
                "looks like plain text: convert --to form reads {wanted}, which begin with `{{` or `[`; see the \
                 examples of `convert --help`"
            ),
            // The reader's own message says more about the statement or the columns.
            Expected::Dump | Expected::Rows => return None,
        },
    };
    Some(clause)
}

impl Text {
    pub(super) fn of(line: &[u8], is_cut: bool) -> Self {
        let line = line.trim_ascii();
        if is_markup(line) {
            Self::Markup
        } else if is_dump(line) {
            Self::Dump
        } else if is_multipart(line) {
            Self::Multipart
        } else if is_serialized(line) {
            Self::Php
        } else if is_url(line) {
            Self::Url
        } else if is_curl(line) {
            Self::Curl
        } else if is_http(line) {
            Self::Http
        } else if is_quoted(line, is_cut) {
            Self::Quoted
        } else if is_rows(line) {
            Self::Rows
        } else if line.contains(&b'=') {
            Self::Form
        } else {
            Self::Plain
        }
    }
}

fn is_markup(line: &[u8]) -> bool {
    line.starts_with(b"<")
}

/// Whether a line begins a dump by mysqldump, mariadb-dump, phpMyAdmin, mydumper or another program, or is a statement
/// of one.
fn is_dump(line: &[u8]) -> bool {
    /// Each has a character after the word, because `SELECT=1` is a form.
    const STATEMENTS: [&[u8]; 14] = [
        b"INSERT INTO ",
        b"INSERT IGNORE INTO ",
        b"REPLACE INTO ",
        b"CREATE TABLE ",
        b"CREATE DATABASE ",
        b"DROP TABLE ",
        b"LOCK TABLES ",
        b"ALTER TABLE ",
        b"SET NAMES ",
        b"SET SQL_MODE ",
        b"SET @",
        b"USE `",
        b"SELECT ",
        b"DELETE FROM ",
    ];
    /// A form can begin with one of these, if its first name has a space. A line that ends with a semicolon is a
    /// statement.
    const WORDS: [&[u8]; 9] = [
        b"SET ",
        b"UPDATE ",
        b"PRAGMA ",
        b"BEGIN ",
        b"BEGIN;",
        b"START TRANSACTION",
        b"COMMIT",
        b"CREATE ",
        b"DROP ",
    ];
    let begins = |start: &&[u8]| line.get(..start.len()).is_some_and(|line| line.eq_ignore_ascii_case(start));
    line == b"--"
        || [b"-- ".as_slice(), b"/*"].iter().any(|start| line.starts_with(start))
        || STATEMENTS.iter().any(begins)
        || line.ends_with(b";") && WORDS.iter().any(begins)
}

/// Whether a line is the boundary before the first part, or the header of a part.
fn is_multipart(line: &[u8]) -> bool {
    let header = b"Content-Disposition:";
    let has_header = line.get(..header.len()).is_some_and(|line| line.eq_ignore_ascii_case(header));
    // A boundary may begin with `=`. A form has a name before its first `=`.
    let is_boundary = line.strip_prefix(b"--").is_some_and(|boundary| {
        let is_name = !boundary.is_empty() && !boundary.contains(&b' ');
        is_name && (!boundary.contains(&b'=') || boundary.starts_with(b"=") || boundary.starts_with(b"--"))
    });
    has_header || is_boundary
}

/// Whether a line begins like PHP's `serialize`: `a:1:{`, `O:8:"`, `s:5:"`.
fn is_serialized(line: &[u8]) -> bool {
    let [b'a' | b'O' | b's', b':', count @ ..] = line else { return false };
    let digits = count.iter().take_while(|byte| byte.is_ascii_digit()).count();
    digits > 0 && [b":{", b":\""].iter().any(|end| count[digits..].starts_with(*end))
}

fn is_url(line: &[u8]) -> bool {
    [b"http://".as_slice(), b"https://"].iter().any(|scheme| line.starts_with(scheme))
}

fn is_curl(line: &[u8]) -> bool {
    line.strip_prefix(b"$ ").unwrap_or(line).starts_with(b"curl ")
}

/// Whether a line is the first of an HTTP request, or of a server's log: before the first `=`, it has a method and a
/// path.
fn is_http(line: &[u8]) -> bool {
    const METHODS: [&[u8]; 5] = [b"GET /", b"POST /", b"PUT /", b"PATCH /", b"DELETE /"];
    let start = name(line);
    let is_after_quote = |at: usize| METHODS.iter().any(|method| start[at + 1..].starts_with(method));
    METHODS.iter().any(|method| start.starts_with(method)) || memchr_iter(b'"', start).any(is_after_quote)
}

/// Whether a line is one text in quotation marks. In `"a"="b"`, the first text ends before
/// the line does.
fn is_quoted(line: &[u8], is_cut: bool) -> bool {
    let [mark @ (b'"' | b'\''), text @ ..] = line else { return false };
    let mut rest = text;
    while let Some(at) = memchr2(*mark, b'\\', rest) {
        if rest[at] == *mark {
            return at > 0 && rest.len() == at + 1;
        }
        rest = rest.get(at + 2..).unwrap_or_default();
    }
    is_cut
}

/// The bytes of a line before its first `=`: the first name of a form.
fn name(line: &[u8]) -> &[u8] {
    &line[..memchr(b'=', line).unwrap_or(line.len())]
}

/// Whether a line has the separators of CSV or TSV where a form has its first name.
fn is_rows(line: &[u8]) -> bool {
    let name = name(line);
    let has_value = name.len() < line.len();
    let count = |separator: u8| name.iter().filter(|&&byte| byte == separator).count();
    let has = |part: &&[u8]| memmem::find(name, part).is_some();
    let is_quoted = name.starts_with(b"\"") && [b"\",".as_slice(), b"\";"].iter().any(has);
    let separators = [b',', b';'].map(count);
    if count(b'\t') > 0 || is_quoted {
        return true;
    }
    if !has_value {
        return is_header(name, separators);
    }
    let is_name = name.iter().any(|byte| matches!(byte, b'&' | b'[' | b'%'));
    !is_name && separators.iter().any(|&count| count > 1) || holds_payload(name)
}

/// Whether a name is the start of a row of which a later field is a payload: `17,name=Ann`, `17,"name=Ann"`.
fn holds_payload(name: &[u8]) -> bool {
    let Some(end) = memchr2(b',', b';', name) else { return false };
    let (first, after) = (&name[..end], &name[end + 1..]);
    let is_number = first.iter().any(u8::is_ascii_digit)
        && first.iter().all(|byte| byte.is_ascii_digit() || b"-+:.TZ ".contains(byte));
    is_number || after.starts_with(b"\"") || after.starts_with(b"contact_data")
}

/// Whether a line without `=` is a list of short names, like the header of a CSV file, and not a sentence.
fn is_header(line: &[u8], separators: [usize; 2]) -> bool {
    let is_text = |line: &[u8]| line.windows(2).any(|pair| matches!(pair, b", " | b"; "));
    // If the only separator is at the end, the line is a sentence.
    let ends = usize::from(line.ends_with(b",") || line.ends_with(b";"));
    separators.iter().sum::<usize>() > ends && !is_text(line)
}
