//! The plain reader: well-formed pairs of contact data, straight into records.
//!
//! It takes pairs whose key is `contact_data`, a plain group name, and `type`, `comment` or `data` with a plain field
//! name, where the records are contiguous and no name comes twice in one. Keys with a field of the table, in three
//! spellings of brackets, are recognised whole. It hands all other pairs to the general reader's insert. It gives up
//! where PHP could read anything else of contact data, and where one key mixes spellings of brackets: then the general
//! reader reads the payload from its start.

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

/// What the plain reader made of a payload.
pub(crate) struct Accepted {
    pub(crate) root: Id,
    /// The member of the root that stands for the records; none where there are none.
    pub(crate) contact_data: Option<Id>,
    /// Whether another field may be contact data in the wrong place.
    pub(crate) may_be_misplaced: bool,
}

/// Reads a payload into records and a tree of its other fields. None where the general reader must read it: then
/// `payload` holds leftovers.
///
/// # Errors
///
/// [`ErrorKind::TooDeep`](crate::ErrorKind::TooDeep), which the general reader finds in the same pair.
#[inline(never)]
pub(crate) fn read_records(
    bytes: &[u8],
    padded: &mut Padded,
    payload: &mut Payload,
) -> Result<Option<Accepted>, Error> {
    padded.load(bytes);
    // What follows a NUL is a loss, which the general reader keeps.
    if padded.len() < bytes.len() {
        return Ok(None);
    }
    let Payload { tree, records, pairs, losses } = payload;
    let mut reader = Reader {
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
    let Reader { contact_data, may_be_misplaced, .. } = reader;
    let root = reader.parser.root;
    reader.end_record();
    tree.check_texts();
    Ok(tree.is_all_utf8().then_some(Accepted { root, contact_data, may_be_misplaced }))
}

/// No key begins so. As long as most prefixes: a shorter one takes a call to compare.
const NO_PREFIX: &[u8] = b"&&&&&&&&";

struct Reader<'r> {
    /// The payload with its pad.
    sent: &'r [u8],
    tails: &'static Tails,
    parser: Parser<'r>,
    records: &'r mut Vec<Record>,
    pairs: &'r mut Vec<Pair>,
    contact_data: Option<Id>,
    /// Whether no other field was read yet.
    is_first: bool,
    may_be_misplaced: bool,
    /// How the keys of the current record begin: `contact_data[3`.
    prefix: &'r [u8],
    /// The names that the current record has, a bit each.
    seen: u32,
    /// The largest group name, where all are ascending integers.
    largest_group: Option<i64>,
}

impl Reader<'_> {
    /// Where the tail of the key that starts at `start` begins, where it is the key of a record.
    #[inline]
    fn tail(&mut self, start: usize) -> Option<usize> {
        let key = &self.sent[start..];
        let len = self.prefix.len();
        if key.len() > len && equal_short(&key[..len], self.prefix) {
            return Some(start + len);
        }
        if key.starts_with(envelope::CONTACT_DATA.as_bytes()) { self.begin_record(start) } else { None }
    }

    /// Begins the record that the key at `start` names, where it names a new one plainly. Returns where the tail of the
    /// key begins.
    #[inline(never)]
    fn begin_record(&mut self, start: usize) -> Option<usize> {
        let name_start = scan::open_bracket(self.sent, start + envelope::CONTACT_DATA.len())?;
        let len = self.sent[name_start..].iter().position(|byte| !is_plain(byte))?;
        let name = &self.sent[name_start..name_start + len];
        let tail = name_start + len;
        // PHP drops pairs of some names with two underscores.
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

    /// Whether no record has this name yet. Ascending integers are new; among other names a few are searched.
    fn is_new_group(&mut self, name: &[u8]) -> bool {
        /// More are for the general reader, which has an index.
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

    /// Reads a pair of the current record, whose key goes on at `tail`. None to give up.
    #[inline]
    fn contact_pair(&mut self, start: usize, tail: usize) -> Option<usize> {
        let key_end = scan::key_end(self.sent, tail);
        let name = match self.tails.find(&self.sent[tail..key_end]) {
            // PHP lets the last one win.
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

    /// The name of a field that the table does not have, where the key goes on at `tail`. None to give up.
    #[cold]
    fn other_name(&mut self, tail: usize) -> Option<PairName> {
        /// A record of more pairs is for the general reader, which has an index of names.
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

    /// Hands a pair to the general reader's insert. None to give up: the pair is of contact data after all.
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
        // PHP may drop the pair: then the next one is the first.
        let end = self.parser.insert(first)?;
        self.is_first &= self.parser.tree.first(self.parser.root).is_none();
        Ok(Some(end))
    }
}

/// The name of a field that the table does not have, where the key goes on at `tail` as `][data][name]` and ends there.
fn other_field(sent: &[u8], tail: usize) -> Option<Range<usize>> {
    let data = scan::open_bracket(sent, scan::close_bracket(sent, tail)?)?;
    sent[data..].starts_with(envelope::DATA.as_bytes()).then_some(())?;
    let start = scan::open_bracket(sent, scan::close_bracket(sent, data + envelope::DATA.len())?)?;
    let len = sent[start..].iter().position(|byte| !is_plain(byte))?;
    let key_end = scan::close_bracket(sent, start + len)?;
    let name = &sent[start..start + len];
    // A key with a field of the table is here only if its brackets are spelled in more than one way.
    if FIELD_NAMES.iter().any(|(_, text)| text.as_bytes() == name) {
        return None;
    }
    // An integer may make a list of the fields, and PHP drops pairs of some names with two underscores.
    let is_name = name.first().is_some_and(u8::is_ascii_alphabetic);
    (is_name && matches!(sent[key_end], b'=' | b'&')).then_some(start..start + len)
}

/// Whether a byte of a name needs nothing done to it.
fn is_plain(byte: &u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')
}

/// What follows the group name in a key: `][data][url]`.
struct Tail {
    name: PairName,
    /// A bit of its own for each name.
    bit: u32,
    /// As it is spelled in a key.
    spelled: String,
}

/// The tails of all documented keys, in three spellings of brackets.
struct Tails {
    /// Open addressing: a tail is in its slot or in one that follows.
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

    /// The tail of that spelling.
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
