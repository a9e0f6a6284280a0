//! Why a payload, or a record of it, was rejected: a kind, a path and a place, and one sentence for a person.

use std::fmt;
use std::ops::Range;

use memchr::memrchr;
use serde::ser::{Serialize, SerializeStruct, Serializer};

use crate::loss::Source;
use crate::losses_file::fields as member;
use crate::table::{self, Format};
use crate::tree::{Held, Id, Shape, Tree};
use crate::writer::written;

/// What was wrong. New kinds may come.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The payload is longer than [`Options::max_payload`](crate::Options::max_payload).
    TooLong,
    /// A pair opens more than [`MAX_DEPTH`](crate::form::MAX_DEPTH) brackets, or JSON nests deeper than
    /// [`MAX_JSON_DEPTH`](crate::MAX_JSON_DEPTH).
    TooDeep,
    /// `contact_data` is not an array (in JSON: neither an object nor a list).
    ContactDataNotArray,
    /// A text is not UTF-8, which JSON cannot hold.
    NotUtf8,
    /// The body is not JSON.
    NotJson,
    /// The body is JSON, but neither an object nor a list.
    NotABody,
    /// An object of the body has the same key twice.
    DuplicateKey,
    /// A string of the body holds half of a surrogate pair.
    LoneSurrogate,
    /// A record is not an array (in JSON: an item is not an object).
    RecordNotArray,
    /// A record has no type.
    TypeMissing,
    /// A record's type is not a text.
    TypeNotText,
    /// A record's type is in neither document.
    TypeUnknown,
    /// A record's type belongs to the other format only.
    TypeOfOtherFormat,
    /// A legacy record has no `data`.
    DataMissing,
    /// A legacy record's `data` is not an array.
    DataNotArray,
    /// A known field, or the comment, is not a scalar.
    FieldNotScalar,
    /// The field without which the record says nothing is missing or empty.
    Empty,
    /// What should be put back is not the losses of a payload.
    NotLosses,
}

impl ErrorKind {
    /// Every kind.
    pub const ALL: &[Self] = &[
        Self::TooLong,
        Self::TooDeep,
        Self::ContactDataNotArray,
        Self::NotUtf8,
        Self::NotJson,
        Self::NotABody,
        Self::DuplicateKey,
        Self::LoneSurrogate,
        Self::RecordNotArray,
        Self::TypeMissing,
        Self::TypeNotText,
        Self::TypeUnknown,
        Self::TypeOfOtherFormat,
        Self::DataMissing,
        Self::DataNotArray,
        Self::FieldNotScalar,
        Self::Empty,
        Self::NotLosses,
    ];

    /// The kind of a name.
    ///
    /// ```
    /// use deskpro_contact::ErrorKind;
    ///
    /// assert_eq!(ErrorKind::from_name("too-deep"), Some(ErrorKind::TooDeep));
    /// ```
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.name() == name)
    }

    /// The kind's name: the `code` of losses files, summaries and messages.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::TooLong => "too-long",
            Self::TooDeep => "too-deep",
            Self::ContactDataNotArray => "contact-data-not-array",
            Self::NotUtf8 => "not-utf8",
            Self::NotJson => "not-json",
            Self::NotABody => "not-a-body",
            Self::DuplicateKey => "duplicate-key",
            Self::LoneSurrogate => "lone-surrogate",
            Self::RecordNotArray => "record-not-array",
            Self::TypeMissing => "type-missing",
            Self::TypeNotText => "type-not-text",
            Self::TypeUnknown => "type-unknown",
            Self::TypeOfOtherFormat => "type-of-other-format",
            Self::DataMissing => "data-missing",
            Self::DataNotArray => "data-not-array",
            Self::FieldNotScalar => "field-not-scalar",
            Self::Empty => "empty",
            Self::NotLosses => "not-losses",
        }
    }
}

