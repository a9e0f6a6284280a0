//! The v2 target: writes a body directly from records, or restores a body as a tree and puts losses back.

use std::collections::HashSet;
use std::mem;
use std::sync::LazyLock;

use super::notes::note_form;
use super::{NewKeys, pass_fields};
use crate::buffer::{Buffer, MemberName, member_name};
use crate::bytes::integer;
use crate::error::ErrorKind;
use crate::json;
use crate::map::{self, Mode};
use crate::model::table::{self, Format, MOST_FIELDS, envelope, row};
use crate::model::{Contact, Kind};
use crate::passthrough::{self, Passing};
use crate::payload::Payload;
use crate::record::{Record, Value, WrittenKinds};
use crate::reject::Rejection;
use crate::restore::{Grouping, Layout, Matching, Placement, Restorer, SavedLosses};
use crate::sources::form::{Form, is_of_records};
use crate::sources::v2::{in_envelope, is_error_line, is_list_of_bodies};
use crate::tree::{Array, Id, Node, Shape, Text, Tree};

/// Writes a form as a body: the other fields, then the contacts.
pub(crate) fn write(
    payload: &mut Payload,
    form: Form,
    passing: Passing<'_>,
    out: &mut Buffer,
) -> Result<(), Rejection> {
    const CONTACT_DATA: MemberName = member_name(envelope::CONTACT_DATA);
    let records = form.records(payload)?;
    let before = payload.losses.len();
    let kinds = map::records(payload, Format::Legacy, Mode::Convert(Format::V2));
    let has_losses = payload.losses.len() > before;
    let Payload { tree, losses, .. } = payload;
    let mut mark = b'{';
    for field in tree.children(form.root) {
        if is_of_records(tree, field, records) {
            continue;
        }
        if let Some(id) = tree.not_utf8(field) {
            return Err(Rejection::at_node(ErrorKind::NotUtf8, id));
        }
        if passing.passes(tree.name(field)) {
            json::write_member(tree, mem::replace(&mut mark, b','), field, out);
        } else {
            losses.push(passthrough::left_out(tree, field));
        }
    }
    out.piece(mark, &CONTACT_DATA);
    write_lists(tree, &payload.records, kinds, out);
    out.push(b'}');
    note_form(payload, form.root, records, has_losses);
    Ok(())
}

/// Writes a list for each kind, in the order of their first items.
fn write_lists(tree: &Tree, records: &[Record], kinds: WrittenKinds, out: &mut Buffer) {
    let names = &*NAMES;
    let mut written = WrittenKinds::default();
    let mut mark = b'{';
    for (n, record) in records.iter().enumerate() {
        let Some(contact) = &record.written else { continue };
        let kind = contact.kind();
        if written.has(kind) {
            continue;
        }
        written.add(kind);
        let names = &names[kind as usize];
        out.piece(mem::replace(&mut mark, b','), &names.list);
        out.push(b'[');
        write_item(tree, contact, names, out);
        if kinds.has_several(kind) {
            for other in &records[n + 1..] {
                if let Some(item) = &other.written
                    && item.kind() == kind
                {
                    out.push(b',');
                    write_item(tree, item, names, out);
                }
            }
        }
        out.push(b']');
    }
    if mark == b'{' {
        out.push(mark);
    }
    out.push(b'}');
}

/// The names of a kind in v2.
struct Names {
    list: MemberName,
    columns: [MemberName; MOST_FIELDS],
}

static NAMES: LazyLock<[Names; Kind::ALL.len()]> = LazyLock::new(|| {
    Kind::ALL.map(|kind| {
        let mut columns = [MemberName::of(&[]); MOST_FIELDS];
        for (name, column) in columns.iter_mut().zip(row(kind).columns) {
            *name = member_name(column.name.anywhere(Format::V2));
        }
        Names { list: member_name(kind.name()), columns }
    })
});

/// A member of an item: its name, as a position in the table's row of the kind, and its value.
enum Member {
    ContactType(Kind),
    Comment(Text),
    Column(usize, Text),
    Boolean(usize, bool),
}

/// Calls `write` for each member of a contact's item. Items of a flat list name their type.
#[inline]
fn each_member(tree: &Tree, contact: &Contact<Value>, is_flat: bool, mut write: impl FnMut(Member)) {
    if is_flat {
        write(Member::ContactType(contact.kind()));
    }
    if let Some(comment) = contact.comment {
        write(Member::Comment(comment.text));
    }
    let booleans = crate::model::columns::columns(contact.kind()).booleans;
    for (n, value) in contact.values().iter().enumerate() {
        let Some(value) = value else { continue };
        write(match booleans.has(n) {
            true => Member::Boolean(n, table::truth(&tree[value.text])),
            false => Member::Column(n, value.text),
        });
    }
}

fn write_item(tree: &Tree, contact: &Contact<Value>, names: &Names, out: &mut Buffer) {
    const COMMENT: MemberName = member_name(envelope::COMMENT);
    let mut mark = b'{';
    each_member(tree, contact, false, |member| {
        let mark = mem::replace(&mut mark, b',');
        match member {
            Member::ContactType(_) => unreachable!("the list names the type"),
            Member::Comment(text) => {
                out.piece(mark, &COMMENT);
                json::write_text(tree, b"\"", text, b"\"", out);
            }
            Member::Column(n, text) => {
                out.piece(mark, &names.columns[n]);
                json::write_text(tree, b"\"", text, b"\"", out);
            }
            Member::Boolean(n, bool) => {
                out.piece(mark, &names.columns[n]);
                json::write_bool(bool, out);
            }
        }
    });
    out.push(b'}');
}

