//! From the records that were read to what the target can hold, by the table.
//!
//! [`read`] makes a contact of a record and names what no contact can hold. [`target`] makes of it the contact that the
//! target can hold, and names what it cannot. Both directions go this way.

mod read;
mod target;

use crate::loss::{Code, LostValue, Part, PendingLoss, Place, Severity, word};
use crate::model::Kind;
use crate::model::table::Format;
use crate::payload::{JsonType, Pair, Payload, Record, Sent, Value, WrittenKinds};
use crate::reject::Rejection;
use crate::tree::{Id, Node, Tree};

/// What records are mapped to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Mode {
    /// What the format's document has a place for, and all that it requires.
    Convert(Format),
    /// Everything that was read, with nothing filled in: a payload of the format that is restored.
    Restore(Format),
    /// The contacts themselves.
    Inspect,
}

/// Why nothing of a record is written: the code of its loss, and what is wrong with it.
struct Unwritten {
    code: Code,
    why: Option<Rejection>,
}

impl From<Rejection> for Unwritten {
    fn from(why: Rejection) -> Self {
        Self { code: Code::RejectedRecord, why: Some(why) }
    }
}

impl From<Code> for Unwritten {
    fn from(code: Code) -> Self {
        Self { code, why: None }
    }
}

/// Maps the records of a payload. Returns the kinds of those that are written.
pub(crate) fn records(payload: &mut Payload, from: Format, mode: Mode) -> WrittenKinds {
    let Payload { tree, records, pairs, losses } = payload;
    let mut mapper = Mapper { tree, records, pairs, losses, from, mode };
    let mut kinds = WrittenKinds::default();
    for n in 0..mapper.records.len() {
        if let Some(kind) = mapper.record(n) {
            kinds.add(kind);
        }
    }
    kinds
}

struct Mapper<'m> {
    tree: &'m mut Tree,
    records: &'m mut [Record],
    pairs: &'m [Pair],
    losses: &'m mut Vec<PendingLoss>,
    from: Format,
    mode: Mode,
}

impl Mapper<'_> {
    /// Maps a record: what can be written goes to the record, the rest to the losses. Returns the kind that is written.
    fn record(&mut self, n: usize) -> Option<Kind> {
        let before = self.losses.len();
        match self.map(n) {
            Ok(kind) => Some(kind),
            Err(Unwritten { code, why }) => {
                // Nothing of the record is written: it is one loss.
                self.losses.truncate(before);
                let Record { sent, at, .. } = self.records[n];
                let place = match sent.node() {
                    Some(node) => Place::Tree(node),
                    None => Place::Record(index(n), Part::Whole),
                };
                let value = match sent {
                    Sent::Pairs { .. } => LostValue::Record(index(n)),
                    Sent::FormNode { whole, .. } => LostValue::Tree(whole),
                    Sent::Item { node, .. } => LostValue::Tree(node),
                };
                self.losses.push(PendingLoss { code, severity: Severity::Data, place, value, at, why });
                None
            }
        }
    }

    fn map(&mut self, n: usize) -> Result<Kind, Unwritten> {
        let contact = self.read(n)?;
        self.records[n].read = Some(contact);
        let kind = self.written_kind(contact.kind())?;
        let written = self.to_target(n, &contact, kind)?;
        self.records[n].written = Some(written);
        Ok(kind)
    }

    /// Records the loss of a value of a record.
    fn lose_value(&mut self, code: Code, severity: Severity, n: usize, part: Part, value: Value) {
        let place = Place::Record(index(n), part);
        let at = value.at;
        let value = LostValue::Value(value);
        self.losses.push(PendingLoss { code, severity, place, value, at, why: None });
    }

    /// Records the loss of a member of the tree.
    fn lose_node(&mut self, code: Code, severity: Severity, id: Id) {
        self.losses.push(tree_loss(self.tree, code, severity, id, LostValue::Tree(id)));
    }

    /// Notes the JSON type of what a form has as text.
    fn note_json_type(&mut self, n: usize, part: Part, value: Value) {
        let word = match value.json {
            JsonType::Text => return,
            JsonType::Number => word::NUMBER,
            JsonType::Boolean => word::BOOLEAN,
        };
        self.losses.push(PendingLoss {
            code: Code::JsonType,
            severity: Severity::Note,
            place: Place::Record(index(n), part),
            value: LostValue::Word(word),
            at: value.at,
            why: None,
        });
    }
}

/// A record's position in the form that places have.
fn index(n: usize) -> u32 {
    u32::try_from(n).expect("fewer records than bytes")
}

/// A loss at a member of the tree.
pub(crate) fn tree_loss(
    tree: &Tree,
    code: Code,
    severity: Severity,
    id: Id,
    value: LostValue,
) -> PendingLoss {
    PendingLoss { code, severity, place: Place::Tree(id), value, at: tree.at(id), why: None }
}

/// The severity of a lost value: nobody misses an empty one.
pub(crate) fn severity(tree: &Tree, id: Id) -> Severity {
    let is_empty = match tree.node(id) {
        Node::Text(text) => text.is_empty(),
        Node::Array(_) => tree.first(id).is_none(),
        Node::Null => true,
        Node::Bool(_) | Node::Number(_) | Node::Link(_) | Node::Removed => false,
    };
    if is_empty { Severity::Note } else { Severity::Data }
}