/// Why a payload or a record was rejected.
///
/// ```
/// let error = deskpro_contact::to_v2(b"a=1&contact_data=x").unwrap_err();
/// assert_eq!(error.kind(), deskpro_contact::ErrorKind::ContactDataNotArray);
/// assert_eq!(error.path(), "contact_data");
/// assert_eq!(error.span(), 4..18); // bytes of the payload, from 0, the end not included
/// assert_eq!(error.to_string(), "contact_data: expected an array of records, found \"x\"");
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Error {
    kind: ErrorKind,
    path: String,
    span: Range<usize>,
    expected: String,
    found: String,
}

impl Error {
    pub(crate) fn new(
        kind: ErrorKind,
        path: String,
        span: Range<usize>,
        expected: impl Into<String>,
        found: impl Into<String>,
    ) -> Self {
        Self { kind, path, span, expected: expected.into(), found: found.into() }
    }

    /// The error for a payload of `len` bytes where `max` are allowed, for who reads payloads in parts and knows
    /// before anyone holds it whole.
    #[must_use]
    pub fn too_long(len: u64, max: usize) -> Self {
        let end = usize::try_from(len).unwrap_or(usize::MAX);
        Self::new(
            ErrorKind::TooLong,
            String::new(),
            0..end,
            format!("at most {max} bytes"),
            format!("{len} bytes"),
        )
    }

    /// The error for a body whose form would be longer than `max`.
    pub(crate) fn too_wide(len: usize, max: usize) -> Self {
        Self::new(
            ErrorKind::TooLong,
            String::new(),
            0..len,
            format!("a body whose form has at most {max} bytes"),
            "more, for each pair repeats the names above it",
        )
    }

    /// What was wrong.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// Where, by name: `contact_data[2][type]`, with `%XX` for `%`, `[`, `]`, controls and bytes that are not
    /// UTF-8. Empty for the payload itself.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Where, in bytes of the payload counted from 0: of a form the whole pair, of JSON the value, or the name where
    /// that is what is wrong.
    #[must_use]
    pub fn span(&self) -> Range<usize> {
        self.span.clone()
    }

    /// What was found instead, shortened: `"pager"`, `an array`, `nothing`.
    #[must_use]
    pub fn found(&self) -> &str {
        &self.found
    }

    /// The sentence without the path: `expected X, found Y`.
    #[must_use]
    pub fn message(&self) -> String {
        format!("expected {}, found {}", self.expected, self.found)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.path.is_empty() {
            write!(f, "{}: ", self.path)?;
        }
        f.write_str(&self.message())
    }
}

impl std::error::Error for Error {}

/// As an object of a losses file.
impl Serialize for Error {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_struct("Error", 3)?;
        object.serialize_field(member::CODE, self.kind.name())?;
        if !self.path.is_empty() {
            object.serialize_field(member::PATH, &self.path)?;
        }
        object.serialize_field(member::MESSAGE, &self.message())?;
        object.end()
    }
}

/// A rejection as the reader finds it, before anyone asks to read it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rejection {
    pub(crate) kind: ErrorKind,
    /// The node that was looked at, or in which something was looked for.
    pub(crate) node: Id,
    /// What was looked for.
    pub(crate) missing: Option<&'static str>,
}

impl Rejection {
    pub(crate) fn at(kind: ErrorKind, node: Id) -> Self {
        Self { kind, node, missing: None }
    }

    pub(crate) fn missing(kind: ErrorKind, node: Id, name: &'static str) -> Self {
        Self { kind, node, missing: Some(name) }
    }

