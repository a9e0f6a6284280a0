//! Reading and writing form payloads as PHP does.
//!
//! A payload means what PHP's `parse_str` makes of it, and what `http_build_query` writes is the form of a tree.
//! This room knows pairs, brackets and percent-encoding; it knows no contact. Every rule is PHP's (8.2), found by
//! running it; the tests compare the two on generated payloads.

use std::ops::Range;

use memchr::{memchr, memchr2};

use crate::error::{Error, ErrorKind};
use crate::loss::{Code, Entry, Kept, Loss, Place, Severity, Source, View};
use crate::table::Format;
use crate::tree::{Array, Held, Id, Shape, Text, Tree, percent};

/// The most brackets that one pair may open: PHP's `max_input_nesting_level`.
pub const MAX_DEPTH: usize = 64;

/// The prefixes that only a whole key may begin with, not one that mending or nesting made.
const GUARDED: [&[u8]; 2] = [b"__Host-", b"__Secure-"];

/// Where the key before opened an array: the length of its key up to and with the `[`, and the array.
/// The next key mostly begins the same, and goes on from there.
#[derive(Clone, Copy, Debug)]
struct Opened {
    len: usize,
    array: Id,
}

/// What the reader remembers of the key before; kept from payload to payload for its allocation.
#[derive(Default, Debug)]
pub(crate) struct KeyBefore {
    start: usize,
    first: Option<Text>,
    opened: Vec<Opened>,
}

/// Reads a payload into `tree`, and puts what PHP throws away into `thrown`.
pub(crate) fn read(
    tree: &mut Tree,
    payload: &[u8],
    before: &mut KeyBefore,
    thrown: &mut Vec<Entry>,
) -> Result<Id, Error> {
    let base = tree.load(payload);
    let root = tree.root(Shape::Keys);
    before.opened.clear();
    let mut reader = Reader { tree, payload, base, root, before, thrown };
    let end = memchr(0, payload).unwrap_or(payload.len());
    let mut start = 0;
    while start < end {
        let rest = slice(payload, start, end);
        let len = memchr(b'&', rest).unwrap_or(rest.len());
        if len > 0 {
            reader.pair(start, start.saturating_add(len))?;
        }
        start = start.saturating_add(len).saturating_add(1);
    }
    if end < payload.len() {
        reader.after_nul(end.saturating_add(1));
    }
    Ok(root)
}

struct Reader<'r> {
    tree: &'r mut Tree,
    payload: &'r [u8],
    /// Where the payload starts in the tree's buffer.
    base: usize,
    root: Id,
    before: &'r mut KeyBefore,
    thrown: &'r mut Vec<Entry>,
}

/// One pair: where its key starts and ends (at a NUL at the latest), and its value.
#[derive(Clone, Copy)]
struct Pair {
    start: usize,
    end: usize,
    value: Text,
}

/// A place in a key: the array that the next segment names a child of.
#[derive(Clone, Copy)]
struct Cursor {
    array: Id,
    /// The first segment, leading spaces off, before it is mended.
    first: Text,
    /// How many brackets were opened.
    depth: usize,
    /// Whether the next pair may go on from here: not behind a `[]`, which never means the same array twice.
    repeatable: bool,
    /// Whether PHP reads another name than was sent.
    mended: bool,
}

/// A segment's text, or `[]`.
#[derive(Clone, Copy)]
enum Segment {
    Key(Text),
    Append,
}

