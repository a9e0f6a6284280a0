//! One edit away from a plain payload: inputs for the law that two readers of forms give the same.
//!
//! A fast reader accepts plain payloads and leaves the others to a general one. The two disagree, if anywhere, just
//! beside the plain ones. [`edited`] applies one edit, seldom two or three, to a payload. Each edit of [`EDITS`] is
//! known to trouble such a reader. Tests, the fuzz target `readers` and `.ci/freeze` share the edits.

use crate::Rng;

/// Applies one edit to a payload, seldom two or three. The result never holds a line feed.
pub fn edited(rng: &mut Rng, payload: &[u8]) -> Vec<u8> {
    let mut payload = Payload::read(payload);
    let count = if rng.chance(85) { 1 } else { 2 + rng.below(2) };
    for _ in 0..count {
        // An edit that needs what the payload lacks does nothing: try another one.
        for _ in 0..8 {
            let (_, edit) = rng.pick(&EDITS);
            if edit(rng, &mut payload) {
                break;
            }
        }
    }
    payload.write_line()
}

/// The name of each edit; its place is its number.
pub fn names() -> impl Iterator<Item = &'static str> {
    EDITS.iter().map(|&(name, _)| name)
}

/// Applies the edit with this number. None where the payload lacks what it needs.
pub fn edited_by(rng: &mut Rng, number: usize, payload: &[u8]) -> Option<Vec<u8>> {
    let mut payload = Payload::read(payload);
    let (_, edit) = EDITS[number];
    edit(rng, &mut payload).then(|| payload.write_line())
}

/// Changes what real clients differ in: the payload stays plain. The fields of a record come in any order, other
/// fields stand before, between and behind, nested or not; values are empty; brackets are spelled in one of three ways,
/// the same in all pairs of a record.
pub fn still_plain(rng: &mut Rng, payload: &[u8]) -> Vec<u8> {
    const OTHERS: [&[u8]; 10] = [
        b"name=Ann",
        b"empty=",
        b"labels[]=a&labels[]=b",
        b"labels[1]=a&labels[0]=b",
        b"custom[12]=x&custom[13][a]=y",
        b"custom[a][b][c][d]=x",
        b"fields%5B7%5D=x",
        b"comment=of+nobody",
        b"contact=x&contact_data2=y",
        b"a[contact_data]=1",
    ];
    let mut payload = Payload::read(payload);
    if rng.chance(60) {
        let mut groups: Vec<Vec<u8>> =
            payload.pairs.iter().filter_map(|pair| Some(pair.group()?.to_vec())).collect();
        groups.dedup();
        for group in groups {
            let numbers = payload.of_group(&group);
            let mut pairs: Vec<Pair> = numbers.iter().map(|&n| payload.pairs[n].clone()).collect();
            rng.shuffle(&mut pairs);
            for (n, pair) in numbers.into_iter().zip(pairs) {
                payload.pairs[n] = pair;
            }
        }
    }
    for _ in 0..rng.below(4) {
        let text = rng.pick(&OTHERS);
        payload.insert(rng, text);
    }
    match rng.below(3) {
        0 => {
            let n = rng.below(OPEN.len());
            payload.pairs.iter_mut().for_each(|pair| pair.spell(n));
        }
        1 => {
            let (mut group, mut n) = (None, 0);
            for pair in &mut payload.pairs {
                let Some(own) = pair.group().map(<[u8]>::to_vec) else {
                    pair.spell(rng.below(OPEN.len()));
                    continue;
                };
                if group.as_ref() != Some(&own) {
                    (group, n) = (Some(own), rng.below(OPEN.len()));
                }
                pair.spell(n);
            }
        }
        _ => {}
    }
    if rng.chance(30) {
        payload.some_pair(rng).value = Some(Vec::new());
    }
    payload.write_line()
}

/// An edit: false where it changed nothing.
type Edit = fn(&mut Rng, &mut Payload) -> bool;

/// Every edit with its name.
const EDITS: [(&str, Edit); 44] = [
    ("first name", first_name),
    ("first name of all", first_name_of_all),
    ("first bracket not closed", first_bracket_not_closed),
    ("names of a single record beside", single_record_beside),
    ("single record", single_record),
    ("group of a record", group_of_a_record),
    ("group of a pair", group_of_a_pair),
    ("equals sign in a key", equals_in_a_key),
    ("text behind a bracket", text_behind_a_bracket),
    ("bracket not closed", bracket_not_closed),
    ("group comes again", group_comes_again),
    ("records interleave", records_interleave),
    ("duplicate", duplicate),
    ("scalar and array", scalar_and_array),
    ("thousands of groups", many_groups),
    ("giving up late", giving_up_late),
    ("order of other fields", order_of_other_fields),
    ("lost record", lost_record),
    ("field of another type", field_of_another_type),
    ("name of another level", name_of_another_level),
    ("two reasons to reject", two_reasons),
    ("depth", depth),
    ("NUL", nul),
    ("odd pair", odd_pair),
    ("spelling of brackets", spelling_of_brackets),
    ("spelling of a name", spelling_of_a_name),
    ("empty value", empty_value),
    ("order of a record", order_of_a_record),
    ("type last", type_last),
    ("comment behind data", comment_behind_data),
    ("unknown field", unknown_field),
    ("not UTF-8", not_utf8),
    ("odd text", odd_text),
    ("long value", long_value),
    ("number of records", number_of_records),
    ("spelling of a type", spelling_of_a_type),
    ("service", service),
    ("display_feed", display_feed),
    ("name of a field", name_of_a_field),
    ("byte", byte),
    ("pair moved, doubled or gone", pair_moved),
    ("cut", cut),
    ("id", id),
    ("other field", other_field),
];

/// A payload as its pairs. Writing it gives back the bytes that were read.
struct Payload {
    pairs: Vec<Pair>,
}

#[derive(Clone, Default)]
struct Pair {
    /// The name in front of the first bracket.
    first: Vec<u8>,
    segments: Vec<Segment>,
    /// What stands between the last closed bracket and the `=`.
    rest: Vec<u8>,
    /// None where there is no `=`.
    value: Option<Vec<u8>>,
}

/// A bracket of a key, its text as it is spelled.
#[derive(Clone)]
struct Segment {
    open: &'static [u8],
    text: Vec<u8>,
    close: &'static [u8],
}

const OPEN: [&[u8]; 3] = [b"[", b"%5B", b"%5b"];
const CLOSE: [&[u8]; 3] = [b"]", b"%5D", b"%5d"];

