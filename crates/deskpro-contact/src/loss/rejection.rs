//! Makes the error of a rejection, with its message.

use std::ops::Range;

use memchr::memrchr;

use super::view::View;
use crate::bytes::integer;
use crate::error::{Error, ErrorKind, shorten};
use crate::misplaced::{self, Cause};
use crate::model;
use crate::model::table::{Format, envelope};
use crate::place::{Part, Place};
use crate::reject::Rejection;
use crate::tree::{Id, Node, Shape, Tree};

const UTF_8: &str = "UTF-8";

impl View<'_> {
    /// Makes the error of a rejection, with path, span and message.
    pub(crate) fn error(&self, why: Rejection) -> Error {
        let format = self.input.format;
        let (expected, found) = match why.kind {
            ErrorKind::ContactDataNotArray => match format {
                Format::Legacy => ("an array of records".to_owned(), self.found(why)),
                Format::V2 => ("an object or a list".to_owned(), self.found(why)),
            },
            ErrorKind::RecordNotArray => match format {
                Format::Legacy => ("a record with type and data".to_owned(), self.found(why)),
                Format::V2 if self.is_in_place_of_list(why) => {
                    ("a list of items, which are objects".to_owned(), self.found(why))
                }
                Format::V2 => ("an item, which is an object".to_owned(), self.found(why)),
            },
            ErrorKind::MisplacedField => self.misplaced(why),
            ErrorKind::TypeMissing => ("a type".to_owned(), self.found(why)),
            ErrorKind::TypeNotText => ("a type as text".to_owned(), self.found(why)),
            ErrorKind::TypeUnknown => (model::types(format), self.found(why)),
            ErrorKind::TypeOfOtherFormat => {
                let only = match format {
                    Format::Legacy => "which only v2 has",
                    Format::V2 => "which only the legacy format has",
                };
                (model::types(format), format!("{}, {only}", self.found(why)))
            }
            ErrorKind::DataMissing | ErrorKind::DataNotArray => {
                ("an array of fields".to_owned(), self.found(why))
            }
            ErrorKind::FieldNotScalar => ("a single value".to_owned(), self.found(why)),
            ErrorKind::Empty => {
                let required = model::required(why.of.expect("an empty record has a kind"), format);
                (format!("a non-empty {required}"), self.found(why))
            }
            ErrorKind::NotABody => ("an object or a list".to_owned(), self.found(why)),
            ErrorKind::ListOfBodies => {
                let is_in_envelope = self.path_text(why.place).is_some();
                let filter = if is_in_envelope { ".data[]" } else { ".[]" };
                let found = format!("a list of bodies (`jq -c '{filter}'` writes each on its own line)");
                ("one body, or items that have a contact_type".to_owned(), found)
            }
            ErrorKind::ErrorLine => (
                "a body".to_owned(),
                "an error line, which an earlier run wrote for a rejected payload".to_owned(),
            ),
            ErrorKind::LegacyRecords => (
                "v2 items".to_owned(),
                "legacy records, which have type and data, as JSON; --from json reads them".to_owned(),
            ),
            ErrorKind::NotUtf8 => (self.encodings(), self.found(why)),
            ErrorKind::DuplicateKey => self.names_twice(why),
            ErrorKind::TooLong
            | ErrorKind::TooDeep
            | ErrorKind::NotAForm
            | ErrorKind::NotJson
            | ErrorKind::LoneSurrogate
            | ErrorKind::NotLosses
            | ErrorKind::RowWithoutPerson
            | ErrorKind::OtherPayload => unreachable!("a reader makes this error itself"),
        };
        let hint = if why.kind == ErrorKind::TypeUnknown {
            self.type_meant(why)
        } else if why.kind == ErrorKind::Empty && why.is_missing {
            self.unknown_beside(why)
        } else {
            None
        };
        let path = self.path_text(why.place).unwrap_or_default();
        Error::new(why.kind, path, self.rejected_span(why), expected, found).with_hint(hint)
    }

    /// Whether a rejected item of a body is in the place of a type's list.
    fn is_in_place_of_list(&self, why: Rejection) -> bool {
        let Place::Tree(id) = why.place else { return false };
        let is_contact_data = |above| self.tree.name(above) == envelope::CONTACT_DATA.as_bytes();
        integer(self.tree.name(id)).is_none() && self.tree.parent(id).is_some_and(is_contact_data)
    }

    /// The encodings that a text may have.
    fn encodings(&self) -> String {
        match (self.input.format, self.input.encoding) {
            (Format::V2, _) => UTF_8.to_owned(),
            (Format::Legacy, Some(encoding)) if encoding.is_utf8() => UTF_8.to_owned(),
            (Format::Legacy, None) => format!("{UTF_8} (for another encoding, use --encoding)"),
            (Format::Legacy, Some(encoding)) => format!("{UTF_8} or {encoding}"),
        }
    }

    /// The expected and the found part of the message, if a decoded name is equal to another name of its array.
    fn names_twice(&self, why: Rejection) -> (String, String) {
        let (Place::Tree(id), Some(encoding)) = (why.place, self.input.encoding) else {
            unreachable!("a reader of JSON makes this error itself")
        };
        let name = encoding.decode(self.tree.name(id)).expect("the name was decoded");
        let expected = format!("names that differ once they are decoded from {encoding}");
        (expected, format!("\"{}\" twice", shorten(name.as_bytes())))
    }

    /// The list whose key is the wrong type, if the type is given by a list.
    fn list_of_type(&self, why: Rejection) -> Option<Id> {
        match (why.kind, why.place) {
            (ErrorKind::TypeUnknown | ErrorKind::TypeOfOtherFormat, Place::Tree(id)) => {
                self.tree.text(id).is_none().then_some(id)
            }
            // Every other rejection is about the value itself.
            _ => None,
        }
    }

    fn found(&self, why: Rejection) -> String {
        let tree = self.tree;
        if why.is_missing {
            return "nothing".to_owned();
        }
        if let Some(list) = self.list_of_type(why) {
            return format!("\"{}\"", shorten(tree.name(list)));
        }
        match why.place {
            // The name is wrong, not the value.
            Place::Tree(id)
                if why.kind == ErrorKind::NotUtf8 && std::str::from_utf8(tree.name(id)).is_err() =>
            {
                format!("the name \"{}\"", shorten(tree.name(id)))
            }
            Place::Tree(id) => found(tree, id),
            Place::Record(_, Part::Whole | Part::Data) => "an array".to_owned(),
            Place::Record(n, part) => {
                let value = self.pair(n, part).expect("a rejected pair is there");
                format!("\"{}\"", shorten(&tree[value.text]))
            }
            Place::Under(..) | Place::Path(_) => unreachable!("nothing stands there"),
        }
    }

    /// The expected and the found part of the message about contact data in the wrong place.
    fn misplaced(&self, why: Rejection) -> (String, String) {
        let Place::Tree(id) = why.place else { unreachable!("a field of the tree") };
        let cause = misplaced::cause(self.tree, id).expect("a misplaced field has a cause");
        let contact_data = envelope::CONTACT_DATA;
        let found = match cause {
            Cause::HtmlEscaped => "a name that was escaped for HTML (\"&amp;\" for \"&\")".to_owned(),
            Cause::Url => "the beginning of a URL".to_owned(),
            Cause::ByteOrderMark => "it after a byte order mark".to_owned(),
            Cause::Invisible => "it after an invisible character".to_owned(),
            Cause::EncodedTwice => "it under a name that was percent-encoded twice".to_owned(),
            Cause::OtherSpelling => "it under another spelling of that name".to_owned(),
            Cause::Dots => {
                "it under names with dots instead of brackets (PHP reads a dot in a name as an underscore)"
                    .to_owned()
            }
            Cause::Nested => {
                let above = self.tree.parent(id).map_or(&[][..], |parent| self.tree.name(parent));
                format!("it inside the field \"{}\"", shorten(above))
            }
        };
        let expected = match cause {
            Cause::HtmlEscaped => "the name of a field".to_owned(),
            Cause::Url => "a form payload".to_owned(),
            Cause::ByteOrderMark
            | Cause::Invisible
            | Cause::EncodedTwice
            | Cause::OtherSpelling
            | Cause::Dots
            | Cause::Nested => format!("contact data in the field {contact_data}"),
        };
        let path = self.path_text(why.place).unwrap_or_default();
        (
            expected,
            format!("{found}; if the field is meant, pass it on with --allow-field {}", argument(&path)),
        )
    }

    fn rejected_span(&self, why: Rejection) -> Range<usize> {
        let payload = self.input.payload;
        let at = match why.place {
            Place::Tree(id) | Place::Under(id, _) => self.tree.at(id),
            Place::Record(n, part) => self.position(n, part),
            Place::Path(_) => unreachable!("no rejection is of a losses file"),
        };
        match self.list_of_type(why) {
            // The span is the name, because finding the end of the list again for each of its items would be quadratic.
            Some(_) => name_before(payload, at as usize),
            None => self.input.span(at),
        }
    }
}

