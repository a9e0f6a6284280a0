//! Contact data in structs of other programs, through serde's traits.
//!
//! [`legacy::ContactData`](crate::legacy::ContactData) and [`v2::ContactData`](crate::v2::ContactData) hold the
//! contacts of a payload's `contact_data`, and losses: the data that these contacts do not hold. Reading fills a tree,
//! from which the stages of a conversion continue. Names are those of the table that conversions use.

pub mod legacy;
mod read;
pub mod v2;
mod write;

use crate::loss::{Input, Loss, Severity, View};
use crate::map::{self, Mode, V2Rules};
use crate::model::lookup::FIELD_NAMES;
use crate::model::table::{Format, row};
use crate::model::{Contact, Field};
use crate::payload::Payload;
use crate::phone::EXTENSION_MARK;
use crate::record::{Pair, PairName, Record, Sent, Value};
use crate::tree::{Id, Text, Tree};

/// Contacts, each with the key of its record, and the losses that are data.
struct Contacts {
    contacts: Vec<(String, Contact<String>)>,
    losses: Vec<Loss>,
}

/// Maps the records of a payload, and collects the contacts.
fn collect(payload: &mut Payload, from: Format, mode: Mode) -> Contacts {
    map::records(payload, from, mode, V2Rules::default());
    let view = View::new(payload, Input { payload: b"", format: from, encoding: None });
    let text = |text: Text| String::from_utf8(payload.tree[text].to_vec()).expect("serde gives UTF-8");
    Contacts {
        contacts: (payload.records.iter())
            .filter_map(|record| Some((text(record.key), record.written?.map(|value| text(value.text)))))
            .collect(),
        // Notes are needed only to restore a payload, and a struct is not restored.
        losses: (payload.losses.iter())
            .filter(|loss| loss.severity == Severity::Data)
            .map(|loss| view.loss(loss))
            .collect(),
    }
}

/// Reduces contacts to the values that a format's document has a place for. All other values become losses. The keys
/// are 1, 2, 3 …
fn to_format(contacts: impl IntoIterator<Item = Contact<String>>, to: Format) -> Contacts {
    let mut payload = Payload::default();
    payload.clear();
    for (n, contact) in (1..).zip(contacts) {
        add_contact(&mut payload, n, &contact);
    }
    collect(&mut payload, Format::Legacy, Mode::Convert(to))
}

/// Adds a contact to a payload as a legacy record.
fn add_contact(payload: &mut Payload, n: i64, contact: &Contact<String>) {
    let Payload { tree, records, pairs, .. } = payload;
    let start = pairs.len() as u32;
    let mut add = |tree: &mut Tree, name, text: &str| {
        let text = tree.intern(text.as_bytes());
        pairs.push(Pair { name, value: Value::text(text, 0) });
    };
    let kind = contact.kind();
    add(tree, PairName::Type, row(kind).name.anywhere(Format::Legacy));
    if let Some(comment) = &contact.comment {
        add(tree, PairName::Comment, comment);
    }
    for (column, value) in contact.values().iter().enumerate() {
        let Some(value) = value else { continue };
        match (row(kind).columns[column].field, contact.get(Field::Extension)) {
            // The legacy format has an extension in the number.
            (Field::Extension, _) => {}
            (Field::Number, Some(extension)) => {
                let name = PairName::Field(FIELD_NAMES.of_column(kind, column));
                add(tree, name, &format!("{value}{EXTENSION_MARK}{extension}"));
            }
            _ => add(tree, PairName::Field(FIELD_NAMES.of_column(kind, column)), value),
        }
    }
    let key = tree.number(n);
    let sent = Sent::Pairs { start, end: pairs.len() as u32 };
    records.push(Record { kind: Some(kind), ..Record::new(sent, key, 0) });
}

/// Copies the texts of a contact to a tree.
fn interned(tree: &mut Tree, contact: &Contact<String>) -> Contact<Value> {
    contact.clone().map(|text| Value::text(tree.intern(text.as_bytes()), 0))
}

/// A tree that serde read.
struct ReadTree {
    payload: Payload,
    root: Id,
}
