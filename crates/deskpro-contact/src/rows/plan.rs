//! Which tables and columns are read, and for what.

use std::fmt;
use std::str::FromStr;

use super::columns::Columns;
use super::error::{Error, ErrorKind};
use crate::encoding::Encoding;
use crate::error::shorten;
use crate::form;
use crate::model::Kind;
use crate::model::table::database::{self, OwnerTables};
use crate::model::table::{envelope, row};
use crate::names::ParseNameError;

/// The kind of owner whose contact data is read.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Owner {
    /// People: `people_contact_data`, by `person_id`.
    People,
    /// Organizations: `organizations_contact_data`, by `organization_id`.
    Organizations,
}

impl Owner {
    /// All owners.
    pub const ALL: [Self; 2] = [Self::People, Self::Organizations];

    /// The name of the owners' own table: `people` or `organizations`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.tables().owners
    }

    pub(super) const fn tables(self) -> &'static OwnerTables {
        match self {
            Self::People => &database::PEOPLE,
            Self::Organizations => &database::ORGANIZATIONS,
        }
    }

    pub(super) const fn other(self) -> Self {
        match self {
            Self::People => Self::Organizations,
            Self::Organizations => Self::People,
        }
    }
}

impl fmt::Display for Owner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Owner {
    type Err = ParseNameError;

    /// Reads a name in the spelling that `name()` returns.
    fn from_str(name: &str) -> Result<Self, ParseNameError> {
        let found = Self::ALL.into_iter().find(|own| own.name() == name);
        let expected = "the owners of contact data: people or organizations";
        found.ok_or_else(|| ParseNameError { expected, found: shorten(name.as_bytes()) })
    }
}

/// A field of each payload whose value comes from a column of another table: of the owners' own table, or of a table
/// with the owners' ids.
///
/// It is parsed from `TABLE.COLUMN`, `TABLE.COLUMN=FIELD` or `TABLE.COLUMN=FIELD[]`. Without `FIELD`, the field has the
/// name of the column. With `[]`, the field takes the values of all rows, otherwise the value of one row.
///
/// ```
/// use deskpro_contact::rows::AddedField;
///
/// let added: AddedField = "people_emails.email=emails[]".parse()?;
/// assert_eq!((added.table(), added.column(), added.field()), ("people_emails", "email", "emails"));
/// assert!(added.is_list());
/// let error = "people.name=contact_data".parse::<AddedField>().unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "expected a field other than id, type, data and contact_data, found \"contact_data\"",
/// );
/// # Ok::<(), deskpro_contact::rows::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AddedField {
    table: String,
    column: String,
    field: String,
    is_list: bool,
}

impl AddedField {
    /// Names that no [`AddedField`] may have, because they have a meaning of their own in a payload.
    const RESERVED: [&'static str; 4] =
        [envelope::ID, envelope::TYPE, envelope::DATA, envelope::CONTACT_DATA];

    /// The table.
    #[must_use]
    pub fn table(&self) -> &str {
        &self.table
    }

    /// The column.
    #[must_use]
    pub fn column(&self) -> &str {
        &self.column
    }

    /// The field of the payload, without `[]`.
    #[must_use]
    pub fn field(&self) -> &str {
        &self.field
    }

    /// Whether the field takes the values of all rows.
    #[must_use]
    pub fn is_list(&self) -> bool {
        self.is_list
    }
}

impl fmt::Display for AddedField {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let brackets = if self.is_list { "[]" } else { "" };
        write!(f, "{}.{}={}{brackets}", self.table, self.column, self.field)
    }
}

impl FromStr for AddedField {
    type Err = Error;

