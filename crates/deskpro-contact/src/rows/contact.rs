//! Writes rows of contact data as records. The table of differences has the number of each field's column.

use super::build::{PayloadWriter, Row};
use super::loss::{self, RowPlace};
use super::table::Table;
use crate::form;
use crate::loss::{Code, Severity};
use crate::model::Field;
use crate::model::lookup::type_of;
use crate::model::table::{self, Format, database, envelope};

/// The number of slots of contacts: type, comment, and the numbered columns.
const SLOTS: usize = 2 + database::LAST_STORED as usize;

/// The values of a row by the numbers of their columns.
#[derive(Clone, Copy)]
struct Stored<'s, 'r>(&'s [&'r [u8]; SLOTS]);

impl<'r> Stored<'_, 'r> {
    fn value(self, number: u8) -> &'r [u8] {
        self.0[Table::COMMENT + usize::from(number)]
    }

    /// The numbers of the columns that have a value.
    fn numbers(self) -> impl Iterator<Item = u8> {
        (1..=database::LAST_STORED).filter(move |number| !self.value(*number).is_empty())
    }

    /// The value of a field of a kind.
    fn field(self, row: &table::Row, field: Field) -> &'r [u8] {
        let column = row.columns.iter().find(|column| column.field == field);
        column.and_then(|column| column.stored).map_or(b"", |number| self.value(number))
    }
}

impl PayloadWriter<'_> {
    /// Writes a row of contact data as a record: type, comment, and the fields in the order of the table of
    /// differences. A record of an unknown type gets all columns as fields, so that the loss of the rejected record
    /// holds them.
    pub(super) fn contact(&mut self, mut row: Row<'_>) {
        let place = self.place(&row);
        self.remember(&place, row.line);
        let key = place.key();
        let slots: [&[u8]; SLOTS] = row.take_slots();
        let stored = Stored(&slots);
        let named = [(envelope::TYPE, Table::TYPE), (envelope::COMMENT, Table::COMMENT)];
        let before = self.len();
        for (name, slot) in named {
            if !slots[slot].is_empty() {
                let value = self.text(slots[slot]);
                self.record_pair(&key, &[name.as_bytes()], &value);
            }
        }
        match type_of(Format::Legacy, slots[Table::TYPE]) {
            Ok(of) => self.known(&place, &key, table::row(of.kind), stored, row),
            Err(_) => self.unknown(&place, &key, stored, row),
        }
        if self.len() == before {
            self.lose(Code::SourceEmpty, Severity::Note, place.path(&[]), loss::object(&[]), row.line);
        }
    }

    fn known(
        &mut self,
        place: &RowPlace,
        key: &str,
        kind: &table::Row,
        stored: Stored<'_, '_>,
        mut row: Row<'_>,
    ) {
        let data = envelope::DATA.as_bytes();
        for column in kind.columns {
            let value = column.stored.map_or(&b""[..], |number| stored.value(number));
            if !value.is_empty() {
                let value = self.text(value);
                self.record_pair(key, &[data, column.name.anywhere(Format::Legacy).as_bytes()], &value);
            }
        }
        let is_field = |number| kind.columns.iter().any(|column| column.stored == Some(number));
        for number in stored.numbers().filter(|number| !is_field(*number)) {
            let value = stored.value(number);
            let derived = kind.derived.iter().find(|(own, _)| *own == number);
            let [code, digits] = [Field::CallingCode, Field::Number].map(|field| stored.field(kind, field));
            let (code, severity) = match derived {
                Some((_, derived)) if derived.repeats(code, digits, value) => {
                    (Code::SourceRepeated, Severity::Note)
                }
                Some(_) | None => (Code::SourceColumn, Severity::Data),
            };
            self.lose_column(place, numbered(number).as_bytes(), code, severity, value, row.line);
        }
        while let Some((name, value)) = row.next_other() {
            self.lose_column(place, name, Code::SourceColumn, Severity::Data, value, row.line);
        }
    }

    fn unknown(&mut self, place: &RowPlace, key: &str, stored: Stored<'_, '_>, mut row: Row<'_>) {
        let data = envelope::DATA.as_bytes();
        for number in stored.numbers() {
            let value = self.text(stored.value(number));
            self.record_pair(key, &[data, numbered(number).as_bytes()], &value);
        }
        while let Some((name, value)) = row.next_other() {
            if form::is_representable(name, Some(envelope::CONTACT_DATA.as_bytes())) {
                let value = self.text(value);
                self.record_pair(key, &[data, name], &value);
            } else {
                self.lose_column(place, name, Code::SourceColumn, Severity::Data, value, row.line);
            }
        }
    }
}

/// The name of a numbered column.
fn numbered(number: u8) -> String {
    format!("{}{number}", envelope::STORED)
}
