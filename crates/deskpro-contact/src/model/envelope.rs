//! Names of the structures that contain the contacts.

/// Both formats: the field that holds the contacts.
pub(crate) const CONTACT_DATA: &str = "contact_data";
/// v2, extended profile: the list of phones at the top of a body.
pub(crate) const PHONE_NUMBERS: &str = "phone_numbers";
/// v2, extended profile: the name of a phone's comment.
pub(crate) const PHONE_COMMENT: &str = "label";
/// Legacy: a record's type.
pub(crate) const TYPE: &str = "type";
/// Both formats: a record's comment. The v2 document does not have it.
pub(crate) const COMMENT: &str = "comment";
/// Legacy: a record's fields. v2 replies: the member of the envelope that holds the body.
pub(crate) const DATA: &str = "data";
/// v2 replies: the member of the envelope with metadata of the reply.
pub(crate) const META: &str = "meta";
/// v2 replies: the member of the envelope with objects that the body refers to.
pub(crate) const LINKED: &str = "linked";
/// Replies of both formats: the type of a record or an item.
pub(crate) const CONTACT_TYPE: &str = "contact_type";
/// Replies of both formats: the number that the server assigned to a record or an item.
pub(crate) const ID: &str = "id";
/// Legacy replies: the person, with the records in `contact_data`.
pub(crate) const PERSON: &str = "person";
/// Legacy replies: the records without a person.
pub(crate) const DETAILS: &str = "details";
/// Legacy replies: a name that the server makes for a profile.
pub(crate) const DISPLAY: &str = "display";
/// Legacy replies and rows: the name of a column of a record, before its number.
pub(crate) const STORED: &str = "field_";
