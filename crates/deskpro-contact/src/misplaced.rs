//! Finds contact data under another name than `contact_data` in forms and v2 bodies: escaped, encoded twice, spelled
//! otherwise, or inside another field. If such a field were passed on as another field, its contacts would be lost.

use memchr::{memmem, memrchr};

use crate::bytes::percent_decoded;
use crate::error::is_invisible;
use crate::model::table::envelope;
use crate::tree::{Id, Node, Tree};

/// The reason why contact data is in the wrong place.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Cause {
    /// The payload was escaped for HTML, so it has `&amp;` in place of `&`.
    HtmlEscaped,
    /// The payload is a URL, or begins with a part of one.
    Url,
    ByteOrderMark,
    /// A no-break space, a tab or another invisible character before the name.
    Invisible,
    EncodedTwice,
    /// Letters in another case, a `-`, or no separator.
    OtherSpelling,
    /// Dots instead of brackets, which PHP reads as underscores.
    Dots,
    /// `contact_data` below the name of another field.
    Nested,
}

/// The first field of a form that is contact data in the wrong place. `is_allowed` says whether a field is passed on
/// nevertheless.
pub(crate) fn find(tree: &Tree, root: Id, is_allowed: impl Fn(Id) -> bool) -> Option<Id> {
    let is_misplaced = |id: Id| cause(tree, id).is_some() && !is_allowed(id);
    let first = tree.first(root)?;
    if is_url(tree, first) && is_misplaced(first) {
        return Some(first);
    }
    for field in tree.children(root) {
        let name = tree.name(field);
        if may_be_misplaced(name) {
            // `contact_data` itself. The names in it are keys of records.
            if name == envelope::CONTACT_DATA.as_bytes() {
                continue;
            }
            if is_misplaced(field) {
                return Some(field);
            }
        }
        for member in tree.children(field) {
            if may_be_misplaced(tree.name(member)) && is_misplaced(member) {
                return Some(member);
            }
        }
    }
    None
}

/// The first field of a v2 body that is contact data in the wrong place: another spelling of `contact_data`, or
/// `contact_data` inside another field. `root` is the body. Empty lists and objects are not contact data.
pub(crate) fn find_in_body(tree: &Tree, root: Id, is_allowed: impl Fn(Id) -> bool) -> Option<Id> {
    let holds_contacts = |id: Id| {
        let is_name = may_be_misplaced(tree.name(id))
            && matches!(read_name(tree.name(id)), Some(ContactName::Whole | ContactName::WithBracket));
        let is_value = || match tree.node(id) {
            Node::Array(_) => tree.first(id).is_some(),
            Node::Text(text) => is_json(&tree[text]),
            Node::Null | Node::Bool(_) | Node::Number(_) | Node::Link(_) | Node::Removed => false,
        };
        is_name && is_value() && !is_allowed(id)
    };
    let fields = tree.children(root).filter(|&field| tree.name(field) != envelope::CONTACT_DATA.as_bytes());
    let mut candidates = fields.flat_map(|field| std::iter::once(field).chain(tree.children(field)));
    candidates.find(|&id| holds_contacts(id))
}

/// The reason why a member is contact data in the wrong place, or shows that the whole payload is escaped or is a URL.
/// `None` for any other member.
#[cold]
pub(crate) fn cause(tree: &Tree, id: Id) -> Option<Cause> {
    let parent = tree.parent(id)?;
    let name = tree.name(id);
    let is_contact_data = |name: &[u8]| name == envelope::CONTACT_DATA.as_bytes();
    if tree.parent(parent).is_some() {
        let is_nested = !is_contact_data(tree.name(parent)) && read_name(name)?.holds_contacts(tree, id);
        return is_nested.then_some(Cause::Nested);
    }
    if is_html_escaped(name) {
        return Some(Cause::HtmlEscaped);
    }
    if tree.first(parent) == Some(id) && is_url(tree, id) {
        return Some(Cause::Url);
    }
    if is_contact_data(name) || !read_name(name)?.holds_contacts(tree, id) {
        return None;
    }
    let visible = visible(name);
    Some(match ContactName::read(&spelled(visible)) {
        None => Cause::EncodedTwice,
        Some(_) if name.starts_with(BYTE_ORDER_MARK) => Cause::ByteOrderMark,
        Some(_) if visible.len() < name.len() => Cause::Invisible,
        Some(ContactName::Numbered | ContactName::NumberedField) => Cause::Dots,
        Some(ContactName::Whole | ContactName::WithBracket) => Cause::OtherSpelling,
    })
}

const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// A name without the invisible characters at its start.
fn visible(name: &[u8]) -> &[u8] {
    let start = name.utf8_chunks().next().map_or("", |chunk| chunk.valid());
    &name[start.len() - start.trim_start_matches(is_invisible).len()..]
}

