//! Builds a payload from the compact rows of an owner, with its losses and the lines of its rows.

use std::borrow::Cow;

use super::compact::CompactReader;
use super::error::{Error, ErrorKind};
use super::loss::{self, RowPlace};
use super::plan::Plan;
use super::table::{Role, Table};
use crate::bytes::path_names;
use crate::encoding::Encoding;
use crate::error::ErrorKind as RejectionKind;
use crate::form;
use crate::loss::{Code, Loss, Severity};
use crate::model::table::{database, envelope};
use crate::phone::EXTENSION_MARK;

/// Builds payloads from rows. The module [`rows`](super) has an example.
#[derive(Clone, Debug)]
pub struct Builder {
    plan: Plan,
}

/// The losses of a payload that [`Builder::payload`] built, and the lines of its rows.
#[derive(Clone, PartialEq, Eq, Debug)]
#[must_use = "the losses are part of the result"]
pub struct Built {
    losses: Vec<Loss>,
    rejection: Option<crate::Error>,
    /// The places of rows in the payload, and their lines.
    lines: Vec<(RowPlace, u64)>,
}

impl Built {
    /// The losses of the rows: the values that the payload does not hold. Each has a
    /// [`source_line`](Loss::source_line). [`Conversion::with_builder_losses`](crate::Conversion::with_builder_losses)
    /// takes these losses.
    #[must_use]
    pub fn losses(&self) -> &[Loss] {
        &self.losses
    }

    /// The reason why the payload must not be converted: [`RowWithoutPerson`](crate::ErrorKind::RowWithoutPerson).
    /// `None` if the payload may be converted. Check it before you convert: [`to_v2`](crate::to_v2) would convert the
    /// payload, which does not show the reason.
    #[must_use]
    pub fn rejection(&self) -> Option<&crate::Error> {
        self.rejection.as_ref()
    }

    /// The line of the dump or file on which a row begins, for messages about the payload: the row of the record or the
    /// field to which `path` leads. For other paths, the payload's first row.
    #[must_use]
    pub fn line_at(&self, path: &str) -> u64 {
        let names = path_names(path.as_bytes());
        let found = self.lines.iter().find(|(place, _)| place.is_at(&names)).or(self.lines.first());
        found.expect("a payload has a row").1
    }
}

/// A row, read from its compact form.
#[derive(Clone, Copy, Debug)]
pub(super) struct Row<'r> {
    pub(super) line: u64,
    table: usize,
    owner_id: Option<u64>,
    id: Option<u64>,
    /// The values of the slots, and then the further columns.
    values: CompactReader<'r>,
    /// The row without its line. Rows with the same content are equal.
    content: &'r [u8],
}

impl<'r> Row<'r> {
    fn read(bytes: &'r [u8]) -> Self {
        let mut reader = CompactReader(bytes);
        let line = reader.number();
        let content = reader.0;
        let table = usize::try_from(reader.number()).expect("a position in the plan");
        let (owner_id, id) = (reader.optional(), reader.optional());
        Self { line, table, owner_id, id, values: reader, content }
    }

    /// The value of a slot; empty if there is none.
    fn slot(&self, slot: usize) -> &'r [u8] {
        let mut values = self.values;
        for _ in 0..slot {
            values.text();
        }
        values.text()
    }

    /// The values of all slots. Removes them from the row, so that the further columns are next.
    pub(super) fn take_slots<const N: usize>(&mut self) -> [&'r [u8]; N] {
        std::array::from_fn(|_| self.values.text())
    }

    /// The next further column: its name and its value.
    pub(super) fn next_other(&mut self) -> Option<(&'r [u8], &'r [u8])> {
        (!self.values.is_empty()).then(|| (self.values.text(), self.values.text()))
    }
}

impl Builder {
    /// Makes a builder of payloads for the rows of a plan.
    #[must_use]
    pub fn new(plan: &Plan) -> Self {
        Self { plan: plan.clone() }
    }

