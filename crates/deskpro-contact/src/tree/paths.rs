//! Paths: how a message and a losses file name a node.

#[cfg(test)]
mod tests;

use super::{Id, Text, Tree};
use crate::simd::before_such;
use crate::writer::Writer;

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
    pub(crate) fn path(&self, id: Id, leaf: Option<&[u8]>, out: &mut Writer) {
        let mut names = [Text::EMPTY; NEAR];
        let mut depth = 0_usize;
        let (mut node, mut parent) = (id, self.parent(id));
        while parent.is_some()
            && let Some(name) = names.get_mut(depth)
        {
            *name = self.key(node);
            depth = depth.saturating_add(1);
            (node, parent) = (parent, self.parent(parent));
        }
        let mut is_below = parent.is_some();
        if is_below {
            self.path(node, None, out);
        }
        for &name in names.get(..depth).unwrap_or_default().iter().rev() {
            let (from, len) = self.and_behind(name);
            segment(from, len, is_below, out);
            is_below = true;
        }
        if let Some(leaf) = leaf {
            segment(leaf, leaf.len(), is_below, out);
        }
    }
}

/// How many names are looked up before they are written.
const NEAR: usize = 5;

/// Writes a name of a path: the first `len` bytes of `from`.
#[inline(always)]
fn segment(from: &[u8], len: usize, is_below: bool, out: &mut Writer) {
    let is_plain = from.first_chunk().is_some_and(|chunk| len <= before_such(chunk, is_odd));
    match (is_plain, is_below) {
        (true, true) => out.between(b"[", from, len, b"]"),
        (true, false) => out.text(from, len),
        (false, _) => odd_segment(from.get(..len).unwrap_or(from), is_below, out),
    }
}

#[inline(never)]
fn odd_segment(key: &[u8], is_below: bool, out: &mut Writer) {
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

fn escape(key: &[u8], out: &mut Writer) {
    // Without a way out of the loop, it is done for many bytes at once.
    if !key.iter().fold(false, |any, &byte| any | is_odd(byte)) {
        out.extend(key);
        return;
    }
    for chunk in key.utf8_chunks() {
        for char in chunk.valid().chars() {
            let mut bytes = [0; 4];
            let bytes = char.encode_utf8(&mut bytes).as_bytes();
            if char.is_control() || matches!(char, '%' | '[' | ']') {
                bytes.iter().for_each(|&byte| out.array(&percent(byte)));
            } else {
                out.extend(bytes);
            }
        }
        for &byte in chunk.invalid() {
            out.array(&percent(byte));
        }
    }
}

/// A byte as `%XX`.
pub(crate) fn percent(byte: u8) -> [u8; 3] {
    const HEX: [u8; 16] = *b"0123456789ABCDEF";
    let digit = |n: u8| HEX.get(usize::from(n & 15)).copied().unwrap_or(b'0');
    [b'%', digit(byte >> 4), digit(byte)]
}