    /// Parses `TABLE.COLUMN`, `TABLE.COLUMN=FIELD` or `TABLE.COLUMN=FIELD[]`. The error is
    /// [`ErrorKind::InvalidAddedField`].
    fn from_str(text: &str) -> Result<Self, Error> {
        let error = |expected: &str, found: &str| {
            Error::new(ErrorKind::InvalidAddedField, expected, format!("\"{}\"", shorten(found.as_bytes())))
        };
        let (source, field) =
            text.split_once('=').map_or((text, None), |(source, field)| (source, Some(field)));
        // The brackets of a list belong to a field, not to a column.
        let is_name = |name: &str| !name.is_empty() && !name.ends_with("[]");
        let parts = source.split_once('.').filter(|(table, column)| is_name(table) && is_name(column));
        let Some((table, column)) = parts else {
            return Err(error("TABLE.COLUMN, TABLE.COLUMN=FIELD or TABLE.COLUMN=FIELD[]", text));
        };
        let field = field.unwrap_or(column);
        let (field, is_list) = field.strip_suffix("[]").map_or((field, false), |field| (field, true));
        if Self::RESERVED.contains(&field) {
            return Err(error("a field other than id, type, data and contact_data", field));
        }
        if !form::is_representable(field.as_bytes(), None) || field.contains(']') {
            return Err(error("a field that a form can name, without brackets, spaces and dots", field));
        }
        Ok(Self { table: table.to_owned(), column: column.to_owned(), field: field.to_owned(), is_list })
    }
}

/// The use of a table's rows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Role {
    /// Fields of the payload.
    Fields,
    /// Records.
    Contacts,
    /// Phones.
    Phones,
}

/// A table that is read.
#[derive(Clone, Debug)]
pub(super) struct Table {
    pub(super) name: String,
    pub(super) role: Role,
    /// The columns whose values have their own positions in a compact row.
    pub(super) slots: Vec<Slot>,
    /// Whether each row is an owner, so that its id is the owner's.
    pub(super) is_owners: bool,
}

#[derive(Clone, Debug)]
pub(super) struct Slot {
    pub(super) column: String,
    /// Whether a table without the column cannot be read.
    pub(super) is_required: bool,
}

impl Table {
    /// Whether the rows need an id: a record has it in its key, and an owner's row gives the id of the payload.
    pub(super) fn needs_id(&self) -> bool {
        match self.role {
            Role::Fields => self.is_owners,
            Role::Contacts | Role::Phones => true,
        }
    }

    /// The position of a column among the slots; adds it if it is not there.
    fn slot(&mut self, column: &str) -> usize {
        let found = self.slots.iter().position(|slot| slot.column.eq_ignore_ascii_case(column));
        found.unwrap_or_else(|| {
            self.slots.push(Slot { column: column.to_owned(), is_required: true });
            self.slots.len() - 1
        })
    }
}

/// A field that is taken from a table.
#[derive(Clone, Debug)]
pub(super) struct PlannedField {
    pub(super) added: AddedField,
    /// The positions of the table and of the column among its slots.
    pub(super) table: usize,
    pub(super) slot: usize,
}

/// Which tables and columns are read, whose contact data it is, and in which encoding texts are read.
///
/// ```
/// use deskpro_contact::rows::{Owner, Plan};
///
/// let plan = Plan::new(Owner::People, ["people.name".parse()?, "people_emails.email=email".parse()?])?;
/// assert!(plan.tables().eq(["people", "people_emails", "people_contact_data", "phone_numbers"]));
/// # Ok::<(), deskpro_contact::rows::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Plan {
    pub(super) owner: Owner,
    pub(super) tables: Vec<Table>,
    pub(super) fields: Vec<PlannedField>,
    /// The positions of the owners' table and of its slot for [`database::PRIMARY_EMAIL`], if a field takes the primary
    /// email address.
    pub(super) primary: Option<(usize, usize)>,
    pub(super) encoding: Option<Encoding>,
}