impl Reader<'_> {
    fn pair(&mut self, start: usize, end: usize) -> Result<(), Error> {
        let known = self.known(start, end);
        let tail = start.saturating_add(known.map_or(0, |opened| opened.len));
        let key_end = memchr(b'=', slice(self.payload, tail, end)).map_or(end, |at| tail.saturating_add(at));
        let value = self.decode(key_end.saturating_add(1).min(end), end);
        // A NUL ends a key, as it ends any C string.
        if let Some(cut) = nul(slice(self.payload, tail, key_end)) {
            return self.whole_key(Pair { start, end: tail.saturating_add(cut), value }, true);
        }
        let pair = Pair { start, end: key_end, value };
        match (known, self.before.first) {
            (Some(opened), Some(first)) if self.is_closed(tail, key_end) => {
                let depth = self.before.opened.len();
                self.before.start = start;
                self.segments(
                    pair,
                    Cursor { array: opened.array, first, depth, repeatable: true, mended: false },
                    tail,
                )
            }
            _ => self.whole_key(pair, false),
        }
    }

    /// The deepest array that the key before opened and that this key, beginning the same, opens too.
    fn known(&mut self, start: usize, end: usize) -> Option<Opened> {
        let pair = slice(self.payload, start, end);
        while let Some(&opened) = self.before.opened.last() {
            let prefix_end = self.before.start.saturating_add(opened.len);
            if pair.starts_with(slice(self.payload, self.before.start, prefix_end)) {
                return Some(opened);
            }
            self.before.opened.pop();
        }
        None
    }

    /// Reads a key from its first byte.
    fn whole_key(&mut self, pair: Pair, cut: bool) -> Result<(), Error> {
        self.before.opened.clear();
        let Pair { start, end, value } = pair;
        let name_start = self.skip_spaces(start, end);
        let bracket = self.find(b'[', name_start, end);
        let first = self.decode(name_start, bracket.as_ref().map_or(end, |bracket| bracket.start));
        let name = self.mend(first, b" .");
        let mended = cut || name_start > start || name.is_some();
        let name = name.unwrap_or(first);
        if self.tree.bytes(first).is_empty() || self.is_forbidden(name, first) {
            let sent = self.decode(name_start, end);
            self.throw(Code::DroppedPair, Place::node_and(self.root, sent), Kept::Text(value), start);
            return Ok(());
        }
        match bracket {
            None => {
                self.leaf(self.root, Segment::Key(name), pair, mended);
                Ok(())
            }
            Some(bracket) if self.is_closed(bracket.end, end) => {
                self.before.start = start;
                self.before.first = Some(first);
                let cursor = Cursor { array: self.root, first, depth: 0, repeatable: !mended, mended };
                match self.open(pair, cursor, Segment::Key(name), bracket.end) {
                    Some(cursor) => self.segments(pair, cursor, bracket.end),
                    None => Ok(()),
                }
            }
            Some(_) => {
                // A first bracket that is not closed is no bracket: the whole key is one name.
                let whole = self.decode(name_start, end);
                let name = self.mend(whole, b" .[").unwrap_or(whole);
                if self.is_forbidden(name, whole) {
                    self.throw(
                        Code::DroppedPair,
                        Place::node_and(self.root, whole),
                        Kept::Text(value),
                        start,
                    );
                } else {
                    self.leaf(self.root, Segment::Key(name), pair, true);
                }
                Ok(())
            }
        }
    }

    /// Reads the segments from `at`, behind a `[`. The caller saw that the first of them is closed.
    fn segments(&mut self, pair: Pair, mut cursor: Cursor, mut at: usize) -> Result<(), Error> {
        while let Some(close) = self.find(b']', at, pair.end) {
            let text = self.decode(at, close.start);
            let segment = match self.tree.bytes(text) {
                [] | [b' ' | b'\t'..=b'\r'] => Segment::Append,
                _ => Segment::Key(text),
            };
            let next = self.find(b'[', close.end, pair.end).filter(|next| next.start == close.end);
            if next.is_some() && cursor.depth >= MAX_DEPTH {
                return Err(self.too_deep(pair));
            }
            if let Segment::Key(key) = segment
                && self.is_forbidden(key, cursor.first)
            {
                let place = Place::node_and(cursor.array, key);
                self.throw(Code::DroppedPair, place, Kept::Text(pair.value), pair.start);
                return Ok(());
            }
            match next {
                Some(next) if self.is_closed(next.end, pair.end) => {
                    match self.open(pair, cursor, segment, next.end) {
                        Some(deeper) => cursor = deeper,
                        None => return Ok(()),
                    }
                    at = next.end;
                }
                // A deeper bracket that is not closed ends the key, as any text behind a bracket does.
                _ => {
                    self.leaf(cursor.array, segment, pair, cursor.mended || close.end < pair.end);
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    /// Opens the array that a segment names, making one of a scalar that stands there.
    /// `end` is where the bracket behind the segment ends.
    fn open(&mut self, pair: Pair, cursor: Cursor, segment: Segment, end: usize) -> Option<Cursor> {
        let new = Held::Array(Array::new(Shape::Keys));
        let array = match segment {
            Segment::Append => {
                let key = self.next_key(cursor.array, pair)?;
                self.tree.append(cursor.array, key, new, pair.start)
            }
            Segment::Key(key) => match self.tree.child(cursor.array, self.tree.bytes(key)) {
                None => self.tree.append(cursor.array, key, new, pair.start),
                Some(child) => {
                    if self.tree.array(child).is_none() {
                        self.overwrite(child, new, pair);
                    }
                    child
                }
            },
        };
        let repeatable = cursor.repeatable && matches!(segment, Segment::Key(_));
        if repeatable {
            self.before.opened.push(Opened { len: end.saturating_sub(pair.start), array });
        }
        Some(Cursor { array, depth: cursor.depth.saturating_add(1), repeatable, ..cursor })
    }

    /// Puts the pair's value where its last segment says.
    fn leaf(&mut self, array: Id, segment: Segment, pair: Pair, mended: bool) {
        let held = Held::Text(pair.value);
        let leaf = match segment {
            Segment::Append => match self.next_key(array, pair) {
                None => return,
                Some(key) => self.tree.append(array, key, held, pair.start),
            },
            Segment::Key(key) => match self.tree.child(array, self.tree.bytes(key)) {
                None => self.tree.append(array, key, held, pair.start),
                Some(child) => {
                    self.overwrite(child, held, pair);
                    child
                }
            },
        };
        if mended {
            let sent = self.tree.intern(slice(self.payload, pair.start, self.key_end(pair)));
            self.thrown.push(Entry {
                code: Code::MendedName,
                severity: Severity::Note,
                place: Place::node(leaf),
                value: Kept::Text(sent),
                at: pair.start,
                why: None,
            });
        }
    }

    /// Where the key really ended, whatever cut it short.
    fn key_end(&self, pair: Pair) -> usize {
        let rest = slice(self.payload, pair.end, self.payload.len());
        let len = memchr2(b'=', b'&', rest).unwrap_or(rest.len());
        pair.end.saturating_add(memchr(0, slice(rest, 0, len)).unwrap_or(len))
    }

    /// The key of a `[]`; where the integers are used up, PHP drops the pair.
    fn next_key(&mut self, array: Id, pair: Pair) -> Option<Text> {
        let key = self.tree.next_key(array);
        if key.is_none() {
            let place = Place::node_and(array, Text::Name(""));
            self.throw(Code::DroppedPair, place, Kept::Text(pair.value), pair.start);
        }
        key
    }

    /// The last one wins, in the first one's place.
    fn overwrite(&mut self, node: Id, held: Held, pair: Pair) {
        let old = self.tree.detach(node);
        self.throw(Code::Overwritten, Place::node(node), Kept::Node(old), self.tree.at(node));
        self.tree.set(node, held);
        self.tree.set_at(node, pair.start);
    }

    fn throw(&mut self, code: Code, place: Place, value: Kept, at: usize) {
        self.thrown.push(Entry { code, severity: Severity::Data, place, value, at, why: None });
    }

    /// PHP reads a payload as a C string.
    fn after_nul(&mut self, start: usize) {
        let rest = slice(self.payload, start, self.payload.len());
        let severity = if rest.is_empty() { Severity::Note } else { Severity::Data };
        let value = Kept::Text(self.tree.intern(rest));
        let place = Place::node(self.root);
        self.thrown.push(Entry { code: Code::AfterNul, severity, place, value, at: start, why: None });
    }

    /// The name that PHP makes of a first segment, where it makes another one.
    fn mend(&mut self, name: Text, unsaid: &[u8]) -> Option<Text> {
        let bytes = self.tree.bytes(name);
        if !bytes.iter().any(|byte| unsaid.contains(byte)) {
            return None;
        }
        let said: Vec<u8> =
            bytes.iter().map(|&byte| if unsaid.contains(&byte) { b'_' } else { byte }).collect();
        Some(self.tree.intern(&said))
    }

    /// A segment may not come to begin like a guarded name, unless the whole key was sent so.
    fn is_forbidden(&self, segment: Text, first: Text) -> bool {
        let segment = self.tree.bytes(segment);
        segment.starts_with(b"__")
            && GUARDED
                .iter()
                .any(|guarded| segment.starts_with(guarded) && !self.tree.bytes(first).starts_with(guarded))
    }

    fn too_deep(&self, pair: Pair) -> Error {
        let sent = slice(self.payload, pair.start, self.key_end(pair));
        Error::new(
            ErrorKind::TooDeep,
            String::new(),
            span(self.payload, pair.start),
            format!("at most {MAX_DEPTH} brackets in a name"),
            format!("more in {}", crate::error::shorten(sent)),
        )
    }

    fn skip_spaces(&self, mut start: usize, end: usize) -> usize {
        loop {
            start = match slice(self.payload, start, end) {
                [b' ' | b'+', ..] => start.saturating_add(1),
                [b'%', b'2', b'0', ..] => start.saturating_add(3),
                _ => return start,
            };
        }
    }

    /// Whether a `]` follows.
    fn is_closed(&self, start: usize, end: usize) -> bool {
        self.find(b']', start, end).is_some()
    }

    /// The first such bracket, raw or percent-encoded.
    fn find(&self, bracket: u8, start: usize, end: usize) -> Option<Range<usize>> {
        let mut at = start;
        loop {
            let rest = slice(self.payload, at, end);
            let found = memchr2(bracket, b'%', rest)?;
            let here = at.saturating_add(found);
            match (rest.get(found), rest.get(found.saturating_add(1)), rest.get(found.saturating_add(2))) {
                (Some(&byte), ..) if byte == bracket => return Some(here..here.saturating_add(1)),
                (_, Some(&high), Some(&low)) if hex(high, low) == Some(bracket) => {
                    return Some(here..here.saturating_add(3));
                }
                _ => at = here.saturating_add(1),
            }
        }
    }

    /// Undoes the percent-encoding of a stretch of the payload, in its place in the tree's buffer.
    fn decode(&mut self, start: usize, end: usize) -> Text {
        let source = slice(self.payload, start, end);
        let at = self.base.saturating_add(start);
        let Some(plain) = memchr2(b'%', b'+', source) else { return Text::at(at, source.len()) };
        let target = self.tree.buffer();
        let mut write = at.saturating_add(plain);
        let mut rest = source.get(plain..).unwrap_or_default();
        let mut above_127 = false;
        loop {
            let byte = match *rest {
                [] => break,
                [b'+', ref after @ ..] => {
                    rest = after;
                    b' '
                }
                [b'%', high, low, ref after @ ..] if let Some(byte) = hex(high, low) => {
                    rest = after;
                    above_127 |= byte > 127;
                    byte
                }
                [byte, ref after @ ..] => {
                    rest = after;
                    byte
                }
            };
            if let Some(slot) = target.get_mut(write) {
                *slot = byte;
            }
            write = write.saturating_add(1);
        }
        if above_127 {
            self.tree.saw_byte_above_127();
        }
        Text::at(at, write.saturating_sub(at))
    }
}

/// The stretch of a payload that the pair at `start` takes.
pub(crate) fn span(payload: &[u8], start: usize) -> Range<usize> {
    let rest = slice(payload, start, payload.len());
    start..start.saturating_add(memchr(b'&', rest).unwrap_or(rest.len()))
}

/// Where a key says `%00`.
fn nul(key: &[u8]) -> Option<usize> {
    memchr(b'%', key)?;
    memchr::memmem::find(key, b"%00")
}

fn slice(bytes: &[u8], start: usize, end: usize) -> &[u8] {
    bytes.get(start..end).unwrap_or_default()
}

pub(crate) fn hex(high: u8, low: u8) -> Option<u8> {
    const VALUE: [u8; 256] = {
        let mut table = [255; 256];
        let mut n = 0;
        while n < 16 {
            #[expect(clippy::indexing_slicing, reason = "at compile time, and the digits are bytes")]
            {
                table[b"0123456789abcdef"[n] as usize] = n as u8;
                table[b"0123456789ABCDEF"[n] as usize] = n as u8;
            }
            n += 1;
        }
        table
    };
    let value = |digit: u8| VALUE.get(usize::from(digit)).copied().filter(|&value| value < 16);
    Some(value(high)? << 4 | value(low)?)
}

/// How brackets are written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Brackets {
    /// `%5B` and `%5D`, as `http_build_query` writes them.
    Encoded,
    /// `[` and `]`, for a person.
    Plain,
}

/// Writes an array as `http_build_query` does: pairs in order, nothing for null and for an empty array.
pub(crate) fn write(tree: &Tree, root: Id, out: &mut Vec<u8>) {
    write_under(tree, root, &mut Vec::new(), Brackets::Encoded, out);
}

/// Writes the children of a node as pairs whose names begin with `prefix`.
pub(crate) fn write_under(
    tree: &Tree,
    array: Id,
    prefix: &mut Vec<u8>,
    brackets: Brackets,
    out: &mut Vec<u8>,
) {
    let (open, close): (&[u8], &[u8]) = match brackets {
        Brackets::Encoded => (b"%5B", b"%5D"),
        Brackets::Plain => (b"[", b"]"),
    };
    let len = prefix.len();
    for child in tree.children(array) {
        if len == 0 {
            encode(tree.name(child), prefix);
        } else {
            prefix.extend_from_slice(open);
            encode(tree.name(child), prefix);
            prefix.extend_from_slice(close);
        }
        let held = tree.held(child);
        match held {
            Held::Null | Held::Link(_) | Held::Gone => {}
            Held::Array(_) => write_under(tree, child, prefix, brackets, out),
            Held::Bool(_) | Held::Number(_) | Held::Text(_) => {
                if !out.is_empty() {
                    out.push(b'&');
                }
                out.extend_from_slice(prefix);
                out.push(b'=');
                encode(scalar(tree, held), out);
            }
        }
        prefix.truncate(len);
    }
}

/// The text that a form has for a scalar.
pub(crate) fn scalar(tree: &Tree, held: Held) -> &[u8] {
    match held {
        Held::Number(text) | Held::Text(text) => tree.bytes(text),
        Held::Bool(true) => b"1",
        Held::Bool(false) => b"0",
        Held::Null | Held::Array(_) | Held::Link(_) | Held::Gone => b"",
    }
}

/// Percent-encodes as `urlencode` does: letters, digits, `-`, `_` and `.` stay, a space is `+`.
pub(crate) fn encode(bytes: &[u8], out: &mut Vec<u8>) {
    for &byte in bytes {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => out.push(byte),
            b' ' => out.push(b'+'),
            _ => percent(byte, out),
        }
    }
}

/// Whether PHP reads a name back as it is: at the top (`first` is none), or under the name `first`.
pub(crate) fn can_say(name: &[u8], first: Option<&[u8]>) -> bool {
    let guarded = |text: &[u8]| GUARDED.into_iter().find(|guarded| text.starts_with(guarded));
    !name.contains(&0)
        && match first {
            None => !name.is_empty() && !name.iter().any(|byte| [b' ', b'.', b'['].contains(byte)),
            Some(first) => {
                !matches!(name, [] | [b' ' | b'\t'..=b'\r'])
                    && !name.contains(&b']')
                    && guarded(name).is_none_or(|guarded| first.starts_with(guarded))
            }
        }
}

/// A form payload, read as PHP reads it.
///
/// ```
/// use deskpro_contact::form::Form;
///
/// let form = Form::read(b"a[7]=x&a[07]=y&a[]=z&first.name=Ann")?;
/// let a = form.root().get(b"a").unwrap();
/// assert_eq!(a.get(b"07").unwrap().text(), Some(&b"y"[..]));
/// let keys: Vec<&[u8]> = a.children().map(|child| child.key()).collect();
/// assert_eq!(keys, [&b"7"[..], b"07", b"8"]);
/// // PHP has no dot in a variable's name.
/// assert_eq!(form.root().get(b"first_name").unwrap().text(), Some(&b"Ann"[..]));
/// assert_eq!(form.losses()[0].code(), deskpro_contact::Code::MendedName);
/// // What `http_build_query` writes for that array.
/// assert_eq!(form.write(), b"a%5B7%5D=x&a%5B07%5D=y&a%5B8%5D=z&first_name=Ann");
/// # Ok::<(), deskpro_contact::Error>(())
/// ```
#[derive(Debug)]
pub struct Form {
    tree: Tree,
    root: Id,
    losses: Vec<Loss>,
}

impl Form {
    /// Reads a payload of any bytes.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::TooDeep`] where a pair opens more than [`MAX_DEPTH`] brackets, and [`ErrorKind::TooLong`]
    /// where the payload is longer than [`MAX_PAYLOAD`](crate::MAX_PAYLOAD).
    pub fn read(payload: &[u8]) -> Result<Self, Error> {
        if payload.len() > crate::MAX_PAYLOAD {
            return Err(Error::too_long(payload.len() as u64, crate::MAX_PAYLOAD));
        }
        let mut tree = Tree::default();
        tree.clear();
        let mut thrown = Vec::new();
        let root = read(&mut tree, payload, &mut KeyBefore::default(), &mut thrown)?;
        let source = Source { payload, format: Format::Legacy };
        let view = View { tree: &tree, records: &[], source };
        let losses = thrown.iter().map(|entry| view.loss(entry)).collect();
        Ok(Self { tree, root, losses })
    }

    /// The array of all variables.
    #[must_use]
    pub fn root(&self) -> Node<'_> {
        Node { tree: &self.tree, id: self.root }
    }

    /// What PHP throws away: overwritten values, dropped pairs, what follows a NUL; and the names that it mends.
    #[must_use]
    pub fn losses(&self) -> &[Loss] {
        &self.losses
    }

    /// The bytes that `http_build_query` writes for the array.
    #[must_use]
    pub fn write(&self) -> Vec<u8> {
        let mut out = Vec::new();
        write(&self.tree, self.root, &mut out);
        out
    }
}

