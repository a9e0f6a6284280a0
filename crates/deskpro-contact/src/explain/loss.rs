//! Explanations of losses.

use super::example::{Example, body, dump, extended, form, legacy_json, windows_1252};
use super::{CORRECT_RECORD, Explanation};
use crate::loss::Code;

const NO_ACTION: &str = "Nothing. It is a note: only restoring the payload exactly needs it.";
const SOURCE_NOTE: &str = "Nothing. It is a note about the JSON or the rows from which the payload was built. \
                           Restoring gives that payload, and does not need the note.";
const SOURCE_DATA: &str = "Keep it with --losses. Restoring gives the payload that was built from the JSON or the \
                           rows, and reports this value as left over.";

impl Code {
    /// Explains the code: its meaning, an example, and what to do.
    #[must_use]
    pub const fn explanation(self) -> Explanation {
        let (meaning, example, remedy) = match self {
            Self::Comment => (
                "A record's comment. Deskpro's documentation of v2 has no place for it, but v2 servers were seen to accept one. The \
                 comment of a phone, `label` in v2, may have at most 100 characters there. If it is empty, it is a note.",
                form("type=website&comment=home&data[url]=example.com"),
                "Keep it with --losses, or write it with --profile extended. Shorten the comment of a phone to 100 characters.",
            ),
            Self::Country => (
                "The country of an address. Deskpro's documentation of v2 has no place for it, but v2 servers were seen \
                 to accept one. If it is empty, it is a note.",
                form("type=address&data[city]=Paris&data[country]=France"),
                "Keep it with --losses, or write it with --profile extended.",
            ),
            Self::CountryAlone => (
                "An address that has only a country. In v2 all its fields would be empty, so it is left out.",
                form("type=address&data[country]=France"),
                "Keep it with --losses, write it with --profile extended, or complete the address in the payload \
                 before you convert.",
            ),
            Self::Phone => (
                "A phone number. Deskpro's documentation of v2 has no type for it. With --profile extended, it is a phone \
                 that is not written, for example because its number is not valid, or because there is doubt which \
                 number is meant. Its reason says why.",
                form("type=phone&data[country_calling_code]=44&data[number]=2079460000&data[type]=mobile"),
                "Keep it with --losses: the value is the whole record as it was sent. --profile extended writes \
                 phones; for those that it does not write, correct the number where the payloads come from, or enter \
                 it by hand.",
            ),
            Self::PhoneType => (
                "The type of a phone that is written: v2 has no place for it. If it is `phone` or empty, it is a note.",
                extended(form("type=mobile&data[number]=%2B44 7400 123456")),
                "Keep it with --losses. Restoring puts it back. The v2 server guesses the type from the number.",
            ),
            Self::V2OnlyType => (
                "An item of a type that the legacy format does not have.",
                body(r#"{"contact_data":{"apple":[{"username":"ann"}]}}"#),
                "Keep it with --losses. Restoring puts it back.",
            ),
            Self::RejectedRecord => (
                "A record that cannot be read. It is left out. Its error, which has its own code, says why.",
                form("type=pager&data[number]=1"),
                CORRECT_RECORD,
            ),
            Self::Service => (
                "The service of an instant-messaging record as it was sent. A service that the other format does \
                 not have became `other`. If only the case of its letters changed, it is a note.",
                form("type=im&data[service]=yim&data[username]=ann"),
                "Keep it with --losses, or accept `other`. The username is converted in any case.",
            ),
            Self::DisplayFeed => (
                "Whether tweets are shown: a value of `display_feed` that the output does not have. The legacy \
                 document has no such field. If a form has it, PHP's rules decide: an empty text and `0` are false, \
                 all other texts are true. If a person would read such a true text as false (such as `false`, \
                 `no`, `null`, `0.0`, a space), the loss is data, otherwise a note.",
                body(r#"{"contact_data":{"twitter":[{"username":"ann","display_feed":true}]}}"#),
                "Keep it with --losses. Restoring puts it back. If the legacy program meant the text as false, set \
                 `display_feed` to `false` in the output.",
            ),
            Self::UnknownField => (
                "A field of a record that is in neither format. If it is empty, it is a note.",
                form("type=website&data[url]=example.com&data[colour]=blue"),
                "Check whether the name is misspelled; --list-types prints the known names. If it is not, keep \
                 the field with --losses.",
            ),
            Self::OtherField => (
                "A field other than contact data, which --only-contact-data left out. If it is empty, it is a note.",
                Example { only_contact_data: true, ..form("name=Ann") },
                "To convert the field too, leave out --only-contact-data.",
            ),
            Self::UnknownPersonField => (
                "A field that v2 servers do not know: they answer 400 to a body that has it. One of them is \
                 `organization` with the name of an organization: v2 has the organization's id under that name. If \
                 the field is empty, it is a note.",
                extended(form("organization=Acme&via_agent=1")),
                "Keep it with --losses, or rename it before you convert. For `organization`, look up the id of the \
                 organization in v2.",
            ),
            Self::NameTaken => (
                "A field that is not written, because another field of the payload already has the name that this \
                 field would get in the other format. If it is empty, it is a note.",
                extended(form("email=ann@example.com&primary_email=ann@example.org")),
                "Decide which of the two values is the correct one, and keep the other with --losses.",
            ),
            Self::UnsayableName => (
                "A field whose name a form cannot represent: PHP would read another name, no name, or contact \
                 data.",
                body(r#"{"first.name":"Ann"}"#),
                "Rename the field in the body, or keep it with --losses. Restoring puts it back.",
            ),
            Self::Id => (
                "The `id` of an item, which the v2 server assigned. A legacy record has no id. If it is a number, a \
                 text of digits or empty, it is a note.",
                body(r#"{"contact_data":[{"id":7,"contact_type":"website","url":"example.com"}]}"#),
                "If it is a number: nothing. Otherwise, keep it with --losses.",
            ),
            Self::EnvelopeField => (
                "A field of a reply beside its `data`: `meta` or `linked`. Only the body in `data` is converted. If \
                 the field is empty, it is a note.",
                body(r#"{"data":{"name":"Ann"},"linked":{"organization":{"7":{"name":"Acme"}}}}"#),
                "Keep it with --losses. Restoring puts it back.",
            ),
            Self::Overwritten => (
                "A value that PHP replaces with a later value of the same name. The legacy server never received \
                 it.",
                form("name=Ann&name=Bea"),
                "If the later value is correct: nothing. If both are needed, give them different names in the \
                 payload.",
            ),
            Self::DroppedPair => (
                "A pair that PHP drops, for example because its name is empty, or because no larger array key \
                 exists. The legacy server never received it.",
                form("tags[9223372036854775807]=a&tags[]=b"),
                "If the value is needed, give the pair a name that PHP accepts.",
            ),
            Self::AfterNul => (
                "The text after a raw NUL, at which PHP stops reading a payload. The legacy server never received \
                 it. If the NUL is the last byte, it is a note.",
                form("name=Ann\0&email=ann@example.com"),
                "If the text is needed, remove the NUL from the payload.",
            ),
            Self::MendedName => (
                "The name of a pair as it was sent, if PHP changes it or discards a part of it: it reads, for example, \
                 dots and spaces in a name as `_`.",
                form("first.name=Ann"),
                NO_ACTION,
            ),
            Self::Encoding => (
                "The encoding in which texts or names of the payload were read, because they are not UTF-8. The \
                 output has them in UTF-8. Restoring needs the encoding to see which of them were edited.",
                windows_1252("name=Ren%E9"),
                NO_ACTION,
            ),
            Self::EncodedText => (
                "The bytes of a text that is not UTF-8 and was read in the encoding that --encoding names. If the \
                 text is edited in the output, it is restored in UTF-8.",
                windows_1252("name=Ren%E9"),
                NO_ACTION,
            ),
            Self::EncodedName => (
                "The bytes of a name that is not UTF-8 and was read in the encoding that --encoding names.",
                windows_1252("pr%E9nom=Ann"),
                NO_ACTION,
            ),
            Self::SourceType => (
                "The JSON type of a number or a boolean in legacy JSON. A form has only texts: `true` becomes `1`, \
                 `false` `0`.",
                legacy_json(r#"{"name":"Ann","active":true}"#),
                SOURCE_NOTE,
            ),
            Self::SourceEmpty => (
                "A null, or an empty list or object, in legacy JSON: the payload leaves it out, as PHP's \
                 `http_build_query` does. Or a row of contact data without a value.",
                legacy_json(r#"{"name":"Ann","contact_data":[]}"#),
                SOURCE_NOTE,
            ),
            Self::SourceRepeated => (
                "The members of a record in a reply that are empty or repeat others, in one note: columns of the \
                 server's table that repeat a field of the record, and the id that is also the record's key. Or a \
                 column of a row that the server computes from other columns: the name of a profile, or a phone's \
                 code and number as one text.",
                legacy_json(
                    r#"{"details":{"15":{"id":15,"contact_type":"skype","username":"ann","field_1":"ann","field_2":null}}}"#,
                ),
                SOURCE_NOTE,
            ),
            Self::SourceColumn => (
                "A member of a record in a reply, or a column of a row, that a payload has no place for: a column of \
                 the server's table that belongs to no field, or has another value than its field. A number as `id` \
                 is a note.",
                legacy_json(
                    r#"{"details":{"15":{"id":15,"contact_type":"twitter","username":"ann","field_3":"4711"}}}"#,
                ),
                SOURCE_DATA,
            ),
            Self::SourceField => (
                "A member that a reply has beside `person` or `details`. If it is empty, it is a note.",
                legacy_json(r#"{"person":{"id":7,"contact_data":[]},"status":"ok"}"#),
                SOURCE_DATA,
            ),
            Self::SourceName => (
                "A name in legacy JSON that a form cannot represent, with the values under it: PHP would read \
                 another name. If they are empty, it is a note.",
                legacy_json(r#"{"name":"Ann","first.pet":"Rex"}"#),
                "Keep it with --losses, or rename it before you convert.",
            ),
            Self::SourceRow => (
                "A row of a database with the same id and values as an earlier row: the dump or file holds it twice. \
                 If only the id is the same, the run stops.",
                dump(
                    None,
                    "INSERT INTO people_contact_data (id,person_id,contact_type,comment,field_1,field_2,field_3,field_4,field_5) VALUES (5,7,'skype','','ann','','','',''),(5,7,'skype','','ann','','','','');",
                ),
                "Check whether the file consists of two dumps. The payload has the row once.",
            ),
            Self::SourceValue => (
                "A value that is not used, because the field that --with adds has the value of another row. A field from \
                 `people_emails` has the value of the row that `people.primary_email_id` names, if there is one. Any \
                 other field has the value of the row with the lowest id.",
                dump(
                    Some("people_emails.email=email"),
                    "INSERT INTO people_emails (id,person_id,email) VALUES (1,7,'ann@example.com'),(2,7,'a@example.org'); CREATE TABLE people_contact_data (id int);",
                ),
                "Keep it with --losses; or write `[]` after the field, which then takes the values of all rows.",
            ),
            Self::LeftOver => (
                "A loss that could not be put back: its line or its record was deleted; or its record was edited so \
                 much that it is not recognised; or an edit put another value in its place. Or it is a value of the \
                 rows or the JSON from which the payload was built (its code began with `source-`), and no payload \
                 holds it. It is data or a note, as the loss was.",
                Example {
                    losses: Some(
                        r#"{"line":1,"output":"cd00d34fe596","losses":[{"code":"comment","severity":"data","path":"contact_data[1][comment]","value":"home"}]}"#,
                    ),
                    ..body(r#"{"contact_data":{}}"#)
                },
                "If the record was deleted or edited on purpose, or if the value is one of the rows or the JSON: \
                 nothing. Otherwise, keep the loss with --losses in the restoring run, and add it by hand.",
            ),
            Self::TypeName => (
                "The type of a record as it was spelled: in other case, as an alias, or as a type that is another \
                 type in v2.",
                form("type=skype&data[username]=ann"),
                NO_ACTION,
            ),
            Self::FilledIn => (
                "A field that v2 requires and the record did not have. The output has an empty text, `other` or \
                 `false` instead.",
                form("type=twitter&data[username]=ann"),
                NO_ACTION,
            ),
            Self::LeftOut => (
                "An empty value that a form cannot represent: null, or an empty list or object.",
                body(r#"{"name":null}"#),
                NO_ACTION,
            ),
            Self::JsonType => (
                "The JSON type of a value. A form has only texts: `true` becomes `1`.",
                body(r#"{"active":true}"#),
                NO_ACTION,
            ),
            Self::PhoneNumber => (
                "The calling code and the number of a phone as they were sent, and the number that was written. If the \
                 number is of another country than the code, it is data.",
                extended(form("type=phone&data[country_calling_code]=044&data[number]=020 7946 0018 ext 12")),
                "If it is data, check which country the number belongs to. Otherwise nothing: only restoring needs it.",
            ),
            Self::Extension => (
                "The extension of a phone. A legacy phone has it in its number, after ` x`.",
                extended(body(r#"{"phone_numbers":[{"number":"+442079460018","extension":"12"}]}"#)),
                NO_ACTION,
            ),
            Self::KeptName => (
                "A field whose name was not changed, because it already had the name that the other format gives it.",
                extended(form("primary_email=ann@example.com")),
                NO_ACTION,
            ),
            Self::ListKeys => (
                "The keys of a field that is always a list in v2. Without a value: the field was a single text.",
                extended(form("label[5]=vip")),
                NO_ACTION,
            ),
            Self::FieldName => (
                "The name of a custom field with the prefix `field_`. v2 has the number alone.",
                extended(form("field[field_3]=blue")),
                NO_ACTION,
            ),
            Self::Shape => (
                "The shape of an array in JSON, a list or an object, if the keys of the array do not show it.",
                body(r#"{"labels":{"0":"vip"}}"#),
                NO_ACTION,
            ),
            Self::Order => (
                "The order of the names in an array, if restoring would give another order without this note.",
                form("b=1&contact_data[1][type]=website&contact_data[1][data][url]=example.com&a=2"),
                NO_ACTION,
            ),
            Self::Envelope => (
                "The body was the `data` of a server's reply, not the whole line. The note holds the names of the \
                 reply in their order.",
                body(r#"{"data":{"name":"Ann"},"meta":{},"linked":{}}"#),
                NO_ACTION,
            ),
            Self::SingleRecord => (
                "The payload was a single record (`type=…&data[…]=…`), not a `contact_data` array.",
                form("type=website&data[url]=example.com"),
                NO_ACTION,
            ),
            Self::Records => (
                "For each record its key and, if it was written, its v2 type and a digest of its item. Restoring \
                 needs them to find the item of a record after the output was edited.",
                form("contact_data[7][type]=website&contact_data[7][data][url]=example.com"),
                NO_ACTION,
            ),
        };
        Explanation { meaning, remedy, example }
    }
}