impl Payload {
    fn read(bytes: &[u8]) -> Self {
        Self { pairs: bytes.split(|&byte| byte == b'&').map(Pair::read).collect() }
    }

    fn write(&self) -> Vec<u8> {
        let mut out = Vec::new();
        for (n, pair) in self.pairs.iter().enumerate() {
            if n > 0 {
                out.push(b'&');
            }
            pair.write(&mut out);
        }
        out
    }

    fn write_line(&self) -> Vec<u8> {
        let mut out = self.write();
        for byte in &mut out {
            if *byte == b'\n' {
                *byte = b'\r';
            }
        }
        out
    }

    /// Puts the pairs of a text somewhere, at the end more often than elsewhere.
    fn insert(&mut self, rng: &mut Rng, text: &[u8]) {
        let at = match rng.below(10) {
            0..4 => self.pairs.len(),
            4 => 0,
            _ => rng.below(self.pairs.len() + 1),
        };
        let pairs = self.spelled(rng, text);
        self.pairs.splice(at..at, pairs);
    }

    /// The pairs of a text. Their brackets are spelled as those of the payload's records, more often than not.
    fn spelled(&self, rng: &mut Rng, text: &[u8]) -> Vec<Pair> {
        let mut pairs = Self::read(text).pairs;
        let record = self.pairs.iter().find(|pair| pair.group().is_some());
        if let Some(Segment { open, close, .. }) = record.map(|pair| &pair.segments[0])
            && rng.chance(70)
        {
            for segment in pairs.iter_mut().flat_map(|pair| &mut pair.segments) {
                (segment.open, segment.close) = (open, close);
            }
        }
        pairs
    }

    /// The numbers of the pairs that hold a record's field.
    fn of_records(&self) -> Vec<usize> {
        (0..self.pairs.len()).filter(|&n| self.pairs[n].group().is_some()).collect()
    }

    /// The group of some record.
    fn some_group(&self, rng: &mut Rng) -> Option<Vec<u8>> {
        let of_records = self.of_records();
        let n = *of_records.get(rng.below(of_records.len()))?;
        self.pairs[n].group().map(<[u8]>::to_vec)
    }

    /// The numbers of the pairs of a group.
    fn of_group(&self, group: &[u8]) -> Vec<usize> {
        (0..self.pairs.len()).filter(|&n| self.pairs[n].group() == Some(group)).collect()
    }

    /// The pairs of some record, or every pair where none has a group.
    fn of_some_record(&self, rng: &mut Rng) -> Vec<usize> {
        match self.some_group(rng) {
            Some(group) => self.of_group(&group),
            None => (0..self.pairs.len()).collect(),
        }
    }

    /// Some pair, one of a record more often than another.
    fn some_pair(&mut self, rng: &mut Rng) -> &mut Pair {
        let of_records = self.of_records();
        let n = match of_records.len() {
            0 => rng.below(self.pairs.len()),
            _ if rng.chance(20) => rng.below(self.pairs.len()),
            len => of_records[rng.below(len)],
        };
        &mut self.pairs[n]
    }

    /// Some pair whose key ends so.
    fn some_ending(&mut self, rng: &mut Rng, leaf: &[u8]) -> Option<&mut Pair> {
        let found: Vec<usize> = (0..self.pairs.len()).filter(|&n| self.pairs[n].leaf() == leaf).collect();
        let n = *found.get(rng.below(found.len()))?;
        self.pairs.get_mut(n)
    }

    /// The start of the key of some record's fields; empty where they stand at the top.
    fn some_base(&self, rng: &mut Rng) -> Vec<u8> {
        self.some_group(rng).map_or_else(Vec::new, |group| base(&group))
    }
}

fn base(group: &[u8]) -> Vec<u8> {
    [b"contact_data[", group, b"]"].concat()
}

/// The start of a record's key with more names behind it; `[a][b]` becomes `a[b]` at the top.
fn below(base: &[u8], names: &str) -> Vec<u8> {
    if base.is_empty() {
        names.replacen('[', "", 1).replacen(']', "", 1).into_bytes()
    } else {
        [base, names.as_bytes()].concat()
    }
}

