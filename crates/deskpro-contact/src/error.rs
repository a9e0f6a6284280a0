//! Errors: why a payload, or a record of it, was rejected.

use std::fmt;
use std::ops::Range;

use serde::ser::{Serialize, SerializeStruct, Serializer};

use crate::bytes::path_names;
use crate::losses_file::fields;

/// The kind of an error. Later versions may add kinds.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The payload is longer than [`Options::max_payload`](crate::Options::max_payload).
    TooLong,
    /// A pair opens more than [`MAX_DEPTH`](crate::form::MAX_DEPTH) brackets, or JSON nests deeper than
    /// [`MAX_JSON_DEPTH`](crate::MAX_JSON_DEPTH).
    TooDeep,
    /// A form payload begins like JSON.
    NotAForm,
    /// Contact data stands under a name that is not `contact_data`: escaped, encoded twice, spelled otherwise, or inside
    /// another field.
    MisplacedField,
    /// `contact_data` is not an array (in JSON: neither an object nor a list).
    ContactDataNotArray,
    /// A text is not UTF-8, which JSON cannot hold.
    NotUtf8,
    /// The body is not JSON.
    NotJson,
    /// The body is JSON, but neither an object nor a list.
    NotABody,
    /// The body is a list of bodies, one for each person.
    ListOfBodies,
    /// The body is a line that [`write_error_line`](crate::losses_file::write_error_line) wrote for a rejected payload.
    ErrorLine,
    /// The `contact_data` of the body holds legacy records, with `type` and `data`.
    LegacyRecords,
    /// An object of the body has the same key twice, or two names of a form are equal once they are decoded.
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
    /// What should be put back is the losses of another payload, or the payload was edited and has no id.
    OtherPayload,
}

impl ErrorKind {
    /// Every kind.
    pub const ALL: &[Self] = &[
        Self::TooLong,
        Self::TooDeep,
        Self::NotAForm,
        Self::MisplacedField,
        Self::ContactDataNotArray,
        Self::NotUtf8,
        Self::NotJson,
        Self::NotABody,
        Self::ListOfBodies,
        Self::ErrorLine,
        Self::LegacyRecords,
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
        Self::OtherPayload,
    ];

    /// The kind's name: the `code` of losses files, summaries and messages.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::TooLong => "too-long",
            Self::TooDeep => "too-deep",
            Self::NotAForm => "not-a-form",
            Self::MisplacedField => "misplaced-field",
            Self::ContactDataNotArray => "contact-data-not-array",
            Self::NotUtf8 => "not-utf8",
            Self::NotJson => "not-json",
            Self::NotABody => "not-a-body",
            Self::ListOfBodies => "list-of-bodies",
            Self::ErrorLine => "error-line",
            Self::LegacyRecords => "legacy-records",
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
            Self::OtherPayload => "other-payload",
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
    hint: Option<String>,
}

impl Error {
    pub(crate) fn new(
        kind: ErrorKind,
        path: String,
        span: Range<usize>,
        expected: impl Into<String>,
        found: impl Into<String>,
    ) -> Self {
        Self { kind, path, span, expected: expected.into(), found: found.into(), hint: None }
    }

    /// The error with a hint behind its sentence.
    pub(crate) fn with_hint(self, hint: Option<String>) -> Self {
        Self { hint, ..self }
    }

    /// The error for a payload of `len` bytes where `max` are allowed: for programs that read payloads in parts and never
    /// hold a long one whole.
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

    /// The error for a payload whose losses would have longer paths than `max`, together.
    pub(crate) fn too_many_names(len: usize, max: usize) -> Self {
        Self::new(
            ErrorKind::TooLong,
            String::new(),
            0..len,
            format!("at most {max} bytes in the names above decoded names and texts"),
            "more",
        )
    }

    /// The kind.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// The path of the wrong value: `contact_data[2][type]`. `%`, `[`, `]`, controls and bytes that are not UTF-8 are `%XX`.
    /// Empty for the payload itself.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The names that lead to the place, decoded: of `contact_data[2][type]` these are `contact_data`, `2` and `type`.
    /// None for the payload itself.
    #[must_use]
    pub fn path_names(&self) -> Vec<Vec<u8>> {
        if self.path.is_empty() { Vec::new() } else { path_names(self.path.as_bytes()) }
    }

    /// The bytes of the payload that are wrong, counted from 0, the end not included: of a form the whole pair, of JSON
    /// the value, or the name where the name is wrong.
    #[must_use]
    pub fn span(&self) -> Range<usize> {
        self.span.clone()
    }

    /// The value that was found instead, cut to about 40 bytes: `"pager"`, `an array`, `nothing`.
    #[must_use]
    pub fn found(&self) -> &str {
        &self.found
    }

    /// The sentence without the path: `expected X, found Y`; at times with a hint in brackets.
    #[must_use]
    pub fn message(&self) -> String {
        let sentence = format!("expected {}, found {}", self.expected, self.found);
        match &self.hint {
            Some(hint) => format!("{sentence} ({hint})"),
            None => sentence,
        }
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

/// Serializes as an object of a losses file.
impl Serialize for Error {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_struct("Error", 3)?;
        object.serialize_field(fields::CODE, self.kind.name())?;
        if !self.path.is_empty() {
            object.serialize_field(fields::PATH, &self.path)?;
        }
        object.serialize_field(fields::MESSAGE, &self.message())?;
        object.end()
    }
}

/// Whether a character is invisible, looks like an ordinary space, or moves the text around it: controls, format
/// characters, fillers, and spaces other than U+0020. Messages escape these, so that a reader sees them.
#[doc(hidden)]
#[must_use]
pub fn is_invisible(char: char) -> bool {
    char.is_control()
        || char.is_whitespace() && char != ' '
        || matches!(
            char,
            // Soft hyphen, joiners, and marks of direction.
            '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{180E}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}'
            // Invisible operators, isolates, the byte order mark, annotations.
            | '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}'
            // Fillers that are wide or empty.
            | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}' | '\u{2800}' | '\u{3164}' | '\u{FFA0}'
            // Shorthand, musical and tag characters.
            | '\u{1BCA0}'..='\u{1BCA3}' | '\u{1D173}'..='\u{1D17A}' | '\u{E0001}' | '\u{E0020}'..='\u{E007F}'
        )
}

/// A value cut to about 40 bytes for a message. Characters that are not printable are escaped.
pub(crate) fn shorten(bytes: &[u8]) -> String {
    const ROOM: usize = 40;
    let mut out = String::new();
    for chunk in bytes.utf8_chunks() {
        for char in chunk.valid().chars() {
            if out.len() >= ROOM {
                return out + "…";
            }
            if is_invisible(char) {
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
