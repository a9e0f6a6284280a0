//! The losses of one payload, read from their line of a losses file.

use std::collections::{HashMap, HashSet};

use super::owner::LossesOwner;
use crate::bytes::{path_names, percent_decoded};
use crate::encoding::Encoding;
use crate::error::{Error, ErrorKind};
use crate::form;
use crate::json;
use crate::loss::{Code, PhoneReason, Severity, word};
use crate::losses_file::fields;
use crate::model::Kind;
use crate::model::table::person::field_number;
use crate::model::table::{Format, envelope};
use crate::tree::{Array, Id, Node, Shape, Text, Tree};

/// The losses of one payload.
#[derive(Debug)]
pub(crate) struct SavedLosses {
    pub(super) losses: Vec<SavedLoss>,
    pub(crate) layout: Layout,
    /// The losses of the reply around the body, if there was a reply.
    pub(crate) envelope: Option<Box<Self>>,
    pub(crate) owner: LossesOwner,
}

/// One loss.
#[derive(Debug)]
pub(super) struct SavedLoss {
    pub(super) code: Code,
    pub(super) severity: Severity,
    /// The decoded names of the path.
    pub(super) path: Vec<Text>,
    /// The path as it is in the losses file.
    pub(super) path_text: Option<Text>,
    pub(super) value: Option<Id>,
    /// Whether it is a phone that was not written because the payload has a field `phone_numbers` of its own.
    pub(super) is_list_taken: bool,
}

/// The place and the shape in which the records are restored.
#[derive(Default, Debug)]
pub(crate) struct Layout {
    pub(crate) is_single: bool,
    pub(crate) grouping: Grouping,
    /// The encoding in which texts and names of the payload were read.
    pub(super) encoding: Option<Encoding>,
    pub(super) records: Option<Vec<WrittenRecord>>,
}

/// The names of a person's fields, as notes have them, for restoring a form from a v2 body.
#[derive(Default, Debug)]
pub(crate) struct SavedNames {
    /// Fields that already had their name of the other format.
    kept: HashSet<Vec<u8>>,
    /// The keys of fields that are lists in v2; `None` for a field that was a single text.
    list_keys: HashMap<Vec<u8>, Option<Vec<Text>>>,
    /// The names of custom fields, by the field that holds them and by their number.
    field_names: HashMap<(Vec<u8>, Vec<u8>), Text>,
}

impl SavedNames {
    /// Whether a field keeps its name.
    pub(crate) fn keeps(&self, name: &[u8]) -> bool {
        self.kept.contains(name)
    }

    /// The keys that a list had: `Some(None)` if it was a single text, `None` without a note.
    pub(crate) fn list_keys(&self, name: &[u8]) -> Option<Option<&[Text]>> {
        self.list_keys.get(name).map(Option::as_deref)
    }

    /// The name of a custom field, by the field that holds it and by its number.
    pub(crate) fn field_name(&self, field: &[u8], number: &[u8]) -> Option<Text> {
        self.field_names.get(&(field.to_vec(), number.to_vec())).copied()
    }
}

/// The shape of the items in a body: see [`Items`](crate::sources::v2::Items).
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub(crate) enum Grouping {
    #[default]
    Grouped,
    Flat,
    Numbered,
    Bare,
}

/// An entry of the note [`Code::Records`]: a record, and the item that was written for it.
#[derive(Debug)]
pub(super) struct WrittenRecord {
    pub(super) key: Text,
    /// The kind and the digest of the item; `None` if the record was not written.
    pub(super) item: Option<(Kind, u64)>,
    /// Whether the record is a phone.
    pub(super) is_phone: bool,
}

