//! The tables that are read, and what their columns are for.

use super::owner::Owner;
use crate::model::Kind;
use crate::model::table::database::{self, OwnerTables};
use crate::model::table::{envelope, row};

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
    /// The position of the type among the slots of contacts.
    pub(super) const TYPE: usize = 0;
    /// The position of the comment among the slots of contacts. Those of `field_1` to `field_10` follow.
    pub(super) const COMMENT: usize = 1;
    /// The positions of the slots of phones.
    pub(super) const NUMBER: usize = 0;
    pub(super) const EXTENSION: usize = 1;
    pub(super) const PHONE_COMMENT: usize = 2;

    pub(super) fn of_contacts(names: &OwnerTables) -> Self {
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

    pub(super) fn of_phones() -> Self {
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

    /// Whether the rows need an id: a record has it in its key, and an owner's row gives the id of the payload.
    pub(super) fn needs_id(&self) -> bool {
        match self.role {
            Role::Fields => self.is_owners,
            Role::Contacts | Role::Phones => true,
        }
    }

    /// The position of a column among the slots; adds it if it is not there.
    pub(super) fn slot(&mut self, column: &str) -> usize {
        let found = self.slots.iter().position(|slot| slot.column.eq_ignore_ascii_case(column));
        found.unwrap_or_else(|| {
            self.slots.push(Slot { column: column.to_owned(), is_required: true });
            self.slots.len() - 1
        })
    }

    /// Whether this is the table of email addresses, of which `people` names the primary one.
    pub(super) fn is_emails(&self, owner: Owner) -> bool {
        owner == Owner::People && self.name.eq_ignore_ascii_case(database::EMAILS)
    }
}
