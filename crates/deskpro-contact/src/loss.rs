//! Losses: what the output does not hold, named, so that it can be kept and put back.
//!
//! A loss is the difference between a payload's tree and what the output alone would restore to. A loss is data
//! that a person would miss, or a note that is needed only to restore exactly.

use std::borrow::Cow;
use std::ops::Range;

use serde::ser::{Serialize, SerializeStruct, Serializer};
use serde_json::value::RawValue;

use crate::error::{Error, Rejection, shorten};
use crate::form::{self, Brackets};
use crate::json;
use crate::model::{Contact, Kind};
use crate::table::{self, Format};
use crate::tree::{Held, Id, Text, Tree, percent};

/// Whether a person would miss it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Severity {
    /// A value that a person would miss.
    Data,
    /// Needed only to restore the payload exactly.
    Note,
}

impl Severity {
    /// Its name in losses files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Data => "data",
            Self::Note => "note",
        }
    }
}

/// How a loss is put back.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Move {
    /// Its value goes to its path.
    Put,
    /// The same, for a whole record: the arrays above it are made where they are missing.
    PutRecord,
    /// Its value goes back if converting it gives what stands there now.
    Old,
    /// What was filled in is taken out.
    TakeOut,
    /// The children of its path are put in its order.
    Order,
    /// The JSON type at its path.
    Type,
    /// List or object, at its path.
    Shape,
    /// It tells where the others belong.
    Guide,
    /// Nothing: the payload means the same without it.
    Nothing,
}

/// What kind of loss it is. New codes may come.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
#[non_exhaustive]
pub enum Code {
    /// A record's label, which the v2 document has no place for.
    Comment,
    /// The country of an address that is written without it.
    Country,
    /// An address that has a country and nothing else.
    CountryAlone,
    /// A phone, for which the v2 document has no type.
    Phone,
    /// A contact of a type that the legacy document does not have.
    V2OnlyType,
    /// A record that could not be read.
    RejectedRecord,
    /// The service that became another, or lower case.
    Service,
    /// Whether tweets are shown, or the text that said so.
    DisplayFeed,
    /// A field of a record that neither document has.
    UnknownField,
    /// A field beside the contacts, left out on request.
    OtherField,
    /// A name that a form cannot say, with what is under it.
    UnsayableName,
    /// The number that a v2 server gave an item.
    Id,
    /// A value that PHP replaces by a later one of the same name.
    Overwritten,
    /// A pair for which PHP reads no variable.
    DroppedPair,
    /// What follows a NUL, where PHP's reading ends.
    AfterNul,
    /// A name that PHP reads as another one.
    MendedName,
    /// A loss that found no place when it was put back.
    LeftOver,
    /// The type as it was spelled.
    TypeName,
    /// A value that v2 requires and the record did not have.
    FilledIn,
    /// An emptiness that a form does not say.
    LeftOut,
    /// The JSON type of a value that a form has as text.
    JsonType,
    /// Whether an array is a list or an object, where its keys do not tell.
    Shape,
    /// The order of the names at this place.
    Order,
    /// The payload was one record without a number.
    SingleRecord,
    /// What was written for each record, in the payload's order: its key, its v2 type and a digest of the item.
    Records,
}

impl Code {
    /// Every code.
    pub const ALL: [Self; 25] = [
        Self::Comment,
        Self::Country,
        Self::CountryAlone,
        Self::Phone,
        Self::V2OnlyType,
        Self::RejectedRecord,
        Self::Service,
        Self::DisplayFeed,
        Self::UnknownField,
        Self::OtherField,
        Self::UnsayableName,
        Self::Id,
        Self::Overwritten,
        Self::DroppedPair,
        Self::AfterNul,
        Self::MendedName,
        Self::LeftOver,
        Self::TypeName,
        Self::FilledIn,
        Self::LeftOut,
        Self::JsonType,
        Self::Shape,
        Self::Order,
        Self::SingleRecord,
        Self::Records,
    ];

    /// Its name in losses files and summaries, and how it is put back.
    const fn row(self) -> (&'static str, Move) {
        match self {
            Self::Comment => ("comment", Move::Put),
            Self::Country => ("country", Move::Put),
            Self::CountryAlone => ("country-alone", Move::PutRecord),
            Self::Phone => ("phone", Move::PutRecord),
            Self::V2OnlyType => ("v2-only-type", Move::PutRecord),
            Self::RejectedRecord => ("rejected-record", Move::PutRecord),
            Self::Service => ("service", Move::Old),
            Self::DisplayFeed => ("display_feed", Move::Old),
            Self::UnknownField => ("unknown-field", Move::Put),
            Self::OtherField => ("other-field", Move::Put),
            Self::UnsayableName => ("unsayable-name", Move::Put),
            Self::Id => ("id", Move::Put),
            Self::Overwritten => ("overwritten", Move::Nothing),
            Self::DroppedPair => ("dropped-pair", Move::Nothing),
            Self::AfterNul => ("after-nul", Move::Nothing),
            Self::MendedName => ("mended-name", Move::Nothing),
            Self::LeftOver => ("left-over", Move::Nothing),
            Self::TypeName => ("type-name", Move::Old),
            Self::FilledIn => ("filled-in", Move::TakeOut),
            Self::LeftOut => ("left-out", Move::Put),
            Self::JsonType => ("json-type", Move::Type),
            Self::Shape => ("shape", Move::Shape),
            Self::Order => ("order", Move::Order),
            Self::SingleRecord => ("single-record", Move::Guide),
            Self::Records => ("records", Move::Guide),
        }
    }

