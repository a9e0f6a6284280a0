//! Reading pairs as `parse_str` does: one pass over each key, and what it shares with the key before is not read again.

use std::ops::Range;

use memchr::{memchr, memchr2, memchr3};

use super::{GUARDED, MAX_DEPTH};
use crate::error::{Error, ErrorKind};
use crate::loss::{Code, Entry, Kept, Place, Severity};
use crate::tree::{Array, Held, Id, Shape, Text, Tree};

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
    read_to(tree, payload, before, thrown, MAX_DEPTH)
}

/// Reads a value that was written as a form, below one name more than the payload had around it.
pub(crate) fn read_value(tree: &mut Tree, form: &[u8]) -> Option<Id> {
    let root = read_to(tree, form, &mut KeyBefore::default(), &mut Vec::new(), MAX_DEPTH + 1);
    root.ok().and_then(|root| tree.first(root))
}

fn read_to(
    tree: &mut Tree,
    payload: &[u8],
    before: &mut KeyBefore,
    thrown: &mut Vec<Entry>,
    max_depth: usize,
) -> Result<Id, Error> {
    let base = tree.load(payload);
    let root = tree.root(Shape::Keys);
    before.opened.clear();
    // PHP reads a C string.
    let end = memchr(0, payload).unwrap_or(payload.len());
    let read = slice(payload, 0, end);
    let mut reader = Reader { tree, payload: read, base, root, before, thrown, max_depth };
    let mut start = 0;
    while let Some(&byte) = read.get(start) {
        start = if byte == b'&' {
            start.saturating_add(1)
        } else {
            reader.pair(start).map_err(|error| *error)?
        };
    }
    if end < payload.len() {
        let rest = slice(payload, end.saturating_add(1), payload.len());
        reader.after_nul(rest, end.saturating_add(1));
    }
    tree.check_utf8();
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
    max_depth: usize,
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

/// What a key comes to.
#[derive(Clone, Copy)]
enum Target {
    /// The value stands under this segment of this array.
    Leaf { array: Id, segment: Segment, mended: bool },
    /// PHP drops the pair.
    Dropped(Place),
}

/// A stretch of a key, and what stands behind it.
#[derive(Clone, Copy)]
struct Stretch {
    start: usize,
    end: usize,
    /// Where the first byte is that does not stand for itself; `end` where all do.
    escaped: usize,
    /// Whether a space or a dot stands in it.
    is_odd: bool,
    stop: Stop,
}

impl Stretch {
    /// Whether it is a name that nothing need be done to.
    fn is_simple(&self) -> bool {
        !self.is_odd && self.escaped >= self.end
    }
}

/// What ends a stretch of a key.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stop {
    /// The bracket that was looked for, and where it ends, raw or percent-encoded.
    Bracket(usize),
    /// The end of the key: a `=`, a `&`, or the end of the payload.
    End,
    /// A `%00`, at which PHP cuts a key.
    Nul,
}

