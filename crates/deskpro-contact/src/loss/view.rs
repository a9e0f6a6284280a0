//! Losses as they are read: objects of a losses file, and values for a caller.

use std::borrow::Cow;
use std::mem;
use std::ops::Range;
use std::sync::LazyLock;

use super::{Code, Entry, Kept, Leaf, Loss, LossValue, Place, Severity, member};
use crate::digest;
use crate::error::{Error, Rejection};
use crate::form::{self, Brackets};
use crate::json;
use crate::model::{Contact, Kind};
use crate::record::{self, Record, Slot, v2_kind};
use crate::table::{self, Format};
use crate::tree::{Held, Id, Tree};
use crate::writer::{Piece, Writer, written};

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
    /// Writes a loss as an object of a losses file, behind a mark.
    pub(crate) fn write(&self, mark: u8, entry: &Entry, out: &mut Writer) {
        let head = HEADS.get(entry.code as usize).and_then(|heads| heads.get(entry.severity as usize));
        let Some(head) = head else { return };
        out.piece(mark, head);
        self.write_path(entry.place, out);
        if let Some(why) = entry.why {
            member::next(member::ERROR, out);
            write_error(&self.error(why), out);
        }
        self.write_value(entry.value, out);
        out.push(b'}');
    }

    /// Writes the path of a loss; the payload itself has none.
    fn write_path(&self, place: Place, out: &mut Writer) {
        match place {
            Place::Path(None) => {}
            Place::Path(Some(path)) => {
                out.piece(b',', &PATH);
                json::inside(self.tree.bytes(path), out);
                out.push(b'"');
            }
            Place::Node(node) if !self.tree.parent(node).is_some() => {}
            Place::Node(node) | Place::Under(node, _) => {
                out.piece(b',', &PATH);
                if self.tree.is_plain() {
                    self.tree.path(node, self.leaf(place), out);
                } else {
                    json::inside(&written(|out| self.tree.path(node, self.leaf(place), out)), out);
                }
                out.push(b'"');
            }
        }
    }

    fn leaf(&self, place: Place) -> Option<&[u8]> {
        place.leaf().map(|leaf| match leaf {
            Leaf::Text(text) => self.tree.bytes(text),
            Leaf::Name(name) => name.as_bytes(),
        })
    }

    /// The path of a loss, as UTF-8; the payload itself has none.
    fn path(&self, entry: &Entry) -> Option<Cow<'_, [u8]>> {
        match entry.place {
            Place::Path(path) => path.map(|path| Cow::Borrowed(self.tree.bytes(path))),
            Place::Node(node) if !self.tree.parent(node).is_some() => None,
            Place::Node(node) | Place::Under(node, _) => {
                Some(Cow::Owned(written(|out| self.tree.path(node, self.leaf(entry.place), out))))
            }
        }
    }

    fn write_value(&self, value: Kept, out: &mut Writer) {
        match value {
            Kept::Nothing => {}
            Kept::Node(node) if !self.tree.holds_utf8(node) => self.write_raw(node, out),
            Kept::Node(node) => {
                out.piece(b',', &VALUE);
                json::write_value(self.tree, b':', node, out);
            }
            Kept::Text(text) if self.tree.is_utf8_text(text) => {
                out.piece(b',', &VALUE);
                json::write_text(self.tree, b":\"", text, b"\"", out);
            }
            Kept::Text(text) => write_text(self.tree.bytes(text), out),
            Kept::Word(word) => write_text(word.as_bytes(), out),
            Kept::Keys(node) => self.write_keys(node, out),
            Kept::Records => self.write_records(out),
        }
    }

    /// Writes the keys of a node's children. They are UTF-8: an order is noted of what could be written.
    fn write_keys(&self, node: Id, out: &mut Writer) {
        out.piece(b',', &VALUE);
        out.array(b":[");
        for (n, child) in self.tree.children(node).enumerate() {
            if n > 0 {
                out.push(b',');
            }
            json::string(self.tree.name(child), out);
        }
        out.push(b']');
    }

    /// Writes each record's key, and, of those that were written, the v2 type and a digest.
    fn write_records(&self, out: &mut Writer) {
        let kind =
            |contact: &Contact<Slot>| table::row(v2_kind(contact.kind)).name.anywhere(Format::V2).as_bytes();
        let key = |record: &Record| self.tree.bytes(record.key);
        if self.records.iter().all(|record| self.tree.is_utf8_text(record.key)) {
            out.piece(b',', &VALUE);
            out.push(b':');
            let kinds = &*KINDS;
            let mut open = b"[[\"";
            for record in self.records {
                json::write_text(self.tree, mem::replace(&mut open, b",[\""), record.key, b"\"", out);
                if let Some(contact) = &record.written
                    && let Some(kind) = kinds.get(contact.kind as usize)
                {
                    out.piece(b',', kind);
                    out.array(&digest::hex(record::digest(self.tree, contact)));
                    out.push(b'"');
                }
                out.push(b']');
            }
            if self.records.is_empty() {
                out.push(b'[');
            }
            out.push(b']');
            return;
        }
        let mut rows = Vec::new();
        for record in self.records {
            let mut row = vec![key(record).to_vec()];
            if let Some(contact) = &record.written {
                let digest = record::digest(self.tree, contact);
                row.extend([kind(contact).to_vec(), digest::hex(digest).to_vec()]);
            }
            rows.push(row);
        }
        write_raw_lists(&rows, out);
    }

    /// A value that is not UTF-8: a text percent-encoded, a tree as a form.
    fn write_raw(&self, node: Id, out: &mut Writer) {
        match self.tree.held(node) {
            Held::Text(text) => write_text(self.tree.bytes(text), out),
            Held::Null | Held::Bool(_) | Held::Number(_) | Held::Array(_) | Held::Link(_) | Held::Gone => {
                let (mut name, mut form) = (member::VALUE.as_bytes().to_vec(), Vec::new());
                form::write_under(self.tree, node, &mut name, Brackets::Plain, usize::MAX, &mut form);
                member::next(member::RAW, out);
                json::string(&form, out);
            }
        }
    }

    pub(crate) fn error(&self, why: Rejection) -> Error {
        why.error(self.tree, self.source)
    }

    /// The loss for a caller.
    pub(crate) fn loss(&self, entry: &Entry) -> Loss {
        let value = written(|out| self.write_value(entry.value, out));
        let of = |name| value.strip_prefix(&*written(|out| member::next(name, out)));
        let value = match (of(member::VALUE), of(member::RAW)) {
            (Some(json), _) => Some(LossValue::Json(text(json))),
            (None, Some(raw)) => Some(LossValue::Raw(serde_json::from_slice(raw).unwrap_or_default())),
            (None, None) => None,
        };
        Loss {
            code: entry.code,
            severity: entry.severity,
            path: self.path(entry).map(|path| text(&path)),
            // What was read from a losses file has no place in the payload.
            span: match entry.place {
                Place::Path(_) => 0..0,
                Place::Node(_) | Place::Under(..) => self.source.span(entry.at),
            },
            value,
            error: entry.why.map(|why| self.error(why)),
        }
    }
}