/// The length of a bracket at the start of a text.
fn bracket(text: &[u8], spellings: [&'static [u8]; 3]) -> Option<&'static [u8]> {
    spellings.into_iter().find(|bracket| text.starts_with(bracket))
}

/// The first place of a bracket, and how it is spelled.
fn find(text: &[u8], spellings: [&'static [u8]; 3]) -> Option<(usize, &'static [u8])> {
    (0..text.len()).find_map(|at| Some((at, bracket(&text[at..], spellings)?)))
}

impl Pair {
    fn read(bytes: &[u8]) -> Self {
        let equals = bytes.iter().position(|&byte| byte == b'=');
        let (mut key, value) = match equals {
            Some(at) => (&bytes[..at], Some(bytes[at + 1..].to_vec())),
            None => (bytes, None),
        };
        let mut pair = Self { value, ..Self::default() };
        let first = find(key, OPEN).map_or(key.len(), |(at, _)| at);
        pair.first = key[..first].to_vec();
        key = &key[first..];
        while let Some(open) = bracket(key, OPEN)
            && let Some((end, close)) = find(&key[open.len()..], CLOSE)
        {
            let text = &key[open.len()..][..end];
            pair.segments.push(Segment { open, text: text.to_vec(), close });
            key = &key[open.len() + end + close.len()..];
        }
        pair.rest = key.to_vec();
        pair
    }

    fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.first);
        for segment in &self.segments {
            out.extend_from_slice(segment.open);
            out.extend_from_slice(&segment.text);
            out.extend_from_slice(segment.close);
        }
        out.extend_from_slice(&self.rest);
        if let Some(value) = &self.value {
            out.push(b'=');
            out.extend_from_slice(value);
        }
    }

    /// The group of a record's field.
    fn group(&self) -> Option<&[u8]> {
        let is_field = self.first == b"contact_data" && self.segments.len() > 1;
        is_field.then(|| &*self.segments[0].text)
    }

    /// The last name of the key.
    fn leaf(&self) -> &[u8] {
        self.segments.last().map_or(&self.first, |segment| &segment.text)
    }

    fn leaf_mut(&mut self) -> &mut Vec<u8> {
        self.segments.last_mut().map_or(&mut self.first, |segment| &mut segment.text)
    }

    /// Some text of the key.
    fn some_name(&mut self, rng: &mut Rng) -> &mut Vec<u8> {
        match rng.below(self.segments.len() + 1) {
            0 => &mut self.first,
            n => &mut self.segments[n - 1].text,
        }
    }

    fn value_mut(&mut self) -> &mut Vec<u8> {
        self.value.get_or_insert_default()
    }

    /// Spells all brackets in one of the three ways.
    fn spell(&mut self, n: usize) {
        for segment in &mut self.segments {
            (segment.open, segment.close) = (OPEN[n], CLOSE[n]);
        }
    }

    fn respell(&mut self, rng: &mut Rng) {
        for segment in &mut self.segments {
            segment.open = rng.pick(&OPEN);
            segment.close = rng.pick(&CLOSE);
        }
    }
}

/// Names that PHP reads as `contact_data`, and some that only look so.
const FIRST_NAMES: [&[u8]; 36] = [
    b"contact.data",
    b"contact data",
    b"contact+data",
    b"contact%20data",
    b"contact%2Edata",
    b"contact%2edata",
    b"contact%5Fdata",
    b"contact%5fdata",
    b"+contact.data",
    b" contact_data",
    b"+contact_data",
    b"%20contact_data",
    b"contact_data%00z",
    b"contact_data%00",
    b"%63ontact_data",
    b"contact_dat%61",
    b"c%6Fntact_data",
    b"contact_data\x00",
    b"Contact_Data",
    b"CONTACT_DATA",
    b"contact-data",
    b"contactdata",
    b"contact_dat",
    b"contact_data2",
    b"contact_data]",
    b"contact_data ",
    b"contact_data.",
    b"contact_data%",
    b"xcontact_data",
    b"amp;contact_data",
    b"?contact_data",
    b"https://example.com/?contact_data",
    b"__Host-contact_data",
    b"%EF%BB%BFcontact_data",
    b"\xef\xbb\xbfcontact_data",
    b"",
];

fn first_name(rng: &mut Rng, payload: &mut Payload) -> bool {
    let of_record = payload.of_some_record(rng);
    if of_record.is_empty() {
        return false;
    }
    let name = rng.pick(&FIRST_NAMES);
    let one = rng.chance(60).then(|| of_record[rng.below(of_record.len())]);
    for n in of_record {
        if one.is_none_or(|one| one == n) {
            payload.pairs[n].first = name.to_vec();
        }
    }
    true
}

fn first_name_of_all(rng: &mut Rng, payload: &mut Payload) -> bool {
    let of_records = payload.of_records();
    let name = rng.pick(&FIRST_NAMES);
    for &n in &of_records {
        payload.pairs[n].first = name.to_vec();
    }
    !of_records.is_empty()
}

fn first_bracket_not_closed(rng: &mut Rng, payload: &mut Payload) -> bool {
    let text: &[u8] = rng.pick(&[
        &b"contact[data=x"[..],
        b"contact%5Bdata=x",
        b"contact[data",
        b"contact_data[=x",
        b"contact_data[1=x",
        b"contact_data[1[type]=x",
        b"contact_data[1.a b[c=x",
        b"contact[data[1][type]=website",
        b"contact[data%5B1%5D[type]=website",
        b"type[=website",
        b"data[url=x",
        b"[contact_data][1][type]=website",
    ]);
    payload.insert(rng, text);
    true
}

fn single_record_beside(rng: &mut Rng, payload: &mut Payload) -> bool {
    const NAMES: [&[u8]; 12] = [
        b"type=website",
        b"type=",
        b"type[]=x",
        b"data=x",
        b"data[url]=x",
        b"data[]=x",
        b"%74ype=website",
        b"+data[url]=x",
        b"comment=home",
        b"comment[x]=y",
        b"type[=x",
        b"data",
    ];
    for _ in 0..1 + rng.below(3) {
        let text = rng.pick(&NAMES);
        if rng.chance(50) {
            let pairs = payload.spelled(rng, text);
            payload.pairs.splice(0..0, pairs);
        } else {
            payload.insert(rng, text);
        }
    }
    true
}

/// A record's names stand at the top, the other records beside it or gone.
fn single_record(rng: &mut Rng, payload: &mut Payload) -> bool {
    let Some(group) = payload.some_group(rng) else { return false };
    let keeps = rng.chance(30);
    payload.pairs.retain(|pair| keeps || pair.group().is_none_or(|of| of == group));
    for pair in &mut payload.pairs {
        if pair.group() == Some(&group) {
            pair.segments.remove(0);
            pair.first = pair.segments.remove(0).text;
        }
    }
    true
}

const GROUPS: [&[u8]; 56] = [
    b"07",
    b" 7",
    b"+7",
    b"%207",
    b"%37",
    b"7",
    b"7 ",
    b"00",
    b"0",
    b"-0",
    b"-1",
    b"-5",
    b"%2D5",
    b"%2B1",
    b"1.5",
    b"1e3",
    b"10",
    b"9",
    b"9223372036854775806",
    b"9223372036854775807",
    b"9223372036854775808",
    b"-9223372036854775808",
    b"-9223372036854775809",
    b"18446744073709551617",
    b"",
    b" ",
    b"+",
    b"%20",
    b"%09",
    b"\t",
    b"%0A",
    b"%0b",
    b"++",
    b"a[b",
    b"a%5Bb",
    b"1%00",
    b"1%00z",
    b"%00",
    b"__Host-",
    b"__Host-x",
    b"__Secure-x",
    b" __Host-x",
    b"%5F_Host-x",
    b"__host-x",
    b"type",
    b"data",
    b"a.b",
    b"a b",
    b"a%26b",
    b"a%3Db",
    b"a%25b",
    b"a%22%5C%01b",
    b"\xd0\xba\xd0\xbb",
    b"%D0%BA%D0%BB",
    b"%FF",
    b"\xff",
];

fn group(rng: &mut Rng) -> Vec<u8> {
    if rng.chance(95) { rng.pick(&GROUPS).to_vec() } else { vec![b'g'; 1 + rng.below(300)] }
}

fn group_of_a_record(rng: &mut Rng, payload: &mut Payload) -> bool {
    let Some(old) = payload.some_group(rng) else { return false };
    let new = group(rng);
    for n in payload.of_group(&old) {
        payload.pairs[n].segments[0].text = new.clone();
    }
    true
}

fn group_of_a_pair(rng: &mut Rng, payload: &mut Payload) -> bool {
    let of_records = payload.of_records();
    let Some(&n) = of_records.get(rng.below(of_records.len())) else { return false };
    let new = match payload.some_group(rng) {
        Some(other) if rng.chance(40) => other,
        _ => group(rng),
    };
    payload.pairs[n].segments[0].text = new;
    true
}

/// `contact_data[1=][type]=x`: the first `=` ends the key, closed or not.
fn equals_in_a_key(rng: &mut Rng, payload: &mut Payload) -> bool {
    let sign: &[u8] = rng.pick(&[&b"="[..], b"=", b"=", b"%3D", b"==", b"&", b"%26", b"?"]);
    let name = payload.some_pair(rng).some_name(rng);
    let at = rng.below(name.len() + 1);
    name.splice(at..at, sign.iter().copied());
    true
}

fn text_behind_a_bracket(rng: &mut Rng, payload: &mut Payload) -> bool {
    let text: &[u8] =
        rng.pick(&[&b"x"[..], b" ", b"]", b"%5D", b"x[", b"[", b"[]", b"%00", b".", b"%20", b"x[y]"]);
    let pair = payload.some_pair(rng);
    if pair.segments.is_empty() {
        return false;
    }
    let cut = 1 + rng.below(pair.segments.len());
    let behind = pair.segments.split_off(cut);
    let rest = std::mem::take(&mut pair.rest);
    pair.rest.extend_from_slice(text);
    for segment in behind {
        for piece in [segment.open, &segment.text, segment.close] {
            pair.rest.extend_from_slice(piece);
        }
    }
    pair.rest.extend_from_slice(&rest);
    true
}

fn bracket_not_closed(rng: &mut Rng, payload: &mut Payload) -> bool {
    let spelled: (bool, &'static [u8]) = rng.pick(&[
        (false, &b""[..]),
        (false, b"%5"),
        (false, b"%"),
        (false, b")"),
        (true, b""),
        (true, b"%5"),
    ]);
    let pair = payload.some_pair(rng);
    let count = pair.segments.len();
    let Some(segment) = pair.segments.get_mut(rng.below(count)) else { return false };
    match spelled {
        (true, open) => segment.open = open,
        (false, close) => segment.close = close,
    }
    true
}

