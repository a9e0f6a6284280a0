//! The v2 target: writes a body directly from records. [`restore`] makes a tree and puts losses back.

mod restore;

use std::mem;
use std::sync::LazyLock;

pub(crate) use self::restore::restore;
use super::notes::note_form;
use super::person::Person;
use crate::buffer::{Buffer, MemberName, member_name};
use crate::error::ErrorKind;
use crate::json;
use crate::map::{self, Mode, V2Rules};
use crate::model::table::{self, Format, MOST_FIELDS, comment_name, envelope, row};
use crate::model::{Contact, Kind};
use crate::passthrough::{self, Passing};
use crate::payload::Payload;
use crate::record::{Record, Value, WrittenKinds};
use crate::reject::Rejection;
use crate::sources::form::{Form, Records, is_of_records};
use crate::tree::{Array, Id, Node, Shape, Text, Tree};

/// Writes a form as a body: the other fields, then the phones, if the profile has them, then the contacts.
pub(crate) fn write(
    payload: &mut Payload,
    form: Form,
    passing: Passing<'_>,
    rules: V2Rules,
    out: &mut Buffer,
) -> Result<(), Rejection> {
    const CONTACT_DATA: MemberName = member_name(envelope::CONTACT_DATA);
    let records = form.records(payload)?;
    let before = payload.losses.len();
    let rules = with_taken_list(rules, &payload.tree, form.root, passing);
    let kinds = map::records(payload, Format::Legacy, Mode::Convert(Format::V2), rules);
    let has_losses = payload.losses.len() > before;
    let mut fields = Fields { mark: b'{', has_gap: false, is_ordered: true };
    let person = Person { root: form.root, from: Format::Legacy, passing, saved: None };
    let person = Some(&person).filter(|_| rules.is_extended());
    fields.write(payload, form.root, records, passing, person, out)?;
    let Payload { tree, records: all, .. } = &*payload;
    if kinds.has(Kind::Phone) {
        write_phones(tree, all, mem::replace(&mut fields.mark, b','), out);
    }
    out.piece(fields.mark, &CONTACT_DATA);
    write_lists(tree, all, kinds, out);
    out.push(b'}');
    note_form(payload, form.root, records, has_losses, fields.is_ordered);
    Ok(())
}

/// The rules for a form. They depend on whether the form passes on a field with the name of the list of phones.
fn with_taken_list(rules: V2Rules, tree: &Tree, root: Id, passing: Passing<'_>) -> V2Rules {
    let name = envelope::PHONE_NUMBERS.as_bytes();
    let is_list_taken = rules.is_extended() && tree.child(root, name).is_some() && passing.passes(name);
    V2Rules { is_list_taken, ..rules }
}

/// Writes the other fields of a form.
struct Fields {
    /// The byte before the next member.
    mark: u8,
    /// Whether a field was not written.
    has_gap: bool,
    /// Whether each field that was not written comes after all that were. Restoring puts such fields back in that
    /// order.
    is_ordered: bool,
}

impl Fields {
    /// Writes the fields, in the extended profile under the names that `person` gives.
    fn write(
        &mut self,
        payload: &mut Payload,
        root: Id,
        records: Records,
        passing: Passing<'_>,
        person: Option<&Person<'_>>,
        out: &mut Buffer,
    ) -> Result<(), Rejection> {
        let Payload { tree, losses, .. } = payload;
        let mut next = tree.first(root);
        while let Some(field) = next {
            next = tree.after(field);
            if is_of_records(tree, field, records) {
                continue;
            }
            if let Some(id) = tree.not_utf8(field) {
                return Err(Rejection::at_node(ErrorKind::NotUtf8, id));
            }
            let member = match person {
                _ if !passing.passes(tree.name(field)) => {
                    losses.push(passthrough::left_out(tree, field));
                    None
                }
                Some(person) => person.to_v2(tree, losses, field),
                None => Some(field),
            };
            match member {
                Some(member) => {
                    self.is_ordered &= !self.has_gap;
                    json::write_member(tree, mem::replace(&mut self.mark, b','), member, out);
                }
                None => self.has_gap = true,
            }
        }
        Ok(())
    }
}

/// Whether a record is written to the list of phones.
fn is_written_phone(record: &Record) -> bool {
    record.written.is_some_and(|contact| contact.kind() == Kind::Phone)
}

/// Writes a byte (`mark`) and the list of phones.
fn write_phones(tree: &Tree, records: &[Record], mark: u8, out: &mut Buffer) {
    let names = &NAMES[Kind::Phone as usize];
    out.piece(mark, &names.list);
    let mut mark = b'[';
    for phone in records.iter().filter(|record| is_written_phone(record)) {
        out.push(mem::replace(&mut mark, b','));
        write_item(tree, phone.written.as_ref().expect("a written phone"), names, out);
    }
    out.push(b']');
}