    /// The error for a person.
    pub(crate) fn error(self, tree: &Tree, source: Source<'_>) -> Error {
        let path = written(|out| tree.path(self.node, self.missing.map(str::as_bytes), out));
        let found = match (self.missing, self.kind) {
            (Some(_), _) => "nothing".to_owned(),
            // A list that is named by its type.
            (None, ErrorKind::TypeUnknown | ErrorKind::TypeOfOtherFormat)
                if tree.text(self.node).is_none() =>
            {
                format!("\"{}\"", shorten(tree.name(self.node)))
            }
            // The name, and not what it stands for.
            (None, ErrorKind::NotUtf8) if std::str::from_utf8(tree.name(self.node)).is_err() => {
                format!("the name \"{}\"", shorten(tree.name(self.node)))
            }
            (None, _) => found(tree, self.node),
        };
        let (expected, found) = match self.kind {
            ErrorKind::ContactDataNotArray => match source.format {
                Format::Legacy => ("an array of records".to_owned(), found),
                Format::V2 => ("an object or a list".to_owned(), found),
            },
            ErrorKind::RecordNotArray => match source.format {
                Format::Legacy => ("a record with type and data".to_owned(), found),
                Format::V2 => ("an object".to_owned(), found),
            },
            ErrorKind::TypeMissing => ("a type".to_owned(), found),
            ErrorKind::TypeNotText => ("a type as text".to_owned(), found),
            ErrorKind::TypeUnknown => (table::types(source.format), found),
            ErrorKind::TypeOfOtherFormat => {
                let only = match source.format {
                    Format::Legacy => "which only v2 has",
                    Format::V2 => "which only the legacy format has",
                };
                (table::types(source.format), format!("{found}, {only}"))
            }
            ErrorKind::DataMissing | ErrorKind::DataNotArray => ("an array of fields".to_owned(), found),
            ErrorKind::FieldNotScalar => ("a single value".to_owned(), found),
            ErrorKind::Empty => ("a value that says something".to_owned(), found),
            ErrorKind::NotABody => ("an object or a list".to_owned(), found),
            ErrorKind::NotUtf8 => ("UTF-8".to_owned(), found),
            ErrorKind::TooLong
            | ErrorKind::TooDeep
            | ErrorKind::NotJson
            | ErrorKind::DuplicateKey
            | ErrorKind::LoneSurrogate
            | ErrorKind::NotLosses => (self.kind.name().to_owned(), found),
        };
        let path = String::from_utf8_lossy(&path).into_owned();
        let at = tree.at(self.node);
        // A list that is named by its type: the name is what is wrong. To point at the list would mean to measure it,
        // for each of its items again.
        let is_list = matches!(self.kind, ErrorKind::TypeUnknown | ErrorKind::TypeOfOtherFormat)
            && tree.text(self.node).is_none();
        let span = if is_list { name_before(source.payload, at) } else { source.span(at) };
        Error::new(self.kind, path, span, expected, found)
    }
}

/// The name, with its quotes, of the JSON value at a place.
fn name_before(body: &[u8], at: usize) -> Range<usize> {
    let quote = |end: usize| memrchr(b'"', body.get(..end).unwrap_or_default());
    let Some(close) = quote(at) else { return at..at };
    let mut open = quote(close);
    // A quote behind an odd number of backslashes is one of the name's own.
    while let Some(at) = open
        && body.get(..at).unwrap_or_default().iter().rev().take_while(|&&byte| byte == b'\\').count() % 2 == 1
    {
        open = quote(at);
    }
    open.unwrap_or(close)..close.saturating_add(1)
}

/// A node, named for a message.
fn found(tree: &Tree, node: Id) -> String {
    match tree.held(node) {
        Held::Null => "null".to_owned(),
        Held::Bool(bool) => bool.to_string(),
        Held::Number(digits) => shorten(tree.bytes(digits)),
        Held::Text(text) => format!("\"{}\"", shorten(tree.bytes(text))),
        Held::Array(array) => match array.shape {
            Shape::Keys => "an array".to_owned(),
            Shape::List => "a list".to_owned(),
            Shape::Object => "an object".to_owned(),
        },
        Held::Link(_) | Held::Gone => "nothing".to_owned(),
    }
}

/// Whether a character would not be seen, or would move what stands around it: controls, and those that turn the
/// direction of a text.
fn hides(char: char) -> bool {
    char.is_control()
        || matches!(char, '\u{61C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// A value cut to what a message has room for; what is not printable is escaped.
pub(crate) fn shorten(bytes: &[u8]) -> String {
    const ROOM: usize = 40;
    let mut out = String::new();
    for chunk in bytes.utf8_chunks() {
        for char in chunk.valid().chars() {
            if out.len() >= ROOM {
                return out + "…";
            }
            if hides(char) {
                out.extend(char.escape_default());
            } else {
                out.push(char);
            }
        }
        for byte in chunk.invalid() {
            if out.len() >= ROOM {
                return out + "…";
            }
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}