impl Plan {
    /// Makes a plan to read the contact data of `owner`, and the fields of `added` in their order.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidAddedField`] if two added fields have the same name, or if the table of one is
    /// `phone_numbers` or the owner's table of contact data.
    pub fn new(owner: Owner, added: impl IntoIterator<Item = AddedField>) -> Result<Self, Error> {
        let names = owner.tables();
        let mut plan = Self { owner, tables: Vec::new(), fields: Vec::new(), primary: None, encoding: None };
        for added in added {
            let is_called = |name: &str| added.table.eq_ignore_ascii_case(name);
            if is_called(names.contacts) || is_called(database::PHONE_NUMBERS) {
                let expected = "a table other than those of contact data, which are read whole";
                return Err(Error::new(ErrorKind::InvalidAddedField, expected, format!("\"{added}\"")));
            }
            if plan.fields.iter().any(|other| other.added.field == added.field) {
                let found = format!("\"{}\" twice", added.field);
                return Err(Error::new(ErrorKind::InvalidAddedField, "each field once", found));
            }
            let table = plan.table(&added.table);
            let slot = plan.tables[table].slot(&added.column);
            plan.fields.push(PlannedField { added, table, slot });
        }
        if plan.fields.iter().any(|field| !field.added.is_list && plan.tables[field.table].is_emails(owner)) {
            let table = plan.table(names.owners);
            let slot = plan.tables[table].slot(database::PRIMARY_EMAIL);
            plan.primary = Some((table, slot));
        }
        plan.tables.push(Table::of_contacts(names));
        plan.tables.push(Table::of_phones());
        Ok(plan)
    }

    /// Sets the encoding of texts that are not UTF-8. Without an encoding, the payload has these texts as they are, and
    /// [`to_v2`](crate::to_v2) rejects their record or the payload.
    #[must_use]
    pub fn encoding(self, encoding: Encoding) -> Self {
        Self { encoding: Some(encoding), ..self }
    }

    /// The names of the tables to read. Table names match in any ASCII case.
    pub fn tables(&self) -> impl Iterator<Item = &str> {
        self.tables.iter().map(|table| table.name.as_str())
    }

    /// Makes a reader for the rows of a table. `names` are the names of the table's columns, in any order and case.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::OtherTable`] if the table is not one of [`Plan::tables`]; [`ErrorKind::MissingColumn`] if a
    /// required column is not among the names; [`ErrorKind::ColumnTwice`] if a name comes twice.
    ///
    /// ```
    /// use deskpro_contact::rows::{Owner, Plan};
    ///
    /// let plan = Plan::new(Owner::People, [])?;
    /// let error = plan.columns("phone_numbers", &["id", "person", "number"]).unwrap_err();
    /// assert_eq!(
    ///     error.to_string(),
    ///     "phone_numbers.person_id: expected a column of this name, found none (did you mean `person`?)",
    /// );
    /// # Ok::<(), deskpro_contact::rows::Error>(())
    /// ```
    pub fn columns(&self, table: &str, names: &[impl AsRef<str>]) -> Result<Columns, Error> {
        Columns::new(self, table, names)
    }

