//! Legacy payloads by the thousand, the same ones for the same seed.
//!
//! Three classes, because no single distribution serves: *plain* payloads are what a migration feeds in, *odd* ones
//! break the habits that a converter might rely on, *hostile* ones break the syntax. Names and values come from small
//! pools, so that keys collide, repeat and replace each other often. No payload holds a line feed: it would be two.

/// A small generator (splitmix64): a test that fails must fail again.
pub(crate) struct Rng(u64);

impl Rng {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number from 0 to `n` - 1.
    pub(crate) fn below(&mut self, n: usize) -> usize {
        (self.next() % n.max(1) as u64) as usize
    }

    pub(crate) fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    pub(crate) fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }

    pub(crate) fn shuffle<T>(&mut self, list: &mut [T]) {
        for n in (1..list.len()).rev() {
            list.swap(n, self.below(n + 1));
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Class {
    Plain,
    Odd,
    Hostile,
}

/// One payload of a class.
pub(crate) fn payload(rng: &mut Rng, class: Class) -> Vec<u8> {
    let mut payload = match class {
        Class::Plain => plain(rng).write(),
        Class::Odd => odd(rng).write(),
        Class::Hostile => hostile(rng),
    };
    for byte in &mut payload {
        if *byte == b'\n' {
            *byte = b'\r';
        }
    }
    payload
}

/// A plain or odd payload in which each free text carries a mark of its own, `~1~`, `~2~`, …, to find it again.
pub(crate) fn marked(rng: &mut Rng) -> Vec<u8> {
    let mut form = if rng.chance(50) { plain(rng) } else { odd(rng) };
    for (n, field) in form.fields.iter_mut().enumerate() {
        let is_closed_set = matches!(
            field.path.last().map(Vec::as_slice),
            Some(b"type" | b"service" | b"display_feed" | b"data" | b"contact_data")
        );
        if !is_closed_set && !field.value.is_empty() {
            field.value.extend_from_slice(format!("~{n}~").as_bytes());
        }
    }
    form.write()
}

/// A name, one segment for each bracket and the first, and its value.
#[derive(Clone)]
struct Field {
    path: Vec<Vec<u8>>,
    value: Vec<u8>,
    /// Written without a `=`.
    is_bare: bool,
}

#[derive(Clone, Copy)]
enum Brackets {
    Raw,
    Upper,
    Lower,
}

/// What clients differ in without meaning anything by it.
#[derive(Clone, Copy)]
enum Encoding {
    /// As browsers and PHP do: a space is `+`.
    Form,
    /// As URLs do: a space is `%20`, hex in lower case.
    Url,
    /// Only what must be.
    Sparse,
}

struct Form {
    fields: Vec<Field>,
    brackets: Brackets,
    encoding: Encoding,
}

impl Form {
    fn write(&self) -> Vec<u8> {
        let mut out = Vec::new();
        for field in &self.fields {
            if !out.is_empty() {
                out.push(b'&');
            }
            for (depth, segment) in field.path.iter().enumerate() {
                if depth > 0 {
                    out.extend_from_slice(match self.brackets {
                        Brackets::Raw => b"[",
                        Brackets::Upper => b"%5B",
                        Brackets::Lower => b"%5b",
                    });
                }
                self.encode(segment, &mut out);
                if depth > 0 {
                    out.extend_from_slice(match self.brackets {
                        Brackets::Raw => b"]",
                        Brackets::Upper => b"%5D",
                        Brackets::Lower => b"%5d",
                    });
                }
            }
            if !field.is_bare {
                out.push(b'=');
                self.encode(&field.value, &mut out);
            }
        }
        out
    }

    fn encode(&self, text: &[u8], out: &mut Vec<u8>) {
        for &byte in text {
            let is_plain = match self.encoding {
                Encoding::Form | Encoding::Url => {
                    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b' ')
                }
                Encoding::Sparse => {
                    !matches!(byte, b'&' | b'=' | b'%' | b'+' | b'[' | b']' | b' ' | b'\n' | b'\r' | 0)
                }
            };
            match (self.encoding, byte) {
                (Encoding::Url, b' ') => out.extend_from_slice(b"%20"),
                (Encoding::Form, b' ') => out.push(b'+'),
                (Encoding::Form | Encoding::Url | Encoding::Sparse, _) if is_plain => out.push(byte),
                (Encoding::Form | Encoding::Sparse, _) => {
                    out.extend_from_slice(format!("%{byte:02X}").as_bytes());
                }
                (Encoding::Url, _) => out.extend_from_slice(format!("%{byte:02x}").as_bytes()),
            }
        }
    }

    fn add(&mut self, path: &[&str], value: &str) {
        let path = path.iter().map(|segment| segment.as_bytes().to_vec()).collect();
        self.fields.push(Field { path, value: value.as_bytes().to_vec(), is_bare: false });
    }
}

/// Every type in every spelling that is documented or seen, and the fields of its data.
const TYPES: [(&str, &[&str]); 12] = [
    ("address", &["address", "city", "state", "zip", "country"]),
    ("website", &["url"]),
    ("instant_message", &["service", "username"]),
    ("im", &["service", "username"]),
    ("skype", &["username"]),
    ("phone", &["country_calling_code", "number", "type"]),
    ("mobile", &["country_calling_code", "number"]),
    ("fax", &["country_calling_code", "number"]),
    ("twitter", &["username"]),
    ("linked_in", &["profile_url"]),
    ("linkedin", &["profile_url"]),
    ("facebook", &["profile_url"]),
];

/// Types that are no legacy types, or known ones as nobody documents them.
const ODD_TYPES: [&str; 18] = [
    "apple",
    "trust_pilot",
    "instagram",
    "whatsapp",
    "email",
    "",
    "IM",
    "Linked-In",
    "LINKED_IN",
    "linked in",
    "Instant-Message",
    "instant_message ",
    "TWITTER",
    "Phone",
    "MOBILE",
    "Fax",
    "trust-pilot",
    "0",
];

const SERVICES: [&str; 7] = ["aim", "msn", "yim", "icq", "skype", "gtalk", "other"];
const ODD_SERVICES: [&str; 12] = [
    "AIM",
    "Skype",
    "google talk",
    "",
    "whatsapp",
    "WhatsApp",
    "YIM",
    " aim",
    "0",
    "jabber",
    "OTHER",
    "ſkype",
];
const TRUTHS: [&str; 9] = ["1", "0", "", "true", "false", "on", "00", " ", "yes"];

const TEXTS: [&str; 30] = [
    "Ann",
    "joanne.bloggs@example.com",
    "http://example.com/?a=1&b=2",
    "10 Testing Street",
    "Zoë",
    "李雷",
    "😀",
    "a=b",
    "100%",
    "x+y",
    "0",
    "007",
    "+44 20 7946 0000",
    "\"quoted\"",
    "back\\slash",
    "tab\there",
    "two\r\nlines",
    "\u{7f}",
    "\u{2028}",
    "<b>&amp;</b>",
    "[x]",
    " spaced ",
    "home",
    "business",
    "true",
    "null",
    "1.50",
    "%41",
    "\u{1}\u{b}\u{c}\u{8}",
    "https://linkedin.com/in/ann",
];

/// What stands beside contact data in real payloads.
const BESIDE: [(&[&str], &str); 10] = [
    (&["name"], "Ann Example"),
    (&["primary_email"], "ann@example.com"),
    (&["is_agent"], "1"),
    (&["usergroups", ""], "3"),
    (&["usergroups", ""], "4"),
    (&["custom", "12"], "x"),
    (&["custom", "13", "a"], "y"),
    (&["labels", "0"], "vip"),
    (&["labels", "1"], "new"),
    (&["summary"], ""),
];

/// What stands there in payloads that somebody wrote by hand.
const ODD_BESIDE: [(&[&str], &str); 14] = [
    (&["first.name"], "Ann"),
    (&["last name"], "Example"),
    (&["labels", "1"], "first is 1"),
    (&["labels", "01"], "text"),
    (&["custom"], "scalar"),
    (&["custom", "x", "", "y"], "deep"),
    (&["7"], "number"),
    (&["07"], "text"),
    (&["comment"], "of nobody"),
    (&["type"], "website"),
    (&["data"], "scalar"),
    (&["contact_data2", "1"], "x"),
    (&["Contact_Data"], "x"),
    (&["ünï", "kódé"], "ü"),
];

fn text(rng: &mut Rng) -> &'static str {
    if rng.chance(6) { "" } else { rng.pick(&TEXTS) }
}

