use proptest::prelude::*;

use super::super::{Keys, read};
use super::Base::{self, Group, Root};
use crate::tree::Tree;
use crate::{Converter, Options, Target};

/// How many plain pairs of each payload the short way did not know, by a reader that reads one after the other.
fn long_ways(payloads: &[&str], keys: &mut Keys) -> Vec<usize> {
    let ways = payloads.iter().map(|payload| {
        read(&mut Tree::default(), payload.as_bytes(), keys, &mut Vec::new()).unwrap();
        keys.memory.spellings.brought()
    });
    ways.collect()
}

#[test]
fn what_was_read_before_goes_the_short_way() {
    let groups = "c[1][type]=a&c[1][data][x]=1&c[1][data][y]=1&c[2][type]=a&c[2][data][x]=1&c[2][data][y]=1";
    let encoded = groups.replace('[', "%5b").replace(']', "%5D");
    let many: Vec<String> = (0..17).map(|n| format!("field{n}=1")).collect();
    for (payloads, ways) in [
        (["email=a&name=b", "name=b&email=a"], [2, 0]),
        (["labels[]=a&id=1", "labels[]=a&labels[]=b"], [2, 0]),
        (["a[x]=1&a[y]=1", "a[y]=1&a[x]=1"], [2, 0]),
        ([groups, groups], [3, 0]),
        ([&encoded, &encoded], [3, 0]),
        // Behind a name that is new, what is there already is looked up.
        (["a=1&b=1", "new=1&a=1&b=1"], [2, 1]),
        ([groups, "c[1][type]=a&c[1][data][new]=1&c[1][data][x]=1&c[1][data][y]=1"], [3, 1]),
        // A value in another one's place.
        (["a=1", "a=1&a=2"], [1, 1]),
        (["a=1&a[x]=1", "a=1&a[x]=1"], [2, 1]),
        ([&many.join("&"), &many.join("&")], [16, 1]),
    ] {
        assert_eq!(long_ways(&payloads, &mut Keys::default()), ways, "{payloads:?}");
    }
}

#[test]
fn plain_spellings_are_remembered_and_mean_the_same_again() {
    let known: [(&str, &[(Base, &str)]); 8] = [
        ("a", &[(Root, "a")]),
        ("a[]", &[(Root, "a[]")]),
        ("a[b]", &[(Root, "a[b]")]),
        ("a%5bb%5D", &[(Root, "a%5bb%5D")]),
        ("a[1][b]", &[(Group, "b]")]),
        ("a[1][]", &[(Group, "]")]),
        ("a[1][b][c]", &[(Group, "b][c]")]),
        ("a[1][b][]", &[(Group, "b][]")]),
    ];
    let odd = "a.b a+b %61 a[%61] a[+] a[\t] a[1][\t][b] a[b]c a[b a[1][b][c [x] a[__b] __a a[][b] a[1][][b] \
               a[1][b][][c] a[1][b][c][d]";
    for (key, remembered) in known.into_iter().chain(odd.split(' ').map(|key| (key, &[][..]))) {
        let (mut keys, mut converter) = (Keys::default(), Converter::new(Options::new(Target::V2)));
        let pair = format!("{key}=1");
        long_ways(&[&pair], &mut keys);
        assert_eq!(keys.memory.spellings.all(), remembered, "{key}");
        let payload = format!("{pair}&{pair}&x[1][b]=2&{pair}");
        let once = crate::to_v2(payload.as_bytes()).unwrap();
        for _ in 0..3 {
            let again = converter.convert(payload.as_bytes()).unwrap();
            assert_eq!(again.output(), once.output().as_bytes(), "{payload}");
            assert_eq!(again.losses().collect::<Vec<_>>(), once.losses(), "{payload}");
        }
    }
}

