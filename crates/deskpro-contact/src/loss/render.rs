//! Renders losses: as JSON objects of a losses file, and as [`Loss`] for callers.

use std::mem;
use std::sync::LazyLock;

use super::view::{View, text};
use super::{Code, Loss, LossValue, LostValue, PendingLoss, Severity, Why};
use crate::buffer::{Buffer, Piece, written};
use crate::digest;
use crate::error::Error;
use crate::form;
use crate::json;
use crate::losses_file::fields;
use crate::model::Kind;
use crate::model::table::{envelope, v2_kind};
use crate::place::{Part, Place};
use crate::record::{JsonType, PairName, Sent, record_digest};
use crate::tree::{Id, Node};

impl View<'_> {
    /// Writes a byte (`mark`), and a loss as an object of a losses file.
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
        match loss.why {
            Some(Why::Rejected(why)) => {
                fields::next(fields::ERROR, out);
                write_error(&self.error(why), out);
            }
            Some(Why::Phone(reason)) => {
                fields::next(fields::REASON, out);
                json::write_string(reason.name().as_bytes(), out);
            }
            None => {}
        }
        self.write_value(loss.value, out);
        out.push(b'}');
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
            // These keys are UTF-8: an order is noted only for arrays that could be written.
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

    /// The names in a record that the plain reader read, in the order in which they were sent.
    fn record_names(&self, n: u32) -> impl Iterator<Item = &'static str> {
        let mut has_data = false;
        self.pairs_of(n).filter_map(move |pair| match pair.name {
            PairName::Type => Some(envelope::TYPE),
            PairName::Comment => Some(envelope::COMMENT),
            PairName::Field(_) | PairName::OtherField(_) if mem::replace(&mut has_data, true) => None,
            PairName::Field(_) | PairName::OtherField(_) => Some(envelope::DATA),
        })
    }

    /// Writes a record that the plain reader read as an object, in the order in which it was sent.
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

    /// Writes the key of each record and, if the record was written, its v2 type and digest.
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
            } else if matches!(record.sent, Sent::Phone { .. }) {
                // The key is a position in the list of phones, not in the list of contact data.
                out.extend(format!(",\"{}\"", Kind::Phone.name()).as_bytes());
            }
            out.push(b']');
        }
        if self.records.is_empty() {
            out.push(b'[');
        }
        out.push(b']');
    }

    /// Writes the list of records as a form, for a payload with a key that is not UTF-8.
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
                out.extend(form::encode_raw(text).as_bytes());
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

    /// Makes the [`Loss`] for a caller.
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
                // The loss was read from a losses file, so it has no position in the payload.
                Place::Path(_) => 0..0,
                // Serde read the contact data, so there are no bytes.
                _ if self.input.payload.is_empty() => 0..0,
                Place::Record(..) | Place::Tree(_) | Place::Under(..) => self.input.span(loss.at),
            },
            value,
            error: loss.rejection().map(|why| self.error(why)),
            reason: loss.reason(),
            hint: (loss.code == Code::UnknownField).then(|| self.known_beside(loss.place)).flatten(),
            source_line: None,
        }
    }
}

/// The member name `path`, its colon and the opening quote of the path.
const PATH: Piece<16> = Piece::of(&["\"", fields::PATH, "\":\""]);
/// The member name `value`, without the colon.
const VALUE: Piece<16> = Piece::of(&["\"", fields::VALUE, "\""]);

/// The start of the object of a loss (code and severity), by code and severity.
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

/// The text between a key and a digest in the list of records: the name of the v2 type, by kind.
static KINDS: LazyLock<[Piece<32>; Kind::ALL.len()]> =
    LazyLock::new(|| Kind::ALL.map(|kind| Piece::of(&["\"", v2_kind(kind).name(), "\",\""])));

/// Writes a text as `value`, or as `raw` if it is not UTF-8.
fn write_text(text: &[u8], out: &mut Buffer) {
    if std::str::from_utf8(text).is_ok() {
        fields::next(fields::VALUE, out);
        json::write_string(text, out);
    } else {
        fields::next(fields::RAW, out);
        out.push(b'"');
        out.extend(form::encode_raw(text).as_bytes());
        out.push(b'"');
    }
}

/// Writes an error as an object with code, path and message.
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