impl Reader<'_> {
    /// Reads the pair that starts at `start`, and returns where it ends.
    fn pair(&mut self, start: usize) -> Result<usize, Box<Error>> {
        let (target, key_end) = self.key(start)?;
        let (value, end) = self.value(key_end);
        match target {
            Target::Leaf { array, segment, mended } => {
                let leaf = self.leaf(array, segment, value, start);
                if mended && let Some(leaf) = leaf {
                    let sent = self.tree.intern(slice(self.payload, start, key_end));
                    let value = Kept::Text(sent);
                    let place = Place::node(leaf);
                    let (code, severity) = (Code::MendedName, Severity::Note);
                    self.thrown.push(Entry { code, severity, place, value, at: start, why: None });
                }
            }
            Target::Dropped(place) => self.throw(Code::DroppedPair, place, Kept::Text(value), start),
        }
        Ok(end)
    }

    /// Reads a key, opening the arrays that it names. Returns what it comes to, and where it ends.
    fn key(&mut self, start: usize) -> Result<(Target, usize), Box<Error>> {
        if let Some(opened) = self.known(start)
            && let Some(first) = self.before.first
        {
            let segment = self.stretch(b']', start.saturating_add(opened.len));
            if let Stop::Bracket(_) = segment.stop {
                let depth = self.before.opened.len();
                self.before.start = start;
                let cursor = Cursor { array: opened.array, first, depth, repeatable: true, mended: false };
                return self.segments(start, cursor, segment);
            }
        }
        self.whole_key(start)
    }

    /// The deepest array that the key before opened and that this key, beginning the same, opens too.
    fn known(&mut self, start: usize) -> Option<Opened> {
        let rest = slice(self.payload, start, self.payload.len());
        while let Some(&opened) = self.before.opened.last() {
            let prefix_end = self.before.start.saturating_add(opened.len);
            if rest.starts_with(slice(self.payload, self.before.start, prefix_end)) {
                return Some(opened);
            }
            self.before.opened.pop();
        }
        None
    }

    /// Reads a key from its first byte.
    fn whole_key(&mut self, start: usize) -> Result<(Target, usize), Box<Error>> {
        self.before.opened.clear();
        let name_start = self.skip_spaces(start);
        let stretch = self.stretch(b'[', name_start);
        let first = self.decode(stretch);
        let name = if stretch.is_simple() { None } else { self.mend(first, b" .") };
        let mended = stretch.stop == Stop::Nul || name_start > start || name.is_some();
        let name = name.unwrap_or(first);
        if self.tree.bytes(first).is_empty() || self.is_forbidden(name, first) {
            let key_end = self.key_end(stretch.end);
            let sent = self.decode(Stretch { end: key_end, escaped: name_start, ..stretch });
            return Ok((Target::Dropped(Place::node_and(self.root, sent)), key_end));
        }
        let Stop::Bracket(behind) = stretch.stop else {
            let target = Target::Leaf { array: self.root, segment: Segment::Key(name), mended };
            return Ok((target, self.key_end(stretch.end)));
        };
        let segment = self.stretch(b']', behind);
        if let Stop::Bracket(_) = segment.stop {
            self.before.start = start;
            self.before.first = Some(first);
            let cursor = Cursor { array: self.root, first, depth: 0, repeatable: !mended, mended };
            return match self.open(start, cursor, Segment::Key(name), behind) {
                Ok(cursor) => self.segments(start, cursor, segment),
                Err(dropped) => Ok((dropped, self.key_end(segment.end))),
            };
        }
        // A first bracket that is not closed is no bracket: the whole key is one name.
        let whole = self.decode(Stretch { end: segment.end, escaped: name_start, ..stretch });
        let name = self.mend(whole, b" .[").unwrap_or(whole);
        let target = if self.is_forbidden(name, whole) {
            Target::Dropped(Place::node_and(self.root, whole))
        } else {
            Target::Leaf { array: self.root, segment: Segment::Key(name), mended: true }
        };
        Ok((target, self.key_end(segment.end)))
    }

    /// Reads on from a segment behind a `[`, of which the caller saw that it is closed.
    fn segments(
        &mut self,
        start: usize,
        mut cursor: Cursor,
        mut stretch: Stretch,
    ) -> Result<(Target, usize), Box<Error>> {
        while let Stop::Bracket(behind) = stretch.stop {
            let text = self.decode(stretch);
            let segment = match self.tree.bytes(text) {
                [] | [b' ' | b'\t'..=b'\r'] => Segment::Append,
                _ => Segment::Key(text),
            };
            let next = self.bracket_at(behind);
            if next.is_some() && cursor.depth >= self.max_depth {
                return Err(Box::new(self.too_deep(start, behind)));
            }
            if self.is_forbidden(text, cursor.first) {
                return Ok((Target::Dropped(Place::node_and(cursor.array, text)), self.key_end(behind)));
            }
            let next = next.map(|open| (open, self.stretch(b']', open)));
            match next {
                Some((open, deeper)) if matches!(deeper.stop, Stop::Bracket(_)) => {
                    cursor = match self.open(start, cursor, segment, open) {
                        Ok(cursor) => cursor,
                        Err(dropped) => return Ok((dropped, self.key_end(behind))),
                    };
                    stretch = deeper;
                }
                // A deeper bracket that is not closed ends the key, as any text behind a bracket does.
                _ => {
                    let key_end = self.key_end(behind);
                    let mended = cursor.mended || key_end > behind;
                    return Ok((Target::Leaf { array: cursor.array, segment, mended }, key_end));
                }
            }
        }
        Ok((Target::Dropped(Place::node(cursor.array)), stretch.end))
    }

    /// Opens the array that a segment names, making one of a scalar that stands there.
    /// `behind` is where the bracket behind the segment ends.
    fn open(
        &mut self,
        start: usize,
        cursor: Cursor,
        segment: Segment,
        behind: usize,
    ) -> Result<Cursor, Target> {
        let new = Held::Array(Array::new(Shape::Keys));
        let array = match segment {
            Segment::Append => match self.tree.next_key(cursor.array) {
                Some(key) => self.tree.append(cursor.array, key, new, start),
                None => return Err(Target::Dropped(Place::node_and(cursor.array, Text::Name("")))),
            },
            Segment::Key(key) => match self.tree.child(cursor.array, self.tree.bytes(key)) {
                None => self.tree.append(cursor.array, key, new, start),
                Some(child) => {
                    if self.tree.array(child).is_none() {
                        self.overwrite(child, new, start);
                    }
                    child
                }
            },
        };
        let repeatable = cursor.repeatable && matches!(segment, Segment::Key(_));
        if repeatable {
            self.before.opened.push(Opened { len: behind.saturating_sub(start), array });
        }
        Ok(Cursor { array, depth: cursor.depth.saturating_add(1), repeatable, ..cursor })
    }

    /// Puts a value where the last segment of its key says. Where the integers are used up, PHP drops it.
    fn leaf(&mut self, array: Id, segment: Segment, value: Text, start: usize) -> Option<Id> {
        let held = Held::Text(value);
        match segment {
            Segment::Append => match self.tree.next_key(array) {
                Some(key) => Some(self.tree.append(array, key, held, start)),
                None => {
                    let place = Place::node_and(array, Text::Name(""));
                    self.throw(Code::DroppedPair, place, Kept::Text(value), start);
                    None
                }
            },
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

    fn too_deep(&self, start: usize, behind: usize) -> Error {
        let sent = slice(self.payload, start, self.key_end(behind));
        Error::new(
            ErrorKind::TooDeep,
            String::new(),
            span(self.payload, start),
            format!("at most {MAX_DEPTH} brackets in a name"),
            format!("more in {}", crate::error::shorten(sent)),
        )
    }

    fn skip_spaces(&self, mut start: usize) -> usize {
        loop {
            start = match slice(self.payload, start, self.payload.len()) {
                [b' ' | b'+', ..] => start.saturating_add(1),
                [b'%', b'2', b'0', ..] => start.saturating_add(3),
                _ => return start,
            };
        }
    }

    /// The stretch of a key from `start` to the next such bracket, raw or percent-encoded, or to the key's end.
    fn stretch(&self, bracket: u8, start: usize) -> Stretch {
        let mut at = start;
        let mut escaped = usize::MAX;
        let mut is_odd = false;
        let stop = loop {
            let Some(&byte) = self.payload.get(at) else { break Stop::End };
            match CLASS.get(usize::from(byte)) {
                Some(Class::Plain) | None => {}
                Some(Class::Odd) => is_odd = true,
                Some(Class::Space) => escaped = escaped.min(at),
                Some(Class::Bracket) if byte == bracket => break Stop::Bracket(at.saturating_add(1)),
                Some(Class::Bracket) => {}
                Some(Class::End) => break Stop::End,
                Some(Class::Percent) => match self.escaped(at) {
                    Some(0) => break Stop::Nul,
                    Some(byte) if byte == bracket => break Stop::Bracket(at.saturating_add(3)),
                    Some(_) => {
                        escaped = escaped.min(at);
                        at = at.saturating_add(2);
                    }
                    None => {}
                },
            }
            at = at.saturating_add(1);
        };
        Stretch { start, end: at, escaped: escaped.min(at), is_odd, stop }
    }

    /// The byte that `%XX` at `at` stands for.
    fn escaped(&self, at: usize) -> Option<u8> {
        let high = *self.payload.get(at.saturating_add(1))?;
        hex(high, *self.payload.get(at.saturating_add(2))?)
    }

    /// Where a `[` at `at` ends, where there is one.
    fn bracket_at(&self, at: usize) -> Option<usize> {
        match *self.payload.get(at)? {
            b'[' => Some(at.saturating_add(1)),
            b'%' if self.escaped(at) == Some(b'[') => Some(at.saturating_add(3)),
            _ => None,
        }
    }

    /// Where the key ends that goes on at `at`, whatever PHP makes of the rest of it.
    fn key_end(&self, at: usize) -> usize {
        match self.payload.get(at) {
            None | Some(b'=' | b'&') => at,
            Some(_) => {
                let rest = slice(self.payload, at, self.payload.len());
                at.saturating_add(memchr2(b'=', b'&', rest).unwrap_or(rest.len()))
            }
        }
    }

    /// The value of the pair whose key ends at `key_end`, and where the pair ends.
    fn value(&mut self, key_end: usize) -> (Text, usize) {
        let start = match self.payload.get(key_end) {
            Some(b'=') => key_end.saturating_add(1),
            _ => key_end,
        };
        let rest = slice(self.payload, start, self.payload.len());
        let escaped = start.saturating_add(memchr3(b'&', b'%', b'+', rest).unwrap_or(rest.len()));
        let end = match self.payload.get(escaped) {
            None | Some(b'&') => escaped,
            Some(_) => {
                let rest = slice(self.payload, escaped, self.payload.len());
                escaped.saturating_add(memchr(b'&', rest).unwrap_or(rest.len()))
            }
        };
        (self.decode(Stretch { start, end, escaped, is_odd: false, stop: Stop::End }), end)
    }

    /// Undoes the percent-encoding of a stretch, in its place in the tree's buffer.
    fn decode(&mut self, Stretch { start, end, escaped, .. }: Stretch) -> Text {
        let at = self.base.saturating_add(start);
        if escaped >= end {
            return Text::at(at, end.saturating_sub(start));
        }
        let mut rest = slice(self.payload, escaped, end);
        let len = end.saturating_sub(start);
        let target = self.base.saturating_add(escaped)..self.base.saturating_add(end);
        let target = self.tree.buffer().get_mut(target).unwrap_or_default();
        let mut slots = target.iter_mut();
        let mut above_127 = false;
        while let Some((&sent, after)) = rest.split_first() {
            rest = after;
            let byte = match sent {
                b'+' => b' ',
                b'%' => match *after {
                    [high, low, ref after @ ..] if let Some(byte) = hex(high, low) => {
                        rest = after;
                        above_127 |= byte > 127;
                        byte
                    }
                    _ => sent,
                },
                _ => sent,
            };
            if let Some(slot) = slots.next() {
                *slot = byte;
            }
        }
        // What is left over is no text any more; it must not look like half a character either.
        let left = slots.into_slice();
        left.fill(b' ');
        let left = left.len();
        if above_127 {
            self.tree.saw_byte_above_127();
        }
        Text::at(at, len.saturating_sub(left))
    }
}

/// What a byte of a key does.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    /// It stands for itself.
    Plain,
    /// A space or a dot, which the name of a variable cannot have.
    Odd,
    /// `+`.
    Space,
    /// `[` or `]`.
    Bracket,
    /// `=` or `&`.
    End,
    Percent,
}

#[expect(clippy::indexing_slicing, reason = "at compile time, where an index out of bounds is an error")]
static CLASS: [Class; 256] = {
    let mut class = [Class::Plain; 256];
    class[b' ' as usize] = Class::Odd;
    class[b'.' as usize] = Class::Odd;
    class[b'+' as usize] = Class::Space;
    class[b'[' as usize] = Class::Bracket;
    class[b']' as usize] = Class::Bracket;
    class[b'=' as usize] = Class::End;
    class[b'&' as usize] = Class::End;
    class[b'%' as usize] = Class::Percent;
    class
};

/// The stretch of a payload that the pair at `start` takes.
pub(crate) fn span(payload: &[u8], start: usize) -> Range<usize> {
    let rest = slice(payload, start, payload.len());
    start..start.saturating_add(memchr(b'&', rest).unwrap_or(rest.len()))
}

fn slice(bytes: &[u8], start: usize, end: usize) -> &[u8] {
    bytes.get(start..end).unwrap_or_default()
}

pub(crate) fn hex(high: u8, low: u8) -> Option<u8> {
    static VALUE: [u8; 256] = {
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
