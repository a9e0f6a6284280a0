//! Sources: where a payload has its records, and what a record is made of. They know the syntax of a format, and leave
//! what types and fields mean to the table.

mod decode;
pub(crate) mod form;
pub(crate) mod v2;

use crate::model::lookup::TypeName;
use crate::record::Value;
use crate::tree::Id;

/// The parts of a record in a tree.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Parts {
    /// The array that holds the record's own names.
    pub(crate) node: Id,
    /// The array that holds its fields: in a body, the item itself.
    pub(crate) fields: Id,
    pub(crate) type_name: TypeName,
    /// The member that names the type: in a body, the record's own or the list of its type.
    pub(crate) type_node: Id,
    /// The type as it was sent.
    pub(crate) type_value: Value,
    pub(crate) comment: Option<Id>,
}
