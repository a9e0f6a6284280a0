//! Legacy forms: finds the records of a payload and the parts of a record.

use super::{Parts, decode};
use crate::error::{Error, ErrorKind};
use crate::form::{self, Padded};
use crate::loss::Input;
use crate::misplaced;
use crate::model::lookup::type_of;
use crate::model::table::{Format, envelope};
use crate::payload::Payload;
use crate::place::Place;
use crate::record::{Record, Sent, Value};
use crate::reject::{Rejection, type_error};
use crate::tree::{Array, Id, Node, Shape, Text, Tree};

/// The shape of the records in a payload.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Records {
    /// `contact_data[#][…]`: the member `contact_data`. It is empty if the plain reader read the records.
    Many(Id),
    /// `type=…&data[…]=…`: one record, beside other fields.
    Single,
    /// The payload has no records.
    Absent,
}

/// A form that was read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Form {
    pub(crate) root: Id,
    /// The empty member `contact_data`, if the plain reader read the records.
    plain: Option<Id>,
    /// Whether a field may be contact data in the wrong place. If the plain reader found no such name, no check is
    /// needed.
    may_be_misplaced: bool,
}

/// Reads a payload by the plain reader, or, if that gives up or `is_general` is true, by the general reader.
///
/// # Errors
///
/// [`ErrorKind::TooDeep`]; with an encoding, those of [`decode`](decode::decode), too.
pub(crate) fn read(
    input: Input<'_>,
    is_general: bool,
    padded: &mut Padded,
    payload: &mut Payload,
) -> Result<Form, Error> {
    if !is_general && let Some(accepted) = form::read_records(input.payload, padded, payload)? {
        let form::Accepted { root, contact_data, may_be_misplaced } = accepted;
        return Ok(Form { root, plain: contact_data, may_be_misplaced });
    }
    payload.clear();
    let root = form::read_tree(&mut payload.tree, input.payload, padded, &mut payload.losses)?;
    if let Some(encoding) = input.encoding
        && !payload.tree.is_all_utf8()
    {
        decode::decode(payload, root, encoding, input)?;
    }
    Ok(Form { root, plain: None, may_be_misplaced: true })
}

/// Rejects JSON. As a form, it would be one field whose name is the JSON text. Real forms do not begin like JSON,
/// because `http_build_query` and browsers encode quotation marks.
///
/// # Errors
///
/// [`ErrorKind::NotAForm`].
pub(crate) fn check_syntax(bytes: &[u8]) -> Result<(), Error> {
    // Tests the first byte, because most payloads need no further check.
    if !matches!(bytes.first(), Some(b'{' | b'[' | b' ' | b'\t' | b'\r' | 0xef)) || !is_json(bytes) {
        return Ok(());
    }
    let found = "JSON; v2 bodies are converted with --to form, JSON of the legacy API with --from json";
    Err(Error::new(ErrorKind::NotAForm, String::new(), 0..bytes.len(), "a form payload", found))
}

fn is_json(bytes: &[u8]) -> bool {
    let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
    let Some((&first, after)) = bytes.trim_ascii_start().split_first() else { return false };
    let second = after.trim_ascii_start().first();
    matches!((first, second), (b'{', Some(b'"' | b'}')) | (b'[', Some(b'{')))
}

impl Form {
    /// Rejects contact data in the wrong place, unless `allowed` has the path of its field.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::MisplacedField`].
    pub(crate) fn check_names(&self, payload: &Payload, allowed: &[String]) -> Result<(), Rejection> {
        if !self.may_be_misplaced {
            return Ok(());
        }
        let tree = &payload.tree;
        let is_allowed = |id: Id| tree.has_path_among(id, allowed);
        match misplaced::find(tree, self.root, is_allowed) {
            Some(id) => Err(Rejection::at_node(ErrorKind::MisplacedField, id)),
            None => Ok(()),
        }
    }

    /// Whether the plain reader read the records.
    pub(crate) fn is_plain(&self) -> bool {
        self.plain.is_some()
    }

    /// Finds the records, and adds them to the payload unless the plain reader did.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::ContactDataNotArray`].
    pub(crate) fn records(&self, payload: &mut Payload) -> Result<Records, Rejection> {
        if let Some(contact_data) = self.plain {
            return Ok(Records::Many(contact_data));
        }
        let records = find(&payload.tree, self.root)?;
        match records {
            Records::Absent => {}
            Records::Single => {
                let whole = single(&mut payload.tree, self.root);
                let sent = Sent::FormNode { node: self.root, whole };
                payload.records.push(Record::new(sent, Text::EMPTY, payload.tree.at(whole)));
            }
            Records::Many(contact_data) => {
                let tree = &payload.tree;
                payload.records.extend(tree.children(contact_data).map(|node| {
                    Record::new(Sent::FormNode { node, whole: node }, tree[node].key, tree.at(node))
                }));
            }
        }
        Ok(records)
    }
}

