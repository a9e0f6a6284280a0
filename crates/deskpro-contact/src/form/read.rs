//! Reading pairs as `parse_str` does: one pass over each key and value, and what a key shares with one before is not
//! read again.
//!
//! A [`Reader`] takes pair after pair. A key that is spelled as one before (`spellings`) goes the short way (`known`), and
//! the shortest where it comes behind the same keys as before (`courses`); any other is taken apart from its first byte
//! (`key`). All come to the same tree.
mod courses;
mod key;
mod known;
mod spellings;
#[cfg(test)]
mod tests;
mod window;

use std::ops::Range;

use memchr::memchr;

use self::courses::Courses;
use self::key::{Key, Segment, Target};
use self::known::Short;
use self::spellings::Spellings;
use self::window::{PAD, WINDOW};
use super::MAX_DEPTH;
use crate::error::Error;
use crate::loss::{Code, Entry, Kept, Place, Severity};
use crate::odds::{mostly, rare, seldom};
use crate::tree::{self, Decoded, Held, Id, Shape, Text, Tree};

/// Where the key before opened an array: the length of its key up to and with the `[`, and the array.
/// The next key mostly begins the same, and goes on from there.
#[derive(Clone, Copy, Debug)]
struct Opened {
    len: usize,
    array: Id,
}

/// What the reader remembers of keys, from payload to payload.
#[derive(Default, Debug)]
pub(crate) struct Keys {
    opened: Vec<Opened>,
    memory: Memory,
    /// The payload, as it was sent, with a pad behind it.
    sent: Vec<u8>,
}

impl Keys {
    /// How often the courses were numbered anew.
    pub(crate) fn edition(&self) -> u64 {
        self.memory.courses.edition
    }
}

/// How keys were spelled, and in what order they came.
#[derive(Default, Debug)]
struct Memory {
    spellings: Spellings,
    courses: Courses,
}

/// Reads a payload into `tree`, and puts what PHP throws away into `thrown`.
pub(crate) fn read(
    tree: &mut Tree,
    payload: &[u8],
    keys: &mut Keys,
    thrown: &mut Vec<Entry>,
) -> Result<Id, Error> {
    let root = read_to(tree, payload, keys, thrown, MAX_DEPTH);
    if seldom(keys.sent.capacity() > tree::KEPT_BYTES) {
        keys.sent = Vec::new();
    }
    root
}

/// Reads a value that was written as a form, below one name more than the payload had around it.
pub(crate) fn read_value(tree: &mut Tree, form: &[u8]) -> Option<Id> {
    let root = read_to(tree, form, &mut Keys::default(), &mut Vec::new(), MAX_DEPTH + 1);
    // They are those of other keys.
    tree.forget_courses();
    root.ok().and_then(|root| tree.first(root))
}

fn read_to(
    tree: &mut Tree,
    payload: &[u8],
    keys: &mut Keys,
    thrown: &mut Vec<Entry>,
    max_depth: usize,
) -> Result<Id, Error> {
    let base = tree.load(payload);
    // PHP reads a C string. A text that JSON need not escape holds no NUL.
    let nul = if tree.is_plain() { None } else { memchr(0, payload) };
    let end = nul.unwrap_or(payload.len());
    let read = slice(payload, 0, end);
    tree.pad(base.wrapping_add(end), &PAD);
    let root = tree.root(Shape::Keys);
    let Keys { opened, memory, sent } = keys;
    opened.clear();
    sent.clear();
    sent.extend_from_slice(read);
    sent.extend_from_slice(&PAD);
    let first = Text::EMPTY;
    let mut reader =
        Reader { tree, payload: read, sent, base, root, before: 0, first, opened, thrown, max_depth };
    let mut short = Short::new(memory, root);
    let mut start = 0;
    while let Some(&byte) = read.get(start) {
        if byte == b'&' {
            start = start.wrapping_add(1);
            continue;
        }
        let end = match short.pair(&mut reader, start) {
            Some(end) => end,
            None => {
                short.reopen(&mut reader);
                let (end, key) = reader.pair(start).map_err(|error| *error)?;
                short.learn(&mut reader, start, key);
                end
            }
        };
        // What ends it is a `&`.
        start = end.wrapping_add(1);
    }
    short.close(reader.tree);
    if seldom(end < payload.len()) {
        let rest = slice(payload, end.wrapping_add(1), payload.len());
        reader.after_nul(rest, end.wrapping_add(1));
    }
    Ok(root)
}