/// A group comes again behind others: whole, in part, or by one pair.
fn group_comes_again(rng: &mut Rng, payload: &mut Payload) -> bool {
    let Some(group) = payload.some_group(rng) else { return false };
    let numbers = payload.of_group(&group);
    let start = rng.below(numbers.len());
    let end = if rng.chance(50) { numbers.len() } else { start + 1 };
    let mut again: Vec<Pair> = numbers[start..end].iter().map(|&n| payload.pairs[n].clone()).collect();
    for pair in &mut again {
        if rng.chance(50) {
            pair.value_mut().extend_from_slice(b"2");
        }
        if rng.chance(30) {
            *pair.leaf_mut() =
                rng.pick(&[&b"comment"[..], b"url", b"note", b"type", b"country", b"0"]).to_vec();
        }
    }
    payload.pairs.extend(again);
    if rng.chance(30) {
        payload.insert(rng, b"contact_data[zz][type]=website&contact_data[zz][data][url]=z");
    }
    true
}

fn records_interleave(rng: &mut Rng, payload: &mut Payload) -> bool {
    let of_records = payload.of_records();
    if of_records.len() < 4 {
        return false;
    }
    let (a, b) = (rng.below(of_records.len()), rng.below(of_records.len()));
    let pair = payload.pairs.remove(of_records[a]);
    payload.pairs.insert(of_records[b], pair);
    true
}

fn duplicate(rng: &mut Rng, payload: &mut Payload) -> bool {
    let mut again = payload.some_pair(rng).clone();
    if rng.chance(60) {
        again.respell(rng);
    }
    if rng.chance(70) {
        *again.value_mut() = rng.pick(&[&b""[..], b"again", b"website", b"%FF", b"%22", b"0"]).to_vec();
    }
    if rng.chance(20) {
        again.segments.push(Segment { open: b"[", text: Vec::new(), close: b"]" });
    }
    let mut text = Vec::new();
    again.write(&mut text);
    payload.insert(rng, &text);
    true
}

fn scalar_and_array(rng: &mut Rng, payload: &mut Payload) -> bool {
    let base = payload.some_base(rng);
    let key = match rng.below(10) {
        0 => b"contact_data".to_vec(),
        1 => b"contact.data".to_vec(),
        2 => b"contact_data[]".to_vec(),
        3 if !base.is_empty() => base,
        4 => below(&base, "[data]"),
        5 => below(&base, "[type][]"),
        6 => below(&base, "[comment][x]"),
        7 => below(&base, "[data][url][]"),
        8 => below(&base, "[data][username][x][y]"),
        _ => below(&base, "[data][][x]"),
    };
    let value: &[u8] = rng.pick(&[&b"=x"[..], b"=", b"", b"=%FF", b"=0"]);
    payload.insert(rng, &[&key, value].concat());
    true
}

/// Groups in falling order, or in none: a search for each group would be quadratic.
fn many_groups(rng: &mut Rng, payload: &mut Payload) -> bool {
    let count = match rng.below(100) {
        0 => 4_000,
        1..5 => 400,
        _ => 41 + rng.below(60),
    };
    let mut keys: Vec<usize> = (1..=count).rev().collect();
    match rng.below(4) {
        0 => rng.shuffle(&mut keys),
        1 => keys.reverse(),
        _ => {}
    }
    let has_gap = rng.chance(20);
    for key in keys {
        let key = if has_gap { key * 7919 } else { key };
        let text = format!("contact_data[{key}][type]=website&contact_data[{key}][data][url]=u{key}");
        let pairs = payload.spelled(rng, text.as_bytes());
        payload.pairs.extend(pairs);
    }
    if rng.chance(30) {
        payload.insert(rng, b"contact_data[]=x");
    }
    true
}