impl Layout {
    /// The JSON shape of `contact_data`.
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

impl SavedLosses {
    /// Reads the line of a payload in a losses file. `to` is the format to which the payload is restored. An empty line
    /// has no losses.
    pub(crate) fn read(tree: &mut Tree, line: &[u8], to: Format) -> Result<Self, Error> {
        if line.is_empty() {
            return Self::new(tree, Vec::new());
        }
        let root = json::read_losses(tree, line).map_err(|error| not_losses(error.found()))?;
        let is_list = |list: &Id| tree.array(*list).is_some_and(|array| array.shape == Shape::List);
        let owner = LossesOwner::read(tree, root).ok_or_else(|| not_losses("a line without a digest"))?;
        let list = match tree.child(root, fields::LOSSES.as_bytes()) {
            // A line without losses, which a file with an id field has.
            None if owner.has_output() => return Self::new(tree, Vec::new()),
            list => list.filter(is_list).ok_or_else(|| not_losses("no losses"))?,
        };
        let mut losses = Vec::new();
        let mut next = tree.first(list);
        while let Some(object) = next {
            next = tree.after(object);
            let loss =
                SavedLoss::read(tree, object).ok_or_else(|| not_losses("a loss without code or severity"))?;
            losses.push(loss);
        }
        let has_envelope = to == Format::V2 && losses.iter().any(|loss| loss.code == Code::Envelope);
        let saved = if has_envelope { Self::in_envelope(tree, losses)? } else { Self::new(tree, losses)? };
        Ok(Self { owner, ..saved })
    }

    fn new(tree: &Tree, losses: Vec<SavedLoss>) -> Result<Self, Error> {
        let mut saved = Self {
            losses: Vec::new(),
            layout: Layout::default(),
            envelope: None,
            owner: LossesOwner::default(),
        };
        for loss in &losses {
            saved.set_layout(tree, loss)?;
        }
        Ok(Self { losses, ..saved })
    }

    /// Separates the losses of a reply's envelope from those of the body in it.
    fn in_envelope(tree: &Tree, losses: Vec<SavedLoss>) -> Result<Self, Error> {
        let (of_envelope, mut of_body): (Vec<_>, Vec<_>) =
            losses.into_iter().partition(|loss| matches!(loss.code, Code::Envelope | Code::EnvelopeField));
        for loss in &mut of_body {
            let is_in_data = loss.path.first().is_some_and(|name| tree[*name] == *envelope::DATA.as_bytes());
            loss.path.drain(..usize::from(is_in_data));
        }
        let envelope = Some(Box::new(Self::new(tree, of_envelope)?));
        Ok(Self { envelope, ..Self::new(tree, of_body)? })
    }

    /// Checks that the losses have the encoding of the options. Losses without an encoding always pass.
    pub(crate) fn check_encoding(&self, expected: Encoding) -> Result<(), Error> {
        match self.layout.encoding {
            Some(encoding) if encoding != expected => {
                let expected = format!("losses of texts in {expected}");
                Err(Error::new(ErrorKind::NotLosses, String::new(), 0..0, expected, encoding.to_string()))
            }
            Some(_) | None => Ok(()),
        }
    }

    /// The names of a person's fields.
    pub(crate) fn names(&self, tree: &Tree) -> SavedNames {
        let mut names = SavedNames::default();
        for loss in &self.losses {
            match (loss.code, &*loss.path) {
                (Code::KeptName, [name]) => {
                    names.kept.insert(tree[*name].to_vec());
                }
                (Code::ListKeys, [name]) => {
                    let texts = |value| tree.children(value).filter_map(|key| tree.text(key)).collect();
                    names.list_keys.insert(tree[*name].to_vec(), loss.value.map(texts));
                }
                (Code::FieldName, [name, key]) => {
                    if let Some(number) = field_number(&tree[*key]) {
                        names.field_names.insert((tree[*name].to_vec(), number.to_vec()), *key);
                    }
                }
                _ => {}
            }
        }
        names
    }

    /// Whether there are losses.
    pub(crate) fn has_losses(&self) -> bool {
        !self.losses.is_empty() || self.envelope.is_some()
    }

