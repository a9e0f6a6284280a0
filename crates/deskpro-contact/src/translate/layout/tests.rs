use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::*;
use crate::{Converter, Options, Target};

/// The keys of a record and their values, as they mostly come, or in another order.
fn record() -> impl Strategy<Value = Vec<String>> {
    const TYPES: [&str; 10] =
        ["website", "im", "skype", "phone", "fax", "twitter", "linkedin", "address", "Address", "nope"];
    const FIELDS: [&str; 10] =
        ["address", "city", "country", "service", "username", "url", "number", "type", "display_feed", "x"];
    let value = select(&["", "0", "aim", "Ann", "a%22b", "%ff"][..]);
    let field = (select(&FIELDS[..]), value).prop_map(|(field, value)| format!("[data][{field}]={value}"));
    let keys = (
        select(&TYPES[..]).prop_map(|of| format!("[type]={of}")),
        prop::option::of(select(&["[comment]=work", "[comment]=", "[data]=", "[foo]=1", "[data][]=1"][..])),
        vec(field, 0..4),
    );
    let keys = keys.prop_map(|(of, other, fields)| {
        [of].into_iter().chain(other.map(str::to_owned)).chain(fields).collect::<Vec<_>>()
    });
    prop_oneof![3 => keys.clone(), 1 => keys.prop_shuffle()]
}

#[test]
fn no_layout_is_taken_where_something_came_in_between_or_afterwards() {
    let site = "contact_data[1][type]=website&contact_data[1][data][url]=u";
    let other = "contact_data[2][type]=website&contact_data[2][data][url]=v";
    for payload in [
        "contact_data[1][type]=website&b=2&contact_data[1][data][url]=u".to_owned(),
        format!("{site}&b=2&contact_data[1][foo]=1"),
        format!("{site}&b=2&contact_data[1][data][]=1&contact_data[1][data][foo]=2"),
        format!("{site}&{other}&contact_data[1][foo]=1&b=2"),
        // A key that is read from its first byte on.
        format!("{site}&{other}&contact_data[1][foo]x=1"),
        format!("{site}&{other}&contact_data[1][type][]x=1"),
        format!("{site}&contact_data[1][foo]x=1&{other}"),
    ] {
        let mut converter = Converter::new(Options::new(Target::V2));
        for payload in [&payload, site, &payload, site, &payload] {
            let again = converter.convert(payload.as_bytes()).unwrap().into_owned();
            assert_eq!(again, crate::to_v2(payload.as_bytes()).unwrap(), "{payload}");
        }
    }
}

#[test]
fn no_layout_is_taken_for_that_of_other_records_when_the_reader_begins_anew() {
    let site = "contact_data[1][type]=website&contact_data[1][data][url]=http%3A%2F%2Fexample.org";
    let turned = "contact_data[1][data][url]=http%3A%2F%2Fexample.org&contact_data[1][type]=website";
    let labelled = format!("contact_data[1][comment]=home&{site}");
    let read = |converter: &mut Converter, payload: &str| {
        for _ in 0..3 {
            let again = converter.convert(payload.as_bytes()).unwrap();
            assert_eq!(
                again.output(),
                crate::to_v2(payload.as_bytes()).unwrap().output().as_bytes(),
                "{payload}"
            );
        }
    };
    // It begins anew with one of these names, or with a key of the record that comes then.
    for names in 225..=265 {
        let mut converter = Converter::new(Options::new(Target::V2));
        read(&mut converter, site);
        for name in 0..names {
            let _: crate::Conversion = converter.convert(format!("field{name}=1").as_bytes()).unwrap();
        }
        read(&mut converter, if names % 2 == 0 { turned } else { &labelled });
        read(&mut converter, site);
    }
    // Or for the number of orders.
    let mut converter = Converter::new(Options::new(Target::V2));
    for order in 0..1100_usize {
        let keys: String = (0..11).filter(|n| order >> n & 1 > 0).map(|n| format!("field{n}=1&")).collect();
        let _: crate::Conversion = converter.convert(keys.as_bytes()).unwrap();
        if order % 7 == 0 {
            read(&mut converter, if order % 2 == 0 { site } else { turned });
        }
    }
}

#[test]
fn places_are_kept_up_to_the_farthest_that_has_room() {
    let places = [Some(1), None, Some(63), Some(8), None].map(|place| place.and_then(Behind::new));
    let columns = Columns::new(places).unwrap();
    assert!(
        columns
            .each()
            .map(|place| place.map(Behind::count))
            .take(5)
            .eq(places.map(|place| place.map(Behind::count)))
    );
    assert!(Columns::new([None, None, None, None, Behind::new(64)]).is_none());
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn records_are_the_same_whether_their_layout_is_known(
        kept in vec(record(), 1..4),
        payloads in vec((vec((any::<prop::sample::Index>(), 1..4_u8), 1..5), any::<bool>(), "(name=a)?"), 2..6),
    ) {
        for target in [Target::V2, Target::Canonical] {
            let mut converter = Converter::new(Options::new(target));
            for (records, is_encoded, other) in payloads.iter().chain(&payloads).chain(&payloads) {
                let mut pairs: Vec<String> = vec![other.clone()];
                for (record, number) in records {
                    pairs.extend(record.get(&kept).iter().map(|key| format!("contact_data[{number}]{key}")));
                }
                let mut payload = pairs.join("&");
                if *is_encoded {
                    payload = payload.replace('[', "%5B").replace(']', "%5D");
                }
                let again = converter.convert(payload.as_bytes()).map(crate::Conversion::into_owned);
                let once = Converter::new(Options::new(target)).convert(payload.as_bytes()).map(crate::Conversion::into_owned);
                prop_assert_eq!(again, once, "{}", payload);
            }
        }
    }
}
