//! What each code means, how it comes about, and what to do about it.
//!
//! A code without an explanation does not compile, and a test runs every example and finds its code in what comes of it.

use crate::convert::{Source, Target};
use crate::error::ErrorKind;
use crate::loss::Code;

/// What a [`Code`] or an [`ErrorKind`] means, in words for a person.
///
/// ```
/// use deskpro_contact::{Code, to_v2};
///
/// let explanation = Code::Comment.explanation();
/// assert!(explanation.meaning.contains("label"));
/// let converted = to_v2(explanation.example.payload.as_bytes())?;
/// assert_eq!(converted.losses()[0].code(), Code::Comment);
/// # Ok::<(), deskpro_contact::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct Explanation {
    /// What it says.
    pub meaning: &'static str,
    /// What to do about it, by the options of the command `convert` where they help.
    pub remedy: &'static str,
    /// A payload that it comes of.
    pub example: Example,
}

/// A payload of which a code comes, and how it is converted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct Example {
    /// The format of the payload.
    pub source: Source,
    /// The format that it is converted to.
    pub target: Target,
    /// What is converted.
    pub payload: &'static str,
    /// The losses that are put back, where it is restored: an object of a losses file.
    pub losses: Option<&'static str>,
    /// Whether [`Options::only_contact_data`](crate::Options::only_contact_data) is asked for.
    pub only_contact_data: bool,
    /// The [`Options::max_payload`](crate::Options::max_payload), where it is not the default.
    pub max_payload: Option<usize>,
}

const fn to(source: Source, target: Target, payload: &'static str) -> Example {
    Example { source, target, payload, losses: None, only_contact_data: false, max_payload: None }
}

const fn form(payload: &'static str) -> Example {
    to(Source::Form, Target::V2, payload)
}

const fn body(payload: &'static str) -> Example {
    to(Source::V2, Target::Form, payload)
}

const NO_ACTION: &str = "Nothing: it is a note, which is needed only to restore the payload exactly.";
const MEND_RECORD: &str = "The other records went on. Mend this one where the payloads come from; --losses keeps it whole until then.";
const MEND_PAYLOAD: &str = "Mend the payload and feed it in again: --rejects keeps its line.";

