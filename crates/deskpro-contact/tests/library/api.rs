//! Guarantees of the public types. The compiler checks traits and closed enums: a broken guarantee does not build.

use std::collections::HashSet;
use std::error::Error as StdError;

use deskpro_contact::form::{Form, Node};
use deskpro_contact::losses_file::{
    self, End, OutputDigest, PersonId, Rejected, write_end, write_error_line, write_rejected,
};
use deskpro_contact::{
    Code, Contact, Conversion, Converted, Converter, Error, ErrorKind, Explanation, Field, Kind, Loss,
    LossValue, Options, PhoneType, Service, Severity, Source, Target, legacy, v2,
};

/// Can be sent to and shared between threads.
const fn crosses_threads<T: Send + Sync>() {}
/// Can be boxed, cloned and wrapped by any error type.
const fn is_an_error<T: StdError + Clone + Send + Sync + 'static>() {}
/// Borrows nothing.
const fn is_owned<T: Clone + Send + Sync + 'static>() {}

const _: () = {
    is_an_error::<Error>();
    is_owned::<Converted>();
    is_owned::<Loss>();
    is_owned::<LossValue>();
    is_owned::<Contact<String>>();
    is_owned::<legacy::ContactData>();
    is_owned::<v2::ContactData>();
    is_owned::<Options>();
    is_owned::<Explanation>();
    is_owned::<(Code, ErrorKind, Severity, Target)>();
    is_owned::<(Kind, Field, Service, PhoneType)>();
    crosses_threads::<Converter>();
    crosses_threads::<Conversion<'static>>();
    crosses_threads::<Contact<&'static str>>();
    crosses_threads::<Form>();
    crosses_threads::<Node<'static>>();
};

/// A caller can use `?` with a boxed error.
#[test]
fn an_error_can_be_boxed_and_downcast() {
    fn convert(payload: &[u8]) -> Result<String, Box<dyn StdError + Send + Sync>> {
        Ok(deskpro_contact::to_v2(payload)?.output().to_owned())
    }
    let error = convert(b"contact_data=x").unwrap_err();
    let own: &Error = error.downcast_ref().unwrap();
    assert_eq!(own.kind(), ErrorKind::ContactDataNotArray);
}

/// These enums are not `non_exhaustive`: a match without a wildcard builds in another crate.
#[test]
fn kinds_fields_and_services_are_closed() {
    let is_live = |kind: Kind| match kind {
        Kind::Address | Kind::Website | Kind::LinkedIn | Kind::Facebook => false,
        Kind::InstantMessage | Kind::Skype | Kind::Phone => true,
        Kind::Twitter | Kind::Apple | Kind::TrustPilot | Kind::Instagram => false,
    };
    assert_eq!(Kind::ALL.into_iter().filter(|&kind| is_live(kind)).count(), 3);
    let is_of_phone = |field: Field| match field {
        Field::Address | Field::City | Field::State | Field::Zip | Field::Country | Field::Url => false,
        Field::Service | Field::Username | Field::DisplayFeed | Field::InstagramId => false,
        Field::CallingCode | Field::Number | Field::PhoneType | Field::Extension => true,
    };
    assert!(Kind::Phone.fields().all(is_of_phone));
    let is_listed = |service: Service| match service {
        Service::Whatsapp | Service::Aim | Service::Msn | Service::Yim | Service::Icq => true,
        Service::Skype | Service::Gtalk => true,
        Service::Other => false,
    };
    assert!(Service::ALL.into_iter().any(is_listed));
}

/// Loss codes and error kinds share the member `code` of messages, so their names must differ.
#[test]
fn each_name_belongs_to_one_code_or_one_error() {
    for code in Code::ALL {
        assert_eq!(code.name().parse(), Ok(*code));
        assert!(code.name().parse::<ErrorKind>().is_err());
    }
    for kind in ErrorKind::ALL {
        assert_eq!(kind.name().parse(), Ok(*kind));
    }
}

