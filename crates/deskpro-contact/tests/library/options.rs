//! Options that change the output, and payload limits.

use deskpro_contact::{Conversion, Converter, Encoding, ErrorKind, Options, Region, Source, Target, to_form};
use testkit::schema::check;

/// With any options, v2 output is valid.
#[test]
fn v2_output_is_valid_with_any_options() {
    let payload = b"name=Ann&contact_data[1][type]=address&contact_data[1][data][zip]=1&contact_data[2][type]=im\
                    &contact_data[2][data][username]=x&contact_data[3][type]=twitter&contact_data[3][data][username]=x";
    for (only, pretty) in [(false, false), (true, false), (false, true), (true, true)] {
        let options = Options::new(Source::Form, Target::V2).only_contact_data(only).pretty(pretty);
        let mut converter = Converter::new(options);
        let converted = converter.convert(payload).unwrap();
        check(converted.output()).unwrap();
        // Each option has its effect.
        let output = std::str::from_utf8(converted.output()).unwrap();
        assert_eq!(output.contains("Ann"), !only, "{output}");
        assert_eq!(converted.losses().any(|loss| loss.path() == "name"), only, "{output}");
        assert_eq!(output.lines().count() > 1, pretty, "{output}");
    }
}

/// Pretty output has the same tokens with white space between them. Brackets and commas in strings are not tokens.
#[test]
fn pretty_output_is_indented() {
    let payload =
        br#"a[]={"%5B,:&a[]=x"\",y&b[c]=\&b[d][]=&contact_data[1][type]=website&contact_data[1][data][url]=u"#;
    let mut converter = Converter::new(Options::new(Source::Form, Target::V2).pretty(true));
    let expected = r#"{
  "a": [
    "{\"[,:",
    "x\"\\\",y"
  ],
  "b": {
    "c": "\\",
    "d": [
      ""
    ]
  },
  "contact_data": {
    "website": [
      {
        "url": "u"
      }
    ]
  }
}"#;
    assert_eq!(std::str::from_utf8(converter.convert(payload).unwrap().output()).unwrap(), expected);
    assert_eq!(converter.convert(b"").unwrap().output(), b"{\n  \"contact_data\": {}\n}");
}

/// A payload of exactly the limit is converted. One more byte rejects it, and the message contains both numbers.
#[test]
fn a_payload_over_the_limit_is_rejected() {
    let mut converter = Converter::new(Options::new(Source::Form, Target::V2).max_payload(9));
    assert!(converter.convert(b"name=Anna").is_ok());
    let error = converter.convert(b"name=Annas").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TooLong);
    assert!(error.to_string().contains('9') && error.to_string().contains("10"), "{error}");
}

