//! Rejections as they are found while a payload is read, and the errors that are made of them.

use std::ops::Range;

use memchr::memrchr;

use crate::error::{Error, ErrorKind, shorten};
use crate::loss::{Part, Place, View};
use crate::model;
use crate::model::lookup::NoType;
use crate::model::table::Format;
use crate::tree::{Id, Node, Shape, Tree};

/// Why a payload or a record is rejected: places, from which [`Rejection::error`] makes a sentence.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rejection {
    pub(crate) kind: ErrorKind,
    place: Place,
    /// Nothing stands at the place.
    is_missing: bool,
}

impl Rejection {
    /// Something wrong stands at a place.
    pub(crate) fn at(kind: ErrorKind, place: Place) -> Self {
        Self { kind, place, is_missing: false }
    }

    /// Something wrong stands in a member of the tree.
    pub(crate) fn at_node(kind: ErrorKind, node: Id) -> Self {
        Self::at(kind, Place::Tree(node))
    }

    /// Nothing stands at a place where something is needed.
    pub(crate) fn missing(kind: ErrorKind, place: Place) -> Self {
        Self { kind, place, is_missing: true }
    }

    /// The error for a person.
    pub(crate) fn error(self, view: &View<'_>) -> Error {
        let format = view.input.format;
        let (expected, found) = match self.kind {
            ErrorKind::ContactDataNotArray => match format {
                Format::Legacy => ("an array of records".to_owned(), self.found(view)),
                Format::V2 => ("an object or a list".to_owned(), self.found(view)),
            },
            ErrorKind::RecordNotArray => match format {
                Format::Legacy => ("a record with type and data".to_owned(), self.found(view)),
                Format::V2 => ("an object".to_owned(), self.found(view)),
            },
            ErrorKind::TypeMissing => ("a type".to_owned(), self.found(view)),
            ErrorKind::TypeNotText => ("a type as text".to_owned(), self.found(view)),
            ErrorKind::TypeUnknown => (model::types(format), self.found(view)),
            ErrorKind::TypeOfOtherFormat => {
                let only = match format {
                    Format::Legacy => "which only v2 has",
                    Format::V2 => "which only the legacy format has",
                };
                (model::types(format), format!("{}, {only}", self.found(view)))
            }
            ErrorKind::DataMissing | ErrorKind::DataNotArray => {
                ("an array of fields".to_owned(), self.found(view))
            }
            ErrorKind::FieldNotScalar => ("a single value".to_owned(), self.found(view)),
            ErrorKind::Empty => ("a value that says something".to_owned(), self.found(view)),
            ErrorKind::NotABody => ("an object or a list".to_owned(), self.found(view)),
            ErrorKind::NotUtf8 => ("UTF-8".to_owned(), self.found(view)),
            ErrorKind::TooLong
            | ErrorKind::TooDeep
            | ErrorKind::NotJson
            | ErrorKind::DuplicateKey
            | ErrorKind::LoneSurrogate
            | ErrorKind::NotLosses => unreachable!("a reader makes this error itself"),
        };
        Error::new(
            self.kind,
            view.path_text(self.place).unwrap_or_default(),
            self.span(view),
            expected,
            found,
        )
    }

    /// The list whose key is the type that is wrong.
    fn list_of_type(self, tree: &Tree) -> Option<Id> {
        match (self.kind, self.place) {
            (ErrorKind::TypeUnknown | ErrorKind::TypeOfOtherFormat, Place::Tree(id)) => {
                tree.text(id).is_none().then_some(id)
            }
            _ => None,
        }
    }

    fn found(self, view: &View<'_>) -> String {
        let tree = view.tree;
        if self.is_missing {
            return "nothing".to_owned();
        }
        if let Some(list) = self.list_of_type(tree) {
            return format!("\"{}\"", shorten(tree.name(list)));
        }
        match self.place {
            // The name, and not its value.
            Place::Tree(id)
                if self.kind == ErrorKind::NotUtf8 && std::str::from_utf8(tree.name(id)).is_err() =>
            {
                format!("the name \"{}\"", shorten(tree.name(id)))
            }
            Place::Tree(id) => found(tree, id),
            Place::Record(_, Part::Whole | Part::Data) => "an array".to_owned(),
            Place::Record(n, part) => {
                let value = view.pair(n, part).expect("a rejected pair is there");
                format!("\"{}\"", shorten(&tree[value.text]))
            }
            Place::Under(..) | Place::Path(_) => unreachable!("nothing stands there"),
        }
    }

    fn span(self, view: &View<'_>) -> Range<usize> {
        let payload = view.input.payload;
        let at = match self.place {
            Place::Tree(id) | Place::Under(id, _) => view.tree.at(id),
            Place::Record(n, part) => view.position(n, part),
            Place::Path(_) => unreachable!("no rejection is of a losses file"),
        };
        match self.list_of_type(view.tree) {
            // To point at the list would measure it for each of its items again.
            Some(_) => name_before(payload, at as usize),
            None => view.input.span(at),
        }
    }
}

/// The rejection of a type that is none.
pub(crate) fn type_error(why: NoType) -> ErrorKind {
    match why {
        NoType::OtherFormat => ErrorKind::TypeOfOtherFormat,
        NoType::Unknown => ErrorKind::TypeUnknown,
    }
}

/// The name, with its quotes, of the JSON value at a position.
fn name_before(body: &[u8], at: usize) -> Range<usize> {
    let quote = |end: usize| memrchr(b'"', &body[..end]);
    let Some(close) = quote(at) else { return at..at };
    let mut open = quote(close);
    // A quote behind an odd number of backslashes belongs to the name.
    while let Some(at) = open
        && body[..at].iter().rev().take_while(|&&byte| byte == b'\\').count() % 2 == 1
    {
        open = quote(at);
    }
    open.unwrap_or(close)..close + 1
}

/// A value, named for a message.
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
