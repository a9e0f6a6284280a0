//! Conservation of names: every part of the name of a pair is in the output or in the losses.

use crate::form::decoded;

/// Words in names of the documents. The structure of the output represents them.
const DOCUMENTED: [&str; 22] = [
    "contact", "data", "type", "comment", "address", "city", "state", "zip", "country", "website", "url",
    "service", "username", "calling", "code", "number", "display", "feed", "profile", "linked", "facebook",
    "twitter",
];

/// The words of a payload's names that are neither in the output nor in the losses. `losses` is the text of the losses
/// as JSON. A word is a run of at least two letters and digits, with at least one letter.
#[must_use]
pub fn lost_words(payload: &[u8], output: &[u8], losses: &[u8]) -> Vec<String> {
    // A note keeps a name as it was sent. It is encoded once more if it is not UTF-8.
    let once = decoded(losses);
    let kept =
        [output, losses, &once, &decoded(&once)].map(|bytes| String::from_utf8_lossy(bytes).into_owned());
    // The text after a NUL has no names: the loss keeps it as one value.
    let read = payload.split(|&byte| byte == 0).next().unwrap_or_default();
    let mut lost = Vec::new();
    for pair in read.split(|&byte| byte == b'&') {
        let key = decoded(pair.split(|&byte| byte == b'=').next().unwrap_or_default());
        let words = key.split(|byte| !byte.is_ascii_alphanumeric()).map(String::from_utf8_lossy);
        lost.extend(words.map(String::from).filter(|word| {
            word.len() > 1
                && word.bytes().any(|byte| byte.is_ascii_alphabetic())
                && !DOCUMENTED.contains(&word.as_str())
                && !kept.iter().any(|text| text.contains(word.as_str()))
        }));
    }
    lost
}