/// A line of a losses file names the line of its payload. The first and the last line of the file are about no payload.
#[test]
fn a_line_of_a_losses_file_names_the_line_of_its_payload() {
    let mut converter = Converter::new(Options::new(Source::Form, Target::V2));
    let [mut losses, mut rejected, mut end] = [Vec::new(), Vec::new(), Vec::new()];
    converter.convert(b"type=skype&data[username]=ann").unwrap().write_losses_line(7, &mut losses);
    let error = converter.convert(b"contact_data=x").map(Conversion::into_owned).unwrap_err();
    let line = Rejected {
        line: 8,
        id: None,
        error: &error,
        emitted: false,
        payload: None,
        losses: None,
        builder_losses: &[],
    };
    write_rejected(&line, &mut rejected);
    write_end(&End { lines: 8, with_losses: 2 }, &mut end);
    let kept = losses_file::read(&losses).unwrap().losses().unwrap().codes().unwrap();
    assert_eq!(
        kept,
        [
            (Code::TypeName, Severity::Note),
            (Code::SingleRecord, Severity::Note),
            (Code::Records, Severity::Note)
        ]
    );
    let mut others = Vec::new();
    converter.convert(b"name=x&name=y").unwrap().write_losses_line(7, &mut others);
    let others = losses_file::read(&others).unwrap();
    assert_ne!(losses_file::read(&losses).unwrap().losses(), others.losses());
    for (line, expected) in [(losses, Some(7)), (rejected, Some(8)), (end, None)] {
        assert_eq!(losses_file::read(&line).unwrap().payload_line(), expected);
    }
}