/// Whether the name of a member, anywhere in a tree, shows that it holds contacts.
pub(crate) fn holds_contacts(tree: &Tree, id: Id) -> bool {
    let name = tree.name(id);
    may_be_misplaced(name) && read_name(name).is_some_and(|name| name.holds_contacts(tree, id))
}

/// A cheap test whether [`find`] must look at a field. It is false for most names. It also accepts names that are still
/// encoded.
pub(crate) fn may_be_misplaced(name: &[u8]) -> bool {
    match name.first() {
        // At least as long as `contactdata`. The numeric bytes begin invisible characters.
        Some(b'c' | b'C' | b'%' | ..b' ' | 0xc2 | 0xcd | 0xd8 | 0xe1..=0xe3 | 0xef | 0xf0 | 0xf3) => {
            name.len() + 1 >= envelope::CONTACT_DATA.len()
        }
        Some(b'a' | b'A' | b'#') => name.iter().take(5).any(|&byte| byte == b';'),
        Some(_) | None => false,
    }
}

/// A cheap test whether the first name of a payload may be the beginning of a URL. It is false for most names.
pub(crate) fn may_be_url(name: &[u8]) -> bool {
    name.iter().any(|byte| matches!(byte, b':' | b'?'))
}

/// Whether a name begins with the rest of an escaped `&`, such as `amp;`.
fn is_html_escaped(name: &[u8]) -> bool {
    const ESCAPES: [&[u8]; 4] = [b"amp;", b"#38;", b"#038;", b"#x26;"];
    ESCAPES
        .iter()
        .any(|escape| name.len() >= escape.len() && name[..escape.len()].eq_ignore_ascii_case(escape))
}

/// Whether the first name of a payload is the beginning of a URL.
fn is_url(tree: &Tree, id: Id) -> bool {
    let name = tree.name(id);
    if !may_be_url(name) {
        return false;
    }
    if name.starts_with(b"?") || memmem::find(name, b"://").is_some() {
        return true;
    }
    // `/people?contact_data[1][type]=…`
    let query = memrchr(b'?', name).and_then(|at| read_name(&name[at + 1..]));
    query.is_some_and(|query| query.holds_contacts(tree, id))
}

/// The ways in which a name can stand for `contact_data`, after [`spelled`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum ContactName {
    /// `contact_data`.
    Whole,
    /// `contact_data[…`.
    WithBracket,
    /// `contact_data_1`.
    Numbered,
    /// `contact_data_1_type`, `contact_data_1_data_url`.
    NumberedField,
}

/// Recognises a name that stands for `contact_data`: without invisible characters at its start, decoded once more, in
/// any case, and with any separators.
fn read_name(name: &[u8]) -> Option<ContactName> {
    let decoded = percent_decoded(visible(name));
    ContactName::read(&spelled(visible(&decoded)))
}

/// A name in lower case, with `_` in place of `.`, `-`, space, and `+` (an encoded space).
fn spelled(name: &[u8]) -> Vec<u8> {
    let spell = |byte: &u8| if b".-+ ".contains(byte) { b'_' } else { byte.to_ascii_lowercase() };
    name.iter().map(spell).collect()
}

impl ContactName {
    fn read(spelled: &[u8]) -> Option<Self> {
        let mut rest = spelled;
        for byte in envelope::CONTACT_DATA.bytes() {
            match rest.split_first() {
                Some((&first, after)) if first == byte => rest = after,
                // `contactdata`
                Some(_) if byte == b'_' => {}
                Some(_) | None => return None,
            }
        }
        match rest {
            [] => return Some(Self::Whole),
            [b'[', ..] => return Some(Self::WithBracket),
            _ => {}
        }
        let number = rest.strip_prefix(b"_")?;
        let digits = number.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let is_field = |field: &[u8]| {
            field == envelope::TYPE.as_bytes()
                || field == envelope::COMMENT.as_bytes()
                || field.starts_with(envelope::DATA.as_bytes())
        };
        match &number[digits..] {
            _ if digits == 0 => None,
            [] => Some(Self::Numbered),
            [b'_', field @ ..] if is_field(field) => Some(Self::NumberedField),
            _ => None,
        }
    }

    /// Whether a field with such a name holds contacts. An ordinary field such as `contactData=yes` does not.
    fn holds_contacts(self, tree: &Tree, id: Id) -> bool {
        let Some(text) = tree.text(id) else { return true };
        match self {
            Self::WithBracket | Self::NumberedField => true,
            Self::Numbered => false,
            Self::Whole => is_json(&tree[text]),
        }
    }
}

/// Whether a text begins like JSON, decoded or not.
fn is_json(text: &[u8]) -> bool {
    let json: [&[u8]; 4] = [b"{", b"[", b"%7b", b"%5b"];
    let start = text.trim_ascii_start();
    let start = start[..start.len().min(3)].to_ascii_lowercase();
    json.iter().any(|json| start.starts_with(json))
}
