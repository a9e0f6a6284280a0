//! Paths: how a message and a losses file name a node.

use super::{Id, Tree};

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
        let is_below = self.path_above(id, out);
        if let Some(leaf) = leaf {
            segment(leaf, is_below, out);
        }
    }

    /// Writes the path down to a node. False for a root, which has none.
    fn path_above(&self, id: Id, out: &mut Vec<u8>) -> bool {
        let parent = self.parent(id);
        if parent.is_some() {
            let is_below = self.path_above(parent, out);
            segment(self.name(id), is_below, out);
        }
        parent.is_some()
    }
}

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

fn escape(key: &[u8], out: &mut Vec<u8>) {
    // Without a way out of the loop, it is done for many bytes at once.
    let is_odd = |byte: u8| !(b' '..=b'~').contains(&byte) | (byte == b'%') | (byte == b'[') | (byte == b']');
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
