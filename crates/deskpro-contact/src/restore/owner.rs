//! Checks that losses belong to the payload into which they are put back, by the person's id or by a digest.

use crate::buffer::written;
use crate::error::{Error, ErrorKind, shorten};
use crate::form;
use crate::json;
use crate::losses_file::{OutputDigest, fields};
use crate::passthrough::IdNames;
use crate::tree::{Id, Shape, Tree};

/// The output for which a line of a losses file was written: the person's id, and the digest of the output.
#[derive(Default, Debug)]
pub(crate) struct LossesOwner {
    /// The person's id.
    id: Option<Id>,
    output: Option<OutputDigest>,
}

impl LossesOwner {
    /// Reads the members of a line. `None` if the digest is malformed.
    pub(super) fn read(tree: &Tree, line: Id) -> Option<Self> {
        let output = match tree.child(line, fields::OUTPUT.as_bytes()) {
            Some(digest) => {
                let digest = std::str::from_utf8(&tree[tree.text(digest)?]).ok()?;
                Some(digest.parse().ok()?)
            }
            None => None,
        };
        Some(Self { id: tree.child(line, fields::ID.as_bytes()), output })
    }

    /// Whether the line has the digest of an output.
    pub(super) fn has_output(&self) -> bool {
        self.output.is_some()
    }

    /// Checks that `payload` is the output for which the losses were written, or an edited form of it with the same id.
    /// `root` is the payload in the tree. `id_names` are the names that the id field can have. With `is_edited` and
    /// without an id field, any payload passes.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::OtherPayload`].
    pub(crate) fn check(
        &self,
        tree: &Tree,
        root: Id,
        payload: &[u8],
        id_names: IdNames<'_>,
        is_edited: bool,
    ) -> Result<(), Error> {
        let id = |id: Option<Id>| id.map(|id| form::scalar(tree, tree.node(id))).filter(|id| !id.is_empty());
        let mut names = id_names.into_iter().flatten();
        let found = names.find_map(|name| Some((name, id(tree.child(root, name.as_bytes()))?)));
        if let Some((name, found)) = found
            && let Some(expected) = id(self.id)
        {
            if found == expected {
                return Ok(());
            }
            let [expected, found] = [expected, found].map(shorten);
            let expected = format!("\"{expected}\", the person whom the losses are about");
            let found = format!("\"{found}\"");
            return Err(Error::new(ErrorKind::OtherPayload, name.to_owned(), 0..0, expected, found));
        }
        let may_be_edited = is_edited && id_names == [None; 2];
        if may_be_edited || self.output.is_some_and(|output| is_output(tree, root, payload, output)) {
            return Ok(());
        }
        let expected = "the output that was written with these losses";
        Err(Error::new(ErrorKind::OtherPayload, String::new(), 0..0, expected, "an edited or another output"))
    }
}

/// Whether a payload is the output with this digest. JSON may have other spaces and escapes, for example from `jq -c`.
fn is_output(tree: &Tree, root: Id, payload: &[u8], output: OutputDigest) -> bool {
    let is_json = tree.array(root).is_some_and(|array| array.shape != Shape::Keys);
    let rewritten = || OutputDigest::of(&written(|out| json::write(tree, root, out)));
    OutputDigest::of(payload) == output || is_json && rewritten() == output
}
