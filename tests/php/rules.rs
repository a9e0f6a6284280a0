//! Detects which of PHP's reading rules a payload exercises.
//!
//! A comparison with PHP proves something only about the rules that its payloads exercise. Each rule has a name, and
//! the comparison counts them. The detection is approximate: it only decodes and splits keys.

use std::collections::{BTreeMap, BTreeSet};

use testkit::form::decoded;

macro_rules! rules {
    ($($rule:ident)*) => {
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
        pub(crate) enum Rule { $($rule),* }

        impl Rule {
            pub(crate) const ALL: &[Self] = &[$(Self::$rule),*];
        }
    };
}

rules! {
    PairsSplitAtAmpersand EmptyPair EncodedAmpersand
    KeyEndsAtFirstEquals LaterEquals EncodedEquals NoEquals
    PlusIsSpace HexUpper HexLower BrokenPercent OneRoundOfDecoding
    BracketRaw BracketEncodedUpper BracketEncodedLower
    KeyIsText SameNumberTwoKeys Interleaved
    Append AppendAfterInteger AppendAfterNegative AppendAfterLargest AppendWhitespace AppendDeeper
    Duplicate ScalarReplacesArray ArrayReplacesScalar
    LeadingSpace SpaceBecomesUnderscore DotBecomesUnderscore ClosingBracketStays EmptyName
    EncodedNulCutsKey EncodedNulInValue RawNulEnds
    TextAfterBracket UnclosedFirst UnclosedFirstThenMore UnclosedDeeper
    GuardedWhole GuardedAfterRenaming GuardedDeeper SecureWhole SecureDeeper
    NotUtf8Raw NotUtf8Encoded
    AtTheLimit OverTheLimit
}

/// The rules that a payload exercises.
pub(crate) fn rules(payload: &[u8]) -> BTreeSet<Rule> {
    let mut detector = Detector::default();
    let end = payload.iter().position(|&byte| byte == 0).unwrap_or(payload.len());
    detector.see(Rule::RawNulEnds, end < payload.len());
    let read = &payload[..end];
    detector.see(Rule::NotUtf8Raw, std::str::from_utf8(read).is_err());
    detector.see(Rule::NotUtf8Encoded, std::str::from_utf8(&decoded(read)).is_err() && read.is_ascii());
    detector.see(Rule::PairsSplitAtAmpersand, read.contains(&b'&'));
    for pair in read.split(|&byte| byte == b'&') {
        detector.pair(pair);
    }
    detector.found
}

#[derive(Default)]
struct Detector {
    found: BTreeSet<Rule>,
    /// The names so far, and whether each holds an array.
    names: BTreeMap<Vec<u8>, bool>,
    /// The first two segments of each pair so far.
    groups: BTreeSet<Vec<u8>>,
    /// The first two segments of the pair before.
    group_before: Vec<u8>,
}

impl Detector {
    /// Records a rule if the condition holds.
    fn see(&mut self, rule: Rule, is_exercised: bool) {
        if is_exercised {
            self.found.insert(rule);
        }
    }

    fn pair(&mut self, pair: &[u8]) {
        let equals = pair.iter().position(|&byte| byte == b'=');
        let (key, value) = match equals {
            Some(at) => (&pair[..at], &pair[at + 1..]),
            None => (pair, &b""[..]),
        };
        self.see(Rule::EmptyPair, pair.is_empty());
        self.see(Rule::KeyEndsAtFirstEquals, equals.is_some());
        self.see(Rule::NoEquals, equals.is_none() && !pair.is_empty());
        self.see(Rule::LaterEquals, value.contains(&b'='));
        self.see(Rule::EncodedEquals, contains(pair, b"%3D"));
        self.see(Rule::EncodedAmpersand, contains(pair, b"%26"));
        self.see(Rule::PlusIsSpace, pair.contains(&b'+'));
        let is_encoded = |is_case: fn(&u8) -> bool| {
            let escapes = pair.split(|&byte| byte == b'%').skip(1).filter_map(|rest| rest.get(..2));
            escapes.filter(|hex| hex.iter().all(u8::is_ascii_hexdigit)).any(|hex| hex.iter().any(is_case))
        };
        self.see(Rule::HexLower, is_encoded(u8::is_ascii_lowercase));
        self.see(Rule::HexUpper, is_encoded(u8::is_ascii_uppercase));
        let broken = |part: &[u8]| {
            let mut escapes = part.split(|&byte| byte == b'%').skip(1).map(|rest| rest.get(..2));
            escapes.any(|hex| !hex.is_some_and(|hex| hex.iter().all(u8::is_ascii_hexdigit)))
        };
        self.see(Rule::BrokenPercent, broken(key) || broken(value));
        self.see(
            Rule::OneRoundOfDecoding,
            decoded(&decoded(pair)) != decoded(pair) && contains(pair, b"%25"),
        );
        self.see(Rule::BracketRaw, key.contains(&b'['));
        self.see(Rule::BracketEncodedUpper, contains(key, b"%5B"));
        self.see(Rule::BracketEncodedLower, contains(key, b"%5b"));
        self.see(Rule::EncodedNulCutsKey, contains(key, b"%00"));
        self.see(Rule::EncodedNulInValue, contains(value, b"%00"));
        let key = decoded(key);
        self.key(key.split(|&byte| byte == 0).next().unwrap_or_default());
    }