/// A value of a [`Form`], with its key.
#[derive(Clone, Copy, Debug)]
pub struct Node<'f> {
    tree: &'f Tree,
    id: Id,
}

impl<'f> Node<'f> {
    /// The key, decoded. A key is an integer to PHP where it is the decimal form of one (`7`, not `07`).
    #[must_use]
    pub fn key(self) -> &'f [u8] {
        self.tree.name(self.id)
    }

    /// The text, decoded; none where it is an array.
    #[must_use]
    pub fn text(self) -> Option<&'f [u8]> {
        self.tree.text(self.id).map(|text| self.tree.bytes(text))
    }

    /// The child of that key.
    #[must_use]
    pub fn get(self, key: &[u8]) -> Option<Self> {
        self.tree.child(self.id, key).map(|id| Self { id, ..self })
    }

    /// The children of an array, in order; a text has none.
    pub fn children(self) -> impl Iterator<Item = Self> + 'f {
        self.tree.children(self.id).map(move |id| Self { id, ..self })
    }

    /// Where the pair that it was read from starts, in bytes from the start of the payload; of an array, the pair
    /// that opened it.
    #[must_use]
    pub fn offset(self) -> usize {
        self.tree.at(self.id)
    }
}

/// The same array: the same keys, values and order.
impl PartialEq for Form {
    fn eq(&self, other: &Self) -> bool {
        self.tree.equal(self.root, &other.tree, other.root)
    }
}

impl Eq for Form {}
