//! The plain reader: reads well-formed pairs of contact data directly into records.
//!
//! It reads pairs whose key is `contact_data`, a plain group key, and `type`, `comment` or `data` with a plain field
//! name. It looks up the part of a key after the group key as a whole, in three spellings of brackets. It passes the
//! pairs of other fields to the general reader's insert function.
//!
//! It gives up if PHP could read contact data in another way: if a group or a name comes again, if a name is unusual,
//! or if a key mixes spellings of brackets. Then the general reader reads the payload from its start.

use std::ops::Range;
use std::sync::LazyLock;

use super::parse::{MAX_DEPTH, Parser};
use super::scan::{self, Padded};
use crate::bytes::{equal_short, integer};
use crate::error::Error;
use crate::misplaced;
use crate::model::lookup::FIELD_NAMES;
use crate::model::table::envelope;
use crate::payload::Payload;
use crate::record::{Pair, PairName, Record, Sent, Value};
use crate::tree::{Array, Id, Node, Shape};

/// A payload that the plain reader has read completely.
pub(crate) struct Accepted {
    pub(crate) root: Id,
    /// The member of the root at whose position the records are; `None` if there are no records.
    pub(crate) contact_data: Option<Id>,
    /// Whether another field may be contact data in the wrong place.
    pub(crate) may_be_misplaced: bool,
}

/// Reads a payload into records and a tree of its other fields. `None` if the general reader must read it: `payload`
/// must then be cleared.
///
/// # Errors
///
/// [`ErrorKind::TooDeep`](crate::ErrorKind::TooDeep). The general reader would report it for the same pair.
#[inline(never)]
pub(crate) fn read_records(
    bytes: &[u8],
    padded: &mut Padded,
    payload: &mut Payload,
) -> Result<Option<Accepted>, Error> {
    padded.load(bytes);
    // The text after a NUL is a loss, which only the general reader adds.
    if padded.len() < bytes.len() {
        return Ok(None);
    }
    let Payload { tree, records, pairs, losses } = payload;
    let mut reader = PlainReader {
        sent: padded.bytes(),
        tails: &TAILS,
        parser: Parser::new(tree, padded, losses, MAX_DEPTH),
        records,
        pairs,
        contact_data: None,
        is_first: true,
        may_be_misplaced: false,
        prefix: NO_PREFIX,
        seen: 0,
        largest_group: None,
    };
    let mut start = 0;
    while start < padded.len() {
        if reader.sent[start] == b'&' {
            start += 1;
            continue;
        }
        let end = match reader.tail(start) {
            Some(tail) => reader.contact_pair(start, tail),
            None => reader.other_pair(start)?,
        };
        match end {
            Some(end) => start = end + 1,
            None => return Ok(None),
        }
    }
    let PlainReader { contact_data, may_be_misplaced, .. } = reader;
    let root = reader.parser.root;
    reader.end_record();
    tree.check_texts();
    Ok(tree.is_all_utf8().then_some(Accepted { root, contact_data, may_be_misplaced }))
}

/// The prefix before the first record. No key begins with `&`. In `equal_short`, its length takes the branch that most
/// prefixes take.
const NO_PREFIX: &[u8] = b"&&&&&&&&";

struct PlainReader<'r> {
    /// The payload with its pad.
    sent: &'r [u8],
    tails: &'static Tails,
    parser: Parser<'r>,
    records: &'r mut Vec<Record>,
    pairs: &'r mut Vec<Pair>,
    contact_data: Option<Id>,
    /// Whether no field other than contact data was read yet.
    is_first: bool,
    may_be_misplaced: bool,
    /// The start of the keys of the current record: `contact_data[3`.
    prefix: &'r [u8],
    /// The names that the current record has, one bit per name.
    seen: u32,
    /// The largest group key, if all group keys so far are ascending integers.
    largest_group: Option<i64>,
}