struct Reader<'r> {
    tree: &'r mut Tree,
    payload: &'r [u8],
    /// The same with a pad behind it.
    sent: &'r [u8],
    /// Where the payload starts in the tree's buffer.
    base: usize,
    root: Id,
    /// Where a key starts that opened the arrays that are open.
    before: usize,
    /// The first segment of that key, before it was mended.
    first: Text,
    opened: &'r mut Vec<Opened>,
    thrown: &'r mut Vec<Entry>,
    max_depth: usize,
}

impl<'r> Reader<'r> {
    /// Reads the pair that starts at `start` from its first byte on, and returns where it ends, and its key.
    #[cold]
    fn pair(&mut self, start: usize) -> Result<(usize, Key), Box<Error>> {
        let (target, key_end) = self.key(start)?;
        let (value, sent) = self.value(key_end);
        let is_odd = match target {
            Target::Leaf { array, segment, mended } => {
                let leaf = self.leaf(array, segment, value, start);
                if mended && let Some(leaf) = leaf {
                    let sent = self.tree.intern(slice(self.payload, start, key_end));
                    let value = Kept::Text(sent);
                    let place = Place::node(leaf);
                    let (code, severity) = (Code::MendedName, Severity::Note);
                    self.thrown.push(Entry { code, severity, place, value, at: start, why: None });
                }
                mended
            }
            Target::Dropped(place) => {
                self.throw(Code::DroppedPair, place, Kept::Text(value), start);
                true
            }
        };
        Ok((sent.end, Key { end: key_end, is_odd }))
    }

    /// The payload from a place on, and a pad behind it.
    #[inline(always)]
    fn text(&self, start: usize) -> Option<&'r [u8]> {
        mostly(self.sent.get(start..))
    }

    /// Puts a value where the last segment of its key says. Where the integers are used up, PHP drops it.
    fn leaf(&mut self, array: Id, segment: Segment, value: Text, start: usize) -> Option<Id> {
        let held = Held::Text(value);
        match segment {
            Segment::Append => {
                let leaf = self.tree.append_next(array, held, start);
                if leaf.is_none() {
                    let place = Place::under(array, Text::EMPTY);
                    self.throw(Code::DroppedPair, place, Kept::Text(value), start);
                }
                leaf
            }
            Segment::Key(key) => match self.tree.child(array, self.tree.bytes(key)) {
                None => Some(self.tree.append(array, key, held, start)),
                Some(child) => {
                    self.overwrite(child, held, start);
                    Some(child)
                }
            },
        }
    }

    /// The last one wins, in the first one's place.
    fn overwrite(&mut self, node: Id, held: Held, start: usize) {
        let old = self.tree.detach(node);
        self.throw(Code::Overwritten, Place::node(node), Kept::Node(old), self.tree.at(node));
        self.tree.set(node, held);
        self.tree.set_at(node, start);
    }

    fn throw(&mut self, code: Code, place: Place, value: Kept, at: usize) {
        self.thrown.push(Entry { code, severity: Severity::Data, place, value, at, why: None });
    }

    fn after_nul(&mut self, rest: &[u8], start: usize) {
        let severity = if rest.is_empty() { Severity::Note } else { Severity::Data };
        let value = Kept::Text(self.tree.intern(rest));
        let place = Place::node(self.root);
        self.thrown.push(Entry { code: Code::AfterNul, severity, place, value, at: start, why: None });
    }

    /// The value behind a key that ends at `key_end`, and the stretch that it was sent in. Its percent-encoding is undone
    /// in its place in the tree's buffer; what is left over behind it is no text any more.
    fn value(&mut self, key_end: usize) -> (Text, Range<usize>) {
        self.value_at(key_end.wrapping_add(usize::from(self.payload.get(key_end) == Some(&b'='))))
    }

    /// The same of the value at `start`.
    #[inline(always)]
    fn value_at(&mut self, start: usize) -> (Text, Range<usize>) {
        let at = self.base.wrapping_add(start);
        let text = self.text(start).unwrap_or_default();
        let sent = window::behind_plain(text);
        let len = text.len().wrapping_sub(sent.len());
        let end = start.wrapping_add(len);
        match sent {
            [] | [b'&', ..] => (Text::at(at, len), start..end),
            _ => {
                let to = at.wrapping_add(len);
                let said = mostly(self.tree.buffer().get_mut(to..)).unwrap_or_default();
                let (said, used, decoded) = undo(sent, said);
                self.tree.decoded(to, decoded);
                (Text::at(at, len.wrapping_add(said)), start..end.wrapping_add(used))
            }
        }
    }
}