/// Writes a list for each kind in `contact_data`, in the order of their first items.
fn write_lists(tree: &Tree, records: &[Record], kinds: WrittenKinds, out: &mut Buffer) {
    let mut written = WrittenKinds::default();
    // Phones are in a list of their own.
    written.add(Kind::Phone);
    let mut mark = b'{';
    for (n, record) in records.iter().enumerate() {
        let Some(contact) = &record.written else { continue };
        let kind = contact.kind();
        if written.has(kind) {
            continue;
        }
        written.add(kind);
        write_list(tree, &records[n..], kinds, mem::replace(&mut mark, b','), out);
    }
    if mark == b'{' {
        out.push(mark);
    }
    out.push(b'}');
}

/// Writes a byte (`mark`) and the list of the items of the first record's kind.
fn write_list(tree: &Tree, records: &[Record], kinds: WrittenKinds, mark: u8, out: &mut Buffer) {
    let contact = records[0].written.as_ref().expect("the first record is written");
    let kind = contact.kind();
    let names = &NAMES[kind as usize];
    out.piece(mark, &names.list);
    out.push(b'[');
    write_item(tree, contact, names, out);
    if kinds.has_several(kind) {
        for other in &records[1..] {
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

/// The names of a kind in v2.
struct Names {
    list: MemberName,
    comment: MemberName,
    columns: [MemberName; MOST_FIELDS],
}

static NAMES: LazyLock<[Names; Kind::ALL.len()]> = LazyLock::new(|| {
    Kind::ALL.map(|kind| {
        let mut columns = [MemberName::of(&[]); MOST_FIELDS];
        for (name, column) in columns.iter_mut().zip(row(kind).columns) {
            *name = member_name(column.name.anywhere(Format::V2));
        }
        let row = row(kind);
        let list = member_name(row.extended.map_or(kind.name(), |list| list.name));
        Names { list, comment: member_name(comment_name(kind, Format::V2)), columns }
    })
});

/// A member of an item: its name, as a position in the table's row of the kind, and its value.
enum Member {
    ContactType(Kind),
    Comment(Text),
    Column(usize, Text),
    Boolean(usize, bool),
}

/// The shape of an item, by the list that holds it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum ItemShape {
    /// In a list whose name is the type.
    Grouped,
    /// In one list with items of all types: it has its type.
    Flat,
    /// In a list at the top of the body: its comment has another name and place.
    TopList,
}

/// Calls `write` for each member of a contact's item.
#[inline]
fn each_member(tree: &Tree, contact: &Contact<Value>, shape: ItemShape, mut write: impl FnMut(Member)) {
    let kind = contact.kind();
    match shape {
        ItemShape::Grouped => {}
        ItemShape::Flat => write(Member::ContactType(kind)),
        ItemShape::TopList => return each_member_of_top_list(contact, &mut write),
    }
    if let Some(comment) = contact.comment {
        write(Member::Comment(comment.text));
    }
    let booleans = crate::model::columns::columns(kind).booleans;
    for (n, value) in contact.values().iter().enumerate() {
        let Some(value) = value else { continue };
        write(match booleans.has(n) {
            true => Member::Boolean(n, table::truth(&tree[value.text])),
            false => Member::Column(n, value.text),
        });
    }
}

/// [`each_member`] for an item of a list at the top of the body. It has no booleans.
#[inline(never)]
fn each_member_of_top_list(contact: &Contact<Value>, write: &mut dyn FnMut(Member)) {
    let list = row(contact.kind()).extended.expect("only its kinds are in the list");
    for (n, value) in contact.values().iter().enumerate() {
        if n == list.before_comment
            && let Some(comment) = contact.comment
        {
            write(Member::Comment(comment.text));
        }
        if let Some(value) = value {
            write(Member::Column(n, value.text));
        }
    }
}

fn write_item(tree: &Tree, contact: &Contact<Value>, names: &Names, out: &mut Buffer) {
    let mut mark = b'{';
    let shape = if contact.kind() == Kind::Phone { ItemShape::TopList } else { ItemShape::Grouped };
    each_member(tree, contact, shape, |member| {
        let mark = mem::replace(&mut mark, b',');
        match member {
            Member::ContactType(_) => unreachable!("the list names the type"),
            Member::Comment(text) => {
                out.piece(mark, &names.comment);
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

/// Adds a contact to a list in a tree.
pub(crate) fn add_item(
    tree: &mut Tree,
    list: Id,
    key: Text,
    contact: &Contact<Value>,
    shape: ItemShape,
    at: u32,
) {
    let item = tree.append(list, key, Node::Array(Array::new(Shape::Object)), at);
    let mut members = Vec::with_capacity(MOST_FIELDS + 2);
    each_member(tree, contact, shape, |member| members.push(member));
    let comment = match shape {
        ItemShape::TopList => comment_name(contact.kind(), Format::V2),
        ItemShape::Grouped | ItemShape::Flat => envelope::COMMENT,
    };
    let column = |n: usize| row(contact.kind()).columns[n].name.anywhere(Format::V2);
    for member in members {
        let (name, node) = match member {
            Member::ContactType(kind) => (envelope::CONTACT_TYPE, Node::Text(tree.intern_name(kind.name()))),
            Member::Comment(text) => (comment, Node::Text(text)),
            Member::Column(n, text) => (column(n), Node::Text(text)),
            Member::Boolean(n, bool) => (column(n), Node::Bool(bool)),
        };
        tree.append_named(item, name, node, at);
    }
}
