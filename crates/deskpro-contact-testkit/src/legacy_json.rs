//! Generates lines of legacy JSON: bodies and replies of the legacy API, with odd values.

use crate::Rng;

/// Types of records, and their fields with the numbers of the server's columns. The last is in no document.
pub(crate) const TYPES: [(&str, &[(&str, u8)]); 11] = [
    ("address", &[("address", 1), ("city", 2), ("state", 3), ("zip", 4), ("country", 5)]),
    ("website", &[("url", 1)]),
    ("instant_message", &[("username", 1), ("service", 2)]),
    ("im", &[("username", 1), ("service", 2)]),
    ("skype", &[("username", 1)]),
    ("phone", &[("country_calling_code", 1), ("number", 2), ("type", 3)]),
    ("Fax", &[("country_calling_code", 1), ("number", 2), ("type", 3)]),
    ("twitter", &[("username", 1), ("display_feed", 2)]),
    ("linked_in", &[("profile_url", 1)]),
    ("facebook", &[("profile_url", 1)]),
    ("pager", &[("number", 1)]),
];

/// Generates a line. Each free text in it has a unique mark, `~1~`, `~2~`, …
pub fn line(rng: &mut Rng) -> String {
    let mut writer = Writer { rng, marks: 0, is_plain: false };
    match writer.rng.below(4) {
        0 | 1 => writer.body(),
        2 => {
            let records = writer.records(Writer::reply_record, true);
            let mut members = writer.fields();
            members.push(format!("\"contact_data\":{records}"));
            let beside = if writer.rng.chance(20) { writer.fields() } else { Vec::new() };
            let person = format!("\"person\":{{{}}}", members.join(","));
            format!("{{{}}}", [vec![person], beside].concat().join(","))
        }
        _ => format!("{{\"details\":{}}}", writer.records(Writer::reply_record, true)),
    }
}

/// Generates a body that PHP reads and writes without a change of a number or a name.
pub fn plain_body(rng: &mut Rng) -> String {
    Writer { rng, marks: 0, is_plain: true }.body()
}

struct Writer<'r> {
    rng: &'r mut Rng,
    marks: usize,
    is_plain: bool,
}

impl Writer<'_> {
    fn body(&mut self) -> String {
        let mut members = self.fields();
        match self.rng.below(8) {
            0 => {}
            1 => {
                let record = self.record();
                let record = record.strip_prefix('{').and_then(|record| record.strip_suffix('}'));
                members.push(record.unwrap().to_owned());
                members.retain(|member| !member.is_empty());
            }
            _ => {
                let is_object = self.rng.chance(50);
                members.push(format!("\"contact_data\":{}", self.records(Self::record, is_object)));
            }
        }
        format!("{{{}}}", members.join(","))
    }

    /// Fields other than contact data, each under a name of its own.
    fn fields(&mut self) -> Vec<String> {
        let names = ["name", "id", "labels", "field", "n", "Zoë"];
        let odd = ["a.b", " c", "d[e", "", "f\\u0000"];
        let mut fields = Vec::new();
        for name in names {
            if self.rng.chance(30) {
                fields.push(format!("\"{name}\":{}", self.value(2)));
            }
        }
        if !self.is_plain && self.rng.chance(10) {
            fields.push(format!("\"{}\":{}", self.rng.pick(&odd), self.value(1)));
        }
        fields
    }

    fn records(&mut self, record: fn(&mut Self) -> String, is_object: bool) -> String {
        let count = self.rng.below(4);
        if count == 0 {
            return self.rng.pick(&["[]", "{}", "null"]).to_owned();
        }
        let start = self.rng.below(20);
        let records = (start..start + count).map(|n| {
            let record = if self.rng.chance(95) { record(self) } else { self.value(1) };
            if is_object { format!("\"{n}\":{record}") } else { record }
        });
        let records = records.collect::<Vec<_>>().join(",");
        if is_object { format!("{{{records}}}") } else { format!("[{records}]") }
    }

    /// A record of a body.
    fn record(&mut self) -> String {
        let (kind, fields) = self.rng.pick(&TYPES);
        let mut data = Vec::new();
        for (name, _) in fields {
            if self.rng.chance(80) {
                data.push(format!("\"{name}\":{}", self.scalar()));
            }
        }
        let comment =
            if self.rng.chance(50) { format!("\"comment\":{},", self.scalar()) } else { String::new() };
        // As the PHP SDK sends skype.
        let data_name = if self.rng.chance(95) { "data" } else { "0" };
        format!("{{\"type\":\"{kind}\",{comment}\"{data_name}\":{{{}}}}}", data.join(","))
    }

    /// A record of a reply: its fields under names, in columns, or both.
    fn reply_record(&mut self) -> String {
        let (kind, fields) = self.rng.pick(&TYPES);
        let mut members = vec![format!("\"contact_type\":\"{kind}\"")];
        if self.rng.chance(80) {
            members.push(format!("\"id\":{}", self.rng.below(20)));
        }
        if self.rng.chance(80) {
            members.push(format!("\"comment\":{}", self.scalar()));
        }
        let mut stored = [const { None }; 11];
        for (name, column) in fields {
            let value = self.scalar();
            if self.rng.chance(70) {
                members.push(format!("\"{name}\":{value}"));
            }
            if self.rng.chance(80) {
                stored[usize::from(*column)] = Some(value);
            }
        }
        for (n, value) in stored.into_iter().enumerate().skip(1) {
            let value = if self.rng.chance(90) { value } else { Some(self.scalar()) };
            let value = value.or_else(|| self.rng.chance(30).then(|| "null".to_owned()));
            if let Some(value) = value {
                members.push(format!("\"field_{n}\":{value}"));
            }
        }
        if self.rng.chance(20) {
            members.push(format!("\"display\":{}", self.scalar()));
        }
        self.rng.shuffle(&mut members);
        format!("{{{}}}", members.join(","))
    }

    fn scalar(&mut self) -> String {
        match self.rng.below(12) {
            0 => "null".to_owned(),
            1 => self.rng.pick(&["true", "false"]).to_owned(),
            2 if self.is_plain => self.rng.below(1_000_000).to_string(),
            2 => self.rng.pick(&["7", "-1", "1.50", "1e9", "12345678901234567890123"]).to_owned(),
            3 => "\"\"".to_owned(),
            4 => self.rng.pick(&["\"1\"", "\"0\"", "\"44\"", "\"AIM\"", "\"mobile\""]).to_owned(),
            _ => {
                self.marks += 1;
                let odd =
                    self.rng.pick(&["", " ", "é", "\\u0000", "\\\"", "\\/", "&=", "+%41", "\\ud83d\\ude00"]);
                format!("\"~{}~{odd}\"", self.marks)
            }
        }
    }

    fn value(&mut self, depth: usize) -> String {
        if depth == 0 || self.rng.chance(60) {
            return self.scalar();
        }
        let count = self.rng.below(3);
        let is_list = self.rng.chance(50);
        let members = (0..count).map(|n| match is_list {
            true => self.value(depth - 1),
            false => format!("\"k{n}\":{}", self.value(depth - 1)),
        });
        let members = members.collect::<Vec<_>>().join(",");
        if is_list { format!("[{members}]") } else { format!("{{{members}}}") }
    }
}