/// A path as an argument of a command, quoted for a shell if necessary. `NAME` stands for a path that is long, or that
/// some terminals cannot show.
pub(crate) fn argument(path: &str) -> String {
    const ROOM: usize = 60;
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.%".contains(&byte);
    if path.len() > ROOM || !path.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic() && byte != b'\'')
    {
        "NAME".to_owned()
    } else if path.bytes().all(is_plain) {
        path.to_owned()
    } else {
        format!("'{path}'")
    }
}

/// The range of the name, with its quotes, before the JSON value at a position.
fn name_before(body: &[u8], at: usize) -> Range<usize> {
    let quote = |end: usize| memrchr(b'"', &body[..end]);
    let Some(close) = quote(at) else { return at..at };
    let mut open = quote(close);
    // A quote after an odd number of backslashes is escaped, so it is a part of the name.
    while let Some(at) = open
        && body[..at].iter().rev().take_while(|&&byte| byte == b'\\').count() % 2 == 1
    {
        open = quote(at);
    }
    open.unwrap_or(close)..close + 1
}

/// Describes a value for a message.
fn found(tree: &Tree, id: Id) -> String {
    match tree.node(id) {
        Node::Null => "null".to_owned(),
        Node::Bool(bool) => bool.to_string(),
        Node::Number(digits) => shorten(&tree[digits]),
        Node::Text(text) => format!("\"{}\"", shorten(&tree[text])),
        Node::Array(array) => match array.shape {
            Shape::Keys => "an array".to_owned(),
            Shape::List => "a list".to_owned(),
            Shape::Object => "an object".to_owned(),
        },
        Node::Link(_) | Node::Removed => "nothing".to_owned(),
    }
}
