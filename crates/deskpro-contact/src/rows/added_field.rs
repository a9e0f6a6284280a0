//! Fields of a payload that the user adds, and their notation.

use std::fmt;
use std::str::FromStr;

use super::error::{Error, ErrorKind};
use crate::error::shorten;
use crate::form;
use crate::model::table::envelope;

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
