//! Errors: why a payload or a record was rejected.

use std::fmt;
use std::ops::Range;

use serde::ser::{Serialize, SerializeStruct, Serializer};

use crate::bytes::path_names;
use crate::losses_file::fields;

/// The kind of an [`Error`]. Later versions may add kinds. [`ErrorKind::explanation`] has an example of each.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A limit in bytes is exceeded:
    ///
    /// - The payload is longer than [`Options::max_payload`](crate::Options::max_payload).
    /// - The form that is made from a body, or the names in the paths of all losses added up, would be longer than
    ///   [`FORM_LENGTH_FACTOR`](crate::FORM_LENGTH_FACTOR) times `max_payload`.
    /// - The payload must be decoded ([`Options::encoding`](crate::Options::encoding)), and has 256 MiB or more.
    /// - The length of an output to restore, plus twice the length of its losses, is more than
    ///   [`MAX_PAYLOAD`](crate::MAX_PAYLOAD).
    /// - A payload that is built from legacy JSON would be too long, see
    ///   [`legacy_json::Builder::payload`](crate::legacy_json::Builder::payload).
    TooLong,
    /// A pair opens more than [`MAX_DEPTH`](crate::form::MAX_DEPTH) brackets, or JSON nests deeper than
    /// [`MAX_JSON_DEPTH`](crate::MAX_JSON_DEPTH).
    TooDeep,
    /// A form payload begins like JSON.
    NotAForm,
    /// Contact data has another name than `contact_data`: encoded twice, spelled otherwise, or inside another field. Or
    /// the payload is escaped for HTML (`&amp;`) or begins with a URL.
    MisplacedField,
    /// `contact_data` is not an array (in JSON: neither an object nor a list).
    ContactDataNotArray,
    /// A text is not UTF-8, so JSON cannot represent it.
    NotUtf8,
    /// The body is not JSON.
    NotJson,
    /// The body is JSON, but neither an object nor a list; or legacy JSON that is neither a body nor a
    /// reply, such as a list.
    NotABody,
    /// The body is a list of bodies, one for each person.
    ListOfBodies,
    /// The body is a line that [`write_error_line`](crate::losses_file::write_error_line) wrote for a rejected payload.
    ErrorLine,
    /// The `contact_data` of the body holds legacy records, with `type` and `data`.
    LegacyRecords,
    /// An object of the body has the same key twice, or two names in one array of a form are equal once they are
    /// decoded.
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
    /// A record's type exists only in the other format, for example `apple` in a form.
    TypeOfOtherFormat,
    /// A legacy record has no `data`.
    DataMissing,
    /// A legacy record's `data` is not an array.
    DataNotArray,
    /// A known field, or the comment, is not a scalar.
    FieldNotScalar,
    /// The required field of a record is missing or empty; in an address, all fields are.
    Empty,
    /// A row has no person, or no organization, to which its payload could belong.
    RowWithoutPerson,
    /// The text that was given as losses is not a losses object, or its losses name another encoding than the options.
    /// Or the converter cannot restore, because its options have equal source and target, or
    /// [`Target::Canonical`](crate::Target::Canonical).
    NotLosses,
    /// The losses to put back belong to another output; or the output was edited, and it or the losses have no id.
    OtherPayload,
}

impl ErrorKind {
    /// All kinds.
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
        Self::RowWithoutPerson,
        Self::NotLosses,
        Self::OtherPayload,
    ];

    /// The kind's name, such as `too-long`: the `code` in losses files, summaries and messages.
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
            Self::RowWithoutPerson => "row-without-person",
            Self::NotLosses => "not-losses",
            Self::OtherPayload => "other-payload",
        }
    }
}

/// The reason why a payload or a record was rejected: a kind, the path of the wrong value, and a message.
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

    /// Sets the hint at the end of the message.
    pub(crate) fn with_hint(self, hint: Option<String>) -> Self {
        Self { hint, ..self }
    }

    /// Makes the error ([`ErrorKind::TooLong`]) for a payload of `len` bytes if at most `max` bytes are allowed. For
    /// programs that skip a long payload instead of reading it into memory.
    ///
    /// ```
    /// let error = deskpro_contact::Error::too_long(20, 16);
    /// assert_eq!(error.to_string(), "expected at most 16 bytes, found 20 bytes");
    /// ```
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

    /// The error for `losses` bytes of losses if at most `max` bytes of losses can be put back into an output of
    /// `output` bytes.
    pub(crate) fn losses_too_long(output: usize, losses: usize, max: usize) -> Self {
        Self::new(
            ErrorKind::TooLong,
            String::new(),
            0..output,
            format!("losses of at most {max} bytes beside this output"),
            format!("{losses} bytes"),
        )
    }

    /// The error for a body whose form would be longer than `max` bytes.
    pub(crate) fn form_too_long(len: usize, max: usize) -> Self {
        Self::new(
            ErrorKind::TooLong,
            String::new(),
            0..len,
            format!("a body whose form has at most {max} bytes"),
            "a longer one: each pair repeats the names above it",
        )
    }

    /// The error for a payload if the paths of its losses would together be longer than `max` bytes.
    pub(crate) fn paths_too_long(len: usize, max: usize) -> Self {
        Self::new(
            ErrorKind::TooLong,
            String::new(),
            0..len,
            format!("at most {max} bytes in the paths of the losses"),
            "more: each path repeats the names above it",
        )
    }

    /// The kind of the error.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// The path of the wrong value, such as `contact_data[2][type]`. `%`, `[`, `]`, controls and bytes that are not
    /// UTF-8 are written as `%XX`. Empty if the whole payload is wrong.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The decoded names of the path: for `contact_data[2][type]` these are `contact_data`, `2` and `type`. Empty if
    /// the whole payload is wrong.
    #[must_use]
    pub fn path_names(&self) -> Vec<Vec<u8>> {
        if self.path.is_empty() { Vec::new() } else { path_names(self.path.as_bytes()) }
    }

    /// The wrong part of the payload, in bytes from 0, its end not included: in a form the pair; in JSON the value, or
    /// the name if the name is wrong. `0..0` if the payload is not wrong, but the losses to put back are.
    #[must_use]
    pub fn span(&self) -> Range<usize> {
        self.span.clone()
    }

    /// A description of what was found: `"pager"`, `an array`, `nothing`. A value in it is cut to about 40 bytes, and
    /// its invisible characters are escaped.
    #[must_use]
    pub fn found(&self) -> &str {
        &self.found
    }

    /// The message without the path: `expected X, found Y`. Some messages end with a hint in parentheses.
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

/// Serializes as an object with the members `code`, `path` (if it is not empty) and `message`, as in a losses file.
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
/// characters, fillers, noncharacters, and spaces other than U+0020. Messages escape these, so that a reader sees them.
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
            // Noncharacters, which are also an error in HTML; the others are the last two of each plane.
            | '\u{FDD0}'..='\u{FDEF}'
        )
        || u32::from(char) & 0xFFFE == 0xFFFE
}

/// Cuts a value to about 40 bytes for a message, and escapes invisible characters.
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