/// Undoes the percent-encoding of what was sent, up to a `&`, in its own place. Both texts have a pad behind them. Returns how
/// many bytes are said then, how many were sent, and what is among those that were encoded.
#[inline(always)]
fn undo<'b>(mut sent: &'b [u8], mut said: &'b mut [u8]) -> (usize, usize, Decoded) {
    let (sent_len, said_len) = (sent.len(), said.len());
    let mut decoded = Decoded::NONE;
    while let (Some(window), Some(slots)) = (sent.first_chunk::<WINDOW>(), said.first_chunk_mut::<WINDOW>()) {
        let [slot, ..] = slots;
        match *window {
            [b'%', high, low, ..] if let Some(byte) = hex(high, low) => {
                *slot = byte;
                sent = sent.get(3..).unwrap_or_default();
                said = said.get_mut(1..).unwrap_or_default();
                decoded = decoded.and(byte, said_len.wrapping_sub(said.len()));
            }
            [b'%', ..] => {
                *slot = rare(b'%');
                sent = sent.get(1..).unwrap_or_default();
                said = said.get_mut(1..).unwrap_or_default();
            }
            [b'&', ..] => break,
            _ => {
                let len = window::say(window, slots);
                sent = sent.get(len..).unwrap_or_default();
                said = said.get_mut(len..).unwrap_or_default();
            }
        }
    }
    let (used, len) = (sent_len.wrapping_sub(sent.len()), said_len.wrapping_sub(said.len()));
    // A window may have been said over what stands behind.
    let behind = said.get_mut(used.wrapping_sub(len)..).unwrap_or_default();
    if let (Some(window), Some(slots)) = (sent.first_chunk::<WINDOW>(), behind.first_chunk_mut()) {
        *slots = *window;
    }
    (len, used, decoded)
}

/// The stretch of a payload that the pair at `start` takes.
pub(crate) fn span(payload: &[u8], start: usize) -> Range<usize> {
    let rest = slice(payload, start, payload.len());
    start..start.wrapping_add(memchr(b'&', rest).unwrap_or(rest.len()))
}

fn slice(bytes: &[u8], start: usize, end: usize) -> &[u8] {
    bytes.get(start..end).unwrap_or_default()
}

pub(crate) fn hex(high: u8, low: u8) -> Option<u8> {
    static VALUE: [u8; 256] = {
        let mut table = [255; 256];
        let mut n = 0;
        while n < 16 {
            {
                table[b"0123456789abcdef"[n] as usize] = n as u8;
                table[b"0123456789ABCDEF"[n] as usize] = n as u8;
            }
            n += 1;
        }
        table
    };
    let value = |digit: u8| VALUE.get(usize::from(digit)).copied().unwrap_or(255);
    let (high, low) = (value(high), value(low));
    (high | low < 16).then_some(high << 4 | low)
}
