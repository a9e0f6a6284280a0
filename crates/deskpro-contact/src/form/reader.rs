//! Forms for callers: any payload, read as PHP reads it, contacts or not.

use super::parse::read_tree;
use super::scan::Padded;
use super::write::write;
use crate::error::Error;
use crate::loss::{Input, Loss, View};
use crate::model::table::Format;
use crate::payload::Payload;
use crate::tree::{Id, Tree};

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
    /// [`ErrorKind::TooDeep`](crate::ErrorKind::TooDeep) where a pair opens more than [`MAX_DEPTH`](super::MAX_DEPTH) brackets, and [`ErrorKind::TooLong`](crate::ErrorKind::TooLong)
    /// where the payload is longer than [`MAX_PAYLOAD`](crate::MAX_PAYLOAD).
    pub fn read(payload: impl AsRef<[u8]>) -> Result<Self, Error> {
        let payload = payload.as_ref();
        if payload.len() > crate::MAX_PAYLOAD {
            return Err(Error::too_long(payload.len() as u64, crate::MAX_PAYLOAD));
        }
        let mut read = Payload::default();
        read.clear();
        let Payload { tree, losses, .. } = &mut read;
        let root = read_tree(tree, payload, &mut Padded::default(), losses)?;
        let view = View::new(&read, Input { payload, format: Format::Legacy, encoding: None });
        let losses = read.losses.iter().map(|loss| view.loss(loss)).collect();
        Ok(Self { tree: read.tree, root, losses })
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
        let is_whole = write(&self.tree, self.root, usize::MAX, &mut out);
        debug_assert!(is_whole, "no limit");
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
        self.tree.text(self.id).map(|text| &self.tree[text])
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
        self.tree.at(self.id) as usize
    }
}

/// Two forms are equal if PHP reads equal keys, values and order.
impl PartialEq for Form {
    fn eq(&self, other: &Self) -> bool {
        self.tree.equal(self.root, &other.tree, other.root)
    }
}

impl Eq for Form {}