    /// Sets the parts of the layout that a note describes.
    fn set_layout(&mut self, tree: &Tree, loss: &SavedLoss) -> Result<(), Error> {
        let text = loss.value.and_then(|value| tree.text(value)).map(|text| &tree[text]);
        let is_word = |word: &str| text == Some(word.as_bytes());
        if loss.code == Code::SingleRecord {
            self.layout.is_single = true;
        } else if loss.code == Code::Shape && loss.path.is_empty() {
            self.layout.grouping = Grouping::Bare;
        } else if loss.code == Code::Shape && loss.is_at_contact_data(tree) {
            self.layout.grouping = if is_word(word::LIST) { Grouping::Flat } else { Grouping::Numbered };
        } else if loss.code == Code::Encoding {
            let name = text.and_then(|text| std::str::from_utf8(text).ok());
            let encoding = name.and_then(|name| name.parse().ok());
            self.layout.encoding = Some(encoding.ok_or_else(|| not_losses("an unknown encoding"))?);
        } else if loss.code == Code::Records
            && let Some(value) = loss.value
        {
            self.layout.records =
                Some(tree.children(value).map(|row| WrittenRecord::read(tree, row)).collect());
        }
        Ok(())
    }
}

impl SavedLoss {
    fn read(tree: &mut Tree, object: Id) -> Option<Self> {
        let text = |tree: &Tree, name: &str| tree.text(tree.child(object, name.as_bytes())?);
        let code = text(tree, fields::CODE)?;
        let code: Code = std::str::from_utf8(&tree[code]).ok()?.parse().ok()?;
        let severity = text(tree, fields::SEVERITY)?;
        // An unknown severity is an error. Read as a note, it could hide the loss of data.
        let severity = [Severity::Data, Severity::Note]
            .into_iter()
            .find(|own| own.name().as_bytes() == &tree[severity])?;
        let path_text = text(tree, fields::PATH);
        let path = path_text.map(|path| split_path(tree, path)).unwrap_or_default();
        let value = match text(tree, fields::RAW) {
            Some(raw) => Some(read_raw(tree, raw)),
            None => tree.child(object, fields::VALUE.as_bytes()),
        };
        let reason = text(tree, fields::REASON).map(|reason| &tree[reason]);
        let is_list_taken = reason == Some(PhoneReason::NameTaken.name().as_bytes());
        Some(Self { code, severity, path, path_text, value, is_list_taken })
    }

    fn is_at_contact_data(&self, tree: &Tree) -> bool {
        matches!(&*self.path, [only] if tree[*only] == *envelope::CONTACT_DATA.as_bytes())
    }
}

impl WrittenRecord {
    fn read(tree: &Tree, row: Id) -> Self {
        let mut texts = tree.children(row).filter_map(|child| tree.text(child));
        let key = texts.next().unwrap_or(Text::EMPTY);
        let kind = texts
            .next()
            .and_then(|name| Kind::ALL.into_iter().find(|kind| kind.name().as_bytes() == &tree[name]));
        let digest = texts
            .next()
            .and_then(|digest| u64::from_str_radix(std::str::from_utf8(&tree[digest]).ok()?, 16).ok());
        Self { key, item: kind.zip(digest), is_phone: kind == Some(Kind::Phone) }
    }
}

/// Splits a path into its decoded names.
fn split_path(tree: &mut Tree, path: Text) -> Vec<Text> {
    path_names(&tree[path]).iter().map(|name| tree.intern(name)).collect()
}

/// Reads a `raw` value: an array if it is a form, otherwise a text.
fn read_raw(tree: &mut Tree, raw: Text) -> Id {
    let raw = tree[raw].to_vec();
    if raw.is_empty() {
        // An empty text would be UTF-8, so this is an array of empty arrays, which gives an empty form.
        return tree.new_node(Text::EMPTY, Node::Array(Array::new(Shape::Keys)), 0);
    }
    if raw.contains(&b'=')
        && let Some(value) = form::read_value(tree, &raw)
    {
        return value;
    }
    let text = tree.intern(&percent_decoded(&raw));
    tree.new_node(Text::EMPTY, Node::Text(text), 0)
}