fn plain(rng: &mut Rng) -> Form {
    let brackets = match rng.below(10) {
        0..4 => Brackets::Raw,
        4..8 => Brackets::Upper,
        _ => Brackets::Lower,
    };
    let encoding = rng.pick(&[Encoding::Form, Encoding::Form, Encoding::Url, Encoding::Sparse]);
    let mut form = Form { fields: Vec::new(), brackets, encoding };
    beside(rng, &mut form, &BESIDE);
    if rng.chance(15) {
        record(rng, &mut form, &[]);
    } else {
        let first = if rng.chance(90) { 1 } else { rng.below(12) };
        for n in first..first + 1 + rng.below(8) {
            record(rng, &mut form, &["contact_data", &n.to_string()]);
        }
    }
    beside(rng, &mut form, &BESIDE);
    form
}

fn beside(rng: &mut Rng, form: &mut Form, from: &[(&[&str], &str)]) {
    for &(path, value) in from {
        if rng.chance(15) {
            form.add(path, value);
        }
    }
}

fn record(rng: &mut Rng, form: &mut Form, base: &[&str]) {
    let (name, fields) = rng.pick(&TYPES);
    form.add(&[base, &["type"]].concat(), name);
    if rng.chance(50) {
        form.add(&[base, &["comment"]].concat(), text(rng));
    }
    for &field in fields {
        let value = match field {
            "service" => rng.pick(&SERVICES),
            "type" => rng.pick(&["phone", "mobile", "fax"]),
            "country_calling_code" => rng.pick(&["44", "1", "044", ""]),
            _ => text(rng),
        };
        if rng.chance(90) {
            form.add(&[base, &["data", field]].concat(), value);
        }
    }
    if name == "twitter" && rng.chance(50) {
        form.add(&[base, &["data", "display_feed"]].concat(), rng.pick(&["1", "0"]));
    }
}