    /// Its name in losses files and summaries.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.row().0
    }

    /// Whether it is what PHP's reading throws away or mends.
    pub(crate) const fn is_phps(self) -> bool {
        matches!(self, Self::Overwritten | Self::DroppedPair | Self::AfterNul | Self::MendedName)
    }

    /// How it is put back.
    pub(crate) const fn back(self) -> Move {
        self.row().1
    }

    /// The code of a name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|code| code.name() == name)
    }
}

/// A loss as it is found, before anyone asks to read it: places in the tree.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entry {
    pub(crate) code: Code,
    pub(crate) severity: Severity,
    pub(crate) place: Place,
    pub(crate) value: Kept,
    /// Where in the payload, in bytes.
    pub(crate) at: usize,
    /// Why a record was rejected.
    pub(crate) why: Option<Rejection>,
}

/// What a loss is of.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Place {
    /// A node, or a name under it.
    Node(Id, Option<Text>),
    /// A path that was read from a losses file, where it had one.
    Path(Option<Text>),
}

impl Place {
    pub(crate) fn node(node: Id) -> Self {
        Self::Node(node, None)
    }

    pub(crate) fn node_and(node: Id, leaf: Text) -> Self {
        Self::Node(node, Some(leaf))
    }
}

/// What a loss holds.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Kept {
    Nothing,
    Node(Id),
    Text(Text),
    /// The keys of a node's children, in order.
    Keys(Id),
    /// The records of the payload.
    Records,
}

/// A record of the payload, in its order: what was read, and what was written for it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Record {
    /// The record in the source.
    pub(crate) node: Id,
    /// Its key there.
    pub(crate) key: Text,
    /// What its type says.
    pub(crate) kind: Option<Kind>,
    /// What was read.
    pub(crate) read: Option<Contact<Slot>>,
    /// What the target can hold of it.
    pub(crate) written: Option<Contact<Slot>>,
}

/// A value of a contact, and the node it was read from.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Slot {
    pub(crate) text: Text,
    pub(crate) node: Id,
}

/// The kind as which v2 has a contact.
pub(crate) fn v2_kind(kind: Kind) -> Kind {
    match table::row(kind).special {
        table::Special::InV2(kind, _) => kind,
        table::Special::Nothing | table::Special::AliasSays(_) => kind,
    }
}

/// A short digest of what is written for a record: the upper 48 bits of FNV-1a
/// over its type and its fields.
pub(crate) fn digest(tree: &Tree, contact: &Contact<Slot>) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    let mut add = |bytes: &[u8]| {
        // 255 is in no UTF-8 text: it ends each.
        for &byte in bytes.iter().chain(&[255]) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    };
    add(table::row(contact.kind).name.anywhere(Format::V2).as_bytes());
    add(contact.comment.map_or(&[], |slot| tree.bytes(slot.text)));
    for value in contact.values() {
        match value {
            Some(slot) => add(tree.bytes(slot.text)),
            None => add(&[254]),
        }
    }
    hash >> 16
}

/// Losses with the trees that they point into.
#[derive(Clone, Copy)]
pub(crate) struct View<'a> {
    pub(crate) tree: &'a Tree,
    pub(crate) records: &'a [Record],
    /// Finds the stretch of the payload at a place.
    pub(crate) source: Source<'a>,
}

/// The payload, to point into.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Source<'a> {
    pub(crate) payload: &'a [u8],
    pub(crate) format: Format,
}

impl Source<'_> {
    pub(crate) fn span(&self, at: usize) -> Range<usize> {
        match self.format {
            Format::Legacy => form::span(self.payload, at),
            Format::V2 => json::span(self.payload, at),
        }
    }
}

