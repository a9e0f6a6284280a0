//! The fields of a person or an organization, which are not contact data: their names in both formats and their shape
//! in v2. Only the extended profile uses these rows.
//!
//! Observed: v2 servers answer 400 to a name at the top of a body that is not among these.

use super::{Format, envelope};

/// The shape of a field in v2.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum FieldShape {
    /// Any value.
    Any,
    /// Always a list.
    List,
    /// An object of custom fields by their numbers. Legacy forms also write `field_3` for 3.
    ByNumber,
    /// The id of an organization. Legacy servers have a field of the same name for the organization's name.
    Id,
}

/// A field of a person or an organization.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PersonField {
    /// The legacy name; `None` if only v2 has the field.
    pub(crate) legacy: Option<&'static str>,
    pub(crate) v2: &'static str,
    pub(crate) shape: FieldShape,
}

const fn renamed(legacy: &'static str, v2: &'static str, shape: FieldShape) -> PersonField {
    PersonField { legacy: Some(legacy), v2, shape }
}

const fn same(name: &'static str) -> PersonField {
    renamed(name, name, FieldShape::Any)
}

const fn v2_only(name: &'static str) -> PersonField {
    PersonField { legacy: None, v2: name, shape: FieldShape::Any }
}

/// All fields. The first six have another name in v2.
pub(crate) const PERSON_FIELDS: &[PersonField] = &[
    renamed("email", "primary_email", FieldShape::Any),
    renamed("secondary_email", "emails", FieldShape::List),
    renamed("organization_id", "organization", FieldShape::Id),
    renamed("group_id", "user_groups", FieldShape::List),
    renamed("label", "labels", FieldShape::List),
    renamed("field", "fields", FieldShape::ByNumber),
    same("name"),
    same("first_name"),
    same("last_name"),
    same("title_prefix"),
    same("override_display_name"),
    same("organization_position"),
    same("summary"),
    same("timezone"),
    same("language"),
    same("password"),
    same("is_agent"),
    same("is_disabled"),
    v2_only("agent_groups"),
    v2_only("teams"),
    v2_only("primary_team"),
    v2_only("brands"),
    v2_only("agent_data"),
    // Organizations.
    v2_only("parent"),
    v2_only("importance"),
    v2_only("email_domains"),
    v2_only("members"),
    v2_only(envelope::PHONE_NUMBERS),
];

/// The prefix that a legacy form may have before the number of a custom field.
const FIELD_PREFIX: &[u8] = b"field_";

impl PersonField {
    /// The field with a name in a format.
    pub(crate) fn named(format: Format, name: &[u8]) -> Option<&'static Self> {
        PERSON_FIELDS.iter().find(|field| field.name(format).is_some_and(|own| own.as_bytes() == name))
    }

    /// The name in a format.
    pub(crate) fn name(&self, format: Format) -> Option<&'static str> {
        match format {
            Format::Legacy => self.legacy,
            Format::V2 => Some(self.v2),
        }
    }

    /// Whether both formats have the same name for it.
    pub(crate) fn keeps_name(&self) -> bool {
        self.legacy == Some(self.v2)
    }
}

/// The name in the other format of a field that is called `name` in `format`; the same name if it is not renamed.
pub(crate) fn other_name(format: Format, name: &str) -> &str {
    let field = PersonField::named(format, name.as_bytes());
    field.and_then(|field| field.name(format.other())).unwrap_or(name)
}

/// The number of a custom field whose key has the prefix (`field_3`).
pub(crate) fn field_number(key: &[u8]) -> Option<&[u8]> {
    key.strip_prefix(FIELD_PREFIX)
        .filter(|number| !number.is_empty() && number.iter().all(u8::is_ascii_digit))
}
