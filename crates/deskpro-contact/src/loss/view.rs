//! Looks up the path, value and position of places in a payload, to render losses and rejections.

use std::mem;
use std::ops::Range;

use super::PendingLoss;
use crate::buffer::{Buffer, written};
use crate::encoding::Encoding;
use crate::form;
use crate::json;
use crate::model::lookup::FIELD_NAMES;
use crate::model::table::{Format, comment_name, envelope, row};
use crate::payload::Payload;
use crate::place::{Part, Place};
use crate::record::{Pair, PairName, Record, Sent, Value};
use crate::tree::{Tree, path_name};

/// A payload that was read, and the bytes from which it was read: everything that is needed to render a loss.
#[derive(Clone, Copy)]
pub(crate) struct View<'a> {
    pub(crate) tree: &'a Tree,
    pub(super) records: &'a [Record],
    pairs: &'a [Pair],
    pub(crate) input: Input<'a>,
}

/// The bytes of a payload, and how they are read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Input<'a> {
    pub(crate) payload: &'a [u8],
    pub(crate) format: Format,
    /// The encoding of texts that are not UTF-8, if the options set one.
    pub(crate) encoding: Option<Encoding>,
}

impl Input<'_> {
    /// The range of the pair or value at a position.
    pub(crate) fn span(&self, at: u32) -> Range<usize> {
        match self.format {
            Format::Legacy => form::span(self.payload, at as usize),
            Format::V2 => json::span(self.payload, at as usize),
        }
    }
}

impl<'a> View<'a> {
    pub(crate) fn new(payload: &'a Payload, input: Input<'a>) -> Self {
        let Payload { tree, records, pairs, .. } = payload;
        Self { tree, records, pairs, input }
    }

    /// Whether a place has a path: the payload itself has none.
    pub(super) fn has_path(&self, place: Place) -> bool {
        match place {
            Place::Path(path) => path.is_some(),
            Place::Tree(id) => self.tree.is_attached(id),
            Place::Under(..) => true,
            Place::Record(n, part) => match self.records[n as usize].sent.node() {
                Some(node) => !matches!(part, Part::Whole) || self.tree.is_attached(node),
                None => true,
            },
        }
    }

    /// Writes the path of a place.
    pub(super) fn write_path(&self, place: Place, out: &mut Buffer) {
        match place {
            Place::Path(path) => path.into_iter().for_each(|path| out.extend(&self.tree[path])),
            Place::Tree(id) => self.tree.path(id, out),
            Place::Under(id, name) => {
                self.tree.path(id, out);
                path_name(&self.tree[name], self.tree.is_attached(id), out);
            }
            Place::Record(n, part) => self.write_part(&self.records[n as usize], part, out),
        }
    }

    fn write_part(&self, record: &Record, part: Part, out: &mut Buffer) {
        let is_below = match record.sent.node() {
            Some(node) => {
                self.tree.path(node, out);
                self.tree.is_attached(node)
            }
            None => {
                out.extend(envelope::CONTACT_DATA.as_bytes());
                // The plain reader accepts only group keys that need no escape.
                out.between(b"[", self.tree.tail(record.key), record.key.len(), b"]");
                true
            }
        };
        let mut below = is_below;
        // Names of the table need no escape.
        let mut name = |name: &str| match mem::replace(&mut below, true) {
            true => {
                out.push(b'[');
                out.extend(name.as_bytes());
                out.push(b']');
            }
            false => out.extend(name.as_bytes()),
        };
        let is_legacy = self.input.format == Format::Legacy;
        match part {
            Part::Whole => {}
            Part::Type if is_legacy => name(envelope::TYPE),
            Part::Type => name(envelope::CONTACT_TYPE),
            Part::Comment => name(match record.kind {
                Some(kind) => comment_name(kind, self.input.format),
                None => envelope::COMMENT,
            }),
            Part::Data => name(envelope::DATA),
            Part::Field(field) => {
                if is_legacy {
                    name(envelope::DATA);
                }
                let kind = record.kind.expect("a record with a field has a kind");
                let column = row(kind).columns.iter().find(|column| column.field == field);
                name(column.expect("a field of the record's kind").name.anywhere(self.input.format));
            }
            Part::FieldOfOtherKind(field) => {
                name(envelope::DATA);
                name(FIELD_NAMES.text(field));
            }
            Part::OtherField(field) => {
                name(envelope::DATA);
                path_name(&self.tree[field], true, out);
            }
        }
    }

    /// The path of a place as text; `None` for the payload itself.
    pub(crate) fn path_text(&self, place: Place) -> Option<String> {
        self.has_path(place).then(|| text(&written(|out| self.write_path(place, out))))
    }

    /// Whether the names in the places of losses are together longer than `max` bytes.
    pub(crate) fn names_exceed(&self, losses: &[PendingLoss], max: usize) -> bool {
        let mut len = 0;
        losses.iter().any(|loss| {
            len += match loss.place {
                Place::Tree(id) | Place::Under(id, _) => self.tree.names_len(id),
                // The name of the part itself is short and not counted.
                Place::Record(n, _) => {
                    self.records[n as usize].sent.node().map_or(0, |node| self.tree.names_len(node))
                }
                Place::Path(_) => 0,
            };
            len > max
        })
    }

    /// The position of a part of a record that the plain reader read.
    pub(crate) fn position(&self, n: u32, part: Part) -> u32 {
        let record = &self.records[n as usize];
        match part {
            Part::Whole => record.at,
            Part::Data => {
                self.pairs_of(n).find(|pair| pair.name.is_field()).map_or(record.at, |pair| pair.value.at)
            }
            Part::Type | Part::Comment | Part::Field(_) | Part::FieldOfOtherKind(_) | Part::OtherField(_) => {
                self.pair(n, part).map_or_else(
                    // The part is missing: the position of the array that should hold it.
                    || match part {
                        Part::Field(_) => self.position(n, Part::Data),
                        Part::Whole
                        | Part::Data
                        | Part::Type
                        | Part::Comment
                        | Part::FieldOfOtherKind(_)
                        | Part::OtherField(_) => record.at,
                    },
                    |value| value.at,
                )
            }
        }
    }

    /// The value of a part of a record that the plain reader read.
    pub(crate) fn pair(&self, n: u32, part: Part) -> Option<Value> {
        let kind = self.records[n as usize].kind;
        let is_it = |name: PairName| match (part, name) {
            (Part::Type, PairName::Type) | (Part::Comment, PairName::Comment) => true,
            (Part::Field(field), PairName::Field(name)) => kind.is_some_and(|kind| {
                let column = FIELD_NAMES.column(name, kind);
                column.is_some_and(|column| row(kind).columns[column].field == field)
            }),
            _ => false,
        };
        self.pairs_of(n).find(|pair| is_it(pair.name)).map(|pair| pair.value)
    }

    /// The pairs of a record that the plain reader read; none for other records.
    pub(super) fn pairs_of(&self, n: u32) -> impl Iterator<Item = &'a Pair> {
        let pairs = match self.records[n as usize].sent {
            Sent::Pairs { start, end } => &self.pairs[start as usize..end as usize],
            Sent::FormNode { .. } | Sent::Item { .. } | Sent::Phone { .. } => &[],
        };
        pairs.iter()
    }

    /// The name of a field under `data`; `None` for the type and the comment.
    pub(super) fn field_name(&self, name: PairName) -> Option<&'a [u8]> {
        match name {
            PairName::Field(name) => Some(FIELD_NAMES.text(name).as_bytes()),
            PairName::OtherField(text) => Some(&self.tree[text]),
            PairName::Type | PairName::Comment => None,
        }
    }
}

pub(super) fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