/// Whether a converter that has read these payloads reads them again as one that has read nothing.
fn is_read_alike(payloads: &[String]) -> Result<(), TestCaseError> {
    let mut converter = Converter::new(Options::new(Target::V2));
    for payload in payloads.iter().cycle().take(3 * payloads.len()) {
        let once = crate::to_v2(payload.as_bytes()).unwrap();
        let again = converter.convert(payload.as_bytes()).unwrap();
        let output = String::from_utf8_lossy(again.output());
        prop_assert_eq!(&*output, once.output(), "{} of {:?}", payload, payloads);
        let losses: Vec<_> = again.losses().collect();
        prop_assert_eq!(&*losses, once.losses(), "{} of {:?}", payload, payloads);
    }
    Ok(())
}

#[test]
fn a_group_is_not_new_where_its_name_was_given_in_another_spelling() {
    for payload in [
        // As the last name of a key, whose brackets the groups do not have.
        "q[1][a]=1&q%5B5%5D=2&q[5][a]=3",
        "q[1][a]=1&q%5B%5D=2&q[2][a]=3",
        // In brackets that are spelled otherwise, where it came first.
        "q[1%5d[a]=1&q[1][b]=2",
        "q%5B1%5d%5Ba]=1&q%5B1%5D%5Bb]=2",
        "q[1]%5Ba]=1&q[1][b]=2",
    ] {
        is_read_alike(&[payload.to_owned()]).unwrap();
    }
}

#[test]
fn what_must_be_looked_up_again_is_no_step() {
    for payload in [
        // Into an array that is not the last one, and into one whose names were given by `[]`.
        "q[1][a][x]=1&q[1][b][x]=2&q[1][a][y]=3&q[1][a][z]=4",
        "q[1][a][]=1&q[1][b][x]=2&q[1][a][0]=3",
        "a[x]=1&b[x]=2&a[y]=3&c=4",
        "a[]=1&b[x]=2&a[0]=3",
        "q[]=1&q[0]=2",
        "q[1][]=1&q[1][0]=2",
        // Among the groups.
        "q[]=1&q[0][a]=2",
        "q[1][a]=1&q[2]=3&q[2][a]=4",
        // A group that goes on behind another pair, or another group.
        "q[1][a]=1&b=2&q[1][b]=3&q[2][a]=4&q[2][b]=5&q[1][c]=6",
    ] {
        is_read_alike(&[payload.to_owned()]).unwrap();
        is_read_alike(&[payload.replace('[', "%5B").replace(']', "%5D"), payload.to_owned()]).unwrap();
    }
}

#[test]
fn a_bracket_that_is_not_closed_opens_no_group() {
    for odd in ["q[x=1", "q[=1", "q%5Bx=1", "q[1[a]=1", "q[1][a=1"] {
        for plain in ["q[1][a]=1", "q%5B1%5D%5Ba%5D=1"] {
            is_read_alike(&[plain.to_owned(), plain.to_owned(), odd.to_owned()]).unwrap();
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 1024, ..ProptestConfig::default() })]

    /// Short payloads of few keys: a value in another one's place goes the long way, and so does all that follows it.
    #[test]
    fn what_was_read_before_changes_nothing(
        payloads in prop::collection::vec(
            prop::collection::vec("q(\\[[12]\\]|%5B[12]%5D|%5b[12]\\]|\\[\\]|\\[)(\\[[ab]?\\]?){0,2}", 2..5),
            1..4,
        ),
    ) {
        is_read_alike(&payloads.into_iter().map(|keys| keys.join("&")).collect::<Vec<_>>())?;
    }

    /// Longer ones of more keys, whose courses part and meet: names in arrays, in arrays of groups and at the top.
    #[test]
    fn what_came_before_changes_nothing(
        payloads in prop::collection::vec(
            prop::collection::vec("a|b|l\\[\\]|(l|d)\\[[xy]\\]|[pq](\\[[1-3]\\]\\[(t|d|[de]\\]\\[[uv]?|)\\]|\\[[12]?\\])?", 3..9),
            1..5,
        ),
    ) {
        is_read_alike(&payloads.into_iter().map(|keys| keys.join("=1&") + "=2").collect::<Vec<_>>())?;
    }
}