/// Other fields that PHP overwrites, drops or renames, and a reason to give up at the last pair: nothing may stand
/// twice among the losses then.
fn giving_up_late(rng: &mut Rng, payload: &mut Payload) -> bool {
    const FRONT: [&[u8]; 16] = [
        b"name=1&name=2",
        b"first.name=a",
        b"first name=a&first_name=b",
        b" x=1&+x=2",
        b"=dropped",
        b"&&bare",
        b"a[__Host-x]=1",
        b"a[b][__Secure-x][]=1",
        b"__Host-a=1&..Host-a=2",
        b"b[9223372036854775807]=1&b[]=2",
        b"c=1&c[d]=2",
        b"c[d]=1&c=2",
        b"l[]=1&l[ ]=2&l[%20]=3",
        b"u[v=1&u_v=2",
        b"n%00ul=1",
        b"o[x]y=1",
    ];
    const LAST: [&[u8]; 20] = [
        b"contact_data[1]=x",
        b"contact_data=x",
        b"contact_data[x]y[type]=website",
        b"contact_data[]=",
        b"contact_data[1",
        b"contact.data[1][type]=website",
        b"contact[data=x",
        b"contact_data[__Host-x][type]=website",
        b"contact_data[1][data][url][]=x",
        b"contact_data[1][data][url]=%FF",
        b"contact_data[1][type]=%FF",
        b"contact_data[1][type]=website",
        b"contact_data[1][note][x]=y",
        b"name=%FF",
        b"x=\0y",
        b"x%00=\0contact_data=z",
        b"name=3",
        b"first.name=3",
        b"data[url]=x",
        b"contact_data[1=][data][url]=x",
    ];
    for _ in 0..1 + rng.below(4) {
        let text = rng.pick(&FRONT);
        let at = if rng.chance(60) { 0 } else { rng.below(payload.pairs.len() + 1) };
        let pairs = payload.spelled(rng, text);
        payload.pairs.splice(at..at, pairs);
    }
    let text = rng.pick(&LAST);
    let pairs = payload.spelled(rng, text);
    payload.pairs.extend(pairs);
    true
}

/// The place of contact data among other fields decides whether there is a note of the order.
fn order_of_other_fields(rng: &mut Rng, payload: &mut Payload) -> bool {
    let (mut of_records, others): (Vec<Pair>, Vec<Pair>) =
        payload.pairs.drain(..).partition(|pair| pair.group().is_some());
    let mut around: Vec<Pair> = if rng.chance(70) { Vec::new() } else { others };
    let front: &[u8] =
        rng.pick(&[&b""[..], b"name=a", b"name=", b"name", b"z[]=a", b"=a", b"__Host-x[__Host-y]=1"]);
    let middle: &[u8] = rng.pick(&[&b""[..], b"", b"name=m", b"other[x]=m"]);
    let back: &[u8] =
        rng.pick(&[&b""[..], b"name=b", b"last=b", b"name[x]=b", b"z[]=b", b"=b", b"contact_data=b"]);
    let read = |text: &[u8]| if text.is_empty() { Vec::new() } else { Payload::read(text).pairs };
    around.splice(0..0, read(front));
    let at = rng.below(of_records.len() + 1);
    of_records.splice(at..at, read(middle));
    around.extend(of_records);
    around.extend(read(back));
    payload.pairs = around;
    true
}

/// A record that is lost whole, its fields in an order of their own: the loss keeps that order.
fn lost_record(rng: &mut Rng, payload: &mut Payload) -> bool {
    const RECORDS: [&[&str]; 12] = [
        &[
            "[type]=phone",
            "[comment]=c",
            "[data][number]=1",
            "[data][country_calling_code]=44",
            "[data][type]=fax",
        ],
        &["[type]=mobile", "[comment]=", "[data][number]=1", "[data][foo]=x", "[note]=n"],
        &["[type]=pager", "[comment]=c", "[data][number]=1", "[data][a]=2"],
        &["[type]=website", "[comment]=c", "[data][url]=", "[data][foo]=x", "[foo]=y"],
        &["[type]=website", "[comment]=%FF", "[data][url]=u", "[note]=n"],
        &["[type]=twitter", "[data][username]=%E9", "[data][display_feed]=1", "[comment]=c"],
        &["[type]=address", "[data][country]=France", "[comment]=home", "[note]=n"],
        &["[type]=address", "[data][city]=", "[data][country]=", "[comment]=home"],
        &["[comment]=c", "[data][url]=u"],
        &["[type]=skype", "[comment]=c"],
        &["[type]=im", "[data]=x", "[comment]=c"],
        &["[type]=facebook", "[data][profile_url][]=x", "[comment][]=c", "[data][%FF]=x"],
    ];
    let mut fields = rng.pick(&RECORDS).to_vec();
    rng.shuffle(&mut fields);
    if rng.chance(20) {
        fields.push(fields[0]);
    }
    let group: &[u8] = rng.pick(&[&b"88"[..], b"x", b"0", b"%C3%A9", b"%FF", b"5"]);
    let lines: Vec<Vec<u8>> = fields.iter().map(|field| [&base(group), field.as_bytes()].concat()).collect();
    payload.insert(rng, &lines.join(&b'&'));
    true
}

fn field_of_another_type(rng: &mut Rng, payload: &mut Payload) -> bool {
    const FIELDS: [&str; 14] = [
        "[data][profile_url]",
        "[data][url]",
        "[data][username]",
        "[data][service]",
        "[data][country]",
        "[data][city]",
        "[data][address]",
        "[data][zip]",
        "[data][number]",
        "[data][type]",
        "[data][country_calling_code]",
        "[data][display_feed]",
        "[data][instagram_id]",
        "[data][comment]",
    ];
    let key = below(&payload.some_base(rng), rng.pick(&FIELDS));
    let value: &[u8] = rng.pick(&[&b"=x"[..], b"=", b"=1", b"=skype", b"=%FF", b"=%C3%A9"]);
    payload.insert(rng, &[&key, value].concat());
    true
}

/// Names of `data` in the record, and the record's in `data`.
fn name_of_another_level(rng: &mut Rng, payload: &mut Payload) -> bool {
    const NAMES: [&str; 14] = [
        "[url]",
        "[username]",
        "[service]",
        "[number]",
        "[country]",
        "[data][data]",
        "[data][data][url]",
        "[data][type]",
        "[data][comment]",
        "[data][contact_data]",
        "[contact_data]",
        "[contact_data][1][type]",
        "[id]",
        "[contact_type]",
    ];
    let key = below(&payload.some_base(rng), rng.pick(&NAMES));
    let value: &[u8] = rng.pick(&[&b"=x"[..], b"=", b"=website", b"=mobile"]);
    payload.insert(rng, &[&key, value].concat());
    true
}

/// A key of so many brackets, and one more.
fn deep(rng: &mut Rng) -> Vec<u8> {
    let first: &[u8] =
        rng.pick(&[&b"a"[..], b"contact_data", b"contact_data[1][data]", b"type", b"name", b"__Host-"]);
    let segment: &[u8] = rng.pick(&[&b"[x]"[..], b"[]", b"%5Bx%5D", b"%5b%5D", b"[1]"]);
    let mut key = first.to_vec();
    for _ in 0..62 + rng.below(4) {
        key.extend_from_slice(segment);
    }
    key.extend_from_slice(rng.pick(&[&b""[..], b"", b"[", b"[y", b"]", b"x"]));
    key.extend_from_slice(rng.pick(&[&b"=v"[..], b"=", b"", b"=[[["]));
    key
}

