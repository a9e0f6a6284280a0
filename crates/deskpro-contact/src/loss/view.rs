//! Losses as they are read: objects of a losses file, and values for a caller.

use std::borrow::Cow;
use std::ops::Range;

use super::{Entry, Kept, Loss, LossValue, Place};
use crate::error::{Error, Rejection};
use crate::form::{self, Brackets};
use crate::json;
use crate::record::{Record, digest, v2_kind};
use crate::table::{self, Format};
use crate::tree::{Held, Id, Tree, percent};

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
            Kept::Node(node) if !self.tree.holds_utf8(node) => self.write_raw(node, out),
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
