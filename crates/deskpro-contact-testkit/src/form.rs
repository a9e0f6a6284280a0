//! Forms from outside: a decoder of its own, and what a read form holds.

use deskpro_contact::form::Node;

/// A value of a form, decoded: `+` is a space, `%XX` a byte, and what is broken stays.
#[must_use]
pub fn decoded(text: &[u8]) -> Vec<u8> {
    let hex = |byte: u8| (byte as char).to_digit(16);
    let mut out = Vec::with_capacity(text.len());
    let mut at = 0;
    while let Some(&byte) = text.get(at) {
        let pair = || Some(hex(*text.get(at + 1)?)? * 16 + hex(*text.get(at + 2)?)?);
        match (byte, pair()) {
            (b'%', Some(said)) => {
                out.push(said as u8);
                at += 2;
            }
            (b'+', _) => out.push(b' '),
            (byte, _) => out.push(byte),
        }
        at += 1;
    }
    out
}

/// Each text of an array.
pub fn each_text(node: Node<'_>, see: &mut impl FnMut(&[u8])) {
    match node.text() {
        Some(text) => see(text),
        None => node.children().for_each(|child| each_text(child, see)),
    }
}

/// Whether PHP reads an empty array somewhere: the one thing that no form says.
#[must_use]
pub fn has_empty_array(node: Node<'_>) -> bool {
    node.text().is_none() && (node.children().next().is_none() || node.children().any(has_empty_array))
}
