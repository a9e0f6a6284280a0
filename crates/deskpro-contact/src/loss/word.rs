//! Words that notes keep: JSON types and shapes that a form does not have.

/// A JSON number.
pub(crate) const NUMBER: &str = "number";
/// `true` or `false`.
pub(crate) const BOOLEAN: &str = "boolean";
/// An array that is a list.
pub(crate) const LIST: &str = "list";
/// An array that is an object.
pub(crate) const OBJECT: &str = "object";
/// A list of items that is an object with positions as keys.
pub(crate) const NUMBERED: &str = "numbered";
