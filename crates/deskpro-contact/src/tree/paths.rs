//! Paths: how a message and a losses file name a node.

#[cfg(test)]
mod tests;

use super::{Id, Text, Tree};
use crate::sixteen::before_such;

impl Tree {
    /// How long the names are that lead to a node.
    pub(crate) fn named(&self, mut id: Id) -> usize {
        let mut sum = 0_usize;
        while id.is_some() {
            sum = sum.saturating_add(self.name(id).len());
            id = self.parent(id);
        }
        sum
    }

    /// The path of a node, and of `leaf` under it: `contact_data[3][data][country]`. What a bracketed path
    /// cannot show plainly (`%`, `[`, `]`, controls, bytes that are not UTF-8) is `%XX`.
    pub(crate) fn path(&self, id: Id, leaf: Option<&[u8]>, out: &mut Vec<u8>) {
        let start = out.len();
        out.extend_from_slice(&[0; SHORT]);
        let short = out.last_chunk_mut().and_then(|slots| self.short_path(id, slots));
        out.truncate(start.saturating_add(short.unwrap_or_default()));
        let is_below = match short {
            Some(len) => len > 0,
            None => self.path_above(id, out),
        };
        if let Some(leaf) = leaf {
            segment(leaf, is_below, out);
        }
    }

    /// Writes the path down to a node where few short and plain names lead there, and returns its length: 0 for a
    /// root. None where that is for [`Tree::path_above`].
    #[inline]
    fn short_path(&self, id: Id, slots: &mut [u8; SHORT]) -> Option<usize> {
        let mut names = [Text::EMPTY; NEAR];
        let mut depth = 0_usize;
        let mut node = id;
        loop {
            let parent = self.parent(node);
            if !parent.is_some() {
                break;
            }
            *names.get_mut(depth)? = self.key(node);
            depth = depth.saturating_add(1);
            node = parent;
        }
        let mut at = 0_usize;
        for &name in names.get(..depth)?.iter().rev() {
            let (from, len) = self.and_behind(name);
            let chunk = from.first_chunk::<16>()?;
            if len == 0 || len > before_such(chunk, is_odd) {
                return None;
            }
            let [open, text @ .., _] = slots.get_mut(at..)?.first_chunk_mut::<18>()?;
            if at == 0 {
                // Where the bracket would be: the first name has none.
                *slots.first_chunk_mut()? = *chunk;
                at = len;
            } else {
                *open = b'[';
                *text = *chunk;
                at = at.saturating_add(len).saturating_add(1);
                *slots.get_mut(at)? = b']';
                at = at.saturating_add(1);
            }
        }
        Some(at)
    }

    /// Writes the path down to a node. False for a root, which has none.
    #[inline(never)]
    fn path_above(&self, id: Id, out: &mut Vec<u8>) -> bool {
        let parent = self.parent(id);
        if parent.is_some() {
            let is_below = self.path_above(parent, out);
            segment(self.name(id), is_below, out);
        }
        parent.is_some()
    }
}

/// How long a path is that is put together at once, and of how many names.
const SHORT: usize = 96;
const NEAR: usize = 5;

/// Writes a name of a path.
fn segment(key: &[u8], is_below: bool, out: &mut Vec<u8>) {
    if is_below {
        out.push(b'[');
    }
    escape(key, out);
    if is_below {
        out.push(b']');
    }
}

/// Whether a path cannot show a byte plainly, or that has to be looked at.
const fn is_odd(byte: u8) -> bool {
    (byte < b' ') | (byte > b'~') | (byte == b'%') | (byte == b'[') | (byte == b']')
}

fn escape(key: &[u8], out: &mut Vec<u8>) {
    // Without a way out of the loop, it is done for many bytes at once.
    if !key.iter().fold(false, |any, &byte| any | is_odd(byte)) {
        out.extend_from_slice(key);
        return;
    }
    for chunk in key.utf8_chunks() {
        for char in chunk.valid().chars() {
            let mut bytes = [0; 4];
            let bytes = char.encode_utf8(&mut bytes).as_bytes();
            if char.is_control() || matches!(char, '%' | '[' | ']') {
                bytes.iter().for_each(|&byte| percent(byte, out));
            } else {
                out.extend_from_slice(bytes);
            }
        }
        for &byte in chunk.invalid() {
            percent(byte, out);
        }
    }
}

/// Writes a byte as `%XX`.
pub(crate) fn percent(byte: u8, out: &mut Vec<u8>) {
    const HEX: [u8; 16] = *b"0123456789ABCDEF";
    let digit = |n: u8| HEX.get(usize::from(n & 15)).copied().unwrap_or(b'0');
    out.extend_from_slice(&[b'%', digit(byte >> 4), digit(byte)]);
}