fn find(tree: &Tree, root: Id) -> Result<Records, Rejection> {
    let child = |name: &str| tree.child(root, name.as_bytes());
    let is_single = child(envelope::TYPE).is_some() && child(envelope::DATA).is_some();
    match child(envelope::CONTACT_DATA) {
        // A form cannot represent an array without values, so it does not hide a single record.
        Some(contact_data) if is_single && tree.is_void(contact_data) => Ok(Records::Single),
        Some(contact_data) if tree.array(contact_data).is_some() => Ok(Records::Many(contact_data)),
        Some(contact_data) => Err(Rejection::at_node(ErrorKind::ContactDataNotArray, contact_data)),
        None if is_single => Ok(Records::Single),
        None => Ok(Records::Absent),
    }
}

/// Whether a member at the top of a payload belongs to its records.
pub(crate) fn is_of_records(tree: &Tree, member: Id, records: Records) -> bool {
    match records {
        Records::Many(contact_data) => member == contact_data,
        Records::Single => {
            is_record_name(tree.name(member)) || tree.name(member) == envelope::CONTACT_DATA.as_bytes()
        }
        Records::Absent => false,
    }
}

/// Makes a member that holds only the parts of a single record, without the fields beside it.
fn single(tree: &mut Tree, root: Id) -> Id {
    let own: Vec<Id> = tree.children(root).filter(|&child| is_record_name(tree.name(child))).collect();
    let at = own.iter().map(|&child| tree.at(child)).min().expect("a record has a type");
    let record = tree.new_node(Text::EMPTY, Node::Array(Array::new(Shape::Object)), at);
    for child in own {
        tree.append(record, tree[child].key, Node::Link(child), tree.at(child));
    }
    record
}

/// The names in a record, in the order in which they are written.
const RECORD_NAMES: [&str; 3] = [envelope::TYPE, envelope::COMMENT, envelope::DATA];

/// The position of a name in [`RECORD_NAMES`], or their number for any other name.
pub(crate) fn rank(name: &[u8]) -> usize {
    RECORD_NAMES.iter().position(|own| own.as_bytes() == name).unwrap_or(RECORD_NAMES.len())
}

/// Whether a name is in [`RECORD_NAMES`].
pub(crate) fn is_record_name(name: &[u8]) -> bool {
    rank(name) < RECORD_NAMES.len()
}

/// The rank of a name at the top of a form: other fields come first, then a single record, then `contact_data`.
pub(crate) fn root_rank(name: &[u8], is_single: bool) -> usize {
    if name == envelope::CONTACT_DATA.as_bytes() {
        RECORD_NAMES.len() + 1
    } else if is_single && is_record_name(name) {
        rank(name) + 1
    } else {
        0
    }
}

/// Finds the parts of a record in a tree, or the reason why the record is rejected.
pub(crate) fn parts(tree: &mut Tree, node: Id) -> Result<Parts, Rejection> {
    if tree.array(node).is_none() {
        return Err(Rejection::at_node(ErrorKind::RecordNotArray, node));
    }
    let child = |tree: &Tree, name: &str| tree.child(node, name.as_bytes());
    let Some(type_node) = child(tree, envelope::TYPE) else {
        let name = tree.intern_name(envelope::TYPE);
        return Err(Rejection::missing(ErrorKind::TypeMissing, Place::Under(node, name)));
    };
    let Some(text) = tree.text(type_node) else {
        return Err(Rejection::at_node(ErrorKind::TypeNotText, type_node));
    };
    let type_name =
        type_of(Format::Legacy, &tree[text]).map_err(|why| Rejection::at_node(type_error(why), type_node))?;
    let Some(fields) = child(tree, envelope::DATA) else {
        let name = tree.intern_name(envelope::DATA);
        return Err(Rejection::missing(ErrorKind::DataMissing, Place::Under(node, name)));
    };
    if tree.array(fields).is_none() {
        return Err(Rejection::at_node(ErrorKind::DataNotArray, fields));
    }
    let type_value = Value::text(text, tree.at(type_node));
    Ok(Parts { node, fields, type_name, type_node, type_value, comment: child(tree, envelope::COMMENT) })
}