/// Adds a contact to a list in a tree. Items of a flat list name their type.
pub(crate) fn add_item(
    tree: &mut Tree,
    list: Id,
    key: Text,
    contact: &Contact<Value>,
    is_flat: bool,
    at: u32,
) {
    let item = tree.append(list, key, Node::Array(Array::new(Shape::Object)), at);
    let mut members = Vec::with_capacity(MOST_FIELDS + 2);
    each_member(tree, contact, is_flat, |member| members.push(member));
    let column = |n: usize| row(contact.kind()).columns[n].name.anywhere(Format::V2);
    for member in members {
        let (name, node) = match member {
            Member::ContactType(kind) => (envelope::CONTACT_TYPE, Node::Text(tree.intern_name(kind.name()))),
            Member::Comment(text) => (envelope::COMMENT, Node::Text(text)),
            Member::Column(n, text) => (column(n), Node::Text(text)),
            Member::Boolean(n, bool) => (column(n), Node::Bool(bool)),
        };
        tree.append_named(item, name, node, at);
    }
}

/// Restores, as a tree, the body from which a form was made, and puts its losses back.
pub(crate) fn restore(
    payload: &mut Payload,
    form: Form,
    saved: &SavedLosses,
    matching: Matching,
    passing: Passing<'_>,
) -> Result<Id, Rejection> {
    let layout = &saved.layout;
    let records = form.records(payload)?;
    let target = payload.tree.root(Shape::Object);
    let node = Node::Array(Array::new(layout.shape()));
    let name = payload.tree.intern_name(envelope::CONTACT_DATA);
    let contact_data = payload.tree.new_node(name, node, 0);
    map::records(payload, Format::Legacy, Mode::Restore(Format::V2));
    let matching = matching.find(&payload.tree, &payload.records, Some(layout));
    add_items(payload, contact_data, layout, &matching.known);
    let new_lists = lists(payload, &matching.new);
    pass_fields(payload, form.root, records, target, passing, |payload| {
        let tree = &mut payload.tree;
        // Contact data comes where the form has it. It is attached before losses are put back, so that no loss takes
        // its name.
        if !tree.is_attached(contact_data) && (tree.first(contact_data).is_some() || !new_lists.is_empty()) {
            tree.attach(target, contact_data);
        }
    })?;
    let is_bare =
        layout.grouping == Grouping::Bare && payload.tree.children(target).all(|field| field == contact_data);
    let root = if is_bare { contact_data } else { target };
    let lists = if layout.grouping == Grouping::Grouped { new_lists } else { HashSet::new() };
    let Payload { tree, losses, .. } = payload;
    Restorer { tree, losses, to: Format::V2, root, contact_data, is_single: false, lists }.put(saved);
    add_items(payload, contact_data, layout, &matching.new);
    let root = if is_misread(&payload.tree, root, saved.envelope.is_some()) {
        // An object with `contact_data` is read as a body.
        if !payload.tree.is_attached(contact_data) {
            payload.tree.attach(target, contact_data);
        }
        target
    } else {
        root
    };
    Ok(match &saved.envelope {
        Some(envelope) => restore_envelope(payload, root, envelope),
        None => root,
    })
}

/// Whether a restored body would be read as another kind of line. After an edit, this is possible.
fn is_misread(tree: &Tree, root: Id, has_envelope: bool) -> bool {
    is_list_of_bodies(tree, root)
        || !has_envelope && (in_envelope(tree, root).is_some() || is_error_line(tree, root))
}

/// Makes the envelope of a reply around a body, and puts the losses of the envelope back.
fn restore_envelope(payload: &mut Payload, body: Id, saved: &SavedLosses) -> Id {
    let Payload { tree, losses, .. } = payload;
    let root = tree.root(Shape::Object);
    tree.append_named(root, envelope::DATA, tree.link(body), 0);
    // A stand-in: an envelope has no contact data of its own.
    let contact_data = tree.root(Shape::Object);
    let lists = HashSet::new();
    Restorer { tree, losses, to: Format::V2, root, contact_data, is_single: false, lists }.put(saved);
    root
}

/// Adds records to the contact data of a body that is restored.
fn add_items(payload: &mut Payload, contact_data: Id, layout: &Layout, placements: &[Placement]) {
    let is_grouped = layout.grouping == Grouping::Grouped;
    let mut new_keys = NewKeys::default();
    let Payload { tree, records, .. } = payload;
    for &Placement { record, key } in placements {
        let Record { written: Some(contact), at, .. } = &records[record] else { continue };
        let list = if is_grouped {
            let name = contact.kind().name();
            let list = tree.child(contact_data, name.as_bytes());
            list.unwrap_or_else(|| {
                tree.append_named(contact_data, name, Node::Array(Array::new(Shape::List)), *at)
            })
        } else {
            contact_data
        };
        // An edited losses file may give a key twice, a key that is not UTF-8, or, for a list, one that is not an
        // integer.
        let is_free = |name: &[u8]| {
            let is_key = if is_grouped { std::str::from_utf8(name).is_ok() } else { integer(name).is_some() };
            is_key && tree.child(list, name).is_none()
        };
        let key = key.filter(|key| is_free(&tree[*key])).unwrap_or_else(|| new_keys.next(tree, list));
        add_item(tree, list, key, contact, !is_grouped, *at);
    }
}

/// The names of the lists to which records are added.
fn lists(payload: &Payload, placements: &[Placement]) -> HashSet<&'static str> {
    let written = placements.iter().filter_map(|placement| payload.records[placement.record].written);
    written.map(|contact| contact.kind().name()).collect()
}
