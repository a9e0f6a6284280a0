//! A key from its first byte on: segments, brackets, and what PHP mends or drops.

use memchr::memchr2;

use super::{Opened, Reader, hex, slice, span};
use crate::error::{Error, ErrorKind};
use crate::form::{GUARDED, MAX_DEPTH};
use crate::loss::Place;
use crate::tree::{Array, Decoded, Held, Id, Shape, Text};

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
pub(super) enum Segment {
    Key(Text),
    Append,
}

/// What a key comes to.
#[derive(Clone, Copy)]
pub(super) enum Target {
    /// The value stands under this segment of this array.
    Leaf { array: Id, segment: Segment, mended: bool },
    /// PHP drops the pair.
    Dropped(Place),
}

/// A key that was read.
#[derive(Clone, Copy)]
pub(super) struct Key {
    pub(super) end: usize,
    /// Whether it means another one than it says, or nothing.
    pub(super) is_odd: bool,
}

/// A stretch of a key, and what stands behind it.
#[derive(Clone, Copy)]
pub(super) struct Stretch {
    pub(super) start: usize,
    pub(super) end: usize,
    /// Where the first byte is that does not stand for itself; `end` where all do.
    pub(super) escaped: usize,
    /// Whether a space or a dot stands in it.
    is_odd: bool,
    pub(super) stop: Stop,
}

impl Stretch {
    /// Whether it is a name that nothing need be done to.
    pub(super) fn is_simple(&self) -> bool {
        !self.is_odd && self.escaped >= self.end
    }
}

/// What ends a stretch of a key.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Stop {
    /// The bracket that was looked for, and where it ends, raw or percent-encoded.
    Bracket(usize),
    /// The end of the key: a `=`, a `&`, or the end of the payload.
    End,
    /// A `%00`, at which PHP cuts a key.
    Nul,
}

/// What each guarded prefix begins with.
pub(super) const GUARDED_BY: &[u8] = b"__";

