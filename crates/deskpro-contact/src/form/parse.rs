//! The general reader: reads any form into a tree by PHP's rules.

use super::scan::{self, GUARDED, KeyPart, Padded, Stop};
use crate::error::{Error, ErrorKind, shorten};
use crate::loss::{Code, LostValue, PendingLoss, Severity};
use crate::place::Place;
use crate::tree::{Array, Id, Node, Shape, Text, Tree};

/// The maximum number of brackets in the key of a pair: the default of PHP's `max_input_nesting_level`. A payload with
/// more is rejected ([`ErrorKind::TooDeep`](crate::ErrorKind::TooDeep)), because PHP would drop the pair silently.
///
/// ```
/// use deskpro_contact::form::{Form, MAX_DEPTH};
///
/// let pair = |brackets: usize| format!("a{}=1", "[x]".repeat(brackets));
/// assert!(Form::read(pair(MAX_DEPTH)).is_ok());
/// assert!(Form::read(pair(MAX_DEPTH + 1)).is_err());
/// ```
pub const MAX_DEPTH: usize = 64;

/// Reads a payload into `tree` by the general reader, and returns its root.
///
/// # Errors
///
/// [`ErrorKind::TooDeep`](crate::ErrorKind::TooDeep) if a pair has more than [`MAX_DEPTH`] brackets.
pub(crate) fn read_tree(
    tree: &mut Tree,
    payload: &[u8],
    padded: &mut Padded,
    losses: &mut Vec<PendingLoss>,
) -> Result<Id, Error> {
    read(tree, payload, padded, losses, MAX_DEPTH)
}

/// Reads a value of a losses file that was written as a form. Its keys begin with an additional name, so they may have
/// one bracket more than those of a payload.
pub(crate) fn read_value(tree: &mut Tree, form: &[u8]) -> Option<Id> {
    let root = read(tree, form, &mut Padded::default(), &mut Vec::new(), MAX_DEPTH + 1);
    root.ok().and_then(|root| tree.first(root))
}

/// Reads a payload into `tree` and returns its root. Adds losses for the values that PHP discards and the names that it
/// changes.
///
/// # Errors
///
/// [`ErrorKind::TooDeep`] if a pair has more than `max_depth` brackets.
fn read(
    tree: &mut Tree,
    payload: &[u8],
    padded: &mut Padded,
    losses: &mut Vec<PendingLoss>,
    max_depth: usize,
) -> Result<Id, Error> {
    padded.load(payload);
    let mut parser = Parser::new(tree, padded, losses, max_depth);
    let mut start = 0;
    while start < padded.len() {
        start = if padded.bytes()[start] == b'&' { start } else { parser.pair(start)? } + 1;
    }
    parser.after_nul(payload);
    let root = parser.root;
    tree.check_texts();
    Ok(root)
}

/// Reads pairs into a tree.
pub(super) struct Parser<'p> {
    pub(super) tree: &'p mut Tree,
    losses: &'p mut Vec<PendingLoss>,
    padded: &'p Padded,
    pub(super) root: Id,
    max_depth: usize,
}

/// The first segment of a key.
#[derive(Clone, Copy)]
pub(super) struct FirstSegment {
    /// The position of the pair.
    start: usize,
    /// The decoded segment without leading spaces.
    sent: Text,
    /// The name that PHP makes of the segment.
    pub(super) name: Text,
    /// The position after the segment and its bracket.
    end: usize,
    next: AfterFirst,
    /// Whether PHP's name differs from the name that was sent. For a dropped pair: whether leading spaces were removed.
    is_renamed: bool,
}

/// What follows the first segment of a key.
#[derive(Clone, Copy)]
enum AfterFirst {
    /// The key has no brackets.
    Leaf,
    /// A closed bracket, with this segment in it.
    Segment(KeyPart),
    /// PHP drops the pair.
    Dropped,
}

/// A key that was read.
struct Key {
    destination: Destination,
    /// Whether the names of the destination differ from the sent ones up to `end`.
    is_renamed: bool,
    /// The end of the segments that were read. PHP ignores the rest of the key.
    end: usize,
}