fn odd(rng: &mut Rng) -> Form {
    let mut form = plain(rng);
    for _ in 0..1 + rng.below(5) {
        oddity(rng, &mut form);
    }
    form
}

/// Makes one thing odd, in a record that is there.
fn oddity(rng: &mut Rng, form: &mut Form) {
    let at = rng.below(form.fields.len());
    let Some(picked) = form.fields.get(at).cloned() else { return };
    let base = match picked.path.as_slice() {
        [name, key, ..] if name == b"contact_data" => vec![name.clone(), key.clone()],
        _ => Vec::new(),
    };
    let named = |leaf: &[&str]| -> Vec<Vec<u8>> {
        base.iter().cloned().chain(leaf.iter().map(|segment| segment.as_bytes().to_vec())).collect()
    };
    let set = |form: &mut Form, path: Vec<Vec<u8>>, value: &str| {
        let value = value.as_bytes().to_vec();
        match form.fields.iter_mut().find(|field| field.path == path) {
            Some(field) => field.value = value,
            None => form.fields.push(Field { path, value, is_bare: false }),
        }
    };
    match rng.below(24) {
        0 => rng.shuffle(&mut form.fields),
        1 => {
            // The fields of one record in another order, in the places that they have.
            let places: Vec<usize> = (0..form.fields.len())
                .filter(|&n| !base.is_empty() && form.fields[n].path.starts_with(&base))
                .collect();
            let mut taken: Vec<Field> = places.iter().map(|&n| form.fields[n].clone()).collect();
            rng.shuffle(&mut taken);
            for (n, field) in places.into_iter().zip(taken) {
                form.fields[n] = field;
            }
        }
        2 | 3 => {
            let key: &[u8] = rng.pick(&[
                &b"07"[..],
                b"7",
                b"x",
                b"-3",
                b"0",
                b"10",
                b"1e3",
                b" 1",
                b"1.5",
                b"2",
                b"9223372036854775807",
                "ключ".as_bytes(),
                b"\xff",
                b"type",
            ]);
            for field in &mut form.fields {
                if !base.is_empty() && field.path.starts_with(&base) {
                    field.path[1] = key.to_vec();
                }
            }
        }
        4 => {
            if let Some(segment) = form.fields[at].path.get_mut(1) {
                segment.clear();
            }
        }
        5 => {
            let mut again = picked;
            if rng.chance(70) {
                again.value = text(rng).as_bytes().to_vec();
            }
            form.fields.push(again);
        }
        6 => {
            form.fields.remove(at);
        }
        7 => set(form, named(&["note"]), text(rng)),
        8 => set(form, named(&["data", "foo"]), text(rng)),
        9 => set(form, named(&["data", "foo", "bar", ""]), text(rng)),
        10 | 11 => set(form, named(&["type"]), rng.pick(&ODD_TYPES)),
        12 => {
            form.fields.retain(|field| !field.path.starts_with(&named(&["data"])));
            if rng.chance(60) {
                set(form, named(&["data"]), "scalar");
            }
        }
        13 => set(form, named(&["data", "display_feed"]), rng.pick(&TRUTHS)),
        14 | 15 => set(form, named(&["data", "service"]), rng.pick(&ODD_SERVICES)),
        16 => {
            form.fields.retain(|field| !field.path.starts_with(&named(&["data"])));
            set(form, named(&["type"]), "address");
            set(form, named(&["data", "country"]), rng.pick(&["France", "0", ""]));
        }
        17 => form.fields[at].value.clear(),
        18 => set(form, named(&["comment"]), rng.pick(&["", "home"])),
        19 => set(form, named(&[rng.pick(&["comment", "type"]), ""]), "x"),
        20 => {
            let mut deeper = picked;
            deeper.path.push(rng.pick(&[&b"0"[..], b"", b"x"]).to_vec());
            form.fields.push(deeper);
        }
        21 => beside(rng, form, &ODD_BESIDE),
        22 => {
            if rng.chance(30) {
                set(form, vec![b"contact_data".to_vec()], text(rng));
            } else {
                record(rng, form, &[]);
            }
        }
        _ => match rng.below(3) {
            0 => form.fields[at].is_bare = true,
            1 => form.fields[at].value = b"\xff\xfe".to_vec(),
            _ => form.fields.rotate_left(at),
        },
    }
}

