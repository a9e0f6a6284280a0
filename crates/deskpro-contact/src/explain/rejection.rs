//! Explanations of the errors that reject a payload or a record.

use super::example::{Example, body, dump, form};
use super::{CORRECT_RECORD, Explanation};
use crate::error::ErrorKind;

const CORRECT_PAYLOAD: &str = "Correct the payload and convert it again. --rejects keeps its line.";

impl ErrorKind {
    /// Explains the kind: its meaning, an example, and what to do.
    #[must_use]
    pub const fn explanation(self) -> Explanation {
        let (meaning, example, remedy) = match self {
            Self::TooLong => (
                "The payload is longer than --max-payload. Or its output, or all paths of its losses together, would \
                 be longer than 16 times --max-payload.",
                Example { max_payload: Some(4), ..form("name=Ann") },
                "Check that the line is one payload, not a file without line ends. If it is, raise --max-payload.",
            ),
            Self::TooDeep => (
                "A name has more than 64 brackets, so that PHP would drop its pair silently. Or JSON is nested more \
                 than 128 levels deep.",
                form(
                    "a[][][][][][][][][][][][][][][][][][][][][][][][][][][][][][][][][]\
                     [][][][][][][][][][][][][][][][][][][][][][][][][][][][][][][][]=1",
                ),
                CORRECT_PAYLOAD,
            ),
            Self::NotAForm => (
                "A form payload begins like JSON. Read as a form, it would be one field with an odd name.",
                form(r#"{"name":"Ann"}"#),
                "If the payloads are v2 bodies, use --to form; if they are JSON of the legacy API, use --from json. \
                 Otherwise, remove the line; --rejects keeps it.",
            ),
            Self::MisplacedField => (
                "Contact data stands under a name that the legacy server does not read as `contact_data`. The \
                 payload was escaped for HTML, is a URL, has an invisible character before the name, was \
                 percent-encoded twice, spells the name otherwise, has dots instead of brackets, or has \
                 `contact_data` inside another field. Or a v2 body misspells the name, or has it inside another field. \
                 Passed on as another field, its contacts would be lost.",
                form("Contact-Data[1][type]=website&Contact-Data[1][data][url]=example.com"),
                "Correct the name where the payloads come from, and convert the payload again; --rejects keeps its \
                 line. If the field is meant as it is, pass it on with --allow-field NAME.",
            ),
            Self::ContactDataNotArray => (
                "`contact_data` is a single value, not an array of records.",
                form("contact_data=x"),
                CORRECT_PAYLOAD,
            ),
            Self::NotUtf8 => (
                "A text is not UTF-8, so JSON cannot represent it. If the text is in a record, the record is \
                 rejected, otherwise the payload.",
                form("name=Ren%E9"),
                "Find out the encoding of the payload (often Windows-1252) and name it: --encoding windows-1252. If \
                 this error comes although you gave --encoding, the text is not valid in that encoding either: it \
                 has another encoding, or is cut inside a character. --rejects keeps the line.",
            ),
            Self::NotJson => (
                "The body is not JSON.",
                body(r#"{"name":"#),
                "Look just before the reported place for text that is missing or quoted wrongly. If the payloads \
                 are forms, use --to v2, not --to form.",
            ),
            Self::NotABody => {
                ("The body is JSON, but neither an object nor a list.", body("7"), CORRECT_PAYLOAD)
            }
            Self::ListOfBodies => (
                "The line is a list of bodies, one for each person, or a reply whose `data` is such a list. A line \
                 must be one body.",
                body(r#"[{"name":"Ann"},{"name":"Bea"}]"#),
                "Write each body on a line of its own: `jq -c '.[]'`, or `jq -c '.data[]'` for a reply. Then convert \
                 these lines.",
            ),
            Self::ErrorLine => (
                "The line is not a body. An earlier run with `--on-error emit` wrote it in the place of a payload \
                 that it rejected.",
                body(r#"{"error":{"code":"not-a-body","message":"expected an object or a list, found 7"}}"#),
                "Correct the rejected payload and convert it again; --rejects or --losses of the earlier run has \
                 its text.",
            ),
            Self::LegacyRecords => (
                "`contact_data` holds legacy records (`type`, `comment`, `data`) as JSON. A v2 body has a list of \
                 items for each type, and the fields stand in the item itself.",
                body(r#"{"contact_data":[{"type":"website","data":{"url":"example.com"}}]}"#),
                "Convert them with --from json, which reads JSON of the legacy API.",
            ),
            Self::DuplicateKey => (
                "An object has the same key twice. Programs differ in which of the two values they read. In a form, \
                 two names are equal after --encoding has decoded them.",
                body(r#"{"name":"Ann","name":"Bea"}"#),
                CORRECT_PAYLOAD,
            ),
            Self::LoneSurrogate => (
                "A string holds half of a surrogate pair, which is not a character.",
                body(r#"{"name":"\ud83d"}"#),
                "The program that wrote the body cut a text in the middle of a character. Write the whole \
                 character or none of it.",
            ),
            Self::RecordNotArray => (
                "A record is a single value, not an array with a type and data; or an item of a body is not an \
                 object.",
                form("contact_data[1]=website"),
                CORRECT_RECORD,
            ),
            Self::TypeMissing => {
                ("A record has no type.", form("contact_data[1][data][url]=example.com"), CORRECT_RECORD)
            }
            Self::TypeNotText => (
                "The type of a record is not a text.",
                form("contact_data[1][type][]=website&contact_data[1][data][url]=example.com"),
                CORRECT_RECORD,
            ),
            Self::TypeUnknown => (
                "The type of a record is in neither format.",
                form("type=pager&data[number]=1"),
                "Correct the type in the payloads. --list-types prints the known types, --check counts the \
                 unknown ones, --losses keeps the records whole.",
            ),
            Self::TypeOfOtherFormat => (
                "The type of a record exists only in the other format.",
                form("type=apple&data[username]=ann"),
                "Check the format of the payload. --losses keeps the record whole.",
            ),
            Self::DataMissing => (
                "A legacy record has no `data`. The legacy server drops such a record silently.",
                form("contact_data[1][type]=website"),
                CORRECT_RECORD,
            ),
            Self::DataNotArray => (
                "The `data` of a legacy record is a single value, not an array of fields.",
                form("contact_data[1][type]=website&contact_data[1][data]=example.com"),
                CORRECT_RECORD,
            ),
            Self::FieldNotScalar => (
                "A known field or the comment is an array; it must be a single value.",
                form("type=website&data[url][]=example.com"),
                CORRECT_RECORD,
            ),
            Self::Empty => (
                "A record has no value in the field that its type requires, for example the url or the username. An \
                 address is rejected only if all of its fields are missing or empty.",
                form("type=website&data[url]="),
                "Add the value where the payloads come from, or leave the record out of the payload.",
            ),
            Self::RowWithoutPerson => (
                "A row of a database names no person, or no organization, to which it belongs: that id is NULL, empty or \
                 0. The row makes a payload of its own, without an id, which is rejected.",
                dump(
                    None,
                    "INSERT INTO people_contact_data (id,person_id,contact_type,comment,field_1,field_2,field_3,field_4,field_5) VALUES (5,NULL,'skype','','ann','','','','');",
                ),
                "If the row belongs to a deleted person: nothing. Otherwise, add an id to its payload, which \
                 --rejects keeps, and convert the payload again.",
            ),
            Self::NotLosses => (
                "The text that --restore names is not the losses of a payload: the losses file was edited, or it is \
                 another file.",
                Example {
                    losses: Some(r#"{"line":1,"output":"64187a14c403","losses":[{"code":"comment"}]}"#),
                    ..body("{}")
                },
                "Give --restore the unchanged file that --losses wrote in the run that wrote this input.",
            ),
            Self::OtherPayload => (
                "The losses to put back are those of another payload; or the payload was edited, and has no id that \
                 shows which losses belong to it. Nothing is put back, so that no person gets another person's data.",
                Example {
                    losses: Some(
                        r#"{"line":1,"output":"000000000000","losses":[{"code":"comment","severity":"data","path":"comment","value":"home"}]}"#,
                    ),
                    ..body("{}")
                },
                "Restore the lines in the order in which they were written. If you edited lines and did not move any, \
                 give --edited. To be free to move and remove lines, convert with --id-field.",
            ),
        };
        Explanation { meaning, remedy, example }
    }
}