/// The destination of a pair's value.
enum Destination {
    /// The value belongs under this segment of this array.
    Leaf { array: Id, segment: Segment },
    /// PHP drops the pair.
    Dropped(Place),
}

/// A segment of a key: a text, or empty for `[]`.
#[derive(Clone, Copy)]
enum Segment {
    Key(Text),
    Append,
}

impl FirstSegment {
    /// The next segment as it was sent; empty if there is none.
    pub(super) fn next_sent(self, sent: &[u8]) -> &[u8] {
        match self.next {
            AfterFirst::Segment(second) => &sent[second.start..second.end],
            AfterFirst::Leaf | AfterFirst::Dropped => &[],
        }
    }
}

impl<'p> Parser<'p> {
    pub(super) fn new(
        tree: &'p mut Tree,
        padded: &'p Padded,
        losses: &'p mut Vec<PendingLoss>,
        max_depth: usize,
    ) -> Self {
        let root = tree.root(Shape::Keys);
        Self { tree, losses, padded, root, max_depth }
    }

    /// Reads the pair at `start`, and returns its end.
    fn pair(&mut self, start: usize) -> Result<usize, Error> {
        if let Some(key_end) = scan::plain_key(self.padded.bytes(), start) {
            return Ok(self.plain_pair(start, key_end));
        }
        let first = self.first_segment(start);
        self.insert(first)
    }

    /// Reads the pair at `start`, whose key PHP does not change ([`scan::plain_key`]). Returns the end of the pair.
    pub(super) fn plain_pair(&mut self, start: usize, key_end: usize) -> usize {
        let sent = self.padded.bytes();
        let name = self.tree.copy_text(&sent[start..], key_end - start);
        let (value, end) = self.value(key_end);
        self.put(self.root, Segment::Key(name), value, start).expect("only `[]` can lack a key");
        end
    }

    /// Reads the value of the pair whose key ends at `key_end`. Returns the value and the end of the pair.
    #[inline]
    fn value(&mut self, key_end: usize) -> (Text, usize) {
        let start = self.tree.buffer().len();
        let end = scan::decode_value(self.padded.bytes(), key_end, self.tree.buffer());
        (self.tree.text_since(start), end)
    }

    /// Reads the first segment of the key of the pair at `start`.
    pub(super) fn first_segment(&mut self, start: usize) -> FirstSegment {
        let sent = self.padded.bytes();
        let name_start = skip_spaces(sent, start);
        let part = scan::key_part(sent, b'[', name_start);
        let first = self.decode(part);
        let name = self.rename(first, part, b" .");
        let has_spaces = name_start > start;
        let is_renamed = part.stop == Stop::Nul || has_spaces || name.is_some();
        let name = name.unwrap_or(first);
        let segment =
            FirstSegment { start, sent: first, name, end: part.end, next: AfterFirst::Leaf, is_renamed };
        if first.is_empty() || self.is_forbidden(name, first) {
            let end = scan::key_end(sent, part.end);
            let whole = self.decode(part.to(end));
            let is_renamed = has_spaces;
            return FirstSegment { sent: whole, end, next: AfterFirst::Dropped, is_renamed, ..segment };
        }
        let Stop::Bracket(after) = part.stop else { return segment };
        let second = scan::key_part(sent, b']', after);
        if let Stop::Bracket(_) = second.stop {
            return FirstSegment { end: after, next: AfterFirst::Segment(second), ..segment };
        }
        // If the first bracket is not closed, PHP reads the whole key as one name.
        let whole = part.to(second.end);
        let sent = self.decode(whole);
        let name = self.rename(sent, whole, b" .[").unwrap_or(sent);
        let (next, is_renamed) = match self.is_forbidden(name, sent) {
            true => (AfterFirst::Dropped, has_spaces),
            false => (AfterFirst::Leaf, true),
        };
        FirstSegment { sent, name, end: second.end, next, is_renamed, ..segment }
    }

