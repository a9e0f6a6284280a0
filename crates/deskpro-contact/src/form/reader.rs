//! The public form reader: reads any form as PHP does, whether it holds contacts or not.

use super::parse::read_tree;
use super::scan::Padded;
use super::write::write;
use crate::error::Error;
use crate::loss::{Input, Loss, View};
use crate::model::table::Format;
use crate::payload::Payload;
use crate::tree::{Id, Tree};

/// A form that was read as PHP reads it: an array of keys and values.
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
/// // The bytes that `http_build_query` writes for that array.
/// assert_eq!(form.write(), b"a%5B7%5D=x&a%5B07%5D=y&a%5B8%5D=z&first_name=Ann");
/// # Ok::<(), deskpro_contact::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Form {
    tree: Tree,
    root: Id,
    losses: Vec<Loss>,
}

impl Form {
    /// Reads a payload, which may hold any bytes.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::TooDeep`](crate::ErrorKind::TooDeep) if a pair has more than [`MAX_DEPTH`](super::MAX_DEPTH)
    /// brackets, and [`ErrorKind::TooLong`](crate::ErrorKind::TooLong) if the payload is longer than
    /// [`MAX_PAYLOAD`](crate::MAX_PAYLOAD).
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

    /// The outermost array, which holds all other nodes. Its own key is empty.
    #[must_use]
    pub fn root(&self) -> Node<'_> {
        Node { tree: &self.tree, id: self.root }
    }

    /// The values that PHP discards (overwritten values, dropped pairs, the text after a NUL), and the names that it
    /// changes.
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

/// A key of a [`Form`] and its value: a text or an array.
#[derive(Clone, Copy, Debug)]
pub struct Node<'f> {
    tree: &'f Tree,
    id: Id,
}

impl<'f> Node<'f> {
    /// The decoded key. PHP makes an integer of a key that is the decimal form of one (`7`, not `07`).
    #[must_use]
    pub fn key(self) -> &'f [u8] {
        self.tree.name(self.id)
    }

    /// The decoded text; `None` if the value is an array.
    #[must_use]
    pub fn text(self) -> Option<&'f [u8]> {
        self.tree.text(self.id).map(|text| &self.tree[text])
    }

    /// The member of an array with a key; `None` if there is no such member, or if the value is a text.
    #[must_use]
    pub fn get(self, key: &[u8]) -> Option<Self> {
        self.tree.child(self.id, key).map(|id| Self { id, ..self })
    }

    /// The members of an array, in order. A text has no members.
    pub fn children(self) -> impl Iterator<Item = Self> + 'f {
        self.tree.children(self.id).map(move |id| Self { id, ..self })
    }

    /// The position of the value's pair, in bytes from the start of the payload. For an array, that of the pair that
    /// created it.
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