fn depth(rng: &mut Rng, payload: &mut Payload) -> bool {
    let key = deep(rng);
    payload.insert(rng, &key);
    true
}

/// Two reasons to reject a payload, in some order: the first one decides.
fn two_reasons(rng: &mut Rng, payload: &mut Payload) -> bool {
    const REASONS: [&[u8]; 22] = [
        b"name=%FF",
        b"name=\xff",
        b"n%FFme=x",
        b"name[%FF]=x",
        b"name[x][]=%C3",
        b"contact_data=x",
        b"contact_data",
        b"contact_data[9]=x",
        b"contact_data[9][type]=pager",
        b"contact_data[9][type]=website",
        b"contact_data[9][data][url]=x",
        b"contact_data[9][type]=website&contact_data[9][data][url]=%FF",
        b"contact_data[9][type][]=website&contact_data[9][data][url]=x",
        b"contact_data[%FF][type]=website&contact_data[%FF][data][url]=x",
        b"x=\0y",
        b"amp;contact_data[1][type]=website",
        b"Contact_Data[1][type]=website",
        b"contact-data[1][type]=website",
        b"contact_data%255B1%255D%255Btype%255D=website",
        b"contact_data_1_type=website",
        b"person[contact_data][1][type]=website",
        b"",
    ];
    for _ in 0..2 {
        let reason = rng.pick(&REASONS);
        let reason = if reason.is_empty() { deep(rng) } else { reason.to_vec() };
        payload.insert(rng, &reason);
    }
    true
}

fn nul(rng: &mut Rng, payload: &mut Payload) -> bool {
    let nul: &[u8] = rng.pick(&[&b"\0"[..], b"\0", b"%00", b"\0\0", b"%00\0"]);
    let mut bytes = payload.write();
    let at = match rng.below(6) {
        0 => bytes.len(),
        1 => 0,
        2 => bytes.iter().position(|&byte| byte == b'&').unwrap_or(0),
        _ => rng.below(bytes.len() + 1),
    };
    bytes.splice(at..at, nul.iter().copied());
    *payload = Payload::read(&bytes);
    true
}

/// Pairs without a `=`, a name or anything.
fn odd_pair(rng: &mut Rng, payload: &mut Payload) -> bool {
    const PAIRS: [&[u8]; 16] = [
        b"",
        b"&",
        b"=",
        b"==",
        b"=x",
        b" =x",
        b"+",
        b"%20=x",
        b"bare",
        b"contact_data[1][type]",
        b"contact_data[1][data][url]",
        b"[]=x",
        b"[x]=y",
        b"]=x",
        b"%00=x",
        b"%=%",
    ];
    if rng.chance(20) {
        payload.some_pair(rng).value = None;
    } else {
        let text = rng.pick(&PAIRS);
        payload.insert(rng, text);
    }
    true
}

fn spelling_of_brackets(rng: &mut Rng, payload: &mut Payload) -> bool {
    let all = rng.chance(40);
    if all {
        for pair in &mut payload.pairs {
            pair.respell(rng);
        }
    } else {
        payload.some_pair(rng).respell(rng);
    }
    true
}

/// A character of a key in percent signs, or twice so.
fn spelling_of_a_name(rng: &mut Rng, payload: &mut Payload) -> bool {
    let name = payload.some_pair(rng).some_name(rng);
    if name.is_empty() {
        return false;
    }
    let at = rng.below(name.len());
    let byte = name[at];
    let spelled = match rng.below(6) {
        0..3 => format!("%{byte:02X}"),
        3..5 => format!("%{byte:02x}"),
        _ => format!("%25{byte:02X}"),
    };
    name.splice(at..=at, spelled.bytes());
    true
}

fn empty_value(rng: &mut Rng, payload: &mut Payload) -> bool {
    let to = rng.chance(80).then(Vec::new);
    if rng.chance(15) {
        payload.pairs.iter_mut().for_each(|pair| pair.value = to.clone());
    } else {
        payload.some_pair(rng).value = to;
    }
    true
}

fn order_of_a_record(rng: &mut Rng, payload: &mut Payload) -> bool {
    if rng.chance(10) {
        rng.shuffle(&mut payload.pairs);
        return true;
    }
    let numbers = payload.of_some_record(rng);
    let mut pairs: Vec<Pair> = numbers.iter().map(|&n| payload.pairs[n].clone()).collect();
    rng.shuffle(&mut pairs);
    for (n, pair) in numbers.into_iter().zip(pairs) {
        payload.pairs[n] = pair;
    }
    true
}

/// Moves the pairs of a name, of all records or of one, behind the others of their record.
fn moved_back(rng: &mut Rng, payload: &mut Payload, name: &[u8]) -> bool {
    let all = rng.chance(40);
    let mut is_done = false;
    for n in (0..payload.pairs.len()).rev() {
        let is_named = payload.pairs[n].segments.len() == 2 && payload.pairs[n].leaf() == name;
        let Some(group) = payload.pairs[n].group().filter(|_| is_named).map(<[u8]>::to_vec) else { continue };
        let last = payload.of_group(&group).pop().unwrap_or(n);
        let pair = payload.pairs.remove(n);
        payload.pairs.insert(last, pair);
        is_done = true;
        if !all {
            break;
        }
    }
    is_done
}

fn type_last(rng: &mut Rng, payload: &mut Payload) -> bool {
    moved_back(rng, payload, b"type")
}

fn comment_behind_data(rng: &mut Rng, payload: &mut Payload) -> bool {
    if moved_back(rng, payload, b"comment") {
        return true;
    }
    let Some(group) = payload.some_group(rng) else { return false };
    let last = payload.of_group(&group).pop().unwrap_or_default();
    let text = [&base(&group), &b"[comment]=late"[..]].concat();
    payload.pairs.insert(last + 1, Pair::read(&text));
    true
}

