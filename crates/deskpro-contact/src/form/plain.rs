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
use crate::bytes::integer;
use crate::error::Error;
use crate::model::lookup::FIELD_NAMES;
use crate::model::table::envelope;
use crate::payload::Payload;
use crate::record::{Pair, PairName, Record, Sent, Value};
use crate::simd::{Block, alike, before};
use crate::tree::{Array, Id, Node, Shape, Text};

/// What the plain reader made of a payload.
pub(crate) struct Accepted {
    pub(crate) root: Id,
    /// The member of the root that stands for the records; none where there are none.
    pub(crate) contact_data: Option<Id>,
}

/// Reads a payload into records and a tree of its other fields. None where the general reader must read it: then
/// `payload` holds leftovers.
///
/// # Errors
///
/// [`ErrorKind::TooDeep`](crate::ErrorKind::TooDeep), which the general reader finds in the same pair.
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
        prefix: Prefix::NONE,
        seen: 0,
        largest_group: None,
    };
    let mut start = 0;
    while start < padded.len() {
        if reader.sent[start] == b'&' {
            start += 1;
            continue;
        }
        match reader.pair(start)? {
            Some(end) => start = end + 1,
            None => return Ok(None),
        }
    }
    let (root, contact_data) = (reader.parser.root, reader.contact_data);
    reader.end_record();
    tree.check_texts();
    Ok(tree.is_all_utf8().then_some(Accepted { root, contact_data }))
}

/// How the keys of the current record begin: `contact_data[3`.
#[derive(Clone, Copy)]
struct Prefix {
    start: usize,
    len: usize,
}

impl Prefix {
    /// No key begins so: this is longer than what is compared.
    const NONE: Self = Self { start: 0, len: usize::MAX };
}

struct Reader<'r> {
    /// The payload with its pad.
    sent: &'r [u8],
    tails: &'static Tails,
    parser: Parser<'r>,
    records: &'r mut Vec<Record>,
    pairs: &'r mut Vec<Pair>,
    contact_data: Option<Id>,
    prefix: Prefix,
    /// The names that the current record has, a bit each.
    seen: u32,
    /// The largest group name, where all are ascending integers.
    largest_group: Option<i64>,
}