impl PlainReader<'_> {
    /// The position of the tail of the key at `start`, if it is a plain key of a record. The tail is the part after the
    /// group key.
    #[inline]
    fn tail(&mut self, start: usize) -> Option<usize> {
        let key = &self.sent[start..];
        let len = self.prefix.len();
        if key.len() > len && equal_short(&key[..len], self.prefix) {
            return Some(start + len);
        }
        if key.starts_with(envelope::CONTACT_DATA.as_bytes()) { self.begin_record(start) } else { None }
    }

    /// Begins a record for the key at `start`, if the key has a new and plain group key. Returns the position of the
    /// key's tail.
    #[inline(never)]
    fn begin_record(&mut self, start: usize) -> Option<usize> {
        let name_start = scan::open_bracket(self.sent, start + envelope::CONTACT_DATA.len())?;
        let len = self.sent[name_start..].iter().position(|byte| !is_plain(byte))?;
        let name = &self.sent[name_start..name_start + len];
        let tail = name_start + len;
        // PHP drops some pairs with names that begin with two underscores.
        if len == 0 || name.starts_with(b"__") || !self.is_new_group(name) {
            return None;
        }
        self.end_record();
        let key = self.parser.tree.copy_text(&self.sent[name_start..], len);
        if self.contact_data.is_none() {
            let node = Node::Array(Array::new(Shape::Keys));
            let root = self.parser.root;
            self.contact_data =
                Some(self.parser.tree.append_named(root, envelope::CONTACT_DATA, node, start as u32));
        }
        let pairs = self.pairs.len() as u32;
        self.records.push(Record::new(Sent::Pairs { start: pairs, end: pairs }, key, start as u32));
        self.prefix = &self.sent[start..tail];
        self.seen = 0;
        Some(tail)
    }

    /// Whether a group key is certainly new. Ascending integers are new; other names are searched among few records.
    fn is_new_group(&mut self, name: &[u8]) -> bool {
        /// With more records, the general reader is used, which has an index.
        const SEARCHED: usize = 16;
        let number = integer(name);
        if self.records.is_empty() {
            self.largest_group = number;
            return true;
        }
        match (self.largest_group, number) {
            (Some(largest), Some(number)) if number > largest => {
                self.largest_group = Some(number);
                true
            }
            _ => {
                self.largest_group = None;
                let tree = &*self.parser.tree;
                self.records.len() <= SEARCHED && !self.records.iter().any(|record| tree[record.key] == *name)
            }
        }
    }

    fn end_record(&mut self) {
        if let Some(Record { sent: Sent::Pairs { end, .. }, .. }) = self.records.last_mut() {
            *end = self.pairs.len() as u32;
        }
    }

    /// Reads a pair of the current record. The tail of its key is at `tail`. Returns the end of the pair, or `None` to
    /// give up.
    #[inline]
    fn contact_pair(&mut self, start: usize, tail: usize) -> Option<usize> {
        let key_end = scan::key_end(self.sent, tail);
        let name = match self.tails.find(&self.sent[tail..key_end]) {
            // The name comes again: PHP overwrites the first value.
            Some(known) if self.seen & known.bit != 0 => return None,
            Some(known) => {
                self.seen |= known.bit;
                known.name
            }
            None => self.other_name(tail)?,
        };
        let tree = &mut *self.parser.tree;
        let text_start = tree.buffer().len();
        let end = scan::decode_value(self.sent, key_end, tree.buffer());
        let text = tree.text_since(text_start);
        self.pairs.push(Pair { name, value: Value::text(text, start as u32) });
        Some(end)
    }

    /// Reads the name of a field that the table does not have. The tail of the key is at `tail`. `None` to give up.
    #[cold]
    fn other_name(&mut self, tail: usize) -> Option<PairName> {
        /// With more pairs in a record, the general reader is used, which has an index of names.
        const SEARCHED: usize = 32;
        let name = other_field(self.sent, tail)?;
        let Record { sent: Sent::Pairs { start: first, .. }, .. } = self.records.last()? else { return None };
        let tree = &mut *self.parser.tree;
        let bytes = &self.sent[name];
        let is_name = |pair: &Pair| matches!(pair.name, PairName::OtherField(text) if tree[text] == *bytes);
        let pairs = &self.pairs[*first as usize..];
        if pairs.len() > SEARCHED || pairs.iter().any(is_name) {
            return None;
        }
        Some(PairName::OtherField(tree.copy_text(bytes, bytes.len())))
    }

    /// Passes a pair to the general reader's insert function. Returns the end of the pair, or `None` to give up,
    /// because PHP reads the name as `contact_data`.
    #[inline(never)]
    fn other_pair(&mut self, start: usize) -> Result<Option<usize>, Error> {
        if let Some(key_end) = scan::plain_key(self.sent, start) {
            let name = &self.sent[start..key_end];
            if *name == *envelope::CONTACT_DATA.as_bytes() {
                return Ok(None);
            }
            self.may_be_misplaced |=
                misplaced::may_be_misplaced(name) || self.is_first && misplaced::may_be_url(name);
            self.is_first = false;
            return Ok(Some(self.parser.plain_pair(start, key_end)));
        }
        let first = self.parser.first_segment(start);
        let name = &self.parser.tree[first.name];
        if *name == *envelope::CONTACT_DATA.as_bytes() {
            return Ok(None);
        }
        self.may_be_misplaced |= misplaced::may_be_misplaced(name)
            || misplaced::may_be_misplaced(first.next_sent(self.sent))
            || self.is_first && misplaced::may_be_url(name);
        // If PHP drops the pair, the next one is the first.
        let end = self.parser.insert(first)?;
        self.is_first &= self.parser.tree.first(self.parser.root).is_none();
        Ok(Some(end))
    }
}

