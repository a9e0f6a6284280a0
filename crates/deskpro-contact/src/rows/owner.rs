//! Whose contact data is read.

use std::fmt;
use std::str::FromStr;

use crate::error::shorten;
use crate::model::table::database::{self, OwnerTables};
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
    /// All kinds of owner.
    pub const ALL: [Self; 2] = [Self::People, Self::Organizations];

    /// The name of the owners' own table: `people` or `organizations`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.tables().owners
    }

    /// The name of the owner's id in other tables: `person_id` or `organization_id`.
    #[must_use]
    pub const fn id_column(self) -> &'static str {
        self.tables().owner_id
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
