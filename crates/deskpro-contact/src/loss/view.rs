//! Losses as they are read: objects of a losses file, and values for a caller.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::LazyLock;

use memchr::memchr2;

use super::{Code, Entry, Kept, Leaf, Loss, LossValue, Place, Severity, member};
use crate::append::{self, Piece};
use crate::digest;
use crate::error::{Error, Rejection};
use crate::form::{self, Brackets};
use crate::json;
use crate::model::{Contact, Kind};
use crate::record::{self, Record, Slot, v2_kind};
use crate::table::{self, Format};
use crate::tree::{Held, Id, Tree};

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
        let head = HEADS.get(entry.code as usize).and_then(|heads| heads.get(entry.severity as usize));
        let Some(head) = head else { return };
        head.append(out);
        self.write_path(entry.place, out);
        if let Some(why) = entry.why {
            member::next(member::ERROR, out);
            write_error(&self.error(why), out);
        }
        self.write_value(entry.value, out);
        out.push(b'}');
    }

    /// Writes the path of a loss behind its name and quote; the payload itself has none.
    fn write_path(&self, place: Place, out: &mut Vec<u8>) {
        match place {
            Place::Path(None) => drop_path(out),
            Place::Path(Some(path)) => {
                json::inside(self.tree.bytes(path), out);
                out.push(b'"');
            }
            Place::Node(node) if !self.tree.parent(node).is_some() => drop_path(out),
            Place::Node(node) | Place::Under(node, _) => {
                let start = out.len();
                self.tree.path(node, self.leaf(place), out);
                if !self.tree.is_plain() {
                    escape(start, out);
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
                let mut path = Vec::new();
                self.tree.path(node, self.leaf(entry.place), &mut path);
                Some(Cow::Owned(path))
            }
        }
    }

    fn write_value(&self, value: Kept, out: &mut Vec<u8>) {
        match value {
            Kept::Nothing => {}
            Kept::Node(node) if !self.tree.holds_utf8(node) => self.write_raw(node, out),
            Kept::Node(node) => {
                out.extend_from_slice(&NEXT_VALUE);
                match self.tree.text(node) {
                    Some(text) => json::write_text(self.tree, text, out),
                    None => json::write(self.tree, node, out),
                }
            }
            Kept::Text(text) if self.tree.is_utf8_text(text) => {
                out.extend_from_slice(&NEXT_VALUE);
                json::write_text(self.tree, text, out);
            }
            Kept::Text(text) => write_text(self.tree.bytes(text), out),
            Kept::Word(word) => write_text(word.as_bytes(), out),
            Kept::Keys(node) => self.write_keys(node, out),
            Kept::Records => self.write_records(out),
        }
    }

    /// Writes the keys of a node's children. They are UTF-8: an order is noted of what could be written.
    fn write_keys(&self, node: Id, out: &mut Vec<u8>) {
        member::next(member::VALUE, out);
        out.push(b'[');
        for (n, child) in self.tree.children(node).enumerate() {
            out.extend_from_slice(if n > 0 { b"," } else { b"" });
            json::string(self.tree.name(child), out);
        }
        out.push(b']');
    }

    /// Writes each record's key, and, of those that were written, the v2 type and a digest.
    fn write_records(&self, out: &mut Vec<u8>) {
        let kind =
            |contact: &Contact<Slot>| table::row(v2_kind(contact.kind)).name.anywhere(Format::V2).as_bytes();
        let key = |record: &Record| self.tree.bytes(record.key);
        if self.records.iter().all(|record| self.tree.is_utf8_text(record.key)) {
            out.extend_from_slice(&NEXT_VALUE);
            let kinds = &*KINDS;
            let mut mark = b'[';
            for record in self.records {
                out.extend_from_slice(&[mark, b'[']);
                mark = b',';
                json::write_text(self.tree, record.key, out);
                if let Some(contact) = &record.written
                    && let Some(kind) = kinds.get(contact.kind as usize)
                {
                    kind.append(out);
                    digest::write(record::digest(self.tree, contact), out);
                    out.push(b'"');
                }
                out.push(b']');
            }
            if mark == b'[' {
                out.push(mark);
            }
            out.push(b']');
            return;
        }
        let mut rows = Vec::new();
        for record in self.records {
            let mut row = vec![key(record).to_vec()];
            if let Some(contact) = &record.written {
                let mut hex = Vec::new();
                digest::write(record::digest(self.tree, contact), &mut hex);
                row.extend([kind(contact).to_vec(), hex]);
            }
            rows.push(row);
        }
        write_raw_lists(&rows, out);
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
                    &mut member::VALUE.as_bytes().to_vec(),
                    Brackets::Plain,
                    usize::MAX,
                    &mut form,
                );
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
        let mut value = Vec::new();
        self.write_value(entry.value, &mut value);
        let of = |name| {
            let mut start = Vec::new();
            member::next(name, &mut start);
            value.strip_prefix(&*start)
        };
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

/// Each code is found by its number below.
const _: () = {
    let mut n = 0;
    while n < Code::ALL.len() {
        #[expect(clippy::indexing_slicing, reason = "at compile time, and below the length")]
        let code = Code::ALL[n];
        assert!(code as usize == n, "all codes, in their order");
        n += 1;
    }
};

/// The name of a path, up to the text.
const NEXT_PATH: [u8; 9] = append::joined(&[",\"", member::PATH, "\":\""]);
/// The name of a value.
const NEXT_VALUE: [u8; 9] = append::joined(&[",\"", member::VALUE, "\":"]);

/// Takes back that there is a path.
fn drop_path(out: &mut Vec<u8>) {
    out.truncate(out.len().saturating_sub(NEXT_PATH.len()));
}

/// By code and severity, how the object of a loss begins: its code, its severity, and what stands before its path.
static HEADS: LazyLock<Vec<[Piece; 2]>> = LazyLock::new(|| {
    let head = |code: Code, severity: Severity| {
        let mut head = Vec::new();
        member::first(member::CODE, &mut head);
        json::plain_string(code.name().as_bytes(), &mut head);
        member::next(member::SEVERITY, &mut head);
        json::plain_string(severity.name().as_bytes(), &mut head);
        head.extend_from_slice(&NEXT_PATH);
        Piece::new(&text(&head))
    };
    Code::ALL
        .iter()
        .map(|&code| [Severity::Data, Severity::Note].map(|severity| head(code, severity)))
        .collect()
});

/// By kind, what stands in a list of records between a key and a digest: the name of its type in v2.
static KINDS: LazyLock<Vec<Piece>> = LazyLock::new(|| {
    let name = |kind| table::row(v2_kind(kind)).name.anywhere(Format::V2);
    Kind::ALL.into_iter().map(|kind| Piece::new(&format!(",\"{}\",\"", name(kind)))).collect()
});

/// Escapes the path that stands at the end of a JSON text. It holds no controls: quotes and backslashes are all that
/// JSON minds.
fn escape(start: usize, out: &mut Vec<u8>) {
    let path = out.get(start..).unwrap_or_default();
    if memchr2(b'"', b'\\', path).is_some() {
        let path = path.to_vec();
        out.truncate(start);
        json::inside(&path, out);
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Writes a text as `value`, or as `raw` where it is not UTF-8.
pub(crate) fn write_text(text: &[u8], out: &mut Vec<u8>) {
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
fn raw(text: &[u8], out: &mut Vec<u8>) {
    form::encode_with(text, b"%20", out);
}

/// Writes lists of texts of which one is not UTF-8, as a form.
fn write_raw_lists(rows: &[Vec<Vec<u8>>], out: &mut Vec<u8>) {
    member::next(member::RAW, out);
    out.push(b'"');
    for (n, row) in rows.iter().enumerate() {
        for (m, text) in row.iter().enumerate() {
            out.extend_from_slice(if n.saturating_add(m) > 0 { b"&" } else { b"" });
            out.extend_from_slice(member::VALUE.as_bytes());
            out.extend_from_slice(format!("[{n}][{m}]=").as_bytes());
            raw(text, out);
        }
    }
    out.push(b'"');
}

/// Writes an error as an object: code, path, message.
pub(crate) fn write_error(error: &Error, out: &mut Vec<u8>) {
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
