//! Maps records to contacts, and contacts to the contacts that the target can hold, by the table.
//!
//! [`read`] makes a contact of a record; [`target`] changes it to one that the target can hold. Both add a loss for
//! each part that does not fit. Both directions use them. [`phone`] has the rules of phones.

mod phone;
mod read;
mod target;

pub(crate) use self::phone::WRITTEN;
pub(crate) use self::read::id_severity;

use crate::loss::{Code, LostValue, PendingLoss, PhoneReason, Severity, Why, word};
use crate::model::lookup::{FIELD_NAMES, FieldNames};
use crate::model::table::Format;
use crate::model::{Kind, Profile};
use crate::payload::Payload;
use crate::phone::Region;
use crate::place::{Part, Place};
use crate::record::{JsonType, Pair, Record, Sent, Value, WrittenKinds};
use crate::reject::Rejection;
use crate::tree::{Id, Node, Tree};

/// The purpose for which records are mapped.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Mode {
    /// To convert to a format: contacts get only fields that the format has in the profile, and all that it requires.
    Convert(Format),
    /// To restore a payload of a format: contacts keep everything that was read, and nothing is filled in.
    Restore(Format),
    /// To show the contacts: they stay as they were read.
    Inspect,
}

/// The parts of the rules for v2 that depend on the options and the payload.
#[derive(Clone, Copy, Default, Debug)]
pub(crate) struct V2Rules {
    pub(crate) profile: Profile,
    /// The region of phones without a calling code.
    pub(crate) region: Option<Region>,
    /// Whether another field of the payload has the name of the list of phones.
    pub(crate) is_list_taken: bool,
}

impl V2Rules {
    /// Whether v2 has phones and the names of a person's fields.
    pub(crate) fn is_extended(self) -> bool {
        self.profile == Profile::Extended
    }
}

/// A record that is not written: the code of its loss and, for a rejected record or a phone, the reason.
struct Unwritten {
    code: Code,
    why: Option<Why>,
}

impl From<Rejection> for Unwritten {
    fn from(why: Rejection) -> Self {
        Self { code: Code::RejectedRecord, why: Some(Why::Rejected(why)) }
    }
}

impl From<PhoneReason> for Unwritten {
    fn from(reason: PhoneReason) -> Self {
        Self { code: Code::Phone, why: Some(Why::Phone(reason)) }
    }
}

impl From<Code> for Unwritten {
    fn from(code: Code) -> Self {
        Self { code, why: None }
    }
}

/// Maps the records of a payload. Returns the kinds of those that are written.
pub(crate) fn records(payload: &mut Payload, from: Format, mode: Mode, rules: V2Rules) -> WrittenKinds {
    let Payload { tree, records, pairs, losses } = payload;
    let mut mapper = Mapper { tree, pairs, losses, names: &FIELD_NAMES, from, mode, rules };
    let mut kinds = WrittenKinds::default();
    for (n, record) in (0..).zip(records) {
        if let Some(kind) = mapper.record(n, record) {
            kinds.add(kind);
        }
    }
    kinds
}

struct Mapper<'m> {
    tree: &'m mut Tree,
    pairs: &'m [Pair],
    losses: &'m mut Vec<PendingLoss>,
    names: &'static FieldNames,
    from: Format,
    mode: Mode,
    rules: V2Rules,
}

impl Mapper<'_> {
    /// Maps a record. Sets the contact that is written, and adds losses for the rest. Returns the kind that is written.
    fn record(&mut self, n: u32, record: &mut Record) -> Option<Kind> {
        let before = self.losses.len();
        match self.map(n, record) {
            Ok(kind) => Some(kind),
            Err(Unwritten { code, why }) => {
                // No part of the record is written, so one loss replaces the losses of its parts.
                record.written = None;
                self.losses.truncate(before);
                let place = match record.sent.node() {
                    Some(node) => Place::Tree(node),
                    None => Place::Record(n, Part::Whole),
                };
                let value = match record.sent {
                    Sent::Pairs { .. } => LostValue::Record(n),
                    Sent::FormNode { whole, .. } => LostValue::Tree(whole),
                    Sent::Item { node, .. } | Sent::Phone { node, .. } => LostValue::Tree(node),
                };
                let (severity, at) = (Severity::Data, record.at);
                self.losses.push(PendingLoss { code, severity, place, value, at, why });
                None
            }
        }
    }

    fn map(&mut self, n: u32, record: &mut Record) -> Result<Kind, Unwritten> {
        if let Err(why) = self.read(n, record) {
            record.read = None;
            return Err(why.into());
        }
        let Record { read: Some(read), written, at, fields_at, has_alias, .. } = record else {
            unreachable!("the record was read")
        };
        let kind = self.written_kind(read.kind())?;
        // A contact is large, so it is changed in place, not copied again.
        let contact = match read.kind() == kind {
            true => written.insert(*read),
            false => written.insert(self.in_other_kind(read, kind, *at)),
        };
        if kind == Kind::Phone {
            self.phone(n, *has_alias, *fields_at, contact)?;
        }
        self.in_target(n, *fields_at, contact)?;
        Ok(kind)
    }

    /// Adds the loss of a value of a record.
    fn lose_value(&mut self, code: Code, severity: Severity, n: u32, part: Part, value: Value) {
        let place = Place::Record(n, part);
        let at = value.at;
        let value = LostValue::Value(value);
        self.losses.push(PendingLoss { code, severity, place, value, at, why: None });
    }

    /// Adds the loss of a member of the tree.
    fn lose_node(&mut self, code: Code, severity: Severity, id: Id) {
        self.losses.push(tree_loss(self.tree, code, severity, id, LostValue::Tree(id)));
    }

    /// Notes the JSON type of a value, unless it is a text: a form has only texts.
    fn note_json_type(&mut self, n: u32, part: Part, value: Value) {
        let word = match value.json {
            JsonType::Text => return,
            JsonType::Number => word::NUMBER,
            JsonType::Boolean => word::BOOLEAN,
        };
        self.losses.push(PendingLoss {
            code: Code::JsonType,
            severity: Severity::Note,
            place: Place::Record(n, part),
            value: LostValue::Word(word),
            at: value.at,
            why: None,
        });
    }
}

/// Makes a loss whose place is a member of the tree.
pub(crate) fn tree_loss(
    tree: &Tree,
    code: Code,
    severity: Severity,
    id: Id,
    value: LostValue,
) -> PendingLoss {
    PendingLoss { code, severity, place: Place::Tree(id), value, at: tree.at(id), why: None }
}

/// The severity of a lost value: an empty value is a note, any other is data.
pub(crate) fn severity(tree: &Tree, id: Id) -> Severity {
    let is_empty = match tree.node(id) {
        Node::Text(text) => text.is_empty(),
        Node::Array(_) => tree.first(id).is_none(),
        Node::Null => true,
        Node::Bool(_) | Node::Number(_) | Node::Link(_) | Node::Removed => false,
    };
    if is_empty { Severity::Note } else { Severity::Data }
}
