//! Names of the tables and columns of legacy servers. They were observed: no document has them.

/// The tables of one kind of owner.
#[derive(Clone, Copy, Debug)]
pub(crate) struct OwnerTables {
    /// The table of the owners themselves, with a row for each. `id` is the owner's id.
    pub(crate) owners: &'static str,
    /// The table of their contact data.
    pub(crate) contacts: &'static str,
    /// The column of other tables that names the owner.
    pub(crate) owner_id: &'static str,
}

pub(crate) const PEOPLE: OwnerTables =
    OwnerTables { owners: "people", contacts: "people_contact_data", owner_id: "person_id" };
pub(crate) const ORGANIZATIONS: OwnerTables = OwnerTables {
    owners: "organizations",
    contacts: "organizations_contact_data",
    owner_id: "organization_id",
};

/// The column of every table that holds the row's id.
pub(crate) const ID: &str = "id";
/// The number of the last column of a contact's values: `field_1` to `field_10`.
pub(crate) const LAST_STORED: u8 = 10;

/// The table that has phones since February 2015.
pub(crate) const PHONE_NUMBERS: &str = "phone_numbers";
/// Columns of [`PHONE_NUMBERS`]: the number with its calling code.
pub(crate) const NUMBER: &str = "number";
/// Columns of [`PHONE_NUMBERS`]: the extension.
pub(crate) const EXTENSION: &str = "ext";
/// Columns of [`PHONE_NUMBERS`]: the comment of a phone.
pub(crate) const PHONE_COMMENT: &str = "label";
/// The prefix of the keys of records from [`PHONE_NUMBERS`], before the row's id. Without it, rows of both tables could
/// have the same key.
pub(crate) const PHONE_KEY: &str = "p";

/// The table with the email addresses of people.
pub(crate) const EMAILS: &str = "people_emails";
/// The column of `people` that names the first row of [`EMAILS`].
pub(crate) const PRIMARY_EMAIL: &str = "primary_email_id";
