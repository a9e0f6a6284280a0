//! Which tables and columns are read, and for what.

use super::added_field::AddedField;
use super::columns::Columns;
use super::error::{Error, ErrorKind};
use super::owner::Owner;
use super::table::{Role, Table};
use crate::encoding::Encoding;
use crate::error::shorten;
use crate::model::table::{database, envelope};

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
            let is_called = |name: &str| added.table().eq_ignore_ascii_case(name);
            if is_called(names.contacts) || is_called(database::PHONE_NUMBERS) {
                let expected = "a table other than those of contact data, which are read whole";
                return Err(Error::new(ErrorKind::InvalidAddedField, expected, format!("\"{added}\"")));
            }
            if plan.fields.iter().any(|other| other.added.field() == added.field()) {
                let found = format!("\"{}\" twice", added.field());
                return Err(Error::new(ErrorKind::InvalidAddedField, "each field once", found));
            }
            let table = plan.table(added.table());
            let slot = plan.tables[table].slot(added.column());
            plan.fields.push(PlannedField { added, table, slot });
        }
        if plan.fields.iter().any(|field| !field.added.is_list() && plan.tables[field.table].is_emails(owner))
        {
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
        let found = self.tables.iter().position(|known| known.name.eq_ignore_ascii_case(table));
        let Some(position) = found else {
            let expected = format!("one of the tables {}", self.tables().collect::<Vec<_>>().join(", "));
            let found = format!("\"{}\"", shorten(table.as_bytes()));
            return Err(Error::new(ErrorKind::OtherTable, expected, found));
        };
        let has_primary = self.primary.is_some_and(|(table, _)| table == position);
        let is_for_primary_alone = has_primary && self.fields.iter().all(|field| field.table != position);
        Columns::new(&self.tables[position], position, self.owner, is_for_primary_alone, names)
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
