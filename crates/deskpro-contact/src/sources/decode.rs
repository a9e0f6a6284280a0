//! Decodes the texts and names of a form that are not UTF-8, and notes their bytes.

use std::collections::HashSet;

use crate::convert::MAX_PAYLOAD;
use crate::encoding::Encoding;
use crate::error::{Error, ErrorKind};
use crate::loss::{Code, Input, LostValue, PendingLoss, Severity, View};
use crate::map::tree_loss;
use crate::payload::Payload;
use crate::reject::Rejection;
use crate::tree::{Id, Node, Text, Tree};

/// The maximum length of a payload that is decoded, in bytes. Decoding makes up to three bytes of one, and positions
/// have 32 bits.
const MAX_DECODED: usize = MAX_PAYLOAD / 8;

/// Decodes the names and texts under `root` that are not UTF-8. A text that is also malformed in the encoding stays as
/// it is. Losses of values that PHP discards keep the sent bytes.
///
/// # Errors
///
/// [`ErrorKind::DuplicateKey`] if a decoded name is equal to another name of its array, and [`ErrorKind::TooLong`].
#[cold]
pub(super) fn decode(
    payload: &mut Payload,
    root: Id,
    encoding: Encoding,
    input: Input<'_>,
) -> Result<(), Error> {
    if input.payload.len() > MAX_DECODED {
        return Err(Error::too_long(input.payload.len() as u64, MAX_DECODED));
    }
    let Payload { tree, losses, .. } = payload;
    let before = losses.len();
    let mut decoder = Decoder { tree, losses, encoding };
    let decoded = decoder.array(root);
    decoded.map_err(|why| View::new(payload, input).error(why))?;
    let Payload { tree, losses, .. } = payload;
    if losses.len() > before {
        let name = LostValue::Text(tree.intern(encoding.to_string().as_bytes()));
        losses.push(tree_loss(tree, Code::Encoding, Severity::Note, root, name));
    }
    Ok(())
}

struct Decoder<'d> {
    tree: &'d mut Tree,
    losses: &'d mut Vec<PendingLoss>,
    encoding: Encoding,
}

impl Decoder<'_> {
    /// Decodes all names and texts under an array.
    fn array(&mut self, array: Id) -> Result<(), Rejection> {
        if !self.tree.children(array).all(|child| self.tree.is_utf8_text(self.tree[child].key)) {
            self.names(array)?;
        }
        let mut next = self.tree.first(array);
        while let Some(child) = next {
            next = self.tree.after(child);
            match self.tree.node(child) {
                Node::Text(text) => {
                    if let Some(decoded) = self.decoded(text) {
                        self.note(Code::EncodedText, child, text);
                        self.tree.set(child, Node::Text(decoded));
                    }
                }
                Node::Array(_) => self.array(child)?,
                Node::Null | Node::Bool(_) | Node::Number(_) | Node::Link(_) | Node::Removed => {}
            }
        }
        Ok(())
    }

    /// Decodes the names of an array.
    fn names(&mut self, array: Id) -> Result<(), Rejection> {
        let children: Vec<Id> = self.tree.children(array).collect();
        let mut kept = Vec::new();
        let mut decoded = Vec::new();
        for child in children {
            match self.decoded(self.tree[child].key) {
                Some(name) => decoded.push((child, name)),
                None => kept.push(child),
            }
        }
        let mut taken: HashSet<&[u8]> = kept.iter().map(|&child| self.tree.name(child)).collect();
        let twice = decoded.iter().find(|(_, name)| !taken.insert(&self.tree[*name]));
        if let Some(&(child, _)) = twice {
            return Err(Rejection::at_node(ErrorKind::DuplicateKey, child));
        }
        for (child, name) in decoded {
            self.note(Code::EncodedName, child, self.tree[child].key);
            self.tree.rename(child, name);
        }
        Ok(())
    }

    /// Decodes a text. `None` if it is UTF-8, or if it is malformed in the encoding.
    fn decoded(&mut self, text: Text) -> Option<Text> {
        if self.tree.is_utf8_text(text) {
            return None;
        }
        let decoded = self.encoding.decode(&self.tree[text])?.into_owned();
        Some(self.tree.intern(decoded.as_bytes()))
    }

    /// Notes the sent bytes of a member's text or name.
    fn note(&mut self, code: Code, id: Id, bytes: Text) {
        self.losses.push(tree_loss(self.tree, code, Severity::Note, id, LostValue::Text(bytes)));
    }
}