    /// Reads the rest of a pair and puts its value into the tree. Returns the end of the pair.
    pub(super) fn insert(&mut self, first: FirstSegment) -> Result<usize, Error> {
        let FirstSegment { start, sent, name, end, next, is_renamed } = first;
        let Key { destination, is_renamed, end } = match next {
            AfterFirst::Dropped => {
                Key { destination: Destination::Dropped(Place::Under(self.root, sent)), is_renamed, end }
            }
            AfterFirst::Leaf => {
                let (array, segment) = (self.root, Segment::Key(name));
                Key { destination: Destination::Leaf { array, segment }, is_renamed, end }
            }
            AfterFirst::Segment(second) => match self.open(start, self.root, Segment::Key(name)) {
                Ok(array) => self.segments(first, array, second)?,
                Err(place) => Key { destination: Destination::Dropped(place), is_renamed, end },
            },
        };
        let bytes = self.padded.bytes();
        let key_end = scan::key_end(bytes, end);
        let (value, pair_end) = self.value(key_end);
        let put = match destination {
            Destination::Leaf { array, segment } => self.put(array, segment, value, start),
            Destination::Dropped(place) => Err(place),
        };
        let place = match put {
            Ok(leaf) => Place::Tree(leaf),
            Err(place) => {
                self.lose(Code::DroppedPair, place, LostValue::Text(value), position(start));
                place
            }
        };
        if is_renamed || key_end > end {
            let value = LostValue::Text(self.tree.intern(&bytes[start..key_end]));
            self.losses.push(PendingLoss {
                code: Code::MendedName,
                severity: Severity::Note,
                place,
                value,
                at: position(start),
                why: None,
            });
        }
        Ok(pair_end)
    }

    /// Reads the segments of a key from the second on, and opens the arrays that they name.
    fn segments(&mut self, first: FirstSegment, mut array: Id, mut part: KeyPart) -> Result<Key, Error> {
        let FirstSegment { start, mut is_renamed, .. } = first;
        let sent = self.padded.bytes();
        // `depth` counts brackets. The first one is already open.
        for depth in 1.. {
            let Stop::Bracket(end) = part.stop else { panic!("the bracket is closed") };
            let text = self.decode(part);
            let segment = match self.tree[text] {
                [] => Segment::Append,
                [b' ' | b'\t'..=b'\r'] => {
                    is_renamed = true;
                    Segment::Append
                }
                _ => Segment::Key(text),
            };
            let dropped = |place| Key { destination: Destination::Dropped(place), is_renamed, end };
            let open = scan::open_bracket(sent, end);
            if open.is_some() && depth >= self.max_depth {
                return Err(self.too_deep(start, end));
            }
            if self.is_forbidden(text, first.sent) {
                return Ok(dropped(Place::Under(array, text)));
            }
            // PHP ignores the rest of a key from a deeper bracket that is not closed, or from text after a `]`.
            let next = open.map(|open| scan::key_part(sent, b']', open));
            let Some(next) = next.filter(|next| matches!(next.stop, Stop::Bracket(_))) else {
                return Ok(Key { destination: Destination::Leaf { array, segment }, is_renamed, end });
            };
            array = match self.open(start, array, segment) {
                Ok(array) => array,
                Err(place) => return Ok(dropped(place)),
            };
            part = next;
        }
        unreachable!("a key ends")
    }

    /// Returns the array that a segment names, and makes it if necessary. It replaces a scalar of that name. The error
    /// is the place of a pair that PHP drops, because the array has no key left for `[]`.
    fn open(&mut self, start: usize, array: Id, segment: Segment) -> Result<Id, Place> {
        let new = Node::Array(Array::new(Shape::Keys));
        match segment {
            Segment::Append => {
                let opened = self.tree.append_next(array, new, position(start));
                opened.ok_or(Place::Under(array, Text::EMPTY))
            }
            Segment::Key(key) => Ok(match self.tree.child(array, &self.tree[key]) {
                None => self.tree.append(array, key, new, position(start)),
                Some(child) => {
                    if self.tree.array(child).is_none() {
                        self.overwrite(child, new, start);
                    }
                    child
                }
            }),
        }
    }