/// What breaks readers, in keys and in values.
const TOKENS: [&[u8]; 78] = [
    b"a",
    b"b",
    b"contact_data",
    b"type",
    b"data",
    b"comment",
    b"website",
    b"url",
    b"1",
    b"x",
    b"[",
    b"[",
    b"]",
    b"%5B",
    b"%5b",
    b"%5D",
    b"%5d",
    b"%00",
    b"\0",
    b"%",
    b"%4",
    b"%zz",
    b"%2541",
    b"%255B",
    b"+",
    b"%20",
    b" ",
    b".",
    b"%2E",
    b"%2e",
    b"__Host-",
    b"__Secure-",
    b"__Host",
    b"__host-",
    b"__Host%2D",
    b"%5F_Secure-",
    b"=",
    b"=",
    b"=",
    b"==",
    b"%3D",
    b"&",
    b"&",
    b"&&",
    b"%26",
    b"[]",
    b"[]",
    b"[ ]",
    b"[+]",
    b"[%20]",
    b"[%09]",
    b"[%0A]",
    b"[%0b]",
    b"[%0C]",
    b"[%0D]",
    b"[\t]",
    b"[\r]",
    b"[++]",
    b"[7]",
    b"[07]",
    b"[-5]",
    b"[-0]",
    b"[__Host-x]",
    b"[ __Secure-x]",
    b"[9223372036854775807]",
    b"[9223372036854775806]",
    b"[9223372036854775808]",
    b"[-9223372036854775808]",
    b"\xff",
    b"\xc3\xa9",
    b"%FF",
    b"%c3%a9",
    b"%ED%A0%80",
    b"\t",
    b"%0A",
    b"_",
    b"[a.b]",
    b"[a b]",
];

/// Keys that meet each other's edges.
const EDGES: [&[u8]; 22] = [
    b"",
    b"",
    b"",
    b" ",
    b"0",
    b"1",
    b"-1",
    b"-5",
    b"07",
    b"7",
    b"-0",
    b"+1",
    b"%2B1",
    b"9223372036854775807",
    b"9223372036854775806",
    b"9223372036854775808",
    b"-9223372036854775808",
    b"-9223372036854775809",
    b"a",
    b"__Host-a",
    b"__Secure-a",
    b"a[b",
];

