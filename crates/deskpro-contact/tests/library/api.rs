//! What the library promises of its public types, checked by the compiler: a test that does not hold does not build.

use std::error::Error as StdError;

use deskpro_contact::form::{Form, Node};
use deskpro_contact::losses_file::{OutputDigest, write_error_line};
use deskpro_contact::{
    Code, Contact, Conversion, Converted, Converter, Error, ErrorKind, Explanation, Field, Kind, Loss,
    LossValue, Options, PhoneType, Service, Severity, Source, Target, legacy, v2,
};

/// May go to another thread, and be looked at from several.
const fn crosses_threads<T: Send + Sync>() {}
/// May be boxed, kept and passed on by any program's error type.
const fn is_an_error<T: StdError + Clone + Send + Sync + 'static>() {}
/// Borrows from nothing: may be kept as long as one likes.
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

/// A function of a stranger's, with `?` and a boxed error.
#[test]
fn an_error_passes_through_any_programs_errors() {
    fn convert(payload: &[u8]) -> Result<String, Box<dyn StdError + Send + Sync>> {
        Ok(deskpro_contact::to_v2(payload)?.output().to_owned())
    }
    let error = convert(b"contact_data=x").unwrap_err();
    let own: &Error = error.downcast_ref().unwrap();
    assert_eq!(own.kind(), ErrorKind::ContactDataNotArray);
}

/// What is closed by contract: these matches have no other arm, and build in another crate.
#[test]
fn kinds_fields_and_services_are_closed() {
    let spoken = |kind: Kind| match kind {
        Kind::Address | Kind::Website | Kind::LinkedIn | Kind::Facebook => false,
        Kind::InstantMessage | Kind::Skype | Kind::Phone => true,
        Kind::Twitter | Kind::Apple | Kind::TrustPilot | Kind::Instagram => false,
    };
    assert_eq!(Kind::ALL.into_iter().filter(|&kind| spoken(kind)).count(), 3);
    let of_phones = |field: Field| match field {
        Field::Address | Field::City | Field::State | Field::Zip | Field::Country | Field::Url => false,
        Field::Service | Field::Username | Field::DisplayFeed | Field::InstagramId => false,
        Field::CallingCode | Field::Number | Field::PhoneType => true,
    };
    assert!(Kind::Phone.fields().all(of_phones));
    let is_listed = |service: Service| match service {
        Service::Whatsapp | Service::Aim | Service::Msn | Service::Yim | Service::Icq => true,
        Service::Skype | Service::Gtalk => true,
        Service::Other => false,
    };
    assert!(Service::ALL.into_iter().any(is_listed));
}

/// The names of codes and errors share one column of a losses file's `code`: none stands for two.
#[test]
fn a_name_is_of_one_code_or_of_one_error() {
    for code in Code::ALL {
        assert_eq!(Code::from_name(code.name()), Some(*code));
        assert_eq!(ErrorKind::from_name(code.name()), None);
    }
    for kind in ErrorKind::ALL {
        assert_eq!(ErrorKind::from_name(kind.name()), Some(*kind));
    }
}