    /// The name of the table whose columns have these names, for rows without the name of their table.
    ///
    /// Contact data has the column `contact_type`, phones have `number`, and a table of added fields has the
    /// columns of these fields and the id of the owner.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::OtherTable`] if the columns are those of no table, or of several.
    ///
    /// ```
    /// use deskpro_contact::rows::{Owner, Plan};
    ///
    /// let plan = Plan::new(Owner::People, ["people_emails.email".parse()?])?;
    /// assert_eq!(plan.table_of(&["email", "person_id"])?, "people_emails");
    /// assert_eq!(plan.table_of(&["id", "person_id", "number", "ext", "label"])?, "phone_numbers");
    /// assert!(plan.table_of(&["id", "person_id", "note"]).is_err());
    /// # Ok::<(), deskpro_contact::rows::Error>(())
    /// ```
    pub fn table_of(&self, names: &[impl AsRef<str>]) -> Result<&str, Error> {
        let has = |column: &str| names.iter().any(|name| name.as_ref().eq_ignore_ascii_case(column));
        let owner_id = self.owner.tables().owner_id;
        let fits = |table: &&Table| match table.role {
            Role::Contacts => has(envelope::CONTACT_TYPE),
            Role::Phones => has(database::NUMBER) && !has(envelope::CONTACT_TYPE),
            Role::Fields => {
                table.slots.iter().all(|slot| has(&slot.column))
                    && has(if table.is_owners { database::ID } else { owner_id })
                    && !(table.is_owners && has(owner_id))
                    && !has(envelope::CONTACT_TYPE)
            }
        };
        let found: Vec<&str> = self.tables.iter().filter(fits).map(|table| table.name.as_str()).collect();
        if let [table] = found[..] {
            return Ok(table);
        }
        let shown = |table: &Table| {
            let columns: Vec<&str> = match table.role {
                Role::Contacts => vec![envelope::CONTACT_TYPE],
                Role::Phones => vec![database::NUMBER],
                Role::Fields => table.slots.iter().map(|slot| slot.column.as_str()).collect(),
            };
            format!("{} ({})", table.name, columns.join(", "))
        };
        let tables: Vec<String> = self.tables.iter().map(shown).collect();
        let expected = format!("columns of one of the tables {}", tables.join(", "));
        let found = match found[..] {
            [] => names.iter().map(|name| shorten(name.as_ref().as_bytes())).collect::<Vec<_>>().join(", "),
            [..] => format!("those of {}", found.join(" and of ")),
        };
        Err(Error::new(ErrorKind::OtherTable, expected, found))
    }

    /// The position of a table; adds it if it is not there.
    fn table(&mut self, name: &str) -> usize {
        let found = self.tables.iter().position(|table| table.name.eq_ignore_ascii_case(name));
        found.unwrap_or_else(|| {
            self.tables.push(Table {
                name: name.to_owned(),
                role: Role::Fields,
                slots: Vec::new(),
                is_owners: name.eq_ignore_ascii_case(self.owner.tables().owners),
            });
            self.tables.len() - 1
        })
    }
}

impl Table {
    /// The position of the type among the slots of contacts.
    pub(super) const TYPE: usize = 0;
    /// The position of the comment among the slots of contacts. Those of `field_1` to `field_10` follow.
    pub(super) const COMMENT: usize = 1;
    /// The positions of the slots of phones.
    pub(super) const NUMBER: usize = 0;
    pub(super) const EXTENSION: usize = 1;
    pub(super) const PHONE_COMMENT: usize = 2;

    fn of_contacts(names: &OwnerTables) -> Self {
        let is_used = |number| {
            Kind::ALL.iter().any(|&kind| row(kind).columns.iter().any(|column| column.stored == Some(number)))
        };
        let named = [envelope::CONTACT_TYPE, envelope::COMMENT]
            .map(|name| Slot { column: name.to_owned(), is_required: true });
        let numbered = (1..=database::LAST_STORED).map(|number| Slot {
            column: format!("{}{number}", envelope::STORED),
            is_required: is_used(number),
        });
        let slots = named.into_iter().chain(numbered).collect();
        Self { name: names.contacts.to_owned(), role: Role::Contacts, slots, is_owners: false }
    }

    fn of_phones() -> Self {
        let slots =
            [(database::NUMBER, true), (database::EXTENSION, false), (database::PHONE_COMMENT, false)];
        let slots = slots.map(|(column, is_required)| Slot { column: column.to_owned(), is_required });
        Self {
            name: database::PHONE_NUMBERS.to_owned(),
            role: Role::Phones,
            slots: slots.to_vec(),
            is_owners: false,
        }
    }

    /// Whether this is the table of email addresses, of which `people` names the primary one.
    pub(super) fn is_emails(&self, owner: Owner) -> bool {
        owner == Owner::People && self.name.eq_ignore_ascii_case(database::EMAILS)
    }
}