/// The name of a path, up to the text.
const PATH: Piece<16> = Piece::of(&["\"", member::PATH, "\":\""]);
/// The name of a value, up to the colon.
const VALUE: Piece<16> = Piece::of(&["\"", member::VALUE, "\""]);

/// By code and severity, how the object of a loss begins: its code and its severity.
static HEADS: [[Piece<64>; 2]; Code::ALL.len()] = {
    let mut heads = [[Piece::of(&[]); 2]; Code::ALL.len()];
    let mut n = 0;
    while n < Code::ALL.len() {
        {
            let code = Code::ALL[n];
            assert!(code as usize == n, "all codes, in their order");
            heads[n] = [head(code, Severity::Data), head(code, Severity::Note)];
        }
        n += 1;
    }
    heads
};

const fn head(code: Code, severity: Severity) -> Piece<64> {
    Piece::of(&[
        "{\"",
        member::CODE,
        "\":\"",
        code.name(),
        "\",\"",
        member::SEVERITY,
        "\":\"",
        severity.name(),
        "\"",
    ])
}

/// By kind, what stands in a list of records between a key and a digest: the name of its type in v2.
static KINDS: LazyLock<[Piece<32>; Kind::ALL.len()]> = LazyLock::new(|| {
    let name = |kind| table::row(v2_kind(kind)).name.anywhere(Format::V2);
    Kind::ALL.map(|kind| Piece::of(&["\"", name(kind), "\",\""]))
});

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Writes a text as `value`, or as `raw` where it is not UTF-8.
pub(crate) fn write_text(text: &[u8], out: &mut Writer) {
    if std::str::from_utf8(text).is_ok() {
        member::next(member::VALUE, out);
        json::string(text, out);
    } else {
        member::next(member::RAW, out);
        out.push(b'"');
        raw(text, out);
        out.push(b'"');
    }
}

/// Percent-encodes a text; a space too, so that what decodes it need not know a form. No JSON escape is left to do.
fn raw(text: &[u8], out: &mut Writer) {
    let mut encoded = Vec::new();
    form::encode_with(text, b"%20", &mut encoded);
    out.extend(&encoded);
}

/// Writes lists of texts of which one is not UTF-8, as a form.
fn write_raw_lists(rows: &[Vec<Vec<u8>>], out: &mut Writer) {
    member::next(member::RAW, out);
    out.push(b'"');
    for (n, row) in rows.iter().enumerate() {
        for (m, text) in row.iter().enumerate() {
            let mark = if n.saturating_add(m) > 0 { "&" } else { "" };
            out.extend(format!("{mark}{}[{n}][{m}]=", member::VALUE).as_bytes());
            raw(text, out);
        }
    }
    out.push(b'"');
}

/// Writes an error as an object: code, path, message.
pub(crate) fn write_error(error: &Error, out: &mut Writer) {
    member::first(member::CODE, out);
    json::plain_string(error.kind().name().as_bytes(), out);
    if !error.path().is_empty() {
        member::next(member::PATH, out);
        json::string(error.path().as_bytes(), out);
    }
    member::next(member::MESSAGE, out);
    json::string(error.message().as_bytes(), out);
    out.push(b'}');
}