fn unknown_field(rng: &mut Rng, payload: &mut Payload) -> bool {
    const NAMES: [&str; 16] = [
        "[note]",
        "[data][foo]",
        "[data][foo][bar]",
        "[data][foo][]",
        "[x][y][z]",
        "[data][]",
        "[data][ ]",
        "[]",
        "[data][7]",
        "[data][%C3%A9]",
        "[data][a.b]",
        "[data][a%5Bb]",
        "[data][%22]",
        "[data][profile url]",
        "[Type]",
        "[data][URL]",
    ];
    const VALUES: [&[u8]; 8] = [b"=x", b"=", b"", b"=%22%5C", b"=%C3%A9", b"=%FF", b"=%00", b"=a+b%20c"];
    let numbers = payload.of_some_record(rng);
    let Some(&at) = numbers.get(rng.below(numbers.len())) else { return false };
    let base = payload.pairs[at].group().map_or_else(Vec::new, base);
    for n in 0..1 + rng.below(3) {
        let mut text = below(&base, rng.pick(&NAMES));
        text.extend_from_slice(rng.pick(&VALUES));
        let mut pair = Pair::read(&text);
        if rng.chance(30) {
            pair.respell(rng);
        }
        payload.pairs.insert(at + n % 2, pair);
    }
    true
}

fn not_utf8(rng: &mut Rng, payload: &mut Payload) -> bool {
    const WRONG: [&[u8]; 18] = [
        b"\xff",
        b"%FF",
        b"%ff",
        b"%E9",
        b"\xe9",
        b"%C3",
        b"\xc3",
        b"%ED%A0%80",
        b"%C0%AF",
        b"%F4%90%80%80",
        b"%80",
        b"%E2%82",
        b"\xe2\x82",
        // Right, but each written in two ways.
        b"\xc3%A9",
        b"%C3\xa9",
        b"%E2\x82%AC",
        b"\xf0%9F\x98%80",
        b"\xc3\xa9",
    ];
    let wrong = rng.pick(&WRONG);
    let is_key = rng.chance(30);
    let pair = match rng.below(4) {
        0 => {
            let base = payload.some_base(rng);
            let key = match rng.below(4) {
                0 => below(&base, "[comment]"),
                1 => below(&base, "[data][foo]"),
                2 => b"name".to_vec(),
                _ => b"other[x]".to_vec(),
            };
            payload.insert(rng, &[&key, &b"=text"[..]].concat());
            let found: Vec<usize> = (0..payload.pairs.len())
                .filter(|&n| payload.pairs[n].value.as_deref() == Some(b"text"))
                .collect();
            let Some(&n) = found.last() else { return false };
            &mut payload.pairs[n]
        }
        _ => payload.some_pair(rng),
    };
    let text = if is_key { pair.some_name(rng) } else { pair.value_mut() };
    let at = if rng.chance(50) { text.len() } else { rng.below(text.len() + 1) };
    text.splice(at..at, wrong.iter().copied());
    true
}

/// Characters that JSON escapes, and percent signs that say nothing.
const ODD_TEXTS: [&[u8]; 40] = [
    b"%22",
    b"\"",
    b"%5C",
    b"\\",
    b"%01",
    b"\x01",
    b"%1F",
    b"%7F",
    b"\x7f",
    b"%0A",
    b"%0D%0A",
    b"\r",
    b"%09",
    b"\t",
    b"%08%0C%0B",
    b"%00",
    b"%E2%80%A8",
    b"%C2%A0",
    b"%C2%85",
    b"%EF%BB%BF",
    b"%F0%9F%98%80",
    b"\xf0\x9f\x98\x80",
    b"%",
    b"%%",
    b"%2",
    b"%2G",
    b"%zz",
    b"%u00e9",
    b"%2541",
    b"%26",
    b"%3D",
    b"=",
    b"==x",
    b"+",
    b"%2B",
    b" ",
    b"%20",
    b"[x]",
    b"</script>",
    b"\xe2\x80\xae",
];

fn odd_text(rng: &mut Rng, payload: &mut Payload) -> bool {
    let count = 1 + rng.below(4);
    let pair = payload.some_pair(rng);
    for _ in 0..count {
        let text = pair.value_mut();
        let at = match rng.below(4) {
            0 => text.len(),
            1 => 0,
            _ => rng.below(text.len() + 1),
        };
        text.splice(at..at, rng.pick(&ODD_TEXTS).iter().copied());
    }
    true
}

/// Lengths about those that a reader takes at once, with an odd character somewhere.
fn long_value(rng: &mut Rng, payload: &mut Payload) -> bool {
    const LENGTHS: [usize; 20] =
        [7, 8, 9, 15, 16, 17, 31, 32, 33, 47, 48, 49, 63, 64, 65, 127, 129, 255, 1_000, 4_096];
    let length = if rng.chance(1) { 70_000 } else { rng.pick(&LENGTHS) };
    let unit: &[u8] =
        rng.pick(&[&b"a"[..], b"a", b"%41", b"%C3%A9", b"\xc3\xa9", b"+", b"%22", b"%F0%9F%98%80"]);
    let mut text: Vec<u8> = unit.iter().copied().cycle().take(length / unit.len() * unit.len()).collect();
    if rng.chance(60) {
        let at = rng.below(text.len() / unit.len() + 1) * unit.len();
        text.splice(at..at, rng.pick(&ODD_TEXTS).iter().copied());
    }
    let is_name = rng.chance(10);
    let pair = payload.some_pair(rng);
    if is_name {
        *pair.leaf_mut() = text;
    } else {
        *pair.value_mut() = text;
    }
    true
}

/// One to forty records: one repeated under other keys.
fn number_of_records(rng: &mut Rng, payload: &mut Payload) -> bool {
    let Some(group) = payload.some_group(rng) else { return false };
    let record: Vec<Pair> = payload.of_group(&group).iter().map(|&n| payload.pairs[n].clone()).collect();
    if rng.chance(30) {
        payload.pairs.retain(|pair| pair.group().is_none_or(|of| of == group));
        return true;
    }
    let more = 1 + rng.below(39);
    for n in 0..more {
        let mut again = record.clone();
        for pair in &mut again {
            pair.segments[0].text = format!("{}", 100 + n).into_bytes();
        }
        if rng.chance(10) {
            rng.shuffle(&mut again);
        }
        payload.pairs.extend(again);
    }
    true
}

fn spelling_of_a_type(rng: &mut Rng, payload: &mut Payload) -> bool {
    const TYPES: [&[u8]; 34] = [
        b"IM",
        b"im",
        b"Instant-Message",
        b"instant_message",
        b"INSTANT_MESSAGE",
        b"instant+message",
        b"linkedin",
        b"LinkedIn",
        b"Linked-In",
        b"linked_in",
        b"linked%5Fin",
        b"Skype",
        b"skype",
        b"Website",
        b"WEBSITE",
        b"%77ebsite",
        b"website+",
        b"+website",
        b"website%00",
        b"websites",
        b"web-site",
        b"phone",
        b"Phone",
        b"mobile",
        b"FAX",
        b"twitter",
        b"facebook",
        b"address",
        b"apple",
        b"trust-pilot",
        b"instagram",
        b"",
        b"0",
        b"email",
    ];
    let to = rng.pick(&TYPES);
    let Some(pair) = payload.some_ending(rng, b"type") else { return false };
    pair.value = Some(to.to_vec());
    true
}