    /// Puts a value under a segment. The error is the place of a pair that PHP drops, because the array has no key left
    /// for `[]`.
    fn put(&mut self, array: Id, segment: Segment, value: Text, start: usize) -> Result<Id, Place> {
        let node = Node::Text(value);
        match segment {
            Segment::Append => {
                let leaf = self.tree.append_next(array, node, position(start));
                leaf.ok_or(Place::Under(array, Text::EMPTY))
            }
            Segment::Key(key) => Ok(match self.tree.child(array, &self.tree[key]) {
                None => self.tree.append(array, key, node, position(start)),
                Some(child) => {
                    self.overwrite(child, node, start);
                    child
                }
            }),
        }
    }

    /// Replaces a value, which becomes a loss. The new value keeps the old one's position in its array.
    fn overwrite(&mut self, id: Id, node: Node, start: usize) {
        let old = self.tree.detach(id);
        self.lose(Code::Overwritten, Place::Tree(id), LostValue::Tree(old), self.tree.at(id));
        self.tree.set(id, node);
        self.tree.set_at(id, position(start));
    }

    fn lose(&mut self, code: Code, place: Place, value: LostValue, at: u32) {
        self.losses.push(PendingLoss { code, severity: Severity::Data, place, value, at, why: None });
    }

    /// Adds the loss of the text after a NUL.
    fn after_nul(&mut self, payload: &[u8]) {
        let end = self.padded.len();
        if end == payload.len() {
            return;
        }
        let rest = &payload[end + 1..];
        self.losses.push(PendingLoss {
            code: Code::AfterNul,
            severity: if rest.is_empty() { Severity::Note } else { Severity::Data },
            place: Place::Tree(self.root),
            value: LostValue::Text(self.tree.intern(rest)),
            at: position(end + 1),
            why: None,
        });
    }

    fn decode(&mut self, part: KeyPart) -> Text {
        let start = self.tree.buffer().len();
        scan::decode_key(self.padded.bytes(), part, self.tree.buffer());
        self.tree.text_since(start)
    }

    /// The name that PHP makes of a first segment, with `_` for each byte in `replaced`. `None` if PHP changes nothing.
    fn rename(&mut self, name: Text, part: KeyPart, replaced: &[u8]) -> Option<Text> {
        if !part.has_space_or_dot && !replaced.contains(&b'[') {
            return None;
        }
        let bytes = &self.tree[name];
        let is_renamed = bytes.iter().any(|byte| replaced.contains(byte));
        let renamed: Vec<u8> =
            bytes.iter().map(|&byte| if replaced.contains(&byte) { b'_' } else { byte }).collect();
        is_renamed.then(|| self.tree.intern(&renamed))
    }

    /// Whether PHP drops a pair because of a segment: the segment begins with a guarded prefix, and the first segment
    /// does not.
    fn is_forbidden(&self, segment: Text, first: Text) -> bool {
        let segment = &self.tree[segment];
        segment.starts_with(b"__")
            && GUARDED
                .iter()
                .any(|guarded| segment.starts_with(guarded) && !self.tree[first].starts_with(guarded))
    }

    fn too_deep(&self, start: usize, after: usize) -> Error {
        let sent = self.padded.bytes();
        let key = &sent[start..scan::key_end(sent, after)];
        Error::new(
            ErrorKind::TooDeep,
            String::new(),
            scan::span(&sent[..self.padded.len()], start),
            format!("at most {MAX_DEPTH} brackets in a name"),
            format!("more in {}", shorten(key)),
        )
    }
}

/// A position in a payload as `u32`: the length of a payload is limited.
fn position(at: usize) -> u32 {
    u32::try_from(at).expect("a payload within its limit")
}

fn skip_spaces(sent: &[u8], mut start: usize) -> usize {
    loop {
        start += match sent[start..] {
            [b' ' | b'+', ..] => 1,
            [b'%', b'2', b'0', ..] => 3,
            _ => return start,
        };
    }
}
