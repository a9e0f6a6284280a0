//! Losses as they are read: objects of a losses file, and values for a caller.

use std::mem;
use std::ops::Range;
use std::sync::LazyLock;

use super::{Code, Loss, LossValue, LostValue, PendingLoss, Severity};
use crate::buffer::{Buffer, Piece, written};
use crate::digest;
use crate::encoding::Encoding;
use crate::error::Error;
use crate::form;
use crate::json;
use crate::losses_file::fields;
use crate::model::Kind;
use crate::model::lookup::FIELD_NAMES;
use crate::model::table::{Format, envelope, row, v2_kind};
use crate::payload::Payload;
use crate::place::{Part, Place};
use crate::record::{JsonType, Pair, PairName, Record, Sent, Value, record_digest};
use crate::tree::{Id, Node, Tree, path_name};

/// A payload with the bytes that it was read from: what a loss needs to be read.
#[derive(Clone, Copy)]
pub(crate) struct View<'a> {
    pub(crate) tree: &'a Tree,
    records: &'a [Record],
    pairs: &'a [Pair],
    pub(crate) input: Input<'a>,
}

/// The bytes that a payload was read from.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Input<'a> {
    pub(crate) payload: &'a [u8],
    pub(crate) format: Format,
    /// The encoding of texts that are not UTF-8, where the options name one.
    pub(crate) encoding: Option<Encoding>,
}

