//! Paths: places in a payload as text, for messages and losses files.

use super::{Id, Tree};
use crate::buffer::{Buffer, written};
use crate::bytes::percent;

impl Tree {
    /// The total length of a member's name and the names above it, in bytes.
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

    /// Whether the path of a member is one of some paths.
    pub(crate) fn has_path_among(&self, id: Id, paths: &[String]) -> bool {
        let path = written(|out| self.path(id, out));
        paths.iter().any(|other| *other.as_bytes() == *path)
    }
}

/// Writes a name of a path, in brackets if it is below another name. `%`, `[`, `]`, controls and bytes that are not
/// UTF-8 become `%XX`.
pub(crate) fn path_name(name: &[u8], is_below: bool, out: &mut Buffer) {
    if is_below {
        out.push(b'[');
    }
    escape(name, out);
    if is_below {
        out.push(b']');
    }
}

/// Whether a byte may need an escape in a path.
const fn may_need_escape(byte: u8) -> bool {
    (byte < b' ') | (byte > b'~') | (byte == b'%') | (byte == b'[') | (byte == b']')
}

fn escape(key: &[u8], out: &mut Buffer) {
    // `fold` has no early exit, so the compiler vectorizes the loop.
    if !key.iter().fold(false, |any, &byte| any | may_need_escape(byte)) {
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
