//! Counts the values of an output and names its fields other than contact data.

use std::borrow::Cow;

use deskpro_contact::Target;
use deskpro_contact::losses_file::decode_raw;

/// The values and the other fields of an output.
#[derive(Default, PartialEq, Eq, Debug)]
pub(super) struct Output<'o> {
    /// The number of values that are not empty. The types of a form's records do not count: in a v2 body, they are names.
    pub(super) values: u64,
    /// The names of the fields other than contact data.
    pub(super) other_fields: Vec<Cow<'o, str>>,
}

/// The names at the top of an output that hold contact data.
const CONTACT_DATA: [&str; 2] = ["contact_data", "phone_numbers"];
/// The names at the top of a form that are its only record.
const SINGLE_RECORD: [&str; 3] = ["type", "comment", "data"];
/// Encoded brackets in the key of a pair.
const BRACKET: &str = "%5B";
const BRACKETS: &str = "%5D%5B";

impl<'o> Output<'o> {
    /// Reads an output that the library wrote.
    pub(super) fn read(target: Target, output: &'o [u8]) -> Self {
        match target {
            Target::V2 | Target::Canonical => Self::read_json(output),
            Target::Form => Self::read_form(output),
        }
    }

    fn read_json(json: &'o [u8]) -> Self {
        let (mut values, mut names) = (0, Vec::new());
        let (mut at, mut depth) = (0_usize, 0_usize);
        while let Some(&byte) = json.get(at) {
            let start = at;
            at += 1;
            match byte {
                b'"' => {
                    at += string_len(&json[at..]);
                    if json.get(at) != Some(&b':') {
                        values += u64::from(at - start > 2);
                    } else if depth == 1 {
                        names.push(serde_json::from_slice(&json[start..at]).expect("a string of JSON"));
                    }
                }
                b'{' | b'[' => depth += 1,
                b'}' | b']' => depth -= 1,
                b',' | b':' | b' ' | b'\n' => {}
                // A number, true or false, to its end; null is empty.
                first => {
                    let is_end = |byte: &u8| matches!(byte, b',' | b'}' | b']' | b'\n');
                    at += json[at..].iter().position(is_end).unwrap_or(json.len() - at);
                    values += u64::from(first != b'n');
                }
            }
        }
        names.retain(|name: &Cow<'_, str>| !CONTACT_DATA.contains(&name.as_ref()));
        Self { values, other_fields: names }
    }

    /// Reads a form as PHP's `http_build_query` writes it: brackets are encoded, and the values of a field are together.
    fn read_form(form: &'o [u8]) -> Self {
        let form = std::str::from_utf8(form).expect("forms are UTF-8");
        let (mut values, mut names) = (0, Vec::new());
        for pair in form.split('&').filter(|pair| !pair.is_empty()) {
            let (key, value) = pair.split_once('=').expect("a written pair has a value");
            let (name, inner) = key.split_once(BRACKET).map_or((key, ""), |(name, inner)| (name, inner));
            let is_type = CONTACT_DATA.contains(&name)
                && inner.split_once(BRACKETS).is_some_and(|(_, inner)| inner == "type%5D");
            values += u64::from(!value.is_empty() && !is_type);
            if names.last() != Some(&name) {
                names.push(name);
            }
        }
        // A record without a group stands among the other fields.
        let is_single =
            names.contains(&"type") && names.contains(&"data") && !names.contains(&CONTACT_DATA[0]);
        values -= u64::from(is_single);
        let is_of_record = |name: &str| is_single && SINGLE_RECORD.contains(&name);
        names.retain(|name| !CONTACT_DATA.contains(name) && !is_of_record(name));
        let decoded = |name: &str| {
            let name = decode_raw(&name.replace('+', " "));
            Cow::Owned(String::from_utf8_lossy(&name).into_owned())
        };
        Self { values, other_fields: names.into_iter().map(decoded).collect() }
    }
}

/// The length of the rest of a string of JSON, with its closing quotation mark.
fn string_len(rest: &[u8]) -> usize {
    let mut is_escaped = false;
    let end = rest.iter().position(|&byte| {
        let is_end = byte == b'"' && !is_escaped;
        is_escaped = byte == b'\\' && !is_escaped;
        is_end
    });
    end.expect("a string of JSON ends") + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(target: Target, output: &str, values: u64, other_fields: &[&str]) {
        let other_fields = other_fields.iter().map(|&name| name.into()).collect();
        assert_eq!(Output::read(target, output.as_bytes()), Output { values, other_fields }, "{output}");
    }

    #[test]
    fn values_and_other_fields_of_json() {
        let body = r#"{"na\"me":"A\\","n":-1.5e9,"t":true,"e":"","z":null,"l":["","x",{"deep":"y"}],"phone_numbers":[{"number":"1"}],"contact_data":{"website":[{"url":"a:b,{"}]}}"#;
        check(Target::V2, body, 7, &["na\"me", "n", "t", "e", "z", "l"]);
        let value: serde_json::Value = serde_json::from_str(body).unwrap();
        let indented = serde_json::to_string_pretty(&value).unwrap();
        assert_eq!(Output::read(Target::V2, indented.as_bytes()).values, 7);
        check(Target::V2, r#"{"contact_data":{}}"#, 0, &[]);
        check(Target::Canonical, "[]", 0, &[]);
    }

    #[test]
    fn values_and_other_fields_of_a_form() {
        let form = "first%20name=A+b&e=&l%5B0%5D=x&l%5B1%5D=y&contact_data%5B1%5D%5Btype%5D=website\
                    &contact_data%5B1%5D%5Bdata%5D%5Burl%5D=x&contact_data%5Btype%5D%5Bdata%5D%5Btype%5D=fax";
        check(Target::Form, form, 5, &["first name", "e", "l"]);
        check(Target::Form, "n=1&type=website&comment=c&data%5Burl%5D=x", 3, &["n"]);
        check(Target::Form, "type=fax", 1, &["type"]);
        check(Target::Form, "", 0, &[]);
    }
}