/// What was written of a payload before it was rejected is of no other one.
#[test]
fn nothing_is_left_over_of_a_rejected_payload() {
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

/// A converter that restores less than all says so, and is none the worse for it.
#[test]
fn a_converter_restores_a_conversion_or_says_that_it_does_not() {
    let mut there = Converter::new(Options::new(Source::Form, Target::V2));
    let conversion = there.convert(b"name=Ann&a[__Host-b]=1&type=skype&data[username]=ann").unwrap();
    let mut back = Converter::new(Options::new(Source::V2, Target::Form));
    assert!(back.restores(&conversion));
    let less = Options::new(Source::V2, Target::Form).only_contact_data(true);
    assert!(!Converter::new(less).restores(&conversion), "the name is left out");
    let short = Options::new(Source::V2, Target::Form).max_payload(9);
    assert!(!Converter::new(short).restores(&conversion), "an error is no restoring");
    assert!(!Converter::new(Options::new(Source::Form, Target::V2)).restores(&conversion), "the wrong way");
    assert!(back.restores(&conversion), "once more");
}

/// Each explanation's example, converted or restored as it says: its code is in what comes of it.
#[test]
fn an_example_comes_to_its_code() {
    let run = |Explanation { example, .. }: Explanation| {
        let options =
            Options::new(example.source, example.target).only_contact_data(example.only_contact_data);
        let options = match example.max_payload {
            Some(max) => options.max_payload(max),
            None => options,
        };
        let mut converter = Converter::new(options);
        let payload = example.payload.as_bytes();
        let conversion = match example.losses {
            Some(losses) => converter.restore(payload, losses.as_bytes()),
            None => converter.convert(payload),
        };
        conversion.map(Conversion::into_owned)
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

/// What a line has room for: a text with its quotes, what is not UTF-8 percent-encoded, cut behind forty bytes.
#[test]
fn a_value_is_shown_on_a_line() {
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

/// What is asked of a conversion, beside its output and its losses.
#[test]
fn a_conversion_answers_about_itself() {
    let mut converter = Converter::new(Options::new(Source::Form, Target::V2));
    let payload = b"id=7&name=x%22&bytes[]=a&none=&type=apple&comment=c&type=website&data[url]=u";
    let conversion = converter.convert(payload).unwrap();
    let all: Vec<Loss> = conversion.losses().collect();
    assert!(all.len() > 2);
    assert_eq!((0..=all.len()).filter_map(|n| conversion.loss(n)).collect::<Vec<_>>(), all);
    assert!(conversion.loses_data());
    let codes: Vec<(Code, Severity)> = all.iter().map(|loss| (loss.code(), loss.severity())).collect();
    assert_eq!(conversion.codes().collect::<Vec<_>>(), codes);
    assert_eq!(
        ["id", "name", "none", "bytes", "missing"].map(|name| conversion.field(name)),
        [Some("\"7\"".to_owned()), Some(r#""x\"""#.to_owned()), Some("\"\"".to_owned()), None, None]
    );
    // Another spelling of the same, and another order.
    let restored = b"id=7&name=x\"&bytes%5B0%5D=a&none&type=website&comment=c&data%5Burl%5D=u";
    assert!(conversion.is_same(restored));
    assert!(!conversion.is_same(b"name=x\"&id=7&bytes[]=a&none=&type=website&comment=c&data[url]=u"));
    let (mut line, mut digest) = (Vec::new(), b"{\"line\":3,\"output\":\"".to_vec());
    conversion.write_losses(3, None, &mut line);
    digest.extend_from_slice(OutputDigest::of(conversion.output()).to_string().as_bytes());
    digest.push(b'"');
    assert!(line.starts_with(&digest), "{}", String::from_utf8_lossy(&line));

    let conversion = converter
        .convert(b"b=1&contact_data[1][type]=website&contact_data[1][data][url]=u&a=%EB&a=1")
        .unwrap();
    assert_eq!(conversion.field("a").as_deref(), Some("\"1\""));
    let conversion =
        converter.convert(b"b=1&contact_data[2][data][url]=u&contact_data[2][type]=website").unwrap();
    assert!(!conversion.loses_data() && conversion.losses().next().is_some());

    let mut converter = Converter::new(Options::new(Source::V2, Target::Form));
    let conversion = converter.convert(br#"{"a":1.50,"b":true,"c":null,"d":{},"e":"x"}"#).unwrap();
    assert_eq!(
        ["a", "b", "c", "d", "e"].map(|name| conversion.field(name)),
        [Some("1.50".to_owned()), Some("true".to_owned()), None, None, Some("\"x\"".to_owned())]
    );
    assert!(conversion.is_same(br#"{"a":1.50,"b":true,"c":null,"d":{},"e":"x"}"#));
    assert!(!conversion.is_same(br#"{"a":1.50,"b":true,"c":null,"d":[],"e":"x"}"#));
    assert!(
        !conversion.is_same(br#"{"a":1.5,"b":true,"c":null,"d":{},"e":"x"}"#) && !conversion.is_same(b"{")
    );
}

#[test]
fn a_rejection_has_a_line_in_the_output() {
    let error = deskpro_contact::to_v2(b"contact_data=%EB\"").unwrap_err();
    let mut line = Vec::new();
    write_error_line(&error, None, &mut line);
    let expected = r#"{"error":{"code":"contact-data-not-array","path":"contact_data","message":"expected an array of records, found \"%EB\"\""}}"#;
    assert_eq!(std::str::from_utf8(&line).unwrap(), expected);
}

/// Two forms are the same by keys, values and order; a node knows the pair that it was read from.
#[test]
fn forms_are_compared_and_point_at_their_pairs() {
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

/// What is said of them in words elsewhere.
#[test]
fn limits_and_targets_are_those_of_the_documentation() {
    assert_eq!(deskpro_contact::DEFAULT_MAX_PAYLOAD, 16 * 1024 * 1024);
    // Its places, and twice as many for mended names, are numbers of 32 bits.
    assert_eq!(deskpro_contact::MAX_PAYLOAD as u64 * 2 + 1, u64::from(u32::MAX));
    assert_eq!([Target::V2, Target::Form, Target::Canonical].map(Target::name), ["v2", "form", "canonical"]);
}