impl Input<'_> {
    /// The bytes of the pair or value at a position.
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

    /// Writes a loss as an object of a losses file, behind a mark.
    pub(crate) fn write(&self, mark: u8, loss: &PendingLoss, out: &mut Buffer) {
        out.piece(mark, &HEADS[loss.code as usize][loss.severity as usize]);
        if self.has_path(loss.place) {
            out.piece(b',', &PATH);
            if self.tree.is_unescaped() {
                self.write_path(loss.place, out);
            } else {
                json::write_escaped(&written(|out| self.write_path(loss.place, out)), out);
            }
            out.push(b'"');
        }
        if let Some(why) = loss.why {
            fields::next(fields::ERROR, out);
            write_error(&self.error(why), out);
        }
        self.write_value(loss.value, out);
        out.push(b'}');
    }

    /// Whether a place has a path: the payload itself has none.
    fn has_path(&self, place: Place) -> bool {
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
    fn write_path(&self, place: Place, out: &mut Buffer) {
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
                // The name of a record of pairs is plain: nothing in it needs an escape.
                out.between(b"[", self.tree.tail(record.key), record.key.len(), b"]");
                true
            }
        };
        let mut below = is_below;
        // A name of ours needs no escape.
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
            Part::Comment => name(envelope::COMMENT),
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

    /// The path of a place as text; none of the payload itself.
    pub(crate) fn path_text(&self, place: Place) -> Option<String> {
        self.has_path(place).then(|| text(&written(|out| self.write_path(place, out))))
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
                    // Nothing is there: the position of what should hold it.
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

    fn pairs_of(&self, n: u32) -> impl Iterator<Item = &'a Pair> {
        let pairs = match self.records[n as usize].sent {
            Sent::Pairs { start, end } => &self.pairs[start as usize..end as usize],
            Sent::FormNode { .. } | Sent::Item { .. } => &[],
        };
        pairs.iter()
    }

    fn write_value(&self, value: LostValue, out: &mut Buffer) {
        match value {
            LostValue::None => {}
            LostValue::Value(value) => {
                out.piece(b',', &VALUE);
                out.push(b':');
                match value.json {
                    JsonType::Text => json::write_text(self.tree, b"\"", value.text, b"\"", out),
                    JsonType::Number => out.extend(&self.tree[value.text]),
                    JsonType::Boolean => {
                        json::write_bool(crate::model::table::truth(&self.tree[value.text]), out)
                    }
                }
            }
            LostValue::Tree(id) if !self.tree.holds_utf8(id) => self.write_raw(id, out),
            LostValue::Tree(id) => {
                out.piece(b',', &VALUE);
                json::write_value(self.tree, b':', id, out);
            }
            LostValue::Text(text) if self.tree.is_utf8_text(text) => {
                out.piece(b',', &VALUE);
                json::write_text(self.tree, b":\"", text, b"\"", out);
            }
            LostValue::Text(text) => write_text(&self.tree[text], out),
            LostValue::Word(word) => write_text(word.as_bytes(), out),
            // Keys are UTF-8: an order is noted of what could be written.
            LostValue::TreeKeys(id) => {
                self.write_keys(self.tree.children(id).map(|child| self.tree.name(child)), out);
            }
            LostValue::Record(n) => {
                out.piece(b',', &VALUE);
                out.push(b':');
                self.write_record(n, out);
            }
            LostValue::RecordKeys(n) => self.write_keys(self.record_names(n).map(str::as_bytes), out),
            LostValue::DataKeys(n) => {
                let names = self.pairs_of(n).filter_map(|pair| self.field_name(pair.name));
                self.write_keys(names, out);
            }
            LostValue::Records => self.write_records(out),
        }
    }

    fn write_keys<'k>(&self, keys: impl Iterator<Item = &'k [u8]>, out: &mut Buffer) {
        out.piece(b',', &VALUE);
        out.array(b":[");
        for (n, key) in keys.enumerate() {
            if n > 0 {
                out.push(b',');
            }
            json::write_string(key, out);
        }
        out.push(b']');
    }

    /// The name of a field under `data`.
    fn field_name(&self, name: PairName) -> Option<&'a [u8]> {
        match name {
            PairName::Field(name) => Some(FIELD_NAMES.text(name).as_bytes()),
            PairName::OtherField(text) => Some(&self.tree[text]),
            PairName::Type | PairName::Comment => None,
        }
    }

    /// The names of a record of pairs, in the order in which they were sent.
    fn record_names(&self, n: u32) -> impl Iterator<Item = &'static str> {
        let mut has_data = false;
        self.pairs_of(n).filter_map(move |pair| match pair.name {
            PairName::Type => Some(envelope::TYPE),
            PairName::Comment => Some(envelope::COMMENT),
            PairName::Field(_) | PairName::OtherField(_) if mem::replace(&mut has_data, true) => None,
            PairName::Field(_) | PairName::OtherField(_) => Some(envelope::DATA),
        })
    }

    /// Writes a record of pairs as an object, in the order in which it was sent.
    fn write_record(&self, n: u32, out: &mut Buffer) {
        let mut mark = b'{';
        for name in self.record_names(n) {
            out.push(mem::replace(&mut mark, b','));
            json::write_string(name.as_bytes(), out);
            let part = match name {
                envelope::TYPE => Part::Type,
                envelope::COMMENT => Part::Comment,
                _ => {
                    out.push(b':');
                    self.write_data(n, out);
                    continue;
                }
            };
            let value = self.pair(n, part).expect("a record has its names");
            json::write_text(self.tree, b":\"", value.text, b"\"", out);
        }
        out.push(b'}');
    }

    fn write_data(&self, n: u32, out: &mut Buffer) {
        let mut mark = b'{';
        for pair in self.pairs_of(n) {
            if let Some(name) = self.field_name(pair.name) {
                out.push(mem::replace(&mut mark, b','));
                json::write_string(name, out);
                json::write_text(self.tree, b":\"", pair.value.text, b"\"", out);
            }
        }
        out.push(b'}');
    }

    /// Writes each record's key, and, of those that were written, the v2 type and a digest.
    fn write_records(&self, out: &mut Buffer) {
        if !self.records.iter().all(|record| self.tree.is_utf8_text(record.key)) {
            return self.write_raw_records(out);
        }
        out.piece(b',', &VALUE);
        out.push(b':');
        let kinds = &*KINDS;
        let mut open = b"[[\"";
        for record in self.records {
            json::write_text(self.tree, mem::replace(&mut open, b",[\""), record.key, b"\"", out);
            if let Some(contact) = &record.written {
                out.piece(b',', &kinds[contact.kind() as usize]);
                out.array(&digest::hex(record_digest(self.tree, contact)));
                out.push(b'"');
            }
            out.push(b']');
        }
        if self.records.is_empty() {
            out.push(b'[');
        }
        out.push(b']');
    }

    /// Writes the records as a form: a key is not UTF-8.
    fn write_raw_records(&self, out: &mut Buffer) {
        let mut rows = Vec::new();
        for record in self.records {
            let mut row = vec![self.tree[record.key].to_vec()];
            if let Some(contact) = &record.written {
                let digest = record_digest(self.tree, contact);
                row.extend([
                    v2_kind(contact.kind()).name().as_bytes().to_vec(),
                    digest::hex(digest).to_vec(),
                ]);
            }
            rows.push(row);
        }
        fields::next(fields::RAW, out);
        out.push(b'"');
        for (n, row) in rows.iter().enumerate() {
            for (m, text) in row.iter().enumerate() {
                let mark = if n + m > 0 { "&" } else { "" };
                out.extend(format!("{mark}{}[{n}][{m}]=", fields::VALUE).as_bytes());
                raw(text, out);
            }
        }
        out.push(b'"');
    }

    /// Writes a value that is not UTF-8: a text percent-encoded, a tree as a form.
    fn write_raw(&self, id: Id, out: &mut Buffer) {
        match self.tree.node(id) {
            Node::Text(text) => write_text(&self.tree[text], out),
            Node::Null | Node::Bool(_) | Node::Number(_) | Node::Array(_) | Node::Link(_) | Node::Removed => {
                let mut form = Vec::new();
                form::write_named(self.tree, id, fields::VALUE, &mut form);
                fields::next(fields::RAW, out);
                json::write_string(&form, out);
            }
        }
    }

    /// Whether the names of the places of losses are longer than `max`, together.
    pub(crate) fn names_exceed(&self, losses: &[PendingLoss], max: usize) -> bool {
        let mut len = 0;
        losses.iter().any(|loss| {
            len += match loss.place {
                Place::Tree(id) | Place::Under(id, _) => self.tree.names_len(id),
                // A part's own name is short.
                Place::Record(n, _) => {
                    self.records[n as usize].sent.node().map_or(0, |node| self.tree.names_len(node))
                }
                Place::Path(_) => 0,
            };
            len > max
        })
    }

    /// The loss for a caller.
    pub(crate) fn loss(&self, loss: &PendingLoss) -> Loss {
        let value = written(|out| self.write_value(loss.value, out));
        let of = |name| value.strip_prefix(&*written(|out| fields::next(name, out)));
        let value = match (of(fields::VALUE), of(fields::RAW)) {
            (Some(json), _) => Some(LossValue::Json(text(json))),
            (None, Some(raw)) => Some(LossValue::Raw(serde_json::from_slice(raw).expect("a JSON string"))),
            (None, None) => None,
        };
        Loss {
            code: loss.code,
            severity: loss.severity,
            path: self.path_text(loss.place),
            span: match loss.place {
                // It was read from a losses file, and has no place in the payload.
                Place::Path(_) => 0..0,
                // Contact data that serde read has no bytes.
                _ if self.input.payload.is_empty() => 0..0,
                Place::Record(..) | Place::Tree(_) | Place::Under(..) => self.input.span(loss.at),
            },
            value,
            error: loss.why.map(|why| self.error(why)),
        }
    }
}

