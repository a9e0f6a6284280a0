//! Sources: find the records of a payload and the parts of a record. They handle the structure of a format. The table
//! has the meaning of types and fields.

mod decode;
pub(crate) mod form;
pub(crate) mod v2;

use crate::model::lookup::TypeName;
use crate::record::Value;
use crate::tree::Id;

/// The parts of a record in a tree.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Parts {
    /// The record itself. For a single record, the root of the payload.
    pub(crate) node: Id,
    /// The array that holds the fields: `data` in a form, the item itself in a body.
    pub(crate) fields: Id,
    pub(crate) type_name: TypeName,
    /// The member that gives the type: a member of the record or, in a body, the list of the type.
    pub(crate) type_node: Id,
    /// The type as it was sent.
    pub(crate) type_value: Value,
    pub(crate) comment: Option<Id>,
}
