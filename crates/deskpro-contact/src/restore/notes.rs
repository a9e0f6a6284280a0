//! The losses of one payload, read from their line.

use crate::error::{Error, ErrorKind};
use crate::form;
use crate::json;
use crate::loss::{Code, Severity};
use crate::losses_file::{fields as member, percent_decode};
use crate::model::Kind;
use crate::other;
use crate::table::{self, Format, envelope};
use crate::tree::{Array, Held, Id, Shape, Text, Tree};

/// The losses of one payload, read from their line.
#[derive(Debug)]
pub(crate) struct Notes {
    pub(super) notes: Vec<Note>,
    pub(crate) guide: Guide,
}

#[derive(Debug)]
pub(super) struct Note {
    pub(super) code: Code,
    pub(super) severity: Severity,
    pub(super) path: Vec<Text>,
    /// The path as it was written.
    pub(super) written: Option<Text>,
    pub(super) value: Option<Id>,
}

/// Where the restored records belong.
#[derive(Default, Debug)]
pub(crate) struct Guide {
    pub(crate) is_single: bool,
    pub(crate) grouping: Grouping,
    pub(super) records: Option<Vec<Written>>,
}

/// How a body has its items: see [`v2::Items`].
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub(crate) enum Grouping {
    #[default]
    Grouped,
    Flat,
    Numbered,
    Bare,
}

/// What was written for a record.
#[derive(Debug)]
pub(super) struct Written {
    pub(super) key: Text,
    pub(super) item: Option<(Kind, u64)>,
}

impl Guide {
    pub(crate) fn shape(&self) -> Shape {
        match self.grouping {
            Grouping::Grouped | Grouping::Numbered => Shape::Object,
            Grouping::Flat | Grouping::Bare => Shape::List,
        }
    }
}

fn not_losses(found: &str) -> Error {
    Error::new(ErrorKind::NotLosses, String::new(), 0..0, "the losses of one payload", found)
}

impl Notes {
    /// Reads an object of a losses file; nothing is an object without losses.
    pub(crate) fn read(tree: &mut Tree, object: &[u8]) -> Result<Self, Error> {
        let mut notes = Self { notes: Vec::new(), guide: Guide::default() };
        if object.is_empty() {
            return Ok(notes);
        }
        let root = json::read_losses(tree, object).map_err(|error| not_losses(error.found()))?;
        let is_list = |list: &Id| tree.array(*list).is_some_and(|array| array.shape == Shape::List);
        let list = tree
            .child(root, member::LOSSES.as_bytes())
            .filter(is_list)
            .ok_or_else(|| not_losses("no losses"))?;
        let mut next = tree.first(list);
        while let Some(object) = next {
            next = tree.after(object);
            let note =
                Note::read(tree, object).ok_or_else(|| not_losses("a loss without code or severity"))?;
            notes.guide(tree, &note);
            notes.notes.push(note);
        }
        Ok(notes)
    }

    /// Takes up what a note says about where the others belong.
    fn guide(&mut self, tree: &Tree, note: &Note) {
        let word = || note.value.and_then(|value| tree.text(value)).map_or(&b""[..], |text| tree.bytes(text));
        if note.code == Code::SingleRecord {
            self.guide.is_single = true;
        } else if note.code == Code::Shape && note.path.is_empty() {
            self.guide.grouping = Grouping::Bare;
        } else if note.code == Code::Shape && note.is_at_contact_data(tree) {
            let is_list = word() == other::LIST.as_bytes();
            self.guide.grouping = if is_list { Grouping::Flat } else { Grouping::Numbered };
        } else if note.code == Code::Records
            && let Some(value) = note.value
        {
            self.guide.records = Some(tree.children(value).map(|row| Written::read(tree, row)).collect());
        }
    }
}

impl Note {
    fn read(tree: &mut Tree, object: Id) -> Option<Self> {
        let text = |tree: &Tree, name: &str| tree.text(tree.child(object, name.as_bytes())?);
        let code = text(tree, member::CODE)?;
        let code = Code::from_name(std::str::from_utf8(tree.bytes(code)).ok()?)?;
        let severity = text(tree, member::SEVERITY)?;
        let severity = match tree.bytes(severity) {
            severity if severity == Severity::Data.name().as_bytes() => Severity::Data,
            severity if severity == Severity::Note.name().as_bytes() => Severity::Note,
            // Read as a note, a value that a person would miss would go in silence.
            _ => return None,
        };
        let written = text(tree, member::PATH);
        let path = written.map(|path| split(tree, path)).unwrap_or_default();
        let value = match text(tree, member::RAW) {
            Some(raw) => Some(read_raw(tree, raw)),
            None => tree.child(object, member::VALUE.as_bytes()),
        };
        Some(Self { code, severity, path, written, value })
    }

    fn is_at_contact_data(&self, tree: &Tree) -> bool {
        matches!(&*self.path, [only] if tree.bytes(*only) == envelope::CONTACT_DATA.as_bytes())
    }
}

impl Written {
    fn read(tree: &Tree, row: Id) -> Self {
        let mut texts = tree.children(row).filter_map(|child| tree.text(child));
        let key = texts.next().unwrap_or(Text::EMPTY);
        let kind = texts.next().and_then(|name| table::kind_of(Format::V2, tree.and_behind(name)));
        let digest = texts
            .next()
            .and_then(|digest| u64::from_str_radix(std::str::from_utf8(tree.bytes(digest)).ok()?, 16).ok());
        Self { key, item: kind.map(|of| of.kind).zip(digest) }
    }
}

/// The names of a path.
fn split(tree: &mut Tree, path: Text) -> Vec<Text> {
    let path = tree.bytes(path).to_vec();
    let names = path.split(|&byte| byte == b'[');
    names.map(|name| tree.intern(&percent_decode(name.strip_suffix(b"]").unwrap_or(name)))).collect()
}

/// A `raw` value: a tree where it is a form, else a text.
fn read_raw(tree: &mut Tree, raw: Text) -> Id {
    let raw = tree.bytes(raw).to_vec();
    if raw.is_empty() {
        // An empty text is UTF-8: this is an array that holds empty ones alone, which no form says.
        return tree.alone(Text::EMPTY, Held::Array(Array::new(Shape::Keys)), 0);
    }
    if raw.contains(&b'=')
        && let Some(value) = form::read_value(tree, &raw)
    {
        return value;
    }
    let text = tree.intern(&percent_decode(&raw));
    tree.alone(Text::EMPTY, Held::Text(text), 0)
}
