use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

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