impl Code {
    /// What the code means, with an example and what to do about it.
    #[must_use]
    pub const fn explanation(self) -> Explanation {
        let (meaning, example, remedy) = match self {
            Self::Comment => (
                "A record's label. The v2 document has no place for it.",
                form("type=website&comment=home&data[url]=example.com"),
                "Keep it with --losses. From there a script can write it where you want to see it, into a note of \
                 the person, say.",
            ),
            Self::Country => (
                "The country of an address. The v2 document's address ends with the zip.",
                form("type=address&data[city]=Paris&data[country]=France"),
                "Keep it with --losses, or write it into a field of the payload that v2 has, before you convert.",
            ),
            Self::CountryAlone => (
                "An address that has a country and nothing else. v2 would get four empty fields, so nothing is \
                 written.",
                form("type=address&data[country]=France"),
                "Keep it with --losses, or complete the address in the payload.",
            ),
            Self::Phone => (
                "A phone. The v2 document has no type for it.",
                form("type=phone&data[country_calling_code]=44&data[number]=2079460000&data[type]=mobile"),
                "Keep it with --losses, and send the numbers to wherever your server has phones: the value is the \
                 whole record, as it was sent.",
            ),
            Self::V2OnlyType => (
                "A contact of a type that the legacy document does not have.",
                body(r#"{"contact_data":{"apple":[{"username":"ann"}]}}"#),
                "Keep it with --losses: restoring puts it back.",
            ),
            Self::RejectedRecord => (
                "A record that could not be read. It is left out; its error says why, and has a code of its own.",
                form("type=pager&data[number]=1"),
                MEND_RECORD,
            ),
            Self::Service => (
                "The instant-messaging service as it was. What the target's list lacks became `other`; where only \
                 the case changed, it is a note.",
                form("type=im&data[service]=yim&data[username]=ann"),
                "Keep it with --losses, or accept `other`: the username is written all the same.",
            ),
            Self::DisplayFeed => (
                "Whether tweets are shown, or the text that said so. The legacy document has no place for `true`.",
                body(r#"{"contact_data":{"twitter":[{"username":"ann","display_feed":true}]}}"#),
                "Keep it with --losses: restoring puts it back.",
            ),
            Self::UnknownField => (
                "A field of a record that neither document has. An empty one is a note.",
                form("type=website&data[url]=example.com&data[colour]=blue"),
                "Look whether it is a known field misspelled (--list-types has their names). Else keep it with \
                 --losses.",
            ),
            Self::OtherField => (
                "A field beside the contact data, left out because --only-contact-data asked for it.",
                Example { only_contact_data: true, ..form("name=Ann") },
                "Without that option it goes through under its name.",
            ),
            Self::UnsayableName => (
                "A name that a form cannot say: PHP would read another one, none, or one of ours.",
                body(r#"{"first.name":"Ann"}"#),
                "Rename the field in the body, or keep it with --losses: restoring puts it back.",
            ),
            Self::Id => (
                "The number that a v2 server gave an item, or what stands in its place. A legacy record has none.",
                body(r#"{"contact_data":[{"id":7,"contact_type":"website","url":"example.com"}]}"#),
                "Nothing for a number, which is a note. Keep with --losses what is none.",
            ),
            Self::Overwritten => (
                "A value that PHP replaces by a later one of the same name: the legacy server never saw it.",
                form("name=Ann&name=Bea"),
                "Nothing, where the later value is the right one. Where both are meant, the payload needs two names.",
            ),
            Self::DroppedPair => (
                "A pair for which PHP reads no variable, because its name is empty, say, or no number is left for it: \
                 the legacy server never saw it.",
                form("tags[9223372036854775807]=a&tags[]=b"),
                "Give it a name that PHP reads, if it was meant to be read.",
            ),
            Self::AfterNul => (
                "What follows a raw NUL, where PHP's reading of a payload ends: the legacy server never saw it.",
                form("name=Ann\0&email=ann@example.com"),
                "Take the NUL out of the payload, if the rest was meant to be read.",
            ),
            Self::MendedName => (
                "A name that PHP reads as another one: it has no dot and no space in a variable's name.",
                form("first.name=Ann"),
                NO_ACTION,
            ),
            Self::LeftOver => (
                "A loss that found no place when it was put back, because its record is gone, or was edited beyond \
                 recognition.",
                Example {
                    losses: Some(
                        r#"{"line":1,"losses":[{"code":"comment","severity":"data","path":"contact_data[1][comment]","value":"home"}]}"#,
                    ),
                    ..body(r#"{"contact_data":{}}"#)
                },
                "Nothing, where the record was deleted on purpose. Else keep it with the --losses of the restoring \
                 run, and write it in by hand.",
            ),
            Self::TypeName => (
                "The type as the record spelled it: another case, an alias, or a type that v2 has as another.",
                form("type=skype&data[username]=ann"),
                NO_ACTION,
            ),
            Self::FilledIn => (
                "A value that v2 requires and the record did not have: empty, `other` or `false` was written.",
                form("type=twitter&data[username]=ann"),
                NO_ACTION,
            ),
            Self::LeftOut => (
                "An emptiness that a form does not say: null, or an empty list.",
                body(r#"{"name":null}"#),
                NO_ACTION,
            ),
            Self::JsonType => (
                "The JSON type of a value. A form has it as text: `true` is `1`.",
                body(r#"{"active":true}"#),
                NO_ACTION,
            ),
            Self::Shape => (
                "Whether an array is a list or an object, where its keys do not tell.",
                body(r#"{"labels":{"0":"vip"}}"#),
                NO_ACTION,
            ),
            Self::Order => (
                "The order of the names at this place, where restoring would give another.",
                form("b=1&contact_data[1][type]=website&contact_data[1][data][url]=example.com&a=2"),
                NO_ACTION,
            ),
            Self::SingleRecord => (
                "The payload was one record without a number, not a `contact_data` array.",
                form("type=website&data[url]=example.com"),
                NO_ACTION,
            ),
            Self::Records => (
                "What was written for each record: its key, its v2 type and a digest of the item, by which edits are \
                 told from moves.",
                form("contact_data[7][type]=website&contact_data[7][data][url]=example.com"),
                NO_ACTION,
            ),
        };
        Explanation { meaning, remedy, example }
    }
}

impl ErrorKind {
    /// What the error means, with an example and what to do about it.
    #[must_use]
    pub const fn explanation(self) -> Explanation {
        let (meaning, example, remedy) = match self {
            Self::TooLong => (
                "The payload is longer than --max-payload; or what would be written of it, which repeats names, is \
                 longer than 16 times that. Nothing of it is read.",
                Example { max_payload: Some(4), ..form("name=Ann") },
                "Give a larger --max-payload, if the line is one payload and not a file without line ends.",
            ),
            Self::TooDeep => (
                "A pair opens more than 64 brackets, or JSON nests deeper than 128. PHP would drop such a pair in \
                 silence.",
                form(
                    "a[][][][][][][][][][][][][][][][][][][][][][][][][][][][][][][][][]\
                     [][][][][][][][][][][][][][][][][][][][][][][][][][][][][][][][]=1",
                ),
                MEND_PAYLOAD,
            ),
            Self::ContactDataNotArray => (
                "`contact_data` holds no records: it is a single value.",
                form("contact_data=x"),
                MEND_PAYLOAD,
            ),
            Self::NotUtf8 => (
                "A text is not UTF-8, which JSON cannot hold. In a record it rejects the record, elsewhere the \
                 payload.",
                form("name=Ren%E9"),
                "Find the encoding it was written in (often Windows-1252) and convert the payload, or mend the one \
                 byte: --rejects keeps the line.",
            ),
            Self::NotJson => (
                "The body is not JSON.",
                body(r#"{"name":"#),
                "The place is where reading stopped: look for what was cut or quoted wrongly just before it. Forms \
                 are converted --to v2, not --to form.",
            ),
            Self::NotABody => {
                ("The body is JSON, but neither an object nor a list.", body("7"), MEND_PAYLOAD)
            }
            Self::DuplicateKey => (
                "An object has the same key twice: readers differ in which of the two they believe.",
                body(r#"{"name":"Ann","name":"Bea"}"#),
                MEND_PAYLOAD,
            ),
            Self::LoneSurrogate => (
                "A string holds half of a surrogate pair, which is no character.",
                body(r#"{"name":"\ud83d"}"#),
                "Whoever wrote the body cut a text in the middle of a character: write the whole one, or none.",
            ),
            Self::RecordNotArray => (
                "A record is a single value; it should hold a type and data (in JSON: an item should be an object).",
                form("contact_data[1]=website"),
                MEND_RECORD,
            ),
            Self::TypeMissing => {
                ("A record has no type.", form("contact_data[1][data][url]=example.com"), MEND_RECORD)
            }
            Self::TypeNotText => (
                "A record's type is not a text.",
                form("contact_data[1][type][]=website&contact_data[1][data][url]=example.com"),
                MEND_RECORD,
            ),
            Self::TypeUnknown => (
                "A record's type is in neither document.",
                form("type=pager&data[number]=1"),
                "See --list-types for those that are. --check counts the ones that are not, so that you know what to \
                 replace in the payloads; --losses keeps the records whole.",
            ),
            Self::TypeOfOtherFormat => (
                "A record's type belongs to the other format only.",
                form("type=apple&data[username]=ann"),
                "Look whether the payload is of the format that you think it is. --losses keeps the record whole.",
            ),
            Self::DataMissing => (
                "A legacy record has no `data`; the legacy server drops it in silence.",
                form("contact_data[1][type]=website"),
                MEND_RECORD,
            ),
            Self::DataNotArray => (
                "A legacy record's `data` is a single value, not an array of fields.",
                form("contact_data[1][type]=website&contact_data[1][data]=example.com"),
                MEND_RECORD,
            ),
            Self::FieldNotScalar => (
                "A known field, or the comment, is an array where it should be a single value.",
                form("type=website&data[url][]=example.com"),
                MEND_RECORD,
            ),
            Self::Empty => (
                "The field without which the record says nothing is missing or empty: its url or username; of an \
                 address all fields.",
                form("type=website&data[url]="),
                "Fill it in where the payload comes from, or leave the record out: it names nobody.",
            ),
            Self::NotLosses => (
                "What should be put back is not the losses of a payload: the file was edited, or is another one.",
                Example { losses: Some(r#"{"line":1,"losses":[{"code":"comment"}]}"#), ..body("{}") },
                "Give --restore the file that --losses wrote in the run that made this input, unchanged.",
            ),
        };
        Explanation { meaning, remedy, example }
    }
}
