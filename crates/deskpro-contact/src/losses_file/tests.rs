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
    let read_losses = br#"{"line":1,"output":"3f07c1a9d2e4","losses":[{"code":"id","severity":"data","path":"id","value":7}]}"#;
    let losses = read(read_losses).unwrap().losses();
    for payload in [Some(&b"7"[..]), Some(b"Zo\xEB %\"\n"), Some(b""), None] {
        for (id, losses) in [(None, None), (id("\"a\\\"b\""), losses)] {
            let mut line = Vec::new();
            write_rejected(
                &Rejected { line: 7, id, error: &error, emitted: true, payload, losses, builder_losses: &[] },
                &mut line,
            );
            let payload = payload.map(<[u8]>::to_vec);
            let mut error_line = Vec::new();
            write_error_line(&error, id, &mut error_line);
            let error_line = Some(OutputDigest::of(&error_line));
            let len = payload.is_none().then_some(1);
            let expected = RejectedLine { line: 7, id, error_line, payload, len, losses };
            assert_eq!(read(&line), Ok(Line::Rejected(expected)));
        }
    }
    let mut line = Vec::new();
    write_passed_on(8, id("8"), b"payload", losses, &mut line);
    let output = OutputDigest::of(b"payload");
    let expected = PayloadLine { line: 8, id: id("8"), output, losses };
    assert_eq!(read(&line), Ok(Line::Payload(expected.clone())));
    let mut left_over = Vec::new();
    write_left_over(&line, &mut left_over);
    assert_eq!(read(&left_over), Ok(Line::LeftOver(Box::new(Line::Payload(expected)))));
    for id_field in [None, Some("e\"mail".to_owned())] {
        let [from, to] = ["form", "v2"].map(str::to_owned);
        let encoding = id_field.as_ref().map(|_| "windows-1252".to_owned());
        let head = Head { version: VERSION, from, to, profile: "documented".to_owned(), id_field, encoding };
        line.clear();
        write_head(&head, &mut line);
        assert_eq!(read(&line), Ok(Line::Head(head)));
    }
}

#[test]
fn null_is_missing_and_unknown_members_are_ignored() {
    let rejected =
        RejectedLine { line: 1, id: None, error_line: None, payload: None, len: None, losses: None };
    let line = r#"{"line":1,"id":null,"error":{},"emitted":false,"value":null,"losses":null,"later":[{}]}"#;
    check(line, Some(Line::Rejected(rejected.clone())));
    // Only a scalar that is not empty is an id, and only a text is a payload.
    for id in ["[1]", "\"\""] {
        let line = format!(r#"{{"line":1,"id":{id},"error":{{}},"emitted":false,"value":{{"a":1}}}}"#);
        check(&line, Some(Line::Rejected(rejected.clone())));
    }
    let end = End { lines: 2, with_losses: 1 };
    check(r#"{"end":{"lines":2,"with_losses":1,"later":1},"line":"x"}"#, Some(Line::End(end)));
}

#[test]
fn other_lines_are_rejected() {
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
        r#"{"line":1,"losses":[]}"#,
        r#"{"line":1,"output":"3f07c1a9d2e4","losses":[]} x"#,
        r#"{"line":1,"error":{},"value":"no word about an error line"}"#,
        r#"{"line":1,"error":{},"emitted":true,"value":"no digest of the error line"}"#,
        r#"{"line":1,"error":{},"emitted":false,"output":"3f07c1a9d2e4"}"#,
        r#"{"left_over":{"line":1,"output":"3f07c1a9d2e4"}}"#,
        r#"{"left_over":{"end":{"lines":1,"with_losses":1}}}"#,
        r#"{"head":{"version":1,"from":"form","to":"v2"}}"#,
        r#"{"end":{"lines":1}}"#,
        r#"{"end":7,"line":1,"losses":[]}"#,
    ] {
        check(line, None);
    }
}

#[test]
fn losses_are_read_with_code_and_severity() {
    let codes = |losses: &str| {
        let line = format!(r#"{{"line":1,"output":"3f07c1a9d2e4","losses":{losses}}}"#);
        read(line.as_bytes()).unwrap().losses().unwrap().codes().map_err(|error| error.kind())
    };
    assert_eq!(codes("[]"), Ok(Vec::new()));
    for odd in ["7", "{}", "[7]", r#"[{"code":"comment"}]"#, r#"[{"code":"nope","severity":"data"}]"#] {
        assert_eq!(codes(odd), Err(ErrorKind::NotLosses), "{odd}");
    }
}

#[test]
fn a_line_with_other_members_is_not_an_error_line() {
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