impl Reader<'_> {
    /// Reads a key, opening the arrays that it names. Returns what it comes to, and where it ends.
    pub(super) fn key(&mut self, start: usize) -> Result<(Target, usize), Box<Error>> {
        if let Some(opened) = self.known(start) {
            let segment = self.stretch(b']', start.wrapping_add(opened.len));
            if let Stop::Bracket(_) = segment.stop {
                self.before = start;
                let cursor = Cursor {
                    array: opened.array,
                    first: self.first,
                    depth: self.opened.len(),
                    repeatable: true,
                    mended: false,
                };
                return self.segments(start, cursor, segment);
            }
        }
        self.whole_key(start)
    }

    /// The deepest array that the key before opened and that this key, beginning the same, opens too.
    fn known(&mut self, start: usize) -> Option<Opened> {
        let rest = slice(self.payload, start, self.payload.len());
        while let Some(&opened) = self.opened.last() {
            let prefix_end = self.before.wrapping_add(opened.len);
            if rest.starts_with(slice(self.payload, self.before, prefix_end)) {
                return Some(opened);
            }
            self.opened.pop();
        }
        None
    }

    /// Reads a key from its first byte.
    fn whole_key(&mut self, start: usize) -> Result<(Target, usize), Box<Error>> {
        self.opened.clear();
        let name_start = self.skip_spaces(start);
        let stretch = self.stretch(b'[', name_start);
        let first = self.decode(stretch);
        let name = if stretch.is_simple() { None } else { self.mend(first, b" .") };
        let mended = stretch.stop == Stop::Nul || name_start > start || name.is_some();
        let name = name.unwrap_or(first);
        if self.tree.bytes(first).is_empty() || self.is_forbidden(name, first) {
            let key_end = self.key_end(stretch.end);
            let sent = self.decode(Stretch { end: key_end, ..stretch });
            return Ok((Target::Dropped(Place::under(self.root, sent)), key_end));
        }
        let Stop::Bracket(behind) = stretch.stop else {
            let target = Target::Leaf { array: self.root, segment: Segment::Key(name), mended };
            return Ok((target, self.key_end(stretch.end)));
        };
        let segment = self.stretch(b']', behind);
        if let Stop::Bracket(_) = segment.stop {
            self.before = start;
            self.first = first;
            let cursor = Cursor { array: self.root, first, depth: 0, repeatable: !mended, mended };
            return match self.open(start, cursor, Segment::Key(name), behind) {
                Ok(cursor) => self.segments(start, cursor, segment),
                Err(dropped) => Ok((dropped, self.key_end(segment.end))),
            };
        }
        // A first bracket that is not closed is no bracket: the whole key is one name.
        let whole = self.decode(Stretch { end: segment.end, ..stretch });
        let name = self.mend(whole, b" .[").unwrap_or(whole);
        let target = if self.is_forbidden(name, whole) {
            Target::Dropped(Place::under(self.root, whole))
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
                return Ok((Target::Dropped(Place::under(cursor.array, text)), self.key_end(behind)));
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
            Segment::Append => match self.tree.append_next(cursor.array, new, start) {
                Some(array) => array,
                None => return Err(Target::Dropped(Place::under(cursor.array, Text::EMPTY))),
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
            self.opened.push(Opened { len: behind.saturating_sub(start), array });
        }
        Ok(Cursor { array, depth: cursor.depth.wrapping_add(1), repeatable, ..cursor })
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
        segment.starts_with(GUARDED_BY)
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
                [b' ' | b'+', ..] => start.wrapping_add(1),
                [b'%', b'2', b'0', ..] => start.wrapping_add(3),
                _ => return start,
            };
        }
    }

    /// The stretch of a key from `start` to the next such bracket, raw or percent-encoded, or to the key's end.
    pub(super) fn stretch(&self, bracket: u8, start: usize) -> Stretch {
        let mut at = start;
        let mut escaped = usize::MAX;
        let mut is_odd = false;
        let stop = loop {
            let Some(&byte) = self.payload.get(at) else { break Stop::End };
            match CLASS.get(usize::from(byte)) {
                Some(Class::Plain) | None => {}
                Some(Class::Odd) => is_odd = true,
                Some(Class::Space) => escaped = escaped.min(at),
                Some(Class::Bracket) if byte == bracket => break Stop::Bracket(at.wrapping_add(1)),
                Some(Class::Bracket) => {}
                Some(Class::End) => break Stop::End,
                Some(Class::Percent) => match self.escaped(at) {
                    Some(0) => break Stop::Nul,
                    Some(byte) if byte == bracket => break Stop::Bracket(at.wrapping_add(3)),
                    Some(_) => {
                        escaped = escaped.min(at);
                        at = at.wrapping_add(2);
                    }
                    None => {}
                },
            }
            at = at.wrapping_add(1);
        };
        Stretch { start, end: at, escaped: escaped.min(at), is_odd, stop }
    }

    /// The byte that `%XX` at `at` stands for.
    fn escaped(&self, at: usize) -> Option<u8> {
        let high = *self.payload.get(at.wrapping_add(1))?;
        hex(high, *self.payload.get(at.wrapping_add(2))?)
    }

    /// Where a `[` at `at` ends, where there is one.
    pub(super) fn bracket_at(&self, at: usize) -> Option<usize> {
        match *self.payload.get(at)? {
            b'[' => Some(at.wrapping_add(1)),
            b'%' if self.escaped(at) == Some(b'[') => Some(at.wrapping_add(3)),
            _ => None,
        }
    }

    /// Undoes the percent-encoding of a stretch, in its place in the tree's buffer.
    pub(super) fn decode(&mut self, Stretch { start, end, escaped, .. }: Stretch) -> Text {
        let at = self.base.wrapping_add(start);
        if escaped >= end {
            return Text::at(at, end.saturating_sub(start));
        }
        let plain = escaped.saturating_sub(start);
        let place = at.wrapping_add(plain)..at.wrapping_add(end.saturating_sub(start));
        let said = self.tree.buffer().get_mut(place).unwrap_or_default();
        let (len, decoded) = undo(slice(self.payload, escaped, end), said);
        self.tree.decoded(at.wrapping_add(plain), decoded);
        Text::at(at, plain.wrapping_add(len))
    }

    /// Where the key ends that goes on at `at`, whatever PHP makes of the rest of it.
    pub(super) fn key_end(&self, at: usize) -> usize {
        match self.payload.get(at) {
            None | Some(b'=' | b'&') => at,
            Some(_) => {
                let rest = slice(self.payload, at, self.payload.len());
                at.wrapping_add(memchr2(b'=', b'&', rest).unwrap_or(rest.len()))
            }
        }
    }
}

/// Undoes the percent-encoding of a part of a key. Returns how many bytes are said then, and what is among those that were
/// encoded.
pub(super) fn undo(sent: &[u8], said: &mut [u8]) -> (usize, Decoded) {
    let mut decoded = Decoded::NONE;
    let mut len = 0_usize;
    let (mut sent, mut slots) = (sent, said.iter_mut());
    while let Some((&byte, behind)) = sent.split_first()
        && let Some(slot) = slots.next()
    {
        sent = behind;
        len = len.wrapping_add(1);
        *slot = match (byte, behind) {
            (b'%', &[high, low, ref behind @ ..]) if let Some(byte) = hex(high, low) => {
                sent = behind;
                decoded = decoded.and(byte, len);
                byte
            }
            (b'+', _) => b' ',
            _ => byte,
        };
    }
    (len, decoded)
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
