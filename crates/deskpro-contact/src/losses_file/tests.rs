use super::*;
use crate::{ErrorKind, to_form};

#[track_caller]
fn check(line: &str, expected: Option<Line<'_>>) {
    assert_eq!(read(line.as_bytes()).ok(), expected, "{line}");
}

fn id(json: &str) -> Option<PersonId<'_>> {
    PersonId::from_json(json)
}

#[test]
fn lines_that_are_written_are_read() {
    let error = to_form(b"7").unwrap_err();
    let read_losses = br#"{"line":1,"losses":[{"code":"id","severity":"data","path":"id","value":7}]}"#;
    let losses = read(read_losses).unwrap().losses();
    for payload in [Some(&b"7"[..]), Some(b"Zo\xEB %\"\n"), Some(b""), None] {
        for (id, losses) in [(None, None), (id("\"a\\\"b\""), losses)] {
            let mut line = Vec::new();
            write_rejected(
                &Rejected { line: 7, id, error: &error, emitted: true, payload, losses },
                &mut line,
            );
            let payload = payload.map(<[u8]>::to_vec);
            let expected = RejectedLine { line: 7, id, emitted: true, payload, losses };
            assert_eq!(read(&line), Ok(Line::Rejected(expected)));
        }
    }
    let mut line = Vec::new();
    write_passed_on(8, id("8"), b"payload", losses.unwrap(), &mut line);
    let output = Some(OutputDigest::of(b"payload"));
    let expected = PayloadLine { line: 8, id: id("8"), output, losses: losses.unwrap() };
    assert_eq!(read(&line), Ok(Line::Payload(expected)));
}

#[test]
fn null_is_missing_and_what_is_not_known_is_passed_over() {
    let rejected = RejectedLine { line: 1, id: None, emitted: false, payload: None, losses: None };
    let line = r#"{"line":1,"id":null,"error":{},"emitted":null,"value":null,"losses":null,"later":[{}]}"#;
    check(line, Some(Line::Rejected(rejected.clone())));
    // Only a scalar is an id, and only a text is a payload.
    check(r#"{"line":1,"id":[1],"error":{},"value":{"a":1}}"#, Some(Line::Rejected(rejected)));
    let end = End { to: "x".to_owned(), lines: 2, with_losses: 1 };
    check(r#"{"end":{"to":"x","lines":2,"with_losses":1,"later":1},"line":"x"}"#, Some(Line::End(end)));
}

#[test]
fn other_lines_are_refused() {
    for line in [
        "",
        "7",
        "[]",
        "{}",
        r#"{"line":1}"#,
        r#"{"losses":[]}"#,
        r#"{"line":-1,"losses":[]}"#,
        r#"{"line":1,"line":2,"losses":[]}"#,
        r#"{"line":1,"output":"3f07","losses":[]}"#,
        r#"{"line":1,"output":"3f07c1a9d2eg","losses":[]}"#,
        r#"{"line":1,"error":{},"value":"\ud800"}"#,
        r#"{"line":1,"losses":[]} x"#,
        r#"{"end":{"to":"v2","lines":1}}"#,
        r#"{"end":7,"line":1,"losses":[]}"#,
    ] {
        check(line, None);
    }
}

#[test]
fn losses_are_read_with_code_and_severity() {
    let codes = |losses: &str| {
        let line = format!(r#"{{"line":1,"losses":{losses}}}"#);
        read(line.as_bytes()).unwrap().losses().unwrap().codes().map_err(|error| error.kind())
    };
    assert_eq!(codes("[]"), Ok(Vec::new()));
    for odd in ["7", "{}", "[7]", r#"[{"code":"comment"}]"#, r#"[{"code":"nope","severity":"data"}]"#] {
        assert_eq!(codes(odd), Err(ErrorKind::NotLosses), "{odd}");
    }
}

#[test]
fn a_line_with_more_is_no_error_line() {
    for line in [
        r#"{"error":{"code":"a","message":"b"}}"#,
        r#"{"error":{"id":7,"code":"a","path":"p","message":"b"}}"#,
    ] {
        assert!(is_error_line(line.as_bytes()), "{line}");
    }
    for line in [
        r#"{"error":{"code":"a"}}"#,
        r#"{"error":{"code":7,"message":"b"}}"#,
        r#"{"error":{"code":"a","message":"b","more":1}}"#,
        r#"{"error":{"code":"a","message":"b"},"more":1}"#,
        r#"{"error":null}"#,
        r#"{"contact_data":{}}"#,
    ] {
        assert!(!is_error_line(line.as_bytes()), "{line}");
    }
}