/// Forms repeat the outer names in each pair, and losses have paths, so the size of both is limited, too.
#[test]
fn a_body_whose_repeated_names_exceed_the_limit_is_rejected() {
    let name = |len: usize| "n".repeat(len);
    let pairs = |len| format!(r#"{{"{}":{{"list":[{}]}}}}"#, name(len), ["1"; 61].join(","));
    let losses = |len| format!(r#"{{"{}":[true{}]}}"#, name(len), ",null".repeat(40));
    // The limit counts the names in the paths of losses, without brackets.
    let named = |body: &str| {
        let converted = to_form(body.as_bytes()).unwrap();
        let paths = converted.losses().iter().map(|loss| loss.path());
        paths.map(|path| path.replace(['[', ']'], "").len()).sum::<usize>()
    };
    let written = |body: &str| to_form(body.as_bytes()).unwrap().output().len();
    let convert = |body: &str, max| {
        let mut converter = Converter::new(Options::new(Source::V2, Target::Form).max_payload(max));
        converter.convert(body.as_bytes()).map(|converted| converted.output().len())
    };
    for (body, len, limited) in [
        (&pairs as &dyn Fn(usize) -> String, &written as &dyn Fn(&str) -> usize, "a body whose form has "),
        (&losses, &named, ""),
    ] {
        let body = (200..300).map(body).find(|body| len(body).is_multiple_of(16)).unwrap();
        let most = len(&body) / 16;
        assert!(body.len() < most, "{body}");
        assert_eq!(convert(&body, most), Ok(written(&body)), "{body}");
        let error = convert(&body, most - 1).unwrap_err();
        assert_eq!((error.kind(), error.span()), (ErrorKind::TooLong, 0..body.len()));
        let max = format!("expected {limited}at most {} bytes", (most - 1) * 16);
        assert!(error.message().starts_with(&max), "{error}");
    }
    // The first eighty names reach the limit, so the other names exceed it.
    let body =
        format!(r#"{{"{}":[{}]}}"#, name(158), [[r#""x""#; 10].join(","), ["null"; 90].join(",")].join(","));
    assert_eq!(named(&body), 90 * 160);
    assert!(body.len() < 800 && convert(&body, 800).is_err() && convert(&body, 900).is_ok());
}

/// Without the other fields, the output still has the person's id.
#[test]
fn the_id_field_is_always_written() {
    let options = Options::new(Source::Form, Target::V2).only_contact_data(true).id_field("number");
    let mut converter = Converter::new(options);
    let conversion = converter.convert("number=7&name=Ann&type=skype&data[username]=ann").unwrap();
    let body = br#"{"number":"7","contact_data":{"instant_message":[{"service":"skype","username":"ann"}]}}"#;
    assert_eq!(conversion.output(), body);
}

/// A field that looks like contact data passes if its own name or path is allowed.
#[test]
fn an_allowed_field_is_written() {
    for (payload, path) in [
        ("https://example.com/?a=1&name=Ann", "https://example_com/?a"),
        ("user[contact_data][1][type]=skype", "user[contact_data]"),
        ("contactData[1][type]=skype&name=Ann", "contactData"),
    ] {
        let convert = |allowed: &str| {
            let options = Options::new(Source::Form, Target::V2).allow_field(allowed);
            Converter::new(options).convert(payload).map(Conversion::into_owned)
        };
        assert_eq!(convert("name").map_err(|error| error.kind()).err(), Some(ErrorKind::MisplacedField));
        assert!(convert(path).is_ok(), "{path}");
    }
}

/// A field is found under its decoded name, also among many.
#[test]
fn a_field_is_found_by_its_decoded_name() {
    let many: String = (0..40).map(|n| format!("&field{n}={n}")).collect();
    let payload = format!("Zo%EB=1{many}");
    let options = Options::new(Source::Form, Target::V2).encoding(Some(Encoding::WINDOWS_1252));
    let mut converter = Converter::new(options);
    let conversion = converter.convert(&payload).unwrap();
    assert_eq!(conversion.field("Zo\u{eb}").as_deref(), Some("\"1\""));
    assert_eq!(conversion.field("field39").as_deref(), Some("\"39\""));
}

#[test]
fn encodings_and_regions_are_shown_by_their_names() {
    assert_eq!(format!("{:?}", Encoding::WINDOWS_1252), "Encoding(windows-1252)");
    assert_eq!("gb".parse::<Region>().map(|region| region.to_string()).as_deref(), Ok("GB"));
}

/// The name of an encoding is read in any case and with white space around it. Names of encodings that do not extend
/// ASCII are errors.
#[test]
fn names_of_encodings_are_those_that_extend_ascii() {
    let names = [
        ("windows-1252", "windows-1252"),
        (" ISO-8859-1 ", "windows-1252"),
        ("Latin1", "windows-1252"),
        ("us-ascii", "windows-1252"),
        ("SJIS", "shift_jis"),
        ("gb2312", "gbk"),
        ("GB18030", "gb18030"),
        ("ks_c_5601-1987", "euc-kr"),
        ("big5-hkscs", "big5"),
        ("KOI8-R", "koi8-r"),
        ("macintosh", "macintosh"),
        ("x-user-defined", "x-user-defined"),
        ("UTF8", "utf-8"),
    ];
    for (name, main_name) in names {
        let encoding: Encoding = name.parse().unwrap();
        assert_eq!(encoding.to_string(), main_name);
        assert_eq!(main_name.parse(), Ok(encoding));
    }
    for name in
        ["", "utf-16", "utf-16le", "utf-16be", "unicode", "iso-2022-jp", "replacement", "hz-gb-2312", "x"]
    {
        let error = name.parse::<Encoding>().unwrap_err().to_string();
        assert!(
            error.contains("for example windows-1252") && error.contains(&format!("{name:?}")),
            "{error}"
        );
    }
}

/// The losses name the encoding, so restoring needs no option. An option that contradicts them is an error.
#[test]
fn losses_of_another_encoding_are_not_put_back() {
    let options = |source, target, name: &str| Options::new(source, target).encoding(name.parse().ok());
    let mut converter = Converter::new(options(Source::Form, Target::V2, "windows-1252"));
    let payload = "name=Ren%E9&x=%F1";
    let converted = converter.convert(payload).unwrap().into_owned();
    let restore = |name: &str| {
        let mut restorer = Converter::new(options(Source::V2, Target::Form, name));
        let restored = restorer.restore(converted.output(), converted.losses_json());
        restored.map(|restored| String::from_utf8(restored.output().to_vec()).unwrap())
    };
    for name in ["none", "latin1", "windows-1252"] {
        assert_eq!(restore(name).unwrap(), payload, "{name}");
    }
    // "René" has equal bytes in both encodings.
    let error = restore("iso-8859-2").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotLosses);
    assert_eq!(error.message(), "expected losses of texts in iso-8859-2, found windows-1252");
}

/// Each decoded name of a key is a loss whose path repeats the names above it.
#[test]
fn a_payload_whose_decoded_names_repeat_too_much_is_rejected() {
    let payload = |depth: usize| format!("a{}=1", format!("[{}]", "%E9".repeat(20)).repeat(depth));
    let convert = |payload: &str| {
        let options = Options::new(Source::Form, Target::V2).encoding(Some(Encoding::WINDOWS_1252));
        let mut converter = Converter::new(options.max_payload(payload.len()));
        converter.convert(payload).map(|converted| converted.losses().count()).map_err(|error| error.kind())
    };
    // A note for each name, and one for the encoding.
    assert_eq!(convert(&payload(40)), Ok(41));
    assert_eq!(convert(&payload(60)), Err(ErrorKind::TooLong));
    assert_eq!(convert(&payload(60).replace("%E9", "e")), Ok(0));
}

/// Another person's losses are an error with any options, unless the caller promises with `edited` that payloads and
/// losses belong together and there are no ids to check it.
#[test]
fn losses_of_another_person_are_refused() {
    let form =
        |id: &str, name: &str| format!("{id}type=website&comment=of-{name}&data%5Burl%5D={name}.example");
    let body = |id: &str, name: &str| {
        format!(r#"{{{id}"contact_data":{{"website":[{{"url":"{name}.example","id":"of-{name}"}}]}}}}"#)
    };
    let ways: [(Options, Options, [[String; 2]; 2]); 2] = [
        (
            Options::new(Source::Form, Target::V2),
            Options::new(Source::V2, Target::Form),
            [[form("id=1&", "ann"), form("id=2&", "bob")], [form("", "ann"), form("", "bob")]],
        ),
        (
            Options::new(Source::V2, Target::Form),
            Options::new(Source::Form, Target::V2),
            [[body(r#""id":1,"#, "ann"), body(r#""id":"2","#, "bob")], [body("", "ann"), body("", "bob")]],
        ),
    ];
    for (there, back, people) in ways {
        for (n, payloads) in people.iter().enumerate() {
            for (id_field, edited) in [(false, false), (false, true), (true, false), (true, true)] {
                let with = |options: &Options| {
                    let options = options.clone().edited(edited);
                    Converter::new(if id_field { options.id_field("id") } else { options })
                };
                let [ann, bob] =
                    payloads.each_ref().map(|payload| with(&there).convert(payload).unwrap().into_owned());
                // The object for one payload holds the digest by which its owner is known.
                assert!(ann.losses_json().windows(10).any(|part| part == b"\"output\":\""));
                let mut converter = with(&back);
                assert!(converter.restore(ann.output(), ann.losses_json()).is_ok());
                let result = converter.restore(bob.output(), ann.losses_json());
                let case = format!("{n} {id_field} {edited} {}", bob.output());
                if edited && !id_field {
                    assert!(result.is_ok(), "{case}");
                } else {
                    assert_eq!(result.unwrap_err().kind(), ErrorKind::OtherPayload, "{case}");
                }
            }
        }
    }
}

/// With an id field, `edited` accepts nothing more: without an id, an output must be unchanged, and with one it may be
/// edited in any case.
#[test]
fn edited_outputs_need_an_id_or_the_option_edited() {
    let converting = |options: Options| {
        let mut converter = Converter::new(options);
        move |payload: &str| {
            let converted = converter.convert(payload).unwrap().into_owned();
            (converted.output().to_owned(), converted.losses_json().to_vec())
        }
    };
    let restored = |options: Options, output: &str, losses: &[u8]| {
        let mut converter = Converter::new(options);
        converter
            .restore(output, losses)
            .map(|conversion| conversion.output().to_vec())
            .map_err(|error| error.kind())
    };
    let to_v2 = || Options::new(Source::Form, Target::V2);
    let to_form = || Options::new(Source::V2, Target::Form);
    let payload = |id: &str| format!("{id}type=skype&comment=c&data[username]=ann");
    let edited = |output: &str| output.replace("ann", "anna");
    for id in ["", "id=7&"] {
        let (output, losses) = converting(to_v2().id_field("id"))(&payload(id));
        for is_edited in [false, true] {
            let options = || to_form().id_field("id").edited(is_edited);
            assert!(restored(options(), &output, &losses).is_ok(), "{output}");
            let found = restored(options(), &edited(&output), &losses);
            match id {
                "" => assert_eq!(found, Err(ErrorKind::OtherPayload), "{is_edited}"),
                _ => assert!(found.is_ok(), "{is_edited}"),
            }
            let stranger = output.replace("\"7\"", "\"8\"");
            assert_eq!(restored(options(), &stranger, &losses).is_ok(), stranger == output, "{is_edited}");
        }
        // Without an id field, only the option decides.
        let (without, with) = (to_form(), to_form().edited(true));
        assert_eq!(restored(without, &edited(&output), &losses), Err(ErrorKind::OtherPayload));
        assert!(restored(with, &edited(&output), &losses).is_ok());
    }
}