/// The name of a path, up to the text.
const PATH: Piece<16> = Piece::of(&["\"", fields::PATH, "\":\""]);
/// The name of a value, up to the colon.
const VALUE: Piece<16> = Piece::of(&["\"", fields::VALUE, "\""]);

/// The start of a loss's object, by code and severity.
static HEADS: [[Piece<64>; 2]; Code::ALL.len()] = {
    let mut heads = [[Piece::of(&[]); 2]; Code::ALL.len()];
    let mut n = 0;
    while n < Code::ALL.len() {
        let code = Code::ALL[n];
        assert!(code as usize == n, "all codes, in their order");
        heads[n] = [head(code, Severity::Data), head(code, Severity::Note)];
        n += 1;
    }
    heads
};

const fn head(code: Code, severity: Severity) -> Piece<64> {
    Piece::of(&[
        "{\"",
        fields::CODE,
        "\":\"",
        code.name(),
        "\",\"",
        fields::SEVERITY,
        "\":\"",
        severity.name(),
        "\"",
    ])
}

/// The text between a key and a digest in a list of records, by kind: the name of the type in v2.
static KINDS: LazyLock<[Piece<32>; Kind::ALL.len()]> =
    LazyLock::new(|| Kind::ALL.map(|kind| Piece::of(&["\"", v2_kind(kind).name(), "\",\""])));

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Writes a text as `value`, or as `raw` where it is not UTF-8.
fn write_text(text: &[u8], out: &mut Buffer) {
    if std::str::from_utf8(text).is_ok() {
        fields::next(fields::VALUE, out);
        json::write_string(text, out);
    } else {
        fields::next(fields::RAW, out);
        out.push(b'"');
        raw(text, out);
        out.push(b'"');
    }
}

/// Writes a text percent-encoded, spaces too: a reader need not know a form's `+`.
fn raw(text: &[u8], out: &mut Buffer) {
    let mut encoded = Vec::new();
    form::encode(text, form::Space::Percent, &mut encoded);
    out.extend(&encoded);
}

/// Writes an error as an object: code, path, message.
fn write_error(error: &Error, out: &mut Buffer) {
    fields::first(fields::CODE, out);
    json::write_string(error.kind().name().as_bytes(), out);
    if !error.path().is_empty() {
        fields::next(fields::PATH, out);
        json::write_string(error.path().as_bytes(), out);
    }
    fields::next(fields::MESSAGE, out);
    json::write_string(error.message().as_bytes(), out);
    out.push(b'}');
}