impl Reader<'_> {
    /// Reads the pair that starts at `start`, and returns where it ends. None to give up.
    #[inline]
    fn pair(&mut self, start: usize) -> Result<Option<usize>, Error> {
        let sent = &self.sent[start..];
        if self.continues_record(sent) {
            return Ok(self.contact_pair(start, start + self.prefix.len));
        }
        if sent.starts_with(envelope::CONTACT_DATA.as_bytes()) {
            return match self.begin_record(start) {
                Some(tail) => Ok(self.contact_pair(start, tail)),
                // It may be `contact_data_id`, say.
                None => self.other_pair(start),
            };
        }
        self.other_pair(start)
    }

    /// Whether a key begins as those of the current record.
    #[inline]
    fn continues_record(&self, sent: &[u8]) -> bool {
        let Prefix { start, len } = self.prefix;
        match (self.sent[start..].as_chunks::<16>().0, sent.as_chunks::<16>().0) {
            ([one, two, ..], [other, another, ..]) if len <= 2 * size_of::<Block>() => {
                alike(&[*one, *two], &[*other, *another]) >= len
            }
            _ => len < sent.len() && sent[..len] == self.sent[start..start + len],
        }
    }

    /// Begins the record that the key at `start` names, where it names a new one plainly. Returns where the tail of the
    /// key begins.
    fn begin_record(&mut self, start: usize) -> Option<usize> {
        let name_start = scan::open_bracket(self.sent, start + envelope::CONTACT_DATA.len())?;
        let len = self.sent[name_start..].iter().position(|byte| !is_plain(byte))?;
        let name = &self.sent[name_start..name_start + len];
        let tail = name_start + len;
        // PHP drops pairs of some names with two underscores.
        if len == 0 || name.starts_with(b"__") || !self.is_new_group(name) || !self.has_tail(tail) {
            return None;
        }
        self.end_record();
        let text_start = self.parser.tree.buffer().len();
        self.parser.tree.buffer().text_of(&self.sent[name_start..], len);
        let key = self.parser.tree.text_since(text_start);
        if self.contact_data.is_none() {
            let node = Node::Array(Array::new(Shape::Keys));
            let root = self.parser.root;
            self.contact_data =
                Some(self.parser.tree.append_named(root, envelope::CONTACT_DATA, node, start as u32));
        }
        let pairs = self.pairs.len() as u32;
        self.records.push(Record::new(Sent::Pairs { start: pairs, end: pairs }, key, start as u32));
        self.prefix = Prefix { start, len: tail - start };
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

    /// Whether the key goes on at `tail` as one of a record does.
    fn has_tail(&self, tail: usize) -> bool {
        self.tails.find(&self.sent[tail..]).is_some() || other_field(self.sent, tail).is_some()
    }

    /// Reads a pair of the current record, whose key goes on at `tail`. None to give up.
    #[inline]
    fn contact_pair(&mut self, start: usize, tail: usize) -> Option<usize> {
        let Some(&Tail { name, bit, len, .. }) = self.tails.find(&self.sent[tail..]) else {
            return self.other_field_pair(start, tail);
        };
        // PHP lets the last one win.
        if self.seen & bit != 0 {
            return None;
        }
        self.seen |= bit;
        Some(self.push_pair(name, start, tail + len))
    }

    /// Reads a pair of a field that the table does not have. None to give up.
    #[cold]
    fn other_field_pair(&mut self, start: usize, tail: usize) -> Option<usize> {
        /// A record of more pairs is for the general reader, which has an index of names.
        const SEARCHED: usize = 32;
        let name = other_field(self.sent, tail)?;
        let Record { sent: Sent::Pairs { start: first, .. }, .. } = self.records.last()? else { return None };
        let tree = &mut *self.parser.tree;
        let bytes = &self.sent[name.clone()];
        let is_name = |pair: &Pair| matches!(pair.name, PairName::OtherField(text) if tree[text] == *bytes);
        let pairs = &self.pairs[*first as usize..];
        if pairs.len() > SEARCHED || pairs.iter().any(is_name) {
            return None;
        }
        let text_start = tree.buffer().len();
        tree.buffer().extend(bytes);
        let text = tree.text_since(text_start);
        let key_end = scan::close_bracket(self.sent, name.end)?;
        Some(self.push_pair(PairName::OtherField(text), start, key_end))
    }

    /// Adds a pair whose key ends at `key_end`. Returns where the pair ends.
    #[inline]
    fn push_pair(&mut self, name: PairName, start: usize, key_end: usize) -> usize {
        let value_start = key_end + usize::from(self.sent[key_end] == b'=');
        let text_start = self.parser.tree.buffer().len();
        let used = scan::decode_value(&self.sent[value_start..], self.parser.tree.buffer());
        let text: Text = self.parser.tree.text_since(text_start);
        self.pairs.push(Pair { name, value: Value::text(text, start as u32) });
        value_start + used
    }

    /// Hands a pair to the general reader's insert. None to give up: the pair is of contact data after all.
    fn other_pair(&mut self, start: usize) -> Result<Option<usize>, Error> {
        let first = self.parser.first_segment(start);
        if self.parser.tree[first.name] == *envelope::CONTACT_DATA.as_bytes() {
            return Ok(None);
        }
        self.parser.insert(first).map(Some)
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
    len: usize,
    bytes: [Block; 3],
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
            tails.add(Tail {
                name: *name,
                bit: 1 << n,
                len: spelled.len(),
                bytes: padded(spelled.as_bytes()),
            });
        }
    }
    tails
});

/// A tail and zeros behind it.
fn padded(spelled: &[u8]) -> [Block; 3] {
    let mut bytes = [Block::default(); 3];
    bytes.as_flattened_mut()[..spelled.len()].copy_from_slice(spelled);
    bytes
}

impl Tails {
    const SLOTS: usize = 256;

    fn add(&mut self, tail: Tail) {
        let mut slot = Self::hash(tail.bytes.as_flattened(), tail.len);
        while self.slots[slot].is_some() {
            slot = (slot + 1) % Self::SLOTS;
        }
        self.slots[slot] = Some(tail);
    }

    /// The tail at the front of `sent`, where a `=` or a `&` follows it.
    #[inline]
    fn find(&self, sent: &[u8]) -> Option<&Tail> {
        let [one, two, three, ..] = sent.as_chunks::<16>().0 else { return self.find_near_end(sent) };
        self.find_in(&[*one, *two, *three])
    }

    /// The tail at the front of the last bytes of a payload.
    #[cold]
    fn find_near_end(&self, sent: &[u8]) -> Option<&Tail> {
        let mut bytes = [[b'&'; 16]; 3];
        bytes.as_flattened_mut()[..sent.len()].copy_from_slice(sent);
        self.find_in(&bytes)
    }

    #[inline]
    fn find_in(&self, bytes: &[Block; 3]) -> Option<&Tail> {
        let mut len = 0;
        for block in bytes {
            let own = before(block, *b"=&");
            len += own;
            if own < block.len() {
                break;
            }
        }
        let mut slot = Self::hash(bytes.as_flattened(), len);
        while let Some(tail) = &self.slots[slot] {
            if tail.len == len && alike(&tail.bytes, bytes) >= len {
                return Some(tail);
            }
            slot = (slot + 1) % Self::SLOTS;
        }
        None
    }

    /// A hash of the last eight bytes of a tail and its length.
    #[inline]
    fn hash(bytes: &[u8], len: usize) -> usize {
        let Some(last) = bytes[..len].last_chunk::<8>() else { return 0 };
        let mixed = (u64::from_le_bytes(*last) ^ len as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        (mixed >> 56) as usize % Self::SLOTS
    }
}
