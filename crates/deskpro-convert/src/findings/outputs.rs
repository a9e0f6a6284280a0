//! Counts the values of an output and names its fields other than contact data.

use std::borrow::Cow;

use deskpro_contact::Target;
use deskpro_contact::losses_file::decode_raw;

/// The names at the top of an output that hold contact data.
const CONTACT_DATA: [&str; 2] = ["contact_data", "phone_numbers"];
/// The names at the top of a form that are its only record.
const SINGLE_RECORD: [&str; 3] = ["type", "comment", "data"];
/// Encoded brackets in the key of a pair.
const BRACKET: &str = "%5B";
const BRACKETS: &str = "%5D%5B";

/// Counts the values of an output that are not empty, and calls `on_name` with the name of each field other than
/// contact data. The types of a form's records do not count as values: in a v2 body, they are names.
pub(super) fn read(target: Target, output: &[u8], on_name: impl FnMut(&str)) -> u64 {
    let output = std::str::from_utf8(output).expect("JSON and forms are UTF-8");
    match target {
        Target::V2 | Target::Canonical => read_json(output, on_name),
        Target::Form => read_form(output, on_name),
    }
}

/// Reads JSON that the library wrote, so it is valid.
fn read_json(text: &str, mut on_name: impl FnMut(&str)) -> u64 {
    let json = text.as_bytes();
    let (mut at, mut depth, mut values) = (0_usize, 0_usize, 0);
    while let Some(&byte) = json.get(at) {
        let start = at;
        at += 1;
        match byte {
            b'"' => {
                at += string_len(&json[at..]);
                if json.get(at) != Some(&b':') {
                    values += u64::from(at - start > 2);
                } else if depth == 1 {
                    let name = unescaped(&text[start..at]);
                    if !CONTACT_DATA.contains(&&*name) {
                        on_name(&name);
                    }
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
    values
}

/// The text of a JSON string.
fn unescaped(string: &str) -> Cow<'_, str> {
    match string.contains('\\') {
        true => Cow::Owned(serde_json::from_str(string).expect("a string of JSON")),
        false => Cow::Borrowed(&string[1..string.len() - 1]),
    }
}

/// Reads a form as PHP's `http_build_query` writes it: brackets are encoded, and the values of a field are together.
fn read_form(form: &str, mut on_name: impl FnMut(&str)) -> u64 {
    let (mut values, mut names) = (0, Vec::new());
    for pair in form.split('&').filter(|pair| !pair.is_empty()) {
        let (key, value) = pair.split_once('=').expect("a written pair has a value");
        let (name, inner) = key.split_once(BRACKET).unwrap_or((key, ""));
        let is_type = CONTACT_DATA.contains(&name)
            && inner.split_once(BRACKETS).is_some_and(|(_, inner)| inner == "type%5D");
        values += u64::from(!value.is_empty() && !is_type);
        if names.last() != Some(&name) {
            names.push(name);
        }
    }
    // A record without a group stands among the other fields.
    let is_single = names.contains(&"type") && names.contains(&"data") && !names.contains(&CONTACT_DATA[0]);
    let is_of_record = |name: &str| is_single && SINGLE_RECORD.contains(&name);
    for name in names.into_iter().filter(|name| !CONTACT_DATA.contains(name) && !is_of_record(name)) {
        on_name(&String::from_utf8_lossy(&decode_raw(&name.replace('+', " "))));
    }
    values - u64::from(is_single)
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
        let mut found = Vec::new();
        assert_eq!(read(target, output.as_bytes(), |name| found.push(name.to_owned())), values, "{output}");
        assert_eq!(found, other_fields, "{output}");
    }

    #[test]
    fn values_and_other_fields_of_json() {
        let body = r#"{"na\"me":"A\\","n":-1.5e9,"t":true,"e":"","z":null,"l":["","x",{"deep":"y"}],"phone_numbers":[{"number":"1"}],"contact_data":{"website":[{"url":"a:b,{"}]}}"#;
        check(Target::V2, body, 7, &["na\"me", "n", "t", "e", "z", "l"]);
        let value: serde_json::Value = serde_json::from_str(body).unwrap();
        let indented = serde_json::to_string_pretty(&value).unwrap();
        assert_eq!(read(Target::V2, indented.as_bytes(), |_| {}), 7);
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