/// The range of the field name in a tail `][data][name]` at the end of a key, if the table does not have the field.
fn other_field(sent: &[u8], tail: usize) -> Option<Range<usize>> {
    let data = scan::open_bracket(sent, scan::close_bracket(sent, tail)?)?;
    sent[data..].starts_with(envelope::DATA.as_bytes()).then_some(())?;
    let start = scan::open_bracket(sent, scan::close_bracket(sent, data + envelope::DATA.len())?)?;
    let len = sent[start..].iter().position(|byte| !is_plain(byte))?;
    let key_end = scan::close_bracket(sent, start + len)?;
    let name = &sent[start..start + len];
    // A field of the table gets here only if its key mixes spellings of brackets.
    if FIELD_NAMES.iter().any(|(_, text)| text.as_bytes() == name) {
        return None;
    }
    // Integer names could make a list of the fields, and PHP drops some names that begin with two underscores.
    let is_name = name.first().is_some_and(u8::is_ascii_alphabetic);
    (is_name && matches!(sent[key_end], b'=' | b'&')).then_some(start..start + len)
}

/// Whether a byte stands for itself in a name, wherever it is.
fn is_plain(byte: &u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')
}

/// The part of a key after the group key: `][data][url]`.
struct Tail {
    name: PairName,
    /// The bit of the name in [`PlainReader::seen`].
    bit: u32,
    /// The spelling in a key.
    spelled: String,
}

/// The tails of all documented keys, in three spellings of brackets.
struct Tails {
    /// A hash table with open addressing: a tail is in its slot or in one of the next.
    slots: Box<[Option<Tail>; Self::SLOTS]>,
}

static TAILS: LazyLock<Tails> = LazyLock::new(|| {
    let mut names = vec![
        (PairName::Type, format!("][{}]", envelope::TYPE)),
        (PairName::Comment, format!("][{}]", envelope::COMMENT)),
    ];
    let fields = FIELD_NAMES.iter();
    names
        .extend(fields.map(|(name, text)| (PairName::Field(name), format!("][{}][{text}]", envelope::DATA))));
    assert!(names.len() <= u32::BITS as usize, "a bit for each name");
    let mut tails = Tails { slots: Box::new([const { None }; Tails::SLOTS]) };
    for (n, (name, key)) in names.iter().enumerate() {
        for [open, close] in [["[", "]"], ["%5B", "%5D"], ["%5b", "%5d"]] {
            let spelled = key.replace('[', "\0").replace(']', close).replace('\0', open);
            tails.add(Tail { name: *name, bit: 1 << n, spelled });
        }
    }
    tails
});

impl Tails {
    const SLOTS: usize = 256;

    fn add(&mut self, tail: Tail) {
        let mut slot = Self::hash(tail.spelled.as_bytes());
        while self.slots[slot].is_some() {
            slot = (slot + 1) % Self::SLOTS;
        }
        self.slots[slot] = Some(tail);
    }

    /// Finds a tail by its spelling.
    #[inline]
    fn find(&self, spelled: &[u8]) -> Option<&Tail> {
        let mut slot = Self::hash(spelled);
        while let Some(tail) = &self.slots[slot] {
            if equal_short(tail.spelled.as_bytes(), spelled) {
                return Some(tail);
            }
            slot = (slot + 1) % Self::SLOTS;
        }
        None
    }

    /// A hash of the last eight bytes of a tail and its length.
    #[inline]
    fn hash(spelled: &[u8]) -> usize {
        let Some(last) = spelled.last_chunk::<8>() else { return 0 };
        let mixed = (u64::from_le_bytes(*last) ^ spelled.len() as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        (mixed >> 56) as usize % Self::SLOTS
    }
}