    /// Replaces the content of `out` with the payload of one owner. `rows` are all compact rows of the owner in the
    /// order of their keys, or one row without an owner.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::RowTwice`] if two rows of a table have the same id and different values.
    ///
    /// # Panics
    ///
    /// If there is no row, or if a row does not come from [`Columns::read`](super::Columns::read) of this plan.
    pub fn payload<'r>(
        &mut self,
        rows: impl IntoIterator<Item = &'r [u8]>,
        out: &mut Vec<u8>,
    ) -> Result<Built, Error> {
        out.clear();
        let built = Built { losses: Vec::new(), rejection: None, lines: Vec::new() };
        let mut writer = PayloadWriter { plan: &self.plan, out, built };
        let (mut fields, mut has_fields) = (Vec::new(), false);
        let mut previous: Option<Row<'_>> = None;
        for bytes in rows {
            let row = Row::read(bytes);
            match previous.replace(row) {
                None => writer.owner(&row),
                Some(before) => {
                    if (before.table, before.id) == (row.table, row.id) && row.id.is_some() {
                        writer.twice(&before, row)?;
                        continue;
                    }
                }
            }
            match self.plan.tables[row.table].role {
                Role::Fields => fields.push(row),
                role @ (Role::Contacts | Role::Phones) => {
                    if !std::mem::replace(&mut has_fields, true) {
                        writer.fields(&fields);
                    }
                    match role {
                        Role::Contacts => writer.contact(row),
                        Role::Phones => writer.phone(row),
                        Role::Fields => unreachable!("not a record"),
                    }
                }
            }
        }
        if !has_fields {
            writer.fields(&fields);
        }
        assert!(previous.is_some(), "a payload has a row");
        Ok(writer.built)
    }
}

/// Writes one payload.
pub(super) struct PayloadWriter<'w> {
    plan: &'w Plan,
    out: &'w mut Vec<u8>,
    built: Built,
}

