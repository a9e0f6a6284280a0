//! Paths: how a message and a losses file name a place in a payload.

use super::{Id, Tree};
use crate::buffer::Buffer;
use crate::bytes::percent;

impl Tree {
    /// The length of the names that lead to a member.
    pub(crate) fn names_len(&self, id: Id) -> usize {
        self.name(id).len() + self.parent(id).map_or(0, |parent| self.names_len(parent))
    }

    /// Writes the path of a member: `contact_data[3][data][country]`. See [`path_name`]. A root has an empty path.
    pub(crate) fn path(&self, id: Id, out: &mut Buffer) {
        if let Some(parent) = self.parent(id) {
            self.path(parent, out);
            path_name(self.name(id), self.is_attached(parent), out);
        }
    }
}

/// Writes a name of a path, in brackets where `is_below` another name. `%`, `[`, `]`, controls and bytes that are not
/// UTF-8 are `%XX`.
pub(crate) fn path_name(name: &[u8], is_below: bool, out: &mut Buffer) {
    if is_below {
        out.push(b'[');
    }
    escape(name, out);
    if is_below {
        out.push(b']');
    }
}

/// Whether a byte may have to be escaped in a path.
const fn is_odd(byte: u8) -> bool {
    (byte < b' ') | (byte > b'~') | (byte == b'%') | (byte == b'[') | (byte == b']')
}

fn escape(key: &[u8], out: &mut Buffer) {
    // Without an early exit, the compiler looks at many bytes at once.
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