impl View<'_> {
    /// Writes a loss as an object of a losses file.
    pub(crate) fn write(&self, entry: &Entry, out: &mut Vec<u8>) {
        out.extend_from_slice(b"{\"code\":\"");
        out.extend_from_slice(entry.code.name().as_bytes());
        out.extend_from_slice(b"\",\"severity\":\"");
        out.extend_from_slice(entry.severity.name().as_bytes());
        out.push(b'"');
        if let Some(path) = self.path(entry) {
            out.extend_from_slice(b",\"path\":");
            json::string(&path, out);
        }
        if let Some(why) = entry.why {
            out.extend_from_slice(b",\"error\":");
            write_error(&self.error(why), out);
        }
        self.write_value(entry.value, out);
        out.push(b'}');
    }

    /// The path of a loss, as UTF-8; the payload itself has none.
    fn path(&self, entry: &Entry) -> Option<Cow<'_, [u8]>> {
        match entry.place {
            Place::Path(path) => path.map(|path| Cow::Borrowed(self.tree.bytes(path))),
            Place::Node(node, leaf) => {
                let mut path = Vec::new();
                self.tree.path(node, leaf, &mut path);
                (leaf.is_some() || self.tree.parent(node).is_some()).then_some(Cow::Owned(path))
            }
        }
    }

    fn write_value(&self, value: Kept, out: &mut Vec<u8>) {
        match value {
            Kept::Nothing => {}
            Kept::Node(node) if !self.tree.is_utf8(node) => self.write_raw(node, out),
            Kept::Node(node) => {
                out.extend_from_slice(b",\"value\":");
                json::write(self.tree, node, out);
            }
            Kept::Text(text) => write_text(self.tree.bytes(text), out),
            Kept::Keys(node) => {
                let keys = self.tree.children(node).map(|child| vec![self.tree.name(child)]);
                write_lists(keys, false, out);
            }
            Kept::Records => {
                let digests: Vec<String> = (self.records.iter())
                    .map(|record| {
                        record
                            .written
                            .map_or(String::new(), |contact| format!("{:012x}", digest(self.tree, &contact)))
                    })
                    .collect();
                let rows = self.records.iter().zip(&digests).map(|(record, digest)| {
                    let mut row = vec![self.tree.bytes(record.key)];
                    if let Some(contact) = record.written {
                        row.push(table::row(v2_kind(contact.kind)).name.anywhere(Format::V2).as_bytes());
                        row.push(digest.as_bytes());
                    }
                    row
                });
                write_lists(rows, true, out);
            }
        }
    }

    /// A value that is not UTF-8: a text percent-encoded, a tree as a form.
    fn write_raw(&self, node: Id, out: &mut Vec<u8>) {
        match self.tree.held(node) {
            Held::Text(text) => write_text(self.tree.bytes(text), out),
            Held::Null | Held::Bool(_) | Held::Number(_) | Held::Array(_) | Held::Link(_) | Held::Gone => {
                let mut form = Vec::new();
                form::write_under(
                    self.tree,
                    node,
                    &mut b"value".to_vec(),
                    Brackets::Plain,
                    usize::MAX,
                    &mut form,
                );
                out.extend_from_slice(b",\"raw\":");
                json::string(&form, out);
            }
        }
    }

    pub(crate) fn error(&self, why: Rejection) -> Error {
        why.error(self.tree, self.source)
    }

    /// The loss for a caller.
    pub(crate) fn loss(&self, entry: &Entry) -> Loss {
        let mut value = Vec::new();
        self.write_value(entry.value, &mut value);
        let value = match (value.strip_prefix(b",\"value\":"), value.strip_prefix(b",\"raw\":")) {
            (Some(json), _) => Some(LossValue::Json(text(json))),
            (None, Some(raw)) => Some(LossValue::Raw(serde_json::from_slice(raw).unwrap_or_default())),
            (None, None) => None,
        };
        Loss {
            code: entry.code,
            severity: entry.severity,
            path: self.path(entry).map_or(String::new(), |path| text(&path)),
            span: self.source.span(entry.at),
            value,
            error: entry.why.map(|why| self.error(why)),
        }
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Writes a text as `value`, or as `raw` where it is not UTF-8.
pub(crate) fn write_text(text: &[u8], out: &mut Vec<u8>) {
    if std::str::from_utf8(text).is_ok() {
        out.extend_from_slice(b",\"value\":");
        json::string(text, out);
    } else {
        out.extend_from_slice(b",\"raw\":\"");
        raw(text, out);
        out.push(b'"');
    }
}

/// Percent-encodes all but letters, digits, `-`, `_` and `.`: what is left needs no JSON escape either.
fn raw(text: &[u8], out: &mut Vec<u8>) {
    for &byte in text {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => out.push(byte),
            _ => percent(byte, out),
        }
    }
}

