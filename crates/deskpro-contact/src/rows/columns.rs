//! Reads the values of a row, and writes its compact form and its key.

use super::compact::CompactWriter;
use super::error::{Error, ErrorKind};
use super::key::Key;
use super::owner::Owner;
use super::table::{Role, Table};
use crate::dump::Value;
use crate::error::shorten;
use crate::loss::closest;
use crate::model::table::database;

/// The id that names no owner.
const NO_OWNER: u64 = 0;

/// Reads the rows of one table. [`Plan::columns`](super::Plan::columns) makes it from the names of the table's columns.
#[derive(Clone, Debug)]
pub struct Columns {
    table: u16,
    table_name: String,
    /// The number of columns of the table.
    count: usize,
    id: Option<usize>,
    owner: OwnerColumn,
    /// The column with the row's other owner, if the table has one.
    other_owner: Option<usize>,
    /// The column of each slot.
    slots: Vec<Option<usize>>,
    /// All other columns, by name, also that of the other owner. A payload has no place for their values.
    others: Vec<(String, usize)>,
    /// Whether the table is read only for [`database::PRIMARY_EMAIL`], so that rows without a value there are not
    /// needed.
    is_for_primary_alone: bool,
}

/// The column that names the owner.
#[derive(Clone, Debug)]
struct OwnerColumn {
    name: &'static str,
    /// `None` if the table has only rows of the other owner.
    position: Option<usize>,
}

impl Columns {
    /// Finds the columns of `table`, which has this position in [`Plan::tables`](super::Plan::tables).
    pub(super) fn new(
        table: &Table,
        position: usize,
        owner: Owner,
        is_for_primary_alone: bool,
        names: &[impl AsRef<str>],
    ) -> Result<Self, Error> {
        let names: Vec<&str> = names.iter().map(AsRef::as_ref).collect();
        for (index, name) in names.iter().enumerate() {
            if names[..index].iter().any(|other| other.eq_ignore_ascii_case(name)) {
                let error = Error::new(ErrorKind::ColumnTwice, "each column once", "it twice");
                return Err(error.in_table(&table.name).in_column(name));
            }
        }
        let find = |column: &str| names.iter().position(|name| name.eq_ignore_ascii_case(column));
        let need = |column: &str| find(column).ok_or_else(|| missing(table, column, &names));
        let id = if table.needs_id() { Some(need(database::ID)?) } else { find(database::ID) };
        let owner_id = owner.tables().owner_id;
        let (owner, other_owner) = if table.is_owners {
            (OwnerColumn { name: database::ID, position: id }, None)
        } else {
            let other = find(owner.other().tables().owner_id);
            let is_shared = table.role == Role::Phones;
            let position = if is_shared && other.is_some() { find(owner_id) } else { Some(need(owner_id)?) };
            (OwnerColumn { name: owner_id, position }, other.filter(|_| is_shared))
        };
        let slots: Vec<Option<usize>> = table
            .slots
            .iter()
            .map(|slot| if slot.is_required { need(&slot.column).map(Some) } else { Ok(find(&slot.column)) })
            .collect::<Result<_, Error>>()?;
        let is_other =
            |index: &usize| ![id, owner.position].contains(&Some(*index)) && !slots.contains(&Some(*index));
        let mut others: Vec<(String, usize)> = match table.role {
            Role::Fields => Vec::new(),
            Role::Contacts | Role::Phones => {
                (0..names.len()).filter(is_other).map(|index| (names[index].to_owned(), index)).collect()
            }
        };
        others.sort();
        Ok(Self {
            table: u16::try_from(position).expect("fewer tables than options of a command"),
            table_name: table.name.clone(),
            count: names.len(),
            id,
            owner,
            other_owner,
            is_for_primary_alone,
            slots,
            others,
        })
    }

    /// The position of the table in [`Plan::tables`](super::Plan::tables).
    #[must_use]
    pub fn table(&self) -> usize {
        usize::from(self.table)
    }

