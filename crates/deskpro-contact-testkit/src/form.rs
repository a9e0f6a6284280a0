//! A decoder for form values that is independent of the program, and traversals of forms.

use deskpro_contact::form::Node;

/// Decodes a value of a form: `+` to a space, `%XX` to a byte. Invalid sequences stay as they are.
#[must_use]
pub fn decoded(text: &[u8]) -> Vec<u8> {
    let hex = |byte: u8| (byte as char).to_digit(16);
    let mut out = Vec::with_capacity(text.len());
    let mut at = 0;
    while let Some(&byte) = text.get(at) {
        let pair = || Some(hex(*text.get(at + 1)?)? * 16 + hex(*text.get(at + 2)?)?);
        match (byte, pair()) {
            (b'%', Some(value)) => {
                out.push(value as u8);
                at += 2;
            }
            (b'+', _) => out.push(b' '),
            (byte, _) => out.push(byte),
        }
        at += 1;
    }
    out
}

/// Calls `see` for each text in a node.
pub fn each_text(node: Node<'_>, see: &mut impl FnMut(&[u8])) {
    match node.text() {
        Some(text) => see(text),
        None => node.children().for_each(|child| each_text(child, see)),
    }
}

/// Whether a node contains an empty array, the only value that a form cannot represent.
#[must_use]
pub fn has_empty_array(node: Node<'_>) -> bool {
    node.text().is_none() && (node.children().next().is_none() || node.children().any(has_empty_array))
}