    fn key(&mut self, key: &[u8]) {
        let spaces = key.iter().take_while(|&&byte| byte == b' ').count();
        self.see(Rule::LeadingSpace, spaces > 0);
        let key = &key[spaces..];
        let bracket = key.iter().position(|&byte| byte == b'[').unwrap_or(key.len());
        let (first, mut rest) = key.split_at(bracket);
        self.see(Rule::EmptyName, first.is_empty() && !key.is_empty());
        self.see(Rule::SpaceBecomesUnderscore, first.contains(&b' '));
        self.see(Rule::DotBecomesUnderscore, first.contains(&b'.'));
        self.see(Rule::ClosingBracketStays, first.contains(&b']'));
        self.see(Rule::GuardedWhole, first.starts_with(b"__Host-"));
        self.see(Rule::SecureWhole, first.starts_with(b"__Secure-"));
        let renamed: Vec<u8> =
            first.iter().map(|&byte| if b" .".contains(&byte) { b'_' } else { byte }).collect();
        self.see(Rule::GuardedAfterRenaming, renamed != first && renamed.starts_with(b"__Host-"));
        let mut path = vec![renamed];
        while let Some(inner) = rest.strip_prefix(b"[") {
            let Some(close) = inner.iter().position(|&byte| byte == b']') else {
                let is_first = path.len() == 1;
                self.see(if is_first { Rule::UnclosedFirst } else { Rule::UnclosedDeeper }, true);
                self.see(
                    Rule::UnclosedFirstThenMore,
                    is_first && inner.iter().any(|byte| b" .[".contains(byte)),
                );
                break;
            };
            path.push(inner[..close].to_vec());
            rest = &inner[close + 1..];
        }
        self.see(Rule::TextAfterBracket, path.len() > 1 && !rest.is_empty() && rest[0] != b'[');
        self.see(Rule::AtTheLimit, path.len() == 65);
        self.see(Rule::OverTheLimit, path.len() > 65);
        self.path(&path);
    }

    /// Detects rules that depend on the earlier names.
    fn path(&mut self, path: &[Vec<u8>]) {
        let guarded = |guarded: &[u8]| {
            !path[0].starts_with(guarded) && path[1..].iter().any(|segment| segment.starts_with(guarded))
        };
        self.see(Rule::GuardedDeeper, guarded(b"__Host-"));
        self.see(Rule::SecureDeeper, guarded(b"__Secure-"));
        // No segment contains a NUL, so it serves as the separator.
        let mut name = [path[0].as_slice(), b"\0"].concat();
        for (depth, segment) in path.iter().enumerate().skip(1) {
            self.see(Rule::ArrayReplacesScalar, self.names.get(&name) == Some(&false));
            self.segment(&name, segment, depth);
            self.names.insert(name.clone(), true);
            name.extend_from_slice(segment);
            name.push(0);
            if depth == 1 {
                self.see(Rule::Interleaved, name != self.group_before && self.groups.contains(&name));
                self.groups.insert(name.clone());
                self.group_before.clone_from(&name);
            }
        }
        match self.names.insert(name, false) {
            Some(true) => self.see(Rule::ScalarReplacesArray, true),
            Some(false) => self.see(Rule::Duplicate, true),
            None => {}
        }
    }

    /// Detects rules that depend on the other keys of the same array.
    fn segment(&mut self, above: &[u8], segment: &[u8], depth: usize) {
        let number = |text: &[u8]| std::str::from_utf8(text).ok().and_then(|text| text.parse::<i64>().ok());
        let is_append = matches!(segment, [] | [b' ' | b'\t'..=b'\r']);
        self.see(Rule::KeyIsText, !is_append && number(segment).is_none());
        if !is_append && number(segment).is_none() {
            return;
        }
        let siblings: Vec<(&[u8], i64)> = (self.names.range(above.to_vec()..))
            .map_while(|(name, _)| name.strip_prefix(above)?.split(|&byte| byte == 0).next())
            .filter_map(|other| Some((other, number(other)?)))
            .collect();
        let is_same_number =
            siblings.iter().any(|&(other, n)| other != segment && number(segment) == Some(n));
        let (is_any, is_negative) = (!siblings.is_empty(), siblings.iter().all(|&(_, n)| n < 0));
        let is_largest = siblings.iter().any(|&(_, n)| n == i64::MAX);
        self.see(Rule::SameNumberTwoKeys, is_same_number);
        self.see(Rule::Append, segment.is_empty());
        self.see(Rule::AppendWhitespace, is_append && !segment.is_empty());
        self.see(Rule::AppendDeeper, is_append && depth > 1);
        self.see(Rule::AppendAfterInteger, is_append && !is_negative);
        self.see(Rule::AppendAfterNegative, is_append && is_any && is_negative);
        self.see(Rule::AppendAfterLargest, is_append && is_largest);
    }
}

/// Whether a text contains a part that begins with `%`.
fn contains(text: &[u8], part: &[u8]) -> bool {
    text.split(|&byte| byte == b'%').skip(1).any(|rest| rest.starts_with(&part[1..]))
}