    /// Reads the values of a row, which are in the order of the columns. Appends the row's compact form to `out`, for
    /// [`Builder::payload`](super::Builder::payload), and returns the row's key. `line` is the line of the dump or file
    /// on which the row begins, for messages. The id 0 names no owner.
    ///
    /// Returns `None` and appends nothing if the row has no value that is needed, or if it belongs to an owner of the
    /// other kind: `phone_numbers` has rows of people and of organizations.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::ValueCount`] if there are more or fewer values than columns; [`ErrorKind::NotAnId`] if the id of
    /// the row or of its owner is not a decimal number of at most 64 bits, or if the table has ids and this row has
    /// none. A hexadecimal or bit literal is not an id, either, because MariaDB reads `0x37` as 55, but `x'37'` as 7.
    pub fn read<'v>(
        &self,
        values: impl IntoIterator<Item = impl Into<Value<'v>>>,
        line: u64,
        out: &mut Vec<u8>,
    ) -> Result<Option<Key>, Error> {
        let values: Vec<Value<'_>> = values.into_iter().map(Into::into).collect();
        if values.len() != self.count {
            let [expected, found] = [self.count, values.len()].map(|count| format!("{count} values"));
            return Err(Error::new(ErrorKind::ValueCount, expected, found)
                .at_line(line)
                .in_table(&self.table_name));
        }
        let value = |index: Option<usize>| values[index?].bytes().filter(|value| !value.is_empty());
        let number = |index: Option<usize>, column: &str| match index.map(|index| values[index]) {
            Some(Value::Binary { .. }) => Err(self.not_an_id("a hexadecimal or bit literal", column, line)),
            Some(Value::Null | Value::Number(_) | Value::Text { .. }) | None => {
                value(index).map(|value| self.number(value, column, line)).transpose()
            }
        };
        let owner = number(self.owner.position, self.owner.name)?.filter(|owner| *owner != NO_OWNER);
        let other_owner = value(self.other_owner).filter(|other| *other != NO_OWNER.to_string().as_bytes());
        if owner.is_none() && (self.owner.position.is_none() || other_owner.is_some()) {
            return Ok(None);
        }
        let id = number(self.id, database::ID)?;
        if self.id.is_some() && id.is_none() {
            return Err(self.not_an_id("nothing", database::ID, line));
        }
        if self.is_for_primary_alone && self.slots.iter().all(|slot| value(*slot).is_none()) {
            return Ok(None);
        }
        let mut writer = CompactWriter(out);
        writer.number(line);
        writer.number(u64::from(self.table));
        writer.optional(owner);
        writer.optional(id);
        for slot in &self.slots {
            writer.text(value(*slot).unwrap_or(b""));
        }
        for (name, index) in &self.others {
            let is_other_owner = self.other_owner == Some(*index);
            if let Some(value) = if is_other_owner { other_owner } else { value(Some(*index)) } {
                writer.text(name.as_bytes());
                writer.text(value);
            }
        }
        Ok(Some(Key {
            has_no_owner: owner.is_none(),
            owner_id: owner.unwrap_or(0),
            table: self.table,
            row_id: id.unwrap_or(line),
            has_id: id.is_some(),
        }))
    }

    fn number(&self, value: &[u8], column: &str, line: u64) -> Result<u64, Error> {
        let digits = value.iter().all(u8::is_ascii_digit).then_some(value);
        let number = digits.and_then(|digits| std::str::from_utf8(digits).ok()?.parse().ok());
        number.ok_or_else(|| self.not_an_id(&format!("\"{}\"", shorten(value)), column, line))
    }

    fn not_an_id(&self, found: &str, column: &str, line: u64) -> Error {
        let error = Error::new(ErrorKind::NotAnId, "a number of at most 64 bits", found);
        error.at_line(line).in_table(&self.table_name).in_column(column)
    }
}

fn missing(table: &Table, column: &str, names: &[&str]) -> Error {
    let found = match closest(column.as_bytes(), names) {
        Some(name) => format!("none (did you mean `{name}`?)"),
        None => format!(
            "only {}",
            names.iter().map(|name| shorten(name.as_bytes())).collect::<Vec<_>>().join(", ")
        ),
    };
    Error::new(ErrorKind::MissingColumn, "a column of this name", found)
        .in_table(&table.name)
        .in_column(column)
}
