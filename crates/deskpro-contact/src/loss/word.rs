//! The words in notes about JSON types and shapes, which a form cannot represent.

/// A JSON number.
pub(crate) const NUMBER: &str = "number";
/// `true` or `false`.
pub(crate) const BOOLEAN: &str = "boolean";
/// An array that is a list.
pub(crate) const LIST: &str = "list";
/// An array that is an object.
pub(crate) const OBJECT: &str = "object";
/// A list of items in the form of an object with positions as keys.
pub(crate) const NUMBERED: &str = "numbered";