const FIRSTS: [&[u8]; 16] = [
    b"a",
    b"a",
    b"a",
    b"b",
    b" a",
    b"a.",
    b"a ",
    b"__Host-a",
    b"__Secure-a",
    b" __Host-a",
    b"..Host-a",
    b"_.Secure-",
    b"a]",
    b"",
    b"contact_data",
    b"contact.data",
];

fn hostile(rng: &mut Rng) -> Vec<u8> {
    match rng.below(10) {
        0..3 => {
            let mut bytes = if rng.chance(50) { plain(rng) } else { odd(rng) }.write();
            for _ in 0..1 + rng.below(6) {
                mutate(rng, &mut bytes);
            }
            bytes
        }
        3..6 => {
            let mut bytes = Vec::new();
            for _ in 0..1 + rng.below(24) {
                bytes.extend_from_slice(rng.pick(&TOKENS));
            }
            bytes
        }
        6..9 => edges(rng),
        _ => deep(rng),
    }
}

fn mutate(rng: &mut Rng, bytes: &mut Vec<u8>) {
    let at = rng.below(bytes.len() + 1);
    let end = (at + 1 + rng.below(12)).min(bytes.len());
    match rng.below(5) {
        0 => {
            bytes.drain(at.min(end)..end);
        }
        1 => {
            if let Some(byte) = bytes.get_mut(at) {
                *byte = rng.below(256) as u8;
            }
        }
        2 => {
            let again = bytes[at.min(end)..end].to_vec();
            let to = rng.below(bytes.len() + 1);
            bytes.splice(to..to, again);
        }
        _ => {
            bytes.splice(at..at, rng.pick(&TOKENS).iter().copied());
        }
    }
}

/// A few pairs on the same few arrays.
fn edges(rng: &mut Rng) -> Vec<u8> {
    let mut bytes = Vec::new();
    let pool: Vec<&[u8]> = (0..2 + rng.below(4)).map(|_| rng.pick(&EDGES)).collect();
    let firsts = [rng.pick(&FIRSTS), rng.pick(&FIRSTS)];
    for n in 0..2 + rng.below(7) {
        if n > 0 {
            bytes.push(b'&');
        }
        bytes.extend_from_slice(rng.pick(&firsts));
        for _ in 0..rng.below(4) {
            let (open, close): (&[u8], &[u8]) =
                rng.pick(&[(&b"["[..], &b"]"[..]), (b"[", b"]"), (b"[", b"]"), (b"%5B", b"%5d")]);
            bytes.extend_from_slice(open);
            bytes.extend_from_slice(rng.pick(&pool));
            bytes.extend_from_slice(if rng.chance(96) { close } else { b"" });
        }
        if rng.chance(5) {
            bytes.extend_from_slice(rng.pick(&TOKENS));
        }
        if rng.chance(95) {
            bytes.push(b'=');
            bytes.extend_from_slice(n.to_string().as_bytes());
        }
    }
    bytes
}

/// Pairs at PHP's limit of 64 brackets, beside harmless ones, after what may stop them early.
fn deep(rng: &mut Rng) -> Vec<u8> {
    let mut bytes = Vec::new();
    for n in 0..1 + rng.below(4) {
        if n > 0 {
            bytes.push(b'&');
        }
        bytes.extend_from_slice(rng.pick(&[&b"a"[..], b"a", b"contact_data", b"__Host-a"]));
        let brackets = if rng.chance(60) { 62 + rng.below(5) } else { rng.below(3) };
        let segment = rng.pick(&[&b"[x]"[..], b"[]", b"[1]", b"%5Bx%5D", b"[9223372036854775807]"]);
        for depth in 0..brackets {
            let odd: &[u8] = rng.pick(&[b"[__Host-x]", b"[9223372036854775807]", b"[", b"[]x", b"x"]);
            let is_odd = rng.chance(if depth + 4 > brackets { 6 } else { 0 });
            bytes.extend_from_slice(if is_odd { odd } else { segment });
        }
        bytes.extend_from_slice(rng.pick(&[&b"=v"[..], b"=v", b"", b"[=v", b"x=v"]));
    }
    bytes
}