/// The lines about a person have the person's id; the first and the last line of the file have none. Equal ids are one
/// key of a map, also if their JSON types differ.
#[test]
fn a_line_of_a_losses_file_has_the_id_of_its_person() {
    let ids: HashSet<PersonId<'_>> =
        ["7", "\"7\"", "8"].map(|json| PersonId::from_json(json).unwrap()).into_iter().collect();
    assert_eq!(ids.len(), 2);
    assert_ne!(PersonId::from_json("7"), PersonId::from_json("8"));
    let text = |json: &'static str| PersonId::from_json(json).map(|id| id.text().into_owned());
    let texts =
        ["-1.5", "true", "false", r#""a\u00e9\"""#, "[7]", "{}", "null", r#""""#, r#""\ud800""#, "7 8"]
            .map(text);
    let expected = [Some("-1.5"), Some("1"), Some("0"), Some("aé\""), None, None, None, None, None, None];
    assert_eq!(texts.each_ref().map(Option::as_deref), expected);

    let mut converter = Converter::new(Options::new(Source::Form, Target::V2).id_field("id"));
    let conversion = converter.convert(b"id=7&type=skype&data[username]=ann").unwrap();
    let mut with_losses = Vec::new();
    conversion.write_losses_line(1, &mut with_losses);
    let error = converter.convert(b"id=8&contact_data=x").map(Conversion::into_owned).unwrap_err();
    let (mut rejected, mut end, mut emitted) = (Vec::new(), Vec::new(), Vec::new());
    let line = Rejected {
        line: 2,
        id: PersonId::from_json("8"),
        error: &error,
        emitted: true,
        payload: None,
        losses: None,
        builder_losses: &[],
    };
    write_rejected(&line, &mut rejected);
    write_end(&End { lines: 2, with_losses: 2 }, &mut end);
    for (line, expected) in [(&with_losses, Some("7")), (&rejected, Some("8")), (&end, None)] {
        let id = losses_file::read(line).unwrap().id().map(PersonId::text);
        assert_eq!(id.as_deref(), expected, "{}", String::from_utf8_lossy(line));
    }

    // The line that stands in the output for the rejected payload.
    write_error_line(&error, PersonId::from_json("8"), &mut emitted);
    assert_eq!(losses_file::id_of_error_line(&emitted).as_deref(), Some("8"));
    let output = deskpro_contact::to_v2(b"id=8").unwrap().into_output();
    assert_eq!(output, r#"{"id":"8","contact_data":{}}"#);
    assert_eq!(losses_file::id_of_error_line(output.as_bytes()), None);
}

/// Names of a path that contain brackets are one name each. An error about the whole payload has none.
#[test]
fn an_error_has_the_names_of_its_path() {
    let names = |payload: &[u8]| {
        let names = deskpro_contact::to_v2(payload).unwrap_err().path_names();
        names.into_iter().map(|name| String::from_utf8(name).unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(names(b"labels[a%5Bb]=%EB"), ["labels", "a[b"]);
    let short = Options::new(Source::Form, Target::V2).max_payload(2);
    let too_long = Converter::new(short).convert(b"a=1").map(Conversion::into_owned).unwrap_err();
    assert!(too_long.path_names().is_empty());
}

/// A rejection may come after a part of the output is written. That part is discarded.
#[test]
fn a_rejected_payload_does_not_affect_the_next_conversion() {
    let mut converter = Converter::new(Options::new(Source::Form, Target::V2));
    let rejected =
        converter.convert(b"a=b&contact_data[1][type]=skype&contact_data[1][data][username]=x&c=%FF");
    assert_eq!(
        rejected.map(|conversion| conversion.output().to_vec()).unwrap_err().kind(),
        ErrorKind::NotUtf8
    );
    let payload = b"type=skype&data[username]=ann";
    assert_eq!(
        converter.convert(payload).unwrap().output(),
        deskpro_contact::to_v2(payload).unwrap().output().as_bytes()
    );
}

/// `can_restore` is false if options or direction prevent a complete restoring, and does not change the converter.
#[test]
fn can_restore_checks_a_conversion() {
    let mut converter = Converter::new(Options::new(Source::Form, Target::V2));
    let conversion = converter.convert(b"name=Ann&a[__Host-b]=1&type=skype&data[username]=ann").unwrap();
    let mut restorer = Converter::new(Options::new(Source::V2, Target::Form));
    assert!(restorer.can_restore(&conversion));
    let less = Options::new(Source::V2, Target::Form).only_contact_data(true);
    assert!(!Converter::new(less).can_restore(&conversion), "the name is left out");
    let short = Options::new(Source::V2, Target::Form).max_payload(9);
    assert!(!Converter::new(short).can_restore(&conversion), "the output is over the limit");
    assert!(
        !Converter::new(Options::new(Source::Form, Target::V2)).can_restore(&conversion),
        "the wrong direction"
    );
    assert!(restorer.can_restore(&conversion), "the result does not change");
}

/// The example of each explanation has the explained loss or error.
#[test]
fn the_example_of_each_explanation_has_its_code() {
    let run = |Explanation { example, .. }: Explanation| {
        let options = Options::new(example.source, example.target)
            .only_contact_data(example.only_contact_data)
            .encoding(example.encoding)
            .profile(example.profile);
        let options = match example.max_payload {
            Some(max) => options.max_payload(max),
            None => options,
        };
        let mut converter = Converter::new(options);
        let (payload, builder_losses) = example.build()?;
        let conversion = match example.losses {
            Some(losses) => converter.restore(&payload, losses.as_bytes()),
            None => converter.convert(&payload),
        };
        conversion.map(|conversion| conversion.with_builder_losses(&builder_losses).into_owned())
    };
    for code in Code::ALL {
        let converted = run(code.explanation()).unwrap();
        assert!(converted.losses().iter().any(|loss| loss.code() == *code), "{}", code.name());
    }
    for kind in ErrorKind::ALL {
        let errors = match run(kind.explanation()) {
            Ok(converted) => converted.losses().iter().filter_map(|loss| loss.error().cloned()).collect(),
            Err(error) => vec![error],
        };
        assert!(errors.iter().any(|error| error.kind() == *kind), "{}", kind.name());
    }
}

/// `shown` gives a text in quotes, and bytes that are not UTF-8 percent-encoded. It cuts both after forty bytes.
#[test]
fn a_value_of_a_loss_is_shown_shortened_and_escaped() {
    let long = "n".repeat(50);
    let payload = format!("a=x%0A%22&b=%EB&c={long}&d=&a=&b=&c=&d=");
    let converted = deskpro_contact::to_v2(payload.as_bytes()).unwrap();
    let shown: Vec<(Option<String>, Option<String>)> =
        converted.losses().iter().map(|loss| (loss.shown(), loss.text())).collect();
    let some = |text: &str| Some(text.to_owned());
    assert_eq!(
        shown,
        [
            (some(r#""x\n\"""#), some("x\n\"")),
            (some("%EB"), None),
            (some(&format!("\"{}…", &long[..39])), some(&long)),
            (some("\"\""), some("")),
        ]
    );
}

/// The other methods of a conversion: `loss`, `has_data_losses`, `codes`, `field`, `reads_like`, `write_losses_line`.
#[test]
fn the_methods_of_a_conversion_agree_with_its_losses_and_payload() {
    let mut converter = Converter::new(Options::new(Source::Form, Target::V2));
    let payload = b"id=7&name=x%22&bytes[]=a&none=&type=apple&comment=c&type=website&data[url]=u";
    let conversion = converter.convert(payload).unwrap();
    let all: Vec<Loss> = conversion.losses().collect();
    assert!(all.len() > 2);
    assert_eq!((0..=all.len()).filter_map(|n| conversion.loss(n)).collect::<Vec<_>>(), all);
    assert!(conversion.has_data_losses());
    let codes: Vec<(Code, Severity)> = all.iter().map(|loss| (loss.code(), loss.severity())).collect();
    assert_eq!(conversion.codes().collect::<Vec<_>>(), codes);
    assert_eq!(
        ["id", "name", "none", "bytes", "missing"].map(|name| conversion.field(name)),
        [Some("\"7\"".to_owned()), Some(r#""x\"""#.to_owned()), Some("\"\"".to_owned()), None, None]
    );
    // This payload in another spelling, then in another order.
    let restored = b"id=7&name=x\"&bytes%5B0%5D=a&none&type=website&comment=c&data%5Burl%5D=u";
    assert!(conversion.reads_like(restored));
    assert!(!conversion.reads_like(b"name=x\"&id=7&bytes[]=a&none=&type=website&comment=c&data[url]=u"));
    let (mut line, mut digest) = (Vec::new(), b"{\"line\":3,\"output\":\"".to_vec());
    conversion.write_losses_line(3, &mut line);
    digest.extend_from_slice(OutputDigest::of(conversion.output()).to_string().as_bytes());
    digest.push(b'"');
    assert!(line.starts_with(&digest), "{}", String::from_utf8_lossy(&line));

    let conversion = converter
        .convert(b"b=1&contact_data[1][type]=website&contact_data[1][data][url]=u&a=%EB&a=1")
        .unwrap();
    assert_eq!(conversion.field("a").as_deref(), Some("\"1\""));
    let conversion =
        converter.convert(b"b=1&contact_data[2][data][url]=u&contact_data[2][type]=website").unwrap();
    assert!(!conversion.has_data_losses() && conversion.losses().next().is_some());

    // Losses of the JSON or the rows that the payload was built from come first.
    let payload = b"id=1";
    let mut converter = Converter::new(Options::new(Source::Form, Target::V2));
    let conversion = converter.convert(payload).unwrap().with_builder_losses(&all);
    assert_eq!(conversion.payload(), payload);
    assert_eq!(conversion.builder_losses(), all);
    assert_eq!(conversion.losses().collect::<Vec<_>>(), all);
    assert!(conversion.has_data_losses() && conversion.has_losses() && !conversion.has_records());
    let notes: Vec<Loss> = all.iter().filter(|loss| loss.severity() == Severity::Note).cloned().collect();
    assert!(!notes.is_empty() && !conversion.with_builder_losses(&notes).has_data_losses());
    assert!(converter.convert(b"type=skype&data[username]=ann").unwrap().has_records());

    let mut converter = Converter::new(Options::new(Source::V2, Target::Form));
    let conversion = converter.convert(br#"{"a":1.50,"b":true,"c":null,"d":{},"e":"x"}"#).unwrap();
    assert_eq!(
        ["a", "b", "c", "d", "e"].map(|name| conversion.field(name)),
        [Some("1.50".to_owned()), Some("true".to_owned()), None, None, Some("\"x\"".to_owned())]
    );
    assert!(conversion.reads_like(br#"{"a":1.50,"b":true,"c":null,"d":{},"e":"x"}"#));
    assert!(!conversion.reads_like(br#"{"a":1.50,"b":true,"c":null,"d":[],"e":"x"}"#));
    assert!(!conversion.reads_like(br#"{"a":1.50,"b":false,"c":null,"d":{},"e":"x"}"#));
    assert!(
        !conversion.reads_like(br#"{"a":1.5,"b":true,"c":null,"d":{},"e":"x"}"#)
            && !conversion.reads_like(b"{")
    );
}

#[test]
fn an_error_line_contains_code_path_and_message() {
    let error = deskpro_contact::to_v2(b"contact_data=%EB\"").unwrap_err();
    let mut line = Vec::new();
    write_error_line(&error, None, &mut line);
    let expected = r#"{"error":{"code":"contact-data-not-array","path":"contact_data","message":"expected an array of records, found \"%EB\"\""}}"#;
    assert_eq!(std::str::from_utf8(&line).unwrap(), expected);
}

/// Forms are equal if keys, values and order are equal. A node has the offset of its pair.
#[test]
fn forms_are_comparable_and_nodes_have_offsets() {
    let read = |payload: &str| Form::read(payload.as_bytes()).unwrap();
    assert!(read("a[]=x&b=y") == read("a[0]=x&b=y"));
    for other in ["b=y&a[]=x", "a[]=x&b=z", "a[1]=x&b=y", "a[]=x", "a=x&b=y", "a[]=x&b=y&c="] {
        assert!(read("a[]=x&b=y") != read(other), "{other}");
    }
    let form = read("&a[]=x&b=y&a[]=z&b=w");
    let offsets: Vec<usize> = form.root().children().map(Node::offset).collect();
    assert_eq!(offsets, [1, 17]);
    let a = form.root().get(b"a").unwrap();
    assert_eq!(a.children().map(Node::offset).collect::<Vec<_>>(), [1, 11]);
    assert!(form.root().get(b"b").unwrap().children().next().is_none());
}

/// The values that the documentation states.
#[test]
fn limits_and_target_names_are_as_documented() {
    assert_eq!(deskpro_contact::DEFAULT_MAX_PAYLOAD, 16 * 1024 * 1024);
    // Offsets have 32 bits. The names that PHP changes take up to twice as many offsets as the payload has bytes.
    assert_eq!(deskpro_contact::MAX_PAYLOAD as u64 * 2 + 1, u64::from(u32::MAX));
    assert_eq!([Target::V2, Target::Form, Target::Canonical].map(Target::name), ["v2", "form", "canonical"]);
}

#[test]
fn a_message_shows_invisible_characters_escaped() {
    for char in ['\u{FFFE}', '\u{FFFF}', '\u{1FFFE}', '\u{10FFFF}', '\u{200B}', '\u{FDD0}'] {
        let message = format!("pa{char}ger").parse::<Kind>().unwrap_err().to_string();
        assert!(!message.contains(char) && message.contains("pa\\u{"), "{message}");
    }
}

/// `jq` and other programs write the same JSON with other spaces.
#[test]
fn an_output_with_other_spaces_is_not_an_edited_one() {
    let payload = "name=Ann&contact_data[1][type]=skype&contact_data[1][comment]=home&contact_data[1][data][username]=anne";
    let converted = deskpro_contact::to_v2(payload).unwrap();
    let spaced = converted.output().replace("\":", "\" : ").replace(',', " ,\t");
    assert_ne!(spaced, converted.output());
    let restored = deskpro_contact::restore_form(&spaced, converted.losses_json()).unwrap();
    assert_eq!(restored.output().replace("%5B", "[").replace("%5D", "]"), payload);
}