impl PayloadWriter<'_> {
    /// Writes the id of the owner, or rejects a row that has none.
    fn owner(&mut self, row: &Row<'_>) {
        match row.owner_id {
            Some(id) => self.pair(&[envelope::ID.as_bytes()], id.to_string().as_bytes()),
            None => {
                let names = self.plan.owner.tables();
                let path = self.place(row).path(&[]);
                let expected = format!("an id other than 0 in {}", names.owner_id);
                let kind = RejectionKind::RowWithoutPerson;
                self.built.rejection = Some(crate::Error::new(kind, path, 0..0, expected, "none"));
            }
        }
    }

    /// Writes the fields that other tables give.
    fn fields(&mut self, rows: &[Row<'_>]) {
        let first_email = self.plan.primary.and_then(|(table, slot)| {
            let people = rows.iter().find(|row| row.table == table)?;
            std::str::from_utf8(people.slot(slot)).ok()?.parse::<u64>().ok()
        });
        for row in rows {
            let place = self.place(row);
            self.built.lines.push((place, row.line));
        }
        for field in &self.plan.fields {
            let name = field.added.field();
            let has_value = |row: &&Row<'_>| row.table == field.table && !row.slot(field.slot).is_empty();
            if field.added.is_list() {
                for (n, row) in rows.iter().filter(has_value).enumerate() {
                    let value = self.text(row.slot(field.slot));
                    self.pair(&[name.as_bytes(), n.to_string().as_bytes()], &value);
                }
                continue;
            }
            let is_emails = self.plan.tables[field.table].is_emails(self.plan.owner);
            let first = first_email.filter(|_| is_emails);
            let named = rows.iter().filter(has_value).find(|row| first.is_some() && row.id == first);
            let Some(chosen) = named.or_else(|| rows.iter().find(has_value)) else { continue };
            let value = self.text(chosen.slot(field.slot));
            self.pair(&[name.as_bytes()], &value);
            // The line of the chosen row stands for the field.
            self.built.lines.insert(0, (RowPlace::Field(name.to_owned()), chosen.line));
            for row in rows.iter().filter(has_value).filter(|row| !std::ptr::eq(*row, chosen)) {
                let place = RowPlace::Field(name.to_owned());
                let value = loss::value(&self.text(row.slot(field.slot)));
                self.lose(Code::SourceValue, Severity::Data, place.path(&[]), value, row.line);
            }
        }
    }

    /// Handles a row with the id of the row before it: a loss if both rows are equal, otherwise an error.
    fn twice(&mut self, before: &Row<'_>, mut row: Row<'_>) -> Result<(), Error> {
        let table = &self.plan.tables[row.table];
        if before.content != row.content {
            let id = row.id.expect("a row without an id is never the second");
            let expected = format!("one row with the id {id}");
            let found = format!("a second one with other values than the row on line {}", before.line);
            let error = Error::new(ErrorKind::RowTwice, expected, found).at_line(row.line);
            return Err(error.in_table(&table.name).in_column(database::ID));
        }
        let path = self.place(&row).path(&[]);
        let mut members: Vec<(Vec<u8>, Vec<u8>)> = Vec::new();
        for slot in &table.slots {
            let value = row.values.text();
            if !value.is_empty() {
                members.push((slot.column.clone().into_bytes(), self.text(value).into_owned()));
            }
        }
        while let Some((name, value)) = row.next_other() {
            members.push((name.to_vec(), self.text(value).into_owned()));
        }
        self.lose(Code::SourceRow, Severity::Data, path, loss::object(&members), row.line);
        Ok(())
    }

    /// Writes a row of `phone_numbers` as a record.
    fn phone(&mut self, mut row: Row<'_>) {
        let place = self.place(&row);
        self.built.lines.push((place.clone(), row.line));
        let key = place.key();
        let slots: [&[u8]; 3] = row.take_slots();
        let [number, extension, comment] =
            [Table::NUMBER, Table::EXTENSION, Table::PHONE_COMMENT].map(|slot| slots[slot]);
        let mut digits = self.text(number).into_owned();
        if !extension.is_empty() {
            digits.extend_from_slice(EXTENSION_MARK.as_bytes());
            digits.extend_from_slice(&self.text(extension));
        }
        let comment = self.text(comment);
        self.record_pair(&key, &[envelope::TYPE.as_bytes()], crate::Kind::Phone.name().as_bytes());
        if !comment.is_empty() {
            self.record_pair(&key, &[envelope::COMMENT.as_bytes()], &comment);
        }
        if !digits.is_empty() {
            let name = crate::Field::Number.name();
            self.record_pair(&key, &[envelope::DATA.as_bytes(), name.as_bytes()], &digits);
        }
        while let Some((name, value)) = row.next_other() {
            self.lose_column(&place, name, Code::SourceColumn, Severity::Data, value, row.line);
        }
    }

    /// The place of a row in the payload. For a row that gives fields, it is the place of the first of them.
    pub(super) fn place(&self, row: &Row<'_>) -> RowPlace {
        match (self.plan.tables[row.table].role, row.id) {
            (Role::Contacts, Some(id)) => RowPlace::Contact(id),
            (Role::Phones, Some(id)) => RowPlace::Phone(id),
            (Role::Contacts | Role::Phones, None) => unreachable!("these rows have ids"),
            (Role::Fields, _) => {
                let field = self.plan.fields.iter().find(|field| field.table == row.table);
                RowPlace::Field(field.map_or(envelope::ID, |field| field.added.field()).to_owned())
            }
        }
    }

    /// The value in UTF-8, decoded if the plan has an encoding. A value that cannot be decoded stays as it is.
    pub(super) fn text<'t>(&self, value: &'t [u8]) -> Cow<'t, [u8]> {
        let decode = |encoding: Encoding| encoding.decode(value);
        match self.plan.encoding {
            Some(encoding) if std::str::from_utf8(value).is_err() => match decode(encoding) {
                Some(text) => Cow::Owned(text.into_owned().into_bytes()),
                None => Cow::Borrowed(value),
            },
            Some(_) | None => Cow::Borrowed(value),
        }
    }

    /// Remembers the line of a record's row.
    pub(super) fn remember(&mut self, place: &RowPlace, line: u64) {
        self.built.lines.push((place.clone(), line));
    }

    /// The length of the payload so far, and the number of losses.
    pub(super) fn len(&self) -> (usize, usize) {
        (self.out.len(), self.built.losses.len())
    }

    /// Writes a pair of a record.
    pub(super) fn record_pair(&mut self, key: &str, names: &[&[u8]], value: &[u8]) {
        let above = [envelope::CONTACT_DATA.as_bytes(), key.as_bytes()];
        match names {
            [name] => self.pair(&[above[0], above[1], name], value),
            [data, name] => self.pair(&[above[0], above[1], data, name], value),
            _ => unreachable!("a record has fields in data and nothing deeper"),
        }
    }

    /// Writes a pair as `http_build_query` does.
    fn pair(&mut self, names: &[&[u8]], value: &[u8]) {
        if !self.out.is_empty() {
            self.out.push(b'&');
        }
        for (n, name) in names.iter().enumerate() {
            let (open, close): (&[u8], &[u8]) = if n == 0 { (b"", b"") } else { (b"%5B", b"%5D") };
            self.out.extend_from_slice(open);
            form::encode(name, form::Space::Plus, self.out);
            self.out.extend_from_slice(close);
        }
        self.out.push(b'=');
        form::encode(value, form::Space::Plus, self.out);
    }

    /// Adds the loss of a column of a record.
    pub(super) fn lose_column(
        &mut self,
        place: &RowPlace,
        column: &[u8],
        code: Code,
        severity: Severity,
        value: &[u8],
        line: u64,
    ) {
        let value = loss::value(&self.text(value));
        self.lose(code, severity, place.path(column), value, line);
    }

    pub(super) fn lose(
        &mut self,
        code: Code,
        severity: Severity,
        path: String,
        value: crate::LossValue,
        line: u64,
    ) {
        self.built.losses.push(Loss::of_row(code, severity, path, value, line));
    }
}