fn service(rng: &mut Rng, payload: &mut Payload) -> bool {
    const SERVICES: [&[u8]; 16] = [
        b"aim",
        b"AIM",
        b"Skype",
        b"google+talk",
        b"gtalk",
        b"",
        b"yim",
        b"whatsapp",
        b"WhatsApp",
        b"other",
        b"Other",
        b"%41im",
        b"aim+",
        b"0",
        b"%C5%BFkype",
        b"%FF",
    ];
    let to = rng.pick(&SERVICES);
    if let Some(pair) = payload.some_ending(rng, b"service") {
        pair.value = rng.chance(95).then(|| to.to_vec());
        return true;
    }
    let text = [&below(&payload.some_base(rng), "[data][service]"), &b"="[..], to].concat();
    payload.insert(rng, &text);
    true
}

fn display_feed(rng: &mut Rng, payload: &mut Payload) -> bool {
    const TRUTHS: [&[u8]; 14] = [
        b"=1", b"=0", b"=", b"", b"=true", b"=false", b"=no", b"=off", b"=00", b"=+", b"=%30", b"=%00",
        b"=0.0", b"=%FF",
    ];
    let to = rng.pick(&TRUTHS);
    let twitter: Vec<Vec<u8>> = (payload.pairs.iter())
        .filter(|pair| pair.value.as_deref() == Some(b"twitter"))
        .filter_map(|pair| pair.group().map(base))
        .collect();
    let base =
        if twitter.is_empty() { payload.some_base(rng) } else { twitter[rng.below(twitter.len())].clone() };
    let text = [&below(&base, "[data][display_feed]"), to].concat();
    payload.insert(rng, &text);
    true
}

fn name_of_a_field(rng: &mut Rng, payload: &mut Payload) -> bool {
    const NAMES: [&[u8]; 26] = [
        b"URL",
        b"url",
        b"url ",
        b"+url",
        b"%20url",
        b"url.",
        b"u.rl",
        b"url%00",
        b"url%00x",
        b"username",
        b"profile_url",
        b"profile.url",
        b"profile url",
        b"",
        b" ",
        b"0",
        b"type",
        b"comment",
        b"data",
        b"service",
        b"country",
        b"number",
        b"__Host-url",
        b"%FF",
        b"\xc3\xa9",
        b"a%5Bb",
    ];
    let to = rng.pick(&NAMES);
    let pair = payload.some_pair(rng);
    if rng.chance(75) {
        *pair.leaf_mut() = to.to_vec();
    } else {
        *pair.some_name(rng) = to.to_vec();
    }
    true
}

fn byte(rng: &mut Rng, payload: &mut Payload) -> bool {
    const BYTES: &[u8] = b"&=[]%+ ._-05ABabcdtx\0\"\\\xff\x80\xc3\r\t";
    let mut bytes = payload.write();
    let at = rng.below(bytes.len() + 1);
    let byte = rng.pick(BYTES);
    match rng.below(3) {
        0 if at < bytes.len() => {
            bytes.remove(at);
        }
        1 if at < bytes.len() => bytes[at] = byte,
        _ => bytes.insert(at, byte),
    }
    *payload = Payload::read(&bytes);
    true
}

fn pair_moved(rng: &mut Rng, payload: &mut Payload) -> bool {
    let (from, to) = (rng.below(payload.pairs.len()), rng.below(payload.pairs.len()));
    match rng.below(4) {
        0 if payload.pairs.len() > 1 => {
            payload.pairs.remove(from);
        }
        1 => payload.pairs.swap(from, to),
        2 => {
            let pair = payload.pairs[from].clone();
            payload.pairs.insert(to, pair);
        }
        _ => payload.pairs.rotate_left(from),
    }
    true
}

fn cut(rng: &mut Rng, payload: &mut Payload) -> bool {
    let mut bytes = payload.write();
    bytes.truncate(rng.below(bytes.len() + 1));
    *payload = Payload::read(&bytes);
    true
}

/// A field to know a person by: missing, there twice, not a text, renamed, not UTF-8.
fn id(rng: &mut Rng, payload: &mut Payload) -> bool {
    const IDS: [&[u8]; 14] = [
        b"id=4711",
        b"id=",
        b"id",
        b"id=1&id=2",
        b"id[]=1",
        b"id=1&id[x]=2",
        b"id[x]=1&id=2",
        b"+id=5",
        b"%69d=5",
        b"id%00x=5",
        b"id=%FF",
        b"id=%22%5C%C3%A9",
        b"id.=5",
        b"id]=5",
    ];
    let text = rng.pick(&IDS);
    payload.insert(rng, text);
    true
}

/// Fields that are not contact data: nested, repeated, renamed, and such that a reader could take for contact data.
fn other_field(rng: &mut Rng, payload: &mut Payload) -> bool {
    const FIELDS: [&[u8]; 30] = [
        b"name=Ann",
        b"name=Ann&name=Bea",
        b"labels[]=a&labels[]=b",
        b"labels[0]=a&labels[1]=b",
        b"labels[1]=a&labels[0]=b",
        b"labels[5]=a&labels[]=b",
        b"custom[12]=x&custom[13][a]=y",
        b"custom[a][b][c][d]=x",
        b"custom[x]=1&custom=2",
        b"first.name=a",
        b"first name=a",
        b"u[v=1",
        b"7=x&07=y",
        b"-1=x",
        b"%C3%A9=x",
        b"%22=%22",
        b"a%5Bb=x",
        b"a]b=x",
        b"contact_data2[1][type]=website",
        b"contact_datas=x",
        b"contact=x",
        b"comment=of+nobody",
        b"types=x&datas=y",
        b"a[contact_data]=1",
        b"a[type]=x&a[data][url]=y",
        b"consent[contact_data]=1",
        b"contact_data_consent_type=gdpr",
        b"empty=&empties[]=",
        b"list[]=&list[]=",
        b"deep[][][]=x&deep[][][]=y",
    ];
    for _ in 0..1 + rng.below(3) {
        let text = rng.pick(&FIELDS);
        payload.insert(rng, text);
    }
    true
}