/// Writes lists of texts: as JSON, or as a form where one of them is not UTF-8.
fn write_lists<'t>(rows: impl Iterator<Item = Vec<&'t [u8]>>, nested: bool, out: &mut Vec<u8>) {
    let rows: Vec<Vec<&[u8]>> = rows.collect();
    if rows.iter().flatten().all(|text| std::str::from_utf8(text).is_ok()) {
        out.extend_from_slice(b",\"value\":[");
        for (n, row) in rows.iter().enumerate() {
            out.extend_from_slice(if n > 0 { b"," } else { b"" });
            out.extend_from_slice(if nested { b"[" } else { b"" });
            for (m, text) in row.iter().enumerate() {
                out.extend_from_slice(if m > 0 { b"," } else { b"" });
                json::string(text, out);
            }
            out.extend_from_slice(if nested { b"]" } else { b"" });
        }
        out.push(b']');
    } else {
        out.extend_from_slice(b",\"raw\":\"");
        for (n, row) in rows.iter().enumerate() {
            for (m, text) in row.iter().enumerate() {
                out.extend_from_slice(if n.saturating_add(m) > 0 { b"&" } else { b"" });
                let name = if nested { format!("value[{n}][{m}]=") } else { format!("value[{n}]=") };
                out.extend_from_slice(name.as_bytes());
                raw(text, out);
            }
        }
        out.push(b'"');
    }
}

/// Writes an error as an object: code, path, message.
pub(crate) fn write_error(error: &Error, out: &mut Vec<u8>) {
    out.extend_from_slice(b"{\"code\":\"");
    out.extend_from_slice(error.kind().code().as_bytes());
    out.push(b'"');
    if !error.path().is_empty() {
        out.extend_from_slice(b",\"path\":");
        json::string(error.path().as_bytes(), out);
    }
    out.extend_from_slice(b",\"message\":");
    json::string(error.message().as_bytes(), out);
    out.push(b'}');
}

/// Something that the output does not hold.
///
/// ```
/// use deskpro_contact::{Code, Severity, to_v2};
///
/// let converted = to_v2(b"contact_data[1][type]=website&contact_data[1][comment]=home\
///                         &contact_data[1][data][url]=http://example.com")?;
/// let loss = &converted.losses()[0];
/// assert_eq!((loss.code(), loss.severity()), (Code::Comment, Severity::Data));
/// assert_eq!(loss.path(), "contact_data[1][comment]");
/// assert_eq!(loss.text().as_deref(), Some("home"));
/// # Ok::<(), deskpro_contact::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Loss {
    code: Code,
    severity: Severity,
    path: String,
    span: Range<usize>,
    value: Option<LossValue>,
    error: Option<Error>,
}

/// What was lost.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum LossValue {
    /// A text or a tree, as JSON.
    Json(String),
    /// What is not UTF-8: a text percent-encoded, or a tree as a form, `value[type]=…`.
    Raw(String),
}

impl Loss {
    /// What kind of loss it is.
    #[must_use]
    pub fn code(&self) -> Code {
        self.code
    }

    /// Whether a person would miss it.
    #[must_use]
    pub fn severity(&self) -> Severity {
        self.severity
    }

    /// Where it was: `contact_data[3][data][country]`, `%`, `[`, `]`, controls and bytes that are not UTF-8
    /// as `%XX`. Empty for the payload itself.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Where it was, in bytes of the payload counted from 0: of a form the whole pair, of JSON the value.
    #[must_use]
    pub fn span(&self) -> Range<usize> {
        self.span.clone()
    }

    /// What was lost, where there was a value.
    #[must_use]
    pub fn value(&self) -> Option<&LossValue> {
        self.value.as_ref()
    }

    /// The value, where it is a text in UTF-8.
    #[must_use]
    pub fn text(&self) -> Option<String> {
        match self.value()? {
            LossValue::Json(json) => serde_json::from_str(json).ok(),
            LossValue::Raw(_) => None,
        }
    }

    /// The value for a person: cut to what a line has room for.
    #[must_use]
    pub fn shown(&self) -> Option<String> {
        Some(match self.value()? {
            LossValue::Json(json) => shorten(json.as_bytes()),
            LossValue::Raw(raw) => shorten(raw.as_bytes()),
        })
    }

    /// Why a record was rejected.
    #[must_use]
    pub fn error(&self) -> Option<&Error> {
        self.error.as_ref()
    }
}

/// As an object of a losses file.
impl Serialize for Loss {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_struct("Loss", 6)?;
        object.serialize_field("code", self.code.name())?;
        object.serialize_field("severity", self.severity.name())?;
        if !self.path.is_empty() {
            object.serialize_field("path", &self.path)?;
        }
        if let Some(error) = &self.error {
            object.serialize_field("error", error)?;
        }
        match &self.value {
            Some(LossValue::Json(json)) => {
                let raw = RawValue::from_string(json.clone()).map_err(serde::ser::Error::custom)?;
                object.serialize_field("value", &raw)?;
            }
            Some(LossValue::Raw(raw)) => object.serialize_field("raw", raw)?,
            None => {}
        }
        object.end()
    }
}
